# SPDX-License-Identifier: MIT
"""lg_notify.chains: begun, moved on, stopped, looked at and forgotten."""

import sqlite3
from collections.abc import Iterator
from datetime import datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy
from databases import DIALECTS
from notify.chain_desks import (
    PRICES,
    TEXT,
    TO,
    a_letter,
    an_email,
    chain_in,
    end,
    latest,
    tell_all,
    three,
)
from notify.outboxes import PHONE, START, Desk, a_text, desk_on

from lg_core.errors import InvalidValueError
from lg_core.store import Store
from lg_core.testing import Trouble
from lg_notify.chains import (
    PATIENCE,
    Advanced,
    Chains,
    ChainState,
    Prices,
    StopWhen,
    Way,
)
from lg_notify.hours import SendingHours
from lg_notify.new_message import PrecompiledLetter
from lg_notify.outbox import MessageState, Outbox
from lg_sandbox.notify import Status

S = ChainState
HOUR = timedelta(hours=1)


@pytest.fixture(params=DIALECTS)
def desk(request: pytest.FixtureRequest) -> Iterator[Desk]:
    """An outbox, on each database in turn."""
    with desk_on(str(request.param)) as made:
        yield made


@pytest.fixture
def chains(desk: Desk) -> Chains:
    """Chains on the desk's outbox."""
    return Chains(desk.outbox, prices=PRICES)


@pytest.fixture
def lone() -> Iterator[Desk]:
    """An outbox on SQLite, for what no database decides."""
    with desk_on("sqlite") as made:
        yield made


def count(desk: Desk, table: str, condition: str = "1=1") -> int:
    """Count rows."""
    with desk.store.read() as connection:
        asked = sqlalchemy.text(f"SELECT count(*) FROM {table} WHERE {condition}")  # noqa: S608 -- our own words
        return int(connection.execute(asked).scalar_one())


def channels(desk: Desk) -> list[str]:
    """Name how each message went that Notify has."""
    return [each.channel.value for each in desk.sandbox.notify.messages]


# ------------------------------------------------------------------ the usual ways


def test_the_first_message_that_arrives_ends_the_chain(desk: Desk, chains: Chains) -> None:
    """Nothing more is sent, and the outbox's list of ends has nothing left."""
    started = chains.start("1", three())
    end(desk, chains, Status.DELIVERED)
    desk.run()
    desk.wait(30 * 86_400)

    assert (True, S.RUNNING) == (started.is_new, started.state)
    assert S.DELIVERED is chain_in(chains).state
    assert Advanced() == chains.advance()
    assert ["email"] == channels(desk)
    assert () == desk.outbox.unacted()


def test_a_failure_takes_the_next_way(desk: Desk, chains: Chains) -> None:
    """An e-mail, then a text, then a letter, each once; a posted letter is enough."""
    chains.start("1", three())
    end(desk, chains, Status.PERMANENT_FAILURE)
    assert "permanent-failure" == chain_in(chains).reason
    end(desk, chains, Status.TEMPORARY_FAILURE)
    end(desk, chains, Status.DELIVERED)
    chain = chain_in(chains)

    assert ["email", "sms", "letter"] == channels(desk)
    assert (S.HANDED_OVER, 3, None) == (chain.state, chain.step, chain.due_at)
    assert [1, 1, 1] == [len(step.attempts) for step in chain.steps]
    assert () == chains.for_a_person()
    assert 0 == count(desk, "lg_notify_chain_step", "content IS NOT NULL")


def test_where_no_way_is_left_a_person_must_look(desk: Desk, chains: Chains) -> None:
    """The chain is on the list until a person has looked after it."""
    chains.start("1", [an_email(), a_text()])
    end(desk, chains, Status.PERMANENT_FAILURE)
    end(desk, chains, Status.TEMPORARY_FAILURE)
    (listed,) = chains.for_a_person()

    assert (S.FAILED, "temporary-failure") == (listed.state, listed.reason)
    assert listed.needs_a_person
    assert chains.handled("1")
    assert not chains.handled("1")
    assert () == chains.for_a_person()
    assert 1 == chains.counts()[S.FAILED]


