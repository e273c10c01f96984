# SPDX-License-Identifier: MIT
"""The settings that lg-pay reads from the environment: `LG_PAY_API_KEY` and the rest."""

from pydantic import Field, SecretStr

from lg_core.connection import ConnectionSettings
from lg_core.settings import read_settings
from lg_pay._platform import BASE_URL

__all__ = ["PaySettings", "read_pay_settings"]


class PaySettings(ConnectionSettings):
    """What `PayClient.from_env()` builds a client from."""

    api_key: SecretStr = Field(
        description="an API key of the GOV.UK Pay admin tool (Settings, API keys)"
    )
    base_url: str = Field(default=BASE_URL, description="GOV.UK Pay's address, or a sandbox's")
    provider: str | None = Field(
        default=None,
        description="the account's payment provider, such as stripe or worldpay, whose limits on "
        "an amount are then checked before a payment is asked for",
    )


def read_pay_settings() -> PaySettings:
    """Read the settings.

    Raises:
        ConfigError: a variable is missing or wrong.
    """
    return read_settings(PaySettings, prefix="LG_PAY_")
