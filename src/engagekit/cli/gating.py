"""Commands before a gate: attest, record, document, waive, sign-off."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from engagekit.cli.calls import DEFAULT_STORE, Calls
from engagekit.cli.pictures import verdict_line
from engagekit.cli.places import changing, read_toml
from engagekit.cli.screen import note, show
from engagekit.cli.values import typed
from engagekit.cli.verb import At, By, Id, Store, verb
from engagekit.engagement.aggregate import Engagement
from engagekit.engagement.definition import gates_from_tables
from engagekit.engagement.gatekeeping import find_criterion
from engagekit.errors import EvidenceError, Faults
from engagekit.gates.criteria import Criterion, in_words
from engagekit.gates.evidence import ATTESTATION, Evidence
from engagekit.readers import read_evidence

__all__: list[str] = []

CriterionName = Annotated[
    str, typer.Argument(metavar="CRITERION", help="Its id, or one of its metrics.")
]
Source = Annotated[
    str | None,
    typer.Option("--source", metavar="TEXT", help="Where it can be looked up: a link, a ticket."),
]
Expires = Annotated[
    str | None,
    typer.Option("--expires", metavar="TIME", help="From then on it counts no more."),
]


@verb(
    "attest",
    "attest acme_churn msa_executed --by ana --file msa.pdf",
    "attest acme_churn coverage --value 0.85 --by ben",
)
def attest(
    *,
    id: Id,
    criterion: CriterionName,
    by: By,
    value: Annotated[
        str | None,
        typer.Option("--value", metavar="VALUE", help="true where left out; a number or a text."),
    ] = None,
    source: Source = None,
    file: Annotated[
        Path | None,
        typer.Option(
            "--file", metavar="FILE", help="A document that shows it; its digest is kept."
        ),
    ] = None,
    expires: Expires = None,
    at: At = None,
    store: Store = DEFAULT_STORE,
) -> None:
    """Give one's word that a criterion holds."""
    with changing(store, id) as e:
        found, _ = find_criterion(criterion, e.criteria, e.phase)
        _require_word(found, Calls(id, store))
        fact = typed(found, value)
        e.attest(criterion, fact, by=by, source=source, file=file, expires=expires, at=at)
        report = e.check()
    show(f"attested {found.id} = {in_words(fact)}", verdict_line(report))


@verb(
    "record",
    "record acme_churn junit.xml --by ci",
    "record acme_churn build/report.xml --kind cobertura --source https://ci/builds/42 --by ci",
)
def record(
    *,
    id: Id,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A report, as the tool wrote it.")],
    by: By,
    kind: Annotated[
        str | None,
        typer.Option("--kind", metavar="KIND", help="Its format; recognised by its content."),
    ] = None,
    source: Source = None,
    expires: Expires = None,
    at: At = None,
    store: Store = DEFAULT_STORE,
) -> None:
    """Keep a tool's report as evidence.

    Every criterion that reads its facts is judged by it.
    """
    evidence = read_evidence(file, kind, source=source, expires=expires)
    with changing(store, id) as e:
        e.record(evidence, by=by, at=at)
        report, readers = e.check(), _readers(e, evidence)
    show(f"recorded {evidence.kind}: {len(evidence.facts)} facts, sha256 {evidence.digest}")
    if not readers:
        note(f"no criterion of any gate reads them: {', '.join(evidence.facts)}")
    show(*readers, verdict_line(report))


@verb("document", "document acme_churn gates.toml --by ana")
def document(
    *,
    id: Id,
    file: Annotated[
        Path,
        typer.Argument(
            metavar="FILE", help="TOML with [[gates.PHASE]] tables, as in a definition."
        ),
    ],
    by: By,
    at: At = None,
    store: Store = DEFAULT_STORE,
) -> None:
    """Write down the criteria of gates.

    They replace what stood there.
    """
    tables = read_toml(file)
    faults = Faults(())
    with changing(store, id) as e:
        for key in tables:
            if key != "gates":
                faults.add(key, "unknown key; only [[gates.PHASE]] tables are read")
        gates = gates_from_tables(tables.get("gates"), e.plan, faults)
        faults.raise_any(file=str(file))
        for phase, criteria in gates.items():
            e.document_gate(phase, criteria=criteria, by=by, at=at)
        reports = [e.check(phase) for phase in gates]
    show(*map(verdict_line, reports))


@verb(
    "waive",
    'waive acme_churn restore_rehearsed --reason "rehearsal is on 1 July"'
    " --until 2026-07-02T00:00:00Z --by ana",
)
def waive(
    *,
    id: Id,
    criterion: CriterionName,
    by: By,
    reason: Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why it may wait.")],
    until: Annotated[
        str,
        typer.Option("--until", metavar="TIME", help="When it counts again; every waiver ends."),
    ],
    at: At = None,
    store: Store = DEFAULT_STORE,
) -> None:
    """Set a criterion aside until a given time."""
    with changing(store, id) as e:
        e.waive(criterion, reason=reason, by=by, until=until, at=at)
        report = e.check()
    show(f"waived {criterion} until {until}", verdict_line(report))


@verb(
    "sign-off", "sign-off acme_churn --by dana", "sign-off acme_churn --decision recycle --by dana"
)
def sign_off(
    *,
    id: Id,
    by: By,
    decision: Annotated[
        str,
        typer.Option(
            "--decision", metavar="DECISION", help="go, conditional_go, hold, recycle or kill."
        ),
    ] = "go",
    note: Annotated[str | None, typer.Option("--note", metavar="TEXT", help="A remark.")] = None,
    to: Annotated[
        str | None,
        typer.Option("--to", metavar="PHASE", help="With recycle: the phase to go back to."),
    ] = None,
    at: At = None,
    store: Store = DEFAULT_STORE,
) -> None:
    """Decide at the gate of the current phase.

    The decision is bound to what the report says now: when that changes, it is stale.
    """
    with changing(store, id) as e:
        report = e.sign_off(by=by, decision=decision, note=note, to=to, at=at)
        phase, status = e.phase, e.status
    show(f"signed off {report.phase}: {decision}, on report {report.digest[:12]}")
    if phase != report.phase or status.value != "active":
        show(f"{id} is now in {phase}, {status.words}")


def _require_word(criterion: Criterion, calls: Calls) -> None:
    """Refuse in the command's words what takes reports only."""
    if criterion.accepts and ATTESTATION not in criterion.accepts:
        raise EvidenceError(
            f"is judged by {' or '.join(criterion.accepts)} evidence, not by anyone's word:"
            f" {calls.record(criterion)}",
            where=criterion.id,
        )


def _readers(e: Engagement, evidence: Evidence) -> list[str]:
    """What the facts of a report say to the criteria that read them, gate by gate."""
    return [
        f"  {phase}.{row.criterion.id}: {row.fact.metric} = {in_words(row.fact.value)},"
        f" {row.status.words}"
        for phase in e.plan.ids
        for row in e.check(phase).rows
        if row.fact is not None and row.fact.digest == evidence.digest
    ]
