"""Service credits: half-open tiers, exact, and never read in the wrong unit."""

from decimal import Decimal
from fractions import Fraction
from itertools import count

import pytest

from engagekit.errors import DefinitionError
from engagekit.sla.availability import availability
from engagekit.sla.credits import credit_amount, service_credit

TIERS = [("99.9", 10), ("99", 25), ("95", 100)]
MAY = ("2026-05-01T00:00:00Z", "2026-06-01T00:00:00Z")


@pytest.mark.parametrize(
    ("uptime", "credit"),
    [
        ("100", 0),
        ("99.9", 0),
        ("99.89999999999999999", 10),
        (99.0, 10),
        (Decimal("98.9"), 25),
        (Fraction(95), 25),
        ("94.999", 100),
        (0, 100),
    ],
)
def test_the_tier_below_the_uptime_is_owed(uptime, credit):
    """A bound itself owes the better tier, and the comparison is exact."""
    assert service_credit(TIERS, uptime) == credit
    assert service_credit([(95, 99, 25), (99, "99.9", 10), (0, 95, 100)], uptime) == credit
    keyed = [{"below": bound, "credit": owed} for bound, owed in TIERS]
    assert service_credit(keyed, uptime) == credit


def test_no_data_owes_nothing_and_says_so():
    """No data is None, not a credit of nothing."""
    assert service_credit(TIERS, None) is None
    empty = availability(MAY, [], exclusions=[MAY])
    assert service_credit(TIERS, empty) is None


def test_a_measured_availability_needs_no_conversion():
    """An Availability is read in the unit of the tiers, percent or ratio."""
    measured = availability(MAY, [("2026-05-10T00:00:00Z", "2026-05-10T08:00:00Z")])
    assert service_credit(TIERS, measured) == 25
    assert service_credit([("0.999", 10), ("0.99", 25)], measured) == 25
    assert service_credit([{"from": 0, "to": "0.99", "credit": 5}], measured) == 5


def test_a_cap_limits_the_credit():
    """No more than the cap is owed."""
    assert service_credit(TIERS, 90, cap=30) == 30
    assert service_credit(TIERS, "99.5", cap=30) == 10


def test_money_is_exact():
    """A credit becomes money in decimals, rounded once, to the even cent."""
    assert credit_amount(10, "1234.55") == Decimal("123.46")
    assert credit_amount("12.5", Decimal("100.20")) == Decimal("12.52")
    assert credit_amount(10, 99, cent="1") == Decimal(10)


@pytest.mark.parametrize(
    ("ask", "said"),
    [
        (lambda: service_credit([], 99), "no tiers"),
        (lambda: service_credit(5, 99), "tiers: expected a list, got int"),
        (lambda: service_credit("99.9", 99), "tiers: expected a list, got str"),
        (lambda: service_credit(["99"], 99), "expected .below, credit."),
        (lambda: service_credit([(99,)], 99), "expected .below, credit."),
        (lambda: service_credit([{"below": 99, "owed": 1}], 99), "expected the keys"),
        (lambda: service_credit([{"below": 99, "from": 1, "credit": 1}], 99), "expected the keys"),
        (lambda: service_credit([(99, 98, 10)], 99), "no uptime lies in"),
        (lambda: service_credit([("99.9", 0), (99, 10), (0, 25)], 99), "no uptime lies in"),
        (lambda: service_credit([(90, 95, 25), (96, 99, 10)], 99), "leave no gap"),
        (lambda: service_credit([(90, 97, 25), (96, 99, 10)], 99), "do not overlap"),
        (lambda: service_credit([(99, 25), (99, 10)], 99), "do not overlap"),
        (lambda: service_credit([("99.9", 25), (99, 10)], 99), "no less than worse service"),
        (lambda: service_credit([(99, -1)], 99), "negative"),
        (lambda: service_credit(TIERS, "0.9995"), "looks like a ratio"),
        (lambda: service_credit(TIERS, 1), "looks like a ratio"),
        (lambda: credit_amount(10, 99.5), "money is no float"),
        (lambda: credit_amount(10, "x"), "no finite number"),
    ],
    ids=count(),
)
def test_faulty_tiers_and_amounts_are_refused(ask, said):
    """Gaps, overlaps, rewards for worse service and wrong units are refused."""
    with pytest.raises(DefinitionError, match=said):
        ask()
