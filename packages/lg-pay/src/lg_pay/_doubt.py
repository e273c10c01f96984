# SPDX-License-Identifier: MIT
"""What to do with a call whose outcome is unknown: how long to look, and what to say. Pure."""

from lg_core.errors import LgError, OutcomeUnknownError
from lg_pay.agreement import Agreement, AgreementStatus
from lg_pay.payment import Payment, PaymentStatus
from lg_pay.refund_outcome import RefundOutcome

__all__ = [
    "is_cancelled",
    "is_captured",
    "is_ended",
    "still_unknown",
    "time_to_act",
    "unknown_refund",
]

_SHARE, _MOST = 1 / 3, 10.0
_FIND_OUT = {
    RefundOutcome.NOT_YET: "When the payment was read again, nothing had been refunded. The call "
    "may be made again with the same available=: GOV.UK Pay refuses it (RefundMismatchError) if "
    "the first one goes through after all.",
    RefundOutcome.UNKNOWN: "Get the payment and its refunds in some minutes, when GOV.UK Pay lists "
    "them all. The call may be made again with the same available=, which cannot refund twice. "
    "Never make it again with another available= before you know.",
}


def time_to_act(limit: float) -> float:
    """Return the seconds that a call may take of all there are; the rest is for finding out."""
    return limit - min(limit * _SHARE, _MOST)


def is_cancelled(payment: Payment) -> bool:
    """Say whether a payment was cancelled by its service."""
    return payment.state.status == PaymentStatus.CANCELLED


def is_captured(payment: Payment) -> bool:
    """Say whether the money of a payment with delayed capture is being taken."""
    return payment.state.status == PaymentStatus.SUCCESS


def is_ended(agreement: Agreement) -> bool:
    """Say whether an agreement was cancelled."""
    return agreement.status == AgreementStatus.CANCELLED


def still_unknown(doubt: OutcomeUnknownError, also: LgError) -> OutcomeUnknownError:
    """Note on an unknown outcome that looking for it failed too."""
    return doubt.after((*doubt.previous, also))


def unknown_refund(doubt: OutcomeUnknownError, outcome: RefundOutcome) -> OutcomeUnknownError:
    """Say on an unknown refund what was found, and what to do next."""
    find_out = _FIND_OUT[outcome]
    return OutcomeUnknownError(
        doubt.message.removesuffix(doubt.find_out) + find_out,
        reason=doubt.reason,
        find_out=find_out,
        safe_to_repeat=doubt.safe_to_repeat,
        capability=doubt.capability,
        status=doubt.status,
        request_id=doubt.request_id,
        attempts=doubt.attempts,
        previous=doubt.previous,
    )
