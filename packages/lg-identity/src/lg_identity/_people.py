# SPDX-License-Identifier: MIT
"""From what One Login stated, checked, to what the service is told. Pure."""

from dataclasses import replace
from hmac import compare_digest

from pydantic import SecretStr, ValidationError

from lg_identity._answers import CoreIdentityClaims, UserInfo
from lg_identity._checks import IdToken
from lg_identity._tokens import Token, refused
from lg_identity.errors import SignInFault, SignInStep
from lg_identity.identity import CoreIdentity
from lg_identity.levels import Level
from lg_identity.outcomes import NotProved, SignIn

__all__ = ["identity_in", "outcome", "signed_in"]


def signed_in(told: IdToken, info: UserInfo, *, id_token: str) -> SignIn:
    """Join the ID token with the claims (OpenID Connect Core 1.0 section 5.3.2).

    Raises:
        SignInError: the claims are about another person.
    """
    if not compare_digest(info.sub.encode(), told.subject.encode()):
        raise refused(SignInStep.USERINFO, SignInFault.SUBJECT)
    return SignIn(
        subject=told.subject,
        level=Level.SIGN_IN,
        email=info.email,
        email_verified=info.email_verified,
        phone_number=info.phone_number,
        phone_number_verified=info.phone_number_verified,
        wallet_subject_id=info.wallet_subject_id,
        return_codes=info.return_codes(),
        auth_time=told.auth_time,
        id_token=SecretStr(id_token),
    )


def identity_in(token: Token) -> CoreIdentity:
    """Read who a person is from a core identity token that was checked.

    Raises:
        SignInError: it is not of the documented form.
    """
    try:
        claims = CoreIdentityClaims.model_validate(token.claims)
    except ValidationError:
        claims = None
    # Raised outside the handler: pydantic's own error holds the name.
    if claims is None:
        raise refused(token.step, SignInFault.MALFORMED)
    return claims.value()


def outcome(
    account: SignIn, info: UserInfo, identity: CoreIdentity | None, *, level: Level
) -> SignIn | NotProved:
    """Say what was reached of what was asked for."""
    if level is Level.SIGN_IN:
        return account
    if identity is None:
        return NotProved(account)
    return replace(account, level=level, identity=identity, addresses=info.addresses())
