"""lg_sandbox.notify.keys and .tokens: which key a request was signed with, or what is wrong."""

import base64
import hashlib
import hmac
import json
import uuid
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lg_sandbox.notify.errors import Refusal
from lg_sandbox.notify.keys import ApiKey, KeyKind, new_key, parse_key
from lg_sandbox.notify.tokens import LEEWAY_SECONDS, Keyring, check, sign

NOW = 1_790_000_000
SERVICE = str(uuid.UUID(int=7))
KEY = new_key(SERVICE, name="a-key")


def b64(raw: bytes) -> str:
    """Encode as RFC 7515 section 2 says."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def token(
    claims: dict[str, Any], *, header: dict[str, Any] | None = None, key: ApiKey = KEY
) -> str:
    """Sign any claims, independently of the module under test."""
    head = b64(json.dumps(header or {"typ": "JWT", "alg": "HS256"}).encode())
    signed = f"{head}.{b64(json.dumps(claims).encode())}"
    signature = hmac.new(key.secret.encode(), signed.encode(), hashlib.sha256).digest()
    return f"{signed}.{b64(signature)}"


def asked(
    authorization: str | None,
    *,
    keys: list[ApiKey] | None = None,
    now: float = NOW,
    archived: bool = False,
) -> ApiKey:
    """Check a header against one service."""
    ring = Keyring([KEY] if keys is None else keys, archived=archived)
    return check(
        authorization,
        ring_of=lambda service: ring if service == SERVICE else None,
        secret_of=lambda key: key.secret,
        now=now,
    )


def refused(authorization: str | None, **others: Any) -> tuple[int, str, str]:
    """Return the status, name and text of the refusal."""
    with pytest.raises(Refusal) as caught:
        asked(authorization, **others)
    (error,) = caught.value.errors
    return caught.value.status, error.name.value, error.message


def test_a_token_signed_here_is_taken() -> None:
    """What sign makes, check finds: the key among several."""
    other = new_key(SERVICE, name="other")

    assert KEY is asked(f"Bearer {sign(KEY, now=NOW)}", keys=[other, KEY])


def test_a_token_signed_by_others_is_taken() -> None:
    """A token made from the published format is taken, whatever the case of its scheme."""
    assert KEY is asked(f"bearer {token({'iss': SERVICE, 'iat': NOW})}")


@pytest.mark.parametrize("off", [-LEEWAY_SECONDS, 0, LEEWAY_SECONDS])
def test_thirty_seconds_either_way_are_allowed(off: int) -> None:
    """The edges still count."""
    assert KEY is asked(f"Bearer {sign(KEY, now=NOW + off)}")


@pytest.mark.parametrize("off", [-LEEWAY_SECONDS - 1, LEEWAY_SECONDS + 1, float("nan")])
def test_a_clock_that_is_off_is_told(off: float) -> None:
    """One second more is refused, early or late; a time that is no number too."""
    said = refused(f"Bearer {token({'iss': SERVICE, 'iat': NOW + off})}")

    text = "Error: Your system clock must be accurate to within 30 seconds"
    assert (403, "AuthError", text) == said


@pytest.mark.parametrize(
    ("authorization", "status", "message"),
    [
        (None, 401, "Unauthorized: authentication token must be provided"),
        ("", 401, "Unauthorized: authentication token must be provided"),
        ("Basic abc", 401, "Unauthorized: authentication bearer scheme must be used"),
        (f"Bearer {token({'iat': NOW})}", 403, "Invalid token: iss field not provided"),
        (
            f"Bearer {token({'iss': 'me', 'iat': NOW})}",
            403,
            "Invalid token: service id is not the right data type",
        ),
        (
            f"Bearer {token({'iss': 7, 'iat': NOW})}",
            403,
            "Invalid token: service id is not the right data type",
        ),
        (
            f"Bearer {token({'iss': str(uuid.UUID(int=8)), 'iat': NOW})}",
            403,
            "Invalid token: service not found",
        ),
        (
            f"Bearer {token({'iss': SERVICE, 'iat': NOW}, header={'alg': 'HS512'})}",
            403,
            "Invalid token: algorithm used is not HS256",
        ),
        (
            f"Bearer {token({'iss': SERVICE, 'iat': NOW}, header={'alg': 'none'})}",
            403,
            "Invalid token: algorithm used is not HS256",
        ),
        (f"Bearer {token({'iss': SERVICE})}", 403, "Invalid token: API key not found"),
        (
            f"Bearer {token({'iss': SERVICE, 'iat': True})}",
            403,
            "Invalid token: API key not found",
        ),
        (
            f"Bearer {token({'iss': SERVICE, 'iat': NOW}, key=new_key(SERVICE, name='x'))}",
            403,
            "Invalid token: API key not found",
        ),
    ],
)
def test_each_fault_has_its_status_and_text(
    authorization: str | None, status: int, message: str
) -> None:
    """The recorded answers of the real API."""
    assert (status, "AuthError", message) == refused(authorization)


@pytest.mark.parametrize(
    "text", ["abc", "a.b", "a.b.c", "....", "é.é.é", f"{b64(b'[]')}.{b64(b'{}')}.x", "a.b.c.d"]
)
def test_what_is_no_token_is_told(text: str) -> None:
    """Three parts of base64, the first two of them JSON objects."""
    status, _, message = refused(f"Bearer {text}")

    assert 403 == status
    assert message.startswith("Invalid token: make sure your API token matches the example at ")


def test_a_service_without_keys_or_archived_is_told() -> None:
    """The service is looked at before the signature."""
    good = f"Bearer {sign(KEY, now=NOW)}"

    assert "Invalid token: service has no API keys" == refused(good, keys=[])[2]
    assert "Invalid token: service is archived" == refused(good, archived=True)[2]


@given(
    name=st.text(),
    service=st.uuids(),
    secret=st.uuids(),
    after=st.sampled_from(["", " ", "\n", "\r\n"]),
)
def test_a_key_is_read_from_its_end(
    *, name: str, service: uuid.UUID, secret: uuid.UUID, after: str
) -> None:
    """Whatever the name is, with hyphens or empty, and whatever white space follows."""
    key = ApiKey(name.lstrip(), str(service), str(secret))

    assert key == parse_key(key.text + after)


@given(st.text(max_size=120))
def test_no_header_breaks_the_check(text: str) -> None:
    """Any text is refused in Notify's words."""
    assert refused(f"Bearer {text}")[0] in {401, 403}


@pytest.mark.parametrize("text", ["", "name", f"name-{SERVICE}", f"{SERVICE}-{SERVICE}"])
def test_half_a_key_is_told(text: str) -> None:
    """What does not end in two ids is no key, and the error does not repeat it."""
    with pytest.raises(ValueError, match="copy the whole key") as caught:
        parse_key(text)

    assert not text or text not in str(caught.value)


def test_the_secret_does_not_show() -> None:
    """The repr of a key keeps it; a kind has the name that the errors use."""
    assert KEY.secret not in repr(KEY)
    assert ["LIVE", "TEAM", "TEST"] == [kind.label for kind in KeyKind]
