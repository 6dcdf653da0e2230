"""An error of the library as the command tells it: what, why, the next command, the exit code."""

from __future__ import annotations

from engagekit.cli.calls import Calls
from engagekit.cli.pictures import report_lines
from engagekit.cli.screen import complain, show
from engagekit.errors import (
    DefinitionError,
    EngagekitError,
    GateClosed,
    IllegalMove,
    MissingExtra,
    Refused,
    SelfApproval,
    StaleSignOff,
    StaleVersion,
)
from engagekit.gates.gate import GateReport, Verdict

__all__ = ["EXIT", "tell"]

EXIT = {
    Verdict.READY: 0,
    Verdict.BLOCKED: 3,
    Verdict.CONDITIONAL: 4,
    Verdict.INSUFFICIENT_EVIDENCE: 5,
}
CRASH, USAGE, REFUSED = 1, 2, 3
_OPTIONS = {"kind=...": "--kind KIND", "decision='recycle'": "--decision recycle"}


def tell(error: EngagekitError, calls: Calls) -> int:
    """Say what went wrong; the exit code it means."""
    match error:
        case GateClosed():
            return _closed(error.report, calls)
        case IllegalMove():
            complain(calls.illegal(error))
        case SelfApproval():
            complain(calls.self_approval(error))
        case StaleSignOff():
            complain(calls.stale(error))
        case StaleVersion():
            complain(
                f"someone else wrote to {error.engagement!r} just now; look at it, then repeat:"
                f" {calls.call('show')}"
            )
        case _:
            complain(_as_typed(str(error)))
    if isinstance(error, Refused):
        return REFUSED
    return USAGE if isinstance(error, DefinitionError | MissingExtra) else CRASH


def _as_typed(message: str) -> str:
    """A message of the library, its arguments as the options of the command."""
    for argument, option in _OPTIONS.items():
        message = message.replace(argument, option)
    return message


def _closed(report: GateReport, calls: Calls) -> int:
    """A gate that is shut: the report to standard output, one line about it to standard error."""
    show(*report_lines(report, calls))
    counted = f", {len(report.open)} of {len(report.rows)} criteria open" if report.rows else ""
    complain(f"{report.phase!r} cannot be left: {report.verdict.words}{counted}")
    return EXIT[report.verdict]
