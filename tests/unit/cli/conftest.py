"""The command as tests use it: run within this process, in an empty folder, at a fixed time."""

from __future__ import annotations

import json
import shlex
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeAlias

import pytest
from typer.testing import CliRunner, Result

from engagekit.cli.app import app

Command: TypeAlias = Callable[..., Result]

JUNIT = """<testsuites><testsuite name="s">
<testcase name="a"/><testcase name="b">{inner}</testcase>
</testsuite></testsuites>
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder, which is the current one."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def engagekit(folder: Path, clock: object) -> Command:
    """Runs a command line; fails unless it ends with the exit code expected (None: any)."""
    runner = CliRunner()

    def run(line: str, *more: str, exit: int | None = 0) -> Result:
        done = runner.invoke(app, [*shlex.split(line), *more], catch_exceptions=False)
        assert exit in {None, done.exit_code}, done.output
        return done

    return run


@pytest.fixture
def begun(engagekit: Command) -> Command:
    """As `engagekit`, with an engagement `demo` in the store that is used by default."""
    engagekit('new "Churn model" --client Acme --id demo --by ana')
    return engagekit


@pytest.fixture
def ask(begun: Command) -> Callable[..., Any]:
    """What a reading command says as JSON."""

    def answer(line: str, exit: int | None = 0) -> Any:
        return json.loads(begun(f"{line} --json", exit=exit).stdout)

    return answer


@pytest.fixture
def unchanged(begun: Command) -> Iterator[None]:
    """Whatever the test does to `demo`, its log stays as it was."""
    before = begun("log demo --json").stdout
    yield
    assert begun("log demo --json").stdout == before


@pytest.fixture
def junit(folder: Path) -> Callable[..., Path]:
    """Writes a JUnit report of two tests."""

    def write(name: str = "junit.xml", inner: str = "") -> Path:
        path = folder / name
        path.write_text(JUNIT.format(inner=inner), encoding="utf-8")
        return path

    return write


@pytest.fixture
def meet_all(begun: Command, ask: Callable[..., Any]) -> Callable[[], None]:
    """Attests every open criterion of the gate before `demo` (by ben)."""

    def attest() -> None:
        for row in ask("check demo", exit=None)["rows"]:
            if row["status"] != "met":
                begun(f"attest demo {row['criterion']} --by ben")

    return attest
