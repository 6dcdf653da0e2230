"""What must hold before a phase may be left: metric, comparison, target, unit.

What lacks one of the four is no criterion. Sign-offs and documents are metrics, too
(`document.msa.executed == true`), so that one evaluator judges everything.
"""

from __future__ import annotations

import hashlib
import json
import operator
import re
from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from typing import Any

import attrs

from engagekit import checks
from engagekit.business_time.calendar import Calendar
from engagekit.business_time.spans import BusinessDays, parse_span
from engagekit.errors import DefinitionError, Fault, Faults
from engagekit.gates.evidence import FactValue, check_fact

__all__ = ["Criterion", "criteria_from"]

_FROM_SLAS = {"sla.lint_errors", "sla.recurring"}
SIGN_OFF = "sign_off."  # metrics about the approvals of the gate itself
_ACCEPTED = re.compile(r"deliverable\.([a-z0-9_]+)\.accepted")
_UTC = Calendar.always("UTC")
_NUMBERS = (int, float)  # and not bool
_ORDER: dict[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
OPERATORS: dict[str, Callable[[Any, Any], bool]] = {"==": operator.eq, "!=": operator.ne} | _ORDER
CRITERIA_LIMIT = 500  # criteria in one gate


_REQUIRED: Any = None  # missing fields are reported together, with their keys


def _as_tuple(given: Any) -> tuple[Any, ...]:
    return tuple(given) if isinstance(given, list | tuple) else (given,)


@attrs.frozen(kw_only=True)
class Criterion:
    """One promise at a gate, measurable or refused.

    Raises:
        DefinitionError: all faults at once.
    """

    id: str
    statement: str | None = None  # in words, for people; the id in words where left out
    metric: str = _REQUIRED  # the fact it is judged by
    op: str = _REQUIRED  # == != < <= > >=
    target: FactValue = _REQUIRED
    unit: str = _REQUIRED  # "%", "count", "s", ...; "bool" goes without saying
    alternatives: tuple[str, ...] = attrs.field(default=(), converter=_as_tuple)  # any may show it
    accepts: tuple[str, ...] = attrs.field(default=(), converter=_as_tuple)  # kinds; (): every kind
    mandatory: bool = True  # False: shown, never blocks
    max_age: str | None = None  # evidence older than this is expired: "P30D"
    source: tuple[str, ...] = attrs.field(default=(), converter=_as_tuple)
    ref: str | None = None  # its code in that source
    documents: tuple[str, ...] = attrs.field(default=(), converter=_as_tuple)  # what shows it

    def __attrs_post_init__(self) -> None:
        if self.unit is None and isinstance(self.target, bool):
            object.__setattr__(self, "unit", "bool")
        _faults(self).raise_any()
        object.__setattr__(self, "id", checks.identifier(self.id))
        if not self.statement:
            object.__setattr__(self, "statement", self.id.replace("_", " ").capitalize())

    @cached_property
    def metrics(self) -> tuple[str, ...]:
        """The metric and its alternatives."""
        return (self.metric, *self.alternatives)

    @property
    def required(self) -> str:
        """What must be seen, in words: `coverage.line_ratio >= 0.8 (ratio)`."""
        metrics = " or ".join(self.metrics)
        unit = "" if self.unit == "bool" else f" ({self.unit})"
        return f"{metrics} {self.op} {in_words(self.target)}{unit}"

    def comparable(self, value: FactValue) -> bool:
        """Whether a value can be compared with the target at all."""
        return type(value) in self._comparable

    def holds(self, value: FactValue) -> bool:
        """Whether a comparable value meets the target."""
        return self._compare(value, self.target)

    @cached_property
    def _compare(self) -> Callable[[Any, Any], bool]:
        return OPERATORS[self.op]

    @cached_property
    def _comparable(self) -> tuple[type, ...]:
        return _NUMBERS if type(self.target) in _NUMBERS else (type(self.target),)

    @cached_property
    def counts_sign_offs(self) -> bool:
        """Whether it asks how many approvals there are; no approval can be bound to that."""
        return self.metric.startswith(SIGN_OFF)

    def stale_at(self, born: int) -> int | None:
        """When evidence of that age is too old: days and months as they fall in UTC."""
        if self.max_age is None:
            return None
        return _UTC.after_us(born, parse_span(self.max_age))

    @cached_property
    def fingerprint(self) -> str:
        """Digest of everything that decides the verdict; wording and sources do not."""
        decisive: list[object] = [self.id, self.metrics, self.op, self.target, self.unit]
        decisive += [self.accepts, self.mandatory, self.max_age]
        return hashlib.sha256(json.dumps(decisive).encode()).hexdigest()

    def to_dict(self) -> dict[str, object]:
        """Plain values for JSON or TOML; what is at its default is left out."""
        plain = {
            field.name: getattr(self, field.name)
            for field in attrs.fields(type(self))
            if getattr(self, field.name) != field.default
        }
        return {k: list(v) if isinstance(v, tuple) else v for k, v in plain.items()}


def criteria_from(rows: object, where: str = "criteria") -> tuple[Criterion, ...]:
    """Criteria from plain data (TOML, JSON) or ready made; all faults at once, with their keys.

    Raises:
        DefinitionError: unknown or missing keys, wrong types, an id twice.
    """
    if isinstance(rows, str | Mapping) or not isinstance(rows, Iterable):
        raise DefinitionError(f"expected a list of criteria, got {rows!r:.80}", where=where)
    rows = list(rows)
    if len(rows) > CRITERIA_LIMIT:
        raise DefinitionError(f"{len(rows)} criteria; at most {CRITERIA_LIMIT}", where=where)
    made: dict[str, Criterion] = {}
    faults = Faults()
    for number, row in enumerate(rows):
        with faults.at(f"{where}[{number}]"):
            criterion = row if isinstance(row, Criterion) else _from_row(row)
            if criterion.id in made:
                raise DefinitionError(f"{criterion.id!r} stands twice in this gate", where="id")
            made[criterion.id] = criterion
    faults.raise_any()
    return tuple(made.values())


def derived_by(metric: str) -> str | None:
    """The call a metric follows from where it is never shown as evidence, otherwise None."""
    if metric.startswith(SIGN_OFF):
        return "e.sign_off(by=...)"
    if metric in _FROM_SLAS:
        return "e.sla.agree(ek.SLA(...), by=...)  # e.sla.lint() says what is missing"
    accepted = _ACCEPTED.fullmatch(metric)
    if accepted is None:
        return None
    return f"e.deliver({accepted[1]!r}, ...) and e.accept({accepted[1]!r}, ...)"


def in_words(value: object) -> str:
    """A fact as text: true, false, 0.85, "signed"."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return repr(value) if isinstance(value, str) else str(value)


def _from_row(row: object) -> Criterion:
    if not isinstance(row, Mapping):
        raise DefinitionError("expected a table with id, metric, op, target and unit")
    names = [field.name for field in attrs.fields(Criterion)]
    strangers = Faults(
        Fault(str(key), f"unknown key; known: {', '.join(names)}")
        for key in row
        if key not in names
    )
    known: dict[str, Any] = {"id": None}
    known |= {key: value for key, value in row.items() if key in names}
    with strangers.at(""):
        made = Criterion(**known)
    strangers.raise_any()
    return made


def _faults(criterion: Criterion) -> Faults:
    faults = Faults()
    with faults.at("id"):
        checks.identifier(criterion.id, "")
    for name in ("metric", "op", "target", "unit"):
        if getattr(criterion, name) is None:
            faults.add(name, "missing; a criterion needs metric, op, target and unit")
    for name in ("metric", "unit", "statement", "max_age", "ref"):
        with faults.at(name):
            checks.optional_text(getattr(criterion, name), "")
    for name in ("alternatives", "accepts", "source", "documents"):
        for place, value in enumerate(getattr(criterion, name)):
            with faults.at(f"{name}[{place}]"):
                checks.text(value, "")
    if not isinstance(criterion.mandatory, bool):
        faults.add("mandatory", f"expected true or false, got {criterion.mandatory!r}")
    return faults or _faults_together(criterion)


def _faults_together(criterion: Criterion) -> Faults:
    """What can only be judged once every field is of its type."""
    faults = Faults()
    with faults.at("target"):
        for metric in criterion.metrics:
            check_fact(metric, criterion.target)
    with faults.at("op"):
        checks.known_id(criterion.op, OPERATORS, "comparison")
        if criterion.op in _ORDER and type(criterion.target) not in _NUMBERS:
            raise DefinitionError(f"{criterion.op!r} compares numbers; this target is none")
    if criterion.max_age is not None:
        with faults.at("max_age"):
            if isinstance(parse_span(criterion.max_age, ""), BusinessDays):
                raise DefinitionError("evidence ages in calendar time; write 'P30D'")
            if criterion.stale_at(0) == 0:
                raise DefinitionError(f"{criterion.max_age!r} is not longer than zero")
    return faults
