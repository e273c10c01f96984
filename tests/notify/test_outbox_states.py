# SPDX-License-Identifier: MIT
"""lg_notify.outbox: how a message moves, in whatever order it is told of. No database."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lg_core.errors import ApiError, InvalidValueError, OutcomeUnknownError, RequestNotSentError
from lg_notify import (
    ClockError,
    Email,
    InvalidKeyError,
    InvalidMessageError,
    InvalidRecipientError,
    NotAllowedError,
    RateLimitError,
    Sms,
    TooManyRequestsError,
)
from lg_notify._one_form import one_form
from lg_notify.new_message import Letter, Message, Postage, PrecompiledLetter
from lg_notify.outbox import MessageState, OutboxMessage, _content, _plan, _states
from lg_notify.outbox._plan import Act, Pause, Plan, Policy, Verdict
from lg_notify.outbox._states import Step

NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)
ID = "11111111-2222-4333-8444-555555555555"
TEMPLATE = "0f9f1b4c-2f7a-4c53-9d0e-6a1a5c0d1e02"
POLICY = Policy("live@here", timedelta(seconds=90), timedelta(days=7), 3)
S = MessageState
ENDS = ["delivered", "permanent-failure", "temporary-failure", "technical-failure"]
WORDS = st.sampled_from(
    [*ENDS, "created", "sending", "pending", "sent", "received", "cancelled", "brand-new-word"]
)


@dataclass(frozen=True)
class Said:
    """What Notify says."""

    status: str
    id: str = ID
    reference: str | None = "lg-1"
    completed_at: datetime | None = NOW


def a_message(state: MessageState = S.WAITING, **changes: object) -> OutboxMessage:
    """Return a message."""
    values: dict[str, object] = {
        "reference": "lg-1", "kind": "Sms", "channel": "sms", "account": "default", "case": "c",
        "period": "", "state": state, "created_at": NOW, "due_at": NOW, "changed_at": NOW,
    }  # fmt: skip
    return OutboxMessage(**(values | changes))  # pyright: ignore[reportArgumentType]  # as the probe says


def sent() -> OutboxMessage:
    """Return a message that Notify has."""
    return a_message(S.SENT, notification_id=ID, sent_at=NOW, revision=3)


# ------------------------------------------------------------------ steps


@given(state=st.sampled_from(S), what=st.sampled_from(Step))
def test_only_what_is_proven_not_sent_waits_again(state: MessageState, what: Step) -> None:
    """No step leads from what Notify may have, or has, to waiting, but the two that say so."""
    after = _states.step(a_message(state), what, now=NOW, reason="r")

    if after is not None and after.state is S.WAITING:
        assert what in {Step.RELEASE, Step.PUT_BACK}
    if state in {S.SENT, *_states.FINISHED}:
        assert after is None
    assert after is None or after.revision == 2
    assert after is None or after.ended == (after.state in _states.FINISHED)


def test_what_is_put_back_begins_anew() -> None:
    """All its attempts are there, and it is not too late."""
    aside = a_message(S.ASIDE, attempts=9, expires_at=NOW, reason="x", acted_at=NOW)
    back = _states.step(aside, Step.PUT_BACK, now=NOW)

    assert back is not None
    assert (S.WAITING, 0, None, None, None) == (
        back.state, back.attempts, back.expires_at, back.reason, back.acted_at,
    )  # fmt: skip


# ------------------------------------------------------------------ what Notify says


@given(words=st.lists(WORDS, max_size=6), data=st.data())
def test_the_order_of_receipts_does_not_matter(words: list[str], data: st.DataObject) -> None:
    """Late, twice and in any order, they lead to the same state."""
    ways = [words, data.draw(st.permutations(words))]
    ends: list[MessageState] = []
    for way in ways:
        message = sent()
        for word in [*way, *way]:
            message = _states.follow(message, Said(word), now=NOW) or message
        ends.append(message.state)

    assert ends[0] is ends[1]


@given(words=st.lists(WORDS, max_size=8), state=st.sampled_from(S))
def test_what_arrived_has_arrived(words: list[str], state: MessageState) -> None:
    """No word takes an arrival back, none leads back to waiting, and each is told once."""
    message = a_message(state)
    for word in words:
        after = _states.follow(message, Said(word), now=NOW)
        if after is not None:
            assert after.state in {S.SENT, S.DELIVERED, S.FAILED}
            assert message.state is not S.DELIVERED or after.state is S.DELIVERED
            assert _states.follow(after, Said(word), now=NOW) is None
            assert after.revision > message.revision
            message = after


def test_a_failure_after_an_arrival_is_noted() -> None:
    """It changes nothing else."""
    arrived = _states.follow(sent(), Said("delivered"), now=NOW)
    assert arrived is not None
    after = _states.follow(arrived, Said("technical-failure"), now=NOW)

    assert after is not None
    assert (S.DELIVERED, "delivered", "contradicted") == (after.state, after.status, after.reason)
    assert _states.follow(after, Said("permanent-failure"), now=NOW) is None


def test_an_arrival_after_a_failure_counts() -> None:
    """The phone was switched on after Notify gave up."""
    failed = _states.follow(sent(), Said("temporary-failure"), now=NOW)
    assert failed is not None
    after = _states.follow(failed, Said("delivered"), now=NOW)

    assert after is not None
    assert S.DELIVERED is after.state


@pytest.mark.parametrize("word", ["sent", "received"])
def test_what_was_handed_over_has_ended(word: str) -> None:
    """Nothing more is heard of it, so nobody need ask; yet it is not known to have arrived."""
    after = _states.follow(sent(), Said(word), now=NOW)

    assert after is not None
    assert (S.SENT, True, word) == (after.state, after.ended, after.status)


@given(state=st.sampled_from(sorted(_states.NOT_SENT)))
def test_that_notify_has_it_outranks_what_was_believed(state: MessageState) -> None:
    """A message that was taken for not sent is sent from then on."""
    after = _states.follow(a_message(state, ended_at=NOW), Said("created"), now=NOW)

    assert after is not None
    assert (S.SENT, ID, "created", False) == (
        after.state, after.notification_id, after.status, after.ended,
    )  # fmt: skip


def test_a_second_copy_is_seen() -> None:
    """Two ids for one reference are told as what they are."""
    after = _states.follow(sent(), Said("delivered", id="another"), now=NOW)

    assert after is not None
    assert ("second_copy", ID) == (after.reason, after.notification_id)


def test_the_id_of_a_message_that_was_told_without_one_is_noted() -> None:
    """What was accepted without an id gets it later."""
    first = _states.accepted(a_message(S.SENDING), None, now=NOW, reason="smoke_test")
    assert first is not None
    assert first.ended
    again = _states.accepted(first, ID, now=NOW)

    assert again is not None
    assert (S.SENT, ID) == (again.state, again.notification_id)
    assert _states.accepted(again, ID, now=NOW) is None


# ------------------------------------------------------------------ plans


def in_doubt(**changes: object) -> OutboxMessage:
    """Return a message that somebody left while it was being sent."""
    values: dict[str, object] = {
        "intended_at": NOW, "give_up_at": NOW + timedelta(seconds=30), "asked_of": "live@here",
    }  # fmt: skip
    return a_message(S.SENDING, **(values | changes))


@given(seconds=st.integers(-3600, 8 * 86_400), other_key=st.booleans())
def test_what_is_in_doubt_is_never_sent(seconds: int, other_key: bool) -> None:  # noqa: FBT001 -- by name
    """It is looked up when the list tells the truth, and after 7 days a person decides."""
    now = NOW + timedelta(seconds=seconds)
    message = in_doubt(asked_of="test@here" if other_key else "live@here")
    plan = _plan.plan(message, POLICY, now=now, pause=None, hours=None)

    if seconds < 120:
        assert Plan(Act.POSTPONE, NOW + timedelta(seconds=120), "in_doubt") == plan
    elif seconds >= 7 * 86_400:
        assert Act.GIVE_UP is plan.act
    elif other_key:
        assert ("other_key", Act.POSTPONE) == (plan.reason, plan.act)
    else:
        assert Act.LOOK_UP is plan.act


def test_what_is_in_doubt_waits_for_a_key_and_not_for_a_day() -> None:
    """Notify's list has no daily limit."""
    late = NOW + timedelta(hours=1)
    acts = {
        reason: _plan.plan(
            in_doubt(),
            POLICY,
            now=late,
            pause=Pause(late + timedelta(hours=1), reason, 1),
            hours=None,
        ).act
        for reason in ("key_refused", "daily_limit")
    }

    assert {"key_refused": Act.POSTPONE, "daily_limit": Act.LOOK_UP} == acts


