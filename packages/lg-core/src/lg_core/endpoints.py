# SPDX-License-Identifier: MIT
"""What a component offers to a web framework, without knowing one: requests, replies, endpoints.

An `Endpoint` is a method, a path and a function from a `Request` to a `Reply`. `lg_web.starlette`,
`lg_web.flask` and `lg_web.django` each mount a list of them. The functions are plain and may block:
an asynchronous framework runs them in a worker thread.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final, Self
from urllib.parse import parse_qsl

from lg_core.errors import InvalidValueError

__all__ = ["FORM_TYPE", "MAX_BODY", "Endpoint", "Fields", "Reply", "Request", "read_fields"]

FORM_TYPE: Final = "application/x-www-form-urlencoded"
"""How a plain HTML form is sent (WHATWG HTML, 'URL-encoded form data')."""
MAX_BODY: Final = 64 * 1024
"""The largest body that an endpoint takes unless it says otherwise, in bytes."""
_MAX_FIELDS = 1_000
_PATH = re.compile(r"(/([A-Za-z0-9._~-]+|\{[a-z_]+\}))+|/")
_SLOT = re.compile(r"\{([a-z_]+)\}")


class Fields(Mapping[str, str]):
    """Names and values in the order in which they came; a name may come more than once.

    Reading a name gives its first value. The values are a resident's, so `repr` shows only names.

    Args:
        pairs: the names and values.
    """

    __slots__ = ("_pairs",)

    def __init__(self, pairs: Iterable[tuple[str, str]] = ()) -> None:
        self._pairs = tuple(pairs)

    def __getitem__(self, name: str) -> str:
        for known, value in self._pairs:
            if known == name:
                return value
        raise KeyError(name)

    def all(self, name: str) -> tuple[str, ...]:
        """Return every value of a name, in order.

        Args:
            name: the field's name.
        """
        return tuple(value for known, value in self._pairs if known == name)

    def pairs(self) -> tuple[tuple[str, str], ...]:
        """Return every name with its value, in order, repeats included."""
        return self._pairs

    def __iter__(self) -> Iterator[str]:
        return iter(dict.fromkeys(name for name, _ in self._pairs))

    def __len__(self) -> int:
        return len({name for name, _ in self._pairs})

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Fields) and self._pairs == other._pairs

    def __hash__(self) -> int:
        return hash(self._pairs)

    def __repr__(self) -> str:
        return f"Fields({', '.join(self)})"


@dataclass(frozen=True, slots=True)
class Request:
    """One HTTP request as an endpoint sees it. Its `repr` shows nothing that a person sent.

    Attributes:
        method: `GET`, `POST` and so on. A HEAD request comes as GET; its body is left out later.
        path: the decoded path below the prefix, such as `/name`.
        prefix: where the endpoints are mounted, such as `/garden-waste`, or nothing.
        params: the parts of the path that the endpoint's pattern names.
        query: the fields of the query.
        headers: values by lower-case name; repeated headers are joined with a comma.
        cookies: values by name.
        body: the whole body.
    """

    method: str
    path: str = field(repr=False)
    prefix: str = ""
    params: Mapping[str, str] = field(default_factory=dict[str, str], repr=False)
    query: Fields = field(default_factory=Fields, repr=False)
    headers: Mapping[str, str] = field(default_factory=dict[str, str], repr=False)
    cookies: Mapping[str, str] = field(default_factory=dict[str, str], repr=False)
    body: bytes = field(default=b"", repr=False)

    def form(self) -> Fields:
        """Read the body as a form's fields (WHATWG URL, 'application/x-www-form-urlencoded').

        Returns:
            The fields; none where the body is of another type.

        Raises:
            InvalidValueError: the body is not UTF-8 or has more than 1,000 fields.
        """
        media_type = self.headers.get("content-type", "").partition(";")[0].strip().lower()
        return read_fields(self.body) if media_type == FORM_TYPE else Fields()

    def url(self, path: str) -> str:
        """Return the address of another path of the same mount, for links and redirects.

        Args:
            path: a path below the prefix, beginning with a slash.
        """
        return f"{self.prefix}{path}"


def read_fields(text: bytes) -> Fields:
    """Read URL-encoded fields.

    Args:
        text: the query or the body.

    Returns:
        The fields, in the order in which they came.

    Raises:
        InvalidValueError: it is not UTF-8 or has more than 1,000 fields.
    """
    with suppress(ValueError):  # also what cannot be decoded
        return Fields(
            parse_qsl(
                text.decode("utf-8"),
                keep_blank_values=True,
                errors="strict",
                max_num_fields=_MAX_FIELDS,
            )
        )
    # Raised outside the handler: the decoder's own error holds the whole form.
    raise InvalidValueError(
        f"The form could not be read: it must be UTF-8 and have at most {_MAX_FIELDS} fields.",
        field=None,
        code="unreadable_form",
    )


@dataclass(frozen=True, slots=True)
class Reply:
    """One HTTP answer of an endpoint.

    Attributes:
        status: the HTTP status.
        body: the whole body; never printed.
        media_type: the header `Content-Type`; None where there is no body.
        headers: other headers, by name.
    """

    status: int = 200
    body: bytes = field(default=b"", repr=False)
    media_type: str | None = None
    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)

    @classmethod
    def html(
        cls, body: str, *, status: int = 200, headers: Mapping[str, str] | None = None
    ) -> Self:
        """Answer with a page.

        Args:
            body: the HTML.
            status: the HTTP status.
            headers: other headers.
        """
        pairs = tuple((headers or {}).items())
        return cls(status, body.encode(), "text/html; charset=utf-8", pairs)

    @classmethod
    def plain(cls, body: str, *, status: int = 200) -> Self:
        """Answer with plain text.

        Args:
            body: the text.
            status: the HTTP status.
        """
        return cls(status, body.encode(), "text/plain; charset=utf-8")

    @classmethod
    def see_other(cls, location: str) -> Self:
        """Send the browser to another page, with GET (RFC 9110 section 15.4.4).

        Args:
            location: the address.
        """
        return cls(303, headers=(("location", location), ("cache-control", "no-store")))

    def with_headers(self, *pairs: tuple[str, str]) -> "Reply":
        """Return the same reply with more headers.

        Args:
            pairs: names and values.
        """
        return Reply(self.status, self.body, self.media_type, (*self.headers, *pairs))


Handle = Callable[[Request], Reply]


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One method and path, and what answers there.

    Args:
        method: `GET` or `POST` and so on; GET answers HEAD as well.
        path: literal parts and named ones, such as `/return/{case_id}`; a named part matches
            anything but a slash.
        handle: makes the reply. It may block.
        name: what it is called in logs, such as `garden_waste.return`.
        max_body: the largest body that it takes, in bytes; a larger one is answered 413.

    Raises:
        InvalidValueError: the path is not of that form.
    """

    method: str
    path: str
    handle: Handle = field(repr=False)
    name: str
    max_body: int = MAX_BODY

    def __post_init__(self) -> None:
        slots = _SLOT.findall(self.path)
        if not _PATH.fullmatch(self.path) or len(set(slots)) != len(slots):
            raise InvalidValueError(
                "An endpoint's path must begin with a slash and be made of letters, digits, dots "
                "and hyphens, or names in braces, each used once: such as /return/{case_id}.",
                field="path",
                code="not_a_path",
            )
