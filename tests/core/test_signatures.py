"""lg_core.signatures: what was signed with a secret that we share."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from pydantic import SecretStr

import lg_core
from lg_core.errors import ConfigError, InvalidValueError
from lg_core.signatures import hmac_sha256_hex, matches

# GOV.UK Pay's known answer (pay-webhooks, the test of its signature generator).
BODY = "We captured a £10 payment! 💷".encode()
SECRET = "This is my secret key! 🔑"
SIGNATURE = "a678c8326237dc08acabed4ec3948ee82f94c4b35cdc44b68f26fa8ef595efff"

bodies = st.binary(max_size=200)
secret_texts = st.text(st.characters(codec="utf-8"), min_size=1, max_size=40).filter(
    lambda text: text == text.strip()
)


def untyped(value: object) -> Any:
    """Hide a value's type, to give a function what a type checker would refuse."""
    return value


def test_the_known_answer_of_gov_uk_pay() -> None:
    """A body and a key with characters outside ASCII give the signature that Pay gives."""
    assert hmac_sha256_hex(BODY, SECRET) == SIGNATURE
    assert hmac_sha256_hex(BODY, SecretStr(SECRET)) == SIGNATURE
    assert matches(BODY, SIGNATURE, secrets=[SECRET])


def test_the_known_answer_of_rfc_4231() -> None:
    """The algorithm is the published one (test case 2)."""
    expected = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"

    assert expected == hmac_sha256_hex(b"what do ya want for nothing?", "Jefe")


@given(bodies, st.lists(secret_texts, min_size=1, max_size=4), st.data())
def test_any_of_the_secrets_will_do(body: bytes, secrets: list[str], data: st.DataObject) -> None:
    """While one secret replaces another both are taken, in whatever order."""
    secret = data.draw(st.sampled_from(secrets))
    wrapped = [SecretStr(text) for text in secrets]

    assert matches(body, hmac_sha256_hex(body, secret), secrets=secrets)
    assert matches(body, hmac_sha256_hex(body, secret), secrets=wrapped)


@given(bodies, secret_texts, secret_texts)
def test_another_secret_does_not_match(body: bytes, secret: str, other: str) -> None:
    """A signature under a secret that we do not hold is refused."""
    assume(secret != other)

    assert not matches(body, hmac_sha256_hex(body, other), secrets=[secret])


@given(bodies, bodies, secret_texts)
def test_another_body_does_not_match(body: bytes, other: bytes, secret: str) -> None:
    """A body that differs in one byte, even in white space, is another body."""
    assume(body != other)

    assert not matches(other, hmac_sha256_hex(body, secret), secrets=[secret])
    assert not matches(body + b" ", hmac_sha256_hex(body, secret), secrets=[secret])


@given(st.text(max_size=80))
def test_any_other_header_is_refused_and_not_an_error(header: str) -> None:
    """What a stranger writes into the header does no harm, letters outside ASCII included."""
    assume(header.strip().lower() != SIGNATURE)

    assert not matches(BODY, header, secrets=[SECRET])


@pytest.mark.parametrize(
    "header",
    [None, "", " ", SIGNATURE[:-1], SIGNATURE + "0", "\ud800", "sha256=" + SIGNATURE],
    ids=["none", "empty", "blank", "cut", "longer", "surrogate", "prefixed"],
)
def test_a_header_that_is_missing_or_cut_is_refused(header: str | None) -> None:
    """No header, an empty one and a part of the right one match nothing."""
    assert not matches(BODY, header, secrets=[SECRET])


@pytest.mark.parametrize(
    "header", [f" {SIGNATURE}\t", f"{SIGNATURE}\r\n", SIGNATURE.upper()], ids=["blank", "end", "up"]
)
def test_white_space_and_capitals_do_not_matter(header: str) -> None:
    """A proxy that adds a blank does not break verification, and hexadecimal has no case."""
    assert matches(BODY, header, secrets=[SECRET])


@pytest.mark.parametrize("body", ["text", {"a": 1}, None, bytearray(b"x")], ids=repr)
def test_a_body_that_is_not_raw_bytes_is_refused(body: object) -> None:
    """Text or a parsed body is refused with what to give instead."""
    with pytest.raises(InvalidValueError, match="raw bytes, before any JSON parsing") as caught:
        matches(untyped(body), SIGNATURE, secrets=[SECRET])
    assert (caught.value.code, caught.value.field) == ("wrong_type", "body")

    with pytest.raises(InvalidValueError, match="raw bytes, before any JSON parsing"):
        hmac_sha256_hex(untyped(body), SECRET)


@pytest.mark.parametrize(
    "secrets",
    [
        [],
        (),
        [""],
        ["  "],
        ["good", "\n"],
        [SecretStr("")],
        ["good\n"],
        [" good"],
        "good",
        b"good",
        None,
        {"good"},
        [None],
        [b"good"],
        [5],
    ],
    ids=repr,
)
def test_secrets_that_cannot_protect_are_a_configuration_error(secrets: object) -> None:
    """No secret, a blank one, or one text for the list is told before anything is compared."""
    with pytest.raises(ConfigError) as caught:
        matches(BODY, SIGNATURE, secrets=untyped(secrets))

    assert caught.value.setting == "secrets"
    assert "good" not in caught.value.message


def test_a_matching_secret_does_not_hide_a_blank_one() -> None:
    """A blank secret beside a good one is an error too: anybody could sign with it."""
    with pytest.raises(ConfigError, match="blank"):
        matches(BODY, SIGNATURE, secrets=[SECRET, ""])


def test_the_module_imports_without_pydantic() -> None:
    """Verification needs `get_secret_value`, not pydantic."""
    code = (
        "import sys, types\n"
        "package = types.ModuleType('lg_core')\n"
        f"package.__path__ = {list(lg_core.__path__)!r}\n"
        "sys.modules['lg_core'] = package\n"
        "import lg_core.signatures\n"
        "sys.exit('pydantic' in sys.modules)\n"
    )

    done = subprocess.run([sys.executable, "-c", code], check=False, cwd=Path(__file__).parent)  # noqa: S603  # our own lines

    assert done.returncode == 0
