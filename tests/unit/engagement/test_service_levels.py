"""`e.sla`: agreements, calendars and clocks of an engagement, and what they do to its gates."""

from __future__ import annotations

import pytest

import engagekit as ek
from engagekit.business_time.instants import as_text

PARIS = ek.Calendar(zone="Europe/Paris", week={"mon-fri": ["09:00-17:00"]})
# Everything the linter asks for, so that it can be measured.
WHOLE = ek.SLA(
    "resolution",
    "resolution_time",
    "PT8H",
    calendar=PARIS,
    unit="hours",
    priorities={"P1": "PT4H", "P2": "PT8H"},
    pause_on={"waiting for client"},
    window="P1M",
    source="the service desk's log, each event",
    exclusions={"planned maintenance": "P5BD"},
    remedy="escalation to the service manager",
    service="service desk",
)

BEFORE = "2026-03-02T09:00:00+01:00"


@pytest.fixture
def desk():
    """A managed service in its first phase, Monday 2 March 2026, 09:00 in Paris."""
    with ek.use_clock("2026-03-02T09:00:00+01:00"):
        yield ek.Engagement.start("Desk", client="Acme", by="ana", services=["managed"], id="desk")


def at(text):
    """The clock stands at this wall time in Paris."""
    return ek.use_clock(f"{text}:00+01:00")


def test_a_request_is_clocked_paused_and_retargeted(desk):
    """Used time is kept, paused time does not count, and a new priority moves the due date."""
    desk.sla.agree(WHOLE, by="ana")
    with at("2026-03-02T10:00"):
        desk.sla.start("INC-1", priority="P2", by="ana")
    with at("2026-03-02T11:00"):
        desk.sla.pause("INC-1", reason="waiting for client", by="ana")
    with at("2026-03-03T11:00"):
        assert desk.sla.read("resolution", "INC-1").due_at is None
        desk.sla.resume("INC-1", reason="waiting for client", by="ana")
        desk.sla.retarget("INC-1", priority="P1", by="ana")
    with at("2026-03-03T12:00"):
        reading = desk.sla.read("resolution", "INC-1", warn_before="PT1H")
        assert reading.elapsed.total_seconds() == 2 * 3600
        assert as_text(reading.due_us) == "2026-03-03T13:00:00Z"
        assert as_text(reading.warn_us) == "2026-03-03T12:00:00Z"
        assert desk.sla.next_due()[0] == "resolution/INC-1"
        assert [row.because for row in reading.explain()] == [
            "running", "paused: waiting for client", "running",
        ]  # fmt: skip
    with at("2026-03-03T15:00"):
        desk.sla.stop("INC-1", by="ana")
        assert desk.sla.read("resolution", "INC-1").breached
        assert list(desk.sla.breaches()) == ["resolution/INC-1"]
        assert desk.sla.next_due() is None
    with at("2026-03-04T09:00"):
        desk.sla.reopen("INC-1", by="ana")
        assert desk.sla.read("resolution", "INC-1").state == "running"
        assert desk.sla.read("resolution", "INC-1", as_of="2026-03-02T10:30:00+01:00").due_at
        desk.sla.cancel("INC-1", reason="duplicate", by="ana")
        assert desk.sla.read("resolution", "INC-1").state == "cancelled"


def test_the_log_alone_tells_the_clocks(desk):
    """After a replay every clock shows what it showed before, and so it does from a store."""
    desk.sla.use_calendar(PARIS, by="ana")
    desk.sla.agree(WHOLE, by="ana")
    desk.sla.agree(ek.SLA("first answer", "response_time", "PT1H"), by="ana")
    desk.sla.start("INC-1", priority=None, by="ana", sla="first answer")
    desk.sla.start("INC-1", priority="P1", by="ana", sla="resolution")
    with ek.open_store("memory:") as store:
        store.save(desk)
        again = store.load("desk")
    assert again.sla.agreed == desk.sla.agreed
    assert again.sla.calendar == PARIS
    for key, reading in desk.sla.clocks().items():
        assert again.sla.clocks()[key].to_dict() == reading.to_dict()


