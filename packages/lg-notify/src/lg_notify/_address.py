# SPDX-License-Identifier: MIT
"""The address of a letter in its personalisation: one way to give it, and no line lost. Pure.

Notify reads `address_line_1` to `address_line_7` under exactly these names, and `postcode` only
where there is no seventh line: with both, the postcode is dropped without a word.
"""

import re
from collections.abc import Mapping, Sequence

from lg_core.errors import InvalidValueError
from lg_notify._personalisation import WireValue, same_name

__all__ = ["with_address"]

_LINE = re.compile(r"addressline[0-9]+")
_LEAST, _MOST = 3, 7
_KEYS = tuple(f"address_line_{number}" for number in range(1, _MOST + 1))


def with_address(values: Mapping[str, WireValue], address: Sequence[str]) -> dict[str, WireValue]:
    """Return what is sent, with the address in it (docs, 'Send a letter', 'personalisation').

    Args:
        values: the personalisation.
        address: the lines, the person's name first and the postcode or country last; empty where
            the personalisation has them.

    Raises:
        InvalidValueError: there is no address or there are two, a name is written so that Notify
            does not know it, or there are fewer than 3 lines or more than 7.
    """
    given = [name for name in values if _is_line(name)]
    if address and given:
        raise InvalidValueError(
            "has lines of an address, and there is address as well: give the lines once",
            code="two_addresses",
        )
    if address:
        lines = [line for line in address if line.strip()]
        if not _LEAST <= len(lines) <= _MOST:
            raise InvalidValueError(_NUMBER, code="address_lines")
        return {**values, **dict(zip(_KEYS, lines, strict=False))}
    if any(name not in _KEYS and name != "postcode" for name in given):
        raise InvalidValueError(
            "has a line of an address under a name that Notify does not know: it knows "
            "address_line_1 to address_line_7, and postcode, written so",
            code="address_name",
        )
    if _said(values, "address_line_7") and _said(values, "postcode"):
        raise InvalidValueError(
            "has address_line_7 and postcode: Notify would print the seventh line and drop the "
            "postcode. Leave a line out, or give the lines as address",
            code="postcode_lost",
        )
    if not _LEAST <= sum(_said(values, name) for name in given) <= _MOST:
        raise InvalidValueError(_NUMBER, code="address_lines")
    return dict(values)


_NUMBER = (
    f"must have an address of {_LEAST} to {_MOST} lines: name, street, town and so on, the "
    "postcode or the country last"
)


def _is_line(name: str) -> bool:
    folded = same_name(name)
    return folded == "postcode" or _LINE.fullmatch(folded) is not None


def _said(values: Mapping[str, WireValue], name: str) -> bool:
    return bool(str(values.get(name, "")).strip())
