# SPDX-License-Identifier: MIT
"""What you ask GOV.UK Pay for: a payment, with every limit checked before it is sent."""

import math
import re
from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Annotated, ClassVar, cast
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    StrictBool,
    StrictFloat,
    StrictInt,
    StrictStr,
)

from lg_core.errors import InvalidValueError
from lg_core.models import RequestModel, WrongField
from lg_core.money import Pence
from lg_core.texts import Language

__all__ = [
    "AgreementPaymentType",
    "AuthorisationMode",
    "BillingAddress",
    "MetadataValue",
    "NewPayment",
    "PrefilledCardholderDetails",
]

MAX_AMOUNT = Pence(10_000_000)
"""GBP 100,000, the most that one payment may be (API reference, 'Create a payment')."""

_BLOCKED = re.compile(r'[<>|"\\]')
_ADDRESS_IN_TEXT = re.compile(r"https?://|\bwww\.", re.IGNORECASE)
_IDENTIFIER_LENGTH = 26
_METADATA_PAIRS = 15
_METADATA_KEY = 30
_METADATA_TEXT = 100


class AuthorisationMode(StrEnum):
    """How the payment is authorised."""

    WEB = "web"
    """The payer goes to `next_url` and enters a card there."""
    AGREEMENT = "agreement"
    """GOV.UK Pay charges the card of a recurring-payment agreement."""
    MOTO_API = "moto_api"
    """Card details taken by telephone or post are sent through the API."""


class AgreementPaymentType(StrEnum):
    """Why a payment is taken under an agreement."""

    INSTALMENT = "instalment"
    RECURRING = "recurring"
    UNSCHEDULED = "unscheduled"


def plain_text(text: str) -> str:
    """Refuse what GOV.UK Pay or its firewall refuses in a reference or a description."""
    if not text.strip():
        raise InvalidValueError("must not be blank", code="blank")
    if _BLOCKED.search(text):
        raise InvalidValueError(
            'must not contain any of < > | " \\, which GOV.UK Pay refuses: leave them out',
            code="blocked_character",
        )
    if _ADDRESS_IN_TEXT.search(text):
        raise InvalidValueError(
            "must not contain a web address: GOV.UK Pay does not allow one here",
            code="web_address",
        )
    return text


def _web_address(url: str) -> str:
    try:
        parts = urlsplit(url)
        good = parts.scheme in {"http", "https"} and bool(parts.hostname)
        _ = parts.port  # read for its error: a port that is no number
    except ValueError:
        good = False
    if not good or re.search(r"\s", url):
        raise InvalidValueError(
            "must be a whole web address, such as https://www.example.gov.uk/paid", code="not_a_url"
        )
    return url


def _mailbox(email: str) -> str:
    name, at, domain = email.rpartition("@")
    if not (at and name and "." in domain) or re.search(r"\s", email):
        raise InvalidValueError("must be an e-mail address", code="not_an_email")
    return email


def _country(code: str) -> str:
    if not re.fullmatch(r"[A-Z]{2}", code):
        raise InvalidValueError(
            "must be a country's two capital letters (ISO 3166-1 alpha-2), such as GB",
            code="not_a_country",
        )
    return code


def _metadata(given: object) -> object:
    """Hold GOV.UK Pay's limits on metadata (API reference, 'Add metadata').

    Runs before pydantic, whose own message would hold the keys.
    """
    if not isinstance(given, Mapping):
        raise InvalidValueError("must be a dictionary", code="not_a_mapping")
    pairs = cast("Mapping[object, object]", given)
    if len(pairs) > _METADATA_PAIRS:
        raise InvalidValueError(
            f"holds {len(pairs)} pairs, and GOV.UK Pay takes {_METADATA_PAIRS}", code="too_many"
        )
    if not all(isinstance(key, str) for key in pairs):
        raise InvalidValueError("has a key that is not text", code="key_type")
    if len({str(key).lower() for key in pairs}) < len(pairs):
        raise InvalidValueError(
            "has two keys that differ only in capitals, which GOV.UK Pay takes for one",
            code="same_key",
        )
    for number, (key, value) in enumerate(pairs.items(), start=1):
        if not 1 <= len(str(key)) <= _METADATA_KEY:
            raise InvalidValueError(
                f"pair {number} has a key of {len(str(key))} characters: use 1 to {_METADATA_KEY}",
                code="key_length",
            )
        if not isinstance(value, str | int | float):
            raise InvalidValueError(
                f"pair {number} has a value that is not text, a number, True or False",
                code="value_type",
            )
        if isinstance(value, float) and not math.isfinite(value):
            raise InvalidValueError(f"pair {number} has a number that JSON has not", code="nan")
        if isinstance(value, str) and len(value) > _METADATA_TEXT:
            raise InvalidValueError(
                f"pair {number} has a text of {len(value)} characters: GOV.UK Pay takes "
                f"{_METADATA_TEXT}",
                code="too_long",
            )
    return dict(pairs)


MetadataValue = StrictStr | StrictBool | StrictInt | StrictFloat
"""A text of at most 100 characters, a number, or true or false."""

_PlainText = Annotated[StrictStr, Field(max_length=255), AfterValidator(plain_text)]
_Line = Annotated[StrictStr, Field(max_length=255)]
_Identifier = Annotated[
    StrictStr, Field(min_length=_IDENTIFIER_LENGTH, max_length=_IDENTIFIER_LENGTH)
]


