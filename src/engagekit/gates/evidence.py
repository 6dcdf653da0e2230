"""What was shown: facts with their source, a digest of the file and how long they hold."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import TypeAlias

import attrs

from engagekit import checks
from engagekit.business_time.instants import Instant, as_microseconds, as_text
from engagekit.errors import EvidenceError

__all__ = ["ATTESTATION", "Evidence", "FactValue"]

FactValue: TypeAlias = bool | int | float | str

ATTESTATION = "attestation"  # the kind of evidence that is someone's word
FACT_LIMIT = 1_000  # facts in one piece of evidence
INTEGER_LIMIT = 1 << 63  # what every store and every dataframe can hold
_METRIC = re.compile(r"[a-z][a-z0-9_]*(\.[a-z0-9][a-z0-9_]*)*")
_SHA256 = re.compile(r"[0-9a-f]{64}")


def _instant(given: Instant | int | None) -> int | None:
    return given if given is None or type(given) is int else as_microseconds(given, "evidence")  # type: ignore[arg-type]


@attrs.frozen(kw_only=True)
class Evidence:
    """Named facts from one source: a tool's report, a document, or someone's word.

    `ek.read_evidence(path)` makes one from a file; build it by hand for anything else.
    Instants are kept as microseconds UTC; any aware datetime or ISO 8601 text is taken.
    """

    kind: str  # "junit", "cobertura", ..., "attestation"
    facts: Mapping[str, FactValue]
    source: str | None = None  # where it comes from: a file name, a link, a ticket
    digest: str | None = None  # SHA-256 of the file, 64 hexadecimal digits
    tool: str | None = None
    tool_version: str | None = None
    produced_at: int | None = attrs.field(default=None, converter=_instant)  # as the tool says
    expires: int | None = attrs.field(default=None, converter=_instant)  # counts no more from then

    def __attrs_post_init__(self) -> None:
        object.__setattr__(self, "kind", checks.identifier(self.kind, "evidence kind"))
        if not isinstance(self.facts, Mapping) or not self.facts:
            raise EvidenceError("evidence without facts shows nothing", where=self.kind)
        if len(self.facts) > FACT_LIMIT:
            raise EvidenceError(f"{len(self.facts)} facts; at most {FACT_LIMIT}", where=self.kind)
        for metric, value in self.facts.items():
            check_fact(metric, value)
        if self.digest is not None and not _SHA256.fullmatch(str(self.digest)):
            raise EvidenceError("digest is no SHA-256 in hexadecimal", where=self.kind)
        for name in ("source", "tool", "tool_version"):
            checks.optional_text(getattr(self, name), name)
        object.__setattr__(self, "facts", dict(self.facts))

    def to_dict(self) -> dict[str, object]:
        """Plain values for JSON; instants as ISO 8601."""
        plain = attrs.asdict(self, recurse=False) | {"facts": dict(self.facts)}
        for name in ("produced_at", "expires"):
            moment = plain[name]
            plain[name] = None if moment is None else as_text(moment)
        return plain


def check_fact(metric: object, value: object) -> None:
    """Refuse what is no metric name or no plain, finite value.

    Raises:
        EvidenceError: says which.
    """
    if not isinstance(metric, str) or not _METRIC.fullmatch(metric):
        raise EvidenceError(f"{metric!r} is no metric name; write it as 'junit.failed'")
    if isinstance(value, float) and not math.isfinite(value):
        raise EvidenceError(f"{value} is no measurement", where=metric)
    if isinstance(value, str):
        checks.text(value, metric)
    elif not isinstance(value, bool | int | float):
        raise EvidenceError(
            f"expected a number, a text or true/false, got {type(value).__name__}", where=metric
        )
    elif isinstance(value, int) and not -INTEGER_LIMIT <= value < INTEGER_LIMIT:
        raise EvidenceError("a whole number of more than 64 bits", where=metric)
