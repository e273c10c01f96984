"""The API of the stand-in for GOV.UK Notify, in process: what it answers."""

import uuid
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from starlette.testclient import TestClient

from lg_sandbox import Fault, Sandbox
from lg_sandbox.notify import BIN_DAY, PAYMENT_RECEIVED, SECURITY_CODE, KeyKind, Status
from lg_sandbox.notify.calls import PAGE_SIZE
from lg_sandbox.notify.query import LIST_STATUSES

SMS = "/v2/notifications/sms"
EMAIL = "/v2/notifications/email"
LIST = "/v2/notifications"
TEXT: dict[str, Any] = {
    "phone_number": "07900900123",
    "template_id": BIN_DAY.id,
    "personalisation": {"name": "Ann", "day": "Monday", "garden": "no"},
}
LETTER_BOX: dict[str, Any] = {
    "email_address": "ann@example.org",
    "template_id": PAYMENT_RECEIVED.id,
    "personalisation": {
        "reference": "GW-1",
        "name": "Ann",
        "amount": "£46.50",
        "items": ["Bin", "Bag"],
    },
}


def _short(value: object) -> str:
    return str(value)[:40]


class Caller:
    """A client that signs each request."""

    def __init__(self, sandbox: Sandbox, http: TestClient) -> None:
        self.sandbox = sandbox
        self.http = http

    def __call__(self, method: str, path: str, *, key: str | None = None, **others: Any) -> Any:
        """Ask with a fresh token."""
        token = self.sandbox.notify.token(key)
        headers = {"Authorization": f"Bearer {token}"}
        return self.http.request(method, path, headers=headers, **others)

    def send(self, **changes: Any) -> dict[str, Any]:
        """Send a text, and return the answer's body."""
        answer = self("POST", SMS, json=TEXT | changes)
        assert 201 == answer.status_code, answer.text
        return answer.json()

    def refused(self, path: str, body: Any, **others: Any) -> tuple[int, str, str]:
        """Return status, name and text of the only error."""
        answer = self("POST", path, json=body, **others)
        (error,) = answer.json()["errors"]
        assert answer.status_code == answer.json()["status_code"]
        return answer.status_code, error["error"], error["message"]


@pytest.fixture
def call(idle: Sandbox) -> Iterator[Caller]:
    """Give a client that signs with the test key."""
    with TestClient(idle.notify.app, base_url="http://notify") as http:
        yield Caller(idle, http)


def test_a_text_is_answered_as_notify_answers(idle: Sandbox, call: Caller) -> None:
    """Its parts, without the service's name; the person reads it with the name."""
    body = call.send(reference="GW-1")
    (message,) = idle.notify.messages

    assert {
        "id": message.id,
        "reference": "GW-1",
        "content": {"body": "Hello Ann, your next bin day is Monday.", "from_number": "GOVUK"},
        "uri": f"http://notify/v2/notifications/{message.id}",
        "template": {
            "id": BIN_DAY.id,
            "uri": f"http://notify/services/{idle.notify.account.id}/templates/{BIN_DAY.id}",
            "version": 1,
        },
        "scheduled_for": None,
    } == body
    assert "Sandbox Council: Hello Ann, your next bin day is Monday." == message.delivered_text
    assert "Ann" not in repr(message)


def test_an_email_is_answered_as_notify_answers(idle: Sandbox, call: Caller) -> None:
    """The body is the text with its values, a list as bullets; the subject is typeset."""
    idle.notify.templates.change(
        PAYMENT_RECEIVED.id, body=PAYMENT_RECEIVED.body, subject="'It' - \"((reference))\"\n(it's)"
    )
    sent = {"one_click_unsubscribe_url": "https://council.example/stop"}
    body = call("POST", EMAIL, json=LETTER_BOX | sent).json()

    assert {
        "body": "Dear Ann\n\n# We have your payment\n\nYou paid £46.50 for:\n\n\n\n* Bin\n* Bag",
        "from_email": "sandbox.council@notify.example",
        "one_click_unsubscribe_url": "https://council.example/stop",
        "subject": "‘It’ – “GW-1” (it’s)",  # noqa: RUF001 -- what Notify sends
    } == body["content"]
    assert {} == body["sanitised_content"]
    seen = call("GET", f"{LIST}/{body['id']}").json()
    assert ("ann@example.org", None, 0.0) == (
        seen["email_address"],
        seen["phone_number"],
        seen["cost_in_pounds"],
    )


