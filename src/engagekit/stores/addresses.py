"""From an address to a store: `memory:`, `sqlite:///file.db`, `jsonl:///folder`, or a path."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from engagekit import checks
from engagekit.errors import DefinitionError, StoreUnavailable, UnknownId
from engagekit.stores.base import LogAdapter
from engagekit.stores.memory import MemoryLog
from engagekit.stores.store import Store

__all__ = ["open_store"]

_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]+):")  # one letter is a Windows drive
_SQLITE_SUFFIXES = {".db", ".sqlite", ".sqlite3"}
_POSTGRES = ("postgresql", "postgres")


def open_store(address: str | Path, *, create: bool = True) -> Store:
    """Open a store, or make it.

    Args:
        address: `memory:`; `sqlite:///relative.db`, `sqlite:////absolute.db` or a path that ends
            in .db, .sqlite or .sqlite3; `jsonl:///folder` or the path of a folder.
        create: whether to make it where there is none.

    Raises:
        DefinitionError: no such kind of address, with a suggestion.
        StoreUnavailable: it is not there, cannot be opened, or is something else.
    """
    if isinstance(address, Path):
        return Store(_at_path(address, create))
    given = checks.text(address, "store")
    scheme = _SCHEME.match(given)
    if scheme is None:
        return Store(_at_path(Path(given), create))
    return Store(_at_url(scheme[1].lower(), given[scheme.end() :], create))


def _at_url(scheme: str, rest: str, create: bool) -> LogAdapter:
    name = scheme.partition("+")[0]
    if name in _POSTGRES:
        # Not even its beginning is shown: it may hold a password.
        raise StoreUnavailable(
            "PostgreSQL comes with a later version of engagekit; until then: sqlite:///file.db"
        )
    if scheme == "memory":
        if rest.strip("/"):
            raise DefinitionError("memory has no name; write 'memory:'", where="store")
        return MemoryLog()
    openers: dict[str, Callable[[Path, bool], LogAdapter]] = {"sqlite": _sqlite, "jsonl": _jsonl}
    if scheme not in openers:
        raise UnknownId("kind of store", scheme, ["memory", *openers, "postgresql"], where="store")
    path = rest.removeprefix("///")
    if path == rest or not path:
        raise DefinitionError(
            f"expected a path behind three slashes: '{scheme}:///relative' or"
            f" '{scheme}:////absolute'",
            where="store",
        )
    if path == ":memory:":
        raise DefinitionError("write 'memory:' for a store in memory", where="store")
    return openers[scheme](Path(path), create)


def _at_path(path: Path, create: bool) -> LogAdapter:
    checks.text(str(path), "store")
    if path.is_dir():
        return _jsonl(path, create)
    if path.suffix.lower() in _SQLITE_SUFFIXES:
        return _sqlite(path, create)
    if path.suffix or path.exists():
        raise DefinitionError(
            f"{path.name!r} is neither a folder nor named *.db or *.sqlite; write"
            f" 'sqlite:///...' or 'jsonl:///...' to say which it is",
            where="store",
        )
    return _jsonl(path, create)


def _sqlite(path: Path, create: bool) -> LogAdapter:
    from engagekit.stores.sqlite import SqliteLog  # only who opens one pays for sqlite3

    return SqliteLog(path, create=create)


def _jsonl(path: Path, create: bool) -> LogAdapter:
    from engagekit.stores.jsonl import JsonlLog

    return JsonlLog(path, create=create)
