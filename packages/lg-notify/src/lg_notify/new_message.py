# SPDX-License-Identifier: MIT
"""What you ask GOV.UK Notify to send: a text, an e-mail or a letter, checked before it leaves.

There is no time to send at: Notify's API takes one, and sends at once all the same.
"""

import base64
import binascii
import os
import uuid
from collections.abc import Mapping, Sequence
from enum import StrEnum
from pathlib import Path
from typing import IO, Annotated, Any, ClassVar, Self, TypeVar, cast

from pydantic import (
    AfterValidator,
    Field,
    PlainSerializer,
    PlainValidator,
    StrictStr,
    ValidationInfo,
)

from lg_core.errors import InvalidValueError
from lg_core.models import RequestModel
from lg_core.texts import Language
from lg_notify import _fields
from lg_notify._address import with_address
from lg_notify._fields import checked_id
from lg_notify._personalisation import (
    Value,
    WireValue,
    checked_values,
    sanitised,
    without_files,
)

__all__ = [
    "Email",
    "Letter",
    "Message",
    "Personalised",
    "Postage",
    "PrecompiledLetter",
    "Sms",
    "Value",
    "checked_id",
    "made_reference",
    "with_reference",
]

M = TypeVar("M", bound="Sms | Email | Letter | PrecompiledLetter")


class Postage(StrEnum):
    """How a letter of your own is posted (docs, 'Send a precompiled letter', 'postage')."""

    FIRST = "first"
    SECOND = "second"
    ECONOMY = "economy"


def made_reference() -> str:
    """Make a reference that no other message has: `lg-` and 32 hexadecimal digits."""
    return f"lg-{uuid.uuid4().hex}"


def with_reference(message: M) -> M:
    """Return the message with a reference: its own, or one that is made here.

    Notify has no idempotency key, so a message whose answer is lost is found by its reference or
    not at all.

    Args:
        message: the message.
    """
    if message.reference is not None:
        return message
    return message.model_copy(update={"reference": made_reference()})


def _language(info: ValidationInfo) -> str:
    return cast("str", info.data.get("language", Language.ENGLISH))


def _of_a_preview(given: object, info: ValidationInfo) -> dict[str, WireValue]:
    return checked_values(given, _language(info))


def _of_a_text(given: object, info: ValidationInfo) -> dict[str, WireValue]:
    return without_files(given, _language(info))


def _of_an_email(given: object, info: ValidationInfo) -> dict[str, WireValue]:
    values = checked_values(given, _language(info))
    names = cast("tuple[str, ...]", info.data.get("sanitise", ()))
    if not names:
        return values
    from lg_notify.render import sanitise  # noqa: PLC0415 -- it loads the renderer

    return sanitised(values, names, sanitise)


def _of_a_letter(given: object, info: ValidationInfo) -> dict[str, WireValue]:
    address = cast("tuple[str, ...]", info.data.get("address", ()))
    return with_address(without_files(given, _language(info)), address)


def _lines(given: object) -> tuple[str, ...]:
    if not isinstance(given, list | tuple) or not all(
        isinstance(line, str) for line in cast("Sequence[object]", given)
    ):
        raise InvalidValueError("must be a list of lines, each a text", code="not_lines")
    return tuple(str.__str__(line) for line in cast("Sequence[str]", given))


def _names(given: object) -> tuple[str, ...]:
    if isinstance(given, str) or not isinstance(given, list | tuple | set | frozenset):
        raise InvalidValueError("must be a list of names", code="not_names")
    names = cast("Sequence[object]", given)
    if not all(isinstance(name, str) and name.strip() for name in names):
        raise InvalidValueError("must be a list of names", code="not_names")
    return tuple(cast("Sequence[str]", names))


