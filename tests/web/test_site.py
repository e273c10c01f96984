"""Tests of lg_web.site."""

import logging
import threading
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from web.way_in import Browser, Clock, endpoints_of, form_page, headers_of, site_of

from lg_core.endpoints import Endpoint, Reply, Request
from lg_core.records import MemoryRecords, Record
from lg_core.texts import Language
from lg_web import Problem, Shell, Site, Visit


def test_a_form_is_filled_and_sent() -> None:
    """The token of a page lets its form through, and what it saved is there on the next page."""
    browser = Browser(site_of())
    page = browser.ask("GET", "/name")
    sent = browser.post("/name", name="Gwen")

    assert (200, 303) == (page.status, sent.status)
    assert "/garden-waste/name?saved=yes" == headers_of(sent)["location"]
    assert b'value="Gwen"' in browser.ask("GET", "/name").body


def test_the_cookie_is_set_once() -> None:
    """The first page with a form sets it, and no later one does; it holds the id alone."""
    browser = Browser(site_of())
    for _ in range(3):
        browser.ask("GET", "/name")
    browser.post("/name", name="Gwen")

    assert [
        f"__Host-lg_session-garden-waste={browser.cookie}; HttpOnly; Path=/; SameSite=Lax; Secure"
    ] == browser.set_cookies


def test_a_page_without_a_form_sets_no_cookie() -> None:
    """Who only reads gets no cookie."""
    browser = Browser(site_of())

    assert b"en" == browser.ask("GET", "/").body
    assert not browser.set_cookies


def test_on_loopback_the_cookie_needs_no_https() -> None:
    """A developer's own machine has no https."""
    browser = Browser(site_of(url="http://127.0.0.1:8000"))
    browser.ask("GET", "/name")

    assert [f"lg_session={browser.cookie}; HttpOnly; Path=/; SameSite=Lax"] == browser.set_cookies


def _no_token(browser: Browser) -> Reply:
    return browser.ask("POST", "/name", form={"name": "Gwen"})


def _wrong_token(browser: Browser) -> Reply:
    browser.token = browser.token[::-1]
    return browser.post("/name", name="Gwen")


def _other_token(browser: Browser) -> Reply:
    other = Browser(browser.site)
    other.ask("GET", "/name")
    browser.token = other.token
    return browser.post("/name", name="Gwen")


def _no_session(browser: Browser) -> Reply:
    browser.cookie = None
    return browser.post("/name", name="Gwen")


def _from_elsewhere(browser: Browser) -> Reply:
    form = {"csrf_token": browser.token, "name": "Gwen"}
    return browser.ask("POST", "/name", form=form, headers={"sec-fetch-site": "cross-site"})


def _not_a_form(browser: Browser) -> Reply:
    form = {"csrf_token": browser.token, "name": "Gwen"}
    return browser.ask("POST", "/name", form=form, headers={"content-type": "text/plain"})


@pytest.mark.parametrize(
    "send", [_no_token, _wrong_token, _other_token, _no_session, _from_elsewhere, _not_a_form]
)
def test_a_form_that_is_not_from_our_page_is_refused(send: Any) -> None:
    """It is answered 403 with a page, and nothing is saved."""
    browser = Browser(site_of())
    browser.ask("GET", "/name")
    cookie = browser.cookie
    reply = send(browser)
    browser.cookie = cookie

    assert (403, "text/html; charset=utf-8") == (reply.status, reply.media_type)
    assert b'value="Gwen"' not in browser.ask("GET", "/name").body


def test_a_form_that_cannot_be_read() -> None:
    """Bytes that are no text are answered 400 with a page."""
    browser = Browser(site_of())

    assert 400 == browser.ask("POST", "/name", body=b"a=%FF").status


def test_every_answer_is_made_safe() -> None:
    """Pages, redirects, refusals and faults have the headers of a page, each nonce its own."""
    browser = Browser(site_of())
    replies = [
        browser.ask("GET", "/name"),
        browser.post("/name", name="Gwen"),
        browser.ask("POST", "/name"),
        browser.ask("GET", "/broken"),
        browser.site.problem(Request("GET", "/x"), Problem.NOT_FOUND),
    ]
    policies = {headers_of(reply)["content-security-policy"] for reply in replies}

    assert [200, 303, 403, 500, 404] == [reply.status for reply in replies]
    assert len(replies) == len(policies)
    assert all("https://card.payments.service.gov.uk" in policy for policy in policies)
    assert {"no-store"} == {headers_of(reply)["cache-control"] for reply in replies}


