"""lg_core._httpx: over real sockets, what comes back and what can fail."""

import gzip
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable

import pytest
from core.platform_app import authorise, create_thing, get_thing, platform
from core.wire_servers import (
    OK,
    Kind,
    Place,
    Talk,
    answer,
    carry,
    closed_port,
    crowded_port,
    request_to,
    server,
)

from lg_core._httpx import HttpTransport, library
from lg_core.clients import ApiClient, AsyncApiClient
from lg_core.errors import ApiError, OutcomeUnknownError, RequestNotSentError
from lg_core.network import Network, Phases
from lg_core.observers import CallOutcome
from lg_core.testing import RecordingObserver
from lg_core.transport import FailureReason, TransportFailure, WireAnswer

ways = pytest.mark.parametrize("kind", Kind)
SOON = 10.0
"""How many seconds what is cut after 0.3 s may take on a busy machine; else it takes for ever."""


def came(kind: Kind, place: Place, *, total: float = 5.0, max_answer: int = 100_000) -> WireAnswer:
    """Make one request and return its answer."""
    (outcome,) = carry(kind, request_to(place.url, total=total, max_answer=max_answer))
    assert isinstance(outcome, WireAnswer), outcome
    return outcome


def failed(
    kind: Kind, place: Place, *, total: float = 5.0, phase: float = 2.0, max_answer: int = 100_000
) -> TransportFailure:
    """Make one request and return how it failed."""
    request = request_to(place.url, total=total, phase=phase, max_answer=max_answer, method="POST")
    (outcome,) = carry(kind, request)
    assert isinstance(outcome, TransportFailure), outcome
    return outcome


def says(data: bytes) -> Callable[[Talk], None]:
    """Serve each connection by reading one request and sending these bytes."""

    def serve(talk: Talk) -> None:
        talk.request()
        talk.send(data)

    return serve


def stall(talk: Talk) -> None:
    """Take one request, and say nothing."""
    talk.request()
    talk.stall()


# ---------------------------------------------------------------- answers


@ways
def test_an_answer_comes_whole(kind: Kind) -> None:
    """Status, headers by lower-case name, several of one name joined, and the body."""
    text = answer(b'{"a": 1}', "X-Request-ID: r-1", "Via: one", "via: two", status="201 Created")
    with server(says(text)) as place:
        got = came(kind, place)

    assert (201, b'{"a": 1}') == (got.status, got.body)
    assert ("r-1", "one, two") == (got.headers["x-request-id"], got.headers["via"])


@ways
def test_a_request_goes_out_as_it_was_made(kind: Kind) -> None:
    """Method, address, headers and body arrive, and nothing is added but what HTTP needs."""
    seen: list[bytes] = []

    def serve(talk: Talk) -> None:
        seen.append(talk.request())
        talk.send(OK)

    with server(serve) as place:
        carry(kind, request_to(f"{place.url}/v1/a%20b?q=c%2Fd", method="POST", body=b"{}"))

    head, _, body = seen[0].partition(b"\r\n\r\n")
    lines = head.decode().split("\r\n")
    assert lines[0] == "POST /v1/a%20b?q=c%2Fd HTTP/1.1"
    assert {"accept-encoding", "content-length", "host"} == {
        line.partition(":")[0].lower() for line in lines[1:]
    }
    assert body == b"{}"


@ways
def test_a_compressed_answer_is_unpacked(kind: Kind) -> None:
    """The body is what was compressed."""
    text = answer(gzip.compress(b'{"a": 1}'), "Content-Encoding: gzip")
    with server(says(text)) as place:
        assert b'{"a": 1}' == came(kind, place).body


@ways
def test_an_answer_compressed_in_several_parts_is_unpacked_whole(kind: Kind) -> None:
    """RFC 1952, section 2.2: a gzip body may be a series of members, one after the other."""
    parts = gzip.compress(b'{"a": ') + gzip.compress(b"1}")
    with server(says(answer(parts, "Content-Encoding: gzip"))) as place:
        assert b'{"a": 1}' == came(kind, place).body


@ways
@pytest.mark.parametrize("status", ["302 Found", "307 Temporary Redirect"])
def test_a_redirect_is_not_followed(kind: Kind, status: str) -> None:
    """A redirect comes back as it is: nothing is sent to where it points."""
    with server(says(answer(b"", "Location: /elsewhere", status=status))) as place:
        got = came(kind, place)

    assert int(status[:3]) == got.status
    assert 1 == place.connections


@ways
def test_cookies_are_not_kept(kind: Kind) -> None:
    """A cookie that a platform sets is not sent back: calls do not depend on earlier ones."""
    seen: list[bytes] = []

    def serve(talk: Talk) -> None:
        while request := talk.request():
            seen.append(request)
            talk.send(answer(b"{}", "Set-Cookie: session=1"))

    with server(serve) as place:
        carry(kind, request_to(place.url), request_to(place.url))

    assert 2 == len(seen)
    assert b"session" not in seen[1]


