# SPDX-License-Identifier: MIT
"""A run enqueues each row once, sends it, stops at its budget, and accounts for every line."""

import threading
from collections import Counter
from collections.abc import Generator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from examples import examples
from hypothesis import given, settings
from hypothesis import strategies as st
from notify.bulk_files import RULES, a_file, lines_of
from notify.lent_databases import lent_url

from lg_core.errors import InvalidValueError
from lg_core.store import Store
from lg_core.testing import asgi
from lg_notify import NotifyClient, Sms
from lg_notify.bulk import BulkFile, BulkRow, BulkRun, Enqueued, Standing
from lg_notify.costs import sms_cost
from lg_notify.hours import SendingHours
from lg_notify.outbox import Dispatched, Dispatcher, MessageState, Outbox
from lg_sandbox import Sandbox
from lg_sandbox.clock import Clock
from lg_sandbox.notify import BIN_DAY, Status

__all__ = ["lent_url"]

START = datetime(2026, 11, 27, 12, tzinfo=UTC)
AT_ONCE = timedelta()


class Council:
    """A sandbox whose clock stands, and a council's outbox on the same clock."""

    def __init__(self, url: str) -> None:
        self.sandbox = Sandbox(clock=Clock(start=START))
        self.sandbox.clock.freeze()
        self.notify = NotifyClient(
            self.sandbox.notify.api_key,
            base_url="http://localhost",
            transport=asgi(self.sandbox.notify.app),
        )
        self.store = Store(url, now=self.sandbox.clock.now)
        self.outbox = Outbox(self.store)

    def dispatcher(self, **options: Any) -> Dispatcher:
        """Return what sends, in this thread."""
        return Dispatcher(self.outbox, self.notify, threads=1, rate=None, **options)

    def close(self) -> None:
        """Close the client and the database."""
        self.notify.close()
        self.store.close()

    def texts(self) -> Counter[str]:
        """Return how often each text was sent, by the sandbox's own record."""
        return Counter(message.to for message in self.sandbox.notify.messages)


@pytest.fixture
def council(lent_url: str) -> Generator[Council]:
    """A council with a database."""
    with closing(Council(lent_url)) as council:
        yield council


def run_of(council: Council, name: str = "bins", **options: Any) -> BulkRun:
    """Return a run."""
    return BulkRun(council.outbox, name=name, **options)


def bin_file(folder: Path, *lines: str) -> BulkFile:
    """Return a file for the sandbox's own template."""
    return a_file(folder, *lines)


def test_every_row_is_sent_once(council: Council, tmp_path: Path) -> None:
    """However often the same command is given."""
    file = bin_file(tmp_path, *lines_of(7))
    watched: list[int] = []

    for number in range(3):
        with run_of(council) as run:
            enqueued = run.enqueue(file.rows(), watch=watched.append)
            standing = run.dispatch(council.dispatcher(), patience=AT_ONCE)

            expected = Enqueued(new=0 if number else 7, known=7 if number else 0)
            assert expected == enqueued
            assert Standing({"sent": 7}) == standing
            assert standing.all_sent

    assert [7, 7, 7] == watched
    assert {1} == set(council.texts().values())
    assert 7 == len(council.texts())
    assert {BIN_DAY.id} == {message.template_id for message in council.sandbox.notify.messages}


def test_a_run_of_another_name_sends_again(council: Council, tmp_path: Path) -> None:
    """And what one run counts, the other does not."""
    file = bin_file(tmp_path, *lines_of(2))

    for name in ("march", "april", "april-2"):
        with run_of(council, name) as run:
            run.enqueue(file.rows())
            assert 2 == run.dispatch(council.dispatcher(), patience=AT_ONCE).total

    assert {3} == set(council.texts().values())


