"""`attest`, `record`, `document`, `waive`, `sign-off`: typed values, refusals one can act on."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import Result

Command = Callable[..., Result]

GATES = """
[[gates.requirements_definition]]
id = "tests"
metric = "junit.failed"
op = "=="
target = 0
unit = "count"
accepts = ["junit"]

[[gates.requirements_definition]]
id = "interviews"
metric = "interviews.held"
op = ">="
target = 3
unit = "count"

[[gates.requirements_definition]]
id = "owner"
metric = "owner.name"
op = "!="
target = "nobody"
unit = "name"

[[gates.requirements_definition]]
id = "no_blockers"
metric = "blockers.known"
op = "=="
target = false
mandatory = false
"""
FAILING = '<failure message="no"/>'


@pytest.fixture
def documented(begun: Command, folder: Path) -> Command:
    """As `begun`; the first gate has criteria of every type."""
    (folder / "gates.toml").write_text(GATES, encoding="utf-8")
    begun("document demo gates.toml --by ana")
    return begun


def test_attest(begun: Command) -> None:
    """One's word, and what the gate says now."""
    done = begun("attest demo stakeholder_interviews --by ana")
    assert done.stdout == (
        "attested stakeholder_interviews = true\n"
        "gate of requirements_definition: insufficient evidence, 2 of 3 criteria open\n"
    )


@pytest.mark.parametrize(
    "case",
    [
        ("interviews", "3", 3, "met"),
        ("interviews", "2.5", 2.5, "unmet"),
        ("interviews", "-1", -1, "unmet"),
        ("interviews", "1e1", 10.0, "met"),
        ("owner", "Zoé", "Zoé", "met"),
        ("owner", "true", "true", "met"),
        ("owner", "nobody", "nobody", "unmet"),
        ("no_blockers", "false", False, "met"),
        ("no_blockers", "true", True, "unmet"),
        ("blockers.known", "false", False, "met"),
    ],
)
def test_values_are_typed_by_the_criterion(
    documented: Command,
    ask: Callable[..., Any],
    case: tuple[str, str, object, str],
) -> None:
    """A text stays a text, a number becomes one, and only true and false are truths."""
    criterion, given, seen, status = case
    documented(f"attest demo {criterion} --by ben --value={given}")
    rows = {row["criterion"]: row for row in ask("check demo", exit=None)["rows"]}
    row = rows["no_blockers" if "." in criterion else criterion]
    assert (row["status"], row["seen"]) == (status, seen)
    assert type(row["seen"]) is type(seen)


@pytest.mark.parametrize(
    ("criterion", "given", "message"),
    [
        ("interviews", None, "interviews.held >= 3 (count); say what you saw: --value NUMBER"),
        ("owner", None, "say what you saw: --value TEXT"),
        ("interviews", "three", "'three' is no number; write 3 or 0.85"),
        ("interviews", "0,85", "'0,85' is no number"),
        ("interviews", "nan", "'nan' is no number"),
        ("interviews", "1e999", "is no measurement"),
        ("interviews", "true", "'true' is no number"),
        ("no_blockers", "True", "'True' is neither true nor false"),
        ("no_blockers", "yes", "'yes' is neither true nor false"),
        ("no_blockers", "0", "'0' is neither true nor false"),
        ("intervews", "3", "did you mean 'interviews'?"),
        (
            "tests",
            "0",
            "not by anyone's word: engagekit record demo FILE --by NAME  # FILE: junit",
        ),
    ],
)
def test_nothing_is_guessed(
    documented: Command, unchanged: None, criterion: str, given: str | None, message: str
) -> None:
    """What is not of the criterion's type is refused, with what would be right."""
    value = "" if given is None else f"--value={given}"
    assert message in documented(f"attest demo {criterion} --by ben {value}", exit=2).stderr


def test_attest_a_document(begun: Command, folder: Path, ask: Callable[..., Any]) -> None:
    """The digest of a file is kept, its name, and until when it counts."""
    (folder / "msa.pdf").write_bytes(b"signed")
    begun("attest demo msa_executed --by ana --file msa.pdf --expires 2027-01-01T00:00:00Z")
    evidence = ask("log demo")[-1]["evidence"]
    assert evidence["source"] == "msa.pdf"
    assert evidence["digest"].startswith("4a3cdfae")
    assert evidence["expires"] == "2027-01-01T00:00:00Z"
    assert "is no file" in begun("attest demo msa_executed --by a --file no.pdf", exit=2).stderr


def test_record(documented: Command, junit: Callable[..., Path]) -> None:
    """A report is read, hashed, and judged wherever a criterion reads it."""
    junit(inner=FAILING)
    said = documented("record demo junit.xml --by ci --source build/4").stdout.splitlines()
    assert said[0].startswith("recorded junit: ")
    assert said[1:] == [
        "  requirements_definition.tests: junit.failed = 1, unmet",
        "gate of requirements_definition: blocked, 3 of 4 criteria open",
    ]


def test_record_what_nobody_reads(begun: Command, junit: Callable[..., Path]) -> None:
    """It is kept, and said that no gate asks for it."""
    junit()
    done = begun("record demo junit.xml --by ci --expires 2027-01-01T00:00:00Z")
    assert done.stderr.startswith("no criterion of any gate reads them: junit.tests, ")


