"""What can go wrong, and whose move it is then: one exception tree.

    EngagekitError
    ├── Refused             a business answer: nothing is broken, something is missing
    │   ├── GateClosed      acceptance criteria are still open
    │   ├── IllegalMove     the lifecycle has no such step from here
    │   ├── SelfApproval    whoever supplied evidence may not approve it
    │   └── StaleSignOff    what was approved has changed since
    ├── DefinitionError     fix the data; `faults` lists all of them at once
    │   ├── UnknownId       a name nobody defined, with the nearest one that exists
    │   ├── PackError       a rule pack that does not hold together
    │   └── EvidenceError   a report that cannot be read as what it claims to be
    ├── StoreError          retry, or repair the store
    │   ├── StaleVersion    someone else wrote first
    │   ├── TamperedLog     the stored log is not what was written
    │   └── StoreUnavailable
    └── MissingExtra        an optional dependency is not installed

Every exception keeps its facts as attributes; the message says what is wrong, where, and what to do
next.
"""

from __future__ import annotations

import contextlib
import difflib
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import attrs

if TYPE_CHECKING:
    from engagekit.gates.gate import GateReport

__all__ = [
    "DefinitionError",
    "EngagekitError",
    "EvidenceError",
    "Fault",
    "Faults",
    "GateClosed",
    "IllegalMove",
    "MissingExtra",
    "PackError",
    "Refused",
    "SelfApproval",
    "StaleSignOff",
    "StaleVersion",
    "StoreError",
    "StoreUnavailable",
    "TamperedLog",
    "UnknownId",
]


@attrs.frozen
class Fault:
    """One thing wrong with a definition, and where it stands."""

    where: str  # file, line or key: "engagement.toml: gates.contracting[2].op"
    message: str

    def __str__(self) -> str:
        return f"{self.where}: {self.message}" if self.where else self.message


class Faults(list[Fault]):
    """Everything found wrong so far, so that all of it can be reported at once."""

    @contextlib.contextmanager
    def at(self, where: str) -> Iterator[None]:
        """Keep the faults of a DefinitionError raised inside, below the key `where`."""
        try:
            yield
        except DefinitionError as error:
            self += [
                Fault(".".join(filter(None, (where, fault.where))), fault.message)
                for fault in error.faults
            ]

    def add(self, where: str, message: str) -> None:
        """One more fault."""
        self.append(Fault(where, message))

    def raise_any(self, *, file: str = "") -> None:
        """Raise them as one DefinitionError, each with the file before its key."""
        if self:
            prefix = f"{file}: " if file else ""
            raise DefinitionError(Fault(prefix + fault.where, fault.message) for fault in self)


class EngagekitError(Exception):
    """Anything this library raises on purpose."""

    def __reduce__(self) -> tuple[Any, ...]:
        """Survive pickling between processes, whatever arguments `__init__` takes."""
        return _rebuild, (type(self), self.args, self.__dict__)


def _rebuild(cls: type[EngagekitError], args: tuple[Any, ...], facts: dict[str, Any]) -> Any:
    error = cls.__new__(cls, *args)
    error.args = args
    error.__dict__.update(facts)
    return error


class Refused(EngagekitError):
    """The answer is no, for a stated reason; nothing was changed."""


class GateClosed(Refused):
    """Acceptance criteria are still open; `report` holds every row of the gate."""

    def __init__(self, report: GateReport) -> None:
        self.report = report
        super().__init__(report.refusal())


class IllegalMove(Refused):
    """The lifecycle has no such step from here."""

    def __init__(self, *, move: str, phase: str, status: str, allowed: Iterable[str]) -> None:
        self.move, self.phase, self.status = move, phase, status
        self.allowed = tuple(allowed)
        where = "the engagement is" if phase == status else f"{phase!r} is"
        super().__init__(
            f"cannot {move}: {where} {status.replace('_', ' ')};"
            f" possible now: {', '.join(self.allowed)}"
        )


class SelfApproval(Refused):
    """Who supplied or waived something at a gate cannot sign that gate off."""

    def __init__(self, *, by: str, phase: str, supplied: Sequence[str]) -> None:
        self.by, self.phase, self.supplied = by, phase, tuple(supplied)
        super().__init__(
            f"{by!r} supplied or waived {', '.join(self.supplied)} at {phase!r} and so cannot sign"
            f" it off; ask someone else: e.sign_off(by=...)"
        )


class StaleSignOff(Refused):
    """What was approved has changed since; `changes` says what."""

    def __init__(self, *, phase: str, signed_by: str, changes: Sequence[str]) -> None:
        self.phase, self.signed_by, self.changes = phase, signed_by, tuple(changes)
        super().__init__(
            f"the sign-off of {phase!r} by {signed_by!r} is stale: {'; '.join(self.changes)};"
            f" have it looked at again: e.sign_off(by=...)"
        )


class DefinitionError(EngagekitError):
    """The data are wrong; `faults` lists everything found, not just the first."""

    def __init__(self, problem: str | Iterable[Fault], *, where: str = "") -> None:
        self.faults = (Fault(where, problem),) if isinstance(problem, str) else tuple(problem)
        if len(self.faults) == 1:
            super().__init__(str(self.faults[0]))
        else:
            listed = "\n".join(f"  - {fault}" for fault in self.faults)
            super().__init__(f"{len(self.faults)} faults, mend them all at once:\n{listed}")


class UnknownId(DefinitionError):
    """A name nobody defined; `suggestion` is the nearest one that exists, or None."""

    def __init__(self, what: str, given: object, known: Iterable[str], *, where: str = "") -> None:
        self.what, self.given = what, given
        self.known = tuple(known)
        near = difflib.get_close_matches(str(given)[:200], self.known, n=1, cutoff=0.5)
        self.suggestion = near[0] if near else None
        hint = (
            f"did you mean {self.suggestion!r}?"
            if self.suggestion
            else f"known: {', '.join(self.known) or 'none'}"
        )
        super().__init__(f"unknown {what} {_shortened(given)}; {hint}", where=where)


def _shortened(given: object) -> str:
    shown = repr(given)
    return shown if len(shown) <= 120 else f"{shown[:100]}... ({len(shown)} characters)"


class PackError(DefinitionError):
    """A rule pack does not hold together."""


class EvidenceError(DefinitionError):
    """A report cannot be read as what it claims to be; it is never taken for clean."""


class StoreError(EngagekitError):
    """The store could not do it; what was acknowledged before is still there."""


class StaleVersion(StoreError):
    """Someone else wrote to this engagement first; load it again and repeat the change."""

    def __init__(self, *, engagement: str, expected: int, found: int) -> None:
        self.engagement, self.expected, self.found = engagement, expected, found
        super().__init__(
            f"{engagement!r} is at version {found} in the store, this change was made on version"
            f" {expected}; load it again and repeat the change (store.edit does both)"
        )


class TamperedLog(StoreError):
    """The stored log is not what was written."""


class StoreUnavailable(StoreError):
    """The store cannot be opened, read or written just now."""


class MissingExtra(EngagekitError):
    """An optional dependency is not installed."""

    def __init__(self, *, extra: str, needed_for: str) -> None:
        self.extra, self.needed_for = extra, needed_for
        super().__init__(f"{needed_for} needs an extra: pip install 'engagekit[{extra}]'")


for _name in __all__:
    globals()[_name].__module__ = "engagekit"  # tracebacks show the name people import
