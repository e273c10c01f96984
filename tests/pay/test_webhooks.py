# SPDX-License-Identifier: MIT
import json
import pickle
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from databases import sqlite_url, store_url
from hypothesis import given
from hypothesis import strategies as st
from pay.payments import a_payment
from pydantic import SecretStr

from lg_core.endpoints import Request
from lg_core.errors import ApiError, ConfigError
from lg_core.signatures import hmac_sha256_hex
from lg_core.store import Inbox, Store
from lg_core.testing import asgi
from lg_pay import PayClient, Payment
from lg_pay.errors import PaymentNotFoundError
from lg_pay.webhooks import (
    PaymentEvent,
    PaymentEventType,
    WebhookFault,
    WebhookRefusedError,
    endpoint,
    verify,
    worker,
)
from lg_sandbox import Sandbox

__all__ = ["store_url"]

SECRET = "webhook_test_zebra"
PAYMENT = "p" * 26
WORDS = st.text(st.characters(exclude_categories=["Cs"]))
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=3),
    max_leaves=8,
)


def message(**changes: object) -> dict[str, object]:
    """Return a message as GOV.UK Pay sends it."""
    return {
        "webhook_message_id": "m" * 26,
        "api_version": 1,
        "created_date": "2026-11-20T10:30:00.123Z",
        "resource_id": PAYMENT,
        "resource_type": "PAYMENT",
        "event_type": "card_payment_succeeded",
        "resource": {
            "payment_id": PAYMENT,
            "amount": 4650,
            "state": {"status": "success", "finished": True},
            "payment_provider": "stripe",
            "created_date": "2026-11-20T10:00:00.000Z",
            "email": "zq@example.org",
            "card_details": {"cardholder_name": "Z Q"},
        },
        **changes,
    }


def with_state(**state: object) -> dict[str, object]:
    """Return a message about a payment in a state."""
    return message(resource={"payment_id": PAYMENT, "state": {"finished": True, **state}})


def signed(wire: object, *, secret: str = SECRET) -> tuple[bytes, str]:
    """Return the body and its signature."""
    body = wire if isinstance(wire, bytes) else json.dumps(wire).encode()
    return body, hmac_sha256_hex(body, secret)


def read(wire: object) -> PaymentEvent:
    """Verify a message that was signed."""
    return verify(*signed(wire), secrets=[SECRET])


def request(wire: object, **headers: str) -> Request:
    """Return a request that delivers a message, signed unless the headers say otherwise."""
    body, signature = signed(wire)
    return Request(
        "POST",
        "/govuk-pay/webhook",
        headers={"pay-signature": signature, **headers},
        body=body,
    )


@pytest.fixture
def inbox(store_url: str) -> Iterator[Inbox]:
    """An inbox in an empty database, of each kind in turn."""
    with Store(store_url) as store:
        yield Inbox(store, name="lg-pay.webhooks")


@pytest.fixture
def local_inbox(tmp_path: Path) -> Iterator[Inbox]:
    """An inbox in a file."""
    with Store(sqlite_url(tmp_path)) as store:
        yield Inbox(store, name="lg-pay.webhooks")


# ------------------------------------------------------------------ verify


def test_a_signed_message_is_read() -> None:
    """The envelope says which payment, and the snapshot shows nothing personal."""
    event = read(message())

    assert ("m" * 26, PaymentEventType.SUCCEEDED, PAYMENT) == (
        event.message_id,
        event.event_type,
        event.payment_id,
    )
    assert datetime(2026, 11, 20, 10, 30, 0, 123000, tzinfo=UTC) == event.created_date
    assert event.snapshot is not None
    assert event.snapshot.state is not None
    assert "success" == event.snapshot.state.status
    assert "zq" not in str(event.snapshot.model_dump()).casefold()
    assert "snapshot" not in repr(event)


def test_any_of_several_secrets_will_do() -> None:
    """One secret replaces another without a message lost; SecretStr is taken."""
    body, signature = signed(message(), secret="webhook_live_new")

    event = verify(body, signature, secrets=[SECRET, SecretStr("webhook_live_new")])

    assert PAYMENT == event.payment_id


