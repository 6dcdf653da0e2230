"""What was promised: a metric, a target, and everything needed to measure one against the other.

An agreement is taken as it is written, gaps and all, so that `lint_sla` can say what is missing;
what it does not say beyond that is read by the defaults beside each field.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any, TypeAlias, get_args

import attrs

from engagekit import checks
from engagekit.business_time.calendar import Calendar
from engagekit.business_time.instants import Instant
from engagekit.business_time.spans import Nominal, Span, SpanLike, parse_span
from engagekit.errors import DefinitionError, Fault
from engagekit.sla.availability import Number, exact
from engagekit.sla.clock import ClockReading, evaluate_clock
from engagekit.sla.events import ClockEvent, ClockPolicy

__all__ = ["KINDS", "METRICS", "SLA", "Window"]

KINDS = ("duration", "availability", "ratio", "percentile")
# What the library means by a metric of this name: from which event to which.
METRICS: dict[str, tuple[str, str]] = {
    "response_time": ("request made", "first answer by a person"),
    "first_response_time": ("request made", "first answer by a person"),
    "update_time": ("client wrote", "next answer by a person"),
    "resolution_time": ("request made", "request resolved"),
    "time_in_phase": ("phase entered", "phase left"),
    "acceptance_time": ("deliverable submitted", "deliverable accepted or rejected"),
}
PERCENT_UNITS = ("%", "percent", "per_cent", "pct")
WINDOW_WORDS = {
    "month": "P1M",
    "monthly": "P1M",
    "quarter": "P3M",
    "quarterly": "P3M",
    "year": "P1Y",
    "yearly": "P1Y",
    "week": "P1W",
    "weekly": "P1W",
}
_WINDOW = re.compile(r"(?:(rolling|calendar)[ _-]+)?(\S+)")

Target: TypeAlias = SpanLike | Number | None
Promise: TypeAlias = SpanLike | Mapping[str, SpanLike | None] | None


@attrs.frozen
class Window:
    """The period over which a promise is judged."""

    style: str  # "rolling", or "calendar": from the first of a month, in the calendar's zone
    span: Span


def _reasons(value: Iterable[str] | Mapping[str, str]) -> dict[str, str]:
    if isinstance(value, str) or not isinstance(value, Iterable):
        raise DefinitionError(
            f"expected a set of reasons, got {type(value).__name__}", where="pause_on"
        )
    if isinstance(value, Mapping):
        return dict(value)
    reasons = list(value)
    if not all(isinstance(reason, str) for reason in reasons):
        raise DefinitionError("a reason is a text", where="pause_on")
    return dict.fromkeys(sorted(reasons), "the same reason ends")


def _priorities(value: Mapping[Any, Promise]) -> dict[str, Promise]:
    if not isinstance(value, Mapping):
        raise DefinitionError(
            f"expected a mapping such as {{'P1': 'PT4H'}}, got {type(value).__name__}",
            where="priorities",
        )
    return {str(name): promise for name, promise in value.items()}


def _exclusions(value: object) -> dict[str, SpanLike | None] | None:
    if value is None or isinstance(value, Mapping):
        return None if value is None else {str(what): value[what] for what in value}
    if isinstance(value, str):
        return {value: None}
    if not isinstance(value, Iterable):
        raise DefinitionError(
            f"expected a list of texts, got {type(value).__name__}", where="exclusions"
        )
    return {str(item): None for item in value}


@attrs.frozen
class SLA:
    """One promise of a service, as it was agreed."""

    name: str
    metric: str | None = None  # one of METRICS, or a name with `expression` or start and stop
    target: Target = None  # a duration ("PT4H", "P10BD") or a share ("99.9" and its unit)
    calendar: Any = attrs.field(default=None, kw_only=True)  # a Calendar, or several by name
    unit: str | None = attrs.field(default=None, kw_only=True)
    priorities: Mapping[str, Promise] = attrs.field(
        factory=dict, kw_only=True, converter=_priorities
    )
    # Reasons that pause the clock, and what ends each: the same reason, unless another is named.
    pause_on: Mapping[str, str] = attrs.field(factory=dict, kw_only=True, converter=_reasons)
    window: str | dt.timedelta | None = attrs.field(default=None, kw_only=True)
    source: str | Mapping[str, str] | None = attrs.field(default=None, kw_only=True)
    # What does not count, each with the notice it needs; [] says that everything counts.
    exclusions: Mapping[str, SpanLike | None] | None = attrs.field(
        default=None, kw_only=True, converter=_exclusions
    )
    remedy: str | Sequence[Sequence[Number]] | None = attrs.field(default=None, kw_only=True)
    # -- what the eight parts above leave open, with the reading that applies unless stated ------
    kind: str | None = attrs.field(default=None, kw_only=True)  # None: told from metric and target
    service: str | None = attrs.field(default=None, kw_only=True)
    expression: str | None = attrs.field(default=None, kw_only=True)
    good: str | None = attrs.field(default=None, kw_only=True)
    valid: str | None = attrs.field(default=None, kw_only=True)
    op: str | None = attrs.field(default="within", kw_only=True)  # equal to the target is met
    calendar_of: str | None = attrs.field(default=None, kw_only=True)  # which of several, by whom
    starts_on: str | Sequence[str] | None = attrs.field(default=None, kw_only=True)
    stops_on: str | Sequence[str] | None = attrs.field(default=None, kw_only=True)
    policy: ClockPolicy | None = attrs.field(factory=ClockPolicy, kw_only=True)
    late_events: str | None = attrs.field(default="as known at the time asked", kw_only=True)
    cancelled: str | None = attrs.field(default="counts until cancelled", kw_only=True)
    pause_cap: SpanLike | None = attrs.field(default=None, kw_only=True)
    down: str | None = attrs.field(default=None, kw_only=True)
    no_data: str | None = attrs.field(default="is no data", kw_only=True)
    minimum_sample: int | None = attrs.field(default=None, kw_only=True)
    percentile: Number | None = attrs.field(default=None, kw_only=True)
    method: str | None = attrs.field(default=None, kw_only=True)
    aggregation: str | None = attrs.field(default=None, kw_only=True)
    burn_alerts: Mapping[str, Number] = attrs.field(factory=dict, kw_only=True)  # span: rate
    rounding: str | None = attrs.field(default="after comparing", kw_only=True)
    credit_cap: Number | None = attrs.field(default=None, kw_only=True)
    claim_within: SpanLike | None = attrs.field(default=None, kw_only=True)
    workload_limit: str | None = attrs.field(default=None, kw_only=True)
    outcome: str | None = attrs.field(default=None, kw_only=True)
    owner: str | None = attrs.field(default=None, kw_only=True)
    version: str | None = attrs.field(default=None, kw_only=True)
    review_on: str | None = attrs.field(default=None, kw_only=True)
    effective_from: str | None = attrs.field(default=None, kw_only=True)

    def __attrs_post_init__(self) -> None:
        checks.text(self.name, "name", limit=checks.NAME_LIMIT)
        faults = [
            Fault(f"{self.name}.{name}", f"expected {_named(kinds)}, got {type(value).__name__}")
            for name, kinds in _KINDS_OF.items()
            if (value := getattr(self, name)) is not None and not isinstance(value, kinds)
        ]
        if faults:
            raise DefinitionError(faults)
        if self.kind is not None:
            kind = checks.known_id(self.kind, KINDS, "kind of SLA", where="kind")
            object.__setattr__(self, "kind", kind)

    @property
    def measures(self) -> str:
        """The kind that is meant: duration, availability, ratio or percentile."""
        if self.kind is not None:
            return self.kind
        if self.percentile is not None or self.method is not None:
            return "percentile"
        if re.search("availab|uptime", (self.metric or "").lower()):
            return "availability"
        return "ratio" if _is_number(self.target) else "duration"

    @property
    def recurring(self) -> bool:
        """Whether it is judged again each period, as a managed service needs it."""
        return self.window is not None

    def span(self, priority: object = None, part: str | None = None) -> Span | None:
        """The duration promised, to one priority where there are several.

        Args:
            priority: A key of `priorities`; None is `target`.
            part: Where a priority has several targets, which: "response".

        Raises:
            DefinitionError: no such priority or part, or no duration.
        """
        promise: Any = self.target
        if priority is not None:
            name = checks.known_id(
                str(priority), self.priorities, "priority", where=f"{self.name}.priorities"
            )
            promise = self.priorities[name]
        if isinstance(promise, Mapping):
            key = checks.known_id(part, promise, "target", where=f"{self.name}.priorities")
            promise = promise[key]
        return None if promise is None else parse_span(promise, f"{self.name}.target")

    def share(self) -> Fraction:
        """The share promised, between 0 and 1 if it makes sense.

        Raises:
            DefinitionError: the target is no number.
        """
        target: Any = self.target
        percent = (self.unit or "").strip().lower() in PERCENT_UNITS
        if isinstance(target, str) and target.strip().endswith("%"):
            target, percent = target.strip()[:-1].strip(), True
        share = exact(target, f"{self.name}.target")
        return share / 100 if percent else share

    def judged_over(self) -> Window | None:
        """The window, `"P1M"` being a calendar month and `"P30D"` the last thirty days.

        Raises:
            DefinitionError: it cannot be read.
        """
        if self.window is None:
            return None
        style, given = "", self.window
        if isinstance(given, str):
            match = _WINDOW.fullmatch(given.strip())
            style, given = (match[1] or "", match[2]) if match else ("", given)
            given = WINDOW_WORDS.get(given.lower(), given)
        span = parse_span(given, f"{self.name}.window")
        months = isinstance(span, Nominal) and bool(span.months or span.years)
        return Window(style or ("calendar" if months else "rolling"), span)

    def read(
        self,
        events: Iterable[ClockEvent],
        *,
        priority: object = None,
        part: str | None = None,
        as_of: Instant | None = None,
        known_at: Instant | None = None,
        warn_before: SpanLike | None = None,
    ) -> ClockReading:
        """Read a clock of this promise.

        Raises:
            DefinitionError: there is no one calendar to read it by, or as `evaluate_clock`.
        """
        if not isinstance(self.calendar, Calendar):
            raise DefinitionError(
                "give it one Calendar to be read by", where=f"{self.name}.calendar"
            )
        return evaluate_clock(
            events,
            calendar=self.calendar,
            target=self.span(priority, part),
            policy=self.policy or ClockPolicy(),
            as_of=as_of,
            known_at=known_at,
            warn_before=warn_before,
        )

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON; `SLA.from_dict` reads them."""
        plain = {field.name: getattr(self, field.name) for field in attrs.fields(SLA)}
        plain["policy"] = None if self.policy is None else attrs.asdict(self.policy)
        return {name: _plain(value) for name, value in plain.items()}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> SLA:
        """The agreement that `to_dict` wrote down.

        Raises:
            UnknownId: a field nobody defined.
            DefinitionError: a field is faulty.
        """
        fields = [field.name for field in attrs.fields(cls)]
        given = {checks.known_id(name, fields, "field of an SLA"): data[name] for name in data}
        calendar, policy = given.get("calendar"), given.get("policy")
        if isinstance(calendar, Mapping):
            given["calendar"] = _calendars(calendar)
        if isinstance(policy, Mapping):
            given["policy"] = ClockPolicy(**policy)
        if "name" not in given:
            raise DefinitionError("an SLA needs a name", where="name")
        return cls(**given)


