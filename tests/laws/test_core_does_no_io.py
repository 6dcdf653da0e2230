"""Law 8: the core does no I/O. import-linter watches its imports, this watches its calls."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[2] / "src" / "engagekit"
CORE = ("errors.py", "checks.py", "business_time", "lifecycle", "gates", "rules", "engagement")
ALLOWED = {
    "engagement/surroundings.py",  # the clock, and the digest of a file
    "rules/packs.py",  # reads the rule data shipped in the package
}
FORBIDDEN = {"open", "Path", "print", "input", "breakpoint"}


def core_files() -> Iterator[str]:
    """The files of the core, relative to the package, without the two that may."""
    for name in CORE:
        path = PACKAGE / name
        for file in [path] if path.is_file() else sorted(path.rglob("*.py")):
            relative = file.relative_to(PACKAGE).as_posix()
            if relative not in ALLOWED:
                yield relative


def io_calls(source: str) -> list[str]:
    """The forbidden calls in `source`, as `name (line n)`."""
    return [
        f"{name} (line {node.lineno})"
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Call)
        and (name := getattr(node.func, "id", getattr(node.func, "attr", None))) in FORBIDDEN
    ]


@pytest.mark.parametrize("file", list(core_files()))
def test_core_file_does_no_io(file: str) -> None:
    """No file of the core opens, prints or asks."""
    assert io_calls((PACKAGE / file).read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("call", ["open('x')", "io.open('x')", "Path('x')", "print(1)", "input()"])
def test_the_watch_sees_io(call: str) -> None:
    """The scan itself notices each kind of call it is there for."""
    assert io_calls(f"def f():\n    return {call}\n") != []