def test_a_message_moves_with_the_clock(idle: Sandbox, call: Caller) -> None:
    """Created without a price, sending, delivered: with the times of each."""
    path = f"{LIST}/{call.send()['id']}"
    seen: list[dict[str, Any]] = []
    for _ in range(3):
        seen.append(call("GET", path).json())
        idle.clock.advance(seconds=2.5)

    assert ["created", "sending", "delivered"] == [each["status"] for each in seen]
    assert [None, 0.024, 0.024] == [each["cost_in_pounds"] for each in seen]
    assert [(None, None), (True, None), (True, True)] == [
        (each["sent_at"] and True, each["completed_at"] and True) for each in seen
    ]
    assert {
        "billable_sms_fragments": 1,
        "international_rate_multiplier": 1.0,
        "sms_rate": 0.024,
    } == seen[2]["cost_details"]


def test_a_test_may_end_a_message(idle: Sandbox, call: Caller) -> None:
    """At once, in any of the ends; what Notify could not send costs nothing."""
    message_id = call.send()["id"]
    idle.notify.end(message_id, status=Status.TECHNICAL_FAILURE)

    assert 0 == call("GET", f"{LIST}/{message_id}").json()["cost_in_pounds"]
    assert Status.TECHNICAL_FAILURE is idle.notify.message(message_id).status


@pytest.mark.parametrize(
    ("to", "status"),
    [
        ("07700900002", "permanent-failure"),
        ("07700900003", "temporary-failure"),
        ("07900900123", "delivered"),
    ],
)
def test_some_recipients_fail_with_a_test_key(
    *, idle: Sandbox, call: Caller, to: str, status: str
) -> None:
    """As recorded."""
    message_id = call.send(phone_number=to)["id"]
    idle.clock.advance(seconds=5)

    assert status == call("GET", f"{LIST}/{message_id}").json()["status"]


def test_a_smoke_test_is_not_kept(idle: Sandbox, call: Caller) -> None:
    """It is checked and answered; asking for it finds nothing."""
    answer = call("GET", f"{LIST}/{call.send(phone_number='07700 900111')['id']}")

    assert (404, "NoResultFound") == (answer.status_code, answer.json()["errors"][0]["error"])
    assert () == idle.notify.messages


def test_a_message_is_forgotten_after_seven_days(idle: Sandbox, call: Caller) -> None:
    """Not found and not listed, while the test still sees it."""
    message_id = call.send()["id"]
    idle.clock.advance(timedelta(days=7))

    assert 404 == call("GET", f"{LIST}/{message_id}").status_code
    assert [] == call("GET", LIST).json()["notifications"]
    assert message_id == idle.notify.message(message_id).id


def test_an_id_that_is_none_is_told(call: Caller) -> None:
    """400 for a wrong shape, 404 for an unknown one."""
    answer = call("GET", f"{LIST}/xyz")

    assert 400 == answer.status_code
    assert [
        {"error": "ValidationError", "message": "notification_id is not a valid UUID"}
    ] == answer.json()["errors"]
    assert 404 == call("GET", f"{LIST}/{uuid.uuid4()}").status_code


