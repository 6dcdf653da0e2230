"""Text that people wrote is shown, never obeyed: no markup, no escape sequence, no crash."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from typer.testing import Result

from engagekit.cli.screen import harmless

Command = Callable[..., Result]

ESCAPE, BELL, BIDI = "\x1b[31m", "\x07", "\u202e"
HOSTILE = (
    f"[bold]T[/bold] :smile: [link=x]{ESCAPE}{BELL}{BIDI}\r\n[met] fake: \x9b2J Zoé 日本 👩\u200d🔬"
)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain [red]text[/red]", "plain [red]text[/red]"),
        ("Zoé 日本\xa0👩\u200d🔬", "Zoé 日本\xa0👩\u200d🔬"),
        (ESCAPE, "\\x1b[31m"),
        ("a\r\nb\tc", "a\\r\\nb\\tc"),
        ("\x9b2J", "\\x9b2J"),
        ("\u202egnp.exe", "\\u202egnp.exe"),
        ("\u2066\u2028\ufeff", "\\u2066\\u2028\\ufeff"),
        ("\U000e0001", "\\U000e0001"),
    ],
)
def test_harmless(text: str, shown: str) -> None:
    """Letters and signs of every script stay; what steers a terminal is written out."""
    assert harmless(text) == shown


def test_lines_of_a_message_are_kept() -> None:
    """Our own line breaks pass where they are asked for, and nothing else does."""
    assert harmless("a\n\x1bb", keep="\n") == "a\n\\x1bb"


def test_hostile_text_everywhere(engagekit: Command) -> None:
    """Whatever a title, reason or source holds, no command lets it through raw."""
    engagekit(f"new --client Acme --id x --by ana -- '{HOSTILE}'")
    engagekit("attest x timeline --by", f"ana {ESCAPE}", "--source", HOSTILE)
    engagekit(
        "attest x technical_discovery --value false --by", f"ben {ESCAPE}", "--source", HOSTILE
    )
    engagekit("waive x constraint_mapping --until 2027-01-01T00:00:00Z --by ana --reason", HOSTILE)
    lines = ["show x", "check x", "log x", "advance x --by ana", "sign-off x --by cho"]
    for line in [*lines, "hold x --by ana --reason", "show x --json", "log x --json"]:
        more = [HOSTILE] if line.endswith("reason") else []
        done = engagekit(line, *more, exit=None)
        for raw in (ESCAPE, "\x1b", BELL, BIDI, "\r", "\x9b"):
            assert raw not in done.output, line
        assert "\n[met] fake" not in done.output, line
    shown = engagekit("show x").stdout
    assert (
        "[bold]T[/bold] :smile: [link=x]\\x1b[31m\\x07\\u202e\\r\\n[met] fake: \\x9b2J Zoé 日本"
        in shown
    )
    assert json.loads(engagekit("show x --json").stdout)["profile"]["title"] == HOSTILE


def test_hostile_input_in_errors(engagekit: Command) -> None:
    """What was typed wrong is quoted in the refusal, harmless as well."""
    engagekit("new T --client Acme --id x --by ana")
    for line in (
        "show",
        "check x --phase",
        "attest x --by ana",
        "lifecycle --service",
        "list --store",
    ):
        done = engagekit(line, HOSTILE, exit=None)
        assert done.exit_code in {1, 2}
        for raw in ("\x1b", BELL, BIDI, "\r", "\x9b"):
            assert raw not in done.output, line
