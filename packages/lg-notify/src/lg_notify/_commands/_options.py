# SPDX-License-Identifier: MIT
"""The options that several commands have."""

from pathlib import Path
from typing import Annotated

from lg_core.cli import account_option, agreed, day_of, file_option, json_option, yes_option

__all__ = ["Account", "Json", "SettingsFile", "Yes", "agreed", "day_of"]

SettingsFile = Annotated[Path | None, file_option("lg-notify.toml", variable="LG_NOTIFY_FILE")]
Account = Annotated[str | None, account_option()]
Json = Annotated[bool, json_option()]
Yes = Annotated[bool, yes_option()]
