# SPDX-License-Identifier: MIT
"""Probes of the garden waste service: driven whole, with what is planted in every answer.

What residents type may stand on their own pages and with the platforms that need it. It may stand
in no log, error, report, ledger line or record's key, in no address that a browser is sent to, and
not on the page of a case, which anybody may open who holds its address. Keys, ids of cases and of
sessions, and addresses to pay at may stand in nothing that is printed.
"""

import urllib.request
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING
from urllib.parse import unquote_plus, urljoin

from patterns.resident import CARD, DECLINED, type_card
from patterns.towns import anytown
from pay.leak_platforms import probe
from pay.leaks import PLANTED, Saw, leaks_in
from sandbox.leak_one_login import PERSON

from lg_core import Pence
from lg_core.telemetry import reports
from lg_core.testing import Browser, Page
from lg_core.texts import Catalogue, Language, Text
from lg_notify import NotifyClient
from lg_patterns.counting import acting, council_of
from lg_patterns.demo.anytown import Anytown
from lg_patterns.demo.serving import Framework, loopback_socket
from lg_patterns.garden_waste import GardenWasteSettings, LedgerLine, MemoryLedger
from lg_patterns.garden_waste.case_book import StoredCase
from lg_patterns.garden_waste.cases import CaseState, NotAllowedError, new_case
from lg_patterns.garden_waste.checkout import Go, See, Sorry
from lg_patterns.garden_waste.ledger import basket_line
from lg_patterns.garden_waste.mop_up import ledger_of, mop_up, told, undone
from lg_patterns.garden_waste.prices import Kind, MonthDay, PriceList, quote
from lg_patterns.garden_waste.questions import GardenWasteAnswers
from lg_patterns.garden_waste.settings import SERVICE, StorePart
from lg_patterns.garden_waste.standing import Standing, Stands, standing
from lg_pay import PayClient
from lg_pay.book import BookedPayment, News
from lg_sandbox import Fault

if TYPE_CHECKING:
    from http.cookiejar import CookieJar

__all__: list[str] = []

NOTHING_DONE = (
    (Fault.RESET_BEFORE, None),
    (Fault.ERROR_BEFORE, 500),
    (Fault.ERROR_BEFORE, 503),
    (Fault.RATE_LIMITED, None),
    (Fault.HTML, 502),
    (Fault.HTML, 200),
)
LOST = ((Fault.RESET_AFTER, None), (Fault.ERROR_AFTER, 500), (Fault.TRUNCATED, None))
EXAMPLE = Path(__file__).parents[2] / "packages/lg-patterns/src/lg_patterns/demo/garden-waste.toml"
EXAMPLE_SETTINGS = GardenWasteSettings.from_toml(EXAMPLE.read_text("utf-8"))


class _Addresses(urllib.request.BaseHandler):
    """Keeps every address that a browser asks for, redirects included."""

    def __init__(self) -> None:
        self.kept: list[str] = []

    def http_request(self, request: urllib.request.Request) -> urllib.request.Request:
        """Keep an address."""
        self.kept.append(request.full_url)
        return request


class _FullLedger(MemoryLedger):
    """Refuses the first line with an error that says all that it knows."""

    def __init__(self) -> None:
        super().__init__()
        self._refuses = True

    def post(self, line: LedgerLine) -> None:
        """Refuse, once."""
        if self._refuses:
            self._refuses = False
            raise OSError(*PLANTED.values(), line)
        super().post(line)


