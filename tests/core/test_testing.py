"""lg_core.testing: transports for tests, without sockets and when things go wrong."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from core.platform_app import PlatformApp, broken_app

from lg_core.testing import Trouble, asgi, unreliable
from lg_core.testing._asgi import AsgiApp, Message
from lg_core.transport import FailureReason, TransportFailure, WireAnswer, WireRequest

Start = dict[str, Any]
START: Start = {"type": "http.response.start", "status": 200, "headers": [(b"X-A", b"1")]}


def request_of(
    *,
    url: str = "http://localhost/v1/things?q=a%20b",
    method: str = "GET",
    body: bytes = b"",
    read: float = 5.0,
    total: float = 5.0,
) -> WireRequest:
    """Make a request."""
    return WireRequest(
        method=method,
        url=url,
        headers=(("Authorization", "Bearer x"), ("X-B", "2")),
        body=body,
        connect=5.0,
        read=read,
        write=5.0,
        pool=5.0,
        total=total,
        max_answer=1000,
    )


def app_that_sends(*messages: Message, then: Callable[[], Any] | None = None) -> AsgiApp:
    """Make an application that sends these messages, and then does something."""

    async def app(scope: Message, receive: Any, send: Any) -> None:
        del scope, receive
        for message in messages:
            await send(message)
        if then is not None:
            await then()

    return app


def carried(kind: str, app: AsgiApp, request: WireRequest) -> WireAnswer:
    """Carry a request in one of the two ways."""
    transport = asgi(app)
    if kind == "sync":
        try:
            return transport.send(request)
        finally:
            transport.close()
    import anyio

    async def run() -> WireAnswer:
        try:
            return await transport.asend(request)
        finally:
            await transport.aclose()

    return anyio.run(run, backend=kind)


ways = pytest.mark.parametrize("kind", ["sync", "asyncio", "trio"])


def body(data: bytes = b"", *, more: bool = False) -> Message:
    """Make a piece of a body."""
    return {"type": "http.response.body", "body": data, "more_body": more}


async def for_ever() -> None:
    """Wait without end."""
    import anyio

    await anyio.sleep_forever()


# ---------------------------------------------------------------- asgi


@ways
def test_an_application_gets_a_whole_scope(kind: str) -> None:
    """Method, path, query, headers and server are told as a web server tells them."""
    seen: list[Message] = []

    async def app(scope: Message, receive: Any, send: Any) -> None:
        seen.extend([scope, await receive()])
        await send(START)
        await send({"type": "http.response.body"})

    got = carried(
        kind, app, request_of(url="https://h.example/a%2Fb?q=a%20b", method="PUT", body=b"x")
    )
    scope, message = seen

    assert (200, {"x-a": "1"}, b"") == (got.status, got.headers, got.body)
    assert ("PUT", "https", "/a/b", b"/a%2Fb", b"q=a%20b") == (
        scope["method"],
        scope["scheme"],
        scope["path"],
        scope["raw_path"],
        scope["query_string"],
    )
    assert ("h.example", 443) == scope["server"]
    assert [
        (b"host", b"h.example"),
        (b"authorization", b"Bearer x"),
        (b"x-b", b"2"),
        (b"content-length", b"1"),
    ] == scope["headers"]
    assert {"type": "http.request", "body": b"x", "more_body": False} == message


@ways
def test_an_answer_in_pieces_is_put_together(kind: str) -> None:
    """Pieces of a body make one, and headers of one name are joined."""
    start = {**START, "headers": [(b"Via", b"one"), (b"via", b"two")]}
    got = carried(kind, app_that_sends(start, body(b"a", more=True), body(b"b")), request_of())

    assert (b"ab", {"via": "one, two"}) == (got.body, got.headers)


@ways
@pytest.mark.parametrize(
    ("app", "reason"),
    [
        (app_that_sends(), FailureReason.RESET),
        (app_that_sends(START), FailureReason.TRUNCATED),
        (app_that_sends(START, body(b"a", more=True)), FailureReason.TRUNCATED),
        (app_that_sends(then=for_ever), FailureReason.TIMEOUT),
        (app_that_sends(START, body(b"a", more=True), then=for_ever), FailureReason.TIMEOUT),
        (app_that_sends(START, body(b"x" * 1001)), FailureReason.TOO_LARGE),
    ],
    ids=["silent", "start", "half", "waits", "waits in the middle", "too large"],
)
def test_an_application_that_does_not_answer_is_a_failure(
    kind: str, app: AsgiApp, reason: FailureReason
) -> None:
    """Silence is a time-out, an end a broken connection, half an answer a truncated one."""
    with pytest.raises(TransportFailure) as caught:
        carried(kind, app, request_of(read=0.05))

    assert (reason, True) == (caught.value.reason, caught.value.left)


@ways
def test_an_answer_that_is_whole_is_taken_though_the_application_goes_on(kind: str) -> None:
    """Work that an application does after its answer does not take the answer back."""
    app = app_that_sends(START, body(b"done"), then=for_ever)

    assert b"done" == carried(kind, app, request_of(total=0.05)).body


@ways
def test_an_application_that_waits_for_more_body_waits(kind: str) -> None:
    """After the body there is nothing to receive until the client goes, which it does not."""

    async def app(scope: Message, receive: Any, send: Any) -> None:
        del scope, send
        await receive()
        await receive()

    with pytest.raises(TransportFailure) as caught:
        carried(kind, app, request_of(read=0.05))

    assert FailureReason.TIMEOUT is caught.value.reason


@ways
def test_other_messages_of_an_application_are_passed_over(kind: str) -> None:
    """An extension's message, such as early hints, is no answer."""
    app = app_that_sends({"type": "http.response.debug"}, START, body(b"a"))

    assert b"a" == carried(kind, app, request_of()).body