@ways
def test_a_connection_serves_several_requests(kind: Kind) -> None:
    """A connection is kept for the next request."""

    def serve(talk: Talk) -> None:
        while talk.request():
            talk.send(OK)

    with server(serve) as place:
        outcomes = carry(kind, *[request_to(place.url)] * 3)

    assert [200] * 3 == [o.status for o in outcomes if isinstance(o, WireAnswer)]
    assert 1 == place.connections


@ways
def test_a_connection_that_the_server_closed_is_not_used_again(kind: Kind) -> None:
    """Where the server closed the kept connection, the next request opens another."""
    gone = threading.Event()

    def serve(talk: Talk) -> None:
        talk.request()
        talk.send(OK)
        talk.sock.shutdown(1)
        gone.set()
        talk.stall()

    with server(serve) as place:
        outcomes = carry(kind, *[request_to(place.url)] * 2, between=lambda: assert_set(gone))

    assert [200] * 2 == [o.status for o in outcomes if isinstance(o, WireAnswer)]
    assert 2 == place.connections


def assert_set(event: threading.Event) -> None:
    """Wait for an event that must come."""
    assert event.wait(5)


# ---------------------------------------------------------------- nothing left


@ways
def test_a_closed_port_leaves_nothing(kind: Kind) -> None:
    """A refused connection sent nothing, and says what the system said."""
    with closed_port() as place:
        failure = failed(kind, place)

    assert (FailureReason.CONNECT, False) == (failure.reason, failure.left)
    # asyncio words the same error in its own way.
    assert "Connection refused" in failure.detail or "Connect call failed" in failure.detail


@ways
def test_a_connection_not_made_in_time_leaves_nothing(kind: Kind) -> None:
    """A server whose queue is full is not reached within the connect phase."""
    with crowded_port() as place:
        failure = failed(kind, place, phase=0.2)

    assert (FailureReason.CONNECT_TIMEOUT, False) == (failure.reason, failure.left)


@ways
def test_a_connection_not_made_before_the_deadline_leaves_nothing(kind: Kind) -> None:
    """The same where the whole call has no more time than the connect phase: nothing left."""
    with crowded_port() as place:
        failure = failed(kind, place, total=0.2, phase=0.2)

    assert (FailureReason.CONNECT_TIMEOUT, False) == (failure.reason, failure.left)


def test_a_pool_without_a_free_connection_leaves_nothing() -> None:
    """Where all connections are busy for too long, the request was not sent."""
    busy = threading.Event()

    def serve(talk: Talk) -> None:
        talk.request()
        busy.set()
        talk.stall()

    with server(serve) as place:
        transport = HttpTransport(Network(trust_env=False, max_connections=1), place.url)
        first: list[TransportFailure] = []

        def occupy() -> None:
            try:
                transport.send(request_to(place.url, phase=0.6))
            except TransportFailure as failure:
                first.append(failure)

        thread = threading.Thread(target=occupy)
        thread.start()
        assert_set(busy)
        with pytest.raises(TransportFailure) as caught:
            transport.send(request_to(place.url, phase=0.1))
        thread.join()
        transport.close()

    assert (FailureReason.POOL, False) == (caught.value.reason, caught.value.left)
    assert [FailureReason.TIMEOUT] == [failure.reason for failure in first]


@ways
def test_a_scheme_that_is_not_http_leaves_nothing(kind: Kind) -> None:
    """An address that the HTTP library cannot use is not sent to."""
    (outcome,) = carry(kind, request_to("ftp://127.0.0.1/"))

    assert isinstance(outcome, TransportFailure)
    assert (FailureReason.CONNECT, False) == (outcome.reason, outcome.left)


@ways
def test_an_address_that_is_none_leaves_nothing(kind: Kind) -> None:
    """An address that the HTTP library cannot read is not sent to."""
    (outcome,) = carry(kind, request_to("http://127.0.0.1:port/"))

    assert isinstance(outcome, TransportFailure)
    assert (FailureReason.CONNECT, False) == (outcome.reason, outcome.left)


# ---------------------------------------------------------------- gone, and no whole answer


@ways
def test_a_server_that_says_nothing_is_a_time_out(kind: Kind) -> None:
    """A request whose answer does not begin within the read phase has left."""
    with server(stall) as place:
        failure = failed(kind, place, phase=0.2)

    assert (FailureReason.TIMEOUT, True) == (failure.reason, failure.left)


