# SPDX-License-Identifier: MIT
"""The garden waste service in a real browser, from the first page to the confirmation and back."""

from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor

import pytest
from journeys.browser import axe, expect_axe, launch, scrolls_sideways
from journeys.visitor import CONTACT, Inspector, Visitor, visiting, walk
from patterns.resident import EMAIL
from patterns.towns import anytown
from playwright.sync_api import Browser, Error, Page, Route
from web.sample_pages import SETTINGS, Sample, answer

from lg_core.texts import Language
from lg_patterns.demo.anytown import Anytown
from lg_web import Problem

FOCUS = "document.activeElement"
PERSONAL = (*CONTACT.values(), "Quillfeather", "07700", "ZZ1", "Market Street")


@pytest.fixture(scope="module")
def browser() -> Generator[Browser]:
    """One browser for all of these tests."""
    with launch() as started:
        yield started


@pytest.fixture(scope="module")
def town() -> Generator[Anytown]:
    """One council's site for all of these tests."""
    with anytown() as served:
        yield served


def _assert_refused(page: Page, *targets: str, prefix: str = "Error: ") -> None:
    """The page says what is wrong, first in its title, then in a summary that leads to each."""
    assert page.title().startswith(prefix)
    links = page.locator(".govuk-error-summary a")
    assert [f"#{each}" for each in targets] == [link.get_attribute("href") for link in links.all()]
    for number, target in enumerate(targets):
        links.nth(number).click()
        assert target == page.evaluate(f"{FOCUS}.id")
        assert 1 == page.locator(f"[aria-describedby~='{target}-error']").count()
        assert page.locator(f"#{target}-error").is_visible()


# ------------------------------------------------------------------ without scripts


def test_without_scripts_a_resident_subscribes_on_a_telephone(
    browser: Browser, town: Anytown
) -> None:
    """Each question says what is missing, an answer is changed, and the right price is paid."""
    with visiting(browser, town, scripts=False, width=320) as visitor:
        page = visitor.page
        visitor.start()
        assert "Garden waste collection - Anytown Council" == page.title()
        visitor.begin()
        visitor.press()
        _assert_refused(page, "address-postcode")
        visitor.fill(address__postcode=visitor.postcode)
        visitor.press()
        visitor.press()
        _assert_refused(page, "address")
        visitor.choose_address()
        visitor.press()
        _assert_refused(page, "bins")
        visitor.choose("2")
        visitor.press()
        visitor.press()
        _assert_refused(page, "subscription")
        visitor.choose("new")
        visitor.press()
        visitor.press()
        _assert_refused(page, "full_name", "email")
        visitor.fill(**CONTACT)
        visitor.press()
        assert page.url.endswith("/check")  # no #email is left of the summary's link
        assert "£76.50" in page.locator(".govuk-summary-list").inner_text()
        visitor.follow("Change Garden waste bins")
        assert page.locator("input[value='2']").is_checked()
        visitor.choose("1")
        visitor.press()
        assert "Check your answers before you pay" == visitor.heading
        assert "£46.50" in page.locator(".govuk-summary-list").inner_text()
        assert not scrolls_sideways(page)
        visitor.press()
        visitor.pay()
        line = town.ledger.lines[-1]

        assert "Payment received" == visitor.heading
        assert line.reference == page.locator(".govuk-panel strong").inner_text()
        assert (4650, town.sandbox.pay.payments[-1].id) == (line.gross, line.payment_id)
        assert EMAIL == town.sandbox.notify.messages[-1].to


def test_without_scripts_a_resident_signs_in_and_types_the_address(
    browser: Browser, town: Anytown
) -> None:
    """One Login fills in the e-mail address, and an address typed by hand is taken and paid for."""
    with visiting(browser, town, scripts=False, width=320) as visitor:
        page = visitor.page
        visitor.start()
        visitor.press()
        assert page.url.startswith(town.sandbox.one_login.url)
        page.locator("input[type=radio]").first.check()
        visitor.press()
        visitor.follow("Enter the address yourself")
        visitor.press()
        _assert_refused(page, "address-line-1", "address-town", "address-postcode")
        visitor.fill(
            address__line__1="14 Marlpit Orchard",
            address__town="Nether Zebuham",
            address__postcode="zz1 1zz",
        )
        visitor.press()
        visitor.choose("1")
        visitor.press()
        visitor.choose("renewal")
        visitor.press()
        email = page.locator("#email").input_value()
        visitor.fill(full_name=CONTACT["full_name"])
        visitor.press()
        rows = page.locator(".govuk-summary-list").inner_text()
        visitor.press()
        visitor.pay()

        assert "@" in email
        assert all(each in rows for each in ("14 Marlpit Orchard", "ZZ1 1ZZ", email))
        assert "Payment received" == visitor.heading
        assert "Keep using the bins that you have." in page.inner_text("main")
        assert email == town.sandbox.notify.messages[-1].to


# ------------------------------------------------------------------ every page, in every state


