"""The verdict: rows by the facts, the worst row decides, every no explains itself."""

from __future__ import annotations

import itertools
import json

import pytest

import engagekit as ek
from engagekit import RowStatus, Verdict
from engagekit.business_time.instants import as_microseconds
from engagekit.gates.gate import Fact, Gate, GateReport, GateRow, Waiver, judge

NOW = as_microseconds("2026-03-02T09:00:00Z")
DAY = 86_400_000_000

WORST = {  # written down by hand: what one mandatory row of this status makes of a gate
    "met": 0,
    "waived": 1,
    "no_evidence": 2,
    "unmet": 3,
    "expired": 3,
    "not_measurable": 3,
}
VERDICTS = ["ready", "conditional", "insufficient_evidence", "blocked"]


def criterion(name="tests_pass", **more):
    """One criterion about a count of failures."""
    terms = {"metric": f"m.{name}", "op": "==", "target": 0, "unit": "count"}
    return ek.Criterion(id=name, **(terms | more))


def fact(value=0, *, metric="m.tests_pass", kind="junit", by="ci", at=NOW - DAY, **more):
    """One fact about it."""
    return Fact(metric, value, kind, by, at, **more)


def status(value=0, *, as_of=NOW, waivers=(), more=None, **about):
    """The status of the criterion by one fact."""
    known = {"m.tests_pass": [fact(value, **about)]}
    return judge(criterion(**(more or {})), known, {w.criterion: w for w in waivers}, as_of).status


ROWS = [(status, mandatory) for status in WORST for mandatory in (True, False)]


@pytest.mark.parametrize(
    "rows",
    [*itertools.combinations_with_replacement(ROWS, 2), *((row,) for row in ROWS)],
    ids=lambda rows: "+".join(f"{s}{'' if m else '?'}" for s, m in rows),
)
def test_the_worst_mandatory_row_decides(rows):
    """Every combination of two rows, mandatory or not, has the verdict of the hand-made table."""
    report = GateReport(
        "contracting",
        NOW,
        tuple(
            GateRow(criterion(f"c{n}", mandatory=mandatory), RowStatus(status))
            for n, (status, mandatory) in enumerate(rows)
        ),
    )
    worst = max([WORST[status] for status, mandatory in rows if mandatory], default=0)
    assert report.verdict == VERDICTS[worst]
    assert report.passable is (worst <= 1)
    assert len(report.open) == sum(mandatory and WORST[s] > 1 for s, mandatory in rows)


@pytest.mark.req("S17")
def test_a_gate_without_criteria_is_blocked():
    """No documented criterion: fail closed, and say how one is documented."""
    report = Gate("pilot", ()).report({}, {}, NOW)
    assert (report.verdict, report.rows, report.open) == (Verdict.BLOCKED, (), ())
    for shown in (report.refusal(), str(report)):
        assert "no documented criterion" in shown
        assert "e.document_gate('pilot', criteria=[...], by=...)" in shown


def test_a_criterion_is_judged_by_its_fact():
    """Met, unmet, not measurable, or nothing seen."""
    assert status(0) == "met"
    assert status(1) == "unmet"
    assert status(True) == status("0") == "not measurable"
    assert judge(criterion(), {"m.other": [fact()]}, {}, NOW).status == "no evidence"


@pytest.mark.parametrize(
    ("expires", "found"),
    [(NOW + 1, "met"), (NOW, "expired"), (NOW - 1, "expired"), (None, "met")],
)
def test_evidence_counts_until_it_expires_and_not_at_that_instant(expires, found):
    """The end of validity is outside."""
    assert status(expires=expires) == found


@pytest.mark.parametrize(
    ("at", "measured", "found"),
    [
        (NOW - DAY + 1, None, "met"),
        (NOW - DAY, None, "expired"),
        (NOW, NOW - DAY + 1, "met"),
        (NOW, NOW - DAY, "expired"),
        (NOW - DAY, NOW, "expired"),
        (NOW - DAY + 1, NOW + DAY, "met"),
    ],
)
def test_age_counts_from_the_measurement_where_it_is_stated(at, measured, found):
    """Old results shown late are old; a tool whose clock runs ahead makes nothing younger."""
    assert status(at=at, measured=measured, more={"max_age": "P1D"}) == found


def test_an_expired_failure_is_expired():
    """What no longer counts is not judged."""
    assert status(5, expires=NOW) == "expired"


