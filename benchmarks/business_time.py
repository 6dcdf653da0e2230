"""Business time beside what else Python offers for it: `python -m benchmarks.business_time`.

One calendar throughout: nine to five, Monday to Friday, New York, US holidays. Answers are compared
before anything is timed. A peer that is not installed is named as missing.
"""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Callable, Iterator
from typing import Any, TypeAlias
from zoneinfo import ZoneInfo

import holidays
import numpy as np

import engagekit as ek
from benchmarks.harness import Contender, Line, best
from engagekit.business_time.arrays import running_many
from engagekit.business_time.zones import offsets_of_year

NEW_YORK = ZoneInfo("America/New_York")
HOLIDAYS = frozenset(holidays.country_holidays("US", years=range(2009, 2032)))
START = dt.datetime(2026, 3, 2, 10, 30, tzinfo=NEW_YORK)
SPANS = {"day": 1, "month": 30, "year": 365}
DAY_US = 86_400_000_000
CLOCKS = 10_000_000
OURS = "engagekit"
SLOWEST = "businesstimedelta"  # the peer the target is stated against

Ask: TypeAlias = Callable[[dt.datetime, Any], object]


def lines(clocks: int = CLOCKS) -> Iterator[Line]:
    """Every comparison of this module."""
    for what in ("elapsed", "after"):
        yield from scalar(what)
    yield one_clock()
    yield compiling()
    yield from columns(clocks)


def calendar() -> ek.Calendar:
    """The calendar of all comparisons, not yet compiled."""
    return ek.Calendar(zone="America/New_York", week={"mon-fri": ["09:00-17:00"]}, holidays=["US"])


def loop_over_days(start: dt.datetime, end: dt.datetime) -> dt.timedelta:
    """What people write by hand."""
    total, day = dt.timedelta(), start.date()
    while day <= end.date():
        if day.weekday() < 5 and day not in HOLIDAYS:
            opens = dt.datetime.combine(day, dt.time(9), tzinfo=NEW_YORK)
            closes = dt.datetime.combine(day, dt.time(17), tzinfo=NEW_YORK)
            if max(opens, start) < min(closes, end):
                total += min(closes, end) - max(opens, start)
        day += dt.timedelta(days=1)
    return total


def busday_count(start: dt.datetime, end: dt.datetime) -> object:
    """Numpy's count of dates; it knows no hours."""
    return np.busday_count(start.date(), end.date(), busdaycal=BUSDAYS)


BUSDAYS = np.busdaycalendar(holidays=sorted(HOLIDAYS))


def businesstimedelta(what: str) -> Ask:
    """Rules of the businesstimedelta package."""
    import businesstimedelta as btd
    import pytz

    zone = pytz.timezone("America/New_York")
    work = btd.WorkDayRule(
        start_time=dt.time(9), end_time=dt.time(17), working_days=[0, 1, 2, 3, 4], tz=zone
    )
    rules = btd.Rules([work, btd.HolidayRule(dict.fromkeys(HOLIDAYS, "holiday"), tz=zone)])
    if what == "elapsed":
        difference: Ask = rules.difference
        return difference
    return lambda start, span: start + btd.BusinessTimeDelta(rules, seconds=span.total_seconds())


def business_duration(what: str) -> Ask | None:
    """The business-duration package; it wants naive times and only looks back."""
    from business_duration import businessDuration

    named = dict.fromkeys(HOLIDAYS, "holiday")
    if what == "after":
        return None
    return lambda start, end: businessDuration(
        start.replace(tzinfo=None),
        end.replace(tzinfo=None),
        starttime=dt.time(9),
        endtime=dt.time(17),
        holidaylist=named,
        unit="sec",
    )


