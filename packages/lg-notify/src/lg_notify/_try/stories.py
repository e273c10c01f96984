# SPDX-License-Identifier: MIT
"""What `lg-notify try` shows: a text, an e-mail and a letter, and a lost answer, step by step.

Each story ends by comparing what the client says with the sandbox's own record of what was sent.
Where they differ, the story says so and the command ends with a failure.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

from lg_core.cli import Step, Steps, emit, until_stopped
from lg_notify._sync.client import NotifyClient
from lg_notify.errors import SendOutcomeUnknownError
from lg_notify.found_out import FoundOutcome
from lg_notify.new_message import Email, Letter, Sms
from lg_sandbox import Fault, Sandbox
from lg_sandbox.notify import BIN_DAY, PAYMENT_RECEIVED, REMINDER_LETTER

__all__ = ["Story", "lost_answer", "sent", "serve"]

NUMBER = "07700 900123"
ADDRESS = "resident@example.org"
LINES = ("A Resident", "1 Test Street", "Testtown", "SW1A 1AA")
_A_WHILE = timedelta(seconds=60)
_ENDS = {"sms": "delivered", "email": "delivered", "letter": "received"}

Watch = Callable[[Step], None] | None


@dataclass(slots=True)
class Story:
    """What happened.

    Attributes:
        steps: every step.
        statuses: what became of each message, by its kind, as the client read it.
        sent: how many messages were sent, by the sandbox's own record.
        wanted: how many should have been.
        as_it_should_be: whether each was sent once, and came to its good end.
    """

    steps: list[Step] = field(default_factory=list[Step])
    statuses: dict[str, str] = field(default_factory=dict[str, str])
    sent: int = 0
    wanted: int = 0
    as_it_should_be: bool = False

    @property
    def summary(self) -> str:
        """The end of the story in a line."""
        ends = ", ".join(f"{kind} {status}" for kind, status in self.statuses.items())
        each = "each sent once" if self.sent == self.wanted else f"{self.sent} messages were sent"
        return f"Final states: {ends}; {each}."


class _Telling:
    """A story while it is told: the sandbox, the client, and the steps so far."""

    def __init__(self, sandbox: Sandbox, notify: NotifyClient, watch: Watch) -> None:
        self.sandbox = sandbox
        self.notify = notify
        steps = Steps(watch)
        self.step = steps.add
        self.story = Story(steps.all)

    def read(self, notification_id: str) -> str:
        found = self.notify.get_notification(notification_id)
        self.story.statuses[str(found.type)] = str(found.status)
        return str(found.status)

    def end(self, *, wanted: int) -> Story:
        story = self.story
        story.wanted = wanted
        story.sent = len(self.sandbox.notify.messages)
        self.step("The sandbox's own record of messages.", messages=story.sent)
        story.as_it_should_be = story.sent == wanted and all(
            status == _ENDS[kind] for kind, status in story.statuses.items()
        )
        return story


def sent(*, watch: Watch) -> Story:
    """Send a text, an e-mail and a letter, and ask what became of them."""
    with Sandbox() as sandbox, _client(sandbox) as notify:
        telling = _begin(sandbox, notify, watch)
        ids: dict[str, str] = {}
        for kind, message in (("text", _text()), ("e-mail", _email())):
            accepted = notify.send(message)
            ids[kind] = accepted.id
            telling.step(
                f"Your service sends the {kind}.", id=accepted.id, says=accepted.content.body
            )
        posted = notify.send(_letter())
        ids["letter"] = posted.id
        telling.step("Your service sends the letter.", id=posted.id)
        sandbox.clock.advance(seconds=_A_WHILE.total_seconds())
        for kind, notification_id in ids.items():
            status = telling.read(notification_id)
            telling.step(f"A minute later it asks what became of the {kind}.", status=status)
        return telling.end(wanted=len(ids))


def lost_answer(*, watch: Watch) -> Story:
    """Lose the answer to a send: show what the developer is told, and why no harm is done."""
    with Sandbox() as sandbox, _client(sandbox) as notify:
        telling = _begin(sandbox, notify, watch)
        sandbox.notify.faults.add(Fault.TIMEOUT_AFTER, operation="send_sms")
        try:
            notify.send(_text(), timeout=1.0)
        except SendOutcomeUnknownError as error:
            lost = error
        else:
            return telling.story
        telling.step(
            "The answer is lost, and your service is told so. Nothing is sent again by itself.",
            error=type(lost).__name__,
            reason=lost.reason,
            message=lost.message,
        )
        found = notify.find_out(lost)
        telling.step(
            "It waits until GOV.UK Notify must have given up, and looks the message up.",
            outcome=found.outcome.value,
        )
        if found.outcome is FoundOutcome.SENT and found.notification is not None:
            sandbox.clock.advance(seconds=_A_WHILE.total_seconds())
            status = telling.read(found.notification.id)
            telling.step("The text was sent. A minute later it has arrived.", status=status)
        story = telling.end(wanted=1)
        story.as_it_should_be &= found.outcome is FoundOutcome.SENT
        return story


def serve(*, json: bool) -> None:
    """Keep the sandbox up until Ctrl-C, and say how to use it."""
    with until_stopped() as wait, Sandbox() as sandbox:
        place = {
            "LG_NOTIFY_BASE_URL": sandbox.notify.url,
            "LG_NOTIFY_API_KEY": sandbox.notify.api_key,
        }
        emit(place, json=json, human=_how_to_use)
        wait()


def _how_to_use(place: dict[str, str]) -> str:
    settings = "\n".join(f"  {name}={value}" for name, value in place.items())
    return (
        "The sandbox is up. Nothing is sent to anybody.\n"
        f"Its page: {place['LG_NOTIFY_BASE_URL']}/\n\n"
        f"Set these for your service, and use NotifyClient.from_env():\n{settings}\n\n"
        "Stop with Ctrl-C."
    )


def _client(sandbox: Sandbox) -> NotifyClient:
    def pause(seconds: float) -> None:
        # The wait of find_out is one of the sandbox's clock, so nobody sits through it.
        sandbox.clock.advance(seconds=seconds)

    return NotifyClient(sandbox.notify.api_key, base_url=sandbox.notify.url, pause=pause)


def _begin(sandbox: Sandbox, notify: NotifyClient, watch: Watch) -> _Telling:
    telling = _Telling(sandbox, notify, watch)
    telling.step(
        "A sandbox of GOV.UK Notify starts on this machine. Nothing is sent to anybody.",
        address=sandbox.notify.url,
    )
    return telling


def _text() -> Sms:
    return Sms(
        phone_number=NUMBER,
        template_id=BIN_DAY.id,
        personalisation={"name": "A Resident", "day": "Monday", "garden": "yes"},
        reference="TRY-0001",
    )


def _email() -> Email:
    return Email(
        email_address=ADDRESS,
        template_id=PAYMENT_RECEIVED.id,
        personalisation={
            "name": "A Resident",
            "reference": "GW-0001",
            "amount": "£46.50",
            "items": ["Garden waste, one bin"],
        },
        reference="TRY-0002",
    )


def _letter() -> Letter:
    return Letter(
        address=LINES,
        template_id=REMINDER_LETTER.id,
        personalisation={"name": "A Resident", "amount": "£46.50", "date": "1 April"},
        reference="TRY-0003",
    )
