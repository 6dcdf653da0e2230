"""`advance`, `hold`, `resume`, `rework`, `cancel`, `reopen`, and what is possible instead."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import Result

import engagekit as ek

Command = Callable[..., Result]


def test_advance(begun: Command, meet_all: Callable[[], None]) -> None:
    """Through the gate into the next phase, whose gate is told at once."""
    meet_all()
    assert begun("advance demo --by ana").stdout == (
        "gate of requirements_definition: ready\n"
        "demo: scoping_proposal, active\n"
        "gate of scoping_proposal: insufficient evidence, 3 of 3 criteria open\n"
    )


def test_advance_without_evidence(begun: Command, unchanged: None) -> None:
    """The report goes to standard output, the refusal to standard error, exit 5."""
    done = begun("advance demo --by ana", exit=5)
    assert done.stdout == begun("check demo", exit=5).stdout
    assert "cannot be left: insufficient evidence, 3 of 3 criteria open" in done.stderr
    assert "e.attest" not in done.output


def test_advance_blocked(begun: Command) -> None:
    """A criterion that is unmet is exit 3, with what was seen and required."""
    begun("attest demo technical_discovery --value false --by ben")
    assert (
        "      seen: false (attestation by ben, 2026-03-02T09:00:00Z); required:"
        " technical_discovery == true\n"
        "      fix: engagekit attest demo technical_discovery --by NAME\n"
    ) in begun("advance demo --by ana", exit=3).stdout


def test_advance_without_criteria(begun: Command, folder: Path) -> None:
    """A gate nobody documented stays shut, and says how it is documented."""
    (folder / "gates.toml").write_text("[gates]\nrequirements_definition = []\n", encoding="utf-8")
    begun("document demo gates.toml --by ana")
    done = begun("advance demo --by ana", exit=3)
    assert done.stdout.endswith(
        "    'requirements_definition' cannot be left: it has no documented criterion; write"
        " [[gates.requirements_definition]] tables into a file, then: engagekit document demo FILE"
        " --by NAME\n"
    )
    assert done.stderr == "error: 'requirements_definition' cannot be left: blocked\n"


def test_advance_on_a_stale_sign_off(begun: Command, meet_all: Callable[[], None]) -> None:
    """What changed is said, and how it is signed again."""
    meet_all()
    begun("sign-off demo --by cho")
    begun("attest demo technical_discovery --by dan --source wiki/7")
    lines = begun("advance demo --by ana", exit=3).stderr.splitlines()
    assert lines[0] == "error: the sign-off of 'requirements_definition' by 'cho' is stale:"
    assert lines[1].startswith("  technical_discovery was shown anew: ")
    assert lines[2] == "have it looked at again: engagekit sign-off demo --by NAME"
    begun("sign-off demo --by eve")
    begun("advance demo --by ana")


def test_to_the_close_and_back(begun: Command, meet_all: Callable[[], None]) -> None:
    """Six phases, rework on the way, close, reopen, cancel."""
    for _ in range(4):
        meet_all()
        begun("advance demo --by ana")
    assert begun('rework demo --to scoping-proposal --reason "scope grew" --by ana').stdout == (
        "demo: scoping_proposal, active\ngate of scoping_proposal: ready\n"
    )
    for _ in range(5):
        meet_all()
        last = begun("advance demo --by ana").stdout
    assert last.endswith("demo: monitoring_handoff, closed\n")
    assert begun('reopen demo --at-phase testing_qa --reason "defect" --by ana').stdout.startswith(
        "demo: testing_qa, active\n"
    )
    assert begun('cancel demo --reason "budget" --by ana').stdout == "demo: testing_qa, cancelled\n"


def test_hold_and_resume(begun: Command) -> None:
    """A phase on hold does not move; the refusal lists what can be done."""
    assert begun('hold demo --reason "leave" --by ana').stdout.startswith(
        "demo: requirements_definition, on hold\n"
    )
    assert begun("advance demo --by ana", exit=3).stderr == (
        "error: cannot advance: 'requirements_definition' is on hold; possible now:\n"
        "  engagekit resume demo --by NAME\n"
        "  engagekit cancel demo --reason TEXT --by NAME\n"
    )
    assert begun("resume demo --by ana").stdout.startswith("demo: requirements_definition, active")


def test_illegal_moves_name_the_legal_ones(begun: Command, meet_all: Callable[[], None]) -> None:
    """Phases one can go back to, or reopen at, are listed once, behind one command."""
    meet_all()
    begun("advance demo --by ana")
    meet_all()
    begun("advance demo --by ana")
    said = begun('rework demo --to testing_qa --reason "x" --by ana', exit=3).stderr
    assert said.startswith("error: cannot rework to 'testing_qa': 'contracting' is active;")
    assert (
        "  engagekit rework demo --to PHASE --reason TEXT --by NAME"
        "  # PHASE: requirements_definition, scoping_proposal\n"
    ) in said
    begun('cancel demo --reason "x" --by ana')
    said = begun("advance demo --by ana", exit=3).stderr
    assert said.startswith("error: cannot advance: the engagement is cancelled; possible now:\n")
    assert "engagekit reopen demo --at-phase PHASE --reason TEXT --by NAME  # PHASE: req" in said


@pytest.mark.parametrize(
    ("line", "code", "message"),
    [
        ("resume demo --by ana", 3, "cannot resume: 'requirements_definition' is active"),
        ("reopen demo --at-phase contracting --reason x --by ana", 3, "cannot reopen"),
        ("rework demo --to contractng --reason x --by ana", 2, "did you mean 'contracting'?"),
        ("reopen demo --at-phase contractng --reason x --by a", 2, "did you mean 'contracting'?"),
        ("hold demo --by ana", 2, "Missing option '--reason'"),
        ("hold demo --reason '' --by ana", 2, "reason: must not be empty"),
        ("hold demo --reason x --by ''", 2, "by: must not be empty"),
        (
            "hold demo --reason x --by a --at 2026-03-02T10:00:00",
            2,
            "at: '2026-03-02T10:00:00' has",
        ),
        ("hold demo --reason x --by a --at 2026-03-02T10:00:00Z", 2, "lies in the future"),
        ("cancel nobody --reason x --by ana", 2, "unknown engagement 'nobody'; known: demo"),
        ("advanc demo", 2, "Did you mean 'advance'?"),
    ],
)
def test_refused(begun: Command, unchanged: None, line: str, code: int, message: str) -> None:
    """A business answer is exit 3, a wrong call is exit 2; neither changes anything."""
    assert message in begun(line, exit=code).stderr


def test_a_store_that_is_missing(engagekit: Command, folder: Path) -> None:
    """A command that writes does not make a store to find nothing in."""
    engagekit("hold demo --reason x --by ana", exit=1)
    assert not list(folder.iterdir())


def test_someone_else_wrote_first(begun: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    """A conflict is told in the command's words, exit 1, and nothing is lost."""
    hold = ek.Engagement.hold

    def slowly(e: ek.Engagement, reason: str, **more: Any) -> None:
        with ek.open_store("sqlite:///engagements.db") as store, store.edit("demo") as other:
            other.attest("timeline", by="ben")
        hold(e, reason, **more)

    monkeypatch.setattr(ek.Engagement, "hold", slowly)
    said = begun("hold demo --reason leave --by ana", exit=1).stderr
    assert said == (
        "error: someone else wrote to 'demo' just now; look at it, then repeat: engagekit show"
        " demo\n"
    )
    assert begun("log demo").stdout.count("\n") == 2


def test_a_damaged_store(begun: Command, folder: Path) -> None:
    """A log that is not what was written is exit 1 and one line, no traceback."""
    with sqlite3.connect(folder / "engagements.db") as raw:
        raw.execute("UPDATE events SET payload = x'7b7d'")
    raw.close()
    done = begun("show demo", exit=1)
    assert done.stderr.startswith("error: ")
    assert "Traceback" not in done.output
