# SPDX-License-Identifier: MIT
"""An API key of GOV.UK Notify's, and the tokens that are signed with it."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from pydantic import SecretStr

from lg_core.accounts import GivenKey, KeyRing
from lg_core.errors import ConfigError
from lg_core.settings import check_secret

__all__ = ["KEEP_SECONDS", "ApiKey", "GivenKey", "Tokens", "checked_key"]

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


class Tokens(KeyRing[ApiKey]):
    """The key that a client uses now, and the header of each request: a token signed with it.

    The token is a JSON Web Token, signed with HS256. Safe between threads: at worst two of them
    sign at once. See `lg_core.accounts.KeyRing` for how a key changes.

    Args:
        given: the key, or a function that gives it.
        clock: the time in seconds since 1970.

    Raises:
        ConfigError: the key cannot be used.
    """

    __slots__ = ("_clock", "_made")

    def __init__(self, given: GivenKey, *, clock: Callable[[], float]) -> None:
        super().__init__(given, read=checked_key, check_successor=_check_same_service)
        self._clock = clock
        self._made: tuple[ApiKey, float, str] | None = None

    def headers(self) -> Mapping[str, str]:
        """Return the header, with a token of the last 15 seconds where there is one."""
        now, key, made = self._clock(), self.key, self._made
        # A clock that was set back makes the token one of the future, which Notify refuses.
        if made is None or made[0] is not key or not made[1] <= now < made[1] + KEEP_SECONDS:
            made = self._made = (key, now, _signed(key, now))
        return {"authorization": f"Bearer {made[2]}"}


def _signed(key: ApiKey, now: float) -> str:
    # Loads with the first call, not with the import of a component.
    from joserfc import jwt  # noqa: PLC0415
    from joserfc.jwk import OctKey  # noqa: PLC0415

    signing = OctKey.import_key(key.secret.get_secret_value())
    claims = {"iss": key.service, "iat": int(now)}
    return jwt.encode({"typ": "JWT", "alg": "HS256"}, claims, signing)


def _check_same_service(present: ApiKey, new: ApiKey) -> None:
    if new.service != present.service:
        raise ConfigError(
            f"{SETTING} was replaced by a key of another service of GOV.UK Notify: its templates "
            "and messages are others. Build a new client for it.",
            setting=SETTING,
        )
