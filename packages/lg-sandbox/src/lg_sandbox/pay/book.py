# SPDX-License-Identifier: MIT
"""All payments of the stand-in, with the tokens that open the payer's pages.

Not safe between threads: the stand-in calls it under its one lock.
"""

import secrets
import uuid
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from lg_sandbox.pay.bank import Bank
from lg_sandbox.pay.cards import Card, Outcome
from lg_sandbox.pay.errors import UnknownRecordError
from lg_sandbox.pay.keys import new_id
from lg_sandbox.pay.machine import Action, apply, settle_time
from lg_sandbox.pay.model import (
    Account,
    Address,
    AuthorisationMode,
    CardDetails,
    Charge,
    Event,
    Payment,
    State,
)
from lg_sandbox.pay.money import EntryKind, LedgerEntry, Refund
from lg_sandbox.pay.shelf import Shelf
from lg_sandbox.pay.validation import NewPayment

__all__ = ["Book", "Change", "PayerDetails", "UnknownPaymentError"]

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


class UnknownPaymentError(UnknownRecordError):
    """There is no such payment for this account."""


@dataclass(frozen=True, slots=True)
class PayerDetails:
    """What a payer typed besides the card number. The security code is never kept."""

    cardholder_name: str
    expiry_date: str
    address: Address
    email: str | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """Something that happened to a payment, for whoever watches the book.

    Args:
        payment: the payment as it is now.
        before: the payment as it was; None for a new one.
        at: when.
        refund: the refund that changed it, where it was one.
    """

    payment: Payment
    before: Payment | None
    at: datetime
    refund: Refund | None = None


@dataclass(slots=True)
class _Token:
    payment_id: str
    issued_at: datetime
    used: bool = False


class Book:
    """The payments, by id, oldest first.

    Args:
        bank: where money that moves is noted.
        lag: says how far an account's searches lag behind.
    """

    def __init__(self, *, bank: Bank, lag: Callable[[str], timedelta]) -> None:
        self.shelf: Shelf[Payment] = Shelf(
            settle=lambda payment, at: settle_time(payment, now=at),
            ages=lambda payment: not payment.finished,
            key=lambda payment: payment.reference.lower(),
        )
        self.charges: list[Charge] = []
        self.watchers: list[Callable[[Change], None]] = []
        self._bank = bank
        self._lag = lag
        self._tokens: dict[str, _Token] = {}

    def all(self, *, now: datetime) -> tuple[Payment, ...]:
        """Return every payment as it is now, oldest first."""
        return tuple(self._settled(payment, now=now) for payment in list(self.shelf))

    def get(self, payment_id: str, *, now: datetime, account: str | None = None) -> Payment:
        """Return a payment as it is now: expired, when its time is over.

        Args:
            payment_id: Pay's id.
            now: the instant on the virtual clock.
            account: the account that asks; any when None.

        Raises:
            UnknownPaymentError: when there is none, or it is another account's.
        """
        payment = self.shelf.get(payment_id)
        if payment is None or account not in (None, payment.account):
            raise UnknownPaymentError
        return self._settled(payment, now=now)

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
            agreement_id=new.agreement_id or new.set_up_agreement,
            sets_up_agreement=new.set_up_agreement is not None,
        )
        return self._keep(payment, before=None, at=now, now=now)

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
            payment = self._take(payment, account=account, now=now)
        elif payment.state is State.REJECTED and account.takes_fees and account.failed_fee:
            # spec, `fee` and `net_amount`: a payment that failed may have cost something.
            payment = self._charge(payment, account.failed_fee, now=now)
        if payment is before:
            return before
        return self._keep(payment, before=before, at=now, now=now)

    def change(self, payment: Payment, *, now: datetime, refund: Refund | None = None) -> Payment:
        """Keep what another part of the stand-in made of a payment.

        Args:
            payment: the payment as it is now.
            now: when.
            refund: the refund that changed it, where it was one.
        """
        return self._keep(
            payment, before=self.shelf.get(payment.id), at=now, now=now, refund=refund
        )

    def authorise(
        self, payment_id: str, card: Card, details: PayerDetails, *, now: datetime, account: Account
    ) -> Payment:
        """Send a card to the provider, and keep what Pay keeps of it."""
        action = _ACTIONS[card.outcome]
        payment = self.get(payment_id, now=now)
        apply(payment, action, now=now)  # raises before anything is kept
        # technical documentation, 'Add corporate card fees': it depends on the card alone.
        taken = card.corporate and card.outcome is Outcome.ACCEPTED
        surcharge = account.corporate_surcharge if taken else 0
        self.change(
            replace(
                payment,
                surcharge=surcharge,
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
            ),
            now=now,
        )
        return self.act(payment_id, action, now=now, account=account)

    def issue_token(self, payment: Payment, *, now: datetime) -> str | None:
        """Make a fresh token for the payer's page.

        Source: API reference, `_links.next_url` (once for each fetch); connector code,
        `needsNextUrl` (not for what is finished or waits for the service's capture).
        """
        if payment.finished or payment.state is State.CAPTURABLE:
            return None
        if payment.authorisation_mode is AuthorisationMode.AGREEMENT:
            return None  # nobody visits a page
        token = secrets.token_hex(16)
        self._tokens[token] = _Token(payment.id, now)
        return token

    def token_of(self, token: str) -> str | None:
        """Return the id of the payment that a token was made for, used or not; else None."""
        kept = self._tokens.get(token)
        return None if kept is None else kept.payment_id

    def use_token(self, token: str, *, now: datetime) -> str | None:
        """Use a token up, and return the payment's id; None when it is unknown, used or old."""
        kept = self._tokens.get(token)
        if kept is None or kept.used or now - kept.issued_at > _TOKEN_LIFE:
            return None
        kept.used = True
        return kept.payment_id

    def _take(self, payment: Payment, *, account: Account, now: datetime) -> Payment:
        """Note that the payer's money was taken, and what the provider keeps of it."""
        amount = payment.total_amount
        self.charges.append(Charge(payment.id, payment.account, amount, payment.reference, now))
        self._move(EntryKind.PAYMENT, payment, amount, now=now)
        if not account.takes_fees:
            return payment
        return self._charge(payment, account.fee_plan(amount), now=now)

    def _charge(self, payment: Payment, fee: int, *, now: datetime) -> Payment:
        self._move(EntryKind.FEE, payment, -fee, now=now)
        return replace(payment, fee=fee)

    def _move(self, kind: EntryKind, payment: Payment, amount: int, *, now: datetime) -> None:
        self._bank.move(LedgerEntry(kind, payment.id, payment.id, payment.account, amount, now))

    def _settled(self, payment: Payment, *, now: datetime) -> Payment:
        """Let time act on a payment. What it did is dated when it was due."""
        settled = settle_time(payment, now=now)
        if settled is payment:
            return payment
        return self._keep(settled, before=payment, at=settled.touched_at, now=now)

    def _keep(
        self,
        payment: Payment,
        *,
        before: Payment | None,
        at: datetime,
        now: datetime,
        refund: Refund | None = None,
    ) -> Payment:
        self.shelf.put(payment, seen_at=at + self._lag(payment.account), now=now)
        change = Change(payment, before, at, refund)
        for watcher in self.watchers:
            watcher(change)
        return payment
