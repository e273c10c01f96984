"""lg_identity._checks: every rule of a token, and that no changed token passes."""

import base64
import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from identity.tokens import (
    ACCESS_TOKEN,
    NOW,
    core_claims,
    id_claims,
    pending,
    public_key,
    settings,
    sign,
    token_of,
)

from lg_identity import IdTokenAlgorithm, Level, SignInError, SignInFault, SignInStep
from lg_identity._checks import IdToken, check_core_identity, check_id_token
from lg_identity._people import identity_in
from lg_identity._tokens import Token, read_token

INSTANT = int(NOW.timestamp())
SUBJECT = "urn:fdc:gov.uk:2022:someone"


def checked(token: Token, *, max_age: int | None = None, **changes: object) -> IdToken:
    """Check an ID token with the published key."""
    registration = settings(**changes)
    return check_id_token(
        token,
        key=public_key(registration.id_token_algorithm),
        settings=registration,
        pending=pending(Level.IDENTITY, max_age=max_age),
        access_token=ACCESS_TOKEN,
        now=NOW,
    )


def check_core(claims: dict[str, object]) -> None:
    """Check a core identity token with the published key."""
    token = token_of(claims, step=SignInStep.CORE_IDENTITY)
    check_core_identity(token, key=public_key(), settings=settings(), subject=SUBJECT, now=NOW)


def at_hash(text: str) -> str:
    """Hash an access token (OpenID Connect Core 1.0 section 3.1.3.6)."""
    half = hashlib.sha256(text.encode()).digest()[:16]
    return base64.urlsafe_b64encode(half).rstrip(b"=").decode()


@pytest.mark.parametrize("algorithm", IdTokenAlgorithm)
def test_a_right_token_is_taken(algorithm: IdTokenAlgorithm) -> None:
    """With every claim right, the token says who signed in and when."""
    token = token_of(id_claims(at_hash=at_hash(ACCESS_TOKEN)), algorithm=algorithm)
    told = checked(token, id_token_algorithm=algorithm)

    assert SUBJECT == told.subject
    assert told.auth_time is not None
    assert INSTANT - 20 == told.auth_time.timestamp()


@pytest.mark.parametrize(
    "changes",
    [
        {"aud": ["a-client"]},
        {"aud": ["a-client", "b"], "azp": "a-client"},
        {"iat": INSTANT + 30},
        {"exp": INSTANT + 1},
        {"nbf": INSTANT},
        {"auth_time": None},
        {"new": {"deep": [1]}},
    ],
)
def test_what_the_rules_allow_is_taken(changes: dict[str, object]) -> None:
    """A list of one audience, a clock that is a little ahead and unknown claims are right."""
    assert SUBJECT == checked(token_of(id_claims(**changes))).subject


WRONG: list[tuple[str, object, SignInFault]] = [
    ("iss", "https://oidc.account.gov.uk/", SignInFault.ISSUER),
    ("iss", "https://oidc.integration.account.gov.uk", SignInFault.ISSUER),
    ("aud", "b", SignInFault.AUDIENCE),
    ("aud", ["a-client", "b"], SignInFault.AUDIENCE),
    ("aud", [], SignInFault.AUDIENCE),
    ("aud", {"a-client": 1}, SignInFault.AUDIENCE),
    ("azp", "b", SignInFault.AUDIENCE),
    ("exp", INSTANT, SignInFault.EXPIRED),
    ("exp", str(INSTANT + 99), SignInFault.EXPIRED),
    ("exp", True, SignInFault.EXPIRED),
    ("iat", INSTANT + 31, SignInFault.NOT_YET),
    ("iat", "0", SignInFault.NOT_YET),
    ("nbf", INSTANT + 31, SignInFault.NOT_YET),
    ("nbf", "0", SignInFault.NOT_YET),
    ("nonce", "m" * 43, SignInFault.NONCE),
    ("nonce", "é", SignInFault.NONCE),
    ("nonce", 7, SignInFault.NONCE),
    ("vot", "Cl", SignInFault.TRUST),
    ("vot", "P2", SignInFault.TRUST),
    ("vot", ["Cl.Cm"], SignInFault.TRUST),
    ("sub", "", SignInFault.SUBJECT),
    ("sub", 7, SignInFault.SUBJECT),
    ("auth_time", INSTANT + 31, SignInFault.AUTH_TIME),
    ("auth_time", "0", SignInFault.AUTH_TIME),
    ("at_hash", at_hash("another"), SignInFault.ACCESS_TOKEN),
    ("at_hash", 7, SignInFault.ACCESS_TOKEN),
    *(
        (name, None, fault)
        for name, fault in {
            "iss": SignInFault.ISSUER,
            "aud": SignInFault.AUDIENCE,
            "exp": SignInFault.EXPIRED,
            "iat": SignInFault.NOT_YET,
            "nonce": SignInFault.NONCE,
            "vot": SignInFault.TRUST,
            "sub": SignInFault.SUBJECT,
        }.items()
    ),
]


@pytest.mark.parametrize(("name", "value", "fault"), WRONG)
def test_one_wrong_claim_is_refused(name: str, value: object, fault: SignInFault) -> None:
    """A token with one claim changed or missing is refused with that claim's fault."""
    with pytest.raises(SignInError) as caught:
        checked(token_of(id_claims(**{name: value})))

    assert (fault, SignInStep.ID_TOKEN) == (caught.value.fault, caught.value.step)


