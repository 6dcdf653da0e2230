"""Cobertura: which lines count, and whose word it is."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from engagekit.errors import EvidenceError
from engagekit.readers import read_evidence

Written = Callable[[str | bytes], Path]

DOCTYPE = "<!DOCTYPE coverage SYSTEM 'http://cobertura.sourceforge.net/xml/coverage-04.dtd'>"


def report(lines: str, header: str = "line-rate='0.5'") -> str:
    """One class with these lines."""
    return (
        f"{DOCTYPE}<coverage {header}><packages><package><classes><class name='A' filename='a.py'>"
        f"<methods/><lines>{lines}</lines></class></classes></package></packages></coverage>"
    )


def facts_of(path: Path) -> dict[str, object]:
    """Without the prefix that all of them have."""
    found = read_evidence(path, "cobertura").facts
    return {metric.removeprefix("coverage."): value for metric, value in found.items()}


LINES = "<line number='1' hits='1'/><line number='2' hits='0'/><line number='3' hits='7'/>"
BRANCHES = """<line number='1' hits='1' branch='true' condition-coverage='50% (1/2)'/>
    <line number='2' hits='4' branch='True' condition-coverage='75% (3/4)'/>"""


@pytest.mark.req("S48")
def test_lines_are_counted_where_the_header_states_no_counts(written: Written) -> None:
    """The rate in the header is somebody's rounding; it is given beside the count."""
    assert facts_of(written(report(LINES))) == {
        "lines_covered": 2,
        "lines_valid": 3,
        "line_counting": "lines",
        "line_ratio": 2 / 3,
        "counted_line_ratio": 2 / 3,
        "header_line_rate": 0.5,
    }


@pytest.mark.req("S48")
def test_header_counts_come_first_and_the_lines_stay_visible(written: Written) -> None:
    """The two may differ, where functions share a line; both ratios are there to judge by."""
    header = "line-rate='0.3' lines-covered='3' lines-valid='10'"
    facts = facts_of(written(report(LINES, header)))
    assert (facts["line_ratio"], facts["line_counting"]) == (0.3, "header")
    assert facts["counted_line_ratio"] == pytest.approx(2 / 3)


def test_branches_come_from_the_conditions_of_the_lines(written: Written) -> None:
    """A branch is covered in the fraction that the line states."""
    facts = facts_of(written(report(BRANCHES, "line-rate='1' branch-rate='0.6'")))
    assert (facts["branches_covered"], facts["branches_valid"]) == (4, 6)
    assert facts["branch_ratio"] == pytest.approx(4 / 6)
    assert (facts["branch_counting"], facts["header_branch_rate"]) == ("lines", 0.6)


@pytest.mark.parametrize(
    "header",
    ["line-rate='1' branch-rate='1'", "line-rate='1' branches-covered='0' branches-valid='0'"],
)
def test_no_branches_have_no_branch_ratio(written: Written, header: str) -> None:
    """Tools write a rate of 0 or 1 there; neither was measured."""
    facts = facts_of(written(report(LINES, header)))
    assert not {"branch_ratio", "counted_branch_ratio", "header_branch_rate"} & set(facts)


def test_branches_without_a_fraction_are_not_counted_at_all(written: Written) -> None:
    """Counting only those that state one would flatter the rest."""
    lines = BRANCHES + "<line number='3' hits='1' branch='true' condition-coverage='50%'/>"
    assert "branch_ratio" not in facts_of(written(report(lines)))


def test_lines_repeated_in_methods_and_classes_count_once(written: Written) -> None:
    """A line of a file is one line, hit if any of its entries is."""
    path = written("""<coverage line-rate='1'><packages><package><classes>
        <class name='A' filename='a.py'><methods><method name='f'><lines>
          <line number='1' hits='0' branch='true' condition-coverage='0% (0/2)'/></lines></method>
        </methods><lines>
          <line number='1' hits='3' branch='true' condition-coverage='50% (1/2)'/></lines></class>
        <class name='A$Inner' filename='a.py'><lines><line number='1' hits='0'/></lines></class>
        <class name='B' filename='b.py'><lines><line number='1' hits='0'/></lines></class>
        </classes></package></packages></coverage>""")
    facts = facts_of(path)
    assert (facts["lines_covered"], facts["lines_valid"]) == (1, 2)
    assert (facts["branches_covered"], facts["branches_valid"]) == (1, 2)


