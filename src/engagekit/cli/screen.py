"""What reaches the terminal: text that people wrote is shown, never obeyed.

No markup is read out of it, and what would steer a terminal (escape sequences, text direction) is
written out instead. Colours only where a terminal is, and NO_COLOR is not set.
"""

from __future__ import annotations

import json
import os
import sys
import unicodedata

from rich.console import Console
from rich.text import Text

__all__ = ["complain", "harmless", "line", "note", "show", "show_json"]

_JOINERS = "\u200c\u200d"  # letters of Persian and emoji are put together with them


def harmless(text: str, *, keep: str = "") -> str:
    r"""The text with every character that is no letter, sign or blank written out: `\x1b`.

    Args:
        keep: characters that pass all the same, such as line breaks in a message of our own.
    """
    if text.isprintable():
        return text
    return "".join(sign if _is_plain(sign) or sign in keep else _written(sign) for sign in text)


def _is_plain(sign: str) -> bool:
    return sign.isprintable() or sign in _JOINERS or unicodedata.category(sign) == "Zs"


def _written(sign: str) -> str:
    return sign.encode("unicode_escape").decode("ascii")


def line(*parts: str | tuple[str, str]) -> Text:
    """One line from texts, or from texts with a style; every part is made harmless."""
    made = Text()
    for part in parts:
        text, style = (part, "") if isinstance(part, str) else part
        made.append(harmless(text), style or None)
    return made


def show(*lines: Text | str) -> None:
    """Data, to standard output."""
    _print(_console(stderr=False), lines)


def note(*lines: Text | str) -> None:
    """A remark beside the data, to standard error."""
    _print(_console(stderr=True), lines)


def complain(message: str) -> None:
    """What is wrong, to standard error; a message of several lines keeps them."""
    text = Text("error: ", "bold red")
    _print(_console(stderr=True), [text.append(harmless(message, keep="\n"), "not bold default")])


def show_json(value: object) -> None:
    """Data as JSON in ASCII: no terminal, pipe or locale can spoil it."""
    sys.stdout.write(json.dumps(value, indent=2) + "\n")


def _console(stderr: bool) -> Console:
    plain = bool(os.environ.get("NO_COLOR"))
    return Console(
        stderr=stderr,
        color_system=None if plain else "auto",
        markup=False,
        emoji=False,
        highlight=False,
        soft_wrap=True,
    )


def _print(console: Console, lines: tuple[Text | str, ...] | list[Text]) -> None:
    for each in lines:
        console.print(line(each) if isinstance(each, str) else each)
