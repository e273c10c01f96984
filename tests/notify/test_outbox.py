# SPDX-License-Identifier: MIT
"""lg_notify.Outbox: what is enqueued, looked at, taken back, told, acted on and forgotten."""

import contextlib
import sqlite3
from collections.abc import Iterator
from datetime import datetime, time, timedelta
from pathlib import Path

import psycopg
import pytest
import sqlalchemy
from databases import DIALECTS, postgres_url
from notify.outboxes import PHONE, START, Desk, a_text, desk_on

from lg_core.errors import InvalidValueError
from lg_core.store import Store
from lg_core.telemetry import Environment, Mode, TelemetrySettings, configure, reports
from lg_core.testing import Trouble
from lg_notify import Email
from lg_notify.hours import SendingHours
from lg_notify.new_message import Letter, PrecompiledLetter
from lg_notify.outbox import (
    MessageInFlightError,
    MessageState,
    NotInOutboxError,
    Outbox,
    OutboxCounts,
    ToSend,
)
from lg_sandbox.notify import PAYMENT_RECEIVED, Status

__all__ = ["postgres_url"]

S = MessageState


@pytest.fixture(params=DIALECTS)
def desk(request: pytest.FixtureRequest) -> Iterator[Desk]:
    """An outbox, on each database in turn."""
    with desk_on(str(request.param)) as made:
        yield made


def count(desk: Desk, table: str, condition: str = "1=1") -> int:
    """Count rows."""
    with desk.store.read() as connection:
        asked = sqlalchemy.text(f"SELECT count(*) FROM {table} WHERE {condition}")  # noqa: S608 -- our own words
        return int(connection.execute(asked).scalar_one())


# ------------------------------------------------------------------ enqueuing


@pytest.mark.parametrize(("live", "environment"), [(True, "production"), (False, "test")])
def test_what_is_enqueued_is_counted_as_what_it_is(
    tmp_path: Path, *, live: bool, environment: str
) -> None:
    """Messages for a sandbox or a test key are no use of the real thing."""
    configure(
        TelemetrySettings(
            mode=Mode.LOCAL,
            council="x-anytown",
            product="bins",
            environment=Environment.PRODUCTION,
        )
    )
    try:
        with Outbox(tmp_path / "o.db", live=live) as outbox:
            outbox.enqueue(a_text(), case="GW-1")
        (report,) = reports()
    finally:
        configure(TelemetrySettings())

    assert live is outbox.live
    assert environment == report.environment
    assert ["lg-notify.outbox.enqueued"] == [use.capability for use in report.uses]


def test_the_same_message_is_enqueued_once(desk: Desk) -> None:
    """A second one gets the first one's reference, however the number is typed."""
    first = desk.outbox.enqueue(a_text(), case="GW-1")
    second = desk.outbox.enqueue(a_text("+44 7700 900123"), case="GW-1")
    other = desk.outbox.enqueue(a_text(), case="GW-1", period="2")
    desk.run()
    third = desk.outbox.enqueue(a_text(), case="GW-1")

    assert (True, False, True, False) == (
        first.is_new, second.is_new, other.is_new, third.is_new,
    )  # fmt: skip
    assert first.reference == second.reference == third.reference != other.reference
    assert 2 == desk.sent()


def test_the_callers_reference_is_kept_beside_ours(desk: Desk) -> None:
    """Notify gets ours, which is this message's alone."""
    queued = desk.outbox.enqueue(a_text(reference="BIN-1"), case="1")
    desk.run()
    message = desk.outbox.get(queued.reference)

    assert message is not None
    assert "BIN-1" == message.their_reference
    assert queued.reference.startswith("lg-")
    assert len(queued.reference) == 35
    assert [queued.reference] == [each.reference for each in desk.sandbox.notify.messages]


def test_many_are_enqueued_in_their_order(desk: Desk) -> None:
    """Over several batches, and each once, also within one batch."""
    given = [ToSend(a_text(), case=str(number % 700)) for number in range(1300)]
    queued = desk.outbox.enqueue_many(given)

    assert 1300 == len(queued)
    assert 700 == sum(each.is_new for each in queued)
    assert [each.reference for each in queued[700:]] == [each.reference for each in queued[:600]]
    assert desk.outbox.for_case("3")[0].reference == queued[3].reference
    assert 700 == desk.outbox.counts().waiting


