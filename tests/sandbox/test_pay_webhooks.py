"""lg_sandbox.pay.webhooks and .webhook_*: messages, signatures, attempts and their schedule."""

import hashlib
import hmac
import json
import socket
import threading
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.testclient import TestClient

from lg_sandbox import Sandbox
from lg_sandbox.pay import Account, State
from lg_sandbox.pay.webhook_delivery import asgi_sender, check_address, http_sender
from lg_sandbox.pay.webhook_queue import DeliveryStatus
from lg_sandbox.pay.webhooks import RETRY_AFTER, EventType, retry_after, sign

Told = list[tuple[dict[str, str], bytes]]


class Receiver:
    """Takes messages, and answers with what it is told to."""

    def __init__(self, *answers: int) -> None:
        self.told: Told = []
        self._answers = list(answers)

    def __call__(self, headers: Mapping[str, str], body: bytes) -> int:
        """Take a message."""
        self.told.append((dict(headers), body))
        return self._answers.pop(0) if self._answers else 200

    @property
    def events(self) -> list[str]:
        """What was told, in its order."""
        return [json.loads(body)["event_type"] for _, body in self.told]

    @property
    def bodies(self) -> list[dict[str, Any]]:
        """The messages, read."""
        return [json.loads(body) for _, body in self.told]


def create(http: TestClient, **changes: Any) -> str:
    """Create a payment, and return its id."""
    body: dict[str, Any] = {
        "amount": 1200,
        "reference": "GW-1",
        "description": "Garden waste",
        "return_url": "https://council.example/done",
        "metadata": {"fund": "GW"},
    }
    answer = http.post("/v1/payments", json=body | changes)
    assert 201 == answer.status_code
    return answer.json()["payment_id"]


def test_the_known_answer_of_the_signature() -> None:
    """Body and key with characters beyond ASCII give the published digest."""
    body = "We captured a £10 payment! 💷".encode()

    assert "a678c8326237dc08acabed4ec3948ee82f94c4b35cdc44b68f26fa8ef595efff" == sign(
        body, secret="This is my secret key! 🔑"
    )


@given(body=st.binary(), secret=st.text(min_size=1))
def test_a_signature_is_the_hex_of_an_hmac(body: bytes, secret: str) -> None:
    """Lower-case hex over the raw bytes, with the secret as UTF-8."""
    secret = secret.encode("utf-8", "replace").decode()

    assert hmac.new(secret.encode(), body, hashlib.sha256).hexdigest() == sign(body, secret=secret)


def test_a_success_is_told_in_order_with_a_signature(idle: Sandbox, http: TestClient) -> None:
    """Succeeded, then captured, each signed, each with the payment as a snapshot."""
    receiver = Receiver()
    webhook = idle.pay.add_webhook(send=receiver)
    payment_id = create(http, email="a@example.org")
    idle.pay.pay(payment_id)

    attempts = idle.pay.deliver_webhooks()

    assert ["card_payment_succeeded", "card_payment_captured"] == receiver.events
    assert [True, True] == [each.delivered for each in attempts]
    headers, body = receiver.told[0]
    assert sign(body, secret=webhook.secret) == headers["Pay-Signature"]
    assert "application/json" == headers["Content-Type"]
    message = receiver.bodies[1]
    assert (1, payment_id, "PAYMENT") == (
        message["api_version"],
        message["resource_id"],
        message["resource_type"],
    )
    assert idle.pay.webhook_messages[1].id == message["webhook_message_id"]
    resource = message["resource"]
    assert {"status": "success", "finished": True} == resource["state"]
    assert {"fund": "GW"} == resource["metadata"]
    assert {"capture_submit_time", "captured_date"} == set(resource["settlement_summary"])
    assert "1111" == resource["card_details"]["last_digits_card_number"]
    unknown = {"_links", "provider_id", "agreement_id", "authorisation_mode"}
    assert not unknown & set(resource)
    assert webhook.secret.startswith("webhook_test_")
    assert webhook.secret not in repr(webhook)


def fail(idle: Sandbox, payment_id: str) -> object:
    """Pay with the card that makes the provider break."""
    return idle.pay.submit(payment_id, card="4000000000000119")


