"""lg_core._wire: from a call to bytes, and from bytes to a value."""

import json
import string
from types import NoneType
from typing import Any, TypeVar
from urllib.parse import parse_qsl, urlsplit

import pytest
from core.platform_app import NewThing, Thing, create_thing, download, get_thing, platform
from hypothesis import given
from hypothesis import strategies as st
from pydantic import Field

from lg_core._wire import encode, headers_of, read_answer, sent_values, url_of, wire_request
from lg_core.calls import Call, QueryValue, Repeat
from lg_core.errors import ResponseShapeError
from lg_core.models import AnswerModel, RequestModel
from lg_core.network import Phases
from lg_core.transport import WireAnswer

T = TypeVar("T")

JSON = {"content-type": "application/json"}
BASE = "https://platform.example"


class Aliased(RequestModel):
    """A request whose wire name is not its field's."""

    return_url: str = Field(alias="returnUrl")
    email: str | None = None


class Part(AnswerModel):
    """A part of an answer."""

    amount: int
    tags: dict[str, int] = Field(default_factory=dict[str, int])


class Whole(AnswerModel):
    """An answer with parts."""

    parts: list[Part]
    maybe: Part | str | None = None


def call_of(read: type[T], **options: Any) -> Call[T]:
    """Make a call that reads something."""
    return Call("GET", "/v1", capability="lg-things.x", read=read, repeat=Repeat.ALWAYS, **options)


def read(kind: type[T], body: bytes, headers: dict[str, str] | None = None) -> T:
    """Read an answer."""
    answer = WireAnswer(200, JSON if headers is None else headers, body)
    return read_answer(call_of(kind), platform(), answer)


def misread(
    kind: type[T], body: bytes, headers: dict[str, str] | None = None
) -> ResponseShapeError:
    """Read an answer that cannot be read, and return the error."""
    with pytest.raises(ResponseShapeError) as caught:
        read(kind, body, headers)
    return caught.value


# ---------------------------------------------------------------- what goes out


def test_a_body_is_json_by_the_platforms_names_without_none() -> None:
    """Aliases are used, and a None is left out: platforms read null in ways of their own."""
    call = call_of(Thing, body=Aliased(returnUrl="https://x.example"))

    assert {"returnUrl": "https://x.example"} == json.loads(encode(call))
    assert b"" == encode(get_thing(7))


@given(
    query=st.dictionaries(
        st.text(string.ascii_letters, min_size=1),
        st.one_of(st.none(), st.integers(), st.text(), st.lists(st.text()).map(tuple)),
    )
)
def test_a_query_says_what_was_given(query: dict[str, QueryValue]) -> None:
    """Every name and value survives quoting, None is left out, a tuple repeats its name."""
    url = url_of(BASE, call_of(Thing, query=query))
    pairs = parse_qsl(urlsplit(url).query, keep_blank_values=True, strict_parsing=False)

    said = [
        (name, str(each))
        for name, value in query.items()
        if value is not None
        for each in (value if isinstance(value, tuple) else (value,))
    ]
    assert said == pairs
    assert url.isascii()
    assert url.startswith(f"{BASE}/v1")
    assert bool(pairs) == ("?" in url)


def test_headers_ask_for_what_the_call_reads() -> None:
    """JSON for a model, anything for bytes, and a content type only with a body."""
    of_read = dict(headers_of(get_thing(7), user_agent="x/1", body=b""))
    of_file = dict(headers_of(download(), user_agent="x/1", body=b""))
    of_create = dict(headers_of(create_thing(), user_agent="x/1", body=b"{}"))

    assert {"user-agent", "accept", "accept-encoding"} == set(of_read)
    assert ("application/json", "*/*") == (of_read["accept"], of_file["accept"])
    assert "application/json" == of_create["content-type"]


@given(form=st.dictionaries(st.text(min_size=1), st.text()))
def test_a_form_says_what_was_given(form: dict[str, str]) -> None:
    """Every field of a form survives quoting."""
    body = encode(call_of(Thing, form=form))

    assert list(form.items()) == parse_qsl(body.decode(), keep_blank_values=True)


def test_a_form_says_what_it_is() -> None:
    """A form is sent with the media type of forms, and its text is never printed."""
    call = call_of(Thing, form={"code": "abc 1&2"}, headers={"authorization": "Bearer zq"})
    headers = dict(headers_of(call, user_agent="x/1", body=encode(call)))

    assert b"code=abc+1%262" == encode(call)
    assert "application/x-www-form-urlencoded" == headers["content-type"]
    assert "Bearer zq" == headers["authorization"]
    assert "abc" not in repr(call)
    assert "zq" not in repr(call)
    assert {"abc 1&2", "Bearer zq"} == sent_values(call)


def test_a_call_has_one_body() -> None:
    """A call with a body and a form is a defect of ours."""
    with pytest.raises(TypeError, match="not both"):
        call_of(Thing, body=NewThing(name="x"), form={})


