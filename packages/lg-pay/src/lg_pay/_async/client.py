# SPDX-License-Identifier: MIT
"""The client of GOV.UK Pay: a method an operation, each a line over its `Call`."""

import time
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from typing import Self, TypeVar

from lg_core.calls import Answer, Call
from lg_core.clients import AsyncApiClient, AsyncPages, PageReader
from lg_core.errors import LgError, OutcomeUnknownError
from lg_core.limits import Limiter
from lg_core.money import Pence
from lg_core.network import Network
from lg_core.observers import Observer
from lg_core.transport import AsyncTransport
from lg_pay import _doubt, calls
from lg_pay._credentials import GivenKey, KeyKind, KeyRing, check_for_key, kind_of
from lg_pay._platform import BASE_URL, PAY
from lg_pay.agreement import Agreement, NewAgreement
from lg_pay.dispute import Dispute
from lg_pay.errors import InvalidKeyError
from lg_pay.limits import check_amount
from lg_pay.new_payment import NewPayment
from lg_pay.payment import Payment, PaymentEvents
from lg_pay.refund import Refund, Refunds
from lg_pay.refund_outcome import refund_outcome
from lg_pay.search import AgreementSearch, DisputeSearch, PaymentSearch, RefundSearch

__all__ = ["AsyncPayClient"]

T = TypeVar("T")
P = TypeVar("P")
V = TypeVar("V")


