"""Tests of lg_web.sessions."""

import re
import threading
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from web.way_in import Clock

from lg_core.errors import InvalidValueError
from lg_core.records import MemoryRecords
from lg_web.sessions import SESSION_KIND, Session

IDLE = timedelta(hours=2)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=4,
)


class Store:
    """Records with a clock."""

    def __init__(self) -> None:
        self.clock = Clock()
        self.records = MemoryRecords(now=self.clock)

    def open(self, key: str | None = None) -> Session:
        """Open a session as a request does."""
        return Session(self.records, key=key, idle=IDLE, now=self.clock)

    def begun(self, **data: object) -> str:
        """Save a session and return its id."""
        session = self.open()
        for name, value in data.items():
            session.set(name, value)
        assert session.save()
        return str(session.key)

    def data(self, key: str, *names: str) -> list[object]:
        """What the store has under an id."""
        session = self.open(key)
        return [session.get(name) for name in names]


def test_nothing_is_kept_of_a_visitor_who_only_reads() -> None:
    """A session in which nothing was set is not stored, and gets no id."""
    store = Store()
    session = store.open()

    assert session.get("name") is None
    assert "default" == session.get("name", "default")
    assert session.save()
    assert (None, False, 0) == (session.key, session.key_changed, len(store.records))


def test_what_is_set_is_there_next_time() -> None:
    """Values come back as JSON has them, under an id of 256 bits."""
    store = Store()
    key = store.begun(a=1, b=("x", {"y": None}))

    assert re.fullmatch(r"[\w-]{43}", key)
    assert [1, ["x", {"y": None}]] == store.data(key, "a", "b")
    assert "a" in store.open(key)


def test_the_store_does_not_hold_the_id() -> None:
    """Who reads the store cannot use what stands there as an id."""
    store = Store()
    key = store.begun(a=1)

    assert store.records.load(SESSION_KIND, key) is None


@pytest.mark.parametrize("planted", ["A" * 43, "short", "", "x" * 500, "é" * 43])
def test_an_unknown_id_is_never_adopted(planted: str) -> None:
    """An id that somebody planted is not used: the session gets one of our making."""
    store = Store()
    session = store.open(planted)
    session.set("a", 1)
    session.save()

    assert session.key_changed
    assert planted != session.key
    assert [None] == store.data(planted, "a")


def test_renewing_moves_the_data_to_a_new_id() -> None:
    """After renew the data is under another id, and the old one is unknown."""
    store = Store()
    old = store.begun(a=1)
    session = store.open(old)
    session.renew()
    session.set("b", 2)

    assert session.save()
    assert session.key_changed
    assert [1, 2] == store.data(str(session.key), "a", "b")
    assert [None] == store.data(old, "a")
    assert 1 == len(store.records)


def test_renewing_a_session_that_is_new_does_nothing_more() -> None:
    """A new session has a new id already."""
    store = Store()
    session = store.open()
    session.renew()
    session.set("a", 1)

    assert session.save()
    assert 1 == len(store.records)


def test_renewing_takes_along_what_another_request_set() -> None:
    """Nothing that was saved before the renewal is lost by it."""
    store = Store()
    old = store.begun(a=1)
    signing_in, other = store.open(old), store.open(old)
    signing_in.renew()
    signing_in.set("person", "p")
    other.set("b", 2)
    other.save()

    assert signing_in.save()
    assert [1, 2, "p"] == store.data(str(signing_in.key), "a", "b", "person")


def test_what_comes_after_a_renewal_does_not_bring_the_old_id_back() -> None:
    """A request that is overtaken by a renewal changes nothing, and keeps the browser's cookie."""
    store = Store()
    old = store.begun(a=1)
    overtaken, signing_in, again = store.open(old), store.open(old), store.open(old)
    signing_in.renew()
    signing_in.save()
    overtaken.set("b", 2)
    again.renew()

    assert not overtaken.save()
    assert not again.save()
    assert (False, False) == (overtaken.key_changed, again.key_changed)
    assert [None, None] == store.data(old, "a", "b")
    assert [1, None] == store.data(str(signing_in.key), "a", "b")
    assert 1 == len(store.records)


def test_an_ended_session_is_gone() -> None:
    """end() removes the record, and the browser is told to forget the id."""
    store = Store()
    key = store.begun(a=1)
    session, late = store.open(key), store.open(key)
    session.end()

    assert session.save()
    assert (None, True) == (session.key, session.key_changed)
    assert [None] == store.data(key, "a")

    late.set("b", 2)
    assert not late.save()
    assert [None] == store.data(key, "b")


def test_after_the_end_a_new_session_may_begin() -> None:
    """What is set after end() is kept under a new id, without what was there before."""
    store = Store()
    key = store.begun(a=1)
    session = store.open(key)
    session.end()
    session.set("message", "signed out")

    assert session.save()
    assert session.key not in {None, key}
    assert [None, "signed out"] == store.data(str(session.key), "a", "message")


def test_ending_a_session_that_never_began() -> None:
    """There is nothing to remove and nothing to tell."""
    session = Store().open()
    session.end()

    assert session.save()
    assert not session.key_changed