def custom_business_hour(what: str) -> Ask | None:
    """CustomBusinessHour of pandas: whole hours, and only forward."""
    import pandas as pd

    if what == "elapsed":
        return None
    kept = sorted(HOLIDAYS)
    return lambda start, span: (
        pd.Timestamp(start)
        + pd.offsets.CustomBusinessHour(
            n=int(span.total_seconds() // 3600), start="09:00", end="17:00", holidays=kept
        )
    )


PEERS: dict[str, Callable[[str], Ask | None]] = {
    SLOWEST: businesstimedelta,
    "business-duration": business_duration,
    "pandas CustomBusinessHour": custom_business_hour,
    "loop over days": lambda what: loop_over_days if what == "elapsed" else None,
    "numpy busday_count (dates only)": lambda what: busday_count if what == "elapsed" else None,
}


def scalar(what: str) -> Iterator[Line]:
    """One call from aware datetimes, over a day, a month and a year, beside each peer."""
    ours, found = calendar(), dict[str, dict[str, float]]()
    missing: list[str] = []
    peers: dict[str, Ask] = {}
    for name, make in PEERS.items():
        try:
            peer = make(what)
        except ImportError:
            missing.append(f"{name} is not installed")
            continue
        if peer is not None:
            peers[name] = peer
    for span, days in SPANS.items():
        end = START + dt.timedelta(days=days)
        worked = ours.elapsed(START, end)
        assert worked == loop_over_days(START, end)
        asked: Ask = ours.elapsed if what == "elapsed" else ours.after
        other = end if what == "elapsed" else worked
        contenders = [_calls(OURS, asked, other, 20_000)]
        contenders += [_calls(name, peer, other, 20) for name, peer in peers.items()]
        found[span] = best(*contenders, rounds=7)
    month = found["month"]
    yield Line(
        f"{what} over a month, beside {SLOWEST}",
        month.get(SLOWEST, 0) / month[OURS],
        1000,
        at_most=False,
        detail="; ".join([*(_beside(span, times) for span, times in found.items()), *missing]),
    )
    costs = _flat(ours.elapsed if what == "elapsed" else ours.after, what)
    shown = ", ".join(f"{cost:.2f}" for cost in costs)
    each = f"{shown} us over {', '.join(SPANS)}"
    yield Line(f"{what}: a year beside a day", costs[-1] / costs[0], 1.2, at_most=True, detail=each)
    yield Line(f"{what} beside 3 microseconds", max(costs) / 3, 1, at_most=True, detail=each)


def _flat(function: Ask, what: str) -> list[float]:
    """Microseconds a call over each span, in turns, so that a busy moment slows all alike."""
    ours = calendar()
    others: dict[str, object] = {}
    for span, days in SPANS.items():
        end = START + dt.timedelta(days=days)
        others[span] = end if what == "elapsed" else ours.elapsed(START, end)
    times = best(*(_calls(span, function, other, 20_000) for span, other in others.items()))
    return [times[span] for span in SPANS]


def _calls(name: str, function: Ask, other: object, count: int) -> Contender:
    def work(_: object) -> int:
        for _ in range(count):
            function(START, other)
        return count

    return Contender(name, lambda: None, work)


def _beside(span: str, times: dict[str, float]) -> str:
    shown = [f"{name} {took / times[OURS]:,.0f}x" for name, took in times.items() if name != OURS]
    return f"{span}: {', '.join(shown)}"


def one_clock() -> Line:
    """A clock of seven events."""
    ours = calendar()
    rows: list[tuple[str, str, dict[str, Any]]] = [
        ("start", "2026-03-02T15:00:00Z", {}),
        ("pause", "2026-03-02T17:00:00Z", {"reason": "client"}),
        ("resume", "2026-03-03T15:00:00Z", {"reason": "client"}),
        ("pause", "2026-03-03T17:00:00Z", {"reason": "vendor"}),
        ("resume", "2026-03-04T15:00:00Z", {"reason": "vendor"}),
        ("retarget", "2026-03-04T16:00:00Z", {"target": "PT12H"}),
        ("stop", "2026-03-05T16:00:00Z", {}),
    ]
    events = [ek.ClockEvent(kind, at, **more) for kind, at, more in rows]
    assert ek.evaluate_clock(events, calendar=ours, target="PT8H").elapsed == dt.timedelta(hours=13)

    def work(_: object) -> int:
        for _ in range(5_000):
            ek.evaluate_clock(events, calendar=ours, target="PT8H")
        return 5_000

    took = best(Contender(OURS, lambda: None, work))[OURS]
    return Line(
        "one clock of 7 events, beside 15 microseconds", took / 15, 1, True, f"{took:.1f} us"
    )


def compiling() -> Line:
    """Twenty years from cold: a new calendar, and no offset known yet."""

    def work(_: object) -> int:
        offsets_of_year.cache_clear()
        calendar().elapsed("2010-01-01T00:00:00Z", "2029-12-31T00:00:00Z")
        return 1

    took = best(Contender(OURS, lambda: None, work))[OURS] / 1000
    return Line("compile 20 years, beside 25 milliseconds", took / 25, 1, True, f"{took:.1f} ms")


def columns(clocks: int) -> Iterator[Line]:
    """Millions of clocks on one calendar, beside subtracting the same arrays."""
    ours, random = calendar(), np.random.default_rng(20260302)
    starts = random.integers(1_451_606_400_000_000, 1_767_225_600_000_000, clocks)
    ends = starts + random.integers(0, 30 * DAY_US, clocks)
    spans = random.integers(0, 100 * 3_600_000_000, clocks)
    row = np.sort(random.integers(0, clocks, clocks * 6 // 10))  # grouped, in no order within
    begins = starts[row] + random.integers(0, 20 * DAY_US, len(row))
    stops = begins + random.integers(0, 5 * DAY_US, len(row))
    for index in random.integers(0, clocks, 100).tolist():
        pair = slice(index, index + 1)
        alone = ours.elapsed_us(int(starts[index]), int(ends[index]))
        assert ours.elapsed_many(starts[pair], ends[pair]).tolist() == [alone]

    def whole(name: str, function: Callable[[], object]) -> Contender:
        def work(_: object) -> int:
            function()
            return 1

        return Contender(name, lambda: None, work)

    plain, some, paused, later = "ends - starts", "elapsed_many", "with pauses", "after_many"
    took = best(
        whole(plain, lambda: ends - starts),
        whole(some, lambda: ours.elapsed_many(starts, ends)),
        whole(paused, lambda: running_many(ours, starts, ends, (row, begins, stops))),
        whole(later, lambda: ours.after_many(starts, spans)),
        rounds=5,
    )
    floor = took[plain]
    for name, target in ((some, 20), (paused, 100), (later, 20)):
        detail = f"{took[name] / 1000:,.0f} ms beside {floor / 1000:,.1f} ms"
        if name == paused:
            detail += f"; {len(row):,} pauses"
        yield Line(f"{name} of {clocks:,} clocks", took[name] / floor, target, True, detail)


if __name__ == "__main__":
    for line in lines(CLOCKS // 10 if "--quick" in sys.argv[1:] else CLOCKS):
        print(line, flush=True)