class _Street:
    """A council's service, and the residents who use it."""

    def __init__(self, saw: Saw, town: Anytown) -> None:
        self.saw = saw
        self.town = town
        self.addresses = _Addresses()
        self.jars: list[CookieJar] = []
        sandbox = town.sandbox
        saw.planted |= {
            "the key of Pay": sandbox.pay.api_key,
            "the key of Notify": sandbox.notify.api_key[-36:],
            "the key of Places": sandbox.places.api_key,
            "the key of One Login": sandbox.one_login.private_key.splitlines()[3],
            "a card": CARD,
            "a card that is declined": DECLINED,
        }
        sandbox.one_login.people.add(PERSON)

    def personal(self, where: str, text: str) -> None:
        """Look at what may hold the ids of a case, and nothing that a resident typed."""
        if leaks_in(text) or leaks_in(unquote_plus(text)):
            self.saw.text(where, text)

    def browser(self) -> Browser:
        """Return another resident's browser, which is watched."""
        browser = Browser()
        browser._opener.add_handler(self.addresses)
        handlers: list[object] = vars(browser._opener)["handlers"]
        for each in handlers:
            if isinstance(each, urllib.request.HTTPCookieProcessor):
                self.jars.append(each.cookiejar)
        return browser

    def looked(self, page: Page) -> Page:
        """Look at where a page leads."""
        self.saw(page)
        for href in (*page.links.values(), *(form.action for form in page.forms)):
            self.personal("an address on a page", urljoin(page.url, href))
        return page

    def begin(self, browser: Browser) -> Page:
        """Go to the first question."""
        return browser.follow(self.looked(browser.open(self.town.url)), "Start now")

    def answer(self, browser: Browser) -> Page:
        """Answer every question with what is planted, wrongly first where that can be."""
        press = browser.press
        page = self.begin(browser)
        for typed in (PLANTED["name"], PLANTED["postcode"]):
            page = self.looked(press(page, "Find address", **{"address-postcode": typed}))
        if "Enter the address" in " ".join(page.links):
            page = browser.follow(page, "Enter the address")
        page = self.looked(
            press(
                page,
                "Continue",
                **{
                    "address-line-1": PLANTED["address"],
                    "address-town": PLANTED["town"],
                    "address-postcode": PLANTED["name"],
                },
            )
        )
        page = press(page, "Continue", **{"address-postcode": PLANTED["postcode"]})
        page = press(self.looked(page), "Continue", bins="2")
        page = press(self.looked(page), "Continue", subscription="new")
        wrong = {"full_name": PLANTED["name"] * 20, "email": PLANTED["name"], "phone": "zq"}
        page = self.looked(press(page, "Continue", **wrong))
        return self.looked(
            press(
                page,
                "Continue",
                full_name=PLANTED["name"],
                email=PLANTED["e-mail"],
                phone=PLANTED["phone"],
            )
        )

    def case_url(self) -> str:
        """Return the address of the last case, whose id is a secret."""
        url = self.town.sandbox.pay.payments[-1].return_url or ""
        self.saw.planted[f"a case's id {url[-4:]}"] = url.rpartition("/")[2]
        return url

    def end(self) -> None:
        """Look at all that is left behind."""
        saw, town = self.saw, self.town
        for at, cookie in enumerate(cookie for jar in self.jars for cookie in jar):
            saw.planted[f"the name of session {at}"] = cookie.value or "no value"
        with town.store.read() as connection:
            for row in connection.exec_driver_sql("SELECT kind, key_digest FROM lg_record"):
                self.personal("a record's key", f"{row.kind} {row.key_digest}")
            for row in connection.exec_driver_sql("SELECT * FROM lg_pay_book_payment"):
                self.personal("the payment book", repr(tuple(row)))
        for url in self.addresses.kept:
            self.personal("where a browser was sent", url)
        for payment in town.sandbox.pay.payments:
            told = (payment.reference, payment.description, payment.return_url, payment.metadata)
            self.personal("what Pay is told", repr(told))
        saw(list(town.ledger.lines))
        made = reports()
        saw(list(made))
        for report in made:
            saw.text("an adoption report", report.to_bytes().decode())
        saw([town, town.service, town.service.site, town.store, town.ledger])


def _pay_fails(street: _Street, browser: Browser, page: Page) -> Page:
    """Meet each fault of GOV.UK Pay, and come to the card page all the same."""
    faults = street.town.sandbox.pay.faults
    button = "Continue to payment"
    for fault, status in (*NOTHING_DONE, *LOST):
        faults.add(fault, operation="create_payment", status=status, times=9)
        page = street.looked(browser.press(page, button))
        faults.clear()
        button = "Try the payment again"
    page = street.looked(browser.press(page, button))
    url = street.case_url()
    for fault, status in (*NOTHING_DONE, *LOST):
        faults.add(fault, operation="get_payment", status=status, times=9)
        street.looked(browser.open(url))
        faults.clear()
    return page


