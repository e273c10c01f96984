"""lg_pay.invitations: tokens that cannot be guessed or changed, that end, and can be taken back."""

import base64
import pickle
import re
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from pydantic import SecretStr

from lg_core.errors import ConfigError, InvalidValueError
from lg_core.money import Pence
from lg_core.signatures import hmac_sha256_hex
from lg_pay import NewPayment
from lg_pay._basket_fields import personal_shape
from lg_pay.invitations import (
    Invitation,
    InvitationError,
    InvitationFault,
    invite,
    new_nonce,
    read_invitation,
)

SECRET = "0123456789abcdef" * 4
OTHER = "fedcba9876543210" * 4
NONCE = "AAAAAAAAAAAAAAAAAAAAAA"
ENDS = datetime(2026, 12, 1, 12, tzinfo=UTC)
BEFORE = ENDS - timedelta(days=3)


def invited(**changes: Any) -> str:
    """Make a token, with some values changed."""
    values: dict[str, Any] = {
        "case": "case-7f3a",
        "amount": Pence(25800),
        "description": "Planning application fee",
        "expires_at": ENDS,
        "nonce": NONCE,
        "secret": SECRET,
    } | changes
    return invite(values.pop("case"), **values)


def code_of(token: str, *, now: datetime = BEFORE, secret: str = SECRET) -> str:
    """Read a token that must be refused, and return why."""
    with pytest.raises(InvitationError) as caught:
        read_invitation(token, secrets=[secret], now=now)
    return caught.value.code


plain = st.text(
    st.characters(min_codepoint=32, max_codepoint=0x2000, exclude_characters='<>|"\\'),
    min_size=1,
    max_size=60,
).filter(lambda text: text.isprintable() and text.strip() and not personal_shape(text))


@given(st.tuples(plain, plain), st.integers(1, 10_000_000), st.integers(1, 10**10))
def test_what_was_invited_is_read(texts: tuple[str, str], amount: int, after: int) -> None:
    """Everything comes back; the hour in whole seconds, never later than it was given."""
    case, what = texts
    assume("www." not in f"{case} {what}".lower() and "://" not in case + what)
    ends = ENDS + timedelta(milliseconds=after)
    token = invited(case=case, description=what, amount=Pence(amount), expires_at=ends)

    found = read_invitation(token, secrets=[SECRET], now=ends - timedelta(seconds=2))

    whole = ends.replace(microsecond=0)
    assert Invitation(case, Pence(amount), what, whole, NONCE) == found
    assert re.fullmatch(r"[A-Za-z0-9_.-]+", token)
    NewPayment(
        amount=found.amount, reference="x", description=found.description, return_url="https://a.uk"
    )


@given(st.integers(0, 400), st.integers(0, 2), st.text("abAB01-_.=~", max_size=2))
def test_no_change_of_a_token_is_read(at: int, gone: int, new: str) -> None:
    """A token with any piece changed, cut or added is refused."""
    token = invited()
    changed = token[:at] + new + token[at + gone :]
    assume(changed != token)

    assert code_of(changed) in {InvitationFault.FORGED, InvitationFault.MALFORMED}


def test_capitals_in_the_signature_are_a_change() -> None:
    """There is one token of an invitation, in one spelling."""
    told, _, signature = invited().partition(".")

    assert InvitationFault.MALFORMED == code_of(f"{told}.{signature.upper()}")


@pytest.mark.parametrize(
    "token", ["", ".", "x", "a." + "0" * 63, "a" * 5000 + "." + "0" * 64, "\u00e9." + "0" * 64]
)
def test_what_is_no_token_is_malformed(token: str) -> None:
    """A link that was cut short is told from one that was forged."""
    assert InvitationFault.MALFORMED == code_of(token)


def test_another_secret_is_forged() -> None:
    """A token that another secret signed is refused."""
    assert InvitationFault.FORGED == code_of(invited(), secret=OTHER)


def test_a_text_signed_for_another_purpose_is_forged() -> None:
    """The same secret's signature on the bare text is not a token's."""
    told = invited().partition(".")[0]

    assert InvitationFault.FORGED == code_of(f"{told}.{hmac_sha256_hex(told.encode(), SECRET)}")


