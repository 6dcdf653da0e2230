"""What a caller may hand us: names, ids and texts, refused with a way out.

Nothing is corrected silently but the spelling of ids: hyphens and blanks become underscores.
"""

from __future__ import annotations

import enum
import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from typing import Self

from engagekit.errors import DefinitionError, UnknownId

__all__ = [
    "NAME_LIMIT",
    "TEXT_LIMIT",
    "Term",
    "distinct_people",
    "identifier",
    "known_id",
    "optional_text",
    "person",
    "same_person",
    "text",
]

NAME_LIMIT = 200  # characters
TEXT_LIMIT = 10_000  # characters
_IDENTIFIER = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
_SEPARATORS = re.compile(r"[\s\-_]+")
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


class Term(enum.StrEnum):
    """A word of a closed list; `on_hold`, `on hold` and `on-hold` are one word.

    Made from text with a suggestion where there is no such word; in words where it is shown.
    """

    @property
    def words(self) -> str:
        """The term as people write it: `no evidence`."""
        return self.value.replace("_", " ")

    @classmethod
    def of(cls, value: object, where: str = "") -> Self:
        """The term meant.

        Raises:
            UnknownId: no such term, with a suggestion.
        """
        what = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", cls.__name__).lower()
        return cls(known_id(value, [term.value for term in cls], what, where=where))

    def __eq__(self, other: object) -> bool:
        if isinstance(other, str):
            return str.__eq__(self, _SEPARATORS.sub("_", other))
        return NotImplemented

    def __ne__(self, other: object) -> bool:
        return not self == other

    __hash__ = str.__hash__


def text(value: object, where: str, *, limit: int = TEXT_LIMIT) -> str:
    """A text that says something, can be stored as UTF-8 and has a bounded length.

    Raises:
        DefinitionError: not a text, blank, longer than `limit` characters, or holding NUL or
            surrogate characters.
    """
    if not isinstance(value, str):
        raise DefinitionError(f"expected a text, got {type(value).__name__}", where=where)
    if not value.strip():
        raise DefinitionError("must not be empty", where=where)
    if len(value) > limit:
        raise DefinitionError(f"{len(value)} characters; at most {limit}", where=where)
    if _UNSTORABLE.search(value):
        raise DefinitionError("holds NUL or surrogate characters; remove them", where=where)
    return value


def optional_text(value: object, where: str, *, limit: int = TEXT_LIMIT) -> str | None:
    """As `text`, but None stays None."""
    return None if value is None else text(value, where, limit=limit)


def person(value: object, where: str = "by") -> str:
    """Who did it: a name of at most 200 characters, with outer blanks removed."""
    return _person(value, where) if type(value) is str else text(value, where)


@lru_cache(maxsize=1024)  # the same few people act again and again
def _person(value: str, where: str) -> str:
    return text(value, where, limit=NAME_LIMIT).strip()


def same_person(one: str, other: str) -> bool:
    """Whether two names mean one actor: letter case, blanks and Unicode form do not count."""
    return _folded(one) == _folded(other)


def distinct_people(names: Iterable[str]) -> list[str]:
    """One name for each actor among these, in order."""
    return sorted({_folded(name): name for name in names}.values())


def _folded(name: str) -> str:
    visible = "".join(sign for sign in name if unicodedata.category(sign) != "Cf")
    folded = unicodedata.normalize("NFKC", visible).casefold()
    return " ".join(unicodedata.normalize("NFKC", folded).split())


def identifier(value: object, where: str = "id") -> str:
    """An id in lower snake_case; hyphens, blanks and capitals on input are normalised.

    Raises:
        DefinitionError: it is no such name even then.
    """
    given = text(value, where, limit=NAME_LIMIT)
    normal = _SEPARATORS.sub("_", given.strip()).lower()
    if not _IDENTIFIER.fullmatch(normal):
        raise DefinitionError(
            f"{given!r} is no id; use lower snake_case, such as 'security_review'", where=where
        )
    return normal


def known_id(value: object, known: Iterable[str], what: str, *, where: str = "") -> str:
    """The one of `known` that is meant, spelled as it is defined.

    Raises:
        UnknownId: none of them; it carries a suggestion.
    """
    choices = tuple(known)
    if isinstance(value, str):
        if value in choices:
            return value
        normal = _SEPARATORS.sub("_", value.strip()).lower()
        if normal in choices:
            return normal
    raise UnknownId(what, value, choices, where=where)
