# SPDX-License-Identifier: MIT
"""An operation of a platform as a value: what to send, how to read it, what may be repeated.

A component writes one pure function an operation, which returns a `Call`. Nothing here does I/O.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Generic, TypeVar

from pydantic import BaseModel

__all__ = ["DEFAULT_MAX_ANSWER", "Answer", "Call", "QueryValue", "Repeat"]

T = TypeVar("T")

DEFAULT_MAX_ANSWER = 10 * 1024 * 1024
"""The largest answer accepted unless the call says otherwise, in bytes (10 MiB)."""

QueryValue = str | int | tuple[str, ...] | None
"""What a name of the query stands for: a value, several (the name is repeated), or nothing."""


class Repeat(Enum):
    """When the client may send a call again by itself."""

    ALWAYS = "always"
    """The call changes nothing, so it is repeated after any passing failure."""
    WITH_KEY = "with_key"
    """The platform honours an idempotency key: one key is made for the call, and each attempt
    carries it, so a repeat cannot act twice."""
    IF_NOT_SENT = "if_not_sent"
    """The call changes something and has no key. It is repeated only where it cannot have been
    carried out: no byte left, or the platform turned it away unread (429)."""


@dataclass(frozen=True, slots=True)
class Call(Generic[T]):
    """One operation with its arguments, before it is sent.

    Attributes:
        method: the HTTP method.
        path: the path below the base address, quoted, beginning with a slash.
        capability: the registered name that is counted and logged, such as `lg-pay.get_payment`.
        read: what the answer is: a pydantic model, `bytes`, or `type(None)` for an empty answer.
        success: the statuses that mean yes.
        repeat: when the call may be sent again.
        query: names and values of the query; None values are left out, and a tuple of texts
            repeats its name, once for each.
        body: the request model, sent as JSON without its None values.
        form: fields sent as a form's instead of JSON, as OAuth asks for (RFC 6749 section 4.1.3).
        headers: further headers, such as a bearer token that is this call's alone.
        bucket: the name of the platform's rate limit that the call falls under.
        key_header: the header that carries the idempotency key, with `Repeat.WITH_KEY`.
        key: the idempotency key to use; made by the client where it is None.
        find_out: what a developer does to learn the outcome when no verdict came back.
        max_answer: the largest answer accepted, in bytes.
    """

    method: str
    path: str
    capability: str = field(kw_only=True)
    read: type[T] = field(kw_only=True)
    success: frozenset[int] = field(kw_only=True, default=frozenset({200}))
    repeat: Repeat = field(kw_only=True)
    query: Mapping[str, QueryValue] = field(
        kw_only=True, default_factory=dict[str, QueryValue], repr=False
    )
    body: BaseModel | None = field(kw_only=True, default=None, repr=False)
    form: Mapping[str, str] | None = field(kw_only=True, default=None, repr=False)
    headers: Mapping[str, str] = field(kw_only=True, default_factory=dict[str, str], repr=False)
    bucket: str = field(kw_only=True, default="default")
    key_header: str | None = field(kw_only=True, default=None)
    key: str | None = field(kw_only=True, default=None, repr=False)
    find_out: str = field(kw_only=True, default="")
    max_answer: int = field(kw_only=True, default=DEFAULT_MAX_ANSWER)

    def __post_init__(self) -> None:
        if self.body is not None and self.form is not None:
            raise TypeError("A Call sends a body or a form, not both.")


@dataclass(frozen=True, slots=True)
class Answer(Generic[T]):
    """What came back for a call, and how.

    Attributes:
        value: the answer as the call reads it.
        status: the HTTP status.
        headers: values by lower-case name.
        request_id: the platform's name for the request, where it gave one.
        attempts: how often the call was sent or tried.
        elapsed: seconds from the start of the call to its end, waits included.
        raw: the bytes of the body; never printed.
    """

    value: T
    status: int
    headers: Mapping[str, str] = field(repr=False)
    request_id: str | None
    attempts: int
    elapsed: float
    raw: bytes = field(repr=False)
