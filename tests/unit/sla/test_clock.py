"""Clocks: readings at the edges, policies, and logs that cannot have happened."""

import datetime as dt
import pickle
from itertools import count

import pytest

from engagekit.business_time.calendar import Calendar
from engagekit.errors import DefinitionError, UnknownId
from engagekit.sla.clock import evaluate_clock, next_due
from engagekit.sla.events import ClockEvent, ClockPolicy

HOUR = dt.timedelta(hours=1)
DESK = Calendar(zone="UTC", week={"mon-fri": ["09:00-17:00"]})
DAILY = Calendar(zone="UTC", week={"mon-sun": ["08:00-20:00"]})


def march(day, clock="09:00"):
    """A time in March 2026; the second is a Monday."""
    return f"2026-03-{day:02d}T{clock}:00Z"


def shown(moment):
    """An instant, shortened."""
    return None if moment is None else moment.strftime("%d %H:%M")


def read(*events, target="PT8H", **more):
    """A reading on the desk's calendar."""
    made = [each if isinstance(each, ClockEvent) else ClockEvent(*each) for each in events]
    return evaluate_clock(made, calendar=more.pop("calendar", DESK), target=target, **more)


event = ClockEvent
START = event("start", march(2))


def test_a_clock_without_events_has_not_started():
    """No events, or none yet: nothing elapsed, nothing due."""
    for reading in (
        read(),
        read(START, as_of=march(1)),
        read(START, target="P2BD", as_of=march(1)),
    ):
        assert reading.state == "not_started"
        assert reading.elapsed == dt.timedelta()
        assert reading.due_at is None
        assert not reading.breached
    assert list(read().explain()) == []


def test_no_target_is_not_a_target_of_zero():
    """Without a target nothing is due, left or breached; zero is used up at once."""
    reading = read(START, target=None, as_of=march(3))
    assert (reading.due_at, reading.remaining, reading.target_applied) == (None, None, None)
    assert not reading.breached
    zero = read(START, target="PT0S", as_of=march(3))
    assert shown(zero.due_at) == "02 09:00"
    assert zero.breached


def test_remaining_is_frozen_while_paused_and_negative_when_late():
    """What is left stands still in a pause and falls below zero after the due date."""
    held = event("pause", march(2, "12:00"))
    for as_of in (march(3), march(9)):
        assert read(START, held, as_of=as_of).remaining == 5 * HOUR
    late = read(START, as_of=march(3, "10:00"))
    assert late.remaining == -HOUR
    assert late.target_applied == 8 * HOUR


def test_exactly_the_target_is_met():
    """Breached is more than the target, strictly."""
    assert not read(START, event("stop", march(2, "17:00"))).breached
    late = read(START, ("stop", "2026-03-03T09:00:00.000001Z"))
    assert late.breached
    assert shown(late.breached_at) == "02 17:00"


def test_the_next_opening_after_the_due_date():
    """A due date on closing time is shown with the opening that follows."""
    reading = read(START)
    assert shown(reading.due_at) == "02 17:00"
    assert shown(reading.due_at_next_open) == "03 09:00"
    assert read(START, target=None).due_at_next_open is None


def test_stopped_from_a_pause():
    """Elapsed time ends with the pause, and nothing is due: the pause kept it from coming."""
    reading = read(START, event("pause", march(2, "12:00")), event("stop", march(4)))
    assert (reading.state, reading.elapsed, reading.due_at) == ("stopped", 3 * HOUR, None)


def test_a_stop_does_not_hide_when_it_was_due():
    """A clock that stopped early still shows its due date."""
    reading = read(START, event("stop", march(2, "12:00")), as_of=march(9))
    assert (reading.state, shown(reading.due_at)) == ("stopped", "02 17:00")
    assert reading.elapsed == 3 * HOUR


