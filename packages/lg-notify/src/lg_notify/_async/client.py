# SPDX-License-Identifier: MIT
"""The client of GOV.UK Notify: a method an operation, each a line over its `Call`."""

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Self, TypeVar, overload

from lg_core.calls import Answer, Call
from lg_core.clients import AsyncApiClient, AsyncPages
from lg_core.errors import (
    ApiError,
    OutcomeUnknownError,
    RequestNotSentError,
    ResponseShapeError,
)
from lg_core.limits import Limiter
from lg_core.network import Network
from lg_core.observers import Observer
from lg_core.texts import Language
from lg_core.transport import AsyncTransport
from lg_notify import calls
from lg_notify._credentials import GivenKey, Tokens
from lg_notify._platform import BASE_URL, NOTIFY
from lg_notify._sleep import AsyncPause, asleep
from lg_notify.errors import InvalidKeyError, PDFNotReadyError, TooManyRequestsError
from lg_notify.found_out import (
    KEPT_FOR,
    Doubt,
    FoundOut,
    StillUnknown,
    at,
    doubt_of_call,
    midnight_after,
    pdf_wait,
)
from lg_notify.message import Notification, SentLetter, SentMessage
from lg_notify.new_message import (
    Email,
    Letter,
    Postage,
    PrecompiledLetter,
    Sms,
    Value,
    with_reference,
)
from lg_notify.received_text import ReceivedText
from lg_notify.template import Template, TemplatePreview

__all__ = ["AsyncNotifyClient"]

