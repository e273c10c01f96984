# SPDX-License-Identifier: MIT
"""API keys of GOV.UK Notify's shape: name, service and secret in one text."""

import re
import uuid
from dataclasses import dataclass, field
from enum import StrEnum

__all__ = ["ApiKey", "KeyKind", "new_key", "parse_key"]

_UUID = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
# Read from the end: the name may hold hyphens, and may be empty.
_KEY = re.compile(rf"(?P<name>.*)-(?P<service>{_UUID})-(?P<secret>{_UUID})", re.DOTALL)


class KeyKind(StrEnum):
    """What a key may do.

    Source: technical documentation, 'API keys'. What the pages call a live key is `normal` in
    the API's code.
    """

    NORMAL = "normal"
    """Sends to anybody, once the service is live."""
    TEAM = "team"
    """Sends to the team and the guest list only."""
    TEST = "test"
    """Sends to nobody: messages go through their states all the same."""

    @property
    def label(self) -> str:
        """The name of this kind in the text of a rate limit error."""
        return "LIVE" if self is KeyKind.NORMAL else self.value.upper()


@dataclass(frozen=True, slots=True)
class ApiKey:
    """The parts of an API key.

    Args:
        name: what the service called it.
        service: the service's id.
        secret: what its tokens are signed with.
    """

    name: str = field(repr=False)
    service: str
    secret: str = field(repr=False)

    @property
    def text(self) -> str:
        """The key as a service receives it."""
        return f"{self.name}-{self.service}-{self.secret}"


def new_key(service: str, *, name: str) -> ApiKey:
    """Make a key.

    Args:
        service: the service's id.
        name: what to call it.

    Returns:
        A key with a new secret.
    """
    return ApiKey(name, service, str(uuid.uuid4()))


def parse_key(text: str) -> ApiKey:
    """Read a key.

    Args:
        text: the key; white space around it does not count.

    Returns:
        Its parts. Source: technical documentation, 'Authorisation header'.

    Raises:
        ValueError: when it does not end in two ids.
    """
    match = _KEY.fullmatch(text.strip())
    if match is None:
        raise ValueError(
            "This is not an API key of GOV.UK Notify. It ends in the service's id and a secret, "
            "each of 36 characters: copy the whole key."
        )
    return ApiKey(match["name"], match["service"], match["secret"])