@pytest.mark.parametrize("kind", [Kind.ASYNCIO, Kind.TRIO])
def test_headers_that_dribble_are_bounded_by_the_whole_time(kind: Kind) -> None:
    """A server that sends a header now and then cannot hold an asynchronous call for ever."""

    def serve(talk: Talk) -> None:
        talk.request()
        talk.send(b"HTTP/1.1 200 OK\r\n")
        talk.dribble(b"X: y\r\n")

    start = time.monotonic()
    with server(serve) as place:
        failure = failed(kind, place, total=0.3)

    assert (FailureReason.TIMEOUT, True) == (failure.reason, failure.left)
    assert time.monotonic() - start < SOON


@ways
def test_a_body_that_dribbles_is_bounded_by_the_whole_time(kind: Kind) -> None:
    """A server that sends a byte now and then cannot hold a call for ever."""

    def serve(talk: Talk) -> None:
        talk.request()
        talk.send(b"HTTP/1.1 200 OK\r\nContent-Length: 300\r\n\r\n")
        talk.dribble(b"x")

    start = time.monotonic()
    with server(serve) as place:
        failure = failed(kind, place, total=0.3)

    assert (FailureReason.TIMEOUT, True) == (failure.reason, failure.left)
    assert time.monotonic() - start < SOON


@ways
@pytest.mark.parametrize("begin", [b"", b"HTTP/1.1 200 OK\r\nContent-"])
def test_a_connection_that_ends_before_the_answer_has_begun_is_a_reset(
    kind: Kind, begin: bytes
) -> None:
    """The request left; the connection was closed, broken or cut in the headers."""
    with server(says(begin)) as place:
        failure = failed(kind, place)

    assert (FailureReason.RESET, True) == (failure.reason, failure.left)


@ways
def test_a_connection_that_breaks_is_a_reset(kind: Kind) -> None:
    """An RST after the request is a request that left."""

    def serve(talk: Talk) -> None:
        talk.request()
        talk.reset()

    with server(serve) as place:
        failure = failed(kind, place)

    assert (FailureReason.RESET, True) == (failure.reason, failure.left)


@ways
@pytest.mark.parametrize("data", [b"SSH-2.0-OpenSSH\r\n\r\n", b"\x15\x03\x01\x00\x02\x02\x16"])
def test_a_server_that_speaks_something_else_has_the_request(kind: Kind, data: bytes) -> None:
    """An answer that is not HTTP says nothing of what became of the request."""
    with server(says(data)) as place:
        failure = failed(kind, place)

    assert (FailureReason.RESET, True) == (failure.reason, failure.left)


@ways
@pytest.mark.parametrize(
    "begin",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf of it",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n64\r\nhalf of it",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nno number\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\nnope",
        answer(gzip.compress(b"x" * 1000)[:-9], "Content-Encoding: gzip"),
    ],
    ids=["length", "chunked", "no chunk", "no gzip", "half a gzip"],
)
def test_an_answer_that_breaks_off_is_truncated(kind: Kind, begin: bytes) -> None:
    """The answer began, and its body is not whole or cannot be unpacked."""
    with server(says(begin)) as place:
        failure = failed(kind, place)

    assert (FailureReason.TRUNCATED, True) == (failure.reason, failure.left)


@ways
@pytest.mark.parametrize("form", ["length", "chunked", "gzip", "endless"])
def test_an_answer_over_the_limit_is_refused_while_it_streams(kind: Kind, form: str) -> None:
    """What counts is the size after unpacking; the rest is not read."""

    def serve(talk: Talk) -> None:
        talk.request()
        match form:
            case "length":
                talk.send(answer(b"x" * 5000))
            case "chunked":
                chunk = b"64\r\n" + b"x" * 100 + b"\r\n"
                talk.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + chunk * 50)
            case "gzip":
                talk.send(answer(gzip.compress(b"x" * 5000), "Content-Encoding: gzip"))
            case _:
                talk.send(b"HTTP/1.1 200 OK\r\n\r\n")
                talk.dribble(b"x" * 500)

    with server(serve) as place:
        failure = failed(kind, place, max_answer=1000)

    assert (FailureReason.TOO_LARGE, True) == (failure.reason, failure.left)
    assert "over 1000 bytes" == failure.detail


@ways
def test_an_answer_of_just_the_limit_is_taken(kind: Kind) -> None:
    """The limit is the largest body that is accepted."""
    with server(says(answer(b"x" * 1000))) as place:
        assert 1000 == len(came(kind, place, max_answer=1000).body)


# ---------------------------------------------------------------- what a failure came from


def test_a_failure_is_judged_by_itself_inside_a_handler() -> None:
    """A call made while another error is handled does not inherit that error's cause."""
    with closed_port() as place:
        failures: list[TransportFailure] = []
        try:
            {}["no such key"]
        except KeyError:
            failures.append(failed(Kind.SYNC, place))

    assert "Connection refused" == failures[0].detail
    assert isinstance(failures[0].__cause__, OSError)


