"""The public API as a typed program uses it; mypy reads this file, nobody runs it."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import assert_type

import pendulum

import engagekit as ek


def begin() -> ek.Engagement:
    """Starting takes plain values, own plans and own criteria."""
    plan = ek.PhasePlan.for_services(["machine_learning"], serving_platform=True)
    plan = plan.insert(ek.Phase(id="pilot", name="Pilot"), after="implementation")
    tests = ek.Criterion(
        id="tests_pass", metric="junit.failed", op="==", target=0, unit="count", accepts=("junit",)
    )
    return ek.Engagement.start(
        "Churn model",
        client="Acme",
        by="ana",
        services=("machine_learning",),
        plan=plan,
        gates={"testing_qa": [tests], "pilot": [{"id": "x", "metric": "x"}]},
        at=dt.datetime(2026, 3, 2, tzinfo=dt.UTC),
    )


def ask(e: ek.Engagement) -> None:
    """What is read has a type one can go on with."""
    assert_type(e.id, str)
    assert_type(e.phase, str)
    assert_type(e.plan, ek.PhasePlan)
    assert_type(e.plan.ids, tuple[str, ...])
    assert_type(e.log, tuple[ek.Event, ...])
    assert_type(e.log[0].at, pendulum.DateTime)
    report = e.check("contracting", as_of="2026-03-02T09:00:00Z")
    assert_type(report, ek.GateReport)
    assert_type(report.verdict, ek.Verdict)
    assert_type(report.open, tuple[ek.GateRow, ...])
    for row in report.rows:
        assert_type(row.criterion, ek.Criterion)
        assert_type(row.status, ek.RowStatus)
        assert_type(row.seen, bool | int | float | str | None)
        assert_type(row.fix, str)
    assert_type(e.explain(), str)
    view = e.as_of(pendulum.datetime(2026, 3, 2), known_at="2026-03-03T00:00:00Z")
    assert_type(view, ek.EngagementView)
    view.advance(by="ana")  # type: ignore[attr-defined]


def act(e: ek.Engagement) -> None:
    """Every verb takes who by keyword, and when if one likes."""
    e.attest("msa_executed", by="bob", file=Path("msa.pdf"), expires="2027-01-01T00:00:00Z")
    e.attest("coverage", 0.85, by="bob")
    e.record(ek.Evidence(kind="junit", facts={"junit.failed": 0}), by="ci")
    e.record(ek.read_evidence("report.xml"), by="ci")
    e.waive("sow_executed", reason="on paper", by="eve", until="2026-04-01T00:00:00Z")
    assert_type(e.sign_off(by="eve", decision="go"), ek.GateReport)
    assert_type(e.advance(by="ana"), ek.GateReport)
    e.hold("holiday", by="ana")
    e.resume(by="ana")
    e.rework(to="contracting", reason="terms", by="ana")
    e.insert_phase(ek.Phase(id="audit"), after="testing_qa", by="ana")
    e.add_service("serverless", by="ana")
    e.deliver("report", to="Acme", by="ana", deemed_accepted_after=dt.timedelta(hours=80))
    e.accept("report", by="carl")
    e.cancel("budget", by="ana")
    e.reopen(at_phase="contracting", reason="budget", by="ana")
    assert_type(ek.Engagement.replay(e.log), ek.Engagement)
    e.advance()  # type: ignore[call-arg]
    e.attest("msa_executed", [True], by="bob")  # type: ignore[arg-type]
    e.hold(by="ana")  # type: ignore[call-arg]
    e.waive("sow_executed", reason="x", by="eve")  # type: ignore[call-arg]


def refused(e: ek.Engagement) -> list[str]:
    """A refusal carries its facts, typed."""
    try:
        with ek.use_clock("2026-03-02T09:00:00Z"):
            e.advance(by="ana")
    except ek.GateClosed as closed:
        assert_type(closed.report, ek.GateReport)
        return [row.fix for row in closed.report.open]
    except ek.StaleSignOff as stale:
        assert_type(stale.changes, tuple[str, ...])
    except ek.UnknownId as unknown:
        assert_type(unknown.suggestion, str | None)
    except ek.DefinitionError as wrong:
        assert_type(wrong.faults, tuple[ek.Fault, ...])
    return []
