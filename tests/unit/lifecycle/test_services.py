"""The vocabulary: disciplines and services, as the FAQ names them."""

from __future__ import annotations

import pytest

import engagekit as ek


@pytest.mark.req("S01")
def test_the_disciplines_are_the_five_of_the_faq(shared):
    """The enum is exactly what the FAQ's first sentence lists."""
    faq = (shared / "faq.txt").read_text("utf-8")
    listed = faq.partition("professional disciplines — from ")[2].partition(". ")[0]
    words = listed.replace(" to ", ", ").replace(" and ", ", ").replace(", ,", ",").split(", ")
    assert {word.strip(", ").replace(" ", "_") for word in words if word} == set(ek.Discipline)
    assert len(ek.Discipline) == 5