def test_the_nonce_of_the_page_is_the_one_in_its_policy() -> None:
    """The page's own scripts may run."""
    reply = Browser(site_of()).ask("GET", "/name")
    policy = headers_of(reply)["content-security-policy"]
    nonce = policy.partition("'nonce-")[2].partition("'")[0]

    assert nonce
    assert f'nonce="{nonce}"'.encode() in reply.body


def test_a_language_is_remembered() -> None:
    """?lang=cy holds for later pages, until another language is asked for."""
    browser = Browser(site_of())
    asked = [
        browser.ask("GET", "/", query=query).body.decode()
        for query in ({}, {"lang": "cy"}, {}, {"lang": "xx"}, {"lang": "en"}, {})
    ]

    assert ["en", "cy", "cy", "cy", "en", "en"] == asked
    assert 1 == len(browser.set_cookies)


def test_asking_for_the_first_language_begins_no_session() -> None:
    """There is nothing to remember."""
    browser = Browser(site_of())
    browser.ask("GET", "/", query={"lang": "en"})

    assert not browser.set_cookies


def test_a_language_that_the_site_has_not_is_not_spoken() -> None:
    """A service in English alone stays in English."""
    browser = Browser(site_of(languages=(Language.ENGLISH,)))

    assert b"en" == browser.ask("GET", "/", query={"lang": "cy"}).body


def test_a_problem_is_told_in_the_remembered_language() -> None:
    """The host's own 404 may be answered with our page, in the person's language."""
    browser = Browser(site_of())
    browser.ask("GET", "/", query={"lang": "cy"})
    name = browser.site.settings.cookie_name
    request = Request("GET", "/x", cookies={name: str(browser.cookie)})

    assert b'<html lang="cy"' in browser.site.problem(request, Problem.NOT_FOUND).body


def _pages(site: Site, **handles: Any) -> Browser:
    return Browser(
        site, *(site.page("GET", f"/{name}", handle, name=name) for name, handle in handles.items())
    )


def test_signing_in_renews_and_signing_out_ends() -> None:
    """The cookie changes when the session is renewed, and goes when it is ended."""

    def sign_in(visit: Visit) -> Reply:
        visit.session.renew()
        visit.session.set("person", "p")
        return Reply.plain("")

    def sign_out(visit: Visit) -> Reply:
        visit.session.end()
        return Reply.plain("")

    def who(visit: Visit) -> Reply:
        return Reply.plain(visit.session.get("person", "nobody"))

    browser = _pages(
        site_of(),
        form=form_page,
        enter=sign_in,
        leave=sign_out,
        who=who,
    )
    browser.ask("GET", "/form")
    before = browser.cookie
    browser.ask("GET", "/enter")
    after = browser.cookie

    assert before != after
    assert b"p" == browser.ask("GET", "/who").body
    browser.cookie = before
    assert b"nobody" == browser.ask("GET", "/who").body
    browser.cookie = after
    browser.ask("GET", "/leave")
    assert browser.cookie is None
    assert "Max-Age=0" in browser.set_cookies[-1]
    browser.cookie = after
    assert b"nobody" == browser.ask("GET", "/who").body


def test_a_session_that_ended_in_between_leaves_the_cookie_alone() -> None:
    """The slower of two requests answers, and does not undo what the browser was told."""
    site = site_of()
    browser = _pages(site, form=form_page)

    def overtaken(visit: Visit) -> Reply:
        site.records.remove("lg-web.session", _only_key(site.records))
        visit.session.set("late", 1)
        return Reply.plain("answered")

    browser.endpoints += (site.page("GET", "/late", overtaken, name="late"),)
    browser.ask("GET", "/form")
    reply = browser.ask("GET", "/late")

    assert b"answered" == reply.body
    assert "set-cookie" not in headers_of(reply)


def _only_key(records: Any) -> str:
    ((_, key),) = records._kept
    return str(key)


def test_after_the_idle_time_a_form_is_refused() -> None:
    """A form of a session that has ended is answered 403, and the next page begins anew."""
    clock = Clock()
    browser = Browser(site_of(records=MemoryRecords(now=clock), now=clock))
    browser.ask("GET", "/name")
    clock.advance(hours=2)

    assert 403 == browser.post("/name", name="Gwen").status
    browser.ask("GET", "/name")
    assert 303 == browser.post("/name", name="Gwen").status


