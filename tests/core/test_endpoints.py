"""lg_core.endpoints: requests, replies and endpoints as plain values."""

from contextlib import suppress
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lg_core.endpoints import FORM_TYPE, MAX_BODY, Endpoint, Fields, Reply, Request, read_fields
from lg_core.errors import InvalidValueError

TEXT = st.text(st.characters(exclude_categories=["Cs"]))
PAIRS = st.lists(st.tuples(TEXT, TEXT), max_size=8)


@given(PAIRS)
def test_fields_keep_order_and_repeats(pairs: list[tuple[str, str]]) -> None:
    """A mapping reads the first value of each name, and nothing is lost."""
    fields = Fields(pairs)

    assert tuple(pairs) == fields.pairs()
    assert list(dict.fromkeys(name for name, _ in pairs)) == list(fields)
    assert len(set(fields)) == len(fields)
    assert {name: fields.all(name)[0] for name in fields} == dict(fields)
    assert (fields, hash(fields)) == (Fields(iter(pairs)), hash(Fields(pairs)))
    assert () == fields.all("no such name, surely")
    with pytest.raises(KeyError):
        _ = fields["no such name, surely"]


def test_fields_show_names_only() -> None:
    """The values are a resident's."""
    assert "Fields(name, town)" == repr(Fields([("name", "Gwenllian"), ("town", "Zebu")]))
    assert Fields([("a", "b")]) != {"a": "b"}


@given(PAIRS)
def test_what_a_browser_encodes_is_read(pairs: list[tuple[str, str]]) -> None:
    """Reading is the reverse of encoding, blank values included."""
    assert tuple(pairs) == read_fields(urlencode(pairs).encode()).pairs()


@given(st.binary())
def test_any_bytes_are_read_or_refused(body: bytes) -> None:
    """No body makes another error."""
    with suppress(InvalidValueError):
        assert isinstance(read_fields(body), Fields)


@pytest.mark.parametrize("body", [b"\xff=1", b"a=%ff", b"&".join([b"a=1"] * 1_001)])
def test_a_form_that_cannot_be_read_is_refused(body: bytes) -> None:
    """Not UTF-8, or too many fields; the error holds nothing of it."""
    with pytest.raises(InvalidValueError) as caught:
        read_fields(body)

    assert "unreadable_form" == caught.value.code
    assert caught.value.__context__ is None


@pytest.mark.parametrize(
    ("content_type", "expected"),
    [
        (FORM_TYPE, "b"),
        (f"{FORM_TYPE.upper()} ; charset=utf-8", "b"),
        ("application/json", None),
        ("", None),
    ],
)
def test_a_form_is_read_by_its_type(content_type: str, expected: str | None) -> None:
    """Only what is sent as a form has fields."""
    request = Request("POST", "/x", headers={"content-type": content_type}, body=b"a=b")

    assert expected == request.form().get("a")
    assert Fields() == Request("POST", "/x", body=b"a=b").form()


def test_a_request_shows_nothing_that_was_sent() -> None:
    """Path, query, cookies and body are a resident's."""
    name = "Gwenllian"
    shown = repr(
        Request(
            "POST",
            f"/{name}",
            "/garden",
            params={"a": name},
            query=Fields([(name, name)]),
            headers={"cookie": name},
            cookies={name: name},
            body=name.encode(),
        )
    )

    assert name not in shown
    assert "/garden" in shown


def test_a_request_makes_addresses_below_its_mount() -> None:
    """Links lead to where the endpoints are mounted."""
    assert "/garden/done" == Request("GET", "/", "/garden").url("/done")


def test_replies() -> None:
    """A page, a line of text, a way to go on, and headers."""
    page = Reply.html("<p>Dŵr", status=201, headers={"x-a": "1"})
    away = Reply.see_other("/done")

    assert (201, "<p>Dŵr".encode(), "text/html; charset=utf-8") == (
        page.status,
        page.body,
        page.media_type,
    )
    assert (("x-a", "1"), ("x-b", "2")) == page.with_headers(("x-b", "2")).headers
    assert (404, b"no", "text/plain; charset=utf-8") == (
        (plain := Reply.plain("no", status=404)).status,
        plain.body,
        plain.media_type,
    )
    assert (303, None, "/done") == (away.status, away.media_type, dict(away.headers)["location"])
    assert "no-store" == dict(away.headers)["cache-control"]
    assert "Dŵr" not in repr(page)


@pytest.mark.parametrize("path", ["/", "/a", "/return/{case_id}", "/A-1/b.c/{x}/{y}"])
def test_a_path_is_literal_or_named(path: str) -> None:
    """Parts and names in braces make a path."""
    endpoint = Endpoint("GET", path, lambda _: Reply(), name="one")

    assert (path, MAX_BODY) == (endpoint.path, endpoint.max_body)
    assert Reply() == endpoint.handle(Request("GET", "/"))


@pytest.mark.parametrize(
    "path", ["", "a", "/a/", "//", "/{}", "/{Case}", "/{a}b", "/{a}/{a}", "/a b", "/a\n", "/ŵ"]
)
def test_a_path_of_another_form_is_refused(path: str) -> None:
    """A name in capitals would be taken for a literal part, so it is refused too."""
    with pytest.raises(InvalidValueError) as caught:
        Endpoint("GET", path, lambda _: Reply(), name="one")

    assert "not_a_path" == caught.value.code
