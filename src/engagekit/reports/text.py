"""An event of the log in words, and as plain values for JSON."""

from __future__ import annotations

from collections.abc import Mapping
from functools import singledispatch
from typing import Any

import attrs

from engagekit.business_time.instants import as_text
from engagekit.engagement.events import (
    CriterionWaived,
    DeliverableAccepted,
    DeliverableRejected,
    DeliverableSubmitted,
    EngagementStarted,
    Event,
    EvidenceRecorded,
    GateDocumented,
    GateSignedOff,
    Moved,
    PlanChanged,
)
from engagekit.gates.criteria import Criterion, in_words
from engagekit.gates.evidence import Evidence
from engagekit.lifecycle.plan import PhasePlan
from engagekit.lifecycle.table import HELD

__all__ = ["event_dict", "event_words"]


@singledispatch
def event_words(event: Event) -> str:
    """What happened, in words; who did it and when stand beside it."""
    return event.kind.partition(".")[0].replace("-", " ")


@event_words.register
def _(event: EngagementStarted) -> str:
    return f"began {event.title!r} for {event.client!r}, {len(event.plan.ids)} phases"


@event_words.register
def _(event: PlanChanged) -> str:
    return f"changed the plan: {'; '.join(event.change.splitlines())}"


@event_words.register
def _(event: GateDocumented) -> str:
    return f"wrote down {len(event.criteria)} criteria for the gate of {event.phase}"


@event_words.register
def _(event: EvidenceRecorded) -> str:
    shown = event.evidence
    facts = ", ".join(f"{metric} = {in_words(value)}" for metric, value in shown.facts.items())
    source = f" from {shown.source}" if shown.source else ""
    until = f", until {as_text(shown.expires)}" if shown.expires is not None else ""
    return f"showed {facts} ({shown.kind}{source}{until})"


@event_words.register
def _(event: CriterionWaived) -> str:
    return f"waived {event.criterion} until {as_text(event.until_us)}: {event.reason}"


@event_words.register
def _(event: GateSignedOff) -> str:
    return f"decided {event.decision} at {event.phase}{_because(event.note)}"


@event_words.register
def _(event: Moved) -> str:
    path = f"{_state(event.from_state)} -> {_state(event.to_state)}"
    return f"{event.move}: {path}{_because(event.reason)}"


@event_words.register
def _(event: DeliverableSubmitted) -> str:
    silence = event.deemed_accepted_after
    deemed = f", accepted after {silence} of silence" if silence else ""
    return f"handed {event.deliverable} to {event.to}{deemed}"


@event_words.register
def _(event: DeliverableAccepted) -> str:
    return f"accepted {event.deliverable}"


@event_words.register
def _(event: DeliverableRejected) -> str:
    return f"rejected {event.deliverable}{_because(event.reason)}"


def event_dict(event: Event) -> dict[str, object]:
    """Plain values for JSON; instants as ISO 8601."""
    known = {"kind": event.kind, "at": as_text(event.at_us)}
    known |= {"recorded_at": as_text(event.recorded_us), "by": event.by}
    rest = attrs.asdict(event, recurse=False)
    for name in ("at_us", "recorded_us", "by"):
        del rest[name]
    if "until_us" in rest:
        rest["until"] = as_text(rest.pop("until_us"))
    return known | {name: _plain(value) for name, value in rest.items()}


def _plain(value: Any) -> object:
    if isinstance(value, Evidence | Criterion):
        return value.to_dict()
    if isinstance(value, PhasePlan):
        phases = [{"id": phase.id, "name": phase.name} for phase in value.phases]
        return {"phases": phases, "separate_duties": value.separate_duties}
    if isinstance(value, Mapping):
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, tuple):
        return [_plain(inner) for inner in value]
    return value


def _state(state: str) -> str:
    return f"{state.removesuffix(HELD)} (on hold)" if state.endswith(HELD) else state


def _because(reason: str | None) -> str:
    return f": {reason}" if reason else ""
