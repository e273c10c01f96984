# SPDX-License-Identifier: MIT
"""How GOV.UK Notify says no: each name, each status, and what cannot be read."""

import json
import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lg_core import errors as core
from lg_core.platforms import Refusal
from lg_notify import NotifyError, errors
from lg_notify._platform import read_refusal
from lg_notify._sentences import known


def _read(
    status: int, body: bytes, *, sent: str = "zqsent", capability: str = "lg-notify.send_sms"
) -> NotifyError:
    return read_refusal(
        Refusal(
            platform="GOV.UK Notify",
            capability=capability,
            status=status,
            body=body,
            request_id=None,
            retryable=status == 429,
            attempts=1,
            sent=frozenset({sent}),
        )
    )


def _envelope(status: int, *problems: tuple[object, object]) -> NotifyError:
    listed = [{"error": name, "message": text} for name, text in problems]
    return _read(status, json.dumps({"status_code": status, "errors": listed}).encode())


CASES = [
    (400, "ValidationError", "phone_number Not enough digits", errors.InvalidRecipientError),
    (400, "ValidationError", "template_id is not a valid UUID", errors.InvalidMessageError),
    (400, "ValidationError", "phone_number is a required property", errors.InvalidMessageError),
    (400, "ValidationError", "reference zq is not of type string", errors.InvalidMessageError),
    (400, "ValidationError", "a sentence of tomorrow", errors.InvalidMessageError),
    (400, "BadRequestError", "Template not found", errors.InvalidMessageError),
    (400, "BadRequestError", "Template has been deleted", errors.InvalidMessageError),
    (400, "BadRequestError", "Your message is empty.", errors.InvalidMessageError),
    (
        400,
        "BadRequestError",
        "Cannot send to international mobile numbers",
        errors.InvalidRecipientError,
    ),
    (
        400,
        "BadRequestError",
        "Can’t send to this recipient when service is in trial mode, see https://x",
        errors.NotAllowedError,
    ),
    (400, "BadRequestError", "Service is not allowed to send emails", errors.NotAllowedError),
    (403, "BadRequestError", "Cannot send letters with a team api key", errors.NotAllowedError),
    (400, "InvalidPhoneError", "Not a UK mobile number", errors.InvalidRecipientError),
    (400, "InvalidEmailError", "anything", errors.InvalidRecipientError),
    (
        401,
        "AuthError",
        "Unauthorized: authentication token must be provided",
        errors.InvalidKeyError,
    ),
    (403, "AuthError", "Invalid token: API key not found", errors.InvalidKeyError),
    (403, "AuthError", "a sentence of tomorrow", errors.InvalidKeyError),
    (
        403,
        "AuthError",
        "Error: Your system clock must be accurate to within 30 seconds",
        errors.ClockError,
    ),
    (404, "NoResultFound", "No result found", errors.MessageNotFoundError),
    (404, "DataError", "x", errors.MessageNotFoundError),
    (
        429,
        "RateLimitError",
        "Exceeded rate limit for key type LIVE of 3000 requests per 60 seconds",
        errors.RateLimitError,
    ),
    (500, "KeyError", "Internal server error", errors.NotifyUnavailableError),
    (504, "EventletTimeout", "Timeout serving request", errors.NotifyTimeoutError),
    (504, "SomethingElse", "Timeout serving request", errors.NotifyTimeoutError),
    (
        400,
        "PDFNotReadyError",
        "PDF not available yet, try again later",
        errors.PDFNotReadyError,
    ),
    (400, "PDFNotReadyError", "a sentence of tomorrow", errors.PDFNotReadyError),
    (400, "BadRequestError", "Notification is not a letter", errors.InvalidMessageError),
    (400, "BadRequestError", "Uploaded file exceeds file size limit", errors.InvalidFileError),
    (400, "BadRequestError", "Unsupported file type '.exe'. Zq.", errors.InvalidFileError),
    (
        400,
        "ValidationError",
        "retention_period Unsupported value for retention_period: zq. Supported periods are x.",
        errors.InvalidFileError,
    ),
    (400, "ValidationError", "Must be a real address", errors.InvalidRecipientError),
    (400, "ValidationError", "Address must be at least 3 lines", errors.InvalidRecipientError),
    (
        400,
        "ValidationError",
        "Additional properties are not allowed (zq was unexpected)",
        errors.InvalidMessageError,
    ),
    (400, "ValidationError", "[zq] is not of type object", errors.InvalidMessageError),
]


