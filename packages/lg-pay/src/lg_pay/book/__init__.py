# SPDX-License-Identifier: MIT
"""The payment book: one open payment for each thing to pay for, and what became of it.

    with PaymentBook("sqlite:///payments.db") as book:
        begun = book.begin(pay, new, service="garden-waste", case="GW-0001")
        # send the payer to begun.next_url; where it is None, the payment needs no payer now

Needs the extra `lg-pay[book]`. `PaymentBook` and `AsyncPaymentBook` are in `lg_pay`.
"""

from typing import TYPE_CHECKING

from lg_core.lazy import lazy_names

if TYPE_CHECKING:
    from lg_pay.book._entries import (
        CONTRADICTED,
        LATE_SUCCESS,
        Begun,
        BookedPayment,
        BookState,
        Change,
        News,
    )
    from lg_pay.book._schema import BOOK_SCHEMA
    from lg_pay.book.errors import (
        CannotGiveUpError,
        MoneyAtStakeError,
        NotInBookError,
        PaymentBeingOpenedError,
        PaymentMismatchError,
    )

__all__ = [
    "BOOK_SCHEMA",
    "CONTRADICTED",
    "LATE_SUCCESS",
    "Begun",
    "BookState",
    "BookedPayment",
    "CannotGiveUpError",
    "Change",
    "MoneyAtStakeError",
    "News",
    "NotInBookError",
    "PaymentBeingOpenedError",
    "PaymentMismatchError",
]

if not TYPE_CHECKING:
    __getattr__ = lazy_names(
        __name__,
        {
            "BOOK_SCHEMA": "lg_pay.book._schema",
            **dict.fromkeys(
                (
                    "CONTRADICTED",
                    "LATE_SUCCESS",
                    "Begun",
                    "BookState",
                    "BookedPayment",
                    "Change",
                    "News",
                ),
                "lg_pay.book._entries",
            ),
            **dict.fromkeys(
                (
                    "CannotGiveUpError",
                    "MoneyAtStakeError",
                    "NotInBookError",
                    "PaymentBeingOpenedError",
                    "PaymentMismatchError",
                ),
                "lg_pay.book.errors",
            ),
        },
    )
