# SPDX-License-Identifier: MIT
"""The tables by which chains move: random lives of random chains, without a database."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lg_notify.chains import GO_ON, Chain, ChainState, ChainStep, StopWhen
from lg_notify.chains._entries import Attempt
from lg_notify.chains._states import (
    _FOLLOWS,
    _LATE,
    Finding,
    Follows,
    Plan,
    deadline,
    decide,
    finding,
    follows,
    spent,
)
from lg_notify.outbox import MessageState, OutboxMessage
from lg_notify.outbox._states import FINISHED

NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
S = MessageState
C = ChainState


def a_step(number: int = 1, *, channel: str = "email", cost: str = "0") -> ChainStep:
    """Return a step that is waited for for an hour."""
    kinds = {"email": "Email", "sms": "Sms", "letter": "Letter"}
    return ChainStep(number, kinds[channel], channel, "t", HOUR, GO_ON, Decimal(cost))


def a_chain(*channels: str, cap: Decimal | None = None, enough: StopWhen | None = None) -> Chain:
    """Return a chain that has not sent anything."""
    costs = {"email": "0", "sms": "1", "letter": "10"}
    return Chain(
        name="ch-1",
        case="1",
        period="",
        state=C.RUNNING,
        created_at=NOW,
        changed_at=NOW,
        steps=tuple(
            a_step(number, channel=channel, cost=costs[channel])
            for number, channel in enumerate(channels, 1)
        ),
        cost_cap=cap,
        stop_when=enough or StopWhen.HANDED_OVER,
    )


def a_message(state: MessageState, *, channel: str = "email", **changes: Any) -> OutboxMessage:
    """Return a message of the outbox."""
    whole = OutboxMessage(
        reference="r1",
        kind="Email",
        channel=channel,
        account="default",
        case="1",
        period="",
        state=state,
        created_at=NOW,
        due_at=NOW,
        changed_at=NOW,
        ended_at=NOW if state in FINISHED else None,
    )
    return replace(whole, **changes)


FIRST = Attempt("r1", 1, 1, NOW)


def found_of(message: OutboxMessage | None, *, now: datetime = NOW, **changes: Any) -> Finding:
    """Say what is found of the only message of a chain of two."""
    attempt = replace(FIRST, **changes)
    channel = "email" if message is None else message.channel
    return finding(a_chain(channel, "sms"), attempt, message, now=now)


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        (None, Finding.GONE),
        (a_message(S.DELIVERED), Finding.ARRIVED),
        (a_message(S.WAITING), Finding.ON_THE_WAY),
        (a_message(S.SENDING), Finding.ON_THE_WAY),
        (a_message(S.SENT, sent_at=NOW), Finding.ON_THE_WAY),
        (a_message(S.SENT, sent_at=NOW, ended_at=NOW), Finding.HANDED_OVER),
        (a_message(S.IN_DOUBT), Finding.ON_THE_WAY),
        (a_message(S.ASIDE, reason="invalid_message"), Finding.ON_THE_WAY),
        (a_message(S.ASIDE, reason="invalid_recipient"), Finding.NOT_SENT),
        (a_message(S.SUPPRESSED), Finding.NOT_SENT),
        (a_message(S.EXPIRED), Finding.NOT_SENT),
        (a_message(S.CANCELLED), Finding.TAKEN_BACK),
        (a_message(S.FAILED, status="permanent-failure"), Finding.FAILED),
        (a_message(S.FAILED, status="temporary-failure"), Finding.FAILED),
        (a_message(S.FAILED, status="validation-failed"), Finding.FAILED_OTHERWISE),
        (a_message(S.FAILED, status="technical-failure"), Finding.TECHNICAL),
        (a_message(S.FAILED, status="technical-failure", channel="letter"), Finding.FAILED),
    ],
)
def test_what_is_found(message: OutboxMessage | None, expected: Finding) -> None:
    """What the outbox has says what is found, before patience has run out."""
    assert expected is found_of(message)


def test_a_second_technical_failure_goes_on() -> None:
    """It is tried once more, and no third time."""
    assert Finding.FAILED is found_of(a_message(S.FAILED, status="technical-failure"), attempt=2)


@pytest.mark.parametrize("state", MessageState)
def test_patience_ends_what_has_not_ended(state: MessageState) -> None:
    """Whatever waits for a person, for a turn or for Notify's word; not what is being sent."""
    message = a_message(state, status="permanent-failure", sent_at=NOW)
    open_ones = {S.WAITING, S.SENT, S.ASIDE, S.IN_DOUBT}
    last = found_of(message, now=NOW + HOUR - timedelta(seconds=1))

    assert (state in open_ones) == (Finding.OVERDUE is found_of(message, now=NOW + HOUR))
    assert Finding.OVERDUE is not last


