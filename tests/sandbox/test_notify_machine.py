"""lg_sandbox.notify.machine, .model, .limits and .templates: states, limits and versions."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lg_sandbox.notify.keys import KeyKind
from lg_sandbox.notify.limits import Limits
from lg_sandbox.notify.machine import at, end, is_smoke_test, outcome_of
from lg_sandbox.notify.model import ENDS, Account, Channel, Message, Status
from lg_sandbox.notify.templates import BIN_DAY, PAYMENT_RECEIVED, Templates

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
ORDER = [Status.CREATED, Status.SENDING]


def message(outcome: Status = Status.DELIVERED) -> Message:
    """Make a message that was accepted at nine."""
    return Message(
        id="1",
        channel=Channel.SMS,
        key=KeyKind.TEST,
        template_id="2",
        template_version=1,
        created_at=NOW,
        to="07900900123",
        body="Hello",
        delivered_text="Hello",
        subject=None,
        reference=None,
        unsubscribe_url=None,
        fragments=1,
        multiplier=1,
        outcome=outcome,
        sending_after=timedelta(seconds=1),
        done_after=timedelta(seconds=5),
    )


@given(
    st.sampled_from(sorted(ENDS[Channel.SMS])),
    st.lists(st.floats(0, 10), min_size=2).map(sorted),
)
def test_a_message_only_moves_forward(outcome: Status, seconds: list[float]) -> None:
    """Created, sending, its end; with times that fit, and never back."""
    reached = 0
    for each in seconds:
        now = NOW + timedelta(seconds=each)
        seen = at(message(outcome), now)
        rank = 2 if seen.finished else ORDER.index(seen.status)
        assert rank >= reached
        assert (seen.status is Status.CREATED) is (seen.sent_at is None)
        assert seen.finished is (seen.completed_at is not None)
        assert seen.sent_at is None or seen.created_at <= seen.sent_at <= now
        assert seen.completed_at is None or seen.completed_at <= now
        reached = rank


@pytest.mark.parametrize(
    ("seconds", "status"),
    [(0, "created"), (0.999, "created"), (1, "sending"), (4.999, "sending"), (5, "delivered")],
)
def test_the_states_have_their_times(seconds: float, status: str) -> None:
    """One second, then five."""
    assert status == at(message(), NOW + timedelta(seconds=seconds)).status


def test_a_text_abroad_is_sent_and_no_more() -> None:
    """Sent is its end, and comes as soon as it is handed over."""
    seen = at(message(Status.SENT), NOW + timedelta(seconds=1))

    assert (Status.SENT, seen.sent_at) == (seen.status, seen.completed_at)


def test_a_test_may_end_a_message() -> None:
    """At once, and again with another word; not in a state that is no end."""
    now = NOW + timedelta(milliseconds=1)
    ended = at(end(message(), Status.PERMANENT_FAILURE, now=now), NOW + timedelta(hours=1))
    again = end(ended, Status.DELIVERED, now=now)

    assert (Status.PERMANENT_FAILURE, now, now) == (ended.status, ended.sent_at, ended.completed_at)
    assert Status.DELIVERED is again.status
    with pytest.raises(ValueError, match="Use one of: delivered"):
        end(message(), Status.SENDING, now=now)


@pytest.mark.parametrize(
    ("recipient", "key", "international", "outcome"),
    [
        ("447700900002", KeyKind.TEST, False, Status.PERMANENT_FAILURE),
        ("447700900003", KeyKind.TEST, False, Status.TEMPORARY_FAILURE),
        ("447700900003", KeyKind.NORMAL, False, Status.DELIVERED),
        ("447900900123", KeyKind.TEST, False, Status.DELIVERED),
        ("12025550100", KeyKind.NORMAL, True, Status.SENT),
    ],
)
def test_the_recipient_says_how_it_ends(
    recipient: str, key: KeyKind, outcome: Status, *, international: bool
) -> None:
    """The failing recipients fail with a test key only."""
    said = outcome_of(recipient, channel=Channel.SMS, key=key, international=international)

    assert outcome == said
    assert not is_smoke_test(recipient)


def test_a_minute_holds_its_messages() -> None:
    """999 at once of 3,000 a minute, then 50 a second; each kind of key alone."""
    limits = Limits()

    def taken(key: KeyKind, times: int, now: datetime) -> int:
        return sum(limits.take(key, rate=3000, now=now) for _ in range(times))

    assert 999 == taken(KeyKind.TEST, 1100, NOW)
    assert 49 == taken(KeyKind.TEST, 60, NOW + timedelta(seconds=1))
    assert 1 == taken(KeyKind.TEAM, 1, NOW)


def test_a_refused_request_takes_its_share_too() -> None:
    """Whoever hammers stays refused: recorded with 6 a minute."""
    limits = Limits()
    seconds = [0, 0, 0, 9, 18, 27]
    answers = [
        limits.take(KeyKind.NORMAL, rate=6, now=NOW + timedelta(seconds=each)) for each in seconds
    ]

    assert [True, True, False, False, False, False] == answers


def test_a_day_ends_at_midnight_utc() -> None:
    """Counts start again; a test key's are counted apart."""
    limits = Limits()
    limits.count(Channel.SMS, KeyKind.NORMAL, now=NOW)
    limits.count(Channel.SMS, KeyKind.TEAM, now=NOW)

    assert 2 == limits.used(Channel.SMS, KeyKind.NORMAL, now=NOW)
    assert 0 == limits.used(Channel.SMS, KeyKind.TEST, now=NOW)
    assert 0 == limits.used(Channel.EMAIL, KeyKind.NORMAL, now=NOW)
    assert 0 == limits.used(Channel.SMS, KeyKind.NORMAL, now=NOW + timedelta(hours=15))


