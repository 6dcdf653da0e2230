"""`engagekit sla`, its writing verbs, and `engagekit lint`, from files to exit codes."""

from __future__ import annotations

import json

import pytest

from engagekit.errors import DefinitionError
from engagekit.sla.definition import calendars_from, slas_from

WHOLE = """
[calendars.desk]
zone = "Europe/Paris"
week = { mon-fri = ["09:00-17:00"] }

[[sla]]
name = "resolution"
metric = "resolution_time"
target = "PT8H"
calendar = "desk"
unit = "hours"
priorities = { P1 = "PT4H", P2 = "PT8H" }
pause_on = ["waiting for client"]
window = "P1M"
source = "the service desk's log, each event"
exclusions = { "planned maintenance" = "P5BD" }
remedy = "escalation to the service manager"
service = "service desk"
"""


@pytest.mark.req("S34")
def test_lint_tells_what_cannot_be_measured(engagekit, folder):
    """A whole agreement passes, one without a window does not; each finding has its rule."""
    (folder / "slas.toml").write_text(WHOLE)
    assert "0 errors" in engagekit("lint slas.toml").stdout
    (folder / "slas.toml").write_text(WHOLE.replace('window = "P1M"\n', ""))
    assert "M07 error" in engagekit("lint slas.toml", exit=3).stdout
    found = json.loads(engagekit("lint slas.toml --json", exit=3).stdout)
    assert any(row["rule"] == "M07" and row["source"] for row in found)


def test_clocks_run_from_the_command(engagekit, folder):
    """Agree, start, pause, resume, retarget, stop, reopen, cancel: each shows the clock."""
    (folder / "slas.toml").write_text(WHOLE)
    engagekit("new Desk --client Acme --id desk --by ana")
    assert "no clock runs" in engagekit("sla desk").stdout
    engagekit("sla-calendar desk slas.toml --name desk --by ana")
    assert "agreed resolution" in engagekit("sla-agree desk slas.toml --by ana").stdout
    assert "running" in engagekit("sla-start desk INC-1 --priority P2 --by ana").stdout
    why = '--reason "waiting for client" --by ana'
    assert "paused" in engagekit(f"sla-pause desk INC-1 {why}").stdout
    assert "running" in engagekit(f"sla-resume desk INC-1 {why}").stdout
    assert "4:00:00 left" in engagekit("sla-retarget desk INC-1 --priority P1 --by ana").stdout
    said = engagekit("sla desk --warn-before PT1H --explain resolution/INC-1").stdout
    assert "elapsed: 0:00:00" in said
    assert "next due: resolution/INC-1" in engagekit("sla desk").stdout
    plain = json.loads(engagekit("sla desk --json").stdout)
    assert plain["clocks"]["resolution/INC-1"]["target_s"] == 4 * 3600
    assert "stopped" in engagekit("sla-stop desk INC-1 --by ana").stdout
    assert "running" in engagekit("sla-reopen desk INC-1 --by ana").stdout
    assert "cancelled" in engagekit("sla-cancel desk INC-1 --reason twice --by ana").stdout


@pytest.mark.parametrize(
    ("line", "code", "words"),
    [
        ("sla desk --explain resolution/INC-9", 2, "did you mean"),
        ("sla-stop desk INC-9 --by ana", 2, "unknown subject"),
        ('sla-pause desk INC-1 --reason lunch --by ana', 3, "pauses no clock"),
        ("sla-start desk INC-2 --priority P9 --by ana", 2, "unknown priority"),
        ("sla-stop desk INC-1 --by ana --at 2026-03-02T09:00", 2, "no time zone"),
        ("sla-calendar desk slas.toml --name night --by ana", 2, "unknown calendar"),
        ("lint missing.toml", 2, "no such file"),
    ],
)  # fmt: skip
def test_wrong_calls_are_refused(engagekit, folder, line, code, words):
    """Unknown names, reasons and times: a sentence and an exit code, never a traceback."""
    (folder / "slas.toml").write_text(WHOLE)
    engagekit("new Desk --client Acme --id desk --by ana")
    engagekit("sla-agree desk slas.toml --by ana")
    engagekit("sla-start desk INC-1 --priority P1 --by ana")
    assert words in engagekit(line, exit=code).output


def test_all_faults_of_a_definition_come_at_once():
    """File and key of each; a stranger gets a suggestion."""
    plain = {
        "slas": 1,
        "calendars": {"a": 3, "b": {"zone": "UTC"}, "c": {"zone": "UTC", "weak": {}}},
        "sla": [3, {"name": "x", "calendar": "d"}, {"name": "y"}, {"name": "y"}],
    }
    with pytest.raises(DefinitionError) as refused:
        slas_from(plain, "slas.toml")
    told = [str(fault) for fault in refused.value.faults]
    assert len(told) == 7
    assert all(fault.startswith("slas.toml: ") for fault in told)


def test_a_definition_without_anything_is_none():
    """No SLA, no calendar, or tables that are none."""
    with pytest.raises(DefinitionError, match="write a table"):
        slas_from({})
    with pytest.raises(DefinitionError, match="write a table"):
        calendars_from({})
    with pytest.raises(DefinitionError, match="expected tables"):
        calendars_from({"calendars": 3})
