"""What every store keeps to; a store of your own passes by the same class.

Subclass `StoreContract`, override the fixture `opener`, and set what your store is not able to.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import attrs
import pytest

import engagekit as ek
from engagekit.engagement.events import EvidenceRecorded, Moved
from engagekit.stores import Batch, Codec, LogAdapter, NewEvent, Store
from engagekit.stores.codec import PAYLOAD_LIMIT
from engagekit.stores.jsonl import JsonlLog
from engagekit.stores.memory import MemoryLog
from engagekit.stores.sqlite import SqliteLog

Opener = Callable[[], LogAdapter]
NOON = "2026-03-02T12:00:00+00:00"


def portal(id: str = "portal", *, at: str = "2026-03-02T09:00:00+00:00") -> ek.Engagement:
    """An engagement with a log of two events."""
    with ek.use_clock(at):
        e = ek.Engagement.start("Portal", client="Acme", by="ana", id=id)
        e.attest("stakeholder_interviews", by="bob", source="wiki/1")
    return e


def rows(store: Store) -> list[tuple[str, int, str, bytes]]:
    """Everything in a store, in its order."""
    return [(r.engagement, r.version, r.kind, r.payload) for r in store.log.all()]


def batch(id: str, expected: int, *payloads: bytes, key: str | None = None) -> Batch:
    """A batch of bytes that stand for no event; adapters do not care."""
    new = [NewEvent(kind="x.v1", at_us=1, recorded_us=2, payload=p) for p in payloads]
    return Batch(engagement=id, expected=expected, events=tuple(new), key=key)


class StoreContract:
    """Every store keeps to this."""

    lasting = True  # a place opened again holds what it held
    together = True  # several engagements are saved as one
    counting = True  # the store keeps positions of its own

    @pytest.fixture
    def opener(self, tmp_path: Path) -> Opener:
        """Opens one and the same place, as often as it is called."""
        raise NotImplementedError

    @pytest.fixture
    def store(self, opener: Opener) -> Iterator[Store]:
        """An empty store."""
        with Store(opener()) as store:
            yield store

    # What is saved is there

    def test_an_empty_store_holds_nothing(self, store: Store) -> None:
        """No ids, no events, and sound."""
        assert store.ids() == []
        assert list(store.events()) == []
        assert store.verify().ok

    def test_what_is_loaded_is_what_was_saved(self, store: Store) -> None:
        """The log comes back event for event, and with it everything derived from it."""
        e = portal()
        store.save(e)
        loaded = store.load("portal")
        assert loaded.log == e.log
        assert loaded.check(as_of=NOON).digest == e.check(as_of=NOON).digest

    def test_ids_are_sorted(self, store: Store) -> None:
        """The list of engagements does not depend on who came first."""
        for name in ("zeta", "alpha", "mid"):
            store.save(portal(name))
        assert store.ids() == ["alpha", "mid", "zeta"]

    def test_a_place_opened_again_holds_what_it_held(self, opener: Opener) -> None:
        """A saved engagement outlives the store object."""
        if not self.lasting:
            pytest.skip("this store is gone with its object, and says so")
        with Store(opener()) as store:
            store.save(portal())
            before = rows(store)
        with Store(opener()) as store:
            assert rows(store) == before
            with store.edit("portal") as e:
                e.hold("budget", by="ana")
        with Store(opener()) as store:
            assert store.load("portal").status == "on hold"

    def test_any_text_comes_back(self, store: Store) -> None:
        """Quotes, line ends, separators and far planes of Unicode are kept as they are."""
        note = 'x",\n\r\t\u2028 ,"payload":{ \\u0000 é 漢 \U0001f600'
        store.save(portal())
        with store.edit("portal", key='k ",\n é') as e:
            e.hold(note, by="Zoë\u2028\U0001f600")
        assert store.load("portal").log[-1].reason == note
        assert store.verify().ok

    # An edit is all or nothing

    def test_an_edit_saves_what_its_block_did(self, store: Store) -> None:
        """Load, change, save in one."""
        store.save(portal())
        with store.edit("Portal") as e:
            e.hold("budget", by="ana")
            e.resume(by="ana")
        assert [event.kind for event in store.load("portal").log[2:]] == ["moved.v1"] * 2

    def test_an_edit_that_raises_saves_nothing(self, store: Store) -> None:
        """Not even what the block did before it raised."""
        store.save(portal())
        before = rows(store)
        with pytest.raises(ek.IllegalMove), store.edit("portal") as e:
            hold_twice(e)
        assert rows(store) == before

    def test_an_edit_that_changes_nothing_writes_nothing(self, store: Store) -> None:
        """Looking is not writing, even when someone else wrote meanwhile."""
        store.save(portal())
        with store.edit("portal"), store.edit("portal") as e:
            e.hold("budget", by="ana")
        assert store.load("portal").version == 3

    def test_who_comes_second_is_refused(self, store: Store) -> None:
        """Two changes of one version: the second is a StaleVersion, and nothing is lost."""
        store.save(portal())
        first, second = store.load("portal"), store.load("portal")
        first.hold("first", by="ana")
        second.hold("second", by="ana")
        store.save(first)
        with pytest.raises(ek.StaleVersion) as refused:
            store.save(second)
        assert (refused.value.expected, refused.value.found) == (2, 3)
        assert store.load("portal").log == first.log
        first.resume(by="ana")
        store.save(first)
        assert store.load("portal").log == first.log

    def test_attempts_load_anew(self, store: Store) -> None:
        """A loop of attempts repeats the change on what someone else wrote."""
        store.save(portal())
        seen = []
        for attempt in store.edit("portal", retries=2):
            with attempt as e:
                seen.append(e.version)
                if len(seen) < 3:
                    with store.edit("portal") as other:
                        other.attest("stakeholder_interviews", by="eve")
                e.hold("budget", by="ana")
        assert seen == [2, 3, 4]
        assert store.load("portal").status == "on hold"

    def test_the_last_attempt_tells(self, store: Store) -> None:
        """When every attempt came too late the caller hears of it, and so of every other error."""
        store.save(portal())
        seen = []

        def change(e: ek.Engagement) -> None:
            seen.append(e.version)
            with store.edit("portal") as other:
                other.attest("stakeholder_interviews", by="eve")
            e.attest("stakeholder_interviews", by="bob")

        with pytest.raises(ek.StaleVersion):
            retried(store, change)
        assert seen == [2, 3]
        before = rows(store)
        with pytest.raises(ek.IllegalMove):
            retried(store, hold_twice)
        assert rows(store) == before

    def test_a_block_is_not_run_twice(self, store: Store) -> None:
        """Retries of a plain `with` are refused with the way to write them."""
        store.save(portal())
        with pytest.raises(ek.DefinitionError, match="for attempt in"):
            store.edit("portal", retries=1).__enter__()

    # A save may be repeated

    def test_a_batch_sent_twice_is_in_the_log_once(self, store: Store) -> None:
        """The answer was lost: the second time it is acknowledged and nothing is added."""
        log = store.log
        for sent in (batch("a", 0, b"{}", b"{}"), batch("a", 2, b"{}", key="named")):
            (first,), (second,) = log.append([sent]), log.append([sent])
            assert not first.repeated
            assert attrs.evolve(first, repeated=True) == second
        log.append([batch("a", 3, b"{}")])
        (late,) = log.append([batch("a", 0, b"{}", b"{}")])
        assert (late.repeated, late.version) == (True, 4)
        assert [record.version for record in log.records("a")] == [1, 2, 3, 4]

    def test_the_same_change_twice_is_one(self, store: Store) -> None:
        """Content names itself: the very same change of the same version is a repetition."""
        store.save(portal())
        one, other = store.load("portal"), store.load("portal")
        for e in (one, other):
            with ek.use_clock(NOON):
                e.hold("budget", by="ana")
            store.save(e)
        assert store.load("portal").log == one.log == other.log

    def test_a_key_seen_before_drops_the_second_run(self, store: Store) -> None:
        """A key names the request; what its second run did is dropped, also from the object."""
        store.save(portal())
        for source in ("first", "second"):
            with store.edit("portal", key="webhook-123") as e:
                e.attest("stakeholder_interviews", by="bob", source=source)
        assert e.log == store.load("portal").log
        assert [x.evidence.source for x in e.log if isinstance(x, EvidenceRecorded)] == [
            "wiki/1",
            "first",
        ]
        e.hold("budget", by="ana")
        store.save(e)
        assert store.load("portal").log == e.log
        assert len(e.log) == 4

    def test_a_key_belongs_to_its_engagement(self, store: Store) -> None:
        """One webhook may concern two engagements."""
        for name in ("a", "b"):
            store.save(portal(name), key="webhook-123")
        assert store.ids() == ["a", "b"]

    @pytest.mark.parametrize("key", ["", " ", "a\0b", "\ud800", "x" * 201, 7])
    def test_a_key_is_a_short_text(self, store: Store, key: object) -> None:
        """A key that could not be kept is refused before anything is written."""
        with pytest.raises(ek.DefinitionError):
            store.save(portal(), key=key)
        assert store.ids() == []

    # Several at once, and from store to store

    def test_several_are_saved_as_one_or_not_at_all(self, store: Store) -> None:
        """One stale engagement keeps the others out, too."""
        if not self.together:
            with pytest.raises(ek.StoreUnavailable, match="one by one"):
                store.save(portal("a"), portal("b"))
            assert store.ids() == []
            return
        a, b = portal("a"), portal("b")
        store.save(a, b)
        with store.edit("b") as other:
            other.hold("other", by="ana")
        for e in (a, b):
            e.hold("mine", by="ana")
        before = rows(store)
        with pytest.raises(ek.StaleVersion):
            store.save(a, b)
        assert rows(store) == before
        store.save(a, a)
        assert store.load("a").status == "on hold"

    def test_two_of_one_id_are_refused(self, store: Store) -> None:
        """Which of the two would be meant?"""
        with pytest.raises(ek.DefinitionError, match="one id"):
            store.save(portal(), portal())

    def test_saving_elsewhere_copies_the_whole_log(self, store: Store) -> None:
        """Byte for byte; and what is there already is not overwritten."""
        e = portal()
        with Store(MemoryLog()) as other:
            other.save(e)
            assert other.log.home != store.log.home
            other.save(e)
            store.save(e)
            assert rows(store) == rows(other)
        e = portal(at="2026-03-03T09:00:00+00:00")
        with pytest.raises(ek.StaleVersion):
            store.save(e)

    def test_the_same_place_has_the_same_home(self, opener: Opener) -> None:
        """An engagement loaded through one object is saved through another, not copied."""
        if not self.lasting:
            pytest.skip("each of these is a place of its own")
        with Store(opener()) as one, Store(opener()) as other:
            assert one.log.home == other.log.home
            one.save(portal())
            e = one.load("portal")
            e.hold("budget", by="ana")
            other.save(e)
            assert one.load("portal").version == 3

    # Reading along

    def test_events_come_in_one_order_and_from_any_position(self, store: Store) -> None:
        """Positions grow, versions of each engagement grow, and `after` goes on behind one."""
        a, b = portal("a"), portal("b")
        for e in (a, b):
            store.save(e)
        for e in (a, b):
            with ek.use_clock(NOON):
                e.hold("budget", by="ana")
            store.save(e)
        read = list(store.events())
        positions = [row.position for row in read]
        assert positions == sorted(set(positions))
        assert positions[0] > 0
        for e in (a, b):
            assert tuple(row.event for row in read if row.engagement == e.id) == e.log
        for row in read:
            assert list(store.events(after=row.position)) == read[read.index(row) + 1 :]
            assert (row.event.at_us, row.event.recorded_us) == (row.at_us, row.recorded_us)
        assert list(store.events(after=10**30)) == []

    def test_an_adapter_reads_in_parts(self, store: Store) -> None:
        """A number of events, and the rest of one log."""
        for name in ("a", "b"):
            store.save(portal(name))
        everything = list(store.log.all())
        assert list(store.log.all(limit=3)) == everything[:3]
        assert list(store.log.all(everything[0].position, limit=2)) == everything[1:3]
        assert list(store.log.all(limit=0)) == []
        assert [record.version for record in store.log.records("a", after_version=1)] == [2]
        assert store.log.records("nobody") == []

    def test_a_receipt_says_where(self, store: Store) -> None:
        """The position of a commit's last event, where the store keeps positions."""
        (receipt,) = store.log.append([batch("a", 0, b"{}", b"{}")])
        last = list(store.log.all())[-1].position
        assert (receipt.position, receipt.version) == (last if self.counting else 0, 2)

    # What cannot be kept is refused, and nothing is changed

    def test_an_unknown_id_gets_a_suggestion(self, store: Store) -> None:
        """The nearest id there is; where none is near, those there are."""
        store.save(portal())
        with pytest.raises(ek.UnknownId, match="did you mean 'portal'") as refused:
            store.load("portla")
        assert refused.value.suggestion == "portal"
        with pytest.raises(ek.UnknownId, match="known: portal"), store.edit("xyz"):
            pass

    @pytest.mark.parametrize(
        "id",
        [None, 7, "", "../portal", "a/b", "a\0", "\ud800", "x" * 1_000_000, "a';--", "..", "a.b"],
    )
    def test_what_is_no_id_is_refused(self, store: Store, id: object) -> None:
        """No id leads out of a store, into a query, or to a crash."""
        store.save(portal())
        with pytest.raises(ek.DefinitionError):
            store.load(id)

    def test_what_is_no_engagement_is_refused(self, store: Store) -> None:
        """Neither a text nor a view of the past can be saved."""
        for stranger in ("portal", None, portal().as_of(NOON)):
            with pytest.raises(ek.DefinitionError, match="expected an Engagement"):
                store.save(stranger)

    @pytest.mark.parametrize("number", [-1, True, "1", 1.0, None])
    def test_numbers_are_numbers(self, store: Store, number: object) -> None:
        """Positions and retries are whole numbers from 0."""
        with pytest.raises(ek.DefinitionError):
            list(store.events(after=number))
        with pytest.raises(ek.DefinitionError):
            store.edit("portal", retries=number)

    @pytest.mark.parametrize("reason", ["x" * PAYLOAD_LIMIT, "a\0b", "\ud800", float("nan")])
    def test_an_event_that_cannot_be_kept_is_refused(self, store: Store, reason: object) -> None:
        """Too large, NUL, half a character, no number: nothing of the save is written."""
        store.save(portal())
        before = rows(store)
        e = store.load("portal")
        e.hold("budget", by="ana")
        bad = attrs.evolve(e.log[-1], move="resume", reason=reason)
        bad = attrs.evolve(bad, from_state=bad.to_state, to_state=bad.from_state)
        assert isinstance(bad, Moved)
        hostile = ek.Engagement.replay([*e.log, bad])
        with pytest.raises(ek.DefinitionError):
            store.save(hostile)
        assert rows(store) == before

    def test_a_closed_store_says_so(self, opener: Opener) -> None:
        """Closing twice is fine, anything else is not."""
        store = Store(opener())
        store.save(portal())
        store.close()
        store.close()
        for use in (
            lambda: store.load("portal"),
            lambda: store.save(portal("other")),
            lambda: list(store.events()),
            store.ids,
        ):
            with pytest.raises(ek.StoreUnavailable, match="closed"):
                use()

    # Many writers

    def test_threads_on_one_engagement_lose_nothing(self, store: Store) -> None:
        """Every acknowledged change is in the log, once, and the versions are dense."""
        store.save(portal())

        def work(who: str) -> None:
            for number in range(10):
                for attempt in store.edit("portal", retries=10_000):
                    with attempt as e:
                        e.attest("stakeholder_interviews", by=who, source=f"{who}/{number}")

        in_threads(4, work)
        log = store.load("portal").log[2:]
        sources = [event.evidence.source for event in log]
        assert sorted(sources) == sorted(f"w{n}/{i}" for n in range(4) for i in range(10))
        assert store.verify().ok

    def test_threads_on_many_engagements_lose_nothing(self, store: Store) -> None:
        """Writers of different engagements do not disturb each other."""

        def work(who: str) -> None:
            for number in range(5):
                store.save(portal(f"{who}_{number}"))

        in_threads(4, work)
        assert len(store.ids()) == 20
        assert len(list(store.events())) == 40
        assert store.verify().ok

    # Soundness

    def test_a_sound_store_is_found_sound(self, store: Store) -> None:
        """The report counts what it saw, and says what it cannot see."""
        store.save(portal())
        report = store.verify()
        assert report.ok
        assert report.to_dict() == {
            "ok": True,
            "engagements": 1,
            "events": 2,
            "findings": [],
            "hash_chain": False,
        }
        assert "2 events of 1 engagements: sound" in str(report)
        assert "no hash chain yet" in str(report)

    def test_an_anchor_is_not_passed_over(self, store: Store) -> None:
        """There is no chain to hold it against, so nothing may look as if it were checked."""
        with pytest.raises(ek.DefinitionError, match="no store gives anchors yet"):
            store.verify(anchor="0" * 64)

    def test_rows_that_are_no_events_are_named(self, store: Store) -> None:
        """What another program put there is a fault, row by row, and nothing is raised."""
        store.save(portal())
        good = portal("other").log[0]
        payload = Codec().encode(good)
        new = NewEvent(
            kind=good.kind, at_us=good.at_us, recorded_us=good.recorded_us, payload=payload
        )
        store.log.append([batch("portal", 2, b"{}", b"nonsense")])
        store.log.append([Batch(engagement="swapped", expected=0, events=(new,))])
        report = store.verify()
        assert [(row.engagement, row.version) for row in report.faults] == [
            ("portal", 3),
            ("portal", 4),
            ("swapped", None),
        ]
        with pytest.raises(ek.StoreError, match="'portal', version 3: unknown kind"):
            store.load("portal")
        with pytest.raises(ek.TamperedLog, match="start of 'other'"):
            store.load("swapped")

    def test_a_store_shows_where_it_is(self, store: Store) -> None:
        """The repr is enough to find it again."""
        assert repr(store) == f"<Store {store.log!r}>"


