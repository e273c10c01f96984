# SPDX-License-Identifier: MIT
"""The garden waste service over HTTP, as a resident meets it, with what goes wrong."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from patterns.resident import DECLINED, EMAIL, answer, pay, type_card
from patterns.towns import anytown

from lg_core.telemetry import Environment, reports
from lg_core.testing import Browser, Page
from lg_patterns.demo.anytown import Anytown
from lg_patterns.garden_waste import LedgerLine, MemoryLedger
from lg_sandbox import Fault


def _case_url(town: Anytown) -> str:
    return town.sandbox.pay.payments[-1].return_url or ""


def test_a_resident_subscribes_pays_and_is_written_to_once(town: Anytown) -> None:
    """One payment, one e-mail, one ledger line, however often the page is opened after it."""
    browser = Browser()
    page = pay(browser, browser.press(answer(town, browser, bins="2"), "Continue to payment"))
    for _ in range(3):
        assert "Payment received" == browser.open(page.url).heading
    (payment,) = town.sandbox.pay.payments
    (message,) = town.sandbox.notify.messages
    (line,) = town.ledger.lines

    assert "Payment received" == page.heading
    assert (7650, payment.id) == (line.gross, line.payment_id)
    assert [payment.id] == [charge.payment_id for charge in town.sandbox.pay.charges]
    case = town.service.case(page.url.rpartition("/")[2])
    assert case is not None
    assert (EMAIL, case.confirmation) == (message.to, message.reference)
    assert "14 Marlpit" not in page.text


def test_another_browser_finds_the_case_and_nothing_personal(town: Anytown) -> None:
    """The unguessable address works anywhere, and shows neither name nor address nor e-mail."""
    browser = Browser()
    page = pay(browser, browser.press(answer(town, browser), "Continue to payment"))
    other = Browser().open(page.url)
    guessed = Browser().open(page.url[:-1] + ("A" if page.url[-1] != "A" else "B"))

    assert "Payment received" == other.heading
    for personal in ("Quillfeather", "ZZ1", "07700", EMAIL):
        assert personal not in other.text
    assert (404, "Page not found") == (guessed.status, guessed.heading)


def test_a_button_pressed_twice_makes_one_payment(town: Anytown) -> None:
    """The second press leads to the payment that stands."""
    browser = Browser()
    page = answer(town, browser)
    first = browser.press(page, "Continue to payment")
    again = browser.press(page, "Continue to payment")

    assert "Enter card details" == first.heading
    assert "Enter card details" == again.heading
    assert 1 == len(town.sandbox.pay.payments)


def test_a_button_pressed_in_five_windows_at_once_makes_one_payment(town: Anytown) -> None:
    """Requests at the same moment share a case, and only one of them asks for a payment."""
    browser = Browser()
    page = answer(town, browser)
    ready = threading.Barrier(5)

    def press(_number: int) -> Page:
        ready.wait()
        return browser.press(page, "Continue to payment")

    with ThreadPoolExecutor(5) as threads:
        pages = list(threads.map(press, range(5)))

    assert 1 == len(town.sandbox.pay.payments)
    assert {one.heading for one in pages} <= {
        "Enter card details",
        "Your payment is being set up",
        "You have not paid yet",
        "This link cannot be used",  # two windows with one link: it works once
    }


def test_an_answer_changed_after_an_unfinished_payment_is_charged_at_its_new_price(
    town: Anytown,
) -> None:
    """The payment of the old price is cancelled before another is asked for."""
    browser = Browser()
    check = answer(town, browser, bins="2")
    browser.press(check, "Continue to payment")
    page = browser.follow(check, "Change Garden waste bins")
    page = browser.press(page, "Continue", bins="1")
    page = pay(browser, browser.press(page, "Continue to payment"))
    first, second = town.sandbox.pay.payments

    assert "Payment received" == page.heading
    assert ("cancelled", 7650) == (first.state.status, first.amount)
    assert ("success", 4650) == (second.state.status, second.amount)
    assert [4650] == [line.gross for line in town.ledger.lines]


def test_answers_changed_after_the_payment_change_nothing(town: Anytown) -> None:
    """A page that was left open cannot make a paid case ask for money again."""
    browser = Browser()
    check = answer(town, browser)
    pay(browser, browser.press(check, "Continue to payment"))
    page = browser.press(check, "Continue to payment")

    assert "Payment received" != page.heading  # the answers are gone: it begins afresh
    assert 1 == len(town.sandbox.pay.charges)


def test_a_declined_card_can_be_followed_by_another(town: Anytown) -> None:
    """The case says that no money was taken, and leads to a second payment."""
    browser = Browser()
    page = browser.press(answer(town, browser), "Continue to payment")
    page = browser.follow(type_card(browser, page, card=DECLINED), "Go back")
    assert "Your payment was not completed" == page.heading
    assert "No money has been taken" in page.text
    assert not town.sandbox.notify.messages

    page = pay(browser, browser.press(page, "Try the payment again"))

    assert "Payment received" == page.heading
    assert 2 == len(town.sandbox.pay.payments)
    assert (1, 1, 1) == (
        len(town.sandbox.pay.charges),
        len(town.ledger.lines),
        len(town.sandbox.notify.messages),
    )


def test_a_card_page_that_was_closed_leaves_a_case_to_go_on_with(town: Anytown) -> None:
    """Nothing was paid, and the way on leads to the same payment."""
    browser = Browser()
    browser.press(answer(town, browser), "Continue to payment")
    page = Browser().open(_case_url(town))
    assert "You have not paid yet" == page.heading

    other = Browser()
    page = pay(other, other.press(other.open(_case_url(town)), "Go on to payment"))

    assert "Payment received" == page.heading
    assert 1 == len(town.sandbox.pay.payments)


def test_a_payment_that_expired_can_be_asked_for_again(town: Anytown) -> None:
    """After an hour and a half nobody can pay the old one, and the case says so."""
    browser = Browser()
    browser.press(answer(town, browser), "Continue to payment")
    town.sandbox.clock.advance(seconds=6_000)
    page = browser.open(_case_url(town))
    assert "Your payment was not completed" == page.heading

    page = browser.press(page, "Try the payment again")

    assert "Enter card details" == page.heading
    assert ["failed", "started"] == [one.state.status for one in town.sandbox.pay.payments]


@pytest.mark.parametrize("fault", [Fault.RESET_AFTER, Fault.TRUNCATED, Fault.ERROR_AFTER])
def test_a_lost_answer_of_pay_charges_nobody(town: Anytown, fault: Fault) -> None:
    """The resident is told that nothing was charged, tries again, and pays once."""
    browser = Browser()
    page = answer(town, browser)
    town.sandbox.pay.faults.add(fault, operation="create_payment")
    page = browser.press(page, "Continue to payment")
    assert 503 == page.status
    assert "You have not been charged" in page.text or "No money has been taken" in page.text

    page = pay(browser, browser.press(page, "Try the payment again"))

    assert "Payment received" == page.heading
    assert 1 == len(town.sandbox.pay.charges)
    assert 1 == len(town.ledger.lines)


def test_pay_that_cannot_be_asked_does_not_lose_the_payment(town: Anytown) -> None:
    """While the state cannot be read the page says not to pay again; afterwards it is there."""
    browser = Browser()
    browser.press(answer(town, browser), "Continue to payment")
    (payment,) = town.sandbox.pay.payments
    town.sandbox.pay.pay(payment.id)
    for _ in range(8):
        town.sandbox.pay.faults.add(Fault.TRUNCATED, operation="get_payment")
    page = browser.open(_case_url(town))
    assert (503, "We are checking your payment") == (page.status, page.heading)
    assert "Do not pay again" in page.text
    town.sandbox.pay.faults.clear()

    assert "Payment received" == browser.open(_case_url(town)).heading


@pytest.mark.parametrize("fault", [Fault.RESET_AFTER, Fault.ERROR_AFTER])
def test_a_lost_answer_of_notify_writes_to_nobody_twice(town: Anytown, fault: Fault) -> None:
    """A confirmation in doubt is looked for before it is sent again."""
    browser = Browser()
    page = browser.press(answer(town, browser), "Continue to payment")
    town.sandbox.notify.faults.add(fault, operation="send_email")
    page = pay(browser, page)
    assert "We have not been able to email your confirmation yet" in page.text
    browser.open(page.url)
    town.sandbox.clock.advance(seconds=900)
    page = browser.open(page.url)

    assert "We have sent you a confirmation email" in page.text
    assert 1 == len(town.sandbox.notify.messages)


def test_a_message_that_never_left_is_sent_at_the_next_visit(town: Anytown) -> None:
    """Where Notify turned it away unread, nothing is in doubt."""
    browser = Browser()
    page = browser.press(answer(town, browser), "Continue to payment")
    town.sandbox.notify.faults.add(Fault.RESET_BEFORE, operation="send_email")
    page = pay(browser, page)
    town.sandbox.clock.advance(seconds=900)
    page = browser.open(page.url)

    assert "We have sent you a confirmation email" in page.text
    assert 1 == len(town.sandbox.notify.messages)


def test_places_that_do_not_answer_lead_to_typing(town: Anytown) -> None:
    """The address is typed by hand, and the service goes on."""
    browser = Browser()
    for _ in range(8):
        town.sandbox.places.faults.add(Fault.ERROR_BEFORE, operation="postcode")
    page = browser.follow(browser.open(town.url), "Start now")
    page = browser.press(page, "Find address", **{"address-postcode": "ZZ1 1AA"})

    assert any("address-line-1" in name for form in page.forms for name in form.fields)


def test_the_pages_are_in_welsh_when_they_are_asked_for(town: Anytown) -> None:
    """The language stays with the browser, and goes with the payment and the e-mail."""
    browser = Browser()
    page = browser.follow(browser.open(town.url), "Cymraeg")
    assert "Casglu gwastraff gardd" == page.heading
    page = browser.follow(page, "Dechrau nawr")
    assert "Beth yw’r cyfeiriad ar gyfer casglu gwastraff gardd?" == page.heading

    page = browser.press(page, "", **{"address-postcode": ""})

    assert page.title.startswith("Gwall: ")


def test_signing_in_fills_in_the_contact_details(town: Anytown) -> None:
    """The e-mail address of One Login stands in the field, and may be changed."""
    browser = Browser()
    page = browser.press(browser.open(town.url), "Sign in to fill in your details")
    assert page.url.startswith(town.sandbox.one_login.url)
    ((name, offered),) = page.forms[0].choices.items()
    page = browser.press(page, "Continue", **{name: next(iter(offered))})
    assert "What is the address for garden waste collection?" == page.heading
    page = browser.follow(page, "Enter the address yourself")
    fields = page.forms[0].fields
    line, place, code = (
        next(name for name in fields if part in name) for part in ("line-1", "town", "postcode")
    )
    page = browser.press(page, "Continue", **{line: "1 Test", place: "Town", code: "ZZ1 1AA"})
    page = browser.press(page, "Continue", bins="1")
    page = browser.press(page, "Continue", subscription="renewal")

    assert "@" in page.forms[0].fields["email"]


def test_what_is_counted_is_what_was_done(town: Anytown) -> None:
    """One application and one payment, as a test: the keys are test keys."""
    browser = Browser()
    pay(browser, browser.press(answer(town, browser), "Continue to payment"))
    (report,) = reports(day=town.sandbox.clock.now().date())
    used = {use.capability: use.band for use in report.uses}

    assert Environment.TEST is report.environment
    assert "x-anytown" == report.council
    assert {"lg-patterns.garden_waste.applied", "lg-patterns.garden_waste.paid"} <= set(used)
    assert {(530, 0)} == {(use.lgsl, use.lgil) for use in report.uses}


def test_answers_changed_while_the_payer_pays_keep_what_was_paid_for(town: Anytown) -> None:
    """A payment that succeeded in another window is not cancelled, and nothing more is asked."""
    browser = Browser()
    check = answer(town, browser, bins="2")
    browser.press(check, "Continue to payment")
    page = browser.press(browser.follow(check, "Change Garden waste bins"), "Continue", bins="1")
    (payment,) = town.sandbox.pay.payments
    town.sandbox.pay.pay(payment.id)

    page = browser.press(page, "Continue to payment")

    assert "Payment received" == page.heading
    assert "You paid £76.50." in page.text
    assert 1 == len(town.sandbox.pay.payments)


def test_a_payment_that_cannot_be_cancelled_is_not_paid_beside(town: Anytown) -> None:
    """Where the payer is past cancelling, the payment that stands goes on at its price."""
    browser = Browser()
    check = answer(town, browser, bins="2")
    browser.press(check, "Continue to payment")
    page = browser.press(browser.follow(check, "Change Garden waste bins"), "Continue", bins="1")
    for _ in range(4):
        town.sandbox.pay.faults.add(Fault.CONFLICT, operation="cancel_payment")

    browser.press(page, "Continue to payment")

    assert [7650] == [payment.amount for payment in town.sandbox.pay.payments]


def test_pay_that_cannot_be_asked_about_a_payment_stops_the_button(town: Anytown) -> None:
    """Going on to a payment whose state cannot be read neither asks for another nor fails."""
    browser = Browser()
    browser.press(answer(town, browser), "Continue to payment")
    page = browser.open(_case_url(town))
    for _ in range(8):
        town.sandbox.pay.faults.add(Fault.TRUNCATED, operation="get_payment")

    page = browser.press(page, "Go on to payment")

    assert (503, "Sorry, you cannot pay at the moment") == (page.status, page.heading)
    assert 1 == len(town.sandbox.pay.payments)


def test_a_message_that_notify_refuses_does_not_stop_the_page(town: Anytown) -> None:
    """The subscription is complete; a template that is gone is not tried at each visit."""
    browser = Browser()
    page = browser.press(answer(town, browser), "Continue to payment")
    town.sandbox.notify.templates.archive("5d1f0c52-8a0c-4c1e-9f0a-1e2d3c4b5a60")
    page = pay(browser, page)
    before = len(town.sandbox.notify.requests)
    page = browser.open(page.url)

    assert "Payment received" == page.heading
    assert "We have not been able to email your confirmation yet" in page.text
    assert before == len(town.sandbox.notify.requests)
    assert 1 == len(town.ledger.lines)


def test_a_doubt_that_cannot_be_settled_waits(town: Anytown) -> None:
    """While Notify cannot be asked whether it has the message, nothing is sent again."""
    browser = Browser()
    page = browser.press(answer(town, browser), "Continue to payment")
    town.sandbox.notify.faults.add(Fault.RESET_AFTER, operation="send_email")
    page = pay(browser, page)
    town.sandbox.clock.advance(seconds=900)
    for _ in range(8):
        town.sandbox.notify.faults.add(Fault.TRUNCATED, operation="list_notifications")
    page = browser.open(page.url)

    assert "We have not been able to email your confirmation yet" in page.text
    assert 1 == len(town.sandbox.notify.messages)


def test_whoever_does_not_sign_in_goes_on_without(town: Anytown) -> None:
    """A refusal at One Login, a stray callback and a broken One Login all lead to the questions."""
    browser = Browser()
    page = browser.press(browser.open(town.url), "Sign in to fill in your details")
    ((name, offered),) = page.forms[0].choices.items()
    refused = browser.press(
        page, "Continue", **{name: next(one for one in offered if "access_denied" in one)}
    )
    stray = Browser().open(f"{town.url}/signed-in?code=x&state=y")
    again = browser.open(f"{town.url}/signed-in?code=x&state=y")

    for page in (refused, stray, again):
        assert "You have not signed in" == page.heading
    assert browser.follow(refused, "Start now").heading.startswith("What is the address")


def test_one_login_that_cannot_be_reached_is_said(town: Anytown) -> None:
    """The service goes on without it."""
    for _ in range(8):
        town.sandbox.one_login.faults.add(Fault.TRUNCATED, operation="discovery")
    browser = Browser()

    page = browser.press(browser.open(town.url), "Sign in to fill in your details")

    assert "You have not signed in" == page.heading


def test_a_sign_in_whose_answer_is_lost_signs_nobody_in(town: Anytown) -> None:
    """The token was asked for and no answer came: the resident types the details."""
    browser = Browser()
    page = browser.press(browser.open(town.url), "Sign in to fill in your details")
    ((name, offered),) = page.forms[0].choices.items()
    for _ in range(8):
        town.sandbox.one_login.faults.add(Fault.TRUNCATED, operation="token")

    page = browser.press(page, "Continue", **{name: next(iter(offered))})

    assert "You have not signed in" == page.heading


def test_a_council_with_one_bin_a_property_asks_no_number() -> None:
    """The question and the price of another bin are left out."""
    town = anytown(
        settings=lambda ours: ours.model_copy(
            update={"subscription": ours.subscription.model_copy(update={"most_bins": 1})}
        )
    )
    with town:
        browser = Browser()
        page = browser.open(town.url)
        assert "A subscription costs £46.50 a year." in page.text
        page = browser.follow(page, "Start now")
        page = browser.press(page, "Find address", **{"address-postcode": "ZZ1 1AA"})
        choices = page.forms[0].choices["address"]
        page = browser.press(page, "Continue", address=next(value for value in choices if value))

        assert "Is this a new subscription or a renewal?" == page.heading


class _BrokenLedger(MemoryLedger):
    """A council's own ledger that is down, until it is mended."""

    down = True

    def post(self, line: LedgerLine) -> None:
        """Take a line, or fail."""
        if self.down:
            raise ConnectionError("the ledger is down")
        super().post(line)


def test_a_ledger_that_is_down_costs_the_resident_nothing() -> None:
    """Who has paid is told so and written to; the line is posted at a later visit, once."""
    town, ledger = anytown(), _BrokenLedger()
    town.ledger = ledger
    with town:
        browser = Browser()
        page = pay(browser, browser.press(answer(town, browser), "Continue to payment"))
        assert "Payment received" == page.heading
        assert "We have sent you a confirmation email" in page.text
        assert not ledger.lines

        ledger.down = False
        for _ in range(2):
            browser.open(page.url)

        assert 1 == len(ledger.lines)
        assert 1 == len(town.sandbox.notify.messages)
