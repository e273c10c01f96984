# SPDX-License-Identifier: MIT
"""The templates of the stand-in: a few to begin with, and what a test adds."""

import threading
import uuid
from dataclasses import dataclass, replace

from lg_sandbox.notify.model import Channel

__all__ = ["BIN_DAY", "PAYMENT_RECEIVED", "SECURITY_CODE", "Template", "Templates"]


@dataclass(frozen=True, slots=True)
class Template:
    """One version of a template.

    Args:
        id: Notify's id of it.
        channel: what it is for.
        name: what the service calls it.
        body: the text, with placeholders such as `((name))`.
        subject: the subject of an email, with placeholders; None for a text message.
        version: counts the changes, from 1.
        archived: whether it was deleted.
    """

    id: str
    channel: Channel
    name: str
    body: str
    subject: str | None = None
    version: int = 1
    archived: bool = False

    @property
    def parts(self) -> tuple[str, ...]:
        """The texts that hold placeholders, in Notify's order."""
        return (self.body,) if self.subject is None else (self.subject, self.body)


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


class Templates:
    """The templates of the service. Safe between threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept = {each.id: each for each in (SECURITY_CODE, BIN_DAY, PAYMENT_RECEIVED)}

    @property
    def all(self) -> tuple[Template, ...]:
        """The latest version of every template, deleted ones too, oldest first."""
        with self._lock:
            return tuple(self._kept.values())

    def add(
        self,
        body: str,
        *,
        name: str = "Template",
        subject: str | None = None,
        template_id: str | None = None,
    ) -> Template:
        """Add a template.

        Args:
            body: the text, with placeholders such as `((name))`.
            name: what to call it.
            subject: the subject: an email's template has one, a text message's none.
            template_id: its id, a UUID; a new one when None.

        Returns:
            The template, in version 1.

        Raises:
            ValueError: when the id is no UUID, or is taken.
        """
        known = str(uuid.uuid4() if template_id is None else _uuid(template_id))
        channel = Channel.SMS if subject is None else Channel.EMAIL
        template = Template(known, channel, name, body, subject)
        with self._lock:
            if known in self._kept:
                raise ValueError("Another template has this id: give each template its own.")
            self._kept[known] = template
        return template

    def change(self, template_id: str, *, body: str, subject: str | None = None) -> Template:
        """Write a new version of a template.

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
        with self._lock:
            old = self._find(template_id)
            subject = old.subject if subject is None else subject
            new = replace(old, body=body, subject=subject, version=old.version + 1)
            if (new.subject is None) is not (old.channel is Channel.SMS):
                raise ValueError("A text message has no subject: leave it out.")
            self._kept[template_id] = new
        return new

    def archive(self, template_id: str) -> None:
        """Delete a template, as the service does on Notify's pages. Nothing more is sent with it.

        Args:
            template_id: which.

        Raises:
            LookupError: when there is no such template.
        """
        with self._lock:
            self._kept[template_id] = replace(self._find(template_id), archived=True)

    def get(self, template_id: str) -> Template | None:
        """Return a template by its id, or None.

        Args:
            template_id: which.
        """
        with self._lock:
            return self._kept.get(template_id)

    def _find(self, template_id: str) -> Template:
        template = self._kept.get(template_id)
        if template is None:
            raise LookupError(
                "There is no template with this id. Look at `sandbox.notify.templates.all`."
            )
        return template


def _uuid(text: str) -> uuid.UUID:
    try:
        return uuid.UUID(text)
    except ValueError:
        raise ValueError("The id of a template is a UUID: give one, or leave it out.") from None
