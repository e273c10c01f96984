# SPDX-License-Identifier: MIT
"""Walk the garden waste service over HTTP as a resident would, and say what each step did.

Each walk ends by comparing what the resident was told with the sandbox's own record: money that
moved, messages that went out, lines that finance has. Where they differ, the walk says so.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from lg_core.cli import Step, Steps
from lg_core.money import Pence, format_pounds
from lg_core.telemetry import reports
from lg_core.testing import Browser, Page
from lg_patterns.demo.anytown import Anytown
from lg_patterns.garden_waste.cases import Case

__all__ = ["Walk", "abandoned", "declined", "paid", "vanished"]

GOOD_CARD: Final = "4444333322221111"
DECLINED_CARD: Final = "4000000000000002"
EMAIL: Final = "sam.resident@example.com"

Watch = Callable[[Step], None] | None


@dataclass(slots=True)
class Walk:
    """What happened.

    Attributes:
        steps: every step.
        uprn: the property that was chosen.
        payment_id: the last payment.
        final_state: its state, as GOV.UK Pay has it.
        amount: pence that were paid for.
        charges: how often money moved, by the sandbox's own record.
        emails: how many confirmations went out, by the sandbox's own record.
        ledger_lines: how many lines finance has.
        as_it_should_be: whether all these are what this walk must end with.
    """

    steps: list[Step] = field(default_factory=list[Step])
    uprn: str = ""
    payment_id: str = ""
    final_state: str = ""
    amount: int = 0
    charges: int = 0
    emails: int = 0
    ledger_lines: int = 0
    as_it_should_be: bool = False

    @property
    def summary(self) -> str:
        """The end of the walk in a line."""
        money = format_pounds(Pence(self.amount))
        return (
            f"Final state: {self.final_state}, {money}; charged {_times(self.charges)}, "
            f"written to {_times(self.emails)}, {self.ledger_lines} ledger line"
            f"{'' if self.ledger_lines == 1 else 's'}."
        )


def _times(number: int) -> str:
    return "once" if number == 1 else f"{number} times"


class _Resident:
    """A resident with a browser, and the walk so far."""

    def __init__(self, town: Anytown, watch: Watch) -> None:
        self.town = town
        steps = Steps(watch)
        self.step = steps.add
        self.walk = Walk(steps.all)
        self.browser = Browser()
        self.day = town.sandbox.clock.now().date()

    def fill_in(self) -> Page:
        """From the first page to the card page, with one answer changed on the way."""
        browser, press = self.browser, self.browser.press
        page = browser.open(self.town.url)
        self.step("The resident opens the service.", page=page.heading, address=self.town.url)
        page = browser.follow(page, "Start now")
        places = self.town.sandbox.places
        postcode = next(one.postcode for one in places.addresses if one.uprn)
        page = press(page, "Find address", **{"address-postcode": postcode})
        self.step("The resident types a postcode.", postcode=postcode, page=page.heading)
        offered = page.forms[0].choices["address"]
        value, label = next((value, label) for value, label in offered.items() if value)
        page = press(page, "Continue", address=value)
        page = press(page, "Continue", bins="2")
        page = press(page, "Continue", subscription="new")
        page = press(page, "Continue", full_name="Sam Resident", email=EMAIL, phone="")
        self.step(
            "The resident chooses an address, and answers the other questions.",
            address=label,
            page=page.heading,
        )
        before = page.rows.get("Price", "")
        page = browser.follow(page, "Change Garden waste bins")
        page = press(page, "Continue", bins="1")
        self.step(
            "The resident changes one answer, two bins to one.",
            page=page.heading,
            price_before=before,
            price_now=page.rows.get("Price", ""),
        )
        page = press(page, "Continue to payment")
        case = self._case()
        self.walk.uprn = case.answers["address"]["uprn"]
        self.step(
            "The service keeps a case, and asks GOV.UK Pay for a payment.",
            reference=case.reference,
            uprn=self.walk.uprn,
            **self._payment(),
            page=page.heading,
        )
        return page

    def card(self, page: Page, number: str) -> Page:
        """Type a card, and confirm where that is asked."""
        page = self.browser.press(
            page,
            "Continue",
            cardNo=number,
            expiryMonth="12",
            expiryYear=f"{self.town.sandbox.clock.now().year + 1:04}",
            cardholderName="Sam Resident",
            cvc="123",
            addressLine1="1 Test Street",
            addressCity="Anytown",
            addressPostcode="ZZ1 1ZZ",
            email=EMAIL,
        )
        self.step(f"The resident pays with the test card {number}.", page=page.heading)
        if any(form.button.startswith("Confirm") for form in page.forms):
            page = self.browser.press(page, "Confirm")
        else:
            page = self.browser.follow(page, "Go back")
        self.step("GOV.UK Pay sends the resident back to the council.", page=page.heading)
        return page

    def elsewhere(self, page: Page) -> None:
        """Open the case's page in another browser."""
        other = Browser().open(page.url)
        self.step("The same address works in another browser.", page=other.heading)

    def end(self, *, charges: int) -> Walk:
        """Compare what happened with the records of the sandbox."""
        walk, sandbox = self.walk, self.town.sandbox
        payment = sandbox.pay.payments[-1]
        walk.payment_id, walk.final_state = payment.id, payment.state.status
        walk.amount = payment.amount
        walk.charges = len(sandbox.pay.charges)
        walk.emails = len(sandbox.notify.messages)
        walk.ledger_lines = len(self.town.ledger.lines)
        self.step("What GOV.UK Pay has.", **self._payment())
        for message in sandbox.notify.messages:
            self.step(
                "The e-mail as it was delivered.",
                to=message.to,
                subject=message.subject,
                text="\n" + message.delivered_text.strip(),
            )
        for line in self.town.ledger.lines:
            self.step(
                "The line that finance posts.",
                day=line.day.isoformat(),
                reference=line.reference,
                payment_id=line.payment_id,
                fund=line.fund,
                cost_centre=line.cost_centre,
                gl_code=line.gl_code,
                vat_code=line.vat_code,
                net=format_pounds(line.net),
                vat=format_pounds(line.vat),
                gross=format_pounds(line.gross),
            )
        for report in reports(day=self.day):
            self.step(
                "The adoption report, as it would be sent.", report=report.to_bytes().decode()
            )
        expected = (charges, charges, charges)
        walk.as_it_should_be = expected == (walk.charges, walk.emails, walk.ledger_lines)
        return walk

    def _case(self) -> Case:
        back = self.town.sandbox.pay.payments[-1].return_url or ""
        case = self.town.service.case(back.rpartition("/")[2])
        if case is None:
            raise LookupError("The payment leads back to a case that is not there.")
        return case

    def _payment(self) -> dict[str, object]:
        payment = self.town.sandbox.pay.payments[-1]
        return {
            "payment_id": payment.id,
            "state": payment.state.status,
            "amount": format_pounds(Pence(payment.amount)),
        }


