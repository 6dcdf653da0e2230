"""The verdict: what a gate's criteria say about the facts known.

A pure function of criteria, facts, waivers and an instant. The worst row decides.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from functools import cached_property

import attrs

from engagekit import checks
from engagekit.business_time.instants import as_text
from engagekit.gates.criteria import Criterion, derived_by, in_words
from engagekit.gates.evidence import ATTESTATION, FactValue

__all__ = ["Fact", "Gate", "GateReport", "GateRow", "RowStatus", "Verdict", "Waiver", "judge"]


class RowStatus(checks.Term):
    """What became of one criterion."""

    MET = "met"
    UNMET = "unmet"
    NO_EVIDENCE = "no_evidence"
    EXPIRED = "expired"
    WAIVED = "waived"
    NOT_MEASURABLE = "not_measurable"


class Verdict(checks.Term):
    """What the gate says as a whole."""

    READY = "ready"
    CONDITIONAL = "conditional"
    BLOCKED = "blocked"
    INSUFFICIENT_EVIDENCE = "insufficient_evidence"


_MET, _WAIVED, _NO_EVIDENCE = RowStatus.MET, RowStatus.WAIVED, RowStatus.NO_EVIDENCE
_VERDICTS = (
    Verdict.READY,
    Verdict.CONDITIONAL,
    Verdict.INSUFFICIENT_EVIDENCE,
    Verdict.BLOCKED,
)  # from best to worst
_BLOCKED = _VERDICTS.index(Verdict.BLOCKED)
_RANK = {
    _MET: 0,
    _WAIVED: 1,
    _NO_EVIDENCE: 2,
    RowStatus.UNMET: _BLOCKED,
    RowStatus.EXPIRED: _BLOCKED,
    RowStatus.NOT_MEASURABLE: _BLOCKED,
}


def _fact_key(fact: Fact) -> str:
    shown = f"{fact.metric}={fact.value!r}|{fact.kind}|{fact.source!r}|{fact.digest}"
    return f"{shown}|{fact.at}|{fact.by!r}|{fact.expires}"


@attrs.frozen
class Fact:
    """The value of one metric, and who showed it when. Instants are microseconds UTC."""

    metric: str
    value: FactValue
    kind: str  # of the evidence it comes from
    by: str
    at: int
    source: str | None = None
    digest: str | None = None
    measured: int | None = None  # when the tool says it ran, where it says so
    expires: int | None = None
    # What a sign-off is bound to: this very fact, not just its value.
    key: str = attrs.Factory(_fact_key, takes_self=True)

    def fresh(self, as_of: int, criterion: Criterion) -> bool:
        """Whether it still counts at `as_of`; the end of validity is outside."""
        born = self.at if self.measured is None else min(self.at, self.measured)
        ends = (self.expires, criterion.stale_at(born))
        return all(end is None or as_of < end for end in ends)

    def __str__(self) -> str:
        source = f", {self.source}" if self.source else ""
        return f"{in_words(self.value)} ({self.kind} by {self.by}, {as_text(self.at)}{source})"


@attrs.frozen
class Waiver:
    """A criterion set aside for a time. Instants are microseconds UTC."""

    criterion: str
    reason: str
    by: str
    at: int
    until: int

    def __str__(self) -> str:
        return f"waived by {self.by} until {as_text(self.until)}: {self.reason}"


@attrs.frozen
class GateRow:
    """One criterion, what was seen of it, and the call that closes it."""

    criterion: Criterion
    status: RowStatus
    fact: Fact | None = None
    waiver: Waiver | None = None

    @property
    def seen(self) -> FactValue | None:
        """The value seen, or None."""
        return None if self.fact is None else self.fact.value

    @property
    def required(self) -> str:
        """What must be seen, in words."""
        return self.criterion.required

    @property
    def is_open(self) -> bool:
        """Whether this row keeps the gate shut."""
        return self.criterion.mandatory and self.status is not _MET and self.status is not _WAIVED

    @property
    def lasts(self) -> bool:
        """Whether only a newer fact can change it, and no lapse of time."""
        return (
            self.status is _MET
            and self.fact is not None
            and self.fact.expires is None
            and self.criterion.max_age is None
        )

    @property
    def fix(self) -> str:
        """The call that closes it; empty where nothing is to be done."""
        if self.status is _MET or self.status is _WAIVED:
            return ""
        criterion = self.criterion
        derived = derived_by(criterion.metric)
        if derived is not None:
            return derived
        if criterion.accepts and ATTESTATION not in criterion.accepts:
            kinds = " or ".join(criterion.accepts)
            return f"e.record(ek.read_evidence(...), by=...)  # {kinds}"
        value = "" if criterion.target is True and criterion.op == "==" else "value=..., "
        return f"e.attest({criterion.id!r}, {value}by=...)"

    @property
    def key(self) -> str:
        """What a sign-off is bound to in this row."""
        parts = [self.criterion.fingerprint, self.status]
        if self.fact is not None:
            parts.append(self.fact.key)
        if self.waiver is not None:
            parts.append(f"{self.waiver.by!r}|{self.waiver.until}|{self.waiver.reason!r}")
        return "|".join(parts)

    def __str__(self) -> str:
        lines = [f"[{self.status.words}] {self.criterion.id}: {self.criterion.statement}"]
        if self.status is not _MET:
            seen = "nothing" if self.fact is None else str(self.fact)
            lines.append(f"    seen: {seen}; required: {self.required}")
        if self.waiver is not None:
            lines.append(f"    {self.waiver}")
        if self.fix:
            lines.append(f"    fix: {self.fix}")
        return "\n".join(lines)

    def to_dict(self) -> dict[str, object]:
        """Plain values for JSON."""
        return {
            "criterion": self.criterion.id,
            "statement": self.criterion.statement,
            "mandatory": self.criterion.mandatory,
            "status": self.status.value,
            "seen": self.seen,
            "shown_by": self.fact and self.fact.by,
            "shown_at": self.fact and as_text(self.fact.at),
            "source": self.fact and self.fact.source,
            "required": self.required,
            "waiver": self.waiver and str(self.waiver),
            "fix": self.fix or None,
        }


def _verdict(report: GateReport) -> Verdict:
    worst = 0 if report.rows else _BLOCKED
    for row in report.rows:
        if row.criterion.mandatory and row.status is not _MET:
            worst = max(worst, _RANK[row.status])
    return _VERDICTS[worst]


def _digest(report: GateReport) -> str:
    keys = [row.key for row in report.rows if not row.criterion.counts_sign_offs]
    keys.append(report.phase)
    return hashlib.sha256("\n".join(keys).encode()).hexdigest()


@attrs.frozen
class GateReport:
    """Every criterion of one gate as it stands at one instant."""

    phase: str
    as_of: int  # microseconds UTC
    rows: tuple[GateRow, ...]
    criteria_set: str = ""  # the rule-pack set the default criteria come from
    verdict: Verdict = attrs.Factory(_verdict, takes_self=True)  # the worst row decides
    # SHA-256 of what a sign-off approves: criteria, statuses, facts and waivers used.
    digest: str = attrs.Factory(_digest, takes_self=True)

    def at(self, as_of: int) -> GateReport:
        """The same rows at another instant, where they `last`."""
        return GateReport(
            self.phase, as_of, self.rows, self.criteria_set, self.verdict, self.digest
        )

    @property
    def lasts(self) -> bool:
        """Whether only a newer fact can change it, and no lapse of time."""
        return bool(self.rows) and all(row.lasts for row in self.rows)

    @property
    def passable(self) -> bool:
        """Whether the phase may be left."""
        return self.verdict is Verdict.READY or self.verdict is Verdict.CONDITIONAL

    @property
    def open(self) -> tuple[GateRow, ...]:
        """The rows that keep the gate shut."""
        return tuple(row for row in self.rows if row.is_open)

    @property
    def approvable(self) -> tuple[GateRow, ...]:
        """The rows a sign-off is bound to: all but those that count sign-offs."""
        return tuple(row for row in self.rows if not row.criterion.counts_sign_offs)

    def refusal(self) -> str:
        """Why the gate is closed, row by row, with the calls that open it."""
        if not self.rows:
            return (
                f"{self.phase!r} cannot be left: it has no documented criterion (S17);"
                f" document one: e.document_gate({self.phase!r}, criteria=[...], by=...)"
            )
        head = (
            f"{self.phase!r} cannot be left: {self.verdict.words},"
            f" {len(self.open)} of {len(self.rows)} criteria open"
        )
        return "\n".join([head, *(str(row) for row in self.open)])

    def __str__(self) -> str:
        head = f"Gate of {self.phase} at {as_text(self.as_of)}: {self.verdict.words}"
        if not self.rows:
            return f"{head}\n{self.refusal()}"
        return "\n".join([head, *(str(row) for row in self.rows)])

    def to_dict(self) -> dict[str, object]:
        """Plain values for JSON."""
        return {
            "phase": self.phase,
            "as_of": as_text(self.as_of),
            "verdict": self.verdict.value,
            "digest": self.digest,
            "criteria_set": self.criteria_set,
            "rows": [row.to_dict() for row in self.rows],
        }


@attrs.frozen(eq=False)
class Gate:
    """What guards leaving a phase: its criteria, and which facts they ask for."""

    phase: str
    criteria: tuple[Criterion, ...]
    criteria_set: str = ""

    @cached_property
    def counts_sign_offs(self) -> bool:
        """Whether a criterion asks how many approvals there are."""
        return any(criterion.counts_sign_offs for criterion in self.criteria)

    @cached_property
    def asks_about(self) -> frozenset[str]:
        """What it asks that no evidence shows but the log: "deliverable", "sla", "sign_off"."""
        metrics = (metric for criterion in self.criteria for metric in criterion.metrics)
        return frozenset(m.partition(".")[0] for m in metrics if derived_by(m))

    def report(
        self, facts: Mapping[str, Sequence[Fact]], waivers: Mapping[str, Waiver], as_of: int
    ) -> GateReport:
        """Every criterion against the facts known, newest first per metric, at one instant."""
        rows = [judge(criterion, facts, waivers, as_of) for criterion in self.criteria]
        return GateReport(self.phase, as_of, tuple(rows), self.criteria_set)


def judge(
    criterion: Criterion,
    facts: Mapping[str, Sequence[Fact]],
    waivers: Mapping[str, Waiver],
    as_of: int,
) -> GateRow:
    """One criterion against the facts known, newest first per metric, at one instant."""
    fact, status = None, _NO_EVIDENCE
    for metric in criterion.metrics:
        known = facts.get(metric)
        if not known:
            continue
        newest = _newest(known, criterion.accepts) if criterion.accepts else known[0]
        if newest is None:
            continue
        found = _status(criterion, newest, as_of)
        if found is _MET:
            return GateRow(criterion, _MET, newest)
        if fact is None:
            fact, status = newest, found
    waiver = waivers.get(criterion.id)
    if waiver is not None and waiver.at <= as_of < waiver.until:
        return GateRow(criterion, _WAIVED, fact, waiver)
    return GateRow(criterion, status, fact)


def _newest(known: Sequence[Fact], accepts: tuple[str, ...]) -> Fact | None:
    return next((fact for fact in known if fact.kind in accepts), None)


def _status(criterion: Criterion, fact: Fact, as_of: int) -> RowStatus:
    ages = criterion.max_age is not None or fact.expires is not None
    if ages and not fact.fresh(as_of, criterion):
        return RowStatus.EXPIRED
    if not criterion.comparable(fact.value):
        return RowStatus.NOT_MEASURABLE
    return _MET if criterion.holds(fact.value) else RowStatus.UNMET
