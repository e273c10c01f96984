# SPDX-License-Identifier: MIT
"""A sandbox set up as the real API was when its answers were recorded, and a way to compare.

Records shorten and scrub: long texts are `$long` or `$repeat`, ids are names or `<uuid>`, and of a
list only the first item is kept.
"""

import base64
import hmac
import json
import re
import time
import uuid
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, cast

from starlette.testclient import TestClient

from lg_sandbox import Clock, Sandbox
from lg_sandbox.notify import Account, Channel, KeyKind
from lg_sandbox.notify.keys import parse_key
from lg_sandbox.notify.templates import Template, Templates

__all__ = ["BASE", "Replay", "as_recorded", "differs"]

BASE = "http://localhost:7001"
"""As long as the address of the real API's pages was, so that a file's link is as long too."""

_STARTED = datetime(2026, 11, 22, 13, 25, 51, tzinfo=UTC)
_ASKED = datetime(2026, 11, 22, 14, 0, tzinfo=UTC)
_LETTER_AT = datetime(2026, 11, 22, 14, 3, 57, 648656, tzinfo=UTC)
_AUTHOR = "notify-tests-preview+development-admin-tests@digital.cabinet-office.gov.uk"
_LISTS = (".notifications", ".templates", ".received_text_messages")
_TIMES = {"created_at", "updated_at", "sent_at", "completed_at"}
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z")
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_HERE = re.compile(re.escape(BASE) + "(?!/d/)")
_TEXT = {
    "phone_number": "07900900123",
    "template_id": "<PEER_SMS_TEMPLATE>",
    "personalisation": {"name": "A", "day": "B", "garden": "no"},
}
_LETTER = {
    "template_id": "<PEER_LETTER_TEMPLATE>",
    "personalisation": {
        "ref": "1",
        "name": "A",
        "address_line_1": "Ann",
        "address_line_2": "1 High St",
        "address_line_3": "SW1A 1AA",
    },
}