@pytest.mark.parametrize("raw", [b"\xff", b"{}", b"[]", b"[2,3]", b'[1,"c","9","d",1,"n"]'])
def test_what_is_signed_and_cannot_be_read_is_malformed(raw: bytes) -> None:
    """Something else that was signed as an invitation is refused without a trace of it."""
    told = base64.urlsafe_b64encode(raw).decode().rstrip("=")
    signature = hmac_sha256_hex(f"lg-pay.invitation.1.{told}".encode(), SECRET)

    with pytest.raises(InvitationError) as caught:
        read_invitation(f"{told}.{signature}", secrets=[SECRET], now=BEFORE)

    assert InvitationFault.MALFORMED == caught.value.code
    assert caught.value.__context__ is None


def test_it_ends_on_the_second() -> None:
    """It is good until the instant at which it ends, in whatever time zone that is told."""
    token = invited()
    summer = timezone(timedelta(hours=1))

    last = read_invitation(
        token, secrets=[SECRET], now=(ENDS - timedelta(seconds=1)).astimezone(summer)
    )

    assert ENDS == last.expires_at
    assert InvitationFault.EXPIRED == code_of(token, now=ENDS)
    assert InvitationFault.EXPIRED == code_of(token, now=ENDS + timedelta(days=9))


def test_a_secret_can_be_replaced() -> None:
    """While both secrets are given, tokens of both are read; afterwards the old one is not."""
    old, new = invited(), invited(secret=SecretStr(OTHER))
    both = [SecretStr(OTHER), SECRET]

    assert read_invitation(old, secrets=both, now=BEFORE) == read_invitation(
        new, secrets=both, now=BEFORE
    )
    assert InvitationFault.FORGED == code_of(old, secret=OTHER)


def test_a_case_takes_its_invitations_back() -> None:
    """A case with another nonce, or with none, has taken its invitations back."""
    found = read_invitation(invited(), secrets=[SECRET], now=BEFORE)

    assert found.is_current(NONCE)
    assert not found.is_current(new_nonce())
    assert not found.is_current(None)
    assert not found.is_current("")
    assert not found.is_current("\u00e9")


def test_nonces_differ() -> None:
    """Each nonce is new, and fits an invitation."""
    nonces = {new_nonce() for _ in range(100)}

    assert 100 == len(nonces)
    assert all(invited(nonce=nonce) for nonce in nonces)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"case": ""}, "case"),
        ({"case": " "}, "case"),
        ({"case": "x" * 101}, "case"),
        ({"case": "someone@example.gov.uk"}, "case"),
        ({"description": "x" * 256}, "description"),
        ({"description": "a\nb"}, "description"),
        ({"description": "<b>"}, "description"),
        ({"description": "see www.example.gov.uk"}, "description"),
        ({"description": "Rent of 1 ZZ1 1ZZ"}, "description"),
        ({"description": "ring 01632 960001"}, "description"),
        ({"amount": Pence(0)}, "amount"),
        ({"amount": Pence(10_000_001)}, "amount"),
        ({"expires_at": datetime(2026, 12, 1)}, "expires_at"),  # noqa: DTZ001 -- that is the fault
        ({"nonce": "short"}, "nonce"),
    ],
)
def test_what_cannot_be_invited_is_refused(changes: dict[str, Any], field: str) -> None:
    """A value that GOV.UK Pay would refuse, or that looks personal, is named and not repeated."""
    with pytest.raises(InvalidValueError) as caught:
        invited(**changes)

    assert field == caught.value.field
    value = str(changes.get(field)).strip()
    assert len(value) < 5 or value not in caught.value.message


def test_now_needs_a_time_zone() -> None:
    """An instant without a time zone could be an hour off."""
    with pytest.raises(InvalidValueError) as caught:
        read_invitation(invited(), secrets=[SECRET], now=datetime(2026, 11, 1))  # noqa: DTZ001 -- that is the fault

    assert "now" == caught.value.field


@pytest.mark.parametrize("secrets", [[], [SECRET, "short"], SECRET])
def test_secrets_are_long_and_several(secrets: Any) -> None:
    """A secret that could be guessed signs nothing and reads nothing."""
    token = invited()
    with pytest.raises(ConfigError):
        read_invitation(token, secrets=secrets, now=BEFORE)
    with pytest.raises(ConfigError):
        invited(secret="x" * 31)


def test_printing_shows_no_case() -> None:
    """The case, the description and the nonce are not printed."""
    found = read_invitation(invited(), secrets=[SECRET], now=BEFORE)

    assert not any(text in repr(found) for text in ("case-7f3a", "Planning", NONCE))
    assert found == pickle.loads(pickle.dumps(found))
