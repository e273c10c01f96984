# SPDX-License-Identifier: MIT
"""Where GOV.UK Notify delivers its callbacks: check the token, keep the message, answer.

Notify waits 5 seconds. It sends again every 5 minutes, 5 times at the most, where the connection
fails or the answer is 429 or 5xx; any other 4xx drops the message for good. Each answer follows
from that:

| what came | answer | because |
|---|---|---|
| a message that can be read | 200 | it is on the disk by then |
| the same again | 200 | its key is known, and it is not kept twice |
| one that cannot be read | 200 | it is kept as it came, and a worker sets it aside by name |
| no token, or a wrong one | 401 | it is not Notify's, or the token here is not the one there |
| any, and the inbox fails | 500 | nothing is caught here, so Notify sends it again |
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol

from lg_core.endpoints import Endpoint, Reply, Request
from lg_core.logs import get_logger
from lg_core.signatures import RevealsSecret
from lg_notify.callbacks._bearer import carries_one, checked_tokens
from lg_notify.callbacks._events import Complaint, DeliveryReceipt, ReceivedText, ReturnedLetter
from lg_notify.callbacks._kept import KINDS, Kind, kept_event, kept_raw
from lg_notify.callbacks._reading import CallbackRefusedError

if TYPE_CHECKING:
    from pydantic import JsonValue

__all__ = ["CallbackInbox", "complaints", "receipts", "received_texts", "returned_letters"]

_log: Final = get_logger("lg_notify")


class CallbackInbox(Protocol):
    """Keeps messages until a worker takes them. `lg_core.store.Inbox` is one."""

    def receive(self, key: str, body: Mapping[str, "JsonValue"], /) -> bool:
        """Keep a message, on disk by the time it returns.

        Args:
            key: what names the message.
            body: what is kept of it.

        Returns:
            False where the name is known already.
        """
        ...


def receipts(
    inbox: CallbackInbox,
    *,
    tokens: Sequence[str | RevealsSecret],
    path: str = "/govuk-notify/receipt",
) -> Endpoint:
    """Make the endpoint for delivery receipts (docs, 'Callbacks').

    A receipt is kept without who the message went to. It has no id of its own, so its key is a
    digest of the message, the state and the times: the same receipt sent again is known, and
    another state of the same message is another receipt.

    Mount it without a check for cross-site requests; the token takes its place.

    Args:
        inbox: keeps the messages.
        tokens: the tokens that you set in Notify (API integration, Callbacks); several while one
            replaces another.
        path: where it is, below the mount's prefix.

    Returns:
        The endpoint, for `lg_web.starlette`, `lg_web.flask` or `lg_web.django` to mount.

    Raises:
        ConfigError: there is no token, or one cannot be used.
    """
    return _endpoint(inbox, tokens, _Way(KINDS[DeliveryReceipt], path, "lg_notify.receipt"))


def received_texts(
    inbox: CallbackInbox,
    *,
    tokens: Sequence[str | RevealsSecret],
    path: str = "/govuk-notify/received-text",
) -> Endpoint:
    """Make the endpoint for texts that people send to your number (docs, 'Callbacks').

    The number and the words are kept until a worker has acted on the text, and are forgotten then.

    Args:
        inbox: keeps the messages.
        tokens: the tokens that you set in Notify; several while one replaces another.
        path: where it is, below the mount's prefix.

    Returns:
        The endpoint.

    Raises:
        ConfigError: there is no token, or one cannot be used.
    """
    return _endpoint(inbox, tokens, _Way(KINDS[ReceivedText], path, "lg_notify.received_text"))


def returned_letters(
    inbox: CallbackInbox,
    *,
    tokens: Sequence[str | RevealsSecret],
    path: str = "/govuk-notify/returned-letter",
) -> Endpoint:
    """Make the endpoint for letters that came back (docs, 'Callbacks').

    Nothing else tells of them: no list and no poller does, and they come weeks later.

    Args:
        inbox: keeps the messages.
        tokens: the tokens that you set in Notify; several while one replaces another.
        path: where it is, below the mount's prefix.

    Returns:
        The endpoint.

    Raises:
        ConfigError: there is no token, or one cannot be used.
    """
    return _endpoint(inbox, tokens, _Way(KINDS[ReturnedLetter], path, "lg_notify.returned_letter"))


def complaints(
    inbox: CallbackInbox,
    *,
    tokens: Sequence[str | RevealsSecret],
    path: str = "/govuk-notify/complaint",
) -> Endpoint:
    """Make the endpoint for complaints about e-mails, which Notify sends and does not document.

    A complaint is kept without who complained.

    Args:
        inbox: keeps the messages.
        tokens: the tokens that were set in Notify; several while one replaces another.
        path: where it is, below the mount's prefix.

    Returns:
        The endpoint.

    Raises:
        ConfigError: there is no token, or one cannot be used.
    """
    return _endpoint(inbox, tokens, _Way(KINDS[Complaint], path, "lg_notify.complaint"))


@dataclass(frozen=True, slots=True)
class _Way:
    """What an endpoint is for, and where."""

    kind: Kind
    path: str
    name: str


def _endpoint(inbox: CallbackInbox, tokens: object, way: _Way) -> Endpoint:
    digests = checked_tokens(tokens)

    def receive(request: Request) -> Reply:
        if not carries_one(request.headers.get("authorization", ""), digests):
            # One token that is wrong on either side loses messages for good: somebody must see it.
            _log.warning("lg-notify.callback_refused", reason="token", operation=way.kind.name)
            return Reply(401)
        key, body = _kept(way.kind, request.body)
        inbox.receive(key, body)
        return Reply(200)

    return Endpoint("POST", way.path, receive, way.name)


def _kept(kind: Kind, body: bytes) -> tuple[str, Mapping[str, "JsonValue"]]:
    try:
        event = kind.parse(body)
    except CallbackRefusedError as refused:
        _log.warning("lg-notify.callback_unreadable", reason=refused.code, operation=kind.name)
        return _key(kind.name, "unreadable", hashlib.sha256(body).hexdigest()), kept_raw(kind, body)
    return _key(kind.name, *kind.named_by(event)), kept_event(kind, event)


def _key(kind: str, *parts: object) -> str:
    """Name a message. JSON keeps the parts apart, whatever is in them."""
    text = json.dumps([kind, *(None if part is None else str(part) for part in parts)])
    return f"{kind}-{hashlib.sha256(text.encode()).hexdigest()}"
