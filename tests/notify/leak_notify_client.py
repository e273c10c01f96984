# SPDX-License-Identifier: MIT
"""The probe of lg-notify: sends what is planted, and looks at what comes to light."""

import json
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal

import anyio  # noqa: TID253 -- a test may load it
from pay.leak_platforms import EchoTransport, echoes, probe, repeated
from pay.leaks import PLANTED, Saw

from lg_core.errors import LgError
from lg_core.testing import asgi
from lg_notify import AsyncNotifyClient, Email, NotifyClient, Sms, calls
from lg_notify.limits import limiter
from lg_notify.message import NotificationPage
from lg_notify.new_message import checked_id
from lg_sandbox import Fault, Sandbox
from lg_sandbox.notify import BIN_DAY, PAYMENT_RECEIVED

SERVICE = "26785a09-ab16-4eb0-8407-a37497a57506"
SECRET = "3d844edf-8d35-48ac-975b-e847b4f122b0"
KEY = f"sesame-{SERVICE}-{SECRET}"
VALUES = {"name": PLANTED["name"], "day": PLANTED["address"], "garden": "yes"}


def a_text(**changes: object) -> Sms:
    """Return a text with something personal in every field."""
    values: dict[str, object] = {
        "phone_number": PLANTED["phone"],
        "template_id": BIN_DAY.id,
        "personalisation": VALUES,
        "reference": PLANTED["reference"],
    }
    return Sms(**(values | changes))  # pyright: ignore[reportArgumentType]  # as the probe says


def an_email() -> Email:
    """Return an e-mail with something personal in every field."""
    return Email(
        email_address=PLANTED["e-mail"],
        template_id=PAYMENT_RECEIVED.id,
        personalisation={
            "name": PLANTED["name"],
            "amount": PLANTED["card number"],
            "items": [PLANTED["metadata value"], PLANTED["postcode"]],
            "reference": PLANTED["reference"],
        },
        one_click_unsubscribe_url=PLANTED["return address"],
    )


WORKS: tuple[Callable[[NotifyClient, str], object], ...] = (
    lambda notify, _id: notify.send(a_text()),
    lambda notify, _id: notify.send(a_text(reference=None)),
    lambda notify, _id: notify.send(an_email()),
    lambda notify, _id: notify.send_sms(
        PLANTED["phone"],
        template_id=BIN_DAY.id,
        personalisation=VALUES,
        reference=PLANTED["reference"],
    ),
    lambda notify, _id: notify.send_email(
        PLANTED["e-mail"],
        template_id=PAYMENT_RECEIVED.id,
        personalisation={"name": PLANTED["name"]},
    ),
    lambda notify, notification_id: notify.get_notification(notification_id),
    lambda notify, _id: notify.list_notifications(reference=PLANTED["reference"]),
    lambda notify, _id: [*notify.list_notifications(reference=PLANTED["reference"])],
)


def _envelope(name: str) -> Callable[[str], bytes]:
    def body(said: str) -> bytes:
        # As Notify does: the names are the template's, unless somebody put a value among them.
        names = [value for value in (PLANTED["name"], PLANTED["phone"]) if value in said]
        problems = [
            {"error": name, "message": text}
            for text in (
                f"reference {PLANTED['reference']} is not of type string",
                f"Missing personalisation: day, {', '.join(names)}",
                f"sms_sender_id {PLANTED['address']} does not exist in database for {said}",
                f"Invalid token: {said}",
                said,
            )
        ]
        return json.dumps({"errors": problems}).encode()

    return body


_BODIES: tuple[tuple[Callable[[str], bytes], str], ...] = (
    (_envelope("ValidationError"), "application/json"),
    (_envelope("BadRequestError"), "application/json"),
    (_envelope("AuthError"), "application/json"),
    (_envelope("TooManyRequestsError"), "application/json"),
    (_envelope(PLANTED["name"]), "application/json"),
    (lambda said: json.dumps({"result": "error", "message": said}).encode(), "application/json"),
    (lambda said: json.dumps({"id": said, "notifications": said}).encode(), "application/json"),
    (lambda said: f"<html>{said}</html>".encode(), "text/html"),
)


_ALONE = (
    (400, "BadRequestError", "Service is not allowed to send emails"),
    (400, "InvalidPhoneError", "Not a UK mobile number"),
    (403, "AuthError", "Error: Your system clock must be accurate to within 30 seconds"),
    (404, "NoResultFound", "No result found"),
    (429, "RateLimitError", "Exceeded rate limit for key type LIVE of 6 requests per 60 seconds"),
)


