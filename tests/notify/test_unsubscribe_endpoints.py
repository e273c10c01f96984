# SPDX-License-Identifier: MIT
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from databases import sqlite_url

from lg_core.endpoints import FORM_TYPE, Endpoint, Reply, Request
from lg_core.errors import ConfigError
from lg_core.store import Store
from lg_core.texts import Catalogue, Text
from lg_notify.unsubscribe import (
    Links,
    PageState,
    SuppressionList,
    UnsubscribePage,
    Unsubscription,
    endpoints,
)

SECRET = "zebra-crossing-secret-of-32-characters"
OLD = "an-older-secret-of-at-least-32-characters"
BASE = "https://www.example.gov.uk/messages/unsubscribe"
ADDRESS = "gwenllian.quill@example.org"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """A store in a file."""
    with Store(sqlite_url(tmp_path)) as store:
        yield store


@pytest.fixture
def suppressions(store: Store) -> SuppressionList:
    """An empty list."""
    return SuppressionList(store, secrets=[SECRET])


def links(*secrets: str) -> Links:
    """Return links under some secrets."""
    return Links(secrets or [SECRET], base_url=BASE)


def a_token(channel: str = "email", *, list_name: str | None = "news") -> str:
    """Return the token of a link."""
    recipient = "07700 900123" if channel == "sms" else ADDRESS
    return links().link_for(channel, recipient, list_name=list_name).rpartition("/")[2]


def asked(token: str, *, body: bytes = b"", kind: str | None = None, lang: str = "en") -> Request:
    """Return a request to the address of a link."""
    headers = {"accept-language": lang} | ({} if kind is None else {"content-type": kind})
    return Request("POST", "/", params={"token": token}, headers=headers, body=body)


def pair(suppressions: SuppressionList) -> tuple[Endpoint, Endpoint]:
    """Return the endpoints, GET first."""
    get, post = endpoints(suppressions, links())
    return get, post


def test_looking_changes_nothing(suppressions: SuppressionList) -> None:
    """Scanners of mail follow every link; the page has a button."""
    get, _ = pair(suppressions)

    reply = get.handle(asked(a_token()))

    assert ("GET", "/unsubscribe/{token}", 200) == (get.method, get.path, reply.status)
    assert b'<form method="post"><button>Stop these emails</button></form>' in reply.body
    assert () == suppressions.counts()


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"List-Unsubscribe=One-Click", FORM_TYPE),
        (
            b'--x\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\n1\r\n--x--',
            "multipart/form-data; boundary=x",
        ),
        (b"", None),
        (b"", FORM_TYPE),
        (b"\xff\xfe", "application/json"),
    ],
)
def test_one_click_stops_the_messages_whatever_is_in_it(
    body: bytes, kind: str | None, suppressions: SuppressionList
) -> None:
    """RFC 8058, Notify's empty POST, and what else comes; each time it comes, and at once."""
    _, post = pair(suppressions)

    replies = [post.handle(asked(a_token(), body=body, kind=kind)) for _ in range(2)]

    assert [200, 200] == [reply.status for reply in replies]
    assert b"You will not get any more of these emails" in replies[1].body
    assert suppressions.is_suppressed("email", ADDRESS.upper(), list_name="news")
    assert not suppressions.is_suppressed("email", ADDRESS)
    assert 1 == suppressions.counts()[0].count


def test_an_old_link_stops_them_after_the_secret_was_replaced(store: Store) -> None:
    """The person is found under the new secret as well."""
    token = a_token(list_name=None)
    both = [OLD, SECRET]
    suppressions = SuppressionList(store, secrets=both)
    _, post = endpoints(suppressions, links(*both))

    assert 200 == post.handle(asked(token)).status
    assert suppressions.is_suppressed("email", ADDRESS)


@pytest.mark.parametrize("token", ["", "x", "x" * 62, "x" * 5000, "%00"])
def test_a_link_that_is_broken_is_answered_with_a_page(
    token: str, suppressions: SuppressionList
) -> None:
    """It says what to do, and repeats nothing."""
    for each in pair(suppressions):
        reply = each.handle(asked(token))

        assert 404 == reply.status
        assert b"This link does not work" in reply.body
        assert b"<button" not in reply.body
    assert () == suppressions.counts()