def test_patience_counts_from_when_notify_accepted_it() -> None:
    """Or from when it might have been sent, hours not counted; other waiting is."""
    due = NOW + 5 * HOUR
    step = a_step()

    assert NOW + 4 * HOUR == deadline(step, FIRST, a_message(S.SENT, sent_at=NOW + 3 * HOUR))
    assert NOW + HOUR == deadline(step, FIRST, a_message(S.WAITING, due_at=due, reason="rate"))
    assert due + HOUR == deadline(
        step, FIRST, a_message(S.WAITING, due_at=due, reason="quiet_hours")
    )
    assert due + HOUR == deadline(step, replace(FIRST, begins_at=due), a_message(S.WAITING))


def test_the_tables_are_whole() -> None:
    """Each finding has what follows, and each state but two can end anew."""
    assert set(Finding) == _FOLLOWS.keys()
    assert set(Follows) == set(_FOLLOWS.values())
    assert set(ChainState) - {C.STOPPED, C.DELIVERED} == _LATE.keys()
    assert Follows.WAIT is follows(Finding.ON_THE_WAY)


# ------------------------------------------------------------------ lives

EVENTS = st.sampled_from(
    [
        "sent", "delivered", "handed over", "permanent-failure", "temporary-failure",
        "technical-failure", "validation-failed", "suppressed", "expired", "cancelled", "sending",
        "in doubt", "aside", "invalid_recipient", "gone", "late", "nothing",
    ]
)  # fmt: skip


class Life:
    """A chain, its messages, and what must always hold of them."""

    def __init__(self, chain: Chain) -> None:
        self.chain = chain
        self.messages: dict[str, OutboxMessage] = {}
        self.sent_at_once: set[str] = set()
        self.now = NOW

    def decided(self) -> Plan:
        """Decide, and do it."""
        before, chain = dict(self.messages), self.chain
        plan = decide(chain, before, now=self.now)
        for reference in plan.take_back:
            assert before[reference].state in {S.WAITING, S.ASIDE, S.IN_DOUBT}
            if before[reference].state is S.IN_DOUBT:
                self.chain = with_doubt(self.chain, reference)
            self.messages[reference] = replace(
                before[reference], state=S.CANCELLED, ended_at=self.now, acted_at=self.now
            )
        for reference in plan.noted:
            self.messages[reference] = replace(self.messages[reference], acted_at=self.now)
        self.chain = replace(
            self.chain, state=plan.state, step=plan.step, reason=plan.reason, due_at=plan.due_at
        )
        if plan.send:
            self.check_sending(chain, before, plan)
            self.send(plan)
        return plan

    def check_sending(self, chain: Chain, before: dict[str, OutboxMessage], plan: Plan) -> None:
        """See that a message may be sent now."""
        step = chain.steps[plan.step - 1]
        assert C.RUNNING is chain.state is plan.state
        assert len(step.attempts) == plan.send - 1 <= 1
        assert plan.step >= chain.step
        for attempt in chain.attempts:
            message = before.get(attempt.reference)
            if message is None or message.ended or attempt.reference in plan.take_back:
                continue
            assert self.now >= deadline(chain.steps[attempt.number - 1], attempt, message)
        technical = [
            each for each in before.values()
            if each.channel == "letter" and each.status == "technical-failure"
        ]  # fmt: skip
        assert not (technical and step.channel == "letter"), "a letter was sent again"

    def send(self, plan: Plan) -> None:
        """Let the outbox have a message."""
        step = self.chain.steps[plan.step - 1]
        reference = f"r{len(self.messages) + 1}"
        attempt = Attempt(reference, step.number, plan.send, self.now)
        steps = list(self.chain.steps)
        steps[plan.step - 1] = replace(step, attempts=(*step.attempts, attempt))
        self.chain = replace(self.chain, steps=tuple(steps))
        self.messages[reference] = a_message(
            S.WAITING, channel=step.channel, reference=reference, due_at=self.now
        )

    def happen(self, event: str, which: int) -> None:
        """Let something happen to a message."""
        self.now += timedelta(minutes=5)
        references = list(self.messages)
        if event == "late":
            self.now += HOUR
        elif event == "gone" and references:
            del self.messages[references[which % len(references)]]
        elif event != "nothing" and references:
            reference = references[which % len(references)]
            self.messages[reference] = happened(self.messages[reference], event, now=self.now)