@pytest.mark.slow
@pytest.mark.parametrize("language", ["en", "cy"])
def test_every_page_passes_axe_and_fits_its_screen(
    browser: Browser, town: Anytown, language: str
) -> None:
    """Empty, with errors and filled in, on a telephone and on a desk, within the page's policy."""
    inspector = Inspector()
    with visiting(browser, town) as visitor:
        expect_axe(visitor.page)
        walk(
            visitor,
            lambda name: inspector.look(visitor.page, name, language=language),
            language=language,
        )
        message = town.sandbox.notify.messages[-1].id
        visitor.page.goto(f"{town.sandbox.notify.url}/messages/{message}")
        inspector.look(visitor.page, "message")

        assert {} == inspector.found
        assert ["start", "paid", "message"] == [inspector.seen[each] for each in (0, -2, -1)]
        # Pay's stand-in answers a wrong card with status 400, of which the browser speaks.
        assert [] == [each for each in visitor.said if "/card_details/" not in each]


def test_the_pages_of_the_stand_ins_pass_axe(browser: Browser, town: Anytown) -> None:
    """What a developer sees of Pay, Notify, Places and One Login is as good as the service."""
    inspector = Inspector()
    sandbox = town.sandbox
    with visiting(browser, town) as visitor:
        page = visitor.page
        expect_axe(page)
        one_login = sandbox.one_login.url.rstrip("/")
        for name, url in {
            "Pay": sandbox.pay.url,
            "Pay, an old link": f"{sandbox.pay.url}/secure/used",
            "Notify": sandbox.notify.url,
            "Notify, no message": f"{sandbox.notify.url}/messages/none",
            "Places": sandbox.places.url,
            "One Login": one_login,
            "One Login, ended": f"{one_login}/sign-in/none",
        }.items():
            page.goto(url)
            inspector.look(page, name)
        visitor.start()
        visitor.press()
        inspector.look(page, "One Login, who signs in")
        visitor.press()
        inspector.look(page, "One Login, nobody chosen")
        visitor.choose("outcome:access_denied")
        visitor.press()
        assert "You have not signed in" == visitor.heading
        inspector.look(page, "not signed in")
        visitor.start()
        visitor.press()
        visitor.choose("outcome:server_error")
        visitor.press()
        inspector.look(page, "One Login, an error")

    assert {} == inspector.found


@pytest.mark.parametrize("language", Language)
def test_the_pages_of_problems_pass_axe(browser: Browser, language: Language) -> None:
    """Each page that says what did not work is as good as the others, in both languages."""
    inspector = Inspector()
    page = browser.new_page()
    expect_axe(page)
    samples = [Sample(problem=each, language=language) for each in Problem]

    def fulfil(route: Route) -> None:
        path = route.request.url.removeprefix("http://127.0.0.1:1")
        number = path.rpartition("?")[2]
        sample = samples[int(number)] if number.isdecimal() else samples[0]
        reply = answer(sample, path)
        headers = dict(reply.headers) | {"content-type": reply.media_type or ""}
        route.fulfill(status=reply.status, headers=headers, body=reply.body)

    page.route("**/*", fulfil)
    for number, sample in enumerate(samples):
        page.goto(f"http://127.0.0.1:1{SETTINGS.prefix}/nowhere?{number}")
        inspector.look(page, str(sample.problem), language=language.value)
    page.close()

    assert {} == inspector.found
    assert [str(each) for each in Problem] == inspector.seen


# ------------------------------------------------------------------ with scripts


@pytest.fixture
def visitor(browser: Browser, town: Anytown) -> Generator[Visitor]:
    """A window with scripts, which must not complain of anything."""
    with visiting(browser, town) as opened:
        yield opened
        assert [] == opened.said


def test_the_summary_of_errors_gets_the_focus(visitor: Visitor) -> None:
    """After a refused answer the summary is read out, and its link leads to the field."""
    visitor.start()
    visitor.begin()
    visitor.press()
    assert "govuk-error-summary" in visitor.page.evaluate(f"{FOCUS}.className")

    visitor.page.keyboard.press("Tab")
    visitor.page.keyboard.press("Enter")

    assert "address-postcode" == visitor.page.evaluate(f"{FOCUS}.id")


@pytest.mark.parametrize("scripts", [True, False])
def test_a_double_click_asks_for_one_payment(
    browser: Browser, town: Anytown, *, scripts: bool
) -> None:
    """With and without scripts, two clicks on the button to pay make one payment."""
    before = len(town.sandbox.pay.payments)
    with visiting(browser, town, scripts=scripts) as visitor:
        visitor.answer()
        visitor.page.locator("main form button").dblclick()
        visitor.page.wait_for_url(lambda url: "/apply/" not in url)

        assert before + 1 == len(town.sandbox.pay.payments)
        visitor.page.goto(visitor.case_url)
        visitor.press()
        visitor.pay()
        assert "Payment received" == visitor.heading
        assert before + 1 == len(town.sandbox.pay.payments)


