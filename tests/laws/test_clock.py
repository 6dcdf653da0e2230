"""Clocks against an oracle that replays the written semantics minute by minute."""

import datetime as dt

import attrs
from hypothesis import given, settings
from hypothesis import strategies as st

from engagekit.business_time.calendar import Calendar
from engagekit.sla.clock import evaluate_clock
from engagekit.sla.events import ClockEvent, ClockPolicy

START = dt.datetime(2026, 3, 6, tzinfo=dt.UTC)  # Friday before clocks change in New York
LENGTH = 6 * 1440
MINUTE = dt.timedelta(minutes=1)
DESK = Calendar(zone="America/New_York", week={"mon-fri": ["09:00-12:00", "13:00-17:00"]})
NIGHT = Calendar(zone="Asia/Kolkata", week={"mon-sun": ["21:00-24:00", "00:00-02:00"]})
CALENDARS = {"desk": DESK, "night": NIGHT, "always": Calendar.always()}
OPEN = {
    name: [calendar.is_open(START + minute * MINUTE) for minute in range(LENGTH + 1)]
    for name, calendar in CALENDARS.items()
}


def at(minute):
    """The instant so many minutes on."""
    return START + minute * MINUTE


@st.composite
def logs(draw):
    """A log that can have happened: (minute, kind, argument) in order."""
    log, state, held, minute = [], "new", set(), 0
    for _ in range(draw(st.integers(1, 9))):
        minute += draw(st.integers(0, 500))
        kinds = ["pause", "retarget", "calendar"] + (["resume"] if held else [])
        kinds += {"new": ["start"] * 4, "open": ["stop", "cancel"], "closed": ["reopen"] * 3}[state]
        kind = draw(st.sampled_from(kinds))
        argument = None
        if kind == "pause":
            argument = draw(st.sampled_from("ab"))
            held.add(argument)
        elif kind == "resume":
            argument = draw(st.sampled_from(sorted(held)))
            held.discard(argument)
        elif kind == "retarget":
            argument = draw(st.one_of(st.none(), st.integers(1, 900)))
        elif kind == "calendar":
            argument = draw(st.sampled_from(sorted(CALENDARS)))
        state = {"start": "open", "reopen": "open", "stop": "closed", "cancel": "closed"}.get(
            kind, state
        )
        log.append((minute, kind, argument))
    return log


