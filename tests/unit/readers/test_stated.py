"""Numbers and times as tools write them."""

from __future__ import annotations

import pytest

from engagekit.readers import stated


@pytest.mark.parametrize(
    ("text", "number"),
    [("0.5", 0.5), (" 7 ", 7), (".5", 0.5), ("5.", 5), ("-1e-3", -0.001), ("+2", 2)],
)
def test_decimals_are_read(text: str, number: float) -> None:
    """In every notation that tools use."""
    assert stated.decimal(text) == number


@pytest.mark.parametrize(
    "text",
    ["", ".", "-", "nan", "inf", "1e999", "1e1000", "0,5", "1_0", "0x1", "٣", "0." + "0" * 40],
)
def test_what_is_no_finite_number_is_none(text: str) -> None:
    """Nor are digits by the thousand, which take long to convert."""
    assert stated.decimal(text) is None


@pytest.mark.parametrize("text", ["", "-1", "1.0", "1e3", "٣", "1" * 16, "9" * 5_000])
def test_what_is_no_count_is_none(text: str) -> None:
    """Whole numbers below 10^15 only."""
    assert stated.count(text) is None
