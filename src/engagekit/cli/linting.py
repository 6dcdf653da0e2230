"""The command that reads agreements before anyone signs them: lint."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from engagekit.cli.places import read_toml
from engagekit.cli.screen import line, show, show_json
from engagekit.cli.verb import Json, verb
from engagekit.sla.ambiguity import lint_sla
from engagekit.sla.definition import slas_from

__all__: list[str] = []

FOUND = 3
_STYLE = {"error": "red", "warning": "yellow", "info": ""}


@verb("lint", "lint slas.toml", "lint slas.toml --json")
def lint(
    *,
    file: Annotated[
        Path,
        typer.Argument(metavar="FILE", help="A TOML file with [[sla]] and [calendars.NAME]."),
    ],
    as_json: Json = False,
) -> None:
    """What keeps an SLA from being measured.

    Each finding names its rule and source. Exits with 3 if there is an error among them.
    """
    findings = [found for sla in slas_from(read_toml(file), str(file)) for found in lint_sla(sla)]
    if as_json:
        show_json([finding.to_dict() for finding in findings])
    else:
        show(
            *(
                line(f"{found.where}: ", (f"{found.rule} {found.severity}", _STYLE[found.severity]),
                     f": {found.message} [{found.source}]")
                for found in findings
            )
        )  # fmt: skip
        errors = sum(found.severity == "error" for found in findings)
        show(f"{errors} errors, {len(findings) - errors} warnings and remarks")
    if any(found.severity == "error" for found in findings):
        raise typer.Exit(FOUND)