def test_a_later_record_of_an_earlier_pause_counts(desk):
    """Two times on every event: what was known then, and what is known now, differ."""
    desk.sla.agree(WHOLE, by="ana")
    desk.sla.start("INC-1", priority="P1", by="ana")
    with at("2026-03-03T12:00"):
        desk.sla.pause(
            "INC-1", reason="waiting for client", by="ana", at="2026-03-02T10:00:00+01:00"
        )
        then = desk.as_of("2026-03-02T15:00:00+01:00", known_at="2026-03-02T15:00:00+01:00")
        now = desk.as_of("2026-03-02T15:00:00+01:00")
        assert then.sla.read("resolution", "INC-1").breached
        assert not now.sla.read("resolution", "INC-1").breached


def test_another_calendar_reaches_the_clocks_that_have_none_of_their_own(desk):
    """A running clock without a calendar of its own follows the engagement's; others do not."""
    desk.sla.use_calendar(PARIS, by="ana")
    desk.sla.agree(WHOLE, by="ana")
    desk.sla.agree(ek.SLA("first answer", "response_time", "PT10H"), by="ana")
    desk.sla.start("INC-1", sla="first answer", by="ana")
    desk.sla.start("INC-1", sla="resolution", priority="P2", by="ana")
    with at("2026-03-02T17:00"):
        desk.sla.use_calendar(ek.Calendar.always("Europe/Paris"), by="ana")
    with at("2026-03-02T18:00"):
        clocks = desk.sla.clocks()
        assert clocks["first answer/INC-1"].elapsed.total_seconds() == 9 * 3600
        assert clocks["resolution/INC-1"].elapsed.total_seconds() == 8 * 3600


def test_a_phase_is_clocked_and_its_holds_are_pauses(desk):
    """Each stay in a phase has a clock that stands while the phase is on hold."""
    desk.sla.use_calendar(PARIS, by="ana")
    desk.sla.agree(ek.SLA("pace", "time_in_phase", "PT16H"), by="ana")
    with at("2026-03-02T11:00"):
        desk.hold("client on leave", by="ana")
    with at("2026-03-03T11:00"):
        desk.resume(by="ana")
        for row in desk.check().open:
            desk.attest(row.criterion.id, by="ana")
        desk.advance(by="ana")
    with at("2026-03-03T12:00"):
        desk.rework(to="requirements_definition", reason="missed a stakeholder", by="ana")
    with at("2026-03-03T13:00"):
        clocks = desk.sla.clocks()
        assert {key: reading.elapsed.total_seconds() / 3600 for key, reading in clocks.items()} == {
            "pace/requirements_definition": 2,
            "pace/scoping_proposal": 1,
            "pace/requirements_definition#2": 1,
        }
        desk.cancel("no budget", by="ana")
        desk.reopen(at_phase="scoping_proposal", reason="budget found", by="ana")
        states = {key: reading.state for key, reading in desk.sla.clocks().items()}
    assert states["pace/requirements_definition#2"] == "stopped"
    assert states["pace/scoping_proposal#2"] == "running"


def test_only_the_phases_with_a_target_are_clocked(desk):
    """The priorities of a time-in-phase SLA are phase ids."""
    desk.sla.use_calendar(PARIS, by="ana")
    pace = ek.SLA("pace", "time_in_phase", priorities={"contracting": "P10BD"})
    desk.sla.agree(pace, by="ana")
    assert desk.sla.clocks() == {}


def test_a_deliverable_is_clocked_until_its_answer(desk):
    """Acceptance runs from submission to the answer, or to the end of the silence."""
    desk.sla.use_calendar(PARIS, by="ana")
    desk.sla.agree(ek.SLA("acceptance", "acceptance_time", "P5BD"), by="ana")
    desk.deliver("spoken", to="client", by="ana")
    desk.deliver("silent", to="client", by="ana", deemed_accepted_after="P2BD")
    assert desk.sla.read("acceptance", "spoken").state == "running"
    with at("2026-03-09T09:30"):
        desk.accept("spoken", by="carl")
    with at("2026-03-10T09:00"):
        clocks = desk.sla.clocks()
    assert clocks["acceptance/spoken"].state == "stopped"
    assert clocks["acceptance/spoken"].breached
    assert clocks["acceptance/silent"].state == "stopped"
    assert not clocks["acceptance/silent"].breached