@probe
def each_error_of_notify(saw: Saw) -> None:
    """One known sentence at a time."""
    saw.planted["a secret of Notify"] = SECRET
    for status, name, text in _ALONE:
        body = json.dumps({"errors": [{"error": name, "message": text}]}).encode()
        way = EchoTransport(status, lambda _said, body=body: body, kind="application/json")
        with NotifyClient(KEY, transport=way, attempts=1) as notify:
            saw.attempt(notify.send, a_text())
    page = NotificationPage.model_validate({"notifications": [], "links": {"next": SECRET}})
    saw(page)
    saw(calls.NotificationList().items(page))


@probe
@repeated
def the_client_of_notify(saw: Saw) -> None:
    """A platform that repeats all that it was sent, in every form of answer."""
    saw.planted["a secret of Notify"] = SECRET
    statuses = (200, 201, 302, 400, 401, 403, 404, 405, 429, 500, 504)
    for status, (body, kind), works in echoes(statuses, _BODIES, WORKS):
        way = EchoTransport(status, body, kind=kind)
        with NotifyClient(KEY, transport=way, attempts=1, limiter=limiter()) as notify:
            saw(notify)
            for work in works:
                saw.attempt(work, notify, SERVICE)


@probe
def the_client_of_notify_against_the_sandbox(saw: Saw) -> None:
    """Both clients, over the stand-in and its faults."""
    sandbox = Sandbox()
    way = asgi(sandbox.notify.app)
    saw.planted["a sandbox key of Notify's"] = sandbox.notify.api_key[-36:]
    notify = NotifyClient(
        sandbox.notify.api_key, base_url="http://localhost", transport=way, attempts=1
    )
    notify.send(a_text())
    saw(notify)
    for work in WORKS:
        saw.attempt(work, notify, sandbox.notify.messages[0].id)
    for fault in Fault:
        if fault is not Fault.CONFLICT:
            sandbox.notify.faults.add(fault, operation="send_sms", seconds=0.01)
            saw.attempt(notify.send, a_text(), timeout=0.2)
    way.close()

    async def ask() -> None:
        for status in (201, 400, 403, 429, 500):
            other = EchoTransport(status, _BODIES[0][0], kind="application/json")
            async with AsyncNotifyClient(KEY, transport=other, attempts=1) as asking:
                saw(asking)
                for work in (
                    asking.send(an_email()),
                    asking.send_sms(PLANTED["phone"], template_id=SERVICE),
                    asking.send_email(PLANTED["e-mail"], template_id=SERVICE),
                    asking.get_notification(SERVICE),
                ):
                    try:
                        saw(await work)
                    except LgError as error:
                        saw(error)
                try:
                    saw([each async for each in asking.list_notifications(reference="zq")])
                except LgError as error:
                    saw(error)

    anyio.run(ask)


@probe
def values_that_notify_does_not_take(saw: Saw) -> None:
    """Whatever is wrong with a field, the error names the field and never the value."""
    secret = PLANTED["name"]
    values: tuple[object, ...] = (
        {secret: secret}, {secret}, [None, secret], Decimal(PLANTED["card number"]),
        date(1961, 2, 3), secret.encode(), {"file": secret, secret: secret},
    )  # fmt: skip
    wrong: list[Mapping[str, object]] = [
        *({"personalisation": {secret: value}} for value in values),
        {"personalisation": secret},
        {"personalisation": {secret: 1, secret.lower(): 2}},
        {"phone_number": secret},
        {"template_id": secret},
        {"reference": secret * 99},
        {"sms_sender_id": PLANTED["reference"]},
    ]
    for changes in wrong:
        saw.attempt(a_text, **changes)
    for url in (secret, f"https://[{secret}", f"http://{secret}"):
        saw.attempt(Email, email_address=secret, template_id=SERVICE, one_click_unsubscribe_url=url)
    saw(a_text())
    saw(an_email())
    saw(calls.send(a_text()))
    saw.attempt(calls.get_notification, secret)
    saw.attempt(checked_id, secret, field="notification_id")
    saw.attempt(calls.NotificationList, status=secret)
    saw(calls.NotificationList(reference=PLANTED["reference"]))
    saw.planted["a secret of Notify"] = SECRET
    for key in (KEY[:-1], f'"{KEY}"', f"{KEY}é", SECRET):
        saw.attempt(NotifyClient, key)
    saw.attempt(NotifyClient.from_env)
    saw.attempt(AsyncNotifyClient.from_env)