def test_popping_and_clearing() -> None:
    """pop returns and forgets a value; clear forgets all, and what is set later stays."""
    store = Store()
    key = store.begun(a=1, b=2, c=3)
    session = store.open(key)

    assert (1, None, 7) == (session.pop("a"), session.pop("x"), session.pop("x", 7))
    session.save()
    assert [None, 2] == store.data(key, "a", "b")

    session = store.open(key)
    session.clear()
    session.clear()
    session.set("d", 4)
    session.save()
    assert [None, None, 4] == store.data(key, "b", "c", "d")


def test_a_value_is_the_callers_own() -> None:
    """Changing what get returned, or what set was given, changes nothing that is kept."""
    store = Store()
    given_list = [1]
    session = store.open()
    session.set("a", given_list)
    given_list.append(2)
    session.get("a").append(3)

    assert [1] == session.get("a")


@pytest.mark.parametrize("value", [b"Gwen", {1, 2}, float("nan"), object()])
def test_what_is_not_json_is_refused_without_being_repeated(value: object) -> None:
    """The error names the field; the value is in neither its text nor its causes."""
    with pytest.raises(InvalidValueError, match="JSON values only") as caught:
        Store().open().set("name", value)

    assert "name" == caught.value.field
    assert caught.value.__cause__ is caught.value.__context__ is None


def test_only_a_change_is_written() -> None:
    """A request that changes nothing writes nothing, until a tenth of the idle time is over."""
    store = Store()
    key = store.begun(a=[1])
    session = store.open(key)
    session.set("a", [1])
    session.save()

    def revision() -> int:
        kept = store.open(key)._record
        assert kept is not None
        return kept.revision

    assert 1 == revision()
    store.clock.advance(minutes=13)
    store.open(key).save()
    assert 2 == revision()


def test_a_session_lives_while_it_is_used() -> None:
    """Each use puts the end off; without use it is gone after the idle time."""
    store = Store()
    key = store.begun(a=1)
    for _ in range(5):
        store.clock.advance(minutes=100)
        assert store.open(key).save()

    assert [1] == store.data(key, "a")
    store.clock.advance(hours=2)
    assert [None] == store.data(key, "a")


def test_two_requests_at_once_do_not_lose_each_others_keys() -> None:
    """Every name that any of many threads set is there in the end."""
    store = Store()
    key = store.begun(a=1)
    threads, rounds = 8, 20
    ready = threading.Barrier(threads)

    def work(number: int) -> None:
        for turn in range(rounds):
            session = store.open(key)
            ready.wait()
            session.set(f"{number}.{turn}", turn)
            assert session.save()

    workers = [threading.Thread(target=work, args=(number,)) for number in range(threads)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    names = [f"{number}.{turn}" for number in range(threads) for turn in range(rounds)]

    assert [turn for _ in range(threads) for turn in range(rounds)] == store.data(key, *names)


def test_false_is_not_nought() -> None:
    """A value that only looks the same to Python is a change."""
    store = Store()
    key = store.begun(a=0)
    session = store.open(key)
    session.set("a", False)
    session.save()

    assert store.open(key).get("a") is False


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["set", "pop", "clear", "renew", "end", "save"]),
        st.text("ab", min_size=1, max_size=1),
        JSON,
    ),
    max_size=12,
)


@given(STEPS)
def test_a_session_is_a_dict_that_lasts(steps: list[tuple[str, str, object]]) -> None:
    """Whatever is done to it, the next request sees what a plain dict would hold."""
    store = Store()
    session, model, key = store.open(), dict[str, object](), None
    for step, name, value in [*steps, ("save", "", None)]:
        match step:
            case "set":
                session.set(name, value)
                model[name] = value
            case "pop":
                session.pop(name)
                model.pop(name, None)
            case "clear" | "end":
                getattr(session, step)()
                model.clear()
            case "renew":
                session.renew()
            case _:
                assert session.save()
                key = session.key
                session = store.open(key)

    assert [model.get("a"), model.get("b")] == store.data(str(key), "a", "b")


@given(STEPS, STEPS)
def test_two_requests_change_only_what_they_set(
    first: list[tuple[str, str, object]], second: list[tuple[str, str, object]]
) -> None:
    """With names of their own, no order of two requests loses what the other one did."""
    store = Store()
    key = store.begun(a=0, b=0, x=0, y=0)
    one, other = store.open(key), store.open(key)
    left, right = dict[str, object](a=0, b=0), dict[str, object](x=0, y=0)
    rename = {"a": "x", "b": "y"}
    for session, steps, model in ((one, first, left), (other, second, right)):
        for step, plain, value in steps:
            name = plain if session is one else rename[plain]
            if step == "set":
                session.set(name, value)
                model[name] = value
            elif step == "pop":
                session.pop(name)
                model.pop(name, None)
    one.save()
    other.save()

    expected = [left.get("a"), left.get("b"), right.get("x"), right.get("y")]
    assert expected == store.data(key, "a", "b", "x", "y")


def test_the_repr_shows_names_only() -> None:
    """Neither the id nor a value is printed."""
    store = Store()
    key = store.begun(b="Gwen", a=1)

    assert "Session(a, b)" == repr(store.open(key))