class BillingAddress(RequestModel):
    """An address to fill in on the card page before the payer sees it.

    Attributes:
        line1: the first line, at most 255 characters.
        line2: the second line, at most 255 characters.
        city: the town or city, at most 255 characters.
        postcode: at most 25 characters.
        country: two capital letters (ISO 3166-1 alpha-2), such as `GB`.
    """

    line1: _Line | None = None
    line2: _Line | None = None
    city: _Line | None = None
    postcode: Annotated[StrictStr, Field(max_length=25)] | None = None
    country: Annotated[StrictStr, AfterValidator(_country)] | None = None


class PrefilledCardholderDetails(RequestModel):
    """What to fill in on the card page before the payer sees it.

    Attributes:
        cardholder_name: the name on the card, at most 255 characters.
        billing_address: the address of the card's holder. GOV.UK Pay keeps it even where the payer
            gives up.
    """

    cardholder_name: _Line | None = None
    billing_address: BillingAddress | None = None


class NewPayment(RequestModel):
    """A payment to ask GOV.UK Pay for.

    Limits are those of the API reference, 'Create a payment', and of GOV.UK Pay's own code where
    the reference is silent. Each is checked here, so a wrong value never leaves your machine.

    Attributes:
        amount: pence, from 0 to 10,000,000. GOV.UK Pay itself refuses 0 unless that is switched on
            for your account, less than 30 pence on Stripe, and normally more than GBP 5,000 on
            Worldpay.
        reference: your name for the payment, 1 to 255 characters, shown to the payer in the
            e-mail. It need not be unique. No web address, no
            `<`, `>`, `|`, `"` or backslash.
        description: what is paid for, 1 to 255 characters, shown to the payer. No web address,
            no `<`, `>`, `|`, `"` or backslash.
        return_url: where the payer comes back to, at most 2,000 characters; https for a live key.
            GOV.UK Pay adds nothing to it, so put an id that cannot be guessed in it, and nothing
            personal. Required with `web`, not allowed with the other modes.
        email: where GOV.UK Pay sends its confirmation, at most 254 characters.
        language: of the payment pages; write the description in the same language.
        delayed_capture: True to take the money later; it must be within 120 hours.
        moto: True for a payment by post or telephone, where it is switched on for your account.
        metadata: at most 15 pairs: keys of 1 to 30 characters, different in more than capitals;
            texts of at most 100 characters, numbers, true or false. GOV.UK Pay keeps them for 7
            years: nothing personal.
        prefilled_cardholder_details: what to fill in on the card page.
        authorisation_mode: how the payment is authorised; `web` where it is None.
        set_up_agreement: the id of a recurring-payment agreement to set up with this payment.
        agreement_id: the id of the agreement to charge, with the mode `agreement`.
        agreement_payment_type: why, with `set_up_agreement` or the mode `agreement`.

    Raises:
        InvalidValueError: one or more fields are wrong; the text names each and says what to do.
    """

    shown: ClassVar[frozenset[str]] = frozenset({"amount", "language", "authorisation_mode"})

    amount: Annotated[Pence, Field(ge=0, le=int(MAX_AMOUNT))]
    reference: _PlainText
    description: _PlainText
    return_url: (
        Annotated[StrictStr, Field(max_length=2000), AfterValidator(_web_address)] | None
    ) = None
    email: Annotated[StrictStr, Field(max_length=254), AfterValidator(_mailbox)] | None = None
    language: Language | None = None
    delayed_capture: StrictBool | None = None
    moto: StrictBool | None = None
    metadata: Annotated[Mapping[str, MetadataValue], BeforeValidator(_metadata)] | None = None
    prefilled_cardholder_details: PrefilledCardholderDetails | None = None
    authorisation_mode: AuthorisationMode | None = None
    set_up_agreement: _Identifier | None = None
    agreement_id: _Identifier | None = None
    agreement_payment_type: AgreementPaymentType | None = None

    @property
    def mode(self) -> AuthorisationMode:
        """How the payment is authorised, where nothing was said: `web`."""
        return self.authorisation_mode or AuthorisationMode.WEB

    def wrong_fields(self) -> Iterator[WrongField]:
        """Say which fields do not go with the mode (API reference, codes P0101 and P0104)."""
        mode = self.mode
        for field in _REQUIRED[mode]:
            if getattr(self, field) is None:
                yield field, "missing", f"is required with the mode {mode.value}"
        for field in _FORBIDDEN[mode]:
            if getattr(self, field):
                yield field, "unexpected", f"is not allowed with the mode {mode.value}"
        if (
            self.agreement_payment_type is not None
            and self.set_up_agreement is None
            and mode is not AuthorisationMode.AGREEMENT
        ):
            yield (
                "agreement_payment_type",
                "unexpected",
                "goes only with set_up_agreement or the mode agreement",
            )


_REQUIRED: Mapping[AuthorisationMode, tuple[str, ...]] = {
    AuthorisationMode.WEB: ("return_url",),
    AuthorisationMode.AGREEMENT: ("agreement_id",),
    AuthorisationMode.MOTO_API: (),
}
_FORBIDDEN: Mapping[AuthorisationMode, tuple[str, ...]] = {
    AuthorisationMode.WEB: ("agreement_id",),
    AuthorisationMode.AGREEMENT: (
        "return_url",
        "email",
        "prefilled_cardholder_details",
        "moto",
        "set_up_agreement",
        "delayed_capture",
    ),
    AuthorisationMode.MOTO_API: ("return_url", "agreement_id", "set_up_agreement"),
}
