# SPDX-License-Identifier: MIT
"""Which template is the Welsh one of another: by the end of its name, or as a file says."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Protocol, cast

from lg_core.toml_files import TomlFile, TomlFileError, read_text_file

__all__ = ["SUFFIXES", "Found", "Named", "WelshRule", "paired", "read_welsh_rule"]

SUFFIXES: Final = (" (Cymraeg)", " (Welsh)", " - Cymraeg", " - Welsh")
"""How councils end the name of a Welsh template."""
_ENGLISH: Final = ("", " (English)", " - English")


class Named(Protocol):
    """A template, as far as pairing needs it."""

    @property
    def id(self) -> str:
        """Notify's id of it."""
        ...

    @property
    def name(self) -> str:
        """Its name on Notify's pages."""
        ...

    @property
    def type(self) -> str:
        """`sms`, `email` or `letter`."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class WelshRule:
    """How a Welsh template is known.

    Attributes:
        suffixes: how its name ends, after the name of the English one.
        pairs: the Welsh template of an English one, each by its name or its id.
    """

    suffixes: tuple[str, ...] = SUFFIXES
    pairs: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True, slots=True)
class Found:
    """What a rule found.

    Attributes:
        pairs: the id of the Welsh template by the id of the English one.
        welsh: the ids of the Welsh templates, also of those without an English one.
        unknown: names of the rule that no template has, or that several have.
    """

    pairs: Mapping[str, str]
    welsh: frozenset[str]
    unknown: tuple[str, ...] = ()


def read_welsh_rule(path: str | os.PathLike[str]) -> WelshRule:
    """Read the rule from a TOML file.

        suffixes = [" (Cymraeg)"]

        [pairs]
        "Bin day" = "Diwrnod bin"      # the English template = the Welsh one, by name or id

    Args:
        path: the file.

    Returns:
        The rule.

    Raises:
        ConfigError: the file cannot be read, or something in it is wrong.
    """
    name, text = read_text_file(path, what="file of pairs", setting="--pairs")
    file = TomlFile(text)
    file.known((), file.data, ("suffixes", "pairs"))
    suffixes = file.data.get("suffixes", list(SUFFIXES))
    given = cast("list[object]", suffixes) if isinstance(suffixes, list) else []
    ends = tuple(each for each in given if isinstance(each, str) and each.strip())
    if not isinstance(suffixes, list) or len(ends) < len(given):
        file.fault(("suffixes",), 'must be a list of texts, such as [" (Cymraeg)"].')
    table = file.table(("pairs",), file.data.get("pairs", {}))
    pairs = {english: file.text(("pairs",), table, english) for english in table}
    if file.faults:
        raise TomlFileError(name, file.faults)
    return WelshRule(
        suffixes=ends, pairs={english: welsh for english, welsh in pairs.items() if welsh}
    )


def paired(templates: Sequence[Named], rule: WelshRule) -> Found:
    """Find the pairs among templates.

    Args:
        templates: the templates.
        rule: how a Welsh one is known.

    Returns:
        The pairs. What the rule names goes before what ends of names say.
    """
    pairs: dict[str, str] = {}
    unknown: list[str] = []
    for english, welsh in rule.pairs.items():
        one, other = _named(english, templates), _named(welsh, templates)
        for name, found in ((english, one), (welsh, other)):
            if found is None:
                unknown.append(name)
        if one is not None and other is not None:
            pairs[one.id] = other.id
    welsh_ids = set(pairs.values())
    for template in templates:
        stem = _stem(template.name, rule.suffixes)
        if stem is None or template.id in welsh_ids or template.id in pairs:
            continue
        welsh_ids.add(template.id)
        english_ids = [
            each.id
            for each in templates
            if each.type == template.type
            and each.name.casefold() in {f"{stem}{end}".casefold() for end in _ENGLISH}
        ]
        if len(english_ids) == 1 and english_ids[0] not in pairs:
            pairs[english_ids[0]] = template.id
    return Found(pairs, frozenset(welsh_ids), tuple(unknown))


def _stem(name: str, suffixes: Sequence[str]) -> str | None:
    for suffix in suffixes:
        if name.casefold().endswith(suffix.casefold()) and len(name) > len(suffix):
            return name[: -len(suffix)].rstrip()
    return None


def _named(wanted: str, templates: Sequence[Named]) -> Named | None:
    found = [each for each in templates if wanted in {each.id, each.name}]
    return found[0] if len(found) == 1 else None
