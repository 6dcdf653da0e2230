"""JUnit XML: what counts as a test, and what it counts as."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from engagekit.errors import EvidenceError
from engagekit.readers import read_evidence

Written = Callable[[str | bytes], Path]

PYTEST = """<?xml version="1.0" encoding="utf-8"?>
<testsuites name="pytest tests"><testsuite name="pytest" errors="1" failures="1" skipped="1"
  tests="4" time="1.250" timestamp="2026-03-02T09:00:00.500000+01:00" hostname="ci">
  <testcase classname="tests.test_a" name="test_ok" time="0.5" />
  <testcase classname="tests.test_a" name="test_no" time="0.25"><failure message="assert 1 == 2">
    trace</failure></testcase>
  <testcase classname="tests.test_a" name="test_later" time="0"><skipped type="pytest.skip"
    message="not on this machine">...</skipped></testcase>
  <testcase classname="tests.test_a" name="test_teardown" time="0.1"><error message="gone">trace
  </error></testcase></testsuite></testsuites>"""
SUREFIRE = """<testsuite xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" name="PriceTest"
  time="0.9" tests="3" errors="0" skipped="0" failures="1">
  <properties><property name="java.version" value="21"/></properties>
  <testcase name="adds" classname="PriceTest" time="0.1"/>
  <testcase name="waits" classname="PriceTest" time="0.2"><flakyFailure message="slow" type="E">
    <stackTrace>...</stackTrace></flakyFailure></testcase>
  <testcase name="fails" classname="PriceTest" time="0.3"><failure message="no" type="E"/>
    <rerunFailure message="again" type="E"><stackTrace>...</stackTrace></rerunFailure></testcase>
  </testsuite>"""
GOOGLE_TEST = """<testsuites tests="3" failures="1" disabled="1" errors="0" time="0.01">
  <testsuite name="Price" tests="3" failures="1" disabled="1" errors="0" time="0.01">
  <testcase name="Adds" status="run" result="completed" time="0" classname="Price" />
  <testcase name="DISABLED_Later" status="notrun" result="suppressed" time="0" classname="Price" />
  <testcase name="Fails" status="run" result="completed" time="0" classname="Price">
  <failure message="a" type=""><![CDATA[a < b]]></failure>
  <failure message="b" type=""><![CDATA[b < c]]></failure></testcase></testsuite></testsuites>"""
CTEST = """<testsuite name="Linux" tests="3" failures="1" disabled="0" skipped="1" time="2">
  <testcase name="one" classname="one" time="1" status="run"><system-out>ok</system-out></testcase>
  <testcase name="two" classname="two" time="1" status="fail"><failure message="no"/></testcase>
  <testcase name="three" classname="three" time="0" status="notrun"><skipped/></testcase>
  </testsuite>"""
NAMESPACED = """<j:testsuites xmlns:j="urn:example:junit"><j:testsuite><j:testcase/>
  <j:testcase><j:failure/></j:testcase></j:testsuite></j:testsuites>"""


def counts(path: Path) -> tuple[object, ...]:
    """In this order: tests, passed, failed, errors, skipped, flaky, suites."""
    facts = read_evidence(path).facts
    names = ("tests", "passed", "failed", "errors", "skipped", "flaky", "suites")
    return tuple(facts[f"junit.{name}"] for name in names)


@pytest.mark.req("S48")
@pytest.mark.parametrize(
    ("report", "expected"),
    [
        pytest.param(PYTEST, (4, 1, 1, 1, 1, 0, 1), id="pytest"),
        pytest.param(SUREFIRE, (3, 2, 1, 0, 0, 1, 1), id="surefire"),
        pytest.param(GOOGLE_TEST, (3, 1, 1, 0, 1, 0, 1), id="google test"),
        pytest.param(CTEST, (3, 1, 1, 0, 1, 0, 1), id="ctest"),
        pytest.param(NAMESPACED, (2, 1, 1, 0, 0, 0, 1), id="namespaced"),
        pytest.param(PYTEST.encode("utf-16"), (4, 1, 1, 1, 1, 0, 1), id="utf-16"),
    ],
)
def test_every_dialect_is_counted_by_its_cases(
    written: Written, report: str | bytes, expected: tuple[int, ...]
) -> None:
    """Tools differ in headers and extras, never in what a test case is."""
    if isinstance(report, bytes):
        report = report.decode("utf-16").replace("utf-8", "utf-16").encode("utf-16")
    assert counts(written(report)) == expected


@pytest.mark.parametrize(
    ("case", "counted_as"),
    [
        ("<testcase/>", "passed"),
        ("<testcase><failure/></testcase>", "failed"),
        ("<testcase><error/></testcase>", "errors"),
        ("<testcase><failure/><error/></testcase>", "errors"),
        ("<testcase><error/><failure/><skipped/></testcase>", "errors"),
        ("<testcase><skipped/><failure/></testcase>", "failed"),
        ("<testcase><skipped/></testcase>", "skipped"),
        ("<testcase><disabled/></testcase>", "skipped"),
        ("<testcase status='disabled'/>", "skipped"),
        ("<testcase status='notrun'/>", "skipped"),
        ("<testcase status='Failed'/>", "failed"),
        ("<testcase result='error'/>", "errors"),
        ("<testcase status='disabled'><failure/></testcase>", "failed"),
        ("<testcase><flakyError/></testcase>", "passed"),
        ("<testcase><details><failure/></details></testcase>", "failed"),
        ("<testcase><system-out>&lt;failure/></system-out></testcase>", "passed"),
    ],
)
def test_a_case_counts_once_as_the_worst_it_reports(
    written: Written, case: str, counted_as: str
) -> None:
    """Error before failure before skipped; a case is never counted in two columns."""
    facts = read_evidence(written(f"<testsuite>{case}</testsuite>")).facts
    columns = {name: facts[f"junit.{name}"] for name in ("passed", "failed", "errors", "skipped")}
    assert columns == {name: int(name == counted_as) for name in columns}


@pytest.mark.parametrize("root", ["testsuite", "testsuites"])
def test_a_problem_outside_any_case_counts_as_one_test(written: Written, root: str) -> None:
    """A suite whose set-up broke has no case to carry the error, yet it did not pass."""
    report = f"<{root}><testsuite><error/><failure/></testsuite><failure/></{root}>"
    assert counts(written(report))[:5] == (2, 0, 1, 1, 0)


def test_a_suite_that_only_groups_suites_is_not_counted(written: Written) -> None:
    """Empty suites count, because somebody meant to test something there."""
    report = """<testsuites><testsuite><testsuite><testcase/></testsuite><testsuite/></testsuite>
        <testsuite/></testsuites>"""
    assert read_evidence(written(report)).facts["junit.suites"] == 3


@pytest.mark.parametrize(
    ("report", "seconds"),
    [
        ("<testsuite time='2.5'><testcase time='9'/></testsuite>", 2.5),
        ("<testsuite><testcase time='1.5'/><testcase time='2'/></testsuite>", 3.5),
        ("<testsuites time='99'><testsuite time='1'/><testsuite time='2'/></testsuites>", 3),
        ("<testsuite time='-3'><testcase time='1'/></testsuite>", 1),
        ("<testsuite><testcase time='-3'/><testcase time='1'/></testsuite>", 1),
        ("<testsuite time='1,234.5'/>", 1234.5),
        ("<testsuite time='1,5'/>", 0),
        ("<testsuite time='1e999'/>", 0),
        ("<testsuite time='1e300'/>", 0),
        ("<testsuite time='nan'/>", 0),
        ("<testsuite time='Infinity'/>", 0),
        ("<testsuite time='5s'/>", 0),
        ("<testsuite time=''/>", 0),
        ("<testsuite time='1e-3'/>", 0.001),
        ("<testsuite><testsuite time='4'/><testcase time='1'/></testsuite>", 5),
        (f"<testsuite time='{'9' * 1_000_000}'/>", 0),
    ],
)
def test_duration_is_what_the_outer_suites_state_or_the_sum_of_their_cases(
    written: Written, report: str, seconds: float
) -> None:
    """A time that cannot be a measurement counts as none."""
    assert read_evidence(written(report), "junit").facts["junit.duration_s"] == seconds


@pytest.mark.req("S48")
@pytest.mark.parametrize(
    "report", ["<testsuites/>", "<testsuite><testcase><skipped/></testcase></testsuite>"]
)
def test_nothing_run_has_no_pass_ratio(written: Written, report: str) -> None:
    """An empty run is not a clean one: a gate that asks for the ratio finds no evidence."""
    assert "junit.pass_ratio" not in read_evidence(written(report)).facts


def test_skipped_tests_are_left_out_of_the_pass_ratio(written: Written) -> None:
    """Of four tests one is skipped, one passed, two did not."""
    assert read_evidence(written(PYTEST)).facts["junit.pass_ratio"] == pytest.approx(1 / 3)


@pytest.mark.parametrize(
    ("report", "declared", "missing"),
    [
        ("<testsuites tests='9'><testsuite tests='2'><testcase/></testsuite></testsuites>", 9, 8),
        ("<testsuites><testsuite tests='2'/><testsuite tests='3'/></testsuites>", 5, 5),
        ("<testsuite tests='1'><testsuite tests='2'/><testsuite tests='3'/></testsuite>", 5, 5),
        ("<testsuite tests='0'><testcase/></testsuite>", 0, 0),
        ("<testsuite tests='-4'><testcase/></testsuite>", None, None),
        ("<testsuite tests='1e3'><testcase/></testsuite>", None, None),
        ("<testsuite><testcase/></testsuite>", None, None),
    ],
)
def test_headers_are_reported_beside_the_count(
    written: Written, report: str, declared: int | None, missing: int | None
) -> None:
    """A tool that crashed half-way may leave a well-formed file; a gate can ask for 0 missing."""
    facts = read_evidence(written(report)).facts
    assert facts.get("junit.declared_tests") == declared
    assert facts.get("junit.missing_tests") == missing


@pytest.mark.parametrize(
    ("timestamps", "expected"),
    [
        (["2026-03-02T09:00:00+01:00"], "2026-03-02T08:00:00Z"),
        (["2026-03-02T09:00:00Z", "2026-03-01T09:00:00Z"], "2026-03-01T09:00:00Z"),
        (["2026-03-02T09:00:00", "2026-03-02T09:00:00Z"], "2026-03-02T09:00:00Z"),
        (["2026-03-02T09:00:00"], None),
        (["yesterday"], None),
        (["0001-01-01T00:00:00+23:59"], None),
        (["9999-12-31T23:59:59-23:59"], None),
    ],
)
def test_produced_at_needs_an_offset(
    written: Written, timestamps: list[str], expected: str | None
) -> None:
    """No zone is ever guessed; of several suites the earliest counts, since evidence ages."""
    suites = "".join(f"<testsuite timestamp='{each}'/>" for each in timestamps)
    evidence = read_evidence(written(f"<testsuites>{suites}</testsuites>"))
    assert evidence.to_dict()["produced_at"] == expected


@pytest.mark.parametrize("root", ["suites", "test-run", "html", "TestSuites", "coverage"])
def test_another_root_is_refused(written: Written, root: str) -> None:
    """Asked for by name, the reader says what it found and what it expected."""
    path = written(f"<{root}><testcase/></{root}>")
    with pytest.raises(EvidenceError, match=rf"line 1: .*<{root}>.*<testsuites>"):
        read_evidence(path, "junit")
