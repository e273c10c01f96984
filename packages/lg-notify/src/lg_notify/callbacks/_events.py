# SPDX-License-Identifier: MIT
"""What a callback says, as values that do not change and print nothing personal."""

from dataclasses import dataclass, field
from datetime import datetime

from lg_notify.message import Notification, NotificationStatus, TemplateType

__all__ = ["Complaint", "DeliveryReceipt", "ReceivedText", "ReturnedLetter", "receipt_of"]


@dataclass(frozen=True, slots=True)
class DeliveryReceipt:
    """What became of a text or an e-mail. Letters have none.

    Who it went to is left out: the worker reads the message again, and finds it there.

    Attributes:
        id: Notify's name for the message.
        status: where it stood; a `NotificationStatus`, or a word that Notify has added since. The
            receipts of one message may differ: a text can be `pending` first.
        notification_type: `sms` or `email`, or a way that Notify has added since.
        created_at: when Notify accepted the message (UTC).
        sent_at: when the provider got it (UTC).
        completed_at: when it came to this state (UTC).
        reference: your name for the message.
        template_id: the template.
        template_version: which version of it.
    """

    id: str
    status: NotificationStatus | str
    notification_type: TemplateType | str
    created_at: datetime
    sent_at: datetime | None = None
    completed_at: datetime | None = None
    reference: str | None = field(default=None, repr=False)
    template_id: str | None = None
    template_version: int | None = None

    @property
    def is_final(self) -> bool:
        """Whether nothing more will become of it. A state that is not known is not final."""
        return isinstance(self.status, NotificationStatus) and self.status.is_final

    @property
    def is_delivered(self) -> bool:
        """Whether Notify knows that it arrived."""
        return isinstance(self.status, NotificationStatus) and self.status.is_delivered


@dataclass(frozen=True, slots=True)
class ReceivedText:
    """A text that somebody sent to a number of the service.

    Attributes:
        id: Notify's name for it.
        source_number: who sent it; never printed.
        destination_number: the number of the service.
        message: what they wrote; never printed.
        date_received: when it came (UTC).
    """

    id: str
    source_number: str = field(repr=False)
    destination_number: str = field(repr=False)
    message: str = field(repr=False)
    date_received: datetime


@dataclass(frozen=True, slots=True)
class ReturnedLetter:
    """A letter that came back. Notify says so by callback alone, often weeks later.

    Who sent it and the names of files are left out: they point to people.

    Attributes:
        notification_id: Notify's name for the letter. Notify has forgotten the letter by then, as
            a rule: keep your own note of whom it went to, by this id or by the reference.
        date_sent: when it was sent, as Notify writes it.
        reference: your name for the letter.
        template_id: the template; None for a letter of your own.
        template_version: which version of it.
        spreadsheet_row_number: where it was sent from a spreadsheet, its row there.
    """

    notification_id: str
    date_sent: str | None = None
    reference: str | None = field(default=None, repr=False)
    template_id: str | None = None
    template_version: int | None = None
    spreadsheet_row_number: int | None = None


@dataclass(frozen=True, slots=True)
class Complaint:
    """Somebody told their provider that an e-mail is spam. Notify does not document this callback.

    Attributes:
        notification_id: Notify's name for the e-mail.
        complaint_id: the name of the complaint.
        complaint_date: when they complained, as Notify writes it.
        reference: your name for the e-mail.
    """

    notification_id: str
    complaint_id: str | None = None
    complaint_date: str | None = None
    reference: str | None = field(default=None, repr=False)


def receipt_of(notification: Notification) -> DeliveryReceipt:
    """Say of a message what a receipt would say: a poller and a worker tell the same.

    Args:
        notification: the message as it was read.

    Returns:
        The receipt.
    """
    return DeliveryReceipt(
        id=notification.id,
        status=notification.status,
        notification_type=notification.type,
        created_at=notification.created_at,
        sent_at=notification.sent_at,
        completed_at=notification.completed_at,
        reference=notification.reference,
        template_id=notification.template.id,
        template_version=notification.template.version,
    )