@ways
def test_what_an_application_raises_goes_to_the_caller(kind: str) -> None:
    """A defect of the application is seen where the test is."""
    with pytest.raises(ZeroDivisionError):
        carried(kind, broken_app, request_of())


def test_a_transport_serves_threads_at_once_and_again_after_it_was_closed() -> None:
    """One loop serves every thread; a closed transport starts another when it is used."""
    app = PlatformApp()
    transport = asgi(app)
    threads = [threading.Thread(target=transport.send, args=(request_of(),)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    transport.close()
    transport.close()
    transport.send(request_of())
    transport.close()

    assert 9 == len(app.seen)


# ---------------------------------------------------------------- unreliable


BEFORE = {
    Trouble.REFUSED,
    Trouble.LOST_REQUEST,
    Trouble.RESET_BEFORE,
    Trouble.ERROR_BEFORE,
    Trouble.LIMITED,
    Trouble.STOPPED_BEFORE,
}
ENDS: dict[Trouble, tuple[FailureReason, bool] | int | type[BaseException]] = {
    Trouble.NONE: 401,
    Trouble.REFUSED: (FailureReason.CONNECT, False),
    Trouble.LOST_REQUEST: (FailureReason.TIMEOUT, True),
    Trouble.LOST_ANSWER: (FailureReason.TIMEOUT, True),
    Trouble.RESET_BEFORE: (FailureReason.RESET, True),
    Trouble.RESET_AFTER: (FailureReason.RESET, True),
    Trouble.ERROR_BEFORE: 503,
    Trouble.ERROR_AFTER: 502,
    Trouble.LIMITED: 429,
    Trouble.TRUNCATED: (FailureReason.TRUNCATED, True),
    Trouble.HTML: 200,
    Trouble.STOPPED_BEFORE: KeyboardInterrupt,
    Trouble.STOPPED_AFTER: KeyboardInterrupt,
}


@pytest.mark.parametrize("trouble", Trouble)
@pytest.mark.parametrize("kind", ["sync", "async"])
def test_each_trouble_is_what_it_says(kind: str, trouble: Trouble) -> None:
    """It fails as named, and the platform acted or did not; the next attempt goes through."""
    import anyio

    app = PlatformApp()
    inner = asgi(app)
    transport = unreliable(inner, [trouble])

    async def asend() -> WireAnswer:
        return await transport.asend(request_of())

    def send() -> WireAnswer:
        return transport.send(request_of()) if kind == "sync" else anyio.run(asend)

    ended: tuple[FailureReason, bool] | int | type[BaseException]
    try:
        ended = send().status
    except TransportFailure as failure:
        ended = (failure.reason, failure.left)
    except KeyboardInterrupt:
        ended = KeyboardInterrupt
    acted = len(app.seen)
    after = send().status
    transport.close()
    anyio.run(transport.aclose)

    assert ENDS[trouble] == ended
    assert (0 if trouble in BEFORE else 1) == acted
    assert 401 == after  # the platform's own word: this request bears no known key


def test_every_trouble_is_judged() -> None:
    """A new trouble needs its line in this test."""
    assert set(Trouble) == set(ENDS)
