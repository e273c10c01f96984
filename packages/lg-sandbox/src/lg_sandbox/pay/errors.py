# SPDX-License-Identifier: MIT
"""GOV.UK Pay's error codes and their texts, as they stand in an answer's body."""

from dataclasses import dataclass
from enum import Enum

__all__ = ["Code", "PayError", "Refusal", "UnknownRecordError"]


class Code(Enum):
    """A code with its HTTP status and text.

    Source: API reference, 'GOV.UK Pay API error codes', and publicapi code, `RequestError.Code`.
    Where the same code comes with two statuses, the rule that raises it says which.
    """

    MISSING = ("P0101", 400, "Missing mandatory attribute: {}")
    INVALID_TYPE = ("P0102", 400, "Invalid attribute value: {}. {}")
    INVALID_VALUE = ("P0102", 422, "Invalid attribute value: {}. {}")
    INVALID_HEADER = ("P0102", 422, "{}")
    UNKNOWN_AGREEMENT = (
        "P0103",
        400,
        "Invalid attribute value: set_up_agreement. Agreement ID does not exist",
    )
    UNEXPECTED = ("P0104", 400, "Unexpected attribute: {}")
    KEY_REUSED = (
        "P0191",
        409,
        (
            "The `Idempotency-Key` you sent in the request header has already been used to create "
            "a payment."
        ),
    )
    MOTO_API_OFF = (
        "P0195",
        422,
        "Using authorisation_mode of moto_api is not allowed for this account",
    )
    MOTO_OFF = (
        "P0196",
        422,
        (
            "MOTO payments are not enabled for this account. Please contact support if you would "
            "like to process MOTO payments - https://www.payments.service.gov.uk/support/ ."
        ),
    )
    NOT_JSON = ("P0197", 400, "Unable to parse JSON")
    CREATE_FAILED = ("P0198", 500, "Downstream system error")
    GET_NOT_FOUND = ("P0200", 404, "Not found")
    GET_FAILED = ("P0298", 500, "Downstream system error")
    EVENTS_NOT_FOUND = ("P0300", 404, "Not found")
    EVENTS_FAILED = ("P0398", 500, "Downstream system error")
    SEARCH_INVALID = (
        "P0401",
        422,
        "Invalid parameters: {}. See Public API documentation for the correct data formats",
    )
    SEARCH_NO_PAGE = ("P0402", 404, "Page not found")
    SEARCH_FAILED = ("P0498", 500, "Downstream system error")
    CANCEL_NOT_FOUND = ("P0500", 404, "Not found")
    CANCEL_REFUSED = ("P0501", 400, "Cancellation of payment failed")
    CANCEL_CONFLICT = ("P0502", 409, "Cancellation of payment failed")
    CANCEL_FAILED = ("P0598", 500, "Downstream system error")
    REFUND_NOT_FOUND = ("P0600", 404, "Not found")
    REFUND_MISSING = ("P0601", 400, "Missing mandatory attribute: {}")
    REFUND_INVALID_TYPE = ("P0602", 400, "Invalid attribute value: {}. {}")
    REFUND_INVALID_VALUE = ("P0602", 422, "Invalid attribute value: {}. {}")
    REFUND_NOT_AVAILABLE = (
        "P0603",
        400,
        "The payment is not available for refund. Payment refund status: {}",
    )
    REFUND_DISPUTED = ("P0603", 400, "The payment is disputed and cannot be refunded")
    REFUND_MISMATCH = ("P0604", 412, "Refund amount available mismatch.")
    REFUND_NOT_JSON = ("P0697", 400, "Unable to parse JSON")
    REFUND_FAILED = ("P0698", 500, "Downstream system error")
    GET_REFUND_NOT_FOUND = ("P0700", 404, "Not found")
    GET_REFUND_FAILED = ("P0798", 500, "Downstream system error")
    REFUNDS_NOT_FOUND = ("P0800", 404, "Not found")
    REFUNDS_FAILED = ("P0898", 500, "Downstream system error")
    SEARCH_REFUNDS_INVALID = (
        "P1101",
        422,
        "Invalid parameters: {}. See Public API documentation for the correct data formats",
    )
    SEARCH_REFUNDS_NO_PAGE = ("P1100", 404, "Page not found")
    SEARCH_REFUNDS_FAILED = ("P1898", 500, "Downstream system error")
    CAPTURE_NOT_FOUND = ("P1000", 404, "Not found")
    CAPTURE_CONFLICT = ("P1003", 409, "Payment cannot be captured")
    CAPTURE_FAILED = ("P1098", 500, "Downstream system error")
    AGREEMENT_MISSING = ("P2101", 400, "Missing mandatory attribute: {}")
    AGREEMENT_INVALID_TYPE = ("P2102", 400, "Invalid attribute value: {}. {}")
    AGREEMENT_INVALID_VALUE = ("P2102", 422, "Invalid attribute value: {}. {}")
    AGREEMENT_NOT_JSON = ("P2197", 400, "Unable to parse JSON")
    AGREEMENT_CREATE_FAILED = ("P2198", 500, "Downstream system error")
    AGREEMENT_NOT_FOUND = ("P2200", 404, "Not found")
    AGREEMENT_GET_FAILED = ("P2298", 500, "Downstream system error")
    AGREEMENT_SEARCH_INVALID = (
        "P2401",
        422,
        "Invalid parameters: {}. See Public API documentation for the correct data formats",
    )
    AGREEMENT_PAGE_NOT_FOUND = ("P2402", 404, "Page not found")
    AGREEMENT_SEARCH_FAILED = ("P2498", 500, "Downstream system error")
    AGREEMENT_CANCEL_NOT_FOUND = ("P2500", 404, "Not found")
    AGREEMENT_CANCEL_REFUSED = ("P2501", 400, "Cancellation of agreement failed")
    AGREEMENT_CANCEL_FAILED = ("P2598", 500, "Downstream system error")
    # publicapi code: the back end's own sentence is passed on.
    CARD_MISSING = ("P0101", 422, "Missing mandatory attribute: {}")
    CARD_NUMBER_REFUSED = ("P0010", 402, "The card_number is not a valid card number")
    CARD_REJECTED = ("P0010", 402, "The payment was rejected")
    CARD_FAILED = ("P0050", 500, "There was an error authorising the payment")
    TOKEN_INVALID = ("P1211", 400, "The one_time_token is not valid")
    TOKEN_USED = ("P1212", 400, "The one_time_token has already been used")
    TOO_MANY = ("P0900", 429, "Too many requests")
    BLOCKED = (
        "P0920",
        400,
        "Request blocked by security rules. Please consult API documentation for more information.",
    )
    NOT_HTTPS = (
        "P0920",
        422,
        "Request blocked by security rules. Please consult API documentation for more information.",
    )
    ACCOUNT_DISABLED = (
        "P0941",
        403,
        (
            "GOV.UK Pay has disabled payment and refund creation on this account. Contact support "
            "with your error code - https://www.payments.service.gov.uk/support/ ."
        ),
    )
    RECURRING_OFF = (
        "P0942",
        422,
        (
            "Recurring card payments are currently disabled for this service. Contact support with "
            "your error code - https://www.payments.service.gov.uk/support/"
        ),
    )

    @property
    def code(self) -> str:
        """The code on the wire, such as `P0102`."""
        return self.value[0]

    @property
    def status(self) -> int:
        """The HTTP status it comes with."""
        return self.value[1]

    @property
    def text(self) -> str:
        """The description on the wire, with places for what varies."""
        return self.value[2]


@dataclass(frozen=True, slots=True)
class PayError:
    """One error answer.

    Args:
        code: which error.
        description: the text for developers.
        field: the attribute of the request at fault, where Pay names it.
        header: the header of the request at fault, where Pay names it.
    """

    code: Code
    description: str
    field: str | None = None
    header: str | None = None

    @property
    def body(self) -> dict[str, str]:
        """The body as JSON (spec, `RequestError`; absent parts are left out)."""
        parts = {
            "field": self.field,
            "header": self.header,
            "code": self.code.code,
            "description": self.description,
        }
        return {name: value for name, value in parts.items() if value is not None}


class Refusal(Exception):  # noqa: N818 -- it is an answer of the platform, not a fault of ours
    """Pay's answer is an error.

    Args:
        code: which error.
        values: what goes into the places of its text.
        field: the attribute at fault, where Pay names it.
        header: the header at fault, where Pay names it.
    """

    def __init__(
        self,
        code: Code,
        *values: str,
        field: str | None = None,
        header: str | None = None,
    ) -> None:
        self.error = PayError(code, code.text.format(*values), field, header)
        super().__init__(code.code)


class UnknownRecordError(LookupError):
    """There is no such record for this account. Each kind of record has its own error below it."""
