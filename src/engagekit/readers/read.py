"""What does this file prove? One call from a path to evidence."""

from __future__ import annotations

import os

from engagekit import checks
from engagekit.business_time.instants import Instant, as_microseconds
from engagekit.errors import DefinitionError
from engagekit.gates.evidence import Evidence
from engagekit.readers.registry import find, read_with, recognise
from engagekit.readers.source import opened

__all__ = ["read_evidence"]


def read_evidence(
    path: str | os.PathLike[str],
    kind: str | None = None,
    *,
    source: str | None = None,
    expires: Instant | None = None,
) -> Evidence:
    """The facts in a tool's report, with the SHA-256 of exactly the bytes they were read from.

    Args:
        path: A regular file of at most 100 MiB.
        kind: The format, such as "junit"; None recognises it by its content, never by its name.
        source: Where the file comes from, such as the link of a build; None keeps the path.
        expires: From then on it counts no more at a gate.

    Raises:
        EvidenceError: the file cannot be read as what it is, or measures nothing.
        UnknownId: no reader of that kind; it carries a suggestion.
        DefinitionError: `source` or `expires` is malformed, or an installed reader is.
    """
    checks.optional_text(source, "source")
    until = None if expires is None else as_microseconds(expires, "expires")
    chosen = None if kind is None else find(kind)
    with opened(path) as report:
        reader = chosen or recognise(report)
        reading = read_with(reader, report)
        try:
            return Evidence(
                kind=reader.kind,
                facts=reading.facts,
                source=report.name if source is None else source,
                digest=report.digest(),
                tool=reading.tool,
                tool_version=reading.tool_version,
                produced_at=reading.produced_at,
                expires=until,
            )
        except DefinitionError as error:
            raise report.fault(str(error)) from error
