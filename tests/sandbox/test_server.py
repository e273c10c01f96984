"""lg_sandbox.sandbox, .server and .delivery over real sockets: addresses, faults, endings."""

import http.client
import json
import socket
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import httpx  # noqa: TID251, TID253 -- the wire is looked at by a client that is not ours
import pytest
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.types import Message, Receive, Scope, Send

from lg_sandbox import Clock, Fault, NotRunningError, Sandbox
from lg_sandbox.answers import Answer
from lg_sandbox.delivery import show
from lg_sandbox.server import LoopbackServer

BODY = {
    "amount": 1200,
    "reference": "GW-1",
    "description": "Garden waste",
    "return_url": "https://council.example/done",
}


def client(sandbox: Sandbox, *, timeout: float = 5) -> httpx.Client:
    """Give a client with the sandbox's key."""
    return httpx.Client(
        base_url=sandbox.pay.url,
        headers={"Authorization": f"Bearer {sandbox.pay.api_key}"},
        timeout=timeout,
        trust_env=False,
    )


def test_the_fixture_serves_a_fresh_sandbox(sandbox: Sandbox) -> None:
    """The plugin's fixture needs no import: an address on loopback and an empty record."""
    with client(sandbox) as http:
        made = http.post("/v1/payments", json=BODY).json()
        got = http.get(made["_links"]["self"]["href"])

    assert sandbox.pay.url.startswith("http://127.0.0.1:")
    assert made["payment_id"] == got.json()["payment_id"]
    assert [200, 201] == sorted(each.status or 0 for each in sandbox.pay.requests)


@pytest.mark.parametrize(
    ("fault", "error", "done"),
    [
        (Fault.TIMEOUT_BEFORE, httpx.ReadTimeout, 0),
        (Fault.TIMEOUT_AFTER, httpx.ReadTimeout, 1),
        (Fault.RESET_BEFORE, httpx.ReadError, 0),
        (Fault.RESET_AFTER, httpx.ReadError, 1),
        (Fault.TRUNCATED, httpx.RemoteProtocolError, 1),
    ],
)
def test_a_broken_answer_breaks_as_a_real_one_does(
    *, sandbox: Sandbox, fault: Fault, error: type[Exception], done: int
) -> None:
    """The client sees silence, a reset or an early end; the work is done or not, as planned."""
    sandbox.pay.faults.add(fault)
    with client(sandbox, timeout=0.2) as http, pytest.raises(error):
        http.post("/v1/payments", json=BODY)

    assert done == len(sandbox.pay.payments)
    assert (fault is Fault.TRUNCATED) == (sandbox.pay.requests[-1].status is not None)


def test_a_reset_is_a_reset(sandbox: Sandbox) -> None:
    """The connection is reset (RST), not merely closed."""
    sandbox.pay.faults.add(Fault.RESET_BEFORE)
    host, port = sandbox.pay.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=5) as raw:
        raw.sendall(b"GET /v1/payments/x HTTP/1.1\r\nHost: pay\r\n\r\n")
        with pytest.raises(ConnectionResetError):
            raw.recv(100)


def test_a_slow_answer_arrives_in_pieces_and_whole(sandbox: Sandbox) -> None:
    """It takes its time, and then it is right."""
    sandbox.pay.faults.add(Fault.SLOW, seconds=0.4)
    started = datetime.now(UTC)
    with client(sandbox) as http, http.stream("POST", "/v1/payments", json=BODY) as answer:
        pieces = list(answer.iter_raw())

    assert 201 == answer.status_code
    assert len(pieces) > 1
    assert json.loads(b"".join(pieces))["amount"] == 1200
    assert (datetime.now(UTC) - started).total_seconds() >= 0.35


def test_a_slow_answer_without_a_body_is_still_an_answer(sandbox: Sandbox) -> None:
    """204 has nothing to dribble."""
    with client(sandbox) as http:
        links = http.post("/v1/payments", json=BODY).json()["_links"]
        sandbox.pay.faults.add(Fault.SLOW, seconds=0.1)

        assert 204 == http.post(links["cancel"]["href"]).status_code


def test_a_caller_who_leaves_a_slow_answer_leaves_nothing_behind(sandbox: Sandbox) -> None:
    """The stand-in goes on answering others."""
    sandbox.pay.faults.add(Fault.SLOW, seconds=60)
    with (
        client(sandbox, timeout=0.2) as http,
        pytest.raises(httpx.ReadTimeout),
    ):
        http.post("/v1/payments", json=BODY)
    with client(sandbox) as http:
        assert 201 == http.post("/v1/payments", json=BODY).status_code


def test_stopping_ends_a_silent_answer_at_once() -> None:
    """A caller who waits for a silent stand-in is not kept when it stops."""
    sandbox = Sandbox()
    sandbox.start()
    sandbox.pay.faults.add(Fault.TIMEOUT_BEFORE)
    failed = threading.Event()

    def wait() -> None:
        with client(sandbox, timeout=60) as http:
            try:
                http.post("/v1/payments", json=BODY)
            except httpx.TransportError:
                failed.set()

    waiting = threading.Thread(target=wait)
    waiting.start()
    while not sandbox.pay.requests:
        pass
    sandbox.stop()
    waiting.join(5)

    assert failed.is_set()


def test_many_callers_at_once_are_all_answered(sandbox: Sandbox) -> None:
    """One lock for each stand-in: nothing is lost or doubled."""
    sandbox.pay.account.rate_limited = False
    with client(sandbox) as http, ThreadPoolExecutor(8) as pool:
        calls = [pool.submit(http.post, "/v1/payments", json=BODY) for _ in range(40)]
        answers = [call.result() for call in calls]

    assert {201} == {answer.status_code for answer in answers}
    assert 40 == len({answer.json()["payment_id"] for answer in answers})
    assert 40 == len(sandbox.pay.payments) == len(sandbox.pay.requests)


