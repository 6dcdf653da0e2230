"""Reports made to harm: each ends in a refusal that names the file, soon, with nothing fetched."""

from __future__ import annotations

import os
import subprocess
import sys
import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import pytest

from engagekit.errors import EvidenceError
from engagekit.readers import read_evidence, xml

Written = Callable[[str | bytes], Path]

PASSED = "<testsuite><testcase/></testsuite>"
LAUGHS = "".join(f"<!ENTITY l{n} '{f'&l{n - 1};' * 10 if n else 'ha'}'>" for n in range(10))
MANY = " ".join(f"a{n}=''" for n in range(300))
HOSTILE: dict[str, str | bytes] = {
    "billion laughs": f"<!DOCTYPE testsuite [{LAUGHS}]><testsuite>&l9;</testsuite>",
    "laughs in an attribute": f"<!DOCTYPE testsuite [{LAUGHS}]><testsuite name='&l9;'/>",
    "quadratic blow-up": f"<!DOCTYPE testsuite [<!ENTITY a '{'a' * 50_000}'>]>"
    f"<testsuite>{'&a;' * 50_000}</testsuite>",
    "entity for a file": "<!DOCTYPE testsuite [<!ENTITY x SYSTEM 'file:///etc/passwd'>]>"
    "<testsuite>&x;</testsuite>",
    "entity for an address": "<!DOCTYPE testsuite [<!ENTITY x SYSTEM 'http://localhost:9/x'>]>"
    "<testsuite>&x;</testsuite>",
    "parameter entity": "<!DOCTYPE testsuite [<!ENTITY % p SYSTEM 'file:///etc/passwd'> %p;]>"
    f"{PASSED}",
    "unparsed entity": "<!DOCTYPE testsuite [<!NOTATION n SYSTEM 'n'>"
    f"<!ENTITY u SYSTEM 'u' NDATA n>]>{PASSED}",
    "default attributes": "<!DOCTYPE testsuite [<!ATTLIST testcase status CDATA 'passed'>]>"
    f"{PASSED}",
    "undefined entity": "<!DOCTYPE testsuite SYSTEM 'x.dtd'><testsuite>&who;</testsuite>",
    "deep nesting": "<testsuite>" * 100_000,
    "deep and closed": "<testsuite>" * 100_000 + "</testsuite>" * 100_000,
    "one level too many": "<testsuite>" * 65 + "</testsuite>" * 65,
    "endless tag": f"<testsuite><testcase name='{'x' * 6_000_000}'/></testsuite>",
    "endless comment": f"<testsuite><!--{'x' * 6_000_000}--></testsuite>",
    "too many attributes": f"<testsuite {MANY}/>",
    "same attribute twice": "<testsuite tests='1' tests='2'><testcase/></testsuite>",
    "two roots": PASSED * 2,
    "text after the root": f"{PASSED}PASS",
    "NUL bytes": "<testsuite><testcase name='\0'/></testsuite>",
    "NULs to the end": PASSED + "\0" * 64,
    "control character": "<testsuite><testcase name='&#27;'/></testsuite>",
    "unknown encoding": f"<?xml version='1.0' encoding='klingon'?>{PASSED}",
    "encoding that is no text": f"<?xml version='1.0' encoding='zlib'?>{PASSED}",
    "encoding of many bytes": f"<?xml version='1.0' encoding='utf-7'?>{PASSED}",
    "encoding of two bytes": f"<?xml version='1.0' encoding='cp932'?>{PASSED}",
    "encoding that warns": f"<?xml version='1.0' encoding='unicode_escape'?>{PASSED}",
    "UTF-16 that is none": f"<?xml version='1.0' encoding='utf-16'?>{PASSED}",
    "UTF-8 that is none": b"<testsuite><testcase name='\xff\xfe'/></testsuite>",
    "UTF-32": PASSED.encode("utf-32"),
    "UTF-16 cut off": PASSED.encode("utf-16")[:-1],
    "blanks": " \n\t ",
    "a null": "null",
    "a web page": "<!DOCTYPE html><html><body>404</body></html>",
    "binary": bytes(range(256)) * 64,
}


@pytest.mark.req("S48")
@pytest.mark.parametrize("kind", [None, "junit", "cobertura"])
@pytest.mark.parametrize("report", HOSTILE.values(), ids=HOSTILE)
def test_hostile_content_is_refused(
    written: Written, report: str | bytes, kind: str | None
) -> None:
    """Recognised or forced to a kind: an EvidenceError within a second that names the file."""
    path = written(report)
    began = time.process_time()
    with pytest.raises(EvidenceError) as caught:
        read_evidence(path, kind)
    assert time.process_time() - began < 1
    assert str(caught.value).startswith(str(path))
    assert len(str(caught.value)) < len(str(path)) + 400
    assert "broke down" not in str(caught.value)