def test_reasons_are_a_set():
    """Overlapping reasons count once; the clock runs when the last of them ends."""
    reading = read(
        START,
        event("pause", march(2, "10:00"), reason="client"),
        event("pause", march(2, "11:00"), reason="vendor"),
        event("pause", march(2, "11:30"), reason="vendor"),
        event("resume", march(2, "12:00"), reason="client"),
        event("resume", march(2, "15:00"), reason="vendor"),
        as_of=march(2, "17:00"),
    )
    assert reading.elapsed == 3 * HOUR
    assert "paused: client, vendor" in str(reading.explain())


def test_a_reason_stays_open_over_a_stop():
    """A pause that was never resumed still holds the clock when it is reopened."""
    events = [
        START,
        event("pause", march(2, "10:00"), reason="client"),
        event("stop", march(2, "12:00")),
        event("reopen", march(3)),
    ]
    assert read(*events).state == "paused"
    resumed = read(*events, event("resume", march(3, "10:00"), reason="client"))
    assert resumed.state == "running"


def test_a_tighter_target_is_never_breached_before_it_was_set():
    """The due date may lie before the change; the breach does not."""
    reading = read(
        START, event("retarget", march(2, "15:00"), target="PT2H"), as_of=march(2, "16:00")
    )
    assert reading.breached
    assert shown(reading.due_at) == "02 11:00"
    assert shown(reading.breached_at) == "02 15:00"


def test_a_target_counted_from_its_change():
    """With `from_change`, time before the change does not count towards the new target."""
    reading = read(
        START,
        event("retarget", march(2, "12:00"), target="PT4H"),
        policy=ClockPolicy(retarget="from_change"),
        as_of=march(2, "13:00"),
    )
    assert shown(reading.due_at) == "02 16:00"
    assert reading.elapsed == HOUR
    assert "before what counts now" in str(reading.explain())
    before = read(
        event("retarget", march(1), target="PT4H"),
        START,
        policy=ClockPolicy(retarget="from_change"),
    )
    assert shown(before.due_at) == "02 13:00"


def test_a_target_may_be_taken_away():
    """A retarget to None leaves a clock without a target."""
    reading = read(START, event("retarget", march(2, "12:00")), as_of=march(9))
    assert (reading.target, reading.due_at, reading.breached) == (None, None, False)


def test_a_finished_cycle_keeps_what_it_was_judged_by():
    """Targets and calendars changed after the stop change nothing, until it is reopened."""
    stopped = [START, event("stop", march(2, "15:00"))]
    changes = [
        event("retarget", march(2, "16:00"), target="PT2H"),
        event("calendar", march(2, "16:00"), calendar=DAILY),
    ]
    for calendar in ("in_force", "latest"):
        policy = ClockPolicy(calendar=calendar)
        reading = read(*stopped, *changes, policy=policy)
        assert (reading.breached, reading.target_applied) == (False, 8 * HOUR)
        assert reading.elapsed == 6 * HOUR
    reopened = read(*stopped, *changes, event("reopen", march(3)), as_of=march(3, "10:00"))
    assert reopened.breached
    assert shown(reopened.breached_at) == "03 09:00"
    assert reopened.calendar == DAILY


def test_a_cancelled_clock_is_due_no_more():
    """After a cancellation nothing is due any longer; a breach that was stays one."""
    early = read(START, event("cancel", march(2, "12:00")))
    assert (early.state, early.due_at, early.breached) == ("cancelled", None, False)
    late = read(START, event("cancel", march(3, "12:00")))
    assert (shown(late.due_at), late.breached) == ("02 17:00", True)
    days = read(START, event("cancel", march(6, "12:00")), target="P2BD")
    assert (shown(days.due_at), days.breached) == ("04 09:00", True)


def test_business_days_keep_the_time_of_day():
    """A target in business days is due at the time of day it began."""
    evening = event("start", march(2, "20:00"))
    assert shown(read(evening, target="P2BD").due_at) == "04 20:00"
    assert shown(read(START, event("stop", march(2, "12:00")), target="P2BD").due_at) == "04 09:00"
    assert read(START, target="P2BD", as_of=march(4, "09:01")).breached
    assert not read(START, target="P2BD", as_of=march(4)).breached


