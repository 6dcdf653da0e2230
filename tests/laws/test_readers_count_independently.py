"""Law 3, fail closed: a report counts as an independent count says, other input is refused."""

from __future__ import annotations

import io
from decimal import Decimal
from typing import Any
from xml.sax.saxutils import quoteattr

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from engagekit.errors import EvidenceError
from engagekit.readers import Reading, Source, cobertura, junit

RANK = ("error", "failure", "skipped")
COLUMN = {"error": "errors", "failure": "failed", "skipped": "skipped", "passed": "passed"}

times = st.none() | st.integers(-5_000, 5_000_000).map(lambda ms: str(Decimal(ms).scaleb(-3)))
cases = st.fixed_dictionaries(
    {
        "tag": st.just("testcase"),
        "time": times,
        "inside": st.lists(st.sampled_from(["error", "failure", "skipped", "system-out"])),
    }
)


def groups(children: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """A suite around these children, perhaps with a problem of its own."""
    return st.fixed_dictionaries(
        {
            "tag": st.just("testsuite"),
            "time": times,
            "inside": st.lists(children | st.sampled_from(["error", "properties"]), max_size=6),
        }
    )


suites = groups(st.recursive(cases, groups, max_leaves=12))
roots = suites | st.lists(suites, max_size=4).map(
    lambda inside: {"tag": "testsuites", "time": "77", "inside": inside}
)


def as_xml(node: Any) -> str:
    """The tree as a report."""
    if isinstance(node, str):
        return f"<{node}/>"
    time = "" if node["time"] is None else f" time={quoteattr(node['time'])}"
    inside = "".join(as_xml(child) for child in node["inside"])
    return f"<{node['tag']}{time}>{inside}</{node['tag']}>"


def verdicts(node: Any) -> list[str]:
    """One word per test, in no particular order."""
    problems = [child for child in node["inside"] if child in RANK]
    if node["tag"] == "testcase":
        return [min(problems, key=RANK.index, default="passed")]
    own = ["error"] if "error" in problems else []
    return own + [word for child in nodes(node) for word in verdicts(child)]


def nodes(node: Any) -> list[Any]:
    """The suites and cases directly inside."""
    return [child for child in node["inside"] if isinstance(child, dict)]


def duration(node: Any) -> Decimal:
    """Its own time where it can be one, else that of what it holds."""
    stated = None if node["tag"] == "testsuites" else node["time"]
    if stated is not None and Decimal(stated) >= 0:
        return Decimal(stated)
    return sum((duration(child) for child in nodes(node)), Decimal())


def read_junit(report: str | bytes) -> Reading:
    """Straight from the reader, so that nothing turns its bugs into refusals."""
    data = report.encode() if isinstance(report, str) else report
    return junit.READER.read(Source(io.BytesIO(data), "report"))


def read_cobertura(report: str | bytes) -> Reading:
    """As `read_junit`."""
    data = report.encode() if isinstance(report, str) else report
    return cobertura.READER.read(Source(io.BytesIO(data), "report"))


@pytest.mark.req("S48")
@given(roots)
def test_junit_counts_agree_with_a_count_over_the_tree(root: Any) -> None:
    """However suites are nested, whatever they state about themselves."""
    facts = read_junit(as_xml(root)).facts
    found = verdicts(root)
    assert facts["junit.tests"] == len(found)
    for word, column in COLUMN.items():
        assert facts[f"junit.{column}"] == found.count(word)
    assert Decimal(str(facts["junit.duration_s"])) == duration(root)
    run = len(found) - found.count("skipped")
    assert facts.get("junit.pass_ratio") == (found.count("passed") / run if run else None)


lines = st.lists(
    st.tuples(
        st.sampled_from(["a.py", "b/a.py", "ü.py"]),
        st.integers(1, 9),
        st.integers(0, 3),
        st.none() | st.integers(0, 4).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))),
        st.booleans(),
    ),
    max_size=30,
)


