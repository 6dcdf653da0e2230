"""The tests of `batches.py`; the demo copies this file to `test_batches.py` before it runs them."""

from __future__ import annotations

from .batches import batches, risk  # noqa: TID252 (it runs as a copy, in another folder)


def test_full_batches() -> None:
    """Customers that fill every batch are cut at the limit."""
    assert batches(["a", "b", "c", "d"], 2) == [["a", "b"], ["c", "d"]]


def test_last_batch_is_smaller() -> None:
    """Nobody is left out because the last batch is not full."""
    assert batches(["a", "b", "c"], 2) == [["a", "b"], ["c"]]


def test_one_batch() -> None:
    """As many customers as the limit allows go in one call."""
    assert batches(["a", "b"], 2) == [["a", "b"]]


def test_nobody() -> None:
    """No customers need no call."""
    assert batches([], 2) == []


def test_order_is_kept() -> None:
    """Scores are matched to customers by their order."""
    assert [each for batch in batches(list("abcd"), 2) for each in batch] == list("abcd")


def test_high_risk() -> None:
    """The threshold itself is high."""
    assert risk(0.7) == "high"


def test_medium_risk() -> None:
    """The lower threshold itself is medium."""
    assert risk(0.3) == "medium"


def test_low_risk() -> None:
    """Anything below is low."""
    assert risk(0.29) == "low"
