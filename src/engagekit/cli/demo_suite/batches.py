"""Which customers go into one call of the scoring function, and what their score means.

There is a real mistake in here. The demo runs the tests, sees them fail, and mends its copy.
"""

from __future__ import annotations

from collections.abc import Sequence

__all__ = ["batches", "risk"]


def batches(customers: Sequence[str], size: int) -> list[list[str]]:
    """The customers in order, in batches of at most `size`."""
    if size < 1:
        raise ValueError(f"a batch of {size} holds nobody")
    calls = len(customers) // size
    return [list(customers[n * size : (n + 1) * size]) for n in range(calls)]


def risk(score: float) -> str:
    """How likely a customer is to leave, in words."""
    if score >= 0.7:
        return "high"
    return "medium" if score >= 0.3 else "low"
