# SPDX-License-Identifier: MIT
"""The operations of GOV.UK Notify, one function each: what its documentation says, said once.

Pure: each returns a `Call`, which a client sends. Use them with `client.exchange(call)` where you
need the status, the headers or the number of attempts as well as the value.
"""

from dataclasses import dataclass, field

from lg_core.calls import Call, Repeat
from lg_core.errors import InvalidValueError
from lg_notify.limits import GET, SEND
from lg_notify.message import (
    Notification,
    NotificationPage,
    NotificationStatus,
    SentMessage,
    TemplateType,
)
from lg_notify.new_message import Email, Sms, checked_id

__all__ = ["NotificationList", "get_notification", "send"]

_FIND_BY_REFERENCE = (
    "It may have been sent, and Notify would send it again. Look for its reference: "
    "list_notifications(reference=...) with a key of the same kind lists it where it was accepted. "
    "Where nothing is listed after a minute, send it again."
)
_NO_REFERENCE = (
    "It may have been sent, and Notify would send it again. It had no reference to look for: see "
    "the messages of the last minutes with list_notifications(), or on Notify's pages. Give each "
    "message a reference of its own."
)
# docs, 'Get the status of multiple messages'; the words of its published schema. `failed` asks
# for every failure at once.
_STATUSES = frozenset(map(str, NotificationStatus)) | {"failed", "returned-letter"}


def send(message: Sms | Email) -> Call[SentMessage]:
    """Ask Notify to send a text or an e-mail (docs, 'Send a text message', 'Send an email').

    Notify has no idempotency key, and sends again what has the same reference. So the call is
    never repeated once it may have left.

    Args:
        message: the message.

    Returns:
        The call; its answer is the message as Notify accepted it.
    """
    way = "sms" if isinstance(message, Sms) else "email"
    return Call(
        "POST",
        f"/v2/notifications/{way}",
        capability=f"lg-notify.send_{way}",
        read=SentMessage,
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


@dataclass(frozen=True, slots=True)
class NotificationList:
    """How Notify pages its list of messages (docs, 'Get the status of multiple messages').

    The newest message is first, and a page holds 250 at the most. The cursor is the id of the
    last message of a page: the next page begins with what is older. Notify compares times, so of
    two messages of the same microsecond one can fall between two pages. Messages are listed for
    the kind of key that asks: a live key does not see those of a test key.

    Args:
        status: only messages in this state; `failed` for every failure.
        template_type: only texts, e-mails or letters.
        reference: only messages of this name.
        include_jobs: also messages that were sent from Notify's pages.

    Raises:
        InvalidValueError: a word is none that Notify knows.
    """

    status: str | None = None
    template_type: str | None = None
    reference: str | None = field(default=None, repr=False)
    include_jobs: bool = False

    def __post_init__(self) -> None:
        for name, word, words in (
            ("status", self.status, _STATUSES),
            ("template_type", self.template_type, frozenset(map(str, TemplateType))),
        ):
            if word is not None and word not in words:
                raise InvalidValueError(
                    f"{name} must be one of {', '.join(sorted(words))}.", field=name, code="enum"
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
                "status": None if self.status is None else str(self.status),
                "template_type": None if self.template_type is None else str(self.template_type),
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
        if not page.notifications or page.links.next is None:
            return None
        last = page.notifications[-1].id
        return None if last == cursor else last