ENDS: list[tuple[Callable[[Sandbox, str], object], str, tuple[str, str]]] = [
    (lambda idle, id_: idle.pay.decline(id_), "card_payment_failed", ("declined", "P0010")),
    (lambda idle, id_: idle.pay.cancel(id_), "card_payment_failed", ("cancelled", "P0030")),
    (lambda idle, id_: idle.pay.staff_cancel(id_), "card_payment_failed", ("cancelled", "P0030")),
    (lambda idle, id_: idle.pay.expire(id_), "card_payment_expired", ("timedout", "P0020")),
    (fail, "card_payment_failed", ("error", "P0050")),
]


@pytest.mark.parametrize(("end", "event", "state"), ENDS)
def test_failures_have_words_of_their_own(
    *,
    idle: Sandbox,
    http: TestClient,
    end: Callable[[Sandbox, str], object],
    event: str,
    state: tuple[str, str],
) -> None:
    """State version 2: declined, timedout; a service's cancellation looks like the payer's."""
    receiver = Receiver()
    idle.pay.add_webhook(send=receiver)

    end(idle, create(http))
    idle.pay.deliver_webhooks()

    told = receiver.bodies[0]["resource"]["state"]
    assert ([event], *state) == (receiver.events, told["status"], told["code"])


def test_time_alone_makes_a_message(idle: Sandbox, http: TestClient) -> None:
    """An expiry is told although nobody looked, with the instant at which it was due."""
    receiver = Receiver()
    idle.pay.add_webhook(send=receiver)
    create(http)
    due = idle.clock.now() + timedelta(minutes=90)
    idle.clock.advance(timedelta(hours=3))

    idle.pay.deliver_webhooks()

    assert ["card_payment_expired"] == receiver.events
    assert due == idle.pay.webhook_messages[0].at


def test_a_capture_that_fails_later_is_not_told(idle: Sandbox, http: TestClient) -> None:
    """The payer saw success, and no event of the kind is mapped."""
    idle.pay.account.captures_at_once = False
    receiver = Receiver()
    idle.pay.add_webhook(send=receiver)
    payment_id = create(http)
    idle.pay.pay(payment_id)

    idle.pay.fail_capture(payment_id)
    idle.pay.deliver_webhooks()

    assert State.ERROR is idle.pay.payment(payment_id).state
    assert ["card_payment_succeeded"] == receiver.events


def test_a_refund_is_told_when_it_succeeds(idle: Sandbox, http: TestClient) -> None:
    """Of the payment, with its refund summary and no refund id."""
    idle.pay.account.refunds_settle_later = True
    receiver = Receiver()
    idle.pay.add_webhook(send=receiver, events=["card_payment_refunded"])
    payment_id = create(http)
    idle.pay.pay(payment_id)
    refund = idle.pay.staff_refund(payment_id, 200)
    before = idle.pay.deliver_webhooks()

    idle.pay.complete_refund(refund.id)
    idle.pay.deliver_webhooks()

    assert ((), ["card_payment_refunded"]) == (before, receiver.events)
    told = receiver.bodies[0]["resource"]
    assert (payment_id, 1000) == (told["payment_id"], told["refund_summary"]["amount_available"])
    assert refund.id not in str(receiver.bodies)


def test_a_webhook_hears_only_of_its_account_and_events(idle: Sandbox, http: TestClient) -> None:
    """Nothing of another account, and nothing it did not ask for."""
    other = Account("other")
    idle.pay.new_api_key(account=other)
    deaf, chosen = Receiver(), Receiver()
    idle.pay.add_webhook(send=deaf, account=other)
    idle.pay.add_webhook(send=chosen, events=[EventType.CAPTURED], secret="s")
    idle.pay.pay(create(http))

    idle.pay.deliver_webhooks()

    assert ([], ["card_payment_captured"]) == (deaf.events, chosen.events)
    assert sign(chosen.told[0][1], secret="s") == chosen.told[0][0]["Pay-Signature"]


def test_what_happened_before_is_not_told(idle: Sandbox, http: TestClient) -> None:
    """A webhook hears from when it was set up."""
    idle.pay.pay(create(http))

    idle.pay.add_webhook(send=Receiver())

    assert () == idle.pay.webhook_messages


