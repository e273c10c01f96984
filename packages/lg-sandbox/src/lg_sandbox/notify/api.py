# SPDX-License-Identifier: MIT
"""Answer a request to the API: who asks, how often, and what Notify says to it."""

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from urllib.parse import urlencode

from lg_sandbox.answers import (
    Answer,
    NotBuiltError,
    html_answer,
    json_answer,
    not_built_answer,
)
from lg_sandbox.faults import Fault, PlannedFault
from lg_sandbox.notify.errors import (
    ErrorName,
    NotifyError,
    Refusal,
    error_answer,
    invalid,
    not_found,
)
from lg_sandbox.notify.keys import KeyKind
from lg_sandbox.notify.model import Channel, Message
from lg_sandbox.notify.office import Office, UnknownMessageError
from lg_sandbox.notify.schema import Listing, read_listing, read_message
from lg_sandbox.notify.sending import check_limits, rate_refusal, send
from lg_sandbox.notify.wire import accepted_body, message_body

__all__ = ["NOT_BUILT", "PAGE_SIZE", "ROUTES", "Call", "Operation", "answer", "fault_answer"]


class Operation(StrEnum):
    """The operations that this stand-in has, as faults and records name them."""

    SEND_SMS = "send_sms"
    SEND_EMAIL = "send_email"
    GET_NOTIFICATION = "get_notification"
    LIST_NOTIFICATIONS = "list_notifications"


# technical documentation, 'REST API'
ROUTES: Mapping[tuple[str, str], Operation] = {
    ("POST", "/v2/notifications/sms"): Operation.SEND_SMS,
    ("POST", "/v2/notifications/email"): Operation.SEND_EMAIL,
    ("GET", "/v2/notifications/{notification_id}"): Operation.GET_NOTIFICATION,
    ("GET", "/v2/notifications"): Operation.LIST_NOTIFICATIONS,
}
"""Where each operation is found."""

NOT_BUILT: tuple[tuple[str, str], ...] = (
    ("POST", "/v2/notifications/letter"),
    ("GET", "/v2/notifications/{notification_id}/pdf"),
    ("GET", "/v2/template/{template_id}"),
    ("GET", "/v2/template/{template_id}/version/{version}"),
    ("POST", "/v2/template/{template_id}/preview"),
    ("GET", "/v2/templates"),
    ("GET", "/v2/received-text-messages"),
)
"""Operations of the real API that this stand-in does not have yet."""

PAGE_SIZE = 250
"""How many messages a list holds (technical documentation, 'Get the status of multiple')."""

# technical documentation, 'status'; notifications-api, `substitute_status`.
_MEANING: Mapping[str, tuple[str, ...]] = {
    "failed": (
        "technical-failure",
        "temporary-failure",
        "permanent-failure",
        "validation-failed",
        "virus-scan-failed",
        "returned-letter",
    ),
    "accepted": ("created", "sending"),
    "received": ("delivered",),
}


@dataclass(frozen=True, slots=True)
class Call:
    """A request to the API.

    Args:
        operation: what is asked for.
        notification_id: Notify's id of a message, where the path has one.
        authorization: the header of that name.
        query: the parts of the query, in order.
        body: the body as it came.
        base: the address of the API, for links.
    """

    operation: Operation
    notification_id: str = field(repr=False)
    authorization: str | None = field(repr=False)
    query: tuple[tuple[str, str], ...] = field(repr=False)
    body: bytes = field(repr=False)
    base: str


def answer(call: Call, *, office: Office) -> tuple[Answer, KeyKind | None]:
    """Answer a call as Notify does.

    Args:
        call: the request.
        office: the state of the stand-in.

    Returns:
        The answer, and the kind of key that asked, where it was known.
    """
    key: KeyKind | None = None
    with office.open() as now:
        try:
            key = office.who(call.authorization)
            return _HANDLERS[call.operation](_Work(call, office, key, now)), key
        except Refusal as refusal:
            return error_answer(refusal.status, refusal.errors), key
        except NotBuiltError as missing:
            return not_built_answer(missing.part), key


