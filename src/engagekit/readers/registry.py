"""Which readers are there, and which one understands this report?

The shipped ones are listed here, so that they work where package metadata are missing (a zipapp);
others come from entry points of the group `engagekit.readers`. Nothing is looked up at import.
"""

from __future__ import annotations

from importlib.metadata import EntryPoint, entry_points

from engagekit import checks
from engagekit.errors import DefinitionError, EngagekitError
from engagekit.readers.base import Reader, Reading
from engagekit.readers.source import Source

__all__ = ["GROUP", "find", "known_kinds", "read_with", "recognise"]

GROUP = "engagekit.readers"
_SHIPPED = {
    "cobertura": "engagekit.readers.cobertura:READER",
    "junit": "engagekit.readers.junit:READER",
}


def known_kinds() -> tuple[str, ...]:
    """The kinds of evidence that can be read here and now, sorted."""
    return tuple(sorted(_entries()))


def find(kind: object) -> Reader:
    """The reader of one kind.

    Raises:
        UnknownId: there is none; it carries a suggestion.
        DefinitionError: two packages claim the kind, or its reader cannot be loaded.
    """
    entries = _entries()
    return _loaded(entries[checks.known_id(kind, entries, "evidence kind", where="kind")])


def recognise(source: Source) -> Reader:
    """The one reader that knows the report by its content; shipped readers are asked first.

    Raises:
        EvidenceError: none knows it, or several do.
        DefinitionError: two packages claim a kind, or a reader cannot be loaded.
    """
    entries = _entries()
    others = [kind for kind in entries if kind not in _SHIPPED]
    for kinds in (list(_SHIPPED), others):
        knowing = [kind for kind in kinds if _sniffs(_loaded(entries[kind]), source)]
        if len(knowing) > 1:
            raise source.fault(f"could be any of {', '.join(knowing)}; say which with kind=...")
        if knowing:
            return _loaded(entries[knowing[0]])
    raise source.fault(
        f"is no report of a known kind ({', '.join(sorted(entries))}); it begins with"
        f" {ascii(source.head[:40])[1:]}; check that it is the right file, or say kind=..."
    )


def read_with(reader: Reader, source: Source) -> Reading:
    """What the reader finds.

    Raises:
        EvidenceError: it cannot be read, or the reader itself broke down.
    """
    try:
        reading = reader.read(source)
    except EngagekitError:
        raise
    except Exception as error:
        raise source.fault(_broken(reader, error)) from error
    if not isinstance(reading, Reading):
        raise source.fault(
            f"the reader {reader.kind!r} returned {type(reading).__name__}; it must be a Reading"
        )
    return reading


def _sniffs(reader: Reader, source: Source) -> bool:
    try:
        return bool(reader.sniff(source.head))
    except Exception as error:
        raise source.fault(_broken(reader, error)) from error


def _broken(reader: Reader, error: Exception) -> str:
    return (
        f"the reader {reader.kind!r} broke down ({type(error).__name__}: {error});"
        " report it to whoever provides that reader"
    )


def _entries() -> dict[str, EntryPoint]:
    entries = {kind: EntryPoint(kind, value, GROUP) for kind, value in _SHIPPED.items()}
    for entry in entry_points(group=GROUP):
        known = entries.setdefault(entry.name, entry)
        # One package can be on the path twice (a checkout beside the installed one).
        if known.value != entry.value:
            raise DefinitionError(
                f"the reader {entry.name!r} of {_package(entry)} ({entry.value}) has the name of"
                f" one that {_package(known)} provides ({known.value}); rename or uninstall one",
                where=f"entry point group {GROUP!r}",
            )
    return entries


def _loaded(entry: EntryPoint) -> Reader:
    where = f"entry point {entry.name!r} of {_package(entry)}"
    try:
        reader = entry.load()
    except EngagekitError:
        raise
    except Exception as error:
        raise DefinitionError(
            f"{entry.value} cannot be loaded ({type(error).__name__}: {error});"
            " mend or uninstall that package",
            where=where,
        ) from error
    if not isinstance(reader, Reader) or reader.kind != entry.name:
        raise DefinitionError(
            f"{entry.value} must be an engagekit.readers.Reader of kind {entry.name!r}",
            where=where,
        )
    return reader


def _package(entry: EntryPoint) -> str:
    if _SHIPPED.get(entry.name) == entry.value:
        return "engagekit"
    return "another package" if entry.dist is None else repr(entry.dist.name)
