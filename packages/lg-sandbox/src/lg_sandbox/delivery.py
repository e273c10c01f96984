# SPDX-License-Identifier: MIT
"""Send an answer, or fail to send it in the way that a planned fault asks for.

A server of ours offers two callables under `scope["extensions"]["lg_sandbox.connection"]`: `abort`
resets the connection, `close` ends it after what was sent. In process neither exists: there a
reset is an application that returns without answering, and a silence is one that waits until its
caller gives up.
"""

import math
from typing import TYPE_CHECKING, Any, Protocol, cast

from lg_sandbox.faults import Fault

if TYPE_CHECKING:
    from starlette.types import Receive, Scope, Send

    from lg_sandbox.answers import Answer

__all__ = ["CONNECTION", "Connection", "deliver", "show"]

CONNECTION = "lg_sandbox.connection"
"""The name of the scope's extension."""

_PIECES = 8


class Connection(Protocol):
    """What the server lets an application do to the connection."""

    def abort(self) -> None:
        """Reset the connection at once: the caller sees a reset, not an end."""
        ...

    def close(self) -> None:
        """End the connection after the bytes already sent."""
        ...


async def deliver(answer: "Answer", *, send: "Send") -> None:
    """Send an answer as it is.

    Args:
        answer: what to send.
        send: the ASGI callable.
    """
    await _start(answer, send)
    await send({"type": "http.response.body", "body": answer.body})


async def _silence(*, receive: "Receive") -> None:
    """Say nothing until the caller has gone, or the server stops.

    Args:
        receive: the ASGI callable.
    """
    while (await receive())["type"] != "http.disconnect":
        pass


async def _reset(*, scope: "Scope", receive: "Receive") -> None:
    """Reset the connection; in process, return without an answer.

    Args:
        scope: the ASGI scope.
        receive: the ASGI callable.
    """
    connection = _connection(scope)
    if connection is not None:
        connection.abort()
        await _silence(receive=receive)


async def _slowly(answer: "Answer", *, seconds: float, receive: "Receive", send: "Send") -> None:
    """Send an answer in pieces over some time; stop when the caller has gone.

    Args:
        answer: what to send.
        seconds: how long it takes, in real time.
        receive: the ASGI callable.
        send: the ASGI callable.
    """
    import anyio

    await _start(answer, send)
    size = max(1, math.ceil(len(answer.body) / _PIECES))
    pieces = [answer.body[at : at + size] for at in range(0, len(answer.body), size)]
    for piece in pieces:
        with anyio.move_on_after(seconds / len(pieces)):
            await _silence(receive=receive)
            return
        await send({"type": "http.response.body", "body": piece, "more_body": True})
    await send({"type": "http.response.body", "body": b""})


async def _truncated(answer: "Answer", *, scope: "Scope", receive: "Receive", send: "Send") -> None:
    """Promise the whole body, send half of it, and end the connection.

    Args:
        answer: what to promise.
        scope: the ASGI scope.
        receive: the ASGI callable.
        send: the ASGI callable.
    """
    await _start(answer, send)
    half = answer.body[: len(answer.body) // 2]
    connection = _connection(scope)
    await send({"type": "http.response.body", "body": half, "more_body": True})
    if connection is not None:
        connection.close()
        await _silence(receive=receive)


async def _start(answer: "Answer", send: "Send") -> None:
    await send(
        {"type": "http.response.start", "status": answer.status, "headers": answer.raw_headers},
    )


def _connection(scope: "Scope") -> Connection | None:
    extensions = cast("dict[str, Any]", scope.get("extensions") or {})
    return cast("Connection | None", extensions.get(CONNECTION))


async def show(
    fault: Fault,
    answer: "Answer",
    *,
    seconds: float,
    scope: "Scope",
    receive: "Receive",
    send: "Send",
) -> None:
    """Show what a fault does to an answer.

    Args:
        fault: the fault.
        answer: the answer that would have been sent, or is sent in its place.
        seconds: how long a slow answer takes.
        scope: the ASGI scope.
        receive: the ASGI callable.
        send: the ASGI callable.
    """
    match fault:
        case Fault.TIMEOUT_BEFORE | Fault.TIMEOUT_AFTER:
            await _silence(receive=receive)
        case Fault.RESET_BEFORE | Fault.RESET_AFTER:
            await _reset(scope=scope, receive=receive)
        case Fault.SLOW:
            await _slowly(answer, seconds=seconds, receive=receive, send=send)
        case Fault.TRUNCATED:
            await _truncated(answer, scope=scope, receive=receive, send=send)
        case _:
            await deliver(answer, send=send)
