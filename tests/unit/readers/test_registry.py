"""Readers of others: found by entry point, refused where they clash or break."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from importlib.metadata import EntryPoint
from pathlib import Path
from types import ModuleType

import pytest

from engagekit.errors import DefinitionError, EvidenceError, MissingExtra, UnknownId
from engagekit.readers import Reader, Reading, Source, known_kinds, read_evidence, registry

Written = Callable[[str | bytes], Path]
Install = Callable[..., None]


def read_scores(source: Source) -> Reading:
    """A format of one line: `SCORES 3 of 4`."""
    words = source.data().split()
    return Reading(facts={"scores.good": int(words[1])}, tool="scorer")


def with_bad_facts(source: Source) -> Reading:
    """Facts that no gate could judge."""
    return Reading(facts={"Not A Metric": 1})


def breaking(source: Source) -> Reading:
    """A reader with a bug."""
    raise KeyError("oops")


def incomplete(source: Source) -> Reading:
    """A reader that lacks what it needs."""
    raise MissingExtra(extra="heavy", needed_for="scores")


def broken_sniff(head: bytes) -> bool:
    """Sniffing must not raise; this one does."""
    raise RuntimeError("oops")


def knows(head: bytes) -> bool:
    """Whether the report is one of scores."""
    return head.startswith(b"SCORES")


SCORES = Reader(kind="scores", sniff=knows, read=read_scores)
RIVAL = Reader(kind="rival", sniff=knows, read=read_scores)
BAD_FACTS = Reader(kind="bad_facts", sniff=knows, read=with_bad_facts)
BREAKING = Reader(kind="breaking", sniff=knows, read=breaking)
INCOMPLETE = Reader(kind="incomplete", sniff=knows, read=incomplete)
BROKEN_SNIFF = Reader(kind="broken_sniff", sniff=broken_sniff, read=read_scores)
WRONG_TYPE = Reader(kind="wrong_type", sniff=knows, read=lambda _: None)  # type: ignore[arg-type,return-value]
NO_READER = "scores"


@pytest.fixture
def install(monkeypatch: pytest.MonkeyPatch) -> Install:
    """A function that stands for packages with these entry points being installed."""
    monkeypatch.setitem(sys.modules, "scores_package", sys.modules[__name__])

    def entry_points_are(**values: str) -> None:
        found = [EntryPoint(kind, value, registry.GROUP) for kind, value in values.items()]
        monkeypatch.setattr(registry, "entry_points", lambda group: found)

    return entry_points_are


def test_a_reader_of_others_is_found_by_content_and_by_kind(
    install: Install, written: Written
) -> None:
    """Installing its package is all there is to do."""
    install(scores="scores_package:SCORES")
    path = written("SCORES 3 of 4")
    for kind in (None, "scores", "Scores"):
        evidence = read_evidence(path, kind)
        assert (evidence.kind, evidence.facts) == ("scores", {"scores.good": 3})
    assert known_kinds() == ("cobertura", "junit", "scores")


def test_shipped_readers_need_no_package_metadata(install: Install, written: Written) -> None:
    """In a zipapp there are none."""
    install()
    assert read_evidence(written("<testsuites/>")).kind == "junit"


def test_shipped_readers_may_be_found_twice(install: Install) -> None:
    """Their own entry points say the same as the list in the code."""
    install(junit="engagekit.readers.junit:READER", cobertura="engagekit.readers.cobertura:READER")
    assert known_kinds() == ("cobertura", "junit")


@pytest.mark.parametrize("kind", [None, "junit", "cobertura"])
def test_nobody_takes_over_a_shipped_kind(
    install: Install, written: Written, kind: str | None
) -> None:
    """Otherwise any package could decide what counts as a passed test."""
    install(junit="scores_package:SCORES")
    with pytest.raises(DefinitionError, match=r"'junit'.*scores_package:SCORES.*rename or uninst"):
        read_evidence(written("<testsuites/>"), kind)


def test_an_unknown_kind_comes_with_a_suggestion(written: Written) -> None:
    """The nearest one there is."""
    with pytest.raises(UnknownId, match="did you mean 'junit'"):
        read_evidence(written("<testsuites/>"), "junitxml")


def test_a_known_kind_is_found_in_any_spelling(written: Written) -> None:
    """As all ids."""
    assert read_evidence(written("<testsuites/>"), "JUnit").kind == "junit"


def test_unrecognised_content_names_the_known_kinds(install: Install, written: Written) -> None:
    """And how the file begins, which mostly tells what went wrong."""
    install(scores="scores_package:SCORES")
    with pytest.raises(EvidenceError, match=r"\(cobertura, junit, scores\); it begins with '404 n"):
        read_evidence(written("404 not found"))


def test_two_readers_that_know_a_report_need_a_kind(install: Install, written: Written) -> None:
    """Which one is asked first must not decide."""
    install(scores="scores_package:SCORES", rival="scores_package:RIVAL")
    path = written("SCORES 3 of 4")
    with pytest.raises(EvidenceError, match=r"any of scores, rival; say which with kind="):
        read_evidence(path)
    assert read_evidence(path, "rival").kind == "rival"


@pytest.mark.parametrize(
    ("kind", "error", "message"),
    [
        ("bad_facts", EvidenceError, "is no metric name"),
        ("breaking", EvidenceError, "'breaking' broke down .KeyError: 'oops'"),
        ("wrong_type", EvidenceError, "returned NoneType; it must be a Reading"),
        ("incomplete", MissingExtra, "pip install"),
    ],
)
def test_a_reader_that_breaks_down_is_named(
    install: Install, written: Written, kind: str, error: type[Exception], message: str
) -> None:
    """Whose fault it is belongs into the message."""
    install(**{kind: f"scores_package:{kind.upper()}"})
    path = written("SCORES 3 of 4")
    for asked in (None, kind):
        with pytest.raises(error, match=message):
            read_evidence(path, asked)


def test_a_broken_sniff_is_named(install: Install, written: Written) -> None:
    """Passing over it could leave the report to the wrong reader."""
    install(broken_sniff="scores_package:BROKEN_SNIFF")
    with pytest.raises(EvidenceError, match="'broken_sniff' broke down"):
        read_evidence(written("SCORES 3 of 4"))


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("scores_package:MISSING", "cannot be loaded"),
        ("no_such_package_at_all:READER", "cannot be loaded"),
        ("scores_package:NO_READER", "must be an engagekit.readers.Reader of kind 'mine'"),
        ("scores_package:SCORES", "must be an engagekit.readers.Reader of kind 'mine'"),
    ],
)
def test_what_is_no_reader_is_refused(
    install: Install, written: Written, value: str, message: str
) -> None:
    """Asked for or met on the way; the shipped ones keep working."""
    install(mine=value)
    for kind in (None, "mine"):
        with pytest.raises(DefinitionError, match=message):
            read_evidence(written("SCORES 3 of 4"), kind)
    assert read_evidence(written("<testsuites/>")).kind == "junit"


def test_a_reader_may_say_that_its_extra_is_missing(
    install: Install, written: Written, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When its module is imported; the message with the way out reaches the caller."""

    class Lacking(ModuleType):
        def __getattr__(self, name: str) -> object:
            raise MissingExtra(extra="heavy", needed_for=name)

    monkeypatch.setitem(sys.modules, "lacking_package", Lacking("lacking_package"))
    install(heavy="lacking_package:READER")
    with pytest.raises(MissingExtra, match=r"engagekit\[heavy\]"):
        read_evidence(written("SCORES 3 of 4"), "heavy")


@pytest.mark.parametrize("wrong", [{"kind": "no id!"}, {"sniff": None}, {"read": "module:name"}])
def test_a_malformed_reader_cannot_be_made(wrong: dict[str, object]) -> None:
    """It fails where it is defined, not where it is used."""
    good: dict[str, object] = {"kind": "scores", "sniff": knows, "read": read_scores}
    with pytest.raises(DefinitionError):
        Reader(**(good | wrong))  # type: ignore[arg-type]


def test_importing_the_readers_looks_nothing_up() -> None:
    """Neither the parser nor the installed packages: both cost time few callers need."""
    script = (
        "import sys, importlib.metadata as m; m.entry_points = None; import engagekit.readers;"
        "print({'defusedxml', 'engagekit.readers.junit'} & set(sys.modules))"
    )
    command = [sys.executable, "-c", script]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    run = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
    assert run.stdout.strip() == "set()"