@pytest.mark.parametrize(
    ("changes", "messages"),
    [
        ({"template_id": "x"}, ["template_id is not a valid UUID"]),
        ({"template_id": 5}, ["template_id is not a valid UUID"]),
        ({"personalisation": "x"}, ["personalisation x is not of type object"]),
        ({"personalisation": None}, ["personalisation None is not of type object"]),
        ({"reference": None}, ["reference None is not of type string"]),
        ({"reference": "x" * 1001}, [f"reference {'x' * 1001} is too long"]),
        ({"phone_number": None}, ["phone_number None is not of type string"]),
        (
            {"phone_number": "07abc"},
            ["phone_number Must not contain letters or symbols"],
        ),
        ({"sms_sender_id": "x"}, ["sms_sender_id is not a valid UUID"]),
        (
            {"scheduled_for": "2020-01-01T00:00:00"},
            ["scheduled_for datetime can not be in the past"],
        ),
        (
            {"scheduled_for": "2999-01-01T00:00:00"},
            ["scheduled_for datetime can only be 24 hours in the future"],
        ),
        (
            {"scheduled_for": "tomorrow"},
            [
                (
                    "scheduled_for datetime format is invalid. It must be a valid ISO8601 date "
                    "time format, https://en.wikipedia.org/wiki/ISO_8601"
                )
            ],
        ),
        ({"scheduled_for": 5}, ["scheduled_for 5 is not of type string, null"]),
        ({"foo": 1}, ["Additional properties are not allowed (foo was unexpected)"]),
        (
            {"a": 1, "b": 2, "reference": 5, "template_id": ""},
            [
                "reference 5 is not of type string",
                "template_id is not a valid UUID",
                "Additional properties are not allowed (a, b were unexpected)",
            ],
        ),
    ],
    ids=_short,
)
def test_a_body_that_does_not_fit_is_told(
    call: Caller, changes: dict[str, Any], messages: list[str]
) -> None:
    """All faults at once, in the order of the schema."""
    answer = call("POST", SMS, json=TEXT | changes)

    assert 400 == answer.status_code
    assert {
        "errors": [{"error": "ValidationError", "message": text} for text in messages],
        "status_code": 400,
    } == answer.json()


def test_what_is_missing_is_told(call: Caller) -> None:
    """Every attribute that is required."""
    errors = call("POST", SMS, json={}).json()["errors"]

    assert [
        "phone_number is a required property",
        "template_id is a required property",
    ] == [error["message"] for error in errors]


@pytest.mark.parametrize("body", [b"", b"{", b"\xff", b"[" * 100_000])
def test_what_is_no_json_is_told(call: Caller, body: bytes) -> None:
    """Whatever its Content-Type says."""
    answer = call("POST", SMS, content=body)

    assert [
        {"error": "BadRequestError", "message": "Invalid JSON supplied in POST data"}
    ] == answer.json()["errors"]


def test_a_list_is_no_body(call: Caller) -> None:
    """The text repeats it, as Notify's does."""
    assert (400, "ValidationError", "[1] is not of type object") == call.refused(SMS, [1])


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"one_click_unsubscribe_url": "http://x.example"}, "is not a valid https url"),
        ({"one_click_unsubscribe_url": 5}, "is not a valid https url"),
        ({"sanitise_content_for": "name"}, "name is not of type array, null"),
        ({"email_reply_to_id": None}, "is not a valid UUID"),
        ({"email_address": "a@b"}, "Not a valid email address"),
    ],
)
def test_an_email_that_does_not_fit_is_told(
    call: Caller, changes: dict[str, Any], message: str
) -> None:
    """Its own attributes."""
    (name,) = changes
    expected = (400, "ValidationError", f"{name} {message}")

    assert expected == call.refused(EMAIL, LETTER_BOX | changes)


def test_scheduled_for_is_checked_and_ignored(idle: Sandbox, call: Caller) -> None:
    """The message goes at once, and the answer says null."""
    soon = (idle.clock.now() + timedelta(hours=1)).replace(tzinfo=None).isoformat()

    assert call.send(scheduled_for=soon)["scheduled_for"] is None
    assert call.send(scheduled_for=None)["scheduled_for"] is None


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"template_id": str(uuid.UUID(int=1))}, "Template not found"),
        (
            {"template_id": PAYMENT_RECEIVED.id},
            "email template is not suitable for sms notification",
        ),
        ({"personalisation": {"NAME": "A"}}, "Missing personalisation: day, garden"),
        (
            {"sms_sender_id": str(uuid.UUID(int=2))},
            f"sms_sender_id {uuid.UUID(int=2)} does not exist in database for service id SERVICE",
        ),
        ({"phone_number": "+1 202 555 0100"}, "Cannot send to international mobile numbers"),
        (
            {"personalisation": TEXT["personalisation"] | {"name": "x" * 919}},
            (
                "Your message is too long. Text messages cannot be longer than 918 characters. "
                "Your message is 955 characters long."
            ),
        ),
    ],
    ids=_short,
)
def test_what_notify_does_not_allow_is_told(
    *, idle: Sandbox, call: Caller, changes: dict[str, Any], message: str
) -> None:
    """One fault at a time, once the shape is right."""
    expected = message.replace("SERVICE", idle.notify.account.id)

    assert (400, "BadRequestError", expected) == call.refused(SMS, TEXT | changes)


