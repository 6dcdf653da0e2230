"""Commands in any order: each is refused exactly when a hand-written oracle says so."""

from __future__ import annotations

from contextlib import nullcontext

import hypothesis.strategies as st
import pytest
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

import engagekit as ek
from engagekit.business_time.instants import as_datetime

PEOPLE = ["ana", "ben", "cho"]
GATE = ["a", "b"]  # two criteria at every gate
PLAN = ek.PhasePlan.standard()
DAY = 86_400_000_000
START = 1_767_225_600_000_000  # 2026-01-01


def gates():
    """The same two criteria at every gate; evidence for one counts wherever it is read."""
    rows = [{"id": name, "metric": name, "op": "==", "target": True} for name in GATE]
    return dict.fromkeys(PLAN.ids, rows)


class Oracle(RuleBasedStateMachine):
    """An engagement beside a few plain variables that say what must be true of it."""

    @initialize()
    def begin(self):
        """Start both."""
        self.time = START
        self.phase, self.status = 0, "active"
        self.shown = {}  # criterion -> (value, who last showed it)
        self.ever = {name: set() for name in GATE}  # who ever showed or waived it
        self.waived = {}  # criterion -> until
        self.approved = None  # what was approved during this stay, or None
        with self.clock():
            self.e = ek.Engagement.start("T", client="C", by="ana", plan=PLAN, gates=gates())

    def clock(self):
        """The library's clock stands where the oracle's does."""
        return ek.use_clock(lambda: self.time)

    def row(self, name):
        """The status of one criterion."""
        if self.shown.get(name, (None,))[0] is True:
            return "met"
        if self.waived.get(name, 0) > self.time:
            return "waived"
        return "unmet" if name in self.shown else "no_evidence"

    def verdict(self):
        """The worst row decides."""
        rows = {self.row(name) for name in GATE}
        for status, verdict in (
            ("unmet", "blocked"),
            ("no_evidence", "insufficient_evidence"),
            ("waived", "conditional"),
        ):
            if status in rows:
                return verdict
        return "ready"

    def looks_like(self):
        """What an approval is bound to."""
        return tuple(
            (name, self.row(name), self.shown.get(name), self.row(name) == "waived"
             and self.waived[name])
            for name in GATE
        )  # fmt: skip

    @rule(days=st.integers(1, 9))
    def wait(self, days):
        """Time passes; waivers may lapse."""
        self.time += days * DAY

    @precondition(lambda self: any(end > self.time for end in self.waived.values()))
    @rule()
    def wait_until_a_waiver_ends(self):
        """To the very instant from which it counts no more."""
        self.time = min(end for end in self.waived.values() if end > self.time)

    @rule(name=st.sampled_from(GATE), value=st.booleans(), by=st.sampled_from(PEOPLE))
    def attest(self, name, value, by):
        """Evidence is always taken."""
        self.time += 1
        with self.clock():
            self.e.attest(name, value, by=by)
        self.shown[name] = (value, by, self.time)
        self.ever[name].add(by)

    @rule(name=st.sampled_from(GATE), days=st.integers(1, 9), by=st.sampled_from(PEOPLE))
    def waive(self, name, days, by):
        """A waiver is taken while the engagement has not ended."""
        self.time += 1
        until = as_datetime(self.time + days * DAY)
        allowed = self.status in {"active", "on_hold"}
        with nullcontext() if allowed else pytest.raises(ek.IllegalMove), self.clock():
            self.e.waive(name, reason="for now", until=until, by=by)
        if allowed:
            self.waived[name] = self.time + days * DAY
            self.ever[name].add(by)

    @rule(by=st.sampled_from(PEOPLE))
    def sign_off(self, by):
        """An approval needs an open gate and clean hands."""
        if self.status != "active":
            refusal = ek.IllegalMove
        elif self.verdict() in {"blocked", "insufficient_evidence"}:
            refusal = ek.GateClosed
        elif any(by in self.ever[name] for name in GATE):
            refusal = ek.SelfApproval
        else:
            refusal = None
        with pytest.raises(refusal) if refusal else nullcontext(), self.clock():
            self.e.sign_off(by=by)
        if refusal is None:
            self.approved = (self.approved or set()) | {self.looks_like()}

    @rule()
    def advance(self):
        """A gate is passed when it is open and no approval is stale."""
        if self.status != "active":
            refusal = ek.IllegalMove
        elif self.verdict() in {"blocked", "insufficient_evidence"}:
            refusal = ek.GateClosed
        elif self.approved and self.looks_like() not in self.approved:
            refusal = ek.StaleSignOff
        else:
            refusal = None
        with pytest.raises(refusal) if refusal else nullcontext(), self.clock():
            self.e.advance(by="ana")
        if refusal is None:
            self.enter(self.phase + 1)

    def enter(self, phase):
        """In another phase, or past the last one; approvals do not come along."""
        self.approved = None
        self.status = "closed" if phase == len(PLAN.ids) else "active"
        self.phase = min(phase, len(PLAN.ids) - 1)

    @rule(verb=st.sampled_from(["hold", "resume", "cancel"]))
    def move(self, verb):
        """On hold and back, or to an early end."""
        allowed = self.status in {
            "hold": {"active"}, "resume": {"on_hold"}, "cancel": {"active", "on_hold"}
        }[verb]  # fmt: skip
        call = getattr(self.e, verb)
        with nullcontext() if allowed else pytest.raises(ek.IllegalMove), self.clock():
            call(by="ben") if verb == "resume" else call("because", by="ben")
        if allowed:
            self.status = {"hold": "on_hold", "resume": "active", "cancel": "cancelled"}[verb]

    @rule(to=st.integers(0, len(PLAN.ids) - 1))
    def rework(self, to):
        """Back to an earlier phase, from an active one."""
        allowed = self.status == "active" and to < self.phase
        with nullcontext() if allowed else pytest.raises(ek.IllegalMove), self.clock():
            self.e.rework(to=PLAN.ids[to], reason="because", by="ben")
        if allowed:
            self.enter(to)

    @precondition(lambda self: self.status in {"closed", "cancelled", "active"})
    @rule(at=st.integers(0, len(PLAN.ids) - 1))
    def reopen(self, at):
        """Only what has ended is opened again."""
        allowed = self.status in {"closed", "cancelled"}
        with nullcontext() if allowed else pytest.raises(ek.IllegalMove), self.clock():
            self.e.reopen(at_phase=PLAN.ids[at], reason="because", by="ben")
        if allowed:
            self.enter(at)

    @invariant()
    def agrees(self):
        """Phase, status, verdict and rows are what the oracle says, live and after a replay."""
        replayed = ek.Engagement.replay(self.e.log)
        with self.clock():
            for e in (self.e, replayed):
                assert e.phase == PLAN.ids[self.phase]
                assert e.status == self.status
                report = e.check()
                assert report.verdict == self.verdict()
                assert [row.status.value for row in report.rows] == [self.row(n) for n in GATE]
            assert self.e.check().digest == replayed.check().digest


TestEngagement = Oracle.TestCase
