"""Sybil: the examples of the README, the pages and the docstrings run as tests.

It stands here because pytest asks a conftest only about files below it.
"""

from __future__ import annotations

import contextlib
import doctest
from collections.abc import Iterator

import pytest
from sybil import Sybil
from sybil.parsers import myst, rest


@pytest.fixture(scope="module")
def empty_folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Each page and each module runs in a folder of its own, free to leave files there."""
    with contextlib.chdir(tmp_path_factory.mktemp("page")):
        yield


FENCES = myst.PythonCodeBlockParser(doctest_optionflags=doctest.ELLIPSIS)
PROMPTS = rest.DocTestParser(optionflags=doctest.ELLIPSIS)

pytest_collect_file = (
    Sybil([FENCES], patterns=["*.md"], fixtures=["empty_folder"])
    + Sybil([FENCES, PROMPTS], path="src", patterns=["*.py"], fixtures=["empty_folder"])
).pytest()
