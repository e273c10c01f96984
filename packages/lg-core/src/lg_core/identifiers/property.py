# SPDX-License-Identifier: MIT
"""Read the numbers of properties and streets: UPRN and USRN.

Both are bare digits without a check digit, so one passes for the other as text. As types they do
not: a `Usrn` given for a `Uprn` is refused.
"""

from lg_core.identifiers._reading import Digits

__all__ = ["Uprn", "Usrn"]


class Uprn(Digits):
    """Hold a Unique Property Reference Number: 1 to 12 digits (BS 7666), never nought.

    Leading noughts are dropped, because some sources pad and some do not: `Uprn("000012345")`
    equals `Uprn("12345")`. A UPRN points to a home: `repr` does not show it, `str` does. A
    property without one is None with the reason, never 0 and never an empty text.

    Args:
        text: the digits, or a plain int, which OS Places may send. A float is refused, and so
            is what a spreadsheet made of the number (`100012345678.0`, `1.00E+11`).

    Raises:
        InvalidValueError: it is no UPRN. `code` is an `IdentifierFault`.
    """

    __slots__ = ()

    _name = "UPRN"
    _example = "100023336956"
    _longest = 12

    def __repr__(self) -> str:
        return "Uprn(...)"

    def padded(self) -> str:
        """Return all 12 digits, with leading noughts, for a system that keeps them so."""
        return self.zfill(self._longest)


class Usrn(Digits):
    """Hold a Unique Street Reference Number: 1 to 8 digits (BS 7666), never nought.

    Leading noughts are dropped; the OS Linked Identifiers API does not take them.

    Args:
        text: the digits, or a plain int.

    Raises:
        InvalidValueError: it is no USRN. `code` is an `IdentifierFault`.
    """

    __slots__ = ()

    _name = "USRN"
    _example = "20900161"
    _longest = 8
