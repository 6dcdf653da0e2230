"""The scripts in `examples/` run as they stand, and print what they promise."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import engagekit as ek

EXAMPLES = Path(__file__).parents[2] / "examples"

PASSING = '<testsuites><testsuite name="s"><testcase name="a"/></testsuite></testsuites>'
FAILING = PASSING.replace('"a"/>', '"a"><failure/></testcase>')


def run(folder: Path, name: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run one example in a folder of its own."""
    return subprocess.run(
        [sys.executable, EXAMPLES / name, *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def store(tmp_path: Path) -> str:
    """A store with an engagement whose testing gate reads test reports."""
    tests = {"id": "tests", "metric": "junit.failed", "op": "==", "target": 0, "unit": "count"}
    signed = {"id": "plan_agreed", "metric": "plan_agreed", "op": "==", "target": True}
    e = ek.Engagement.start(
        "Shop", client="Acme", by="ana", id="shop", gates={"testing_qa": [tests, signed]}
    )
    with ek.open_store(tmp_path / "shop.db") as made:
        made.save(e)
    return f"sqlite:///{tmp_path}/shop.db"


def test_first_engagement(tmp_path: Path) -> None:
    """A refusal that explains itself, a waiver, a refused self-approval, a move, a file."""
    done = run(tmp_path, "01_first_engagement.py")
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert lines[0].count(" > ") == 6
    assert lines[1] == "requirements_definition: insufficient evidence, 3 criteria open"
    assert lines[2] == "'requirements_definition' cannot be left: blocked, 3 of 3 criteria open"
    assert "    fix: e.attest('stakeholder_interviews', by=...)" in lines
    assert "now: conditional" in lines
    assert any(line.startswith("'ben' supplied or waived technical_discovery") for line in lines)
    assert lines[-2:] == [
        "in scoping_proposal",
        "7 events kept; when it began it was in requirements_definition",
    ]
    assert (tmp_path / "first.db").is_file()
    assert run(tmp_path, "01_first_engagement.py").returncode == 0


def test_gate_in_a_script(tmp_path: Path, store: str) -> None:
    """The exit code follows the reports and what else the gate asks for."""
    report = tmp_path / "junit.xml"
    report.write_text(FAILING, encoding="utf-8")
    blocked = run(tmp_path, "02_gate_in_a_script.py", store, "shop", "junit.xml")
    assert blocked.returncode == 3
    assert "[unmet] tests: Tests" in blocked.stdout
    assert "seen: 1 (junit by pipeline, " in blocked.stdout

    report.write_text(PASSING, encoding="utf-8")
    assert run(tmp_path, "02_gate_in_a_script.py", store, "shop", "junit.xml").returncode == 5

    with ek.open_store(store) as opened, opened.edit("shop") as e:
        e.waive("plan_agreed", reason="x", until="2999-01-01T00:00:00Z", by="ana")
    assert run(tmp_path, "02_gate_in_a_script.py", store, "shop", "junit.xml").returncode == 4

    with ek.open_store(store) as opened, opened.edit("shop") as e:
        e.attest("plan_agreed", by="ana")
    go = run(tmp_path, "02_gate_in_a_script.py", store, "shop", "junit.xml")
    assert go.returncode == 0
    assert go.stdout.splitlines()[0].endswith(": ready")


def test_gate_in_a_script_with_bad_input(tmp_path: Path, store: str) -> None:
    """What cannot be read counts as nothing: exit 2, and nothing is recorded."""
    (tmp_path / "junit.xml").write_text(PASSING, encoding="utf-8")
    (tmp_path / "broken.xml").write_text(PASSING[:40], encoding="utf-8")
    for arguments in (
        (store, "shop", "junit.xml", "broken.xml"),
        (store, "shop", "missing.xml"),
        (store, "shp", "junit.xml"),
        (store,),
    ):
        done = run(tmp_path, "02_gate_in_a_script.py", *arguments)
        assert done.returncode == 2
        assert done.stderr
        assert "Traceback" not in done.stderr
    with ek.open_store(store) as opened:
        assert opened.load("shop").version == 1