def test_a_chain_begins_once(desk: Desk, chains: Chains) -> None:
    """A second start of the same case and period does nothing."""
    first = chains.start("1", three())
    again = chains.start("1", [a_text()])
    other = chains.start("1", [a_text()], period="2027")
    desk.run()

    assert (first.chain, False) == (again.chain, again.is_new)
    assert other.is_new
    assert ["email", "sms"] == sorted(channels(desk))
    assert {first.chain, other.chain} == {each.name for each in chains.for_case("1")}


def test_it_begins_with_the_callers_own_work(desk: Desk, chains: Chains) -> None:
    """What is rolled back did not begin."""
    engine = sqlalchemy.create_engine(desk.store._place.url, poolclass=sqlalchemy.NullPool)
    with engine.connect() as connection:
        chains.start("1", three(), connection=connection)
        connection.rollback()
        assert chains.get("1") is None
        assert chains.start("1", three(), connection=connection).is_new
        connection.commit()
    desk.run()

    assert ["email"] == channels(desk)


def test_sqlite3_s_own_connection_is_joined(tmp_path: Path) -> None:
    """A service without SQLAlchemy starts, notes, stops and erases beside its own tables."""
    with Store(tmp_path / "o.db") as store, Outbox(store) as outbox:
        chains = Chains(outbox)
        host = sqlite3.connect(tmp_path / "o.db")
        chains.start("1", three(), connection=host)
        host.rollback()
        for case in "123":
            assert chains.start(case, three(), connection=host).is_new
        assert 1 == chains.stop("1", connection=host)
        assert 1 == chains.erase(case="2", connection=host)
        host.commit()
        host.close()

        assert S.STOPPED is chain_in(chains).state
        assert 1 == outbox.counts().waiting


# ------------------------------------------------------------------ technical failures


def test_a_technical_failure_is_tried_once_more(desk: Desk, chains: Chains) -> None:
    """The same way a second time, and then the next one."""
    chains.start("1", three())
    end(desk, chains, Status.TECHNICAL_FAILURE)
    desk.run()
    assert ["email", "email"] == channels(desk)
    end(desk, chains, Status.TECHNICAL_FAILURE)
    end(desk, chains, Status.TECHNICAL_FAILURE)
    end(desk, chains, Status.DELIVERED)
    chain = chain_in(chains)

    assert ["email", "email", "sms", "sms"] == channels(desk)
    assert [2, 2, 0] == [len(step.attempts) for step in chain.steps]
    assert S.DELIVERED is chain.state


def test_a_letter_is_never_sent_again_after_a_technical_failure(desk: Desk, chains: Chains) -> None:
    """Nor is a later letter of the chain; a text is."""
    chains.start("1", [a_letter(), a_letter("A B", "2 High Street", "SW1A 1AA"), a_text()])
    end(desk, chains, Status.TECHNICAL_FAILURE)
    desk.run()

    assert ["letter", "sms"] == channels(desk)
    assert 3 == chain_in(chains).step


# ------------------------------------------------------------------ conditions


def test_only_the_failures_that_you_name_go_on(desk: Desk, chains: Chains) -> None:
    """After another one the chain ends, for a person."""
    chains.start("1", [Way(an_email(), go_on=frozenset({"permanent-failure"})), a_text()])
    end(desk, chains, Status.TEMPORARY_FAILURE)
    chain = chain_in(chains)

    assert (S.FAILED, "temporary-failure") == (chain.state, chain.reason)
    assert ["email"] == channels(desk)


class _NoEmails:
    """Somebody who wants no e-mails."""

    def is_suppressed(self, channel: str, recipient: str) -> bool:
        return channel == "email" and bool(recipient)


def test_who_wants_no_e_mails_gets_a_text(desk: Desk, chains: Chains) -> None:
    """An unsubscribe from one way is none from the others."""
    chains.start("1", three())
    desk.run(suppression=_NoEmails())
    assert 1 == chains.advance().sent
    desk.run(suppression=_NoEmails())

    assert ["sms"] == channels(desk)
    assert "suppressed" == chain_in(chains).reason
    assert () == desk.outbox.unacted()


