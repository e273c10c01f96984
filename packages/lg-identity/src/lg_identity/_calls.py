# SPDX-License-Identifier: MIT
"""The operations of One Login, one function each. Pure: each returns a `Call`."""

from pydantic import SecretStr

from lg_core.calls import Call, Repeat
from lg_identity._answers import DidDocument, Discovery, KeySet, TokenAnswer, UserInfo

__all__ = [
    "CAPABILITIES",
    "exchange_code",
    "read_did",
    "read_discovery",
    "read_keys",
    "read_userinfo",
]

CAPABILITIES = (
    "lg-identity.read_did",
    "lg-identity.read_discovery",
    "lg-identity.read_keys",
    "lg-identity.read_userinfo",
    "lg-identity.sign_in",
)
"""The names that are counted."""

_SMALL = 256 * 1024
"""The largest document taken, in bytes: One Login's have a few kilobytes."""
_ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


def read_discovery(path: str) -> Call[Discovery]:
    """Ask what One Login says of itself (OpenID Connect Discovery 1.0 section 4)."""
    return Call(
        "GET",
        path,
        capability="lg-identity.read_discovery",
        read=Discovery,
        repeat=Repeat.ALWAYS,
        max_answer=_SMALL,
    )


def read_keys(path: str) -> Call[KeySet]:
    """Ask for the keys of ID tokens (RFC 7517 section 5)."""
    return Call(
        "GET",
        path,
        capability="lg-identity.read_keys",
        read=KeySet,
        repeat=Repeat.ALWAYS,
        max_answer=_SMALL,
    )


def read_did(path: str) -> Call[DidDocument]:
    """Ask for the keys of identities (One Login, 'Validate the core identity claim JWT')."""
    return Call(
        "GET",
        path,
        capability="lg-identity.read_did",
        read=DidDocument,
        repeat=Repeat.ALWAYS,
        max_answer=_SMALL,
    )


def exchange_code(
    path: str, *, code: str, redirect_uri: str, assertion: str, code_verifier: SecretStr
) -> Call[TokenAnswer]:
    """Give the code for tokens (One Login, 'Make a token request'; RFC 7523 section 2.2).

    A code can be used once, and so can an assertion: a client makes a new call for each attempt.
    """
    return Call(
        "POST",
        path,
        capability="lg-identity.sign_in",
        read=TokenAnswer,
        repeat=Repeat.IF_NOT_SENT,
        form={
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": redirect_uri,
            "client_assertion_type": _ASSERTION_TYPE,
            "client_assertion": assertion,
            "code_verifier": code_verifier.get_secret_value(),
        },
        find_out="Nobody is signed in, and the code may be spent: start the sign-in again.",
        max_answer=_SMALL,
    )


def read_userinfo(path: str, *, access_token: str) -> Call[UserInfo]:
    """Ask for the claims of the person who signed in (RFC 6750 section 2.1)."""
    return Call(
        "GET",
        path,
        capability="lg-identity.read_userinfo",
        read=UserInfo,
        repeat=Repeat.ALWAYS,
        headers={"authorization": f"Bearer {access_token}"},
    )
