# SPDX-License-Identifier: MIT
"""The probe of GOV.UK Notify's stand-in: letters, files, callbacks, received texts, all pages."""

import base64
import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from urllib.parse import quote, urlencode

from pay.leak_platforms import probe
from pay.leaks import PLANTED, Saw

from lg_core.errors import LgError
from lg_core.testing import asgi
from lg_core.transport import TransportFailure, WireAnswer, WireRequest
from lg_sandbox import Sandbox
from lg_sandbox.notify import (
    BIN_DAY,
    PAYMENT_RECEIVED,
    REMINDER_LETTER,
    Account,
    CallbackKind,
    Channel,
    KeyKind,
    Message,
    Status,
)
from lg_sandbox.notify.callbacks import complaint_body, receipt_body, tells_of
from lg_sandbox.notify.countries import country_of
from lg_sandbox.notify.files import HeldFile
from lg_sandbox.notify.markdown import blocks_of, to_html
from lg_sandbox.notify.pdf import write_pdf
from lg_sandbox.notify.post_days import delivery, is_holiday
from lg_sandbox.notify.postal import lines_from, read_address
from lg_sandbox.notify.sanitise import sanitise
from lg_sandbox.notify.visits import MissingError
from lg_sandbox.outgoing import asgi_sender, check_address, http_sender, way_to

V2 = "/v2/notifications"
ADDRESS = {
    "address_line_1": PLANTED["name"],
    "address_line_2": PLANTED["address"],
    "address_line_3": "SW1A 1AA",
}
TEXT: dict[str, Any] = {
    "phone_number": PLANTED["phone"],
    "template_id": BIN_DAY.id,
    "personalisation": {"name": PLANTED["name"], "day": PLANTED["address"], "garden": "yes"},
    "reference": PLANTED["reference"],
}
EMAIL: dict[str, Any] = {
    "email_address": PLANTED["e-mail"],
    "template_id": PAYMENT_RECEIVED.id,
    "personalisation": {
        "name": PLANTED["name"],
        "amount": PLANTED["card number"],
        "items": {
            "file": base64.b64encode(PLANTED["description"].encode()).decode(),
            "filename": f"{PLANTED['name']}.txt",
        },
        "reference": PLANTED["reference"],
    },
    "one_click_unsubscribe_url": PLANTED["return address"],
    "sanitise_content_for": ["name"],
}
LETTER: dict[str, Any] = {
    "template_id": REMINDER_LETTER.id,
    "personalisation": {"name": PLANTED["name"], "amount": "1", "date": "2", **ADDRESS},
    "reference": PLANTED["reference"],
}
PDF = {"reference": PLANTED["reference"], "content": base64.b64encode(b"%PDF-1.4").decode()}


class _Asker:
    """Asks the stand-in, and shows what it answers to nobody but the caller."""

    def __init__(self, saw: Saw, sandbox: Sandbox) -> None:
        self._saw = saw
        self._sandbox = sandbox
        self._way = asgi(sandbox.notify.app)

    def __call__(
        self, method: str, path: str, body: object = None, *, key: str | None = None
    ) -> dict[str, Any]:
        token = self._sandbox.notify.token(key)
        self._saw.planted["a token"] = token
        sent = b"" if body is None else json.dumps(body).encode()
        answer = self._ask(method, path, sent, kind="application/json", token=token)
        return json.loads(answer.body) if answer and answer.body.startswith(b"{") else {}

    def form(self, path: str, fields: Mapping[str, str]) -> None:
        """Send a page's form."""
        sent = urlencode(fields).encode()
        self._ask("POST", path, sent, kind="application/x-www-form-urlencoded", token="")

    def _ask(
        self, method: str, path: str, body: bytes, *, kind: str, token: str
    ) -> WireAnswer | None:
        request = WireRequest(
            method=method,
            url=f"http://localhost{path}",
            headers=(("authorization", f"Bearer {token}"), ("content-type", kind)),
            body=body,
            connect=1,
            read=5,
            write=1,
            pool=1,
            total=5,
            max_answer=10_000_000,
        )
        try:
            answer = self._way.send(request)
        except (LgError, TransportFailure) as failure:
            self._saw(failure)
            return None
        self._saw.text("repr of an answer", repr(answer))
        return answer

    def close(self) -> None:
        """Let go of the way."""
        self._way.close()


