"""`new`: from options, from a file, and everything that may be wrong with either."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import Result

Command = Callable[..., Result]

DEFINITION = """
title = "Churn model"
client = "Acme"
id = "acme_churn"
services = ["machine_learning"]
separate_duties = false

[[phases]]
id = "security_review"
after = "implementation"

[[gates.security_review]]
id = "threats_modelled"
metric = "threats_modelled"
op = "=="
target = true
"""


def test_options_describe_an_engagement(engagekit: Command) -> None:
    """The id goes to standard output, for scripts; what to do next to standard error."""
    done = engagekit(
        'new "Churn model" --client Acme --service machine-learning --service serverless'
        " --delivery-model on-premises --engagement-type staff_augmentation --sector federal"
        " --jurisdiction us-ca --criteria measured --id acme --by ana --at 2026-03-01T10:00:00Z"
    )
    assert done.stdout == "acme\n"
    assert done.stderr.endswith("engagekit check acme\n")
    shown = json.loads(engagekit("show acme --json").stdout)
    assert shown["profile"] == {
        "title": "Churn model",
        "client": "Acme",
        "services": ["machine_learning", "serverless"],
        "delivery_model": "on_premises",
        "engagement_type": "staff_augmentation",
        "sector": "federal",
        "jurisdiction": "US-CA",
    }
    assert shown["criteria_set"] == "measured.v1"
    assert shown["history"][0]["entered"] == "2026-03-01T10:00:00Z"


def test_id_is_made_from_the_title(engagekit: Command) -> None:
    """Without --id, what is printed is the id to go on with."""
    name = engagekit('new "Churn model" --client Acme --by ana').stdout.strip()
    assert name.startswith("churn_model_")
    assert engagekit("list").stdout == f"{name}\n"


def test_file_describes_an_engagement(engagekit: Command, folder: Path) -> None:
    """A definition file is all that `new` needs beside who does it."""
    (folder / "engagement.toml").write_text(DEFINITION, encoding="utf-8")
    assert engagekit("new --file engagement.toml --by ana").stdout == "acme_churn\n"
    shown = json.loads(engagekit("show acme_churn --json").stdout)
    assert [phase["id"] for phase in shown["plan"]][3:6] == [
        "implementation",
        "security_review",
        "model_validation",
    ]
    report = json.loads(engagekit("check acme_churn --phase security_review --json", exit=5).stdout)
    assert [row["criterion"] for row in report["rows"]] == ["threats_modelled"]


def test_five_faults_of_a_file_come_at_once(engagekit: Command, folder: Path) -> None:
    """Each with file and key; and no store is made for what cannot begin."""
    (folder / "engagement.toml").write_text(
        """
        title = ""
        client = "Acme"
        sector = "goverment"
        services = ["machine_learnin"]
        [[phases]]
        id = "security_review"
        after = "implementatoin"
        [[gates.testing_qa]]
        id = "coverage"
        metric = "coverage.line_ratio"
        op = "=<"
        target = 0.8
        unit = "ratio"
        """,
        encoding="utf-8",
    )
    said = engagekit("new --file engagement.toml --by ana", exit=2).stderr
    assert said.startswith("error: 5 faults, mend them all at once:\n")
    assert said.count("  - engagement.toml: ") == 5
    assert "engagement.toml: gates.testing_qa[0].op: unknown comparison '=<'" in said
    assert [file.name for file in folder.iterdir()] == ["engagement.toml"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b'title = "T', "engagement.toml: is no TOML: "),
        (b'title = "T"\nclient = = 3', "(at line 2, column 10)"),
        (b'title = "\xff"', "engagement.toml: is not UTF-8 at byte 9"),
        (b"#" * (1 << 20) + b"\n", "engagement.toml: longer than 1048576 bytes"),
        (b"a = " + b"[" * 10_000, "engagement.toml: is nested too deeply"),
    ],
    ids=["cut off", "syntax", "latin-1", "too long", "nested"],
)
def test_a_file_that_cannot_be_read(
    engagekit: Command, folder: Path, content: bytes, message: str
) -> None:
    """Whatever is in it, the answer is one line, and nothing is made."""
    (folder / "engagement.toml").write_bytes(content)
    said = engagekit("new --file engagement.toml --by ana", exit=2).stderr
    assert message in said
    assert said.count("\n") == 1
    assert len(list(folder.iterdir())) == 1


@pytest.mark.parametrize("name", ["nowhere.toml", "."])
def test_a_file_that_is_none(engagekit: Command, name: str) -> None:
    """A missing file and a folder are refused by their path."""
    said = engagekit(f"new --file {name} --by ana", exit=2).stderr
    assert said == f"error: {name}: there is no such file\n"


def test_a_byte_order_mark_is_no_fault(engagekit: Command, folder: Path) -> None:
    """Editors on Windows write one."""
    (folder / "engagement.toml").write_text(DEFINITION, encoding="utf-8-sig")
    engagekit("new --file engagement.toml --by ana")


def test_file_and_options_are_not_mixed(engagekit: Command, folder: Path) -> None:
    """Which of the two would win is not guessed."""
    (folder / "engagement.toml").write_text(DEFINITION, encoding="utf-8")
    said = engagekit("new Title --file engagement.toml --sector federal --by ana", exit=2).stderr
    assert "title, sector given beside --file" in said


def test_without_title_and_client(engagekit: Command) -> None:
    """Both are named at once."""
    said = engagekit("new --by ana", exit=2).stderr
    assert "title: missing" in said
    assert "client: missing" in said


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ("--service machine_learnin", "did you mean 'machine_learning'?"),
        ("--sector federl", "did you mean 'federal'?"),
        ("--criteria mesured", "did you mean 'measured'?"),
        ("--at 2026-03-01T10:00:00", "at: '2026-03-01T10:00:00' has no time zone"),
        ("--at 2026-03-03T10:00:00Z", "when it is recorded"),
        ("--id 9", "'9' is no id"),
    ],
)
def test_wrong_options(engagekit: Command, folder: Path, options: str, message: str) -> None:
    """Bad input is exit 2, with a way out, and leaves nothing on disk."""
    said = engagekit(f"new Title --client Acme --by ana {options}", exit=2).stderr
    assert message in said
    assert not list(folder.iterdir())


def test_an_id_is_given_once(begun: Command, unchanged: None) -> None:
    """A second engagement of the same id is refused, and the first one is as it was."""
    said = begun("new Other --client Acme --id demo --by ana", exit=2).stderr
    assert "there is an engagement 'demo' in this store already" in said


def test_who_does_it_is_required(engagekit: Command) -> None:
    """No verb that writes works without --by."""
    assert "Missing option '--by'" in engagekit("new Title --client Acme", exit=2).stderr


def test_another_store_shows_in_every_command(engagekit: Command, folder: Path) -> None:
    """A fix can be copied and typed as it stands."""
    store = "sqlite:///my store.db"
    done = engagekit("new Title --client Acme --id x --by ana", "--store", store)
    assert "engagekit check x --store 'sqlite:///my store.db'" in done.stderr
    said = engagekit("check x", "--store", store, exit=5).stdout
    assert said.count("--by NAME --store 'sqlite:///my store.db'\n") == 3
    assert (folder / "my store.db").is_file()


def test_every_kind_of_store(engagekit: Command, folder: Path) -> None:
    """A folder of JSONL files does as well as a SQLite file."""
    engagekit("new Title --client Acme --id x --by ana --store logs")
    assert engagekit("list --store logs").stdout == "x\n"
    assert (folder / "logs").is_dir()


def test_definition_as_a_whole(engagekit: Command, folder: Path) -> None:
    """What the page on definition files shows is what `definition_from` takes."""
    (folder / "engagement.toml").write_text(DEFINITION, encoding="utf-8")
    engagekit("new --file engagement.toml --by ana")
    log: list[dict[str, Any]] = json.loads(engagekit("log acme_churn --json").stdout)
    assert log[0]["plan"]["separate_duties"] is False
