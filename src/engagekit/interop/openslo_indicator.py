"""What an indicator measures: a ratio of two counts, a stored ratio, or values and a threshold."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import attrs

from engagekit.interop.openslo_fields import Entry

__all__ = ["Indicator", "Metric", "read_indicator"]


@attrs.frozen
class Metric:
    """One query, and where it is put."""

    query: str
    type: str | None
    ref: str | None  # the name of a DataSource

    @property
    def source(self) -> str | dict[str, str] | None:
        """As an SLA names where it is measured."""
        if self.ref is None:
            return self.type
        given = {"type": self.type, "metricSourceRef": self.ref}
        return {name: text for name, text in given.items() if text is not None}


@attrs.frozen
class Indicator:
    """What one SLI measures, query by query."""

    name: str
    parts: dict[str, Metric]  # "threshold", or "good" or "bad" with "total", or "raw"
    failures: bool = False  # whether "raw" is the ratio of failures

    def terms(self, op: str | None, value: Decimal | None) -> dict[str, Any]:
        """The fields of an SLA that say it."""
        given = self.parts
        terms: dict[str, Any] = {"metric": self.name}
        if "threshold" in given:
            terms |= {"good": f"value {op} {value:f}", "valid": given["threshold"].query}
        elif "raw" in given:
            query = given["raw"].query
            terms["expression"] = f"1 - ({query})" if self.failures else query
        else:
            good = given["good"].query if "good" in given else f"not ({given['bad'].query})"
            terms |= {"good": good, "valid": given["total"].query}
        sources = [metric.source for metric in given.values()]
        if all(source == sources[0] for source in sources):
            terms["source"] = sources[0]
        else:
            terms["source"] = {name: _shown(metric) for name, metric in given.items()}
        return terms


def _shown(metric: Metric) -> str:
    return " ".join(filter(None, (metric.type, metric.ref))) or "unstated"


def read_indicator(spec: Entry, name: str) -> Indicator | None:
    """The spec of an SLI; None where it is faulty, and the faults written down."""
    spec.description()
    threshold, ratio = spec.entry("thresholdMetric"), spec.entry("ratioMetric")
    if (threshold is None) == (ratio is None):
        spec.fault("ratioMetric", "give either ratioMetric or thresholdMetric, exactly one")
    if threshold:
        metric = _metric(threshold)
        return Indicator(name, {"threshold": metric}) if metric else None
    return _ratio(ratio, name) if ratio else None


def _ratio(ratio: Entry, name: str) -> Indicator | None:
    ratio.flag("counter")
    parts: dict[str, Metric] = {}
    for part in ("good", "bad", "total", "raw"):
        entry = ratio.entry(part)
        metric = _metric(entry) if entry else None
        if metric:
            parts[part] = metric
    raw = ratio.choice("rawType", ("success", "failure"), required=ratio.has("raw"))
    ratio.done()
    given = {part for part in ("good", "bad", "total", "raw") if ratio.has(part)}
    if given not in ({"good", "total"}, {"bad", "total"}, {"raw"}):
        shown = ", ".join(sorted(given)) or "none"
        ratio.notes.fault(
            ratio.line, ratio.path, f"give good and total, bad and total, or raw; here: {shown}"
        )
        return None
    return Indicator(name, parts, raw == "failure") if parts.keys() == given else None


def _metric(entry: Entry) -> Metric | None:
    source = entry.entry("metricSource", required=True)
    entry.done()
    if source is None:
        return None
    ref, kind = source.name("metricSourceRef", required=False), source.text("type")
    spec = source.entry("spec", required=True)
    source.done()
    if spec is None:
        return None
    if spec.readable and not spec.fields:
        source.fault("spec", "is empty; say what to query")
    return Metric(_query(spec), kind, ref)


def _query(spec: Entry) -> str:
    fields = {name: node.plain() for name, node in spec.fields.items()}
    if fields.keys() == {"query"} and isinstance(fields["query"], str):
        return fields["query"]
    return json.dumps(fields, ensure_ascii=False, default=str)