def test_the_newest_fact_decides_among_the_kinds_accepted():
    """Without a choice the newest fact counts; with one, the newest of those kinds."""
    word, report = fact(5, kind="attestation"), fact(0, kind="junit", at=NOW - 2 * DAY)
    known = {"m.tests_pass": [word, report]}
    assert judge(criterion(), known, {}, NOW).fact is word
    row = judge(criterion(accepts=["junit"]), known, {}, NOW)
    assert (row.status, row.fact) == ("met", report)
    row = judge(criterion(accepts=["sarif"]), known, {}, NOW)
    assert (row.status, row.fact) == ("no evidence", None)


def test_any_alternative_may_show_it():
    """One metric that holds is enough; where none does, the first that was seen is told."""
    either = criterion(metric="m.a", alternatives=["m.b", "m.c"])
    bad, worse, good = fact(1, metric="m.b"), fact(2, metric="m.c"), fact(0, metric="m.c")
    row = judge(either, {"m.b": [bad], "m.c": [good]}, {}, NOW)
    assert (row.status, row.fact) == ("met", good)
    row = judge(either, {"m.b": [bad], "m.c": [worse]}, {}, NOW)
    assert (row.status, row.fact) == ("unmet", bad)


def waiver(at=NOW - DAY, until=NOW + DAY):
    """A waiver of the criterion."""
    return Waiver("tests_pass", "known defect", "eve", at, until)


@pytest.mark.parametrize(
    ("at", "until", "found"),
    [
        (NOW - 1, NOW + 1, "waived"),
        (NOW, NOW + 1, "waived"),
        (NOW + 1, NOW + 2, "unmet"),
        (NOW - 1, NOW, "unmet"),
    ],
)
def test_a_waiver_holds_from_its_beginning_to_before_its_end(at, until, found):
    """Half-open: at the very instant of `until` it has lapsed."""
    assert status(1, waivers=[waiver(at, until)]) == found


def test_a_waiver_covers_whatever_is_open_and_nothing_else():
    """Unmet, expired, unmeasurable and unseen are waived; what is met stays met."""
    for value, expires in ((1, None), (0, NOW), ("x", None)):
        assert status(value, expires=expires, waivers=[waiver()]) == "waived"
    unseen = judge(criterion(), {}, {"tests_pass": waiver()}, NOW)
    assert (unseen.status, unseen.waiver) == ("waived", waiver())
    met = judge(criterion(), {"m.tests_pass": [fact()]}, {"tests_pass": waiver()}, NOW)
    assert (met.status, met.waiver) == ("met", None)


@pytest.mark.parametrize(
    ("about", "fix"),
    [
        ({}, "e.attest('tests_pass', value=..., by=...)"),
        ({"target": True, "unit": "bool"}, "e.attest('tests_pass', by=...)"),
        ({"target": True, "op": "!=", "unit": "bool"}, "e.attest('tests_pass', value=..., by=...)"),
        ({"accepts": ["junit", "attestation"]}, "e.attest('tests_pass', value=..., by=...)"),
        (
            {"accepts": ["junit", "trx"]},
            "e.record(ek.read_evidence(...), by=...)  # junit or trx",
        ),
        ({"metric": "sign_off.go", "op": ">="}, "e.sign_off(by=...)"),
        (
            {"metric": "deliverable.report.accepted", "target": True, "unit": "bool"},
            "e.deliver('report', ...) and e.accept('report', ...)",
        ),
    ],
    ids=str,
)
def test_an_open_row_names_the_call_that_closes_it(about, fix):
    """The fix is a call that works for this criterion; what is met or waived needs none."""
    asked = criterion(**about)
    row = GateRow(asked, RowStatus.NO_EVIDENCE)
    assert row.fix == fix
    assert f"fix: {fix}" in str(row)
    for settled in (RowStatus.MET, RowStatus.WAIVED):
        assert GateRow(asked, settled).fix == ""


def test_a_row_tells_what_was_seen_and_what_is_required():
    """An unmet row shows status, statement, value, who, when, where, target and fix."""
    known = {"m.tests_pass": [fact(3, source="report.xml")]}
    row = judge(criterion(statement="All tests pass"), known, {}, NOW)
    seen = "3 (junit by ci, 2026-03-01T09:00:00Z, report.xml)"
    assert str(row).splitlines() == [
        "[unmet] tests_pass: All tests pass",
        f"    seen: {seen}; required: m.tests_pass == 0 (count)",
        "    fix: e.attest('tests_pass', value=..., by=...)",
    ]
    assert (row.seen, row.required) == (3, "m.tests_pass == 0 (count)")