def test_pauses_push_business_days_by_working_time():
    """Working time lost in a pause is added to a target in business days."""
    pause = event("pause", march(2, "10:00"))
    reading = read(START, pause, event("resume", march(3, "12:00")), target="P2BD")
    assert shown(reading.due_at) == "05 11:00"
    assert read(START, pause, target="P2BD").due_at is None
    moment = read(START, pause, event("resume", march(2, "10:00")), target="P2BD")
    assert shown(moment.due_at) == "04 09:00"
    held = read(event("pause", march(1)), START, event("resume", march(2, "10:00")), target="P1BD")
    assert shown(held.due_at) == "03 10:00"


def test_calendar_time_counts_every_hour():
    """A target in calendar time runs through nights and weekends, and stands in pauses."""
    reading = read(event("start", march(6)), target="P1D", as_of=march(7, "10:00"))
    assert shown(reading.due_at) == "07 09:00"
    assert reading.elapsed == 25 * HOUR
    assert reading.breached
    assert [row.because for row in reading.explain()] == ["running; every hour counts"]
    held = read(
        event("start", march(6)),
        event("pause", march(6, "12:00")),
        event("resume", march(7, "12:00")),
        target="P1D",
    )
    assert shown(held.due_at) == "08 09:00"


def test_a_changed_calendar_changes_business_days():
    """After a change of calendar, a target in business days counts what is open then."""
    reading = read(START, event("calendar", march(3), calendar=DAILY), target="P2BD")
    assert shown(reading.due_at) == "03 17:00"


def test_warnings_are_taken_in_the_time_the_clock_counts():
    """A warning comes so much of the target before the due date, pauses left out."""
    friday = event("start", march(6, "15:00"))
    assert shown(read(friday, target="PT4H", warn_before="PT3H").warn_at) == "06 16:00"
    assert shown(read(friday, target="PT4H", warn_before="PT9H").warn_at) == "06 15:00"
    assert shown(read(friday, target="P2BD", warn_before="PT1H").warn_at) == "10 14:00"
    assert shown(read(friday, target="P2BD", warn_before="P1BD").warn_at) == "09 15:00"
    assert shown(read(friday, target="P2D", warn_before="P1D").warn_at) == "07 15:00"
    assert shown(read(friday, target="P2D", warn_before="PT1H").warn_at) == "06 16:00"
    assert read(friday, target=None, warn_before="PT1H").warn_at is None


def test_what_was_not_yet_known_is_left_out():
    """A pause learnt of later is not there earlier; its resume alone is no error then."""
    events = [
        START,
        event("pause", march(2, "10:00"), recorded_at=march(3)),
        event("resume", march(2, "12:00")),
        event("stop", march(2, "14:00"), recorded_at=march(4)),
        event("reopen", march(2, "15:00")),
    ]
    early = read(*events, as_of=march(2, "16:00"), known_at=march(2, "16:00"))
    assert early.elapsed == 7 * HOUR
    late = read(*events, as_of=march(2, "16:00"), known_at=march(5))
    assert late.elapsed == 4 * HOUR
    unstarted = [event("start", march(2), recorded_at=march(5)), event("stop", march(3))]
    assert read(*unstarted, known_at=march(4)).state == "not_started"
    restarted = [
        START,
        event("stop", march(3), recorded_at=march(6)),
        event("reopen", march(4)),
        event("stop", march(5)),
    ]
    assert read(*restarted, known_at=march(5)).state == "stopped"


