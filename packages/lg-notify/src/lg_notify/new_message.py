# SPDX-License-Identifier: MIT
"""What you ask GOV.UK Notify to send: a text or an e-mail, checked before it leaves.

There is no time to send at: Notify's API takes one, and sends at once all the same.
"""

import re
from collections.abc import Mapping
from typing import Annotated, ClassVar
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, StrictStr

from lg_core.errors import InvalidValueError
from lg_core.models import RequestModel
from lg_notify._personalisation import Value, checked_values, without_files

__all__ = ["Email", "Sms", "Value", "checked_id"]

_UUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
# notifications-utils drops white space, also the kinds without width, and then takes these.
_SPACE = re.compile(r"[\s\u180e\u200b-\u200d\u2060\ufeff]+")
_NUMBER = re.compile(r"[0-9()+-]*[0-9][0-9()+-]*")
_LOCAL = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+")
_LONGEST_EMAIL = 320
_SHORTEST_TOP = 2


def checked_id(text: str, *, field: str) -> str:
    """Refuse what cannot be an id of Notify's.

    Args:
        text: the id.
        field: whose it is, for the error.

    Returns:
        The id, in small letters.

    Raises:
        InvalidValueError: it is no UUID.
    """
    if not _UUID.fullmatch(text):
        raise InvalidValueError(
            f"{field} must be an id of GOV.UK Notify's, of 36 characters, as "
            "f27a8f6b-ccc4-4a0c-94a4-0a86d6fb1d31.",
            field=field,
            code="not_an_id",
        )
    return text


def _id(text: str) -> str:
    if not _UUID.fullmatch(text):
        raise InvalidValueError(
            "must be an id of GOV.UK Notify's, of 36 characters: copy it from Notify's pages",
            code="not_an_id",
        )
    return text


def _phone_number(text: str) -> str:
    if not _NUMBER.fullmatch(_SPACE.sub("", text)):
        raise InvalidValueError(
            "must be a telephone number: digits, and no more than spaces, + - ( ) beside them",
            code="not_a_number",
        )
    return text


def _email_address(text: str) -> str:
    address = _SPACE.sub(" ", text).strip()
    local, at, host = address.rpartition("@")
    good = (
        at
        and len(address) <= _LONGEST_EMAIL
        and " " not in address
        and ".." not in address
        and _LOCAL.fullmatch(local)
        and not re.search(r"[,;:<>()\[\]\"'\u2018\u2019@/]", host)
        and all(host.split("."))
        and "." in host
        and len(host.rpartition(".")[2]) >= _SHORTEST_TOP
    )
    if not good:
        raise InvalidValueError(
            "must be one e-mail address, such as name@example.gov.uk, without a name or brackets "
            "around it",
            code="not_an_email",
        )
    return text


def _https(url: str) -> str:
    try:
        parts = urlsplit(url)
        good = parts.scheme == "https" and bool(parts.hostname) and url.isascii()
        _ = parts.port  # read for its error: a port that is no number
    except ValueError:
        good = False
    if not good or not url.isprintable() or " " in url:
        raise InvalidValueError(
            "must be a whole https address, such as https://www.example.gov.uk/unsubscribe/4f1c",
            code="not_https",
        )
    return url


def _reference(text: str) -> str:
    if not text.strip():
        raise InvalidValueError("must not be blank: leave it out", code="blank")
    return text


_Id = Annotated[StrictStr, AfterValidator(_id)]
_Reference = Annotated[StrictStr, Field(max_length=1000), AfterValidator(_reference)]


class Sms(RequestModel):
    """A text message to send (docs, 'Send a text message').

    Its text may be 918 characters long when the values are filled in.

    Attributes:
        phone_number: who it goes to: a UK mobile number, or one with the code of its country. One
            digit too many can make a UK number one of another country, which Notify charges for.
        template_id: the template, from its page in GOV.UK Notify.
        personalisation: a value for each placeholder of the template: text, a number, True or
            False (for conditions: "yes" and "no" are plainer), or a list.
        reference: your name for the message, at most 1,000 characters. Give each message its own:
            Notify sends again what has the same one, and an answer that was lost is found by it.
        sms_sender_id: who it comes from, where the service has several senders.

    Raises:
        InvalidValueError: one or more fields are wrong; the text names each and says what to do.
    """

    shown: ClassVar[frozenset[str]] = frozenset({"template_id", "sms_sender_id"})

    phone_number: Annotated[StrictStr, AfterValidator(_phone_number)]
    template_id: _Id
    personalisation: Annotated[Mapping[str, Value], BeforeValidator(without_files)] = Field(
        default_factory=dict[str, Value]
    )
    reference: _Reference | None = None
    sms_sender_id: _Id | None = None


class Email(RequestModel):
    """An e-mail to send (docs, 'Send an email').

    Attributes:
        email_address: who it goes to.
        template_id: the template, from its page in GOV.UK Notify.
        personalisation: a value for each placeholder of the template: text, a number, True or
            False (for conditions: "yes" and "no" are plainer), a list, which becomes bullets, or
            a file as Notify documents it.
        reference: your name for the message, at most 1,000 characters. Give each message its own:
            Notify sends again what has the same one, and an answer that was lost is found by it.
        email_reply_to_id: where answers go, where the service has several such addresses.
        one_click_unsubscribe_url: an https address that takes a POST without a sign-in and ends
            the person's subscription (RFC 8058).

    Raises:
        InvalidValueError: one or more fields are wrong; the text names each and says what to do.
    """

    shown: ClassVar[frozenset[str]] = frozenset({"template_id", "email_reply_to_id"})

    email_address: Annotated[StrictStr, AfterValidator(_email_address)]
    template_id: _Id
    personalisation: Annotated[Mapping[str, Value], BeforeValidator(checked_values)] = Field(
        default_factory=dict[str, Value]
    )
    reference: _Reference | None = None
    email_reply_to_id: _Id | None = None
    one_click_unsubscribe_url: Annotated[StrictStr, AfterValidator(_https)] | None = None