def test_a_waived_row_tells_by_whom_and_until_when():
    """A waiver is shown with its reason and its end."""
    row = judge(criterion(), {}, {"tests_pass": waiver()}, NOW)
    assert "seen: nothing" in str(row)
    assert "waived by eve until 2026-03-03T09:00:00Z: known defect" in str(row)


def test_a_refusal_counts_and_lists_only_what_is_open():
    """Met rows do not clutter the refusal; the full report shows them."""
    gate = Gate("testing_qa", (criterion(), criterion("docs"), criterion("nice", mandatory=False)))
    report = gate.report({"m.tests_pass": [fact()]}, {}, NOW)
    head, *rows = report.refusal().splitlines()
    assert head == "'testing_qa' cannot be left: insufficient evidence, 1 of 3 criteria open"
    assert "tests_pass" not in "\n".join(rows)
    assert "docs" in rows[0]
    shown = str(report)
    assert shown.startswith("Gate of testing_qa at 2026-03-02T09:00:00Z: insufficient evidence")
    assert all(f"] {name}:" in shown for name in ("tests_pass", "docs", "nice"))


def test_a_report_is_plain_data_for_json():
    """Every row comes out with status, value, source, waiver and fix."""
    gate = Gate("testing_qa", (criterion(), criterion("docs")), "baseline.v1")
    known = {"m.tests_pass": [fact(source="report.xml")]}
    report = gate.report(known, {"docs": Waiver("docs", "later", "eve", NOW, NOW + DAY)}, NOW)
    plain = json.loads(json.dumps(report.to_dict()))
    assert plain["verdict"] == "conditional"
    assert plain["digest"] == report.digest
    assert plain["rows"][0] == {
        "criterion": "tests_pass",
        "statement": "Tests pass",
        "mandatory": True,
        "status": "met",
        "seen": 0,
        "shown_by": "ci",
        "shown_at": "2026-03-01T09:00:00Z",
        "source": "report.xml",
        "required": "m.tests_pass == 0 (count)",
        "waiver": None,
        "fix": None,
    }
    assert plain["rows"][1]["waiver"].startswith("waived by eve")
    assert plain["rows"][1]["seen"] is plain["rows"][1]["shown_by"] is None


def digest(*criteria, known=None, waivers=(), phase="testing_qa", as_of=NOW):
    """The digest of one gate's report."""
    facts = {"m.tests_pass": [fact()]} if known is None else known
    gate = Gate(phase, criteria or (criterion(),))
    return gate.report(facts, {w.criterion: w for w in waivers}, as_of).digest


def test_the_digest_changes_with_everything_that_was_approved():
    """Phase, criteria, statuses, facts and waivers are in the digest; the time of day is not."""
    assert digest() == digest(as_of=NOW + 1)
    different = [
        digest(),
        digest(phase="contracting"),
        digest(criterion(target=1)),
        digest(criterion(), criterion("docs")),
        digest(known={}),
        digest(known={"m.tests_pass": [fact(by="eve")]}),
        digest(known={"m.tests_pass": [fact(at=NOW)]}),
        digest(known={"m.tests_pass": [fact(kind="trx")]}),
        digest(known={"m.tests_pass": [fact(digest="a" * 64)]}),
        digest(known={"m.tests_pass": [fact(expires=NOW + DAY)]}),
        digest(known={"m.tests_pass": [fact(0.0)]}),
        digest(known={}, waivers=[waiver()]),
        digest(known={}, waivers=[waiver(until=NOW + 2 * DAY)]),
    ]
    assert len(set(different)) == len(different)


def test_the_digest_leaves_out_how_many_signed():
    """A sign-off cannot be bound to the count of sign-offs it changes itself."""
    four_eyes = criterion("four_eyes", metric="sign_off.go", op=">=", target=2, unit="people")
    signed = {"sign_off.go": [fact(2, metric="sign_off.go", kind="sign_off")]}
    tests = {"m.tests_pass": [fact()]}
    both = (criterion(), four_eyes)
    assert digest(*both, known=tests) == digest(*both, known=tests | signed) == digest()
    report = Gate("testing_qa", both).report(tests, {}, NOW)
    assert [row.criterion.id for row in report.approvable] == ["tests_pass"]
    assert [row.criterion.id for row in report.open] == ["four_eyes"]
