"""The command `engagekit`. It needs the extra `cli`; without it, it says so."""

from __future__ import annotations

import sys

from engagekit.errors import MissingExtra

__all__ = ["main"]

_EXTRA = ("typer", "rich")


def main() -> int:
    """Run the command with the arguments of this process; its exit code."""
    try:
        from engagekit.cli.app import run
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in _EXTRA:
            raise
        missing = MissingExtra(extra="cli", needed_for="the command engagekit")
        sys.stderr.write(f"{missing}\n")
        return 2
    return run()
