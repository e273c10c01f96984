# SPDX-License-Identifier: MIT
"""How GOV.UK Pay says no: each code, each status, and what cannot be read."""

import json
import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pay.payments import AGREEMENT_ID, a_payment

from lg_core import errors as core
from lg_core.calls import Repeat
from lg_core.errors import InvalidValueError
from lg_core.platforms import Refusal
from lg_pay import PayError, calls, errors
from lg_pay import _platform as platform

CODES = {
    "P0101": (errors.InvalidPaymentError, 400),
    "P0102": (errors.InvalidPaymentError, 422),
    "P0103": (errors.InvalidPaymentError, 400),
    "P0104": (errors.InvalidPaymentError, 400),
    "P0105": (errors.InvalidPaymentError, 400),
    "P0191": (errors.KeyReusedError, 409),
    "P0195": (errors.AccountNotReadyError, 422),
    "P0196": (errors.AccountNotReadyError, 422),
    "P0197": (errors.InvalidPaymentError, 400),
    "P0198": (errors.PayUnavailableError, 500),
    "P0200": (errors.PaymentNotFoundError, 404),
    "P0298": (errors.PayUnavailableError, 500),
    "P0300": (errors.PaymentNotFoundError, 404),
    "P0398": (errors.PayUnavailableError, 500),
    "P0500": (errors.PaymentNotFoundError, 404),
    "P0501": (errors.CannotCancelError, 400),
    "P0502": (errors.CannotCancelError, 409),
    "P0598": (errors.PayUnavailableError, 500),
    "P0401": (errors.InvalidFieldError, 422),
    "P0402": (errors.PayError, 404),
    "P0498": (errors.PayUnavailableError, 500),
    "P0600": (errors.PaymentNotFoundError, 404),
    "P0601": (errors.InvalidFieldError, 400),
    "P0602": (errors.InvalidFieldError, 422),
    "P0603": (errors.RefundNotAvailableError, 400),
    "P0604": (errors.RefundMismatchError, 412),
    "P0697": (errors.InvalidFieldError, 400),
    "P0700": (errors.RefundNotFoundError, 404),
    "P0800": (errors.PaymentNotFoundError, 404),
    "P1000": (errors.PaymentNotFoundError, 404),
    "P1001": (errors.CannotCaptureError, 400),
    "P1003": (errors.CannotCaptureError, 409),
    "P1101": (errors.InvalidFieldError, 422),
    "P2101": (errors.InvalidFieldError, 400),
    "P2102": (errors.InvalidFieldError, 422),
    "P2197": (errors.InvalidFieldError, 400),
    "P2200": (errors.AgreementNotFoundError, 404),
    "P2401": (errors.InvalidFieldError, 422),
    "P2500": (errors.AgreementNotFoundError, 404),
    "P2501": (errors.AgreementNotActiveError, 400),
    "P0900": (errors.TooManyRequestsError, 429),
    "P0920": (errors.RequestBlockedError, 422),
    "P0930": (errors.AccountNotReadyError, 403),
    "P0940": (errors.AccountNotReadyError, 403),
    "P0941": (errors.AccountNotReadyError, 403),
    "P0942": (errors.AccountNotReadyError, 422),
    "P0999": (errors.PayUnavailableError, 503),
}
PARENTS = {
    errors.InvalidKeyError: core.AuthenticationError,
    errors.AccountNotReadyError: core.PermissionDeniedError,
    errors.InvalidPaymentError: core.InvalidRequestError,
    errors.RequestBlockedError: core.InvalidRequestError,
    errors.KeyReusedError: core.ConflictError,
    errors.PaymentNotFoundError: core.NotFoundError,
    errors.AgreementNotActiveError: core.ConflictError,
    errors.AgreementNotFoundError: core.NotFoundError,
    errors.CannotCancelError: core.ConflictError,
    errors.CannotCaptureError: core.ConflictError,
    errors.InvalidFieldError: core.InvalidRequestError,
    errors.PayError: core.ApiError,
    errors.RefundMismatchError: core.ConflictError,
    errors.RefundNotAvailableError: core.ConflictError,
    errors.RefundNotFoundError: core.NotFoundError,
    errors.TooManyRequestsError: core.RateLimitedError,
    errors.PayUnavailableError: core.ServerError,
}


def _read(status: int, body: bytes) -> PayError:
    return platform.read_refusal(
        Refusal(
            platform="GOV.UK Pay",
            capability="lg-pay.create_payment",
            status=status,
            body=body,
            request_id="r-1",
            retryable=False,
            attempts=1,
            sent=frozenset({"GW-0001"}),
        )
    )


@pytest.mark.parametrize("code", CODES)
def test_each_code_is_its_own_kind(code: str) -> None:
    """The code decides the class, is kept, and comes with what to do and where to read on."""
    kind, status = CODES[code]

    error = _read(status, json.dumps({"code": code, "description": "No."}).encode())

    assert (kind, code, status) == (type(error), error.code, error.status)
    assert isinstance(error, PARENTS[kind])
    assert error.doc_url is not None
    assert code in error.message
    assert type(error) is type(pickle.loads(pickle.dumps(error)))


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, errors.InvalidPaymentError),
        (401, errors.InvalidKeyError),
        (402, errors.PayError),
        (403, errors.AccountNotReadyError),
        (404, errors.PaymentNotFoundError),
        (415, errors.PayError),
        (422, errors.InvalidPaymentError),
        (429, errors.TooManyRequestsError),
        (500, errors.PayUnavailableError),
        (503, errors.PayUnavailableError),
    ],
)
def test_without_a_code_the_status_decides(status: int, kind: type[PayError]) -> None:
    """A gateway's page, an empty body or another shape of JSON has no code to go by."""
    for body in (b"", b"<h1>No</h1>", b"[]", b"{}", b'{"code": 7}', b'{"code": "P"}', b"\xff"):
        error = _read(status, body)

        assert (kind, None, None) == (type(error), error.code, error.doc_url)


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ("Refund is not available. Payment is disputed", errors.RefundRefusal.DISPUTED),
        ("Payment with id [x] not available for refund, status full", errors.RefundRefusal.STATUS),
        (None, errors.RefundRefusal.STATUS),
    ],
)
def test_the_two_texts_of_a_refused_refund(said: str | None, reason: object) -> None:
    """One code with two texts is one class with a reason, and the reason survives pickling."""
    error = _read(400, json.dumps({"code": "P0603", "description": said}).encode())

    assert isinstance(error, errors.RefundNotAvailableError)
    assert reason is error.reason
    assert reason is pickle.loads(pickle.dumps(error)).reason