def test_two_forms_at_once_lose_nothing() -> None:
    """Two requests of one browser that each set a name both keep it."""
    meet = threading.Barrier(2)

    def keep(visit: Visit) -> Reply:
        visit.session.set(visit.request.path, 1)
        meet.wait()
        return Reply.plain("")

    def seen(visit: Visit) -> Reply:
        return Reply.plain(f"{visit.session.get('/one')}{visit.session.get('/two')}")

    browser = _pages(site_of(), form=form_page, one=keep, two=keep, seen=seen)
    browser.ask("GET", "/form")
    threads = [threading.Thread(target=browser.ask, args=("GET", f"/{n}")) for n in ("one", "two")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert b"11" == browser.ask("GET", "/seen").body


def test_a_fault_is_logged_told_and_answered(caplog: pytest.LogCaptureFixture) -> None:
    """The page says sorry, the log has the type and the page's name, and the host is told."""
    told: list[tuple[Exception, Request]] = []

    def tell(error: Exception, request: Request) -> None:
        told.append((error, request))

    browser = Browser(site_of(on_error=tell))
    with caplog.at_level(logging.INFO):
        reply = browser.ask("GET", "/broken", query={"lang": "cy"})
    (record,) = caplog.records

    assert 500 == reply.status
    assert b'<html lang="cy"' in reply.body
    assert [ZeroDivisionError] == [type(error) for error, _ in told]
    assert "/broken" == told[0][1].path
    assert "lg-web.page_failed operation=broken method=GET exc_type=ZeroDivisionError" == (
        record.getMessage()
    )


def test_a_fault_saves_nothing() -> None:
    """What a page set before it failed is not kept."""

    def fail(visit: Visit) -> Reply:
        visit.session.set("a", 1)
        raise ZeroDivisionError

    browser = _pages(site_of(), fail=fail)

    assert 500 == browser.ask("GET", "/fail").status
    assert not browser.set_cookies


def test_an_on_error_that_fails_costs_no_page(caplog: pytest.LogCaptureFixture) -> None:
    """The resident still sees the page, and the log says what happened."""

    def report(_error: Exception, _request: Request) -> None:
        raise ConnectionError

    browser = Browser(site_of(on_error=report))

    assert 500 == browser.ask("GET", "/broken").status
    assert "lg-web.on_error_failed operation=broken exc_type=ConnectionError" in caplog.messages


class BrokenRecords(MemoryRecords):
    """A store that cannot be reached."""

    def load(self, kind: str, key: str) -> Record | None:
        """Fail."""
        raise ConnectionError(kind, key)


def test_a_store_that_cannot_be_reached_is_a_fault() -> None:
    """The page that says sorry needs no session: it is shown all the same."""
    browser = Browser(site_of(records=BrokenRecords()))
    browser.cookie = "A" * 43
    (handle,) = (e.handle for e in browser.endpoints if (e.method, e.path) == ("GET", "/name"))
    request = Request("GET", "/x", cookies={browser.site.settings.cookie_name: "A" * 43})

    assert 500 == browser.ask("GET", "/name").status
    refused: Reply = handle.refuse(request, Problem.METHOD)  # type: ignore[attr-defined]
    assert 500 == refused.status
    assert "content-security-policy" in headers_of(refused)


class BrokenShell(Shell):
    """A shell whose templates are broken."""

    def render(self, template: str, **_values: Any) -> str:
        """Fail."""
        raise LookupError(template)


def test_templates_that_are_broken_still_answer(caplog: pytest.LogCaptureFixture) -> None:
    """Where the problem page itself fails, a line of text is left."""
    browser = Browser(site_of())
    browser.site.shell = BrokenShell(browser.site.settings)
    reply = browser.ask("GET", "/broken")

    assert (500, b"Sorry, there is a problem with the service.") == (reply.status, reply.body)
    assert 2 == len(caplog.records)
    assert "problem_page_failed" in caplog.messages[1]


def test_the_sites_own_endpoints_are_its_assets() -> None:
    """They stand below /assets."""
    assert ["/assets/{file}"] == [each.path for each in site_of().endpoints()]


def test_a_page_is_an_endpoint() -> None:
    """What page() makes has the method, the path, the name and the limit that were asked for."""
    page = site_of().page("POST", "/a/{b}", form_page, name="n", max_body=7)

    assert isinstance(page, Endpoint)
    assert ("POST", "/a/{b}", "n", 7) == (page.method, page.path, page.name, page.max_body)
    assert "Gwen" not in repr(page)


def test_a_site_tells_the_time_itself() -> None:
    """Without a clock of the caller's, instants are now and in UTC."""
    made = site_of()
    site = Site(made.settings, records=made.records)

    assert timedelta() == site.now().utcoffset()
    assert abs(datetime.now(UTC) - site.now()) < timedelta(minutes=1)


def test_every_endpoint_of_the_sample_has_a_name() -> None:
    """Logs can say which one failed."""
    assert all(each.name for each in endpoints_of(site_of()))
