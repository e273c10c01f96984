# SPDX-License-Identifier: MIT
"""GOV.UK Pay as the client must know it: its address, and how it says no."""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import version

from lg_core.platforms import Platform, Refusal
from lg_pay import errors
from lg_pay.limits import RATES

__all__ = ["BASE_URL", "PAY", "read_refusal"]

BASE_URL = "https://publicapi.payments.service.gov.uk"
"""Where GOV.UK Pay is, for test and live accounts alike: the key decides (API reference)."""

DOC_URL = "https://docs.payments.service.gov.uk/api_reference/#gov-uk-pay-api-error-codes"


@dataclass(frozen=True, slots=True)
class _Kind:
    """What a code means for a developer."""

    error: type[errors.PayError]
    advice: str


_INVALID = _Kind(errors.InvalidPaymentError, "Correct the field and make the call again.")
_NOT_READY = _Kind(
    errors.AccountNotReadyError,
    "Ask GOV.UK Pay support to switch this on for your account, or use another account's key.",
)
_NO_PAYMENT = _Kind(
    errors.PaymentNotFoundError,
    "Check the payment id, and that the key belongs to the account that made the payment.",
)
_WRONG_FIELD = _Kind(errors.InvalidFieldError, "Correct the field and make the call again.")
_NO_CAPTURE = _Kind(errors.CannotCaptureError, "Get the payment: its state says what became of it.")
_NO_AGREEMENT = _Kind(
    errors.AgreementNotFoundError,
    "Check the agreement id, and that the key belongs to the account that made the agreement.",
)
_NO_CANCEL = _Kind(errors.CannotCancelError, "Get the payment: its state says what became of it.")

_KINDS: Mapping[str, _Kind] = {
    "P0101": _INVALID,
    "P0102": _INVALID,
    "P0103": _INVALID,
    "P0104": _INVALID,
    "P0105": _INVALID,
    "P0197": _INVALID,
    "P0191": _Kind(
        errors.KeyReusedError,
        "Use a new key for each payment; the payment made with this key can be found by its "
        "reference.",
    ),
    "P0195": _NOT_READY,
    "P0196": _NOT_READY,
    "P0930": _NOT_READY,
    "P0940": _NOT_READY,
    "P0941": _NOT_READY,
    "P0942": _NOT_READY,
    "P0200": _NO_PAYMENT,
    "P0300": _NO_PAYMENT,
    "P0500": _NO_PAYMENT,
    "P0501": _NO_CANCEL,
    "P0502": _NO_CANCEL,
    "P0401": _WRONG_FIELD,
    "P0600": _NO_PAYMENT,
    "P0601": _WRONG_FIELD,
    "P0602": _WRONG_FIELD,
    "P0603": _Kind(
        errors.RefundNotAvailableError,
        "Get the payment: refund_summary.status says whether it can be refunded.",
    ),
    "P0604": _Kind(
        errors.RefundMismatchError,
        "Nothing was refunded by this call. Get the payment and its refunds, look at what was "
        "refunded meanwhile, and decide anew. If this call was made again after one with an "
        "unknown outcome, that one went through, or somebody else refunded.",
    ),
    "P0697": _WRONG_FIELD,
    "P0700": _Kind(errors.RefundNotFoundError, "Check the payment id and the refund id."),
    "P0800": _NO_PAYMENT,
    "P1000": _NO_PAYMENT,
    "P1001": _NO_CAPTURE,
    "P1003": _NO_CAPTURE,
    "P1101": _WRONG_FIELD,
    "P2101": _WRONG_FIELD,
    "P2102": _WRONG_FIELD,
    "P2197": _WRONG_FIELD,
    "P2200": _NO_AGREEMENT,
    "P2401": _WRONG_FIELD,
    "P2500": _NO_AGREEMENT,
    "P2501": _Kind(
        errors.AgreementNotActiveError,
        "Get the agreement: one that is cancelled or inactive charges nobody.",
    ),
    "P0900": _Kind(
        errors.TooManyRequestsError,
        "Make fewer calls at once; where several workers share the account, divide the limit with "
        "lg_pay.limits.limiter(share=...).",
    ),
    "P0920": _Kind(
        errors.RequestBlockedError,
        'Use an https return_url, and none of < > | " \\ in any text.',
    ),
}
_BY_STATUS: Mapping[int, _Kind] = {
    400: _INVALID,
    401: _Kind(
        errors.InvalidKeyError,
        "Copy the key again from the GOV.UK Pay admin tool (Settings, API keys); a key that was "
        "revoked there cannot be used.",
    ),
    403: _NOT_READY,
    404: _NO_PAYMENT,
    422: _INVALID,
    429: _KINDS["P0900"],
}
_UNAVAILABLE = _Kind(
    errors.PayUnavailableError,
    "Try again later; see GOV.UK Pay's status page.",
)
_OTHER = _Kind(errors.PayError, "Look the code up in GOV.UK Pay's API reference.")
_FIRST_SERVER_ERROR = 500