def test_a_number_that_notify_refuses_is_not_waited_for(desk: Desk, chains: Chains) -> None:
    """The message is taken back, so that no person puts it back later."""
    chains.start("1", [a_text("07700 900124"), a_letter()])
    with desk.store.begin() as connection:
        connection.execute(
            sqlalchemy.text(
                "UPDATE lg_notify_message SET state = 'aside', reason = 'invalid_recipient'"
            )
        )
    assert Advanced(1, 1, 0) == chains.advance()
    desk.run()

    assert ["letter"] == channels(desk)
    assert () == desk.outbox.aside()
    assert Advanced() == chains.advance()


def test_a_message_that_a_person_must_look_at_is_waited_for(desk: Desk, chains: Chains) -> None:
    """Until patience runs out; then it is taken back, and the next way is taken."""
    chains.start("1", [an_email(), a_text()])
    with desk.store.begin() as connection:
        connection.execute(
            sqlalchemy.text(
                "UPDATE lg_notify_message SET state = 'aside', reason = 'invalid_message'"
            )
        )
    assert Advanced() == chains.advance()
    desk.wait(PATIENCE["email"].total_seconds())

    assert 1 == chains.advance().sent
    assert () == desk.outbox.aside()
    assert "no_news" == chain_in(chains).reason


# ------------------------------------------------------------------ time


def test_a_message_without_news_counts_as_failed_when_patience_runs_out(
    desk: Desk, chains: Chains
) -> None:
    """From when Notify accepted it, not from when it was written down."""
    chains.start("1", [Way(an_email(), patience=2 * HOUR), Way(a_text(), patience=HOUR)])
    desk.wait(3600)
    desk.run()
    desk.wait(7199)
    chains.advance()
    assert 1 == chain_in(chains).step
    desk.wait(1)
    assert Advanced(1, 1, 0) == chains.advance()
    assert Advanced() == chains.advance()
    desk.run()
    desk.wait(3600)

    assert Advanced(1, 0, 1) == chains.advance()
    assert ["email", "sms"] == channels(desk)
    assert (S.FAILED, "no_news") == (chain_in(chains).state, chain_in(chains).reason)


def test_what_was_not_sent_when_patience_ran_out_is_taken_back(desk: Desk, chains: Chains) -> None:
    """Two ways are never open at once."""
    chains.start("1", [Way(an_email(), patience=HOUR), a_text()])
    desk.wait(3600)
    chains.advance()
    desk.run()

    assert ["sms"] == channels(desk)
    assert [MessageState.CANCELLED, MessageState.SENT] == [
        each.state for each in desk.outbox.for_case("1")
    ]
    assert () == desk.outbox.unacted()


def test_what_is_being_sent_is_left_alone(desk: Desk, chains: Chains) -> None:
    """Until the outbox knows what became of it, however long that takes."""
    chains.start("1", [Way(an_email(), patience=HOUR), a_text()])
    desk.run(Trouble.LOST_ANSWER)
    desk.wait(3 * 3600)
    assert Advanced(1, 0, 0) == chains.advance()
    assert 1 == chain_in(chains).step
    desk.run()
    desk.wait(60)
    chains.advance()

    assert 1 == chain_in(chains).step, "the outbox has just learnt that it was sent"
    assert ["email"] == channels(desk)


def test_waiting_for_the_hours_is_not_held_against_a_message(desk: Desk, chains: Chains) -> None:
    """Its patience begins when the hours do."""
    late = SendingHours(start=time(22), end=time(0))
    chains.start("1", [Way(an_email(), patience=HOUR, hours=late), a_text()])
    desk.wait(5 * 3600)  # it is five in the afternoon
    assert Advanced() == chains.advance()
    desk.wait(5 * 3600)
    desk.run()

    assert ["email"] == channels(desk)


def test_hours_that_begin_later_are_waited_for_too(desk: Desk, chains: Chains) -> None:
    """A message that misses its hours is waited for until the next ones, and an hour more."""
    hours = SendingHours(start=time(8), end=time(13))
    chains.start("1", [Way(an_email(), patience=8 * HOUR, hours=hours), a_text()])
    desk.wait(3600)
    desk.run()  # it is one o'clock, and too late
    desk.wait(10 * 3600)
    assert Advanced(1, 0, 0) == chains.advance()
    desk.wait(10 * 3600)
    desk.run()

    assert ["email"] == channels(desk)


