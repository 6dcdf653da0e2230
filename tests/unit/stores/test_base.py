"""What a commit is called."""

from __future__ import annotations

from engagekit.stores import Batch, NewEvent


def commit(engagement: str, expected: int, *events: tuple[str, bytes]) -> str:
    """The name of a commit without a key."""
    new = [NewEvent(kind=k, at_us=1, recorded_us=2, payload=p) for k, p in events]
    return Batch(engagement=engagement, expected=expected, events=tuple(new)).commit


def test_only_the_same_content_has_the_same_name() -> None:
    """Where one part ends and the next begins counts, and what it is added to."""
    names = [
        commit("a", 1, ("k", b"1"), ("k", b"2")),
        commit("a", 1, ("k", b"1k2")),
        commit("a", 1, ("k1", b""), ("k", b"2")),
        commit("a", 1, ("k", b"1"), ("k2", b"")),
        commit("a", 11, ("k", b""), ("k", b"2")),
        commit("a1", 1, ("k", b""), ("k", b"2")),
        commit("a", 2, ("k", b"1"), ("k", b"2")),
    ]
    assert len(set(names)) == len(names)
    assert commit("a", 1, ("k", b"1"), ("k", b"2")) == names[0]
