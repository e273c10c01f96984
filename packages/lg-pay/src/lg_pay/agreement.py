# SPDX-License-Identifier: MIT
"""Agreements: a payer lets you charge a card again. As GOV.UK Pay answers them, and to ask for one.

Statuses are plain text here, so that a new one is read and not refused. `AgreementStatus` names
those that GOV.UK Pay documents.
"""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, ClassVar

from pydantic import AfterValidator, AliasChoices, BeforeValidator, Field, StrictStr

from lg_core.models import AnswerModel, RequestModel
from lg_pay.new_payment import plain_text
from lg_pay.payment import CardDetails

__all__ = ["Agreement", "AgreementStatus", "NewAgreement", "PaymentInstrument"]


class AgreementStatus(StrEnum):
    """The statuses that GOV.UK Pay documents (API reference, 'Agreement status meanings')."""

    CREATED = "created"
    """No card has been stored yet: take a payment with `set_up_agreement`."""
    ACTIVE = "active"
    """A card is stored and can be charged."""
    INACTIVE = "inactive"
    """The card can be charged no longer: ask the payer to set up a new agreement."""
    CANCELLED = "cancelled"
    """Ended by your service or in the admin tool."""


_PlainText = Annotated[StrictStr, Field(max_length=255), AfterValidator(plain_text)]


class NewAgreement(RequestModel):
    """An agreement to ask GOV.UK Pay for.

    Attributes:
        reference: your name for the agreement, 1 to 255 characters.
        description: what the payer agrees to, 1 to 255 characters, shown to the payer.
        user_identifier: your name for the payer's account, 1 to 255 characters; nothing personal.

    Raises:
        InvalidValueError: one or more fields are wrong; the text names each and says what to do.
    """

    reference: _PlainText
    description: _PlainText
    user_identifier: _PlainText | None = None


class PaymentInstrument(AnswerModel):
    """The card that an agreement charges.

    Attributes:
        type: `card`.
        created_date: when it was stored (UTC).
        card_details: the card. The published specification calls this field `CardDetails`, and
            answers call it `card_details`: both are read.
    """

    shown: ClassVar[frozenset[str]] = frozenset({"type", "created_date"})

    type: str | None = None
    created_date: datetime | None = None
    card_details: CardDetails | None = Field(
        default=None, validation_alias=AliasChoices("card_details", "CardDetails")
    )


def _lower(status: object) -> object:
    """Read a status in capitals, as an example of the reference shows it, as the wire has it."""
    return status.lower() if isinstance(status, str) else status


class Agreement(AnswerModel):
    """An agreement as GOV.UK Pay has it.

    Attributes:
        agreement_id: GOV.UK Pay's name for the agreement, 26 characters.
        reference: your name for it.
        description: what the payer agreed to.
        user_identifier: your name for the payer's account.
        status: one of `AgreementStatus`, or a word that GOV.UK Pay has added since.
        created_date: when it was created (UTC).
        cancelled_date: when it was cancelled (UTC).
        payment_instrument: the card that it charges, once one is stored.
    """

    shown: ClassVar[frozenset[str]] = frozenset(
        {"agreement_id", "status", "created_date", "cancelled_date", "payment_instrument"}
    )

    agreement_id: str
    reference: str
    description: str
    user_identifier: str | None = None
    status: Annotated[str, BeforeValidator(_lower)]
    created_date: datetime
    cancelled_date: datetime | None = None
    payment_instrument: PaymentInstrument | None = None