def test_rows_with_problems_are_left_out_and_told(council: Council, tmp_path: Path) -> None:
    """Every line has a result, in the order of the file."""
    header, *good = lines_of(2)
    file = bin_file(tmp_path, header, good[0], "0790,Ann,Monday,no", good[1])

    with run_of(council) as run:
        enqueued = run.enqueue(file.rows())
        run.dispatch(council.dispatcher(), patience=AT_ONCE)
        results = list(run.results())

    assert (2, 1, 1) == (enqueued.new, enqueued.bad, enqueued.left_out)
    assert [(2, "sent"), (3, "not sent"), (4, "sent")] == [
        (each.line, each.state) for each in results
    ]
    assert "phone number: The number has too few digits." == results[1].reason
    sent = {message.reference: message for message in council.sandbox.notify.messages}
    assert results[0].notification_id == sent[results[0].reference].id
    assert ("0.024", None) == (results[0].pounds, results[1].reference)


def test_it_stops_before_the_budget_is_passed_and_goes_on_with_a_larger_one(
    council: Council, tmp_path: Path
) -> None:
    """What an earlier start enqueued counts against the budget of the run."""
    file = bin_file(tmp_path, *lines_of(5))

    with run_of(council, budget=Decimal("0.05")) as run:
        first = run.enqueue(file.rows())
        results = list(run.results())
    with run_of(council, budget=Decimal("0.1"), free_fragments=0) as run:
        then = run.enqueue(file.rows())
        run.dispatch(council.dispatcher(), patience=AT_ONCE)

    assert Enqueued(new=2, over_budget=3, spent=Decimal("0.048")) == first
    assert Enqueued(new=2, known=2, over_budget=1, spent=Decimal("0.096")) == then
    assert 4 == len(council.texts())
    assert ["waiting"] * 2 + ["not sent"] * 3 == [each.state for each in results]
    assert {"The budget was reached before this line."} == {each.reason for each in results[2:]}


def test_it_resumes_after_the_limit_of_a_day(council: Council, tmp_path: Path) -> None:
    """What is over the limit waits for midnight in UTC, and then the same command sends it."""
    council.sandbox.notify.account.daily_limit = 5
    file = bin_file(tmp_path, *lines_of(12))

    def start() -> tuple[Enqueued, Standing]:
        with run_of(council) as run:
            return run.enqueue(file.rows()), run.dispatch(
                council.dispatcher(), patience=timedelta(minutes=5)
            )

    enqueued, standing = start()

    assert (12, 5, 7) == (enqueued.new, standing.sent, standing.open)
    assert not standing.all_sent
    assert datetime(2026, 11, 28, tzinfo=UTC) == standing.held_up_until
    assert standing.reasons["daily_limit"] >= 1
    for sent in (10, 12):
        council.sandbox.clock.advance(timedelta(days=1))
        enqueued, standing = start()
        assert (0, 12, sent) == (enqueued.new, enqueued.known, standing.sent)
    assert standing.all_sent
    assert 12 == len(council.texts())
    assert {1} == set(council.texts().values())


def test_the_limit_of_a_day_leaves_the_others_as_they_are(council: Council, tmp_path: Path) -> None:
    """A hundred thousand messages are not put off one by one."""
    council.sandbox.notify.account.daily_limit = 3
    file = bin_file(tmp_path, *lines_of(350))

    with run_of(council) as run:
        run.enqueue(file.rows())
        standing = run.dispatch(council.dispatcher(), patience=timedelta(minutes=5))

    assert (3, 347) == (standing.sent, standing.open)
    assert sum(standing.reasons.values()) <= 200


def test_hours_are_kept_and_can_be_left(council: Council, tmp_path: Path) -> None:
    """At noon nothing leaves between one and two, and hours of the run win over the outbox's."""
    file = bin_file(tmp_path, *lines_of(2))
    afternoon = SendingHours(start=time(13), end=time(14))

    with run_of(council, hours=afternoon) as run:
        run.enqueue(file.rows())
        standing = run.dispatch(council.dispatcher(), patience=timedelta(minutes=5))
        assert (0, START + timedelta(hours=1)) == (standing.sent, standing.next_due)
        council.sandbox.clock.advance(timedelta(hours=1))
        assert run.dispatch(council.dispatcher(), patience=AT_ONCE).all_sent


