# SPDX-License-Identifier: MIT
"""The options that several commands have, and how they read days and amounts."""

from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Annotated, Final
from zoneinfo import ZoneInfo

from lg_core.cli import account_option, agreed, day_of, file_option, json_option, yes_option
from lg_core.errors import InvalidValueError
from lg_core.money import Pence, parse_pounds

__all__ = [
    "Account",
    "Json",
    "SettingsFile",
    "Yes",
    "agreed",
    "amount_of",
    "day_of",
    "days_between",
]

_LONDON: Final = ZoneInfo("Europe/London")

SettingsFile = Annotated[Path | None, file_option("lg-pay.toml", variable="LG_PAY_FILE")]
Account = Annotated[str | None, account_option()]
Json = Annotated[bool, json_option()]
Yes = Annotated[bool, yes_option()]


def days_between(first: date | None, last: date | None) -> tuple[datetime, datetime | None] | None:
    """Return the start of the first day in London and the end of the last one.

    Raises:
        InvalidValueError: the last day is before the first.
    """
    if first is None:
        if last is None:
            return None
        raise InvalidValueError("--to needs --from beside it.", field="--to")
    if last is not None and last < first:
        raise InvalidValueError("--to is a day before --from.", field="--to")
    after = None if last is None else _midnight(last + timedelta(days=1))
    return _midnight(first), after


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=_LONDON)


def amount_of(text: str, *, option: str) -> Pence:
    """Read an amount in pounds that was typed as 12.50.

    Raises:
        InvalidValueError: it is no amount, or none above nought.
    """
    wrong = ""
    amount = Pence(0)
    try:
        amount = parse_pounds(text)
    except InvalidValueError as error:
        wrong = error.message
    if amount <= 0:
        raise InvalidValueError(
            f"{option}: {wrong or 'The amount must be above nought.'}", field=option
        )
    return amount