def _notify_fails(street: _Street, browser: Browser, url: str) -> None:
    """Meet each fault of GOV.UK Notify, in sending and in looking for what was sent."""
    notify, clock = street.town.sandbox.notify, street.town.sandbox.clock
    for fault, status in (*NOTHING_DONE, LOST[0]):
        notify.faults.add(fault, operation="send_email", status=status, times=9)
        street.looked(browser.open(url))
        notify.faults.clear()
        notify.faults.add(fault, operation="list_notifications", status=status, times=9)
        clock.advance(timedelta(minutes=15))
        street.looked(browser.open(url))
        notify.faults.clear()
    street.looked(browser.open(url))


@probe
def garden_waste_and_the_faults_of_pay_and_notify(saw: Saw) -> None:
    """A resident pays in the end, is written to, and nothing of it comes to light."""
    town = anytown()
    town.ledger = _FullLedger()
    with town:
        street = _Street(saw, town)
        browser = street.browser()
        check = street.answer(browser)
        page = _pay_fails(street, browser, check)
        page = browser.follow(type_card(browser, page, card=DECLINED), "Go back")
        page = browser.press(street.looked(page), "Try the payment again")
        changed = browser.press(
            browser.follow(check, "Change Garden waste bins"), "Continue", bins="1"
        )
        town.sandbox.pay.faults.add(Fault.RESET_BEFORE, operation="cancel_payment", times=9)
        street.looked(browser.press(changed, "Continue to payment"))
        town.sandbox.pay.faults.clear()
        page = browser.press(changed, "Continue to payment")
        page = browser.press(type_card(browser, page), "Confirm")  # the ledger refuses
        url = street.case_url()
        _notify_fails(street, browser, url)
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(url) as answer:
            html = answer.read().decode()
        assert "Payment received" in html
        street.personal("the case in another browser", html)
        case = town.service.case(url.rpartition("/")[2])
        assert case is not None
        assert PLANTED["name"] == case.answers["full_name"]
        saw([case, StoredCase(case, 1), GardenWasteAnswers.model_validate(case.answers)])
        assert 1 == len(town.ledger.lines)
        street.end()


@probe
def garden_waste_and_a_key_that_is_refused(saw: Saw) -> None:
    """Where a platform takes none of the keys any more, the service says so without them."""
    with anytown() as town:
        street = _Street(saw, town)
        browser = street.browser()
        page = browser.press(street.answer(browser), "Continue to payment")
        town.sandbox.notify.revoke(town.sandbox.notify.api_key)
        street.looked(browser.press(type_card(browser, page), "Confirm"))
        town.sandbox.places.revoke(town.sandbox.places.api_key)
        asked = {"address-postcode": PLANTED["postcode"]}
        street.looked(browser.press(street.begin(browser), "Find address", **asked))
        town.sandbox.pay.account.disabled = True
        again = street.browser()
        street.looked(again.press(street.answer(again), "Continue to payment"))
        street.end()


@probe
def garden_waste_and_the_faults_of_places(saw: Saw) -> None:
    """A postcode that cannot be looked up is asked for again, or typed, and printed nowhere."""
    with anytown() as town:
        street = _Street(saw, town)
        faults = town.sandbox.places.faults
        asked = {"address-postcode": PLANTED["postcode"]}
        for fault, status in (*NOTHING_DONE, *LOST):
            browser = street.browser()
            faults.add(fault, operation="postcode", status=status, times=9)
            street.looked(browser.press(street.begin(browser), "Find address", **asked))
            faults.clear()
        street.end()


@probe
def garden_waste_and_the_faults_of_one_login(saw: Saw) -> None:
    """Whoever signs in, or cannot, is named nowhere."""
    with anytown() as town:
        street = _Street(saw, town)
        faults = town.sandbox.one_login.faults
        for operation in ("discovery", "jwks", "token", "userinfo"):  # what is kept fails first
            for fault, status in (*NOTHING_DONE, *LOST):
                browser = street.browser()
                page = browser.open(town.url)
                if operation == "discovery":
                    faults.add(fault, operation=operation, status=status, times=9)
                page = browser.press(page, "Sign in to fill in your details")
                if operation != "discovery":
                    faults.add(fault, operation=operation, status=status, times=9)
                if page.url.startswith(town.sandbox.one_login.url):
                    ((name, _),) = page.forms[0].choices.items()
                    page = browser.press(page, "Continue", **{name: "person:planted"})
                street.looked(page)
                faults.clear()
        browser = street.browser()
        for query in ("", "?error=access_denied&state=x", "?code=x&state=y", "?code=x&code=y"):
            browser.press(browser.open(town.url), "Sign in to fill in your details")
            street.looked(browser.open(f"{town.url}/signed-in{query}"))
        street.end()