@pytest.mark.parametrize(
    ("signature", "fault"),
    [
        (None, WebhookFault.SIGNATURE_MISSING),
        (" ", WebhookFault.SIGNATURE_MISSING),
        ("sha256=" + "0" * 64, WebhookFault.SIGNATURE_MALFORMED),
        ("0" * 63, WebhookFault.SIGNATURE_MALFORMED),
        ("0" * 64, WebhookFault.SIGNATURE_WRONG),
    ],
)
def test_a_signature_that_is_not_right_is_refused(
    signature: str | None, fault: WebhookFault
) -> None:
    """Missing, malformed and wrong are told apart for the developer; none is signed."""
    with pytest.raises(WebhookRefusedError) as caught:
        verify(signed(message())[0], signature, secrets=[SECRET])

    assert fault is caught.value.code
    assert not fault.signed
    assert fault is pickle.loads(pickle.dumps(caught.value)).code


@given(st.binary(max_size=40), st.integers(0, 400))
def test_no_changed_body_passes(noise: bytes, at: int) -> None:
    """Whatever is put into the body, the signature no longer fits."""
    body, signature = signed(message())
    changed = body[:at] + noise + body[at + len(noise) :]
    if changed != body:
        with pytest.raises(WebhookRefusedError) as caught:
            verify(changed, signature, secrets=[SECRET])

        assert WebhookFault.SIGNATURE_WRONG is caught.value.code


@pytest.mark.parametrize(
    "changes",
    [
        {"webhook_message_id": None},
        {"webhook_message_id": "<script>"},
        {"resource_id": 7},
        {"resource_type": None},
        {"event_type": "two words"},
        {"created_date": "2026-11-20T10:30:00"},
        {"created_date": "yesterday"},
    ],
)
def test_a_signed_message_that_cannot_be_read_is_refused(changes: Mapping[str, object]) -> None:
    """The error names the field, and neither it nor what hangs on it holds the message."""
    with pytest.raises(WebhookRefusedError, match=next(iter(changes))) as caught:
        read(message(**changes))

    assert WebhookFault.UNREADABLE is caught.value.code
    assert WebhookFault.UNREADABLE.signed
    assert caught.value.__context__ is None


@given(st.binary() | JSON.map(lambda wire: json.dumps(wire).encode()))
def test_whatever_is_signed_is_read_or_refused(body: bytes) -> None:
    """No body makes anything else than an event or a refusal."""
    with pytest.raises(WebhookRefusedError):
        read(body)


@given(JSON)
def test_whatever_the_snapshot_is_the_event_is_read(resource: object) -> None:
    """The snapshot is only to look at: one of another shape does not lose the event."""
    event = read(message(resource=resource))

    assert PAYMENT == event.payment_id
    assert event.snapshot is None


def test_what_is_deeply_nested_is_refused() -> None:
    """A body that is deeper than the reader goes ends in a refusal."""
    with pytest.raises(WebhookRefusedError):
        read(b"[" * 200_000)


@pytest.mark.parametrize("kind", ["payment", "PAYMENT", "Payment"])
def test_capitals_of_the_resource_type_do_not_matter(kind: str) -> None:
    """The documentation says payment, and the wire PAYMENT."""
    assert PAYMENT == read(message(resource_type=kind)).payment_id


def test_the_documented_name_of_the_message_id_is_read_too() -> None:
    """The reference calls it id."""
    wire = message(id="documented-id")
    del wire["webhook_message_id"]

    assert "documented-id" == read(wire).message_id


def test_a_message_about_something_else_is_refused() -> None:
    """A refund's id is no payment's."""
    with pytest.raises(WebhookRefusedError) as caught:
        read(message(resource_type="refund"))

    assert WebhookFault.NOT_A_PAYMENT is caught.value.code


def test_a_message_that_names_two_payments_is_refused() -> None:
    """Nobody can say which of them it is about."""
    with pytest.raises(WebhookRefusedError) as caught:
        read(message(resource_id="q" * 26))

    assert WebhookFault.CONTRADICTORY is caught.value.code


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        ({"status": "declined", "code": "P0010"}, ("failed", "P0010")),
        ({"status": "declined"}, ("failed", "P0010")),
        ({"status": "timedout"}, ("failed", "P0020")),
        ({"status": "cancelled", "code": "P0030"}, ("failed", "P0030")),
        ({"status": "cancelled"}, ("failed", "P0030")),
        ({"status": "cancelled", "code": "P0040"}, ("cancelled", "P0040")),
        ({"status": "error", "code": "P0050"}, ("error", "P0050")),
        ({"status": "brand_new"}, ("brand_new", None)),
    ],
)
def test_states_are_in_the_words_of_the_api(
    state: Mapping[str, Any], expected: tuple[str, str | None]
) -> None:
    """declined, timedout and cancelled are one word with a code each."""
    snapshot = read(with_state(**state)).snapshot

    assert snapshot is not None
    assert snapshot.state is not None
    assert expected == (snapshot.state.status, snapshot.state.code)


