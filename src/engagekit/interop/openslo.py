"""OpenSLO v1 in and out: service-level objectives as SLAs, and SLAs as service-level objectives.

Every objective of an SLO becomes one SLA. What no SLA says is kept in the file that is returned;
what OpenSLO cannot say is written as annotations and read back.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any

import attrs

from engagekit.business_time.calendar import Calendar
from engagekit.business_time.findings import Finding
from engagekit.checks import known_id
from engagekit.errors import DefinitionError, Faults
from engagekit.interop.openslo_annotations import FIELDS, PREFIX, annotated, differing
from engagekit.interop.openslo_draft import budgeting_text, drafted
from engagekit.interop.openslo_fields import Notes
from engagekit.interop.openslo_indicator import Indicator
from engagekit.interop.openslo_objects import Goal, OpenSLOObject, Slo, objects_in
from engagekit.interop.openslo_window import TimeWindow
from engagekit.interop.openslo_yaml import MAX_BYTES, dumped, parsed
from engagekit.readers.source import opened
from engagekit.sla.agreement import SLA

__all__ = ["Objective", "OpenSLOFile", "read_openslo", "write_openslo"]


@attrs.frozen
class Objective:
    """Where an SLA comes from, with what OpenSLO says beyond it."""

    sla: SLA
    slo: OpenSLOObject
    budgeting: str  # "Occurrences", "Timeslices" or "RatioTimeslices"
    slice_target: Decimal | None
    slice_window: str | None  # "5m"
    window: TimeWindow | None


class OpenSLOFile(list[SLA]):
    """The SLAs of a file, and everything else that stood in it.

    Attributes:
        objectives: One for each SLA, in the same order.
        objects: Every object of the file, in order, as it stands.
        findings: What is kept but no SLA says, and what should be looked at again.
    """

    def __init__(
        self,
        objectives: Iterable[Objective],
        objects: Iterable[OpenSLOObject],
        findings: Iterable[Finding],
    ) -> None:
        self.objectives = tuple(objectives)
        self.objects = tuple(objects)
        self.findings = tuple(findings)
        super().__init__(objective.sla for objective in self.objectives)

    def of_kind(self, kind: str) -> tuple[OpenSLOObject, ...]:
        """The objects of a kind, such as `"AlertCondition"`."""
        return tuple(each for each in self.objects if each.kind == kind)

    @property
    def slos(self) -> tuple[OpenSLOObject, ...]:
        """The service-level objectives."""
        return self.of_kind("SLO")

    @property
    def slis(self) -> tuple[OpenSLOObject, ...]:
        """The indicators that stand on their own."""
        return self.of_kind("SLI")

    @property
    def services(self) -> tuple[OpenSLOObject, ...]:
        """The services."""
        return self.of_kind("Service")

    @property
    def data_sources(self) -> tuple[OpenSLOObject, ...]:
        """The data sources."""
        return self.of_kind("DataSource")

    @property
    def alert_policies(self) -> tuple[OpenSLOObject, ...]:
        """The alert policies that stand on their own."""
        return self.of_kind("AlertPolicy")


# -- in --------------------------------------------------------------------------------------------


def read_openslo(source: str | bytes | os.PathLike[str]) -> OpenSLOFile:
    """The SLAs of an OpenSLO v1 file, a list with everything else of the file beside it.

    Args:
        source: A path, or the text itself: bytes, or a str with a line break or `": "` in it.

    Raises:
        DefinitionError: not OpenSLO v1, all faults at once, each with line and key.
        MissingExtra: PyYAML is not installed.
    """
    data, name = _data(source)
    notes = Notes(name)
    rows = list(objects_in(parsed(data, name), notes))
    slis = {kept.name: said for kept, said in rows if kept.kind == "SLI"}
    objectives: list[Objective] = []
    for kept, said in rows:
        if isinstance(said, Slo):
            objectives += _objectives(kept, said, slis, notes)
    notes.raise_any()
    if not rows:
        raise DefinitionError("holds no OpenSLO object", where=name)
    _note_kept(rows, notes)
    return OpenSLOFile(objectives, (kept for kept, _ in rows), notes.findings)


def _data(source: str | bytes | os.PathLike[str]) -> tuple[bytes, str]:
    if isinstance(source, bytes):
        return source, "OpenSLO"
    if isinstance(source, str) and ("\n" in source or ": " in source):
        return source.encode("utf-8", "surrogatepass"), "OpenSLO"
    data = bytearray()
    with opened(source) as file:
        for chunk in file.chunks():
            data += chunk
            if len(data) > MAX_BYTES:
                break
        return bytes(data), file.name


def _objectives(
    kept: OpenSLOObject, slo: Slo, slis: Mapping[str, Any], notes: Notes
) -> Iterator[Objective]:
    names = _names(slo)
    given = _annotations(slo, notes)
    for goal, name in zip(slo.goals, names, strict=True):
        indicator = _indicator(slo, goal, slis)
        if indicator is None or goal.share is None or slo.method is None:
            continue
        _note_ignored(slo.method, goal, indicator)
        fields: dict[str, Any] = {
            "name": name,
            "target": goal.share,
            "unit": "%" if goal.percent else "ratio",
            "kind": "ratio",
            "service": slo.service,
            "aggregation": budgeting_text(slo.method, goal.slice_window, goal.slice_target),
            **indicator.terms(goal.op, goal.value),
        }
        if slo.window:
            fields["window"] = slo.window.text
            if not slo.window.rolling:
                fields["calendar"] = Calendar.always(slo.window.zone)
        try:
            sla = SLA(**(fields | given))
        except (DefinitionError, TypeError) as error:
            goal.entry.notes.fault(kept.line, f"SLO {slo.name}", f"is no SLA: {error}")
            continue
        yield Objective(sla, kept, slo.method, goal.slice_target, goal.slice_window, slo.window)


def _names(slo: Slo) -> list[str]:
    if len(slo.goals) == 1:
        return [slo.name]
    shown = [goal.display_name or "" for goal in slo.goals]
    if len(set(shown) - {""}) < len(shown):
        shown = [f"objective {number}" for number in range(1, len(shown) + 1)]
    return [f"{slo.name}: {name}" for name in shown]


def _annotations(slo: Slo, notes: Notes) -> dict[str, Any]:
    given: dict[str, Any] = {}
    for key, node in slo.annotations.items():
        if not key.startswith(PREFIX):
            continue
        path = f"metadata.annotations.{key}"
        if len(slo.goals) > 1:
            notes.fault(node.line, path, "says of several objectives what can be true of one only")
        try:
            field = known_id(key.removeprefix(PREFIX), FIELDS, "field of an SLA")
            given[field] = annotated(field, node.value if isinstance(node.value, str) else "")
        except DefinitionError as error:
            notes.fault(node.line, path, str(error))
    return given


def _indicator(slo: Slo, goal: Goal, slis: Mapping[str, Any]) -> Indicator | None:
    entry = goal.entry if goal.indicator else slo.entry
    found = goal.indicator or slo.indicator
    if isinstance(found, str):
        if found not in slis:
            known = ", ".join(sorted(slis)) or "none"
            entry.fault("indicatorRef", f"no SLI {found[:80]!r} in this file; there are: {known}")
        found = slis.get(found)
    if found is None or "threshold" not in found.parts:
        return found
    for field in ("op", "value"):
        if not goal.entry.has(field):
            goal.entry.fault(field, "is missing; a thresholdMetric is compared with it")
    return None if goal.op is None or goal.value is None else found


# -- what is not said by an SLA --------------------------------------------------------------------


def _note_ignored(method: str, goal: Goal, indicator: Indicator) -> None:
    ignored = []
    if "threshold" not in indicator.parts:
        ignored += [(field, "a ratio is compared with its target") for field in ("op", "value")]
    if method != "Timeslices":
        ignored.append(("timeSliceTarget", f"{method} has none"))
    if method == "Occurrences":
        ignored.append(("timeSliceWindow", f"{method} has none"))
    for field, why in ignored:
        if goal.entry.has(field):
            goal.entry.note("O03", "warning", field, f"has no meaning here: {why}")


def _note_kept(rows: list[tuple[OpenSLOObject, Slo | Indicator | None]], notes: Notes) -> None:
    for kept, said in rows:
        if isinstance(said, Slo):
            metadata = kept.data["metadata"]
            unsaid = [field for field in ("displayName", "labels") if metadata.get(field)]
            if any(not key.startswith(PREFIX) for key in said.annotations):
                unsaid.append("annotations")
            spec = kept.data["spec"]
            unsaid += [field for field in ("description", "alertPolicies") if spec.get(field)]
            if unsaid:
                message = f"kept, but no SLA says it: {', '.join(unsaid)}"
                notes.finding("O02", "info", kept.line, f"SLO {kept.name}", message)
        else:
            message = "kept, but no SLA says it; an SLI is said by the SLOs that refer to it"
            notes.finding("O01", "info", kept.line, f"{kept.kind} {kept.name}", message)


# -- out -------------------------------------------------------------------------------------------


def write_openslo(
    slas: Iterable[SLA],
    *,
    service: str | None = None,
    also: Iterable[OpenSLOObject | Mapping[str, Any]] = (),
) -> str:
    """The SLAs as OpenSLO v1, one SLO each, which `read_openslo` reads back unchanged.

    Args:
        slas: Of kind ratio, percentile or availability; the last as slices of one minute, all
            good, where `aggregation` states no others.
        service: The service of SLAs that name none.
        also: Objects to write behind them, such as the `services` of a file that was read.

    Raises:
        DefinitionError: an SLA that OpenSLO cannot state, all faults at once.
        MissingExtra: PyYAML is not installed.
    """
    given, faults = list(slas), Faults()
    taken: set[str] = set()
    drafts: list[dict[str, Any]] = []
    for index, sla in enumerate(given):
        with faults.at(f"slas[{index}]"):
            drafts.append(drafted(sla, service, taken))
    faults.raise_any()
    others = [each.data if isinstance(each, OpenSLOObject) else each for each in also]
    if not drafts and not others:
        raise DefinitionError("nothing to write; give at least one SLA", where="slas")
    plain = read_openslo(dumped(drafts)) if drafts else []
    for index, (sla, read, draft) in enumerate(zip(given, plain, drafts, strict=True)):
        with faults.at(f"slas[{index}]"):
            annotations = differing(sla, read)
            if annotations:
                draft["metadata"]["annotations"] = annotations
    faults.raise_any()
    text = dumped([*drafts, *others])
    read_openslo(text)  # what is given as `also` may not be OpenSLO
    return text
