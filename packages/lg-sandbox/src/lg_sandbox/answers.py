# SPDX-License-Identifier: MIT
"""An HTTP answer as a plain value, which the edge then sends or spoils."""

import json
from dataclasses import dataclass
from typing import Any

__all__ = [
    "Answer",
    "NotBuiltError",
    "html_answer",
    "json_answer",
    "not_built_answer",
    "text_answer",
]


@dataclass(frozen=True, slots=True)
class Answer:
    """One HTTP answer.

    Args:
        status: the HTTP status.
        body: the whole body.
        content_type: the header `Content-Type`; none when there is no body.
        headers: other headers, as they go over the wire.
    """

    status: int
    body: bytes = b""
    content_type: str | None = None
    headers: tuple[tuple[str, str], ...] = ()

    @property
    def raw_headers(self) -> list[tuple[bytes, bytes]]:
        """All headers, with the body's length."""
        headers = [(name.lower().encode(), value.encode("latin-1")) for name, value in self.headers]
        if self.content_type is not None:
            headers.append((b"content-type", self.content_type.encode()))
        if self.status != 204:  # noqa: PLR2004 -- RFC 9110 section 8.6: 204 has no length
            headers.append((b"content-length", str(len(self.body)).encode()))
        return headers


def json_answer(
    status: int, value: dict[str, Any], *, headers: tuple[tuple[str, str], ...] = ()
) -> Answer:
    """Answer with JSON.

    Args:
        status: the HTTP status.
        value: the object.
        headers: other headers.

    Returns:
        The answer.
    """
    body = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
    return Answer(status, body, "application/json", headers)


def text_answer(status: int, text: str, *, headers: tuple[tuple[str, str], ...] = ()) -> Answer:
    """Answer with plain text.

    Args:
        status: the HTTP status.
        text: the text.
        headers: other headers.

    Returns:
        The answer.
    """
    return Answer(status, text.encode(), "text/plain; charset=utf-8", headers)


def html_answer(status: int, text: str, *, headers: tuple[tuple[str, str], ...] = ()) -> Answer:
    """Answer with a web page.

    Args:
        status: the HTTP status.
        text: the page.
        headers: other headers.

    Returns:
        The answer.
    """
    return Answer(status, text.encode(), "text/html; charset=utf-8", headers)


class NotBuiltError(Exception):
    """A request asks for a part of the platform that the stand-in does not have.

    Args:
        part: the part, as a noun.
    """

    def __init__(self, part: str) -> None:
        self.part = part
        super().__init__(part)


def not_built_answer(part: str) -> Answer:
    """Say in plain words that the stand-in does not have a part of the platform.

    Args:
        part: the part, as a noun, or as method and path.

    Returns:
        The answer, with status 501.
    """
    return text_answer(501, f"lg-sandbox does not have {part} yet.\n")