def test_a_message_that_is_refused_is_told(council: Council, tmp_path: Path) -> None:
    """It waits for a person, and its line says why."""
    council.sandbox.notify.templates.edit(BIN_DAY.id, body="((name)) ((nobody has this))")
    file = bin_file(tmp_path, *lines_of(1))

    with run_of(council) as run:
        run.enqueue(file.rows())
        standing = run.dispatch(council.dispatcher(), patience=AT_ONCE)
        (result,) = run.results()

    assert ({"aside": 1}, {"invalid_message": 1}) == (standing.counts, standing.reasons)
    assert ("aside", "GOV.UK Notify refused the message.") == (result.state, result.reason)


def test_a_message_that_failed_later_is_told(council: Council, tmp_path: Path) -> None:
    """The result of a run that is given again has what was learnt since."""
    file = bin_file(tmp_path, *lines_of(1))
    with run_of(council) as run:
        run.enqueue(file.rows())
        run.dispatch(council.dispatcher(), patience=AT_ONCE)
        (sent,) = run.results()
    council.sandbox.notify.end(sent.notification_id or "", status=Status.PERMANENT_FAILURE)
    council.outbox.note(council.notify.get_notification(sent.notification_id or ""))

    with run_of(council) as run:
        run.enqueue(file.rows())
        standing = run.standing()
        (result,) = run.results()

    assert not standing.all_sent
    assert ("failed", "permanent-failure") == (result.state, result.reason)


def test_a_line_whose_message_was_erased_is_told(council: Council, tmp_path: Path) -> None:
    """Nothing is known of it any more."""
    file = bin_file(tmp_path, *lines_of(1))

    with run_of(council) as run:
        run.enqueue(file.rows())
        council.outbox.erase(recipient="07900900000")
        (result,) = run.results()

    assert ("not sent", "It was erased from the outbox.") == (result.state, result.reason)


def test_it_stops_when_it_is_asked_to(council: Council, tmp_path: Path) -> None:
    """After the messages at hand; the rest waits."""
    file = bin_file(tmp_path, *lines_of(150))
    stop = threading.Event()

    with run_of(council) as run:
        run.enqueue(file.rows())
        standing = run.dispatch(
            council.dispatcher(), stop=stop, watch=lambda done: done.sent and stop.set()
        )

    assert (100, 50) == (standing.sent, standing.open)


def test_other_messages_of_the_outbox_do_not_keep_it(council: Council, tmp_path: Path) -> None:
    """It ends when its own rows are done, and its bar hears of all."""
    other = Sms(phone_number="07900900999", template_id=BIN_DAY.id, personalisation={"name": "O"})
    council.outbox.enqueue(other, case="later", send_at=START + timedelta(days=1))
    heard: list[Dispatched] = []

    with run_of(council) as run:
        run.enqueue(bin_file(tmp_path, *lines_of(1)).rows())
        standing = run.dispatch(council.dispatcher(), watch=heard.append)

    assert standing.all_sent
    assert 1 == heard[-1].sent


def test_what_is_in_doubt_is_waited_for(council: Council, tmp_path: Path) -> None:
    """A message that was left in doubt keeps the run open until it is found out."""
    with run_of(council) as run:
        run.enqueue(bin_file(tmp_path, *lines_of(1)).rows())
        (entry,) = council.outbox.for_case(_case(council))
        dispatcher = council.dispatcher()
        ((turn,), _) = dispatcher._turns.take(1)
        dispatcher._turns.intend(turn, timeout=timedelta(seconds=30))  # and its process died

        standing = run.dispatch(council.dispatcher(), patience=AT_ONCE)
        assert {"sending": 1} == standing.counts
        council.sandbox.clock.advance(timedelta(minutes=10))
        assert run.dispatch(council.dispatcher(), patience=AT_ONCE).all_sent

    assert entry.reference == council.sandbox.notify.messages[0].reference


class Waiting(threading.Event):
    """Somebody who waits, and for whom time passes at once."""

    def __init__(self, clock: Clock, *, each: timedelta) -> None:
        super().__init__()
        self._clock = clock
        self._each = each
        self.waits = 0

    def wait(self, timeout: float | None = None) -> bool:
        """Let time pass."""
        assert timeout is not None
        self.waits += 1
        self._clock.advance(self._each)
        return self.is_set()