def paid(town: Anytown, *, watch: Watch) -> Walk:
    """Subscribe and pay.

    Args:
        town: the council's site.
        watch: is told of each step.

    Returns:
        What happened.
    """
    resident = _Resident(town, watch)
    page = resident.card(resident.fill_in(), GOOD_CARD)
    resident.elsewhere(page)
    return resident.end(charges=1)


def declined(town: Anytown, *, watch: Watch) -> Walk:
    """Meet a declined card, and pay with another: two payments, one charge.

    Args:
        town: the council's site.
        watch: is told of each step.

    Returns:
        What happened.
    """
    resident = _Resident(town, watch)
    page = resident.card(resident.fill_in(), DECLINED_CARD)
    page = resident.browser.press(page, "Try the payment again")
    page = resident.card(page, GOOD_CARD)
    resident.elsewhere(page)
    return resident.end(charges=1)


def vanished(town: Anytown, *, watch: Watch) -> Walk:
    """Pay, and never come back: mop-up completes the case, and a second run finds nothing to do.

    Args:
        town: the council's site.
        watch: is told of each step.

    Returns:
        What happened.
    """
    resident = _Resident(town, watch)
    resident.fill_in()
    pay, notify = town.sandbox.pay, town.sandbox.notify
    pay.pay(pay.payments[-1].id)
    resident.step(
        "The resident pays, and closes the browser before it comes back to the council.",
        e_mails=len(notify.messages),
        ledger_lines=len(town.ledger.lines),
    )
    town.sandbox.clock.advance(timedelta(minutes=20))
    runs = [town.service.mop_up(), town.service.mop_up()]
    for number, found in zip(("first", "second"), runs, strict=True):
        resident.step(
            f"Mop-up runs 20 minutes later: the {number} time.",
            looked=found.looked,
            paid=found.paid,
            unsubmitted=len(found.unsubmitted),
        )
    walk = resident.end(charges=1)
    walk.as_it_should_be &= [found.paid for found in runs] == [1, 0]
    walk.as_it_should_be &= all(found.clean for found in runs)
    return walk


def abandoned(town: Anytown, *, watch: Watch) -> Walk:
    """Close the card page, and open the case later: it says that nothing was paid.

    Args:
        town: the council's site.
        watch: is told of each step.

    Returns:
        What happened.
    """
    resident = _Resident(town, watch)
    resident.fill_in()
    payment = town.sandbox.pay.payments[-1]
    page = Browser().open(payment.return_url or "")
    resident.step(
        "The resident closes the card page, and opens the address of the case later.",
        page=page.heading,
        offers=page.forms[-1].button,
    )
    walk = resident.end(charges=0)
    walk.as_it_should_be &= page.heading == "You have not paid yet"
    return walk