@pytest.mark.parametrize("channel", ["email", "sms", "letter"])
@pytest.mark.parametrize("lang", ["en", "cy"])
def test_the_page_is_whole_in_both_languages(
    channel: str, lang: str, suppressions: SuppressionList
) -> None:
    """A language, a title that is the heading, and a link to the other language."""
    get, post = pair(suppressions)
    token, other = a_token(channel), {"en": "Cymraeg", "cy": "English"}[lang]
    ask, done = (
        each.handle(asked(token, lang=f"{lang}-GB,en;q=0.8")).body.decode() for each in (get, post)
    )

    for html in (ask, done):
        assert html.startswith(f'<!DOCTYPE html>\n<html lang="{lang}">')
        assert re.findall("<title>(.*)</title>", html) == re.findall("<h1>(.*)</h1>", html)
        assert token not in html
    assert other in ask
    assert other not in done
    assert ask != done


def test_the_language_on_the_page_wins_over_the_browsers(suppressions: SuppressionList) -> None:
    """Following the link to the other language shows it."""
    get, _ = pair(suppressions)
    request = asked(a_token(), lang="cy")
    query = type(request.query)([("lang", "en")])

    reply = get.handle(Request("GET", "/", params=request.params, query=query))

    assert b'<html lang="en">' in reply.body


def test_the_address_is_kept_by_nobody(suppressions: SuppressionList) -> None:
    """It is as good as the link itself; the page loads nothing and stands in no frame."""
    for each in pair(suppressions):
        headers = dict(each.handle(asked(a_token())).headers)

        assert ("no-store", "no-referrer", "noindex") == (
            headers["cache-control"],
            headers["referrer-policy"],
            headers["x-robots-tag"],
        )
        assert headers["content-security-policy"].startswith("default-src 'none'")


def test_a_host_may_write_the_page_itself(suppressions: SuppressionList) -> None:
    """It is given the words, and what the link is about; the headers stay."""
    seen: list[UnsubscribePage] = []

    def page(shown: UnsubscribePage) -> Reply:
        seen.append(shown)
        return Reply.plain(shown.title, status=shown.status)

    texts = Catalogue({"done_email_title": Text("You have left", "Rydych wedi gadael")})
    get, post = endpoints(suppressions, links(), page=page, texts=texts, path="/stop")
    reply = post.handle(asked(a_token()))
    get.handle(asked("broken"))

    assert "/stop/{token}" == get.path
    assert (b"You have left", "no-store") == (reply.body, dict(reply.headers)["cache-control"])
    assert [(PageState.DONE, "email", "news", None), (PageState.BROKEN, None, None, None)] == [
        (each.state, each.channel, each.list_name, each.button) for each in seen
    ]


def test_a_text_that_is_not_ours_is_refused(suppressions: SuppressionList) -> None:
    """A slip of the pen would leave our words there."""
    with pytest.raises(ConfigError):
        endpoints(suppressions, links(), texts=Catalogue({"doen": Text("x")}))


def test_a_list_without_the_secret_of_the_links_is_refused(suppressions: SuppressionList) -> None:
    """It would write what it does not find again."""
    with pytest.raises(ConfigError) as caught:
        endpoints(suppressions, links(SECRET, OLD))

    assert "secrets" == caught.value.setting


def test_a_failing_list_is_not_answered_with_200() -> None:
    """The person would believe that the messages stop."""

    class Broken:
        @property
        def key_ids(self) -> tuple[str, ...]:
            return links().key_ids

        def honour(self, unsubscription: Unsubscription) -> bool:
            raise TimeoutError(unsubscription.channel)

    get, post = endpoints(Broken(), links())

    assert 200 == get.handle(asked(a_token())).status
    with pytest.raises(TimeoutError):
        post.handle(asked(a_token()))
