"""An engagement written down as data: what a TOML definition says, as arguments of the start.

A pure function of a parsed mapping; whoever has the file reads it. Everything wrong with it is
reported at once, each fault with its file and key.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import attrs

from engagekit import checks
from engagekit.engagement.profile import profile_from
from engagekit.errors import DefinitionError, Fault, Faults, UnknownId
from engagekit.gates.criteria import Criterion, criteria_from
from engagekit.lifecycle.phases import Phase
from engagekit.lifecycle.plan import INSERTIONS, PHASE_LIMIT, PhasePlan, service_ids
from engagekit.rules import packs

__all__ = ["definition_from", "gates_from_tables"]

_REQUIRED = ("title", "client")
_PROFILE = {  # what each key means where it is left out, as in `Engagement.start`
    "title": None,
    "client": None,
    "services": (),
    "delivery_model": "hybrid",
    "engagement_type": "outsourced",
    "sector": "private",
    "jurisdiction": "US",
}
_SWITCHES = {"separate_duties": True, "serving_platform": False}
_KEYS = (*_PROFILE, "id", "criteria", "rules", *_SWITCHES, "phases", "gates")
_PHASE_KEYS = ("id", "name", "after")
_CRITERION_KEYS = tuple(field.name for field in attrs.fields(Criterion))


def definition_from(data: Mapping[str, Any], file: str = "") -> dict[str, Any]:
    """The arguments of `Engagement.start` that a definition stands for, without `by` and `at`.

    Args:
        data: title, client, services, delivery_model, engagement_type, sector, jurisdiction, id,
            criteria, rules, separate_duties, serving_platform, phases (a list of tables with id,
            name and after) and gates (phase id -> list of criteria tables).
        file: what messages call the file it comes from.

    Raises:
        DefinitionError: all faults at once, each with file and key: `engagement.toml: sector: ...`.
    """
    faults = Faults()
    known = _known_keys(data, _KEYS, "", faults)
    arguments = _profile(known, faults)
    arguments |= _names(known, faults)
    plan = _plan(known, arguments, faults)
    arguments["plan"] = plan
    if "gates" in known:
        inserted = [row.get("id") for row in _tables(known.get("phases", ()))]
        arguments["gates"] = gates_from_tables(known["gates"], plan, faults, ignore=inserted)
    faults.raise_any(file=file)
    return arguments


def gates_from_tables(
    tables: object, plan: PhasePlan, faults: Faults, *, ignore: Sequence[object] = ()
) -> dict[str, tuple[Criterion, ...]]:
    """Criteria per phase of the plan from `[[gates.<phase>]]` tables; faults are added.

    Args:
        ignore: phases the plan lacks only because their own definition is at fault.
    """
    made: dict[str, tuple[Criterion, ...]] = {}
    if not isinstance(tables, Mapping):
        faults.add("gates", "expected tables; write [[gates.testing_qa]] before each criterion")
        return made
    for phase, rows in tables.items():
        where = f"gates.{phase}"
        if phase not in ignore:
            with faults.at(""):
                phase = checks.known_id(phase, plan.ids, "phase", where=where)  # noqa: PLW2901 (its spelling only)
        if phase in made:
            faults.add(where, f"{phase!r} stands twice; write its criteria under one spelling")
        with faults.at(""):
            made[phase] = criteria_from(_criteria(rows, where, faults), where)
    return made


def _known_keys(
    table: Mapping[str, Any], keys: Sequence[str], where: str, faults: Faults
) -> dict[str, Any]:
    """The table by the keys it means; each key nobody knows is a fault with a suggestion."""
    meant: dict[str, Any] = {}
    for key, value in table.items():
        if key in keys:
            meant[key] = value
            continue
        stranger = UnknownId("key", key, keys, where=str(key))
        with faults.at(where):
            raise stranger
        # A key misspelt is not missing as well; what it says is judged under its right name.
        if stranger.suggestion is not None and stranger.suggestion not in table:
            meant.setdefault(stranger.suggestion, value)
    return meant


def _profile(data: Mapping[str, Any], faults: Faults) -> dict[str, Any]:
    """The facts it is classified by; what is missing is named, not called of a wrong type."""
    for key in _REQUIRED:
        if key not in data:
            faults.add(key, f'missing; write {key} = "..."')
    given = {key: data.get(key, default) for key, default in _PROFILE.items()}
    present = given | {key: "missing" for key in _REQUIRED if key not in data}
    return profile_from(present, faults)


def _names(data: Mapping[str, Any], faults: Faults) -> dict[str, Any]:
    """The id, the criteria set and the rule pack, where the definition names them."""
    named: dict[str, Any] = {}
    if "id" in data:
        with faults.at("id"):
            named["id"] = checks.identifier(data["id"], "")
    if "criteria" in data:
        with faults.at(""):
            named["criteria"] = packs.criteria_set_id(data["criteria"])
    if "rules" in data:
        with faults.at(""):
            named["rules"] = packs.load(checks.text(data["rules"], "rules")).id
    return named


def _plan(data: Mapping[str, Any], profile: Mapping[str, Any], faults: Faults) -> PhasePlan:
    """The services' plan with the phases of `[[phases]]`, each behind the one it names."""
    switches = {key: _switch(key, data, faults) for key in _SWITCHES}
    # Where the services are at fault, gates of any phase they might insert are still judged.
    services = service_ids(profile.get("services", tuple(INSERTIONS)))
    plan = PhasePlan.for_services(services, serving_platform=switches["serving_platform"])
    rows = data.get("phases", ())
    if not isinstance(rows, list | tuple):
        faults.add("phases", "expected a list of tables; write [[phases]] before each phase")
    elif len(rows) > PHASE_LIMIT:
        faults.add("phases", f"{len(rows)} phases; at most {PHASE_LIMIT}")
    else:
        for number, row in enumerate(rows):
            plan = _inserted(plan, row, f"phases[{number}]", faults)
    return attrs.evolve(plan, separate_duties=switches["separate_duties"])


