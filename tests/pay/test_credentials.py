# SPDX-License-Identifier: MIT
"""API keys: their shape, their kind, and where each may go."""

import traceback

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from lg_core.errors import ConfigError
from lg_pay import AsyncPayClient, PayClient
from lg_pay._credentials import KeyKind, KeyRing, checked_key, kind_of
from lg_sandbox import Sandbox

TAIL = "k7" * 16
KEY = f"api_test_zqsecret{TAIL}"
BASE_URL = "https://publicapi.payments.service.gov.uk"
LIVE = f"api_live_zqsecret{TAIL}"
ELSEWHERE = "https://pay.example.gov.uk"
WRONG = {
    "nothing": "",
    "white space": " \t ",
    "a new line after it": f"{KEY}\n",
    "a carriage return after it": f"{KEY}\r\n",
    "white space before it": f" {KEY}",
    "quotation marks": f'"{KEY}"',
    "another alphabet": f"{KEY}é",
    "a zero-width space": f"{KEY}\u200b",
    "a control character": f"{KEY[:20]}\x00{KEY[20:]}",
    "its first half": KEY[:24],
    "all but its first character": TAIL,
    "a checksum cut short": f"zq{TAIL[:-1]}!",
    "a checksum in capitals": f"api_test_zqsecret{TAIL.upper()}",
    "a letter no checksum has": f"api_test_zqsecret{TAIL[:-1]}z",
}


@pytest.mark.parametrize("client", [PayClient, AsyncPayClient])
@pytest.mark.parametrize("wrap", [str, SecretStr])
@pytest.mark.parametrize("name", WRONG)
def test_a_damaged_key_is_refused_without_being_shown(
    name: str, *, wrap: type, client: type[PayClient] | type[AsyncPayClient]
) -> None:
    """What happened to a key on its way is said, with what to do, and the key is not."""
    with pytest.raises(ConfigError) as refused:
        client(wrap(WRONG[name]))

    said = "".join(traceback.format_exception(refused.value)) + repr(vars(refused.value))
    assert "LG_PAY_API_KEY" == refused.value.setting
    assert "LG_PAY_API_KEY" in refused.value.message
    assert "zqsecret" not in said
    assert TAIL[:10] not in said


@pytest.mark.parametrize("url", ["http://localhost:1", "http://127.0.0.1:1", "https://[::1]:1"])
def test_a_live_key_does_not_go_to_this_machine(url: str) -> None:
    """A sandbox must never see a live key; a test key may go there."""
    with pytest.raises(ConfigError, match="live key"):
        checked_key(LIVE, base_url=url)

    assert KEY == checked_key(KEY, base_url=url).get_secret_value()
    assert LIVE == checked_key(LIVE, base_url=ELSEWHERE).get_secret_value()


def test_the_kind_of_a_key() -> None:
    """How a key begins says what it takes; a key of an older form says nothing."""
    kinds = [kind_of(SecretStr(key)) for key in (KEY, LIVE, f"zq{TAIL}")]

    assert [KeyKind.TEST, KeyKind.LIVE, KeyKind.UNKNOWN] == kinds


def test_the_sandboxs_keys_have_the_shape() -> None:
    """The stand-in makes keys as GOV.UK Pay does, and they are taken as such."""
    pay = Sandbox().pay

    assert KeyKind.TEST is kind_of(checked_key(pay.api_key, base_url="http://localhost"))
    assert KeyKind.LIVE is kind_of(checked_key(pay.live_api_key, base_url=ELSEWHERE))


def test_the_header() -> None:
    """The key is sent as a bearer token (API reference, 'Authentication')."""
    assert {"authorization": f"Bearer {KEY}"} == KeyRing(KEY, base_url=BASE_URL).headers()


@given(key=st.text(max_size=80))
def test_any_text_is_a_key_or_is_refused(key: str) -> None:
    """Nothing that a person pastes ends in another error than ConfigError."""
    try:
        taken = checked_key(key, base_url=ELSEWHERE)
    except ConfigError as refused:
        said = refused.message
    else:
        said = taken.get_secret_value()

    assert said == key or "LG_PAY_API_KEY" in said
