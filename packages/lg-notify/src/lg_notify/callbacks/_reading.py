# SPDX-License-Identifier: MIT
"""Read the body of a callback. Pure; a body makes a value or a refusal, and nothing else."""

import json
from collections.abc import Mapping
from dataclasses import fields
from enum import StrEnum
from typing import Annotated, Any, Final, TypeVar, cast

from pydantic import AwareDatetime, Field, ValidationError

from lg_core.errors import LgError
from lg_core.models import AnswerModel
from lg_notify.callbacks._events import Complaint, DeliveryReceipt, ReceivedText, ReturnedLetter
from lg_notify.message import NotificationStatus, TemplateType

__all__ = [
    "CallbackFault",
    "CallbackRefusedError",
    "parse_complaint",
    "parse_receipt",
    "parse_received_text",
    "parse_returned_letter",
]

E = TypeVar("E", Complaint, DeliveryReceipt, ReceivedText, ReturnedLetter)

_WORD: Final = r"^[A-Za-z0-9_-]{1,100}$"
_Word = Annotated[str, Field(pattern=_WORD)]
# Dates of the two that Notify writes without a time of day, or does not document.
_Day = Annotated[str, Field(pattern=r"^[0-9TZ:.+ -]{1,40}$")]


class CallbackFault(StrEnum):
    """Why a message cannot be read: the `code` of the error."""

    NOT_JSON = "not_json"
    """The body is no JSON."""
    NOT_AN_OBJECT = "not_an_object"
    """The body is JSON, and not an object."""
    WRONG_FIELDS = "wrong_fields"
    """A field is missing or has another form than is known. `fields` names them."""


class CallbackRefusedError(LgError):
    """A message cannot be read. Nothing of it is repeated.

    Args:
        message: what was wrong, and what to do.
        code: a stable name of the fault.
        fields: the names of the fields that are wrong.
    """

    def __init__(self, message: str, *, code: CallbackFault, fields: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.code = code
        self.fields = fields


class _Receipt(AnswerModel):
    """As recorded, and as documented ('Delivery receipts'). `to` is not read."""

    id: _Word
    status: Annotated[NotificationStatus | _Word, Field(union_mode="left_to_right")]
    notification_type: Annotated[TemplateType | _Word, Field(union_mode="left_to_right")]
    created_at: AwareDatetime
    sent_at: AwareDatetime | None = None
    completed_at: AwareDatetime | None = None
    reference: str | None = None
    template_id: _Word | None = None
    template_version: int | None = None


class _ReceivedText(AnswerModel):
    """As documented ('Received text messages')."""

    id: _Word
    source_number: str
    destination_number: str
    message: str
    date_received: AwareDatetime


class _ReturnedLetter(AnswerModel):
    """As documented ('Returned letters')."""

    notification_id: _Word
    date_sent: _Day | None = None
    reference: str | None = None
    template_id: _Word | None = None
    template_version: int | None = None
    spreadsheet_row_number: int | None = None


class _Complaint(AnswerModel):
    """As notifications-api sends it (`send_complaint_to_service`)."""

    notification_id: _Word
    complaint_id: _Word | None = None
    complaint_date: _Day | None = None
    reference: str | None = None


def parse_receipt(body: bytes | str) -> DeliveryReceipt:
    """Read a delivery receipt (docs, 'Callbacks', 'Delivery receipts').

    A state that Notify has added since is read as its word. Who it went to is not read.

    Args:
        body: the body of the callback.

    Returns:
        The receipt.

    Raises:
        CallbackRefusedError: it is no receipt. `code` says why, and `fields` where.
    """
    return _read(body, _Receipt, DeliveryReceipt)


def parse_received_text(body: bytes | str) -> ReceivedText:
    """Read a received text (docs, 'Callbacks', 'Received text messages').

    Args:
        body: the body of the callback.

    Returns:
        The text.

    Raises:
        CallbackRefusedError: it is no received text. `code` says why, and `fields` where.
    """
    return _read(body, _ReceivedText, ReceivedText)


def parse_returned_letter(body: bytes | str) -> ReturnedLetter:
    """Read a returned letter (docs, 'Callbacks', 'Returned letters').

    Args:
        body: the body of the callback.

    Returns:
        The letter.

    Raises:
        CallbackRefusedError: it is no returned letter. `code` says why, and `fields` where.
    """
    return _read(body, _ReturnedLetter, ReturnedLetter)


def parse_complaint(body: bytes | str) -> Complaint:
    """Read a complaint. Notify sends it and does not document it. Who complained is not read.

    Args:
        body: the body of the callback.

    Returns:
        The complaint.

    Raises:
        CallbackRefusedError: it is no complaint. `code` says why, and `fields` where.
    """
    return _read(body, _Complaint, Complaint)


def _read(body: bytes | str, wire: type[AnswerModel], event: type[E]) -> E:
    code: CallbackFault
    found, is_json = _parsed(body)
    if not is_json:
        code = CallbackFault.NOT_JSON
        raise CallbackRefusedError("The body of the callback is no JSON.", code=code)
    if not isinstance(found, Mapping):
        code = CallbackFault.NOT_AN_OBJECT
        raise CallbackRefusedError("The body of the callback is no JSON object.", code=code)
    try:
        read = wire.model_validate({**cast("Mapping[str, Any]", found)})
    except ValidationError as error:
        wrong = tuple(sorted({str(fault["loc"][0]) for fault in error.errors(include_input=False)}))
    else:
        return event(**{each.name: getattr(read, each.name) for each in fields(event)})
    # Raised outside the handler: pydantic's own error holds the message.
    raise CallbackRefusedError(
        f"The callback cannot be read as a {event.__name__}: {', '.join(wrong)}. Check that "
        "Notify calls this address for what it is made for, and update lg-notify.",
        code=CallbackFault.WRONG_FIELDS,
        fields=wrong,
    )


def _parsed(body: bytes | str) -> tuple[object, bool]:
    try:
        return json.loads(body), True
    except (ValueError, RecursionError):
        return None, False  # refused outside the handler: the decoder's own error holds the body
