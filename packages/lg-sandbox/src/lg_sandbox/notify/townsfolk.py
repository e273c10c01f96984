# SPDX-License-Identifier: MIT
"""What people and Notify's staff do: send a text in, return a letter, complain, send from a page.

A part of the stand-in as a test sees it; `stand_in` joins the parts.
"""

import uuid
from collections.abc import Mapping, Sequence

from lg_sandbox.notify.callbacks import (
    CallbackKind,
    ReceivedText,
    complaint_body,
    received_text_body,
    returned_letter_body,
)
from lg_sandbox.notify.errors import Refusal
from lg_sandbox.notify.keys import KeyKind
from lg_sandbox.notify.model import ENDS, Account, Channel, Message, Status
from lg_sandbox.notify.office import Office, PlannedEnd
from lg_sandbox.notify.posting import post
from lg_sandbox.notify.recipients import BadRecipientError, read_email, read_phone
from lg_sandbox.notify.schema import NewMessage
from lg_sandbox.notify.sending import Caller, send

__all__ = ["JobRefusedError", "Townsfolk"]


class JobRefusedError(ValueError):
    """Notify's pages would not send these rows."""


class Townsfolk:
    """What happens to a service's messages from outside. Safe between threads."""

    _office: Office

    def end(self, notification_id: str, *, status: Status = Status.DELIVERED) -> Message:
        """End a message now, whatever the clock says, as its network does.

        A text or an email has a receipt then, where its service has a callback. Also a message
        that had ended can be ended again: a network may change its word.

        Args:
            notification_id: Notify's id of it.
            status: how it ends.

        Returns:
            The message as it is then.

        Raises:
            LookupError: when there is no such message.
            ValueError: when such messages do not end so.
        """
        with self._office.open() as now:
            return self._office.end(notification_id, status, now=now)

    def plan_end(
        self,
        status: Status,
        *,
        channel: Channel = Channel.SMS,
        to: str | None = None,
        times: int = 1,
    ) -> None:
        """Say how messages to come will end.

        Args:
            status: how. `TECHNICAL_FAILURE`: Notify gives up after 4 hours, and no callback tells
                of it. `SENDING`: the provider of a text or an email never reports; after 72 hours
                it has failed for now. A letter may also be `VIRUS_SCAN_FAILED` or
                `VALIDATION_FAILED`.
            channel: of which kind of message.
            to: to whom, for texts and emails; to anybody when None.
            times: for how many messages.

        Raises:
            ValueError: when such messages do not end so, or nobody can have such a number or
                address, or `times` is less than 1.
        """
        ends = ENDS[channel] - {Status.RETURNED_LETTER, Status.CANCELLED}
        if channel is not Channel.LETTER:
            ends |= {Status.SENDING}
        if status not in ends:
            raise ValueError(f"A message does not end so. Use one of: {', '.join(sorted(ends))}.")
        if times < 1:
            raise ValueError("times must be 1 or more.")
        normalised = None if to is None else _normalised(to)
        with self._office.open():
            self._office.planned.append(PlannedEnd(status, channel, normalised, times))

    def receive_text(
        self, content: str, *, user_number: str = "447900900123", account: Account | None = None
    ) -> ReceivedText:
        """Send a text to the service, as a person does.

        Args:
            content: what it says.
            user_number: whose number it is.
            account: which service; the first when None.

        Returns:
            The text, which the API lists from now on, and a callback tells of.

        Raises:
            ValueError: when the service has no number.
        """
        account = account or self._office.first.account
        if account.inbound_number is None:
            raise ValueError("The service has no number: set `account.inbound_number`.")
        with self._office.open() as now:
            text = ReceivedText(
                str(uuid.uuid4()),
                now,
                account.id,
                account.inbound_number,
                user_number,
                content,
            )
            self._office.desk(account.id).received.append(text)
            self._office.callbacks.tell(
                CallbackKind.RECEIVED_TEXT,
                received_text_body(text),
                account=account.id,
                about=text.id,
                at=now,
            )
        return text

    def return_letter(self, notification_id: str) -> Message:
        """Let a letter come back, as it does weeks later. The API goes on saying `received`.

        Args:
            notification_id: Notify's id of it.

        Raises:
            LookupError: when there is no such message.
            ValueError: when it is no letter, or was never printed.
        """
        with self._office.open() as now:
            message = self._office.get(notification_id, now=now)
            if message.letter is None or message.status is not Status.DELIVERED:
                raise ValueError("Only a letter that was received can come back.")
            returned = self._office.end(notification_id, Status.RETURNED_LETTER, now=now)
            template = self._office.desk(message.account).templates.get(message.template_id)
            self._office.callbacks.tell(
                CallbackKind.RETURNED_LETTER,
                returned_letter_body(
                    returned, template_name=None if template is None else template.name
                ),
                account=message.account,
                about=message.id,
                at=now,
            )
        return returned

    def cancel_letter(self, notification_id: str) -> Message:
        """Cancel a letter before it goes to print, as staff do on Notify's pages.

        Args:
            notification_id: Notify's id of it.

        Raises:
            LookupError: when there is no such message.
            ValueError: when it is no letter, or too late.
        """
        with self._office.open() as now:
            message = self._office.get(notification_id, now=now)
            early = {Status.CREATED, Status.PENDING_VIRUS_CHECK, Status.SENDING}
            if message.letter is None or message.status not in early:
                raise ValueError("Only a letter that is not yet printed can be cancelled.")
            return self._office.end(notification_id, Status.CANCELLED, now=now)

    def complain(self, notification_id: str) -> None:
        """Mark an email as unwanted, as a person does. A callback tells of it.

        Args:
            notification_id: Notify's id of it.

        Raises:
            LookupError: when there is no such message.
            ValueError: when it is no email.
        """
        with self._office.open() as now:
            message = self._office.get(notification_id, now=now)
            if message.channel is not Channel.EMAIL:
                raise ValueError("Only an email can be marked as unwanted.")
            self._office.callbacks.tell(
                CallbackKind.COMPLAINT,
                complaint_body(message, at=now),
                account=message.account,
                about=message.id,
                at=now,
            )

    def send_job(
        self,
        template_id: str,
        rows: Sequence[Mapping[str, object]],
        *,
        sent_by: str = "Sandbox Staff",
        account: Account | None = None,
    ) -> tuple[Message, ...]:
        """Send the rows of a spreadsheet, as staff do on Notify's pages with a live service.

        The API lists these messages only where it is asked for with `include_jobs`.

        Args:
            template_id: the template.
            rows: the values of each row, with `phone number`, `email address` or the lines of an
                address.
            sent_by: who sends.
            account: which service; the first when None.

        Returns:
            The messages.

        Raises:
            LookupError: when there is no such template.
            JobRefusedError: when a row cannot be sent; the rows before it were.
        """
        desk = self._office.desk((account or self._office.first.account).id)
        template = desk.templates.get(template_id)
        if template is None:
            raise LookupError("There is no template with this id. Look at `templates.all`.")
        caller = Caller(desk, KeyKind.NORMAL, "http://notify", sent_by=sent_by, in_job=True)
        sent: list[Message] = []
        with self._office.open() as now:
            for number, row in enumerate(rows, 1):
                new = _row(template.id, template.channel, row)
                work = post if template.channel is Channel.LETTER else send
                try:
                    done = work(new, office=self._office, caller=caller, now=now)
                except (Refusal, BadRecipientError):
                    raise JobRefusedError(
                        f"Row {number} cannot be sent: look at its values and at the template."
                    ) from None
                sent.append(done.message)
        return tuple(sent)


def _row(template_id: str, channel: Channel, row: Mapping[str, object]) -> NewMessage:
    recipient = {Channel.SMS: "phone number", Channel.EMAIL: "email address"}.get(channel, "")
    return NewMessage(
        channel=channel,
        to=str(row.get(recipient, "")),
        template_id=template_id,
        personalisation=row,
        reference=None,
        sender_id=None,
        unsubscribe_url=None,
        sanitise=(),
    )


def _normalised(to: str) -> str:
    try:
        return read_email(to) if "@" in to else read_phone(to).normalised
    except BadRecipientError:
        raise ValueError("Nobody has such a number or address: look at `to`.") from None
