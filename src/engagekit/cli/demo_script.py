"""What the demo tells: each step a sentence and the command that is really run.

Where a command has `{...}`, the demo fills in the file or the time; `exit` is how it must end.
"""

from __future__ import annotations

from typing import TypeAlias

import attrs

__all__ = ["PEOPLE", "SCRIPT", "Mend", "Part", "Run", "Step", "Test"]

PEOPLE = ("ana leads the delivery, ben builds, cho and dora answer for quality at the client's.",)


@attrs.frozen
class Part:
    """A heading."""

    title: str


@attrs.frozen
class Run:
    """A command, what it is for, and the exit code it must have."""

    command: str
    told: str = ""
    exit: int = 0
    quiet: bool = False  # what it prints says nothing new


@attrs.frozen
class Test:
    """The suite is run, and leaves its reports."""

    told: str


@attrs.frozen
class Mend:
    """The mistake in the copy of the suite is mended."""

    told: str


Step: TypeAlias = Part | Run | Test | Mend

SCRIPT: tuple[Step, ...] = (
    Part("An engagement from a definition file"),
    Run(
        "lifecycle --service machine_learning --service serverless",
        "Machine learning and serverless work insert a phase each: eight instead of six.",
    ),
    Run("new --file {definition} --by ana"),
    Part("A gate that is shut explains itself"),
    Run("advance {id} --by ana", "Nothing has been shown yet, so nothing may pass.", exit=5),
    Run("attest {id} stakeholder_interviews --by ana --source minutes/12"),
    Run("attest {id} technical_discovery --by ben", quiet=True),
    Run("attest {id} constraint_mapping --by ben", quiet=True),
    Run("advance {id} --by ana", "Everything the gate asks for has been shown."),
    Run("attest {id} deliverable_definition --by ana", quiet=True),
    Run("attest {id} timeline --by ana", quiet=True),
    Run("attest {id} pricing_model_selection --by ana", quiet=True),
    Run("advance {id} --by ana"),
    Part("A hold and a resume"),
    Run("attest {id} msa_executed --by ana --source contracts/acme-msa", quiet=True),
    Run('hold {id} --reason "the client\'s counsel is on leave" --by ana'),
    Run("advance {id} --by ana", "What is on hold does not move.", exit=3),
    Run("resume {id} --by ana"),
    Run("attest {id} sow_executed --by ana --source contracts/acme-sow", quiet=True),
    Run("advance {id} --by ana"),
    Run("attest {id} documented_specifications --by ben", quiet=True),
    Run("attest {id} work_against_specifications --by ben", quiet=True),
    Run("advance {id} --by ana"),
    Part("A rework"),
    Run("attest {id} model_documented --by ben", quiet=True),
    Run("attest {id} independent_validation --by cho", quiet=True),
    Run(
        "attest {id} holdout_performance --value false --by cho",
        "On data it has not seen, the model is worse than agreed.",
    ),
    Run("advance {id} --by ana", exit=3),
    Run('rework {id} --to implementation --reason "the target leaked into a feature" --by ana'),
    Run("attest {id} work_against_specifications --by ben", "Without that feature:", quiet=True),
    Run("advance {id} --by ana"),
    Run("attest {id} holdout_performance --by cho", quiet=True),
    Run("advance {id} --by ana"),
    Part("A waiver that ends"),
    Run("attest {id} infrastructure_as_code --by ben", quiet=True),
    Run("attest {id} limits_tested --by ben", quiet=True),
    Run(
        'waive {id} restore_rehearsed --reason "the rehearsal is booked" --until {until} --by ana',
    ),
    Run("check {id}", "Waived is not met: the gate says so, until the waiver ends.", exit=4),
    Run("advance {id} --by ana"),
    Part("Evidence from tools, and a gate that refuses it"),
    Run("attest {id} testing_standard_named --value ISO-29119 --by ben", quiet=True),
    Test("ben runs the tests, here and now."),
    Run("record {id} {junit} --source build/41 --by ben"),
    Run("record {id} {coverage} --source build/41 --by ben"),
    Run("advance {id} --by ana", "A test fails, and nobody's word can stand in for it.", exit=3),
    Run("attest {id} no_failed_tests --value 0 --by ben", exit=2),
    Mend("ben mends the mistake and runs the tests again."),
    Test(""),
    Run("record {id} {junit} --source build/42 --by ben"),
    Run("record {id} {coverage} --source build/42 --by ben"),
    Run("check {id}"),
    Part("Who may sign, and for how long it counts"),
    Run("sign-off {id} --by ben", "Who supplied the evidence cannot approve it.", exit=3),
    Run('sign-off {id} --by cho --note "seen build 42"'),
    Test("ben runs the tests of the release build; its reports replace what cho saw."),
    Run("record {id} {junit} --source build/43 --by ben"),
    Run("advance {id} --by ana", "The sign-off was for build 42.", exit=3),
    Run('sign-off {id} --by dora --note "seen build 43"'),
    Run("advance {id} --by ana"),
    Part("To the close"),
    Run("attest {id} operational_ownership --by ana", quiet=True),
    Run("attest {id} monitoring_in_place --by ben", quiet=True),
    Run("advance {id} --by ana"),
    Run("show {id}", "Where it went, phase by phase:"),
)
