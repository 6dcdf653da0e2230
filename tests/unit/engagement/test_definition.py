"""A definition says what `Engagement.start` takes, or everything that is wrong with it."""

from __future__ import annotations

import tomllib
from typing import Any

import pytest

from engagekit.engagement.aggregate import Engagement
from engagekit.engagement.definition import definition_from
from engagekit.errors import DefinitionError

WHOLE = """
title = "Churn model"
client = "Acme"
services = ["machine-learning"]
delivery_model = "cloud_hosted"
engagement_type = "staff_augmentation"
sector = "state_local"
jurisdiction = "US-CA"
id = "acme_churn"
criteria = "measured"
rules = "baseline"
separate_duties = false
serving_platform = true

[[phases]]
id = "security_review"
name = "Security Review"
after = "implementation"

[[phases]]
id = "pilot"
after = "security_review"

[[gates.security_review]]
id = "threats_modelled"
metric = "threat_model.reviewed"
op = "=="
target = true
"""


def faults_of(toml: str) -> dict[str, str]:
    """Key -> message of every fault, without the file's name before the key."""
    with pytest.raises(DefinitionError) as caught:
        definition_from(tomllib.loads(toml), "engagement.toml")
    places = [fault.where for fault in caught.value.faults]
    assert all(place.startswith("engagement.toml: ") for place in places)
    assert len(set(places)) == len(places), "a fault is told once"
    return {
        fault.where.removeprefix("engagement.toml: "): fault.message
        for fault in caught.value.faults
    }


def fault_of(toml: str) -> tuple[str, str]:
    """The one fault of a definition that is right but for these lines."""
    (fault,) = faults_of(f'title = "T"\nclient = "C"\n{toml}').items()
    return fault


def test_every_key_reaches_the_engagement() -> None:
    """What is written down is what the engagement starts with."""
    arguments = definition_from(tomllib.loads(WHOLE))
    begun = Engagement.start(**arguments, by="ana")
    assert begun.id == "acme_churn"
    assert begun.profile.to_dict() == {
        "title": "Churn model",
        "client": "Acme",
        "services": ["machine_learning"],
        "delivery_model": "cloud_hosted",
        "engagement_type": "staff_augmentation",
        "sector": "state_local",
        "jurisdiction": "US-CA",
    }
    assert begun.plan.ids[3:9] == (
        "implementation",
        "security_review",
        "pilot",
        "model_validation",
        "infrastructure_provisioning",
        "testing_qa",
    )
    assert begun.plan["security_review"].name == "Security Review"
    assert begun.plan["pilot"].name == "Pilot"
    assert not begun.plan.separate_duties
    assert begun.to_dict()["criteria_set"] == "measured.v1"
    assert [c.id for c in begun.criteria["security_review"]] == ["threats_modelled"]
    assert begun.check("pilot").refusal().startswith("'pilot' cannot be left: it has no documented")


def test_the_least_definition_is_the_least_start() -> None:
    """A title and a client are enough; the rest is as `Engagement.start` has it."""
    arguments = definition_from({"title": "T", "client": "C"})
    written = Engagement.start(**arguments, by="ana", id="t", at="2026-01-02T00:00:00Z")
    called = Engagement.start("T", client="C", by="ana", id="t", at="2026-01-02T00:00:00Z")
    assert written.to_dict() == called.to_dict()


def test_five_faults_are_reported_as_five() -> None:
    """All faults come at once, each with file and key, whatever part of the file it is in."""
    assert faults_of(
        """
        title = "Churn model"
        clinet = "Acme"
        sector = "goverment"
        [[phases]]
        id = "security_review"
        after = "implementatoin"
        [[gates.testing_qa]]
        id = "coverage"
        metric = "coverage.line_ratio"
        op = "=<"
        target = 0.8
        unit = "ratio"
        [[gates.contractng]]
        id = "signed"
        metric = "signed"
        op = "=="
        target = true
        """
    ) == {
        "clinet": "unknown key 'clinet'; did you mean 'client'?",
        "sector": "unknown sector 'goverment'; known: private, federal, state_local, nonprofit",
        "phases[0].after": "unknown phase 'implementatoin'; did you mean 'implementation'?",
        "gates.testing_qa[0].op": "unknown comparison '=<'; did you mean '<'?",
        "gates.contractng": "unknown phase 'contractng'; did you mean 'contracting'?",
    }


def test_a_message_without_a_file_begins_with_the_key() -> None:
    """What does not come from a file names no file."""
    with pytest.raises(DefinitionError, match=r"^client: missing; write client = "):
        definition_from({"title": "T"})