def _inserted(plan: PhasePlan, row: object, where: str, faults: Faults) -> PhasePlan:
    """The plan with the phase of one table, or unchanged where the table is at fault."""
    if not isinstance(row, Mapping):
        faults.add(where, "expected a table with id, name and after")
        return plan
    before = len(faults)
    known = _known_keys(row, _PHASE_KEYS, where, faults)
    faults += [
        Fault(f"{where}.{key}", "missing; a phase needs id and after")
        for key in ("id", "after")
        if key not in known
    ]
    if "after" in known:
        with faults.at(""):
            checks.known_id(known["after"], plan.ids, "phase", where=f"{where}.after")
    phase = _phase(known, where, faults)
    if phase is not None and len(faults) == before:
        with _as_key(f"{where}.id", faults):
            return plan.insert(phase, after=known["after"])
    return plan


def _phase(row: Mapping[str, Any], where: str, faults: Faults) -> Phase | None:
    name, phase = "", None
    if "name" in row:
        with faults.at(f"{where}.name"):
            name = checks.text(row["name"], "", limit=checks.NAME_LIMIT)
    if "id" in row:
        with _as_key(f"{where}.id", faults):
            phase = Phase(id=row["id"], name=name)
    return phase


@contextlib.contextmanager
def _as_key(where: str, faults: Faults) -> Iterator[None]:
    """Faults raised inside stand at this key, whatever the plan itself calls the place."""
    try:
        yield
    except DefinitionError as error:
        faults += [Fault(where, fault.message) for fault in error.faults]


def _switch(key: str, data: Mapping[str, Any], faults: Faults) -> bool:
    value = data.get(key, _SWITCHES[key])
    if not isinstance(value, bool):
        faults.add(key, f"expected true or false, got {value!r:.80}")
        return _SWITCHES[key]
    return value


def _criteria(rows: object, where: str, faults: Faults) -> object:
    """The rows without unknown keys, which are reported here, with a suggestion each."""
    if not isinstance(rows, list | tuple):
        return rows
    return [
        _known_keys(row, _CRITERION_KEYS, f"{where}[{number}]", faults)
        if isinstance(row, Mapping)
        else row
        for number, row in enumerate(rows)
    ]


def _tables(rows: object) -> list[Mapping[str, Any]]:
    return [row for row in rows if isinstance(row, Mapping)] if isinstance(rows, list) else []
