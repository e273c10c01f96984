# SPDX-License-Identifier: MIT
"""Say once what every identifier does: read, refuse, print, and tell pydantic how."""

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, ClassVar, Final, LiteralString, Self, TypeVar, cast

from lg_core.errors import InvalidValueError
from lg_core.identifiers.faults import IdentifierFault

if TYPE_CHECKING:
    from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
    from pydantic.json_schema import JsonSchemaValue
    from pydantic_core import CoreSchema

T = TypeVar("T", str, int)

# What a spreadsheet makes of a long number: 100012345678.0, 1.00012E+11.
_SPREADSHEET: Final = re.compile(r"[0-9]+(?:\.[0-9]*)?(?:[eE][+-]?[0-9]+)?")


class Identifier(str):
    """Hold one identifier as its canonical text, which never changes."""

    __slots__ = ()

    _name: ClassVar[str]
    _example: ClassVar[str]

    def __new__(cls, text: str) -> Self:
        """Read the text, or refuse it."""
        value: object = text
        # A UPRN is text too, and would pass for a USRN.
        if isinstance(value, Identifier) and not isinstance(value, cls):
            raise refused(
                IdentifierFault.WRONG_TYPE,
                f"A {type(value).__name__} was given for a {cls._name}. Look where it comes from.",
            )
        return super().__new__(cls, cls._canonical(value))

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read what a person, a file or a platform wrote. Calling the class does the same.

        Args:
            text: the identifier as it came.

        Returns:
            The identifier.

        Raises:
            InvalidValueError: the text is no such identifier. `code` is an `IdentifierFault`;
                the error never repeats the text.
        """
        return cls(text)

    @classmethod
    def _canonical(cls, value: object) -> str:
        return read_text(value, name=cls._name)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({str(self)!r})"

    @classmethod
    def __get_pydantic_core_schema__(
        cls, _source: type[object], _handler: "GetCoreSchemaHandler"
    ) -> "CoreSchema":
        return schema_of(cls, prints=str)

    @classmethod
    def __get_pydantic_json_schema__(
        cls, _schema: "CoreSchema", _handler: "GetJsonSchemaHandler"
    ) -> "JsonSchemaValue":
        return {"type": "string", "examples": [cls._example]}


class Digits(Identifier):
    """Hold an identifier that is a number: read from text or an int, sorted by size."""

    __slots__ = ()

    _longest: ClassVar[int]

    def __new__(cls, text: str | int) -> Self:
        """Read the digits, or refuse them."""
        return super().__new__(cls, cast("str", text))

    @classmethod
    def parse(cls, text: str | int) -> Self:
        """Read what a person, a file or a platform wrote. Calling the class does the same.

        Args:
            text: the digits as text, or a plain int.

        Returns:
            The identifier.

        Raises:
            InvalidValueError: it is no such identifier. `code` is an `IdentifierFault`; the
                error never repeats the digits.
        """
        return cls(text)

    @classmethod
    def _canonical(cls, value: object) -> str:
        return read_digits(value, name=cls._name, longest=cls._longest)

    def __lt__(self, value: str, /) -> bool:
        return _size(self) < _size(value)

    def __le__(self, value: str, /) -> bool:
        return _size(self) <= _size(value)

    def __gt__(self, value: str, /) -> bool:
        return _size(self) > _size(value)

    def __ge__(self, value: str, /) -> bool:
        return _size(self) >= _size(value)


def _size(text: str) -> tuple[int, str]:
    # Of two canonical numbers the one with more digits is the larger.
    return len(text), str(text)


def read_text(value: object, *, name: str) -> str:
    """Take text and nothing else, without the white space around it."""
    if not isinstance(value, str):
        raise refused(
            IdentifierFault.WRONG_TYPE,
            f"A {name} is read from text, not from a {type(value).__name__}.",
        )
    text = value.strip()
    if not text:
        raise refused(
            IdentifierFault.EMPTY,
            f"The {name} is empty. Where there is none, keep None and the reason.",
        )
    return text


def read_digits(value: object, *, name: str, longest: int) -> str:
    """Take digits as text, or a plain int, and return them without leading noughts."""
    # Exactly int: a bool, an amount of money or a service code is an int too.
    text = str(value) if type(value) is int else read_text(value, name=name)
    if not (text.isascii() and text.isdigit()):
        raise _not_digits(text, name=name)
    if len(text) > longest:
        raise refused(
            IdentifierFault.TOO_LONG,
            f"A {name} has at most {longest} digits. Check that it is not another number.",
        )
    digits = text.lstrip("0")
    if not digits:
        raise refused(
            IdentifierFault.ZERO,
            f"A {name} is never nought. Where there is none, keep None and the reason.",
        )
    return digits


def _not_digits(text: str, *, name: str) -> InvalidValueError:
    if _SPREADSHEET.fullmatch(text):
        return refused(
            IdentifierFault.SPREADSHEET,
            f"A spreadsheet has made a decimal of the {name}, and digits may be lost. "
            "Set the column to text and export it again.",
        )
    return refused(
        IdentifierFault.NOT_DIGITS,
        f"A {name} is digits only. Look for letters, spaces, signs or a second number.",
    )


def refused(fault: IdentifierFault, message: str) -> InvalidValueError:
    """Build the error, which never repeats what was read."""
    return InvalidValueError(message, code=fault)


def schema_of(read: Callable[[T], T], *, prints: type[T]) -> "CoreSchema":
    """Build the pydantic schema of a type that reads, and is printed as text or a number."""
    from pydantic_core import PydanticCustomError, core_schema  # noqa: PLC0415  # only a model needs it

    def validate(value: T) -> T:
        try:
            return read(value)
        except InvalidValueError as error:
            # pydantic asks for literals so that nobody puts a value into the text: ours never are.
            code = cast("LiteralString", str(error.code))
            message = cast("LiteralString", error.message)
            raise PydanticCustomError(code, message) from error

    printed = core_schema.str_schema() if prints is str else core_schema.int_schema()
    return core_schema.no_info_plain_validator_function(
        validate,
        serialization=core_schema.plain_serializer_function_ser_schema(
            prints, return_schema=printed, when_used="json"
        ),
    )