def read_refusal(refusal: Refusal) -> errors.PayError:
    """Make the error for an answer of GOV.UK Pay's that means no.

    The code decides, since one code comes with more than one status (P0102 is 400 for a wrong type
    and 422 for a wrong size). A 401 has no body to rely on; a gateway's page has no code.

    Args:
        refusal: the answer.
    """
    body = refusal.json() or {}
    code = body.get("code")
    code = code if isinstance(code, str) and code[:1] == "P" and code[1:].isdecimal() else None
    if code is None:
        body = {}  # no error of GOV.UK Pay's: its words may be anybody's
    field = refusal.text(body.get("field") or body.get("header"))
    kind = _kind(code, refusal.status)
    said = refusal.text(body.get("description"))
    facts = ", ".join(fact for fact in (code, field and f"field {field}") if fact)
    message = f"GOV.UK Pay refused {refusal.capability} with status {refusal.status}"
    message += f" ({facts})" if facts else ""
    message += f": {said.rstrip('.')}. " if said else ". "
    more: dict[str, object] = {}
    if kind.error is errors.RefundNotAvailableError:
        more["reason"] = _why_not_available(body.get("description"))
    error = refusal.error(
        kind.error,
        message + kind.advice,
        code=code,
        field=field,
        doc_url=DOC_URL if code else None,
        **more,
    )
    assert isinstance(error, errors.PayError)  # noqa: S101 -- every kind is one
    return error


def _why_not_available(description: object) -> errors.RefundRefusal:
    """Tell the two texts of P0603 apart (pay-publicapi: one is of a dispute, one of the status)."""
    disputed = isinstance(description, str) and "disput" in description.lower()
    return errors.RefundRefusal.DISPUTED if disputed else errors.RefundRefusal.STATUS


def _kind(code: str | None, status: int) -> _Kind:
    if status == 401:  # noqa: PLR2004 -- whatever its body says
        return _BY_STATUS[status]
    if code is not None and code in _KINDS:
        return _KINDS[code]
    if status >= _FIRST_SERVER_ERROR:
        return _UNAVAILABLE
    # A code that is not known decides nothing: a 400 of another operation is not a wrong field.
    return _OTHER if code else _BY_STATUS.get(status, _OTHER)


PAY = Platform(
    name="GOV.UK Pay",
    component="lg-pay",
    version=version("lg-pay"),
    rates=RATES,
    read_refusal=read_refusal,
    capabilities=(
        "lg-pay.cancel_agreement",
        "lg-pay.cancel_payment",
        "lg-pay.capture_payment",
        "lg-pay.create_agreement",
        "lg-pay.create_payment",
        "lg-pay.get_agreement",
        "lg-pay.get_payment",
        "lg-pay.get_payment_events",
        "lg-pay.get_refund",
        "lg-pay.get_refunds",
        "lg-pay.refund_payment",
        "lg-pay.search_agreements",
        "lg-pay.search_disputes",
        "lg-pay.search_payments",
        "lg-pay.search_refunds",
    ),
)
