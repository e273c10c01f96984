# SPDX-License-Identifier: MIT
"""The operations of GOV.UK Notify, one function each: what its documentation says, said once.

Pure: each returns a `Call`, which a client sends. Use them with `client.exchange(call)` where you
need the status, the headers or the number of attempts as well as the value.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar, overload

from lg_core.calls import Call, Repeat
from lg_core.errors import InvalidValueError
from lg_core.texts import Language
from lg_notify.limits import GET, SEND
from lg_notify.message import (
    Notification,
    NotificationPage,
    NotificationStatus,
    SentLetter,
    SentMessage,
    TemplateType,
)
from lg_notify.new_message import Email, Letter, PrecompiledLetter, Sms, Value, checked_id
from lg_notify.received_text import ReceivedText, ReceivedTextPage
from lg_notify.template import PreviewRequest, Template, TemplateList, TemplatePreview

__all__ = [
    "NotificationList",
    "ReceivedTextList",
    "get_letter_pdf",
    "get_notification",
    "get_template",
    "list_templates",
    "preview_template",
    "send",
]

S = TypeVar("S", SentMessage, SentLetter)

_FIND_BY_REFERENCE = (
    "It may have been sent, and Notify would send it again. Give this error, or the message's "
    "reference, to find_out of the client: it waits until Notify must have given up, and looks "
    "the reference up with list_notifications(reference=...). Send it again only where it says "
    "NOT_SENT."
)
_NO_REFERENCE = (
    "It may have been sent, and Notify would send it again. It had no reference to look for: see "
    "the messages of the last minutes with list_notifications(), or on Notify's pages. Give each "
    "message a reference of its own."
)
# docs, 'Get the status of multiple messages'; the words of its published schema. `failed` asks
# for every failure at once.
_STATUSES = frozenset(map(str, NotificationStatus)) | {"failed", "returned-letter"}
_TYPES = frozenset(map(str, TemplateType))


@overload
def send(message: Sms | Email) -> Call[SentMessage]: ...
@overload
def send(message: Letter | PrecompiledLetter) -> Call[SentLetter]: ...
def send(
    message: Sms | Email | Letter | PrecompiledLetter,
) -> Call[SentMessage] | Call[SentLetter]:
    """Ask Notify to send a text, an e-mail or a letter (docs, 'Send a message').

    Notify has no idempotency key, and sends again what has the same reference. So the call is
    never repeated once it may have left.

    Args:
        message: the message.

    Returns:
        The call; its answer is the message as Notify accepted it.
    """
    match message:
        case Sms():
            return _send(message, way="sms", name="send_sms", read=SentMessage)
        case Email():
            return _send(message, way="email", name="send_email", read=SentMessage)
        case Letter():
            return _send(message, way="letter", name="send_letter", read=SentLetter)
        case PrecompiledLetter():
            return _send(message, way="letter", name="send_precompiled_letter", read=SentLetter)


def _send(
    message: Sms | Email | Letter | PrecompiledLetter, *, way: str, name: str, read: type[S]
) -> Call[S]:
    return Call(
        "POST",
        f"/v2/notifications/{way}",
        capability=f"lg-notify.{name}",
        read=read,
        success=frozenset({201}),
        repeat=Repeat.IF_NOT_SENT,
        body=message,
        bucket=SEND,
        find_out=_NO_REFERENCE if message.reference is None else _FIND_BY_REFERENCE,
    )


def get_notification(notification_id: str) -> Call[Notification]:
    """Ask what became of a message (docs, 'Get the status of one message').

    Args:
        notification_id: Notify's name for the message.

    Returns:
        The call; its answer is the message.

    Raises:
        InvalidValueError: the id cannot be one.
    """
    return Call(
        "GET",
        f"/v2/notifications/{checked_id(notification_id, field='notification_id')}",
        capability="lg-notify.get_notification",
        read=Notification,
        repeat=Repeat.ALWAYS,
        bucket=GET,
    )


def get_letter_pdf(notification_id: str) -> Call[bytes]:
    """Ask for the PDF of a letter as it is printed (docs, 'Get a PDF for a letter notification').

    Args:
        notification_id: Notify's name for the letter.

    Returns:
        The call; its answer is the bytes of the PDF.

    Raises:
        InvalidValueError: the id cannot be one.
    """
    return Call(
        "GET",
        f"/v2/notifications/{checked_id(notification_id, field='notification_id')}/pdf",
        capability="lg-notify.get_letter_pdf",
        read=bytes,
        repeat=Repeat.ALWAYS,
        bucket=GET,
    )


def get_template(template_id: str, *, version: int | None = None) -> Call[Template]:
    """Ask for a template (docs, 'Get a template by ID', 'Get a template by ID and version').

    Args:
        template_id: the template.
        version: which version of it, from 1; None for the latest.

    Returns:
        The call; its answer is the template.

    Raises:
        InvalidValueError: the id cannot be one, or the version is less than 1: Notify answers 0
            with the latest without a word.
    """
    path = f"/v2/template/{checked_id(template_id, field='template_id')}"
    if version is not None:
        if type(version) is not int or version < 1:
            raise InvalidValueError(
                "version must be 1 or more. Leave it out for the latest: GOV.UK Notify gives the "
                "latest for 0 as well, without a word.",
                field="version",
                code="greater_than_equal",
            )
        path += f"/version/{version}"
    return Call(
        "GET",
        path,
        capability="lg-notify.get_template",
        read=Template,
        repeat=Repeat.ALWAYS,
        bucket=GET,
    )


def list_templates(*, template_type: str | None = None) -> Call[TemplateList]:
    """Ask for all templates that are not archived (docs, 'Get all templates').

    Args:
        template_type: only those of a kind, a `TemplateType`.

    Returns:
        The call; its answer has the templates, all at once.

    Raises:
        InvalidValueError: the kind is none that Notify knows.
    """
    return Call(
        "GET",
        "/v2/templates",
        capability="lg-notify.list_templates",
        read=TemplateList,
        repeat=Repeat.ALWAYS,
        query={"type": _word(template_type, "template_type", _TYPES)},
        bucket=GET,
    )


def preview_template(
    template_id: str,
    *,
    personalisation: Mapping[str, Value] | None = None,
    language: Language = Language.ENGLISH,
) -> Call[TemplatePreview]:
    """Ask how a template reads with its values (docs, 'Generate a preview template').

    Args:
        template_id: the template.
        personalisation: a value for each placeholder.
        language: the language of the template, in which days are written.

    Returns:
        The call; its answer is the text.

    Raises:
        InvalidValueError: the id cannot be one, or a value is none that Notify prints as meant.
    """
    return Call(
        "POST",
        f"/v2/template/{checked_id(template_id, field='template_id')}/preview",
        capability="lg-notify.preview_template",
        read=TemplatePreview,
        repeat=Repeat.ALWAYS,  # it changes nothing
        body=PreviewRequest(language=language, personalisation=personalisation or {}),
        bucket=GET,
    )


def _word(word: str | None, field: str, words: frozenset[str]) -> str | None:
    if word is not None and word not in words:
        raise InvalidValueError(
            f"{field} must be one of {', '.join(sorted(words))}.", field=field, code="enum"
        )
    return None if word is None else str(word)


def _words(
    given: str | Iterable[str] | None, field: str, words: frozenset[str]
) -> tuple[str, ...] | None:
    if given is None:
        return None
    listed = (given,) if isinstance(given, str) else tuple(given)
    return tuple(str(_word(word, field, words)) for word in listed) or None


@dataclass(frozen=True, slots=True)
class NotificationList:
    """How Notify pages its list of messages (docs, 'Get the status of multiple messages').

    The newest message is first, and a page holds 250 at the most. The cursor is the id of the
    last message of a page: the next page begins with what is older. Notify compares times, so of
    two messages of the same microsecond one can fall between two pages. Messages are listed for
    the kind of key that asks: a live key does not see those of a test key.

    Args:
        status: only messages in this state, or in one of several; `failed` for every failure.
        template_type: only texts, e-mails or letters, or several of these.
        reference: only messages of this name.
        include_jobs: also messages that were sent from Notify's pages.

    Raises:
        InvalidValueError: a word is none that Notify knows.
    """

    status: str | Iterable[str] | None = None
    template_type: str | Iterable[str] | None = None
    reference: str | None = field(default=None, repr=False)
    include_jobs: bool = False

    def __post_init__(self) -> None:
        # Kept as tuples: an iterator would be empty when the second page is asked for.
        object.__setattr__(self, "status", _words(self.status, "status", _STATUSES))
        object.__setattr__(
            self, "template_type", _words(self.template_type, "template_type", _TYPES)
        )

    def call(self, cursor: str | None, /) -> Call[NotificationPage]:
        """Return the call for the messages that are older than a cursor, or for the newest.

        Args:
            cursor: the id of a message.

        Raises:
            InvalidValueError: the cursor cannot be an id.
        """
        older_than = None if cursor is None else checked_id(cursor, field="older_than")
        return Call(
            "GET",
            "/v2/notifications",
            capability="lg-notify.list_notifications",
            read=NotificationPage,
            repeat=Repeat.ALWAYS,
            query={
                "status": _words(self.status, "status", _STATUSES),
                "template_type": _words(self.template_type, "template_type", _TYPES),
                "reference": self.reference,
                # Notify takes no other word: "1" and "false" are refused.
                "include_jobs": "true" if self.include_jobs else None,
                "older_than": older_than,
            },
            bucket=GET,
        )

    def items(self, page: NotificationPage, /) -> list[Notification]:
        """Return the messages of a page.

        Args:
            page: the page.
        """
        return list(page.notifications)

    def next_cursor(self, page: NotificationPage, cursor: str | None, /) -> str | None:
        """Return the id after which the next page begins, or None after the last.

        Notify names a next page whenever this one has messages, so the last page is an empty one.

        Args:
            page: the page.
            cursor: where it began.
        """
        return _last(page.notifications, page.links.next, cursor)


@dataclass(frozen=True, slots=True)
class ReceivedTextList:
    """How Notify pages the texts that people sent (docs, 'Get a page of received text messages').

    The newest is first, and a page holds 250 at the most. The cursor is the id of the last text of
    a page.
    """

    def call(self, cursor: str | None, /) -> Call[ReceivedTextPage]:
        """Return the call for the texts that are older than a cursor, or for the newest.

        Args:
            cursor: the id of a text.

        Raises:
            InvalidValueError: the cursor cannot be an id.
        """
        return Call(
            "GET",
            "/v2/received-text-messages",
            capability="lg-notify.list_received_texts",
            read=ReceivedTextPage,
            repeat=Repeat.ALWAYS,
            query={
                "older_than": None if cursor is None else checked_id(cursor, field="older_than")
            },
            bucket=GET,
        )

    def items(self, page: ReceivedTextPage, /) -> list[ReceivedText]:
        """Return the texts of a page.

        Args:
            page: the page.
        """
        return list(page.received_text_messages)

    def next_cursor(self, page: ReceivedTextPage, cursor: str | None, /) -> str | None:
        """Return the id after which the next page begins, or None after the last.

        Args:
            page: the page.
            cursor: where it began.
        """
        return _last(page.received_text_messages, page.links.next, cursor)


def _last(
    listed: tuple[Notification, ...] | tuple[ReceivedText, ...],
    following: str | None,
    cursor: str | None,
) -> str | None:
    if not listed or following is None:
        return None
    return None if listed[-1].id == cursor else listed[-1].id