@probe
def garden_waste_and_a_resident_who_vanished(saw: Saw) -> None:
    """Mop-up serves who never came back, through each fault, and names nobody."""
    town = anytown()
    town.ledger = _FullLedger()
    with town:
        street = _Street(saw, town)
        browser = street.browser()
        browser.press(street.answer(browser), "Continue to payment")
        street.case_url()
        sandbox = town.sandbox
        sandbox.pay.pay(sandbox.pay.payments[-1].id)
        case = town.service.case((sandbox.pay.payments[-1].return_url or "").rpartition("/")[2])
        assert case is not None
        saw(basket_line(case, EXAMPLE_SETTINGS.ledger))
        for fault, status in (*NOTHING_DONE, *LOST):
            sandbox.pay.faults.add(fault, operation="get_payment", status=status, times=9)
            sandbox.clock.advance(timedelta(hours=1))
            found = town.service.mop_up()
            saw([found, told(found)])
            sandbox.pay.faults.clear()
        for fault, status in NOTHING_DONE:
            sandbox.notify.faults.add(fault, operation="send_email", status=status, times=9)
            sandbox.clock.advance(timedelta(hours=1))
            found = town.service.mop_up()
            saw([found, told(found)])
            sandbox.notify.faults.clear()
        sandbox.clock.advance(timedelta(hours=1))
        with (
            PayClient(sandbox.pay.api_key, base_url=sandbox.pay.url) as pay,
            NotifyClient(sandbox.notify.api_key, base_url=sandbox.notify.url) as notify,
        ):
            found = mop_up(
                EXAMPLE_SETTINGS, store=town.store, ledger=town.ledger, pay=pay, notify=notify
            )
        saw([found, told(found)])
        assert 1 == len(town.ledger.lines)
        street.end()


@probe
def garden_waste_and_money_that_did_not_come(saw: Saw) -> None:
    """A line is taken back, the page says so and staff are told, without a name."""
    town = anytown()
    with town:
        street = _Street(saw, town)
        browser = street.browser()
        sandbox = town.sandbox
        sandbox.pay.account.captures_at_once = False
        browser.press(street.answer(browser), "Continue to payment")
        url = street.case_url()
        payment_id = sandbox.pay.payments[-1].id
        sandbox.pay.pay(payment_id)
        street.looked(browser.open(url))
        sandbox.pay.fail_capture(payment_id)
        sandbox.clock.advance(timedelta(hours=2))
        found = town.service.mop_up()
        saw([found, told(found)])
        street.looked(browser.open(url))
        case = town.service.case(url.rpartition("/")[2])
        assert case is not None
        saw([case, case.reversals])
        saw([line.key for line in town.ledger.lines])
        saw.attempt(undone, PLANTED["name"], store=town.store)
        saw([undone(payment_id, store=town.store), told(town.service.mop_up())])
        street.end()


@probe
def garden_waste_under_each_framework(saw: Saw) -> None:
    """No framework logs the address of a case where its page cannot be shown."""
    for framework in Framework:
        with anytown(framework=framework) as town:
            street = _Street(saw, town)
            browser = street.browser()
            browser.press(street.answer(browser), "Continue to payment")
            url = street.case_url()
            town.sandbox.pay.faults.add(Fault.TRUNCATED, operation="get_payment", times=9)
            street.looked(browser.open(url))
            town.sandbox.pay.faults.clear()
            street.looked(browser.open(f"{url}s"))
            street.looked(browser.open(f"{url}/pay"))
            street.end()


# ------------------------------------------------------------------ the parts


