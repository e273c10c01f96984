# SPDX-License-Identifier: MIT
"""How a payment moves from state to state: a table, and one function that follows it.

Sources: API reference, 'Payment status lifecycle' and 'Payment status meanings'; connector code,
`PaymentGatewayStateTransitions`, `StatusFlow` (who may end an unfinished payment) and
`ChargeExpiryService`. No path charges twice: money is taken only on the way into CAPTURED, and
nothing leads out of CAPTURED.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from enum import Enum

from lg_sandbox.pay.model import Event, Payment, State

__all__ = ["TRANSITIONS", "Action", "NotAllowedError", "apply", "due_expiry", "settle_time"]


class Action(Enum):
    """What can happen to a payment."""

    VISIT = "visit"
    """The payer opens the card page."""
    AUTHORISE = "authorise"
    """The provider accepts the card."""
    REJECT = "reject"
    """The provider declines the card."""
    FAIL = "fail"
    """The provider breaks."""
    CONFIRM = "confirm"
    """The payer confirms."""
    CONFIRM_DELAYED = "confirm_delayed"
    """The payer confirms, and the service wants to capture by itself."""
    CAPTURE = "capture"
    """The service captures."""
    TAKE_MONEY = "take_money"
    """The provider takes the money."""
    CAPTURE_FAILS = "capture_fails"
    """The provider cannot take the money."""
    CANCEL_BY_PAYER = "cancel_by_payer"
    CANCEL_BY_SERVICE = "cancel_by_service"
    EXPIRE = "expire"


class NotAllowedError(Exception):
    """An action that the state does not allow. The payment is as it was.

    Args:
        state: where the payment stands.
        action: what was tried.
    """

    def __init__(self, state: State, action: Action) -> None:
        super().__init__(f"A payment that is {state.name} cannot {action.value}.")
        self.state = state
        self.action = action


# connector code, `ExpirableChargeStatus`: what can still be ended by the payer, the service or
# time. All unfinished states, the capturable one among them.
_UNFINISHED = (State.CREATED, State.STARTED, State.SUBMITTED, State.CAPTURABLE)

TRANSITIONS: dict[tuple[State, Action], State] = {
    # connector code: CREATED -> ENTERING CARD DETAILS, shown as `started`; a second visit of the
    # same payer changes nothing.
    (State.CREATED, Action.VISIT): State.STARTED,
    (State.STARTED, Action.VISIT): State.STARTED,
    (State.SUBMITTED, Action.VISIT): State.SUBMITTED,
    # API reference, 'Payment status meanings': submitted, failed P0010, error P0050.
    (State.STARTED, Action.AUTHORISE): State.SUBMITTED,
    (State.STARTED, Action.REJECT): State.REJECTED,
    (State.STARTED, Action.FAIL): State.ERROR,
    # connector code, the same without pages: under an agreement, and by `POST /v1/auth`.
    (State.CREATED, Action.AUTHORISE): State.SUBMITTED,
    (State.CREATED, Action.REJECT): State.REJECTED,
    (State.CREATED, Action.FAIL): State.ERROR,
    # connector code: AUTHORISATION SUCCESS -> CAPTURE APPROVED (`success`), or AWAITING CAPTURE
    # REQUEST (`capturable`) with delayed capture.
    (State.SUBMITTED, Action.CONFIRM): State.SUCCESS,
    (State.SUBMITTED, Action.CONFIRM_DELAYED): State.CAPTURABLE,
    (State.CAPTURABLE, Action.CAPTURE): State.SUCCESS,
    # connector code, `DelayedCaptureService`: a second capture of the same payment is no error.
    (State.SUCCESS, Action.CAPTURE): State.SUCCESS,
    (State.CAPTURED, Action.CAPTURE): State.CAPTURED,
    (State.SUCCESS, Action.TAKE_MONEY): State.CAPTURED,
    # connector code: CAPTURE APPROVED -> CAPTURE ERROR, after the payer saw success.
    (State.SUCCESS, Action.CAPTURE_FAILS): State.ERROR,
    **{(state, Action.CANCEL_BY_PAYER): State.CANCELLED_BY_PAYER for state in _UNFINISHED[:3]},
    **{(state, Action.CANCEL_BY_SERVICE): State.CANCELLED_BY_SERVICE for state in _UNFINISHED},
    **{(state, Action.EXPIRE): State.EXPIRED for state in _UNFINISHED},
}
"""Which action leads from which state to which. What is not here is not allowed."""

# API reference, 'Payment status meanings', P0020: 90 minutes; technical documentation, 'Delay
# taking a payment': 5 days from creation.
_LIFE = timedelta(seconds=5_400)
_CAPTURABLE_LIFE = timedelta(hours=120)
# connector code, expiry sweep: a charge that changed in the last 300 seconds is left alone.
_GUARD = timedelta(seconds=300)


def apply(payment: Payment, action: Action, *, now: datetime) -> Payment:
    """Follow the table one step.

    Args:
        payment: the payment as it is.
        action: what happens.
        now: when.

    Returns:
        The payment as it is then. The same object when nothing changed.

    Raises:
        NotAllowedError: when the state does not allow it.
    """
    try:
        state = TRANSITIONS[payment.state, action]
    except KeyError:
        raise NotAllowedError(payment.state, action) from None
    if state is payment.state:
        return payment
    history = payment.history
    # connector code, `ChargeEventsResource`: events show a change of the public status only, so
    # the capture behind a success adds none.
    if state.status != payment.state.status:
        history = (*history, Event(state, now))
    return replace(
        payment,
        state=state,
        history=history,
        touched_at=now,
        capture_submitted_at=(now if state is State.SUCCESS else payment.capture_submitted_at),
        captured_at=now if state is State.CAPTURED else payment.captured_at,
    )


def due_expiry(payment: Payment) -> datetime | None:
    """Return when an unfinished payment expires, or None for a finished one.

    Args:
        payment: the payment as it is.

    Returns:
        The later of its end of life and 300 seconds after its last change.
    """
    if payment.finished:
        return None
    life = _CAPTURABLE_LIFE if payment.state is State.CAPTURABLE else _LIFE
    return max(payment.created_at + life, payment.touched_at + _GUARD)


def settle_time(payment: Payment, *, now: datetime) -> Payment:
    """Expire a payment whose time is over.

    The event carries the instant at which it was due, so that it does not matter when somebody
    looks.

    Args:
        payment: the payment as it was last seen.
        now: the instant on the virtual clock.

    Returns:
        The payment as it is now.
    """
    due = due_expiry(payment)
    if due is None or now < due:
        return payment
    return apply(payment, Action.EXPIRE, now=due)