def _pdf(given: object) -> bytes:
    if isinstance(given, str):  # as it is kept in JSON
        try:
            given = base64.b64decode(given, validate=True)
        except (binascii.Error, ValueError):
            given = None
    if not isinstance(given, bytes | bytearray):
        raise InvalidValueError("must be the bytes of a PDF file", code="bytes_type")
    # A reader looks for the mark in the first KiB (PDF 1.7, annex H, note 13).
    if b"%PDF-" not in given[:1024]:
        raise InvalidValueError(
            "is no PDF: GOV.UK Notify would accept it, and fail it later as validation-failed",
            code="not_a_pdf",
        )
    return bytes(given)


def _copied(values: Mapping[str, Any]) -> dict[str, Any]:
    return dict(values)


# What the checks return is sent as it is: pydantic neither checks nor changes it again.
_AS_IT_IS = PlainSerializer(_copied, return_type=dict[str, Any])
Personalised = Annotated[Mapping[str, Value], PlainValidator(_of_a_preview), _AS_IT_IS]
_Texts = Annotated[Mapping[str, Value], PlainValidator(_of_a_text), _AS_IT_IS]
_EmailValues = Annotated[Mapping[str, Value], PlainValidator(_of_an_email), _AS_IT_IS]
_LetterValues = Annotated[Mapping[str, Value], PlainValidator(_of_a_letter), _AS_IT_IS]
# Notify decodes the common alphabet of base64; pydantic's own is that for addresses.
_Pdf = Annotated[
    bytes,
    PlainValidator(_pdf),
    PlainSerializer(
        lambda content: base64.b64encode(content).decode(), return_type=str, when_used="json"
    ),
]
_Id = Annotated[StrictStr, AfterValidator(_fields.template_id)]
_Reference = Annotated[StrictStr, Field(max_length=1000), AfterValidator(_fields.unblank)]


class Sms(RequestModel):
    """A text message to send (docs, 'Send a text message').

    Its text may be 918 characters long when the values are filled in.

    Attributes:
        phone_number: who it goes to: a UK mobile number, or one with the code of its country. One
            digit too many can make a UK number one of another country, which Notify charges for.
        template_id: the template, from its page in GOV.UK Notify.
        language: the language of the template, in which days are written. It is not sent.
        personalisation: a value for each placeholder of the template: text, a number, `Pence`, a
            day, True or False (for conditions: "yes" and "no" are plainer), or a list. It is kept
            as it is sent: `Pence(1250)` is `£12.50`, and a day `Monday 5 January 2026`.
        reference: your name for the message, at most 1,000 characters. Give each message its own:
            Notify sends again what has the same one, and an answer that was lost is found by it.
            The client makes one where there is none.
        sms_sender_id: who it comes from, where the service has several senders.

    Raises:
        InvalidValueError: one or more fields are wrong; the text names each and says what to do.
    """

    shown: ClassVar[frozenset[str]] = frozenset({"template_id", "sms_sender_id"})

    phone_number: Annotated[StrictStr, AfterValidator(_fields.phone_number)]
    template_id: _Id
    language: Language = Field(default=Language.ENGLISH, exclude=True)
    personalisation: _Texts = Field(default_factory=dict[str, Value])
    reference: _Reference | None = None
    sms_sender_id: _Id | None = None


