"""Tests of lg_web.routing."""

import io
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from web.way_in import endpoints_of, headers_of, site_of

from lg_core.endpoints import FORM_TYPE, Endpoint, Reply, Request
from lg_core.errors import InvalidValueError
from lg_web.routing import (
    Arrival,
    Routes,
    below,
    checked_prefix,
    decoded_path,
    matched,
    read_up_to,
    split_prefix,
)

FIXED = st.text("abz09._~-", min_size=1, max_size=5)
VALUES = st.text(st.characters(exclude_characters="/\ufffd", codec="utf-8"), min_size=1, max_size=8)
SEGMENTS = st.lists(st.tuples(FIXED, st.none() | VALUES), min_size=1, max_size=5)


def echo(request: Request) -> Reply:
    """Say what came."""
    return Reply.plain(f"{request.method} {dict(request.params)} {len(request.body)}")


def routes_of(*paths: str, method: str = "GET") -> Routes:
    """Endpoints at paths, each of which says its own pattern."""
    return Routes(
        Endpoint(method, path, lambda _, path=path: Reply.plain(path), name=path) for path in paths
    )


def ask(routes: Routes, arrival: Arrival, body: bytes | None = b"") -> Reply:
    """Answer a request."""
    return routes.receive(arrival).answer(body)


@given(SEGMENTS)
def test_a_path_made_from_a_pattern_matches_it(segments: list[tuple[str, str | None]]) -> None:
    """Each named part comes back as it went in, whatever its characters."""
    names = "abcdefgh"
    pattern = "".join(
        f"/{fixed}" if value is None else f"/{{{names[n]}}}"
        for n, (fixed, value) in enumerate(segments)
    )
    path = "".join(f"/{fixed if value is None else value}" for fixed, value in segments)
    expected = {names[n]: value for n, (_, value) in enumerate(segments) if value is not None}

    assert expected == matched(pattern, path)
    assert (("/mount", path)) == below(pattern, f"/mount{path}")


@given(st.text("/ab{}.\n", max_size=8), st.sampled_from(["/", "/a", "/{x}", "/a/{x}", "/a.b"]))
def test_a_path_matches_as_a_whole_or_not_at_all(path: str, pattern: str) -> None:
    """A match has the pattern's slashes, its fixed parts and no empty part."""
    found = matched(pattern, path)
    model = len(path.split("/")) == len(pattern.split("/")) and all(
        (part and wanted == "{x}") or part == wanted
        for part, wanted in zip(path.split("/"), pattern.split("/"), strict=True)
    )

    assert model == (found is not None)


def test_bytes_that_are_no_text_match_nothing() -> None:
    """A path that was not UTF-8 is nobody's."""
    assert matched("/{x}", decoded_path("/\xff")) is None
    assert {"x": "ŵ"} == matched("/{x}", decoded_path("/\xc5\xb5"))


def test_the_path_with_more_fixed_parts_counts() -> None:
    """The order of the list decides only between equals."""
    routes = routes_of("/{x}/{y}", "/a/{y}", "/{x}/b", "/a/c")

    def said(path: str) -> bytes:
        return ask(routes, Arrival("GET", path)).body

    assert [b"/a/{y}", b"/a/c", b"/{x}/b", b"/{x}/{y}"] == [
        said(path) for path in ("/a/b", "/a/c", "/z/b", "/z/z")
    ]
    assert ("/a/c", "/a/{y}", "/{x}/b", "/{x}/{y}") == routes.paths


def test_a_method_is_looked_for_among_all_that_match() -> None:
    """GET /{x} answers GET /a, although POST /a has more fixed parts."""
    routes = Routes(
        [Endpoint("GET", "/{x}", echo, name="get"), Endpoint("POST", "/a", echo, name="post")]
    )

    assert b"GET {'x': 'a'} 0" == ask(routes, Arrival("GET", "/a")).body
    assert "GET, HEAD, POST" == headers_of(ask(routes, Arrival("PUT", "/a")))["allow"]


@pytest.mark.parametrize("other", ["/a/{x}", "/a/{y}"])
def test_the_same_endpoint_twice_is_refused(other: str) -> None:
    """Two endpoints that nothing tells apart are a mistake."""
    with pytest.raises(InvalidValueError, match="same method and path"):
        routes_of("/a/{x}", other)


def test_head_is_get_without_the_body() -> None:
    """The endpoint sees GET, and the length is the one that GET would have."""
    routes = Routes([Endpoint("GET", "/a", echo, name="a")])
    got, head = (ask(routes, Arrival(method, "/a")) for method in ("GET", "HEAD"))

    assert got.headers == head.headers
    assert (b"GET {} 0", b"") == (got.body, head.body)
    assert "8" == headers_of(head)["content-length"]


@pytest.mark.parametrize(("length", "status"), [(0, 200), (9, 200), (10, 200), (11, 413)])
def test_a_body_over_the_limit_is_refused(length: int, status: int) -> None:
    """The limit itself is still allowed; so much was read, or nothing at all."""
    routes = Routes([Endpoint("POST", "/a", echo, name="a", max_body=10)])
    arrival = Arrival("POST", "/a")

    assert 10 == routes.receive(arrival).limit
    assert status == ask(routes, arrival, b"x" * length).status
    assert 413 == ask(routes, arrival, None).status


def test_a_body_for_nobody_is_not_wanted() -> None:
    """What is refused anyway asks for no body, and is not called too large."""
    routes = routes_of("/a")
    refused = routes.receive(Arrival("POST", "/a"))

    assert (0, 405) == (refused.limit, refused.answer(None).status)
    assert 404 == ask(routes, Arrival("POST", "/b"), None).status


