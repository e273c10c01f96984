# SPDX-License-Identifier: MIT
"""What the payment book refuses, as types.

LgError
├── PaymentBeingOpenedError     another request is opening the same payment at this moment
├── NotInBookError              the book has no payment with this id
├── PaymentMismatchError        GOV.UK Pay's payment is not the one that the book asked for
├── CannotGiveUpError           the payment has ended, so there is nothing to give up
└── MoneyAtStakeError           an entry cannot be erased: its payment is open, or not acted on
"""

from lg_core.errors import LgError
from lg_core.texts import Text
from lg_pay.payer_messages import CANNOT_START

__all__ = [
    "CannotGiveUpError",
    "MoneyAtStakeError",
    "NotInBookError",
    "PaymentBeingOpenedError",
    "PaymentMismatchError",
]


class PaymentBeingOpenedError(LgError):
    """Another request is opening the same payment, and has not finished. Try again in a moment.

    No second payment was made, and none may be made by another way: call `begin()` again.
    """

    def __init__(self) -> None:
        super().__init__(
            "Another request is opening this payment at this moment, so none was opened here. "
            "Let the payer try again: begin() then returns the payment that the other one opened."
        )

    @property
    def payer_message(self) -> Text:
        """What to tell the payer, in English and Welsh."""
        return CANNOT_START


class NotInBookError(LgError):
    """The book has no payment with this id.

    Args:
        doing: what was to be done, such as `submitted()`.
    """

    def __init__(self, doing: str) -> None:
        super().__init__(
            f"{doing}: the book holds no payment with this payment_id. Use the id of an entry "
            "that begin() or find() returned, with the same database."
        )


class PaymentMismatchError(LgError):
    """GOV.UK Pay's payment is not the one that the book asked for. Nothing was changed.

    Args:
        field: what differs: `payment_id`, `amount` or `reference`.
    """

    def __init__(self, field: str) -> None:
        super().__init__(
            f"The payment's {field} is not the one in the book, so the book was left as it was. "
            "Look at both: the payment in the GOV.UK Pay admin tool, the entry with find()."
        )
        self.field = field


class CannotGiveUpError(LgError):
    """The payment is not open, so it is not given up. Nothing was changed.

    Args:
        paid: whether it is paid, or ended in a way that may be.
    """

    def __init__(self, *, paid: bool) -> None:
        why = (
            "It is paid, or may be: act on it, or refund it"
            if paid
            else "It has ended without money, and another attempt may be begun"
        )
        super().__init__(
            f"The payment is not open, so it was not given up. {why}. Look at it with find()."
        )
        self.paid = paid


class MoneyAtStakeError(LgError):
    """Entries cannot be erased yet: a payment is open, or its news has not been acted on.

    Args:
        count: how many entries stand in the way.
    """

    def __init__(self, count: int) -> None:
        super().__init__(
            f"{count} of the entries cannot be erased: the payment is open, the money came and "
            "submitted() was never called, or it could not be taken after all and undone() was "
            "never called. Nothing was erased. Cancel what is open, act on the others, and erase "
            "again."
        )
        self.count = count