def test_it_is_enqueued_with_the_callers_own_work(desk: Desk) -> None:
    """What is rolled back is not sent, and may be enqueued again."""
    engine = sqlalchemy.create_engine(desk.store._place.url, poolclass=sqlalchemy.NullPool)
    with engine.connect() as connection:
        lost = desk.outbox.enqueue(a_text(), case="1", connection=connection)
        connection.rollback()
        kept = desk.outbox.enqueue(a_text(), case="1", connection=connection)
        assert kept.is_new
        assert 0 == desk.outbox.counts().waiting
        connection.commit()
    desk.run()

    assert desk.outbox.get(lost.reference) is None
    assert 1 == desk.sent()


def test_sqlite3_s_own_connection_is_joined(tmp_path: Path) -> None:
    """A service without SQLAlchemy enqueues, takes back and erases beside its own tables."""
    with Store(tmp_path / "o.db") as store, Outbox(store) as outbox:
        host = sqlite3.connect(tmp_path / "o.db")
        outbox.enqueue(a_text(), case="1", connection=host)
        host.rollback()
        queued = [outbox.enqueue(a_text(), case=case, connection=host) for case in "23455"]
        assert outbox.cancel(queued[0].reference, connection=host)
        assert 1 == outbox.stop(case="3", connection=host)
        assert 1 == outbox.erase(reference=queued[2].reference, connection=host)
        host.commit()
        host.close()

        assert [True, True, True, True, False] == [each.is_new for each in queued]
        assert (1, 2) == (outbox.counts().waiting, outbox.counts().cancelled)
        assert 1 == outbox.queue.counts().waiting


def test_psycopg_s_own_connection_is_joined(postgres_url: str) -> None:
    """The same on PostgreSQL."""
    with Store(postgres_url) as store, Outbox(store) as outbox:
        with psycopg.connect(postgres_url) as host:
            outbox.enqueue(a_text(), case="1", connection=host)
            host.rollback()
            queued = outbox.enqueue(a_text(), case="2", connection=host)
            outbox.enqueue(a_text(), case="3", connection=host)
            assert outbox.cancel(queued.reference, connection=host)

        assert (1, 1) == (outbox.counts().waiting, outbox.counts().cancelled)
        assert 1 == outbox.queue.counts().waiting


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"case": ""}, "case"),
        ({"case": "x" * 256}, "case"),
        ({"period": "x" * 81}, "period"),
        ({"account": ""}, "account"),
        ({"council": ""}, "council"),
        ({"case": "a\0"}, "case"),
        ({"send_at": datetime(2026, 1, 1)}, "send_at"),  # noqa: DTZ001 -- what is refused
        ({"expires": datetime(2026, 1, 1)}, "expires"),  # noqa: DTZ001 -- what is refused
        ({"priority": 2**31}, "priority"),
    ],
)
def test_what_cannot_be_kept_is_refused(changes: dict[str, object], field: str) -> None:
    """The error names the argument, and nothing is enqueued."""
    with desk_on("sqlite") as desk:
        with pytest.raises(InvalidValueError) as caught:
            desk.outbox.enqueue(a_text(), **({"case": "1"} | changes))  # pyright: ignore[reportArgumentType]  # what is refused

        assert field == caught.value.field
        assert 0 == desk.outbox.counts().waiting


def test_letters_are_kept_too(desk: Desk) -> None:
    """A letter is the same where its address is, and a PDF where its bytes are."""
    address = {"address_line_1": "A", "address_line_2": "1 High St", "address_line_3": "SW1A 1AA"}
    letter = Letter(template_id=PAYMENT_RECEIVED.id, personalisation=address)
    moved = Letter(
        template_id=PAYMENT_RECEIVED.id, personalisation=address | {"address_line_2": "2 High St"}
    )
    pdf, other = (PrecompiledLetter(content=b"%PDF-1.7 " + end) for end in (b"a", b"b"))
    new = [
        desk.outbox.enqueue(each, case="1").is_new
        for each in (letter, moved, letter, pdf, other, pdf)
    ]

    assert [True, True, False, True, True, False] == new
    assert {"letter"} == {each.channel for each in desk.outbox.for_case("1")}


# ------------------------------------------------------------------ when


def test_a_message_waits_until_it_may_be_sent(desk: Desk) -> None:
    """`send_at`, and higher priorities first."""
    desk.outbox.enqueue(a_text(), case="later", send_at=START + timedelta(hours=1))
    desk.outbox.enqueue(a_text(), case="low", priority=-1)
    high = desk.outbox.enqueue(a_text(), case="high", priority=1)
    counts = desk.outbox.counts()
    desk.run(limit=1)

    assert (3, 2, START) == (counts.waiting, counts.due, counts.oldest_due)
    assert [high.reference] == [each.reference for each in desk.sandbox.notify.messages]
    desk.run()
    assert 2 == desk.sent()
    desk.wait(3600)
    desk.run()
    assert 3 == desk.sent()


