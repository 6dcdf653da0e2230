"""How fast business time is, beside what else Python offers for it, in one run.

    python benchmarks/business_time.py            everything, about two minutes
    python benchmarks/business_time.py --quick    a tenth of the rows, for a first look

One calendar throughout: nine to five, Monday to Friday, New York, US holidays. Each figure is the
best of several runs; what counts is the ratio to a peer of the same run, not the microseconds. A
peer that is not installed is left out with a line. Answers are compared before anything is timed.
"""

from __future__ import annotations

import datetime as dt
import sys
import timeit
from collections.abc import Callable
from importlib import metadata
from zoneinfo import ZoneInfo

import holidays
import numpy as np

from engagekit.business_time.arrays import running_many
from engagekit.business_time.calendar import Calendar
from engagekit.business_time.zones import offsets_of_year
from engagekit.sla.clock import evaluate_clock
from engagekit.sla.events import ClockEvent

NEW_YORK = ZoneInfo("America/New_York")
HOLIDAYS = frozenset(holidays.country_holidays("US", years=range(2009, 2032)))
START = dt.datetime(2026, 3, 2, 10, 30, tzinfo=NEW_YORK)
SPANS = {"day": 1, "month": 30, "year": 365}
DAY_US = 86_400_000_000
Asked = Callable[[], object]


def calendar() -> Calendar:
    """The calendar of all comparisons, not yet compiled."""
    return Calendar(zone="America/New_York", week={"mon-fri": ["09:00-17:00"]}, holidays=["US"])


def best(function: Asked, *, at_least: float = 0.2, runs: int = 5) -> float:
    """Seconds a call, the best of some runs."""
    timer = timeit.Timer(function)
    number, _ = timer.autorange() if at_least >= 0.2 else (1, 0.0)
    return min(timer.repeat(repeat=runs, number=number)) / number


# -- peers: (elapsed, after) for a start and an end or a number of hours -------------------------


def loop_elapsed(start: dt.datetime, end: dt.datetime) -> dt.timedelta:
    """What people write by hand: a loop over days."""
    total, day = dt.timedelta(), start.date()
    while day <= end.date():
        if day.weekday() < 5 and day not in HOLIDAYS:
            opens = dt.datetime.combine(day, dt.time(9), tzinfo=NEW_YORK)
            closes = dt.datetime.combine(day, dt.time(17), tzinfo=NEW_YORK)
            if max(opens, start) < min(closes, end):
                total += min(closes, end) - max(opens, start)
        day += dt.timedelta(days=1)
    return total


def businesstimedelta_peer() -> tuple[Callable[..., object], Callable[..., object]]:
    """Rules of the businesstimedelta package."""
    import businesstimedelta as btd
    import pytz

    zone = pytz.timezone("America/New_York")
    work = btd.WorkDayRule(
        start_time=dt.time(9), end_time=dt.time(17), working_days=[0, 1, 2, 3, 4], tz=zone
    )
    rules = btd.Rules([work, btd.HolidayRule(dict.fromkeys(HOLIDAYS, "holiday"), tz=zone)])

    def elapsed(start: dt.datetime, end: dt.datetime) -> dt.timedelta:
        found = rules.difference(start, end)
        return dt.timedelta(hours=found.hours, seconds=found.seconds)

    def after(start: dt.datetime, hours: float) -> object:
        return start + btd.BusinessTimeDelta(rules, seconds=int(hours * 3600))

    return elapsed, after


def business_duration_peer() -> tuple[Callable[..., object], None]:
    """The business-duration package; it wants naive times."""
    from business_duration import businessDuration

    def elapsed(start: dt.datetime, end: dt.datetime) -> dt.timedelta:
        found = businessDuration(
            start.replace(tzinfo=None),
            end.replace(tzinfo=None),
            starttime=dt.time(9),
            endtime=dt.time(17),
            holidaylist=dict.fromkeys(HOLIDAYS, "holiday"),
            unit="sec",
        )
        return dt.timedelta(seconds=float(found))

    return elapsed, None


def pandas_peer() -> tuple[None, Callable[..., object]]:
    """CustomBusinessHour of pandas; whole hours, and only forward."""
    import pandas as pd

    def after(start: dt.datetime, hours: float) -> object:
        offset = pd.offsets.CustomBusinessHour(
            n=int(hours), start="09:00", end="17:00", holidays=sorted(HOLIDAYS)
        )
        return pd.Timestamp(start) + offset

    return None, after


PEERS: dict[
    str, Callable[[], tuple[Callable[..., object] | None, Callable[..., object] | None]]
] = {
    "businesstimedelta": businesstimedelta_peer,
    "business-duration": business_duration_peer,
    "pandas CustomBusinessHour": pandas_peer,
    "loop over days": lambda: (loop_elapsed, None),
    "numpy busday_count (dates only)": lambda: (
        lambda start, end: np.busday_count(start.date(), end.date(), holidays=sorted(HOLIDAYS)),
        None,
    ),
}


