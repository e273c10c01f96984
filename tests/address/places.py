# SPDX-License-Identifier: MIT
"""A way to OS Places for tests: a postcode of any size, a page at a time."""

import json
from urllib.parse import parse_qs, urlsplit

from lg_core.transport import WireAnswer, WireRequest

__all__ = ["UNKNOWN", "AnsweringTransport", "PagedTransport"]

UNKNOWN = (
    b'{"error": {"statuscode": 400, "message": "Requested postcode must contain a minimum of the '
    b'sector plus 1 digit of the district e.g. SO1. Requested postcode was SW1A 1AA"}}'
)
"""What OS Places answers for a postcode that it does not know."""


class AnsweringTransport:
    """Gives one answer to everything."""

    def __init__(self, status: int, body: bytes, *, kind: str = "application/json") -> None:
        self._answer = WireAnswer(status, {"content-type": kind}, body)

    def send(self, request: WireRequest) -> WireAnswer:
        """Answer."""
        del request
        return self._answer

    async def asend(self, request: WireRequest) -> WireAnswer:
        """Answer."""
        return self.send(request)

    def close(self) -> None:
        """Do nothing."""

    async def aclose(self) -> None:
        """Do nothing."""


class PagedTransport:
    """A postcode with so many delivery points, a hundred to a page."""

    def __init__(self, count: int) -> None:
        self.count = count
        self.requests: list[WireRequest] = []

    def send(self, request: WireRequest) -> WireAnswer:
        """Answer a page."""
        self.requests.append(request)
        offset = int(parse_qs(urlsplit(request.url).query).get("offset", ["0"])[0])
        numbers = range(offset + 1, min(offset + 100, self.count) + 1)
        records = [
            {
                "DPA": {
                    "UPRN": str(number),
                    "ADDRESS": "X",
                    "BUILDING_NUMBER": number,
                    "THOROUGHFARE_NAME": "A ROAD",
                    "POST_TOWN": "LEEDS",
                }
            }
            for number in numbers
        ]
        body = {"header": {"totalresults": self.count, "offset": offset}, "results": records}
        return WireAnswer(200, {"content-type": "application/json"}, json.dumps(body).encode())

    async def asend(self, request: WireRequest) -> WireAnswer:
        """Answer a page."""
        return self.send(request)

    def close(self) -> None:
        """Do nothing."""

    async def aclose(self) -> None:
        """Do nothing."""