def test_a_landline_has_an_error_of_its_own(call: Caller) -> None:
    """As recorded."""
    expected = (400, "InvalidPhoneError", "Not a UK mobile number")

    assert expected == call.refused(SMS, TEXT | {"phone_number": "02079460000"})


def test_the_service_decides_what_may_be_sent(idle: Sandbox, call: Caller) -> None:
    """Channels, deleted templates, empty messages, abroad, and other senders."""
    account, templates = idle.notify.account, idle.notify.templates
    empty = templates.add("((x))")
    sender = str(uuid.uuid4())
    account.sms_senders[sender] = "COUNCIL"
    account.email_reply_to[sender] = "help@council.example"
    account.international_sms = True
    account.prefix_sms = False

    assert (
        "Your message is empty."
        == call.refused(
            SMS,
            {"phone_number": "07900900123", "template_id": empty.id, "personalisation": {"x": ""}},
        )[2]
    )
    assert "COUNCIL" == call.send(sms_sender_id=sender)["content"]["from_number"]
    replied = call("POST", EMAIL, json=LETTER_BOX | {"email_reply_to_id": sender}).json()
    assert account.from_email == replied["content"]["from_email"]
    abroad = call.send(phone_number="+1 202 555 0100")["id"]
    idle.clock.advance(seconds=1)
    assert Status.SENT is idle.notify.message(abroad).status
    assert idle.notify.message(abroad).delivered_text.startswith("Hello")
    templates.archive(BIN_DAY.id)
    assert "Template has been deleted" == call.refused(SMS, TEXT)[2]
    account.sms_enabled = account.email_enabled = False
    assert "Service is not allowed to send text messages" == call.refused(SMS, TEXT)[2]
    assert "Service is not allowed to send emails" == call.refused(EMAIL, LETTER_BOX)[2]


def test_an_email_may_be_long_but_not_endless(call: Caller) -> None:
    """Two million bytes."""
    values = LETTER_BOX["personalisation"] | {"items": "x" * 2_000_000}
    status, _, message = call.refused(EMAIL, LETTER_BOX | {"personalisation": values})

    assert 400 == status
    assert message.startswith("Emails cannot be longer than 2000000 bytes.")


def test_a_team_key_sends_to_the_team(idle: Sandbox, call: Caller) -> None:
    """And to the guest list, and to smoke tests; a live key in trial mode the same."""
    notify = idle.notify
    team = notify.new_api_key(kind=KeyKind.TEAM)
    live = notify.new_api_key(kind=KeyKind.NORMAL, name="live - key")
    team_only = "Can’t send to this recipient using a team-only API key"

    assert (400, "BadRequestError", team_only) == call.refused(SMS, TEXT, key=team)
    assert team_only == call.refused(EMAIL, LETTER_BOX, key=team)[2]
    assert 201 == call("POST", SMS, json=TEXT, key=live).status_code
    notify.account.trial = True
    assert "trial mode" in call.refused(SMS, TEXT, key=live)[2]
    smoke = TEXT | {"phone_number": "07700900000"}
    assert 201 == call("POST", SMS, json=smoke, key=team).status_code
    notify.account.team |= {"+44 7900 900 123", "nonsense"}
    notify.account.guest_list.add("ANN@example.org")
    for key in (team, live):
        assert 201 == call("POST", SMS, json=TEXT, key=key).status_code
        assert 201 == call("POST", EMAIL, json=LETTER_BOX, key=key).status_code


