"""Commands about service levels: look at the clocks, agree, and run them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from engagekit import checks
from engagekit.business_time.instants import as_text
from engagekit.cli.calls import DEFAULT_STORE
from engagekit.cli.places import changing, in_store, read_toml
from engagekit.cli.reading import AsOf, KnownAt
from engagekit.cli.screen import line, show, show_json
from engagekit.cli.verb import At, By, Id, Json, Store, verb
from engagekit.engagement.view import EngagementView
from engagekit.sla.clock import ClockReading
from engagekit.sla.definition import calendars_from, slas_from

__all__: list[str] = []

BREACHED = 3
_FILE = typer.Argument(metavar="FILE", help="A TOML file with [[sla]] and [calendars.NAME].")

Ref = Annotated[str, typer.Argument(metavar="REF", help="The request or incident.")]
File = Annotated[Path, _FILE]
Only = Annotated[
    str | None, typer.Option("--sla", metavar="NAME", help="One SLA; all it concerns otherwise.")
]
Priority = Annotated[
    str | None, typer.Option("--priority", metavar="PRIORITY", help="Whose target counts.")
]
Reason = Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why.")]


@verb(
    "sla", "sla desk", "sla desk --warn-before PT2H --json", "sla desk --explain resolution/INC-1"
)
def sla(
    *,
    id: Id,
    store: Store = DEFAULT_STORE,
    explain: Annotated[
        str | None,
        typer.Option("--explain", metavar="CLOCK", help="The timeline of one clock: NAME/REF."),
    ] = None,
    warn_before: Annotated[
        str | None,
        typer.Option("--warn-before", metavar="SPAN", help="Also when so much is left: PT2H."),
    ] = None,
    as_of: AsOf = None,
    known_at: KnownAt = None,
    as_json: Json = False,
) -> None:
    """Every clock: elapsed, due, broken or not.

    Exits with 3 if one broke.
    """
    with in_store(store) as opened:
        seen: EngagementView = opened.load(id)
    if as_of is not None:
        seen = seen.as_of(as_of, known_at)
    clocks = seen.sla.clocks(warn_before=warn_before)
    if explain is not None:
        key = checks.known_id(explain, clocks, "clock", where="explain")
        clocks = {key: clocks[key]}
    if as_json:
        show_json(_as_dict(seen, clocks, timeline=explain is not None))
    else:
        show(*_lines(seen, clocks, timeline=explain is not None))
    if any(reading.breached for reading in clocks.values()):
        raise typer.Exit(BREACHED)


@verb("sla-agree", "sla-agree desk slas.toml --by ana")
def agree(*, id: Id, file: File, by: By, at: At = None, store: Store = DEFAULT_STORE) -> None:
    """Promise every SLA of a file."""
    agreed = slas_from(read_toml(file), str(file))
    with changing(store, id) as e:
        for each in agreed:
            e.sla.agree(each, by=by, at=at)
    show(*(f"agreed {each.name}" for each in agreed))
    errors = sum(finding.severity == "error" for finding in e.sla.lint())
    if errors:
        show(f"{errors} findings keep it from being measured: engagekit lint {file}")


@verb("sla-calendar", "sla-calendar desk slas.toml --name desk --by ana")
def calendar(
    *,
    id: Id,
    file: File,
    by: By,
    name: Annotated[str, typer.Option("--name", metavar="NAME", help="Which of [calendars.NAME].")],
    at: At = None,
    store: Store = DEFAULT_STORE,
) -> None:
    """Count time by a calendar wherever an SLA has none of its own."""
    calendars = calendars_from(read_toml(file), str(file))
    chosen = calendars[checks.known_id(name, calendars, "calendar", where="name")]
    with changing(store, id) as e:
        e.sla.use_calendar(chosen, by=by, at=at)
    show(f"time counts by {name!r}, {chosen.digest[:12]}")


@verb("sla-start", "sla-start desk INC-1 --priority P2 --by ana")
def start(
    *,
    id: Id,
    ref: Ref,
    by: By,
    sla: Only = None,
    priority: Priority = None,
    at: At = None,
    store: Store = DEFAULT_STORE,
) -> None:
    """Start the clocks of a request."""
    with changing(store, id) as e:
        e.sla.start(ref, by=by, sla=sla, priority=priority, at=at)
    _tell(e, ref)


@verb("sla-pause", 'sla-pause desk INC-1 --reason "waiting for client" --by ana')
def pause(
    *,
    id: Id,
    ref: Ref,
    by: By,
    reason: Reason,
    sla: Only = None,
    at: At = None,
    store: Store = DEFAULT_STORE,
) -> None:
    """Pause, for a reason that the SLA names."""
    with changing(store, id) as e:
        e.sla.pause(ref, reason=reason, by=by, sla=sla, at=at)
    _tell(e, ref)


@verb("sla-resume", 'sla-resume desk INC-1 --reason "waiting for client" --by ana')
def resume(
    *,
    id: Id,
    ref: Ref,
    by: By,
    reason: Reason,
    sla: Only = None,
    at: At = None,
    store: Store = DEFAULT_STORE,
) -> None:
    """End a pause."""
    with changing(store, id) as e:
        e.sla.resume(ref, reason=reason, by=by, sla=sla, at=at)
    _tell(e, ref)


@verb("sla-stop", "sla-stop desk INC-1 --by ana")
def stop(
    *, id: Id, ref: Ref, by: By, sla: Only = None, at: At = None, store: Store = DEFAULT_STORE
) -> None:
    """Stop the clocks of a request: it was answered."""
    with changing(store, id) as e:
        e.sla.stop(ref, by=by, sla=sla, at=at)
    _tell(e, ref)


@verb("sla-cancel", "sla-cancel desk INC-1 --reason duplicate --by ana")
def cancel(
    *,
    id: Id,
    ref: Ref,
    by: By,
    reason: Reason,
    sla: Only = None,
    at: At = None,
    store: Store = DEFAULT_STORE,
) -> None:
    """The request fell away."""
    with changing(store, id) as e:
        e.sla.cancel(ref, reason=reason, by=by, sla=sla, at=at)
    _tell(e, ref)


@verb("sla-reopen", "sla-reopen desk INC-1 --by ana")
def reopen(
    *, id: Id, ref: Ref, by: By, sla: Only = None, at: At = None, store: Store = DEFAULT_STORE
) -> None:
    """Run stopped clocks again, as the policy of their SLA says."""
    with changing(store, id) as e:
        e.sla.reopen(ref, by=by, sla=sla, at=at)
    _tell(e, ref)


@verb(
    "sla-retarget",
    "sla-retarget desk INC-1 --priority P1 --by ana",
    "sla-retarget desk INC-1 --target PT2H --by ana",
)
def retarget(
    *,
    id: Id,
    ref: Ref,
    by: By,
    sla: Only = None,
    priority: Priority = None,
    target: Annotated[
        str | None, typer.Option("--target", metavar="SPAN", help="Another target: PT2H.")
    ] = None,
    at: At = None,
    store: Store = DEFAULT_STORE,
) -> None:
    """Judge a request by another target."""
    with changing(store, id) as e:
        e.sla.retarget(ref, by=by, sla=sla, priority=priority, target=target, at=at)
    _tell(e, ref)


def _tell(e: EngagementView, ref: str) -> None:
    clocks = e.sla.clocks()
    show(*(_line(key, clocks[key]) for key in clocks if key.partition("/")[2] == ref))


def _line(key: str, reading: ClockReading) -> Text:
    style = "red" if reading.breached else ""
    warn = "" if reading.warn_us is None else f", warn at {as_text(reading.warn_us)}"
    left = "" if reading.remaining is None else f", {_signed(reading)}"
    return line((f"{key}: ", "bold"), (f"{reading}{left}{warn}", style))


def _signed(reading: ClockReading) -> str:
    remaining = reading.remaining
    assert remaining is not None  # the caller asked
    return f"{abs(remaining)} {'left' if remaining >= -remaining else 'over'}"


def _lines(
    seen: EngagementView, clocks: dict[str, ClockReading], *, timeline: bool
) -> Iterator[Text | str]:
    if not clocks:
        yield "no clock runs"
    for key, reading in clocks.items():
        yield _line(key, reading)
        if timeline:
            yield from str(reading.explain()).splitlines()
    due = None if timeline else seen.sla.next_due()
    if due is not None:
        yield f"next due: {due[0]} at {due[1].isoformat()}"
    yield from (str(signal) for signal in seen.sla.signals())


def _as_dict(
    seen: EngagementView, clocks: dict[str, ClockReading], *, timeline: bool
) -> dict[str, object]:
    due = seen.sla.next_due()
    shown: dict[str, object] = {}
    for key, reading in clocks.items():
        more = {"timeline": reading.explain().to_dict()} if timeline else {}
        shown[key] = reading.to_dict() | more
    return {
        "clocks": shown,
        "next_due": None if due is None else {"clock": due[0], "at": due[1].isoformat()},
        "signals": [str(signal) for signal in seen.sla.signals()],
    }