@pytest.mark.parametrize(("status", "name", "text", "kind"), CASES)
def test_each_refusal_is_its_own_kind(
    *, status: int, name: str, text: str, kind: type[NotifyError]
) -> None:
    """The name decides, and the text where one name stands for several things."""
    error = _envelope(status, (name, text))

    assert kind is type(error)
    assert (name if status < 500 or name == "EventletTimeout" else "ServerError") == error.code
    assert "zq" not in str(error)
    assert error.problems == pickle.loads(pickle.dumps(error)).problems


def test_the_limit_of_the_day_does_not_pass_by_waiting() -> None:
    """The client does not try again what no wait of its own can outlast."""
    error = _envelope(429, ("TooManyRequestsError", "Exceeded send limits (sms: 250000) for today"))

    assert errors.TooManyRequestsError is type(error)
    assert not error.retryable
    assert "250000" in str(error)
    assert isinstance(error, core.RateLimitedError)


def test_several_errors_are_all_kept() -> None:
    """A request that is wrong in several places says each; all about the recipient is one."""
    both = _envelope(
        400,
        ("ValidationError", "phone_number is a required property"),
        ("ValidationError", "template_id is a required property"),
    )
    person = _envelope(
        400,
        *[
            ("ValidationError", f"phone_number {text}")
            for text in ("Not enough digits", "Too many digits")
        ],
    )

    assert ["phone_number", "template_id"] == [problem.field for problem in both.problems]
    assert errors.InvalidMessageError is type(both)
    assert errors.InvalidRecipientError is type(person)
    assert "not enough digits; phone_number has too many digits" in str(person)


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, errors.InvalidMessageError),
        (401, errors.InvalidKeyError),
        (403, errors.NotAllowedError),
        (404, NotifyError),
        (405, NotifyError),
        (418, NotifyError),
        (429, errors.RateLimitError),
        (502, errors.NotifyUnavailableError),
        (504, errors.NotifyTimeoutError),
    ],
)
@pytest.mark.parametrize(
    "body",
    [
        b"<html>zq</html>",
        b'{"result": "error", "message": "zq"}',
        b'{"errors": "zq"}',
        b'{"errors": ["zq", {"error": 7}]}',
        b'{"errors": [{"error": "zq", "message": "zq"}]}',
    ],
)
def test_outside_the_envelope_the_status_decides(
    status: int, body: bytes, kind: type[NotifyError]
) -> None:
    """A proxy's page, Notify's answer to a wrong address and a new form are read by status."""
    error = _read(status, body)

    assert kind is type(error)
    assert "zq" not in str(error)


def test_a_name_that_was_sent_is_taken_out() -> None:
    """What the template asks for is told, without anything that was sent."""
    error = _envelope(400, ("BadRequestError", "Missing personalisation: day, zqsent"))

    assert "day" in str(error)
    assert "zqsent" not in str(error)


@given(text=st.text() | st.integers() | st.none())
def test_a_text_that_is_not_known_is_not_repeated(text: object) -> None:
    """Any text is either one of the known sentences or nothing."""
    error = _envelope(400, ("BadRequestError", text))

    assert known(text) is not None or [None] == [problem.text for problem in error.problems]


def test_too_long_is_said_in_numbers() -> None:
    """The characters of the text and those that Notify sends are told."""
    sentence = known(
        "Your message is too long. Text messages cannot be longer than 918 characters. Your "
        "message is 945 characters long."
    )

    assert sentence is not None
    assert "the text has 945 characters, and Notify sends 918" == sentence.text


@pytest.mark.parametrize("capability", ["lg-notify.get_template", "lg-notify.preview_template"])
def test_a_template_that_is_not_there_is_said(capability: str) -> None:
    """Notify's text is the same for all things; what was asked for decides."""
    body = json.dumps({"errors": [{"error": "NoResultFound", "message": "No result found"}]})
    error = _read(404, body.encode(), capability=capability)

    assert errors.TemplateNotFoundError is type(error)
    assert "no such template" in str(error)
    assert "message" not in str(error)