def test_a_revoked_key_is_refused(idle: Sandbox, call: Caller) -> None:
    """From then on; taking back what is no key is an error."""
    key = idle.notify.new_api_key()
    idle.notify.revoke(key)

    assert (403, "AuthError", "Invalid token: API key revoked") == call.refused(SMS, TEXT, key=key)
    with pytest.raises(LookupError, match="no key of this stand-in"):
        idle.notify.revoke("x")


def test_a_clock_that_is_off_is_refused(idle: Sandbox, call: Caller) -> None:
    """The test sets it apart; moving the virtual clock does not."""
    idle.clock.advance(timedelta(days=1))
    call.send()
    idle.notify.account.clock_skew = timedelta(seconds=90)

    status, name, message = call.refused(SMS, TEXT)
    assert (403, "AuthError") == (status, name)
    assert "within 30 seconds" in message


def test_no_key_no_answer(call: Caller) -> None:
    """401 before anything else is looked at."""
    assert 401 == call.http.post(SMS, content=b"{").status_code
    assert 401 == call.http.get(LIST, params={"page": "2"}).status_code


def test_too_many_in_a_minute_are_refused(idle: Sandbox, call: Caller) -> None:
    """Before the body is looked at; nothing says how long to wait."""
    idle.notify.account.rate_limit = 6
    live = idle.notify.new_api_key(kind=KeyKind.NORMAL)
    answers = [call("POST", EMAIL, content=b"{", key=live) for _ in range(3)]

    assert [400, 400, 429] == [each.status_code for each in answers]
    assert (
        "Exceeded rate limit for key type LIVE of 6 requests per 60 seconds"
        == answers[2].json()["errors"][0]["message"]
    )
    assert "retry-after" not in answers[2].headers
    idle.notify.account.rate_limited = False
    assert 400 == call("POST", EMAIL, content=b"{", key=live).status_code


def test_too_many_in_a_day_are_refused(idle: Sandbox, call: Caller) -> None:
    """Until midnight UTC."""
    idle.notify.account.daily_limit = 1
    call.send()

    expected = (429, "TooManyRequestsError", "Exceeded send limits (1) for today")
    assert expected == call.refused(SMS, TEXT)
    idle.clock.advance(timedelta(days=1))
    call.send()


def test_a_list_is_newest_first_and_of_one_kind_of_key(idle: Sandbox, call: Caller) -> None:
    """A live key does not list a test key's messages."""
    ids = [call.send()["id"] for _ in range(3)]
    live = idle.notify.new_api_key(kind=KeyKind.NORMAL)
    body = call("GET", LIST).json()

    assert ids[::-1] == [each["id"] for each in body["notifications"]]
    assert {
        "current": "http://notify/v2/notifications",
        "next": f"http://notify/v2/notifications?older_than={ids[0]}",
    } == body["links"]
    assert [] == call("GET", LIST, key=live).json()["notifications"]
    assert 200 == call("GET", f"{LIST}/{ids[0]}", key=live).status_code


