"""How is XML from strangers read? As a stream of steps, hardened, with nothing kept.

No entity is expanded, nothing is fetched, and every limit is checked while the file is read. A
plain DOCTYPE is passed over, because real reports name a DTD they never needed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple, NoReturn
from xml.parsers.expat import XMLParserType

from defusedxml import DefusedXmlException, DTDForbidden
from defusedxml.ElementTree import DefusedXMLParser, ParseError

from engagekit.errors import EvidenceError
from engagekit.readers.source import Source

__all__ = [
    "MAX_ATTRIBUTES",
    "MAX_DEPTH",
    "MAX_ELEMENTS",
    "MAX_TOKEN_BYTES",
    "Root",
    "Step",
    "root",
    "walk",
]

MAX_DEPTH = 64
MAX_ELEMENTS = 2_000_000
MAX_ATTRIBUTES = 256  # of one element
# One tag, comment or attribute. Expat reads an unfinished one again with every chunk.
MAX_TOKEN_BYTES = 4 * 1024 * 1024

_ENCODING = re.compile(
    r"utf-?(8|16(le|be)?)|(us-)?ascii|iso[-_]8859[-_][0-9]{1,2}|latin-?1|koi8-[ru]"
    r"|(windows-|cp)[0-9]{3,4}",
    re.IGNORECASE,
)
_NO_ATTRIBUTES: Mapping[str, str] = {}


class Step(NamedTuple):
    """One element opens or closes; names come without their namespace."""

    opens: bool
    tag: str
    attributes: Mapping[str, str]  # empty when it closes
    line: int


class Root(NamedTuple):
    """The outermost element; attributes are None where a forbidden DTD stands before them."""

    tag: str
    attributes: Mapping[str, str] | None


class _Limit(ValueError):
    """The document is larger than a report ever is."""


class _Found(Exception):
    """The first element was met."""


class _Parser:
    """An expat parser, defused, that tells `target` directly what opens and closes."""

    def __init__(self, target: _Steps | _First) -> None:
        defused = DefusedXMLParser(target=target)
        self.feed: Callable[[bytes], None] = defused.feed
        self.close: Callable[[], object] = defused.close
        self._expat: XMLParserType = defused.parser
        self._expat.XmlDeclHandler = _refuse_odd_encodings
        self._expat.StartDoctypeDeclHandler = _refuse_declarations
        # Past the tree builder's handlers, which are Python too: that halves the time.
        self._expat.ordered_attributes = False
        self._expat.StartElementHandler = target.start
        self._expat.EndElementHandler = target.end

    def line(self) -> int:
        return self._expat.CurrentLineNumber

    def unfinished(self, fed: int) -> int:
        """Bytes of `fed` that wait for the end of their tag."""
        return fed - self._expat.CurrentByteIndex


def _refuse_odd_encodings(_version: str, encoding: str | None, _standalone: int) -> None:
    # Python would look for a codec of any name, and some of them do more than decode.
    if encoding is not None and not _ENCODING.fullmatch(encoding[:40]):
        raise LookupError(f"unknown encoding {encoding[:40]!r}")


def _refuse_declarations(name: str, system: str | None, public: str | None, inside: int) -> None:
    # Only declarations inside the file can do harm; the DTD that it names is never fetched.
    if inside:
        raise DTDForbidden(name, system, public)


class _First:
    """A parser target that stops at the first element."""

    def start(self, tag: str, attributes: dict[str, str]) -> NoReturn:
        raise _Found(Root(_local(tag), attributes))

    def end(self, tag: str) -> None:
        """Never reached."""


class _Steps:
    """A parser target that collects steps between two chunks."""

    def __init__(self) -> None:
        self.parser = _Parser(self)
        self._steps: list[Step] = []
        self._depth = 0
        self._elements = 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        self._elements += 1
        if self._depth > MAX_DEPTH:
            raise _Limit(f"elements nested more than {MAX_DEPTH} deep")
        if self._elements > MAX_ELEMENTS:
            raise _Limit(f"more than {MAX_ELEMENTS} elements")
        if len(attributes) > MAX_ATTRIBUTES:
            raise _Limit(f"an element with more than {MAX_ATTRIBUTES} attributes")
        self._steps.append(Step(True, _local(tag), attributes, self.parser.line()))

    def end(self, tag: str) -> None:
        self._depth -= 1
        self._steps.append(Step(False, _local(tag), _NO_ATTRIBUTES, self.parser.line()))

    def data(self, text: str) -> None:
        """Must exist: without it an undefined entity would pass for no text at all."""

    def close(self) -> None:
        """Expected by the parser."""

    def take(self) -> list[Step]:
        taken, self._steps = self._steps, []
        return taken


def root(head: bytes) -> Root | None:
    """The outermost element of what begins with `head`; None where there is no XML element."""
    try:
        _Parser(_First()).feed(head)
    except _Found as found:
        first: Root = found.args[0]
        return first
    except DTDForbidden as refused:
        return Root(_local(refused.name), None)
    except (ParseError, LookupError, ValueError):
        return None
    return None


def walk(source: Source, expected: str) -> Iterator[Step]:
    """Every element of the report as it opens and closes.

    Args:
        source: The report.
        expected: What it should be, for messages: "a JUnit XML report".

    Raises:
        EvidenceError: not well-formed, cut off, beyond a limit, or with entities of its own.
    """
    steps = _Steps()
    parser, fed = steps.parser, 0
    try:
        for chunk in source.chunks():
            parser.feed(chunk)
            fed += len(chunk)
            if parser.unfinished(fed) > MAX_TOKEN_BYTES:
                raise _Limit(f"a tag or comment of more than {MAX_TOKEN_BYTES} bytes")
            yield from steps.take()
        parser.close()
    except (ParseError, LookupError, ValueError, RecursionError) as error:
        raise _refusal(source, error, expected, parser.line()) from error
    yield from steps.take()


def _refusal(source: Source, error: Exception, expected: str, line: int) -> EvidenceError:
    if isinstance(error, DefusedXmlException):
        problem = (
            "declares entities or a document type of its own, which can be made to read other"
            f" files or to fill the memory; {expected} needs neither, have it written without"
        )
    elif isinstance(error, _Limit):
        problem = f"{error}; {expected} has no use for that, split it or check where it comes from"
    else:
        problem = (
            f"is no well-formed XML ({error}); expected {expected}, perhaps it was cut off:"
            " let the tool write it again"
        )
    return source.fault(problem, line=line)


def _local(tag: str) -> str:
    return tag.rpartition("}")[2] if "}" in tag else tag