def test_machines_are_refused_with_a_line_and_people_with_a_page() -> None:
    """Where a page lives, the refusal is a page too."""
    routes = Routes(endpoints_of(site_of()))
    line = ask(routes, Arrival("GET", "/webhook"))
    page = ask(routes, Arrival("DELETE", "/name"))

    assert (405, 405) == (line.status, page.status)
    assert ("DELETE, POST", "GET, HEAD, POST") == (
        headers_of(line)["allow"],
        headers_of(page)["allow"],
    )
    assert "text/plain; charset=utf-8" == headers_of(line)["content-type"]
    assert "content-security-policy" in headers_of(page)
    assert b"<!DOCTYPE html>" in page.body


def test_a_query_that_cannot_be_read() -> None:
    """It is answered 400, with a page where a page lives; no body is read for it."""
    routes = Routes(endpoints_of(site_of()))
    page = routes.receive(Arrival("HEAD", "/name", query=b"a=%FF"))

    assert (0, 400, b"") == (page.limit, page.answer(b"").status, page.answer(b"").body)
    assert 400 == ask(routes, Arrival("POST", "/webhook", query=b"a=%FF")).status


def test_headers_are_joined_and_cookies_read() -> None:
    """Repeated headers become one, and names are in small letters."""
    seen: list[Request] = []

    def keep(request: Request) -> Reply:
        seen.append(request)
        return Reply()

    headers = (("X-A", "1"), ("x-a", "2"), ("Cookie", "a=1"), ("cookie", "b=2"))
    ask(Routes([Endpoint("GET", "/", keep, name="n")]), Arrival("GET", "/", headers=headers))

    assert {"x-a": "1, 2", "cookie": "a=1; b=2"} == seen[0].headers
    assert {"a": "1", "b": "2"} == seen[0].cookies


def test_an_answer_without_a_body_says_no_type_and_no_length() -> None:
    """204 and 304 have neither (RFC 9110 sections 8.6 and 15.3.5)."""
    for status in (204, 304):
        routes = Routes(
            [Endpoint("GET", "/", lambda _, s=status: Reply(s, b"x", "text/plain"), name="n")]
        )
        reply = ask(routes, Arrival("GET", "/"))

        assert (b"", ()) == (reply.body, reply.headers)


def test_only_cookies_come_twice() -> None:
    """Other repeated headers of a reply are joined; cookies stay apart, in order."""
    given_headers = (("Vary", "a"), ("Set-Cookie", "x=1"), ("vary", "b"), ("set-cookie", "y=2"))
    routes = Routes([Endpoint("GET", "/", lambda _: Reply(headers=given_headers), name="n")])

    assert (
        ("vary", "a, b"),
        ("content-length", "0"),
        ("set-cookie", "x=1"),
        ("set-cookie", "y=2"),
    ) == ask(routes, Arrival("GET", "/")).headers


def test_the_prefix_without_its_slash_leads_to_the_first_page() -> None:
    """The query comes along, and nothing in the address is left unescaped."""
    routes = routes_of("/")
    reply = ask(routes, Arrival("GET", "", prefix="/ŵ", query=b"a=b c&d=%20"))

    assert routes.knows("")
    assert (308, "/%C5%B5/?a=b%20c&d=%20") == (reply.status, headers_of(reply)["location"])
    assert "/x/" == headers_of(ask(routes, Arrival("GET", "", prefix="/x")))["location"]
    assert not routes_of("/a").knows("")


@pytest.mark.parametrize("prefix", ["", "/a", "/a-b/c.d"])
def test_a_prefix(prefix: str) -> None:
    """A prefix is returned as it is."""
    assert prefix == checked_prefix(prefix)


@pytest.mark.parametrize("prefix", ["/", "a", "/a/", "//a", "/a b", "/{x}", "/a\n"])
def test_a_prefix_of_another_form_is_refused(prefix: str) -> None:
    """The error shows the form."""
    with pytest.raises(InvalidValueError, match="such as /garden-waste"):
        checked_prefix(prefix)


@pytest.mark.parametrize(
    ("path", "prefix", "rest"),
    [
        ("/a/b", "", "/a/b"),
        ("/a/b", "/a", "/b"),
        ("/a", "/a", ""),
        ("/ab", "/a", None),
        ("/b", "/a", None),
        ("", "", ""),
    ],
)
def test_the_part_below_a_prefix(path: str, prefix: str, rest: str | None) -> None:
    """A prefix ends where a part of the path ends."""
    assert rest == split_prefix(path, prefix)


def test_below_the_mount_itself() -> None:
    """The mount without its slash has no path of ours."""
    assert ("/a/b", "") == below("", "/a/b")
    assert ("/a/b", "/") == below("/", "/a/b/")


@given(st.binary(max_size=300), st.integers(0, 300), st.integers(1, 50))
def test_a_body_is_read_to_the_limit_and_not_far_beyond(
    body: bytes, limit: int, piece: int
) -> None:
    """A stream that gives little at a time is read whole, and one byte too many is enough."""
    stream = io.BytesIO(body)
    read = read_up_to(limit, lambda size: stream.read(min(size, piece)))

    assert (body if len(body) <= limit else None) == read
    assert stream.tell() <= limit + 1


def test_the_reprs_show_nothing_of_the_person() -> None:
    """Neither the path, the query nor a header is printed."""
    arrival = Arrival(
        "GET", "/return/Gwen", query=b"name=Gwen", headers=(("cookie", "Gwen"), ("t", FORM_TYPE))
    )
    turn = routes_of("/return/{x}").receive(arrival)

    assert not re.search("Gwen|urlencoded", f"{arrival!r} {turn!r}")