def test_a_message_of_the_past_is_due_now(desk: Desk) -> None:
    """Who sends late sends at once."""
    desk.outbox.enqueue(a_text(), case="1", send_at=START - timedelta(days=1))

    assert START == desk.one().due_at


@pytest.mark.parametrize("own", [True, False])
def test_quiet_hours_are_kept(own: bool) -> None:  # noqa: FBT001 -- by name
    """A text that is enqueued at noon for after 2 waits, and one that is late in the day too."""
    hours = SendingHours(start=time(14), end=time(15))
    with desk_on("sqlite", hours={} if own else {"sms": hours}) as desk:
        desk.outbox.enqueue(a_text(), case="1", hours=hours if own else None)
        assert START + timedelta(hours=2) == desk.one().due_at
        desk.wait(3.5 * 3600)  # the dispatcher was away: it is past 3
        desk.run()

        assert (0, "quiet_hours") == (desk.sent(), desk.one().reason)
        assert START + timedelta(days=1, hours=2) == desk.one().due_at
        desk.wait(24 * 3600 - 3600)
        desk.run()
        assert 1 == desk.sent()


def test_what_is_too_late_is_not_sent(desk: Desk) -> None:
    """It ends as expired, with or without a dispatcher that has it in its hands."""
    late = START + timedelta(minutes=5)
    desk.outbox.enqueue_many(ToSend(a_text(), case=str(n), expires=late) for n in range(3))
    desk.wait(300)
    (job,) = desk.outbox.queue.take()  # another dispatcher died with it
    assert 2 + 1 == desk.outbox.expire()
    assert 0 == desk.outbox.expire()
    desk.wait(200)
    done = desk.run()

    assert (0, 3) == (desk.sent(), desk.outbox.counts().expired)
    assert 1 == done.ended
    assert job.key
    assert 0 == count(desk, "lg_work")


# ------------------------------------------------------------------ taking back


def test_a_message_that_waits_is_taken_back(desk: Desk) -> None:
    """Once; and what was sent is not."""
    queued = [desk.outbox.enqueue(a_text(), case=case) for case in ("1", "2", "2")]
    assert desk.outbox.cancel(queued[0].reference)
    assert not desk.outbox.cancel(queued[0].reference)
    assert not desk.outbox.cancel("lg-none")
    desk.run()

    assert not desk.outbox.cancel(queued[1].reference)
    assert 1 == desk.sent()
    assert 1 == desk.outbox.counts().cancelled


def test_a_case_is_stopped(desk: Desk) -> None:
    """All its messages that wait, and no other."""
    given = [ToSend(a_text(), case=case, period=str(n)) for n, case in enumerate("aab")]
    desk.outbox.enqueue_many(given)

    assert 2 == desk.outbox.stop(case="a")
    assert 0 == desk.outbox.stop(case="a")
    desk.run()
    assert ["b"] == [each.case for each in desk.outbox._read() if each.state is S.SENT]


def test_what_was_taken_back_after_a_dispatcher_had_it_is_not_sent(desk: Desk) -> None:
    """The dispatcher looks again right before it sends."""
    queued = desk.outbox.enqueue(a_text(), case="1")

    class Cancels:
        def is_suppressed(self, channel: str, recipient: str, /) -> bool:
            assert ("sms", PHONE) == (channel, recipient)
            assert desk.outbox.cancel(queued.reference)
            return False

    done = desk.run(suppression=Cancels())

    assert (1, 0) == (done.ended, desk.sent())
    assert 0 == count(desk, "lg_work")


# ------------------------------------------------------------------ what became of it


def test_what_a_receipt_says_is_told_once(desk: Desk) -> None:
    """And stays to be acted on until somebody has."""
    queued = desk.outbox.enqueue(a_text(), case="1")
    desk.run()
    sent = desk.sandbox.notify.messages[0]
    desk.sandbox.notify.end(sent.id, status=Status.TEMPORARY_FAILURE)
    told = desk.client().get_notification(sent.id)
    change = desk.outbox.note(told)

    assert change is not None
    assert (S.SENT, S.FAILED, "temporary-failure") == (
        change.before.state, change.after.state, change.after.status,
    )  # fmt: skip
    assert desk.outbox.note(told) is None
    assert [queued.reference] == [each.reference for each in desk.outbox.unacted()]
    assert () == desk.outbox.unacted(older_than=timedelta(seconds=1))
    desk.outbox.acted(queued.reference)
    desk.outbox.acted(queued.reference)
    assert () == desk.outbox.unacted()


