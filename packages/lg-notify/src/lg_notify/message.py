# SPDX-License-Identifier: MIT
"""What GOV.UK Notify answers: a message that was accepted, and what became of it.

Words that Notify may add to are read as plain text, so that a new one is not refused;
`NotificationStatus` and `TemplateType` name those that it documents.
"""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, ClassVar

from pydantic import Field

from lg_core.models import AnswerModel

__all__ = [
    "CostDetails",
    "Notification",
    "NotificationPage",
    "NotificationStatus",
    "PageLinks",
    "SentContent",
    "SentLetter",
    "SentMessage",
    "TemplateType",
    "TemplateVersion",
]


class TemplateType(StrEnum):
    """The ways in which Notify sends."""

    SMS = "sms"
    EMAIL = "email"
    LETTER = "letter"


class NotificationStatus(StrEnum):
    """The states of a message that Notify documents ('Get the status of one message')."""

    CREATED = "created"
    """Notify has it, and has not given it to the provider yet."""
    SENDING = "sending"
    """The provider has it, and tries for up to 72 hours."""
    PENDING = "pending"
    """A text that the provider has, and waits to hear of from the network."""
    SENT = "sent"
    """A text to another country. Notify hears no more of it."""
    DELIVERED = "delivered"
    """It arrived."""
    PERMANENT_FAILURE = "permanent-failure"
    """The number or the address does not exist, or the provider will not print the letter."""
    TEMPORARY_FAILURE = "temporary-failure"
    """It could not be delivered within 72 hours: a telephone was off, an inbox full."""
    TECHNICAL_FAILURE = "technical-failure"
    """Notify or the provider failed. Send a text or an e-mail again; not a letter."""
    ACCEPTED = "accepted"
    """A letter that Notify has sent to the provider to print."""
    RECEIVED = "received"
    """A letter that the provider has printed and posted."""
    CANCELLED = "cancelled"
    """A letter that was cancelled, and will not be printed."""
    PENDING_VIRUS_CHECK = "pending-virus-check"
    """A letter of your own that is searched for viruses."""
    VIRUS_SCAN_FAILED = "virus-scan-failed"
    """A letter of your own in which a virus was found."""
    VALIDATION_FAILED = "validation-failed"
    """A letter of your own that cannot be printed as it is."""

    @property
    def is_final(self) -> bool:
        """Whether nothing more will become of the message, as far as Notify can tell."""
        return self not in _ON_THE_WAY

    @property
    def is_delivered(self) -> bool:
        """Whether Notify knows that the message arrived. It never knows that of a letter."""
        return self is NotificationStatus.DELIVERED


_ON_THE_WAY = frozenset(
    {
        NotificationStatus.CREATED,
        NotificationStatus.SENDING,
        NotificationStatus.PENDING,
        NotificationStatus.ACCEPTED,
        NotificationStatus.PENDING_VIRUS_CHECK,
    }
)


class TemplateVersion(AnswerModel):
    """The template that a message was made from.

    Attributes:
        id: the template.
        version: which version of it.
        uri: where Notify's API has it.
    """

    shown: ClassVar[frozenset[str]] = frozenset({"id", "version"})

    id: str
    version: int
    uri: str


class SentContent(AnswerModel):
    """What Notify will send, with the values filled in.

    Attributes:
        body: the text; of an e-mail or a letter the Markdown. A text message does not have the
            service's name in front here, although it is sent, and charged, with it. Where a file
            is sent, its secret link stands here: whoever has it may have the file.
        subject: the subject of an e-mail or a letter.
        from_number: who a text comes from.
        from_email: who an e-mail comes from.
        one_click_unsubscribe_url: the address that you gave.
    """

    body: str
    subject: str | None = None
    from_number: str | None = None
    from_email: str | None = None
    one_click_unsubscribe_url: str | None = None


class SentMessage(AnswerModel):
    """A message that Notify has accepted. Whether it arrives is another matter.

    Attributes:
        id: Notify's name for the message. Keep it.
        reference: your name for it.
        content: what will be sent.
        template: the template and its version.
        uri: where Notify's API has the message.
    """

    shown: ClassVar[frozenset[str]] = frozenset({"id", "template"})

    id: str
    reference: str | None = None
    content: SentContent
    template: TemplateVersion
    uri: str