_TEXT = (str,)
_KINDS_OF: dict[str, tuple[type, ...]] = {
    **dict.fromkeys(
        ("metric", "unit", "service", "expression", "good", "valid", "op", "calendar_of", "down"),
        _TEXT,
    ),
    **dict.fromkeys(
        ("late_events", "cancelled", "no_data", "method", "aggregation", "rounding", "outcome"),
        _TEXT,
    ),
    **dict.fromkeys(("workload_limit", "owner", "version", "review_on", "effective_from"), _TEXT),
    "target": (str, dt.timedelta, int, float, Decimal, Fraction, *get_args(Span)),
    "window": (str, dt.timedelta),
    "source": (str, Mapping),
    "remedy": (str, Sequence),
    "starts_on": (str, Sequence),
    "stops_on": (str, Sequence),
    "burn_alerts": (Mapping,),
    "policy": (ClockPolicy,),
    "minimum_sample": (int,),
}


def _named(kinds: tuple[type, ...]) -> str:
    return " or ".join(kind.__name__ for kind in kinds)


def _calendars(data: Mapping[str, Any]) -> Calendar | dict[str, Any]:
    if "schema" in data:
        return Calendar.from_dict(data)
    return {name: _calendars(each) for name, each in data.items()}


def _is_number(value: object) -> bool:
    if isinstance(value, str):
        return bool(re.fullmatch(r"\s*[0-9]+([.,][0-9]+)?\s*%?\s*", value))
    return isinstance(value, int | float | Decimal | Fraction) and not isinstance(value, bool)


def _plain(value: Any) -> Any:
    if isinstance(value, Calendar):
        return value.to_dict()
    if isinstance(value, Mapping):
        return {str(key): _plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    if isinstance(value, dt.timedelta):
        return str(parse_span(value))
    return value if value is None or isinstance(value, bool | int | float | str) else str(value)
