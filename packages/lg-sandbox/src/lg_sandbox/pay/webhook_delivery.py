# SPDX-License-Identifier: MIT
"""Send a webhook's message as GOV.UK Pay does: how long it waits, and the ways of every platform.

`lg_sandbox.outgoing` has the ways.
"""

from typing import TYPE_CHECKING

from lg_sandbox import outgoing
from lg_sandbox.outgoing import Send, check_address

if TYPE_CHECKING:
    from starlette.types import ASGIApp

__all__ = ["TIMEOUT_SECONDS", "asgi_sender", "check_address", "http_sender"]

TIMEOUT_SECONDS = 3.0
"""How long Pay waits for an answer, in seconds (webhooks code, configuration of its client)."""


def http_sender(url: str, *, seconds: float = TIMEOUT_SECONDS) -> Send:
    """Return a function that posts messages to an address on this machine.

    Args:
        url: the callback address.
        seconds: how long to wait for an answer, in seconds of real time.

    Returns:
        The function. It raises OSError when no answer came. Redirects are not followed.

    Raises:
        ValueError: when the address is not on loopback.
    """
    return outgoing.http_sender(url, seconds=seconds)


def asgi_sender(app: "ASGIApp", *, path: str, seconds: float = TIMEOUT_SECONDS) -> Send:
    """Return a function that hands messages to an ASGI app.

    Args:
        app: the app.
        path: the path of its callback.
        seconds: how long to wait for an answer, in seconds of real time.

    Returns:
        The function. It raises TimeoutError when no answer came.
    """
    return outgoing.asgi_sender(app, path=path, seconds=seconds)