class Replay:
    """The recorded services, keys and templates in one sandbox, and a client in process."""

    def __init__(self, observed: Mapping[str, Any]) -> None:
        self.sandbox = Sandbox(clock=Clock(start=datetime(2026, 1, 1, tzinfo=UTC)))
        self.sandbox.clock.freeze(_STARTED)
        notify = self.sandbox.notify
        first = notify.account
        first.sms_sender, first.from_email = "447700900500", "functional.tests@notify.tools"
        first.international_sms = first.international_letters = True
        for each in notify.templates.all:
            notify.templates.archive(each.id)  # the recorded service did not have them
        reply_to = str(uuid.uuid4())
        first.email_reply_to[reply_to] = "reply@council.example"
        trial = notify.add_account(Account(trial=True, sms_sender="development"))
        limits = notify.add_account(
            Account(
                rate_limit=6,
                daily_limits={Channel.SMS: 2},
                sms_sender="development",
                from_email="peer.limits@notify.tools",
            )
        )
        self.keys = {
            "API_KEY": notify.new_api_key(kind=KeyKind.TEST),
            "API_SENDING_KEY": notify.new_api_key(kind=KeyKind.NORMAL),
            "PEER_TEAM_KEY": notify.new_api_key(kind=KeyKind.TEAM),
            "TRIAL_NORMAL": trial.new_api_key(kind=KeyKind.NORMAL),
            "TRIAL_TEAM": trial.new_api_key(kind=KeyKind.TEAM),
            "TRIAL_TEST": trial.new_api_key(kind=KeyKind.TEST),
            "LIMITS_LIVE": limits.new_api_key(kind=KeyKind.NORMAL),
        }
        homes = {"API": notify.templates, "TRIAL": trial.templates, "LIMITS": limits.templates}
        self.ids = {
            "<SERVICE_ID>": first.id,
            "<TRIAL_SERVICE_ID>": trial.account.id,
            "<EMAIL_REPLY_TO_ID>": reply_to,
        }
        for name, recorded in observed["templates"].items():
            home = homes[recorded["service_of_key"].partition("_")[0]]
            self.ids[name] = _added(home, recorded).id
        self.http = TestClient(notify.app, base_url=BASE)
        self.sandbox.clock.freeze(_ASKED)
        self._found = str(uuid.uuid4())

    def answer(self, case: Mapping[str, Any]) -> tuple[int, Any]:
        """Ask what was asked, after what had to be there before; give status and body."""
        before = _BEFORE.get(case["case"])
        if before is not None:
            before(self)
        body: bytes | None = None
        if "request" in case:
            body = json.dumps(self.named(case["request"])).encode()
        elif "raw_request" in case:
            body = case["raw_request"].encode()
        answer = self.http.request(
            case["method"],
            self.named(case["path"]),
            content=body,
            params=case.get("params"),
            headers=self._headers(case),
        )
        return answer.status_code, answer.json()

    def send(self, channel: str, body: Mapping[str, Any], *, key: str) -> str:
        """Send a message, and return its id; it has to be accepted."""
        answer = self.http.post(
            f"/v2/notifications/{channel}",
            json=self.named(body),
            headers={"Authorization": f"Bearer {self.sandbox.notify.token(self.keys[key])}"},
        )
        assert 201 == answer.status_code, answer.text
        return answer.json()["id"]

    def named(self, value: Any) -> Any:
        """Write out what the records shorten, and put our ids in the places of names."""
        if isinstance(value, dict):
            parts = cast("dict[str, Any]", value)
            if "$repeat" in parts:
                return parts["$repeat"] * parts["times"]
            if "$long" in parts:
                return _lengthened(parts["$long"], parts["length"])
            return {name: self.named(each) for name, each in parts.items()}
        if isinstance(value, list):
            return [self.named(each) for each in cast("list[Any]", value)]
        if isinstance(value, str):
            for name, known in self.ids.items():
                value = value.replace(name, known)
            return value.replace("<uuid>", self._found)
        return value

    def scrubbed(self, value: Any) -> Any:
        """Scrub an answer of ours as the records are scrubbed."""
        if isinstance(value, dict):
            parts = cast("dict[str, Any]", value)
            return {
                name: _time(each) if name in _TIMES else self.scrubbed(each)
                for name, each in parts.items()
            }
        if isinstance(value, list):
            return [self.scrubbed(each) for each in cast("list[Any]", value)]
        if isinstance(value, str):
            for name, known in self.ids.items():
                value = value.replace(known, name)
            # The link of a file is kept as long as it is.
            return _UUID.sub("<uuid>", _HERE.sub("<base>", value))
        return value

    # ------------------------------------------------------ what was there before

    def found(self, notification_id: str) -> None:
        """Let the next path with an id mean this message."""
        self._found = notification_id

    def nobodys(self) -> None:
        """Let the next path with an id mean nothing that is there."""
        self._found = str(uuid.uuid4())

    def texted(self) -> None:
        """A text with a test key, delivered."""
        sent = _TEXT | {"reference": "st-07900900123API_KEY"}
        self.found(self.send("sms", sent, key="API_KEY"))
        self.sandbox.clock.advance(seconds=10)

    def emailed(self) -> None:
        """An email with a test key, delivered."""
        sent = {
            "email_address": "a@example.gov.uk",
            "template_id": "<EMAIL_TEMPLATE_ID>",
            "personalisation": {"name": "A"},
            "reference": "st-a@example.gov.ukAPI_KEY",
        }
        self.send("email", sent, key="API_KEY")
        self.sandbox.clock.advance(seconds=10)

    def posted(self) -> None:
        """A letter with a test key, just accepted."""
        self.found(self.send("letter", _LETTER, key="API_KEY"))

    def posted_and_received(self) -> None:
        """A letter with a test key at the recorded instant, received."""
        self.sandbox.clock.freeze(_LETTER_AT)
        self.posted()
        self.sandbox.clock.advance(seconds=10)

    def limits_email(self) -> None:
        """One of the calls with the limited key that was not recorded."""
        self.http.post(
            "/v2/notifications/email",
            content=b"",
            headers={
                "Authorization": f"Bearer {self.sandbox.notify.token(self.keys['LIMITS_LIVE'])}"
            },
        )

    def refilled(self) -> None:
        """Time for two more calls with the limited key."""
        self.sandbox.clock.freeze(self.sandbox.clock.now())
        self.sandbox.clock.advance(seconds=20)

    def texted_in(self) -> None:
        """A text from a person."""
        self.sandbox.notify.receive_text("This is a test message", user_number="00000000000")

    def _headers(self, case: Mapping[str, Any]) -> dict[str, str]:
        if "key" in case:
            return {"Authorization": f"Bearer {self.sandbox.notify.token(self.keys[case['key']])}"}
        if case["case"] in _TOKENS:
            return {"Authorization": f"Bearer {_TOKENS[case['case']](self)}"}
        return {"Authorization": case["auth"]} if case["auth"] else {}

    def token(
        self,
        *,
        iss: str | None = "",
        seconds: float | None = 0,
        secret: str = "",
        algorithm: str = "HS256",
    ) -> str:
        """Make a token with something wrong in it."""
        key = parse_key(self.keys["API_SENDING_KEY"])
        claims: dict[str, Any] = {}
        if iss is not None:
            claims["iss"] = iss or key.service
        if seconds is not None:
            claims["iat"] = int(time.time() + seconds)
        parts = [
            base64.urlsafe_b64encode(json.dumps(each).encode()).rstrip(b"=")
            for each in ({"typ": "JWT", "alg": algorithm}, claims)
        ]
        signed = b".".join(parts)
        hashed = {"HS256": "sha256", "HS512": "sha512"}[algorithm]
        signature = hmac.digest((secret or key.secret).encode(), signed, hashed)
        return (signed + b"." + base64.urlsafe_b64encode(signature).rstrip(b"=")).decode()


