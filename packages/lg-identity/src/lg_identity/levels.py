# SPDX-License-Identifier: MIT
"""What a service may ask One Login for: a level, scopes and claims."""

from enum import StrEnum

__all__ = ["Claim", "Level", "Scope"]


class Level(StrEnum):
    """How sure a service needs to be, as One Login's vector of trust (technical documentation).

    Ask for the lowest level that will do. For an identity, first ask for a sign-in, then for the
    identity in a second request: more people come through.
    """

    SIGN_IN = "Cl.Cm"
    """The same person as last time, with two factors. Says nothing of who that is."""
    IDENTITY = "Cl.Cm.P2"
    """Proved to be who they say, at a medium level of confidence (GPG 45)."""


class Scope(StrEnum):
    """What a sign-in tells besides the subject. `openid` is always asked for."""

    EMAIL = "email"
    PHONE = "phone"
    WALLET_SUBJECT_ID = "wallet-subject-id"


class Claim(StrEnum):
    """What an identity tells. Each must be registered for the client, and needs an identity."""

    CORE_IDENTITY = "https://vocab.account.gov.uk/v1/coreIdentityJWT"
    """Names and dates of birth. Always asked for with `Level.IDENTITY`."""
    ADDRESS = "https://vocab.account.gov.uk/v1/address"
    """Every address that One Login checked, past ones included."""
    RETURN_CODE = "https://vocab.account.gov.uk/v1/returnCode"
    """Why an identity was not proved, as letters whose meaning One Login tells on request."""
