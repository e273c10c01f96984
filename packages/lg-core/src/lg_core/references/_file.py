# SPDX-License-Identifier: MIT
"""Read the profiles of a council from a TOML file, and say all that is wrong with it at once."""

from typing import Annotated, Any, Final

from pydantic import Field, StrictBool, StrictInt, StrictStr

from lg_core.errors import InvalidValueError
from lg_core.models import RequestModel
from lg_core.references._profile import ReferenceProfile
from lg_core.references._rules import CheckKind, CheckRule
from lg_core.toml_files import TomlFile, TomlFileError

__all__ = ["read_profiles"]

_NAME: Final = r"^[a-z0-9]+(-[a-z0-9]+)*$"
_WORDS: Final = {
    "dict_type": "must be a table",
    "model_type": "must be a table",
    "string_pattern_mismatch": "must be a name of small letters, digits and hyphens",
    "tuple_type": "must be a list, in square brackets",
}
Name = Annotated[StrictStr, Field(pattern=_NAME, max_length=60)]


class _CheckPart(RequestModel):
    """The table `check` of a profile."""

    rule: CheckKind = CheckKind.WEIGHTED_SUM
    modulus: StrictInt
    weights: tuple[StrictInt, ...]
    subtract: StrictBool
    results: dict[str, StrictStr] = Field(default_factory=dict)
    replace: dict[str, StrictStr] = Field(default_factory=dict)

    def as_rule(self) -> CheckRule:
        """Return the rule."""
        if not all(number.isascii() and number.isdigit() for number in self.results):
            raise InvalidValueError(
                'results must name whole numbers, such as 10 = "A".', field="results"
            )
        return CheckRule(
            modulus=self.modulus,
            weights=self.weights,
            kind=self.rule,
            subtract=self.subtract,
            results={int(number): stands for number, stands in self.results.items()},
            replace=self.replace,
        )


class _ProfilePart(RequestModel):
    """One table of `references`."""

    title: StrictStr = ""
    masks: tuple[StrictStr, ...]
    shortest: StrictInt | None = None
    prefixes: tuple[StrictStr, ...] = ()
    ignored: StrictStr = " -"
    example_of: StrictStr = ""
    check: _CheckPart | None = None

    def as_profile(self, name: str) -> ReferenceProfile:
        """Return the profile."""
        return ReferenceProfile(
            name=name,
            title=self.title,
            masks=self.masks,
            shortest=self.shortest,
            prefixes=self.prefixes,
            ignored=self.ignored,
            example_of=self.example_of,
            check=self.check.as_rule() if self.check else None,
        )


class _File(RequestModel):
    """A whole file."""

    references: Annotated[dict[Name, _ProfilePart], Field(min_length=1)]


def read_profiles(text: str, *, name: str) -> tuple[ReferenceProfile, ...]:
    """Turn the text of a file into profiles.

    Args:
        text: TOML.
        name: the name of the file, for the error.

    Returns:
        The profiles, in the order of the file.

    Raises:
        TomlFileError: the text is no TOML, or profiles are wrong; every fault has its line.
    """
    file = TomlFile(text)
    profiles: list[ReferenceProfile] = []
    parts: dict[str, _ProfilePart] = {}
    try:
        parts = {} if file.faults else _File(**dict[str, Any](file.data)).references
    except InvalidValueError as error:
        for where, code, what in error.faults:
            file.fault(tuple(where.split(".")), f"{_WORDS.get(code, what).rstrip('.')}.")
    except TypeError:  # a key that cannot be the name of an argument
        what = "has a key with the name self, which no table of this file has."
        file.fault(("references",), what)
    for key, part in parts.items():
        try:
            profiles.append(part.as_profile(key))
        except InvalidValueError as error:
            file.fault(("references", key), f"cannot be used. {error.message}")
    if file.faults:
        raise TomlFileError(name, file.faults)
    return tuple(profiles)
