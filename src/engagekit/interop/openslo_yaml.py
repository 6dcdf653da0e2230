"""What does this YAML say, and in which line? Values only: nothing is ever constructed from it.

The parser's events are taken one by one, so tags cannot name a class, depth and size are bounded
before anything grows, and every value knows its line.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from types import ModuleType
from typing import Any, TypeAlias

import attrs

from engagekit.errors import DefinitionError, Faults, MissingExtra

__all__ = [
    "DEEPEST",
    "MAX_BYTES",
    "MAX_NODES",
    "Node",
    "Number",
    "dumped",
    "parsed",
]

MAX_BYTES = 4 * 1024 * 1024
MAX_NODES = 100_000  # aliases count as often as they are used
DEEPEST = 50
_LONGEST_NUMBER = 60  # characters
_LARGEST_EXPONENT = 300
_NUMBER = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_NOT_FINITE = re.compile(r"([-+]?\.inf|\.nan)", re.IGNORECASE)
_PLAIN_TEXT = re.compile(r"[A-Za-z][A-Za-z0-9_./-]*")
_WORDS: dict[str, bool | None] = {"": None, "~": None, "null": None, "true": True, "false": False}
# Words that some YAML reader or other takes for a boolean or nothing: quoted when written.
_AMBIGUOUS = {"null", "true", "false", "yes", "no", "on", "off", "y", "n"}

Number: TypeAlias = int | Decimal


@attrs.frozen
class Node:
    """A value and the line of the key or dash it belongs to."""

    line: int
    value: str | bool | Number | list[Node] | dict[str, Node] | None
    size: int = 1  # nodes in it, itself included

    def plain(self) -> Any:
        """The value in plain types; a number that is no whole one is a Decimal."""
        if isinstance(self.value, dict):
            return {key: node.plain() for key, node in self.value.items()}
        if isinstance(self.value, list):
            return [node.plain() for node in self.value]
        return self.value


def _yaml() -> ModuleType:
    """PyYAML.

    Raises:
        MissingExtra: it is not installed.
    """
    try:
        import yaml
    except ImportError:
        raise MissingExtra(extra="openslo", needed_for="reading or writing OpenSLO") from None
    module: ModuleType = yaml
    return module


def parsed(data: bytes, name: str) -> list[Node]:
    """Every document in it, empty ones left out.

    Raises:
        DefinitionError: all faults up to the first that leaves the rest unreadable.
        MissingExtra: PyYAML is not installed.
    """
    package = _yaml()
    if len(data) > MAX_BYTES:
        raise DefinitionError(f"more than {MAX_BYTES} bytes (4 MiB); split it", where=name)
    try:
        data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        problem = f"byte {error.start} is not UTF-8; save it as UTF-8"
        raise DefinitionError(problem, where=f"{name}, line {line}") from None
    # libyaml reads 4 MiB in a tenth of a second; without it the same takes a minute or so.
    loader = getattr(package, "CSafeLoader", package.SafeLoader)
    reading = _Reading(package, package.parse(data.removeprefix(b"\xef\xbb\xbf"), Loader=loader))
    documents: list[Node] = []
    try:
        documents += reading.documents()
    except package.reader.ReaderError as error:
        line = data.count(b"\n", 0, error.position) + 1
        problem = f"character U+{error.character:04X} does not belong in YAML; remove it"
        reading.faults.add(f"line {line}", problem)
    except package.MarkedYAMLError as error:
        line = error.problem_mark.line + 1
        reading.faults.add(f"line {line}", f"cannot be read as YAML: {error.problem}")
    except _Unreadable as error:
        reading.faults.add(f"line {error.args[0]}", error.args[1])
    if reading.faults:
        raise DefinitionError(
            attrs.evolve(fault, where=f"{name}, {fault.where}") for fault in reading.faults
        )
    return [document for document in documents if document.value is not None]


class _Unreadable(Exception):
    """What follows cannot be read: (line, problem)."""


class _Reading:
    def __init__(self, package: ModuleType, events: Iterator[Any]) -> None:
        self.faults = Faults()
        self._package, self._events = package, events
        self._anchors: dict[str, Node] = {}
        self._count = 0

    def documents(self) -> Iterator[Node]:
        for event in self._events:
            if isinstance(event, self._package.DocumentStartEvent):
                self._anchors.clear()
                yield self._node(next(self._events), 0)

    def _node(self, event: Any, depth: int) -> Node:
        line: int = event.start_mark.line + 1
        if isinstance(event, self._package.AliasEvent):
            return self._aliased(event.anchor, line)
        self._counted(1, line)
        if event.tag is not None:
            self.faults.add(f"line {line}", f"tag {event.tag[:80]!r}: write the value without it")
        if depth > DEEPEST:
            raise _Unreadable(line, f"nested more than {DEEPEST} deep")
        if isinstance(event, self._package.ScalarEvent):
            node = Node(line, self._scalar(event, line))
        elif isinstance(event, self._package.SequenceStartEvent):
            node = self._listing(line, depth)
        else:
            node = self._mapping(line, depth)
        if event.anchor is not None:
            self._anchors[event.anchor] = node
        return node

    def _counted(self, nodes: int, line: int) -> None:
        self._count += nodes
        if self._count > MAX_NODES:
            raise _Unreadable(line, f"more than {MAX_NODES} values, aliases included; split it")

    def _aliased(self, anchor: str, line: int) -> Node:
        node = self._anchors.get(anchor)
        if node is None:
            raise _Unreadable(line, f"alias *{anchor[:80]} stands before the end of its anchor")
        self._counted(node.size, line)
        return attrs.evolve(node, line=line)

    def _listing(self, line: int, depth: int) -> Node:
        items: list[Node] = []
        while not isinstance(event := next(self._events), self._package.SequenceEndEvent):
            items.append(self._node(event, depth + 1))
        return Node(line, items, 1 + sum(item.size for item in items))

    def _mapping(self, line: int, depth: int) -> Node:
        entries: dict[str, Node] = {}
        while not isinstance(event := next(self._events), self._package.MappingEndEvent):
            at = event.start_mark.line + 1
            if not isinstance(event, self._package.ScalarEvent) or event.tag is not None:
                raise _Unreadable(at, "a key is a plain text; no lists, aliases or tags as keys")
            key = event.value
            if key == "<<":
                problem = "'<<' (merge) is read by some tools only; write the fields out"
                self.faults.add(f"line {at}", problem)
            if key in entries:
                problem = f"{key[:80]!r} is there already, in line {entries[key].line}; keep one"
                self.faults.add(f"line {at}", problem)
            self._counted(1, at)
            entries[key] = attrs.evolve(self._node(next(self._events), depth + 1), line=at)
        return Node(line, entries, 1 + sum(1 + node.size for node in entries.values()))

    def _scalar(self, event: Any, line: int) -> str | bool | Number | None:
        text: str = event.value
        if not event.implicit[0]:
            return text
        if text in _WORDS or (text.lower() in _WORDS and (text.istitle() or text.isupper())):
            return _WORDS[text.lower()]
        if _NOT_FINITE.fullmatch(text):
            self.faults.add(f"line {line}", f"{text} is no finite number; state one")
            return None
        return self._number(text, line) if _NUMBER.fullmatch(text) else text

    def _number(self, text: str, line: int) -> Number | None:
        exact = Decimal(text if len(text) <= _LONGEST_NUMBER else "NaN")
        if not exact.is_finite() or abs(exact.adjusted()) > _LARGEST_EXPONENT:
            problem = f"number {text[:40]} has too many digits; quote it if it is a text"
            self.faults.add(f"line {line}", problem)
            return None
        return exact if re.search("[.eE]", text) else int(text)


def dumped(documents: Sequence[Mapping[str, Any]]) -> str:
    """YAML that any reader of 1.1 or 1.2 takes alike: texts that could be anything else are quoted.

    Raises:
        MissingExtra: PyYAML is not installed.
    """
    package = _yaml()

    class Dumper(package.SafeDumper):  # type: ignore[name-defined,misc]
        def ignore_aliases(self, _data: object) -> bool:
            return True

        def increase_indent(self, flow: bool = False, **_indentless: bool) -> Any:
            return super().increase_indent(flow, False)  # lists stand further in than their key

    def text(dumper: Any, value: str) -> Any:
        plain = _PLAIN_TEXT.fullmatch(value) and value.lower() not in _AMBIGUOUS
        style = None if plain else "'" if value.isascii() and value.isprintable() else '"'
        return dumper.represent_scalar("tag:yaml.org,2002:str", value, style=style)

    def number(dumper: Any, value: Decimal) -> Any:
        shown = format(value, "f")
        kind = "float" if "." in shown else "int"
        return dumper.represent_scalar(f"tag:yaml.org,2002:{kind}", shown)

    Dumper.add_representer(str, text)
    Dumper.add_representer(Decimal, number)
    written: str = package.dump_all(
        documents, Dumper=Dumper, sort_keys=False, width=100, explicit_start=len(documents) > 1
    )
    return written