@pytest.mark.parametrize(
    ("toml", "key", "message"),
    [
        ("title = 5", "title", "expected a text, got int"),
        ('services = "data"', "services", "expected a list such as ['machine_learning']"),
        ('services = ["machine learnin"]', "services", "did you mean 'machine_learning'?"),
        ('id = "!"', "id", "'!' is no id"),
        ('criteria = "mesured"', "criteria", "did you mean 'measured'?"),
        ('criteria = ["measured"]', "criteria", "unknown criteria set ['measured']"),
        ('rules = "baselin"', "rules", "did you mean 'baseline'?"),
        ("rules = []", "rules", "expected a text, got list"),
        ('separate_duties = "no"', "separate_duties", "expected true or false, got 'no'"),
        ("serving_platform = 1", "serving_platform", "expected true or false, got 1"),
        ("seperate_duties = true", "seperate_duties", "did you mean 'separate_duties'?"),
        ("zzz = 1", "zzz", "unknown key 'zzz'; known: title, client"),
        ("phases = 3", "phases", "write [[phases]] before each phase"),
        ("phases = [3]", "phases[0]", "expected a table with id, name and after"),
        ("gates = 3", "gates", "write [[gates.testing_qa]] before each criterion"),
        ("gates.testing_qa = 3", "gates.testing_qa", "expected a list of criteria, got 3"),
        ("gates.testing_qa = [3]", "gates.testing_qa[0]", "expected a table"),
    ],
)
def test_each_key_is_checked(toml: str, key: str, message: str) -> None:
    """A wrong value is named by its key, with what would be right."""
    written = tomllib.loads(toml)
    data: dict[str, Any] = {"title": "T", "client": "C"} | written
    with pytest.raises(DefinitionError) as caught:
        definition_from(data)
    (fault,) = caught.value.faults
    assert fault.where == key
    assert message in fault.message


@pytest.mark.parametrize(
    ("row", "key", "message"),
    [
        ('id = "pilot"', "phases[0].after", "missing; a phase needs id and after"),
        ('after = "contracting"', "phases[0].id", "missing; a phase needs id and after"),
        ('id = 3\nafter = "contracting"', "phases[0].id", "expected a text, got int"),
        ('id = "closed"\nafter = "contracting"', "phases[0].id", "a word of the lifecycle itself"),
        ('id = "contracting"\nafter = "contracting"', "phases[0].id", "stands 2 times"),
        ('id = "pilot"\nafter = "contracting"\nname = ""', "phases[0].name", "must not be empty"),
        ('id = "pilot"\nafter = 3', "phases[0].after", "unknown phase 3"),
        ('id = "pilot"\nafter = "contracting"\nnam = "x"', "phases[0].nam", "did you mean 'name'?"),
    ],
)
def test_each_phase_is_checked(row: str, key: str, message: str) -> None:
    """A phase that cannot be inserted is named by its place and key."""
    place, told = fault_of(f"[[phases]]\n{row}")
    assert place == key
    assert message in told


def test_a_criterion_is_checked_key_by_key() -> None:
    """A misspelt key is one fault, not also a missing one; what it says is judged all the same."""
    rows = """
    [[gates.testing_qa]]
    id = "tests"
    metrik = "junit.failed"
    op = "=="
    target = 0
    unit = "count"
    colour = "red"
    [[gates.testing_qa]]
    id = "tests"
    metric = "junit.errors"
    op = "=="
    """
    found = faults_of('title = "T"\nclient = "C"\n' + rows)
    assert sorted(found) == [
        "gates.testing_qa[0].colour",
        "gates.testing_qa[0].metrik",
        "gates.testing_qa[1].target",
        "gates.testing_qa[1].unit",
    ]
    assert found["gates.testing_qa[0].metrik"].endswith("did you mean 'metric'?")


def test_one_mistake_is_told_once() -> None:
    """Gates of phases that are missing only because of another fault are no fault themselves."""
    assert list(
        faults_of(
            """
            title = "T"
            client = "C"
            services = ["machine learnin"]
            [[phases]]
            id = "pilot"
            after = "nowhere at all"
            [[gates.model_validation]]
            id = "a"
            metric = "a"
            op = "=="
            target = true
            [[gates.pilot]]
            id = "b"
            metric = "b"
            op = "=="
            target = true
            """
        )
    ) == ["services", "phases[0].after"]


def test_one_phase_under_two_spellings_is_refused() -> None:
    """Hyphens are normalised; two tables for one phase would silently lose one of them."""
    row = 'id = "a"\nmetric = "a"\nop = "=="\ntarget = true'
    place, told = fault_of(f"[[gates.testing_qa]]\n{row}\n[[gates.testing-qa]]\n{row}")
    assert place == "gates.testing-qa"
    assert "stands twice" in told


def test_too_many_phases_are_one_fault() -> None:
    """A file of thousands of phases is refused once, not once per phase."""
    place, told = fault_of('[[phases]]\nid = "a"\nafter = "contracting"\n' * 101)
    assert (place, told) == ("phases", "101 phases; at most 100")
