"""How an event is written down: canonical JSON of its fields, its kind beside it, for ever.

What is written can be read: every encoded event is decoded again and compared before it leaves
here. Reading is strict: a field missing, unknown or of another type is refused, never guessed.
"""

from __future__ import annotations

import functools
import operator
import re
import types
import typing
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

import attrs
import msgspec

from engagekit.engagement import events as _events
from engagekit.engagement.events import EVENT_CLASSES, Event
from engagekit.errors import DefinitionError, StoreError, TamperedLog
from engagekit.gates import criteria as _criteria
from engagekit.gates import evidence as _evidence
from engagekit.lifecycle import phases as _phases
from engagekit.lifecycle import plan as _plan

__all__ = ["PAYLOAD_LIMIT", "Codec", "Upcaster"]

Upcaster: TypeAlias = Callable[[dict[str, Any]], tuple[str, dict[str, Any]]]

PAYLOAD_LIMIT = 1 << 20  # bytes of one event
_EARLIEST, _LATEST = -62_135_596_800_000_000, 253_402_300_799_999_999  # the years 1 to 9999
_ENCODER = msgspec.json.Encoder(order="sorted")
_PLAIN = msgspec.json.Decoder(dict[str, Any])
_PLAIN_TYPES = {str, int, float, bool, type(None)}
# A StrEnum is a str, a numpy.float64 a float: written as what it is at heart.
_AT_HEART: tuple[tuple[type, Callable[[Any], Any]], ...] = (
    (str, str.__str__),
    (int, int.__int__),
    (float, float.__float__),
)
_NUL = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")

# Annotations are texts; the public classes name `engagekit` as their module, which has not all
# the words they use.
_WORDS = {
    name: value
    for module in (_phases, _plan, _evidence, _criteria, _events)
    for name, value in vars(module).items()
}


class Codec:
    """Events to bytes and back.

    Args:
        upcasters: old kind -> a function from its fields to a newer kind and that kind's fields;
            they are chained until a kind of today is reached.

    Raises:
        DefinitionError: an upcaster for a kind of today.
    """

    def __init__(self, upcasters: Mapping[str, Upcaster] | None = None) -> None:
        self._shapes = {cls.kind: _shape(cls) for cls in EVENT_CLASSES}
        self._upcasters = dict(upcasters or {})
        for kind in self._upcasters:
            if kind in self._shapes:
                raise DefinitionError("is a kind of today; only old ones are lifted", where=kind)

    def encode(self, event: Event) -> bytes:
        """The event as canonical JSON: every field, keys in order, UTF-8.

        Raises:
            DefinitionError: no event of the log, larger than 1 MiB, or with values that would not
                come back as they were: NaN, infinity, NUL, surrogates, an instant out of range.
        """
        shape = self._shapes.get(getattr(event, "kind", ""))
        if shape is None or type(event) is not shape.cls:
            raise DefinitionError(f"{type(event).__name__} is no event of the log")
        try:
            payload = _ENCODER.encode(shape.plain(event))
            same = self._decoded(shape, payload) == event
        except _UNWRITABLE as error:
            raise DefinitionError(f"cannot be stored: {error}", where=event.kind) from error
        if not same:
            raise DefinitionError("cannot be stored: it would be read otherwise", where=event.kind)
        if len(payload) > PAYLOAD_LIMIT:
            raise DefinitionError(
                f"{len(payload)} bytes; an event has at most {PAYLOAD_LIMIT}, keep large documents"
                f" elsewhere and their digest here",
                where=event.kind,
            )
        return payload

    def decode(self, kind: str, payload: bytes) -> Event:
        """The event a payload stands for, lifted to a kind of today.

        Raises:
            StoreError: a kind nobody here knows.
            TamperedLog: the payload is not what `encode` writes; the message names the key.
        """
        shape = self._shapes.get(kind)
        try:
            if shape is not None:
                return self._decoded(shape, payload)
            return self._lifted(kind, payload)
        except _UNREADABLE as error:
            raise TamperedLog(f"{kind}: {error}") from error

    def is_current(self, kind: str) -> bool:
        """Whether events of this kind are written today, so that their bytes can be compared."""
        return kind in self._shapes

    def _decoded(self, shape: Shape, payload: bytes) -> Event:
        event: Event = shape.made(shape.decoder.decode(payload))
        if b"\\u0000" in payload and _NUL.search(payload):
            raise ValueError("holds NUL characters")
        if not _EARLIEST <= event.at_us <= event.recorded_us <= _LATEST:
            raise ValueError("an instant is out of range")
        return event

    def _lifted(self, kind: str, payload: bytes) -> Event:
        fields, current, seen = None, kind, {kind}
        while current not in self._shapes:
            upcaster = self._upcasters.get(current)
            if upcaster is None:
                raise StoreError(
                    f"unknown kind of event {current[:80]!r}; a newer engagekit may have written"
                    f" it: pip install --upgrade engagekit"
                )
            fields = _PLAIN.decode(payload) if fields is None else fields
            current, fields = upcaster(fields)
            if current in seen:
                raise ValueError(f"its upcasters go round in a circle at {current!r}")
            seen.add(current)
        return self._decoded(self._shapes[current], _ENCODER.encode(fields))


