"""The installed command as a shell sees it: exit codes, both streams, pipes, colours."""

from __future__ import annotations

import os
import pty
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import engagekit as ek

PROGRAM = Path(sys.executable).with_name("engagekit")
ESCAPE = "\x1b["


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """A folder with a store that holds `demo`."""
    e = ek.Engagement.start("Zoé's model", client="Acme", id="demo", by="ana")
    with ek.open_store(tmp_path / "engagements.db") as made:
        made.save(e)
    return tmp_path


def run(folder: Path, *arguments: str, **environment: str) -> tuple[int, str, str]:
    """Exit code, standard output, standard error."""
    done = subprocess.run(
        [PROGRAM, *arguments],
        cwd=folder,
        env=os.environ | environment,
        capture_output=True,
        check=False,
    )
    return done.returncode, done.stdout.decode(), done.stderr.decode()


def on_a_terminal(folder: Path, *arguments: str, **environment: str) -> str:
    """What a terminal receives, both streams together."""
    ours, theirs = pty.openpty()
    plain = {name: value for name, value in os.environ.items() if name not in {"NO_COLOR", "CI"}}
    with subprocess.Popen(
        [PROGRAM, *arguments],
        cwd=folder,
        env=plain | {"TERM": "xterm-256color"} | environment,
        stdout=theirs,
        stderr=theirs,
    ):
        os.close(theirs)
        received = b""
        while chunk := _read(ours):
            received += chunk
    os.close(ours)
    return received.decode()


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 65536)
    except OSError:  # on Linux the end of a terminal is an error
        return b""


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("list", 0),
        ("check demo", 5),
        ("advance demo --by ana", 5),
        ("resume demo --by ana", 3),
        ("show nobody", 2),
        ("show", 2),
        ("list --store sqlite:///nowhere.db", 1),
    ],
)
def test_exit_codes(store: Path, line: str, code: int) -> None:
    """What a pipeline branches on; never a traceback."""
    done, _, said = run(store, *line.split())
    assert done == code
    assert "Traceback" not in said


def test_pipes_get_plain_text(store: Path) -> None:
    """Data on one stream, complaints on the other, no escape sequence on either, no wrapping."""
    _, out, said = run(store, "advance", "demo", "--by", "ana", COLUMNS="20")
    assert ESCAPE not in out + said
    assert said.count("\n") == 1
    assert "  [no evidence] stakeholder_interviews: Stakeholders were interviewed\n" in out


def test_colours_on_a_terminal(store: Path) -> None:
    """A terminal gets them; with NO_COLOR, or on a dumb one, nothing but text."""
    assert ESCAPE in on_a_terminal(store, "check", "demo")
    assert ESCAPE in on_a_terminal(store, "show", "nobody")
    for line in (["check", "demo"], ["show", "nobody"]):
        received = on_a_terminal(store, *line, NO_COLOR="1")
        assert received
        assert ESCAPE not in received
    assert ESCAPE not in on_a_terminal(store, "check", "demo", TERM="dumb")


def test_a_reader_that_stops_early(store: Path) -> None:
    """`engagekit log | head -1` ends quietly."""
    for _ in range(3):
        run(store, "attest", "demo", "timeline", "--by", "ben")
    done = subprocess.run(
        ["sh", "-c", f"'{PROGRAM}' log demo | head -n 1"],
        cwd=store,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.count("\n") == 1
    assert done.stderr == ""


def test_a_narrow_encoding(store: Path) -> None:
    """Letters the output cannot hold are written out, not a crash."""
    code, out, _ = run(store, "show", "demo", PYTHONIOENCODING="ascii", PYTHONUTF8="0")
    assert code == 0
    assert "Zo\\xe9's model" in out


def test_without_its_extra(tmp_path: Path) -> None:
    """Without typer or rich the command says what to install, exit 2."""
    for name in ("typer", "rich"):
        code = (
            f"import sys; sys.modules[{name!r}] = None;"
            " from engagekit.cli import main; sys.exit(main())"
        )
        done = subprocess.run(
            [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False
        )
        assert done.returncode == 2
        assert done.stderr == (
            "the command engagekit needs an extra: pip install 'engagekit[cli]'\n"
        )


def test_the_program_is_installed() -> None:
    """The entry point is where the interpreter is."""
    assert shutil.which("engagekit", path=str(PROGRAM.parent))
