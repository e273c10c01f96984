# SPDX-License-Identifier: MIT
"""The texts of Notify's that this package knows, and what each means. Pure.

Notify's texts repeat what was sent: a wrong reference comes back whole. So a text is looked up
here, and what a developer sees is the sentence beside it, filled with field names and numbers
only. Sources: answers recorded from Notify's API, and the checks of notifications-api.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from lg_notify import errors

__all__ = ["Known", "Sentence", "Write", "known", "plain"]

_FIELDS = (
    "content|email_address|email_reply_to_id|id|include_jobs|notification_id|older_than|"
    "one_click_unsubscribe_url|personalisation|phone_number|postage|reference|sms_sender_id|"
    "status|template_id|template_type|type|version"
)
_TYPES = "array|boolean|integer|number|object|string"
_RECIPIENT = frozenset({"email_address", "phone_number"})


@dataclass(frozen=True, slots=True)
class Sentence:
    """What a text of Notify's means.

    Attributes:
        text: what is wrong, with nothing of the request in it.
        kind: the error that it is.
        advice: what to do.
        field: the field that is wrong, where one is.
    """

    text: str
    kind: type[errors.NotifyError]
    advice: str
    field: str | None = None


Write = Callable[[re.Match[str]], Sentence]
Known = Sequence[tuple[re.Pattern[str], Write]]

_CORRECT = "Correct the field and make the call again."
_ASK_AGAIN = "Ask the person for it again."
_COPY_KEY = (
    "Copy the key again from GOV.UK Notify (API integration, API keys); a key that was revoked "
    "there cannot be used."
)
_GO_LIVE = "In trial mode a service sends to its own team and guest list only: make it live."
_CHECK_TEMPLATE = "Copy the template's id from its page in GOV.UK Notify (Copy template ID)."


def _of_field(what: str) -> Write:
    def write(found: re.Match[str]) -> Sentence:
        field = found["field"]
        wrong_person = field in _RECIPIENT and not what.endswith("is required")
        kind = errors.InvalidRecipientError if wrong_person else errors.InvalidMessageError
        advice = _ASK_AGAIN if wrong_person else _CORRECT
        return Sentence(f"{field} {what.format(**found.groupdict())}", kind, advice, field)

    return write


def plain(
    text: str, kind: type[errors.NotifyError], advice: str, *, field: str | None = None
) -> Write:
    sentence = Sentence(text, kind, advice, field)
    return lambda _found: sentence


def _missing(found: re.Match[str]) -> Sentence:
    # The names are those of the template, which the service wrote.
    return Sentence(
        f"the personalisation lacks what the template asks for: {found['names']}",
        errors.InvalidMessageError,
        "Give each a value; an empty text will do.",
        "personalisation",
    )


def _too_long(found: re.Match[str]) -> Sentence:
    return Sentence(
        f"the text has {found['given']} characters, and Notify sends {found['most']}",
        errors.InvalidMessageError,
        "Shorten the template or the values.",
        "personalisation",
    )


def _day(found: re.Match[str]) -> Sentence:
    return Sentence(
        f"the limit of {found['most']} messages a day is reached",
        errors.TooManyRequestsError,
        "The count begins again at midnight UTC. Ask GOV.UK Notify for a higher limit.",
    )


# What is wrong with a number, said of its field by the schema, and alone by a later check.
_NUMBER_TEXTS = (
    (r"Number is not valid.*", "is no telephone number that GOV.UK Notify can send to"),
    (r"Must not contain letters or symbols", "holds letters or symbols"),
    (r"Not a valid country prefix", "begins with the code of no country"),
    (r"Not a UK mobile number", "is not a UK mobile number"),
    (r"Not enough digits", "has not enough digits"),
    (r"Too many digits", "has too many digits"),
)
_FIELD_TEXTS = (
    (r"is a required property", "is required"),
    (r"is not a valid UUID", "is not an id of GOV.UK Notify's"),
    (r"is not a valid https url", "is not an https address"),
    (rf".*is not of type (?P<type>{_TYPES})", "is not of type {type}"),
    (r".*is too long", "is longer than GOV.UK Notify takes"),
    (r".*is not one of \[[\w ,-]*\]", "is not one of the words that GOV.UK Notify knows"),
    (r"Not a valid email address", "is not an e-mail address that GOV.UK Notify can send to"),
    *_NUMBER_TEXTS,
)
_STRANGER = "the recipient is not in the team or on the guest list of the service"

_KNOWN: Known = (
    *(
        (re.compile(rf"(?P<field>{_FIELDS}) {text}", re.DOTALL), _of_field(what))
        for text, what in _FIELD_TEXTS
    ),
    *(
        (
            re.compile(text),
            plain(
                f"phone_number {what}",
                errors.InvalidRecipientError,
                _ASK_AGAIN,
                field="phone_number",
            ),
        )
        for text, what in _NUMBER_TEXTS
    ),
    (
        re.compile(r"(?P<field>sms_sender_id|email_reply_to_id) \S+ does not exist in database.*"),
        _of_field("is not one of the service's"),
    ),
    (re.compile(r"Missing personalisation: (?P<names>.+)"), _missing),
    (
        re.compile(
            r"Your message is too long\..*longer than (?P<most>\d{1,9}) \w+\. "
            r"Your message is (?P<given>\d{1,9}) \w+ long\."
        ),
        _too_long,
    ),
    (
        re.compile(r"Your message is empty\.?"),
        plain(
            "the message is empty",
            errors.InvalidMessageError,
            "Look at the template's conditions and at the values.",
            field="personalisation",
        ),
    ),
    (
        re.compile(r"Template not found"),
        plain(
            "the service has no template with this id",
            errors.InvalidMessageError,
            _CHECK_TEMPLATE,
            field="template_id",
        ),
    ),
    (
        re.compile(r"Template has been deleted"),
        plain(
            "the template was deleted",
            errors.InvalidMessageError,
            _CHECK_TEMPLATE,
            field="template_id",
        ),
    ),
    (
        re.compile(r"(?:sms|email|letter) template is not suitable for (?:sms|email) notification"),
        plain(
            "the template is for another kind of message",
            errors.InvalidMessageError,
            _CHECK_TEMPLATE,
            field="template_id",
        ),
    ),
    (
        re.compile(r"Cannot send to international mobile numbers"),
        plain(
            "the service may not send to numbers abroad",
            errors.InvalidRecipientError,
            "Switch it on in GOV.UK Notify (Settings, Text message settings), or ask for a UK "
            "number.",
            field="phone_number",
        ),
    ),
    (
        re.compile(r"Can.t send to this recipient when service is in trial mode.*"),
        plain(_STRANGER, errors.NotAllowedError, _GO_LIVE),
    ),
    (
        re.compile(r"Can.t send to this recipient using a team-only API key.*"),
        plain(
            _STRANGER,
            errors.NotAllowedError,
            "Use a live key, or a test key in place of the team key.",
        ),
    ),
    (
        re.compile(r"Service is not allowed to send (?P<what>text messages|emails|letters).*"),
        lambda found: Sentence(
            f"the service may not send {found['what']}",
            errors.NotAllowedError,
            "Switch it on in GOV.UK Notify (Settings).",
        ),
    ),
    (
        re.compile(r"Error: Your system clock must be accurate to within 30 seconds"),
        plain(
            "the clock of this machine is more than 30 seconds off",
            errors.ClockError,
            "Set the clock: let the machine take its time from a time server (NTP).",
        ),
    ),
    (
        re.compile(r"Exceeded rate limit for key type (?:LIVE|TEAM|TEST) of (?P<most>\d{1,9}) .*"),
        lambda found: Sentence(
            f"the limit of {found['most']} messages a minute is reached",
            errors.RateLimitError,
            "Refused requests count too: wait a few seconds. Where several workers use the key, "
            "divide the limit with lg_notify.limits.limiter(share=...).",
        ),
    ),
    (re.compile(r"Exceeded send limits \(.*?(?P<most>\d{1,9})\) for today"), _day),
    (
        re.compile(r"Invalid JSON supplied in POST data|.*is not of type object", re.DOTALL),
        plain(
            "the body is not the JSON object that it should be",
            errors.InvalidMessageError,
            "Something between you and Notify may have changed it: look at your proxy.",
        ),
    ),
    (
        re.compile(r"Additional properties are not allowed .*", re.DOTALL),
        plain(
            "there is a field that GOV.UK Notify does not know",
            errors.InvalidMessageError,
            "Look for a newer lg-notify, or report this.",
        ),
    ),
    (
        re.compile(r"(?:Invalid token|Unauthorized): .*"),
        plain("the token was not accepted", errors.InvalidKeyError, _COPY_KEY),
    ),
    (
        re.compile(r"No result found"),
        plain(
            "there is no such message",
            errors.MessageNotFoundError,
            "Check the id. Messages are kept for 7 days as a rule, and smoke tests not at all.",
        ),
    ),
)


def known(text: object) -> Sentence | None:
    """Look a text of Notify's up.

    Args:
        text: the member `message` of an error.

    Returns:
        What it means, or None for a text that is not known.
    """
    if not isinstance(text, str):
        return None
    # Loads here, since it stands on this module.
    from lg_notify._sentences_parts import KNOWN_OF_PARTS  # noqa: PLC0415

    for pattern, write in (*_KNOWN, *KNOWN_OF_PARTS):
        found = pattern.fullmatch(text)
        if found is not None:
            return write(found)
    return None
