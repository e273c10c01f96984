# SPDX-License-Identifier: MIT
"""Read the codes of councils and services: GSS code, custodian code and LGSL.

A code of the right form may still name nothing, or a council of the past: existence needs a
register, not a pattern.
"""

import re
from enum import StrEnum
from typing import TYPE_CHECKING, Final, Self

from lg_core.identifiers._reading import Digits, Identifier, read_digits, refused, schema_of
from lg_core.identifiers.faults import IdentifierFault

if TYPE_CHECKING:
    from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
    from pydantic.json_schema import JsonSchemaValue
    from pydantic_core import CoreSchema

__all__ = ["CustodianCode", "GssCode", "Lgsl", "Nation"]

_GSS: Final = re.compile(r"[A-Z][0-9]{8}")
_LGSL_DIGITS: Final = 5


class Nation(StrEnum):
    """The four nations of the United Kingdom."""

    ENGLAND = "england"
    NORTHERN_IRELAND = "northern-ireland"
    SCOTLAND = "scotland"
    WALES = "wales"


_NATIONS: Final = {
    "E": Nation.ENGLAND,
    "N": Nation.NORTHERN_IRELAND,
    "S": Nation.SCOTLAND,
    "W": Nation.WALES,
}


class GssCode(Identifier):
    """Hold a code of the Office for National Statistics for an area, such as `E06000066`.

    A letter for the nation (E, N, S or W) and 8 digits. It names a boundary, not the council:
    the code changes when the boundary does, so keep the date with it.

    Args:
        text: the code, in either case.

    Raises:
        InvalidValueError: it is no such code. `code` is an `IdentifierFault`.
    """

    __slots__ = ()

    _name = "GSS code"
    _example = "E06000066"

    @classmethod
    def _canonical(cls, value: object) -> str:
        text = super()._canonical(value)
        # ASCII first: some letters of other alphabets become an S or an I in upper case.
        if not text.isascii():
            raise refused(
                IdentifierFault.NOT_ASCII, "A GSS code is a letter A to Z and the digits 0 to 9."
            )
        code = text.upper()
        if not _GSS.fullmatch(code):
            raise refused(
                IdentifierFault.PATTERN,
                "A GSS code is one letter and 8 digits, such as E06000066.",
            )
        if code[0] not in _NATIONS:
            raise refused(
                IdentifierFault.NATION,
                "The GSS code is of no nation with councils: it must begin with E, N, S or W.",
            )
        return code

    @property
    def nation(self) -> Nation:
        """The nation that the first letter names."""
        return _NATIONS[self[0]]

    @property
    def entity(self) -> str:
        """The letter and the two digits that say what kind of area it is, such as `E06`."""
        return self[:3]

    @property
    def is_placeholder(self) -> bool:
        """Whether it stands for 'none', as `E99999999` does where an area has no parish."""
        return self[1:] == "99999999"


class CustodianCode(Digits):
    """Hold a local custodian code: the council that keeps the gazetteer entry of an address.

    Always four digits, as they stand at the head of an LPI key: `CustodianCode("114")` prints
    `0114`. `int()` gives the number without noughts, as OS Places and GOV.UK's tables write it.

    Args:
        text: the digits, or a plain int, which OS Places sends.

    Raises:
        InvalidValueError: it is no such code. `code` is an `IdentifierFault`.
    """

    __slots__ = ()

    _name = "custodian code"
    _example = "5360"
    _longest = 4

    @classmethod
    def _canonical(cls, value: object) -> str:
        return super()._canonical(value).zfill(cls._longest)


class Lgsl(int):
    """Hold the number of a service in the Local Government Service List, as an int.

    A service that the list lacks has no number; its `x-` identifier is another type.

    Args:
        number: the number, or its digits as text.

    Raises:
        InvalidValueError: it is no such number. `code` is an `IdentifierFault`.
    """

    __slots__ = ()

    def __new__(cls, number: int | str) -> Self:
        """Read the number, or refuse it."""
        value: object = number
        if isinstance(value, Identifier):
            raise refused(
                IdentifierFault.WRONG_TYPE,
                f"A {type(value).__name__} was given for an LGSL number.",
            )
        if isinstance(value, cls):
            value = int(value)
        return super().__new__(
            cls, int(read_digits(value, name="LGSL number", longest=_LGSL_DIGITS))
        )

    @classmethod
    def parse(cls, text: str | int) -> Self:
        """Read what a person, a file or a platform wrote. Calling the class does the same.

        Args:
            text: the digits as text, or a plain int.

        Returns:
            The service's number.

        Raises:
            InvalidValueError: it is no such number. `code` is an `IdentifierFault`.
        """
        return cls(text)

    def __repr__(self) -> str:
        return f"Lgsl({int(self)})"

    def __str__(self) -> str:
        return int.__repr__(self)

    @classmethod
    def __get_pydantic_core_schema__(
        cls, _source: type[object], _handler: "GetCoreSchemaHandler"
    ) -> "CoreSchema":
        return schema_of(cls, prints=int)

    @classmethod
    def __get_pydantic_json_schema__(
        cls, _schema: "CoreSchema", _handler: "GetJsonSchemaHandler"
    ) -> "JsonSchemaValue":
        return {"type": "integer", "minimum": 1}
