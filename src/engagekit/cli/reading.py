"""Commands that look: list, show, check, log, lifecycle. None writes, not even an empty file."""

from __future__ import annotations

from typing import Annotated

import typer

from engagekit.cli.calls import DEFAULT_STORE, Calls
from engagekit.cli.pictures import engagement_lines, log_lines, plan_lines, report_lines
from engagekit.cli.places import in_store
from engagekit.cli.refusals import EXIT
from engagekit.cli.screen import show, show_json
from engagekit.cli.verb import Id, Json, Store, verb
from engagekit.engagement.view import EngagementView
from engagekit.lifecycle.plan import PhasePlan
from engagekit.reports.text import event_dict

__all__: list[str] = []

AsOf = Annotated[
    str | None, typer.Option("--as-of", metavar="TIME", help="As it stood then; now otherwise.")
]
KnownAt = Annotated[
    str | None,
    typer.Option("--known-at", metavar="TIME", help="With --as-of: by what was known then."),
]


@verb("list", "list", "list --store sqlite:///archive.db --json")
def list_ids(*, store: Store = DEFAULT_STORE, as_json: Json = False) -> None:
    """The ids in the store, one a line."""
    with in_store(store) as opened:
        ids = list(opened.ids())
    if as_json:
        show_json(ids)
    else:
        show(*ids)


@verb("show", "show acme_churn", "show acme_churn --as-of 2026-03-02T09:00:00+01:00 --json")
def show_one(
    *,
    id: Id,
    store: Store = DEFAULT_STORE,
    as_of: AsOf = None,
    known_at: KnownAt = None,
    as_json: Json = False,
) -> None:
    """Where it stands and what it waits for."""
    seen = _loaded(store, id, as_of, known_at)
    if as_json:
        show_json(seen.to_dict())
    else:
        show(*engagement_lines(seen, Calls(id, store)))


@verb("check", "check acme_churn", "check acme_churn --phase testing_qa --json")
def check(
    *,
    id: Id,
    store: Store = DEFAULT_STORE,
    phase: Annotated[
        str | None,
        typer.Option(
            "--phase", metavar="PHASE", help="The gate of this phase; the current one's otherwise."
        ),
    ] = None,
    as_of: AsOf = None,
    known_at: KnownAt = None,
    as_json: Json = False,
) -> None:
    """Whether a phase may be left, and why not.

    The exit code says it, too: 0 ready, 3 blocked, 4 conditional, 5 insufficient evidence.
    """
    report = _loaded(store, id, as_of, known_at).check(phase)
    calls = Calls(id, store)
    if as_json:
        show_json(calls.report_dict(report))
    else:
        show(*report_lines(report, calls))
    raise typer.Exit(EXIT[report.verdict])


@verb("log", "log acme_churn", "log acme_churn --json")
def log(*, id: Id, store: Store = DEFAULT_STORE, as_json: Json = False) -> None:
    """Everything that happened, oldest first."""
    seen = _loaded(store, id)
    if as_json:
        show_json([event_dict(event) for event in seen.log])
    else:
        show(*log_lines(seen))


@verb("lifecycle", "lifecycle --service machine_learning --service serverless --mermaid")
def lifecycle(
    *,
    services: Annotated[
        list[str] | None,
        typer.Option(
            "--service", metavar="SERVICE", help="A service it delivers; repeat for more."
        ),
    ] = None,
    serving_platform: Annotated[
        bool,
        typer.Option(
            "--serving-platform", help="The platform that serves the model is built, too."
        ),
    ] = False,
    mermaid: Annotated[bool, typer.Option("--mermaid", help="As a Mermaid flowchart.")] = False,
    as_json: Json = False,
) -> None:
    """The phases that services call for.

    It needs no store.
    """
    plan = PhasePlan.for_services(services or (), serving_platform=serving_platform)
    inserted = [phase.id for phase, _ in PhasePlan.standard().diff(plan).added]
    if mermaid and as_json:
        raise typer.BadParameter("choose one of --mermaid and --json")
    if mermaid:
        show(*plan.mermaid().splitlines())
    elif as_json:
        show_json(_plan_dict(plan, inserted))
    else:
        show(*plan_lines(plan, inserted))


def _loaded(
    store: str, id: str, as_of: str | None = None, known_at: str | None = None
) -> EngagementView:
    if known_at is not None and as_of is None:
        raise typer.BadParameter("--known-at goes with --as-of")
    with in_store(store) as opened:
        engagement = opened.load(id)
    return engagement if as_of is None else engagement.as_of(as_of, known_at)


def _plan_dict(plan: PhasePlan, inserted: list[str]) -> dict[str, object]:
    short = plan.short_form()
    return {
        "phases": [
            {
                "id": phase.id,
                "name": phase.name,
                "short_form": short[phase.id],
                "inserted": phase.id in inserted,
            }
            for phase in plan.phases
        ]
    }