def test_a_sandbox_can_be_entered_again() -> None:
    """Its state stays; its address goes when it stops, and stopping twice is harmless."""
    sandbox = Sandbox()
    with sandbox, client(sandbox) as http:
        http.post("/v1/payments", json=BODY)
    with pytest.raises(NotRunningError):
        _ = sandbox.pay.url
    with sandbox, client(sandbox) as http:
        assert 201 == http.post("/v1/payments", json=BODY).status_code
    sandbox.stop()

    assert 2 == len(sandbox.pay.payments)


def test_a_running_sandbox_cannot_be_started_twice(sandbox: Sandbox) -> None:
    """The error says what to do."""
    with pytest.raises(RuntimeError, match="stop it first"):
        sandbox.start()


def test_a_port_and_a_clock_can_be_chosen() -> None:
    """A port in use is an OSError, and nothing is left open."""
    clock = Clock(start=datetime(2026, 1, 1, tzinfo=UTC))
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(OSError, match="in use"):
            Sandbox(pay_port=port).start()
    with Sandbox(pay_port=port, clock=clock) as sandbox:
        assert f"http://127.0.0.1:{port}" == sandbox.pay.url
        assert clock is sandbox.clock


def test_a_fault_in_an_app_is_a_500_and_a_stubborn_app_is_cancelled() -> None:
    """The server survives what an app does, and stops although one will not."""
    ended = threading.Event()

    async def broken(_scope: Scope, _receive: Receive, _send: Send) -> None:
        raise LookupError

    async def stubborn(scope: Scope, receive: Receive, send: Send) -> None:
        import anyio

        await PlainTextResponse("begun")(scope, receive, _unfinished(send))
        try:
            await anyio.sleep_forever()
        finally:
            ended.set()

    server = LoopbackServer([(broken, 0), (stubborn, 0)])
    first, second = server.start()
    assert 500 == httpx.get(first, trust_env=False).status_code
    connection = http.client.HTTPConnection(second.removeprefix("http://"), timeout=5)
    connection.request("GET", "/")
    begun = connection.getresponse()
    server.stop()

    assert 200 == begun.status
    assert ended.wait(1)
    connection.close()


def _unfinished(send: Send) -> Send:
    async def pass_on(message: Message) -> None:
        if message["type"] == "http.response.body":
            message = {**message, "more_body": True}
        await send(message)

    return pass_on


def test_a_server_that_cannot_start_says_so() -> None:
    """The reason is kept as the cause."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await PlainTextResponse(Request(scope).url.path)(scope, receive, send)

    server = LoopbackServer([(app, 0)])
    server._sockets[0].close()

    with pytest.raises(RuntimeError, match="did not start") as caught:
        server.start()
    assert isinstance(caught.value.__cause__, OSError)
    server.stop()


def test_a_taken_port_frees_the_others() -> None:
    """Where one of several ports is taken, none is kept."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await PlainTextResponse("")(scope, receive, send)

    with socket.create_server(("127.0.0.1", 0)) as free:
        first = free.getsockname()[1]
    with (
        socket.create_server(("127.0.0.1", 0)) as taken,
        pytest.raises(OSError, match="in use"),
    ):
        LoopbackServer([(app, first), (app, taken.getsockname()[1])])

    with socket.create_server(("127.0.0.1", first)) as again:
        assert again.getsockname()[1] == first


@pytest.mark.parametrize("fault", [Fault.RESET_BEFORE, Fault.TRUNCATED])
def test_in_process_a_broken_answer_is_an_unfinished_one(fault: Fault) -> None:
    """Without a connection, the app returns early: no answer, or a body that is too short."""
    import anyio

    sandbox = Sandbox()
    sandbox.pay.faults.add(fault)
    sent: list[Message] = []

    async def call() -> None:
        async def receive() -> Message:
            return {"type": "http.request", "body": b"", "more_body": False}

        async def send(message: Message) -> None:
            sent.append(message)

        scope: Scope = {
            "type": "http",
            "method": "GET",
            "path": "/v1/payments/none",
            "query_string": b"",
            "root_path": "",
            "headers": [(b"host", b"pay")],
            "scheme": "http",
            "server": ("pay", 80),
        }
        await sandbox.pay.app(scope, receive, send)

    anyio.run(call)

    if fault is Fault.RESET_BEFORE:
        assert [] == sent
    else:
        promised = int(dict(sent[0]["headers"])[b"content-length"])
        assert len(sent[1]["body"]) < promised


def test_in_process_a_silent_answer_ends_with_its_caller() -> None:
    """The app waits until it is told that nobody listens."""
    import anyio

    sandbox = Sandbox()
    sandbox.pay.faults.add(Fault.TIMEOUT_BEFORE)
    transport = httpx.ASGITransport(sandbox.pay.app)

    async def call() -> bool:
        async with httpx.AsyncClient(transport=transport, base_url="http://pay") as http:
            with anyio.move_on_after(0.1) as scope:
                await http.get("/v1/payments/none")
        return scope.cancelled_caught

    assert anyio.run(call)


def test_silence_ignores_what_still_arrives() -> None:
    """Only a disconnect ends it."""
    import anyio

    arriving: list[Message] = [
        {"type": "http.request", "body": b"late", "more_body": False},
        {"type": "http.disconnect"},
    ]

    async def call() -> None:
        async def receive() -> Message:
            return arriving.pop(0)

        async def send(_message: Message) -> None:
            raise AssertionError

        await show(
            Fault.TIMEOUT_AFTER, Answer(200), seconds=0, scope={}, receive=receive, send=send
        )

    anyio.run(call)

    assert [] == arriving