def test_a_failed_delivery_is_tried_six_times_on_pays_schedule(
    idle: Sandbox, http: TestClient
) -> None:
    """After 60 s, 5 min, 1 h, 1 day and 2 days, and then never again."""
    receiver = Receiver(*[500] * 6)
    idle.pay.add_webhook(send=receiver, events=["card_payment_captured"])
    idle.pay.pay(create(http))

    for wait in (timedelta(), *RETRY_AFTER):
        if wait:
            idle.clock.advance(wait - timedelta(seconds=1))
            assert () == idle.pay.deliver_webhooks()
            idle.clock.advance(seconds=1)
        assert [500] == [each.status for each in idle.pay.deliver_webhooks()]
    idle.clock.advance(timedelta(days=3, hours=20))

    (message,) = idle.pay.webhook_messages
    assert (DeliveryStatus.FAILED, None, 6) == (
        message.status,
        message.due_at,
        len(message.attempts),
    )
    assert () == idle.pay.deliver_webhooks()
    assert 1 == len({body for _, body in receiver.told})


def test_a_message_is_forgotten_after_seven_days(idle: Sandbox, http: TestClient) -> None:
    """Delivered or not."""
    idle.pay.add_webhook(send=Receiver(), events=["card_payment_captured"])
    idle.pay.pay(create(http))
    idle.clock.advance(timedelta(days=7) - timedelta(seconds=1))
    kept = len(idle.pay.webhook_messages)

    idle.clock.advance(seconds=1)

    assert (1, ()) == (kept, idle.pay.webhook_messages)
    assert () == idle.pay.deliver_webhooks()


@pytest.mark.parametrize(("status", "delivered"), [(200, True), (299, True), (302, False)])
def test_any_2xx_is_a_success(
    *, idle: Sandbox, http: TestClient, status: int, delivered: bool
) -> None:
    """A redirect is not followed and not a success."""
    idle.pay.add_webhook(send=Receiver(status), events=["card_payment_captured"])
    idle.pay.pay(create(http))

    (attempt,) = idle.pay.deliver_webhooks()

    assert delivered == attempt.delivered


@given(failures=st.integers(1, 12))
def test_the_schedule_ends_after_six_attempts(failures: int) -> None:
    """There are five waits, each longer than the one before."""
    wait = retry_after(failures)

    assert (failures >= 6) == (wait is None)
    if wait is not None and failures > 1:
        assert wait > RETRY_AFTER[failures - 2]


def test_a_webhook_that_is_off_hears_nothing_later_either(idle: Sandbox, http: TestClient) -> None:
    """What comes due while it is off will not be sent."""
    receiver = Receiver()
    webhook = idle.pay.add_webhook(send=receiver, events=["card_payment_captured"])
    idle.pay.pay(create(http))
    idle.pay.switch_webhook(webhook.id, active=False)
    idle.pay.deliver_webhooks()

    idle.pay.switch_webhook(webhook.id, active=True)
    idle.pay.deliver_webhooks()

    assert ([], DeliveryStatus.WILL_NOT_SEND) == (
        receiver.events,
        idle.pay.webhook_messages[0].status,
    )
    with pytest.raises(LookupError, match=r"sandbox\.pay\.webhooks"):
        idle.pay.switch_webhook("none", active=True)


def test_duplicates_have_the_same_id_and_bytes(idle: Sandbox, http: TestClient) -> None:
    """Each message comes twice; only the first counts as an attempt."""
    idle.pay.webhook_disorder.duplicate = True
    receiver = Receiver()
    idle.pay.add_webhook(send=receiver)
    idle.pay.pay(create(http))

    attempts = idle.pay.deliver_webhooks()

    assert [False, True, False, True] == [each.repeat for each in attempts]
    assert (2, 4) == (len({body for _, body in receiver.told}), len(receiver.told))
    assert [1, 1] == [len(each.attempts) for each in idle.pay.webhook_messages]