def fault_answer(
    planned: PlannedFault, _operation: Operation, done: Answer, *, office: Office
) -> Answer:
    """Return what a fault puts on the wire.

    Args:
        planned: the fault.
        _operation: what was asked for; Notify answers for all in one way.
        done: the answer to the work, where it was done; anything where it was not.
        office: the state of the stand-in.

    Returns:
        The answer of the fault, or `done` for the faults that only spoil its way.
    """
    match planned.fault:
        case Fault.RATE_LIMITED:
            refusal = rate_refusal(office.account, KeyKind.TEST)
            return error_answer(refusal.status, refusal.errors)
        case Fault.ERROR_BEFORE | Fault.ERROR_AFTER if planned.status in _FAILED:
            return error_answer(planned.status, [_FAILED[planned.status]])
        case Fault.ERROR_BEFORE | Fault.ERROR_AFTER | Fault.HTML:
            # What stands in front of the API answers with pages, not with Notify's errors.
            return html_answer(planned.status, _PROXY_PAGE)
        case _:
            return done


_PROXY_PAGE = (
    "<!DOCTYPE html><html lang=en><head><title>Sorry, there is a problem</title></head>"
    "<body><h1>Sorry, there is a problem with the service</h1></body></html>"
)
# notifications-api, `app/v2/errors.py`: a failure of its own, and giving up after 30 seconds.
_FAILED = {
    500: NotifyError(ErrorName.EXCEPTION, "Internal server error"),
    504: NotifyError(ErrorName.TIMEOUT, "Timeout serving request"),
}


@dataclass(frozen=True, slots=True)
class _Work:
    call: Call
    office: Office
    key: KeyKind
    now: datetime


def _send(work: _Work, channel: Channel) -> Answer:
    call, office, now = work.call, work.office, work.now
    check_limits(office, channel=channel, key=work.key, now=now)
    new = read_message(call.body, channel=channel, now=now)
    message, sender = send(new, office=office, key=work.key, now=now)
    return json_answer(
        201, accepted_body(message, sender=sender, base=call.base, service=office.account.id)
    )


def _send_sms(work: _Work) -> Answer:
    return _send(work, Channel.SMS)


def _send_email(work: _Work) -> Answer:
    return _send(work, Channel.EMAIL)


def _get(work: _Work) -> Answer:
    """A message is seen with every kind of key (recorded answer 'get one wrong key type')."""
    try:
        wanted = str(uuid.UUID(work.call.notification_id))
    except ValueError:
        raise invalid(["notification_id is not a valid UUID"]) from None
    try:
        message = work.office.get(wanted, now=work.now)
    except UnknownMessageError:
        raise not_found() from None
    if message.created_at <= work.now - work.office.account.retention:
        raise not_found()
    return json_answer(200, message_body(message, base=work.call.base))


def _list(work: _Work) -> Answer:
    listing = read_listing(work.call.query)
    found = _found(work, listing)[:PAGE_SIZE]
    links = {"current": _link(work.call)}
    if found:
        links["next"] = _link(work.call, older_than=found[-1].id)
    notifications = [message_body(each, base=work.call.base) for each in found]
    return json_answer(200, {"notifications": notifications, "links": links})


def _found(work: _Work, listing: Listing) -> list[Message]:
    """The messages that were sent with the same kind of key and that are asked for."""
    listed = work.office.listed(now=work.now)
    if listing.older_than is not None:
        # Notify compares times. Here messages of one instant are many when the clock is frozen,
        # so the place in the list counts, and none is lost between two pages.
        ids = [each.id for each in listed]
        known = listing.older_than in ids
        listed = listed[ids.index(listing.older_than) + 1 :] if known else []
    statuses = {name for asked in listing.statuses for name in _MEANING.get(asked, (asked,))}
    return [
        each
        for each in listed
        if each.key is work.key
        and (not statuses or each.status.value in statuses)
        and (not listing.channels or each.channel.value in listing.channels)
        and listing.reference in (None, each.reference)
    ]


def _link(call: Call, *, older_than: str | None = None) -> str:
    query = list(call.query)
    if older_than is not None:
        query = [part for part in query if part[0] != "older_than"]
        query.append(("older_than", older_than))
    path = f"{call.base}/v2/notifications"
    return f"{path}?{urlencode(query)}" if query else path


_HANDLERS: dict[Operation, Callable[[_Work], Answer]] = {
    Operation.SEND_SMS: _send_sms,
    Operation.SEND_EMAIL: _send_email,
    Operation.GET_NOTIFICATION: _get,
    Operation.LIST_NOTIFICATIONS: _list,
}
