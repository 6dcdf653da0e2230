"""The rules on what is measured and when: metric (M), calendar (C), availability (A)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping

from engagekit.business_time.calendar import Calendar
from engagekit.business_time.spans import (
    BusinessDays,
    Elapsed,
    Nominal,
    Span,
    WorkingTime,
    parse_span,
)
from engagekit.errors import DefinitionError
from engagekit.sla.agreement import METRICS, PERCENT_UNITS, SLA, WINDOW_WORDS
from engagekit.sla.availability import exact
from engagekit.sla.remark import Remark

__all__ = ["CHECKS"]

_SHARE_UNITS = (*PERCENT_UNITS, "ratio", "share", "fraction")
_TIME_UNIT = re.compile(r".*(hour|minute|second|day|week|month|time)s?|h|min|s|ms")
_UNBOUND = re.compile(
    r"\bTBD\b|\bTBC\b|\bN/A\b|to be (agreed|defined|confirmed)|[<{][\w ]+[>}]", re.IGNORECASE
)
_DAY_US = 86_400_000_000
_SOME_MONDAY = "2026-01-05T00:00:00Z"
_OPERATORS = {
    "duration": ("within", "<=", "lte", "<", "lt"),
    "availability": ("within", ">=", "gte", ">", "gt"),
}


def _metric(sla: SLA) -> Iterator[Remark]:
    if not (sla.metric or "").strip():
        yield "M01", "error", "metric", "no metric: say what is measured, such as 'response_time'"
    elif not _known_metric(sla) and not sla.expression:
        message = f"{sla.metric!r} has no expression; say how it is worked out from what"
        if sla.measures == "duration" and not (sla.starts_on and sla.stops_on):
            yield "M01", "warning", "expression", message
    if not (sla.unit or "").strip():
        yield "M01", "error", "unit", "no unit: say in what it is measured, such as 'hours' or '%'"
    if sla.target is None and not sla.priorities:
        yield "M01", "error", "target", "no target: say how much is promised, such as 'PT4H'"
    if not sla.service:
        yield "M03", "warning", "service", "name the service and where it ends"


def _known_metric(sla: SLA) -> bool:
    name = re.sub(r"[\s\-]+", "_", (sla.metric or "").strip().lower())
    return name in METRICS or sla.measures == "availability"


def _promised(sla: SLA) -> Iterator[tuple[str, Span]]:
    """Every duration promised, and in which field; what is no duration is left out."""
    rows: list[tuple[str, object]] = [("target", sla.target)]
    for name, promise in sla.priorities.items():
        parts = promise.values() if isinstance(promise, Mapping) else [promise]
        rows += [(f"priorities[{name!r}]", part) for part in parts]
    for field, value in rows:
        try:
            if value is not None:
                yield field, parse_span(value)  # type: ignore[arg-type]
        except DefinitionError:
            continue


def _target(sla: SLA) -> Iterator[Remark]:
    if sla.measures in ("availability", "ratio"):
        yield from _share(sla)
        return
    rows = [("target", sla.target), *((f"priorities[{k!r}]", v) for k, v in sla.priorities.items())]
    for field, value in rows:
        for part in value.values() if isinstance(value, Mapping) else [value]:
            try:
                if part is not None:
                    parse_span(part)  # type: ignore[arg-type]
            except DefinitionError as error:
                yield "M01", "error", field, error.faults[0].message


def _share(sla: SLA) -> Iterator[Remark]:
    if sla.target is None:
        return
    try:
        share = sla.share()
    except DefinitionError as error:
        yield "M01", "error", "target", error.faults[0].message
        return
    if not 0 < share < 1:
        message = (
            f"{sla.target} {sla.unit or ''} is not strictly between 0 and 100 %;"
            " write '99.9' with unit '%', or '0.999' with unit 'ratio'"
        )
        yield "M06", "error", "target", message


def _unit(sla: SLA) -> Iterator[Remark]:
    unit = re.sub(r"[\s\-]+", "_", (sla.unit or "").strip().lower())
    if not unit:
        return
    if sla.measures in ("availability", "ratio"):
        if _TIME_UNIT.fullmatch(unit):
            yield "M01", "error", "unit", f"a share is not measured in {sla.unit!r}; write '%'"
        return
    if unit in _SHARE_UNITS:
        yield "M01", "error", "unit", f"a duration is not measured in {sla.unit!r}"
    for field, span in _promised(sla):
        message = _misfit(unit, span)
        if message:
            yield "M09", "error", field, message


def _misfit(unit: str, span: Span) -> str | None:
    if unit in ("day", "days", "d"):
        if isinstance(span, BusinessDays | Nominal):
            return None
        return f"{span} in 'days': calendar days, 24 hours or business days? say which"
    business = "business" in unit or "working" in unit
    if "day" in unit and business != isinstance(span, BusinessDays):
        return f"{span} is {type(span).__name__}, not {unit.replace('_', ' ')}"
    if "hour" in unit and not isinstance(span, WorkingTime | Elapsed):
        return f"{span} is {type(span).__name__}, not {unit.replace('_', ' ')}"
    return None


def _bound(sla: SLA) -> Iterator[Remark]:
    for field in (
        "expression",
        "good",
        "valid",
        "down",
        "starts_on",
        "stops_on",
        "remedy",
        "source",
    ):
        value = getattr(sla, field)
        match = _UNBOUND.search(value) if isinstance(value, str) else None
        if match:
            yield "M02", "error", field, f"{match[0]!r} is still open; put in a value"


def _ratio(sla: SLA) -> Iterator[Remark]:
    if sla.measures != "ratio":
        return
    if (sla.good is None) != (sla.valid is None):
        missing = "valid" if sla.valid is None else "good"
        yield "M04", "error", missing, "a ratio needs both what is good and what is valid"
    elif sla.good is None and not sla.expression:
        yield "M04", "warning", "good", "say what counts as good and what as valid"


def _operator(sla: SLA) -> Iterator[Remark]:
    kind = "duration" if sla.measures in ("duration", "percentile") else "availability"
    if sla.op not in _OPERATORS[kind]:
        message = f"{sla.op!r} does not say when it is met; one of {', '.join(_OPERATORS[kind])}"
        yield "M05", "error", "op", message


def _window(sla: SLA) -> Iterator[Remark]:
    if sla.window is None:
        yield "M07", "error", "window", "no window: say over what it is judged, such as 'P1M'"
        return
    try:
        window = sla.judged_over()
    except DefinitionError as error:
        rule = "M08" if re.search("month|quarter|year", str(sla.window).lower()) else "M07"
        words = ", ".join(sorted(WINDOW_WORDS))
        yield rule, "error", "window", f"{error.faults[0].message}; or one of {words}"
        return
    span = window.span if window else None
    months = isinstance(span, Nominal) and bool(span.months or span.years)
    if window and window.style == "rolling" and months:
        message = f"a rolling {span} has no fixed length; 'calendar {span}', or 'rolling P30D'"
        yield "M08", "error", "window", message
    elif window and window.style == "calendar" and not isinstance(sla.calendar, Calendar | Mapping):
        yield "M07", "error", "window", "a calendar window needs a zone; give a calendar"


def _calendar(sla: SLA) -> Iterator[Remark]:
    if isinstance(sla.calendar, Calendar):
        yield from _hours(sla, sla.calendar)
    elif isinstance(sla.calendar, Mapping) and sla.calendar:
        if not sla.calendar_of:
            yield (
                "C03",
                "error",
                "calendar_of",
                "several calendars: say whose counts, and if unknown",
            )
        for calendar in sla.calendar.values():
            if isinstance(calendar, Calendar):
                yield from _hours(sla, calendar)
            else:
                yield "C01", "error", "calendar", f"{calendar!r} is no calendar; give its hours"
    elif isinstance(sla.calendar, str) and re.search(r"\b([A-Z]{2,4}T|local|[+-]\d)", sla.calendar):
        yield "C02", "error", "calendar", f"{sla.calendar!r} names no IANA zone; give a Calendar"
    else:
        yield (
            "C01",
            "error",
            "calendar",
            "no calendar: when does time count? Calendar.always('UTC')",
        )


def _hours(sla: SLA, calendar: Calendar) -> Iterator[Remark]:
    for finding in calendar.findings:
        yield finding.rule, "error", finding.where, finding.message
    if any(finding.rule == "C06" for finding in calendar.findings):
        return
    for field, span in _promised(sla):
        try:
            calendar.after(_SOME_MONDAY, span)
        except DefinitionError as error:
            yield "C06", "error", field, error.faults[0].message
    if not _has_holidays(calendar.to_dict()) and not _every_hour(calendar):
        yield "C05", "warning", "calendar", "no holidays; name a region, or say that none are kept"


def _has_holidays(data: Mapping[str, object]) -> bool:
    if "operator" in data:
        return any(_has_holidays(data[side]) for side in ("left", "right"))  # type: ignore[arg-type]
    holidays = data["holidays"]
    return isinstance(holidays, Mapping) and any(holidays.values())


def _every_hour(calendar: Calendar) -> bool:
    begin, end = "2026-01-01T00:00:00Z", "2027-01-01T00:00:00Z"
    return calendar.elapsed(begin, end) == Calendar.always().elapsed(begin, end)


def _availability(sla: SLA) -> Iterator[Remark]:
    if sla.measures == "availability" and not (sla.down or sla.expression):
        yield "A01", "warning", "down", "say what counts as down, for how long, and in part"
    if sla.exclusions is None:
        rule = "A02" if sla.measures == "availability" else "R03"
        yield (
            rule,
            "error",
            "exclusions",
            "no exclusions: list what does not count, or [] for nothing",
        )
        return
    for what, notice in sla.exclusions.items():
        if notice is None and re.search("maintenance|downtime|planned|scheduled", what.lower()):
            yield "A02", "warning", "exclusions", f"{what!r}: announced how long before?"


def _measurement(sla: SLA) -> Iterator[Remark]:
    if not sla.source:
        yield "A04", "error", "source", "no measurement source: say who measures, where, how often"
    if sla.no_data is None:
        yield "A05", "error", "no_data", "say what it means when there is no data"
    if sla.measures in ("ratio", "percentile") and not sla.minimum_sample:
        yield "A05", "warning", "minimum_sample", "from how many cases on is it judged?"
    if sla.measures == "percentile" and sla.method not in ("linear", "nearest_rank"):
        yield "A06", "error", "method", "name the method: 'linear' or 'nearest_rank'"
    for field in ("aggregation", "expression"):
        text = (getattr(sla, field) or "").lower()
        if re.search("average|mean", text) and "weight" not in text:
            yield "A07", "error", field, f"{text!r}: weighted by what, or unweighted? say so"


def _burn(sla: SLA) -> Iterator[Remark]:
    try:
        window = sla.judged_over()
        whole = _length(window.span) if window else 0
        for span, rate in sla.burn_alerts.items():
            spent = exact(rate, "burn_alerts") * _length(parse_span(span))
            if whole and spent > whole:
                message = (
                    f"a rate of {rate} over {span} spends more than the whole budget of"
                    f" {sla.window}; it can never warn in time"
                )
                yield "A08", "error", f"burn_alerts[{span!r}]", message
    except DefinitionError as error:
        if sla.burn_alerts:
            yield "A08", "error", "burn_alerts", error.faults[0].message


def _length(span: Span) -> int:
    """About how long, for comparing thresholds only."""
    if isinstance(span, Nominal):
        return _DAY_US * (365 * span.years + 30 * span.months + 7 * span.weeks + span.days)
    return span.count * _DAY_US if isinstance(span, BusinessDays) else span.microseconds


CHECKS: tuple[Callable[[SLA], Iterable[Remark]], ...] = (
    _metric,
    _target,
    _unit,
    _bound,
    _ratio,
    _operator,
    _window,
    _calendar,
    _availability,
    _measurement,
    _burn,
)