def test_silence_is_counted_in_business_days_of_the_engagement(desk):
    """Ten business days over a holiday of the engagement's calendar are fifteen dates."""
    holiday = ek.Calendar(
        zone="Europe/Paris", week={"mon-fri": ["09:00-17:00"]}, holidays=["2026-03-10"]
    )
    desk.sla.use_calendar(holiday, by="ana")
    desk.deliver("report", to="client", by="ana")
    assert as_text(desk.deliverables[0].deemed_accepted_at) == "2026-03-17T08:00:00Z"
    with at("2026-03-17T08:59"):
        assert desk.deliverables[0].status(desk._moment()) == "submitted"
    with at("2026-03-17T09:00"):
        assert desk.deliverables[0].status(desk._moment()) == "deemed accepted"


@pytest.mark.req("S25")
def test_managed_services_need_a_recurring_sla(desk):
    """Without one the gate of Contracting is blocked; other services are not asked."""
    row = next(r for r in desk.check("contracting").rows if r.criterion.id == "recurring_sla")
    assert row.status == "unmet"
    assert "e.sla.agree" in row.fix
    desk.sla.agree(WHOLE, by="ana")
    assert all(
        row.status == "met"
        for row in desk.check("contracting").rows
        if row.criterion.metric.startswith("sla.")
    )
    other = ek.Engagement.start("Site", client="Acme", by="ana", services=["consulting"])
    assert [row.criterion.id for row in other.check("contracting").rows] == [
        "msa_executed", "sow_executed",
    ]  # fmt: skip


@pytest.mark.req("S34")
@pytest.mark.parametrize(
    "part", ["unit", "window", "calendar", "source", "exclusions", "remedy", "metric", "target"]
)
def test_an_sla_that_lacks_a_part_blocks_the_contract(desk, part):
    """Each of the eight parts, left out, is a finding that shuts the gate of Contracting."""
    plain = WHOLE.to_dict() | {"priorities": {}, part: None}
    desk.sla.agree(ek.SLA.from_dict(plain), by="ana")
    assert any(finding.severity == "error" for finding in desk.sla.lint())
    rows = {row.criterion.id: row for row in desk.check("contracting").rows}
    assert rows["slas_measurable"].status == "unmet"
    assert desk.check("contracting").verdict == "blocked"
    desk.sla.agree(WHOLE, by="ana")
    rows = {row.criterion.id: row for row in desk.check("contracting").rows}
    assert rows["slas_measurable"].status == "met"


@pytest.mark.req("S34")
def test_nobody_can_attest_what_the_linter_says(desk):
    """The count of findings follows from the agreements; evidence for it is refused."""
    desk.sla.agree(ek.SLA("vague", "response_time", "PT1H"), by="ana")
    with pytest.raises(ek.EvidenceError, match="follows from"):
        desk.attest("slas_measurable", 0, by="ben")


@pytest.mark.req("S07")
@pytest.mark.parametrize("sector", ["federal", "private"])
@pytest.mark.parametrize("late", [True, False])
def test_a_deviation_in_federal_work_proposes_a_cpars_entry(sector, late):
    """Federal and deviating: proposed, with the rule's own words; in every other case nothing."""
    with ek.use_clock("2026-03-02T09:00:00+01:00"):
        e = ek.Engagement.start("Desk", client="GSA", by="ana", sector=sector)
        e.sla.agree(WHOLE, by="ana")
        e.sla.start("INC-1", priority="P1", by="ana")
    with at("2026-03-02T13:01" if late else "2026-03-02T13:00"):
        signals = e.sla.signals()
    assert bool(signals) is (late and sector == "federal")
    if signals:
        assert signals[0].kind == "cpars_entry_proposed"
        assert "may be initiated" in signals[0].quote
        assert "resolution/INC-1" in str(signals[0])
        assert e.version == 3  # nothing was filed


