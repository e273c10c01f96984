# SPDX-License-Identifier: MIT
"""The token that shows that a form was sent from our own page. Pure: bytes in, bytes out.

The session keeps a secret, and each page carries the secret under a fresh mask, so that no two
pages hold the same text. (A secret that repeats in compressed pages can be guessed from their
lengths: the BREACH attack. OWASP, 'Cross-Site Request Forgery Prevention', synchronizer token.)
"""

import hmac
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Final

__all__ = ["TOKEN_FIELD", "masked", "new_secret", "same_site", "token_matches"]

TOKEN_FIELD: Final = "csrf_token"  # noqa: S105 -- a name
"""The name of the form's hidden field."""

_BYTES = 32
_ENCODED = 43  # 32 bytes in base64 without its padding


def new_secret() -> str:
    """Make a secret for a session: 256 random bits, in base64 for URLs."""
    return secrets.token_urlsafe(_BYTES)


def masked(secret: str) -> str:
    """Put a secret under a fresh mask, for one page.

    Args:
        secret: as `new_secret` made it.

    Returns:
        The token for the page's forms: the mask, then the masked secret.
    """
    mask = secrets.token_bytes(_BYTES)
    return _text(mask) + _text(_crossed(mask, _read(secret)))


def token_matches(token: str, *, secret: str) -> bool:
    """Say whether a form's token was made from a session's secret.

    Args:
        token: what the form sent; anything at all.
        secret: what the session keeps.

    Returns:
        Whether it is; compared in constant time.
    """
    if len(token) != 2 * _ENCODED or not token.isascii():
        return False
    try:
        mask, crossed = _read(token[:_ENCODED]), _read(token[_ENCODED:])
    except ValueError:  # not base64
        return False
    if len(mask) != _BYTES or len(crossed) != _BYTES:
        return False
    return hmac.compare_digest(_crossed(mask, crossed), _read(secret))


def same_site(fetch_site: str | None) -> bool:
    """Say whether the browser does not object to where a request comes from.

    Args:
        fetch_site: the header `Sec-Fetch-Site`, or None where the browser sends none.

    Returns:
        False where the browser says that another site, or another host of ours, sent it (W3C,
        'Fetch Metadata Request Headers'). `none` is the person's own act, such as a reload.
    """
    return fetch_site is None or fetch_site.strip().lower() in {"same-origin", "none"}


def _text(data: bytes) -> str:
    return urlsafe_b64encode(data).decode().rstrip("=")


def _read(text: str) -> bytes:
    return urlsafe_b64decode(f"{text}=")


def _crossed(left: bytes, right: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(left, right, strict=True))
