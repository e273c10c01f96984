# SPDX-License-Identifier: MIT
"""The headers of every page, and the one cookie. Pure.

Every page forbids what it does not need (Content Security Policy Level 3): no script but the ones
with this answer's nonce, no style, picture or font from elsewhere, no frame, no plug-in. A form may
lead to this service and to the origins that the settings name, because Chromium also checks the
redirects that follow a form.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Final

from lg_core.endpoints import Reply
from lg_core.errors import InvalidValueError

__all__ = ["content_security_policy", "cookie", "page_headers", "read_cookies", "with_missing"]

_FIXED: Final = (
    ("cache-control", "no-store"),
    ("cross-origin-opener-policy", "same-origin"),
    ("referrer-policy", "same-origin"),
    ("x-content-type-options", "nosniff"),
)
_COOKIE_NAME = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")  # RFC 9110, 'token'
_COOKIE_VALUE = re.compile(r"[!#-+\--:<-\[\]-~]*")  # RFC 6265 section 4.1.1, 'cookie-octet'


def content_security_policy(*, nonce: str, form_targets: Iterable[str] = ()) -> str:
    """Write the policy of one answer.

    Args:
        nonce: the answer's own random text, which its scripts repeat.
        form_targets: other origins that a form may lead to, such as
            `https://www.payments.service.gov.uk`.

    Returns:
        The value of the header.
    """
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src 'nonce-{nonce}'",
            "style-src 'self'",
            "img-src 'self' data:",
            "font-src 'self'",
            "manifest-src 'self'",
            "connect-src 'none'",
            " ".join(("form-action 'self'", *form_targets)),
            "base-uri 'none'",
            "frame-ancestors 'none'",
        )
    )


def page_headers(*, nonce: str, form_targets: Iterable[str] = ()) -> tuple[tuple[str, str], ...]:
    """Return the headers of a page.

    Args:
        nonce: the answer's own random text.
        form_targets: other origins that a form may lead to.
    """
    policy = content_security_policy(nonce=nonce, form_targets=form_targets)
    return (("content-security-policy", policy), *_FIXED)


def with_missing(reply: Reply, headers: Iterable[tuple[str, str]]) -> Reply:
    """Add headers to a reply, except those that it has already.

    Args:
        reply: the reply.
        headers: names in small letters, and values.

    Returns:
        The reply, with each header once.
    """
    present = {name.lower() for name, _ in reply.headers}
    return reply.with_headers(*(pair for pair in headers if pair[0] not in present))


def cookie(name: str, value: str | None, *, secure: bool) -> tuple[str, str]:
    """Return the header that sets the session's cookie, or takes it away.

    It lasts until the browser is closed, is sent to this host only, and no script reads it. With
    `SameSite=Lax` it comes along when GOV.UK Pay or GOV.UK One Login sends a person back.

    Args:
        name: the cookie's name; with the prefix `__Host-` browsers hold it to these rules (RFC
            6265bis, 'The "__Host-" Prefix').
        value: its value; None to take it away.
        secure: whether it is sent over https only.

    Raises:
        InvalidValueError: the name or the value has a character that no cookie may have.
    """
    if not _COOKIE_NAME.fullmatch(name) or not _COOKIE_VALUE.fullmatch(value or ""):
        raise InvalidValueError(
            "A cookie's name and value may have ASCII letters, digits and some signs, but no "
            "space, quotation mark, comma, semicolon or backslash.",
            field="cookie",
            code="not_a_cookie",
        )
    parts = [f"{name}={value or ''}", "HttpOnly"]
    parts += ["Max-Age=0"] if value is None else []
    parts += ["Path=/", "SameSite=Lax"]
    parts += ["Secure"] if secure else []
    return ("set-cookie", "; ".join(parts))


def read_cookies(header: str) -> Mapping[str, str]:
    """Read the header `Cookie` (RFC 6265 section 4.2).

    Every framework reads it a little differently, so that we read it ourselves. Where a name comes
    twice, the first counts: browsers send the most specific one first.

    Args:
        header: the header's value, or nothing.

    Returns:
        The cookies by name. A part that is not a cookie is left out.
    """
    cookies: dict[str, str] = {}
    for part in header.split(";"):
        name, sign, value = part.strip(" \t").partition("=")
        if sign and _COOKIE_NAME.fullmatch(name):
            cookies.setdefault(name, _unquoted(value.strip(" \t")))
    return cookies


def _unquoted(value: str) -> str:
    if len(value) > 1 and value[0] == value[-1] == '"':
        return value[1:-1]
    return value
