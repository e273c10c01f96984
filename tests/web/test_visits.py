"""Tests of lg_web.visits."""

from urllib.parse import urljoin, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from web.way_in import headers_of, site_of

from lg_core.endpoints import Request
from lg_core.errors import InvalidValueError
from lg_core.texts import Language
from lg_web import Problem, Session, Site, Visit
from lg_web.visits import SECRET_NAME

SITE = site_of()


def visit_of(site: Site = SITE, **request: str) -> Visit:
    """Make a visit as a page's function gets it."""
    session = Session(site.records, key=None, idle=site.settings.session_idle, now=site.now)
    return Visit(
        Request("GET", request.get("path", "/name"), params=request),
        session=session,
        language=Language.ENGLISH,
        nonce="abc",
        site=site,
    )


def test_a_page_with_a_form_begins_a_session() -> None:
    """The form's token is made when the page asks for it, and kept in the session."""
    visit = visit_of()
    reply = visit.render(
        "web/question.html", title="T", value="", error_text="", button="Continue", status=422
    )

    assert (422, "text/html; charset=utf-8") == (reply.status, reply.media_type)
    assert SECRET_NAME in visit.session
    assert b"<title>T - Subscribe to garden waste - Riverside District Council" in reply.body


def test_a_page_without_a_form_begins_none() -> None:
    """A visitor who only reads leaves nothing behind."""
    visit = visit_of()
    visit.render("lg_web/page.html", title="T")
    visit.problem(Problem.NOT_FOUND)

    assert SECRET_NAME not in visit.session


def test_a_page_with_errors_says_so_in_its_title() -> None:
    """`error` and `back` reach the shell."""
    reply = visit_of().render(
        "web/question.html",
        title="T",
        error=True,
        back="/start",
        value="",
        error_text="Enter your name",
        button="Continue",
    )

    assert b"<title>Error: T" in reply.body
    assert b'href="/garden-waste/start"' in reply.body


def test_the_tokens_of_one_session_come_of_one_secret() -> None:
    """Two readings differ, and both belong to the session."""
    visit = visit_of()
    first, second = visit.csrf_token, visit.csrf_token

    assert first != second
    assert isinstance(visit.session.get(SECRET_NAME), str)


def test_a_visit_has_the_parts_of_its_path() -> None:
    """`params` are the request's."""
    assert {"case_id": "7"} == visit_of(case_id="7").params


@pytest.mark.parametrize(
    ("path", "location"),
    [
        ("/", "/garden-waste/"),
        ("/name?a=b&c=%20#top", "/garden-waste/name?a=b&c=%20#top"),
        ("/enw/ŵ y", "/garden-waste/enw/%C5%B5%20y"),
        ("/a\\b", "/garden-waste/a%5Cb"),
    ],
)
def test_a_redirect_stays_below_the_prefix(path: str, location: str) -> None:
    """It is a 303 that no cache keeps, and its address is one that may be sent."""
    reply = visit_of().redirect(path)

    assert (303, location) == (reply.status, headers_of(reply)["location"])
    assert "no-store" == headers_of(reply)["cache-control"]


@pytest.mark.parametrize(
    "path",
    [
        "",
        "name",
        "//evil.example",
        "/\\evil.example",
        "/\t/evil.example",
        "/a\r\nX: y",
        "https://x",
        "/\x7f",
    ],
)
def test_a_redirect_that_may_lead_elsewhere_is_refused(path: str) -> None:
    """The error says what to do and does not repeat the address."""
    with pytest.raises(InvalidValueError, match="one slash") as caught:
        visit_of().redirect(path)

    assert "evil" not in str(caught.value)


@given(st.text(alphabet="/\\.:@?#\t\n aé%", max_size=12).map(lambda text: f"/{text}"))
def test_no_path_leads_to_another_host(path: str) -> None:
    """Whatever is accepted, a browser stays on this host, with a prefix or without."""
    for url in ("https://forms.example.gov.uk", "https://forms.example.gov.uk/garden-waste"):
        visit = visit_of(_SITES[url])
        try:
            location = headers_of(visit.redirect(path))["location"]
        except InvalidValueError:
            continue
        # Browsers take a backslash for a slash, and leave out tabs and new lines.
        seen = location.replace("\\", "/").replace("\t", "").replace("\n", "")
        assert "forms.example.gov.uk" == urlsplit(urljoin(f"{url}/", seen)).hostname
        assert location.isascii()
        assert location.isprintable()


_SITES = {
    url: site_of(url=url)
    for url in ("https://forms.example.gov.uk", "https://forms.example.gov.uk/garden-waste")
}


def test_a_redirect_to_a_form_target() -> None:
    """An origin that the settings name may be sent to, whole and unchanged."""
    url = "https://card.payments.service.gov.uk/secure/a?b=c"

    assert url == headers_of(visit_of().redirect(url, absolute=True))["location"]


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example/",
        "http://card.payments.service.gov.uk/",
        "https://card.payments.service.gov.uk:8443/",
        "https://card.payments.service.gov.uk@evil.example/",
        "https://evil.example\\@card.payments.service.gov.uk/",
        "https://card.payments.service.gov.uk.evil.example/",
        "https://card.payments.service.gov.uk/\r\nx: y",
        "https://[/",
        "/name",
        "",
    ],
)
def test_a_redirect_to_any_other_origin_is_refused(url: str) -> None:
    """The error names the setting and does not repeat the address."""
    with pytest.raises(InvalidValueError, match="form_targets") as caught:
        visit_of().redirect(url, absolute=True)

    assert "evil" not in str(caught.value)


def test_a_problem_has_its_page() -> None:
    """The status is the problem's."""
    assert 404 == visit_of().problem(Problem.NOT_FOUND).status


def test_the_repr_shows_nothing_of_the_person() -> None:
    """Method and language are shown, the path is not."""
    assert "Visit(GET, language='en')" == repr(visit_of(path="/return/Gwen"))
