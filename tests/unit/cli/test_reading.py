"""`list`, `show`, `check`, `log`, `lifecycle`: they tell, as text and as JSON, and never write."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import Result

import engagekit as ek
from engagekit.lifecycle.plan import PhasePlan

Command = Callable[..., Result]
READING = ["list", "show demo", "check demo", "log demo"]


def test_list(begun: Command) -> None:
    """Ids, sorted, one a line or as a JSON array."""
    begun("new Other --client Acme --id another --by ana")
    assert begun("list").stdout == "another\ndemo\n"
    assert json.loads(begun("list --json").stdout) == ["another", "demo"]


def test_show(begun: Command) -> None:
    """Title, phase, history, the gate and its fixes."""
    assert begun("show demo").stdout.splitlines()[:7] == [
        "Churn model for Acme (demo)",
        "Requirements Definition, active",
        "",
        "  requirements_definition: 2026-03-02T09:00:00Z until now",
        "",
        "Gate of requirements_definition at 2026-03-02T09:00:00Z: insufficient evidence",
        "  [no evidence] stakeholder_interviews: Stakeholders were interviewed",
    ]


def test_show_as_json(ask: Callable[..., Any]) -> None:
    """What the library's `to_dict` says, no more and no less."""
    with ek.open_store("sqlite:///engagements.db") as store:
        assert ask("show demo") == store.load("demo").to_dict()


def test_show_in_the_past(begun: Command, clock: Any, ask: Callable[..., Any]) -> None:
    """Asked about a time, it answers for that time; --known-at leaves out what was not known."""
    clock.set("2026-03-05T09:00:00Z")
    begun('hold demo --reason "leave" --by ana --at 2026-03-03T09:00:00Z')
    assert ask("show demo")["status"] == "on_hold"
    assert ask("show demo --as-of 2026-03-02T10:00:00Z")["status"] == "active"
    then = "--as-of 2026-03-04T09:00:00Z"
    assert ask(f"show demo {then}")["status"] == "on_hold"
    assert ask(f"show demo {then} --known-at 2026-03-04T09:00:00Z")["status"] == "active"
    assert "goes with --as-of" in begun("show demo --known-at 2026-03-04T09:00:00Z", exit=2).stderr
    assert "began at" in begun("show demo --as-of 2026-01-01T00:00:00Z", exit=2).stderr


def test_show_sign_offs(begun: Command, meet_all: Callable[[], None]) -> None:
    """Whether each decision at this gate still counts."""
    meet_all()
    begun("sign-off demo --by cho")
    assert begun("show demo").stdout.endswith("sign-off: go by cho, 2026-03-02T09:00:00Z, stands\n")
    begun("attest demo constraint_mapping --by dan")
    last = begun("show demo").stdout.splitlines()[-1]
    assert last.startswith("sign-off: go by cho, 2026-03-02T09:00:00Z, stale: constraint_mapping ")


def test_show_ended(begun: Command) -> None:
    """What has ended waits for nothing; a hold is told with its length."""
    begun('hold demo --reason "leave" --by ana')
    begun("resume demo --by ana")
    begun('cancel demo --reason "budget" --by ana')
    shown = begun("show demo").stdout
    assert "Requirements Definition, cancelled" in shown
    assert "(cancel)" in shown
    assert "Gate of" not in shown


def test_check_by_verdict(
    begun: Command, meet_all: Callable[[], None], ask: Callable[..., Any]
) -> None:
    """0 ready, 3 blocked, 4 conditional, 5 insufficient evidence; the same with --json."""
    assert ask("check demo", exit=5)["verdict"] == "insufficient_evidence"
    begun("attest demo technical_discovery --value false --by ben")
    assert ask("check demo", exit=3)["verdict"] == "blocked"
    meet_all()
    begun("check demo")
    assert ask("check demo")["verdict"] == "ready"
    begun("attest demo timeline --value false --by ben")
    begun('waive demo timeline --reason "late" --until 2026-04-01T00:00:00Z --by ana')
    begun("check demo --phase scoping_proposal", exit=5)
    begun("attest demo deliverable_definition --by ben")
    begun("attest demo pricing_model_selection --by ben")
    assert ask("check demo --phase scoping-proposal", exit=4)["verdict"] == "conditional"
    assert ask("check demo --phase scoping-proposal --as-of 2026-04-02T00:00:00Z", exit=3)


def test_check_as_json_is_the_report(ask: Callable[..., Any]) -> None:
    """The library's report, with fixes one can type."""
    with ek.open_store("sqlite:///engagements.db") as store:
        report = store.load("demo").check().to_dict()
    said = ask("check demo", exit=5)
    assert said["rows"][0]["fix"] == "engagekit attest demo stakeholder_interviews --by NAME"
    for row in [*report["rows"], *said["rows"]]:  # type: ignore[misc]
        del row["fix"]
    assert said == report