@probe
def the_stand_in_for_notify_with_letters_files_and_callbacks(saw: Saw) -> None:
    """Its records and errors show nothing of what was sent, nor the token of a callback."""
    sandbox = Sandbox()
    sandbox.clock.freeze()
    ask = _Asker(saw, sandbox)
    try:
        _send(saw, sandbox, ask)
        _plans(saw, sandbox)
        _outside(saw, sandbox)
        _refuse(sandbox, ask)
        _read(sandbox, ask)
        _callbacks(saw, sandbox)
        _pages(sandbox, ask)
        _fetch(ask, *sandbox.notify.files)
    finally:
        ask.close()
    notify = sandbox.notify
    saw([notify, notify.account, *notify.templates.all, *notify.messages, *notify.requests])
    saw([*notify.received_texts, *notify.files, *notify.callbacks, notify.callback_disorder])
    _alone(saw)


def _send(saw: Saw, sandbox: Sandbox, ask: _Asker) -> None:
    notify = sandbox.notify
    notify.account.international_sms = notify.account.international_letters = True

    def receive(_headers: Mapping[str, str], _body: bytes) -> int:
        return 500

    for kind in CallbackKind:
        saw(notify.set_callback(kind, send=receive, bearer_token=PLANTED["signing secret"]))
    for path, body in (("sms", TEXT), ("email", EMAIL), ("letter", LETTER), ("letter", PDF)):
        ask("POST", f"{V2}/{path}", body)
    smoke = {"email_address": "simulate-delivered@notifications.service.gov.uk"}
    ask("POST", f"{V2}/email", EMAIL | smoke)
    ask("POST", f"{V2}/fax", TEXT)
    saw(notify.receive_text(PLANTED["description"], user_number=PLANTED["phone"]))
    other = notify.add_account(Account(name=PLANTED["town"]))
    key = other.new_api_key(kind=KeyKind.NORMAL, name=PLANTED["name"])
    saw.planted["a key of another service"] = key
    ask("POST", f"{V2}/sms", TEXT, key=key)
    saw([other, other.ring, other.held(key), other.templates, other.account.id])
    saw.attempt(notify.add_account, other.account)
    sandbox.clock.advance(seconds=20)
    notify.deliver_callbacks()


def _plans(saw: Saw, sandbox: Sandbox) -> None:
    notify = sandbox.notify
    saw.attempt(notify.plan_end, Status.DELIVERED, to=PLANTED["name"])
    saw.attempt(notify.plan_end, Status.CANCELLED, channel=Channel.SMS)
    saw.attempt(notify.plan_end, Status.DELIVERED, to=PLANTED["phone"])
    saw.attempt(notify.templates.edit, BIN_DAY.id, subject=PLANTED["name"])
    saw.attempt(notify.templates.edit, BIN_DAY.id, postage=PLANTED["name"])
    saw.attempt(notify.templates.add, "x", postage=PLANTED["name"])


def _outside(saw: Saw, sandbox: Sandbox) -> None:
    notify = sandbox.notify
    text, email, letter, pdf = (each.id for each in notify.messages[:4])
    for act in (notify.return_letter, notify.cancel_letter, notify.complain, notify.end):
        for each in (text, email, pdf, PLANTED["name"]):
            saw.attempt(act, each)
    saw.attempt(notify.return_letter, letter)
    row = {"phone number": PLANTED["phone"], **TEXT["personalisation"]}
    saw.attempt(notify.send_job, BIN_DAY.id, [row], sent_by=PLANTED["name"])
    saw.attempt(notify.send_job, BIN_DAY.id, [row | {"phone number": PLANTED["name"]}])
    saw.attempt(notify.send_job, PLANTED["name"], [row])
    for message in notify.messages[:3]:
        saw.attempt(_told, message)