_BEFORE: Mapping[str, Callable[[Replay], None]] = {
    "limits email 1": Replay.limits_email,
    "limits email 5": Replay.limits_email,
    "limits sms 0": Replay.refilled,
    "get one wrong key type": Replay.texted,
    "get one unknown": Replay.nobodys,
    "get list 2 statuses": Replay.emailed,
    "get list accepted letter": Replay.posted_and_received,
    "pdf of sms": Replay.texted,
    "pdf of letter": Replay.posted,
    "template unknown": Replay.nobodys,
    "preview unknown": Replay.nobodys,
    "received texts": Replay.texted_in,
}

_TOKENS: Mapping[str, Callable[[Replay], str]] = {
    "iat 40s future": lambda replay: replay.token(seconds=40),
    "no iat": lambda replay: replay.token(seconds=None),
    "no iss": lambda replay: replay.token(iss=None),
    "iss unknown service": lambda replay: replay.token(iss=str(uuid.uuid4())),
    "wrong secret": lambda replay: replay.token(secret=str(uuid.uuid4())),
    "alg HS512": lambda replay: replay.token(algorithm="HS512"),
}


def as_recorded(value: Any) -> Any:
    """Take the times out of a recorded answer."""
    if isinstance(value, dict):
        parts = cast("dict[str, Any]", value)
        return {
            name: _time(each) if name in _TIMES else as_recorded(each)
            for name, each in parts.items()
        }
    if isinstance(value, list):
        return [as_recorded(each) for each in cast("list[Any]", value)]
    return value


def differs(expected: Any, actual: Any, where: str = "") -> list[str]:
    """Name the places where an answer is not the recorded one."""
    if isinstance(expected, dict):
        return _members_differ(cast("dict[str, Any]", expected), actual, where)
    if isinstance(expected, list):
        return _items_differ(cast("list[Any]", expected), actual, where)
    same = expected == actual and type(expected) is type(actual)
    return [] if same else [f"{where}: {actual!r:.300} and not {expected!r:.300}"]


def _members_differ(expected: Mapping[str, Any], actual: Any, where: str) -> list[str]:
    if "$long" in expected:
        same = isinstance(actual, str) and (
            actual.startswith(expected["$long"]) and len(actual) == expected["length"]
        )
        return [] if same else [f"{where}: another long text: {actual!r:.300}"]
    if not isinstance(actual, dict) or set(expected) != set(cast("dict[str, Any]", actual)):
        return [f"{where}: other members: {actual!r:.300}"]
    return [
        wrong
        for name, each in expected.items()
        for wrong in differs(each, cast("dict[str, Any]", actual)[name], f"{where}.{name}")
    ]


def _items_differ(expected: list[Any], actual: Any, where: str) -> list[str]:
    items = cast("list[Any]", actual) if isinstance(actual, list) else []
    # Of a list of messages, templates or texts the records keep the first.
    counted = items[: len(expected)] if where.endswith(_LISTS) else items
    if not isinstance(actual, list) or len(counted) != len(expected):
        return [f"{where}: other items: {actual!r:.300}"]
    return [
        wrong
        for number, (each, own) in enumerate(zip(expected, counted, strict=True))
        for wrong in differs(each, own, f"{where}[{number}]")
    ]


def _added(home: Templates, recorded: Mapping[str, Any]) -> Template:
    """Add a template. Of those in version 2 the first had no placeholder, as recorded."""
    body = recorded["body"]
    second = recorded["version"] == 2
    template = home.add(
        body.rpartition("\r\n\r\n")[2] if second else body,
        name=recorded["name"],
        subject=recorded["subject"],
        postage=recorded["postage"],
        contact_block=recorded["letter_contact_block"],
        created_by=_AUTHOR,
    )
    return home.edit(template.id, body=body) if second else template


def _lengthened(start: str, length: int) -> str:
    """Write out a long text: its last group of letters goes on to its end."""
    unit = 4 if start.startswith("YWFh") else 1
    tail = start[-unit:]
    return (start + tail * (length // unit))[:length]


def _time(value: Any) -> Any:
    return "<time>" if isinstance(value, str) and _TIME.fullmatch(value) else value
