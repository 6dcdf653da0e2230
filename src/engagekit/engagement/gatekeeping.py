"""Evidence, waivers and sign-offs of an engagement: what its gates are judged by."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

import attrs

from engagekit import checks
from engagekit.business_time.instants import as_text
from engagekit.engagement.events import (
    CriterionWaived,
    Event,
    EvidenceRecorded,
    GateDocumented,
    GateSignedOff,
    PlanChanged,
    SLAAgreed,
)
from engagekit.errors import EvidenceError, UnknownId
from engagekit.gates.criteria import SIGN_OFF, Criterion
from engagekit.gates.evidence import ATTESTATION, Evidence, FactValue
from engagekit.gates.gate import Fact, GateReport, Waiver

__all__ = ["Decision", "GateBook", "SignOff"]


class Decision(checks.Term):
    """What an approver decides at a gate, in the words of the stage-gate process."""

    GO = "go"
    CONDITIONAL_GO = "conditional_go"
    HOLD = "hold"
    RECYCLE = "recycle"  # rework
    KILL = "kill"  # cancel

    @property
    def approves(self) -> bool:
        """Whether the gate may be passed on it."""
        return self in {Decision.GO, Decision.CONDITIONAL_GO}


@attrs.frozen
class SignOff:
    """One decision at a gate, bound to the report it was taken on."""

    phase: str
    decision: Decision
    by: str
    at: int  # microseconds UTC
    note: str | None
    report_digest: str
    version: int  # length of the log it was taken on


class GateBook:
    """The fold of evidence, waivers and sign-offs."""

    __slots__ = ("facts", "settled", "sign_offs", "suppliers", "waivers", "wavers")
    reads: ClassVar[frozenset[type[Event]]] = frozenset(
        {EvidenceRecorded, CriterionWaived, GateSignedOff, GateDocumented, PlanChanged, SLAAgreed}
    )

    def __init__(self) -> None:
        self.facts: dict[str, list[Fact]] = {}  # metric -> newest first, one per kind of evidence
        self.waivers: dict[str, Waiver] = {}  # criterion -> the latest word on it
        self.suppliers: dict[str, list[str]] = {}  # metric -> everyone who ever showed it
        self.wavers: dict[str, list[str]] = {}  # criterion -> everyone who ever waived it
        self.sign_offs: list[SignOff] = []
        self.settled: dict[str, GateReport] = {}  # phase -> report, until an event can change it

    def evolve(self, event: Event, version: int) -> None:
        """Take in the event that made the log `version` events long."""
        self.settled.clear()
        match event:
            case EvidenceRecorded():
                self._record(event)
            case CriterionWaived():
                self.waivers[event.criterion] = Waiver(
                    event.criterion, event.reason, event.by, event.at_us, event.until_us
                )
                self.wavers.setdefault(event.criterion, []).append(event.by)
            case GateSignedOff():
                self._sign_off(event, version)

    def _record(self, event: EvidenceRecorded) -> None:
        shown = event.evidence
        for metric, value in shown.facts.items():
            fact = Fact(
                metric,
                value,
                shown.kind,
                event.by,
                event.at_us,
                shown.source,
                shown.digest,
                shown.produced_at,
                shown.expires,
            )
            known = self.facts.setdefault(metric, [])
            same = [old for old in known if old.kind == fact.kind]
            if not same or same[0].at <= fact.at:
                known[:] = [fact, *(old for old in known if old.kind != fact.kind)]
                known.sort(key=lambda one: -one.at)  # stable: of equal times the later record leads
            self.suppliers.setdefault(metric, []).append(event.by)

    def _sign_off(self, event: GateSignedOff, version: int) -> None:
        self.sign_offs.append(
            SignOff(
                event.phase,
                Decision(event.decision),
                event.by,
                event.at_us,
                event.note,
                event.report_digest,
                version - 1,
            )
        )

    def supplied_by(self, person: str, criteria: Iterable[Criterion]) -> list[str]:
        """The criteria of a gate that this person ever showed evidence for, or waived."""
        return [
            criterion.id
            for criterion in criteria
            if any(
                checks.same_person(person, who)
                for names in (
                    *(self.suppliers.get(metric, ()) for metric in criterion.metrics),
                    self.wavers.get(criterion.id, ()),
                )
                for who in names
            )
        ]


def approval_facts(approvals: Iterable[SignOff], phase: str, digest: str) -> dict[str, list[Fact]]:
    """`sign_off.go`: how many people's approvals of the very report `digest` stand."""
    standing = [s for s in approvals if s.phase == phase and s.report_digest == digest]
    people = checks.distinct_people(s.by for s in standing)
    if not people:
        return {}
    metric = SIGN_OFF + "go"
    return {metric: [Fact(metric, len(people), "sign_off", ", ".join(people), standing[-1].at)]}


def attestation(
    criterion: Criterion,
    metric: str,
    value: FactValue,
    *,
    source: str | None,
    digest: str | None,
    expires: int | None,
) -> Evidence:
    """Someone's word on a criterion, as evidence.

    Raises:
        EvidenceError: the criterion does not take anyone's word, or wants another type of value.
    """
    if criterion.accepts and ATTESTATION not in criterion.accepts:
        raise EvidenceError(
            f"is judged by {' or '.join(criterion.accepts)} evidence, not by anyone's word;"
            f" e.record(ek.read_evidence(...), by=...)",
            where=criterion.id,
        )
    if not criterion.comparable(value):
        raise EvidenceError(
            f"expected a value for {criterion.required}, got {value!r}", where=criterion.id
        )
    return Evidence(
        kind=ATTESTATION, facts={metric: value}, source=source, digest=digest, expires=expires
    )


def find_criterion(
    name: object, gates: dict[str, tuple[Criterion, ...]], phase: str
) -> tuple[Criterion, str]:
    """The criterion of this id or metric, the current gate's first, and the metric to record.

    Raises:
        UnknownId: no gate of the plan has it; with a suggestion.
    """
    in_order = [*gates.get(phase, ()), *(c for other in gates.values() for c in other)]
    by_name: dict[str, tuple[Criterion, str]] = {}
    for criterion in in_order:
        by_name.setdefault(criterion.id, (criterion, criterion.metric))
    for criterion in in_order:
        for metric in criterion.metrics:
            by_name.setdefault(metric, (criterion, metric))
    try:
        return by_name[checks.known_id(name, by_name, "criterion")]
    except UnknownId as error:
        ids = tuple(dict.fromkeys(criterion.id for criterion in in_order))
        raise error if error.suggestion else UnknownId("criterion", name, ids) from None


def changes(before: GateReport, after: GateReport) -> list[str]:
    """What differs between two reports of one gate, in words."""
    old = {row.criterion.id: row for row in before.approvable}
    new = {row.criterion.id: row for row in after.approvable}
    found = [f"{name} was dropped" for name in old if name not in new]
    found += [f"{name} was added" for name in new if name not in old]
    for name, row in new.items():
        was = old.get(name)
        if was is None or was.key == row.key:
            continue
        if was.criterion.fingerprint != row.criterion.fingerprint:
            found.append(f"{name} now asks for {row.required}, it was {was.required}")
        elif was.status is not row.status:
            found.append(f"{name} was {was.status.words}, is {row.status.words}")
        elif row.fact is not None and was.fact != row.fact:
            found.append(f"{name} was shown anew: {row.fact}, it was {was.fact}")
        else:
            found.append(f"{name} was waived anew, until {as_text(row.waiver.until)}")  # type: ignore[union-attr]
    return found
