# SPDX-License-Identifier: MIT
"""The settings that lg-address reads from the environment: `LG_PLACES_API_KEY` and the rest."""

from pydantic import Field, SecretStr

from lg_address._platform import BASE_URL
from lg_core.connection import ConnectionSettings
from lg_core.settings import read_settings

__all__ = ["PlacesSettings", "read_places_settings"]


class PlacesSettings(ConnectionSettings):
    """What `PlacesClient.from_env()` builds a client from."""

    api_key: SecretStr = Field(description="the API key of a project in the OS Data Hub")
    base_url: str = Field(default=BASE_URL, description="OS's address, or a sandbox's")


def read_places_settings() -> PlacesSettings:
    """Read the settings.

    Raises:
        ConfigError: a variable is missing or wrong.
    """
    return read_settings(PlacesSettings, prefix="LG_PLACES_")