T = TypeVar("T")
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
            dropped. The key says whether messages are really sent. Or a function that gives it:
            it is asked again when Notify refuses the key, at most once a minute, so that a key
            can be replaced without a restart.
        base_url: GOV.UK Notify's address, or the sandbox's.
        network: how it is reached: proxy, certificates, phases.
        transport: carries the requests instead of the network, for tests.
        observers: who is told of calls.
        limiter: the bucket of the service's rate limit, to share it between clients.
        app: your product and its version, such as `Acme/3.2`, for the User-Agent.
        timeout: seconds that a call may take, all attempts and waits included; 30 by default.
        attempts: how often a call is tried at the most; 4 by default.
        council: the council that the client works for, told to observers.
        clock: the time in seconds since 1970, for the tokens and for `find_out`.
        pause: waits so many seconds, for `find_out` and `get_letter_pdf`.

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
        clock: Callable[[], float] = time.time,
        pause: AsyncPause = asleep,
    ) -> None:
        self._tokens = Tokens(api_key, clock=clock)
        self._clock = clock
        self._pause = pause
        super().__init__(
            NOTIFY,
            base_url=base_url,
            authorise=self._tokens.headers,
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

    async def exchange(self, call: Call[T], *, timeout: float | None = None) -> Answer[T]:
        """Make a call and return what came back, with its status, headers and attempts.

        Where the key comes from a function and Notify refuses it, the function is asked again, and
        the call is made once more if it gives another key.

        Args:
            call: what to ask, from `lg_notify.calls`.
            timeout: seconds that the call may take, all attempts and waits included; the client's
                where it is None.

        Returns:
            The value and how it came.

        Raises:
            RequestNotSentError: nothing left this machine.
            SendOutcomeUnknownError: a message left, and no verdict came back.
            OutcomeUnknownError: another request left, and no verdict came back.
            NotifyError: Notify said no.
            ResponseShapeError: the answer could not be read.
        """
        began = self._clock()
        try:
            return await self._exchange(call, timeout)
        except TooManyRequestsError as limit:
            limit.resets_at = midnight_after(at(began))
            raise
        except OutcomeUnknownError as error:
            doubt = doubt_of_call(call, error, began_at=at(began), left_at=at(self._clock()))
            if doubt is None:
                raise
            raise doubt from error.__cause__

    async def _exchange(self, call: Call[T], timeout: float | None) -> Answer[T]:
        used = self._tokens.key
        try:
            return await super().exchange(call, timeout=timeout)
        except InvalidKeyError:
            if not self._tokens.replaced(used):
                raise
        return await super().exchange(call, timeout=timeout)

    @overload
    async def send(self, message: Sms | Email, *, timeout: float | None = None) -> SentMessage: ...
    @overload
    async def send(
        self, message: Letter | PrecompiledLetter, *, timeout: float | None = None
    ) -> SentLetter: ...
    async def send(
        self,
        message: Sms | Email | Letter | PrecompiledLetter,
        *,
        timeout: float | None = None,
    ) -> SentMessage | SentLetter:
        """Ask Notify to send a text, an e-mail or a letter.

        Args:
            message: the message. Where it has no reference, one is made.
            timeout: seconds that the call may take.

        Returns:
            The message as Notify accepted it. Keep its `id`, to ask what became of it.

        Raises:
            SendOutcomeUnknownError: the request left, and no answer came. It is never sent twice
                by itself: give the error to `find_out`.
            InvalidRecipientError: Notify does not send to this number or address.
            InvalidMessageError: a field, the template or the personalisation is wrong.
            NotAllowedError: the service or the key may not send this, or not to them.
            RateLimitError: too many messages in this minute.
            TooManyRequestsError: too many messages on this day.
            RequestNotSentError: nothing left this machine.
        """
        named = with_reference(message)
        call: Call[Any] = calls.send(named)
        try:
            return await self._send(call, timeout=timeout)
        except BaseException as stopped:
            if not isinstance(stopped, Exception) and named is not message:
                # Stopped from outside: no error of ours holds the reference that was made.
                stopped.add_note(f"Its reference is {named.reference}.")
            raise

    async def send_sms(
        self,
        phone_number: str,
        *,
        template_id: str,
        personalisation: Mapping[str, Value] | None = None,
        reference: str | None = None,
        sms_sender_id: str | None = None,
        language: Language = Language.ENGLISH,
        timeout: float | None = None,
    ) -> SentMessage:
        """Ask Notify to send a text: short for `send(Sms(...))`.

        Args:
            phone_number: who it goes to.
            template_id: the template.
            personalisation: a value for each placeholder of the template.
            reference: your name for the message; give it one of its own.
            sms_sender_id: who it comes from, where the service has several senders.
            language: the language of the template, in which days are written.
            timeout: seconds that the call may take.

        Returns:
            The message as Notify accepted it.

        Raises:
            InvalidValueError: a field is wrong; nothing was sent.
        """
        message = Sms(
            phone_number=phone_number,
            template_id=template_id,
            language=language,
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
        sanitise: Sequence[str] = (),
        language: Language = Language.ENGLISH,
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
            sanitise: the placeholders whose values a stranger typed.
            language: the language of the template, in which days are written.
            timeout: seconds that the call may take.

        Returns:
            The message as Notify accepted it.

        Raises:
            InvalidValueError: a field is wrong; nothing was sent.
        """
        message = Email(
            email_address=email_address,
            template_id=template_id,
            language=language,
            sanitise=tuple(sanitise),
            personalisation=personalisation or {},
            reference=reference,
            email_reply_to_id=email_reply_to_id,
            one_click_unsubscribe_url=one_click_unsubscribe_url,
        )
        return await self.send(message, timeout=timeout)

    async def send_letter(
        self,
        address: Sequence[str] = (),
        *,
        template_id: str,
        personalisation: Mapping[str, Value] | None = None,
        reference: str | None = None,
        language: Language = Language.ENGLISH,
        timeout: float | None = None,
    ) -> SentLetter:
        """Ask Notify to print and post a letter: short for `send(Letter(...))`.

        Args:
            address: the lines on the envelope: the person's name first, the postcode last.
            template_id: the template.
            personalisation: a value for each placeholder of the template.
            reference: your name for the letter; give it one of its own.
            language: the language of the template, in which days are written.
            timeout: seconds that the call may take.

        Returns:
            The letter as Notify accepted it.

        Raises:
            InvalidValueError: a field is wrong; nothing was sent.
        """
        letter = Letter(
            template_id=template_id,
            language=language,
            address=tuple(address),
            personalisation=personalisation or {},
            reference=reference,
        )
        return await self.send(letter, timeout=timeout)

    async def send_precompiled_letter(
        self,
        content: bytes,
        *,
        reference: str | None = None,
        postage: Postage | None = None,
        timeout: float | None = None,
    ) -> SentLetter:
        """Ask Notify to print and post a PDF: short for `send(PrecompiledLetter(...))`.

        Args:
            content: the bytes of the PDF.
            reference: your name for the letter; give it one of its own.
            postage: how it is posted; second class where it is left out.
            timeout: seconds that the call may take.

        Returns:
            The letter as Notify accepted it. The PDF is looked at later: ask what became of it.

        Raises:
            InvalidValueError: it is no PDF; nothing was sent.
        """
        letter = PrecompiledLetter(content=content, reference=reference, postage=postage)
        return await self.send(letter, timeout=timeout)

    async def find_out(
        self,
        error_or_reference: OutcomeUnknownError | str,
        *,
        template_type: str | None = None,
        since: datetime | None = None,
        kept_for: timedelta = KEPT_FOR,
        timeout: float | None = None,
    ) -> FoundOut:
        """Find out whether a message went whose answer was lost. It is not sent again here.

        Waits until 30 seconds have passed since the client stopped waiting for the answer: Notify
        has then given up, and what it does not have by then it will never have. Then looks the
        reference up. Ask with a key of the same kind as sent it.

        Args:
            error_or_reference: the error of the call. Or the message's reference, which must be its
                own: a message to a smoke-test number is not found by it, and one that was sent
                earlier with the same reference is taken for this one.
            template_type: `sms`, `email` or `letter`; the error's own by default.
            since: when the client stopped waiting; the error's own by default, else now.
            kept_for: how long the service keeps its messages: 7 days, unless its settings say
                otherwise.
            timeout: seconds that the look-up may take, beside the wait.

        Returns:
            `outcome` is SENT, with the notification; NOT_SENT: send it again if you still want
            to; or STILL_UNKNOWN, with the reason.

        Raises:
            InvalidValueError: an argument cannot be used, or the error is of no message.
        """
        now = at(self._clock())
        doubt = Doubt.of(error_or_reference, template_type=template_type, since=since, now=now)
        if reason := doubt.unanswerable(now=now, kept_for=kept_for):
            return FoundOut.still_unknown(reason)
        if wait := doubt.seconds_left(now=now):
            await self._pause(wait)
        listing = calls.NotificationList(
            reference=doubt.reference, template_type=doubt.template_type
        )
        try:
            # The newest are first, so the message is on the first page if it is anywhere.
            page = await self._send(listing.call(None), timeout=timeout)
        except (RequestNotSentError, OutcomeUnknownError, ApiError, ResponseShapeError) as error:
            return FoundOut.still_unknown(StillUnknown.LOOKUP_FAILED, error)
        return doubt.conclude(page.notifications)

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
        status: str | Iterable[str] | None = None,
        template_type: str | Iterable[str] | None = None,
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
            status: only messages in this state, a `NotificationStatus`, or in one of several;
                `failed` for every failure.
            template_type: only texts, e-mails or letters, a `TemplateType`, or several of these.
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

    async def get_letter_pdf(
        self, notification_id: str, *, wait: float | None = None, timeout: float | None = None
    ) -> bytes:
        """Get the PDF of a letter as it is printed.

        Notify makes it a while after it has accepted the letter.

        Args:
            notification_id: Notify's name for the letter.
            wait: for how many seconds to ask again while the PDF is not made; None to ask once.
            timeout: seconds that each question may take.

        Returns:
            The bytes of the PDF.

        Raises:
            PDFNotReadyError: it is not made yet.
            InvalidMessageError: it is no letter, or one that cannot be printed.
            MessageNotFoundError: there is no such letter, or no longer.
        """
        call = calls.get_letter_pdf(notification_id)
        end = self._clock() + (wait or 0.0)
        asked = 0
        while True:
            asked += 1
            try:
                return await self._send(call, timeout=timeout)
            except PDFNotReadyError:
                left = end - self._clock()
                if left <= 0:
                    raise
            await self._pause(min(pdf_wait(asked), left))

    async def get_template(
        self, template_id: str, *, version: int | None = None, timeout: float | None = None
    ) -> Template:
        """Get a template, or an earlier version of it.

        Args:
            template_id: the template.
            version: which version of it, from 1; None for the latest.
            timeout: seconds that the call may take.

        Returns:
            The template with its placeholders.

        Raises:
            TemplateNotFoundError: the service has no such template, or no such version.
            InvalidValueError: the version is less than 1.
        """
        return await self._send(calls.get_template(template_id, version=version), timeout=timeout)

    async def list_templates(
        self, *, template_type: str | None = None, timeout: float | None = None
    ) -> tuple[Template, ...]:
        """Get all templates of the service that are not archived.

        Args:
            template_type: only those of a kind, a `TemplateType`.
            timeout: seconds that the call may take.

        Returns:
            The templates: Notify gives them all at once.

        Raises:
            InvalidValueError: the kind is none that Notify knows.
        """
        call = calls.list_templates(template_type=template_type)
        return (await self._send(call, timeout=timeout)).templates

    async def preview_template(
        self,
        template_id: str,
        *,
        personalisation: Mapping[str, Value] | None = None,
        language: Language = Language.ENGLISH,
        timeout: float | None = None,
    ) -> TemplatePreview:
        """See how a template reads with its values. Nothing is sent.

        Args:
            template_id: the template.
            personalisation: a value for each placeholder.
            language: the language of the template, in which days are written.
            timeout: seconds that the call may take.

        Returns:
            The text with the values filled in.

        Raises:
            InvalidMessageError: a value is missing.
            TemplateNotFoundError: the service has no such template.
        """
        call = calls.preview_template(
            template_id, personalisation=personalisation, language=language
        )
        return await self._send(call, timeout=timeout)

    def list_received_texts(
        self,
        *,
        older_than: str | None = None,
        max_pages: int | None = None,
        timeout: float | None = None,
    ) -> AsyncPages[ReceivedText]:
        """List the texts that people sent to the service, newest first, a page of 250 at a time.

        Nothing is asked before the first text is wanted.

        Args:
            older_than: only texts older than the one of this id; also a cursor that was kept.
            max_pages: how many pages to ask for at the most.
            timeout: seconds that each page may take.

        Returns:
            The list: iterate over it, or over its `.pages()`.

        Raises:
            InvalidValueError: the id is none that Notify knows.
        """
        asked = calls.ReceivedTextList()
        asked.call(older_than)  # a wrong id is refused here, and not with the first item

        async def fetch(call: Call[P], /) -> P:
            return await self._send(call, timeout=timeout)

        return AsyncPages(asked, fetch, cursor=older_than, max_pages=max_pages)