def test_the_act_and_the_change_are_kept_together(desk: Desk) -> None:
    """A caller that dies in between is told again."""
    desk.outbox.enqueue(a_text(), case="1")
    desk.run()
    desk.wait(60)
    told = desk.client().get_notification(desk.sandbox.notify.messages[0].id)
    with contextlib.suppress(LookupError), desk.store.begin() as connection:
        assert desk.outbox.note(told, connection=connection) is not None
        desk.outbox.acted(told.reference or "", connection=connection)
        raise LookupError

    assert S.SENT is desk.one().state
    assert desk.outbox.note(told) is not None


def test_what_is_not_ours_is_no_news(desk: Desk) -> None:
    """A service may send what the outbox never saw."""
    sent = desk.client().send(a_text(reference="theirs"))

    assert desk.outbox.note(desk.client().get_notification(sent.id)) is None
    with pytest.raises(NotInOutboxError):
        desk.outbox.acted("theirs")


def test_a_receipt_outruns_the_dispatcher(desk: Desk) -> None:
    """A message in doubt of which a receipt speaks is sent, and its job is gone."""
    desk.outbox.enqueue(a_text(), case="1")
    desk.run(Trouble.RESET_AFTER)
    assert S.SENDING is desk.one().state
    desk.wait(60)
    change = desk.outbox.note(desk.client().get_notification(desk.sandbox.notify.messages[0].id))

    assert change is not None
    assert S.DELIVERED is desk.one().state
    assert 0 == count(desk, "lg_work")


def test_what_has_not_ended_is_named_for_a_poller(desk: Desk) -> None:
    """Those that were sent first; what has ended is not among them."""
    desk.outbox.enqueue_many(ToSend(a_text(), case=str(n)) for n in range(3))
    desk.run(limit=1)
    desk.wait(60)
    desk.run(limit=1)
    old = desk.outbox.unended(older_than=timedelta(seconds=30))

    assert [START] == [each.sent_at for each in old]
    assert 2 == len(desk.outbox.unended())
    assert 1 == len(desk.outbox.unended(limit=1))
    desk.outbox.note(desk.client().get_notification(old[0].notification_id or ""))
    assert () == desk.outbox.unended(older_than=timedelta(seconds=30))


# ------------------------------------------------------------------ a person


def test_a_person_puts_back_what_was_set_aside(desk: Desk) -> None:
    """With all its attempts; what is in doubt only where they say so."""
    desk.outbox.enqueue(a_text("07700 900123"), case="1")
    desk.sandbox.notify.account.sms_enabled = False
    desk.run()
    (aside,) = desk.outbox.aside()
    assert (S.ASIDE, True) == (aside.state, aside.needs_a_person)
    assert [aside] == [*desk.outbox.unacted()]
    desk.sandbox.notify.account.sms_enabled = True

    assert desk.outbox.put_back(aside.reference)
    assert not desk.outbox.put_back(aside.reference)
    assert not desk.outbox.put_back("lg-none")
    desk.run()
    assert 1 == desk.sent()


def test_a_person_decides_what_is_in_doubt(desk: Desk) -> None:
    """After 7 days nobody can find out: it is not sent again, unless they say so."""
    desk.outbox.enqueue(a_text(), case="1")
    desk.run(Trouble.RESET_BEFORE)
    desk.wait(7 * 86_400)
    assert 1 == desk.run().in_doubt
    (doubt,) = desk.outbox.aside()

    assert (S.IN_DOUBT, "outcome_unknown") == (doubt.state, doubt.reason)
    assert not desk.outbox.put_back(doubt.reference)
    assert desk.outbox.put_back(doubt.reference, although_in_doubt=True)
    desk.run()
    assert (1, S.SENT) == (desk.sent(), desk.one().state)


def test_all_is_counted(desk: Desk) -> None:
    """By state."""
    desk.outbox.enqueue_many(ToSend(a_text(), case=str(n)) for n in range(3))
    desk.run(limit=1)
    desk.outbox.stop(case="1")

    assert OutboxCounts(
        waiting=1, due=1, sending=0, sent=1, delivered=0, failed=0, cancelled=1, expired=0,
        suppressed=0, in_doubt=0, aside=0, oldest_due=START,
    ) == desk.outbox.counts()  # fmt: skip


# ------------------------------------------------------------------ forgetting