def test_what_expires_ends_the_chain(desk: Desk, chains: Chains) -> None:
    """A reminder is worth nothing when the day has passed: nobody is written to after it."""
    chains.start("1", three(), expires=START + HOUR)
    desk.wait(3600)
    desk.run()
    assert Advanced(1, 0, 1) == chains.advance()
    (listed,) = chains.for_a_person()

    assert (S.EXPIRED, "expired") == (listed.state, listed.reason)
    assert [] == channels(desk)


# ------------------------------------------------------------------ money


def test_the_next_message_must_fit_in_what_is_left(desk: Desk, chains: Chains) -> None:
    """A text fits, and a letter does not: a person must look."""
    chains.start("1", three(), cost_cap=Decimal("0.75"))
    end(desk, chains, Status.PERMANENT_FAILURE)
    end(desk, chains, Status.PERMANENT_FAILURE)
    desk.run()
    (listed,) = chains.for_a_person()

    assert ["email", "sms"] == channels(desk)
    assert (S.COST_CAP, "cost_cap") == (listed.state, listed.reason)
    assert (Decimal("0.75"), [0, TEXT, Decimal("0.73")]) == (
        listed.cost_cap,
        [step.cost for step in listed.steps],
    )


def test_what_just_fits_is_sent(desk: Desk, chains: Chains) -> None:
    """The limit itself may be spent; what was not sent or is not charged is not counted."""
    chains.start("1", [Way(a_text(), patience=HOUR), a_text("07700 900125")], cost_cap=TEXT)
    desk.wait(3600)
    chains.advance()  # the first was never sent
    end(desk, chains, Status.TECHNICAL_FAILURE)  # not charged for
    desk.run()

    assert ["sms", "sms"] == channels(desk)
    assert S.RUNNING is chain_in(chains).state


def test_a_message_in_doubt_counts_as_spent(desk: Desk, chains: Chains) -> None:
    """It is taken back when patience runs out, and may have been charged all the same."""
    chains.start("1", [Way(a_text(), patience=HOUR), a_text("07700 900125")], cost_cap=TEXT)
    desk.run(Trouble.LOST_ANSWER)
    desk.wait(8 * 86_400)
    desk.run()
    assert 1 == desk.outbox.counts().in_doubt
    assert Advanced(1, 0, 1) == chains.advance()

    assert S.COST_CAP is chain_in(chains).state
    assert ["sms"] == channels(desk)


def test_the_first_message_must_fit_too(desk: Desk, chains: Chains) -> None:
    """A chain that may cost nothing sends no letter."""
    started = chains.start("1", [a_letter()], cost_cap=Decimal(0))
    desk.run()

    assert S.COST_CAP is started.state
    assert [] == channels(desk)


# ------------------------------------------------------------------ late, and stopped


def test_a_late_delivery_takes_back_what_still_waits(desk: Desk, chains: Chains) -> None:
    """The e-mail arrives when its patience is over: the text is not sent."""
    chains.start("1", [Way(an_email(), patience=HOUR), a_text(), a_letter()])
    desk.run()
    first = latest(desk)
    desk.wait(3600)
    chains.advance()
    assert 1 == desk.outbox.counts().waiting
    end_without_sending(desk, chains, first.id)
    desk.run()

    assert ["email"] == channels(desk)
    assert S.DELIVERED is chain_in(chains).state
    assert () == desk.outbox.unacted()


def test_a_late_delivery_ends_also_what_a_person_was_to_look_at(desk: Desk, chains: Chains) -> None:
    """The list is of those whom nothing has reached."""
    chains.start("1", [Way(an_email(), patience=HOUR)])
    desk.run()
    first = latest(desk)
    desk.wait(3600)
    chains.advance()
    assert 1 == len(chains.for_a_person())
    end_without_sending(desk, chains, first.id)

    assert () == chains.for_a_person()
    assert S.DELIVERED is chain_in(chains).state


def end_without_sending(desk: Desk, chains: Chains, notification_id: str) -> None:
    """Let a message arrive, and tell the chain, before anything else is sent."""
    desk.sandbox.notify.end(notification_id)
    with desk.client() as client:
        chains.note(client.get_notification(notification_id))


