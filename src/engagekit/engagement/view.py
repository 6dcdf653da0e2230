"""Reading one engagement: everything is derived from its log, as of an instant.

A view never changes; `Engagement` adds the commands. Folds are built on first use and then only
catch up with what was added.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar, Protocol, TypeVar

import pendulum

from engagekit.business_time.instants import Instant, as_datetime, as_microseconds, as_text
from engagekit.engagement.deliverables import Deliverable, Deliverables
from engagekit.engagement.events import EngagementStarted, Event, Moved
from engagekit.engagement.gatekeeping import GateBook, SignOff, approval_facts, changes
from engagekit.engagement.profile import Profile, Terms
from engagekit.engagement.progress import Status, Visit, replayed, visits
from engagekit.engagement.service_level_view import ServiceLevelView
from engagekit.engagement.service_levels import ServiceLevels
from engagekit.engagement.surroundings import now
from engagekit.errors import DefinitionError
from engagekit.gates.criteria import Criterion
from engagekit.gates.gate import Fact, GateReport
from engagekit.lifecycle.plan import PhasePlan
from engagekit.lifecycle.table import phase_of, status_of

__all__ = ["EngagementView"]


class Fold(Protocol):
    """What a facet makes of the log: empty at first, then one event after the other."""

    reads: ClassVar[frozenset[type[Event]]]  # the events that mean something to it

    def evolve(self, event: Event, version: int, /) -> None:
        """Take in the event that made the log `version` events long."""


F = TypeVar("F", bound="Fold")


class EngagementView:
    """One engagement as it stood, or stands: read only."""

    __slots__ = ("_as_of_us", "_folds", "_log", "_plan", "_state")

    def __init__(self, events: Iterable[Event], *, as_of_us: int | None = None) -> None:
        self._log = list(events)
        self._plan, self._state = replayed(self._log)
        self._folds: dict[type[Any], tuple[Any, int]] | None = None
        self._as_of_us = as_of_us

    def __repr__(self) -> str:
        return (
            f"<{type(self).__name__} {self.id!r}: {self.phase}, {self.status.words},"
            f" {len(self._log)} events>"
        )

    @property
    def id(self) -> str:
        """The engagement's id."""
        return self._first.id

    @property
    def title(self) -> str:
        """What it is called."""
        return self._first.title

    @property
    def plan(self) -> PhasePlan:
        """The plan in force."""
        return self._plan

    @property
    def phase(self) -> str:
        """The id of the phase it is in; of an ended engagement, the one it ended in."""
        if self._state in self._plan.ids:
            return self._state
        moves = (event for event in reversed(self._log) if isinstance(event, Moved))
        return phase_of(next(moves).from_state)

    @property
    def status(self) -> Status:
        """active, on_hold, closed or cancelled."""
        return Status(status_of(self._state))

    @property
    def short_phase(self) -> str:
        """The phase in the five-phase wording: discovery, scoping, implementation, ..."""
        return self._plan.short_form()[self.phase]

    @property
    def log(self) -> tuple[Event, ...]:
        """Every event, oldest first."""
        return tuple(self._log)

    @property
    def version(self) -> int:
        """The length of the log."""
        return len(self._log)

    @property
    def profile(self) -> Profile:
        """What kind of engagement it is."""
        return self._terms.started

    @property
    def criteria(self) -> dict[str, tuple[Criterion, ...]]:
        """Phase id -> acceptance criteria, for every phase of the plan."""
        return self._terms.all_criteria()

    @property
    def history(self) -> tuple[Visit, ...]:
        """Every stay in every phase, in order."""
        return visits(self._log)

    @property
    def sign_offs(self) -> tuple[SignOff, ...]:
        """Every decision taken at a gate, oldest first."""
        return tuple(self._book.sign_offs)

    @property
    def deliverables(self) -> tuple[Deliverable, ...]:
        """Every deliverable as last submitted."""
        return tuple(self._fold(Deliverables).by_id.values())

    @property
    def sla(self) -> ServiceLevelView:
        """What was promised, and whether it holds."""
        return ServiceLevelView(self)

    @property
    def as_of_time(self) -> pendulum.DateTime:
        """The instant this view answers for: the one asked about, otherwise now."""
        return as_datetime(self._moment())

    def as_of(self, t: Instant, known_at: Instant | None = None) -> EngagementView:
        """How it stood at `t`, by what was known at `known_at` (default: by all that is known).

        Raises:
            DefinitionError: it had not begun, or nobody knew of it.
        """
        known = None if known_at is None else as_microseconds(known_at, "known_at")
        return self._seen_at(as_microseconds(t, "t"), known)

    def _seen_at(self, moment: int, known: int | None = None) -> EngagementView:
        """As `as_of`, in microseconds."""
        seen = [
            event
            for event in self._log
            if event.at_us <= moment and (known is None or event.recorded_us <= known)
        ]
        if not seen or seen[0] is not self._log[0]:
            raise DefinitionError(
                f"{self.id!r} began at {as_text(self._first.at_us)}, recorded at"
                f" {as_text(self._first.recorded_us)}; ask about a later time",
                where="as_of",
            )
        return EngagementView(seen, as_of_us=moment)

    def check(self, phase: str | None = None, as_of: Instant | None = None) -> GateReport:
        """What the gate of a phase says: its verdict and every row. Never refuses.

        Args:
            phase: the phase to be left; the current one where left out.
            as_of: the instant to judge at; now where left out.

        Raises:
            UnknownId: the plan has no such phase, with a suggestion.
        """
        if as_of is not None:
            return self.as_of(as_of).check(phase)
        asked = self.phase if phase is None else self._plan.ids[self._plan.index(phase)]
        return self._report(asked, self._moment())

    def explain(self) -> str:
        """Where it stands, how it came there, and what it waits for, in words."""
        profile, moment = self.profile, self._moment()
        lines = [
            f"{profile.title} for {profile.client} ({self.id})",
            f"{self._plan[self.phase].name}, {self.status.words}, at {as_text(moment)}",
            "",
            *(_told(stay) for stay in self.history),
        ]
        if self.status in {Status.ACTIVE, Status.ON_HOLD}:
            lines += ["", str(self.check())]
            lines += [f"sign-off: {self._signed(sign_off)}" for sign_off in self._approvals()]
        return "\n".join(lines)

    def stale(self, sign_off: SignOff) -> list[str]:
        """Why a sign-off counts no more, in words; empty while it counts.

        It is bound to the gate report it was taken on, and to that stay in the phase.
        """
        if any(_enters(event) for event in self._log[sign_off.version :]):
            return [f"{sign_off.phase} was left or entered anew since"]
        report = self._report(sign_off.phase, self._moment())
        if report.digest == sign_off.report_digest:
            return []
        then = EngagementView(self._log[: sign_off.version])._seen_at(sign_off.at)
        return changes(then.check(sign_off.phase), report) or ["the report changed"]

    def to_dict(self) -> dict[str, object]:
        """Plain values for JSON."""
        return {
            "id": self.id,
            "phase": self.phase,
            "status": self.status.value,
            "version": self.version,
            "profile": self.profile.to_dict(),
            "plan": [{"id": phase.id, "name": phase.name} for phase in self._plan.phases],
            "rules": self._terms.rules,
            "criteria_set": self._terms.criteria_set,
            "history": [stay.to_dict() for stay in self.history],
            "deliverables": [known.to_dict(self._moment()) for known in self.deliverables],
        }

    @property
    def _first(self) -> EngagementStarted:
        first = self._log[0]
        assert isinstance(first, EngagementStarted)  # replayed() made sure
        return first

    @property
    def _terms(self) -> Terms:
        return self._fold(Terms)

    @property
    def _book(self) -> GateBook:
        return self._fold(GateBook)

    def _fold(self, kind: type[F]) -> F:
        """The fold of this kind, caught up with the log."""
        if self._folds is None:
            self._folds = {}
        fold, seen = self._folds.get(kind) or (kind(), 0)
        length = len(self._log)
        if seen < length:
            for place in range(seen, length):
                event = self._log[place]
                if event.__class__ in kind.reads:
                    fold.evolve(event, place + 1)
            self._folds[kind] = fold, length
        return fold

    def _moment(self) -> int:
        """The instant asked about, otherwise now; a clock set back does not hide what is known."""
        if self._as_of_us is not None:
            return self._as_of_us
        return max(now(), self._log[-1].recorded_us)

    def _report(self, phase: str, moment: int) -> GateReport:
        """The gate report of a phase by everything in this log, judged at `moment`."""
        book, gate = self._book, self._terms.gate(phase)
        settled = book.settled.get(phase)
        if settled is not None:
            return settled.at(moment)
        facts: Mapping[str, Sequence[Fact]] = book.facts
        if "deliverable" in gate.asks_about:
            facts = {**facts, **self._fold(Deliverables).facts(moment)}
        if "sla" in gate.asks_about:
            facts = {**facts, **self._fold(ServiceLevels).facts(self._first.by, moment)}
        report = gate.report(facts, book.waivers, moment)
        if gate.counts_sign_offs:
            facts = {**facts, **approval_facts(self._approvals(), phase, report.digest)}
            return gate.report(facts, book.waivers, moment)
        if report.lasts and not gate.asks_about:
            book.settled[phase] = report
        return report

    def _approvals(self) -> list[SignOff]:
        """The approvals given during this stay in the phase."""
        given = [s for s in self._book.sign_offs if s.decision.approves]
        if not given:
            return []
        began = next(
            (n for n in range(len(self._log), given[0].version, -1) if _enters(self._log[n - 1])),
            given[0].version,
        )
        return [s for s in given if s.version >= began]

    def _signed(self, sign_off: SignOff) -> str:
        stale = self.stale(sign_off)
        state = f"stale: {'; '.join(stale)}" if stale else "stands"
        return f"{sign_off.decision.words} by {sign_off.by}, {as_text(sign_off.at)}, {state}"


def _enters(event: Event) -> bool:
    return isinstance(event, Moved) and event.move in {"advance", "rework", "reopen"}


def _told(stay: Visit) -> str:
    end = "until now" if stay.left is None else f"to {as_text(stay.left)} ({stay.left_by})"
    held = f", of it {stay.held / 3_600_000_000:.1f} h on hold" if stay.held else ""
    return f"  {stay.phase}: {as_text(stay.entered)} {end}{held}"