def test_an_intent_without_a_time_is_a_persons() -> None:
    """A row that nobody can judge is not judged."""
    plan = _plan.plan(a_message(S.SENDING), POLICY, now=NOW, pause=None, hours=None)

    assert Act.GIVE_UP is plan.act


def test_a_message_is_tried_so_often() -> None:
    """Then a person looks at it."""
    plan = _plan.plan(a_message(attempts=3), POLICY, now=NOW, pause=None, hours=None)

    assert Plan(Act.SET_ASIDE, reason="too_many_attempts") == plan


ERRORS = [
    (RequestNotSentError("x", reason="connect"), "unreachable"),
    (RequestNotSentError("x", reason="deadline"), "not_sent"),
    (OutcomeUnknownError("x", reason="timeout"), "in_doubt"),
    (RateLimitError("x", status=429), "rate_limited"),
    (TooManyRequestsError("x", status=429), "daily_limit"),
    (InvalidKeyError("x", status=403), "key_refused"),
    (ClockError("x", status=403), "clock"),
    (InvalidMessageError("x", status=400), "invalid_message"),
    (InvalidRecipientError("x", status=400), "invalid_recipient"),
    (NotAllowedError("x", status=403), "not_allowed"),
    (ApiError("x", status=302), "refused"),
]


@pytest.mark.parametrize(("error", "reason"), ERRORS, ids=[reason for _, reason in ERRORS])
def test_each_error_has_its_consequence(error: ApiError, reason: str) -> None:
    """Only what has no verdict leaves a doubt, and only Notify's own no sets a message aside."""
    found = _plan.verdict(error, now=NOW, pauses=0)

    assert reason == found.reason
    assert found.doubt == isinstance(error, OutcomeUnknownError)
    assert found.aside == (reason in {"invalid_message", "invalid_recipient", "not_allowed"})
    assert found.drain == (reason == "rate_limited")
    assert found.counts == (found.doubt or found.aside)
    wider = {
        "daily_limit": True,
        "key_refused": False,
        "clock": False,
        "refused": False,
        "unreachable": False,
    }
    assert wider.get(reason) is found.pause