def test_stop_takes_back_what_waits(desk: Desk, chains: Chains) -> None:
    """No further message; another case is not touched."""
    chains.start("1", three())
    chains.start("2", three())
    stopped = chains.stop("1")
    desk.run()

    assert (1, 0) == (stopped, chains.stop("1"))
    assert ["email"] == channels(desk)
    assert (S.STOPPED, "stopped") == (chain_in(chains).state, chain_in(chains).reason)
    assert S.RUNNING is chain_in(chains, "2").state
    assert 3 == count(desk, "lg_notify_chain_step", "content IS NULL")


def test_news_that_came_before_the_stop_is_acted_on_by_it(desk: Desk, chains: Chains) -> None:
    """Nobody is told of the end of a message of a chain that was stopped since."""
    chains.start("1", three())
    desk.run()
    desk.sandbox.notify.end(latest(desk).id, status=Status.PERMANENT_FAILURE)
    with desk.client() as client:
        desk.outbox.note(client.get_notification(latest(desk).id))

    assert 1 == chains.stop("1")
    assert () == desk.outbox.unacted()


def test_one_period_of_a_case_is_stopped(desk: Desk, chains: Chains) -> None:
    """The next month's chain goes on."""
    chains.start("1", three(), period="a")
    chains.start("1", three(), period="b")

    assert 1 == chains.stop("1", period="a")
    assert S.RUNNING is chain_in(chains, period="b").state
    assert 1 == desk.outbox.counts().waiting


def test_what_was_being_sent_when_it_stopped_is_not_sent_again(desk: Desk, chains: Chains) -> None:
    """The outbox proves that Notify does not have it; then it is taken back."""
    chains.start("1", three())
    desk.run(Trouble.LOST_REQUEST)
    chains.stop("1")
    assert 1 == desk.outbox.counts().sending
    desk.wait(200)
    desk.run(limit=1)
    chains.advance()
    desk.wait(3600)
    desk.run()

    assert [] == channels(desk)
    assert 1 == desk.outbox.counts().cancelled


def test_a_message_taken_out_of_the_outbox_stops_its_chain(desk: Desk, chains: Chains) -> None:
    """Who cancels it does not want the next way either; nor who erases it."""
    chains.start("1", three())
    chains.start("2", [a_text()])
    desk.outbox.stop(case="1")
    desk.outbox.erase(recipient=PHONE)
    assert Advanced(1, 0, 1) == chains.advance()
    desk.wait(PATIENCE["sms"].total_seconds())
    assert Advanced(1, 0, 1) == chains.advance()

    assert (S.STOPPED, "cancelled") == (chain_in(chains).state, chain_in(chains).reason)
    assert (S.STOPPED, "message_gone") == (
        chain_in(chains, "2").state, chain_in(chains, "2").reason,
    )  # fmt: skip
    assert 0 == desk.outbox.counts().waiting


def test_a_text_abroad_is_not_enough_where_it_must_be_known_to_arrive(
    desk: Desk, chains: Chains
) -> None:
    """Nothing more is heard of it, so its patience runs out, and the next way is taken."""
    for case, enough in (("1", StopWhen.DELIVERED), ("2", StopWhen.HANDED_OVER)):
        chains.start(case, [Way(a_text(), patience=HOUR), a_letter()], stop_when=enough)
    desk.run()
    for each in desk.sandbox.notify.messages:
        desk.sandbox.notify.end(each.id, status=Status.SENT)
    tell_all(desk, chains)
    states = [chain_in(chains, case).state for case in "12"]
    desk.wait(3600)
    chains.advance()

    assert [S.RUNNING, S.HANDED_OVER] == states
    assert 2 == chain_in(chains).step
    end(desk, chains, Status.DELIVERED)
    assert S.HANDED_OVER is chain_in(chains).state, "no letter is known to arrive"


# ------------------------------------------------------------------ news that nobody acted on


def test_news_that_nobody_acted_on_is_found(desk: Desk, chains: Chains) -> None:
    """Whoever noted it died before it acted."""
    chains.start("1", three())
    desk.run()
    desk.sandbox.notify.end(latest(desk).id, status=Status.PERMANENT_FAILURE)
    with desk.client() as client:
        change = desk.outbox.note(client.get_notification(latest(desk).id))
    assert change is not None
    assert Advanced(1, 1, 0) == chains.advance()
    assert chains.act(change)
    assert Advanced() == chains.advance()
    desk.run()

    assert ["email", "sms"] == channels(desk)


