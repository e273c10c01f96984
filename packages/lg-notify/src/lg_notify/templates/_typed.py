# SPDX-License-Identifier: MIT
"""What a generated module stands on: what a template is, yes and no, and the pair of languages."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Generic, Protocol, TypeVar

from lg_core.errors import ConfigError, InvalidValueError
from lg_core.texts import Language
from lg_notify._personalisation import same_name

__all__ = ["About", "FromTemplate", "Pair", "with_postcode", "yes_or_no"]

_LEAST, _MOST = 3, 7


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What is known of a template.

    Attributes:
        id: Notify's id of it.
        name: its name on Notify's pages, when the module was made.
        type: `sms`, `email` or `letter`.
        version: its version then.
        language: its language, in which days are written.
        placeholders: the names of its placeholders, as the template writes them.
    """

    id: str
    name: str
    type: str
    version: int
    language: Language = Language.ENGLISH
    placeholders: Sequence[str] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "placeholders", tuple(self.placeholders))


class FromTemplate(Protocol):
    """A class that was made from a template."""

    about: ClassVar[About]


E = TypeVar("E", bound=FromTemplate)
C = TypeVar("C", bound=FromTemplate)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair(Generic[E, C]):
    """The same message in English and in Welsh. The resident chooses, and not the sender.

        BIN_DAY.choose(resident.language)(name="Sam", day=day).to("07700 900123")

    Attributes:
        en: the class of the English template.
        cy: the class of the Welsh one.

    Raises:
        ConfigError: the two are not of one type, or ask for different placeholders.
    """

    en: type[E]
    cy: type[C]

    def __post_init__(self) -> None:
        english, welsh = self.en.about, self.cy.about
        if english.type != welsh.type:
            raise ConfigError(
                "The two templates of a pair must be of one type. Change one in GOV.UK Notify, or "
                "pair others.",
                setting="Pair",
            )
        if _keys(english) != _keys(welsh):
            raise ConfigError(
                "The two templates of a pair must ask for the same placeholders. Change one in "
                "GOV.UK Notify, and run lg-notify templates pull.",
                setting="Pair",
            )

    def choose(self, language: str, /) -> type[E] | type[C]:
        """Return the class for a language.

        Args:
            language: what the resident chose, a `Language`; English for any other.
        """
        return self.cy if language == Language.WELSH else self.en


def _keys(about: About) -> set[str]:
    return set(map(same_name, about.placeholders))


def yes_or_no(flag: object, /) -> str:
    """Return what Notify must be given for the flag of a condition (docs, 'Optional content').

    Args:
        flag: True or False. A text is refused: "on" would count as false, and "false" too.

    Returns:
        `yes` or `no`.

    Raises:
        InvalidValueError: it is neither True nor False.
    """
    if flag is True or flag is False:
        return "yes" if flag else "no"
    raise InvalidValueError(
        "The flag of a condition must be True or False.", field="personalisation", code="not_a_flag"
    )


def with_postcode(address: Sequence[str], /) -> dict[str, str]:
    """Return the lines of an address under their names, the last one as the postcode.

    For a letter whose text shows ((postcode)): Notify then wants it under this name, and not as
    the last line (docs, 'Send a letter').

    Args:
        address: 3 to 7 lines: the person's name first, the postcode last.

    Returns:
        `address_line_1` and so on, and `postcode`.

    Raises:
        InvalidValueError: there are fewer lines or more.
    """
    lines = [line for line in address if line.strip()]
    if not _LEAST <= len(lines) <= _MOST:
        raise InvalidValueError(
            f"address must have {_LEAST} to {_MOST} lines: name, street, town and so on, the "
            "postcode last.",
            field="address",
            code="address_lines",
        )
    *first, last = lines
    return {f"address_line_{at}": line for at, line in enumerate(first, start=1)} | {
        "postcode": last
    }
