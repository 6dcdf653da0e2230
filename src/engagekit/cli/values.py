"""What is typed after `--value`: a fact of the type the criterion asks for, or refused."""

from __future__ import annotations

import re

from engagekit.errors import DefinitionError
from engagekit.gates.criteria import Criterion
from engagekit.gates.evidence import FactValue

__all__ = ["typed"]

_WHOLE = re.compile(r"[+-]?[0-9]{1,18}")
_DECIMAL = re.compile(r"[+-]?([0-9]{1,18}\.[0-9]{1,18}|[0-9]{1,18})([eE][+-]?[0-9]{1,3})?")
_WORDS = {"true": True, "false": False}


def typed(criterion: Criterion, given: str | None) -> FactValue:
    """The value meant, of the type of the criterion's target; true where none is given.

    Raises:
        DefinitionError: it cannot be of that type, or none is given where one is needed.
    """
    target = criterion.target
    if given is None and not isinstance(target, bool):
        wanted = "TEXT" if isinstance(target, str) else "NUMBER"
        raise _refused(criterion, f"say what you saw: --value {wanted}")
    if given is None:
        return True
    if isinstance(target, str):
        return given
    return _truth(criterion, given) if isinstance(target, bool) else _number(criterion, given)


def _truth(criterion: Criterion, given: str) -> bool:
    if given not in _WORDS:
        raise _refused(criterion, f"{given!r} is neither true nor false")
    return _WORDS[given]


def _number(criterion: Criterion, given: str) -> int | float:
    if _WHOLE.fullmatch(given):
        return int(given)
    if _DECIMAL.fullmatch(given):
        return float(given)
    raise _refused(criterion, f"{given!r} is no number; write 3 or 0.85")


def _refused(criterion: Criterion, problem: str) -> DefinitionError:
    return DefinitionError(
        f"{criterion.id!r} is judged by {criterion.required}; {problem}", where="value"
    )
