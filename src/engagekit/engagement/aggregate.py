"""One engagement and its commands: each checks, then appends what happened, or refuses.

Nothing is stored here: a store keeps the log. Nobody else's clock is read but the one in use.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Self

from engagekit import checks
from engagekit.business_time.instants import Instant, as_microseconds, as_text
from engagekit.engagement import gatekeeping
from engagekit.engagement.deliverables import Deliverables, span_text
from engagekit.engagement.events import (
    CriterionWaived,
    DeliverableAccepted,
    DeliverableRejected,
    DeliverableSubmitted,
    EngagementStarted,
    Event,
    EvidenceRecorded,
    GateDocumented,
    GateSignedOff,
    Moved,
    PlanChanged,
)
from engagekit.engagement.gatekeeping import Decision
from engagekit.engagement.profile import gates_from, profile_from
from engagekit.engagement.progress import Status
from engagekit.engagement.surroundings import file_digest, now
from engagekit.engagement.view import EngagementView
from engagekit.errors import (
    DefinitionError,
    EvidenceError,
    Faults,
    GateClosed,
    IllegalMove,
    SelfApproval,
    StaleSignOff,
)
from engagekit.gates.criteria import Criterion, criteria_from
from engagekit.gates.evidence import Evidence, FactValue
from engagekit.gates.gate import GateReport
from engagekit.lifecycle.machine import drive
from engagekit.lifecycle.phases import Phase
from engagekit.lifecycle.plan import PhasePlan, service_ids
from engagekit.rules import packs

__all__ = ["Engagement"]


class Engagement(EngagementView):
    """One engagement: its log, what follows from it, and the commands that add to it.

    Every command takes `by=`, who did it, and `at=`, when it happened (default: now). A command
    that is refused changes nothing.
    """

    __slots__ = ("_home", "_saved")

    def __init__(self, events: Iterable[Event]) -> None:
        super().__init__(events)
        self._home: object = None  # the store it was loaded from or saved to
        self._saved = 0  # how much of the log is there

    @classmethod
    def start(
        cls,
        title: str,
        *,
        client: str,
        by: str,
        services: Iterable[str] = (),
        delivery_model: str = "hybrid",
        engagement_type: str = "outsourced",
        sector: str = "private",
        jurisdiction: str = "US",
        plan: PhasePlan | None = None,
        criteria: str = "baseline",
        gates: Mapping[str, Iterable[Criterion | Mapping[str, Any]]] | None = None,
        rules: str | None = None,
        id: str | None = None,
        at: Instant | None = None,
    ) -> Self:
        """Begin an engagement in the first phase of its plan.

        Args:
            services: ids of the service categories; they decide which phases are inserted.
            plan: the phases; by default those the services call for.
            criteria: the rule pack's criteria every gate starts with: "baseline" (the FAQ's own)
                or "measured" (55 criteria with numbers).
            gates: phase id -> criteria that replace the pack's at that gate.
            rules: the rule pack it is judged by.
            id: lower snake_case; made from the title where left out.

        Raises:
            DefinitionError: all faults at once; `UnknownId` with a suggestion.
        """
        faults = Faults()
        given = locals()
        profile = profile_from(given, faults)
        recorded, moment, who = now(), 0, ""
        with faults.at(""):
            who = checks.person(by)
        with faults.at(""):
            moment = recorded if at is None else as_microseconds(at, "at")
        with faults.at(""):
            criteria_set, pack = packs.criteria_set_id(criteria), packs.load(rules or "baseline")
        faults.raise_any()
        if plan is None:
            plan = PhasePlan.for_services(profile["services"])
        elif not isinstance(plan, PhasePlan):
            faults.add("plan", f"expected a PhasePlan, got {type(plan).__name__}")
            faults.raise_any()
        own_gates = gates_from(gates or {}, plan, faults)
        with faults.at(""):
            name = checks.identifier(id) if id is not None else _made_id(profile, who, recorded)
        faults.raise_any()
        started = EngagementStarted(
            at_us=moment,
            recorded_us=recorded,
            by=who,
            id=name,
            plan=plan,
            criteria_set=criteria_set,
            gates=own_gates,
            rules=pack.label,
            **profile,
        )
        return cls([started])

    @classmethod
    def replay(cls, events: Iterable[Event]) -> Self:
        """An engagement from its log; every move is checked, no gate is asked again.

        Raises:
            IllegalMove: a move the plan does not allow.
            TamperedLog: the log does not hold together.
        """
        return cls(events)

    # Evidence and gates

    def attest(
        self,
        criterion: str,
        value: FactValue = True,
        *,
        by: str,
        source: str | None = None,
        file: str | Path | None = None,
        expires: Instant | None = None,
        at: Instant | None = None,
    ) -> None:
        """Give one's word on a criterion, by its id or by one of its metrics.

        Args:
            source: where it can be looked up: a link, a ticket, a file name.
            file: a document that shows it; its SHA-256 is kept, not its content.
            expires: from when on the word counts no more.

        Raises:
            UnknownId: no gate of the plan has such a criterion, with a suggestion.
            EvidenceError: the criterion wants another kind of evidence, or type of value.
        """
        found, metric = gatekeeping.find_criterion(criterion, self.criteria, self.phase)
        evidence = gatekeeping.attestation(
            found,
            metric,
            value,
            source=source if source is not None or file is None else Path(file).name,
            digest=None if file is None else file_digest(file),
            expires=None if expires is None else as_microseconds(expires, "expires"),
        )
        self.record(evidence, by=by, at=at)

    def record(self, evidence: Evidence, *, by: str, at: Instant | None = None) -> None:
        """Keep a piece of evidence; every criterion that reads its facts is judged by it.

        Raises:
            EvidenceError: not an `Evidence`, or it has expired before it is shown.
        """
        if not isinstance(evidence, Evidence):
            raise EvidenceError(
                f"expected Evidence, got {type(evidence).__name__}; e.record(ek.read_evidence(path),"
                f" by=...) reads a report, e.attest(criterion, by=...) gives your word"
            )
        stamp = self._stamp(by, at)
        if evidence.expires is not None and evidence.expires <= stamp["at_us"]:
            raise EvidenceError(
                f"expired at {as_text(evidence.expires)}, before it is shown at"
                f" {as_text(stamp['at_us'])}",
                where="expires",
            )
        self._append(EvidenceRecorded(evidence=evidence, **stamp))

    def waive(
        self,
        criterion: str,
        *,
        reason: str,
        by: str,
        until: Instant,
        at: Instant | None = None,
    ) -> None:
        """Set a criterion aside until an instant; every waiver ends.

        Raises:
            UnknownId: no gate of the plan has such a criterion, with a suggestion.
            DefinitionError: the end lies before the beginning.
        """
        found, _ = gatekeeping.find_criterion(criterion, self.criteria, self.phase)
        stamp = self._stamp(by, at)
        end = as_microseconds(until, "until")
        if end <= stamp["at_us"]:
            raise DefinitionError(
                f"{as_text(end)} is not after {as_text(stamp['at_us'])}; a waiver ends later than"
                f" it begins",
                where="until",
            )
        self._require_open("waive")
        why = checks.text(reason, "reason")
        self._append(CriterionWaived(criterion=found.id, reason=why, until_us=end, **stamp))

    def sign_off(
        self,
        *,
        by: str,
        decision: str = "go",
        note: str | None = None,
        to: str | None = None,
        at: Instant | None = None,
    ) -> GateReport:
        """Decide at the gate of the current phase, on what its report says now.

        Args:
            decision: go, conditional_go, hold, recycle (rework) or kill (cancel); the last three
                move the engagement.
            to: with recycle, the phase to go back to; the one before where left out.

        Returns:
            The report the decision is bound to.

        Raises:
            GateClosed: an approval while criteria are open.
            SelfApproval: an approval by who supplied or waived something at this gate.
            IllegalMove: the engagement is on hold or has ended.
        """
        choice = Decision.of(decision, "decision")
        stamp = self._stamp(by, at)
        self._require(Status.ACTIVE, "sign_off")
        remark = checks.optional_text(note, "note")
        report = self._report_at(stamp["at_us"])
        if choice.approves:
            self._require_approvable(report, stamp["by"])
        signed = GateSignedOff(
            phase=report.phase,
            decision=choice.value,
            note=remark,
            report_digest=report.digest,
            **stamp,
        )
        move = self._decided(choice, to, remark, stamp)
        self._append(signed)
        if move is not None:
            self._append(move)
        return report

    def document_gate(
        self,
        phase: str,
        *,
        criteria: Iterable[Criterion | Mapping[str, Any]],
        by: str,
        at: Instant | None = None,
    ) -> None:
        """Write down the criteria of one gate; they replace what stood there.

        Raises:
            UnknownId: the plan has no such phase, with a suggestion.
            DefinitionError: all faults of the criteria at once.
        """
        known = self.plan.ids[self.plan.index(phase)]
        made = criteria_from(list(criteria), "criteria")
        self._append(GateDocumented(phase=known, criteria=made, **self._stamp(by, at)))

    # Moves

    def advance(self, *, by: str, at: Instant | None = None) -> GateReport:
        """Leave the current phase through its gate; from the last one, the engagement closes.

        Returns:
            The report the gate was passed on.

        Raises:
            GateClosed: criteria are open; the report says which, and the calls that close them.
            StaleSignOff: it was signed off, but something has changed since.
            IllegalMove: it is on hold or has ended.
        """
        stamp = self._move_stamp(by, at)
        passed: list[GateReport] = []

        def gate() -> bool:
            report = self._report_at(stamp["at_us"])
            self._require_passable(report)
            passed.append(report)
            return True

        to_state = drive(self._plan.ids, self._state, "advance", gate)
        report = passed[0]
        self._moved("advance", to_state, stamp, report_digest=report.digest)
        return report

    def hold(self, reason: str, *, by: str, at: Instant | None = None) -> None:
        """Put the current phase on hold."""
        self._move("hold", "hold", reason, self._move_stamp(by, at))

    def resume(self, *, by: str, at: Instant | None = None) -> None:
        """Go on with the phase that is on hold."""
        self._move("resume", "resume", None, self._move_stamp(by, at))

    def rework(self, *, to: str, reason: str, by: str, at: Instant | None = None) -> None:
        """Go back to an earlier phase; nothing is deleted, later sign-offs become stale.

        Raises:
            UnknownId: the plan has no such phase, with a suggestion.
            IllegalMove: it is not an earlier one.
        """
        target = self.plan.ids[self.plan.index(to)]
        self._move("rework", f"rework__{target}", reason, self._move_stamp(by, at))

    def cancel(self, reason: str, *, by: str, at: Instant | None = None) -> None:
        """End the engagement before its time."""
        self._move("cancel", "cancel", reason, self._move_stamp(by, at))

    def reopen(self, *, at_phase: str, reason: str, by: str, at: Instant | None = None) -> None:
        """Take up a closed or cancelled engagement again, at a phase."""
        target = self.plan.ids[self.plan.index(at_phase)]
        self._move("reopen", f"reopen__{target}", reason, self._move_stamp(by, at))

    # The plan

    def insert_phase(
        self,
        phase: Phase,
        *,
        after: str,
        by: str,
        criteria: Iterable[Criterion | Mapping[str, Any]] | None = None,
        at: Instant | None = None,
    ) -> None:
        """Insert a phase into the plan on the way; without criteria its gate stays shut.

        Raises:
            IllegalMove: that point has been passed; `allowed` names what is possible instead.
        """
        made = None if criteria is None else criteria_from(list(criteria), "criteria")
        stamp = self._stamp(by, at)
        plan = self.plan.insert(phase, after=after)
        changed = self._plan_changed(plan, self.profile.services, stamp)
        self._append(changed)
        if made is not None:
            self._append(GateDocumented(phase=phase.id, criteria=made, **stamp))

    def add_service(self, service: str, *, by: str, at: Instant | None = None) -> None:
        """Add a service, with the phases it inserts; a service it has already changes nothing.

        Raises:
            UnknownId: no such service, with a suggestion.
            IllegalMove: the point where it inserts a phase has been passed.
        """
        (added,) = service_ids([service])
        stamp = self._stamp(by, at)
        if added in self.profile.services:
            return
        plan, services = self.plan, (*self.profile.services, added)
        for wanted in PhasePlan.for_services([added]).phases:
            if wanted.id not in plan.ids:
                before = [p for p in ("model_validation",) if p in plan.ids]
                plan = plan.insert(wanted, after=before[0] if before else "implementation")
        self._append(self._plan_changed(plan, services, stamp))

    # Deliverables

    def deliver(
        self,
        id: str,
        *,
        to: str,
        by: str,
        deemed_accepted_after: str | None = "P10BD",
        at: Instant | None = None,
    ) -> None:
        """Hand a deliverable to the client; their silence for the span counts as acceptance.

        Args:
            deemed_accepted_after: the span the contract names; None where silence never counts.

        Raises:
            Refused: it is with the client already, or accepted.
        """
        stamp = self._stamp(by, at)
        submitted = DeliverableSubmitted(
            deliverable=self._fold(Deliverables).submittable(id, stamp["at_us"]),
            to=checks.person(to, "to"),
            deemed_accepted_after=span_text(deemed_accepted_after),
            **stamp,
        )
        self._append(submitted)

    def accept(self, id: str, *, by: str, at: Instant | None = None) -> None:
        """Accept a deliverable for the client.

        Raises:
            UnknownId: never delivered, with a suggestion.
            Refused: answered already.
            SelfApproval: by who delivered it.
        """
        stamp = self._stamp(by, at)
        self._append(DeliverableAccepted(deliverable=self._answerable(id, stamp), **stamp))

    def reject(self, id: str, *, reason: str, by: str, at: Instant | None = None) -> None:
        """Reject a deliverable for the client; it may then be delivered again."""
        stamp = self._stamp(by, at)
        why = checks.text(reason, "reason")
        answered = self._answerable(id, stamp)
        self._append(DeliverableRejected(deliverable=answered, reason=why, **stamp))

    # What a store needs

    def unsaved(self, home: object) -> tuple[int, tuple[Event, ...]]:
        """The version a store should find, and the events it has not got yet."""
        saved = self._saved if home == self._home else 0
        return saved, tuple(self._log[saved:])

    def saved(self, home: object) -> None:
        """Note that a store has the whole log."""
        self._home, self._saved = home, len(self._log)

    # How commands are made

    def _append(self, event: Event) -> None:
        self._log.append(event)
        match event:
            case Moved():
                self._state = event.to_state
            case PlanChanged():
                self._plan = event.plan

    def _stamp(self, by: str, at: Instant | None) -> dict[str, Any]:
        """Who and when, checked: nothing is recorded before it happens."""
        who = checks.person(by)
        recorded = max(now(), self._log[-1].recorded_us)
        moment = recorded if at is None else as_microseconds(at, "at")
        if moment > recorded:
            raise DefinitionError(
                f"{as_text(moment)} lies in the future; it is {as_text(recorded)} now", where="at"
            )
        return {"at_us": moment, "recorded_us": recorded, "by": who}

    def _move_stamp(self, by: str, at: Instant | None) -> dict[str, Any]:
        """As `_stamp`; a move cannot be dated before the one it follows."""
        stamp = self._stamp(by, at)
        if at is not None:
            steps = (e for e in reversed(self._log) if isinstance(e, Moved | EngagementStarted))
            last = next(steps).at_us
            if stamp["at_us"] < last:
                raise DefinitionError(
                    f"{as_text(stamp['at_us'])} lies before the move of {as_text(last)}; moves"
                    f" follow each other",
                    where="at",
                )
        return stamp

    def _move(self, move: str, event: str, reason: str | None, stamp: dict[str, Any]) -> None:
        why = None if move == "resume" else checks.text(reason, "reason")
        to_state = drive(self._plan.ids, self._state, event, None)
        self._moved(move, to_state, stamp, reason=why)

    def _moved(self, move: str, to_state: str, stamp: dict[str, Any], **more: Any) -> None:
        self._append(Moved(move=move, from_state=self._state, to_state=to_state, **more, **stamp))

    def _decided(
        self, choice: Decision, to: str | None, note: str | None, stamp: dict[str, Any]
    ) -> Moved | None:
        """The move a decision amounts to, if any."""
        if to is not None and choice is not Decision.RECYCLE:
            raise DefinitionError("only goes with decision='recycle'", where="to")
        if choice is Decision.HOLD:
            event = "hold"
        elif choice is Decision.KILL:
            event = "cancel"
        elif choice is Decision.RECYCLE:
            target = self.plan.before(self.phase) if to is None else to
            target = self.phase if target is None else self.plan.ids[self.plan.index(target)]
            event = f"rework__{target}"
        else:
            return None
        to_state = drive(self._plan.ids, self._state, event, None)
        return Moved(
            move=event.partition("__")[0],
            from_state=self._state,
            to_state=to_state,
            reason=note or f"decided at the gate: {choice.value}",
            **stamp,
        )

    def _report_at(self, moment: int) -> GateReport:
        """The report of the current gate; of a back-dated instant, by what had happened then."""
        if moment >= self._log[-1].recorded_us:
            return self._report(self.phase, moment)
        return EngagementView(
            [event for event in self._log if event.at_us <= moment], as_of_us=moment
        ).check()

    def _require_passable(self, report: GateReport) -> None:
        if not report.passable:
            raise GateClosed(report)
        approvals = self._book.approvals()
        if approvals and all(s.report_digest != report.digest for s in approvals):
            last = approvals[-1]
            raise StaleSignOff(phase=report.phase, signed_by=last.by, changes=self.stale(last))

    def _require_approvable(self, report: GateReport, by: str) -> None:
        approvable = GateReport(report.phase, report.as_of, report.approvable, report.criteria_set)
        if not approvable.passable:
            raise GateClosed(approvable)
        if self.plan.separate_duties:
            supplied = self._book.supplied_by(by, self._terms.gate(report.phase).criteria)
            if supplied:
                raise SelfApproval(by=by, phase=report.phase, supplied=supplied)

    def _require(self, status: Status, move: str) -> None:
        if self.status is not status:
            raise IllegalMove(
                move=move,
                phase=self.phase,
                status=self.status.value,
                allowed=self._plan.table.allowed(self._state),
            )

    def _require_open(self, move: str) -> None:
        if self.status in {Status.CLOSED, Status.CANCELLED}:
            self._require(Status.ACTIVE, move)

    def _plan_changed(
        self, plan: PhasePlan, services: tuple[str, ...], stamp: dict[str, Any]
    ) -> PlanChanged:
        """The change of plan, unless it lies behind the current phase."""
        self._require_open("insert_phase")
        difference = self.plan.diff(plan)
        here = plan.index(self.phase)
        for phase, after in difference.added:
            if plan.index(phase.id) < here:
                raise IllegalMove(
                    move=f"insert {phase.id!r} after {after!r}",
                    phase=self.phase,
                    status=self.status.value,
                    allowed=[
                        f"insert_phase(after={later!r})"
                        for later in self.plan.ids[self.plan.index(self.phase) :]
                    ]
                    + [f"rework(to={after!r}) first"],
                )
        return PlanChanged(plan=plan, services=services, change=str(difference), **stamp)

    def _answerable(self, id: str, stamp: dict[str, Any]) -> str:
        return self._fold(Deliverables).answerable(
            id, stamp["by"], stamp["at_us"], separate_duties=self.plan.separate_duties
        )


def _made_id(profile: Mapping[str, Any], by: str, recorded: int) -> str:
    """An id from the title, made distinct by who began what for whom, when; never by chance."""
    words = "".join(sign if sign.isascii() and sign.isalnum() else " " for sign in profile["title"])
    slug = "_".join(words.lower().split())[:40].strip("_") or "engagement"
    told = f"{profile['title']}\0{profile['client']}\0{by}\0{recorded}"
    return checks.identifier(f"e_{slug}" if slug[0].isdigit() else slug) + (
        "_" + hashlib.sha256(told.encode()).hexdigest()[:8]
    )
