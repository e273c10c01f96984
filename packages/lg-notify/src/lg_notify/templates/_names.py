# SPDX-License-Identifier: MIT
"""Python names for templates and placeholders: no keyword, none twice, the same each time. Pure."""

import builtins
import keyword
import re
import unicodedata
from collections.abc import Container
from typing import Final

__all__ = ["class_name", "constant_name", "field_name", "is_class_name", "is_field_name"]

_CLASS_LONGEST: Final = 40
_FIELD_LONGEST: Final = 30
_WORDS: Final = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")
_OF_THE_MODULE: Final = frozenset(
    {
        "About", "ClassVar", "Email", "File", "Final", "Language", "Letter", "Pair", "Scalar",
        "Sequence", "Sms",
    }
)  # fmt: skip
"""What a generated module imports."""
_OF_A_CLASS: Final = frozenset({"about", "bool", "self", "str", "to"})
"""What a generated class has, and the types that it names after its fields."""
_SAFE: Final = re.compile(r"[A-Za-z][A-Za-z0-9_]*")


def _words(text: str) -> list[str]:
    """Split a text into words of ASCII: accents go, and "firstName" is two words."""
    # ŵ is w and a circumflex; what has no such form, such as ł, is left out.
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return _WORDS.findall(plain)


def is_class_name(name: str) -> bool:
    """Say whether a name can be that of a generated class.

    Args:
        name: the name.
    """
    wanted = _SAFE.fullmatch(name) is not None and len(name) <= _CLASS_LONGEST + 4
    return wanted and not (keyword.iskeyword(name) or name in _OF_THE_MODULE or _is_builtin(name))


def is_field_name(name: str) -> bool:
    """Say whether a name can be that of a field.

    Args:
        name: the name.
    """
    wanted = _SAFE.fullmatch(name) is not None and len(name) <= _FIELD_LONGEST + 4
    return wanted and not (keyword.iskeyword(name) or name in _OF_A_CLASS)


def class_name(text: str, *, taken: Container[str]) -> str:
    """Make the name of a class from the name of a template.

    Args:
        text: the name of the template.
        taken: names that it must not have.

    Returns:
        Such as `BinDay`; with a number where that is taken.
    """
    words = _within([word[:1].upper() + word[1:].lower() for word in _words(text)], _CLASS_LONGEST)
    name = "".join(words) or "Template"
    if not name[0].isalpha():
        name = f"Template{name}"
    if not is_class_name(name):
        name = f"{name}Template"
    return _free(name[:_CLASS_LONGEST], "", taken)


def field_name(text: str, *, taken: Container[str]) -> str:
    """Make the name of a field from the name of a placeholder.

    Args:
        text: the name of the placeholder.
        taken: names that it must not have.

    Returns:
        Such as `first_name`; with a number where that is taken.
    """
    words = _within([word.lower() for word in _words(text)], _FIELD_LONGEST)
    name = "_".join(words) or "value"
    if not name[0].isalpha():
        name = f"value_{name}"
    name = name[:_FIELD_LONGEST].rstrip("_")
    if not is_field_name(name):
        name = f"{name}_"
    return _free(name, "_", taken)


def constant_name(name: str, *, taken: Container[str]) -> str:
    """Make the name of a constant from the name of a class.

    Args:
        name: the class.
        taken: names that it must not have.

    Returns:
        Such as `BIN_DAY`; with a number where that is taken.
    """
    made = "_".join(word.upper() for word in _words(name))
    return _free(made if made != name else f"{made}_PAIR", "_", taken)


def _within(words: list[str], longest: int) -> list[str]:
    """Keep as many words as a name may hold; the first one in any case."""
    kept, length = list[str](), 0
    for word in words:
        length += len(word) + 1
        if kept and length > longest:
            break
        kept.append(word)
    return kept


def _free(name: str, join: str, taken: Container[str]) -> str:
    free, number = name, 1
    while free in taken:
        number += 1
        free = f"{name.rstrip('_')}{join}{number}"
    return free


def _is_builtin(name: str) -> bool:
    return hasattr(builtins, name)
