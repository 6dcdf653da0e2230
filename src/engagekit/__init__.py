"""engagekit: which phase an engagement is in, whether it may pass the next gate, and exactly why.

>>> import engagekit as ek
>>> e = ek.Engagement.start("Churn model", client="Acme", by="ana", services=["machine_learning"])
>>> e.phase
'requirements_definition'
>>> e.check().verdict.value
'insufficient_evidence'
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    __version__: str
    from engagekit.business_time.calendar import Calendar as Calendar
    from engagekit.business_time.findings import Finding as Finding
    from engagekit.business_time.instants import Instant as Instant
    from engagekit.business_time.spans import BusinessDays as BusinessDays
    from engagekit.business_time.spans import Elapsed as Elapsed
    from engagekit.business_time.spans import Nominal as Nominal
    from engagekit.business_time.spans import Span as Span
    from engagekit.business_time.spans import SpanLike as SpanLike
    from engagekit.business_time.spans import WorkingTime as WorkingTime
    from engagekit.business_time.spans import parse_span as parse_span
    from engagekit.engagement.aggregate import Engagement as Engagement
    from engagekit.engagement.events import Event as Event
    from engagekit.engagement.service_level_view import Signal as Signal
    from engagekit.engagement.surroundings import use_clock as use_clock
    from engagekit.engagement.view import EngagementView as EngagementView
    from engagekit.errors import DefinitionError as DefinitionError
    from engagekit.errors import EngagekitError as EngagekitError
    from engagekit.errors import EvidenceError as EvidenceError
    from engagekit.errors import Fault as Fault
    from engagekit.errors import GateClosed as GateClosed
    from engagekit.errors import IllegalMove as IllegalMove
    from engagekit.errors import MissingExtra as MissingExtra
    from engagekit.errors import PackError as PackError
    from engagekit.errors import Refused as Refused
    from engagekit.errors import SelfApproval as SelfApproval
    from engagekit.errors import StaleSignOff as StaleSignOff
    from engagekit.errors import StaleVersion as StaleVersion
    from engagekit.errors import StoreError as StoreError
    from engagekit.errors import StoreUnavailable as StoreUnavailable
    from engagekit.errors import TamperedLog as TamperedLog
    from engagekit.errors import UnknownId as UnknownId
    from engagekit.gates.criteria import Criterion as Criterion
    from engagekit.gates.evidence import Evidence as Evidence
    from engagekit.gates.gate import GateReport as GateReport
    from engagekit.gates.gate import GateRow as GateRow
    from engagekit.gates.gate import RowStatus as RowStatus
    from engagekit.gates.gate import Verdict as Verdict
    from engagekit.lifecycle.phases import Phase as Phase
    from engagekit.lifecycle.plan import PhasePlan as PhasePlan
    from engagekit.lifecycle.plan import PlanDiff as PlanDiff
    from engagekit.lifecycle.services import Discipline as Discipline
    from engagekit.lifecycle.services import Service as Service
    from engagekit.readers import read_evidence as read_evidence
    from engagekit.sla.agreement import SLA as SLA
    from engagekit.sla.ambiguity import lint_sla as lint_sla
    from engagekit.sla.availability import Availability as Availability
    from engagekit.sla.availability import ErrorBudget as ErrorBudget
    from engagekit.sla.availability import availability as availability
    from engagekit.sla.availability import error_budget as error_budget
    from engagekit.sla.availability import percentile as percentile
    from engagekit.sla.clock import ClockReading as ClockReading
    from engagekit.sla.clock import evaluate_clock as evaluate_clock
    from engagekit.sla.clock import next_due as next_due
    from engagekit.sla.credits import credit_amount as credit_amount
    from engagekit.sla.credits import service_credit as service_credit
    from engagekit.sla.events import ClockEvent as ClockEvent
    from engagekit.sla.events import ClockPolicy as ClockPolicy
    from engagekit.stores import Store as Store
    from engagekit.stores import open_store as open_store

# Where each public name lives. It is loaded when it is first asked for, so that a program pays for
# what it uses: `import engagekit` alone costs next to nothing.
_HOMES = {
    "engagekit.engagement.service_level_view": ("Signal",),
    "engagekit.sla.credits": (
        "credit_amount",
        "service_credit",
    ),
    "engagekit.sla.availability": (
        "Availability",
        "ErrorBudget",
        "availability",
        "error_budget",
        "percentile",
    ),
    "engagekit.sla.clock": (
        "ClockReading",
        "evaluate_clock",
        "next_due",
    ),
    "engagekit.sla.events": (
        "ClockEvent",
        "ClockPolicy",
    ),
    "engagekit.business_time.findings": ("Finding",),
    "engagekit.sla.ambiguity": ("lint_sla",),
    "engagekit.sla.agreement": ("SLA",),
    "engagekit.business_time.calendar": ("Calendar",),
    "engagekit.business_time.instants": ("Instant",),
    "engagekit.business_time.spans": (
        "BusinessDays",
        "Elapsed",
        "Nominal",
        "Span",
        "SpanLike",
        "WorkingTime",
        "parse_span",
    ),
    "engagekit.engagement.aggregate": ("Engagement",),
    "engagekit.engagement.events": ("Event",),
    "engagekit.engagement.surroundings": ("use_clock",),
    "engagekit.engagement.view": ("EngagementView",),
    "engagekit.errors": (
        "DefinitionError",
        "EngagekitError",
        "EvidenceError",
        "Fault",
        "GateClosed",
        "IllegalMove",
        "MissingExtra",
        "PackError",
        "Refused",
        "SelfApproval",
        "StaleSignOff",
        "StaleVersion",
        "StoreError",
        "StoreUnavailable",
        "TamperedLog",
        "UnknownId",
    ),
    "engagekit.gates.criteria": ("Criterion",),
    "engagekit.gates.evidence": ("Evidence",),
    "engagekit.gates.gate": (
        "GateReport",
        "GateRow",
        "RowStatus",
        "Verdict",
    ),
    "engagekit.lifecycle.phases": ("Phase",),
    "engagekit.lifecycle.plan": (
        "PhasePlan",
        "PlanDiff",
    ),
    "engagekit.lifecycle.services": (
        "Discipline",
        "Service",
    ),
    "engagekit.readers": ("read_evidence",),
    "engagekit.stores": (
        "Store",
        "open_store",
    ),
}
_HOME = {name: module for module, names in _HOMES.items() for name in names}

__all__ = [*_HOME]  # noqa: PLE0604  # the keys are texts; ruff cannot see that


def __getattr__(name: str) -> Any:
    if name == "__version__":
        from importlib.metadata import version

        return version("engagekit")
    if name not in _HOME:
        raise AttributeError(f"module 'engagekit' has no attribute {name!r}")
    value = getattr(importlib.import_module(_HOME[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted([*_HOME, "__version__"])