def scalars() -> None:
    """One call, over a day, a month and a year, beside each peer."""
    ours = calendar()
    print("\none call, aware datetimes in and out (microseconds; ratio to ours)")
    print(f"{'':34}" + "".join(f"{name:>26}" for name in SPANS))
    for what in ("elapsed", "after"):
        mine: dict[str, float] = {}
        for name, days in SPANS.items():
            end = START + dt.timedelta(days=days)
            span = ours.elapsed(START, end)
            assert span == loop_elapsed(START, end)
            asked = (
                (lambda end=end: ours.elapsed(START, end))
                if what == "elapsed"
                else (lambda span=span: ours.after(START, span))
            )
            mine[name] = best(asked)
        shown = "".join(f"{mine[name] * 1e6:>26.2f}" for name in SPANS)
        print(f"{'engagekit ' + what:34}{shown}   target <= 3")
        for peer, make in PEERS.items():
            beside(peer, make, what, mine, ours)


def beside(
    peer: str,
    make: Callable[[], tuple[Callable[..., object] | None, Callable[..., object] | None]],
    what: str,
    mine: dict[str, float],
    ours: Calendar,
) -> None:
    """One row of a peer."""
    try:
        function = make()[what == "after"]
    except ImportError:
        print(f"  {peer:32} is not installed")
        return
    if function is None:
        return
    cells = []
    for name, days in SPANS.items():
        end = START + dt.timedelta(days=days)
        hours = ours.elapsed(START, end) / dt.timedelta(hours=1)
        other: object = end if what == "elapsed" else hours
        try:
            taken = best(lambda other=other: function(START, other), runs=2)
        except Exception as error:  # a peer's failure is a result
            cells.append(type(error).__name__)
            continue
        cells.append(f"{taken * 1e6:,.1f} ({taken / mine[name]:,.0f}x)")
    print(f"  {peer:32}" + "".join(f"{cell:>26}" for cell in cells))


def one_clock() -> None:
    """A clock of seven events."""
    ours = calendar()
    rows = [
        ("start", "2026-03-02T15:00:00Z", {}),
        ("pause", "2026-03-02T17:00:00Z", {"reason": "client"}),
        ("resume", "2026-03-03T15:00:00Z", {"reason": "client"}),
        ("pause", "2026-03-03T17:00:00Z", {"reason": "vendor"}),
        ("resume", "2026-03-04T15:00:00Z", {"reason": "vendor"}),
        ("retarget", "2026-03-04T16:00:00Z", {"target": "PT12H"}),
        ("stop", "2026-03-05T16:00:00Z", {}),
    ]
    events = [ClockEvent(kind, at, **more) for kind, at, more in rows]
    taken = best(lambda: evaluate_clock(events, calendar=ours, target="PT8H"))
    print(f"\none clock of 7 events: {taken * 1e6:.1f} microseconds   target <= 15")


def compiling() -> None:
    """Twenty years from cold: a new calendar, and no zone known yet."""

    def cold() -> None:
        offsets_of_year.cache_clear()
        calendar().elapsed("2010-01-01T00:00:00Z", "2029-12-31T00:00:00Z")

    print(f"compile 20 years, cold: {best(cold) * 1e3:.1f} milliseconds   target <= 25")


def columns(rows: int) -> None:
    """Millions of clocks on one calendar, beside subtracting the same arrays."""
    ours, random = calendar(), np.random.default_rng(20260302)
    starts = random.integers(1_451_606_400_000_000, 1_767_225_600_000_000, rows)
    ends = starts + random.integers(0, 30 * DAY_US, rows)
    spans = random.integers(0, 100 * 3_600_000_000, rows)
    row = np.sort(random.integers(0, rows, rows * 6 // 10))
    begins = starts[row] + random.integers(0, 20 * DAY_US, len(row))
    stops = begins + random.integers(0, 5 * DAY_US, len(row))
    ours.elapsed_many(starts[:10], ends[:10])
    floor = best(lambda: ends - starts, at_least=0, runs=7)
    print(f"\n{rows:,} clocks, one calendar; ratio to ends - starts ({floor * 1e3:.1f} ms)")
    asked: dict[str, tuple[Asked, str]] = {
        "elapsed_many": (lambda: ours.elapsed_many(starts, ends), "target <= 20x"),
        f"with {len(row):,} pauses": (
            lambda: running_many(ours, starts, ends, (row, begins, stops)),
            "target <= 100x",
        ),
        "after_many": (lambda: ours.after_many(starts, spans), ""),
    }
    for name, (function, target) in asked.items():
        taken = best(function, at_least=0, runs=3)
        print(f"  {name:32}{taken * 1e3:10.0f} ms {taken / floor:8.1f}x   {target}")
    check = random.integers(0, rows, 200)
    found = ours.elapsed_many(starts[check], ends[check])
    assert found.tolist() == [
        ours.elapsed_us(int(starts[index]), int(ends[index])) for index in check
    ]


def main() -> None:
    """Print everything."""
    quick = "--quick" in sys.argv[1:]
    named = ("numpy", "pandas", "businesstimedelta", "business-duration", "holidays")
    versions = []
    for name in named:
        try:
            versions.append(f"{name} {metadata.version(name)}")
        except metadata.PackageNotFoundError:
            versions.append(f"{name} missing")
    print(f"Python {sys.version.split()[0]}, {', '.join(versions)}")
    scalars()
    one_clock()
    compiling()
    columns(1_000_000 if quick else 10_000_000)


if __name__ == "__main__":
    main()
