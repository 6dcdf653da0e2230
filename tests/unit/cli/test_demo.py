"""`engagekit demo`: told and really run, once, and every step ends as the script says."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

import engagekit as ek
from engagekit.cli import demo, demo_tests
from engagekit.cli.app import app
from engagekit.cli.demo_script import Run

Command = Callable[..., Result]


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Result]:
    """One run of the demo, and the folder it ran in."""
    folder = tmp_path_factory.mktemp("demo")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        done = CliRunner().invoke(app, ["demo"], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return folder, done


def test_it_tells_everything(told: tuple[Path, Result]) -> None:
    """Refusals, real reports, a waiver, a stale sign-off, a hold, a rework, the close."""
    story = told[1].stdout
    for part in (
        "insufficient evidence, 3 of 3 criteria open",
        "contracting, on hold",
        "cannot advance: 'contracting' is on hold",
        "[unmet] holdout_performance",
        "[waived] restore_rehearsed",
        "1 failed, 7 passed",
        "seen: 1 (junit by ben, ",
        "required: junit.failed == 0 (count)",
        "no_failed_tests: is judged by junit evidence, not by anyone's word",
        "+ calls = -(-len(customers) // size)",
        "8 passed",
        "'ben' supplied or waived ",
        "the sign-off of 'testing_qa' by 'cho' is stale:",
        "no_failed_tests was shown anew: 0 (junit by ben, ",
        "monitoring_handoff, closed",
    ):
        assert part in story
    assert told[1].stderr == ""
    assert "\x1b" not in story


def test_it_is_kept(told: tuple[Path, Result]) -> None:
    """The file holds the whole log: eight phases, closed, on reports with digests."""
    with ek.open_store(f"sqlite:///{told[0]}/engagekit-demo.db") as store:
        e = store.load("acme_churn")
    assert e.status == "closed"
    assert len(e.plan.ids) == 8
    assert [visit.left_by for visit in e.history].count("rework") == 1
    assert {sign_off.by for sign_off in e.sign_offs} == {"cho", "dora"}
    kinds = [getattr(event, "evidence", None) for event in e.log]
    reports = [shown for shown in kinds if shown is not None and shown.digest]
    assert [shown.kind for shown in reports] == [
        "junit",
        "cobertura",
        "junit",
        "cobertura",
        "junit",
    ]
    assert len({shown.digest for shown in reports}) == 5
    assert [shown.facts.get("junit.failed") for shown in reports] == [1, None, 0, None, 0]


def test_its_last_command_works(told: tuple[Path, Result], monkeypatch: pytest.MonkeyPatch) -> None:
    """What it ends with can be typed as it stands."""
    folder, done = told
    assert f"It is kept in the SQLite file {folder.resolve()}/engagekit-demo.db." in done.stdout
    program, *arguments = shlex.split(done.stdout.splitlines()[-1])
    assert program == "engagekit"
    monkeypatch.chdir(folder)
    shown = CliRunner().invoke(app, arguments)
    assert shown.exit_code == 0
    assert "Monitoring and Handoff, closed" in shown.stdout
    assert [file.name for file in folder.iterdir()] == ["engagekit-demo.db"]


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    """The demo in two steps, where the story does not matter."""
    steps = (Run("new --file {definition} --by ana"), Run("show {id}"))
    monkeypatch.setattr(demo, "SCRIPT", steps)


def test_nobody_is_overwritten(engagekit: Command, folder: Path, short: None) -> None:
    """Where a file of that name is, whatever it holds, the demo takes the next number."""
    (folder / "engagekit-demo.db").write_text("mine", encoding="utf-8")
    story = engagekit("demo").stdout
    assert (folder / "engagekit-demo.db").read_text(encoding="utf-8") == "mine"
    assert story.endswith("--store sqlite:///engagekit-demo-2.db\n")
    assert (folder / "engagekit-demo-2.db").is_file()


def test_another_store(begun: Command, short: None) -> None:
    """In a store of one's own, the demo takes an id that is free."""
    store = "--store sqlite:///engagements.db"
    begun("new Mine --client Acme --id acme_churn --by ana")
    story = begun(f"demo {store}").stdout
    assert story.endswith("  engagekit show acme_churn_2\n")
    assert json.loads(begun("list --json").stdout) == ["acme_churn", "acme_churn_2", "demo"]
    assert len(begun("log acme_churn").stdout.splitlines()) == 1


def test_without_pytest(engagekit: Command, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It says in one line what that step needs, and ends with 2."""
    monkeypatch.setattr(demo_tests.importlib.util, "find_spec", lambda _: None)
    done = engagekit("demo", exit=2)
    assert done.stderr == (
        "error: this step really runs tests, and pytest and coverage are not installed here:"
        " pip install pytest coverage\n"
    )
    assert re.search(r"== Evidence from tools", done.stdout)


def test_a_step_that_ends_otherwise(engagekit: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    """A demo that does not go as told stops and says so, with exit 1."""
    monkeypatch.setattr(demo, "SCRIPT", (Run("show nobody", quiet=True),))
    done = engagekit("demo", exit=1)
    assert "unknown engagement 'nobody'" in done.stdout
    assert "that should have ended with 0" in done.stderr


def test_a_suite_that_leaves_no_report(tmp_path: Path) -> None:
    """Without a report there is nothing to record, and what pytest said is shown."""
    build = demo_tests.Build(tmp_path)
    build.prepare()
    (tmp_path / "pytest.ini").write_text("[pytest]\nminversion = 99\n", encoding="utf-8")
    with pytest.raises(demo_tests.DemoStopped, match="the tests left no report; pytest said: "):
        build.test()


def test_the_shipped_suite_is_not_ours() -> None:
    """One of its tests fails on purpose; no file of it has a name that our own run collects."""
    suite = Path(demo_tests.__file__).with_name("demo_suite")
    names = {file.name for file in suite.glob("*.py")}
    assert names == {"__init__.py", "batches.py", "checks.py"}
