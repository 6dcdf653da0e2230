"""Agreements written down as data: calendars by name, and a table for each SLA."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engagekit import checks
from engagekit.business_time.calendar import Calendar
from engagekit.errors import DefinitionError, Faults
from engagekit.sla.agreement import SLA

__all__ = ["calendars_from", "slas_from"]

_PARTS = ("zone", "week", "holidays", "special", "breaks")


def slas_from(plain: Mapping[str, Any], file: str = "") -> list[SLA]:
    """The SLAs of a document with tables `[[sla]]` and `[calendars.NAME]`.

    Raises:
        DefinitionError: all faults at once, with file and key; unknown keys with a suggestion.
    """
    faults = Faults()
    for key in plain:
        with faults.at(key):
            checks.known_id(key, ("sla", "calendars"), "table")
    calendars = _calendars(plain.get("calendars", {}), faults)
    rows = plain.get("sla", [])
    if not isinstance(rows, list) or not rows:
        faults.add("sla", "missing; write a table [[sla]] for each agreement")
        rows = []
    made: dict[str, SLA] = {}
    for number, row in enumerate(rows):
        with faults.at(f"sla[{number}]"):
            sla = _sla(row, calendars)
            if sla.name in made:
                raise DefinitionError(f"{sla.name!r} stands twice", where="name")
            made[sla.name] = sla
    faults.raise_any(file=file)
    return list(made.values())


def calendars_from(plain: Mapping[str, Any], file: str = "") -> dict[str, Calendar]:
    """The calendars of a document, by name.

    Raises:
        DefinitionError: all faults at once, with file and key.
    """
    faults = Faults()
    made = _calendars(plain.get("calendars", {}), faults)
    if not made and not faults:
        faults.add("calendars", "missing; write a table [calendars.NAME] with zone and week")
    faults.raise_any(file=file)
    return made


def _calendars(tables: object, faults: Faults) -> dict[str, Calendar]:
    if not isinstance(tables, Mapping):
        faults.add("calendars", f"expected tables [calendars.NAME], got {type(tables).__name__}")
        return {}
    made: dict[str, Calendar] = {}
    for name, table in tables.items():
        with faults.at(f"calendars.{name}"):
            made[name] = _calendar(table)
    return made


def _calendar(table: object) -> Calendar:
    if not isinstance(table, Mapping):
        raise DefinitionError(f"expected a table with zone and week, got {type(table).__name__}")
    given = {checks.known_id(key, _PARTS, "key", where=key): table[key] for key in table}
    missing = [part for part in ("zone", "week") if part not in given]
    if missing:
        raise DefinitionError("missing; a calendar needs zone and week", where=missing[0])
    return Calendar(**given)


def _sla(row: object, calendars: Mapping[str, Calendar]) -> SLA:
    if not isinstance(row, Mapping):
        raise DefinitionError(f"expected a table, got {type(row).__name__}")
    given = dict(row)
    if isinstance(given.get("calendar"), str):
        name = checks.known_id(given["calendar"], calendars, "calendar", where="calendar")
        given["calendar"] = calendars[name]
    return SLA.from_dict(given)
