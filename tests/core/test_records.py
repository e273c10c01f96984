"""lg_core.records: a store in memory that never loses a write unseen."""

import copy
import pickle
import threading
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from lg_core.records import MemoryRecords, Record, RecordChangedError, Records

if TYPE_CHECKING:
    from collections.abc import Mapping

START = datetime(2026, 11, 22, 12, tzinfo=UTC)
LATER = START + timedelta(hours=1)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)
KEYS = st.sampled_from(["a", "b", "c"])


class AgainstADict(RuleBasedStateMachine):
    """The store and a plain dict are told the same, and must say the same."""

    def __init__(self) -> None:
        super().__init__()
        self.now = START
        self.store: Records = MemoryRecords(now=lambda: self.now)
        self.model: dict[str, tuple[dict[str, Any], int, datetime]] = {}

    def alive(self, key: str) -> tuple[dict[str, Any], int, datetime] | None:
        """Return what the model holds for a key by now."""
        held = self.model.get(key)
        return held if held and held[2] > self.now else None

    @rule(
        key=KEYS,
        data=st.dictionaries(st.text(), JSON, max_size=3),
        stale=st.sampled_from([None, 0, -1, 1]),
        seconds=st.integers(-5, 100),
    )
    def save(  # noqa: PLR0917 -- hypothesis passes them by name
        self, key: str, data: dict[str, Any], stale: int | None, seconds: int
    ) -> None:
        """Write with the right revision, with a wrong one, or as new."""
        held = self.alive(key)
        expected = None if stale is None or held is None else held[1] + stale
        expires_at = self.now + timedelta(seconds=seconds)
        if expected != (held[1] if held else None):
            with pytest.raises(RecordChangedError):
                self.store.save("k", key, data=data, expected=expected, expires_at=expires_at)
            return
        saved = self.store.save("k", key, data=data, expected=expected, expires_at=expires_at)
        self.model[key] = (copy.deepcopy(data), (expected or 0) + 1, expires_at)
        assert saved == Record("k", key, data, (expected or 0) + 1, expires_at)
        data["changed afterwards"] = True
        saved.data["changed afterwards"] = True

    @rule(key=KEYS)
    def remove(self, key: str) -> None:
        """Remove, whether it is there or not."""
        self.store.remove("k", key)
        self.model.pop(key, None)

    @rule(seconds=st.integers(0, 60))
    def wait(self, seconds: int) -> None:
        """Let time pass."""
        self.now += timedelta(seconds=seconds)

    @invariant()
    def says_the_same(self) -> None:
        """Every key reads as the model has it, and the store counts only what is alive."""
        for key in ("a", "b", "c"):
            held, found = self.alive(key), self.store.load("k", key)
            assert found == (Record("k", key, *held) if held else None)
            assert self.store.load("another kind", key) is None
        assert isinstance(self.store, MemoryRecords)
        assert sum(self.alive(key) is not None for key in "abc") == len(self.store)


TestAgainstADict = AgainstADict.TestCase


def test_of_many_writers_each_write_is_seen() -> None:
    """Threads that read, add one and write again lose no addition."""
    store = MemoryRecords()
    expires_at = datetime.now(UTC) + timedelta(hours=1)
    store.save("k", "a", data={"sum": 0}, expected=None, expires_at=expires_at)

    def add() -> None:
        done = 0
        while done < 100:
            read = store.load("k", "a")
            assert read is not None
            try:
                store.save(
                    "k",
                    "a",
                    data={"sum": read.data["sum"] + 1},
                    expected=read.revision,
                    expires_at=expires_at,
                )
            except RecordChangedError:
                continue
            done += 1

    threads = [threading.Thread(target=add) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found = store.load("k", "a")

    assert found is not None
    assert ({"sum": 400}, 401) == (found.data, found.revision)


def test_what_has_expired_is_forgotten() -> None:
    """Memory does not grow with sessions that nobody comes back to."""
    now = [START]
    store = MemoryRecords(now=lambda: now[0])
    for number in range(511):
        store.save("k", str(number), data={}, expected=None, expires_at=START + timedelta(1))
    now[0] += timedelta(2)
    store.save("k", "last", data={}, expected=None, expires_at=START + timedelta(3))

    assert 1 == len(store)
    assert 1 == len(store._kept)


@pytest.mark.parametrize(
    ("data", "expires_at", "error"),
    [
        ({}, datetime(2026, 11, 22), ValueError),  # noqa: DTZ001 -- what is refused
        ({"a": object()}, LATER, TypeError),
        ({"a": float("nan")}, LATER, ValueError),
    ],
)
def test_what_cannot_be_kept_is_refused(
    data: dict[str, Any], expires_at: datetime, error: type[Exception]
) -> None:
    """An instant without a zone, and what is not JSON."""
    store = MemoryRecords(now=lambda: START)
    with pytest.raises(error):
        store.save("k", "a", data=data, expected=None, expires_at=expires_at)

    assert store.load("k", "a") is None


def test_any_mapping_can_be_kept() -> None:
    """The data need not be a dict."""
    data: Mapping[str, Any] = MappingProxyType({"a": 1})
    saved = MemoryRecords(now=lambda: START).save(
        "k", "a", data=data, expected=None, expires_at=LATER
    )

    assert {"a": 1} == saved.data


def test_a_record_shows_neither_key_nor_data() -> None:
    """A key is often a secret, and the data is somebody's."""
    shown = repr(Record("lg-web.session", "secret", {"name": "Gwenllian"}, 1, LATER))

    assert "secret" not in shown
    assert "Gwenllian" not in shown


def test_the_error_pickles() -> None:
    """It names the kind, and says what to do."""
    error = pickle.loads(pickle.dumps(RecordChangedError("lg-web.session")))

    assert "lg-web.session" == error.kind
    assert "Load it again" in error.message