def test_a_shuffle_is_the_same_for_a_seed() -> None:
    """All messages come, in another order, which depends on the seed alone."""
    orders: list[list[str]] = []
    for seed in (1, 1, 2):
        sandbox = Sandbox()
        sandbox.pay.webhook_disorder.shuffle = True
        sandbox.pay.webhook_disorder.seed = seed
        receiver = Receiver()
        sandbox.pay.add_webhook(send=receiver)
        key = {"Authorization": f"Bearer {sandbox.pay.api_key}"}
        client = TestClient(sandbox.pay.app, base_url="http://pay", headers=key)
        for number in range(5):
            sandbox.pay.pay(create(client, reference=str(number)))
        sandbox.pay.deliver_webhooks()
        orders.append(
            [f"{each['resource']['reference']} {each['event_type']}" for each in receiver.bodies]
        )

    assert orders[0] == orders[1] != orders[2]
    assert sorted(orders[0]) == sorted(orders[2])
    assert orders[0] != [
        f"{n} card_payment_{e}" for n in range(5) for e in ("succeeded", "captured")
    ]


def test_a_stale_snapshot_is_older_than_its_event(idle: Sandbox, http: TestClient) -> None:
    """Captured, with the state submitted, as has been seen."""
    idle.pay.webhook_disorder.stale = True
    receiver = Receiver()
    idle.pay.add_webhook(send=receiver, events=["card_payment_captured"])
    idle.pay.pay(create(http))

    idle.pay.deliver_webhooks()

    assert "submitted" == receiver.bodies[0]["resource"]["state"]["status"]


def test_a_receiver_may_ask_the_api_while_it_is_told(idle: Sandbox, http: TestClient) -> None:
    """No lock is held: what it reads is at least as new as what it is told."""
    seen: list[str] = []

    def send(_headers: Mapping[str, str], body: bytes) -> int:
        payment_id = json.loads(body)["resource_id"]
        asking = threading.Thread(
            target=lambda: seen.append(
                http.get(f"/v1/payments/{payment_id}").json()["state"]["status"]
            )
        )
        asking.start()
        asking.join(5)
        return 204

    idle.pay.add_webhook(send=send, events=["card_payment_captured"])
    idle.pay.pay(create(http))

    idle.pay.deliver_webhooks()

    assert ["success"] == seen


def test_one_delivery_is_under_way_at_a_time(idle: Sandbox, http: TestClient) -> None:
    """A receiver that delivers again sends nothing twice."""
    within: list[object] = []

    def send(_headers: Mapping[str, str], _body: bytes) -> int:
        within.append(idle.pay.deliver_webhooks())
        return 200

    idle.pay.add_webhook(send=send)
    idle.pay.pay(create(http))

    assert 2 == len(idle.pay.deliver_webhooks())
    assert [(), ()] == within


def test_nobody_there_is_a_failed_attempt(idle: Sandbox, http: TestClient) -> None:
    """No status, and another try a minute later."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    idle.pay.add_webhook(f"http://127.0.0.1:{port}/hook", events=["card_payment_captured"])
    idle.pay.pay(create(http))

    (attempt,) = idle.pay.deliver_webhooks()

    assert (None, False) == (attempt.status, attempt.delivered)
    assert idle.clock.now() + timedelta(seconds=60) == idle.pay.webhook_messages[0].due_at


def test_a_mistake_in_a_receiver_is_not_hidden(idle: Sandbox, http: TestClient) -> None:
    """It comes out of the delivery, and the message stays due."""

    def send(_headers: Mapping[str, str], _body: bytes) -> int:
        raise ZeroDivisionError

    idle.pay.add_webhook(send=send, events=["card_payment_captured"])
    idle.pay.pay(create(http))

    with pytest.raises(ZeroDivisionError):
        idle.pay.deliver_webhooks()
    assert DeliveryStatus.PENDING is idle.pay.webhook_messages[0].status


@contextmanager
def listening(status: int | None) -> Generator[tuple[str, Told]]:
    """Listen on loopback; answer with a status, or with something that is no HTTP."""
    told: Told = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            told.append(
                (dict(self.headers), self.rfile.read(int(self.headers["Content-Length"]))),
            )
            if status is None:
                self.wfile.write(b"nonsense\r\n\r\n")
                return
            self.send_response(status)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 -- its name
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", told
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_a_message_goes_over_http(idle: Sandbox, http: TestClient) -> None:
    """POST with the signature over exactly the bytes that arrive, path and query as given."""
    with listening(202) as (url, told):
        webhook = idle.pay.add_webhook(f"{url}/hook?a=1", events=["card_payment_captured"])
        idle.pay.pay(create(http))
        (attempt,) = idle.pay.deliver_webhooks()

    assert (202, True) == (attempt.status, attempt.delivered)
    headers, body = told[0]
    assert sign(body, secret=webhook.secret) == headers["Pay-Signature"]
    assert idle.pay.webhook_messages[0].body == body


def test_an_answer_that_is_no_http_is_none() -> None:
    """It counts as no answer."""
    with listening(None) as (url, _), pytest.raises(OSError, match="no HTTP"):
        http_sender(url)({}, b"{}")


def test_a_receiver_that_takes_too_long_gave_no_answer() -> None:
    """The time limit is real time: 3 seconds with Pay, less here."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        with pytest.raises(TimeoutError):
            http_sender(f"http://127.0.0.1:{port}/", seconds=0.05)({}, b"{}")


