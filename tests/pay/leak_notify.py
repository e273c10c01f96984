# SPDX-License-Identifier: MIT
"""The probe of the stand-in for GOV.UK Notify: sends what is planted, and looks at its records."""

import json
from collections.abc import Mapping
from itertools import product

from pay.leak_platforms import probe
from pay.leaks import PLANTED, Saw

from lg_core.errors import LgError
from lg_core.testing import asgi
from lg_core.transport import TransportFailure, WireAnswer, WireRequest
from lg_sandbox import Fault, Sandbox
from lg_sandbox.notify import BIN_DAY, PAYMENT_RECEIVED, KeyKind, Status

TEXT = {
    "phone_number": PLANTED["phone"],
    "template_id": BIN_DAY.id,
    "personalisation": {"name": PLANTED["name"], "day": PLANTED["address"], "garden": "yes"},
    "reference": PLANTED["reference"],
}
EMAIL = {
    "email_address": PLANTED["e-mail"],
    "template_id": PAYMENT_RECEIVED.id,
    "personalisation": {
        "name": PLANTED["name"],
        "amount": PLANTED["card number"],
        "items": [PLANTED["metadata value"], PLANTED["postcode"]],
        "reference": PLANTED["reference"],
    },
}
NOBODYS = "00000000-0000-4000-8000-000000000000"
WRONG: tuple[Mapping[str, object], ...] = (
    {},
    {"phone_number": 7, "email_address": 7, "template_id": PLANTED["name"]},
    TEXT | {"phone_number": PLANTED["name"], "email_address": PLANTED["name"]},
    TEXT | {"email_address": PLANTED["e-mail"], "personalisation": {}},
    TEXT | {"template_id": "0" * 8 + "-0000-4000-8000-" + "0" * 12, PLANTED["name"]: 1},
)


class _Service:
    """A service that sends what is planted, and shows what the stand-in answers to nobody."""

    def __init__(self, saw: Saw, sandbox: Sandbox) -> None:
        self._saw = saw
        self._sandbox = sandbox
        self._way = asgi(sandbox.notify.app)

    def __call__(
        self, method: str, path: str, body: object = None, *, key: str | None = None
    ) -> WireAnswer | None:
        token = self._sandbox.notify.token(key)
        self._saw.planted["a token"] = token
        request = WireRequest(
            method=method,
            url=f"http://localhost{path}",
            headers=(("authorization", f"Bearer {token}"), ("content-type", "application/json")),
            body=b"" if body is None else json.dumps(body).encode(),
            connect=1,
            read=0.05,
            write=1,
            pool=1,
            total=1,
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
        self._way.close()


@probe
def the_stand_in_for_notify(saw: Saw) -> None:
    """Its records and errors show nothing of what was sent; its pages are for the tester."""
    sandbox = Sandbox()
    notify = sandbox.notify
    saw.planted["a sandbox key of Notify"] = notify.api_key
    service = _Service(saw, sandbox)
    try:
        service("POST", "/v2/notifications/sms", TEXT)
        service("POST", "/v2/notifications/email", EMAIL)
        for path, body in product(("sms", "email", "letter"), WRONG):
            service("POST", f"/v2/notifications/{path}", body)
        first, second = notify.messages[0].id, notify.messages[1].id
        for path in (first, "0" * 8, "?status=delivered&reference=x", f"?older_than={first}"):
            service("GET", f"/v2/notifications/{path}".replace("/?", "?"))
        for page in ("/", f"/messages/{first}", f"/messages/{second}", "/messages/none"):
            service("GET", page)
        service("GET", f"/v2/notifications/{first}")
        team = notify.new_api_key(kind=KeyKind.TEAM)
        saw.planted["another key of Notify"] = team
        service("POST", "/v2/notifications/sms", TEXT, key=team)
        notify.revoke(team)
        service("POST", "/v2/notifications/sms", TEXT, key=team)
        for fault in Fault:
            if fault is not Fault.CONFLICT:
                notify.faults.add(fault, operation="send_sms", seconds=0.01)
                service("POST", "/v2/notifications/sms", TEXT)
        saw.attempt(notify.message, PLANTED["name"])
        saw.attempt(notify.end, first, status=Status.DELIVERED)
        saw.attempt(notify.revoke, PLANTED["api key"])
        saw.attempt(notify.templates.change, PLANTED["name"], body=PLANTED["address"])
        saw.attempt(lambda: notify.url)
        saw.attempt(notify.templates.archive, PLANTED["name"])
        own = notify.templates.add("Dear ((names)) of ((place))").id
        file = {"file": "eA==", "filename": PLANTED["name"]}
        for names in ([PLANTED["name"], PLANTED["town"]], file):
            given = {"names": names, "place": PLANTED["address"]}
            service(
                "POST",
                "/v2/notifications/sms",
                TEXT | {"template_id": own} | {"personalisation": given},
            )
        for wrong in ({"phone_number": PLANTED["name"]}, {"phone_number": "07"}):
            service("POST", "/v2/notifications/sms", TEXT | wrong)
        service("POST", "/v2/notifications/email", EMAIL | {"email_address": PLANTED["name"]})
        service("GET", f"/v2/notifications/{NOBODYS}")
        service("DELETE", "/v2/notifications/sms")
        service("GET", f"/{PLANTED['reference']}")
    finally:
        service.close()
    saw([notify, notify.account, notify.templates, *notify.messages, *notify.requests])
