# SPDX-License-Identifier: MIT
"""The settings that lg-identity reads from the environment, `LG_ONE_LOGIN_...`."""

from typing import Any

from pydantic import Field, SecretStr

from lg_core.connection import ConnectionSettings
from lg_core.settings import read_settings
from lg_identity.settings import IdTokenAlgorithm, OneLoginEnvironment, SigningAlgorithm

__all__ = ["OneLoginVariables", "read_environment"]


class OneLoginVariables(ConnectionSettings):
    """What the variables say."""

    client_id: str = Field(description="the client id that One Login gave your service")
    private_key: SecretStr = Field(description="your RSA private key as PEM")
    key_id: str = Field(description="the kid of that key in your JWKS")
    redirect_uri: str = Field(description="the registered address that the browser comes back to")
    environment: OneLoginEnvironment = Field(
        default=OneLoginEnvironment.INTEGRATION, description="integration or production"
    )
    issuer: str = Field(default="", description="a sandbox's issuer")
    core_identity_issuer: str = Field(default="", description="a sandbox's issuer of identities")
    did_url: str = Field(default="", description="the address of a sandbox's DID document")
    did_id: str = Field(default="", description="the id of a sandbox's DID document")
    signing_algorithm: SigningAlgorithm = Field(
        default=SigningAlgorithm.RS256, description="RS256 or PS256"
    )
    id_token_algorithm: IdTokenAlgorithm = Field(
        default=IdTokenAlgorithm.ES256, description="ES256 or RS256, as registered"
    )
    jar: bool = Field(default=True, description="whether requests are sent as signed objects")
    leeway: int = Field(default=30, description="seconds that another clock may be ahead")
    user_agent: str | None = Field(
        default=None, description="your platform, its version and your service's address"
    )

    def registration(self) -> dict[str, Any]:
        """Return the arguments of `OneLoginSettings`."""
        connection = ConnectionSettings.model_fields
        return {
            name: getattr(self, name) for name in type(self).model_fields if name not in connection
        }


def read_environment() -> OneLoginVariables:
    """Read the variables.

    Raises:
        ConfigError: a variable is missing or wrong.
    """
    return read_settings(OneLoginVariables, prefix="LG_ONE_LOGIN_")
