# SPDX-License-Identifier: MIT
"""Make values of an email harmless: `sanitise_content_for`.

Source: technical documentation, 'sanitise_content_for'; recorded answers 'sanitise_content_for' and
'sanitise list value'.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from lg_sandbox.notify.placeholders import plain_name

__all__ = ["sanitise"]

_ADDRESS = re.compile(r"(?:https?://|www\.)[^\s()<>\[\]\"']+", re.IGNORECASE)
# A word that a mail program would turn into a link by itself.
_HOST = re.compile(r"(?<=[A-Za-z0-9])\.(?=[A-Za-z]{2})")
_MARKUP = re.compile(r"([`*_(){}\[\]<>#+\-.!|\\])")


def sanitise(
    personalisation: Mapping[str, object], *, names: Sequence[object]
) -> tuple[dict[str, object], dict[str, dict[str, Any]]]:
    """Take links and markup out of some values.

    Args:
        personalisation: the values.
        names: the names of those to sanitise; they compare as placeholders do.

    Returns:
        All values, and those that were changed as the answer tells them.

    Raises:
        TypeError: when such a value is no text. Notify falls over it: it answers 500.
    """
    wanted = {plain_name(str(name)) for name in names}
    values = dict(personalisation)
    changed: dict[str, dict[str, Any]] = {}
    for name, value in personalisation.items():
        if plain_name(name) not in wanted:
            continue
        if not isinstance(value, str):
            raise TypeError("A value to sanitise is no text.")
        clean = _MARKUP.sub(r"\\\1", _HOST.sub(". ", _ADDRESS.sub("", value)))
        if clean != value:
            values[name] = clean
            changed[name] = {"sanitised": clean, "unsanitised": value}
    return values, changed