class SentLetter(AnswerModel):
    """A letter that Notify has accepted. Of one of your own, the PDF has not been looked at yet.

    Attributes:
        id: Notify's name for the letter. Keep it.
        reference: your name for it.
        postage: how it is posted; of a letter from a template None.
        content: what will be printed; of a letter of your own None.
        template: the template and its version; of a letter of your own None.
        uri: where Notify's API has the letter; of a letter of your own None.
    """

    shown: ClassVar[frozenset[str]] = frozenset({"id", "template", "postage"})

    id: str
    reference: str | None = None
    postage: str | None = None
    content: SentContent | None = None
    template: TemplateVersion | None = None
    uri: str | None = None


class CostDetails(AnswerModel):
    """How the cost of a message came about.

    Attributes:
        billable_sms_fragments: how many texts are charged for: a long one counts as several.
        international_rate_multiplier: how often the rate is charged for each, by country.
        sms_rate: pounds for one text.
        billable_sheets_of_paper: sheets of a letter.
        postage: the postage of a letter.
    """

    shown: ClassVar[frozenset[str]] = frozenset(
        {
            "billable_sms_fragments",
            "international_rate_multiplier",
            "sms_rate",
            "billable_sheets_of_paper",
            "postage",
        }
    )

    billable_sms_fragments: int | None = None
    international_rate_multiplier: Decimal | None = None
    sms_rate: Decimal | None = None
    billable_sheets_of_paper: int | None = None
    postage: str | None = None


class Notification(AnswerModel):
    """A message and what became of it.

    Attributes:
        id: Notify's name for the message.
        reference: your name for it.
        type: `sms`, `email` or `letter`, or a way that Notify has added since.
        status: where it stands; a `NotificationStatus`, or a word that Notify has added since.
        template: the template and its version.
        body: the text with the values filled in.
        subject: the subject of an e-mail or letter.
        email_address: who an e-mail went to.
        phone_number: who a text went to.
        line_1: of a letter's address, as are those that follow.
        line_2: the second line.
        line_3: the third line.
        line_4: the fourth line.
        line_5: the fifth line.
        line_6: the sixth line. Notify does not tell the seventh.
        postcode: of a letter; empty where the last line held it.
        postage: of a letter.
        created_at: when Notify accepted it (UTC).
        created_by_name: who sent it from Notify's pages; None for the API.
        sent_at: when the provider got it (UTC).
        completed_at: when it came to its last state (UTC).
        estimated_delivery: when a letter should arrive (UTC).
        one_click_unsubscribe_url: the address that you gave.
        cost_in_pounds: what it costs without VAT, with the digits that Notify sent: a text costs a
            fraction of a penny, so this is no `Pence`. None while it is not known.
        cost_details: how the cost came about.
        is_cost_data_ready: whether the cost is known.
    """

    shown: ClassVar[frozenset[str]] = frozenset(
        {"id", "type", "status", "template", "created_at", "sent_at", "completed_at"}
    )

    id: str
    reference: str | None = None
    type: Annotated[TemplateType | str, Field(union_mode="left_to_right")]
    status: Annotated[NotificationStatus | str, Field(union_mode="left_to_right")]
    template: TemplateVersion
    body: str
    subject: str | None = None
    email_address: str | None = None
    phone_number: str | None = None
    line_1: str | None = None
    line_2: str | None = None
    line_3: str | None = None
    line_4: str | None = None
    line_5: str | None = None
    line_6: str | None = None
    postcode: str | None = None
    postage: str | None = None
    created_at: datetime
    created_by_name: str | None = None
    sent_at: datetime | None = None
    completed_at: datetime | None = None
    estimated_delivery: datetime | None = None
    one_click_unsubscribe_url: str | None = None
    cost_in_pounds: Decimal | None = None
    cost_details: CostDetails | None = None
    is_cost_data_ready: bool | None = None

    @property
    def is_final(self) -> bool:
        """Whether nothing more will become of it. A state that is not known is not final."""
        return isinstance(self.status, NotificationStatus) and self.status.is_final

    @property
    def is_delivered(self) -> bool:
        """Whether Notify knows that it arrived."""
        return isinstance(self.status, NotificationStatus) and self.status.is_delivered


class PageLinks(AnswerModel):
    """Where a page of a list is, and whether Notify has another.

    Attributes:
        current: this page.
        next: the page after it; None after the last. It is not followed: it names Notify's own
            host, which is not the way through your proxy or to a sandbox.
    """

    current: str | None = None
    next: str | None = None


class NotificationPage(AnswerModel):
    """A page of a list, newest message first; 250 at the most.

    Attributes:
        notifications: the messages.
        links: where it is, and where the next is.
    """

    notifications: tuple[Notification, ...]
    links: PageLinks