@given(
    lengths=st.tuples(*[st.floats(0.01, 100)] * 4),
    remaining=st.floats(0.001, 100),
)
def test_no_phase_outlasts_the_deadline(
    lengths: tuple[float, float, float, float], remaining: float
) -> None:
    """Each phase is what the network allows, or what is left of the call where that is less."""
    connect, read_, write, pool = lengths
    request = wire_request(
        get_thing(7),
        url=f"{BASE}/v1/things/7",
        headers=[("a", "b")],
        body=b"",
        phases=Phases(connect=connect, read=read_, write=write, pool=pool),
        remaining=remaining,
    )

    assert [min(length, remaining) for length in lengths] == [
        request.connect,
        request.read,
        request.write,
        request.pool,
    ]
    assert remaining == request.total
    assert get_thing(7).max_answer == request.max_answer
    assert (("a", "b"),) == request.headers


def test_everything_that_a_call_sends_is_known() -> None:
    """Values of the body and the query, and identifiers of the path, are kept out of errors."""
    call: Call[Thing] = Call(
        "POST",
        "/v1/things/pay_8k2/cancel",
        capability="lg-things.x",
        read=Thing,
        repeat=Repeat.IF_NOT_SENT,
        query={"email": "a@b.example", "page": 3, "none": None, "many": ("x1", "x2")},
        body=NewThing(name="Mrs Evans"),
    )

    assert {"a@b.example", "3", "Mrs Evans", "pay_8k2", "x1", "x2"} == sent_values(call)
    assert {"1234567"} == sent_values(get_thing(1234567))


# ---------------------------------------------------------------- what comes in


@given(number=st.integers(), name=st.text())
def test_a_model_is_read_from_json(number: int, name: str) -> None:
    """Fields that are not known are passed over."""
    thing = read(Thing, json.dumps({"number": number, "name": name, "new": [1]}).encode())

    assert (number, name) == (thing.number, thing.name)


@pytest.mark.parametrize(
    "kind", ["application/json; charset=utf-8", "APPLICATION/JSON", "application/problem+json"]
)
def test_every_way_to_say_json_is_taken(kind: str) -> None:
    """Case and parameters of the media type do not matter, and +json is JSON."""
    assert 1 == read(Thing, b'{"number": 1, "name": "x"}', {"content-type": kind}).number


def test_bytes_and_nothing_are_read_whatever_the_media_type() -> None:
    """A file is a file, and an empty answer is not looked at."""
    assert b"<h1>" == read(bytes, b"<h1>", {})
    assert read(NoneType, b"<h1>", {}) is None


def test_a_call_that_reads_something_else_is_a_defect_of_ours() -> None:
    """Only models, bytes and None can be read."""
    with pytest.raises(TypeError, match="must be a pydantic model"):
        read(int, b"1")


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("text/html; charset=utf-8", "text/html"),
        ("image/svg+xml", "image/svg+xml"),
        ("", "something without a media type"),
        ("bob@example.com", "something without a media type"),
        ("text/" + "x" * 99, "something without a media type"),
    ],
)
def test_another_media_type_is_named_where_it_is_one(kind: str, said: str) -> None:
    """What a proxy puts into the header is repeated only where it looks like a media type."""
    error = misread(Thing, b"{}", {"content-type": kind, "x-request-id": "r-9"})

    assert f"answered with {said} where JSON was expected" in str(error)
    assert (200, "r-9", "lg-things.x") == (error.status, error.request_id, error.capability)
    assert () == error.problems


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_are_a_shape_error(body: bytes) -> None:
    """Nothing that a platform sends as JSON raises anything else, or repeats a word of it."""
    error: Exception | None = None
    try:
        read(Whole, body)
    except Exception as raised:  # noqa: BLE001 -- whatever it is, it is looked at
        error = raised

    assert error is None or isinstance(error, ResponseShapeError)
    if error is not None:
        # pydantic's own error holds words of the answer.
        assert error.__cause__ is None
        assert error.__context__ is None


def test_faults_are_named_by_path_and_kind_alone() -> None:
    """A key of a mapping is data, so it is starred; positions and fields of the model stay."""
    body = (
        b'{"parts": [{"amount": 1, "tags": {"bob@example.com": "secret"}}, {"amount": "secret"}]}'
    )
    error = misread(Whole, body)

    assert (
        "parts.0.tags.*: int_parsing",
        "parts.1.amount: int_parsing",
    ) == error.problems
    assert "(parts.0.tags.*: int_parsing; parts.1.amount: int_parsing)" in str(error)
    assert "secret" not in f"{error}{error!r}"
    assert "bob" not in f"{error}{error!r}"


def test_an_answer_that_is_no_object_is_a_fault_of_the_answer() -> None:
    """A fault of the whole has no path."""
    assert ("answer: model_type",) == misread(Thing, b"[]").problems
    assert ("answer: json_invalid",) == misread(Thing, b'{"number": 1, ').problems


def test_only_the_first_faults_are_said() -> None:
    """A long list of faults is kept whole in problems, and cut in the text."""
    error = misread(Whole, json.dumps({"parts": [{"amount": "x"}] * 9}).encode())

    assert 9 == len(error.problems)
    assert 3 == str(error).count("int_parsing")


def test_an_answer_nested_too_deep_is_a_shape_error() -> None:
    """What no reader can unfold is not a crash."""
    assert ("answer: json_invalid",) == misread(Thing, b"[" * 100_000).problems
