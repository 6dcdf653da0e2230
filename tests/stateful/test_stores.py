"""Every store against a plain dict of lists: the same answers, the same refusals."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, rule

import engagekit as ek
from engagekit.engagement.events import Event
from engagekit.stores import Store

NAMES = st.sampled_from(["alpha", "beta", "gamma"])
START = 1_772_442_000_000_000


class Stores(RuleBasedStateMachine):
    """Engagements in hand, some of them out of date, are saved in any order."""

    address = "memory:"
    hands = Bundle("hands")

    @initialize()
    def open(self) -> None:
        """An empty store in a folder of its own."""
        self.folder = Path(tempfile.mkdtemp())
        self.store = self.opened()
        self.model: dict[str, list[Event]] = {}
        self.order: list[tuple[str, Event]] = []
        self.keys: set[tuple[str, str]] = set()
        self.held: dict[
            int, tuple[ek.Engagement, int]
        ] = {}  # the engagement, and what of it is saved
        self.time = START

    def opened(self) -> Store:
        """The store, whatever it is."""
        if self.address == "memory:":
            return ek.open_store("memory:")
        return ek.open_store(self.folder / self.address)

    def clock(self) -> int:
        """Every look at the clock is a microsecond later."""
        self.time += 1
        return self.time

    def hold(self, e: ek.Engagement, saved: int) -> int:
        """Keep an engagement in hand."""
        self.held[len(self.held)] = e, saved
        return len(self.held) - 1

    @rule(target=hands, name=NAMES)
    def start(self, name: str) -> int:
        """A new engagement, perhaps of an id that is there already."""
        with ek.use_clock(self.clock):
            return self.hold(ek.Engagement.start("Trial", client="A", by="ana", id=name), 0)

    @rule(target=hands, name=NAMES)
    def load(self, name: str) -> int:
        """What the store has; unknown exactly when the model has nothing."""
        if name not in self.model:
            with pytest.raises(ek.UnknownId):
                self.store.load(name)
            return self.start(name)
        e = self.store.load(name)
        assert list(e.log) == self.model[name]
        return self.hold(e, e.version)

    @rule(hand=hands, count=st.integers(1, 3))
    def change(self, hand: int, count: int) -> None:
        """Events in hand, not saved yet."""
        with ek.use_clock(self.clock):
            for _ in range(count):
                self.held[hand][0].attest("stakeholder_interviews", by="bob")

    @rule(hand=hands, key=st.sampled_from([None, None, "k1", "k2"]))
    def save(self, hand: int, key: str | None) -> None:
        """Appended, repeated or stale, as the model says."""
        e, saved = self.held[hand]
        log = self.model.get(e.id, [])
        new = list(e.log)[saved:]
        if not new:
            self.store.save(e, key=key)
        elif key is not None and (e.id, key) in self.keys:
            self.store.save(e, key=key)
            assert list(e.log) == log
        elif saved != len(log):
            with pytest.raises(ek.StaleVersion) as refused:
                self.store.save(e, key=key)
            assert (refused.value.expected, refused.value.found) == (saved, len(log))
            return
        else:
            self.store.save(e, key=key)
            self.model[e.id] = log + new
            self.order += [(e.id, event) for event in new]
            if key is not None:
                self.keys.add((e.id, key))
        self.held[hand] = e, e.version

    @rule(hand=hands)
    def save_again_after_a_lost_answer(self, hand: int) -> None:
        """The object does not know that it was saved; its twin saves the same once more."""
        e, saved = self.held[hand]
        if saved == len(self.model.get(e.id, [])) == 0:
            twin = ek.Engagement.replay(e.log)
            self.save(hand, None)
            self.store.save(twin)
            assert list(twin.log) == self.model[e.id]

    @rule(name=NAMES, fail=st.booleans())
    def edit(self, name: str, fail: bool) -> None:
        """All of a block, or nothing of it."""
        if name not in self.model:
            return
        try:
            with ek.use_clock(self.clock), self.store.edit(name) as e:
                e.attest("stakeholder_interviews", by="eve")
                if fail:
                    raise ZeroDivisionError
        except ZeroDivisionError:
            return
        self.model[name].append(e.log[-1])
        self.order.append((name, e.log[-1]))

    @rule()
    def reopen(self) -> None:
        """A lasting store is closed and opened again."""
        if self.address != "memory:":
            self.store.close()
            self.store = self.opened()

    @invariant()
    def holds_what_the_model_holds(self) -> None:
        """The same ids, the same events in the same order."""
        assert self.store.ids() == sorted(self.model)
        assert [(row.engagement, row.event) for row in self.store.events()] == self.recorded()

    def recorded(self) -> list[tuple[str, Event]]:
        """The order in which the store tells: as saved; a folder of files knows only the times."""
        return self.order

    def teardown(self) -> None:
        """Sound to the end."""
        if hasattr(self, "store"):
            assert self.store.verify().ok
            self.store.close()
            shutil.rmtree(self.folder)


class SqliteStores(Stores):
    """The same with a SQLite file."""

    address = "work.db"


class JsonlStores(Stores):
    """The same with a folder of files."""

    address = "logs"

    def recorded(self) -> list[tuple[str, Event]]:
        """By time of recording; every event of this test has its own."""
        return sorted(self.order, key=lambda row: row[1].recorded_us)


MODEST = settings(max_examples=25, stateful_step_count=25, deadline=None)
Stores.TestCase.settings = SqliteStores.TestCase.settings = JsonlStores.TestCase.settings = MODEST
TestMemory = Stores.TestCase
TestSqlite = SqliteStores.TestCase
TestJsonl = JsonlStores.TestCase
