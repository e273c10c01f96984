# SPDX-License-Identifier: MIT
# Made by tools/sync.py from tests/notify/_async/test_client.py: change that one.
"""NotifyClient against the sandbox, with all that it can answer."""

import json
from collections.abc import Callable, Iterator

import pytest
import stamina  # noqa: TID253 -- a test may load it

from lg_core.errors import ConfigError, InvalidValueError, OutcomeUnknownError, ResponseShapeError
from lg_core.limits import Limiter
from lg_core.testing import asgi
from lg_notify import (
    ClockError,
    Email,
    InvalidKeyError,
    InvalidMessageError,
    InvalidRecipientError,
    MessageNotFoundError,
    NotAllowedError,
    NotificationStatus,
    NotifyClient,
    NotifyUnavailableError,
    RateLimitError,
    SendOutcomeUnknownError,
    Sms,
    TemplateType,
    TooManyRequestsError,
    calls,
)
from lg_sandbox import Fault, Sandbox
from lg_sandbox.notify import BIN_DAY, PAYMENT_RECEIVED, KeyKind

pytestmark = pytest.mark.anyio

NOBODYS = "00000000-0000-4000-8000-000000000000"
VALUES = {"name": "Sian", "day": "Monday", "garden": "no"}
Connect = Callable[..., NotifyClient]


def a_text(**changes: object) -> Sms:
    """Return a text that Notify takes, with changes."""
    values: dict[str, object] = {
        "phone_number": "07900 900123",
        "template_id": BIN_DAY.id,
        "personalisation": VALUES,
        "reference": "GW-0001",
    }
    return Sms(**(values | changes))  # pyright: ignore[reportArgumentType]  # as the test says


@pytest.fixture(autouse=True)
def _no_waits() -> Iterator[None]:
    """Attempts follow each other at once."""
    with stamina.set_testing(True, attempts=5, cap=True):
        yield


@pytest.fixture
def box() -> Sandbox:
    """A sandbox that is used in process."""
    return Sandbox()


@pytest.fixture
def connect(box: Sandbox) -> Iterator[Connect]:
    """Build clients of the sandbox, and close what they stand on after the test."""
    transport = asgi(box.notify.app)

    def build(api_key: str | None = None, **options: object) -> NotifyClient:
        return NotifyClient(
            api_key or box.notify.api_key,
            base_url="http://localhost",
            transport=transport,
            limiter=Limiter({}),
            **options,  # pyright: ignore[reportArgumentType]  # the options of the client
        )

    yield build
    transport.close()


def test_a_text_is_sent_and_read(connect: Connect, box: Sandbox) -> None:
    """What Notify accepts has an id, and by it can be asked what became of the text."""
    notify = connect()
    sent = notify.send(a_text())
    before = notify.get_notification(sent.id)
    box.notify.end(sent.id)
    after = notify.get_notification(sent.id)

    assert ("GW-0001", BIN_DAY.id) == (sent.reference, sent.template.id)
    assert sent.content.body.startswith("Hello Sian, your next bin day is Monday.")
    assert (NotificationStatus.CREATED, False, False) == (
        before.status,
        before.is_final,
        before.is_delivered,
    )
    assert (NotificationStatus.DELIVERED, True, True) == (
        after.status,
        after.is_final,
        after.is_delivered,
    )
    assert (TemplateType.SMS, "0.024") == (after.type, str(after.cost_in_pounds))


def test_the_short_ways_send_the_same(connect: Connect, box: Sandbox) -> None:
    """send_sms and send_email make the models themselves."""
    notify = connect()
    text = notify.send_sms("07900900123", template_id=BIN_DAY.id, personalisation=VALUES)
    email = notify.send_email(
        "sian@example.gov.uk",
        template_id=PAYMENT_RECEIVED.id,
        personalisation={"name": "Sian", "amount": "£46.50", "items": ["a", "b"], "reference": 7},
    )

    assert [text.id, email.id] == [message.id for message in box.notify.messages]
    assert "Your payment 7" == email.content.subject
    assert "* a\n* b" in email.content.body


