"""All faults at once: try every part of a definition before refusing it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ParamSpec, TypeVar

from engagekit.errors import DefinitionError

__all__ = ["Collected"]

P = ParamSpec("P")
T = TypeVar("T")


class Collected:
    """Errors met on the way, to be raised together."""

    def __init__(self) -> None:
        self._errors: list[DefinitionError] = []

    def attempt(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T | None:
        """What the function returns; None if it refused, which is kept for later."""
        try:
            return function(*args, **kwargs)
        except DefinitionError as error:
            self._errors.append(error)
            return None

    def add(self, errors: Sequence[DefinitionError]) -> None:
        """Keep these as well."""
        self._errors.extend(errors)

    def settle(self) -> None:
        """Raise what was met, if anything.

        Raises:
            DefinitionError: the one error itself, or one error with the faults of all.
        """
        if len(self._errors) == 1:
            raise self._errors[0]
        if self._errors:
            raise DefinitionError([fault for error in self._errors for fault in error.faults])
