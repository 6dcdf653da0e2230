"""Commands that move an engagement: advance, hold, resume, rework, cancel, reopen."""

from __future__ import annotations

from typing import Annotated

import typer

from engagekit.cli.calls import DEFAULT_STORE
from engagekit.cli.pictures import verdict_line
from engagekit.cli.places import changing
from engagekit.cli.screen import show
from engagekit.cli.verb import At, By, Id, Store, verb
from engagekit.engagement.view import EngagementView

__all__: list[str] = []

Reason = Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why.")]


@verb("advance", "advance acme_churn --by ana")
def advance(*, id: Id, by: By, at: At = None, store: Store = DEFAULT_STORE) -> None:
    """Leave the current phase through its gate.

    From the last phase, the engagement closes. A gate that is shut prints its report.
    """
    with changing(store, id) as e:
        report = e.advance(by=by, at=at)
    show(verdict_line(report))
    _tell(e)


@verb("hold", 'hold acme_churn --reason "client on leave" --by ana')
def hold(*, id: Id, by: By, reason: Reason, at: At = None, store: Store = DEFAULT_STORE) -> None:
    """Put the current phase on hold."""
    with changing(store, id) as e:
        e.hold(reason, by=by, at=at)
    _tell(e)


@verb("resume", "resume acme_churn --by ana")
def resume(*, id: Id, by: By, at: At = None, store: Store = DEFAULT_STORE) -> None:
    """Go on with the phase that is on hold."""
    with changing(store, id) as e:
        e.resume(by=by, at=at)
    _tell(e)


@verb("rework", 'rework acme_churn --to implementation --reason "target leaked" --by dana')
def rework(
    *,
    id: Id,
    by: By,
    reason: Reason,
    to: Annotated[str, typer.Option("--to", metavar="PHASE", help="The earlier phase.")],
    at: At = None,
    store: Store = DEFAULT_STORE,
) -> None:
    """Go back to an earlier phase.

    Nothing is deleted; later sign-offs become stale.
    """
    with changing(store, id) as e:
        e.rework(to=to, reason=reason, by=by, at=at)
    _tell(e)


@verb("cancel", 'cancel acme_churn --reason "budget withdrawn" --by ana')
def cancel(*, id: Id, by: By, reason: Reason, at: At = None, store: Store = DEFAULT_STORE) -> None:
    """End the engagement before its time."""
    with changing(store, id) as e:
        e.cancel(reason, by=by, at=at)
    _tell(e)


@verb("reopen", 'reopen acme_churn --at-phase testing_qa --reason "budget is back" --by ana')
def reopen(
    *,
    id: Id,
    by: By,
    reason: Reason,
    at_phase: Annotated[
        str, typer.Option("--at-phase", metavar="PHASE", help="The phase to take it up at.")
    ],
    at: At = None,
    store: Store = DEFAULT_STORE,
) -> None:
    """Take up an ended engagement again."""
    with changing(store, id) as e:
        e.reopen(at_phase=at_phase, reason=reason, by=by, at=at)
    _tell(e)


def _tell(e: EngagementView) -> None:
    """Where it stands now, and what the gate before it says."""
    ended = e.status.value in {"closed", "cancelled"}
    show(f"{e.id}: {e.phase}, {e.status.words}")
    if not ended:
        show(verdict_line(e.check()))
