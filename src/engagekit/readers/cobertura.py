"""How much of the code did the tests reach? Cobertura XML, by its header and by its lines.

Both counts are given where both exist; where nothing was measured there is no ratio, never 1.0.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import TypeVar

import attrs

from engagekit.gates.evidence import FactValue
from engagekit.readers import stated
from engagekit.readers.base import Reader, Reading
from engagekit.readers.source import Source
from engagekit.readers.xml import Step, root, walk

__all__ = ["READER"]

_Number = TypeVar("_Number", int, float)

_TAG = "coverage"
_MARKS = frozenset({"line-rate", "lines-valid"})  # Clover's root has the same name, without these
_HITS = re.compile(r"[0-9]{1,30}")  # an unsigned 64-bit counter has 20 digits
_OF_CONDITIONS = re.compile(r"\(([0-9]{1,15})/([0-9]{1,15})\)")
_TOOL = re.compile(r"(?P<tool>[A-Za-z][\w.+-]{0,60}) v?(?P<version>[0-9]\S{0,60})")


@attrs.frozen
class _Share:
    """So many of so many."""

    covered: int
    valid: int

    def ratio(self) -> float | None:
        return self.covered / self.valid if self.valid else None


@attrs.define
class _Lines:
    """The lines of the report as a union, since methods and nested classes repeat them."""

    hit: dict[tuple[str, int], bool] = attrs.Factory(dict[tuple[str, int], bool])
    branches: dict[tuple[str, int], _Share] = attrs.Factory(dict[tuple[str, int], _Share])
    file: str = ""
    uncountable: bool = False  # a branching line does not say how many branches it has

    def add(self, number: int, hits: bool, branches: _Share | None) -> None:
        place = (self.file, number)
        self.hit[place] = self.hit.get(place, False) or hits
        if branches is not None:
            before = self.branches.get(place, branches)
            self.branches[place] = _Share(
                max(before.covered, branches.covered), max(before.valid, branches.valid)
            )

    def share(self) -> _Share | None:
        return _Share(sum(self.hit.values()), len(self.hit)) if self.hit else None

    def branch_share(self) -> _Share | None:
        if self.uncountable or not self.branches:
            return None
        found = self.branches.values()
        return _Share(sum(each.covered for each in found), sum(each.valid for each in found))


def _sniff(head: bytes) -> bool:
    first = root(head)
    if first is None or first.tag != _TAG:
        return False
    return first.attributes is None or not _MARKS.isdisjoint(first.attributes)


def _read(source: Source) -> Reading:
    steps = walk(source, "a Cobertura report")
    header = next(steps)
    if header.tag != _TAG:
        raise source.fault(
            f"the outermost element is <{header.tag[:80]}>; a Cobertura report has <{_TAG}> there",
            line=header.line,
        )
    facts = _facts(source, header, _counted(source, steps))
    tool, version = _tool(source, header.attributes.get("version", "").strip())
    return Reading(
        facts=facts,
        tool=tool,
        tool_version=version,
        produced_at=stated.epoch(header.attributes.get("timestamp", "")),
    )


def _counted(source: Source, steps: Iterable[Step]) -> _Lines:
    lines = _Lines()
    for step in steps:
        if not step.opens:
            continue
        if step.tag == "class":
            lines.file = step.attributes.get("filename") or step.attributes.get("name", "")
        elif step.tag == "line":
            _add_line(source, step, lines)
    return lines


def _add_line(source: Source, step: Step, lines: _Lines) -> None:
    number = stated.count(step.attributes.get("number", ""))
    hits = step.attributes.get("hits", "").strip()
    if number is None or not _HITS.fullmatch(hits):
        raise source.fault(
            f"a <line> with number={_quoted(step.attributes.get('number', ''))} and"
            f" hits={_quoted(hits)}; both must be whole numbers from 0 on",
            line=step.line,
        )
    branches = None
    if step.attributes.get("branch", "").lower() == "true":
        branches = _branches(source, step)
        lines.uncountable = lines.uncountable or branches is None
    lines.add(number, bool(hits.strip("0")), branches)


def _branches(source: Source, step: Step) -> _Share | None:
    found = _OF_CONDITIONS.search(step.attributes.get("condition-coverage", "")[:80])
    if found is None:
        return None
    return _checked(source, _Share(int(found[1]), int(found[2])), "branches", step.line)


def _facts(source: Source, header: Step, lines: _Lines) -> Mapping[str, FactValue]:
    facts: dict[str, FactValue] = {}
    counted = {"line": lines.share(), "branch": lines.branch_share()}
    for what, plural in (("line", "lines"), ("branch", "branches")):
        by_header, by_lines = _header_share(source, header, plural), counted[what]
        share = by_header or by_lines
        rate = _header_rate(source, header, f"{what}-rate")
        if share is None:
            continue
        facts[f"coverage.{plural}_covered"] = share.covered
        facts[f"coverage.{plural}_valid"] = share.valid
        facts[f"coverage.{what}_counting"] = "lines" if by_header is None else "header"
        ratios = {
            f"coverage.{what}_ratio": share.ratio(),
            f"coverage.counted_{what}_ratio": None if by_lines is None else by_lines.ratio(),
            f"coverage.header_{what}_rate": rate if share.valid else None,
        }
        facts.update({metric: ratio for metric, ratio in ratios.items() if ratio is not None})
    if not facts:
        raise source.fault(
            "measures no line at all, which proves nothing; check that the tests ran under the"
            " coverage tool and that its source paths are right"
        )
    return facts


def _header_share(source: Source, header: Step, plural: str) -> _Share | None:
    covered = _header_number(source, header, f"{plural}-covered", stated.count)
    valid = _header_number(source, header, f"{plural}-valid", stated.count)
    if covered is None or valid is None:
        return None
    return _checked(source, _Share(covered, valid), plural, header.line)


def _header_rate(source: Source, header: Step, name: str) -> float | None:
    rate = _header_number(source, header, name, stated.decimal)
    if rate is not None and not 0 <= rate <= 1:
        raise source.fault(f"{name}={rate}; a ratio lies between 0 and 1", line=header.line)
    return rate


def _header_number(
    source: Source, header: Step, name: str, parse: Callable[[str], _Number | None]
) -> _Number | None:
    given = header.attributes.get(name)
    if given is None:
        return None
    number = parse(given)
    if number is None:
        raise source.fault(
            f"{name}={_quoted(given)} is no number that can be measured", line=header.line
        )
    return number


def _quoted(given: str) -> str:
    return repr(given[:60])


def _checked(source: Source, share: _Share, what: str, line: int) -> _Share:
    if share.covered > share.valid:
        raise source.fault(f"{share.covered} {what} covered of only {share.valid}", line=line)
    return share


def _tool(source: Source, version: str) -> tuple[str | None, str | None]:
    """Tool and version; gcovr writes both into `version`, coverage.py its name in a comment."""
    named = _TOOL.match(version)
    if named is not None:
        return named["tool"], named["version"]
    by_coverage_py = b"<!-- Generated by coverage.py:" in source.head
    return "coverage.py" if by_coverage_py else None, version[:200] or None


READER = Reader(kind="cobertura", sniff=_sniff, read=_read)
