# SPDX-License-Identifier: MIT
"""Options of GOV.UK Frontend's components that several pages pass in the same way."""

from collections.abc import Sequence

from lg_core.texts import Text
from lg_forms.faults import Words

__all__ = ["error_message", "hint", "legend", "radios"]


def error_message(words: Words, message: str | None) -> dict[str, object] | None:
    """Return the option `errorMessage`; None where there is no error."""
    if message is None:
        return None
    return {"text": message, "visuallyHiddenText": words.say("error_prefix")}


def hint(words: Words, text: Text | None) -> dict[str, object] | None:
    """Return the option `hint`; None where there is none."""
    return {"text": words.of(text)} if text else None


def legend(heading: str) -> dict[str, object]:
    """Return the option `fieldset` with the page's heading as its legend."""
    return {
        "legend": {"text": heading, "isPageHeading": True, "classes": "govuk-fieldset__legend--l"}
    }


def radios(  # the options that a page of radios or checkboxes has
    field: str,
    heading: str,
    items: Sequence[dict[str, object]],
    *,
    words: Words,
    hint_text: Text | None = None,
    message: str | None = None,
) -> dict[str, object]:
    """Return the options of the component radios or checkboxes. The first id has no suffix."""
    return {
        "idPrefix": field,
        "name": field,
        "fieldset": legend(heading),
        "hint": hint(words, hint_text),
        "errorMessage": error_message(words, message),
        "items": list(items),
    }