@ways
def test_the_cause_holds_no_request(kind: Kind) -> None:
    """The HTTP library's errors hold the request, its key included: they are not chained."""
    with closed_port() as place:
        failure = failed(kind, place)

    below: BaseException | None = failure
    while below is not None:
        assert not hasattr(below, "_request")
        assert not hasattr(below, "request")
        below = below.__cause__


# ---------------------------------------------------------------- the client on top


def sync_client(place: Place, *, timeout: float = 5.0, attempts: int = 1) -> ApiClient:
    """Build a client of a place."""
    return ApiClient(
        platform(),
        base_url=place.url,
        authorise=authorise,
        timeout=timeout,
        attempts=attempts,
        network=Network(trust_env=False, phases=Phases(connect=0.5, read=0.5)),
    )


def test_a_client_reports_a_closed_port_with_its_place() -> None:
    """The error names the address, what the system said and what to look at."""
    with (
        closed_port() as place,
        sync_client(place) as client,
        pytest.raises(RequestNotSentError) as caught,
    ):
        client.exchange(get_thing(7))

    assert f"127.0.0.1:{place.port}" in str(caught.value)
    assert "Connection refused" in str(caught.value)
    assert "Check base_url" in str(caught.value)


def test_a_client_creates_once_on_a_connection_that_breaks() -> None:
    """A creation whose answer is lost on the wire is not sent again."""
    seen: list[bytes] = []

    def serve(talk: Talk) -> None:
        seen.append(talk.request())
        talk.reset()

    with (
        server(serve) as place,
        sync_client(place, attempts=4) as client,
        pytest.raises(OutcomeUnknownError) as caught,
    ):
        client.exchange(create_thing())

    assert ("reset", 1) == (caught.value.reason, len(seen))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (answer(b"<h1>Sign in</h1>", "Content-Type: text/html"), "text/html where JSON"),
        (answer(b"", "Location: https://x.example/", status="302 Found"), "redirect"),
    ],
)
def test_a_client_names_what_stands_in_the_way(text: bytes, said: str) -> None:
    """A proxy's page or redirect in place of the answer is named as what it is."""
    with (
        server(says(text)) as place,
        sync_client(place) as client,
        pytest.raises((ApiError, OutcomeUnknownError)) as caught,
    ):
        client.exchange(create_thing())

    texts = [str(caught.value), *map(str, caught.value.previous)]
    assert any(said in text for text in texts)


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_a_task_that_is_cancelled_says_what_it_leaves_in_doubt(backend: str) -> None:
    """A cancelled creation tells its observers, and leaves the host's cancellation as it is."""
    import anyio

    recorder = RecordingObserver()

    async def stop_in_the_middle(url: str, sent: threading.Event) -> list[BaseException]:
        stopped: list[BaseException] = []

        async def create() -> None:
            async with AsyncApiClient(
                platform(), base_url=url, authorise=authorise, observers=[recorder]
            ) as client:
                try:
                    await client.exchange(create_thing())
                except BaseException as error:
                    stopped.append(error)
                    raise

        async with anyio.create_task_group() as tasks:
            tasks.start_soon(create)
            await anyio.to_thread.run_sync(assert_set, sent)
            tasks.cancel_scope.cancel()
        return stopped

    sent = threading.Event()

    def serve(talk: Talk) -> None:
        talk.request()
        sent.set()
        talk.stall()

    with server(serve) as place:
        stopped = anyio.run(stop_in_the_middle, place.url, sent, backend=backend)

    assert 1 == len(stopped)
    assert "whether The Platform carried it out is not known" in stopped[0].__notes__[0]
    assert CallOutcome.CANCELLED is recorder.last.outcome


# ---------------------------------------------------------------- the library


def test_the_library_is_the_one_that_was_asked_for() -> None:
    """httpx unless LG_HTTP says httpx2."""
    name, _, version = library().partition("/")

    assert os.environ.get("LG_HTTP", "httpx") == name
    assert version[0].isdigit()


@pytest.mark.parametrize(
    ("chosen", "said"),
    [
        ("urllib3", "LG_HTTP must be httpx or httpx2"),
        ("httpx2", "LG_HTTP asks for httpx2, which is not installed"),
    ],
)
def test_a_library_that_cannot_be_had_is_a_config_error(chosen: str, said: str) -> None:
    """A slip of the pen, or a library that is not installed, says what to do."""
    code = "import sys; sys.modules['httpx2'] = None; import lg_core._httpx"
    done = subprocess.run(  # noqa: S603 -- our own interpreter and words
        [sys.executable, "-c", code],
        env={**os.environ, "LG_HTTP": chosen},
        capture_output=True,
        text=True,
        check=False,
    )

    assert 1 == done.returncode
    assert f"lg_core.errors.ConfigError: {said}" in done.stderr
