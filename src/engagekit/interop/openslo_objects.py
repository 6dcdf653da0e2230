"""The objects of an OpenSLO v1 file: seven kinds, each field checked, each object kept as it is.

Source: OpenSLO v1, github.com/OpenSLO/OpenSLO; composite objectives as its Go SDK reads them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import attrs

from engagekit.interop.openslo_fields import Entry, Notes
from engagekit.interop.openslo_indicator import Indicator, read_indicator
from engagekit.interop.openslo_window import TimeWindow, read_window
from engagekit.interop.openslo_yaml import Node

__all__ = ["API_VERSION", "METHODS", "OPERATORS", "Goal", "OpenSLOObject", "Slo", "objects_in"]

API_VERSION = "openslo/v1"
METHODS = ("Occurrences", "Timeslices", "RatioTimeslices")
OPERATORS = ("lte", "gte", "lt", "gt")
_LABEL = re.compile(r"[a-zA-Z0-9]([-._a-zA-Z0-9]{0,61}[a-zA-Z0-9])?")
_ANNOTATION = re.compile(rf"([a-z0-9]([-.a-z0-9]{{0,251}}[a-z0-9])?/)?{_LABEL.pattern}")


@attrs.frozen
class OpenSLOObject:
    """One object of a file, in plain values: what an SLA does not say is still here."""

    kind: str  # "SLO", "Service", ...
    name: str
    line: int  # where it begins
    data: dict[str, Any]  # numbers that are no whole ones are Decimals


@attrs.frozen
class Goal:
    """One objective of an SLO."""

    entry: Entry
    display_name: str | None
    share: str | None  # as it is written
    percent: bool
    op: str | None
    value: Decimal | None
    slice_target: Decimal | None
    slice_window: str | None
    indicator: Indicator | str | None  # None: that of the SLO


@attrs.frozen
class Slo:
    """One SLO."""

    entry: Entry
    name: str
    service: str | None
    indicator: Indicator | str | None  # a text is the name of an SLI
    method: str | None
    window: TimeWindow | None
    goals: tuple[Goal, ...]
    annotations: dict[str, Node]


def objects_in(
    documents: list[Node], notes: Notes
) -> Iterator[tuple[OpenSLOObject, Slo | Indicator | None]]:
    """Every object, and what it says where that is modelled; faults are written down."""
    seen: dict[tuple[str, str], int] = {}
    for document in documents:
        several = isinstance(document.value, list)
        for node in document.value if isinstance(document.value, list) else [document]:
            # In a list the line of the dash, in a document that of its first key.
            first = next(iter(node.value.values()), node) if isinstance(node.value, dict) else node
            found = _object(attrs.evolve(node, line=node.line if several else first.line), notes)
            if found is None:
                continue
            kept, _ = found
            key = (kept.kind, kept.name)
            if kept.name and key in seen:
                notes.fault(
                    kept.line,
                    "metadata.name",
                    f"{kept.kind} {kept.name!r} is defined in line {seen[key]}, too; keep one",
                )
            seen.setdefault(key, kept.line)
            yield found


def _object(node: Node, notes: Notes) -> tuple[OpenSLOObject, Slo | Indicator | None] | None:
    entry = Entry(node, "", notes)
    if not entry.readable:
        return None
    version = entry.text("apiVersion", required=True)
    if version is not None and version != API_VERSION:
        entry.fault("apiVersion", f"{version[:80]!r} cannot be read; this reads {API_VERSION!r}")
        return None
    kind = entry.choice("kind", KINDS, required=True)
    name, annotations = _metadata(entry)
    spec = entry.entry("spec", required=kind != "Service")
    said = None
    if kind and spec:
        said = _said(kind, spec, name or "", annotations)
        spec.done()
    if kind:
        entry.done()
    return OpenSLOObject(kind or "", name or "", node.line, node.plain()), said


def _metadata(entry: Entry) -> tuple[str | None, dict[str, Node]]:
    metadata = entry.entry("metadata", required=True)
    if metadata is None:
        return None, {}
    name = metadata.name("name")
    metadata.text("displayName")
    labels, annotations = metadata.entry("labels"), metadata.entry("annotations")
    if labels:
        for key, node in labels.fields.items():
            labels.asked.add(key)
            values = node.value if isinstance(node.value, list) else [node]
            if not _LABEL.fullmatch(key) or not all(isinstance(each.value, str) for each in values):
                labels.fault(key, "a label is a name of at most 63 signs and a text or several")
    if annotations:
        for key in annotations.fields:
            if not _ANNOTATION.fullmatch(key):
                annotations.fault(key, "an annotation is named 'name' or 'prefix/name'")
            annotations.text(key)
    metadata.done()
    return name, annotations.fields if annotations else {}


# -- the kinds -------------------------------------------------------------------------------------


def _said(
    kind: str, spec: Entry, name: str, annotations: dict[str, Node]
) -> Slo | Indicator | None:
    if kind == "SLO":
        return _slo(spec, name, annotations)
    if kind == "SLI":
        return read_indicator(spec, name)
    _SPECS[kind](spec)
    return None


def _slo(spec: Entry, name: str, annotations: dict[str, Node]) -> Slo:
    spec.description()
    method = spec.choice("budgetingMethod", METHODS, required=True)
    goals = tuple(_goal(goal, method) for goal in spec.entries("objectives", required=True))
    if spec.has("objectives") and not goals:
        spec.fault("objectives", "is empty; state at least one")
    service, window = spec.text("service", required=True), read_window(spec)
    indicator = _indicator_of(spec)
    if any(goal.indicator for goal in goals):
        if indicator:
            spec.fault("objectives", "indicators stand on the spec or on objectives, not on both")
        for goal in goals:
            if not goal.indicator:
                goal.entry.fault("indicator", "is missing; every objective here needs its own")
    elif not (spec.has("indicator") or spec.has("indicatorRef")):
        spec.fault("indicator", "is missing; give indicator or indicatorRef")
    for policy in spec.entries("alertPolicies"):
        _inline_or_reference(policy, "alertPolicyRef", "AlertPolicy")
    return Slo(spec, name, service, indicator, method, window, goals, annotations)


def _indicator_of(entry: Entry) -> Indicator | str | None:
    inline, reference = entry.entry("indicator"), entry.text("indicatorRef")
    if inline and reference:
        entry.fault("indicatorRef", "give indicator or indicatorRef, not both")
    if inline is None:
        return reference
    name, _ = _metadata(inline)
    spec = inline.entry("spec", required=True)
    inline.done()
    if spec is None:
        return None
    found = read_indicator(spec, name or "")
    spec.done()
    return found


def _goal(entry: Entry, method: str | None) -> Goal:
    share, percent = _share(entry)
    sliced, timed = method == "Timeslices", method in ("Timeslices", "RatioTimeslices")
    slice_target = entry.number("timeSliceTarget", required=sliced)
    if slice_target is not None and not 0 < slice_target <= 1:
        entry.fault("timeSliceTarget", f"must be above 0 and at most 1, got {slice_target}")
    goal = Goal(
        entry=entry,
        display_name=entry.text("displayName"),
        share=share,
        percent=percent,
        op=entry.choice("op", OPERATORS),
        value=entry.number("value"),
        slice_target=slice_target,
        slice_window=_slice_window(entry, required=timed),
        indicator=_indicator_of(entry),
    )
    weight = entry.number("compositeWeight")
    if weight is not None and weight <= 0:
        entry.fault("compositeWeight", f"must be above 0, got {weight}")
    entry.done()
    return goal


def _share(entry: Entry) -> tuple[str | None, bool]:
    target, percent = entry.number("target"), entry.number("targetPercent")
    if entry.has("target") == entry.has("targetPercent"):
        entry.fault("target", "give either target or targetPercent, exactly one")
    for field, value, limit in (("target", target, 1), ("targetPercent", percent, 100)):
        if value is not None and not 0 <= value < limit:
            entry.fault(field, f"must be at least 0 and below {limit}, got {value}")
    share = percent if target is None else target
    return None if share is None else format(share, "f"), target is None


def _slice_window(entry: Entry, *, required: bool) -> str | None:
    node = entry.node("timeSliceWindow", required=required)
    if node is not None and type(node.value) is int:
        if node.value > 0:
            return f"{node.value}m"  # a bare number is minutes
        entry.fault("timeSliceWindow", f"must be above 0, got {node.value}")
        return None
    written = entry.duration("timeSliceWindow", required=False)
    return written[0] if written else None


def _inline_or_reference(entry: Entry, reference: str, kind: str) -> None:
    if entry.text(reference) is None:
        entry.choice("kind", (kind,), required=True)
        _metadata(entry)
        spec = entry.entry("spec", required=True)
        if spec:
            _SPECS[kind](spec)
            spec.done()
    entry.done()


def _service(spec: Entry) -> None:
    spec.description()


def _data_source(spec: Entry) -> None:
    spec.description()
    spec.text("type", required=True)
    spec.node("connectionDetails")


def _alert_policy(spec: Entry) -> None:
    spec.description()
    for field in ("alertWhenNoData", "alertWhenResolved", "alertWhenBreaching"):
        spec.flag(field)
    for condition in spec.entries("conditions", required=True):
        _inline_or_reference(condition, "conditionRef", "AlertCondition")
    for target in spec.entries("notificationTargets", required=True):
        _inline_or_reference(target, "targetRef", "AlertNotificationTarget")


def _alert_condition(spec: Entry) -> None:
    spec.description()
    spec.text("severity", required=True)
    condition = spec.entry("condition", required=True)
    if condition:
        condition.choice("kind", ("burnrate",))
        condition.choice("op", OPERATORS)
        condition.number("threshold", required=True)
        condition.duration("lookbackWindow")
        if not condition.has("alertAfter") or condition.fields["alertAfter"].value != "0m":
            condition.duration("alertAfter", required=False)
        else:
            condition.node("alertAfter")
        condition.done()


def _notification_target(spec: Entry) -> None:
    spec.description()
    spec.text("target", required=True)


_SPECS: dict[str, Callable[[Entry], None]] = {
    "Service": _service,
    "DataSource": _data_source,
    "AlertPolicy": _alert_policy,
    "AlertCondition": _alert_condition,
    "AlertNotificationTarget": _notification_target,
}
KINDS = ("SLO", "SLI", *_SPECS)
