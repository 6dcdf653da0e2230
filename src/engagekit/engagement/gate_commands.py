"""Commands at a gate: give evidence, waive, decide, and write its criteria down."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from engagekit import checks
from engagekit.business_time.instants import Instant, as_microseconds, as_text
from engagekit.engagement import gatekeeping
from engagekit.engagement.events import (
    CriterionWaived,
    EvidenceRecorded,
    GateDocumented,
    GateSignedOff,
    Moved,
)
from engagekit.engagement.gatekeeping import Decision
from engagekit.engagement.progress import Status
from engagekit.engagement.recorder import Recorder
from engagekit.engagement.surroundings import FilePath, file_digest, file_name
from engagekit.errors import DefinitionError, EvidenceError, GateClosed, SelfApproval
from engagekit.gates.criteria import Criterion, criteria_from, derived_by
from engagekit.gates.evidence import Evidence, FactValue
from engagekit.gates.gate import GateReport
from engagekit.lifecycle.machine import drive

__all__ = ["GateCommands"]


class GateCommands(Recorder):
    """What is done before a gate."""

    __slots__ = ()

    def attest(
        self,
        criterion: str,
        value: FactValue = True,
        *,
        by: str,
        source: str | None = None,
        file: FilePath | None = None,
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
            source=source if source is not None or file is None else file_name(file),
            digest=None if file is None else file_digest(file),
            expires=None if expires is None else as_microseconds(expires, "expires"),
        )
        self.record(evidence, by=by, at=at)

    def record(self, evidence: Evidence, *, by: str, at: Instant | None = None) -> None:
        """Keep a piece of evidence; every criterion that reads its facts is judged by it.

        Raises:
            EvidenceError: not an `Evidence`, or it has expired before it is shown, or it claims
                what follows from the log: approvals, accepted deliverables.
        """
        if not isinstance(evidence, Evidence):
            raise EvidenceError(
                f"expected Evidence, got {type(evidence).__name__};"
                f" e.record(ek.read_evidence(path), by=...) reads a report,"
                f" e.attest(criterion, by=...) gives your word"
            )
        for metric in evidence.facts:
            call = derived_by(metric)
            if call is not None:
                raise EvidenceError(f"is not shown but follows from {call}", where=metric)
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
        stamp = self._move_stamp(by, at)
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
        made = criteria_from(criteria, "criteria")
        self._append(GateDocumented(phase=known, criteria=made, **self._stamp(by, at)))

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

    def _require_approvable(self, report: GateReport, by: str) -> None:
        approvable = GateReport(report.phase, report.as_of, report.approvable, report.criteria_set)
        asks_for_nothing_else = report.rows and not approvable.rows
        if not approvable.passable and not asks_for_nothing_else:
            raise GateClosed(approvable)
        if self.plan.separate_duties:
            supplied = self._book.supplied_by(by, self._terms.gate(report.phase).criteria)
            if supplied:
                raise SelfApproval(by=by, phase=report.phase, supplied=supplied)
