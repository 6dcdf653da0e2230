"""What is a reader? Two functions and the kind of evidence they make; no base class to inherit."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import attrs

from engagekit import checks
from engagekit.errors import DefinitionError
from engagekit.gates.evidence import FactValue
from engagekit.readers.source import Source

__all__ = ["Reader", "Reading"]


@attrs.frozen(kw_only=True)
class Reading:
    """What one report says; `read_evidence` adds kind, digest and source."""

    facts: Mapping[str, FactValue]
    tool: str | None = None
    tool_version: str | None = None
    produced_at: int | None = None  # microseconds UTC; only where the report states it


@attrs.frozen(kw_only=True)
class Reader:
    """Reads one format.

    `sniff` gets the first 64 KiB and says whether this is the format; it must not raise. `read`
    gets the whole report and raises `source.fault(...)` for what it cannot read; a reader that
    finds nothing to measure raises too, because an empty report is no proof.
    """

    kind: str  # also the name of its entry point
    sniff: Callable[[bytes], bool]
    read: Callable[[Source], Reading]

    def __attrs_post_init__(self) -> None:
        checks.identifier(self.kind, "reader kind")
        for name in ("sniff", "read"):
            if not callable(getattr(self, name)):
                raise DefinitionError(f"reader {self.kind!r}: {name} must be a function")
