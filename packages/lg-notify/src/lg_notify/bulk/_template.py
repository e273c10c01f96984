# SPDX-License-Identifier: MIT
"""A template for many rows: taken apart once, and filled, measured and addressed row by row. Pure.

A row needs less than a preview shows, so the Markdown of an e-mail or a letter is not rendered.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from lg_core.errors import ConfigError
from lg_notify._personalisation import same_name
from lg_notify.message import TemplateType
from lg_notify.new_message import Email, Letter, Message, Sms
from lg_notify.render import SmsTemplate, fill, letter, placeholders
from lg_notify.render._gsm import fragments_of
from lg_notify.template import Template

__all__ = ["ADDRESS_LINES", "BulkTemplate", "Measured"]

ADDRESS_LINES: Final = tuple(f"address line {number}" for number in range(1, 8))
"""The headings of an address, as Notify's own files have them; `postcode` may stand beside them."""

_LARGEST_EMAIL: Final = 2_000_000  # bytes (docs, 'Limits')
_OF_AN_ADDRESS: Final = frozenset(same_name(line) for line in (*ADDRESS_LINES, "postcode"))
_WORN_DOWN: Final = "?"


@dataclass(frozen=True, slots=True)
class Measured:
    """What Notify looks at when a template is filled with the values of a row.

    Attributes:
        fragments: of a text: how many it is charged as.
        too_long: whether Notify would refuse it for its length.
        empty: whether nothing would be left to send.
        long_code: whether a QR code of a letter says more than 504 bytes.
        basic_fragments: how many a text would be without a letter of another alphabet.
        worn_down: whether a character of a text would become a question mark.
    """

    fragments: int = 0
    too_long: bool = False
    empty: bool = False
    long_code: bool = False
    basic_fragments: int = 0
    worn_down: bool = False


class BulkTemplate:
    """A template that a file's rows fill.

    Args:
        template: the template, as Notify gives it.
        prefix: the service's name, where it begins its texts with it: it counts as characters.

    Raises:
        ConfigError: the template is of a kind that cannot be sent.
    """

    __slots__ = ("_body", "_sms", "_subject", "channel", "id", "name", "placeholders", "postage")

    def __init__(self, template: Template, *, prefix: str | None = None) -> None:
        if template.type not in set(TemplateType):
            raise ConfigError(
                "The template is neither a text, an e-mail nor a letter, so this release cannot "
                "send it.",
                setting="template",
            )
        self.channel: Final = TemplateType(template.type)
        self.id: Final = template.id
        self.name: Final = template.name
        self.postage: Final = template.postage or "second"
        self._subject = template.subject or ""
        self._body = template.body
        self._sms = SmsTemplate(template.body, prefix=prefix)
        is_text = self.channel is TemplateType.SMS
        parts = (template.letter_contact_block or "", self._subject) if not is_text else ()
        names: dict[str, str] = {}
        for name in (each for part in (*parts, self._body) for each in placeholders(part)):
            names.setdefault(same_name(name), name)
        if self.channel is TemplateType.LETTER:  # the address fills these
            names = {key: name for key, name in names.items() if key not in _OF_AN_ADDRESS}
        self.placeholders: Final = tuple(names.values())

    def __repr__(self) -> str:
        return f"BulkTemplate({self.id!r}, channel={self.channel.value!r})"

    def measured(self, values: Mapping[str, str]) -> Measured:
        """Fill the template, and see what Notify would see.

        Args:
            values: the values by the names of the placeholders.
        """
        if self.channel is TemplateType.SMS:
            text = self._sms.render(values)
            return Measured(
                fragments=text.fragments,
                too_long=text.too_long,
                empty=text.characters_without_prefix == 0,
                basic_fragments=fragments_of(text.text, unicode=False)
                if text.is_unicode
                else text.fragments,
                worn_down=any(instead == _WORN_DOWN for _, instead in text.replaced),
            )
        body = fill(self._body, values, bullets=True).strip()
        if self.channel is TemplateType.EMAIL:
            size = len(body.encode("utf-8", "replace"))
            return Measured(too_long=size > _LARGEST_EMAIL, empty=not body)
        # Rendering a letter takes long, and only its codes can be too long here.
        codes = letter(self._subject, self._body, values).qr_codes if "qr:" in body.lower() else ()
        return Measured(empty=not body, long_code=any(code.too_long for code in codes))

    def message(self, recipient: Sequence[str], values: Mapping[str, str]) -> Message:
        """Make the message of a row.

        Args:
            recipient: a number or an address; of a letter, the lines.
            values: the values by the names of the placeholders.

        Raises:
            InvalidValueError: the message cannot be sent; the text says why.
        """
        if self.channel is TemplateType.SMS:
            return Sms(phone_number=recipient[0], template_id=self.id, personalisation=values)
        if self.channel is TemplateType.EMAIL:
            return Email(email_address=recipient[0], template_id=self.id, personalisation=values)
        return Letter(address=tuple(recipient), template_id=self.id, personalisation=values)