def _settings(*planted: str) -> Iterable[str]:
    """Yield the example's text with one value after the other replaced by what is planted."""
    lines = EXAMPLE.read_text("utf-8").splitlines()
    for value in planted:
        for at, line in enumerate(lines):
            name, equals, _ = line.partition(" = ")
            if equals and not line.startswith("#"):
                yield "\n".join([*lines[:at], f'{name} = "{value}"', *lines[at + 1 :]])
                yield "\n".join([*lines[:at], f"{name} = {value}", *lines[at + 1 :]])


@probe
def settings_of_garden_waste(saw: Saw) -> None:
    """A setting that is wrong is named, and never repeated."""
    with TemporaryDirectory() as folder:
        saw.attempt(GardenWasteSettings.from_file, Path(folder) / PLANTED["name"])
        saw.attempt(GardenWasteSettings.from_file, folder)
    for text in _settings(PLANTED["name"], PLANTED["api key"]):
        try:
            GardenWasteSettings.from_toml(text)  # what is right may be printed: it is the council's
        except Exception as error:  # noqa: BLE001 -- looked at, every one
            saw(error)
    for named in (PLANTED["name"], f"{PLANTED['name']}:x", "json:dumps", "json:nothing"):
        part = EXAMPLE_SETTINGS.ledger.model_copy(update={"taken_by": named})
        saw.attempt(ledger_of, EXAMPLE_SETTINGS.model_copy(update={"ledger": part}))
    saw.attempt(ledger_of, EXAMPLE_SETTINGS)
    address = f"postgresql://x:{PLANTED['api key']}@127.0.0.1/x?password=x"
    store = StorePart(url=address)
    saw(store)
    for part in (store, None):
        saw.attempt(EXAMPLE_SETTINGS.model_copy(update={"store": part}).open_store)
    with loopback_socket() as taken:
        saw.attempt(loopback_socket, taken.getsockname()[1])


@probe
def parts_of_garden_waste(saw: Saw) -> None:
    """Values of a case show no answer, and refuse without repeating one."""
    name = PLANTED["name"]
    lists = (PriceList(date(2026, 4, 1), Pence(1), Pence(1), Pence(1), Pence(1)),)
    priced = quote(lists, kind=Kind.NEW, bins=1, today=date(2026, 5, 1), year_starts=None)
    saw.attempt(quote, lists, kind=Kind.NEW, bins=0, today=date(2026, 5, 1), year_starts=None)
    saw.attempt(
        quote, lists, kind=Kind.NEW, bins=1, today=date(2020, 5, 1), year_starts=MonthDay(4, 1)
    )
    saw.attempt(MonthDay, 2, 29)
    case = new_case("GW-ZQZQ-ZQZQ", quote=priced, answers={"x": name}, language=Language.WELSH)
    saw.planted["a new case's id"] = case.id
    saw([case, priced, Go(f"https://pay.example/{name}"), See(), Sorry(SERVICE)])
    for state in CaseState:
        saw(NotAllowedError(state, "be paid"))
    on = date(2026, 5, 1)
    for amount in (Pence(1), Pence(2)):
        saw.attempt(case.pay, "p1", amount=amount, on=on)
    saw.attempt(case.reopen)
    saw.attempt(case.change, quote=priced, answers={"x": name}, language=Language.WELSH)
    changing = case.begin_change()
    saw([changing, changing.reopen(), case.done])
    saw.attempt(case.pay("p1", amount=priced.amount, on=on).begin_change)
    now = datetime(2026, 5, 1, tzinfo=UTC)
    booked = BookedPayment(
        id="1", service="garden-waste", case=name, reference=name, amount=Pence(1),
        state="failed", revision=1, asked_at=now, changed_at=now,
    )  # fmt: skip
    saw([standing(case, [booked], now=now), Stands(Standing.UNPAID, "P0010"), *News])
    with acting(council_of("x-anytown")):
        saw.attempt(council_of, name)
    answers = {"full_name": name, "email": name, "subscription": "new", "address": name}
    for field in ("subscription", "address", "bins"):
        saw.attempt(GardenWasteAnswers.model_validate, answers | {field: name})
    texts = Catalogue.of_package("lg_patterns.garden_waste")
    saw(texts.override(Catalogue({"sorry_lead": Text(name)})))
