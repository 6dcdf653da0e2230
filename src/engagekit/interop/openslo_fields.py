"""Reading the fields of one mapping: what is missing, unknown or of another type is written down.

Nothing is raised here; a faulty field reads as None, so that all faults are found in one go.
"""

from __future__ import annotations

import datetime as dt
import difflib
import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any, TypeVar

from engagekit.business_time.findings import Finding, Severity
from engagekit.business_time.spans import Span, parse_span
from engagekit.business_time.zones import known_zone
from engagekit.errors import DefinitionError, Fault
from engagekit.interop.openslo_yaml import Node

__all__ = ["Entry", "Notes", "duration_span"]

_Value = TypeVar("_Value")
_NAME = re.compile(r"[A-Za-z0-9]([A-Za-z0-9._|/\\-]{0,253}[A-Za-z0-9])?")
_DURATION = re.compile(r"([0-9]{1,9})([mhdwMQY])")
_SPANS = {"m": "PT{}M", "h": "PT{}H", "d": "P{}D", "w": "P{}W", "M": "P{}M", "Y": "P{}Y"}
_LONGEST_DESCRIPTION = 1050  # characters


class Notes:
    """What one file has wrong, and what its reader should look at again."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.findings: list[Finding] = []
        self._faults: list[tuple[int, Fault]] = []

    def fault(self, line: int, path: str, message: str) -> None:
        """One more thing that is wrong."""
        self._faults.append((line, Fault(self._place(line, path), message)))

    def raise_any(self) -> None:
        """Raise everything that is wrong, line by line.

        Raises:
            DefinitionError: something is.
        """
        if self._faults:
            raise DefinitionError(fault for _, fault in sorted(self._faults, key=_line))

    def finding(self, rule: str, severity: Severity, line: int, path: str, message: str) -> None:
        """One more thing to look at."""
        self.findings.append(
            Finding(
                rule=rule,
                severity=severity,
                message=message,
                source="OpenSLO v1",
                where=self._place(line, path),
            )
        )

    def _place(self, line: int, path: str) -> str:
        return f"{self.name}, line {line}" + (f": {path}" if path else "")


def _line(row: tuple[int, Fault]) -> int:
    return row[0]


def duration_span(text: str) -> Span | None:
    """The span of a duration-shorthand: `"28d"`; months, quarters and years are calendar time.

    Raises:
        DefinitionError: longer than 100 years.
    """
    match = _DURATION.fullmatch(text)
    if match is None or not int(match[1]):
        return None
    if match[2] == "Q":
        return parse_span(f"P{int(match[1]) * 3}M")
    return parse_span(_SPANS[match[2]].format(int(match[1])))


class Entry:
    """One mapping being read; `done` reports the fields nobody asked for."""

    def __init__(self, node: Node, path: str, notes: Notes) -> None:
        self.line, self.path, self.notes = node.line, path, notes
        self.fields: dict[str, Node] = {}
        self.asked: set[str] = set()
        self.readable = isinstance(node.value, dict)
        if isinstance(node.value, dict):
            self.fields = node.value
        else:
            notes.fault(node.line, path, f"expected fields, got {_kind(node.value)}")

    def at(self, field: str) -> str:
        """The path of a field."""
        return f"{self.path}.{field}" if self.path else field

    def fault(self, field: str, message: str) -> None:
        """Something is wrong with a field, or with it not being there."""
        node = self.fields.get(field)
        self.notes.fault(node.line if node else self.line, self.at(field), message)

    def note(self, rule: str, severity: Severity, field: str, message: str) -> None:
        """A field that is there should be looked at again."""
        self.notes.finding(rule, severity, self.fields[field].line, self.at(field), message)

    def has(self, field: str) -> bool:
        """Whether it is there and says something."""
        return field in self.fields and self.fields[field].value is not None

    def node(self, field: str, *, required: bool = False) -> Node | None:
        """The field as it stands; None where it is missing or empty."""
        self.asked.add(field)
        if self.has(field):
            return self.fields[field]
        if required and self.readable:
            self.fault(field, "is missing; OpenSLO v1 needs it")
        return None

    def _of(self, kind: type[_Value], field: str, expected: str, required: bool) -> _Value | None:
        node = self.node(field, required=required)
        if node is None or type(node.value) is kind:
            return None if node is None else node.value  # type: ignore[return-value]
        hint = "; quote it" if kind is str and not isinstance(node.value, list | dict) else ""
        self.fault(field, f"expected {expected}, got {_kind(node.value)}{hint}")
        return None

    def text(self, field: str, *, required: bool = False) -> str | None:
        """A text that says something."""
        value = self._of(str, field, "a text", required)
        if value is not None and not value.strip():
            self.fault(field, "must not be empty")
            return None
        return value

    def name(self, field: str, *, required: bool = True) -> str | None:
        """The name of an object."""
        value = self.text(field, required=required)
        if value is not None and not _NAME.fullmatch(value):
            self.fault(field, f"{value[:80]!r} is no name; use letters, digits and hyphens")
            return None
        return value

    def description(self) -> None:
        """The optional description, of bounded length."""
        value = self.text("description")
        if value is not None and len(value) > _LONGEST_DESCRIPTION:
            self.fault("description", f"{len(value)} characters; at most {_LONGEST_DESCRIPTION}")

    def flag(self, field: str) -> bool | None:
        """True or false."""
        return self._of(bool, field, "true or false", required=False)

    def number(self, field: str, *, required: bool = False) -> Decimal | None:
        """A number, exactly as it is written."""
        node = self.node(field, required=required)
        if node is None:
            return None
        if isinstance(node.value, bool) or not isinstance(node.value, int | Decimal):
            self.fault(field, f"expected a number, got {_kind(node.value)}")
            return None
        return Decimal(node.value)

    def choice(self, field: str, choices: Sequence[str], *, required: bool = False) -> str | None:
        """One of a closed list of words."""
        value = self.text(field, required=required)
        if value is not None and value not in choices:
            self.fault(field, f"{value[:80]!r} is unknown; {_nearest(value, choices)}")
            return None
        return value

    def duration(self, field: str, *, required: bool = True) -> tuple[str, Span] | None:
        """A duration as it is written, and the span it means."""
        value = self.text(field, required=required)
        if value is None:
            return None
        try:
            span = duration_span(value)
        except DefinitionError as error:
            self.fault(field, error.faults[0].message)
            return None
        if span is None:
            self.fault(
                field,
                f"{value[:80]!r} is no duration; write a whole number above 0 and one of"
                " m (minutes) h d w M (months) Q Y, such as '28d'",
            )
            return None
        return value, span

    def wall_time(self, field: str) -> dt.datetime | None:
        """A date and time of a wall clock, without a zone."""
        value = self.text(field, required=True)
        try:
            return None if value is None else dt.datetime.strptime(value, "%Y-%m-%d %H:%M:%S")  # noqa: DTZ007 - the zone is a field of its own
        except ValueError:
            message = f"{value!r:.80} is no date and time; write it as '2026-01-01 00:00:00'"
            self.fault(field, message)
            return None

    def zone(self, field: str) -> str | None:
        """The name of an IANA zone."""
        value = self.text(field, required=True)
        try:
            return None if value is None else known_zone(value)
        except DefinitionError as error:
            self.fault(field, error.faults[0].message)
            return None

    def entry(self, field: str, *, required: bool = False) -> Entry | None:
        """The mapping that the field holds."""
        node = self.node(field, required=required)
        return None if node is None else Entry(node, self.at(field), self.notes)

    def items(self, field: str, *, required: bool = False) -> Iterator[tuple[str, Node]]:
        """The items of a list, each with its path."""
        for index, node in enumerate(self._of(list, field, "a list", required) or []):
            yield f"{self.at(field)}[{index}]", node

    def entries(self, field: str, *, required: bool = False) -> list[Entry]:
        """The items of a list of mappings."""
        rows = self.items(field, required=required)
        return [Entry(node, path, self.notes) for path, node in rows]

    def done(self) -> None:
        """Report the fields nobody asked for."""
        for field in self.fields:
            if field not in self.asked:
                self.fault(
                    field, f"unknown field; {_nearest(field, sorted(self.asked)) or 'remove it'}"
                )


def _nearest(given: str, known: Sequence[str]) -> str:
    near = difflib.get_close_matches(given[:200], known, n=1, cutoff=0.6)
    return f"did you mean {near[0]!r}?" if near else f"known: {', '.join(known)}"


def _kind(value: Any) -> str:
    names = {str: "a text", bool: "true or false", list: "a list", dict: "fields"}
    return names.get(type(value), "nothing" if value is None else "a number")
