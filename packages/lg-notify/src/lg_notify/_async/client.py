# SPDX-License-Identifier: MIT
"""The client of GOV.UK Notify: a method an operation, each a line over its `Call`."""

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Self, TypeVar

from pydantic import SecretStr

from lg_core.calls import Call
from lg_core.clients import AsyncApiClient, AsyncPages
from lg_core.limits import Limiter
from lg_core.network import Network
from lg_core.observers import Observer
from lg_core.transport import AsyncTransport
from lg_notify import calls
from lg_notify._credentials import Tokens, checked_key
from lg_notify._platform import BASE_URL, NOTIFY
from lg_notify.message import Notification, SentMessage
from lg_notify.new_message import Email, Sms, Value

__all__ = ["AsyncNotifyClient"]

P = TypeVar("P")


class AsyncNotifyClient(AsyncApiClient):
    """Calls GOV.UK Notify. Build it once and keep it; threads and tasks may share it.

        async with AsyncNotifyClient(api_key) as notify:
            sent = await notify.send(Sms(phone_number=..., template_id=..., reference=...))

    Every method takes `timeout=`: seconds that the call may take, all attempts and waits included.
    Every method may raise `RequestNotSentError`, `OutcomeUnknownError`, `NotifyError` and
    `ResponseShapeError`: see `lg_core.errors` and `lg_notify.errors`.

    Args:
        api_key: a key of the service (API integration, API keys); white space around it is
            dropped. The key says whether messages are really sent.
        base_url: GOV.UK Notify's address, or the sandbox's.
        network: how it is reached: proxy, certificates, phases.
        transport: carries the requests instead of the network, for tests.
        observers: who is told of calls.
        limiter: the bucket of the service's rate limit, to share it between clients.
        app: your product and its version, such as `Acme/3.2`, for the User-Agent.
        timeout: seconds that a call may take, all attempts and waits included; 30 by default.
        attempts: how often a call is tried at the most; 4 by default.
        council: the council that the client works for, told to observers.
        clock: the time in seconds since 1970, for the tokens.

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
        clock: Callable[[], float] = time.time,
    ) -> None:
        super().__init__(
            NOTIFY,
            base_url=base_url,
            authorise=Tokens(checked_key(api_key), clock=clock).headers,
            network=network,
            transport=transport,
            observers=observers,
            limiter=limiter,
            app=app,
            timeout=timeout,
            attempts=attempts,
            council=council,
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

        `LG_NOTIFY_API_KEY` is required. `LG_NOTIFY_BASE_URL`, `LG_NOTIFY_TIMEOUT` (seconds),
        `LG_NOTIFY_ATTEMPTS`, `LG_NOTIFY_PROXY` and `LG_NOTIFY_CA_FILE` are optional.

        Args:
            transport: carries the requests instead of the network, for tests.
            observers: who is told of calls.
            limiter: the bucket of the service's rate limit, to share it between clients.
            app: your product and its version, such as `Acme/3.2`, for the User-Agent.
            council: the council that the client works for, told to observers.

        Raises:
            ConfigError: a variable is missing or wrong; the text says which and what to do.
        """
        from lg_notify._settings import read_notify_settings  # noqa: PLC0415 -- for this way in

        settings = read_notify_settings()
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

    async def send(self, message: Sms | Email, *, timeout: float | None = None) -> SentMessage:
        """Ask Notify to send a text or an e-mail.

        Args:
            message: the message. Give it a reference of its own.
            timeout: seconds that the call may take.

        Returns:
            The message as Notify accepted it. Keep its `id`, to ask what became of it.

        Raises:
            OutcomeUnknownError: the request left, and no answer came: its `find_out` says how to
                learn whether the message was sent. It is never sent twice by itself.
            InvalidRecipientError: Notify does not send to this number or address.
            InvalidMessageError: a field, the template or the personalisation is wrong.
            NotAllowedError: the service or the key may not send this, or not to them.
            RateLimitError: too many messages in this minute.
            TooManyRequestsError: too many messages on this day.
            RequestNotSentError: nothing left this machine.
        """
        return await self._send(calls.send(message), timeout=timeout)

    async def send_sms(
        self,
        phone_number: str,
        *,
        template_id: str,
        personalisation: Mapping[str, Value] | None = None,
        reference: str | None = None,
        sms_sender_id: str | None = None,
        timeout: float | None = None,
    ) -> SentMessage:
        """Ask Notify to send a text: short for `send(Sms(...))`.

        Args:
            phone_number: who it goes to.
            template_id: the template.
            personalisation: a value for each placeholder of the template.
            reference: your name for the message; give it one of its own.
            sms_sender_id: who it comes from, where the service has several senders.
            timeout: seconds that the call may take.

        Returns:
            The message as Notify accepted it.

        Raises:
            InvalidValueError: a field is wrong; nothing was sent.
        """
        message = Sms(
            phone_number=phone_number,
            template_id=template_id,
            personalisation=personalisation or {},
            reference=reference,
            sms_sender_id=sms_sender_id,
        )
        return await self.send(message, timeout=timeout)

    async def send_email(
        self,
        email_address: str,
        *,
        template_id: str,
        personalisation: Mapping[str, Value] | None = None,
        reference: str | None = None,
        email_reply_to_id: str | None = None,
        one_click_unsubscribe_url: str | None = None,
        timeout: float | None = None,
    ) -> SentMessage:
        """Ask Notify to send an e-mail: short for `send(Email(...))`.

        Args:
            email_address: who it goes to.
            template_id: the template.
            personalisation: a value for each placeholder of the template.
            reference: your name for the message; give it one of its own.
            email_reply_to_id: where answers go, where the service has several such addresses.
            one_click_unsubscribe_url: an https address that ends the person's subscription.
            timeout: seconds that the call may take.

        Returns:
            The message as Notify accepted it.

        Raises:
            InvalidValueError: a field is wrong; nothing was sent.
        """
        message = Email(
            email_address=email_address,
            template_id=template_id,
            personalisation=personalisation or {},
            reference=reference,
            email_reply_to_id=email_reply_to_id,
            one_click_unsubscribe_url=one_click_unsubscribe_url,
        )
        return await self.send(message, timeout=timeout)

    async def get_notification(
        self, notification_id: str, *, timeout: float | None = None
    ) -> Notification:
        """Get a message as it is now.

        Args:
            notification_id: Notify's name for the message.
            timeout: seconds that the call may take.

        Returns:
            The message and its state.

        Raises:
            MessageNotFoundError: there is no such message, or no longer: 7 days as a rule.
        """
        return await self._send(calls.get_notification(notification_id), timeout=timeout)

    def list_notifications(
        self,
        *,
        status: str | None = None,
        template_type: str | None = None,
        reference: str | None = None,
        older_than: str | None = None,
        include_jobs: bool = False,
        max_pages: int | None = None,
        timeout: float | None = None,
    ) -> AsyncPages[Notification]:
        """List messages, newest first, a page of 250 at a time.

        Nothing is asked before the first message is wanted. The messages are those of the same
        kind of key: a live key does not list what a test key sent.

        Args:
            status: only messages in this state, a `NotificationStatus`; `failed` for every failure.
            template_type: only texts, e-mails or letters, a `TemplateType`.
            reference: only messages of this name; several can have it.
            older_than: only messages older than the one of this id; also a cursor that was kept.
            include_jobs: also messages that were sent from Notify's pages.
            max_pages: how many pages to ask for at the most.
            timeout: seconds that each page may take.

        Returns:
            The list: iterate over it, or over its `.pages()`.

        Raises:
            InvalidValueError: a word or an id is none that Notify knows.
        """
        asked = calls.NotificationList(
            status=status,
            template_type=template_type,
            reference=reference,
            include_jobs=include_jobs,
        )
        asked.call(older_than)  # a wrong id is refused here, and not with the first item

        async def fetch(call: Call[P], /) -> P:
            return await self._send(call, timeout=timeout)

        return AsyncPages(asked, fetch, cursor=older_than, max_pages=max_pages)
