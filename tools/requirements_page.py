"""Write docs/reference/requirements.md: which tests prove which requirement, from their markers.

Run it as `python tools/requirements_page.py`; a test keeps the page equal to the markers.
"""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "reference" / "requirements.md"
HEAD = """# Requirements and the tests that prove them

Made by `python tools/requirements_page.py` from the markers `@pytest.mark.req("S17")` of the
tests. A requirement that is not listed has no test yet.

| requirement | proven by |
|---|---|
"""


def markers(source: str) -> Iterator[tuple[str, str]]:
    """(requirement, sentence of the test) for every marker in a test module."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            sentence = (ast.get_docstring(node) or node.name).splitlines()[0]
            for decorator in node.decorator_list:
                match decorator:
                    case ast.Call(func=ast.Attribute(attr="req"), args=names):
                        for name in names:
                            yield ast.literal_eval(name), sentence


def page() -> str:
    """The page as the markers have it now."""
    proven: dict[str, list[str]] = defaultdict(list)
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        for requirement, sentence in markers(path.read_text("utf-8")):
            where = path.relative_to(ROOT / "tests").as_posix()
            proven[requirement].append(f"{sentence.replace('|', chr(92) + '|')} (`{where}`)")
    rows = (f"| {name} | {'<br>'.join(proven[name])} |" for name in sorted(proven))
    return HEAD + "\n".join(rows) + "\n"


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
