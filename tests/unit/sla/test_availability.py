"""Availability, ratios and percentiles: what counts, and what is no data."""

import datetime as dt
from decimal import Decimal
from fractions import Fraction
from itertools import count

import pytest

from engagekit.business_time.calendar import Calendar
from engagekit.errors import DefinitionError, UnknownId
from engagekit.sla.availability import availability, error_budget, exact, percentile

HOUR = dt.timedelta(hours=1)


def may(day, hour=0):
    """An hour of May 2026."""
    return f"2026-05-{day:02d}T{hour:02d}:00:00Z"


WEEK = (may(4), may(11))


def test_an_outage_that_lasts_counts_to_the_end():
    """An outage without an end is down until the window ends, one outside it not at all."""
    measured = availability(WEEK, [(may(10), None), (may(1), may(2)), (may(20), None)])
    assert measured.bad == 24 * HOUR
    assert measured.ratio == Fraction(6, 7)
    assert measured.meets("0.85") is True
    assert measured.meets("0.86") is False
    assert str(measured) == "85.7143 % (1 day, 0:00:00 of 7 days, 0:00:00 down)"
    assert measured.to_dict()["ratio"] == 6 / 7


def test_service_hours_and_exclusions_together():
    """Only service hours count, and excluded ones neither as total nor as down."""
    desk = Calendar(zone="UTC", week={"mon-fri": ["08:00-18:00"]})
    measured = availability(
        WEEK, [(may(4, 6), may(4, 12))], exclusions=[(may(4, 9), may(4, 11))], calendar=desk
    )
    assert (measured.total, measured.bad) == (48 * HOUR, 2 * HOUR)


def test_an_exclusion_announced_too_late_is_none():
    """Where notice is asked for, only what was announced in time is excluded."""
    planned = (may(6), may(7), may(1))
    sudden = (may(8), may(9), may(7, 12))
    measured = availability(WEEK, [(may(8), may(9))], [planned, sudden], notice="PT48H")
    assert (measured.total, measured.bad, measured.not_excluded) == (144 * HOUR, 24 * HOUR, 1)


def test_nothing_to_measure_is_no_data():
    """A window without service hours is neither up nor down."""
    measured = availability(WEEK, [], calendar=Calendar(zone="UTC", week={}))
    assert measured.ratio is None
    assert measured.percent is None
    assert measured.meets("0.9") is None
    assert str(measured) == "no data"
    assert measured.to_dict()["ratio"] is None


@pytest.mark.parametrize(
    ("ask", "said"),
    [
        (lambda: availability((may(2), may(1)), []), "window: ends at .* before it begins"),
        (lambda: availability(WEEK, [(may(2), may(1))]), r"outages\[0\]: ends at"),
        (lambda: availability(WEEK, [may(2)]), "expected .from, to."),
        (lambda: availability(WEEK, None), "outages: expected a list"),
        (lambda: availability(WEEK, [], [5]), "expected .from, to."),
        (lambda: percentile(None, 95), "values: expected a list"),
        (lambda: availability((may(1), None), []), "got NoneType"),
        (lambda: availability(WEEK, [(may(2), may(3), may(1))]), "expected .from, to."),
        (lambda: availability(WEEK, [], [(may(2), may(3))], notice="PT1H"), "announced_at"),
        (lambda: availability(WEEK, [], notice="P2BD"), "needs a calendar"),
        (lambda: availability(WEEK, []).meets(99.9), "strictly between 0 and 1"),
    ],
    ids=count(),
)
def test_faulty_intervals_are_refused(ask, said):
    """Reversed, unreadable and unannounced intervals are refused, with their place."""
    with pytest.raises(DefinitionError, match=said):
        ask()


def test_the_error_budget_is_exact():
    """Allowed, spent and left are fractions; nothing is rounded in anyone's favour."""
    budget = error_budget(99_896, 100_000, 0.999)
    assert budget.objective == Fraction(999, 1000)
    assert budget.allowed == 100
    assert budget.remaining == -4
    assert budget.burn_rate == Fraction(104, 100)
    assert budget.burns_faster_than("1.0") is True
    assert budget.burns_faster_than("1.04") is False
    assert budget.met is False
    empty = error_budget(0, 0, "0.95")
    assert (empty.ratio, empty.met, empty.burn_rate, empty.burns_faster_than(1)) == (None,) * 4


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((1.0, 2, "0.9"), "expected a count"),
        ((True, 2, "0.9"), "expected a count"),
        ((-1, 2, "0.9"), "expected a count"),
        ((3, 2, "0.9"), "more than there are"),
        ((1, 2, 1), "strictly between"),
        ((1, 2, "99.9"), "strictly between"),
        ((1, 2, "NaN"), "no finite number"),
        ((1, 2, "1e999999"), "no finite number"),
        ((1, 2, float("inf")), "no finite number"),
        ((1, 2, "9" * 99), "no finite number"),
        ((1, 2, "ninety"), "no finite number"),
        ((1, 2, None), "got NoneType"),
        ((1, 2, True), "got bool"),
    ],
)
def test_faulty_budgets_are_refused(arguments, said):
    """Counts that do not fit and objectives that are none are refused."""
    with pytest.raises(DefinitionError, match=said):
        error_budget(*arguments)


def test_a_float_is_the_decimal_it_prints_as():
    """0.1 is a tenth, whatever binary fraction stores it."""
    assert exact(0.1, "x") == Fraction(1, 10)
    assert exact(Decimal("0.10"), "x") == Fraction(1, 10)


@pytest.mark.parametrize(
    ("values", "percent", "linear", "nearest"),
    [
        (range(1, 21), 95, 19.05, 19),
        ([5], 50, 5, 5),
        ([1, 2, 3, 4], 50, 2.5, 2),
        ([3, 1, 2], 50, 2, 2),
        ([1, 2], 100, 2, 2),
        ([Decimal(1), Decimal(2)], "50", Decimal("1.5"), Decimal(1)),
        ([Fraction(1), Fraction(2)], 50, Fraction(3, 2), 1),
        ([0.5, 1.5], "99.9", 1.499, 1.5),
    ],
)
def test_percentiles_by_either_method(values, percent, linear, nearest):
    """Both methods, with a result of the kind of the values."""
    found = percentile(values, percent)
    assert found == linear
    assert type(found) is type(linear)
    assert percentile(values, percent, method="nearest_rank") == nearest


def test_a_percentile_of_nothing_is_no_data():
    """No values have no percentile."""
    assert percentile([], 95) is None
    assert percentile([], 95, method="nearest_rank") is None


def test_faulty_percentiles_are_refused():
    """Unknown methods, impossible percentages and values that are no numbers are refused."""
    with pytest.raises(UnknownId, match="nearest_rank"):
        percentile([1], 95, method="nearest")
    for percent in (0, 101):
        with pytest.raises(DefinitionError, match="above 0 and at most 100"):
            percentile([1], percent)
    with pytest.raises(DefinitionError, match="no finite number"):
        percentile([1, float("nan")], 95)
