# SPDX-License-Identifier: MIT
"""What can come of a sign-in: a closed list, for a `match` statement.

A failed check is not in the list: it is a `SignInError`, and nobody is signed in.
"""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from pydantic import SecretStr

from lg_identity.addresses import OneLoginAddress
from lg_identity.identity import CoreIdentity
from lg_identity.levels import Level

__all__ = [
    "NotProved",
    "Outcome",
    "Refused",
    "Restart",
    "RestartReason",
    "SignIn",
    "SignedOut",
    "Unavailable",
    "UnavailableReason",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class SignIn:
    """Somebody signed in, and every check passed. Its `repr` shows only the level.

    Attributes:
        subject: One Login's name for the person at this council. It stays until the person deletes
            their account; then they come back with another. Map it to an id of your own.
        level: the level that was reached, which is the one that was asked for.
        email: the address that they sign in with; it may change, so do not recognise them by it.
        email_verified: whether One Login checked it.
        phone_number: in international form; only where they get codes by text message.
        phone_number_verified: whether One Login checked it.
        wallet_subject_id: the wallet's name for the person.
        identity: who they were proved to be; with `Level.IDENTITY` alone.
        addresses: every address that was checked, past ones included, in no order.
        return_codes: single letters that may come with a proved identity too. Their meaning is
            confidential: do not show them, and do not log them beside the subject.
        auth_time: when the person signed in at One Login, in UTC.
        id_token: for `logout_url`; keep it as short and as safe as the session itself.
    """

    subject: str = field(repr=False)
    level: Level
    email: str | None = field(default=None, repr=False)
    email_verified: bool | None = field(default=None, repr=False)
    phone_number: str | None = field(default=None, repr=False)
    phone_number_verified: bool | None = field(default=None, repr=False)
    wallet_subject_id: str | None = field(default=None, repr=False)
    identity: CoreIdentity | None = field(default=None, repr=False)
    addresses: tuple[OneLoginAddress, ...] = field(default=(), repr=False)
    return_codes: tuple[str, ...] = field(default=(), repr=False)
    auth_time: datetime | None = field(default=None, repr=False)
    id_token: SecretStr = field(repr=False)


@dataclass(frozen=True, slots=True)
class NotProved:
    """Somebody signed in, an identity was asked for, and it was not proved. Offer another way.

    Attributes:
        account: the sign-in, at `Level.SIGN_IN`; `return_codes` may say why.
    """

    account: SignIn


@dataclass(frozen=True, slots=True)
class Refused:
    """One Login says no to an identity (`access_denied`). Offer another way, or to try again.

    It does not say whether the identity was not proved or the browser lost its session there. Ask
    for `Claim.RETURN_CODE` to get `NotProved` for the first.
    """


class RestartReason(StrEnum):
    """Why a sign-in must begin again."""

    SESSION_LOST = "session_lost"
    """The browser lost its session at One Login."""
    TOO_OLD = "too_old"
    """The person took longer than an hour."""
    CODE_NOT_ACCEPTED = "code_not_accepted"
    """The code was used or expired: mostly a page that was loaded again. If it happens each time,
    redirect_uri is not the one that the sign-in began with."""


@dataclass(frozen=True, slots=True)
class Restart:
    """Nobody is signed in, and beginning again may help.

    Attributes:
        reason: why.
    """

    reason: RestartReason


class UnavailableReason(StrEnum):
    """Why One Login cannot help now."""

    BUSY = "busy"
    """Too many sign-ins: try again in some minutes."""
    NO_IDENTITY_CAPACITY = "no_identity_capacity"
    """No identity can be proved now: offer another way, and keep what the person typed."""
    SWITCHED_OFF = "switched_off"
    """One Login switched this service off: ask its support."""


@dataclass(frozen=True, slots=True)
class Unavailable:
    """One Login cannot help now. Show a page that says so.

    Attributes:
        reason: why.
    """

    reason: UnavailableReason


@dataclass(frozen=True, slots=True)
class SignedOut:
    """A person who had to sign in again could not (`login_required`): end their local session."""


Outcome = SignIn | NotProved | Refused | Restart | Unavailable | SignedOut
"""All that `OneLoginClient.finish` returns."""
