# SPDX-License-Identifier: MIT
"""A sign-in that began and has not come back: what to keep on the server meanwhile."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Self

from pydantic import SecretStr

from lg_core.errors import InvalidValueError
from lg_identity.levels import Level

__all__ = ["PendingSignIn", "Started"]

_SHORTEST = 32


@dataclass(frozen=True, slots=True)
class PendingSignIn:
    """What `start` made and `finish` needs. Keep it in a session on the server, and use it once.

    Take it out of the session before you call `finish`, whatever comes of it: an answer that comes
    a second time then finds nothing. Never send it to the browser, not even signed: `nonce` and
    `code_verifier` are secrets between the service and One Login.

    Attributes:
        state: ties the callback to this browser's session; never printed.
        nonce: ties the ID token to this sign-in; never printed.
        code_verifier: proves that the service which began also finishes (RFC 7636).
        level: what was asked for.
        started_at: when, in UTC.
        max_age: the longest time since the person signed in at One Login, in seconds.
    """

    state: SecretStr
    nonce: SecretStr
    code_verifier: SecretStr
    level: Level
    started_at: datetime
    max_age: int | None = None

    def to_data(self) -> dict[str, str | int | None]:
        """Return what a session can keep as JSON. The secrets stand in it in clear."""
        return {
            "state": self.state.get_secret_value(),
            "nonce": self.nonce.get_secret_value(),
            "code_verifier": self.code_verifier.get_secret_value(),
            "level": self.level.value,
            "started_at": self.started_at.isoformat(),
            "max_age": self.max_age,
        }

    @classmethod
    def from_data(cls, data: Mapping[str, object]) -> Self:
        """Read what `to_data` returned.

        Args:
            data: the dict, as the session gave it back.

        Returns:
            The pending sign-in.

        Raises:
            InvalidValueError: something is missing or of another form. The text names it and never
                repeats it.
        """
        return cls(
            state=_secret(data, "state"),
            nonce=_secret(data, "nonce"),
            code_verifier=_secret(data, "code_verifier"),
            level=_level(data),
            started_at=_instant(data),
            max_age=_max_age(data),
        )


@dataclass(frozen=True, slots=True)
class Started:
    """A sign-in that began.

    Attributes:
        url: where to send the browser, with GET; never printed.
        pending: what to keep on the server until the browser comes back.
    """

    url: str = field(repr=False)
    pending: PendingSignIn


def _wrong(name: str) -> InvalidValueError:
    return InvalidValueError(
        f"PendingSignIn.from_data: {name} is missing or not of the form that to_data wrote. Keep "
        "the dict as it is, and start the sign-in again.",
        field=name,
        code="not_pending",
    )


def _secret(data: Mapping[str, object], name: str) -> SecretStr:
    value = data.get(name)
    if not isinstance(value, str) or len(value) < _SHORTEST or not value.isascii():
        raise _wrong(name)
    return SecretStr(value)


def _level(data: Mapping[str, object]) -> Level:
    for level in Level:
        if data.get("level") == level.value:
            return level
    raise _wrong("level")


def _instant(data: Mapping[str, object]) -> datetime:
    value = data.get("started_at")
    try:
        instant = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        instant = None
    if instant is None or instant.tzinfo is None:
        raise _wrong("started_at")
    try:
        return instant.astimezone(UTC)
    except OverflowError:  # year 1 or 9999, with an offset that leaves the calendar
        raise _wrong("started_at") from None


def _max_age(data: Mapping[str, object]) -> int | None:
    value = data.get("max_age")
    if value is None or (type(value) is int and value >= 0):
        return value
    raise _wrong("max_age")