def with_doubt(chain: Chain, reference: str) -> Chain:
    """Return the chain with a message of which nobody knows whether Notify has it."""
    return replace(
        chain,
        steps=tuple(
            replace(
                step,
                attempts=tuple(
                    replace(each, doubt=each.doubt or each.reference == reference)
                    for each in step.attempts
                ),
            )
            for step in chain.steps
        ),
    )


def happened(  # noqa: PLR0911 -- a line an event
    message: OutboxMessage, event: str, *, now: datetime
) -> OutboxMessage:
    """Return a message to which something happened, where it can."""
    ended = {"changed_at": now, "ended_at": now, "acted_at": None}
    match event:
        case "sending" if message.state is S.WAITING:
            return replace(message, state=S.SENDING)
        case "in doubt" if message.state is S.SENDING:
            return replace(message, state=S.IN_DOUBT)
        case "aside" | "invalid_recipient" if message.state in {S.WAITING, S.SENDING}:
            return replace(message, state=S.ASIDE, reason=event)
        case "suppressed" | "expired" | "cancelled" if message.state is S.WAITING:
            return replace(message, state=S(event), reason=event, **ended)
        case "sent" if message.state in {S.WAITING, S.SENDING}:
            return replace(message, state=S.SENT, sent_at=now)
        case "handed over" if message.state is S.SENT:
            return replace(message, **ended)
        case "delivered" if message.state in {S.SENT, S.FAILED} and message.channel != "letter":
            return replace(message, state=S.DELIVERED, status="delivered", **ended)
        case _ if event.endswith(("failure", "failed")) and message.state is S.SENT:
            return replace(message, state=S.FAILED, status=event, **ended)
        case _:
            return message


@given(
    channels=st.lists(st.sampled_from(["email", "sms", "letter"]), min_size=1, max_size=4),
    cap=st.none() | st.integers(0, 25).map(Decimal),
    enough=st.sampled_from(StopWhen),
    events=st.lists(st.tuples(EVENTS, st.integers(0, 7)), max_size=40),
)
def test_each_life_keeps_the_rules_and_ends(  # noqa: PLR0917 -- hypothesis passes them by name
    channels: list[str],
    cap: Decimal | None,
    enough: StopWhen,
    events: list[tuple[str, int]],
) -> None:
    """No two ways at once, no letter twice, no step a third time; the limit holds; it ends."""
    life = Life(a_chain(*channels, cap=cap, enough=enough))
    life.decided()
    for event, which in events:
        life.happen(event, which)
        was = life.chain.state
        life.decided()
        again = life.decided()
        assert not again.send, "deciding again changes nothing"
        assert not again.take_back
        assert not again.noted
        if was in {C.DELIVERED, C.STOPPED}:
            assert was is life.chain.state
        arrived = any(each.state is S.DELIVERED for each in life.messages.values())
        assert not arrived or life.chain.state in {C.DELIVERED, C.STOPPED}
        technical_word_changed = any(
            each.state is S.DELIVERED and each.channel == "sms" for each in life.messages.values()
        )
        if cap is not None and not technical_word_changed:
            assert spent(life.chain, life.messages) <= cap
    for _ in range(3 * len(channels)):
        for reference in list(life.messages):
            life.messages[reference] = happened(life.messages[reference], "sent", now=life.now)
        life.happen("late", 0)
        life.decided()

    assert C.RUNNING is not life.chain.state
    open_ones = {S.WAITING, S.ASIDE, S.IN_DOUBT}
    assert not any(each.state in open_ones for each in life.messages.values())
