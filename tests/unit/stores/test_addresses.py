"""From an address to a store."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import engagekit as ek
from engagekit.stores.jsonl import JsonlLog
from engagekit.stores.memory import MemoryLog
from engagekit.stores.sqlite import SqliteLog


@pytest.mark.parametrize(
    ("address", "kind", "made"),
    [
        ("memory:", MemoryLog, None),
        ("memory://", MemoryLog, None),
        ("sqlite:///work.db", SqliteLog, "work.db"),
        ("SQLite:///work.any", SqliteLog, "work.any"),
        ("sqlite:///{here}/work.db", SqliteLog, "work.db"),
        ("work.db", SqliteLog, "work.db"),
        ("./work.SQLite", SqliteLog, "work.SQLite"),
        ("{here}/work.sqlite3", SqliteLog, "work.sqlite3"),
        ("jsonl:///logs", JsonlLog, "logs"),
        ("jsonl:///logs.d", JsonlLog, "logs.d"),
        ("logs", JsonlLog, "logs"),
        ("there.d", JsonlLog, "there.d"),
        ("there.db", JsonlLog, "there.db"),
    ],
)
def test_an_address_says_what_store_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, address: str, kind: type, made: str | None
) -> None:
    """By its scheme, by its suffix, or by the folder that is there; relative to where one is."""
    monkeypatch.chdir(tmp_path)
    for folder in ("there.d", "there.db"):
        (tmp_path / folder).mkdir()
    with ek.open_store(address.format(here=tmp_path)) as store:
        assert isinstance(store.log, kind)
    assert made is None or (tmp_path / made).exists()


def test_a_path_is_an_address(tmp_path: Path) -> None:
    """Whatever a path is called, a colon in it is no scheme."""
    with ek.open_store(tmp_path / "a:b.db") as store, ek.open_store(tmp_path / "logs") as folder:
        assert isinstance(store.log, SqliteLog)
        assert isinstance(folder.log, JsonlLog)


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("sqlit:///x.db", "did you mean 'sqlite'"),
        ("https://example.org/x", "unknown kind of store"),
        ("sqlite:x.db", "three slashes"),
        ("sqlite://x.db", "three slashes"),
        ("sqlite:///", "three slashes"),
        ("sqlite:///:memory:", "'memory:'"),
        ("memory:name", "'memory:'"),
        ("", "empty"),
        ("x\0.db", "NUL"),
        ("notes.txt", "neither a folder"),
        ("plain_file", "neither a folder"),
        (None, "expected a text"),
        (7, "expected a text"),
    ],
)
def test_what_is_no_address_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, address: object, said: str
) -> None:
    """With a way out, and without leaving anything behind."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "plain_file").write_text("mine")
    with pytest.raises(ek.DefinitionError, match=said):
        ek.open_store(address)
    with pytest.raises(ek.DefinitionError, match="NUL"):
        ek.open_store(Path("x\0"))
    assert [path.name for path in tmp_path.iterdir()] == ["plain_file"]


@pytest.mark.parametrize("scheme", ["postgresql", "postgres", "postgresql+psycopg"])
def test_postgresql_comes_later(scheme: str) -> None:
    """It says so, and keeps the password in the address to itself."""
    with pytest.raises(ek.StoreUnavailable, match="later version") as refused:
        ek.open_store(f"{scheme}://ana:hush@db/engagements")
    assert "hush" not in str(refused.value)


@pytest.mark.parametrize("name", ["work.db", "logs"])
def test_a_store_is_only_made_where_asked(tmp_path: Path, name: str) -> None:
    """`create=False` finds what is there and makes nothing."""
    with pytest.raises(ek.StoreUnavailable, match=name):
        ek.open_store(tmp_path / name, create=False)
    assert list(tmp_path.iterdir()) == []
    ek.open_store(tmp_path / name).close()
    with ek.open_store(tmp_path / name, create=False) as store:
        assert store.ids() == []


def test_no_folder_is_made_on_the_way(tmp_path: Path) -> None:
    """A mistyped folder is an error, not a new place."""
    for name in ("missing/work.db", "missing/logs"):
        with pytest.raises(ek.StoreUnavailable, match="missing"):
            ek.open_store(tmp_path / name)
    assert list(tmp_path.iterdir()) == []


def test_sqlite3_is_imported_by_who_opens_one() -> None:
    """Logs in memory and in folders work in a Python without it."""
    code = (
        "import sys, engagekit as ek, tempfile\n"
        "ek.open_store('memory:').close(); ek.open_store(tempfile.mkdtemp()).close()\n"
        "assert 'engagekit.stores.sqlite' not in sys.modules\n"  # its only home
    )
    subprocess.run([sys.executable, "-c", code], check=True)