class AsyncPayClient(AsyncApiClient):
    """Calls GOV.UK Pay. Build it once and keep it; threads and tasks may share it.

        async with AsyncPayClient(api_key) as pay:
            payment = await pay.create_payment(new)

    Every method takes `timeout=`: seconds that the call may take, all attempts and waits included.
    Every method may raise `RequestNotSentError`, `OutcomeUnknownError`, `PayError` and
    `ResponseShapeError`: see `lg_core.errors` and `lg_pay.errors`.

    Args:
        api_key: a key of the GOV.UK Pay admin tool; the key says which account, test or live. Or a
            function that gives it: it is asked again when GOV.UK Pay refuses the key, at most once
            a minute, so that a key can be replaced without a restart.
        base_url: GOV.UK Pay's address, or the sandbox's.
        network: how it is reached: proxy, certificates, phases.
        transport: carries the requests instead of the network, for tests.
        observers: who is told of calls.
        limiter: the buckets of the account's rate limits, to share them between clients.
        app: your product and its version, such as `Acme/3.2`, for the User-Agent.
        timeout: seconds that a call may take, all attempts and waits included; 30 by default.
        attempts: how often a call is tried at the most; 4 by default.
        council: the council that the client works for, told to observers.
        provider: the account's payment provider, such as `stripe`: its limits on an amount are then
            checked before a payment is asked for (`lg_pay.limits.amount_limits`).

    Raises:
        ConfigError: an argument cannot be used; the text says which and what to do.
    """

    def __init__(
        self,
        api_key: GivenKey,
        *,
        base_url: str = BASE_URL,
        network: Network | None = None,
        transport: AsyncTransport | None = None,
        observers: Sequence[Observer] = (),
        limiter: Limiter | None = None,
        app: str | None = None,
        timeout: float | None = None,
        attempts: int | None = None,
        council: str | None = None,
        provider: str | None = None,
    ) -> None:
        self._keys = KeyRing(api_key, base_url=base_url)
        self._provider = provider
        super().__init__(
            PAY,
            base_url=base_url,
            authorise=self._keys.headers,
            network=network,
            transport=transport,
            observers=observers,
            limiter=limiter,
            app=app,
            timeout=timeout,
            attempts=attempts,
            council=council,
            live=kind_of(self._keys.key) is KeyKind.LIVE,
        )

    @classmethod
    def from_env(
        cls,
        *,
        transport: AsyncTransport | None = None,
        observers: Sequence[Observer] = (),
        limiter: Limiter | None = None,
        app: str | None = None,
        council: str | None = None,
    ) -> Self:
        """Build a client from environment variables.

        `LG_PAY_API_KEY` is required. `LG_PAY_BASE_URL`, `LG_PAY_TIMEOUT` (seconds),
        `LG_PAY_ATTEMPTS`, `LG_PAY_PROXY`, `LG_PAY_CA_FILE` and `LG_PAY_PROVIDER` are optional.

        Args:
            transport: carries the requests instead of the network, for tests.
            observers: who is told of calls.
            limiter: the buckets of the account's rate limits, to share them between clients.
            app: your product and its version, such as `Acme/3.2`, for the User-Agent.
            council: the council that the client works for, told to observers.

        Raises:
            ConfigError: a variable is missing or wrong; the text says which and what to do.
        """
        from lg_pay._settings import read_pay_settings  # noqa: PLC0415 -- for this way in alone

        settings = read_pay_settings()
        return cls(
            settings.api_key,
            base_url=settings.base_url,
            network=settings.network(),
            transport=transport,
            observers=observers,
            limiter=limiter,
            app=app,
            timeout=settings.timeout,
            attempts=settings.attempts,
            council=council,
            provider=settings.provider,
        )

    @property
    def key_kind(self) -> KeyKind:
        """Whether the key is a test key, a live key, or not known to be either."""
        return kind_of(self._keys.key)

    async def exchange(self, call: Call[T], *, timeout: float | None = None) -> Answer[T]:
        """Make a call and return what came back, with its status, headers and attempts.

        Where the key comes from a function and GOV.UK Pay refuses it, the function is asked again,
        and the call is made once more if it gives another key.

        Args:
            call: what to ask, from `lg_pay.calls` or a reader of `lg_pay.search`.
            timeout: seconds that the call may take, all attempts and waits included; the client's
                where it is None.

        Returns:
            The value and how it came.

        Raises:
            RequestNotSentError: nothing left this machine.
            OutcomeUnknownError: the request left, and no verdict came back.
            PayError: GOV.UK Pay said no.
            ResponseShapeError: the answer could not be read.
        """
        used = self._keys.key
        try:
            return await super().exchange(call, timeout=timeout)
        except InvalidKeyError:
            if not self._keys.replaced(used):
                raise
        return await super().exchange(call, timeout=timeout)

    async def create_payment(
        self,
        new: NewPayment,
        *,
        idempotency_key: str | None = None,
        timeout: float | None = None,
    ) -> Payment:
        """Ask GOV.UK Pay to open a payment, and send the payer to its `next_url`.

        Args:
            new: the payment.
            idempotency_key: your own key, with the mode `agreement` only; see
                `lg_pay.calls.create_payment`.
            timeout: seconds that the call may take.

        Returns:
            The payment. Keep its `payment_id`.

        Raises:
            OutcomeUnknownError: the request left, and no answer came: its `find_out` says what
                that means for the payer. With the mode `web` nobody can have been charged.
            InvalidPaymentError: GOV.UK Pay refused a field.
            PayError: GOV.UK Pay refused for another reason.
            RequestNotSentError: nothing left this machine.
            InvalidValueError: return_url is not https, with a live key; or the amount is beyond
                the limits of the client's `provider`.
        """
        check_for_key(new, self._keys.key)
        check_amount(new, provider=self._provider)
        call = calls.create_payment(new, idempotency_key=idempotency_key)
        return await self._send(call, timeout=timeout)

    async def get_payment(self, payment_id: str, *, timeout: float | None = None) -> Payment:
        """Get a payment as it is now.

        Args:
            payment_id: GOV.UK Pay's name for the payment.
            timeout: seconds that the call may take.

        Returns:
            The payment, with a fresh `next_url` if it is unfinished.

        Raises:
            PaymentNotFoundError: there is no such payment for this key.
        """
        return await self._send(calls.get_payment(payment_id), timeout=timeout)

    async def get_payment_events(
        self, payment_id: str, *, timeout: float | None = None
    ) -> PaymentEvents:
        """Get what happened to a payment, oldest first.

        Args:
            payment_id: GOV.UK Pay's name for the payment.
            timeout: seconds that the call may take.

        Returns:
            The events.

        Raises:
            PaymentNotFoundError: there is no such payment for this key.
        """
        return await self._send(calls.get_payment_events(payment_id), timeout=timeout)

    async def cancel_payment(self, payment_id: str, *, timeout: float | None = None) -> None:
        """Cancel a payment that the payer has not finished.

        Where no answer came, the payment is read once, within the deadline: if it is cancelled, the
        call has succeeded.

        Args:
            payment_id: GOV.UK Pay's name for the payment.
            timeout: seconds that the call may take, the reading included.

        Raises:
            CannotCancelError: it has gone too far: get the payment to see how far.
            PaymentNotFoundError: there is no such payment for this key.
            OutcomeUnknownError: no answer came, and the payment was not cancelled when it was read.
        """
        await self._act(
            calls.cancel_payment(payment_id),
            look=calls.get_payment(payment_id),
            done=_doubt.is_cancelled,
            timeout=timeout,
        )

    async def capture_payment(self, payment_id: str, *, timeout: float | None = None) -> None:
        """Take the money of a payment with delayed capture, within 120 hours of its creation.

        Where no answer came, the payment is read once, within the deadline: if its status is
        success, the call has succeeded.

        Args:
            payment_id: GOV.UK Pay's name for the payment.
            timeout: seconds that the call may take, the reading included.

        Raises:
            CannotCaptureError: it is not waiting for its money to be taken.
            PaymentNotFoundError: there is no such payment for this key.
            OutcomeUnknownError: no answer came, and the payment was not captured when it was read.
        """
        await self._act(
            calls.capture_payment(payment_id),
            look=calls.get_payment(payment_id),
            done=_doubt.is_captured,
            timeout=timeout,
        )

    async def refund_payment(
        self,
        payment_id: str,
        *,
        amount: Pence,
        available: Pence,
        timeout: float | None = None,
    ) -> Refund:
        """Pay back all or part of a payment, to the card that it came from.

        Where no answer came, the payment and its refunds are read once, within the deadline. If
        they show this refund and leave nothing open, it is returned; otherwise the outcome stays
        unknown, and `find_out` says what to do. See `lg_pay.refund_outcome`.

        Args:
            payment_id: GOV.UK Pay's name for the payment.
            amount: pence to pay back, from 1.
            available: `refund_summary.amount_available` of the payment as you saw it when the
                refund was decided on. GOV.UK Pay refuses where it has changed, so a repeat with the
                same number cannot refund twice.
            timeout: seconds that the call may take, the reading included.

        Returns:
            The refund. Its status is `submitted` at first: get it later to see what became of it.

        Raises:
            RefundMismatchError: what can be refunded has changed since you looked.
            RefundNotAvailableError: the payment cannot be refunded now; `reason` says why.
            PaymentNotFoundError: there is no such payment for this key.
            OutcomeUnknownError: no answer came, and whether it was made is not known.
            InvalidValueError: the amount is not from 1 to `available`.
        """
        call = calls.refund_payment(payment_id, amount=amount, available=available)
        since = datetime.now(UTC)
        deadline = self._deadline(timeout)
        try:
            return await self._send(call, timeout=_doubt.time_to_act(deadline - time.monotonic()))
        except OutcomeUnknownError as lost:
            doubt = lost
        try:
            payment = await self._look(calls.get_payment(payment_id), deadline)
            refunds = await self._look(calls.get_refunds(payment_id), deadline)
        except LgError as failed:
            raise _doubt.still_unknown(doubt, failed) from doubt.__cause__
        finding = refund_outcome(payment, refunds, amount=amount, available=available, since=since)
        if finding.refund is not None:
            return finding.refund
        raise _doubt.unknown_refund(doubt, finding.outcome) from doubt.__cause__

    async def get_refund(
        self, payment_id: str, refund_id: str, *, timeout: float | None = None
    ) -> Refund:
        """Get a refund as it is now.

        Args:
            payment_id: GOV.UK Pay's name for the payment.
            refund_id: GOV.UK Pay's name for the refund.
            timeout: seconds that the call may take.

        Returns:
            The refund.

        Raises:
            RefundNotFoundError: there is no such refund of this payment.
        """
        return await self._send(calls.get_refund(payment_id, refund_id), timeout=timeout)

    async def get_refunds(self, payment_id: str, *, timeout: float | None = None) -> Refunds:
        """Get the refunds of a payment. May lack what happened a moment ago.

        Args:
            payment_id: GOV.UK Pay's name for the payment.
            timeout: seconds that the call may take.

        Returns:
            The refunds, those that failed included.

        Raises:
            PaymentNotFoundError: there is no such payment for this key.
        """
        return await self._send(calls.get_refunds(payment_id), timeout=timeout)

    async def create_agreement(
        self, new: NewAgreement, *, timeout: float | None = None
    ) -> Agreement:
        """Ask GOV.UK Pay to open an agreement, to charge a card again later.

        It charges nothing. Take a payment with `set_up_agreement` next: it stores the card.

        Args:
            new: the agreement.
            timeout: seconds that the call may take.

        Returns:
            The agreement. Keep its `agreement_id`.

        Raises:
            AccountNotReadyError: recurring payments are not switched on for the account.
            OutcomeUnknownError: no answer came. Nobody is charged: make a new one.
        """
        return await self._send(calls.create_agreement(new), timeout=timeout)

    async def get_agreement(self, agreement_id: str, *, timeout: float | None = None) -> Agreement:
        """Get an agreement as it is now.

        Args:
            agreement_id: GOV.UK Pay's name for the agreement.
            timeout: seconds that the call may take.

        Returns:
            The agreement.

        Raises:
            AgreementNotFoundError: there is no such agreement for this key.
        """
        return await self._send(calls.get_agreement(agreement_id), timeout=timeout)

    async def cancel_agreement(self, agreement_id: str, *, timeout: float | None = None) -> None:
        """End an agreement, so that its card is charged no more.

        Where no answer came, the agreement is read once, within the deadline: if it is cancelled,
        the call has succeeded.

        Args:
            agreement_id: GOV.UK Pay's name for the agreement.
            timeout: seconds that the call may take, the reading included.

        Raises:
            AgreementNotActiveError: it is not active.
            AgreementNotFoundError: there is no such agreement for this key.
            OutcomeUnknownError: no answer came, and it was not cancelled when it was read.
        """
        await self._act(
            calls.cancel_agreement(agreement_id),
            look=calls.get_agreement(agreement_id),
            done=_doubt.is_ended,
            timeout=timeout,
        )

    def search_payments(
        self,
        *,
        created: tuple[datetime, datetime | None] | None = None,
        settled: tuple[date, date] | None = None,
        reference: str | None = None,
        email: str | None = None,
        state: str | None = None,
        card_brand: str | None = None,
        agreement_id: str | None = None,
        cardholder_name: str | None = None,
        first_digits: str | None = None,
        last_digits: str | None = None,
        max_pages: int | None = None,
    ) -> AsyncPages[Payment]:
        """Search payments, newest first: each once, and none that matches throughout is missed.

        What is created after the first page was answered is not listed. GOV.UK Pay lists a payment
        some moments after it changes.

        Args:
            created: the start and the end of the creation, the end excluded; an end of None is
                open. Adjoining windows hold each payment once.
            settled: the first settled day, and the day after the last; Stripe only.
            reference: your reference, whole; capitals do not matter.
            email: part of the payer's e-mail address.
            state: one of `PaymentStatus`. `capturable` is filtered here.
            card_brand: such as `Visa`; filtered here.
            agreement_id: the agreement that was charged.
            cardholder_name: part of the name on the card.
            first_digits: the first six digits of the card.
            last_digits: the last four digits of the card.
            max_pages: how many pages of 500 to read at the most.

        Returns:
            The payments: iterate over them. `cursor` says where to go on.

        Raises:
            InvalidValueError: an argument cannot be searched for.
            SearchIncompleteError: the list could not be read whole; raised while it is read.
        """
        search = PaymentSearch(
            created=created,
            settled=settled,
            reference=reference,
            email=email,
            state=state,
            card_brand=card_brand,
            agreement_id=agreement_id,
            cardholder_name=cardholder_name,
            first_digits=first_digits,
            last_digits=last_digits,
        )
        return self.read(search, max_pages=max_pages)

    def search_refunds(
        self,
        *,
        created: tuple[datetime, datetime | None] | None = None,
        settled: tuple[date, date] | None = None,
        max_pages: int | None = None,
    ) -> AsyncPages[Refund]:
        """Search refunds of all payments, newest first, each once.

        Args:
            created: the start and the end of the creation, the end excluded; an end of None is
                open.
            settled: the first settled day, and the day after the last; Stripe only.
            max_pages: how many pages of 500 to read at the most.

        Returns:
            The refunds: iterate over them. `cursor` says where to go on.

        Raises:
            InvalidValueError: an argument cannot be searched for.
            SearchIncompleteError: the list could not be read whole; raised while it is read.
        """
        return self.read(RefundSearch(created=created, settled=settled), max_pages=max_pages)

    def search_disputes(
        self,
        *,
        created: tuple[datetime, datetime | None] | None = None,
        settled: tuple[date, date] | None = None,
        status: str | None = None,
        max_pages: int | None = None,
    ) -> AsyncPages[Dispute]:
        """Search disputes of all payments, newest first, each once.

        Args:
            created: the start and the end of the creation, the end excluded; an end of None is
                open.
            settled: the first settled day, and the day after the last; lost disputes only.
            status: one of `DisputeStatus`.
            max_pages: how many pages of 500 to read at the most.

        Returns:
            The disputes: iterate over them. `cursor` says where to go on.

        Raises:
            InvalidValueError: an argument cannot be searched for.
            SearchIncompleteError: the list could not be read whole; raised while it is read.
        """
        search = DisputeSearch(created=created, settled=settled, status=status)
        return self.read(search, max_pages=max_pages)

    def search_agreements(
        self,
        *,
        reference: str | None = None,
        status: str | None = None,
        max_pages: int | None = None,
    ) -> AsyncPages[Agreement]:
        """Search agreements, newest first, each once.

        Args:
            reference: your reference, whole; capitals do not matter.
            status: one of `AgreementStatus`.
            max_pages: how many pages of 500 to read at the most.

        Returns:
            The agreements: iterate over them. `cursor` says where to go on.

        Raises:
            InvalidValueError: an argument cannot be searched for.
            SearchIncompleteError: the list could not be read whole; raised while it is read.
        """
        return self.read(AgreementSearch(reference=reference, status=status), max_pages=max_pages)

    def read(
        self, reader: PageReader[P, T], *, cursor: str | None = None, max_pages: int | None = None
    ) -> AsyncPages[T]:
        """Read a list through its reader, as `search_payments` and its like do.

        Args:
            reader: a reader of `lg_pay.search`.
            cursor: where to begin; None for the beginning.
            max_pages: how many pages to read at the most.

        Returns:
            The list: iterate over it.
        """

        async def fetch(call: Call[V], /) -> V:
            return await self._send(call, timeout=None)

        return AsyncPages(reader, fetch, cursor=cursor, max_pages=max_pages)

    def _deadline(self, timeout: float | None) -> float:
        return time.monotonic() + (self._settings.timeout if timeout is None else timeout)

    async def _look(self, call: Call[T], deadline: float) -> T:
        """Ask a question with the time that is left; with none, the call says so itself."""
        return await self._send(call, timeout=max(deadline - time.monotonic(), 1e-6))

    async def _act(
        self,
        call: Call[None],
        *,
        look: Call[T],
        done: Callable[[T], bool],
        timeout: float | None,
    ) -> None:
        """Make a call, and where no answer came look once whether it was carried out."""
        deadline = self._deadline(timeout)
        try:
            await self._send(call, timeout=_doubt.time_to_act(deadline - time.monotonic()))
        except OutcomeUnknownError as lost:
            doubt = lost
        else:
            return
        try:
            found = await self._look(look, deadline)
        except LgError as failed:
            raise _doubt.still_unknown(doubt, failed) from doubt.__cause__
        if not done(found):
            raise doubt
