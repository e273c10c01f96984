# SPDX-License-Identifier: MIT
"""The client of GOV.UK Pay: a method an operation, each a line over its `Call`."""

from collections.abc import Sequence
from typing import Self

from pydantic import SecretStr

from lg_core.clients import AsyncApiClient
from lg_core.limits import Limiter
from lg_core.network import Network
from lg_core.observers import Observer
from lg_core.transport import AsyncTransport
from lg_pay import calls
from lg_pay._credentials import KeyKind, authorisation, check_for_key, checked_key, kind_of
from lg_pay._platform import BASE_URL, PAY
from lg_pay.new_payment import NewPayment
from lg_pay.payment import Payment, PaymentEvents

__all__ = ["AsyncPayClient"]


class AsyncPayClient(AsyncApiClient):
    """Calls GOV.UK Pay. Build it once and keep it; threads and tasks may share it.

        async with AsyncPayClient(api_key) as pay:
            payment = await pay.create_payment(new)

    Every method takes `timeout=`: seconds that the call may take, all attempts and waits included.
    Every method may raise `RequestNotSentError`, `OutcomeUnknownError`, `PayError` and
    `ResponseShapeError`: see `lg_core.errors` and `lg_pay.errors`.

    Args:
        api_key: a key of the GOV.UK Pay admin tool; the key says which account, test or live.
        base_url: GOV.UK Pay's address, or the sandbox's.
        network: how it is reached: proxy, certificates, phases.
        transport: carries the requests instead of the network, for tests.
        observers: who is told of calls.
        limiter: the buckets of the account's rate limits, to share them between clients.
        app: your product and its version, such as `Acme/3.2`, for the User-Agent.
        timeout: seconds that a call may take, all attempts and waits included; 30 by default.
        attempts: how often a call is tried at the most; 4 by default.
        council: the council that the client works for, told to observers.

    Raises:
        ConfigError: an argument cannot be used; the text says which and what to do.
    """

    def __init__(
        self,
        api_key: str | SecretStr,
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
    ) -> None:
        self._key = checked_key(api_key, base_url=base_url)
        super().__init__(
            PAY,
            base_url=base_url,
            authorise=authorisation(self._key),
            network=network,
            transport=transport,
            observers=observers,
            limiter=limiter,
            app=app,
            timeout=timeout,
            attempts=attempts,
            council=council,
            live=kind_of(self._key) is KeyKind.LIVE,
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
        `LG_PAY_ATTEMPTS`, `LG_PAY_PROXY` and `LG_PAY_CA_FILE` are optional.

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
        )

    @property
    def key_kind(self) -> KeyKind:
        """Whether the key is a test key, a live key, or not known to be either."""
        return kind_of(self._key)

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
            InvalidValueError: return_url is not https, with a live key.
        """
        check_for_key(new, self._key)
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

        Args:
            payment_id: GOV.UK Pay's name for the payment.
            timeout: seconds that the call may take.

        Raises:
            CannotCancelError: it has gone too far: get the payment to see how far.
            PaymentNotFoundError: there is no such payment for this key.
            OutcomeUnknownError: no answer came: get the payment to see whether it was cancelled.
        """
        await self._send(calls.cancel_payment(payment_id), timeout=timeout)
