# SPDX-License-Identifier: MIT
"""The settings that every client reads from the environment, beside its own credentials."""

from pydantic import BaseModel, ConfigDict, Field, PositiveFloat, PositiveInt

from lg_core.network import Network

__all__ = ["ConnectionSettings"]


class ConnectionSettings(BaseModel):
    """The variables that every client reads: how long, how often, and by which way.

    A component's own settings add the credentials and the address.

    Attributes:
        timeout: seconds that a call may take.
        attempts: how often a call is tried.
        proxy: a proxy's address.
        ca_file: a PEM file of certificate authorities to trust.
    """

    model_config = ConfigDict(defer_build=True)  # an import stays cheap

    timeout: PositiveFloat | None = Field(
        default=None, description="seconds that a call may take, such as 30"
    )
    attempts: PositiveInt | None = Field(
        default=None, description="how often a call is tried, such as 4"
    )
    proxy: str | None = Field(default=None, description="a proxy's address, http://host:port")
    ca_file: str | None = Field(
        default=None, description="a PEM file of certificate authorities to trust"
    )

    def network(self) -> Network:
        """Return how the platform is reached."""
        return Network(proxy=self.proxy, ca_file=self.ca_file)
