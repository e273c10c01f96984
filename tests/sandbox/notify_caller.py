# SPDX-License-Identifier: MIT
"""A client of Notify's stand-in in process: it signs each request, and reads the only error."""

from typing import Any

from starlette.testclient import TestClient

from lg_sandbox import Sandbox
from lg_sandbox.notify import BIN_DAY, PAYMENT_RECEIVED, REMINDER_LETTER

__all__ = ["ADDRESS", "EMAIL", "LETTER", "LIST", "TEXT", "Caller"]

LIST = "/v2/notifications"
TEXT: dict[str, Any] = {
    "phone_number": "07900900123",
    "template_id": BIN_DAY.id,
    "personalisation": {"name": "Ann", "day": "Monday", "garden": "no"},
}
EMAIL: dict[str, Any] = {
    "email_address": "ann@example.org",
    "template_id": PAYMENT_RECEIVED.id,
    "personalisation": {"reference": "1", "name": "Ann", "amount": "£1", "items": "a bin"},
}
ADDRESS = {
    "address_line_1": "Ann Smith",
    "address_line_2": "1 High Street",
    "address_line_3": "SW1A 1AA",
}
LETTER: dict[str, Any] = {
    "template_id": REMINDER_LETTER.id,
    "personalisation": {"name": "Ann", "amount": "£1", "date": "1 May", **ADDRESS},
}


class Caller:
    """A client that signs with one key, the sandbox's test key unless told otherwise."""

    def __init__(self, sandbox: Sandbox, *, key: str | None = None) -> None:
        self.sandbox = sandbox
        self.key = key
        self.http = TestClient(sandbox.notify.app, base_url="http://notify")

    def __call__(self, method: str, path: str, **others: Any) -> Any:
        """Ask with a fresh token."""
        headers = {"Authorization": f"Bearer {self.sandbox.notify.token(self.key)}"}
        return self.http.request(method, path, headers=headers, **others)

    def send(self, channel: str, body: dict[str, Any], **changes: Any) -> dict[str, Any]:
        """Send a message, and return the answer's body."""
        answer = self("POST", f"{LIST}/{channel}", json=body | changes)
        assert 201 == answer.status_code, answer.text
        return answer.json()

    def get(self, path: str, **query: Any) -> Any:
        """Read something that is there."""
        # An empty set of parameters would take those away that the path has.
        answer = self("GET", path, params=query or None)
        assert 200 == answer.status_code, answer.text
        return answer.json()

    def refused(self, method: str, path: str, **others: Any) -> tuple[int, str, str]:
        """Return status, name and text of the only error."""
        answer = self(method, path, **others)
        (error,) = answer.json()["errors"]
        return answer.status_code, error["error"], error["message"]