@pytest.mark.parametrize(
    ("events", "said"),
    [
        ([("stop", march(2))], "the clock is not started"),
        ([("reopen", march(2))], "only a stopped clock is reopened"),
        ([START, ("start", march(3))], "was started before"),
        ([START, ("resume", march(3))], "no pause for this reason is open; open: none"),
        (
            [START, event("pause", march(3), reason="a"), ("resume", march(4))],
            "open: a; name the reason",
        ),
        ([("stop", march(1)), START], "the clock is not started"),
        ([START, ("stop", march(3)), ("stop", march(4))], "the clock is stopped"),
        ([START, ("cancel", march(3)), ("stop", march(4))], "the clock is cancelled"),
        ([START, event("retarget", march(3), target="P2BD")], "in that unit"),
        ([START, event("retarget", march(3), target="P1M")], "P1M is Nominal"),
    ],
)
def test_logs_that_cannot_have_happened_are_refused(events, said):
    """Whatever is asked, as of whenever: an impossible log is refused and says where."""
    for more in ({}, {"as_of": march(1)}, {"policy": ClockPolicy(reopen="continue")}):
        with pytest.raises(DefinitionError, match=said):
            read(*events, **more)


def test_units_may_start_with_a_retarget():
    """A clock without a target takes its unit from the first one set."""
    events = [START, event("retarget", march(3), target="P2BD")]
    assert shown(read(*events, target=None).due_at) == "04 09:00"
    with pytest.raises(DefinitionError, match="counts BusinessDays"):
        read(*events, event("retarget", march(4), target="PT8H"), target=None)


@pytest.mark.parametrize(
    ("make", "error", "said"),
    [
        (lambda: ClockEvent("halt", march(2)), UnknownId, "kind of event"),
        (lambda: ClockEvent("start", "2026-03-02T09:00:00"), DefinitionError, "no time zone"),
        (lambda: ClockEvent("start", 1_772_438_400), DefinitionError, "in microseconds"),
        (lambda: ClockEvent("start", True), DefinitionError, "in microseconds"),
        (lambda: ClockEvent("start", 1 << 60), DefinitionError, "outside the years"),
        (lambda: ClockEvent("start", None), DefinitionError, "got NoneType"),
        (lambda: ClockEvent("start", march(2), target="PT8H"), DefinitionError, "sets no target"),
        (
            lambda: ClockEvent("start", march(2), calendar=DESK),
            DefinitionError,
            "of kind 'calendar'",
        ),
        (lambda: ClockEvent("calendar", march(2)), DefinitionError, "of kind 'calendar'"),
        (lambda: ClockEvent("calendar", march(2), calendar="x"), DefinitionError, "got str"),
        (lambda: ClockEvent("pause", march(2), reason=" "), DefinitionError, "must not be empty"),
        (lambda: ClockPolicy(reopen="again"), UnknownId, "reopen policy"),
        (lambda: read(calendar="UTC"), DefinitionError, "expected a Calendar"),
        (lambda: read(START, target=8), DefinitionError, "8 what"),
        (lambda: read(START, policy="x"), DefinitionError, "expected a ClockPolicy"),
        (lambda: next_due([]), DefinitionError, "expected readings by name"),
        (lambda: evaluate_clock(5, calendar=DESK, target=None), DefinitionError, "got int"),
        (lambda: evaluate_clock(["x"], calendar=DESK, target=None), DefinitionError, "got str"),
        (
            lambda: evaluate_clock(
                [ClockEvent("start", march(3)), ClockEvent("pause", march(2)), "x"],
                calendar=DESK,
                target=None,
            ),
            DefinitionError,
            "got str",
        ),
    ],
    ids=count(),
)
def test_what_is_no_event_or_policy_is_refused(make, error, said):
    """Unknown kinds, times without a zone, and arguments in the wrong place are refused."""
    with pytest.raises(error, match=said):
        make()


def test_events_keep_microseconds_and_spell_kinds_right():
    """An event may be built from stored microseconds; its text names kind, reason and time."""
    made = ClockEvent("Pause", 1_772_442_000_000_000, reason="client")
    assert made.kind == "pause"
    assert made == ClockEvent("pause", march(2), reason="client")
    assert str(made) == "pause (client) at 2026-03-02T09:00:00Z"
    assert pickle.loads(pickle.dumps(made)) == made


