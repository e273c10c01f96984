# SPDX-License-Identifier: MIT
"""The settings that lg-notify reads from the environment: `LG_NOTIFY_API_KEY` and the rest."""

from pydantic import Field, SecretStr

from lg_core.connection import ConnectionSettings
from lg_core.settings import read_settings
from lg_notify._platform import BASE_URL

__all__ = ["NotifySettings", "read_notify_settings"]


class NotifySettings(ConnectionSettings):
    """What `NotifyClient.from_env()` builds a client from."""

    api_key: SecretStr = Field(
        description="an API key of GOV.UK Notify (API integration, API keys)"
    )
    base_url: str = Field(default=BASE_URL, description="GOV.UK Notify's address, or a sandbox's")


def read_notify_settings() -> NotifySettings:
    """Read the settings.

    Raises:
        ConfigError: a variable is missing or wrong.
    """
    return read_settings(NotifySettings, prefix="LG_NOTIFY_")