def test_it_waits_for_what_is_about_to_be_found_out(council: Council, tmp_path: Path) -> None:
    """A message in doubt is asked for when that proves something, and sent in the same start."""
    stop = Waiting(council.sandbox.clock, each=timedelta(seconds=50))

    with run_of(council) as run:
        run.enqueue(bin_file(tmp_path, *lines_of(1)).rows())
        dispatcher = council.dispatcher()
        ((turn,), _) = dispatcher._turns.take(1)
        dispatcher._turns.intend(turn, timeout=timedelta(seconds=30))  # and its process died

        standing = run.dispatch(council.dispatcher(), stop=stop)

    assert standing.all_sent
    assert 3 <= stop.waits < 10
    assert 1 == council.texts().total()


def test_it_ends_when_its_rows_are_done_whatever_else_there_is(
    council: Council, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A longer run beside it does not keep it until its end."""
    for name, number in (("_LOOK_EVERY", 2), ("_PIECE", 1)):
        monkeypatch.setattr(f"lg_notify.bulk._run.{name}", number)
    with run_of(council, "first") as run, run_of(council, "long") as other:
        run.enqueue(bin_file(tmp_path, *lines_of(3)).rows())
        other.enqueue(bin_file(tmp_path, *lines_of(9, start=10)).rows())

        standing = run.dispatch(council.dispatcher())

        assert standing.all_sent
        assert other.standing().open > 0


def _case(council: Council) -> str:
    (waiting,) = council.outbox._read()
    assert waiting.state is MessageState.WAITING
    return waiting.case


@pytest.mark.parametrize("name", ["", " ", "x" * 81, "a/b", "a\0b"])
def test_a_name_that_cannot_be_one_is_refused(council: Council, name: str) -> None:
    """The name says which run it is, in the database."""
    with pytest.raises(InvalidValueError, match="1 to 80 characters"):
        run_of(council, name)


def test_a_budget_that_is_no_amount_is_refused(council: Council) -> None:
    """Before anything is enqueued."""
    with pytest.raises(InvalidValueError, match="limit must be pounds"):
        run_of(council, budget=Decimal(-1))


def test_its_repr_says_nothing_of_its_name(council: Council) -> None:
    """A name may say too much."""
    with run_of(council, "gwenllian") as run:
        assert "gwenllian" not in repr(run)


def row(number: int) -> BulkRow:
    """Return a row that is right."""
    message = Sms(
        phone_number=f"07900{900000 + number}",
        template_id=BIN_DAY.id,
        personalisation={"name": "A", "day": "B", "garden": "no"},
    )
    return BulkRow(number + 2, message, f"{number:032}", sms_cost(1, on=RULES.on))


@settings(max_examples=examples(15), deadline=None)
@given(st.lists(st.lists(st.integers(0, 30), max_size=12), max_size=4))
def test_any_starts_of_a_run_send_each_row_once(starts: list[list[int]]) -> None:
    """Whichever rows each start has, and in which order: what was given was sent once."""
    with TemporaryDirectory() as folder, closing(Council(f"{folder}/outbox.db")) as council:
        for numbers in starts:
            with run_of(council) as run:
                enqueued = run.enqueue(map(row, numbers))
                run.dispatch(council.dispatcher(), patience=AT_ONCE)
                assert len(numbers) == enqueued.new + enqueued.known

        expected = {number for numbers in starts for number in numbers}
        assert len(expected) == len(council.texts())
        assert set(council.texts().values()) <= {1}


def test_a_batch_that_fails_leaves_those_before_it(council: Council) -> None:
    """A start that breaks off is gone on with by the next one."""
    rows = [row(number) for number in range(3)]
    broken = replace(row(9), identity="x" * 300)  # too long for a case

    with run_of(council) as run:
        run.enqueue(rows)
        with pytest.raises(InvalidValueError):
            run.enqueue([row(5), broken])
        assert 3 == run.standing().total
        assert 1 == run.enqueue([*rows, row(5)]).new