def ended(desk: Desk, case: str) -> None:
    """Let a message be sent, and arrive."""
    queued = desk.outbox.enqueue(a_text(), case=case)
    desk.run()
    desk.wait(60)
    message = desk.outbox.get(queued.reference)
    assert message is not None
    desk.outbox.note(desk.client().get_notification(message.notification_id or ""))


def test_what_it_said_is_forgotten_at_its_end(desk: Desk) -> None:
    """And not before: it may have to be sent again."""
    desk.outbox.enqueue(a_text(), case="0")
    assert 1 == count(desk, "lg_notify_message", "content IS NOT NULL")
    ended(desk, "1")

    assert 1 == count(desk, "lg_notify_message", "content IS NOT NULL")  # sent, and not ended
    desk.wait(8 * 86_400)
    desk.outbox.purge()
    assert 0 == count(desk, "lg_notify_message", "content IS NOT NULL")
    assert 2 == count(desk, "lg_notify_message")


def test_what_it_said_may_be_kept_for_longer() -> None:
    """`keep_content` after its end, then purge() forgets it."""
    with desk_on("sqlite", keep_content=timedelta(days=1)) as desk:
        ended(desk, "1")
        desk.outbox.purge()
        assert 1 == count(desk, "lg_notify_message", "content IS NOT NULL")
        desk.wait(86_400)
        desk.outbox.purge()

        assert 0 == count(desk, "lg_notify_message", "content IS NOT NULL")


def test_what_ended_long_ago_is_removed(desk: Desk) -> None:
    """What waits, and what waits for a person, stays."""
    ended(desk, "1")
    desk.outbox.enqueue(a_text(), case="2", send_at=START + timedelta(days=800))
    assert 0 == desk.outbox.purge()
    desk.wait(366 * 86_400)

    assert 1 == desk.outbox.purge()
    assert ["2"] == [each.case for each in desk.outbox._read()]
    assert 0 == desk.outbox.purge(before=desk.now())


def test_a_person_is_erased(desk: Desk) -> None:
    """All that went or is to go to them, however the number is typed; nobody else."""
    ended(desk, "1")
    desk.outbox.enqueue(a_text(), case="2")
    desk.outbox.enqueue(a_text("07700 900124"), case="3")
    email = Email(
        email_address="A.B@Example.gov.uk",
        template_id=PAYMENT_RECEIVED.id,
        personalisation={"name": "n", "amount": "1", "items": "i", "reference": "r"},
    )
    desk.outbox.enqueue(email, case="4")

    assert 2 == desk.outbox.erase(recipient="+44 (0)7700 900 123")
    assert 1 == desk.outbox.erase(recipient=" a.b@example.GOV.UK")
    assert 0 == desk.outbox.erase(recipient="07700 900125")
    assert ["3"] == [each.case for each in desk.outbox._read()]
    assert 1 == desk.outbox.erase(reference=desk.one().reference)
    assert 0 == count(desk, "lg_work")


def test_what_is_being_sent_is_not_erased(desk: Desk) -> None:
    """Its reference is what finds it at Notify."""
    desk.outbox.enqueue(a_text(), case="1")
    desk.outbox.enqueue(a_text(), case="2")
    desk.run(Trouble.RESET_AFTER, limit=1)

    with pytest.raises(MessageInFlightError) as caught:
        desk.outbox.erase(recipient=PHONE)
    assert 1 == caught.value.count
    assert 2 == count(desk, "lg_notify_message")


@pytest.mark.parametrize("given", [{}, {"recipient": "a", "reference": "b"}])
def test_one_thing_is_erased(given: dict[str, str]) -> None:
    """A recipient or a reference."""
    with desk_on("sqlite") as desk, pytest.raises(InvalidValueError):
        desk.outbox.erase(**given)


def test_an_erased_message_is_not_sent(desk: Desk) -> None:
    """Also where a dispatcher had taken its job."""
    queued = desk.outbox.enqueue(a_text(), case="1")
    desk.outbox.queue.take()
    desk.outbox.erase(reference=queued.reference)
    desk.wait(200)

    assert 1 == desk.run().ended
    assert (0, 0) == (desk.sent(), count(desk, "lg_work"))


def test_an_outbox_is_opened_by_its_address(tmp_path: Path) -> None:
    """And closes the store that it opened."""
    with Outbox(tmp_path / "o.db") as outbox:
        outbox.enqueue(a_text(), case="1")
        assert "o.db" in repr(outbox)
        assert outbox.store.dialect == "sqlite"
        assert {} == outbox.hours
    with Outbox(tmp_path / "o.db") as again:
        assert 1 == again.counts().waiting
