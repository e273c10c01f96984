# SPDX-License-Identifier: MIT
"""An API key of GOV.UK Notify's, and the tokens that are signed with it."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from pydantic import SecretStr

from lg_core.errors import ConfigError
from lg_core.settings import check_secret

__all__ = ["KEEP_SECONDS", "ApiKey", "Tokens", "checked_key"]

SETTING = "LG_NOTIFY_API_KEY"

KEEP_SECONDS = 15.0
"""How long a token is used again. Notify takes one for 30 seconds, on either side of its clock."""

_UUID = r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
# Read from the end: the name before the two ids may hold hyphens, and may be empty.
_SHAPE = re.compile(rf".*-?({_UUID})-({_UUID})")


@dataclass(frozen=True, slots=True)
class ApiKey:
    """The parts of a key that a token is made from.

    Attributes:
        service: the id of the service on Notify.
        secret: what tokens are signed with.
    """

    service: str = field(repr=False)
    secret: SecretStr


def checked_key(api_key: str | SecretStr) -> ApiKey:
    """Read a key: a name, the service's id and a secret, joined by hyphens (docs, 'API keys').

    White space around it is dropped. Notify's own client keeps it, signs for another service, and
    is then told that the service's id is of the wrong type.

    Args:
        api_key: the key.

    Raises:
        ConfigError: the key is blank, cut short or copied with something beside it.
    """
    text = api_key.get_secret_value() if isinstance(api_key, SecretStr) else api_key
    text = check_secret(text.strip(), setting=SETTING).get_secret_value()
    found = _SHAPE.fullmatch(text)
    if found is None:
        raise ConfigError(
            f"{SETTING} is not a whole API key of GOV.UK Notify: it must end with the service's "
            "id and a secret, each of 36 characters. Make a new key in GOV.UK Notify (API "
            "integration, API keys) and copy all of it; Notify shows it once.",
            setting=SETTING,
        )
    return ApiKey(service=found[1].lower(), secret=SecretStr(found[2]))


class Tokens:
    """Makes the header of each request: a JSON Web Token, signed with HS256.

    Safe between threads: at worst two of them sign at once.

    Args:
        key: whose tokens.
        clock: the time in seconds since 1970.
    """

    def __init__(self, key: ApiKey, *, clock: Callable[[], float]) -> None:
        self._key = key
        self._clock = clock
        self._made: tuple[float, str] | None = None

    def headers(self) -> Mapping[str, str]:
        """Return the header, with a token of the last 15 seconds where there is one."""
        now = self._clock()
        made = self._made
        # A clock that was set back makes the token one of the future, which Notify refuses.
        if made is None or not made[0] <= now < made[0] + KEEP_SECONDS:
            made = self._made = (now, self._signed(now))
        return {"authorization": f"Bearer {made[1]}"}

    def _signed(self, now: float) -> str:
        # Loads with the first call, not with the import of a component.
        from joserfc import jwt  # noqa: PLC0415
        from joserfc.jwk import OctKey  # noqa: PLC0415

        key = OctKey.import_key(self._key.secret.get_secret_value())
        claims = {"iss": self._key.service, "iat": int(now)}
        return jwt.encode({"typ": "JWT", "alg": "HS256"}, claims, key)