@pytest.mark.req("S48")
def test_no_line_at_all_is_no_evidence(written: Written) -> None:
    """A rate of 1.0 over nothing is what an empty run reports."""
    with pytest.raises(EvidenceError, match="measures no line at all"):
        facts_of(written(report("", "line-rate='1.0' branch-rate='1.0'")))


def test_a_header_of_zero_lines_has_no_ratio(written: Written) -> None:
    """0 of 0 is stated as such, never divided."""
    facts = facts_of(written(report("", "line-rate='1' lines-covered='0' lines-valid='0'")))
    assert facts == {"lines_covered": 0, "lines_valid": 0, "line_counting": "header"}


@pytest.mark.parametrize(
    "header",
    [
        "line-rate='1.01'",
        "line-rate='-0.1'",
        "line-rate='NaN'",
        "line-rate='inf'",
        "line-rate='1e999'",
        "line-rate='0,67'",
        "line-rate=''",
        "line-rate='0.5' branch-rate='2'",
        "lines-covered='4' lines-valid='3'",
        "lines-covered='-1' lines-valid='3'",
        "lines-covered='1.5' lines-valid='3'",
        "lines-covered='1' lines-valid='9999999999999999'",
        "line-rate='1' branches-covered='3' branches-valid='2'",
    ],
)
def test_impossible_headers_are_refused(written: Written, header: str) -> None:
    """A report that contradicts itself proves nothing, whatever its lines say."""
    with pytest.raises(EvidenceError, match="line 1: "):
        facts_of(written(report(LINES, header)))


@pytest.mark.parametrize(
    "line",
    [
        "<line number='1'/>",
        "<line hits='1'/>",
        "<line number='1' hits='-1'/>",
        "<line number='1' hits='1.5'/>",
        "<line number='x' hits='1'/>",
        "<line number='1' hits='NaN'/>",
        "<line num='1' count='1'/>",
        "<line number='1' hits='1' branch='true' condition-coverage='150% (3/2)'/>",
    ],
)
def test_impossible_lines_are_refused(written: Written, line: str) -> None:
    """The message names the line of the file."""
    with pytest.raises(EvidenceError, match=r"report\.dat, line 2: "):
        facts_of(written(report(f"\n{line}")))


def test_a_counter_of_64_bits_is_a_hit(written: Written) -> None:
    """Instrumented native code counts that far."""
    facts = facts_of(written(report("<line number='1' hits='18446744073709551615'/>")))
    assert facts["lines_covered"] == 1


@pytest.mark.parametrize(
    ("stated", "expected"),
    [
        ("1772442000000", "2026-03-02T09:00:00Z"),
        ("1772442000", "2026-03-02T09:00:00Z"),
        ("1772442000.5", "2026-03-02T09:00:00.500000Z"),
        ("0", None),
        ("-5", None),
        ("2026-03-02", None),
        ("1e30", None),
        ("NaN", None),
    ],
)
def test_produced_at_is_in_seconds_or_milliseconds(
    written: Written, stated: str, expected: str | None
) -> None:
    """Both are about; above 10^11 it cannot be seconds. What is no time is left out."""
    path = written(report(LINES, f"line-rate='1' timestamp='{stated}'"))
    assert read_evidence(path).to_dict()["produced_at"] == expected


@pytest.mark.parametrize(
    ("version", "comment", "expected"),
    [
        ("gcovr 8.6+main", "", ("gcovr", "8.6+main")),
        (
            "7.6.1",
            "<!-- Generated by coverage.py: https://x -->",
            ("coverage.py", "7.6.1"),
        ),
        ("1.9", "", (None, "1.9")),
        ("", "", (None, None)),
    ],
)
def test_tool_and_version_where_stated(
    written: Written, version: str, comment: str, expected: tuple[str | None, str | None]
) -> None:
    """Who made the report, as far as it says so."""
    header = f"line-rate='1' version='{version}'"
    evidence = read_evidence(
        written(report(LINES, header).replace("<packages>", comment, 1).replace("</packages>", ""))
    )
    assert (evidence.tool, evidence.tool_version) == expected


def test_clover_is_not_taken_for_cobertura(written: Written) -> None:
    """The two share the name of their root and nothing else."""
    clover = "<coverage generated='1' clover='4'><line num='1' count='1'/></coverage>"
    with pytest.raises(EvidenceError, match="no report of a known kind"):
        read_evidence(written(clover))


def test_another_root_is_refused(written: Written) -> None:
    """Asked for by name, the reader says what it found and what it expected."""
    with pytest.raises(EvidenceError, match=r"<report>.*<coverage>"):
        facts_of(written("<report/>"))