def test_a_cobertura_bomb_says_why_it_is_refused(written: Written) -> None:
    """Recognised by the name of its DOCTYPE, so that the reason is not just 'unknown'."""
    path = written(f"<!DOCTYPE coverage [{LAUGHS}]><coverage line-rate='&l9;'/>")
    with pytest.raises(EvidenceError, match="declares entities or a document type of its own"):
        read_evidence(path)


def test_a_report_of_endless_elements_is_refused(
    written: Written, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The real limit of two million takes seconds to reach."""
    monkeypatch.setattr(xml, "MAX_ELEMENTS", 1_000)
    with pytest.raises(EvidenceError, match="more than 1000 elements"):
        read_evidence(written(f"<testsuite>{'<a/>' * 1_000}</testsuite>"))


@pytest.mark.parametrize("encoding", ["iso-8859-1", "windows-1252", "CP437", "koi8-r", "ascii"])
def test_plain_encodings_of_one_byte_are_read(written: Written, encoding: str) -> None:
    """Old tools on old machines write them."""
    path = written(f"<?xml version='1.0' encoding='{encoding}'?>{PASSED}")
    assert read_evidence(path).facts["junit.passed"] == 1


def test_a_plain_doctype_is_passed_over(written: Written) -> None:
    """Real Cobertura files name a DTD on a server that is long gone."""
    path = written(f"<!DOCTYPE testsuite PUBLIC '-//X//Y' 'http://localhost:9/x.dtd'>{PASSED}")
    assert read_evidence(path).facts["junit.passed"] == 1


def test_nothing_but_the_file_is_opened(written: Written, tmp_path: Path) -> None:
    """An audit hook sees every file and socket that the interpreter opens for hostile reports."""
    paths = []
    for number, report in enumerate(HOSTILE.values()):
        paths.append(tmp_path / f"{number}.xml")
        paths[-1].write_bytes(report.encode() if isinstance(report, str) else report)
    plain = written(f"<!DOCTYPE testsuite SYSTEM 'file:///etc/passwd'>{PASSED}")
    script = """
import codecs, os, sys
from engagekit.readers import read_evidence, xml
from engagekit.errors import EvidenceError
plain, *paths = sys.argv[1:]
read_evidence(plain)
codecs.lookup("cp932")  # loads the codec, which is a file
opened = []
def watch(event, arguments):
    if event == "open" and isinstance(arguments[0], str) and not arguments[0].endswith(".py"):
        opened.append(arguments[0])
    elif event.startswith(("socket.", "urllib.", "subprocess.", "os.system")):
        opened.append(event)
sys.addaudithook(watch)
for path in [plain, *paths]:
    try:
        read_evidence(path)
    except EvidenceError:
        pass
metadata = [path for path in opened if ".dist-info" in path or path in sys.path]
print(sorted(set(opened) - {plain, *paths} - set(metadata)), len(set(opened) & {plain, *paths}))
"""
    arguments = [sys.executable, "-c", script, str(plain), *map(str, paths)]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    run = subprocess.run(arguments, capture_output=True, text=True, check=True, env=environment)
    assert run.stdout.split() == ["[]", str(len(paths) + 1)], run.stdout


SMALL = """<?xml version="1.0"?>
<testsuites><testsuite><testcase name="a"/><testcase name="b"/>
<testcase name="c"><failure/></testcase></testsuite></testsuites>
"""


@pytest.mark.parametrize("kind", [None, "junit"])
def test_a_report_cut_off_anywhere_is_no_evidence(written: Written, kind: str | None) -> None:
    """At no byte does a report with a failure become one of passed tests."""
    whole = SMALL.encode()
    expected = read_evidence(written(whole)).facts
    for length in range(len(whole)):
        path = written(whole[:length])
        if whole[:length].endswith(b"</testsuites>"):
            assert read_evidence(path, kind).facts == expected
        else:
            with pytest.raises(EvidenceError):
                read_evidence(path, kind)


def test_memory_stays_flat(written: Written) -> None:
    """Ten megabytes are read within three: nothing of the tree is kept."""
    case = f"<testcase name='x'><system-out>{'line of output' * 40}\n</system-out></testcase>"
    path = written(f"<testsuite>{case * 16_000}</testsuite>")
    assert path.stat().st_size > 9_500_000
    read_evidence(written(PASSED))
    path = written(f"<testsuite>{case * 16_000}</testsuite>")
    tracemalloc.start()
    try:
        assert read_evidence(path).facts["junit.tests"] == 16_000
        assert tracemalloc.get_traced_memory()[1] < 3_000_000
    finally:
        tracemalloc.stop()
