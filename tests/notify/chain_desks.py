# SPDX-License-Identifier: MIT
"""What tests of chains share: an e-mail, a text and a letter for one person, and their ends."""

from decimal import Decimal
from typing import Any

from notify.outboxes import Desk, a_text

from lg_notify import Email, Letter, Sms
from lg_notify.chains import Chain, Chains, Prices
from lg_sandbox.notify import BIN_DAY, PAYMENT_RECEIVED, REMINDER_LETTER, Message, Status

__all__ = [
    "ADDRESS",
    "PRICES",
    "TEXT",
    "TO",
    "a_letter",
    "an_email",
    "chain_in",
    "end",
    "latest",
    "tell_all",
    "three",
]

TO = "sian@example.gov.uk"
ADDRESS = ("Siân Evans", "1 High Street", "Anytown", "SW1A 1AA")
PRICES = Prices(
    texts={BIN_DAY.id: BIN_DAY.body},
    prefix="Sandbox Council",
    letters={REMINDER_LETTER.id: (1, "second")},
)
TEXT = Decimal("0.024")
"""A text of one fragment, in November 2026; the letter costs 73p."""


def an_email(to: str = TO, **changes: Any) -> Email:
    """Return an e-mail."""
    values = {"name": "S", "amount": "1", "items": ["a", "b"], "reference": "r"}
    return Email(
        email_address=to, template_id=PAYMENT_RECEIVED.id, personalisation=values, **changes
    )


def a_letter(*lines: str) -> Letter:
    """Return a letter."""
    values = {"name": "S", "amount": "1", "date": "1 May"}
    return Letter(template_id=REMINDER_LETTER.id, address=lines or ADDRESS, personalisation=values)


def three() -> list[Email | Sms | Letter]:
    """Return the messages of a chain."""
    return [an_email(), a_text(), a_letter()]


def latest(desk: Desk) -> Message:
    """Return what Notify got last."""
    return desk.sandbox.notify.messages[-1]


def end(desk: Desk, chains: Chains, status: Status) -> None:
    """Send what is due, let the last message end, and tell the chain."""
    desk.run()
    which = latest(desk)
    desk.sandbox.notify.end(which.id, status=status)
    with desk.client() as client:
        chains.note(client.get_notification(which.id))


def tell_all(desk: Desk, chains: Chains) -> None:
    """Tell the chains of all that has become of all messages."""
    with desk.client() as client:
        for each in desk.sandbox.notify.messages:
            chains.note(client.get_notification(each.id))


def chain_in(chains: Chains, case: str = "1", **changes: Any) -> Chain:
    """Return the chain of a case, which must be there."""
    chain = chains.get(case, **changes)
    assert chain is not None
    return chain