def hold_twice(e: ek.Engagement) -> None:
    """The second hold is refused."""
    e.hold("budget", by="ana")
    e.hold("budget", by="ana")


def retried(store: Store, change: Callable[[ek.Engagement], None]) -> None:
    """Two attempts at a change."""
    for attempt in store.edit("portal", retries=1):
        with attempt as e:
            change(e)


def in_threads(count: int, work: Callable[[str], None]) -> None:
    """Run `work` in so many threads; the first error is raised here."""
    errors: list[BaseException] = []

    def run(who: str) -> None:
        try:
            work(who)
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=run, args=(f"w{number}",)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]


class TestMemory(StoreContract):
    """Logs in memory."""

    lasting = False

    @pytest.fixture
    def opener(self, tmp_path: Path) -> Opener:
        """A memory of its own each time."""
        return MemoryLog


class TestJsonl(StoreContract):
    """A folder of files."""

    together = counting = False

    @pytest.fixture
    def opener(self, tmp_path: Path) -> Opener:
        """One folder."""
        return lambda: JsonlLog(tmp_path / "logs")


class TestSqlite(StoreContract):
    """One SQLite file."""

    @pytest.fixture
    def opener(self, tmp_path: Path) -> Opener:
        """One file."""
        return lambda: SqliteLog(tmp_path / "engagements.db")