def test_a_list_is_read_page_by_page(connect: Connect) -> None:
    """The list goes on until Notify has no next page, newest first, each message once."""
    notify = connect()
    ids = [(notify.send(a_text(reference=f"r-{n}"))).id for n in range(251)]
    pages = [len(page) for page in notify.list_notifications().pages()]
    listed = [each.id for each in notify.list_notifications(template_type="sms")]
    older = [each.id for each in notify.list_notifications(older_than=ids[2])]

    assert [250, 1, 0] == pages
    assert ids[::-1] == listed
    assert [ids[1], ids[0]] == older


def test_a_list_is_narrowed(connect: Connect, box: Sandbox) -> None:
    """By reference, by state, and with messages that were sent from Notify's pages."""
    notify = connect()
    one = notify.send(a_text(reference="one"))
    two = notify.send(a_text(reference="two"))
    box.notify.end(two.id)
    by_reference = notify.list_notifications(reference="one", include_jobs=True)
    by_status = notify.list_notifications(status=NotificationStatus.DELIVERED)

    assert [one.id] == [each.id for each in by_reference]
    assert [two.id] == [each.id for each in by_status]


def test_wrong_words_for_a_list_are_refused_at_once(connect: Connect) -> None:
    """A slip is said where the list is made, and not with its first item."""
    notify = connect()
    wrong: list[dict[str, str]] = [{"status": "x"}, {"template_type": "fax"}, {"older_than": "x"}]
    for options in wrong:
        with pytest.raises(InvalidValueError) as refused:
            notify.list_notifications(**options)  # pyright: ignore[reportArgumentType]  # its words

        assert next(iter(options)) == refused.value.field


@pytest.mark.parametrize(
    ("changes", "kind", "field"),
    [
        ({"template_id": NOBODYS}, InvalidMessageError, "template_id"),
        ({"template_id": PAYMENT_RECEIVED.id}, InvalidMessageError, "template_id"),
        ({"personalisation": {}}, InvalidMessageError, "personalisation"),
        ({"personalisation": VALUES | {"name": "x" * 999}}, InvalidMessageError, "personalisation"),
        ({"sms_sender_id": NOBODYS}, InvalidMessageError, "sms_sender_id"),
        ({"phone_number": "020 7946 0000"}, InvalidRecipientError, "phone_number"),
        ({"phone_number": "07"}, InvalidRecipientError, "phone_number"),
    ],
)
def test_a_refused_text_says_why(
    connect: Connect, *, changes: dict[str, object], kind: type[Exception], field: str
) -> None:
    """The class and the field are those of what is wrong; nothing was sent."""
    with pytest.raises(kind) as refused:
        connect().send(a_text(**changes))

    assert field == getattr(refused.value, "field", None)
    assert "lg-notify.send_sms" in str(refused.value)


def _another(key: str) -> str:
    return key[:-1] + ("1" if key[-1] == "0" else "0")


def test_keys_that_may_not(connect: Connect, box: Sandbox) -> None:
    """A team key sends to the team only; another's key, and a clock that is off, are said."""
    team = box.notify.new_api_key(kind=KeyKind.TEAM)
    with pytest.raises(NotAllowedError):
        connect(team).send(a_text())
    with pytest.raises(InvalidKeyError):
        connect(_another(box.notify.api_key)).send(a_text())
    with pytest.raises(ClockError, match="Set the clock"):
        connect(clock=lambda: 1.0).send(a_text())


def test_a_message_that_is_not_there(connect: Connect) -> None:
    """An unknown id is not found; what is no id is never asked for."""
    with pytest.raises(MessageNotFoundError):
        connect().get_notification(NOBODYS)
    with pytest.raises(InvalidValueError):
        connect().get_notification("../x")


def test_too_fast_is_tried_again(connect: Connect, box: Sandbox) -> None:
    """429 RateLimitError is waited out, and said when attempts are used up."""
    box.notify.faults.add(Fault.RATE_LIMITED, operation="send_sms")
    sent = connect().send(a_text())
    box.notify.faults.add(Fault.RATE_LIMITED, operation="send_sms", times=2)
    with pytest.raises(RateLimitError) as refused:
        connect(attempts=2).send(a_text())

    assert [sent.id] == [message.id for message in box.notify.messages]
    assert (2, True) == (refused.value.attempts, refused.value.retryable)


