"""The rules on how it is read and what follows: clock (K), remedy (R), words (W)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import pairwise
from typing import Any

import attrs

from engagekit.business_time.spans import Span, parse_span
from engagekit.errors import DefinitionError
from engagekit.sla.agreement import METRICS, SLA
from engagekit.sla.credits import read_tiers
from engagekit.sla.remark import Remark

__all__ = ["CHECKS"]

_WORDS = re.compile(
    r"\b(prompt(ly)?|reasonabl[ey]|as soon as possible|asap|best[- ]efforts?|typical(ly)?"
    r"|commercially reasonable|immediate(ly)?|24/7 support|timely|normally|usually"
    r"|where possible)\b",
    re.IGNORECASE,
)
_RANKS = ("critical", "urgent", "high", "medium", "normal", "low", "planning")


def _texts(value: object) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, Mapping):
        return [text for pair in value.items() for part in pair for text in _texts(part)]
    return (
        [text for part in value for text in _texts(part)] if isinstance(value, tuple | list) else []
    )


def _ends(sla: SLA) -> Iterator[Remark]:
    if sla.measures != "duration":
        return
    known = re.sub(r"[\s\-]+", "_", (sla.metric or "").strip().lower()) in METRICS
    for rule, field, word in (("K01", "starts_on", "starts"), ("K02", "stops_on", "stops")):
        named = _texts(getattr(sla, field))
        if not named and not known:
            yield rule, "warning", field, f"name the event that {word} the clock"
        if rule == "K01" and len(named) > 1:
            yield rule, "error", field, f"{' and '.join(named)}: one event starts the clock, which?"
    events = [set(_texts(getattr(sla, field))) for field in ("starts_on", "stops_on")]
    for one, other in ((0, 1), (0, 2), (1, 2)):
        sets = [*events, set(sla.pause_on)]
        for shared in sorted(sets[one] & sets[other]):
            yield "K03", "error", "pause_on", f"{shared!r} does two things to the clock"


def _pauses(sla: SLA) -> Iterator[Remark]:
    for reason, ends in sla.pause_on.items():
        if not str(reason).strip() or not str(ends or "").strip():
            yield "K04", "error", "pause_on", f"{reason!r}: say what ends the pause"
    if sla.pause_on and sla.pause_cap is None:
        yield "K04", "warning", "pause_cap", "no cap: may the clock be paused for ever?"


def _policies(sla: SLA) -> Iterator[Remark]:
    for rule, field, what in (
        ("K05", "policy", "a target is changed while the clock runs"),
        ("K06", "policy", "a case is reopened"),
        ("K07", "late_events", "an event is recorded late"),
        ("K10", "cancelled", "a case is cancelled or merged"),
    ):
        if not getattr(sla, field):
            yield rule, "error", field, f"say what happens when {what}"
    if sla.rounding is None or "before" in sla.rounding:
        yield "R01", "error", "rounding", "compare first, round for display afterwards"


def _zero(sla: SLA) -> Iterator[Remark]:
    for name, promise in (("target", sla.target), *sla.priorities.items()):
        for part in promise.values() if isinstance(promise, Mapping) else [promise]:
            if _is_zero(part):
                message = f"{name}: a target of nothing is missed at once; None is no target"
                yield "K09", "error", "priorities", message


def _is_zero(value: object) -> bool:
    if isinstance(value, int | float):
        return value == 0
    span = _span(value)
    return span is not None and not any(attrs.astuple(span))


def _priorities(sla: SLA) -> Iterator[Remark]:
    rows = sorted(sla.priorities.items(), key=lambda row: _rank(row[0]))
    for name, promise in rows:
        if not promise:
            yield "K08", "error", "priorities", f"{name} has no target"
        first, last = _part(promise, "response"), _part(promise, "resolution")
        if _longer(first, last):
            message = f"{name}: its response may take {first}, longer than its resolution, {last}"
            yield "K08", "error", "priorities", message
    for (name, promise), (lower, other) in pairwise(rows):
        for part in ("response", "resolution", None):
            mine, theirs = _part(promise, part), _part(other, part)
            if _longer(mine, theirs):
                message = f"{name} may take {mine}, longer than {lower} with {theirs}"
                yield "K08", "error", "priorities", message


def _rank(name: str) -> tuple[int, int, str]:
    number = re.search(r"[0-9]+", name)
    if number and len(number[0]) < 9:
        return 0, int(number[0]), name
    plain = name.strip().lower()
    return (1, _RANKS.index(plain), name) if plain in _RANKS else (2, 0, name)


def _part(promise: Any, part: str | None) -> Span | None:
    if isinstance(promise, Mapping):
        return _span(promise.get(part)) if part else None
    return None if part else _span(promise)


def _span(value: Any) -> Span | None:
    try:
        return None if value is None else parse_span(value)
    except DefinitionError:
        return None  # M01 reports what cannot be read


def _longer(one: Span | None, other: Span | None) -> bool:
    try:
        return one is not None and other is not None and one > other
    except DefinitionError:
        return False  # different units, which nobody can order


def _remedy(sla: SLA) -> Iterator[Remark]:
    if not sla.remedy:
        yield "R02", "error", "remedy", "no remedy: what follows when it is missed?"
    elif not isinstance(sla.remedy, str):
        try:
            read_tiers(sla.remedy)
        except DefinitionError as error:
            yield "R02", "error", "remedy", str(error)
        for field, what in (("credit_cap", "a cap"), ("claim_within", "a time to claim")):
            if getattr(sla, field) is None:
                yield "R02", "warning", field, f"the credits have no {what[2:]}; state {what}"
    if not sla.workload_limit:
        yield "R03", "info", "workload_limit", "up to which volume does the promise hold?"


def _keeping(sla: SLA) -> Iterator[Remark]:
    missing = [
        name
        for name in ("review_on", "owner", "version", "effective_from")
        if not getattr(sla, name)
    ]
    if missing:
        yield "R04", "warning", missing[0], f"not stated: {', '.join(missing)}"


def _words(sla: SLA) -> Iterator[Remark]:
    for field in (
        "name", "metric", "target", "expression", "source", "exclusions", "remedy", "down",
        "starts_on", "stops_on", "pause_on", "window", "good", "valid", "service",
    ):  # fmt: skip
        for text in _texts(getattr(sla, field)):
            for match in _WORDS.finditer(text):
                message = f"{match[0]!r} means what its reader likes; say how much, by when"
                yield "W01", "warning", field, message
    if not sla.outcome:
        yield "W02", "info", "outcome", "which outcome for the client does this promise serve?"


CHECKS: tuple[Callable[[SLA], Iterable[Remark]], ...] = (
    _ends,
    _pauses,
    _policies,
    _zero,
    _priorities,
    _remedy,
    _keeping,
    _words,
)
