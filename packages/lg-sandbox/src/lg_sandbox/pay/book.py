# SPDX-License-Identifier: MIT
"""All payments of the stand-in, with the tokens that open the payer's pages and the money moved.

Not safe between threads: the stand-in calls it under its one lock.
"""

import secrets
import uuid
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from lg_sandbox.pay.cards import Card, Outcome
from lg_sandbox.pay.keys import new_id
from lg_sandbox.pay.machine import Action, apply, settle_time
from lg_sandbox.pay.model import (
    Account,
    Address,
    CardDetails,
    Charge,
    Event,
    Payment,
    State,
)
from lg_sandbox.pay.validation import NewPayment

__all__ = ["Book", "PayerDetails", "UnknownPaymentError"]

# technical documentation and connector code: a next_url token lives 7 days.
_TOKEN_LIFE = timedelta(days=7)

_ACTIONS = {
    Outcome.ACCEPTED: Action.AUTHORISE,
    Outcome.DECLINED: Action.REJECT,
    Outcome.EXPIRED: Action.REJECT,
    Outcome.WRONG_CVC: Action.REJECT,
    Outcome.NOT_ACCEPTED: Action.REJECT,
    Outcome.PROVIDER_ERROR: Action.FAIL,
}


class UnknownPaymentError(LookupError):
    """There is no such payment for this account."""


@dataclass(frozen=True, slots=True)
class PayerDetails:
    """What a payer typed besides the card number. The security code is never kept."""

    cardholder_name: str
    expiry_date: str
    address: Address
    email: str | None = None


@dataclass(slots=True)
class _Token:
    payment_id: str
    issued_at: datetime
    used: bool = False


class Book:
    """The payments, by id, oldest first."""

    def __init__(self) -> None:
        self._payments: dict[str, Payment] = {}
        self._tokens: dict[str, _Token] = {}
        self.charges: list[Charge] = []

    def all(self, *, now: datetime) -> tuple[Payment, ...]:
        """Return every payment as it is now, oldest first."""
        return tuple(self.get(payment_id, now=now) for payment_id in self._payments)

    def get(self, payment_id: str, *, now: datetime, account: str | None = None) -> Payment:
        """Return a payment as it is now: expired, when its time is over.

        Args:
            payment_id: Pay's id.
            now: the instant on the virtual clock.
            account: the account that asks; any when None.

        Raises:
            UnknownPaymentError: when there is none, or it is another account's.
        """
        payment = self._payments.get(payment_id)
        if payment is None or account not in (None, payment.account):
            raise UnknownPaymentError
        return self._keep(settle_time(payment, now=now))

    def create(self, new: NewPayment, *, account: Account, now: datetime) -> Payment:
        """Open a payment."""
        payment = Payment(
            id=new_id(),
            account=account.id,
            provider=account.provider,
            amount=new.amount,
            reference=new.reference,
            description=new.description,
            return_url=new.return_url,
            created_at=now,
            state=State.CREATED,
            history=(Event(State.CREATED, now),),
            touched_at=now,
            language=new.language,
            delayed_capture=new.delayed_capture,
            moto=new.moto,
            authorisation_mode=new.authorisation_mode,
            metadata=new.metadata,
            email=new.email,
            card=new.card,
        )
        return self._keep(payment)

    def act(self, payment_id: str, action: Action, *, now: datetime, account: Account) -> Payment:
        """Let something happen to a payment, and take the money when that is next.

        Args:
            payment_id: Pay's id.
            action: what happens.
            now: when.
            account: whose payment it is; says whether money is taken at once.

        Raises:
            UnknownPaymentError: when there is no such payment.
            NotAllowedError: when its state does not allow it.
        """
        before = self.get(payment_id, now=now)
        if action is Action.CONFIRM and before.delayed_capture:
            action = Action.CONFIRM_DELAYED
        payment = apply(before, action, now=now)
        if payment.state is State.SUCCESS and account.captures_at_once:
            payment = apply(payment, Action.TAKE_MONEY, now=now)
        if payment.charged and not before.charged:
            self.charges.append(
                Charge(payment.id, payment.account, payment.amount, payment.reference, now)
            )
        return self._keep(payment)

    def authorise(
        self, payment_id: str, card: Card, details: PayerDetails, *, now: datetime, account: Account
    ) -> Payment:
        """Send a card to the provider, and keep what Pay keeps of it."""
        payment = self.act(payment_id, _ACTIONS[card.outcome], now=now, account=account)
        return self._keep(
            replace(
                payment,
                email=details.email or payment.email,
                provider_id=str(uuid.uuid4()),
                card=CardDetails(
                    cardholder_name=details.cardholder_name,
                    billing_address=details.address,
                    brand=card.brand,
                    type=card.type,
                    first_digits=card.first_digits,
                    last_digits=card.last_digits,
                    expiry_date=details.expiry_date,
                ),
            )
        )

    def issue_token(self, payment: Payment, *, now: datetime) -> str | None:
        """Make a fresh token for the payer's page.

        Source: API reference, `_links.next_url` (once for each fetch); connector code,
        `needsNextUrl` (not for what is finished or waits for the service's capture).
        """
        if payment.finished or payment.state is State.CAPTURABLE:
            return None
        token = secrets.token_hex(16)
        self._tokens[token] = _Token(payment.id, now)
        return token

    def use_token(self, token: str, *, now: datetime) -> str | None:
        """Use a token up, and return the payment's id; None when it is unknown, used or old."""
        kept = self._tokens.get(token)
        if kept is None or kept.used or now - kept.issued_at > _TOKEN_LIFE:
            return None
        kept.used = True
        return kept.payment_id

    def _keep(self, payment: Payment) -> Payment:
        self._payments[payment.id] = payment
        return payment