def test_the_limit_of_the_day_is_not_tried_again(connect: Connect, box: Sandbox) -> None:
    """429 TooManyRequestsError is said at once: no wait of ours reaches midnight."""
    box.notify.account.daily_limit = 1
    notify = connect()
    notify.send(a_text())
    with pytest.raises(TooManyRequestsError) as refused:
        notify.send(a_text())

    assert (1, False) == (refused.value.attempts, refused.value.retryable)
    assert 2 == len(box.notify.requests)


def test_a_lost_answer_is_found_by_reference(connect: Connect, box: Sandbox) -> None:
    """After a server error nothing is sent again; the reference finds what was."""
    box.notify.faults.add(Fault.ERROR_AFTER, operation="send_sms", status=503)
    notify = connect()
    with pytest.raises(OutcomeUnknownError) as doubt:
        notify.send(a_text(reference="lost-1"))
    found = [each.id for each in notify.list_notifications(reference="lost-1")]

    assert 1 == doubt.value.attempts
    assert "list_notifications(reference=...)" in doubt.value.find_out
    assert "lost-1" not in str(doubt.value)
    assert [box.notify.messages[0].id] == found


def test_a_text_without_reference_gets_one(connect: Connect, box: Sandbox) -> None:
    """Also what had no reference is found again, and only once in the sandbox's own record."""
    box.notify.faults.add(Fault.ERROR_AFTER, operation="send_email", status=500)
    notify = connect()
    with pytest.raises(SendOutcomeUnknownError) as doubt:
        notify.send(
            Email(
                email_address="a@example.gov.uk",
                template_id=PAYMENT_RECEIVED.id,
                personalisation={"name": "S", "amount": "1", "items": "x", "reference": "r"},
            )
        )
    listing = notify.list_notifications(reference=doubt.value.reference)

    assert [box.notify.messages[0].id] == [each.id for each in listing]
    assert doubt.value.reference == box.notify.messages[0].reference


def test_without_a_reference_there_is_nothing_to_look_for(connect: Connect, box: Sandbox) -> None:
    """A call that somebody made himself says so when it is lost."""
    box.notify.faults.add(Fault.ERROR_AFTER, operation="send_sms", status=500)
    with pytest.raises(SendOutcomeUnknownError, match="reference of its own") as doubt:
        connect().exchange(calls.send(a_text(reference=None)))

    assert (None, False) == (doubt.value.reference, doubt.value.was_made)


def test_a_read_that_goes_on_failing(connect: Connect, box: Sandbox) -> None:
    """A read is tried again, and ends in NotifyUnavailableError or in a misshapen answer."""
    box.notify.faults.add(Fault.ERROR_BEFORE, operation="get_notification", status=504, times=2)
    with pytest.raises(NotifyUnavailableError):
        connect(attempts=2).get_notification(NOBODYS)
    box.notify.faults.add(Fault.HTML, operation="get_notification", status=200)
    with pytest.raises(ResponseShapeError):
        connect().get_notification(NOBODYS)


def test_an_exchange_says_how_it_went(connect: Connect) -> None:
    """The answer holds the status and the bytes; the repr shows nothing that was sent."""
    answer = connect().exchange(calls.send(a_text()))

    assert (201, answer.value.id) == (answer.status, json.loads(answer.raw)["id"])
    assert "Sian" not in repr(answer)
    assert "900123" not in repr(a_text())


def test_a_client_from_the_environment(monkeypatch: pytest.MonkeyPatch, box: Sandbox) -> None:
    """LG_NOTIFY_API_KEY is enough; without it the error names it."""
    monkeypatch.delenv("LG_NOTIFY_API_KEY", raising=False)
    with pytest.raises(ConfigError, match="LG_NOTIFY_API_KEY"):
        NotifyClient.from_env()
    monkeypatch.setenv("LG_NOTIFY_API_KEY", box.notify.api_key)
    monkeypatch.setenv("LG_NOTIFY_BASE_URL", "http://localhost:9")

    assert "http://localhost:9" == NotifyClient.from_env(app="Acme/1").base_url
