# SPDX-License-Identifier: MIT
"""Texts for residents, in English and Welsh.

A text is a whole sentence in each language: Welsh words change with what stands before them, so a
word filled into a frame would come out wrong. Only names, numbers, money and dates fill a slot.
Each text says whether its Welsh has been read by a translator. A component keeps its texts in a
catalogue, a TOML file in which a council may override any of them.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Self, cast

from lg_core.errors import ConfigError, InvalidValueError

__all__ = ["Catalogue", "Language", "Plural", "Review", "Text"]

_SLOT = re.compile(r"\{([a-z_]+)\}")
_FORMS = {"en": ("one", "other"), "cy": ("zero", "one", "two", "few", "many", "other")}


class Language(StrEnum):
    """A language of a page or a message, by its BCP 47 code."""

    ENGLISH = "en"
    WELSH = "cy"


class Review(StrEnum):
    """How far a translation has come."""

    DRAFT = "draft"
    REVIEWED = "reviewed"


@dataclass(frozen=True, slots=True)
class Text:
    """A sentence, in English and Welsh.

    Args:
        en: the text in English; `{name}` is a slot.
        cy: the text in Welsh, with the same slots; where it is empty the English is shown.
        welsh_review: whether the Welsh has been read by a translator.

    Raises:
        InvalidValueError: the two languages do not have the same slots.
    """

    en: str
    cy: str = ""
    welsh_review: Review = Review.DRAFT

    def __post_init__(self) -> None:
        if self.cy and _slots(self.en) != _slots(self.cy):
            raise InvalidValueError(
                "A text must have the same slots in English and in Welsh: "
                f"{_named(_slots(self.en))} and {_named(_slots(self.cy))}.",
                field="cy",
                code="slots",
            )

    def text(self, language: str = Language.ENGLISH, /, **slots: object) -> str:
        """Return the text in a language.

        Args:
            language: `en` or `cy`; English for any other, and where there is no Welsh.
            slots: a value for each slot: a name, a number, money or a date as it is to be shown.

        Raises:
            InvalidValueError: a slot has no value.
        """
        chosen = self.cy if language == Language.WELSH and self.cy else self.en
        return _filled(chosen, slots)


@dataclass(frozen=True, slots=True)
class Plural:
    """A sentence about a number, in each of its forms (Unicode CLDR, 'Language Plural Rules').

    Args:
        en: the forms `one` and `other`; each may use the slot `{n}`.
        cy: the forms `zero`, `one`, `two`, `few` (3), `many` (6) and `other`; none, where there
            is no Welsh.
        welsh_review: whether the Welsh has been read by a translator.

    Raises:
        InvalidValueError: a form is missing, or is not one of the language's, or the Welsh has a
            slot that the English has not.
    """

    en: Mapping[str, str]
    cy: Mapping[str, str]
    welsh_review: Review = Review.DRAFT

    def __post_init__(self) -> None:
        for language, forms in (("en", self.en), ("cy", self.cy)):
            if (forms or language == "en") and set(forms) != set(_FORMS[language]):
                raise InvalidValueError(
                    f"A text about a number needs these forms in {language}: "
                    f"{', '.join(_FORMS[language])}.",
                    field=language,
                    code="forms",
                )
        strange = {slot for form in self.cy.values() for slot in _slots(form)} - _all_slots(self)
        if strange:
            raise InvalidValueError(
                f"A text about a number has slots in Welsh that it has not in English: "
                f"{_named(frozenset(strange))}.",
                field="cy",
                code="slots",
            )

    def text(self, language: str = Language.ENGLISH, /, *, n: int, **slots: object) -> str:
        """Return the form for a number.

        Args:
            language: `en` or `cy`; English for any other, and where there is no Welsh.
            n: the number.
            slots: values of other slots.

        Raises:
            InvalidValueError: a slot has no value.
        """
        if language == Language.WELSH and self.cy:
            form = self.cy[{0: "zero", 1: "one", 2: "two", 3: "few", 6: "many"}.get(n, "other")]
        else:
            form = self.en["one" if n == 1 else "other"]
        return _filled(form, {"n": n, **slots})


class Catalogue(Mapping[str, Text | Plural]):
    """The texts of a component, by name.

    A TOML table a text: `en`, `cy` and `welsh = "reviewed"` once a translator has read it. A text
    about a number has a table of forms in place of each sentence.

    Args:
        texts: the texts by name.
    """

    __slots__ = ("_texts",)

    def __init__(self, texts: Mapping[str, Text | Plural]) -> None:
        self._texts = dict(texts)

    @classmethod
    def of_package(cls, package: str, name: str = "texts.toml") -> Self:
        """Read the catalogue that a package ships.

        Args:
            package: the import name of the package.
            name: the file's name.
        """
        from importlib.resources import files  # noqa: PLC0415 -- a text alone needs no file

        return cls.from_toml(files(package).joinpath(name).read_text("utf-8"))

    @classmethod
    def from_toml(cls, toml: str) -> Self:
        """Read a catalogue.

        Args:
            toml: the text of the file.

        Returns:
            The catalogue.

        Raises:
            ConfigError: it is not TOML, or a text in it is not whole.
        """
        import tomllib  # noqa: PLC0415 -- a text alone needs no file

        try:
            tables = tomllib.loads(toml)
        except tomllib.TOMLDecodeError as error:
            raise ConfigError(f"The texts are not valid TOML: {error}.") from None
        return cls.from_tables(tables)

    @classmethod
    def from_tables(cls, tables: Mapping[str, object]) -> Self:
        """Read a catalogue that stands in a file with other settings.

        Args:
            tables: a table for each text, as TOML gives them.

        Returns:
            The catalogue.

        Raises:
            ConfigError: a text is not whole.
        """
        return cls({name: _read(name, table) for name, table in tables.items()})

    def override(self, other: "Catalogue") -> "Catalogue":
        """Return this catalogue with a council's own texts in place of ours.

        Args:
            other: the council's texts; only names that this catalogue has.

        Raises:
            ConfigError: a name is not in this catalogue, or a text has a slot that ours has not.
        """
        for name, text in other.items():
            if name not in self:
                raise ConfigError(
                    f"There is no text named {name!r} to override. The names are: "
                    f"{', '.join(sorted(self))}."
                )
            strange = _all_slots(text) - _all_slots(self[name])
            if strange or type(text) is not type(self[name]):
                raise ConfigError(
                    f"The text {name!r} must have the same slots and forms as the one that it "
                    f"overrides; {_named(strange)} is not known there."
                )
        return Catalogue({**self._texts, **other})

    def drafts(self) -> tuple[str, ...]:
        """The names of the texts whose Welsh no translator has read, in order."""
        return tuple(
            sorted(name for name, text in self.items() if text.welsh_review is Review.DRAFT)
        )

    def say(self, name: str, /, language: str = Language.ENGLISH, **slots: Any) -> str:  # noqa: ANN401 -- a slot takes what can be shown
        """Return a text in a language.

        Args:
            name: the text's name.
            language: `en` or `cy`.
            slots: the slots' values; `n` for a text about a number.

        Raises:
            KeyError: there is no such text.
            InvalidValueError: a slot has no value.
        """
        return self._texts[name].text(language, **slots)

    def __getitem__(self, name: str) -> Text | Plural:
        return self._texts[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._texts)

    def __len__(self) -> int:
        return len(self._texts)

    def __repr__(self) -> str:
        return f"Catalogue of {len(self)} texts"


def _slots(text: str) -> frozenset[str]:
    return frozenset(_SLOT.findall(text))


def _all_slots(text: Text | Plural) -> frozenset[str]:
    if isinstance(text, Text):
        return _slots(text.en)
    return frozenset({"n", *(slot for form in text.en.values() for slot in _slots(form))})


def _named(slots: frozenset[str]) -> str:
    return ", ".join(f"{{{slot}}}" for slot in sorted(slots)) or "none"


def _filled(text: str, slots: Mapping[str, object]) -> str:
    def fill(found: re.Match[str]) -> str:
        try:
            return str(slots[found[1]])
        except KeyError:
            raise InvalidValueError(
                f"The text has a slot {{{found[1]}}} that was given no value.",
                field=found[1],
                code="no_value",
            ) from None

    return _SLOT.sub(fill, text)


def _forms(table: object) -> dict[str, str] | None:
    if not isinstance(table, dict):
        return None
    forms = cast("dict[str, object]", table)
    if not all(isinstance(form, str) for form in forms.values()):
        return None
    return cast("dict[str, str]", forms)


def _read(name: str, table: object) -> Text | Plural:
    fault = ConfigError(
        f"The text {name!r} must be a table with en, and cy and welsh where there is Welsh."
    )
    if not isinstance(table, dict):
        raise fault
    fields = cast("dict[str, Any]", table)
    if not {"en"} <= set(fields) <= {"en", "cy", "welsh"}:
        raise fault
    try:
        review = Review(fields.get("welsh", Review.DRAFT))
        if isinstance(fields["en"], dict):
            en, cy = (_forms(fields.get(tongue, {})) for tongue in ("en", "cy"))
            if en is None or cy is None:
                raise fault
            return Plural(en, cy, review)
        if not isinstance(fields["en"], str) or not isinstance(fields.get("cy", ""), str):
            raise fault
        return Text(fields["en"], fields.get("cy", ""), review)
    except (ValueError, InvalidValueError) as error:
        raise ConfigError(f"The text {name!r} cannot be used: {error}") from None
