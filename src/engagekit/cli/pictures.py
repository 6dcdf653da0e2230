"""What the command shows: a gate report, an engagement, a log, a plan, line by line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from rich.text import Text

from engagekit.business_time.instants import as_text
from engagekit.cli.calls import Calls
from engagekit.cli.screen import line
from engagekit.engagement.progress import Status, Visit
from engagekit.engagement.view import EngagementView
from engagekit.gates.gate import GateReport, GateRow, RowStatus, Verdict
from engagekit.lifecycle.plan import PhasePlan
from engagekit.reports.text import event_words

__all__ = ["engagement_lines", "log_lines", "plan_lines", "report_lines", "verdict_line"]

_VERDICT_STYLE = {
    Verdict.READY: "bold green",
    Verdict.CONDITIONAL: "bold yellow",
    Verdict.BLOCKED: "bold red",
    Verdict.INSUFFICIENT_EVIDENCE: "bold red",
}
_ROW_STYLE = {RowStatus.MET: "green", RowStatus.WAIVED: "yellow"}
_HOUR = 3_600_000_000  # microseconds


def report_lines(report: GateReport, calls: Calls) -> Iterator[Text]:
    """A gate: its verdict, then each criterion with what was seen, what is required, the fix."""
    yield line(
        f"Gate of {report.phase} at {as_text(report.as_of)}: ",
        (report.verdict.words, _VERDICT_STYLE[report.verdict]),
    )
    if not report.rows:
        yield line(f"    {calls.no_criteria(report.phase)}")
    for row in report.rows:
        yield from _row_lines(row, calls)


def verdict_line(report: GateReport) -> Text:
    """A gate in one line."""
    told = "" if report.rows else ", no criterion is documented"
    if report.open:
        told = f", {len(report.open)} of {len(report.rows)} criteria open"
    verdict = (report.verdict.words, _VERDICT_STYLE[report.verdict])
    return line(f"gate of {report.phase}: ", verdict, told)


def engagement_lines(e: EngagementView, calls: Calls) -> Iterator[Text]:
    """Where an engagement stands, how it came there, and what it waits for."""
    profile = e.profile
    yield line((profile.title, "bold"), f" for {profile.client} ({e.id})")
    if profile.services:
        yield line(f"services: {', '.join(profile.services)}")
    yield line(f"{e.plan[e.phase].name}, ", (e.status.words, "bold"))
    yield Text()
    yield from (_stay_line(stay) for stay in e.history)
    if e.status in {Status.ACTIVE, Status.ON_HOLD}:
        yield Text()
        yield from report_lines(e.check(), calls)
        yield from _sign_off_lines(e)


def log_lines(e: EngagementView) -> Iterator[Text]:
    """Every event, oldest first: when, who, what; and when we learnt of it, if later."""
    for event in e.log:
        late = event.recorded_us != event.at_us
        learnt = f" [recorded {as_text(event.recorded_us)}]" if late else ""
        yield line((as_text(event.at_us), "dim"), f"  {event.by}: {event_words(event)}{learnt}")


def plan_lines(plan: PhasePlan, inserted: Iterable[str]) -> Iterator[Text]:
    """The phases in order, with their short form; those that services insert are marked."""
    short, marked = plan.short_form(), set(inserted)
    width = max(map(len, plan.ids))
    for number, phase in enumerate(plan.phases, 1):
        told = f"{number:>2}  {phase.id:<{width}}  {phase.name} [{short[phase.id]}]"
        yield line(told, (" inserted", "cyan") if phase.id in marked else "")


def _row_lines(row: GateRow, calls: Calls) -> Iterator[Text]:
    criterion = row.criterion
    optional = "" if criterion.mandatory else " (advisory)"
    yield line(
        "  [",
        (row.status.words, _ROW_STYLE.get(row.status, "red")),
        f"] {criterion.id}: {criterion.statement}{optional}",
    )
    if row.status is not RowStatus.MET:
        seen = "nothing" if row.fact is None else str(row.fact)
        yield line(f"      seen: {seen}; required: {row.required}")
    if row.waiver is not None:
        yield line(f"      {row.waiver}")
    if row.fix:
        yield line("      fix: ", (calls.fix(row), "cyan"))


def _stay_line(stay: Visit) -> Text:
    end = "until now" if stay.left is None else f"to {as_text(stay.left)} ({stay.left_by})"
    held = f", of it {_span(stay.held)} on hold" if stay.held else ""
    return line(f"  {stay.phase}: {as_text(stay.entered)} {end}{held}")


def _span(microseconds: int) -> str:
    hours = microseconds / _HOUR
    return f"{hours:.1f} h" if hours >= 1 else f"{hours * 60:.1f} min"


def _sign_off_lines(e: EngagementView) -> Iterator[Text]:
    for sign_off in e.sign_offs:
        if sign_off.phase != e.phase:
            continue
        stale = e.stale(sign_off)
        state = ("stale: " + "; ".join(stale), "yellow") if stale else ("stands", "green")
        told = f"sign-off: {sign_off.decision.words} by {sign_off.by}, {as_text(sign_off.at)}, "
        yield line(told, state)
