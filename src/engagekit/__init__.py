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

from engagekit.business_time.instants import Instant
from engagekit.business_time.spans import Span
from engagekit.engagement.aggregate import Engagement
from engagekit.engagement.events import Event
from engagekit.engagement.surroundings import use_clock
from engagekit.engagement.view import EngagementView
from engagekit.errors import (
    DefinitionError,
    EngagekitError,
    EvidenceError,
    Fault,
    GateClosed,
    IllegalMove,
    MissingExtra,
    PackError,
    Refused,
    SelfApproval,
    StaleSignOff,
    StaleVersion,
    StoreError,
    StoreUnavailable,
    TamperedLog,
    UnknownId,
)
from engagekit.gates.criteria import Criterion
from engagekit.gates.evidence import Evidence
from engagekit.gates.gate import GateReport, GateRow, RowStatus, Verdict
from engagekit.lifecycle.phases import Phase
from engagekit.lifecycle.plan import PhasePlan, PlanDiff
from engagekit.lifecycle.services import Discipline, Service

if TYPE_CHECKING:
    __version__: str
    from engagekit.readers import read_evidence
    from engagekit.stores import Store, open_store

__all__ = [
    "Criterion",
    "DefinitionError",
    "Discipline",
    "EngagekitError",
    "Engagement",
    "EngagementView",
    "Event",
    "Evidence",
    "EvidenceError",
    "Fault",
    "GateClosed",
    "GateReport",
    "GateRow",
    "IllegalMove",
    "Instant",
    "MissingExtra",
    "PackError",
    "Phase",
    "PhasePlan",
    "PlanDiff",
    "Refused",
    "RowStatus",
    "SelfApproval",
    "Service",
    "Span",
    "StaleSignOff",
    "StaleVersion",
    "Store",
    "StoreError",
    "StoreUnavailable",
    "TamperedLog",
    "UnknownId",
    "Verdict",
    "open_store",
    "read_evidence",
    "use_clock",
]

# Loaded on first use: they bring parsers and databases that many programs never touch.
_LAZY = {
    "Store": "engagekit.stores",
    "open_store": "engagekit.stores",
    "read_evidence": "engagekit.readers",
}


def __getattr__(name: str) -> Any:
    if name == "__version__":
        from importlib.metadata import version

        return version("engagekit")
    if name not in _LAZY:
        raise AttributeError(f"module 'engagekit' has no attribute {name!r}")
    value = getattr(importlib.import_module(_LAZY[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted([*__all__, "__version__"])


def _public() -> None:
    """Let tracebacks and reprs show the names people import."""
    for name in __all__:
        if name not in _LAZY and isinstance(globals()[name], type):
            globals()[name].__module__ = "engagekit"


_public()