@pytest.mark.req("S48")
@given(lines)
def test_cobertura_counts_agree_with_a_count_over_sets(entries: list[Any]) -> None:
    """In whatever order, class and method the lines are written down."""
    body = ""
    for name, number, hits, branches, in_method in entries:
        share = ""
        if branches is not None:
            share = f"branch='true' condition-coverage='x ({branches[0]}/{branches[1]})'"
        line = f"<lines><line number='{number}' hits='{hits}' {share}/></lines>"
        if in_method:
            line = f"<methods><method>{line}</method></methods>"
        body += f"<class filename='{name}'>{line}</class>"
    report = f"<coverage line-rate='0.5'>{body}</coverage>"
    valid = {(name, number) for name, number, *_ in entries}
    if not valid:
        with pytest.raises(EvidenceError):
            read_cobertura(report)
        return
    covered = {(name, number) for name, number, hits, *_ in entries if hits}
    facts = read_cobertura(report).facts
    assert facts["coverage.lines_valid"] == len(valid)
    assert facts["coverage.lines_covered"] == len(covered)
    assert facts["coverage.line_ratio"] == len(covered) / len(valid)
    stated: dict[Any, list[Any]] = {}
    for name, number, _, branches, _ in entries:
        if branches is not None:
            stated.setdefault((name, number), []).append(branches)
    total = sum(max(n for _, n in each) for each in stated.values())
    taken = sum(max(k for k, _ in each) for each in stated.values())
    assert facts.get("coverage.branches_valid", 0) == total
    assert facts.get("coverage.branch_ratio") == (taken / total if total else None)


JUNIT = b"""<?xml version="1.0" encoding="utf-8"?>
<testsuites tests="3" time="1.5"><testsuite name="s" timestamp="2026-03-02T09:00:00Z" time="0.5">
<testcase name="a" time="0.5"/><testcase name="b"><failure message="no">trace</failure></testcase>
<testcase name="c"><skipped/></testcase></testsuite></testsuites>"""
COBERTURA = b"""<?xml version="1.0" ?><!DOCTYPE coverage SYSTEM 'http://localhost:9/coverage.dtd'>
<coverage line-rate="0.5" branch-rate="0.5" lines-covered="1" lines-valid="2" timestamp="1772442000"
version="gcovr 8.6"><packages><package><classes><class filename="a.c"><lines>
<line number="1" hits="1" branch="true" condition-coverage="50% (1/2)"/><line number="2" hits="0"/>
</lines></class></classes></package></packages></coverage>"""
ENDS = ("_ratio", "_rate")
PARTS = st.sampled_from(
    b" < > ' \0 \xff &x; <!-- ]]> -1 nan 1e999 <a> <error/> </testcase> <line/>".split(b" ")
)


@st.composite
def damaged(draw: st.DrawFn, report: bytes) -> bytes:
    """The report with a few pieces replaced, moved or lost."""
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(report)))
        end = draw(st.integers(start, min(len(report), start + 12)))
        report = report[:start] + draw(PARTS | st.binary(max_size=6)) + report[end:]
    return report


def outcome(read: Any, report: bytes) -> Any:
    """What it reads, or None where it is refused; anything else it raises is a bug."""
    try:
        return read(report)
    except EvidenceError:
        return None


@given(st.binary(max_size=200) | damaged(JUNIT) | damaged(COBERTURA))
@example(b"")
@example(JUNIT)
@example(COBERTURA)
def test_any_bytes_are_read_or_refused(report: bytes) -> None:
    """Nothing but EvidenceError, and what is read stays possible."""
    tests = outcome(read_junit, report)
    if tests is not None:
        columns = ("passed", "failed", "errors", "skipped")
        assert tests.facts["junit.tests"] == sum(tests.facts[f"junit.{c}"] for c in columns)
        assert 0 <= tests.facts.get("junit.pass_ratio", 0) <= 1
        assert 0 <= tests.facts["junit.duration_s"] < 1e12
    covered = outcome(read_cobertura, report)
    if covered is not None:
        ratios = [value for metric, value in covered.facts.items() if metric.endswith(ENDS)]
        assert all(0 <= ratio <= 1 for ratio in ratios)
    for reader in (junit.READER, cobertura.READER):
        assert reader.sniff(report) in (True, False)


@given(roots, st.data())
def test_a_report_cut_off_is_refused(root: Any, data: st.DataObject) -> None:
    """At no byte before its end does a tree of tests become a smaller one."""
    report = as_xml(root)
    length = data.draw(st.integers(0, len(report) - 1))
    with pytest.raises(EvidenceError):
        read_junit(report[:length])