def _told(message: Message) -> int:
    bodies = receipt_body(message), complaint_body(message, at=message.created_at)
    return sum(map(len, bodies)) + tells_of(message)


def _refuse(sandbox: Sandbox, ask: _Asker) -> None:
    notify = sandbox.notify
    qr = notify.templates.add("qr: ((url))", subject="s", postage="first").id
    values = ADDRESS | {"url": PLANTED["name"] * 60}
    ask("POST", f"{V2}/letter", {"template_id": qr, "personalisation": values})
    for changes in (
        {"address_line_1": f"({PLANTED['name']}"},
        {"address_line_3": PLANTED["postcode"]},
        {"address_line_2": "BFPO 1", "address_line_4": "France"},
    ):
        wrong = LETTER["personalisation"] | changes
        ask("POST", f"{V2}/letter", LETTER | {"personalisation": wrong})
    ask("POST", f"{V2}/letter", PDF | {"postage": PLANTED["name"]})
    ask("POST", f"{V2}/letter", PDF | {"content": "a"})
    for part in (
        {"filename": PLANTED["name"]},
        {"filename": f"a.{PLANTED['name']}"},
        {"file": PLANTED["name"]},
        {"retention_period": PLANTED["name"]},
        {PLANTED["name"]: 1},
    ):
        file = EMAIL["personalisation"]["items"] | part
        given = EMAIL["personalisation"] | {"items": file}
        ask("POST", f"{V2}/email", EMAIL | {"personalisation": given})
    ask("POST", f"{V2}/email", EMAIL | {"sanitise_content_for": ["items"]})
    ask("POST", f"{V2}/sms", TEXT | {"phone_number": "+1 202 555 0100"})
    ask("POST", f"{V2}/sms", TEXT | {"phone_number": "+999 1234 5678"})
    given = TEXT["personalisation"] | {"name": {"file": PLANTED["name"]}}
    ask("POST", f"{V2}/sms", TEXT | {"personalisation": given})
    notify.account.international_limit = notify.account.daily_limit = 0
    ask("POST", f"{V2}/sms", TEXT)
    notify.account.daily_limit = None
    ask("POST", f"{V2}/sms", TEXT | {"phone_number": "+1 202 555 0100"})


def _read(sandbox: Sandbox, ask: _Asker) -> None:
    ids = [each.id for each in sandbox.notify.messages]
    for each in (*ids[:4], "none"):
        ask("GET", f"{V2}/{each}")
        ask("GET", f"{V2}/{each}/pdf")
    ask("GET", f"{V2}?{urlencode({'reference': PLANTED['reference'], 'include_jobs': 'true'})}")
    for path in ("/v2/templates", "/v2/received-text-messages"):
        ask("GET", path)
        ask("GET", f"{path}?type=letter")
        ask("GET", f"{path}?{urlencode({PLANTED['name']: PLANTED['name']})}")
    template = f"/v2/template/{PAYMENT_RECEIVED.id}"
    values = {"personalisation": EMAIL["personalisation"]}
    ask("GET", f"{template}/version/1")
    ask("POST", f"{template}/preview", values)
    ask("POST", f"{template}/preview", {"personalisation": {PLANTED["name"]: 1}})
    ask("POST", f"{template}/preview", {"personalisation": PLANTED["name"]})
    ask("GET", f"/service/{quote(PLANTED['name'])}/x")


