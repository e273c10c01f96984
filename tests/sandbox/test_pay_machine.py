"""lg_sandbox.pay.machine: how a payment may go, and how it may not."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from examples import examples
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from lg_sandbox.pay.machine import (
    TRANSITIONS,
    Action,
    NotAllowedError,
    apply,
    due_expiry,
    settle_time,
)
from lg_sandbox.pay.model import Event, Payment, Provider, State

NOW = datetime(2026, 3, 28, 12, tzinfo=UTC)


def payment(state: State = State.CREATED) -> Payment:
    """Make a payment in a state."""
    return Payment(
        id="hu20sqlact5260q2nanm0q8u93",
        account="test",
        provider=Provider.SANDBOX,
        amount=1200,
        reference="R",
        description="D",
        return_url="https://example.org/",
        created_at=NOW,
        state=state,
        history=(Event(state, NOW),),
        touched_at=NOW,
    )


ENDS = [State.CAPTURED, *(state for state in State if state.finished and state.code)]


@pytest.mark.parametrize("state", list(State))
@pytest.mark.parametrize("action", list(Action))
def test_only_what_the_table_names_is_allowed(state: State, action: Action) -> None:
    """Each pair of state and action either leads where the table says, or is refused."""
    expected = TRANSITIONS.get((state, action))

    if expected is None:
        with pytest.raises(NotAllowedError) as caught:
            apply(payment(state), action, now=NOW)
        assert (state, action) == (caught.value.state, caught.value.action)
    else:
        assert expected is apply(payment(state), action, now=NOW).state


@pytest.mark.parametrize("state", ENDS)
def test_an_end_is_an_end(state: State) -> None:
    """Nothing leads out of a payment that was captured, failed or cancelled."""
    assert {state} >= {to for (start, _), to in TRANSITIONS.items() if start is state}


def test_money_is_taken_on_one_way_only() -> None:
    """CAPTURED is entered from SUCCESS, by the provider, and from nowhere else."""
    ways = [way for way, to in TRANSITIONS.items() if to is State.CAPTURED]

    assert {(State.SUCCESS, Action.TAKE_MONEY), (State.CAPTURED, Action.CAPTURE)} == set(ways)


@pytest.mark.parametrize(
    ("state", "status", "code"),
    [
        (State.REJECTED, "failed", "P0010"),
        (State.EXPIRED, "failed", "P0020"),
        (State.CANCELLED_BY_PAYER, "failed", "P0030"),
        (State.CANCELLED_BY_SERVICE, "cancelled", "P0040"),
        (State.ERROR, "error", "P0050"),
        (State.CAPTURABLE, "capturable", None),
        (State.CAPTURED, "success", None),
    ],
)
def test_a_state_shows_pays_status_and_code(state: State, status: str, code: str | None) -> None:
    """What went wrong is told by the code."""
    assert (status, code) == (payment(state).status, payment(state).code)


def test_a_payment_expires_after_ninety_minutes() -> None:
    """Not a second earlier; and the event carries the time that was due."""
    due = NOW + timedelta(seconds=5_400)

    assert State.CREATED is settle_time(payment(), now=due - timedelta(seconds=1)).state
    late = settle_time(payment(), now=due + timedelta(days=3))
    assert (State.EXPIRED, due) == (late.state, late.history[-1].at)


def test_a_payment_touched_just_now_is_left_alone() -> None:
    """The sweep skips what changed in the last 300 seconds, so 90 minutes is a minimum."""
    touched = NOW + timedelta(seconds=5_399)
    visited = apply(payment(), Action.VISIT, now=touched)

    assert touched + timedelta(seconds=300) == due_expiry(visited)
    assert State.STARTED is settle_time(visited, now=touched + timedelta(seconds=299)).state
    assert State.EXPIRED is settle_time(visited, now=touched + timedelta(seconds=300)).state


def test_a_capturable_payment_lives_five_days() -> None:
    """120 hours from its creation, not from its authorisation."""
    waiting = replace(payment(State.CAPTURABLE), touched_at=NOW + timedelta(minutes=10))

    assert NOW + timedelta(hours=120) == due_expiry(waiting)


@pytest.mark.parametrize("state", [state for state in State if state.finished])
def test_a_finished_payment_never_expires(state: State) -> None:
    """Time changes nothing that is over."""
    assert due_expiry(payment(state)) is None


class PaymentLife(RuleBasedStateMachine):
    """Any actions at any times, tried on one payment."""

    def __init__(self) -> None:
        super().__init__()
        self.now = NOW
        self.payment = payment()
        self.captures = 0
        self.ended: State | None = None

    @rule(action=st.sampled_from(list(Action)))
    def act(self, action: Action) -> None:
        """Try an action; count the money; remember the first end."""
        self.payment = settle_time(self.payment, now=self.now)
        before = self.payment
        try:
            self.payment = apply(before, action, now=self.now)
        except NotAllowedError:
            assert before is self.payment
        self.captures += before.captured_at is None and self.payment.captured_at is not None

    @rule(seconds=st.floats(0, 500_000))
    def wait(self, seconds: float) -> None:
        """Let time pass."""
        self.now += timedelta(seconds=seconds)

    @rule()
    def look(self) -> None:
        """Looking twice shows the same."""
        self.payment = settle_time(self.payment, now=self.now)
        assert self.payment is settle_time(self.payment, now=self.now)

    @precondition(lambda self: self.payment.finished)
    @rule()
    def remember_the_end(self) -> None:
        """Keep the first final state seen."""
        self.ended = self.ended or self.payment.state

    @invariant()
    def money_moves_once_at_most(self) -> None:
        """No path charges twice, and a payment without success is not charged."""
        assert self.captures <= 1
        assert self.payment.charged == (self.payment.state is State.CAPTURED)

    @invariant()
    def the_end_stays_the_end(self) -> None:
        """Only a success may still become an error, or be captured."""
        allowed = {self.ended}
        if self.ended is State.SUCCESS:
            allowed |= {State.ERROR, State.CAPTURED}
        assert self.ended is None or self.payment.state in allowed

    @invariant()
    def events_tell_the_same_story(self) -> None:
        """Events begin with created, are in order, change the status, and end with the state."""
        history = self.payment.history
        assert State.CREATED is history[0].state
        assert self.payment.status == history[-1].state.status
        assert sorted(event.at for event in history) == [event.at for event in history]
        for earlier, later in pairwise(history):
            assert earlier.state.status != later.state.status
            assert not earlier.state.finished or earlier.state.status == "success"


PaymentLife.TestCase.settings = settings(
    max_examples=examples(100), stateful_step_count=30, deadline=None
)
TestPaymentLife = PaymentLife.TestCase
