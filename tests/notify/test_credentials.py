# SPDX-License-Identifier: MIT
"""API keys of Notify's, and the tokens that are signed with them."""

import traceback

import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jwt
from joserfc.jwk import OctKey
from pydantic import SecretStr

from lg_core.errors import ConfigError
from lg_notify import AsyncNotifyClient, NotifyClient
from lg_notify._credentials import KEEP_SECONDS, Tokens, checked_key

SERVICE = "26785a09-ab16-4eb0-8407-a37497a57506"
SECRET = "3d844edf-8d35-48ac-975b-e847b4f122b0"
KEY = f"zq-name-{SERVICE}-{SECRET}"


@given(name=st.text(st.characters(min_codepoint=33, max_codepoint=126)), space=st.text(" \t\n\r"))
def test_a_key_is_read_from_its_end(name: str, space: str) -> None:
    """Whatever the name, and whatever white space stands around it, the two ids are found."""
    if name[:1] in ("'", '"'):
        name = f"k{name}"
    key = checked_key(f"{space}{name}-{SERVICE}-{SECRET}{space}")

    assert (SERVICE, SECRET) == (key.service, key.secret.get_secret_value())


@pytest.mark.parametrize("client", [NotifyClient, AsyncNotifyClient])
@pytest.mark.parametrize(
    "wrong", ["", " ", KEY[:-1], SECRET, f"{SERVICE}{SECRET}", f'"{KEY}"', f"{KEY}é", KEY + "0"]
)
def test_a_damaged_key_is_refused_without_being_shown(
    client: type[NotifyClient] | type[AsyncNotifyClient], wrong: str
) -> None:
    """What to do is said, and no part of the key."""
    with pytest.raises(ConfigError) as refused:
        client(SecretStr(wrong))

    said = "".join(traceback.format_exception(refused.value)) + repr(vars(refused.value))
    assert "LG_NOTIFY_API_KEY" == refused.value.setting
    assert SECRET[:8] not in said


def test_a_key_is_not_printed() -> None:
    """The repr shows neither the service nor the secret."""
    assert "ApiKey(secret=SecretStr('**********'))" == repr(checked_key(KEY))


def test_a_token_is_what_notify_asks_for() -> None:
    """HS256, the service as issuer, the time in whole seconds."""
    header = Tokens(KEY, clock=lambda: 1_700_000_000.9).headers()["authorization"]
    token = jwt.decode(header.removeprefix("Bearer "), OctKey.import_key(SECRET))

    assert {"typ": "JWT", "alg": "HS256"} == token.header
    assert {"iss": SERVICE, "iat": 1_700_000_000} == token.claims


@given(steps=st.lists(st.floats(-100, 100), max_size=20))
def test_a_token_is_never_old_and_never_of_the_future(steps: list[float]) -> None:
    """However the clock moves, the token is of the last 15 seconds."""
    now = [1_700_000_000.0]
    tokens = Tokens(KEY, clock=lambda: now[0])
    key = OctKey.import_key(SECRET)
    for step in steps:
        now[0] += step
        text = tokens.headers()["authorization"].removeprefix("Bearer ")
        issued = jwt.decode(text, key).claims["iat"]

        assert -1 < now[0] - issued < KEEP_SECONDS + 1


def test_a_token_is_used_again() -> None:
    """Within 15 seconds the same token is given; after them a new one."""
    now = [1_700_000_000.0]
    tokens = Tokens(KEY, clock=lambda: now[0])
    first = tokens.headers()
    now[0] += 14.9
    second = tokens.headers()
    now[0] += 0.2

    assert first == second != tokens.headers()


def test_a_key_changes_without_a_restart() -> None:
    """The function is asked again when the key was refused, once a minute, and a new token made."""
    other = f"new-{SERVICE}-{SERVICE}"
    given_ = [KEY]
    tokens = Tokens(lambda: given_[0], clock=lambda: 1_700_000_000.0)
    first, old = tokens.headers(), tokens.key
    unchanged = tokens.replaced(old)  # asked, and the same key came
    given_[0] = other
    lately = tokens.replaced(old)

    assert (False, False) == (unchanged, lately)
    fresh = Tokens(lambda: given_[0], clock=lambda: 1_700_000_000.0)
    given_[0] = KEY
    assert fresh.replaced(fresh.key)
    assert first == fresh.headers()
    assert not Tokens(KEY, clock=lambda: 1.0).replaced(checked_key(KEY))


def test_a_key_of_another_service_does_not_stand_in() -> None:
    """Its templates and messages are others, so it is refused, without being shown."""
    given_ = [KEY]
    tokens = Tokens(lambda: given_[0], clock=lambda: 1.0)
    given_[0] = f"k-{SECRET}-{SECRET}"
    with pytest.raises(ConfigError, match="another service") as refused:
        tokens.replaced(tokens.key)

    assert SECRET not in str(refused.value)
    assert checked_key(KEY) == tokens.key
