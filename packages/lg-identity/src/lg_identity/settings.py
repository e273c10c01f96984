# SPDX-License-Identifier: MIT
"""What a service tells `OneLoginClient` of its registration, and where One Login is."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Self

from pydantic import SecretStr

from lg_core.errors import ConfigError
from lg_core.settings import check_base_url, check_secret

__all__ = ["IdTokenAlgorithm", "OneLoginEnvironment", "OneLoginSettings", "SigningAlgorithm"]

_LONGEST_LEEWAY = 60
"""An ID token lives 120 seconds, so a clock may be wrong by far less."""


class OneLoginEnvironment(StrEnum):
    """One Login's environments, each with its own registration and keys."""

    INTEGRATION = "integration"
    """For tests, without real personal data."""
    PRODUCTION = "production"


class SigningAlgorithm(StrEnum):
    """How a service signs (RSA only: One Login refuses other keys from a service)."""

    RS256 = "RS256"
    PS256 = "PS256"


class IdTokenAlgorithm(StrEnum):
    """How One Login signs ID tokens: the client's registered `IdTokenSigningAlgorithm`."""

    ES256 = "ES256"
    RS256 = "RS256"


@dataclass(frozen=True, slots=True, kw_only=True)
class OneLoginSettings:
    r"""A service's registration with GOV.UK One Login. Its `repr` shows none of its texts.

    The issuer of identities and the DID document are not in One Login's discovery document: they
    are settings, so that nobody who answers can name their own (technical documentation, 'Validate
    the core identity claim JWT using a public key'). The environment sets all four addresses; set
    them singly only for a sandbox.

    Args:
        client_id: the client's registered id.
        private_key: the RSA private key as PEM, at least 2,048 bits. `\n` in one line is read as
            a new line, as environment variables hold it.
        key_id: the `kid` under which your JWKS endpoint publishes its public half.
        redirect_uri: where the browser comes back, exactly as registered.
        environment: which One Login.
        issuer: the OIDC issuer, its last slash included.
        core_identity_issuer: the issuer of identities.
        did_url: the DID document that holds the keys of identities.
        did_id: the document's id.
        signing_algorithm: how the service signs.
        id_token_algorithm: how One Login signs ID tokens for this client.
        jar: send the request as a signed object (RFC 9101). Production clients may require it.
        leeway: how far another clock may be ahead of ours, in seconds, 0 to 60.
        user_agent: your platform, its version and your service's address, such as
            `Bins/1.4 (https://www.example.gov.uk)`. It stands before our own in each call.

    Raises:
        ConfigError: a setting cannot be used. The text never repeats it.
    """

    client_id: str = field(repr=False)
    private_key: SecretStr = field(repr=False)
    key_id: str = field(repr=False)
    redirect_uri: str = field(repr=False)
    environment: OneLoginEnvironment = OneLoginEnvironment.INTEGRATION
    issuer: str = field(default="", repr=False)
    core_identity_issuer: str = field(default="", repr=False)
    did_url: str = field(default="", repr=False)
    did_id: str = field(default="", repr=False)
    signing_algorithm: SigningAlgorithm = SigningAlgorithm.RS256
    id_token_algorithm: IdTokenAlgorithm = IdTokenAlgorithm.ES256
    jar: bool = True
    leeway: int = 30
    user_agent: str | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        """Fill in what the environment says, and refuse at once what would fail later."""
        for name, preset in _ADDRESSES[self.environment].items():
            if not getattr(self, name):
                object.__setattr__(self, name, preset)
        for name in ("client_id", "key_id", "did_id"):
            check_secret(getattr(self, name), setting=name)
        for name in ("redirect_uri", "issuer", "core_identity_issuer", "did_url"):
            check_base_url(getattr(self, name), setting=name)
        if not self.private_key.get_secret_value().strip():
            raise ConfigError("private_key is blank: set it to the PEM.", setting="private_key")
        if not 0 <= self.leeway <= _LONGEST_LEEWAY:
            raise ConfigError(f"leeway must be 0 to {_LONGEST_LEEWAY} seconds.", setting="leeway")

    @classmethod
    def from_env(cls) -> Self:
        """Read the settings from environment variables.

        `LG_ONE_LOGIN_CLIENT_ID`, `LG_ONE_LOGIN_PRIVATE_KEY`, `LG_ONE_LOGIN_KEY_ID` and
        `LG_ONE_LOGIN_REDIRECT_URI` are required. `LG_ONE_LOGIN_` and the name of any other
        argument, in capitals, sets that argument.

        Raises:
            ConfigError: a variable is missing or wrong; the text says which and what to do.
        """
        from lg_identity._environment import read_environment  # noqa: PLC0415 -- this way in alone

        return cls(**read_environment().registration())


def _addresses(host: str) -> dict[str, str]:
    return {
        "issuer": f"https://oidc.{host}/",
        "core_identity_issuer": f"https://identity.{host}/",
        "did_url": f"https://identity.{host}/.well-known/did.json",
        "did_id": f"did:web:identity.{host}",
    }


_ADDRESSES = {
    OneLoginEnvironment.INTEGRATION: _addresses("integration.account.gov.uk"),
    OneLoginEnvironment.PRODUCTION: _addresses("account.gov.uk"),
}