def test_a_list_is_read_to_its_end_by_its_links(idle: Sandbox, call: Caller) -> None:
    """250 a page; the last is empty and leads nowhere. Nothing is lost on a frozen clock."""
    idle.notify.account.rate_limited = False
    sent = {call.send()["id"] for _ in range(PAGE_SIZE + 1)}
    sizes: list[int] = []
    seen: set[str] = set()
    path = f"{LIST}?template_type=sms"
    while path:
        body = call("GET", path).json()
        sizes.append(len(body["notifications"]))
        seen |= {each["id"] for each in body["notifications"]}
        following = urlsplit(str(body["links"].get("next", "")))
        path = f"{following.path}?{following.query}" if following.query else ""

    assert [PAGE_SIZE, 1, 0] == sizes
    assert sent == seen
    assert [] == call("GET", LIST, params={"older_than": str(uuid.uuid4())}).json()["notifications"]


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ({"status": "delivered"}, 1),
        ({"status": ["delivered", "temporary-failure"]}, 2),
        ({"status": "failed"}, 2),
        ({"status": "accepted"}, 1),
        ({"status": "received"}, 1),
        ({"template_type": "email"}, 1),
        ({"template_type": ["email", "sms"]}, 4),
        ({"template_type": "letter"}, 0),
        ({"reference": "mine"}, 1),
        ({"include_jobs": "true"}, 4),
    ],
    ids=str,
)
def test_a_list_can_be_cut(
    *, idle: Sandbox, call: Caller, query: dict[str, Any], count: int
) -> None:
    """By state, channel and reference; some words stand for several states."""
    for number in ("07700900002", "07700900003", "07900900123"):
        call.send(phone_number=number, reference="mine" if number.endswith("123") else "other")
    idle.clock.advance(seconds=10)
    call("POST", EMAIL, json=LETTER_BOX)

    assert count == len(call("GET", LIST, params=query).json()["notifications"])


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ({"status": "nope"}, f"status nope is not one of [{', '.join(map(str, LIST_STATUSES))}]"),
        ({"template_type": "fax"}, "template_type fax is not one of [sms, email, letter]"),
        ({"older_than": "x"}, "older_than is not a valid UUID"),
        ({"page": "2"}, "Additional properties are not allowed (page was unexpected)"),
        ({"include_jobs": "1"}, "include_jobs 1 is not one of [true, True]"),
    ],
    ids=str,
)
def test_a_query_that_does_not_fit_is_told(
    call: Caller, query: dict[str, Any], message: str
) -> None:
    """As recorded."""
    answer = call("GET", LIST, params=query)

    assert 400 == answer.status_code
    assert [{"error": "ValidationError", "message": message}] == answer.json()["errors"]


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/v2/nope", 404), ("GET", f"{LIST}/", 404), ("PUT", SMS, 405)],
)
def test_outside_the_routes_the_framework_answers(
    *, call: Caller, method: str, path: str, status: int
) -> None:
    """In another shape, as recorded."""
    answer = call(method, path)

    assert status == answer.status_code
    assert {"message", "result"} == set(answer.json())


@pytest.mark.parametrize(
    ("fault", "status", "seen", "kept"),
    [
        (Fault.RATE_LIMITED, None, (429, "RateLimitError"), 0),
        (Fault.ERROR_BEFORE, 500, (500, "Exception"), 0),
        (Fault.ERROR_AFTER, 504, (504, "EventletTimeout"), 1),
        (Fault.ERROR_AFTER, 502, (502, None), 1),
        (Fault.HTML, 200, (200, None), 0),
    ],
)
def test_a_planned_fault_shows(
    *,
    idle: Sandbox,
    call: Caller,
    fault: Fault,
    status: int | None,
    seen: tuple[int, str | None],
    kept: int,
) -> None:
    """In Notify's shape, or as a page from what stands before it."""
    idle.notify.faults.add(fault, operation="send_sms", status=status)
    answer = call("POST", SMS, json=TEXT)
    html = answer.headers["content-type"].startswith("text/html")
    name = None if html else answer.json()["errors"][0]["error"]

    assert seen == (answer.status_code, name)
    assert kept == len(idle.notify.messages)
    assert () == idle.notify.faults.planned


def test_a_slow_answer_is_the_right_one(idle: Sandbox, call: Caller) -> None:
    """It only takes its time."""
    idle.notify.faults.add(Fault.SLOW, seconds=0)

    assert "GOVUK" == call.send()["content"]["from_number"]


def test_requests_are_recorded_without_bodies_and_keys(idle: Sandbox, call: Caller) -> None:
    """Method, path, operation, status and kind of key: no more."""
    call.send()
    call.http.get(LIST)
    first, second = idle.notify.requests

    assert ("POST", SMS, "send_sms", 201, KeyKind.TEST) == (
        first.method,
        first.path,
        first.operation,
        first.status,
        first.who,
    )
    assert (401, None) == (second.status, second.who)
    assert idle.notify.api_key not in repr(first)


def test_the_code_of_a_template_is_filled_in(call: Caller) -> None:
    """Numbers are written as they are."""
    body = call.send(template_id=SECURITY_CODE.id, personalisation={"Co-de": 12345})

    assert "12345 is your security code. Do not share it." == body["content"]["body"]
