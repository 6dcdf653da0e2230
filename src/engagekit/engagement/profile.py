"""What kind of engagement it is, and by which plan and criteria it goes: its terms."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache, lru_cache
from typing import Any, ClassVar, cast

import attrs

from engagekit import checks
from engagekit.engagement.events import (
    EngagementStarted,
    Event,
    GateDocumented,
    PlanChanged,
    SLAAgreed,
)
from engagekit.errors import DefinitionError, Faults
from engagekit.gates.criteria import Criterion, criteria_from
from engagekit.gates.gate import Gate
from engagekit.lifecycle.phases import CANONICAL, INFRASTRUCTURE_PROVISIONING, MODEL_VALIDATION
from engagekit.lifecycle.plan import PhasePlan, interned, service_ids
from engagekit.rules import packs

__all__ = ["DeliveryModel", "EngagementType", "Profile", "Sector", "Terms"]

# The phases a criteria set knows; the cache below is bounded by them.
_PACKED = {phase.id for phase in (*CANONICAL, MODEL_VALIDATION, INFRASTRUCTURE_PROVISIONING)}
_JURISDICTION = re.compile(r"[A-Z]{2}(-[A-Z0-9]{1,3})?")


class DeliveryModel(checks.Term):
    """Where the service runs."""

    ON_PREMISES = "on_premises"
    CLOUD_HOSTED = "cloud_hosted"
    HYBRID = "hybrid"


class EngagementType(checks.Term):
    """Who is accountable: individuals join the client's team, or an external team delivers."""

    STAFF_AUGMENTATION = "staff_augmentation"
    OUTSOURCED = "outsourced"


class Sector(checks.Term):
    """Who the client is."""

    PRIVATE = "private"
    FEDERAL = "federal"
    STATE_LOCAL = "state_local"
    NONPROFIT = "nonprofit"


@attrs.frozen(kw_only=True)
class Profile:
    """The facts an engagement is classified by.

    Raises:
        DefinitionError: all faults at once.
    """

    title: str
    client: str
    services: tuple[str, ...]
    delivery_model: DeliveryModel
    engagement_type: EngagementType
    sector: Sector
    jurisdiction: str  # country, or country and state: "US", "US-CA"

    def to_dict(self) -> dict[str, object]:
        """Plain values for JSON."""
        plain = attrs.asdict(self, recurse=False)
        return {key: _plain(value) for key, value in plain.items()}


def profile_from(given: Mapping[str, Any], faults: Faults) -> dict[str, Any]:
    """The profile fields, checked; what is wrong is added to `faults`."""
    checked: dict[str, Any] = {}
    for name, check in _CHECKS.items():
        with faults.at(name):
            checked[name] = check(given[name])
    return checked


def _jurisdiction(value: object) -> str:
    code = checks.text(value, "", limit=checks.NAME_LIMIT).strip().upper()
    if not _JURISDICTION.fullmatch(code):
        raise DefinitionError(f"{value!r} is no jurisdiction; write 'US' or 'US-CA'")
    return code


def _name(value: object) -> str:
    return checks.text(value, "", limit=checks.NAME_LIMIT)


_CHECKS = {
    "title": _name,
    "client": _name,
    "services": lambda value: service_ids(cast("Iterable[str]", value), ""),
    "delivery_model": lambda value: DeliveryModel.of(value).value,
    "engagement_type": lambda value: EngagementType.of(value).value,
    "sector": lambda value: Sector.of(value).value,
    "jurisdiction": _jurisdiction,
}


def gates_from(
    gates: Mapping[str, Iterable[Any]], plan: PhasePlan, faults: Faults
) -> dict[str, tuple[Criterion, ...]]:
    """Criteria per phase of the plan; what is wrong is added to `faults`."""
    made: dict[str, tuple[Criterion, ...]] = {}
    if not isinstance(gates, Mapping):
        faults.add("gates", f"expected phase ids with their criteria, got {gates!r:.80}")
        return made
    for phase, rows in gates.items():
        with faults.at(""):
            known = checks.known_id(phase, plan.ids, "phase", where=f"gates.{phase}")
            made[known] = criteria_from(rows, f"gates.{phase}")
    return made


@cache
def default_gate(set_id: str, phase: str) -> Gate:
    """The gate a set of the rule pack has for a phase; closed for a phase it does not know."""
    return Gate(phase, criteria_from(packs.criteria_rows(set_id).get(phase, []), phase), set_id)


@lru_cache(maxsize=1024)
def added_criteria(phase: str, services: tuple[str, ...], has_slas: bool) -> tuple[Criterion, ...]:
    """What the rules add to the gate of a phase: for a service, or because SLAs were agreed."""
    rows = [
        row
        for rule in packs.load().rules
        if rule.adds is not None
        and rule.adds["phase"] == phase
        and (has_slas if rule.adds.get("where_slas") else set(rule.services) & set(services))
        for row in rule.adds["criteria"]
    ]
    return criteria_from(rows, phase)


@lru_cache(maxsize=256)
def extended(gate: Gate, added: tuple[Criterion, ...]) -> Gate:
    """A gate with more criteria; those it has already are not repeated."""
    ids = {criterion.id for criterion in gate.criteria}
    more = tuple(criterion for criterion in added if criterion.id not in ids)
    return Gate(gate.phase, gate.criteria + more, gate.criteria_set)


class Terms:
    """The fold of the events that set the terms."""

    __slots__ = ("criteria_set", "gates", "has_slas", "id", "plan", "rules", "started")
    reads: ClassVar[frozenset[type[Event]]] = frozenset(
        {EngagementStarted, PlanChanged, GateDocumented, SLAAgreed}
    )

    def __init__(self) -> None:
        self.gates: dict[str, Gate] = {}  # those that replace the set's
        self.has_slas = False

    def evolve(self, event: Event, _version: int) -> None:
        """Take in the event that made the log `version` events long."""
        match event:
            case EngagementStarted():
                self.started = self.profile_of(event)
                self.id, self.rules = event.id, event.rules
                self.plan, self.criteria_set = interned(event.plan), event.criteria_set
                for phase, criteria in event.gates.items():
                    self.gates[phase] = Gate(phase, criteria)
            case PlanChanged():
                self.plan = interned(event.plan)
                self.started = attrs.evolve(self.started, services=event.services)
            case GateDocumented():
                self.gates[event.phase] = Gate(event.phase, event.criteria)
            case SLAAgreed():
                self.has_slas = True

    @staticmethod
    def profile_of(event: EngagementStarted) -> Profile:
        """The profile an engagement started with."""
        return Profile(
            title=event.title,
            client=event.client,
            services=event.services,
            delivery_model=DeliveryModel(event.delivery_model),
            engagement_type=EngagementType(event.engagement_type),
            sector=Sector(event.sector),
            jurisdiction=event.jurisdiction,
        )

    def gate(self, phase: str) -> Gate:
        """The gate of one phase: its own or the set's, and what its rules add for this work."""
        gate = self.gates.get(phase)
        if gate is None:
            known = phase in _PACKED
            gate = default_gate(self.criteria_set, phase) if known else Gate(phase, ())
        added = added_criteria(phase, self.started.services, self.has_slas)
        return extended(gate, added) if added and gate.criteria else gate

    def all_criteria(self) -> dict[str, tuple[Criterion, ...]]:
        """Phase id -> criteria, for every phase of the plan."""
        return {phase: self.gate(phase).criteria for phase in self.plan.ids}


def _plain(value: object) -> object:
    return list(value) if isinstance(value, tuple) else str(value)
