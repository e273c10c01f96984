# SPDX-License-Identifier: MIT
"""What became of a refund whose answer was lost: certain, or unknown; never guessed."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st
from pay.payments import full_answer

from lg_core.money import Pence
from lg_pay import Payment, Refunds
from lg_pay.refund_outcome import RefundOutcome, refund_outcome

START = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
PAID = 5000


@dataclass(frozen=True)
class Made:
    """A refund as it was made: seconds after the call began, pence, how it ended, and by whom."""

    second: int
    amount: int
    status: str = "success"
    ours: bool = False


def payment(available: int | None, **changes: object) -> Payment:
    """Return the payment as it is read again."""
    summary = {"status": "available", "amount_available": available, "amount_submitted": 0}
    plain = {"amount": PAID, "corporate_card_surcharge": None, "total_amount": None}
    answer = full_answer(**{**plain, "refund_summary": summary, **changes})
    return Payment.model_validate_json(json.dumps(answer))


def refunds(*made: Made) -> Refunds:
    """Return the refunds as they are listed."""
    rows = [
        {
            "refund_id": str(number),
            "amount": each.amount,
            "created_date": (START + timedelta(seconds=each.second)).isoformat(),
            "status": each.status,
        }
        for number, each in enumerate(made)
    ]
    body = {"payment_id": "p", "_embedded": {"refunds": rows}}
    return Refunds.model_validate_json(json.dumps(body))


def judged(
    read: Payment, listed: Refunds, *, amount: int = 100, available: int = PAID
) -> tuple[RefundOutcome, str | None]:
    """Return what is concluded, and the id of the refund."""
    found = refund_outcome(
        read, listed, amount=Pence(amount), available=Pence(available), since=START
    )
    return found.outcome, found.refund.refund_id if found.refund else None


def test_the_one_refund_since_the_call_is_ours() -> None:
    """The amount fell by exactly that, and the list accounts for all of it."""
    assert (RefundOutcome.MADE, "0") == judged(payment(4900), refunds(Made(0, 100)))
    assert (RefundOutcome.MADE, "1") == judged(
        payment(4800), refunds(Made(-60, 100), Made(1, 100)), available=4900
    )


def test_a_refund_of_the_same_millisecond_is_ours() -> None:
    """Pay cuts what is below a millisecond off, so the refund seems older than its own call."""
    since = START + timedelta(microseconds=999)
    made = refund_outcome(
        payment(4900),
        refunds(Made(0, 100)),
        amount=Pence(100),
        available=Pence(PAID),
        since=since,
    )

    assert RefundOutcome.MADE is made.outcome
    assert (
        RefundOutcome.UNKNOWN
        is refund_outcome(
            payment(4900),
            refunds(Made(0, 100)),
            amount=Pence(100),
            available=Pence(PAID),
            since=since + timedelta(microseconds=1),
        ).outcome
    )


def test_a_surcharge_is_part_of_what_was_paid() -> None:
    """What can be refunded includes it."""
    surcharged = payment(5150, total_amount=5250, corporate_card_surcharge=250)

    assert RefundOutcome.MADE is judged(surcharged, refunds(Made(1, 100)), available=5250)[0]


def test_nothing_refunded_means_not_yet() -> None:
    """The amount is what the caller saw, and no refund was made since."""
    assert (RefundOutcome.NOT_YET, None) == judged(payment(PAID), refunds())
    assert (RefundOutcome.NOT_YET, None) == judged(
        payment(4900), refunds(Made(-60, 100)), available=4900
    )


def test_what_does_not_fit_exactly_is_unknown() -> None:
    """Each of these could be ours or somebody else's."""
    cases = {
        "no summary": (payment(None), refunds(Made(1, 100))),
        "no summary at all": (payment(0, refund_summary=None), refunds(Made(1, 100))),
        "not listed yet": (payment(4900), refunds()),
        "half of it listed": (payment(4800), refunds(Made(1, 100))),
        "staff refunded before the call": (payment(4900), refunds(Made(-1, 100))),
        "staff refunded another amount": (payment(4700), refunds(Made(1, 300))),
        "two that add up": (payment(4900), refunds(Made(1, 40), Made(2, 60))),
        "two of the amount": (payment(4800), refunds(Made(1, 100), Made(2, 100))),
        "one failed, one made": (payment(4900), refunds(Made(1, 100, "error"), Made(2, 100))),
        "made while an old one failed": (
            payment(PAID),
            refunds(Made(-60, 100, "error"), Made(1, 100)),
        ),
    }

    assert dict.fromkeys(cases, RefundOutcome.UNKNOWN) == {
        name: judged(*case)[0] for name, case in cases.items()
    }


OTHERS = st.builds(Made, st.integers(-5, 5), st.sampled_from([40, 60, 100, 200]))


@given(
    others=st.lists(OTHERS, max_size=4),
    went_through=st.booleans(),
    ours_at=st.integers(0, 5),
    listed=st.integers(0, 5),
)
def test_no_refund_is_said_to_be_made_that_was_not(
    *, others: list[Made], went_through: bool, ours_at: int, listed: int
) -> None:
    """'Made' means that the amount left once since the caller looked, whatever staff do.

    The refund returned is of that amount, and with nobody else at work it is the caller's own.
    """
    earlier = [each for each in others if each.second < 0]
    later = [each for each in others if each.second >= 0]
    available = PAID - sum(each.amount for each in earlier)
    ours = [Made(ours_at, 100, ours=True)] if went_through else list[Made]()
    made = sorted([*earlier, *later, *ours], key=lambda each: each.second)
    now = PAID - sum(each.amount for each in made)

    outcome, refund_id = judged(
        payment(now), refunds(*made[: len(made) - min(listed, len(made))]), available=available
    )

    if outcome is RefundOutcome.MADE:
        assert refund_id is not None
        assert 100 == made[int(refund_id)].amount
        assert available - now == 100
        assert went_through or len(later) == 1
    if outcome is RefundOutcome.NOT_YET:
        assert not went_through
        assert not later