def test_back_after_an_answer_shows_it(visitor: Visitor) -> None:
    """The browser's own Back leads to the question, with what was answered, and on again."""
    visitor.start()
    visitor.begin()
    visitor.find_address()
    visitor.choose("3")
    visitor.press()
    visitor.page.go_back()

    assert "How many garden waste bins do you want?" == visitor.heading
    assert visitor.page.locator("input[value='3']").is_checked()
    visitor.press()
    assert "Is this a new subscription or a renewal?" == visitor.heading


def test_back_to_a_page_with_errors_does_not_ask_to_send_again(visitor: Visitor) -> None:
    """Back past a refused answer shows the question, and no warning that a form is sent again."""
    visitor.start()
    visitor.begin()
    visitor.press()
    _assert_refused(visitor.page, "address-postcode")
    visitor.find_address()
    visitor.page.go_back()
    assert "Select an address" == visitor.heading
    visitor.page.go_back()

    assert "What is the address for garden waste collection?" == visitor.heading
    assert 0 == visitor.page.locator(".govuk-error-summary").count()


def test_back_from_the_payment_page_leads_to_the_same_payment(visitor: Visitor) -> None:
    """A resident who looks at her answers once more goes on to the payment that stands."""
    before = len(visitor.town.sandbox.pay.payments)
    visitor.answer()
    visitor.press()
    visitor.page.go_back()
    assert "Check your answers before you pay" == visitor.heading

    visitor.press()
    visitor.pay()

    assert "Payment received" == visitor.heading
    assert before + 1 == len(visitor.town.sandbox.pay.payments)
    visitor.page.goto(f"{visitor.town.url}/apply/check")
    assert "What is the address for garden waste collection?" == visitor.heading  # all is forgotten


def test_a_question_is_answered_with_the_keyboard_alone(visitor: Visitor) -> None:
    """Tab finds the skip link first and then each control, the arrows choose, Enter sends."""
    visitor.start()
    visitor.begin()
    visitor.find_address()
    page, press = visitor.page, visitor.page.keyboard.press
    press("Tab")
    assert "#main-content" == page.evaluate(f"{FOCUS}.getAttribute('href')")
    assert page.locator(".govuk-skip-link").is_visible()
    press("Enter")
    press("Tab")
    assert "bins" == page.evaluate(f"{FOCUS}.id")
    press("Space")
    press("ArrowDown")
    assert page.locator("input[value='2']").is_checked()
    press("Tab")
    assert "BUTTON" == page.evaluate(f"{FOCUS}.tagName")
    press("Enter")
    page.wait_for_url("**/subscription")  # without the #main-content of the skip link

    assert "Is this a new subscription or a renewal?" == visitor.heading


def test_with_forced_colours_controls_keep_their_edges(browser: Browser, town: Anytown) -> None:
    """Where a person's own colours replace ours, the button and the inputs still have a border."""
    with visiting(browser, town, forced_colors="active") as visitor:
        visitor.start()
        visitor.begin()
        visitor.press()
        assert visitor.page.evaluate("matchMedia('(forced-colors: active)').matches")
        for name in ("main form button", "#address-postcode", ".govuk-error-summary"):
            style = visitor.page.locator(name).evaluate(
                "each => { const s = getComputedStyle(each);"
                " return [s.borderTopStyle, s.borderTopWidth, s.borderTopColor] }"
            )
            assert "solid" == style[0]
            assert "0px" != style[1]
            assert not style[2].startswith("rgba")  # no longer see-through
        assert [] == axe(visitor.page)


def test_another_browser_sees_nothing_personal(browser: Browser, town: Anytown) -> None:
    """The case's address works in any browser, and neither text nor source names the resident."""
    with visiting(browser, town) as visitor:
        visitor.answer()
        visitor.press()
        unpaid = visitor.case_url
        with visiting(browser, town) as other:
            other.page.goto(unpaid)
            assert "You have not paid yet" == other.heading
            assert [] == [each for each in PERSONAL if each in other.page.content()]
        visitor.pay()
        with visiting(browser, town) as other:
            other.page.goto(visitor.page.url)
            assert "Payment received" == other.heading
            assert [] == [each for each in PERSONAL if each in other.page.content()]


# ------------------------------------------------------------------ the checks bite


def test_a_breach_of_the_policy_is_heard(browser: Browser, town: Anytown) -> None:
    """A form that leads where the policy does not allow is refused, and the browser says so."""
    with visiting(browser, town) as visitor:
        visitor.start()
        with visitor.page.expect_console_message():
            visitor.page.locator("main form").evaluate(
                "form => { form.action = 'http://127.0.0.1:1/'; form.submit() }"
            )

        assert "form-action" in visitor.said[-1]


def test_a_machine_without_the_browser_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where Chromium is missing these tests fail and are not skipped."""
    monkeypatch.setenv("LG_CHROMIUM", "/nowhere/chromium")

    def start() -> None:
        with launch():
            raise AssertionError

    with ThreadPoolExecutor(1) as thread, pytest.raises(Error, match="exist"):
        thread.submit(start).result()  # Playwright allows one start in a thread