FAULT_OF = {
    "iss": SignInFault.ISSUER,
    "aud": SignInFault.AUDIENCE,
    "azp": SignInFault.AUDIENCE,
    "nonce": SignInFault.NONCE,
    "vot": SignInFault.TRUST,
    "at_hash": SignInFault.ACCESS_TOKEN,
}
ANYTHING = st.one_of(
    st.text(),
    st.integers(),
    st.booleans(),
    st.lists(st.text()),
    st.dictionaries(st.text(), st.none()),
)


@given(name=st.sampled_from(sorted(FAULT_OF)), value=ANYTHING)
def test_any_other_value_is_refused(name: str, value: object) -> None:
    """Whatever stands in a claim instead of the right value has that claim's fault."""
    with pytest.raises(SignInError) as caught:
        checked(token_of(id_claims(**{name: value})))

    assert FAULT_OF[name] == caught.value.fault
    assert caught.value.__cause__ is None


@given(st.integers(-(10**6), 10**6))
def test_a_token_serves_between_its_times(shift: int) -> None:
    """It is taken from 30 seconds before it was made until it expires, and at no other time."""
    token = token_of(id_claims(iat=INSTANT + shift, exp=INSTANT + shift + 120, auth_time=None))
    try:
        checked(token)
    except SignInError as error:
        fault = error.fault
    else:
        fault = None

    late, early = shift + 120 <= 0, shift > 30
    assert (SignInFault.EXPIRED if late else SignInFault.NOT_YET if early else None) == fault


@given(data=st.data())
def test_any_changed_character_is_refused(data: st.DataObject) -> None:
    """No character of a token can be changed, dropped or doubled without a refusal."""
    text = sign(id_claims())
    at = data.draw(st.integers(0, len(text) - 1))
    other = data.draw(
        st.sampled_from(
            "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.=+/ \né"
        ).filter(lambda one: one != text[at])
    )
    changed = text[:at] + data.draw(st.sampled_from(["", other, text[at] + other])) + text[at + 1 :]

    with pytest.raises(SignInError) as caught:
        checked(read_token(changed, step=SignInStep.ID_TOKEN))

    assert caught.value.fault in {
        SignInFault.MALFORMED,
        SignInFault.SIGNATURE,
        SignInFault.ALGORITHM,
        SignInFault.TYPE,
        SignInFault.KEY,
        SignInFault.REPEATED_MEMBER,
    }


def test_the_last_character_has_one_spelling() -> None:
    """Base64 ends in bits that say nothing; a token that sets them was not signed so."""
    text = sign(id_claims())
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    others = [text[:-1] + one for one in alphabet if one != text[-1]]

    for other in others:
        with pytest.raises(SignInError):
            checked(read_token(other, step=SignInStep.ID_TOKEN))


def test_max_age_is_counted_from_now() -> None:
    """With max_age the token must say when the person signed in, and not longer ago than that."""
    assert checked(token_of(id_claims()), max_age=1).subject
    for auth_time in (None, INSTANT - 91):
        with pytest.raises(SignInError) as caught:
            checked(token_of(id_claims(auth_time=auth_time)), max_age=60)
        assert SignInFault.AUTH_TIME == caught.value.fault


# ------------------------------------------------------------------ core identity


def test_a_right_identity_is_taken() -> None:
    """Names and dates of birth are read from a token that passed."""
    check_core(core_claims())
    check_core(core_claims(vot="P3", iat=None))
    identity = identity_in(token_of(core_claims(), step=SignInStep.CORE_IDENTITY))

    assert identity.current_name is not None
    assert "Ann" == identity.current_name.full


@pytest.mark.parametrize(
    ("name", "value", "fault"),
    [
        ("iss", "https://oidc.integration.account.gov.uk/", SignInFault.ISSUER),
        ("aud", "b", SignInFault.AUDIENCE),
        ("sub", "another", SignInFault.SUBJECT),
        ("exp", INSTANT, SignInFault.EXPIRED),
        ("iat", INSTANT + 31, SignInFault.NOT_YET),
        ("nbf", INSTANT + 31, SignInFault.NOT_YET),
        ("vot", "P1", SignInFault.TRUST),
        ("vot", "Cl.Cm", SignInFault.TRUST),
        ("vot", None, SignInFault.TRUST),
    ],
)
def test_one_wrong_claim_of_an_identity_is_refused(
    name: str, value: object, fault: SignInFault
) -> None:
    """An identity with one claim changed is refused with that claim's fault."""
    with pytest.raises(SignInError) as caught:
        check_core(core_claims(**{name: value}))

    assert (fault, SignInStep.CORE_IDENTITY) == (caught.value.fault, caught.value.step)


def test_an_identity_without_its_parts_is_refused() -> None:
    """A token that says no name is not of the documented form, and the error holds none of it."""
    with pytest.raises(SignInError) as caught:
        identity_in(token_of(core_claims(vc={"credentialSubject": {"name": "Ann"}})))

    assert SignInFault.MALFORMED == caught.value.fault
    assert caught.value.__context__ is None