def test_the_number_of_a_day_depends_on_the_service() -> None:
    """Its mode, the channel, the kind of key, and what a test sets."""

    def allowed(account: Account, channel: Channel = Channel.SMS, *, test: bool = False) -> int:
        key = KeyKind.TEST if test else KeyKind.NORMAL
        return account.messages_a_day(channel, key=key)

    assert 250_000 == allowed(Account())
    assert 20_000 == allowed(Account(), Channel.LETTER)
    assert 50 == allowed(Account(trial=True))
    assert 250_000 == allowed(Account(trial=True), test=True)
    assert 3 == allowed(Account(daily_limit=3))
    assert 2 == allowed(Account(daily_limit=3, daily_limits={Channel.SMS: 2}))


def test_texts_abroad_are_counted_among_all_and_apart() -> None:
    """One abroad is one of all."""
    limits = Limits()
    limits.count(Channel.SMS, KeyKind.NORMAL, now=NOW, abroad=True)
    limits.count(Channel.SMS, KeyKind.NORMAL, now=NOW)

    assert 2 == limits.used(Channel.SMS, KeyKind.NORMAL, now=NOW)
    assert 1 == limits.used(Channel.SMS, KeyKind.NORMAL, now=NOW, abroad=True)


def test_templates_are_added_changed_and_archived() -> None:
    """Each change is a version; an id is used once."""
    templates = Templates()
    added = templates.add("Hello ((name))", name="Hello", template_id=str(BIN_DAY.id)[:-2] + "ff")
    email = templates.add("Hello", subject="Hi")

    assert (Channel.SMS, Channel.EMAIL) == (added.channel, email.channel)
    assert (2, "Hi") == (
        templates.change(email.id, body="Bye").version,
        templates.all[-1].subject,
    )
    templates.archive(added.id)
    assert [False, False, False, False, True, False] == [each.archived for each in templates.all]
    assert templates.get("none") is None
    assert ("Your payment ((reference))", PAYMENT_RECEIVED.body) == PAYMENT_RECEIVED.parts


def test_a_wrong_template_is_told() -> None:
    """An id that is taken or none, a template that is not there, a text with a subject."""
    templates = Templates()

    with pytest.raises(ValueError, match="its own"):
        templates.add("x", template_id=BIN_DAY.id)
    with pytest.raises(ValueError, match="UUID"):
        templates.add("x", template_id="x")
    with pytest.raises(ValueError, match="no such postage"):
        templates.add("x", subject="y", postage="third")
    with pytest.raises(ValueError, match="has a heading"):
        templates.add("x", postage="first")
    with pytest.raises(ValueError, match="Only a letter"):
        templates.edit(BIN_DAY.id, postage="first")
    with pytest.raises(LookupError, match=r"templates\.all"):
        templates.archive("x")
    with pytest.raises(ValueError, match="no subject"):
        templates.change(BIN_DAY.id, body="x", subject="y")