def test_a_change_of_another_message_is_none_of_ours(desk: Desk, chains: Chains) -> None:
    """Who notes for the whole outbox need not ask which message is a chain's."""
    desk.outbox.enqueue(a_text(), case="1")
    desk.run()
    desk.sandbox.notify.end(latest(desk).id, status=Status.PERMANENT_FAILURE)
    with desk.client() as client:
        told = client.get_notification(latest(desk).id)
    change = desk.outbox.note(told)

    assert change is not None
    assert not chains.act(change)
    assert chains.note(told) is None
    assert 1 == len(desk.outbox.unacted())


def test_a_chain_that_begins_anew_finds_what_the_outbox_has(desk: Desk, chains: Chains) -> None:
    """Erased here and not there, it does not write to anybody twice."""
    chains.start("1", [an_email(), a_text()])
    end(desk, chains, Status.DELIVERED)
    chains.erase(case="1")
    again = chains.start("1", [an_email(), a_text()])
    assert Advanced(1, 0, 1) == chains.advance()
    desk.run()

    assert again.is_new
    assert S.DELIVERED is chain_in(chains).state
    assert ["email"] == channels(desk)


# ------------------------------------------------------------------ forgetting


def test_a_person_is_erased(desk: Desk, chains: Chains) -> None:
    """With every chain that has a message to them, and what waits; others stay."""
    chains.start("1", three())
    chains.start("2", [a_text("07700 900999")])
    erased = chains.erase(recipient="+44 7700 900123"), chains.erase(recipient=TO.upper())
    desk.run()

    assert (1, 0) == erased
    assert chains.get("1") is None
    assert [1, 1, 1] == [
        count(desk, name)
        for name in ("lg_notify_chain", "lg_notify_chain_step", "lg_notify_chain_message")
    ]
    assert ["sms"] == channels(desk)


def test_erase_asks_for_one_of_two(lone: Desk) -> None:
    """A recipient or a case."""
    chains = Chains(lone.outbox)
    for given in ({}, {"recipient": TO, "case": "1"}):
        with pytest.raises(InvalidValueError, match="not both"):
            chains.erase(**given)


def test_what_ended_long_ago_is_removed(desk: Desk, chains: Chains) -> None:
    """What runs stays."""
    chains.start("1", [an_email()])
    end(desk, chains, Status.DELIVERED)
    chains.start("2", [an_email()])
    assert 0 == chains.purge()
    desk.wait(366 * 86_400)

    assert 1 == chains.purge()
    assert chains.get("1") is None
    assert S.RUNNING is chain_in(chains, "2").state
    assert 0 == chains.purge(before=desk.now())
    with pytest.raises(InvalidValueError, match="time zone"):
        chains.purge(before=datetime(2026, 1, 1))  # noqa: DTZ001 -- as it is meant


def test_what_a_message_says_is_forgotten_when_it_cannot_be_sent_any_more(
    desk: Desk, chains: Chains
) -> None:
    """Step by step; all of it when the chain ends."""
    chains.start("1", three())
    left = [count(desk, "lg_notify_chain_step", "content IS NOT NULL")]
    end(desk, chains, Status.PERMANENT_FAILURE)
    left.append(count(desk, "lg_notify_chain_step", "content IS NOT NULL"))
    end(desk, chains, Status.TECHNICAL_FAILURE)
    left.append(count(desk, "lg_notify_chain_step", "content IS NOT NULL"))
    end(desk, chains, Status.DELIVERED)
    left.append(count(desk, "lg_notify_chain_step", "content IS NOT NULL"))

    assert [3, 2, 1, 0] == left


def test_a_message_that_cannot_be_read_ends_the_chain(desk: Desk, chains: Chains) -> None:
    """An older release wrote it, or somebody changed it: a person must look."""
    chains.start("1", three())
    with desk.store.begin() as connection:
        text = "UPDATE lg_notify_chain_step SET content = '{}' WHERE number = 2"
        connection.execute(sqlalchemy.text(text))
    end(desk, chains, Status.PERMANENT_FAILURE)
    chain = chain_in(chains)

    assert (S.FAILED, "unreadable") == (chain.state, chain.reason)


# ------------------------------------------------------------------ what is refused


