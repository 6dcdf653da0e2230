"""How did the tests go? JUnit XML in the dialects that are about.

Counted by `<testcase>`, never by what a header claims; what could be read as a failure is one.
"""

from __future__ import annotations

from collections.abc import Mapping

import attrs

from engagekit.gates.evidence import FactValue
from engagekit.readers import stated
from engagekit.readers.base import Reader, Reading
from engagekit.readers.source import Source
from engagekit.readers.xml import Step, root, walk

__all__ = ["READER"]

_ROOTS = frozenset({"testsuites", "testsuite"})
_NODES = _ROOTS | {"testcase"}
_OUTCOMES = {
    "error": "error",
    "failure": "failure",
    "skipped": "skipped",
    "disabled": "skipped",
    "ignored": "skipped",
    "flakyFailure": "flaky",
    "flakyError": "flaky",
    "rerunFailure": "flaky",
    "rerunError": "flaky",
}
# Google Test, CTest and Qt state the outcome in an attribute, some versions only there.
_STATES = {
    "error": "error",
    "errored": "error",
    "broken": "error",
    "fail": "failure",
    "failed": "failure",
    "failure": "failure",
    "skipped": "skipped",
    "disabled": "skipped",
    "ignored": "skipped",
    "notrun": "skipped",
    "pending": "skipped",
    "suppressed": "skipped",
}


@attrs.define
class _Node:
    """An open `<testsuites>`, `<testsuite>` or `<testcase>` and what was met inside so far."""

    tag: str
    own_time: int | None = None  # microseconds
    declared: int | None = None  # tests its header claims
    outcomes: set[str] = attrs.Factory(set[str])
    tests: int = 0  # directly inside
    suites: int = 0  # directly inside
    inner_time: int = 0
    inner_declared: int | None = None

    def time(self) -> int:
        return self.inner_time if self.own_time is None else self.own_time

    def claimed(self) -> int | None:
        claims = [claim for claim in (self.declared, self.inner_declared) if claim is not None]
        return max(claims, default=None)


@attrs.define
class _Count:
    """The running count of one report."""

    tests: int = 0
    failed: int = 0
    errors: int = 0
    skipped: int = 0
    flaky: int = 0
    suites: int = 0
    started: int | None = None  # the earliest one stated, microseconds UTC
    nodes: list[_Node] = attrs.Factory(lambda: [_Node("")])  # the first stands for the file

    def open(self, step: Step) -> None:
        if step.tag in _NODES:
            self.nodes.append(_node(step))
            self._note_start(step.attributes.get("timestamp"))
        elif step.tag in _OUTCOMES:
            self.nodes[-1].outcomes.add(_OUTCOMES[step.tag])

    def close(self, tag: str) -> None:
        if tag not in _NODES:
            return
        node = self.nodes.pop()
        outer = self.nodes[-1]
        if tag == "testcase":
            outer.tests += 1
            self._settle(node.outcomes)
        else:
            self._close_group(node)
            outer.suites += tag == "testsuite"
            outer.inner_declared = _sum(outer.inner_declared, node.claimed())
        outer.inner_time += node.time()

    def _close_group(self, node: _Node) -> None:
        # A suite that broke before its first case (set-up, import) reports the problem itself.
        problem = node.outcomes & {"error", "failure"}
        if problem:
            node.tests += 1
            self._settle(problem)
        if node.tag == "testsuite" and (node.tests or not node.suites):
            self.suites += 1

    def _settle(self, outcomes: set[str]) -> None:
        self.tests += 1
        if "error" in outcomes:
            self.errors += 1
        elif "failure" in outcomes:
            self.failed += 1
        elif "skipped" in outcomes:
            self.skipped += 1
        elif "flaky" in outcomes:
            self.flaky += 1

    def _note_start(self, timestamp: str | None) -> None:
        moment = None if timestamp is None else stated.instant(timestamp)
        if moment is not None and (self.started is None or moment < self.started):
            self.started = moment


def _sniff(head: bytes) -> bool:
    first = root(head)
    return first is not None and first.tag in _ROOTS


def _read(source: Source) -> Reading:
    count = _Count()
    for step in walk(source, "a JUnit XML report"):
        if len(count.nodes) == 1 and step.tag not in _ROOTS:
            raise source.fault(
                f"the outermost element is <{step.tag[:80]}>; a JUnit XML report has <testsuites>"
                " or <testsuite> there",
                line=step.line,
            )
        if step.opens:
            count.open(step)
        else:
            count.close(step.tag)
    return Reading(facts=_facts(count), produced_at=count.started)


def _facts(count: _Count) -> Mapping[str, FactValue]:
    passed = count.tests - count.failed - count.errors - count.skipped
    facts: dict[str, FactValue] = {
        "junit.tests": count.tests,
        "junit.passed": passed,
        "junit.failed": count.failed,
        "junit.errors": count.errors,
        "junit.skipped": count.skipped,
        "junit.flaky": count.flaky,
        "junit.suites": count.suites,
        "junit.duration_s": count.nodes[0].inner_time / 1_000_000,
    }
    if count.tests > count.skipped:
        facts["junit.pass_ratio"] = passed / (count.tests - count.skipped)
    declared = count.nodes[0].inner_declared
    if declared is not None:
        facts["junit.declared_tests"] = declared
        facts["junit.missing_tests"] = max(0, declared - count.tests)
    return facts


def _node(step: Step) -> _Node:
    attributes = step.attributes
    node = _Node(step.tag)
    # The time on <testsuites> is the wall clock of the run, start-up and parallel work included.
    if step.tag != "testsuites":
        node.own_time = stated.duration(attributes.get("time", ""))
    if step.tag == "testcase":
        states = (attributes.get(name, "").strip().lower() for name in ("status", "result"))
        node.outcomes.update(_STATES[state] for state in states if state in _STATES)
    else:
        node.declared = stated.count(attributes.get("tests", ""))
    return node


def _sum(one: int | None, other: int | None) -> int | None:
    return one if other is None else other + (one or 0)


READER = Reader(kind="junit", sniff=_sniff, read=_read)
