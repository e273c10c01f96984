# SPDX-License-Identifier: MIT
"""The settings that lg-address reads from the environment: `LG_PLACES_API_KEY` and the rest."""

from pydantic import BaseModel, Field, PositiveFloat, PositiveInt, SecretStr

from lg_address._platform import BASE_URL
from lg_core.network import Network
from lg_core.settings import read_settings

__all__ = ["PlacesSettings", "read_places_settings"]


class PlacesSettings(BaseModel):
    """What `PlacesClient.from_env()` builds a client from."""

    api_key: SecretStr = Field(description="the API key of a project in the OS Data Hub")
    base_url: str = Field(default=BASE_URL, description="OS's address, or a sandbox's")
    timeout: PositiveFloat | None = Field(
        default=None, description="seconds that a call may take, such as 10"
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


def read_places_settings() -> PlacesSettings:
    """Read the settings.

    Raises:
        ConfigError: a variable is missing or wrong.
    """
    return read_settings(PlacesSettings, prefix="LG_PLACES_")
