"""Reports that other projects' tools wrote, against what those projects expect of them."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from engagekit.errors import EvidenceError
from engagekit.readers import read_evidence

# The note of each file that states its result in words, as figures.
JUNIT_NOTES = {
    "1 suite, 2 cases, duration 100: a negative time counts as 0": {
        "suites": 1,
        "tests": 2,
        "duration_s": 100,
    },
    "3 suites of 1 case each": {"suites": 3, "tests": 3, "errors": 1},
}
COLUMNS = {
    "suites": "suites",
    "tests": "tests",
    "tests_succ": "passed",
    "tests_skip": "skipped",
    "tests_fail": "failed",
    "tests_error": "errors",
}
COVERAGE: dict[str, dict[str, object]] = {
    # Source test: statements 34; its 6 misses include the 3 lines with a half-covered branch.
    "pycobertura__cobertura.xml": {
        "lines_covered": 31,
        "lines_valid": 34,
        "line_counting": "lines",
        "header_line_rate": 0.9,
        "branch_ratio": 0.75,
        "header_branch_rate": 0.75,
    },
    "gcovr-set__simple__cobertura.xml": {
        "lines_covered": 7,
        "lines_valid": 11,
        "line_counting": "header",
        "line_ratio": 7 / 11,
        "counted_line_ratio": 7 / 11,
        "branches_covered": 2,
        "branches_valid": 4,
    },
    "coveragepy-gold__x_xml__coverage.xml": {
        "lines_covered": 2,
        "lines_valid": 3,
        "line_ratio": 2 / 3,
        "counted_line_ratio": 2 / 3,
    },
}


def entries(shared: Path, *folders: str) -> dict[Path, Any]:
    """What is expected of the files in these folders of the evidence."""
    listed = json.loads((shared / "real" / "MANIFEST.json").read_text(encoding="utf-8"))
    wanted = tuple(f"evidence/{folder}/" for folder in folders)
    return {
        shared / "real" / each["file"]: each["expected"] or {}
        for each in listed
        if each["file"].startswith(wanted)
    }


def unreadable(path: Path, expected: dict[str, Any]) -> bool:
    """Whether its own project says that this file is to be refused."""
    return "expected_error" in expected or "parse_errors" in expected or "Xxe" in path.name


@pytest.mark.req("S48")
def test_junit_files_give_the_counts_their_projects_state(shared: Path) -> None:
    """Every count of every file, and whole seconds of duration."""
    seen = 0
    for path, expected in entries(shared, "junit").items():
        if unreadable(path, expected):
            continue
        facts = read_evidence(path).facts
        figures = JUNIT_NOTES.get(expected.get("note", "")) or {
            ours: expected[theirs] for theirs, ours in COLUMNS.items()
        }
        assert {name: facts[f"junit.{name}"] for name in figures} == figures, path.name
        if "duration" in expected:
            assert int(facts["junit.duration_s"]) == expected["duration"], path.name
        seen += 1
    assert seen == 9


@pytest.mark.req("S48")
def test_files_that_are_to_be_refused_are_refused(shared: Path) -> None:
    """Cut off, of another format or hostile: none of them becomes evidence, under any kind."""
    refused = [
        path
        for path, expected in entries(shared, "junit", "hostile-xml").items()
        if unreadable(path, expected) or path.parent.name == "hostile-xml"
    ]
    assert len(refused) == 5
    for path in refused:
        for kind in (None, "junit", "cobertura"):
            with pytest.raises(EvidenceError, match=path.name):
                read_evidence(path, kind)


@pytest.mark.req("S48")
def test_cobertura_files_give_the_stated_counts(shared: Path) -> None:
    """Header counts where there are some, lines where not."""
    for name, figures in COVERAGE.items():
        found = read_evidence(shared / "real" / "evidence" / "coverage" / name).facts
        facts = {metric.removeprefix("coverage."): value for metric, value in found.items()}
        assert {metric: facts.get(metric) for metric in figures} == figures, name


def test_coverage_of_other_formats_is_not_taken_for_cobertura(shared: Path) -> None:
    """Clover shares the root element, JaCoCo and LCOV nothing; they have no reader yet."""
    others = [path for path in entries(shared, "coverage") if path.name not in COVERAGE]
    assert len(others) == 4
    for path in others:
        with pytest.raises(EvidenceError):
            read_evidence(path, "cobertura")
        try:
            kind = read_evidence(path).kind
        except EvidenceError:
            continue
        assert kind not in {"cobertura", "junit"}, path.name


def test_the_digest_is_that_of_the_file(shared: Path) -> None:
    """Anyone can check it with sha256sum."""
    path = shared / "real" / "evidence" / "coverage" / "pycobertura__cobertura.xml"
    assert read_evidence(path).digest == hashlib.sha256(path.read_bytes()).hexdigest()
