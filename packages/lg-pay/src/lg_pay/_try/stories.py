# SPDX-License-Identifier: MIT
"""What `lg-pay try` shows: a payment, a declined card, a lost answer; each step as it happens.

Each story ends by comparing what the client says with the sandbox's own record of the money that
moved. Where they differ, the story says so and the command ends with a failure.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from lg_core.cli import Step, Steps, emit, until_stopped
from lg_core.errors import OutcomeUnknownError
from lg_core.money import Pence, format_pounds
from lg_core.testing import Browser, Page
from lg_pay._sync.client import PayClient
from lg_pay.new_payment import NewPayment
from lg_pay.payment import Payment
from lg_sandbox import Fault, Sandbox

__all__ = ["Story", "declined", "lost_answer", "paid", "serve"]

GOOD_CARD = "4444333322221111"
DECLINED_CARD = "4000000000000002"
RETURN_URL = "https://www.example.gov.uk/garden-waste/return/6f1c2f6a"
_EXPIRES_AFTER_SECONDS = 5_700.0  # 90 minutes, and the 5 in which GOV.UK Pay leaves it alone

Watch = Callable[[Step], None] | None


@dataclass(slots=True)
class Story:
    """What happened.

    Attributes:
        steps: every step.
        final_status: the state of the last payment, as the client read it.
        amount: its amount in pence.
        charges: how often money moved, by the sandbox's own record.
        as_it_should_be: whether the payment succeeded and money moved exactly once.
    """

    steps: list[Step] = field(default_factory=list[Step])
    final_status: str = ""
    amount: int = 0
    charges: int = 0
    as_it_should_be: bool = False

    @property
    def summary(self) -> str:
        """The end of the story in a line."""
        money = format_pounds(Pence(self.amount))
        times = "once" if self.charges == 1 else f"{self.charges} times"
        return f"Final state: {self.final_status}, {money}, charged {times}."


class _Telling:
    """A story while it is told: the sandbox, the client, the payer, and the steps so far."""

    def __init__(self, sandbox: Sandbox, pay: PayClient, watch: Watch) -> None:
        self.sandbox = sandbox
        self.pay = pay
        steps = Steps(watch)
        self.step = steps.add
        self.story = Story(steps.all)

    def create(self, *, timeout: float | None = None) -> Payment:
        payment = self.pay.create_payment(_garden_waste(), timeout=timeout)
        self.step(
            "Your service asks GOV.UK Pay for a payment.",
            payment_id=payment.payment_id,
            amount=format_pounds(payment.amount),
            state=payment.state.status,
        )
        return payment

    def walk(self, payment: Payment, *, card: str) -> Page:
        """Go through the payment pages as the payer does."""
        payer = Browser()
        page = payer.open(payment.next_url or "")
        self.step("The payer opens the payment page.", page=page.heading)
        page = payer.press(
            page,
            "Continue",
            cardNo=card,
            expiryMonth="12",
            expiryYear=f"{self.sandbox.clock.now().year + 1:04}",
            cardholderName="A Tester",
            cvc="123",
            addressLine1="1 Test Street",
            addressCity="Testtown",
            addressPostcode="ZZ1 1ZZ",
            email="simulate-delivered@notifications.service.gov.uk",
        )
        self.step(f"The payer enters the test card {card}.", page=page.heading)
        if any(form.button.startswith("Confirm") for form in page.forms):
            page = payer.press(page, "Confirm")
            self.step("The payer confirms, and comes back to your service.", address=page.url)
        return page

    def read(self, payment: Payment) -> Payment:
        payment = self.pay.get_payment(payment.payment_id)
        shown: dict[str, object] = {"state": payment.state.status}
        if payment.state.code:
            shown["code"] = payment.state.code
        if message := payment.state.payer_message:
            shown["tell_the_payer"] = message.en
        self.step("Your service asks GOV.UK Pay what became of it.", **shown)
        return payment

    def end(self, payment: Payment) -> Story:
        story = self.story
        story.final_status = payment.state.status
        story.amount = payment.amount
        story.charges = len(self.sandbox.pay.charges)
        self.step("The sandbox's own record of money that moved.", charges=story.charges)
        story.as_it_should_be = story.final_status == "success" and story.charges == 1
        return story


def paid(*, watch: Watch) -> Story:
    """Take a payment with a card that works."""
    with Sandbox() as sandbox, _client(sandbox) as pay:
        telling = _begin(sandbox, pay, watch)
        payment = telling.create()
        telling.walk(payment, card=GOOD_CARD)
        return telling.end(telling.read(payment))


def declined(*, watch: Watch) -> Story:
    """Meet a declined card, and pay with another: two payments, one charge."""
    with Sandbox() as sandbox, _client(sandbox) as pay:
        telling = _begin(sandbox, pay, watch)
        payment = telling.create()
        telling.walk(payment, card=DECLINED_CARD)
        first = telling.read(payment)
        second = telling.create()
        telling.walk(second, card=GOOD_CARD)
        story = telling.end(telling.read(second))
        story.as_it_should_be &= first.state.code == "P0010"
        return story


def lost_answer(*, watch: Watch) -> Story:
    """Lose the answer to a create: show what the developer is told, and why no harm is done."""
    with Sandbox() as sandbox, _client(sandbox) as pay:
        telling = _begin(sandbox, pay, watch)
        sandbox.pay.faults.add(Fault.TIMEOUT_AFTER, operation="create_payment")
        try:
            telling.create(timeout=1.0)
        except OutcomeUnknownError as error:
            telling.step(
                "The answer is lost, and your service is told so.",
                error=type(error).__name__,
                reason=error.reason,
                attempts=error.attempts,
                message=error.message,
            )
        else:
            return telling.story
        (orphan,) = sandbox.pay.payments
        telling.step(
            "GOV.UK Pay did make the payment. Nobody holds its address, so nobody can pay it.",
            payment_id=orphan.id,
            state=orphan.state.status,
        )
        payment = telling.create()
        telling.walk(payment, card=GOOD_CARD)
        payment = telling.read(payment)
        sandbox.clock.advance(seconds=_EXPIRES_AFTER_SECONDS)
        first = pay.get_payment(orphan.id)
        telling.step(
            "An hour and a half later the first payment has expired by itself.",
            payment_id=first.payment_id,
            state=first.state.status,
            code=first.state.code,
        )
        story = telling.end(payment)
        story.as_it_should_be &= first.state.code == "P0020"
        return story


def serve(*, json: bool) -> None:
    """Keep the sandbox up until Ctrl-C, and say how to use it."""
    with until_stopped() as wait, Sandbox() as sandbox:
        place = {"LG_PAY_BASE_URL": sandbox.pay.url, "LG_PAY_API_KEY": sandbox.pay.api_key}
        emit(place, json=json, human=_how_to_use)
        wait()


def _how_to_use(place: dict[str, str]) -> str:
    settings = "\n".join(f"  {name}={value}" for name, value in place.items())
    return (
        "The sandbox is up. Nothing is real, and no money moves.\n"
        f"Its page: {place['LG_PAY_BASE_URL']}/\n\n"
        f"Set these for your service, and use PayClient.from_env():\n{settings}\n\n"
        "Stop with Ctrl-C."
    )


def _client(sandbox: Sandbox) -> PayClient:
    return PayClient(sandbox.pay.api_key, base_url=sandbox.pay.url)


def _begin(sandbox: Sandbox, pay: PayClient, watch: Watch) -> _Telling:
    telling = _Telling(sandbox, pay, watch)
    telling.step(
        "A sandbox of GOV.UK Pay starts on this machine. No money moves.", address=sandbox.pay.url
    )
    return telling


def _garden_waste() -> NewPayment:
    return NewPayment(
        amount=Pence(4650),
        reference="GW-0001",
        description="Garden waste collection",
        return_url=RETURN_URL,
    )
