# SPDX-License-Identifier: MIT
"""Invite somebody else to pay: a signed token for a link, which ends and can be taken back.

GOV.UK Pay has no such thing: its `next_url` works once, and is for the payer alone (API
reference, 'Resume a payment'). So the person who applies gets a link to a page of yours, passes
it on, and whoever opens it is shown what is to pay; only then is a payment created.

    nonce = new_nonce()                                     # keep it with the case
    token = invite(case, amount=..., description=..., expires_at=..., nonce=nonce, secret=...)
    ...
    invitation = read_invitation(token, secrets=[secret], now=datetime.now(UTC))
    if not invitation.is_current(nonce_of_the_case):        # taken back: the case has another
        ...

Everything in a token can be read by whoever holds it; it cannot be changed. So it holds the
case's id and a description, and nothing that points to a person.
"""

import base64
import hmac
import json
import re
import secrets as randomness
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Final, cast

from lg_core.errors import ConfigError, InvalidValueError
from lg_core.money import Pence
from lg_core.signatures import hmac_sha256_hex, matches
from lg_pay._basket_fields import personal_shape
from lg_pay.basket import MAX_TOTAL

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lg_core.signatures import RevealsSecret

__all__ = [
    "Invitation",
    "InvitationError",
    "InvitationFault",
    "invite",
    "new_nonce",
    "read_invitation",
]

_VERSION: Final = 1
_LONGEST_CASE: Final = 100
_LONGEST_DESCRIPTION: Final = 255
_LONGEST_TOKEN: Final = 4_000
_SHORTEST_SECRET: Final = 32
_PURPOSE: Final = "lg-pay.invitation."
_TOKEN: Final = re.compile(r"([A-Za-z0-9_-]+)\.([0-9a-f]{64})", re.ASCII)
_NONCE: Final = re.compile(r"[A-Za-z0-9_-]{16,64}", re.ASCII)
_BLOCKED: Final = re.compile(r'[<>|"\\]|https?://|\bwww\.', re.IGNORECASE)


class InvitationFault(StrEnum):
    """Why an invitation cannot be used: the `code` of the error."""

    EXPIRED = "expired"
    """It was good until its hour came."""
    FORGED = "forged"
    """None of the secrets signed it: it was changed, or the secret was replaced."""
    MALFORMED = "malformed"
    """It is no token at all, often a link that was cut short in a message."""


class InvitationError(InvalidValueError):
    """An invitation that cannot be used. `code` is an `InvitationFault`."""


@dataclass(frozen=True, slots=True)
class Invitation:
    """Hold what somebody was invited to pay.

    Printing it shows the amount and the hour at which it ends, no more.

    Args:
        case: your id of the case.
        amount: pence.
        description: what is paid for, as the payer is to read it.
        expires_at: from this instant on it is no longer good, in UTC.
        nonce: the case's nonce at the time.
    """

    case: str = field(repr=False)
    amount: Pence
    description: str = field(repr=False)
    expires_at: datetime
    nonce: str = field(repr=False)

    def is_current(self, nonce: str | None) -> bool:
        """Say whether the case still has the nonce with which it invited.

        To take all invitations of a case back, give the case a new nonce, or none.

        Args:
            nonce: the nonce that the case has now. None, for a case that invites nobody, fits
                no invitation.

        Returns:
            True where it is the same; comparing takes the same time wherever they differ.
        """
        return hmac.compare_digest(self.nonce.encode(), (nonce or "").encode())


def new_nonce() -> str:
    """Make a nonce for a case: 22 characters that nobody can guess (128 bits).

    Returns:
        The nonce. Keep it with the case.
    """
    return randomness.token_urlsafe(16)


