"""Stores and files that a command is given: opened with care, never made by looking at them."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from engagekit.engagement.aggregate import Engagement
from engagekit.errors import DefinitionError, StoreUnavailable
from engagekit.stores import Store, open_store

__all__ = ["changing", "in_store", "read_toml", "sqlite_file"]

DEFINITION_LIMIT = 1 << 20  # bytes
_SQLITE = "sqlite:///"


@contextmanager
def in_store(url: str, *, create: bool = False) -> Iterator[Store]:
    """The store at `url`, closed when the block ends.

    Raises:
        StoreUnavailable: there is none, and it is not to be created; or it is something else.
    """
    file = sqlite_file(url)
    if not create and file is not None and _is_nothing(file):
        raise StoreUnavailable(
            f"there is no store {str(file)!r}; --store names another, engagekit new begins one"
        )
    with open_store(url, create=create) as store:
        yield store


@contextmanager
def changing(url: str, id: str) -> Iterator[Engagement]:
    """One engagement of a store; what is done to it is written when the block ends well."""
    with in_store(url) as store, store.edit(id) as engagement:
        yield engagement


def read_toml(path: Path) -> dict[str, Any]:
    """The tables of a TOML file.

    Raises:
        DefinitionError: no such file, longer than 1 MiB, not UTF-8, or not TOML, with the line.
    """
    where = str(path)
    try:
        return tomllib.loads(_bytes(path).decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise DefinitionError(
            f"is not UTF-8 at byte {error.start}; save it as UTF-8", where=where
        ) from None
    except tomllib.TOMLDecodeError as error:
        raise DefinitionError(f"is no TOML: {error}", where=where) from None
    except RecursionError:
        raise DefinitionError("is nested too deeply", where=where) from None
    except OSError as error:
        raise DefinitionError(f"cannot be read: {error.strerror}", where=where) from None


def _is_nothing(file: Path) -> bool:
    """Whether nobody has written there yet: SQLite would make a database of an empty file."""
    return not file.exists() or (file.is_file() and not file.stat().st_size)


def _bytes(path: Path) -> bytes:
    if not path.is_file():  # a pipe or a device would be waited for
        raise DefinitionError("there is no such file", where=str(path))
    with path.open("rb") as stream:
        data = stream.read(DEFINITION_LIMIT + 1)
    if len(data) > DEFINITION_LIMIT:
        raise DefinitionError(f"longer than {DEFINITION_LIMIT} bytes", where=str(path))
    return data


def sqlite_file(url: str) -> Path | None:
    """The file of a SQLite store, or None for a store of another kind."""
    return Path(url.removeprefix(_SQLITE)) if url.startswith(_SQLITE) else None
