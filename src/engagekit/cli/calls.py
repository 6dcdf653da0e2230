"""The command line that mends it: what the library says as a Python call, as one can type it."""

from __future__ import annotations

import shlex
from collections.abc import Iterable

import attrs

from engagekit.errors import IllegalMove, SelfApproval, StaleSignOff
from engagekit.gates.criteria import Criterion
from engagekit.gates.evidence import ATTESTATION
from engagekit.gates.gate import GateReport, GateRow

__all__ = ["DEFAULT_STORE", "Calls"]

DEFAULT_STORE = "sqlite:///engagements.db"
_ARGUMENTS = {
    "advance": "",
    "resume": "",
    "hold": "--reason TEXT ",
    "cancel": "--reason TEXT ",
    "rework": "--to PHASE --reason TEXT ",
    "reopen": "--at-phase PHASE --reason TEXT ",
}


@attrs.frozen
class Calls:
    """The commands for one engagement in one store."""

    id: str
    store: str = DEFAULT_STORE

    def call(self, verb: str, arguments: str = "") -> str:
        """`engagekit <verb> <id> <arguments>`, with the store where it is not the usual one."""
        store = "" if self.store == DEFAULT_STORE else f"--store {shlex.quote(self.store)}"
        parts = ("engagekit", verb, shlex.quote(self.id), arguments.strip(), store)
        return " ".join(part for part in parts if part)

    def fix(self, row: GateRow) -> str:
        """The command that closes a row of a gate; empty where nothing is to be done."""
        if not row.fix:
            return ""
        criterion = row.criterion
        if criterion.counts_sign_offs:
            return self.call("sign-off", "--by NAME")
        if criterion.accepts and ATTESTATION not in criterion.accepts:
            return self.record(criterion)
        return self.call("attest", f"{criterion.id} {_value(criterion)}--by NAME")

    def record(self, criterion: Criterion) -> str:
        """The command that brings a criterion the kind of evidence it is judged by."""
        kinds = " or ".join(criterion.accepts)
        return f"{self.call('record', 'FILE --by NAME')}  # FILE: {kinds}"

    def no_criteria(self, phase: str) -> str:
        """Why a gate without criteria is closed, and what to write down."""
        document = self.call("document", "FILE --by NAME")
        return (
            f"{phase!r} cannot be left: it has no documented criterion;"
            f" write [[gates.{phase}]] tables into a file, then: {document}"
        )

    def report_dict(self, report: GateReport) -> dict[str, object]:
        """A report as plain values, its fixes as commands."""
        rows = [row.to_dict() | {"fix": self.fix(row) or None} for row in report.rows]
        return report.to_dict() | {"rows": rows}

    def illegal(self, error: IllegalMove) -> str:
        """What cannot be done, and the commands that are possible instead."""
        where = "the engagement is" if error.phase == error.status else f"{error.phase!r} is"
        head = f"cannot {_spoken(error.move)}: {where} {error.status.replace('_', ' ')}"
        return "\n".join([f"{head}; possible now:", *self._possible(error.allowed)])

    def self_approval(self, error: SelfApproval) -> str:
        """Who may not sign, and how someone else does."""
        return (
            f"{error.by!r} supplied or waived {', '.join(error.supplied)} at {error.phase!r} and so"
            f" cannot sign it off; ask someone else: {self.call('sign-off', '--by NAME')}"
        )

    def stale(self, error: StaleSignOff) -> str:
        """What changed since it was signed, and how it is signed again."""
        changes = [f"  {change}" for change in error.changes]
        head = f"the sign-off of {error.phase!r} by {error.signed_by!r} is stale:"
        again = f"have it looked at again: {self.call('sign-off', '--by NAME')}"
        return "\n".join([head, *changes, again])

    def _possible(self, allowed: Iterable[str]) -> list[str]:
        targets: dict[str, list[str]] = {}
        for move in allowed:
            verb, _, argument = move.partition("(")
            targets.setdefault(verb, []).extend(
                [argument.partition("'")[2].rstrip("')")] * bool(argument)
            )
        return [
            f"  {self.call(verb, f'{_ARGUMENTS[verb]}--by NAME')}"
            + (f"  # PHASE: {', '.join(phases)}" if phases else "")
            for verb, phases in targets.items()
        ]


def _value(criterion: Criterion) -> str:
    """`--value NUMBER `, as far as the criterion does not take a plain yes."""
    if isinstance(criterion.target, bool):
        wanted = criterion.target is (criterion.op == "==")
        return "" if wanted else "--value false "
    return "--value TEXT " if isinstance(criterion.target, str) else "--value NUMBER "


def _spoken(move: str) -> str:
    """`rework(to='contracting')` -> `rework to 'contracting'`."""
    verb, _, argument = move.partition("(")
    return (
        f"{verb.replace('_', ' ')} to {argument.partition('=')[2].rstrip(')')}"
        if argument
        else verb.replace("_", "-")
    )
