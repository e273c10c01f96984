# SPDX-License-Identifier: MIT
"""The templates of a service: a few to begin with, what a test adds, and every version of each."""

import threading
import uuid
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from lg_sandbox.notify.model import Channel

__all__ = [
    "BIN_DAY",
    "FIRST_TEMPLATES",
    "PAYMENT_RECEIVED",
    "POSTAGES",
    "REMINDER_LETTER",
    "SECURITY_CODE",
    "Template",
    "Templates",
]

POSTAGES = ("first", "second", "economy")
"""How a letter's template may have it sent (technical documentation, 'postage')."""

_LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)
_AUTHOR = "staff@sandbox.example"


@dataclass(frozen=True, slots=True)
class Template:
    """One version of a template.

    Args:
        id: Notify's id of it.
        channel: what it is for.
        name: what the service calls it.
        body: the text, with placeholders such as `((name))`.
        subject: the subject of an email or the heading of a letter, with placeholders; None for
            a text message.
        version: counts the changes, from 1.
        archived: whether it was deleted.
        postage: how a letter is sent; None for the others.
        contact_block: the service's address on a letter, with placeholders; None for none.
        created_at: when its first version was written.
        updated_at: when this version was written; None for the first.
        created_by: who wrote it.
    """

    id: str
    channel: Channel
    name: str
    body: str
    subject: str | None = None
    version: int = 1
    archived: bool = False
    postage: str | None = None
    contact_block: str | None = None
    created_at: datetime = _LONG_AGO
    updated_at: datetime | None = None
    created_by: str = _AUTHOR

    @property
    def parts(self) -> tuple[str, ...]:
        """The texts that hold placeholders, in Notify's order."""
        found = (self.contact_block, self.subject, self.body)
        return tuple(each for each in found if each is not None)


SECURITY_CODE = Template(
    "0f9f1b4c-2f7a-4c53-9d0e-6a1a5c0d1e01",
    Channel.SMS,
    "Security code",
    "((code)) is your security code. Do not share it.",
)
"""A text with one placeholder."""

BIN_DAY = Template(
    "0f9f1b4c-2f7a-4c53-9d0e-6a1a5c0d1e02",
    Channel.SMS,
    "Bin day",
    "Hello ((name)), your next bin day is ((day)). ((garden??Put your garden waste out too.))",
)
"""A text with a part that only some people read."""

PAYMENT_RECEIVED = Template(
    "0f9f1b4c-2f7a-4c53-9d0e-6a1a5c0d1e03",
    Channel.EMAIL,
    "Payment received",
    "Dear ((name))\n\n# We have your payment\n\nYou paid ((amount)) for:\n\n((items))",
    "Your payment ((reference))",
)
"""An email with a list."""

REMINDER_LETTER = Template(
    "0f9f1b4c-2f7a-4c53-9d0e-6a1a5c0d1e04",
    Channel.LETTER,
    "Reminder",
    "Dear ((name))\n\nPlease pay ((amount)) by ((date)).\n\n* online\n* by telephone",
    "Your council tax",
    postage="second",
    contact_block="Sandbox Council\n1 Market Street\nTesttown\nZZ1 1ZZ",
)
"""A letter that goes second class."""

FIRST_TEMPLATES = (SECURITY_CODE, BIN_DAY, PAYMENT_RECEIVED, REMINDER_LETTER)
"""What a new sandbox has."""


