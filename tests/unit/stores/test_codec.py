"""Events to bytes and back, strictly; old kinds are lifted."""

from __future__ import annotations

import json
import math
from typing import Any

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import engagekit as ek
from engagekit.engagement.events import EvidenceRecorded, Moved
from engagekit.gates.evidence import Evidence
from engagekit.stores import Codec
from engagekit.stores.codec import PAYLOAD_LIMIT

MOVED = Moved(
    at_us=1,
    recorded_us=2,
    by="ana",
    move="hold",
    from_state="contracting",
    to_state="x",
    reason="y",
)
EVIDENCE = EvidenceRecorded(
    at_us=1, recorded_us=2, by="ana", evidence=Evidence(kind="junit", facts={"junit.failed": 0})
)

texts = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1
).filter(str.strip)
facts = st.one_of(
    st.booleans(),
    st.integers(-(2**63), 2**63 - 1),
    st.floats(allow_nan=False, allow_infinity=False),
    texts,
)


@settings(max_examples=200)
@given(
    facts=st.dictionaries(
        st.from_regex(r"[a-z]{1,8}\.[a-z]{1,8}", fullmatch=True), facts, min_size=1
    )
)
def test_any_fact_comes_back_with_its_type(facts: dict[str, Any]) -> None:
    """One is not 1.0 and not True; the smallest float is the smallest float."""
    event = attrs.evolve(EVIDENCE, evidence=Evidence(kind="junit", facts=facts))
    codec = Codec()
    again = codec.decode(event.kind, codec.encode(event))
    assert again == event
    assert repr(sorted(again.evidence.facts.items())) == repr(sorted(facts.items()))


def test_what_an_object_has_worked_out_is_not_written() -> None:
    """Cached properties are no fields: using a plan does not change its bytes."""
    with ek.use_clock("2026-03-02T09:00:00Z"):
        e = ek.Engagement.start("Portal", client="Acme", by="ana")
    codec = Codec()
    before = codec.encode(e.log[0])
    assert e.log[0].plan.ids
    e.check()
    assert codec.encode(e.log[0]) == before
    assert b'"ids"' not in before


@pytest.mark.parametrize("number", [math.nan, math.inf, -math.inf])
def test_what_json_cannot_say_is_refused(number: float) -> None:
    """The encoder would write NaN as null; no such fact gets as far, and none gets past."""
    with pytest.raises(ek.EvidenceError):
        Evidence(kind="junit", facts={"junit.failed": number})
    smuggled = attrs.evolve(EVIDENCE, evidence=Evidence(kind="junit", facts={"junit.failed": 0}))
    smuggled.evidence.facts["junit.failed"] = number
    with pytest.raises(ek.DefinitionError, match=r"cannot be stored.*evidence"):
        Codec().encode(smuggled)


@pytest.mark.parametrize(
    "wrong",
    [
        {"by": 7},
        {"by": "a\0b"},
        {"by": "\ud800"},
        {"by": None},
        {"by": b"ana"},
        {"by": object()},
        {"at_us": True},
        {"at_us": 1.0},
        {"at_us": -(10**18)},
        {"recorded_us": 10**18},
        {"recorded_us": 10**40},
        {"reason": "x" * PAYLOAD_LIMIT},
        {"reason": ["x"]},
        {"reason": {"x": 1}},
    ],
    ids=repr,
)
def test_values_that_would_not_come_back_are_refused(wrong: dict[str, Any]) -> None:
    """Whoever makes an event by hand hears at once what is wrong with it."""
    with pytest.raises(ek.DefinitionError, match=r"moved\.v1"):
        Codec().encode(attrs.evolve(MOVED, **wrong))


def test_what_is_a_number_or_a_text_is_written_as_one() -> None:
    """Numbers of numpy are floats of a class of their own; they are written as plain ones."""

    class Float64(float):
        pass

    class Text(str):
        __slots__ = ()

    event = attrs.evolve(
        EVIDENCE,
        by=Text("ana"),
        evidence=Evidence(kind="junit", facts={"junit.ratio": Float64(0.1), "junit.failed": True}),
    )
    again = Codec().decode(event.kind, Codec().encode(event))
    assert again == event
    assert type(again.evidence.facts["junit.ratio"]) is float
    assert type(again.by) is str


def test_what_would_be_read_otherwise_is_refused() -> None:
    """A value that only looks like its text is not written as that text."""

    class Shouting(str):
        __slots__ = ()

        def __eq__(self, other: object) -> bool:
            return False

        __hash__ = str.__hash__

    with pytest.raises(ek.DefinitionError, match="read otherwise"):
        Codec().encode(attrs.evolve(MOVED, by=Shouting("ana")))


def test_the_letters_of_an_escape_are_no_nul() -> None:
    r"""The text `\u0000`, typed out, is six ordinary characters."""
    event = attrs.evolve(MOVED, reason="\\u0000 and \\\\u0000")
    assert Codec().decode(MOVED.kind, Codec().encode(event)) == event


