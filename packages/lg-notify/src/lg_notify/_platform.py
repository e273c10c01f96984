# SPDX-License-Identifier: MIT
"""GOV.UK Notify as the client must know it: its address, and how it says no."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.metadata import version
from typing import cast

from lg_core.platforms import Platform, Refusal
from lg_notify import errors
from lg_notify._sentences import Sentence, known
from lg_notify.limits import RATES

__all__ = ["BASE_URL", "NOTIFY", "read_refusal"]

BASE_URL = "https://api.notifications.service.gov.uk"
"""Where GOV.UK Notify is, for every kind of key: the key decides (docs, 'API keys')."""

DOC_URL = "https://docs.notifications.service.gov.uk/rest-api.html"


@dataclass(frozen=True, slots=True)
class _Kind:
    """What a name of an error, or a status, means for a developer."""

    error: type[errors.NotifyError]
    advice: str


_INVALID = _Kind(
    errors.InvalidMessageError,
    "Its own words may hold what you sent, so they are not repeated: look at the message and the "
    "template.",
)
_RECIPIENT = _Kind(errors.InvalidRecipientError, "Ask the person for it again.")
_NOT_ALLOWED = _Kind(
    errors.NotAllowedError,
    "Look at the service's settings and the kind of key in GOV.UK Notify.",
)
_KEY = _Kind(
    errors.InvalidKeyError,
    "Copy the key again from GOV.UK Notify (API integration, API keys); a key that was revoked "
    "there cannot be used.",
)
_NO_MESSAGE = _Kind(
    errors.MessageNotFoundError,
    "Check the id. Messages are kept for 7 days as a rule, and smoke tests not at all.",
)
_TOO_FAST = _Kind(
    errors.RateLimitError,
    "Refused requests count too: wait a few seconds. Where several workers use the key, divide "
    "the limit with lg_notify.limits.limiter(share=...).",
)
_TOO_MANY_TODAY = _Kind(
    errors.TooManyRequestsError,
    "The service has sent all that it may today. The count begins again at midnight UTC.",
)
_UNAVAILABLE = _Kind(
    errors.NotifyUnavailableError, "Try again later; see GOV.UK Notify's status page."
)
_NO_TEMPLATE = Sentence(
    "there is no such template, or no such version of it",
    errors.TemplateNotFoundError,
    "Copy the template's id from its page in GOV.UK Notify (Copy template ID).",
)
_NOT_READY = _Kind(
    errors.PDFNotReadyError,
    "Ask again in a while, or give get_letter_pdf the seconds that it may wait.",
)
_TIMED_OUT = _Kind(errors.NotifyTimeoutError, "Try again later; see GOV.UK Notify's status page.")
_NO_PAGE = _Kind(
    errors.NotifyError,
    "GOV.UK Notify has nothing at this address: check that base_url ends with the host.",
)
_OTHER = _Kind(errors.NotifyError, "Look the error up in GOV.UK Notify's documentation.")

# Technical documentation, 'Error codes'; names of notifications-api, `app/v2/errors.py`.
_BY_NAME: Mapping[str, _Kind] = {
    "AuthError": _KEY,
    "BadRequestError": _INVALID,
    "DataError": _NO_MESSAGE,
    "InvalidEmailError": _RECIPIENT,
    "InvalidPhoneError": _RECIPIENT,
    "NoResultFound": _NO_MESSAGE,
    "PDFNotReadyError": _NOT_READY,
    "RateLimitError": _TOO_FAST,
    "TooManyRequestsError": _TOO_MANY_TODAY,
    "ValidationError": _INVALID,
}
_BY_STATUS: Mapping[int, _Kind] = {
    400: _INVALID,
    401: _KEY,
    403: _NOT_ALLOWED,
    404: _NO_PAGE,
    405: _NO_PAGE,
    429: _TOO_FAST,
}
# A server error whose name says more than that something broke: it comes with 504.
_TIMEOUTS = frozenset({"EventletTimeout"})
_GATEWAY_TIMEOUT = 504
_FORBIDDEN = 403
_FIRST_SERVER_ERROR = 500
_MOST_PROBLEMS = 20


def read_refusal(refusal: Refusal) -> errors.NotifyError:
    """Make the error for an answer of Notify's that means no.

    The names in the envelope decide, then the status; a text decides only where one name stands
    for several things (docs, 'Error codes': texts may change). An unknown page and a wrong method
    are answered outside the envelope, and what stands before Notify answers with pages.

    Args:
        refusal: the answer.

    Returns:
        The error.
    """
    found = list(_problems(refusal))
    sentences = [sentence for _, sentence in found if sentence is not None]
    name = found[0][0].name if found else None
    kind = _kind(refusal.status, name, sentences[0] if len(found) == 1 and sentences else None)
    if len(sentences) == len(found) > 1 and kind is _INVALID:
        kind = _kind_of_all(sentences)
    said = "; ".join(dict.fromkeys(problem.text for problem, _ in found if problem.text))
    message = f"GOV.UK Notify refused {refusal.capability} with status {refusal.status}"
    message += f" ({name})" if name else ""
    message += f": {said}. " if said else ". "
    error = refusal.error(
        kind.error,
        message + kind.advice,
        code=name,
        field=next((problem.field for problem, _ in found if problem.field), None),
        doc_url=DOC_URL if name else None,
    )
    assert isinstance(error, errors.NotifyError)  # noqa: S101 -- every kind is one
    error.problems = tuple(problem for problem, _ in found)
    if isinstance(error, errors.TooManyRequestsError):
        error.retryable = False  # no wait of ours reaches midnight
    return error


def _problems(refusal: Refusal) -> Iterator[tuple[errors.Problem, Sentence | None]]:
    """Read the envelope. A name is a class of Python's; what is no such name is not repeated."""
    listed = (refusal.json() or {}).get("errors")
    if not isinstance(listed, list):
        return
    for each in cast("list[object]", listed)[:_MOST_PROBLEMS]:
        if not isinstance(each, dict):
            continue
        problem = cast("dict[str, object]", each)
        name = problem.get("error")
        # A server error is named after whatever broke; its name is then no word of Notify's.
        if not (
            isinstance(name, str) and (name in _BY_NAME or refusal.status >= _FIRST_SERVER_ERROR)
        ):
            continue
        sentence = known(problem.get("message"))
        if name == "NoResultFound" and "template" in refusal.capability:
            sentence = _NO_TEMPLATE
        text = refusal.text(sentence.text) if sentence else None
        shown = name if name in _BY_NAME or name in _TIMEOUTS else "ServerError"
        yield errors.Problem(shown, text, sentence.field if sentence else None), sentence


