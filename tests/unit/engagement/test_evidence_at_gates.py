"""Evidence and waivers: what someone says, what a tool reports, what is set aside for a time."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

import engagekit as ek

FIRST = "requirements_definition"
NUMBER = {"id": "coverage", "metric": "coverage.line_ratio", "op": ">=", "target": 0.8}
NUMBER |= {"unit": "ratio"}


def status(e, criterion, phase=FIRST):
    """The status of one row."""
    (row,) = [row for row in e.check(phase).rows if row.criterion.id == criterion]
    return row.status


def test_a_word_is_given_by_id_or_by_metric(gated):
    """Both names of a criterion record the same metric."""
    for name in ("coverage", "Coverage", "coverage.line_ratio"):
        e = gated(NUMBER)
        e.attest(name, 0.85, by="bob", source="wiki/42")
        (row,) = e.check().rows
        assert (row.status, row.seen) == ("met", 0.85)
        assert (row.fact.kind, row.fact.by, row.fact.source) == ("attestation", "bob", "wiki/42")


def test_of_two_gates_the_current_one_is_meant(start, yes):
    """A criterion id that two gates have is first looked for at the current one."""
    mine, other = yes("brief", metric="a.one"), yes("brief", metric="a.two")
    e = start(gates={FIRST: [mine], "contracting": [other]})
    e.attest("brief", by="bob")
    assert (status(e, "brief"), status(e, "brief", "contracting")) == ("met", "no evidence")


def test_a_criterion_of_a_later_gate_can_be_shown_early(start):
    """Evidence may come before its phase does."""
    e = start()
    e.attest("sow_executed", by="bob")
    assert status(e, "sow_executed", "contracting") == "met"


def test_an_unknown_criterion_is_refused_with_the_nearest(start):
    """A slip is suggested; without a near name the ids of the plan are listed, not the metrics."""
    e = start()
    with pytest.raises(ek.UnknownId, match="unknown criterion 'timline'; did you mean 'timeline'"):
        e.attest("timline", by="bob")
    with pytest.raises(ek.UnknownId) as refused:
        e.attest("zzz", by="bob")
    assert "msa_executed" in refused.value.known
    assert "document.msa.executed" not in refused.value.known
    assert e.version == 1


@pytest.mark.parametrize("value", [True, "0.9", None, float("nan"), float("inf"), [1], 10**400])
def test_a_value_of_another_sort_is_refused(gated, value):
    """A bool, text, nothing or NaN where a number is asked for is no evidence; nothing changes."""
    e = gated(NUMBER)
    with pytest.raises(ek.EvidenceError, match="coverage"):
        e.attest("coverage", value, by="bob")
    assert e.version == 1


@pytest.mark.parametrize("value", [1, 1.0, "true", None])
def test_yes_or_no_is_no_number(start, value):
    """Where true is asked for, 1 is refused, with what is required."""
    with pytest.raises(ek.EvidenceError, match="timeline: expected a value for timeline == true"):
        start().attest("timeline", value, by="bob")


def test_a_false_word_is_recorded_and_keeps_the_gate_shut(gated, yes):
    """Saying no is evidence, too."""
    e = gated(yes("brief"))
    e.attest("brief", False, by="bob")
    assert e.check().verdict == "blocked"
    with pytest.raises(ek.GateClosed, match=r"seen: false \(attestation by bob"):
        e.advance(by="ana")


def test_some_criteria_take_nobodys_word(gated):
    """Where `accepts` leaves attestations out, a report is asked for and only it counts."""
    e = gated(NUMBER | {"accepts": ["cobertura"]})
    with pytest.raises(
        ek.EvidenceError, match="judged by cobertura evidence, not by anyone's word"
    ):
        e.attest("coverage", 0.9, by="bob")
    e.record(ek.Evidence(kind="junit", facts={"coverage.line_ratio": 0.9}), by="ci")
    assert status(e, "coverage") == "no evidence"
    e.record(ek.Evidence(kind="Cobertura", facts={"coverage.line_ratio": 0.9}), by="ci")
    assert status(e, "coverage") == "met"


@pytest.mark.parametrize("wrong", [None, "report.xml", {"coverage.line_ratio": 1}, Path("x")])
def test_what_is_no_evidence_is_not_recorded(start, wrong):
    """A path or a dictionary is refused, with the calls that take them."""
    with pytest.raises(ek.EvidenceError, match=r"expected Evidence, got .*read_evidence\(path\)"):
        start().record(wrong, by="ci")


@pytest.mark.parametrize(
    ("metric", "call"),
    [("sign_off.go", "e.sign_off"), ("deliverable.report.accepted", "e.accept")],
)
def test_what_follows_from_the_log_is_never_anyones_word(gated, metric, call):
    """Approvals and acceptance cannot be claimed, neither by a word nor by a report."""
    target = {"target": 2, "unit": "people", "op": ">="} if call == "e.sign_off" else {}
    asked = {"id": "asked", "metric": metric, "op": "==", "target": True} | target
    e = gated(asked)
    value = asked["target"]
    with pytest.raises(ek.EvidenceError, match=f"not shown but follows from .*{call}"):
        e.attest("asked", value, by="bob")
    with pytest.raises(ek.EvidenceError, match=metric):
        e.record(ek.Evidence(kind="tool", facts={metric: value}), by="bob")
    assert e.version == 1


def test_newer_evidence_replaces_older_of_its_kind_and_the_newest_of_all_counts(gated):
    """A new report supersedes the last; a late-recorded older one does not."""
    e = gated(NUMBER)

    def shown(value, at, kind="cobertura"):
        e.record(ek.Evidence(kind=kind, facts={"coverage.line_ratio": value}), by="ci", at=at)
        return e.check().rows[0].seen

    assert shown(0.5, "2026-03-02T07:00:00Z") == 0.5
    assert shown(0.9, "2026-03-02T08:00:00Z") == 0.9
    assert shown(0.4, "2026-03-02T06:00:00Z") == 0.9
    assert shown(0.8, "2026-03-02T08:00:00Z") == 0.8
    assert shown(0.7, "2026-03-02T08:30:00Z", kind="attestation") == 0.7
    assert shown(0.6, "2026-03-02T08:15:00Z") == 0.7


def test_evidence_expires_at_the_very_instant(gated, yes, clock):
    """Until a moment before it counts; at that moment it is expired and says so."""
    e = gated(yes("audit"))
    e.attest("audit", by="bob", expires="2026-03-09T09:00:00Z")
    clock.set("2026-03-09T08:59:59.999999+00:00")
    assert e.check().verdict == "ready"
    clock.set("2026-03-09T09:00:00+00:00")
    assert e.check().verdict == "blocked"
    with pytest.raises(ek.GateClosed, match=r"\[expired\] audit"):
        e.advance(by="ana")


def test_evidence_that_has_expired_before_it_is_shown_is_refused(start):
    """The end must lie after the moment it is shown."""
    for end in ("2026-03-02T09:00:00Z", "2026-03-01T09:00:00Z"):
        with pytest.raises(
            ek.EvidenceError, match=r"expires: expired at .*, before it is shown at"
        ):
            start().attest("timeline", by="bob", expires=end)


def test_evidence_ages(gated, yes, clock):
    """Thirty days after it was measured, not shown, evidence is too old."""
    e = gated(yes("pentest", max_age="P30D", accepts=["scan"]))
    scan = ek.Evidence(kind="scan", facts={"pentest": True}, produced_at="2026-02-01T00:00:00Z")
    e.record(scan, by="ci")
    clock.set("2026-03-02T23:59:59.999999+00:00")
    assert e.check().verdict == "ready"
    clock.set("2026-03-03T00:00:00+00:00")
    assert status(e, "pentest") == "expired"


def test_a_file_is_kept_by_its_digest(gated, yes, tmp_path):
    """The SHA-256 of its bytes and its name are kept, not its content or folder."""
    document = tmp_path / "msa signed.pdf"
    document.write_bytes(b"signed\n")
    for path in (document, str(document)):
        e = gated(yes("msa"))
        e.attest("msa", by="bob", file=path)
        (row,) = e.check().rows
        assert row.fact.digest == hashlib.sha256(b"signed\n").hexdigest()
        assert row.fact.source == "msa signed.pdf"
    e.attest("msa", by="bob", file=document, source="vault/7")
    assert e.check().rows[0].fact.source == "vault/7"


def test_a_file_that_cannot_be_read_is_refused(start, tmp_path, monkeypatch):
    """A missing file, a folder, no path at all and an oversized file change nothing."""
    e = start()
    for path, words in (
        (tmp_path / "gone.pdf", "gone.pdf: is no file; give the path of a document"),
        (tmp_path, "is no file"),
        ("", "is no file"),
        ("\0", "is no file"),
        ("\ud800", "is no file"),
        (5, "file: expected a path, got int"),
        (b"x", "file: expected a path, got bytes"),
    ):
        with pytest.raises(ek.EvidenceError, match=words):
            e.attest("timeline", by="bob", file=path)
    big = tmp_path / "big"
    big.write_bytes(b"12345")
    monkeypatch.setattr("engagekit.engagement.surroundings.FILE_LIMIT", 4)
    with pytest.raises(ek.EvidenceError, match="larger than 4 bytes"):
        e.attest("timeline", by="bob", file=big)
    monkeypatch.setattr(Path, "open", _locked)
    big.write_text("1")
    with pytest.raises(ek.EvidenceError, match="cannot be read: Permission denied"):
        e.attest("timeline", by="bob", file=big)
    assert e.version == 1


def _locked(self, mode="r", *args, **more):
    if mode == "rb":
        raise PermissionError(13, "Permission denied")
    return open(self, mode, *args, **more)  # noqa: PTH123


def test_a_waiver_sets_a_criterion_aside_until_it_ends(gated, yes, clock):
    """Conditional while it holds, to the microsecond; then as open as before."""
    e = gated(yes("brief"))
    e.waive("brief", reason="client on leave", by="eve", until="2026-03-09T09:00:00Z")
    clock.set("2026-03-09T08:59:59.999999+00:00")
    assert e.check().verdict == "conditional"
    clock.set("2026-03-09T09:00:00+00:00")
    assert e.check().verdict == "insufficient evidence"
    e.waive("brief", reason="still", by="eve", until="2026-03-10T09:00:00Z")
    assert e.advance(by="ana").verdict == "conditional"


def test_a_newer_waiver_replaces_the_older_one(gated, yes, clock):
    """The latest word on a criterion counts, even if it ends earlier."""
    e = gated(yes("brief"))
    e.waive("brief", reason="long", by="eve", until="2027-01-01T00:00:00Z")
    e.waive("brief", reason="short", by="eve", until="2026-03-03T00:00:00Z")
    clock.set("2026-03-03T00:00:00+00:00")
    assert e.check().verdict == "insufficient evidence"


@pytest.mark.parametrize("until", ["2026-03-02T09:00:00Z", "2026-03-01T00:00:00Z"])
def test_every_waiver_ends_later_than_it_begins(start, until):
    """An end now or in the past is refused."""
    with pytest.raises(ek.DefinitionError, match=r"until: .* a waiver ends later than it begins"):
        start().waive("timeline", reason="x", by="eve", until=until)


def test_a_waiver_needs_an_end_a_reason_and_running_work(start):
    """No endless waiver, no waiver without a word, none on what has ended."""
    e = start()
    with pytest.raises(TypeError, match="until"):
        e.waive("timeline", reason="x", by="eve")
    with pytest.raises(ek.DefinitionError, match="reason: must not be empty"):
        e.waive("timeline", reason=" ", by="eve", until="2027-01-01T00:00:00Z")
    e.hold("holiday", by="ana")
    e.waive("timeline", reason="x", by="eve", until="2027-01-01T00:00:00Z")
    e.cancel("budget", by="ana")
    with pytest.raises(ek.IllegalMove, match=r"cannot waive: .* cancelled"):
        e.waive("timeline", reason="x", by="eve", until="2027-01-01T00:00:00Z")


def test_documenting_a_gate_replaces_its_criteria(start, yes):
    """The new rows stand alone; evidence already shown still counts for them."""
    e = start()
    e.attest("timeline", by="bob")
    e.document_gate("Scoping Proposal", criteria=[yes("timeline"), yes("team")], by="ana")
    report = e.check("scoping_proposal")
    assert [(row.criterion.id, str(row.status)) for row in report.rows] == [
        ("timeline", "met"),
        ("team", "no_evidence"),
    ]
    assert report.criteria_set == ""