def test_next_due_is_the_earliest_of_what_runs():
    """Stopped, paused and unstarted clocks are not waited for; overdue ones are."""
    readings = {
        "response": read(START, event("stop", march(2, "10:00"))),
        "update": read(START, target="PT4H", as_of=march(4)),
        "fix": read(START, target="PT20H"),
        "open": read(START, target=None),
        "held": read(START, event("pause", march(2, "10:00")), target="PT1H"),
    }
    name, due = next_due(readings)
    assert (name, shown(due)) == ("update", "02 13:00")
    assert next_due({"response": readings["response"]}) is None


def test_a_reading_shows_and_stores_itself():
    """Text for people, plain values for files."""
    reading = read(START, warn_before="PT1H", as_of=march(3, "10:00"))
    assert str(reading) == "running, 9:00:00 elapsed, due 2026-03-02T17:00:00Z, breached"
    assert reading.to_dict() == {
        "state": "running",
        "elapsed_s": 32400.0,
        "target": "PT8H",
        "target_s": 28800.0,
        "due_at": "2026-03-02T17:00:00Z",
        "breached": True,
        "breached_at": "2026-03-02T17:00:00Z",
        "warn_at": "2026-03-02T16:00:00Z",
    }
    bare = read(target=None)
    assert str(bare) == "not started, 0:00:00 elapsed, nothing due, not breached"
    assert set(bare.to_dict().values()) == {"not_started", 0, None}
    assert bare.breached_at is None


def test_the_explanation_is_a_table():
    """Interval, counted, because; in text, HTML and plain values."""
    table = read(
        START,
        event("pause", march(2, "10:00"), reason="<client>"),
        event("resume", march(2, "12:00"), reason="<client>"),
        as_of=march(3, "10:00"),
    ).explain()
    rows = [(shown(row.begin), shown(row.end), row.counted / HOUR, row.because) for row in table]
    assert rows == [
        ("02 09:00", "02 10:00", 1, "running"),
        ("02 10:00", "02 12:00", 0, "paused: <client>"),
        ("02 12:00", "02 17:00", 5, "running"),
        ("02 17:00", "03 09:00", 0, "outside hours"),
        ("03 09:00", "03 10:00", 1, "running"),
    ]
    assert len(table) == 5
    assert str(table).splitlines()[-1] == "elapsed: 7:00:00"
    assert "&lt;client&gt;" in table._repr_html_()
    assert table.to_dict()[1] == {
        "from": "2026-03-02T10:00:00Z",
        "to": "2026-03-02T12:00:00Z",
        "counted_s": 0.0,
        "because": "paused: <client>",
    }


def test_the_explanation_names_holidays():
    """Closed time that a holiday explains says which."""
    week = {"mon-fri": ["09:00-17:00"]}
    kept = Calendar(zone="UTC", week=week, holidays=["2026-03-03", "2026-03-04"])
    opened = Calendar(zone="UTC", week=week, holidays=["03-03"], special={"2026-03-04": []})
    gaps = {
        kept: "outside hours (holiday 2026-03-03, 2026-03-04)",
        kept & opened: "outside hours (holiday 2026-03-03, 2026-03-04)",
        kept | opened: "outside hours (holiday 2026-03-03)",
        kept - Calendar(zone="UTC", week={}): "outside hours (holiday 2026-03-03, 2026-03-04)",
        opened: "outside hours (holiday 2026-03-03)",
    }
    for calendar, because in gaps.items():
        table = read(START, calendar=calendar, as_of=march(5, "10:00")).explain()
        assert [row.because for row in table] == ["running", because, "running"]


def test_the_explanation_ends_where_it_is_closed():
    """Closed time and time after hours are rows of their own, merged where they touch."""
    table = read(
        START,
        event("stop", march(2, "10:00")),
        event("pause", march(2, "11:00")),
        event("resume", march(2, "12:00")),
        event("reopen", march(2, "16:00")),
        as_of=march(2, "19:00"),
    ).explain()
    assert [row.because for row in table] == ["running", "stopped", "running", "outside hours"]