@pytest.mark.parametrize(
    ("ways", "options"),
    [
        ([], {"field": "ways"}),
        ([a_text()] * 21, {"field": "ways"}),
        ([a_text()], {"case": "", "field": "case"}),
        ([a_text()], {"period": "x" * 61, "field": "period"}),
        ([a_text()], {"account": "", "field": "account"}),
        ([a_text()], {"council": "", "field": "council"}),
        ([a_text()], {"expires": datetime(2026, 1, 1), "field": "expires"}),  # noqa: DTZ001 -- as it is meant
        ([a_text()], {"stop_when": "soon", "field": "stop_when"}),
        ([a_text()], {"cost_cap": 1.5, "field": "cost_cap"}),
        ([a_text()], {"cost_cap": Decimal(-1), "field": "cost_cap"}),
        ([a_text()], {"cost_cap": Decimal(1), "field": "cost"}),
        ([Way(a_text(), cost=Decimal("NaN"))], {"field": "cost"}),
        ([Way(a_text(), patience=timedelta(seconds=-1))], {"field": "patience"}),
        ([Way(a_text(), patience=timedelta(days=366))], {"field": "patience"}),
        ([Way(a_text(), go_on=frozenset({"technical-failure"}))], {"field": "go_on"}),
        (["a text"], {"field": "message"}),
    ],
)
def test_what_cannot_be_kept_is_refused(
    lone: Desk, ways: list[Any], options: dict[str, Any]
) -> None:
    """The error names what is wrong, and nothing began."""
    chains = Chains(lone.outbox)
    given: dict[str, Any] = {"case": "1", **options}
    field = given.pop("field")
    with pytest.raises(InvalidValueError) as refused:
        chains.start(given.pop("case"), ways, **given)

    assert field == refused.value.field
    assert () == chains.for_case("1")


def test_a_patience_of_no_channel_is_refused(lone: Desk) -> None:
    """It is no span."""
    with pytest.raises(InvalidValueError, match="1 second"):
        Chains(lone.outbox, patience={"sms": timedelta(0)})


def test_a_letter_of_your_own_is_sent_under_its_own_terms(lone: Desk) -> None:
    """Its cost is what you say, its reference is kept beside ours, and its hours are its own."""
    chains = Chains(lone.outbox, patience={"letter": timedelta(days=3)}, prices=Prices())
    letter = PrecompiledLetter(content=b"%PDF-1.7 letter", reference="LETTER-1")
    way = Way(letter, cost=Decimal("0.73"), hours=SendingHours())
    chains.start("1", [way], cost_cap=Decimal("0.73"), council="cardiff", priority=3)
    (message,) = lone.outbox.for_case("1")
    (step,) = chain_in(chains).steps

    assert ("LETTER-1", "cardiff", 3, MessageState.WAITING) == (
        message.their_reference, message.council, message.priority, message.state,
    )  # fmt: skip
    assert (timedelta(days=3), Decimal("0.73")) == (step.patience, step.cost)
    assert "LETTER-1" not in repr(chain_in(chains))
    assert repr(chains).startswith("Chains(Outbox(")
    assert lone.outbox is chains.outbox


def test_a_program_that_tells_of_each_end_does_not_keep_a_chain_from_its_news(
    desk: Desk,
) -> None:
    """It may say that it has acted before the chain has moved, and after it."""
    chains = Chains(desk.outbox, acknowledge=False)
    chains.start("1", three())
    for status in (Status.PERMANENT_FAILURE, Status.TEMPORARY_FAILURE):
        desk.run()
        desk.sandbox.notify.end(latest(desk).id, status=status)
        with desk.client() as client:
            desk.outbox.note(client.get_notification(latest(desk).id))
        (ended,) = desk.outbox.unacted()
        if status is Status.PERMANENT_FAILURE:
            desk.outbox.acted(ended.reference)
            assert Advanced(1, 1, 0) == chains.advance()
        else:
            assert Advanced(1, 1, 0) == chains.advance()
            assert (ended,) == desk.outbox.unacted()
            desk.outbox.acted(ended.reference)
            assert Advanced(1, 0, 0) == chains.advance()
        assert Advanced() == chains.advance()
    desk.run()

    assert ["email", "sms", "letter"] == channels(desk)