# What strict decoding and the checks of the event classes raise. An upcaster trips over old
# fields with the plain errors of Python.
_UNREADABLE = (
    msgspec.MsgspecError,
    DefinitionError,
    ValueError,
    TypeError,
    LookupError,
    OverflowError,
    RecursionError,
)
_UNWRITABLE = (*_UNREADABLE, AttributeError)


@attrs.frozen
class Shape:
    """How one class is taken apart and put together: its own fields, nothing it has cached."""

    cls: type[Any]
    fields: tuple[str, ...]
    nested: Mapping[str, Callable[[Any], Any]]  # field -> how to rebuild what is not plain
    mirror: type[msgspec.Struct]
    decoder: msgspec.json.Decoder[Any]

    def plain(self, value: object) -> dict[str, Any]:
        """The fields as JSON knows them."""
        return {name: _plainly(getattr(value, name)) for name in self.fields}

    def made(self, read: msgspec.Struct) -> Any:
        """The object, through its own checks."""
        given = {name: getattr(read, name) for name in self.fields}
        for name, rebuild in self.nested.items():
            given[name] = rebuild(given[name])
        return self.cls(**given)


_shapes: dict[type[Any], Shape] = {}


def _shape(cls: type[Any]) -> Shape:
    if cls not in _shapes:
        _shapes[cls] = _made_shape(cls)
    return _shapes[cls]


def _made_shape(cls: type[Any]) -> Shape:
    hints = typing.get_type_hints(cls, globalns=_WORDS)
    names = tuple(field.name for field in attrs.fields(cls))
    fields = [(name, _mirrored(hints[name])) for name in names]
    mirror = msgspec.defstruct(cls.__name__, fields, kw_only=True, forbid_unknown_fields=True)
    nested = {name: rebuild for name in names if (rebuild := _rebuilder(hints[name]))}
    return Shape(cls, names, nested, mirror, msgspec.json.Decoder(mirror))


def _mirrored(hint: Any) -> Any:
    """The type msgspec decodes to: every class of ours replaced by its mirror."""
    if attrs.has(hint):
        return _shape(hint).mirror
    parts = tuple(_mirrored(part) for part in typing.get_args(hint))
    if isinstance(hint, types.UnionType):
        return functools.reduce(operator.or_, parts)
    return typing.get_origin(hint)[parts] if parts else hint


def _rebuilder(hint: Any) -> Callable[[Any], Any] | None:
    """From what msgspec decoded to what the class wants; None where that is the same."""
    if attrs.has(hint):
        return _shape(hint).made
    part = next((found for arg in typing.get_args(hint) if (found := _rebuilder(arg))), None)
    if part is None:
        return None
    rebuild = part
    if typing.get_origin(hint) is tuple:
        return lambda given: tuple(rebuild(one) for one in given)
    return lambda given: {key: rebuild(one) for key, one in given.items()}


def _plainly(value: Any) -> Any:
    if type(value) in _PLAIN_TYPES:
        return value
    for base, at_heart in _AT_HEART:
        if isinstance(value, base):
            return at_heart(value)
    if isinstance(value, tuple):
        return [_plainly(one) for one in value]
    if isinstance(value, Mapping):
        return {key: _plainly(one) for key, one in value.items()}
    return _shape(type(value)).plain(value)
