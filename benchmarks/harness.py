"""Timing that compares: the contenders take turns, and each keeps its best round.

Only ratios are judged. Taking turns means that a busy machine slows all of them alike; the best
round is the one least disturbed.
"""

from __future__ import annotations

import gc
import time
from collections.abc import Callable
from typing import Any

import attrs

ROUNDS = 15


@attrs.frozen
class Contender:
    """Work to be timed, and what it needs beforehand, which is not timed."""

    name: str
    setup: Callable[[], Any]
    work: Callable[[Any], int]  # what setup made -> how many operations were done


@attrs.frozen
class Line:
    """One comparison and the figure it is held against."""

    what: str
    ratio: float
    target: float
    at_most: bool  # the ratio is a cost; otherwise a gain
    detail: str

    @property
    def met(self) -> bool:
        """Whether the target was reached in this run."""
        return self.ratio <= self.target if self.at_most else self.ratio >= self.target

    def __str__(self) -> str:
        sign = "<=" if self.at_most else ">="
        mark = "met" if self.met else "MISSED"
        return (
            f"{mark:<6} {self.what:<58} {self.ratio:9.2f}x  target {sign} {self.target:g}x"
            f"\n       {self.detail}"
        )


def best(*contenders: Contender, rounds: int = ROUNDS) -> dict[str, float]:
    """Microseconds per operation of each contender: its best round of several, in turns."""
    found = {contender.name: float("inf") for contender in contenders}
    for _ in range(rounds):
        for contender in contenders:
            ready = contender.setup()
            gc.collect()
            began = time.perf_counter()
            count = contender.work(ready)
            took = (time.perf_counter() - began) / count * 1e6
            found[contender.name] = min(found[contender.name], took)
    return found