def invite(
    case: str,
    *,
    amount: Pence,
    description: str,
    expires_at: datetime,
    nonce: str,
    secret: "str | RevealsSecret",
) -> str:
    """Make the token of an invitation, for a link to a page of yours.

    Args:
        case: your id of the case, 1 to 100 characters. Not a name and not an e-mail address.
        amount: pence, 1 to 10,000,000.
        description: what is paid for, 1 to 255 characters, as `NewPayment.description` takes it.
            Nothing personal: it can be read in the link.
        expires_at: from this instant on it is no longer good, with a time zone. Whole seconds
            count.
        nonce: the case's nonce, from `new_nonce`.
        secret: what signs it, 32 characters or more, for invitations alone.

    Returns:
        The token: letters, digits, `-`, `_` and a full stop, fit for the path of a link.

    Raises:
        InvalidValueError: a value is wrong; the error names it.
        ConfigError: the secret is too short.
    """
    _check_text("case", case, longest=_LONGEST_CASE)
    _check_text("description", description, longest=_LONGEST_DESCRIPTION)
    if not 1 <= Pence(amount) <= MAX_TOTAL:
        raise _wrong("amount", "out_of_range", "amount must be 1 to 10,000,000 pence.")
    _check_aware("expires_at", expires_at)
    if not _NONCE.fullmatch(nonce):
        raise _wrong("nonce", "not_a_nonce", "nonce must come from new_nonce().")
    _check_secret(secret)
    facts = [_VERSION, case, int(amount), description, int(expires_at.timestamp()), nonce]
    raw = json.dumps(facts, ensure_ascii=False, separators=(",", ":")).encode()
    told = base64.urlsafe_b64encode(raw).decode().rstrip("=")
    return f"{told}.{hmac_sha256_hex(_signed(told), secret)}"


def read_invitation(
    token: str, *, secrets: "Sequence[str | RevealsSecret]", now: datetime
) -> Invitation:
    """Read the token of an invitation.

    Whether the case has taken it back, `Invitation.is_current` says. Whether the case is paid
    already, the case itself knows: look before you ask for money.

    Args:
        token: the token as it came in the link.
        secrets: the signing secrets, at least one; several while one replaces another.
        now: the instant, with a time zone.

    Returns:
        The invitation.

    Raises:
        InvitationError: it is malformed, forged or expired; `code` says which.
        InvalidValueError: `now` has no time zone.
        ConfigError: there is no secret, or one is too short.
    """
    _check_aware("now", now)
    for secret in () if isinstance(secrets, str) else secrets:
        _check_secret(secret)
    found = _TOKEN.fullmatch(token) if len(token) <= _LONGEST_TOKEN else None
    if found is None:
        raise _unusable(InvitationFault.MALFORMED, "is not whole. Copy the link again.")
    if not matches(_signed(found[1]), found[2], secrets=secrets):
        raise _unusable(InvitationFault.FORGED, "was not signed here. Ask for a new one.")
    invitation = _told(found[1])
    if now >= invitation.expires_at:
        raise _unusable(InvitationFault.EXPIRED, "has expired. Ask for a new one.")
    return invitation


def _signed(told: str) -> bytes:
    # The purpose is signed too: no other text signed with this secret is an invitation.
    return f"{_PURPOSE}{_VERSION}.{told}".encode()


def _told(told: str) -> Invitation:
    """Read what was signed. It is ours, or of a version that signs alike: trust, and look."""
    try:
        facts = cast("object", json.loads(base64.urlsafe_b64decode(told + "=" * (-len(told) % 4))))
    except ValueError:
        facts = None  # refused below, outside the handler: that error holds what stood there
    match facts:
        case [1, str(case), int(amount), str(description), int(ends), str(nonce)]:
            return Invitation(
                case, Pence(amount), description, datetime.fromtimestamp(ends, UTC), nonce
            )
        case _:
            raise _unusable(InvitationFault.MALFORMED, "cannot be read. Ask for a new one.")


def _check_text(name: str, text: str, *, longest: int) -> None:
    if not text.strip() or len(text) > longest or not text.isprintable() or _BLOCKED.search(text):
        raise _wrong(
            name,
            "not_plain",
            f'{name} must be 1 to {longest} printable characters, with none of < > | " \\ and no '
            "web address, which GOV.UK Pay refuses.",
        )
    shape = personal_shape(text)
    if shape:
        raise _wrong(
            name,
            "personal",
            f"{name} looks like {shape}, and can be read in the link: leave it out.",
        )


def _check_aware(name: str, instant: datetime) -> None:
    if instant.tzinfo is None:
        raise _wrong(name, "no_time_zone", f"{name} needs a time zone: use datetime.now(UTC).")


def _check_secret(secret: "str | RevealsSecret") -> None:
    text = secret if isinstance(secret, str) else secret.get_secret_value()
    if len(text) < _SHORTEST_SECRET:
        raise ConfigError(
            f"A secret of invitations has under {_SHORTEST_SECRET} characters, and could be "
            "guessed. Make one with secrets.token_hex(32).",
            setting="secret",
        )


def _wrong(name: str, code: str, what: str) -> InvalidValueError:
    return InvalidValueError(what, field=name, code=code)


def _unusable(code: InvitationFault, what: str) -> InvitationError:
    return InvitationError(f"The invitation {what}", field="token", code=code)
