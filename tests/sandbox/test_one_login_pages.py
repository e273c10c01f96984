"""lg_sandbox.one_login.pages and .app: what a tester sees and chooses, without JavaScript."""

from collections.abc import Iterator
from html.parser import HTMLParser

import pytest
from sandbox.one_login_service import BASE, CORE, Service, parts
from starlette.testclient import TestClient

from lg_sandbox import Sandbox
from lg_sandbox.one_login import PEOPLE, Outcome, Person

VOID = {"meta", "br", "input", "link"}


class Outline(HTMLParser):
    """Checks that tags match, and collects what a screen reader would go by."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.stack: list[str] = []
        self.seen: list[str] = []
        self.ids: list[str] = []
        self.inputs: list[str] = []
        self.labelled: set[str] = set()
        self.pointed: set[str] = set()
        self.feed(page)
        assert [] == self.stack

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a tag, and expect its end."""
        held = dict(attrs)
        self.seen.append(tag)
        self.ids += [each for each in (held.get("id"),) if each]
        self.pointed |= {each for each in (held.get("aria-describedby"),) if each}
        if tag == "input":
            self.inputs.append(str(held["id"]))
        if tag == "label":
            self.labelled.add(str(held["for"]))
        if tag == "a":
            self.pointed.add(str(held["href"]).removeprefix("#"))
        if tag not in VOID:
            self.stack.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """Match a tag with its start."""
        assert tag == self.stack.pop()


@pytest.fixture
def service(idle: Sandbox) -> Iterator[Service]:
    """Give a service beside a stand-in in process."""
    with TestClient(idle.one_login.app, base_url=BASE, follow_redirects=False) as http:
        yield Service(idle, http)


def page_of(service: Service, **changes: str | None) -> str:
    """Follow a link to the tester's page, and return its address."""
    return service.http.get(service.link(**changes)).headers["location"]


def test_every_page_can_be_read_aloud(service: Service) -> None:
    """One heading, landmarks, a language, a label for every choice, and nothing that runs."""
    address = page_of(service)
    pages = [
        service.http.get(address).text,
        service.http.post(address).text,
        service.http.get("/").text,
        service.http.get("/sign-in/none").text,
        service.http.post(address, data={"choice": "outcome:server_error"}).text,
    ]

    for page in pages:
        outline = Outline(page)
        assert 1 == outline.seen.count("h1")
        assert {"main", "header", "title"} <= set(outline.seen)
        assert '<html lang="en">' in page
        assert "script" not in outline.seen
        assert set(outline.inputs) == outline.labelled
        assert len(outline.ids) == len(set(outline.ids))
        assert outline.pointed <= set(outline.ids)
        assert "width=device-width" in page
    assert len(PEOPLE) + len(Outcome) == len(Outline(pages[0]).inputs)


def test_a_person_is_chosen(service: Service) -> None:
    """The browser goes back with a code, and the page is gone."""
    address = page_of(service)
    shown = service.http.get(address)
    answer = service.http.post(address, data={"choice": "person:tomos"})
    tokens = service.redeem(parts(answer.headers["location"])["code"]).json()

    assert "Tomos Rhun Brynwen" in shown.text
    assert "default-src 'none'" in shown.headers["content-security-policy"]
    assert 303 == answer.status_code
    told = service.userinfo(tokens["access_token"]).json()
    assert service.sandbox.one_login.subject_of("tomos") == told["sub"]
    assert 404 == service.http.get(address).status_code
    assert 404 == service.http.post(address, data={"choice": "person:tomos"}).status_code


@pytest.mark.parametrize("choice", ["", "person:nobody", "outcome:none", "person", "x:megan"])
def test_a_choice_must_be_made(service: Service, choice: str) -> None:
    """The page comes again with a summary of the problem that leads to the choices."""
    answer = service.http.post(page_of(service), data={"choice": choice})

    assert 400 == answer.status_code
    assert "<title>Error: Who signs in?" in answer.text
    assert 'href="#people"' in answer.text


@pytest.mark.parametrize("outcome", list(Outcome))
def test_it_can_fail_in_every_way(service: Service, outcome: Outcome) -> None:
    """Back with the error; after server_error there is a page with status 500."""
    answer = service.http.post(page_of(service), data={"choice": f"outcome:{outcome.value}"})

    if outcome is Outcome.SERVER_ERROR:
        assert (500, None) == (answer.status_code, answer.headers.get("location"))
    else:
        assert outcome.value == parts(answer.headers["location"])["error"]


def test_the_page_is_there_for_an_hour(service: Service) -> None:
    """Then the person starts again."""
    address = page_of(service)
    service.sandbox.clock.advance(seconds=3600)
    answer = service.http.get(address)

    assert (404, True) == (answer.status_code, "Start again" in answer.text)


def test_the_page_says_what_is_asked_for(service: Service) -> None:
    """Sign-in or identity, scopes and claims, and the language of the real pages."""
    claims = f'{{"userinfo": {{"{CORE}": null}}}}'
    address = page_of(service, vtr='["Cl.Cm.P2"]', claims=claims, ui_locales="cy")
    page = service.http.get(address).text

    assert "asks somebody to prove their identity" in page
    assert CORE in page
    assert "in Welsh" in page
    assert "to sign in." in service.http.get(page_of(service)).text


def test_nothing_in_a_name_is_markup(service: Service) -> None:
    """What a tester adds is shown as text."""
    people = service.sandbox.one_login.people
    people.add(Person("x", "<script>", "x@example.org", None, people.get("megan").level, (), ()))
    pages = (service.http.get(page_of(service)).text, service.http.get("/").text)

    for page in pages:
        assert "&lt;script&gt;" in page
        assert "script" not in Outline(page).seen