def test_a_code_that_is_new_decides_nothing() -> None:
    """A 400 with a code that is not known is not called a wrong field."""
    error = _read(400, b'{"code": "P9999", "description": "Something new"}')

    assert (errors.PayError, "P9999") == (type(error), error.code)
    assert "Something new" in error.message


def test_a_401_is_a_wrong_key_whatever_its_body_says() -> None:
    """The specification gives 401 no body, so none is trusted."""
    assert errors.InvalidKeyError is type(_read(401, b'{"code": "P0102"}'))


def test_the_field_or_the_header_is_named() -> None:
    """GOV.UK Pay names a field or a header; both are `field` here."""
    field = _read(422, b'{"code": "P0102", "field": "amount"}')
    header = _read(422, b'{"code": "P0102", "header": "Idempotency-Key"}')

    assert ["amount", "Idempotency-Key"] == [field.field, header.field]
    assert "(P0102, field amount)" in field.message


def test_what_was_sent_is_taken_out() -> None:
    """A description that repeats a value of the request does not bring it into the error."""
    error = _read(422, b'{"code": "P0102", "description": "Not GW-0001 again."}')

    assert "GW-0001" not in error.message
    assert "Not [removed] again. Correct" in error.message


@given(status=st.integers(400, 599), body=st.binary(max_size=200))
def test_any_answer_that_means_no_becomes_an_error(status: int, body: bytes) -> None:
    """Whatever bytes come with a refusal, the developer gets a PayError with its status."""
    assert status == _read(status, body).status


@given(
    status=st.integers(400, 599),
    body=st.dictionaries(
        st.sampled_from(["code", "description", "field", "header"]),
        st.none() | st.booleans() | st.integers() | st.text(max_size=30) | st.lists(st.none()),
    ),
)
def test_any_shape_of_body_becomes_an_error(status: int, body: dict[str, object]) -> None:
    """A member of another type than documented is passed over."""
    error = _read(status, json.dumps(body).encode())

    assert isinstance(error, PayError)
    assert error.code is None or error.code == body["code"]


# ------------------------------------------------------------------ calls


@pytest.mark.parametrize(
    "wrong", ["", "a/b", "../x", "a?b", "a b", "é", "x" * 65, "a\n", "%2e", "a#b"]
)
def test_an_id_that_could_lead_elsewhere_is_refused(wrong: str) -> None:
    """A payment id goes into the path, so nothing may stand in it that changes the path."""
    for work in (calls.get_payment, calls.get_payment_events, calls.cancel_payment):
        with pytest.raises(InvalidValueError) as refused:
            work(wrong)

        assert ("payment_id", "not_an_id") == (refused.value.field, refused.value.code)


@given(payment_id=st.from_regex(r"[A-Za-z0-9_-]{1,64}", fullmatch=True))
def test_an_id_stands_in_the_path_as_it_is(payment_id: str) -> None:
    """What can be an id is sent unchanged."""
    assert f"/v1/payments/{payment_id}" == calls.get_payment(payment_id).path
    assert f"/v1/payments/{payment_id}/events" == calls.get_payment_events(payment_id).path
    assert f"/v1/payments/{payment_id}/cancel" == calls.cancel_payment(payment_id).path


@pytest.mark.parametrize("key", ["a", "x" * 255, "Order-1"])
def test_an_idempotency_key_is_taken_with_an_agreement(key: str) -> None:
    """1 to 255 letters, digits and hyphens (API reference, 'Idempotency-Key')."""
    new = a_payment(authorisation_mode="agreement", agreement_id=AGREEMENT_ID, return_url=None)

    call = calls.create_payment(new, idempotency_key=key)

    assert (Repeat.WITH_KEY, "Idempotency-Key", key) == (call.repeat, call.key_header, call.key)
    assert "key=" not in repr(call).replace("key_header=", "")


@pytest.mark.parametrize("key", ["", "x" * 256, "a b", "a_b", "é", "a\n"])
def test_another_idempotency_key_is_refused(key: str) -> None:
    """What GOV.UK Pay would answer with P0102 is refused here."""
    new = a_payment(authorisation_mode="agreement", agreement_id=AGREEMENT_ID, return_url=None)

    with pytest.raises(InvalidValueError) as refused:
        calls.create_payment(new, idempotency_key=key)

    assert ("idempotency_key", "not_a_key") == (refused.value.field, refused.value.code)


@pytest.mark.parametrize("mode", ["web", "moto_api"])
def test_a_create_without_a_key_is_never_repeated(mode: str) -> None:
    """GOV.UK Pay ignores the key in these modes, so none is sent and nothing is repeated."""
    changes: dict[str, object] = {} if mode == "web" else {"return_url": None}
    call = calls.create_payment(a_payment(authorisation_mode=mode, **changes))

    assert (Repeat.IF_NOT_SENT, None) == (call.repeat, call.key_header)
    assert "new call for the same order" in call.find_out