def test_log(begun: Command, clock: Any) -> None:
    """When, who, what; and when it was learnt, where that was later."""
    clock.set("2026-03-05T09:00:00Z")
    begun("attest demo timeline --by ben --at 2026-03-03T09:00:00Z --source wiki/4")
    first, second = begun("log demo").stdout.splitlines()
    assert first == "2026-03-02T09:00:00Z  ana: began 'Churn model' for 'Acme', 6 phases"
    assert second == (
        "2026-03-03T09:00:00Z  ben: showed timeline = true (attestation from wiki/4)"
        " [recorded 2026-03-05T09:00:00Z]"
    )


def test_log_as_json(begun: Command, ask: Callable[..., Any]) -> None:
    """Every event with its kind, both times, and plain values."""
    begun('waive demo timeline --reason "late" --until 2026-04-01T00:00:00Z --by ana')
    begun_event, waived = ask("log demo")
    assert begun_event["kind"] == "engagement-started.v1"
    assert begun_event["plan"]["phases"][0]["id"] == "requirements_definition"
    assert waived == {
        "kind": "criterion-waived.v1",
        "at": "2026-03-02T09:00:00Z",
        "recorded_at": "2026-03-02T09:00:00Z",
        "by": "ana",
        "criterion": "timeline",
        "reason": "late",
        "until": "2026-04-01T00:00:00Z",
    }


def test_lifecycle(engagekit: Command, folder: Path) -> None:
    """The plan for the services, without any store."""
    said = engagekit("lifecycle --service machine_learning").stdout.splitlines()
    assert len(said) == 7
    assert said[4] == (" 5  model_validation         Model Validation [implementation] inserted")
    assert not said[3].endswith("inserted")
    assert not list(folder.iterdir())


def test_lifecycle_in_other_forms(engagekit: Command) -> None:
    """As Mermaid, as JSON, never as both."""
    plan = PhasePlan.for_services(["machine_learning"], serving_platform=True)
    given = "lifecycle --service machine-learning --serving-platform"
    assert engagekit(f"{given} --mermaid").stdout == plan.mermaid() + "\n"
    phases = json.loads(engagekit(f"{given} --json").stdout)["phases"]
    assert [phase["id"] for phase in phases] == list(plan.ids)
    assert phases[4] == {
        "id": "model_validation",
        "name": "Model Validation",
        "short_form": "implementation",
        "inserted": True,
    }
    assert "choose one" in engagekit("lifecycle --json --mermaid", exit=2).stderr
    assert "did you mean 'serverless'?" in engagekit("lifecycle --service serverles", exit=2).stderr


@pytest.mark.parametrize("line", READING)
def test_a_missing_store_is_not_made(engagekit: Command, folder: Path, line: str) -> None:
    """Looking for something leaves no empty file behind, nor a folder."""
    said = engagekit(line, exit=1).stderr
    assert said == (
        "error: there is no store 'engagements.db'; --store names another, engagekit new begins"
        " one\n"
    )
    engagekit(f"{line} --store deep/logs", exit=1)
    assert not list(folder.iterdir())


@pytest.mark.parametrize("line", READING)
@pytest.mark.parametrize("content", [b"", b"not a database at all\n" * 99, b"SQLite format 3\0"])
def test_a_file_that_is_no_store(
    engagekit: Command, folder: Path, line: str, content: bytes
) -> None:
    """One line that says so, exit 1, and the file is as it was."""
    file = folder / "engagements.db"
    file.write_bytes(content)
    done = engagekit(line, exit=1)
    assert done.stderr.startswith("error: ")
    assert done.stderr.count("\n") == 1
    assert done.stdout == ""
    assert file.read_bytes() == content


def test_another_database_is_no_store(engagekit: Command, folder: Path) -> None:
    """A SQLite file of another program is neither read nor written."""
    with sqlite3.connect(folder / "engagements.db") as other:
        other.execute("CREATE TABLE mine (x)")
    other.close()
    before = (folder / "engagements.db").read_bytes()
    engagekit("list", exit=1)
    engagekit("new Title --client Acme --by ana", exit=1)
    assert (folder / "engagements.db").read_bytes() == before


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("show dem", "did you mean 'demo'?"),
        ("check demo --phase contractng", "did you mean 'contracting'?"),
        ("check demo --as-of yesterday", "is no ISO 8601 time"),
        ("check demo --as-of 2026-03-02T09:00:00", "has no time zone"),
        ("list --store sqlit:///x.db", "did you mean 'sqlite'?"),
        ("list --store ''", "must not be empty"),
    ],
)
def test_wrong_input(begun: Command, unchanged: None, line: str, message: str) -> None:
    """Exit 2, with what would be right."""
    said = begun(line, exit=2)
    assert message in said.stderr
    assert said.stdout == ""
