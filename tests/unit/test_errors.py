"""Errors say whose move it is, keep their facts, and travel between processes."""

from __future__ import annotations

import copy
import pickle

import pytest

import engagekit as ek
from engagekit.errors import Faults

MADE = [
    ek.Refused("no"),
    ek.IllegalMove(move="resume", phase="contracting", status="active", allowed=["hold"]),
    ek.SelfApproval(by="ana", phase="contracting", supplied=["msa_executed"]),
    ek.StaleSignOff(phase="contracting", signed_by="eve", changes=["a was met, is expired"]),
    ek.DefinitionError([ek.Fault("a", "bad"), ek.Fault("b", "worse")]),
    ek.UnknownId("phase", "contractin", ["contracting", "testing_qa"]),
    ek.PackError("no rules", where="pack.toml"),
    ek.EvidenceError("is cut short", where="report.xml"),
    ek.StaleVersion(engagement="demo", expected=3, found=5),
    ek.TamperedLog("a move is missing"),
    ek.StoreUnavailable("locked"),
    ek.MissingExtra(extra="cli", needed_for="the command"),
]


@pytest.mark.parametrize("error", MADE, ids=lambda error: type(error).__name__)
@pytest.mark.parametrize("travelled", [copy.copy, lambda e: pickle.loads(pickle.dumps(e))])
def test_an_error_survives_the_way_between_processes(error, travelled):
    """Type, text and every fact of an exception are the same after pickling and copying."""
    again = travelled(error)
    assert type(again) is type(error)
    assert str(again) == str(error)
    assert vars(again) == vars(error)


def test_a_closed_gate_survives_the_way_between_processes(start):
    """The whole report comes along with a GateClosed."""
    with pytest.raises(ek.GateClosed) as refused:
        start().advance(by="ana")
    again = pickle.loads(pickle.dumps(refused.value))
    assert again.report == refused.value.report
    assert again.report.verdict == "insufficient_evidence"
    assert str(again) == str(refused.value)


def test_refused_broken_and_missing_are_separate_branches():
    """A business answer, bad data, a store in trouble and an extra never catch each other."""
    branches = (ek.Refused, ek.DefinitionError, ek.StoreError, ek.MissingExtra)
    for error in MADE:
        assert sum(isinstance(error, branch) for branch in branches) == 1
        assert isinstance(error, ek.EngagekitError)


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (MADE[1], ["cannot resume", "'contracting' is active", "possible now: hold"]),
        (MADE[2], ["'ana'", "msa_executed", "cannot sign", "ask someone else", "e.sign_off(by="]),
        (MADE[3], ["'contracting'", "'eve'", "stale", "a was met, is expired", "e.sign_off(by="]),
        (MADE[5], ["unknown phase 'contractin'", "did you mean 'contracting'?"]),
        (MADE[6], ["pack.toml: no rules"]),
        (MADE[8], ["'demo'", "version 5", "version 3", "load it again"]),
        (MADE[11], ["the command needs an extra", "pip install 'engagekit[cli]'"]),
    ],
    ids=lambda value: type(value).__name__,
)
def test_a_message_says_what_where_and_what_next(error, words):
    """Each message holds what is wrong, where, and the way out."""
    for word in words:
        assert word in str(error)


def test_an_ended_engagement_is_named_once():
    """Closed is both phase and status; the message does not say "'closed' is closed"."""
    error = ek.IllegalMove(move="hold", phase="closed", status="closed", allowed=["reopen"])
    assert "the engagement is closed" in str(error)


def test_several_faults_are_listed_together():
    """All faults stand in one message, each with its place, and in `faults`."""
    error = MADE[4]
    assert str(error) == "2 faults, mend them all at once:\n  - a: bad\n  - b: worse"
    assert [fault.where for fault in error.faults] == ["a", "b"]
    assert str(ek.Fault("", "bad")) == "bad"


def test_an_unknown_id_without_a_near_one_lists_what_there_is():
    """Where nothing is near, the known names are listed, or that there is none."""
    error = ek.UnknownId("service", "zzz", ["etl", "cloud"], where="services")
    assert str(error) == "services: unknown service 'zzz'; known: etl, cloud"
    assert (error.suggestion, error.known) == (None, ("etl", "cloud"))
    assert str(ek.UnknownId("deliverable", "x", [])).endswith("known: none")


def test_a_huge_unknown_id_is_shortened():
    """A megabyte of nonsense does not come back as a megabyte of message."""
    error = ek.UnknownId("phase", "x" * 1_000_000, ["contracting"])
    assert len(str(error)) < 300
    assert "(1000002 characters)" in str(error)


def test_faults_are_collected_with_the_keys_they_stand_under():
    """Faults from several blocks come out as one error, each below its file and key."""
    faults = Faults()
    with faults.at("gates"):
        raise ek.DefinitionError("is no list", where="contracting")
    with faults.at(""):
        raise ek.DefinitionError("must not be empty", where="by")
    with faults.at("plan"):
        pass
    faults.add("id", "is no id")
    with pytest.raises(ek.DefinitionError) as raised:
        faults.raise_any(file="new.toml")
    assert [str(fault) for fault in raised.value.faults] == [
        "new.toml: gates.contracting: is no list",
        "new.toml: by: must not be empty",
        "new.toml: id: is no id",
    ]
    Faults().raise_any()


def test_faults_let_other_errors_through():
    """Only faults of the data are collected; a refusal or a mistake of ours comes out at once."""
    faults = Faults()
    with pytest.raises(ek.Refused), faults.at("x"):
        raise ek.Refused("no")
    assert not faults