def _callbacks(saw: Saw, sandbox: Sandbox) -> None:
    notify = sandbox.notify
    notify.callback_disorder.duplicate = notify.callback_disorder.shuffle = True
    sandbox.clock.advance(timedelta(minutes=5))
    saw(notify.deliver_callbacks())
    saw.attempt(
        notify.set_callback,
        CallbackKind.COMPLAINT,
        f"http://{PLANTED['town']}/",
        bearer_token=PLANTED["signing secret"],
    )
    notify.remove_callback(CallbackKind.COMPLAINT)


def _pages(sandbox: Sandbox, ask: _Asker) -> None:
    notify = sandbox.notify
    text, email, letter, pdf = (each.id for each in notify.messages[:4])
    phone = f"/phones/{quote(PLANTED['phone'])}"
    telling = notify.callbacks[0].id
    for path in (
        *("/", "/phones", phone, "/phones/447700900461", "/received", "/templates", "/callbacks"),
        *(f"/messages/{each}" for each in (text, email, letter, pdf)),
        *(f"/templates/{BIN_DAY.id}", f"/templates/{REMINDER_LETTER.id}", "/templates/none"),
        *(f"/callbacks/{telling}", "/callbacks/none"),
    ):
        ask("GET", path)
    said = {"content": PLANTED["description"], "user_number": PLANTED["phone"]}
    for path in (phone, "/received"):
        ask.form(path, said)
        ask.form(path, {})
    ask.form("/received", said | {"user_number": "447700900461"})
    for act in ("end", "return", "cancel", "complain"):
        ask.form(f"/messages/{pdf}/{act}", {"status": PLANTED["name"]})
    ask.form(f"/messages/{text}/end", {"status": "delivered"})
    ask.form(f"/templates/{BIN_DAY.id}", {"body": "Hello ((name))"})
    ask.form(f"/templates/{BIN_DAY.id}/archive", {})
    ask.form("/callbacks", {"url": f"http://{PLANTED['town']}/", "bearer_token": PLANTED["name"]})
    ask.form("/callbacks/deliver", {})


def _fetch(ask: _Asker, *files: HeldFile) -> None:
    for file in files[:1]:
        link = f"/d/x/{file.id}?{urlencode({'key': file.key})}"
        ask("GET", link)
        for address in (PLANTED["name"], PLANTED["e-mail"]):
            ask.form(link, {"email_address": address})
        ticket = urlencode({"key": file.key, "ticket": file.ticket})
        ask("GET", f"/d/x/{file.id}/download?{ticket}")
        ask("GET", f"/d/x/{quote(PLANTED['name'])}")


def _alone(saw: Saw) -> None:
    """Each function by itself, with what it refuses."""
    lines = [PLANTED["name"], PLANTED["address"], PLANTED["postcode"]]
    saw.attempt(read_address, lines, international=True)
    saw.attempt(lambda: len(lines_from(ADDRESS)))
    saw.attempt(country_of, PLANTED["town"])
    saw.attempt(lambda: len(write_pdf([lines])))
    saw.attempt(lambda: len(to_html(f"# {PLANTED['name']}\n\n* {PLANTED['address']}")))
    saw(list(blocks_of(f"# {PLANTED['name']}\n\n* {PLANTED['address']}")))
    saw.attempt(lambda: len(sanitise({"name": PLANTED["name"]}, names=["name"])))
    saw.attempt(sanitise, {"name": [PLANTED["name"]]}, names=["name"])
    for address in (f"http://{PLANTED['town']}/", "http://127.0.0.1:9/"):
        saw.attempt(check_address, address)
        saw.attempt(way_to, address, send=None, app=None, seconds=1)
        saw.attempt(_knock, address)
    saw.attempt(asgi_sender(_broken, path="/", seconds=1), {}, b"{}")
    saw(MissingError())
    now = Sandbox().clock.now()
    made = delivery(now, postage="first")
    saw([made, made.printed_by, made.earliest, made.latest, is_holiday(now.date())])


def _knock(address: str) -> int:
    return http_sender(address, seconds=1)({}, b"{}")


async def _broken(_scope: Any, _receive: Any, _send: Any) -> None:
    raise ConnectionError