def test_only_events_of_the_log_are_written() -> None:
    """Neither a stranger nor a subclass, whose fields nobody would read."""

    class Own(Moved):
        pass

    for stranger in ("moved.v1", Own(**attrs.asdict(MOVED)), None):
        with pytest.raises(ek.DefinitionError, match="no event of the log"):
            Codec().encode(stranger)


GOOD = Codec().encode(EVIDENCE)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (b"{", b"", "Expected `object`"),
        (b"}", b"", ""),
        (b'"at_us":1,', b"", "missing required field `at_us`"),
        (b'"at_us":1', b'"at_us":"1"', r"at `\$.at_us`"),
        (b'"at_us":1', b'"at_us":1.0', r"at `\$.at_us`"),
        (b'"at_us":1', b'"at_us":9', "nothing can be recorded before"),
        (b'"at_us":1', b'"at_us":99999999999999999999999', ""),
        (b'"at_us":1', b'"at_us":-999999999999999999', "out of range"),
        (b'"at_us":1', b'"at_us":1,"zz":[]', "unknown field `zz`"),
        (b'"by":"ana"', b'"by":"\xff"', "decode"),
        (b'"by":"ana"', b'"by":"\\ud800"', ""),
        (b'"by":"ana"', b'"by":"\\u0000"', "NUL"),
        (b'"junit.failed":0', b'"junit.failed":null', r"\$.evidence.facts"),
        (b'"junit.failed":0', b'"junit.failed":NaN', "malformed"),
        (b'"junit.failed":0', b'"junit.failed":1e999', "out of range"),
        (b'"junit.failed":0', b'"Junit Failed":0', "no metric name"),
        (b'"junit.failed":0', b"", "shows nothing"),
        (b"{", b"[" * 100_000, ""),
    ],
)
def test_a_payload_nobody_wrote_is_refused(old: bytes, new: bytes, said: str) -> None:
    """The kind and the key are named; nothing is guessed or left out."""
    assert old in GOOD
    with pytest.raises(ek.TamperedLog, match=rf"^evidence-recorded\.v1: .*{said}"):
        Codec().decode("evidence-recorded.v1", GOOD.replace(old, new, 1))


def test_an_unknown_kind_may_be_a_newer_one() -> None:
    """It is no tampering; the way out is a newer engagekit."""
    with pytest.raises(ek.StoreError, match="newer engagekit") as refused:
        Codec().decode("moved.v9", b"{}")
    assert not isinstance(refused.value, ek.TamperedLog)


# Lifting old kinds


def renamed(fields: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """An invented `moved.v0` called the move `step`."""
    fields["move"] = fields.pop("step")
    return "moved.v1", fields


def dated(fields: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """An invented `step.v0` had no time of recording."""
    return "moved.v0", fields | {"recorded_us": fields["at_us"]}


OLD = {
    "at_us": 1,
    "by": "ana",
    "step": "hold",
    "from_state": "contracting",
    "to_state": "x",
    "reason": None,
    "report_digest": None,
}


def test_old_kinds_are_lifted_step_by_step() -> None:
    """Each upcaster knows only the next kind; the chain ends at a kind of today."""
    codec = Codec({"moved.v0": renamed, "step.v0": dated})
    lifted = codec.decode("step.v0", json.dumps(OLD).encode())
    assert lifted == attrs.evolve(MOVED, recorded_us=1, reason=None)
    assert codec.is_current("moved.v1")
    assert not codec.is_current("step.v0")


@pytest.mark.parametrize(
    ("upcaster", "said"),
    [
        (lambda fields: ("moved.v1", fields), "missing required field|unknown field"),
        (lambda fields: ("moved.v1", fields["nothing"]), "nothing"),
        (lambda fields: ("old.v0", fields), "circle"),
        (lambda fields: ("moved.v1", None), ""),
        (lambda fields: None, ""),
    ],
    ids=["not enough", "trips", "circle", "no fields", "nothing"],
)
def test_an_old_event_that_cannot_be_lifted_is_named(upcaster: Any, said: str) -> None:
    """What an upcaster trips over is told with the old kind."""
    with pytest.raises(ek.TamperedLog, match=rf"old\.v0: .*({said})"):
        Codec({"old.v0": upcaster}).decode("old.v0", json.dumps(OLD).encode())


def test_an_old_payload_that_is_no_object_is_refused() -> None:
    """An upcaster only ever sees fields."""
    with pytest.raises(ek.TamperedLog, match=r"moved\.v0"):
        Codec({"moved.v0": renamed}).decode("moved.v0", b"[1]")


def test_a_kind_of_today_is_not_lifted() -> None:
    """An upcaster for it would change what its bytes say."""
    with pytest.raises(ek.DefinitionError, match="kind of today"):
        Codec({"moved.v1": renamed})