class Email(RequestModel):
    """An e-mail to send (docs, 'Send an email').

    Attributes:
        email_address: who it goes to.
        template_id: the template, from its page in GOV.UK Notify.
        language: the language of the template, in which days are written. It is not sent.
        sanitise: the placeholders whose values a stranger typed: links and marks are taken out of
            them, and out of each item of a list, before anything is sent. Notify's own
            `sanitise_content_for` does the same, and fails where a value is a list.
        personalisation: a value for each placeholder of the template: text, a number, `Pence`, a
            day, True or False (for conditions: "yes" and "no" are plainer), a list, which becomes
            bullets, or a `File`. It is kept as it is sent.
        reference: your name for the message, at most 1,000 characters. Give each message its own:
            Notify sends again what has the same one, and an answer that was lost is found by it.
            The client makes one where there is none.
        email_reply_to_id: where answers go, where the service has several such addresses.
        one_click_unsubscribe_url: an https address that takes a POST without a sign-in and ends
            the person's subscription (RFC 8058).

    Raises:
        InvalidValueError: one or more fields are wrong; the text names each and says what to do.
    """

    shown: ClassVar[frozenset[str]] = frozenset({"template_id", "email_reply_to_id"})

    email_address: Annotated[StrictStr, AfterValidator(_fields.email_address)]
    template_id: _Id
    language: Language = Field(default=Language.ENGLISH, exclude=True)
    sanitise: Annotated[Sequence[str], PlainValidator(_names)] = Field(default=(), exclude=True)
    personalisation: _EmailValues = Field(default_factory=dict[str, Value])
    reference: _Reference | None = None
    email_reply_to_id: _Id | None = None
    one_click_unsubscribe_url: Annotated[StrictStr, AfterValidator(_fields.https)] | None = None


class Letter(RequestModel):
    """A letter from a template (docs, 'Send a letter').

    Its postage is the template's, or that of the country in the last line: the API refuses one.

    Attributes:
        template_id: the template, from its page in GOV.UK Notify.
        language: the language of the template, in which days are written. It is not sent.
        address: the lines on the envelope, 3 to 7: the person's name first, the postcode or the
            country last. Or give `address_line_1` and so on in personalisation, as Notify does.
        personalisation: a value for each placeholder of the template.
        reference: your name for the letter, at most 1,000 characters; one of its own.

    Raises:
        InvalidValueError: one or more fields are wrong; the text names each and says what to do.
    """

    shown: ClassVar[frozenset[str]] = frozenset({"template_id"})

    template_id: _Id
    language: Language = Field(default=Language.ENGLISH, exclude=True)
    address: Annotated[Sequence[str], PlainValidator(_lines)] = Field(default=(), exclude=True)
    personalisation: _LetterValues = Field(default_factory=dict[str, Value], validate_default=True)
    reference: _Reference | None = None


class PrecompiledLetter(RequestModel):
    """A letter that you made yourself, as a PDF (docs, 'Send a precompiled letter').

    Notify looks at the PDF after it has accepted it: a letter of more than 10 pages, with something
    in the margins or with fonts left out ends as `validation-failed`. Ask what became of it.

    Attributes:
        content: the bytes of the PDF, or its base64 as text.
        reference: your name for the letter; one of its own. The client makes one where there is
            none: Notify asks for one.
        postage: how it is posted; second class where it is left out.

    Raises:
        InvalidValueError: one or more fields are wrong; the text names each and says what to do.
    """

    shown: ClassVar[frozenset[str]] = frozenset({"postage"})

    content: _Pdf
    reference: Annotated[StrictStr, AfterValidator(_fields.unblank)] | None = None
    postage: Postage | None = None

    @classmethod
    def from_path(
        cls,
        path: str | os.PathLike[str],
        *,
        reference: str | None = None,
        postage: Postage | None = None,
    ) -> Self:
        """Read a PDF of this machine.

        Args:
            path: where it is.
            reference: your name for the letter.
            postage: how it is posted.

        Raises:
            InvalidValueError: it is no PDF.
            OSError: the file cannot be read.
        """
        return cls(content=Path(path).read_bytes(), reference=reference, postage=postage)

    @classmethod
    def from_stream(
        cls, stream: IO[bytes], *, reference: str | None = None, postage: Postage | None = None
    ) -> Self:
        """Read a PDF from something open, to its end. The stream stays open.

        Args:
            stream: an open file, or anything with `read`.
            reference: your name for the letter.
            postage: how it is posted.

        Raises:
            InvalidValueError: it is no PDF.
        """
        return cls(content=stream.read(), reference=reference, postage=postage)


Message = Sms | Email | Letter | PrecompiledLetter
"""What can be sent."""