@pytest.mark.parametrize(
    ("command", "error", "words"),
    [
        (lambda sla: sla.agree("PT8H", by="ana"), ek.DefinitionError, "expected an SLA"),
        (lambda sla: sla.use_calendar("US", by="ana"), ek.DefinitionError, "expected a Calendar"),
        (lambda sla: sla.start("INC-2", sla="resolutoin", by="a"), ek.UnknownId, "'resolution'"),
        (lambda sla: sla.start("INC-2", priority="P0", by="a"), ek.UnknownId, "priority 'P0'"),
        (lambda sla: sla.start("INC-1", priority="P1", by="a"), ek.DefinitionError, "before"),
        (lambda sla: sla.start("\x00", priority="P1", by="a"), ek.DefinitionError, "NUL"),
        (lambda sla: sla.pause("INC-1", reason="lunch", by="a"), ek.Refused, "pauses no clock"),
        (lambda sla: sla.resume("INC-1", reason="lunch", by="a"), ek.DefinitionError, "no pause"),
        (lambda sla: sla.stop("INC-9", by="a"), ek.UnknownId, "did you mean 'INC-1'"),
        (lambda sla: sla.stop("INC-1", sla="x", by="a"), ek.UnknownId, "unknown SLA 'x'"),
        (lambda sla: sla.reopen("INC-1", by="a"), ek.DefinitionError, "reopen"),
        (lambda sla: sla.retarget("INC-1", target="P3BD", by="a"), ek.DefinitionError, "unit"),
        (lambda sla: sla.retarget("INC-1", target="PT1H", priority="P1", by="a"),
         ek.DefinitionError, "not both"),
        (lambda sla: sla.stop("INC-1", by="a", at="2026-03-02T08:00:00"), ek.DefinitionError,
         "no time zone"),
        (lambda sla: sla.stop("INC-1", by="a", at="2026-03-02T08:00:00+01:00"),
         ek.DefinitionError, "stop"),
        (lambda sla: sla.read("resolution", "INC-9"), ek.UnknownId, "resolution/INC-1"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_and_changes_nothing(desk, command, error, words):
    """Wrong types, unknown ids, impossible orders: each says so, and the log stays as it was."""
    desk.sla.agree(WHOLE, by="ana")
    desk.sla.start("INC-1", priority="P1", by="ana")
    before = desk.log
    with pytest.raises(error, match=words):
        command(desk.sla)
    assert desk.log == before


def test_a_promise_written_down_later_ran_no_clock_before(desk):
    """Asked about a time before the agreement or its calendar, there was no clock to read."""
    with at("2026-03-03T09:00"):
        desk.sla.agree(WHOLE, by="ana")
        desk.sla.start("INC-1", priority="P1", by="ana", at="2026-03-02T10:00:00+01:00")
        desk.sla.agree(ek.SLA("answer", "response_time", "PT1H"), by="ana", at=BEFORE)
        desk.sla.use_calendar(PARIS, by="ana")
        desk.sla.start("INC-1", sla="answer", by="ana", at="2026-03-02T10:00:00+01:00")
        assert desk.as_of("2026-03-02T12:00:00+01:00").sla.clocks() == {}
        assert len(desk.sla.clocks()) == 2


def test_no_calendar_at_all_is_refused(desk):
    """Where nobody says when time counts, a clock does not start."""
    desk.sla.agree(ek.SLA("first answer", "response_time", "PT1H"), by="ana")
    with pytest.raises(ek.DefinitionError, match="nobody says when its time counts"):
        desk.sla.start("INC-1", by="ana")


def test_a_start_needs_a_promise_on_requests(desk):
    """With nothing agreed on requests there is nothing to start."""
    desk.sla.use_calendar(PARIS, by="ana")
    desk.sla.agree(ek.SLA("pace", "time_in_phase", "P20BD"), by="ana")
    with pytest.raises(ek.Refused, match="no SLA on requests is agreed"):
        desk.sla.start("INC-1", by="ana")


def test_a_retarget_to_none_takes_the_target_away(desk):
    """No target is not a target of zero: nothing is due, nothing is breached."""
    desk.sla.agree(WHOLE, by="ana")
    desk.sla.start("INC-1", priority="P1", by="ana")
    desk.sla.retarget("INC-1", by="ana")
    with at("2026-03-09T09:00"):
        reading = desk.sla.read("resolution", "INC-1")
    assert (reading.due_at, reading.remaining, reading.breached) == (None, None, False)


def test_several_clocks_of_one_request_move_together_or_not_at_all(desk):
    """A change that one of the clocks cannot take is taken by none."""
    desk.sla.agree(WHOLE, by="ana")
    answer = ek.SLA("answer", "response_time", "PT1H", calendar=PARIS)
    desk.sla.agree(answer, by="ana")
    desk.sla.start("INC-1", sla="resolution", priority="P1", by="ana")
    desk.sla.start("INC-1", sla="answer", by="ana")
    desk.sla.stop("INC-1", sla="answer", by="ana")
    before = desk.log
    with pytest.raises(ek.DefinitionError):
        desk.sla.stop("INC-1", by="ana")
    assert desk.log == before