# ------------------------------------------------------------------ the endpoint


def test_a_message_is_kept_once_and_answered_each_time(inbox: Inbox) -> None:
    """A replay is answered 200, and nothing personal is kept."""
    answer = endpoint(inbox, secrets=[SECRET]).handle

    assert [200, 200] == [answer(request(message())).status for _ in range(2)]
    (job,) = inbox.queue.take(limit=5)
    assert {
        "message_id": "m" * 26,
        "event_type": "card_payment_succeeded",
        "payment_id": PAYMENT,
        "created_date": "2026-11-20T10:30:00.123000+00:00",
    } == dict(job.payload)


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (request(message(), **{"pay-signature": "0" * 64}), 401),
        (request(message(), **{"pay-signature": ""}), 401),
        (request({"a": 1}), 422),
        (request(message(resource_type="dispute")), 422),
    ],
)
def test_what_is_refused_is_answered_without_a_word(
    sent: Request, status: int, local_inbox: Inbox
) -> None:
    """A forger learns nothing, and what GOV.UK Pay signed will be sent again."""
    reply = endpoint(local_inbox, secrets=[SECRET], path="/x").handle(sent)

    assert (status, b"", ()) == (reply.status, reply.body, reply.headers)
    assert 0 == local_inbox.queue.counts().waiting


def test_a_failing_inbox_is_not_answered_with_200() -> None:
    """GOV.UK Pay must send again what could not be kept."""

    class Broken:
        def receive(self, _key: str, _body: object, /) -> bool:
            raise TimeoutError

    answer = endpoint(Broken(), secrets=[SECRET]).handle
    with pytest.raises(TimeoutError):
        answer(request(message()))


@pytest.mark.parametrize("secrets", [[], [" "], ["a "]])
def test_a_secret_that_cannot_be_is_found_at_the_start(
    secrets: list[str], local_inbox: Inbox
) -> None:
    """Not when the first message comes."""
    with pytest.raises(ConfigError):
        endpoint(local_inbox, secrets=secrets)


# ------------------------------------------------------------------ the worker


def _not_found(_payment_id: str) -> Payment:
    raise PaymentNotFoundError("No such payment.", status=404)


def test_the_worker_acts_on_what_it_reads(inbox: Inbox) -> None:
    """The payment is read again, and given with the event, once."""
    acted: list[tuple[str, str]] = []
    sandbox = Sandbox()
    answer = endpoint(inbox, secrets=["webhook_test_old", SECRET]).handle

    def deliver(headers: Mapping[str, str], body: bytes) -> int:
        lower = {name.lower(): value for name, value in headers.items()}
        return answer(Request("POST", "/", headers=lower, body=body)).status

    sandbox.pay.add_webhook(send=deliver, secret=SECRET, events=["card_payment_succeeded"])
    with PayClient(
        sandbox.pay.api_key, base_url="http://localhost", transport=asgi(sandbox.pay.app)
    ) as pay:
        payment_id = pay.create_payment(a_payment()).payment_id
        sandbox.pay.pay(payment_id)
        assert sandbox.pay.deliver_webhooks()
        work = worker(
            inbox,
            read=pay.get_payment,
            act=lambda payment, event: acted.append((payment.state.status, event.event_type)),
        )

        assert 1 == work.run_once().done
        assert 0 == work.run_once().taken
    assert [("success", "card_payment_succeeded")] == acted


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (PaymentEvent("m", "e", PAYMENT, datetime.now(UTC)).record(), "payment_not_found"),
        ({"payment_id": PAYMENT}, "unreadable"),
    ],
)
def test_what_cannot_be_acted_on_is_set_aside_by_name(
    body: dict[str, str], reason: str, local_inbox: Inbox
) -> None:
    """A person can see it, and see why."""
    local_inbox.receive("m", {**body})

    ran = worker(local_inbox, read=_not_found, act=lambda _payment, _event: None).run_once()

    assert 1 == ran.aside
    assert [reason] == [each.reason for each in local_inbox.queue.aside()]


def test_a_failure_is_tried_again(local_inbox: Inbox) -> None:
    """GOV.UK Pay being down loses no event."""
    local_inbox.receive("m", {**PaymentEvent("m", "e", PAYMENT, datetime.now(UTC)).record()})

    def down(_payment_id: str) -> Payment:
        raise ApiError("It is down.", status=500)

    ran = worker(local_inbox, read=down, act=lambda _payment, _event: None).run_once()

    assert 1 == ran.retried
    assert 1 == local_inbox.queue.counts().waiting
