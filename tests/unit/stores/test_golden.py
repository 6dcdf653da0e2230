"""Log formats are for ever: the bytes of every kind of event, as they were first written.

A golden file is never changed. Where a kind needs other fields, it gets a new kind, a new golden
file, and an upcaster from the old one.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

import attrs
import pytest

from engagekit.engagement import events as ev
from engagekit.engagement.events import EVENT_CLASSES, Event
from engagekit.gates.criteria import Criterion
from engagekit.gates.evidence import Evidence
from engagekit.lifecycle.phases import Phase
from engagekit.lifecycle.plan import PhasePlan
from engagekit.stores import Codec

GOLDEN = Path(__file__).parents[2] / "golden" / "events-v1"
SUMS = GOLDEN / "SHA256SUMS"
STAMP = {"at_us": 1_772_442_000_000_000, "recorded_us": 1_772_442_000_000_001, "by": "Zoë"}
FULL = Criterion(
    id="coverage",
    statement="Lines covered",
    metric="coverage.line_ratio",
    op=">=",
    target=0.8,
    unit="ratio",
    alternatives=("coverage.branch_ratio",),
    accepts=("cobertura", "attestation"),
    mandatory=False,
    max_age="P30D",
    source=("FAQ",),
    ref="C-1",
    documents=("coverage.xml",),
)
LEAN = Criterion(id="msa_executed", metric="document.msa.executed", op="==", target=True, unit=None)
PLAN = PhasePlan.for_services(["machine_learning", "serverless"])

SAMPLES: tuple[Event, ...] = (
    ev.EngagementStarted(
        id="churn_model",
        title='Churn "model"\n漢 \U0001f600',
        client="Acme",
        services=("machine_learning", "serverless"),
        delivery_model="hybrid",
        engagement_type="outsourced",
        sector="private",
        jurisdiction="US-CA",
        plan=PLAN,
        criteria_set="baseline.v1",
        gates={"testing_qa": (FULL, LEAN), "contracting": ()},
        rules="baseline@2026-11-23",
        **STAMP,
    ),
    ev.PlanChanged(
        plan=PLAN.insert(Phase(id="pilot", name="Pilot"), after="testing_qa"),
        services=(),
        change="+ pilot (after testing_qa)",
        **STAMP,
    ),
    ev.GateDocumented(phase="contracting", criteria=(LEAN, FULL), **STAMP),
    ev.EvidenceRecorded(
        evidence=Evidence(
            kind="junit",
            facts={
                "junit.failed": 0,
                "junit.ratio": 1.0,
                "junit.green": True,
                "junit.suite": "all",
                "junit.small": -5e-324,
                "junit.large": 2**63 - 1,
            },
            source="report.xml",
            digest="0" * 64,
            tool="pytest",
            tool_version="9.2",
            produced_at=1_772_441_000_000_000,
            expires=1_775_000_000_000_000,
        ),
        **STAMP,
    ),
    ev.CriterionWaived(
        criterion="coverage", reason="pilot", until_us=1_775_000_000_000_000, **STAMP
    ),
    ev.GateSignedOff(
        phase="contracting", decision="go", note=None, report_digest="f" * 64, **STAMP
    ),
    ev.Moved(
        move="advance",
        from_state="contracting",
        to_state="implementation",
        reason=None,
        report_digest="f" * 64,
        **STAMP,
    ),
    ev.DeliverableSubmitted(
        deliverable="runbook", to="Acme", deemed_accepted_after="P10BD", **STAMP
    ),
    ev.DeliverableAccepted(deliverable="runbook", **STAMP),
    ev.DeliverableRejected(deliverable="runbook", reason="page 3", **STAMP),
    ev.SLAAgreed(sla="resolution", terms='{"metric":"resolution_time","name":"x"}', **STAMP),
    ev.CalendarAdopted(calendar='{"zone":"Europe/Paris"}', **STAMP),
    ev.ClockChanged(
        sla="resolution",
        ref="INC-1",
        change="retarget",
        reason="escalated",
        priority="P1",
        target="PT4H",
        **STAMP,
    ),
)


def test_every_kind_has_a_golden_file() -> None:
    """A new kind of event comes with its golden file, and none is ever taken away."""
    kinds = {cls.kind for cls in EVENT_CLASSES}
    assert kinds <= {path.stem for path in GOLDEN.glob("*.json")}
    assert kinds == {sample.kind for sample in SAMPLES}


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.kind)
def test_what_is_written_is_golden(sample: Event) -> None:
    """Today's bytes are those first written, and those still say the same."""
    written = (GOLDEN / f"{sample.kind}.json").read_bytes()
    assert Codec().encode(sample) == written
    assert Codec().decode(sample.kind, written) == sample


def test_golden_files_never_change() -> None:
    """Whoever edits one meets this list, and the sentence above it, first."""
    sums = dict(reversed(line.split("  ")) for line in SUMS.read_text("utf-8").splitlines())
    assert sums == {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(GOLDEN.glob("*.json"))
    }


def test_the_reference_page_names_every_field() -> None:
    """Each kind has its row, with the fields the class has beside the common ones."""
    page = (Path(__file__).parents[3] / "docs" / "reference" / "events.md").read_text("utf-8")
    common = {field.name for field in attrs.fields(Event)}
    for cls in EVENT_CLASSES:
        fields = [f"`{field.name}`" for field in attrs.fields(cls) if field.name not in common]
        assert f"| `{cls.kind}` | {', '.join(fields)} |" in page
