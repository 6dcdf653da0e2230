"""Several processes on one store, and processes that are killed: what was acknowledged is there."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

import engagekit as ek

PLACES = ["work.db", "logs"]

# Says "ok n" only after save has returned.
WRITER = """
import sys
import engagekit as ek
path, who, count, events = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
with ek.open_store(path) as store:
    print("ready", flush=True)
    for number in range(count):
        for attempt in store.edit("portal", retries=100_000):
            with attempt as e:
                for part in range(events):
                    source = f"{who}/{number}/{part}"
                    e.attest("stakeholder_interviews", by=who, source=source)
        print("ok", number, flush=True)
"""
OPENER = """
import sys
import engagekit as ek
sys.stdin.readline()
with ek.open_store(sys.argv[1]) as store:
    store.save(ek.Engagement.start("Portal", client="Acme", by="ana", id=sys.argv[2]))
"""


def begin(code: str, *args: object) -> subprocess.Popen[str]:
    """A process that runs this code."""
    return subprocess.Popen(
        [sys.executable, "-c", code, *map(str, args)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def sources(path: Path) -> list[str]:
    """What was attested in a store, in order."""
    with ek.open_store(path) as store:
        assert store.verify().ok, str(store.verify())
        return [event.evidence.source for event in store.load("portal").log[1:]]


def with_portal(path: Path) -> None:
    """A store with one engagement."""
    with ek.open_store(path) as store:
        store.save(ek.Engagement.start("Portal", client="Acme", by="ana", id="portal"))


@pytest.mark.parametrize("place", PLACES)
def test_two_processes_lose_no_change(tmp_path: Path, place: str) -> None:
    """Both write to one engagement; every change is there once, each writer's in its order."""
    path = tmp_path / place
    with_portal(path)
    writers = [begin(WRITER, path, who, 20, 2) for who in ("one", "two")]
    for writer in writers:
        said, _ = writer.communicate(timeout=60)
        assert said.count("ok") == 20
        assert writer.returncode == 0
    found = sources(path)
    for who in ("one", "two"):
        mine = [source for source in found if source.startswith(who)]
        assert mine == [f"{who}/{number}/{part}" for number in range(20) for part in range(2)]


@pytest.mark.parametrize("place", PLACES)
def test_what_was_acknowledged_survives_a_kill(tmp_path: Path, place: str) -> None:
    """Kill -9 at any moment: every acknowledged change is there, none is there by half."""
    path = tmp_path / place
    with_portal(path)
    pause = random.Random(11)
    acknowledged: list[str] = []
    for life in range(5):
        with begin(WRITER, path, life, 100_000, 3) as writer:
            writer.stdout.readline()
            time.sleep(pause.uniform(0.01, 0.25))
            writer.kill()
            said = writer.stdout.read().splitlines()
        numbers = [line.split()[1] for line in said if line.startswith("ok ") and line[3:]]
        acknowledged += [f"{life}/{number}/{part}" for number in numbers for part in range(3)]
        found = sources(path)
        assert set(acknowledged) <= set(found)
        assert len(found) == len(set(found))
        assert len(found) % 3 == 0
    assert acknowledged


@pytest.mark.parametrize("place", PLACES)
def test_eight_processes_make_one_store(tmp_path: Path, place: str) -> None:
    """They start at once where there is none, and each saves its own engagement."""
    path = tmp_path / place
    openers = [begin(OPENER, path, f"e{number}") for number in range(8)]
    for opener in openers:
        opener.stdin.write("go\n")
        opener.stdin.flush()
    for opener in openers:
        opener.communicate(timeout=60)
        assert opener.returncode == 0
    with ek.open_store(path) as store:
        assert store.ids() == [f"e{number}" for number in range(8)]
        assert store.verify().ok
