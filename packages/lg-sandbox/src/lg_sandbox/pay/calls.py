# SPDX-License-Identifier: MIT
"""What a request to the API is, and what is fixed about each operation.

To add an operation: name it in `Operation`, write its handler and its `Rule` in a module of its
subject (`payments_api.py`, `refunds_api.py`, ...), and add that module's rules to `api.RULES`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from lg_sandbox.answers import Answer
from lg_sandbox.pay.errors import Code
from lg_sandbox.pay.limits import Bucket
from lg_sandbox.pay.machine import Action
from lg_sandbox.pay.model import Account, Payment
from lg_sandbox.pay.office import Office
from lg_sandbox.pay.wire import payment_body

__all__ = ["Call", "Operation", "Rule", "Work"]


class Operation(StrEnum):
    """The operations of the API, as faults and records name them."""

    CREATE_PAYMENT = "create_payment"
    GET_PAYMENT = "get_payment"
    GET_PAYMENT_EVENTS = "get_payment_events"
    CANCEL_PAYMENT = "cancel_payment"
    CAPTURE_PAYMENT = "capture_payment"
    SEARCH_PAYMENTS = "search_payments"
    CREATE_REFUND = "create_refund"
    GET_REFUND = "get_refund"
    GET_PAYMENT_REFUNDS = "get_payment_refunds"
    SEARCH_REFUNDS = "search_refunds"
    SEARCH_DISPUTES = "search_disputes"
    CREATE_AGREEMENT = "create_agreement"
    GET_AGREEMENT = "get_agreement"
    SEARCH_AGREEMENTS = "search_agreements"
    CANCEL_AGREEMENT = "cancel_agreement"
    SEND_CARD_DETAILS = "send_card_details"


@dataclass(frozen=True, slots=True)
class Call:
    """A request to the API.

    Args:
        operation: what is asked for.
        authorization: the header of that name.
        idempotency_key: the header of that name.
        content_type: the header of that name.
        accept: the header of that name.
        body: the body as it came.
        base: the address of the API, for links.
        ids: the ids in the path, by name.
        query: the parameters behind the question mark, in their order.
    """

    operation: Operation
    authorization: str | None = field(repr=False)
    idempotency_key: str | None = field(repr=False)
    content_type: str | None
    accept: str | None
    body: bytes = field(repr=False)
    base: str
    ids: Mapping[str, str] = field(repr=False)
    query: tuple[tuple[str, str], ...] = field(default=(), repr=False)

    @property
    def payment_id(self) -> str:
        """Pay's id of the payment in the path; empty where the path has none."""
        return self.ids.get("payment_id", "")


@dataclass(frozen=True, slots=True)
class Work:
    """A call with what is needed to answer it. Whoever holds one holds the office's lock.

    Args:
        call: the request.
        office: the state of the stand-in.
        account: who asks.
        now: the instant on the virtual clock.
    """

    call: Call
    office: Office
    account: Account
    now: datetime

    def payment(self) -> Payment:
        """Return the payment in the path.

        Raises:
            UnknownPaymentError: when there is none, or it is another account's.
        """
        return self.office.book.get(self.call.payment_id, now=self.now, account=self.account.id)

    def act(self, action: Action) -> Payment:
        """Let something happen to the payment in the path.

        Args:
            action: what happens.

        Returns:
            The payment as it is then.

        Raises:
            UnknownPaymentError: when there is none, or it is another account's.
            NotAllowedError: when its state does not allow it.
        """
        payment = self.payment()
        return self.office.book.act(payment.id, action, now=self.now, account=self.account)

    def body(self, payment: Payment) -> dict[str, Any]:
        """Write a payment, with a fresh token for the payer's page.

        Args:
            payment: the payment.

        Returns:
            The body of the answer.
        """
        token = self.office.book.issue_token(payment, now=self.now)
        return payment_body(payment, base=self.call.base, token=token)


@dataclass(frozen=True, slots=True)
class Rule:
    """What is fixed about one operation.

    Args:
        operation: which.
        method: the HTTP method.
        path: the path, with the names of its ids in braces.
        bucket: with which requests it is counted.
        handler: answers it; raises `Refusal` or an `UnknownRecordError`.
        failed: the code of Pay's own 500.
        not_found: the code where the id in the path is nobody's; None where there is no id.
        conflict: the code of two requests that race; None where there is nothing of the kind.
        needs_json: whether it has a body, which then has to be named as JSON.
        who: says who asks, for an operation without a Bearer key; raises `Refusal`.
    """

    operation: Operation
    method: str
    path: str
    bucket: Bucket
    handler: Callable[[Work], Answer]
    failed: Code
    not_found: Code | None = None
    conflict: Code | None = None
    needs_json: bool = False
    who: Callable[[Call, Office], Account] | None = None
