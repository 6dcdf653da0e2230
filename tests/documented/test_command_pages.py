"""Every shell session on the pages about the command is run, line by line, and compared.

A `toml` or `xml` fence that begins with a comment of just a file name is written to that file.
Time stands still, so that pages can show it; `...` stands for what differs, `$ echo $?` for the
exit code.
"""

from __future__ import annotations

import contextlib
import doctest
import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

import engagekit as ek
from engagekit.cli.app import app

DOCS = Path(__file__).parents[2] / "docs"
PAGES = [
    DOCS / "how-to" / "command-line.md",
    DOCS / "how-to" / "definition-file.md",
    DOCS / "reference" / "command.md",
]
FENCE = re.compile(r"^```(console|toml|xml)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
FILE = re.compile(r"(?:# |<!-- )([\w.-]+)(?: -->)?\n")


def session(fence: str) -> Iterator[tuple[str, str]]:
    """Each command of a session with the output below it."""
    for part in re.split(r"^\$ ", fence, flags=re.MULTILINE)[1:]:
        command, _, output = part.partition("\n")
        while command.endswith("\\"):
            more, _, output = output.partition("\n")
            command = command[:-1] + more.strip()
        yield command, output


def ran(command: str) -> tuple[str, int]:
    """Output of both streams, and the exit code."""
    program, *arguments = shlex.split(command)
    assert program == "engagekit"
    done = CliRunner().invoke(app, arguments, catch_exceptions=False)
    return done.output, done.exit_code


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_sessions(page: Path, tmp_path: Path) -> None:
    """What a page shows is what one gets."""
    code = 0
    same = doctest.OutputChecker().check_output
    with contextlib.chdir(tmp_path), ek.use_clock("2026-03-02T09:00:00Z"):
        for language, fence in FENCE.findall(page.read_text(encoding="utf-8")):
            named = FILE.match(fence)
            if language != "console":
                if named:
                    Path(named[1]).write_text(fence, encoding="utf-8")
                continue
            for command, shown in session(fence):
                if command == "echo $?":
                    assert shown == f"{code}\n", command
                    continue
                said, code = ran(command)
                assert same(shown, said, doctest.ELLIPSIS), f"{command}\n{said}"


def test_the_pages_show_sessions() -> None:
    """A page whose sessions are not found would pass by being empty."""
    for page in PAGES:
        fences = FENCE.findall(page.read_text(encoding="utf-8"))
        commands = [c for kind, text in fences if kind == "console" for c in session(text)]
        assert len(commands) >= 3, page.name


def test_a_wrong_page_would_fail(tmp_path: Path) -> None:
    """The comparison itself is tried on output that is not so."""
    page = tmp_path / "page.md"
    page.write_text("```console\n$ engagekit lifecycle\nnothing\n```\n", encoding="utf-8")
    with pytest.raises(AssertionError, match="requirements_definition"):
        test_sessions(page, tmp_path)