def test_the_day_ends_at_midnight_utc() -> None:
    """Notify counts the day by UTC."""
    late = datetime(2026, 6, 30, 23, 59, 59, tzinfo=UTC)
    found = _plan.verdict(TooManyRequestsError("x", status=429), now=late, pauses=0)

    assert datetime(2026, 7, 1, tzinfo=UTC) == found.at


@given(times=st.integers(0, 10_000))
def test_waits_grow_and_end(times: int) -> None:
    """No wait is longer than half an hour."""
    first = timedelta(seconds=5)

    assert first <= _plan.wait_longer(first, times) <= timedelta(minutes=30)
    assert _plan.wait_longer(first, times) <= _plan.wait_longer(first, times + 1)


def test_a_verdict_without_more_is_nothing() -> None:
    """The default of a verdict pauses nobody."""
    assert Verdict("x").pause is None


# ------------------------------------------------------------------ what a message is


def number_forms(digits: str) -> st.SearchStrategy[str]:
    """Write a UK number in the ways in which people type it."""
    rest = digits[1:]
    spaced = st.sampled_from(
        [rest, f"{rest[:4]} {rest[4:]}", "-".join(rest), f"({rest[:3]}) {rest[3:]}"]
    )
    before = st.sampled_from(["0", "+44", "0044", "44", "+44 (0)", "+44 0", " 0"])
    return st.tuples(before, spaced).map("".join)


@given(data=st.data(), digits=st.from_regex(r"07[0-9]{9}", fullmatch=True))
def test_a_number_has_one_form(data: st.DataObject, digits: str) -> None:
    """However it is typed, it is the same person."""
    one, other = data.draw(number_forms(digits)), data.draw(number_forms(digits))

    assert "44" + digits[1:] == one_form("sms", one)
    assert _content.recipient_digest("sms", one) == _content.recipient_digest("sms", other)


@given(text=st.text(max_size=40), channel=st.sampled_from(["sms", "email", "letter"]))
def test_what_is_normalised_stays_so(text: str, channel: str) -> None:
    """A second time changes nothing, but for a number that has lost its plus."""
    once = one_form(channel, text)

    assert channel == "sms" or once == one_form(channel, once)


class _Same(NamedTuple):
    """What makes a message the same as another."""

    case: str
    template: str | None
    recipient: str
    period: str

    def digest(self) -> str:
        """Return the digest."""
        return _content.message_digest(
            case=self.case,
            channel="sms",
            template=self.template,
            recipient=self.recipient,
            period=self.period,
        )


def test_two_messages_are_one_where_all_is_the_same() -> None:
    """Case, template, recipient and period; no two of them run into one another."""
    base = _Same("a", "t", "07700 900123", "")
    others = [
        base._replace(case="b"),
        base._replace(template=None),
        base._replace(recipient="07700 900124"),
        base._replace(period="2"),
        base._replace(case='a", "t'),
    ]

    assert base.digest() == base._replace(recipient="+44 7700 900123").digest()
    assert len({each.digest() for each in [base, *others]}) == 6


MESSAGES: list[Message] = [
    Sms(
        phone_number="07700 900123", template_id=TEMPLATE, personalisation={"a": ["b", "c"], "n": 1}
    ),
    Email(
        email_address="a@example.gov.uk",
        template_id=TEMPLATE,
        personalisation={"f": {"file": "aGk=", "filename": "a.txt"}},
        one_click_unsubscribe_url="https://example.gov.uk/u",
    ),
    Letter(
        template_id=TEMPLATE,
        personalisation={
            "address_line_1": "A",
            "address_line_2": "1 High Street",
            "address_line_3": "SW1A 1AA",
        },
    ),
    PrecompiledLetter(content=b"%PDF-1.7 \xff\x00", postage=Postage.FIRST),
]


@pytest.mark.parametrize("message", MESSAGES, ids=lambda message: type(message).__name__)
def test_each_kind_of_message_is_kept_and_read(message: Message) -> None:
    """What is sent is what was given, under the outbox's reference."""
    kind = type(message).__name__
    again = _content.load(kind, _content.dump(message), reference="lg-1")

    assert type(message) is type(again)
    assert "lg-1" == again.reference
    assert message.model_copy(update={"reference": "lg-1"}).model_dump() == again.model_dump()
    assert _content.recipient_of(message) == _content.recipient_of(again)


def test_what_is_no_message_is_refused() -> None:
    """The error names those that are."""
    with pytest.raises(InvalidValueError) as caught:
        _content.channel_of("Fax")

    assert "not_a_message" == caught.value.code
