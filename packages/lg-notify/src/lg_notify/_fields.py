# SPDX-License-Identifier: MIT
"""The checks of single fields of a message, before it leaves. Pure.

They refuse what cannot be right. Whether Notify sends to a number or an address is another
question: see `lg_notify.recipients`.
"""

import re
from urllib.parse import urlsplit

from lg_core.errors import InvalidValueError

__all__ = ["checked_id", "email_address", "https", "phone_number", "template_id", "unblank"]

_UUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
# notifications-utils drops white space, also the kinds without width, and then takes these.
_SPACE = re.compile(r"[\s\u180e\u200b-\u200d\u2060\ufeff]+")
_NUMBER = re.compile(r"[0-9()+-]*[0-9][0-9()+-]*")
_LOCAL = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+")
_NO_HOST = re.compile(r"[,;:<>()\[\]\"'\u2018\u2019@/]")
_LONGEST_EMAIL = 320
_SHORTEST_TOP = 2


def checked_id(text: str, *, field: str) -> str:
    """Refuse what cannot be an id of Notify's.

    Args:
        text: the id.
        field: whose it is, for the error.

    Returns:
        The id as it was given.

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


def template_id(text: str) -> str:
    """Refuse what cannot be an id that Notify's pages show."""
    if not _UUID.fullmatch(text):
        raise InvalidValueError(
            "must be an id of GOV.UK Notify's, of 36 characters: copy it from Notify's pages",
            code="not_an_id",
        )
    return text


def phone_number(text: str) -> str:
    """Refuse what holds a letter or no digit."""
    if not _NUMBER.fullmatch(_SPACE.sub("", text)):
        raise InvalidValueError(
            "must be a telephone number: digits, and no more than spaces, + - ( ) beside them",
            code="not_a_number",
        )
    return text


def email_address(text: str) -> str:
    """Refuse what is not one e-mail address."""
    address = _SPACE.sub(" ", text).strip()
    local, at, host = address.rpartition("@")
    good = (
        at
        and len(address) <= _LONGEST_EMAIL
        and " " not in address
        and ".." not in address
        and _LOCAL.fullmatch(local)
        and not _NO_HOST.search(host)
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


def https(url: str) -> str:
    """Refuse what is not a whole https address."""
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


def unblank(text: str) -> str:
    """Refuse a reference of white space alone."""
    if not text.strip():
        raise InvalidValueError("must not be blank: leave it out", code="blank")
    return text
