"""Every command explains itself, with an example that works as it stands."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
import typer.main
from typer.testing import CliRunner

from engagekit.cli.app import app

ROOT = Path(__file__).parents[3]
COMMANDS = typer.main.get_command(app).commands  # type: ignore[attr-defined]
REFERENCE = ROOT / "docs" / "reference" / "command.md"
NAMES = [
    *("new", "list", "show", "check", "log", "lifecycle", "attest", "record", "document", "waive"),
    *("sign-off", "advance", "hold", "resume", "rework", "cancel", "reopen"),
    *("sla", "sla-agree", "sla-calendar", "sla-start", "sla-pause", "sla-resume", "sla-stop"),
    *("sla-cancel", "sla-reopen", "sla-retarget", "lint", "demo"),
]


def examples_of(name: str) -> list[str]:
    """The command lines in the help of a command."""
    said = CliRunner().invoke(app, [name, "--help"]).stdout
    return re.findall(r"^ +engagekit (.+)$", said.partition("Example")[2], re.MULTILINE)


def test_commands() -> None:
    """These are the commands, in the order of the help."""
    assert list(COMMANDS) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_help_carries_an_example(name: str) -> None:
    """And the example names options the command has."""
    examples = examples_of(name)
    assert examples
    flags = {flag for option in COMMANDS[name].params for flag in option.opts}
    required = {option.opts[0] for option in COMMANDS[name].params if option.required}
    for example in examples:
        verb, *words = shlex.split(example)
        used = {word for word in words if word.startswith("--")}
        assert verb == name
        assert used <= flags
        assert {flag for flag in required if flag.startswith("--")} <= used


@pytest.mark.parametrize("name", NAMES)
def test_options_are_what_they_should_be(name: str) -> None:
    """Who does it is required wherever something is written; --json wherever something is read."""
    flags = {flag: option for option in COMMANDS[name].params for flag in option.opts}
    reads = name in {"list", "show", "check", "log", "lifecycle", "sla", "lint"}
    assert ("--json" in flags) == reads
    assert ("--by" in flags) == (not reads and name != "demo")
    assert all(flags["--by"].required for _ in [1] if "--by" in flags)
    assert ("--store" in flags) == (name not in {"lifecycle", "lint"})
    assert ("--at" in flags) == ("--by" in flags)


def test_help_of_all() -> None:
    """The first page lists the commands whole, the exit codes and an example."""
    said = CliRunner().invoke(app, ["--help"]).stdout
    assert "..." not in said.partition("Commands:")[2]
    assert "0 go, 1 crash" in said
    assert "engagekit demo" in said


def test_no_arguments_show_the_help() -> None:
    """Called with nothing, it says what it can do, and that this was no proper call."""
    done = CliRunner().invoke(app, [])
    assert done.exit_code == 2
    assert "Commands:" in done.output


def test_version() -> None:
    """The version is that of the package."""
    import engagekit

    said = CliRunner().invoke(app, ["--version"]).stdout
    assert said == f"engagekit {engagekit.__version__}\n"


def test_the_reference_is_complete() -> None:
    """The reference page has every command with every option, under a heading of its own."""
    page = REFERENCE.read_text(encoding="utf-8")
    assert re.findall(r"^## (\S+)$", page, re.MULTILINE) == NAMES
    for part in re.split(r"^## ", page, flags=re.MULTILINE)[1:]:
        name, _, told = part.partition("\n")
        for option in COMMANDS[name].params:
            shown = option.opts[0] if option.opts[0].startswith("-") else option.metavar
            assert f"`{shown}" in told, f"{name} lacks {shown}"
            assert option.help in told, f"{name}: {shown} is told otherwise"