@pytest.mark.parametrize(
    "url",
    [
        "https://council.gov.uk/hook",
        "http://council.gov.uk/hook",
        "http://10.0.0.1/",
        "http://127.0.0.1.example.org/",
        "http://[::1",
        "http://127.0.0.1:port/",
        "ftp://127.0.0.1/",
        "//127.0.0.1/",
        "",
    ],
)
def test_nothing_is_sent_to_another_machine(idle: Sandbox, url: str) -> None:
    """An address that is not on loopback is refused, and not repeated."""
    with pytest.raises(ValueError, match="this machine only") as caught:
        idle.pay.add_webhook(url)
    assert "council" not in str(caught.value)
    assert () == idle.pay.webhooks


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1:8000", "127.9.9.9", "[::1]:80"])
def test_loopback_has_several_names(host: str) -> None:
    """All of them are taken."""
    check_address(f"http://{host}/hook")


def hooked(status: int) -> tuple[Starlette, Told]:
    """Return an ASGI app that takes messages at /hook."""
    told: Told = []

    async def hook(request: Request) -> Response:
        told.append((dict(request.headers), await request.body()))
        if status == 599:
            raise ZeroDivisionError
        return Response(status_code=status)

    return Starlette(routes=[Route("/hook", hook, methods=["POST"])]), told


def test_an_asgi_app_is_told_in_process(idle: Sandbox, http: TestClient) -> None:
    """With the path of the address; also from inside a running loop."""
    app, told = hooked(200)
    webhook = idle.pay.add_webhook("http://council/hook", app=app, events=["card_payment_captured"])
    idle.pay.pay(create(http))

    (attempt,) = idle.pay.deliver_webhooks()

    assert (200, None) == (attempt.status, webhook.url)
    assert sign(told[0][1], secret=webhook.secret) == told[0][0]["pay-signature"]


def test_an_asgi_app_may_fail_or_be_silent() -> None:
    """A framework's 500 counts as the answer; no answer is one; a bare mistake comes out."""

    async def silent(_scope: Any, receive: Any, _send: Any) -> None:
        while (await receive())["type"] != "http.disconnect":
            pass

    async def broken(_scope: Any, _receive: Any, _send: Any) -> None:
        raise ZeroDivisionError

    app, _ = hooked(599)
    assert 500 == asgi_sender(app, path="/hook")({}, b"{}")
    with pytest.raises(TimeoutError):
        asgi_sender(silent, path="/", seconds=0.05)({}, b"{}")
    with pytest.raises(ZeroDivisionError):
        asgi_sender(broken, path="/")({}, b"{}")


def test_a_webhook_needs_one_way(idle: Sandbox) -> None:
    """None, or two, is a mistake; so is an event that there is not."""
    with pytest.raises(ValueError, match="one way"):
        idle.pay.add_webhook()
    with pytest.raises(ValueError, match="one way"):
        idle.pay.add_webhook("http://127.0.0.1/", send=Receiver())
    with pytest.raises(ValueError, match="card_payment_captured"):
        idle.pay.add_webhook(send=Receiver(), events=["card_payment_settled"])


def test_a_live_account_has_a_live_secret(idle: Sandbox) -> None:
    """The secret says which kind of account it is for."""
    webhook = idle.pay.add_webhook(send=Receiver(), account=idle.pay.live_account)

    assert webhook.secret.startswith("webhook_live_")