class Replay:
    """The oracle: the written semantics, one minute after the other."""

    def __init__(self, log, policy, target, as_of):
        self.policy, self.target, self.target_at = policy, target, 0
        self.calendar, self.state, self.held = "desk", "new", set()
        self.waiting, self.closed_at, self.closed_held = [], None, False
        self.counted_from, self.history = None, []
        log = [event for event in log if event[0] <= as_of]
        if policy.reopen == "continue":
            log = self.uninterrupted(log)
        if policy.calendar == "latest":
            rehearsal = Replay(log, attrs.evolve(policy, calendar="in_force"), target, as_of)
            self.final = rehearsal.calendar
        for minute in range(as_of + 1):
            for event in log:
                if event[0] == minute:
                    self.happen(*event)
            if minute < as_of:
                self.pass_minute(minute, self.state == "open" and not self.held)

    @staticmethod
    def uninterrupted(log):
        """Without closings that were reopened."""
        kept = []
        for event in log:
            if event[1] == "reopen":
                last = max(i for i, each in enumerate(kept) if each[1] in ("stop", "cancel"))
                kept.pop(last)
            else:
                kept.append(event)
        return kept

    def happen(self, minute, kind, argument):
        """One event."""
        if kind == "start" or (kind == "reopen" and self.policy.reopen == "restart"):
            self.counted_from, self.history, self.target_at = minute, [], minute
        if kind in ("start", "reopen"):
            self.state = "open"
            for change in self.waiting:
                self.change(minute, *change)
            self.waiting = []
        elif kind in ("stop", "cancel"):
            self.state, self.closed_at, self.closed_held = kind, minute, bool(self.held)
        elif kind == "pause":
            self.held.add(argument)
        elif kind == "resume":
            self.held.discard(argument)
        elif self.state in ("stop", "cancel"):
            self.waiting.append((kind, argument))
        else:
            self.change(minute, kind, argument)

    def change(self, minute, kind, argument):
        """Another calendar or target."""
        if kind == "calendar":
            self.calendar = argument
            return
        self.target, self.target_at = argument, minute
        if self.policy.retarget == "from_change" and self.state == "open":
            self.counted_from, self.history = minute, []

    def pass_minute(self, minute, runs):
        """One minute, counted if it runs and is open."""
        calendar = self.final if self.policy.calendar == "latest" else self.calendar
        self.history.append((minute, runs and OPEN[calendar][minute]))

    @property
    def elapsed(self):
        """Counted minutes."""
        return sum(counted for _, counted in self.history)

    def due(self, as_of):
        """The minute by which the target is used up; None if never, "later" if beyond the walk."""
        if self.target is None or self.state == "new":
            return None
        history = list(self.history)
        if self.state == "stop" and not self.closed_held:
            history = [row for row in history if row[0] < self.closed_at]
        onwards = (self.state == "open" and not self.held) or (
            self.state == "stop" and not self.closed_held
        )
        if onwards:
            calendar = self.final if self.policy.calendar == "latest" else self.calendar
            begin = as_of if self.state == "open" else self.closed_at
            history += [(minute, OPEN[calendar][minute]) for minute in range(begin, LENGTH)]
        used = 0
        for minute, counted in history:
            used += counted
            if used == self.target:
                return minute + 1
        return "later" if onwards else None


def event_of(minute, kind, argument):
    """The library's event."""
    return ClockEvent(
        kind,
        at(minute),
        reason=argument if kind in ("pause", "resume") else None,
        target=argument * MINUTE if kind == "retarget" and argument else None,
        calendar=CALENDARS[argument] if kind == "calendar" else None,
    )


policies = st.builds(
    ClockPolicy,
    retarget=st.sampled_from(["from_start", "from_change"]),
    reopen=st.sampled_from(["resume", "restart", "continue"]),
    calendar=st.sampled_from(["in_force", "latest"]),
)


@settings(max_examples=100, deadline=None)
@given(logs(), policies, st.one_of(st.none(), st.integers(1, 900)), st.integers(0, 4000))
def test_a_clock_shows_what_replaying_shows(log, policy, target, as_of):
    """Elapsed time, due date, breach and explanation agree with the replay."""
    oracle = Replay(log, policy, target, as_of)
    reading = evaluate_clock(
        [event_of(*event) for event in log],
        calendar=DESK,
        target=None if target is None else target * MINUTE,
        policy=policy,
        as_of=at(as_of),
    )
    assert reading.elapsed == oracle.elapsed * MINUTE
    assert reading.breached == (oracle.target is not None and oracle.elapsed > oracle.target)
    due = oracle.due(as_of)
    if due != "later":
        assert reading.due_at == (None if due is None else at(due))
    if reading.breached:
        assert reading.breached_at == at(max(due, oracle.target_at))
    rows = list(reading.explain())
    assert sum((row.counted for row in rows), dt.timedelta()) == reading.elapsed
    assert all(row.counted in (dt.timedelta(), row.end - row.begin) for row in rows)


@settings(max_examples=50, deadline=None)
@given(logs(), policies, st.randoms(use_true_random=False))
def test_the_order_of_writing_does_not_matter(log, policy, random):
    """Events of different instants give one reading, however they are listed."""
    seen, events = set(), []
    for event in log:
        if event[0] in seen:
            return
        seen.add(event[0])
        events.append(event_of(*event))
    first = evaluate_clock(events, calendar=DESK, target="PT4H", policy=policy)
    random.shuffle(events)
    assert evaluate_clock(events, calendar=DESK, target="PT4H", policy=policy) == first
