# SPDX-License-Identifier: MIT
"""A text message as GOV.UK Notify sends and charges it. Pure.

Source: outputs of notifications-utils 127.0.0. White space goes first and characters are replaced
last, so that the space before an ellipsis stays.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from lg_notify.render._fields import filled, parsed, values_of
from lg_notify.render._gsm import LONGEST, carried, fragments_of

__all__ = ["SmsPreview", "SmsTemplate", "sms"]

_WIDE = str.maketrans("\u00a0\u202f", "  ", "\u180e\u200b\u200c\u200d\u2060\ufeff\u2028\u2029")
_BEFORE_PUNCTUATION = re.compile(r"(?<![ \t])[ \t]+([,.])")
_PAIRS = (" ,", " .", "\t,", "\t.")
_BLANK_LINES = re.compile(r"\n{3,}")


@dataclass(frozen=True, slots=True)
class SmsPreview:
    """What a text message becomes. Its `repr` shows numbers alone.

    Attributes:
        text: the text as it is sent, with the service's name before it where there is one.
        characters: how many characters that is.
        characters_without_prefix: how many without the service's name, which Notify limits.
        fragments: how many messages it is charged as.
        is_unicode: whether it goes in UCS-2, where a message holds 70 characters and not 160.
        unicode_because: the Welsh letters that cause it, sorted.
        replaced: each character that a text cannot carry, and what stands for it.
        too_long: whether Notify would refuse it: more than 918 characters.
        placeholders: the names of the template's placeholders, in its order.
        missing: those of them that have no value, for which Notify would refuse it.
    """

    text: str = field(repr=False)
    characters: int
    characters_without_prefix: int
    fragments: int
    is_unicode: bool
    unicode_because: tuple[str, ...]
    replaced: tuple[tuple[str, str], ...] = field(repr=False)
    too_long: bool
    placeholders: tuple[str, ...] = field(repr=False)
    missing: tuple[str, ...] = field(repr=False)


class SmsTemplate:
    """A text message's template, taken apart once for many renderings.

    Args:
        body: the template's text.
        prefix: the service's name, where the service begins its texts with it; None where not.
    """

    __slots__ = ("_prefix", "_template")

    def __init__(self, body: str, *, prefix: str | None = None) -> None:
        self._template = parsed(body)
        self._prefix = prefix

    def render(self, personalisation: Mapping[str, object] | None = None) -> SmsPreview:
        """Fill the template.

        Args:
            personalisation: the values, by name.

        Returns:
            What would be sent.
        """
        values = values_of(personalisation)
        text = filled(self._template, values)
        if self._prefix:
            text = f"{self._prefix.strip()}: {text}"
        sent = carried(_spaced(text))
        length = len(sent.text)
        # Notify takes the name, the colon and the space off the count, whatever became of them.
        own = max(length - len(self._prefix) - 2, 0) if self._prefix else length
        unicode = bool(sent.beyond)
        return SmsPreview(
            text=sent.text,
            characters=length,
            characters_without_prefix=own,
            fragments=fragments_of(sent.text, unicode=unicode),
            is_unicode=unicode,
            unicode_because=sent.beyond,
            replaced=sent.replaced,
            too_long=own > LONGEST,
            placeholders=self._template.names,
            missing=self._template.missing(values),
        )


def _spaced(text: str) -> str:
    """Take white space together, as Notify does to every text."""
    # Asking first is cheaper than a search that finds nothing, which is what most texts need.
    if any(pair in text for pair in _PAIRS):
        text = _BEFORE_PUNCTUATION.sub(r"\1", text)
    lines = text.splitlines()
    if not text.isascii():
        # Lines end before what has no width goes: U+2028 ends one.
        lines = [line.translate(_WIDE) for line in lines]
    text = "\n".join([" ".join(line.split()) for line in lines])
    return (_BLANK_LINES.sub("\n\n", text) if "\n\n\n" in text else text).strip()


def sms(
    body: str, personalisation: Mapping[str, object] | None = None, *, prefix: str | None = None
) -> SmsPreview:
    """Render a text message without asking GOV.UK Notify.

    Args:
        body: the template's text.
        personalisation: the values, by name: text, numbers, True or False, or lists of them.
        prefix: the service's name, where the service begins its texts with it (Notify's page
            'Start text messages with service name'); None where not.

    Returns:
        What would be sent, how long it is, and what Notify would refuse.
    """
    return SmsTemplate(body, prefix=prefix).render(personalisation)
