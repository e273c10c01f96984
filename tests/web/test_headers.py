"""Tests of lg_web.headers."""

import re
from http.cookies import SimpleCookie

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lg_core.endpoints import Reply
from lg_core.errors import InvalidValueError
from lg_web.headers import content_security_policy, cookie, page_headers, read_cookies, with_missing

NAMES = st.text("abcXYZ019_-", min_size=1, max_size=12)
VALUES = st.text(re.sub(r'[\s",;\\]', "", "".join(map(chr, range(33, 127)))), max_size=30)


def test_the_policy_allows_only_what_pages_need() -> None:
    """Every directive stands as it was decided."""
    assert (
        "default-src 'none'; script-src 'nonce-abc'; style-src 'self'; img-src 'self' data:; "
        "font-src 'self'; manifest-src 'self'; connect-src 'none'; "
        "form-action 'self' https://pay.example; base-uri 'none'; frame-ancestors 'none'"
    ) == content_security_policy(nonce="abc", form_targets=["https://pay.example"])


def test_a_reply_keeps_its_own_headers() -> None:
    """A header that a page set itself is not set again, whatever its case."""
    reply = with_missing(Reply(headers=(("Cache-Control", "private"),)), page_headers(nonce="abc"))
    names = [name.lower() for name, _ in reply.headers]

    assert "private" == dict(reply.headers)["Cache-Control"]
    assert sorted(set(names)) == sorted(names)
    assert {
        "cache-control",
        "content-security-policy",
        "cross-origin-opener-policy",
        "referrer-policy",
        "x-content-type-options",
    } == set(names)


def test_the_cookie() -> None:
    """It is for this host and no script, over https where the service is."""
    assert (
        "set-cookie",
        "__Host-lg_session=abc; HttpOnly; Path=/; SameSite=Lax; Secure",
    ) == cookie("__Host-lg_session", "abc", secure=True)
    assert ("set-cookie", "lg_session=; HttpOnly; Max-Age=0; Path=/; SameSite=Lax") == cookie(
        "lg_session", None, secure=False
    )


@pytest.mark.parametrize(
    ("name", "value"), [("a b", "c"), ("", "c"), ("a", "b; Domain=x"), ("a", 'b"'), ("a", "b\r\n")]
)
def test_a_cookie_that_would_become_another_header_is_refused(name: str, value: str) -> None:
    """No character may end the value early, and the error does not repeat it."""
    with pytest.raises(InvalidValueError, match="may have ASCII letters") as caught:
        cookie(name, value, secure=True)

    assert "Domain" not in str(caught.value)


@given(st.dictionaries(NAMES, VALUES, max_size=5))
def test_cookies_come_back(cookies: dict[str, str]) -> None:
    """What was set is read again, whatever the order."""
    header = "; ".join(f"{name}={value}" for name, value in cookies.items())

    assert cookies == read_cookies(header)


@given(NAMES, VALUES)
def test_a_cookie_is_written_as_the_standard_library_writes_it(name: str, value: str) -> None:
    """Django passes cookies through http.cookies: it must leave ours as they are."""
    _, written = cookie(name, value, secure=True)
    jar: SimpleCookie = SimpleCookie()
    jar.load(written)

    assert [written] == [morsel.OutputString() for morsel in jar.values()]


@given(st.text(max_size=60))
def test_no_header_breaks_the_reading(header: str) -> None:
    """Anything may stand in the header; only cookies come out."""
    assert all(re.fullmatch(r"[!-~]+", name) for name in read_cookies(header))


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("", {}),
        ("a=1; a=2", {"a": "1"}),
        ("a=1;b=2 ;c", {"a": "1", "b": "2"}),
        ('a="x y"; b="; c=d=e', {"a": "x y", "b": '"', "c": "d=e"}),
        ("a b=1; =2", {}),
    ],
)
def test_reading_cookies(header: str, expected: dict[str, str]) -> None:
    """The first of a name counts, quotation marks go, and what is no cookie is left out."""
    assert expected == read_cookies(header)