@pytest.mark.parametrize(
    "case",
    [
        ("<testsuites><testsuite>", "", "junit.xml"),
        ("hello", "", "is no report of a known kind"),
        ("hello", "", "or say --kind KIND"),
        ("<testsuites/>", "--kind juniit", "did you mean 'junit'?"),
        ("<testsuites/>", "--expires tomorrow", "is no ISO 8601 time"),
    ],
)
def test_record_what_cannot_be_read(
    begun: Command, folder: Path, unchanged: None, case: tuple[str, str, str]
) -> None:
    """A report that is none is never taken for clean."""
    content, options, message = case
    (folder / "junit.xml").write_text(content, encoding="utf-8")
    assert message in begun(f"record demo junit.xml --by ci {options}", exit=2).stderr


def test_document(begun: Command, folder: Path, ask: Callable[..., Any]) -> None:
    """Criteria from a file replace those of the gate."""
    (folder / "gates.toml").write_text(GATES, encoding="utf-8")
    said = begun("document demo gates.toml --by ana").stdout
    assert said == "gate of requirements_definition: insufficient evidence, 3 of 4 criteria open\n"
    rows = ask("check demo", exit=5)["rows"]
    assert [row["fix"] for row in rows] == [
        "engagekit record demo FILE --by NAME  # FILE: junit",
        "engagekit attest demo interviews --value NUMBER --by NAME",
        "engagekit attest demo owner --value TEXT --by NAME",
        "engagekit attest demo no_blockers --value false --by NAME",
    ]
    assert "] no_blockers: No blockers (advisory)\n" in begun("check demo", exit=5).stdout


def test_document_all_faults_at_once(begun: Command, folder: Path, unchanged: None) -> None:
    """Each with file and key."""
    (folder / "gates.toml").write_text(
        'title = "x"\n[[gates.contractng]]\nid = "a"\nmetric = "a"\nop = "="\ntarget = true\n',
        encoding="utf-8",
    )
    said = begun("document demo gates.toml --by ana", exit=2).stderr
    assert "3 faults" in said
    assert "gates.toml: title: unknown key" in said
    assert "gates.toml: gates.contractng: unknown phase" in said
    assert "gates.toml: gates.contractng[0].op: unknown comparison" in said


def test_document_nothing(begun: Command, folder: Path, unchanged: None) -> None:
    """A file without gates documents none, and says how they are written."""
    (folder / "gates.toml").write_text("", encoding="utf-8")
    said = begun("document demo gates.toml --by ana", exit=2).stderr
    assert said == (
        "error: gates.toml: gates: expected tables; write [[gates.testing_qa]] before each"
        " criterion\n"
    )


def test_waive(begun: Command) -> None:
    """A criterion is set aside until a time; the gate shows by whom and why."""
    done = begun(
        'waive demo constraint_mapping --reason "client on leave" --until 2026-04-01T00:00:00Z'
        " --by ana"
    )
    assert done.stdout.startswith("waived constraint_mapping until 2026-04-01T00:00:00Z\n")
    assert (
        "  [waived] constraint_mapping: Constraints are mapped\n"
        "      seen: nothing; required: constraint_mapping == true\n"
        "      waived by ana until 2026-04-01T00:00:00Z: client on leave\n"
    ) in begun("check demo", exit=5).stdout


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ("", "Missing option '--until'"),
        ("--until 2026-03-01T00:00:00Z", "a waiver ends later than it begins"),
        ("--until 2026-04-01", "has no time zone"),
        ("--until 2026-04-01T00:00:00Z --reason ''", "reason: must not be empty"),
    ],
)
def test_a_waiver_must_end(begun: Command, unchanged: None, options: str, message: str) -> None:
    """And it must say why."""
    line = f"waive demo constraint_mapping --by ana --reason leave {options}"
    assert message in begun(line, exit=2).stderr


def test_sign_off(begun: Command, meet_all: Callable[[], None], ask: Callable[..., Any]) -> None:
    """A decision is bound to the report it was taken on."""
    meet_all()
    done = begun('sign-off demo --by cho --note "looks right"')
    digest = ask("check demo")["digest"]
    assert done.stdout == f"signed off requirements_definition: go, on report {digest[:12]}\n"


def test_sign_off_a_shut_gate(begun: Command, unchanged: None) -> None:
    """What is open cannot be approved; the report says what is."""
    done = begun("sign-off demo --by cho", exit=5)
    assert done.stdout.count("fix: engagekit attest demo ") == 3
    assert done.stderr == (
        "error: 'requirements_definition' cannot be left: insufficient evidence, 3 of 3 criteria"
        " open\n"
    )


def test_sign_off_by_a_supplier(begun: Command, meet_all: Callable[[], None]) -> None:
    """Who supplied evidence is told who else can sign, as a command."""
    meet_all()
    said = begun("sign-off demo --by Ben", exit=3).stderr
    assert "'Ben' supplied or waived stakeholder_interviews, " in said
    assert said.endswith("ask someone else: engagekit sign-off demo --by NAME\n")


def test_sign_off_that_moves(begun: Command) -> None:
    """Hold and recycle are decisions, too; where it stands then is said."""
    assert begun("sign-off demo --decision hold --by cho").stdout.endswith(
        "demo is now in requirements_definition, on hold\n"
    )
    said = begun("sign-off demo --by cho", exit=3).stderr
    assert said.startswith(
        "error: cannot sign-off: 'requirements_definition' is on hold; possible now:\n"
        "  engagekit resume demo --by NAME\n"
    )


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ("--decision maybe", "unknown decision 'maybe'"),
        ("--decision hold --to contracting", "only goes with --decision recycle"),
        ("--decision recycle --to contractng", "did you mean 'contracting'?"),
    ],
)
def test_sign_off_wrong(begun: Command, unchanged: None, options: str, message: str) -> None:
    """Bad input is exit 2 and changes nothing."""
    assert message in begun(f"sign-off demo --by cho {options}", exit=2).stderr
