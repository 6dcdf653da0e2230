"""The command as a whole: its parts in the order of its help, and how it is run."""

from __future__ import annotations

import contextlib
import sys
from typing import Annotated

import typer

import engagekit
from engagekit.cli.screen import show
from engagekit.cli.verb import app

# Each of these adds its commands to `app`; the order is that of the help.
# isort: off
from engagekit.cli import beginning, reading, gating, moving, service_levels, linting, demo  # noqa: F401

# isort: on

__all__ = ["app", "run"]


def _version(wanted: bool) -> None:
    if wanted:
        show(f"engagekit {engagekit.__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_version, is_eager=True, help="The version, and exit."),
    ] = False,
) -> None:
    pass


def run() -> int:
    """Run the command on the arguments of this process; its exit code."""
    for stream in (sys.stdout, sys.stderr):
        # What a terminal's encoding lacks is written out, not a crash.
        with contextlib.suppress(AttributeError):
            stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
    app(prog_name="engagekit")  # ends the process with its exit code
    return 0
