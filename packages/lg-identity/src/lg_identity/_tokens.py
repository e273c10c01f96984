# SPDX-License-Identifier: MIT
"""Signed tokens, read more strictly than the JOSE library does by itself.

joserfc checks the signature (`lg_identity._jose`). It takes a member that stands twice (the last
one counts), any `typ`, and base64 whose unused last bits are not nought; none of these pass here.
"""

import base64
import binascii
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NoReturn, cast

from lg_identity.errors import SignInError, SignInFault, SignInStep

__all__ = ["Token", "read_token", "refused"]

_PARTS = 3
_LONGEST = 128 * 1024
_BASE64URL = re.compile(r"[A-Za-z0-9_-]+")
_HEADER = frozenset({"alg", "kid", "typ"})


class _RepeatedMemberError(ValueError):
    """A JSON object names a member twice."""


@dataclass(frozen=True, slots=True)
class Token:
    """A token taken apart; nothing in it is checked yet but its form.

    Attributes:
        step: which token it is.
        algorithm: how it says that it is signed.
        key_id: the key that it names.
        claims: what it says; never printed.
        text: the whole token; never printed.
    """

    step: SignInStep
    algorithm: str
    key_id: str = field(repr=False)
    claims: Mapping[str, object] = field(repr=False)
    text: str = field(repr=False)


_ADVICE = {
    SignInFault.MALFORMED: "is not of the documented form",
    SignInFault.REPEATED_MEMBER: "names one of its members twice",
    SignInFault.TYPE: "is of another type",
    SignInFault.ALGORITHM: "is signed with another algorithm than the one that was agreed. Check "
    "id_token_algorithm against the client's registration",
    SignInFault.UNKNOWN_KEY: "names a key that One Login does not publish, also after a fresh look",
    SignInFault.KEY: "names a published key that cannot be used with its algorithm",
    SignInFault.SIGNATURE: "does not have the right signature",
    SignInFault.ISSUER: "comes from another issuer. Check issuer and core_identity_issuer",
    SignInFault.AUDIENCE: "is meant for another client. Check client_id",
    SignInFault.SUBJECT: "is about another person, or about nobody",
    SignInFault.EXPIRED: "is too old. Check this machine's clock",
    SignInFault.NOT_YET: "comes from the future. Check this machine's clock",
    SignInFault.NONCE: "answers another sign-in",
    SignInFault.TRUST: "states a lower level than was asked for, or none",
    SignInFault.AUTH_TIME: "states a sign-in that is longer ago than was asked for, or none",
    SignInFault.ACCESS_TOKEN: "did not come with this access token",
}
_NAMES = {
    SignInStep.ID_TOKEN: "The ID token",
    SignInStep.CORE_IDENTITY: "The core identity token",
    SignInStep.USERINFO: "The userinfo answer",
}


def refused(step: SignInStep, fault: SignInFault) -> SignInError:
    """Make the error for what One Login answered.

    Args:
        step: what was being checked.
        fault: which check failed.
    """
    return SignInError(
        f"{_NAMES[step]} {_ADVICE[fault]}. Nobody is signed in: show a general page and alert "
        "whoever runs the service.",
        fault=fault,
        step=step,
    )


def read_token(text: str, *, step: SignInStep) -> Token:
    """Take a signed token apart (RFC 7515 section 7.1).

    Args:
        text: the token.
        step: which token it is.

    Returns:
        The token, unchecked.

    Raises:
        SignInError: it is not a signed token of three parts, its header has a member beside alg,
            kid and typ, a member stands twice, or it is of another type.
    """
    parts = text.split(".")
    if len(parts) != _PARTS or len(text) > _LONGEST:
        raise refused(step, SignInFault.MALFORMED)
    try:
        header, claims, _ = _object(parts[0]), _object(parts[1]), _bytes(parts[2])
    except _RepeatedMemberError:
        fault = SignInFault.REPEATED_MEMBER
    except (ValueError, RecursionError):
        fault = SignInFault.MALFORMED
    else:
        return _token(header, claims, text=text, step=step)
    # Raised outside the handler: a decoder's error holds what it could not read.
    raise refused(step, fault)


def _token(
    header: Mapping[str, object], claims: Mapping[str, object], *, text: str, step: SignInStep
) -> Token:
    # A header that brings its own key, names one elsewhere or asks for an extension (crit) is
    # none of One Login's.
    algorithm, key_id, kind = header.get("alg"), header.get("kid"), header.get("typ", "JWT")
    if not isinstance(kind, str) or kind.upper() != "JWT":
        raise refused(step, SignInFault.TYPE)
    if not isinstance(algorithm, str) or not isinstance(key_id, str) or header.keys() - _HEADER:
        raise refused(step, SignInFault.MALFORMED)
    return Token(step, algorithm, key_id, claims, text)


def _bytes(part: str) -> bytes:
    """Decode one part, and take one spelling of it alone (RFC 7515 section 2)."""
    if not _BASE64URL.fullmatch(part):
        raise ValueError
    try:
        decoded = base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))
    except binascii.Error:
        raise ValueError from None
    if base64.urlsafe_b64encode(decoded).rstrip(b"=").decode() != part:
        raise ValueError
    return decoded


def _object(part: str) -> Mapping[str, object]:
    value: object = json.loads(
        _bytes(part).decode(), object_pairs_hook=_members, parse_constant=_no_number
    )
    if not isinstance(value, dict):
        raise ValueError  # noqa: TRY004 -- one kind of error for all that cannot be read
    return cast("Mapping[str, object]", value)


def _members(pairs: list[tuple[str, object]]) -> dict[str, object]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise _RepeatedMemberError
    return members


def _no_number(_name: str) -> NoReturn:
    raise ValueError