class Templates:
    """The templates of a service. Safe between threads.

    Args:
        first: those that it begins with.
        now: gives the present instant of the virtual clock.
    """

    def __init__(
        self,
        first: tuple[Template, ...] = FIRST_TEMPLATES,
        *,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._lock = threading.Lock()
        self._now = now
        self._kept: dict[str, list[Template]] = {each.id: [each] for each in first}

    @property
    def all(self) -> tuple[Template, ...]:
        """The latest version of every template, deleted ones too, oldest first."""
        with self._lock:
            return tuple(versions[-1] for versions in self._kept.values())

    def add(
        self,
        body: str,
        *,
        name: str = "Template",
        subject: str | None = None,
        template_id: str | None = None,
        postage: str | None = None,
        contact_block: str | None = None,
        created_by: str = _AUTHOR,
    ) -> Template:
        """Add a template.

        Args:
            body: the text, with placeholders such as `((name))`.
            name: what to call it.
            subject: the subject: an email's or a letter's template has one, a text message's none.
            template_id: its id, a UUID; a new one when None.
            postage: `first`, `second` or `economy` makes it a letter.
            contact_block: the service's address at the top of a letter.
            created_by: who wrote it.

        Returns:
            The template, in version 1.

        Raises:
            ValueError: when the id is no UUID, or is taken, or the postage is unknown, or a letter
                has no subject.
        """
        known = str(uuid.uuid4() if template_id is None else _uuid(template_id))
        channel = Channel.SMS if subject is None else Channel.EMAIL
        if postage is not None:
            if postage not in POSTAGES:
                raise ValueError(f"There is no such postage. Use one of: {', '.join(POSTAGES)}.")
            if subject is None:
                raise ValueError("A letter has a heading: give a subject.")
            channel = Channel.LETTER
        template = Template(
            known,
            channel,
            name,
            body,
            subject,
            postage=postage,
            contact_block=contact_block,
            created_at=self._now(),
            created_by=created_by,
        )
        with self._lock:
            if known in self._kept:
                raise ValueError("Another template has this id: give each template its own.")
            self._kept[known] = [template]
        return template

    def edit(
        self,
        template_id: str,
        *,
        body: str | None = None,
        subject: str | None = None,
        name: str | None = None,
        postage: str | None = None,
    ) -> Template:
        """Write a new version of a template, as staff do on Notify's pages.

        Args:
            template_id: which.
            body: the new text; the old one stays when None. So does all that follows.
            subject: the new subject.
            name: the new name.
            postage: the new postage of a letter.

        Returns:
            The new version.

        Raises:
            LookupError: when there is no such template.
            ValueError: when a text message is given a subject, or the postage is unknown or not
                for a letter.
        """
        with self._lock:
            old = self._find(template_id)
            if subject is not None and old.channel is Channel.SMS:
                raise ValueError("A text message has no subject: leave it out.")
            if postage is not None and (
                old.channel is not Channel.LETTER or postage not in POSTAGES
            ):
                raise ValueError(
                    f"Only a letter has a postage, one of: {', '.join(POSTAGES)}. Leave it out."
                )
            new = replace(
                old,
                body=old.body if body is None else body,
                subject=old.subject if subject is None else subject,
                name=old.name if name is None else name,
                postage=old.postage if postage is None else postage,
                version=old.version + 1,
                updated_at=self._now(),
            )
            self._kept[template_id].append(new)
        return new

    def change(self, template_id: str, *, body: str, subject: str | None = None) -> Template:
        """Write a new version of a template with another text: short for `edit`.

        Args:
            template_id: which.
            body: the new text.
            subject: the new subject; the old one stays when None.

        Returns:
            The new version.

        Raises:
            LookupError: when there is no such template.
            ValueError: when a text message is given a subject.
        """
        return self.edit(template_id, body=body, subject=subject)

    def archive(self, template_id: str) -> None:
        """Delete a template, as the service does on Notify's pages. Nothing more is sent with it.

        It can still be read by its id, and is no longer in the list of all templates.

        Args:
            template_id: which.

        Raises:
            LookupError: when there is no such template.
        """
        with self._lock:
            latest = self._find(template_id)
            self._kept[template_id][-1] = replace(latest, archived=True)

    def get(self, template_id: str, *, version: int = 0) -> Template | None:
        """Return a template by its id, or None.

        Args:
            template_id: which.
            version: which version of it; the latest when 0, as Notify has it.
        """
        with self._lock:
            versions = self._kept.get(template_id, [])
            if version == 0:
                return versions[-1] if versions else None
            return versions[version - 1] if 0 < version <= len(versions) else None

    def _find(self, template_id: str) -> Template:
        if template_id not in self._kept:
            raise LookupError(
                "There is no template with this id. Look at `sandbox.notify.templates.all`."
            )
        return self._kept[template_id][-1]


def _uuid(text: str) -> uuid.UUID:
    try:
        return uuid.UUID(text)
    except ValueError:
        raise ValueError("The id of a template is a UUID: give one, or leave it out.") from None
