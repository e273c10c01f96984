# SPDX-License-Identifier: MIT
"""The settings that lg-notify reads from the environment: `LG_NOTIFY_API_KEY` and the rest."""

from pydantic import BaseModel, Field, PositiveFloat, PositiveInt, SecretStr

from lg_core.network import Network
from lg_core.settings import read_settings
from lg_notify._platform import BASE_URL

__all__ = ["NotifySettings", "read_notify_settings"]


class NotifySettings(BaseModel):
    """What `NotifyClient.from_env()` builds a client from."""

    api_key: SecretStr = Field(
        description="an API key of GOV.UK Notify (API integration, API keys)"
    )
    base_url: str = Field(default=BASE_URL, description="GOV.UK Notify's address, or a sandbox's")
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


def read_notify_settings() -> NotifySettings:
    """Read the settings.

    Raises:
        ConfigError: a variable is missing or wrong.
    """
    return read_settings(NotifySettings, prefix="LG_NOTIFY_")
