"""lg_identity._tokens and _jose: form, type, algorithm and key of a token; and how we sign."""

import base64
import json
import warnings

import pytest
from hypothesis import given
from hypothesis import strategies as st
from identity.tokens import id_claims, private_pem, public_key, sign, token_of
from joserfc import jwk, jws
from pydantic import SecretStr

from lg_core.errors import ConfigError
from lg_identity import SignInError, SignInFault, SigningAlgorithm, SignInStep
from lg_identity._jose import Signer, verify
from lg_identity._tokens import read_token


def part(text: str) -> str:
    """Write one part of a token."""
    return base64.urlsafe_b64encode(text.encode()).rstrip(b"=").decode()


def fault_of(text: str) -> SignInFault:
    """Read a token that is wrong, and say how."""
    with pytest.raises(SignInError) as caught:
        read_token(text, step=SignInStep.ID_TOKEN)
    assert caught.value.__context__ is None
    return caught.value.fault


HEADER = part('{"alg":"ES256","kid":"k1"}')


@pytest.mark.parametrize(
    ("header", "claims", "fault"),
    [
        ('{"alg":"ES256","alg":"none","kid":"k1"}', "{}", SignInFault.REPEATED_MEMBER),
        ('{"alg":"ES256","kid":"k1"}', '{"sub":"a","sub":"b"}', SignInFault.REPEATED_MEMBER),
        ('{"alg":"ES256","kid":"k1"}', '{"a":{"b":1,"b":2}}', SignInFault.REPEATED_MEMBER),
        ('{"alg":"ES256","kid":"k1","typ":"logout+jwt"}', "{}", SignInFault.TYPE),
        ('{"alg":"ES256","kid":"k1","typ":7}', "{}", SignInFault.TYPE),
        ('{"alg":"ES256","kid":"k1","crit":["x"]}', "{}", SignInFault.MALFORMED),
        ('{"alg":"ES256","kid":"k1","jwk":{}}', "{}", SignInFault.MALFORMED),
        ('{"alg":"ES256"}', "{}", SignInFault.MALFORMED),
        ('{"alg":7,"kid":"k1"}', "{}", SignInFault.MALFORMED),
        ('{"alg":"ES256","kid":"k1"}', "[]", SignInFault.MALFORMED),
        ('{"alg":"ES256","kid":"k1"}', '{"exp":NaN}', SignInFault.MALFORMED),
        ('{"alg":"ES256","kid":"k1"}', '{"a":' + "[" * 90_000, SignInFault.MALFORMED),
    ],
)
def test_a_token_of_another_form_is_refused(header: str, claims: str, fault: SignInFault) -> None:
    """Members that stand twice, other types and headers with their own keys do not pass."""
    assert fault == fault_of(f"{part(header)}.{part(claims)}.AAAA")


@pytest.mark.parametrize(
    "text",
    ["", "a.b", "....", f"{HEADER}.e30", f"{HEADER}.e30.", f"{HEADER}.e31.AA", f"{HEADER}.A.AA",
     f"{HEADER}.e30=.AA", f"{HEADER}.e30.{'A' * 200_000}"],
)  # fmt: skip
def test_what_is_no_token_is_refused(text: str) -> None:
    """Other numbers of parts, other spellings of base64 and endless texts do not pass."""
    assert SignInFault.MALFORMED == fault_of(text)


@given(st.one_of(st.text(), st.lists(st.binary(), min_size=3, max_size=3).map(
    lambda parts: ".".join(base64.urlsafe_b64encode(p).rstrip(b"=").decode() for p in parts)
)))  # fmt: skip
def test_any_text_is_a_token_or_a_fault(text: str) -> None:
    """Nothing that stands where a token is expected raises anything else."""
    assert fault_of(text) in SignInFault


def test_the_type_jwt_is_taken() -> None:
    """Case does not matter in a type (RFC 7519 section 5.1)."""
    assert "k1" == read_token(sign(id_claims(), typ="jwt"), step=SignInStep.ID_TOKEN).key_id


@pytest.mark.parametrize(
    ("key", "fault"),
    [
        ({"alg": "RS256"}, SignInFault.KEY),
        ({"use": "enc"}, SignInFault.KEY),
        ({"kty": "oct", "k": "AAAA"}, SignInFault.KEY),
        ({"x": "AAAA"}, SignInFault.KEY),
        ({"crv": "P-384"}, SignInFault.KEY),
        ({"y": 7}, SignInFault.KEY),
        (jwk.ECKey.generate_key("P-384").as_dict(private=False), SignInFault.KEY),
        (jwk.ECKey.generate_key("P-256").as_dict(private=False), SignInFault.SIGNATURE),
    ],
)
def test_a_key_must_fit(key: dict[str, object], fault: SignInFault) -> None:
    """A key for another algorithm, use or curve checks nothing; another key finds a forgery."""
    key = {name: value for name, value in key.items() if name != "kid"}
    with pytest.raises(SignInError) as caught:
        verify(token_of(id_claims()), public_key() | key, algorithm="ES256")

    assert fault == caught.value.fault


def test_only_the_agreed_algorithm_is_taken() -> None:
    """A right signature with the other algorithm is refused before anything is computed."""
    with pytest.raises(SignInError) as caught:
        verify(token_of(id_claims(), algorithm="RS256"), public_key("RS256"), algorithm="ES256")

    assert SignInFault.ALGORITHM == caught.value.fault


@pytest.mark.parametrize("algorithm", SigningAlgorithm)
def test_what_we_sign_can_be_checked(algorithm: SigningAlgorithm) -> None:
    """A signed statement names our key and algorithm, and holds with our public key."""
    pem = private_pem().replace("\n", "\\n")
    text = Signer(SecretStr(pem), key_id="ours", algorithm=algorithm).sign({"a": 1})
    found = jws.deserialize_compact(
        text, jwk.RSAKey.import_key(private_pem()), algorithms=[algorithm.value]
    )

    assert {"alg": algorithm.value, "kid": "ours"} == found.headers()
    assert {"a": 1} == json.loads(found.payload)


@pytest.mark.parametrize(
    "pem",
    [
        "zq-not-a-key",
        jwk.ECKey.generate_key("P-256").as_pem(private=True).decode(),
        jwk.RSAKey.import_key(private_pem()).as_pem(private=False).decode(),
    ],
)
def test_a_key_that_cannot_sign_is_refused(pem: str) -> None:
    """What is no RSA private key is a setting to correct, and is not repeated."""
    with pytest.raises(ConfigError, match="no RSA private key") as caught:
        Signer(SecretStr(pem), key_id="ours", algorithm=SigningAlgorithm.RS256)

    assert "private_key" == caught.value.setting
    assert caught.value.__context__ is None


def test_a_short_key_is_refused() -> None:
    """A key of fewer than 2,048 bits is a setting to correct."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the JOSE library warns of such keys too
        pem = jwk.RSAKey.generate_key(1024).as_pem(private=True).decode()
        with pytest.raises(ConfigError, match="fewer than 2048 bits"):
            Signer(SecretStr(pem), key_id="ours", algorithm=SigningAlgorithm.RS256)
