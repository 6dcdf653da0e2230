"""What a rule pack is made of: rules with their modality, words and source, and services."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs

from engagekit import checks
from engagekit.errors import DefinitionError, Faults
from engagekit.lifecycle.services import Service

__all__ = ["Modality", "Rule", "RulePack", "ServiceEntry", "pack_from"]


class Modality(checks.Term):
    """How binding a rule is. A "may" in the source never becomes a "must" here."""

    MANDATORY = "mandatory"
    ADVISORY = "advisory"
    INFORMATIVE = "informative"


def _modality(value: object) -> Modality:
    return Modality.of(value)


def _service(value: object) -> str:
    return checks.known_id(value, [service.value for service in Service], "service")


def _services(values: Any) -> tuple[str, ...]:
    return tuple(_service(value) for value in values)


@attrs.frozen(kw_only=True)
class Rule:
    """One rule: what the source says, in its words, and whom it concerns."""

    id: str
    modality: Modality = attrs.field(converter=_modality)
    quote: str
    source: str
    requirement: str  # the row of the requirements list, "S17"
    services: tuple[str, ...] = attrs.field(default=(), converter=_services)  # (): every service
    # Criteria it adds to a gate: phase, criteria, and where_slas for "once SLAs are agreed".
    adds: Mapping[str, Any] | None = attrs.field(default=None, eq=False)


@attrs.frozen(kw_only=True)
class ServiceEntry:
    """One service category as the pack knows it."""

    id: str = attrs.field(converter=_service)
    name: str
    category: str | None = None  # delivery category, where stated
    naics: tuple[str, ...] = attrs.field(default=(), converter=tuple)  # candidates, where stated
    inserts: tuple[str, ...] = attrs.field(default=(), converter=tuple)  # phases it inserts


@attrs.frozen(kw_only=True)
class RulePack:
    """Rules and services of one version of one pack."""

    id: str
    version: str
    criteria_set: str
    rules: tuple[Rule, ...]
    services: tuple[ServiceEntry, ...]

    @property
    def label(self) -> str:
        """What every answer names: `baseline@2026-11-23`."""
        return f"{self.id}@{self.version}"

    def rules_for(self, service: str) -> tuple[Rule, ...]:
        """The rules that concern a service: its own and those for every service.

        Raises:
            UnknownId: no such service, with a suggestion.
        """
        wanted = _service(service)
        return tuple(rule for rule in self.rules if not rule.services or wanted in rule.services)


def pack_from(plain: Mapping[str, Any], file: str) -> RulePack:
    """A pack from its TOML data.

    Raises:
        DefinitionError: all faults at once, with their keys.
    """
    faults = Faults()
    rules = [
        made
        for n, row in enumerate(plain["rules"])
        if (made := _made(Rule, row, f"rules[{n}]", faults))
    ]
    services = [
        made
        for n, row in enumerate(plain["services"])
        if (made := _made(ServiceEntry, row, f"services[{n}]", faults))
    ]
    faults.raise_any(file=file)
    meta = plain["meta"]
    return RulePack(
        id=meta["id"],
        version=meta["version"],
        criteria_set=meta["criteria"],
        rules=tuple(rules),
        services=tuple(services),
    )


def _made(cls: type[Any], row: Mapping[str, Any], where: str, faults: Faults) -> Any:
    with faults.at(where):
        try:
            return cls(**row)
        except TypeError as error:
            raise DefinitionError(str(error)) from None
    return None
