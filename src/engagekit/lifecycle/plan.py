"""The order of an engagement's phases: the standard six and what is inserted between them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

import attrs

from engagekit import checks
from engagekit.errors import DefinitionError, Fault
from engagekit.lifecycle.phases import (
    CANONICAL,
    INFRASTRUCTURE_PROVISIONING,
    MODEL_VALIDATION,
    Phase,
)
from engagekit.lifecycle.services import Service
from engagekit.lifecycle.short_form import short_form

if TYPE_CHECKING:
    from statemachine import StateMachine

    from engagekit.lifecycle.table import TransitionTable

__all__ = ["INSERTIONS", "PhasePlan", "PlanDiff"]

PHASE_LIMIT = 100  # phases in one plan
_SIX = tuple(phase.id for phase in CANONICAL)
_BETWEEN_4_AND_5 = (MODEL_VALIDATION, INFRASTRUCTURE_PROVISIONING)

# The FAQ names the two services and the two phases without saying which inserts which; this is
# the reading of data/acceptance_criteria.toml, and `for_services(insertions=)` takes another.
INSERTIONS: Mapping[str, tuple[str, ...]] = {
    Service.MACHINE_LEARNING: (MODEL_VALIDATION.id,),
    Service.SERVERLESS: (INFRASTRUCTURE_PROVISIONING.id,),
}


def _as_tuple(phases: Iterable[Phase]) -> tuple[Phase, ...]:
    if not isinstance(phases, Iterable):
        raise DefinitionError(f"expected phases in order, got {phases!r:.80}", where="plan.phases")
    return tuple(phases)


@attrs.frozen(kw_only=True)
class PhasePlan:
    """Phases in order. The six canonical ones are always there, in their order.

    Raises:
        DefinitionError: all faults at once: a canonical phase missing or out of order, an id
            twice, an insertion of the library outside its place.
    """

    phases: tuple[Phase, ...] = attrs.field(converter=_as_tuple)
    separate_duties: bool = True  # who supplied evidence cannot sign it off

    def __attrs_post_init__(self) -> None:
        faults = [Fault("plan.phases", problem) for problem in _problems(self.phases)]
        if not isinstance(self.separate_duties, bool):
            shown = f"expected true or false, got {self.separate_duties!r:.80}"
            faults.append(Fault("plan.separate_duties", shown))
        if faults:
            raise DefinitionError(faults)

    @staticmethod
    def standard() -> PhasePlan:
        """The six phases every engagement has."""
        return _STANDARD

    @staticmethod
    def for_services(
        services: Iterable[str],
        *,
        serving_platform: bool = False,
        insertions: Mapping[str, Iterable[str]] | None = None,
    ) -> PhasePlan:
        """The plan for these services: machine learning and serverless work insert phases.

        Args:
            services: ids of `Service`, such as "machine_learning".
            serving_platform: the platform that serves the model is built, too; it then gets
                its Infrastructure Provisioning.
            insertions: another reading of which service inserts which phase.

        Raises:
            UnknownId: no such service, with a suggestion.

        Source:
            FAQ, "What is typically involved in the process?"; S50.
        """
        chosen = service_ids(services)
        rule = INSERTIONS if insertions is None else _insertions(insertions)
        wanted = {phase for service in chosen for phase in rule.get(service, ())}
        if serving_platform and Service.MACHINE_LEARNING in chosen:
            wanted.add(INFRASTRUCTURE_PROVISIONING.id)
        inserted = tuple(phase for phase in _BETWEEN_4_AND_5 if phase.id in wanted)
        return interned(PhasePlan(phases=(*CANONICAL[:4], *inserted, *CANONICAL[4:])))

    @cached_property
    def ids(self) -> tuple[str, ...]:
        """The phase ids in order."""
        return tuple(phase.id for phase in self.phases)

    def __getitem__(self, phase_id: str) -> Phase:
        return self.phases[self.index(phase_id)]

    def index(self, phase_id: str) -> int:
        """Where a phase stands, from 0.

        Raises:
            UnknownId: the plan has no such phase, with a suggestion.
        """
        return self.ids.index(checks.known_id(phase_id, self.ids, "phase"))

    def insert(self, phase: Phase, *, after: str) -> PhasePlan:
        """A plan with one more phase, behind the phase `after`."""
        if not isinstance(phase, Phase):
            raise DefinitionError(
                f"expected a Phase, got {type(phase).__name__}; write ek.Phase(id=..., name=...)",
                where="phase",
            )
        place = self.index(after) + 1
        return attrs.evolve(self, phases=(*self.phases[:place], phase, *self.phases[place:]))

    def diff(self, other: PhasePlan) -> PlanDiff:
        """What `other` has that this plan has not, and the reverse."""
        mine, theirs = set(self.ids), set(other.ids)
        kept = [phase for phase in self.phases if phase.id in theirs]
        order = [phase_id for phase_id in other.ids if phase_id in mine]
        return PlanDiff(
            added=tuple((p, other.before(p.id)) for p in other.phases if p.id not in mine),
            removed=tuple(phase for phase in self.phases if phase.id not in theirs),
            renamed=tuple((p, other[p.id]) for p in kept if p.name != other[p.id].name),
            moved=tuple(p for p, now in zip(kept, order, strict=True) if p.id != now),
        )

    def before(self, phase_id: str) -> str | None:
        """The phase before this one, or None for the first."""
        place = self.index(phase_id)
        return self.ids[place - 1] if place else None

    def short_form(self) -> dict[str, str]:
        """Phase id -> the five-phase wording (discovery, scoping, implementation, ...)."""
        return short_form(self.ids)

    def mermaid(self, *, current: str | None = None) -> str:
        """A Mermaid flowchart of the plan, inserted phases dashed, `current` marked."""
        lines = ["flowchart LR"]
        for phase in self.phases:
            label = "".join(_MERMAID.get(sign, sign) for sign in phase.name)
            kind = "" if phase.id in _SIX else ":::inserted"
            lines.append(f'  {phase.id}["{label}"]{kind}')
        lines.append('  closed(["Closed"])')
        lines.append("  " + " --> ".join((*self.ids, "closed")))
        lines.append("  classDef inserted stroke-dasharray: 4 3")
        if current is not None:
            lines.append(f"  style {self.ids[self.index(current)]} stroke-width:4px")
        return "\n".join(lines)

    @property
    def machine(self) -> type[StateMachine]:
        """The python-statemachine class that defines and drives this plan."""
        from engagekit.lifecycle.machine import machine_for  # heavy: only who moves pays for it

        return machine_for(self.ids)

    @property
    def table(self) -> TransitionTable:
        """The same moves, compiled from `machine`, for replay in bulk."""
        from engagekit.lifecycle.machine import table_for

        return table_for(self.ids)


@attrs.frozen
class PlanDiff:
    """What changes from one plan to another."""

    added: tuple[tuple[Phase, str | None], ...]  # the phase, and the one it now stands behind
    removed: tuple[Phase, ...]
    renamed: tuple[tuple[Phase, Phase], ...]
    moved: tuple[Phase, ...]

    def __bool__(self) -> bool:
        return bool(self.added or self.removed or self.renamed or self.moved)

    def __str__(self) -> str:
        lines = [f"+ {p.id} ({f'after {where}' if where else 'first'})" for p, where in self.added]
        lines += [f"- {phase.id}" for phase in self.removed]
        lines += [f"~ {old.id}: {old.name!r} is now {new.name!r}" for old, new in self.renamed]
        lines += [f"> {phase.id} moved" for phase in self.moved]
        return "\n".join(lines) or "no change"

    def to_dict(self) -> dict[str, object]:
        """Plain values for JSON."""
        return {
            "added": [{"id": p.id, "name": p.name, "after": where} for p, where in self.added],
            "removed": [phase.id for phase in self.removed],
            "renamed": [{"id": o.id, "from": o.name, "to": n.name} for o, n in self.renamed],
            "moved": [phase.id for phase in self.moved],
        }


def service_ids(services: Iterable[str], where: str = "services") -> tuple[str, ...]:
    """The services meant, each once, in the order given.

    Raises:
        UnknownId: no such service, with a suggestion.
        DefinitionError: one text instead of a list of them.
    """
    if isinstance(services, str) or not isinstance(services, Iterable):
        raise DefinitionError(
            f"expected a list such as ['machine_learning'], got {services!r}", where=where
        )
    known = [service.value for service in Service]
    return tuple(dict.fromkeys(checks.known_id(s, known, "service", where=where) for s in services))


def _insertions(given: Mapping[str, Iterable[str]]) -> dict[str, tuple[str, ...]]:
    if not isinstance(given, Mapping):
        raise DefinitionError(
            "expected services with the phases they insert, such as"
            f" {{'serverless': ['infrastructure_provisioning']}}, got {given!r:.80}",
            where="insertions",
        )
    known = [phase.id for phase in _BETWEEN_4_AND_5]
    read: dict[str, tuple[str, ...]] = {}
    for service, phases in given.items():
        (name,) = service_ids([service], "insertions")
        listed = (phases,) if isinstance(phases, str) else phases
        read[name] = tuple(checks.known_id(phase, known, "inserted phase") for phase in listed)
    return read


@lru_cache(maxsize=1024)
def interned(plan: PhasePlan) -> PhasePlan:
    """One shared object for equal plans, so that a million engagements do not hold a million."""
    return plan


# Mermaid reads these inside a quoted label as markup; it takes entity codes instead.
_MERMAID = {sign: f"#{ord(sign)};" for sign in '"#<>&`\\[](){}|;\n\r'}


def _problems(phases: tuple[Phase, ...]) -> list[str]:
    if len(phases) > PHASE_LIMIT:
        return [f"{len(phases)} phases; at most {PHASE_LIMIT}"]
    strangers = [repr(p) for p in phases if not isinstance(p, Phase)]
    if strangers:
        return [f"{shown} is no Phase; write ek.Phase(id=..., name=...)" for shown in strangers]
    ids = [phase.id for phase in phases]
    found = [
        f"{twice!r} stands {ids.count(twice)} times"
        for twice in sorted(set(ids))
        if ids.count(twice) > 1
    ]
    missing = [phase for phase in _SIX if phase not in ids]
    if missing:
        found.append(
            f"the canonical phases {', '.join(missing)} are missing; they are never dropped"
        )
    elif [phase for phase in ids if phase in _SIX] != list(_SIX) and not found:
        found.append(f"the canonical phases keep their order: {', '.join(_SIX)}")
    return found or _misplaced(ids)


def _misplaced(ids: list[str]) -> list[str]:
    four, five = ids.index("implementation"), ids.index("testing_qa")
    places = [ids.index(phase.id) for phase in _BETWEEN_4_AND_5 if phase.id in ids]
    found = [
        f"{ids[place]!r} lies between implementation and testing_qa"
        for place in places
        if not four < place < five
    ]
    if not found and places != sorted(places):
        found.append("model_validation comes before infrastructure_provisioning")
    return found


_STANDARD = interned(PhasePlan(phases=CANONICAL))