def _kind(status: int, name: str | None, sentence: Sentence | None) -> _Kind:
    if status >= _FIRST_SERVER_ERROR:
        return _TIMED_OUT if status == _GATEWAY_TIMEOUT else _UNAVAILABLE
    if sentence is not None:
        return _Kind(sentence.kind, sentence.advice)
    if name is None or (status == _FORBIDDEN and name == "BadRequestError"):
        return _BY_STATUS.get(status, _OTHER)
    return _BY_NAME[name]


def _kind_of_all(sentences: list[Sentence]) -> _Kind:
    """Several fields are wrong: where each is a recipient's, the recipient is."""
    recipients = all(each.kind is errors.InvalidRecipientError for each in sentences)
    return _Kind(
        errors.InvalidRecipientError if recipients else errors.InvalidMessageError,
        "Correct each of them and make the call again.",
    )


NOTIFY = Platform(
    name="GOV.UK Notify",
    component="lg-notify",
    version=version("lg-notify"),
    rates=RATES,
    read_refusal=read_refusal,
    capabilities=(
        "lg-notify.get_letter_pdf",
        "lg-notify.get_notification",
        "lg-notify.get_template",
        "lg-notify.list_notifications",
        "lg-notify.list_received_texts",
        "lg-notify.list_templates",
        "lg-notify.preview_template",
        "lg-notify.send_email",
        "lg-notify.send_letter",
        "lg-notify.send_precompiled_letter",
        "lg-notify.send_sms",
    ),
)
