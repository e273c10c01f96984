# SPDX-License-Identifier: MIT
"""What a request to the API is, and the operations that there are."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from lg_sandbox.notify.desk import Desk
from lg_sandbox.notify.keys import KeyKind
from lg_sandbox.notify.office import Office
from lg_sandbox.notify.sending import Caller

__all__ = ["NOT_BUILT", "PAGE_SIZE", "ROUTES", "Call", "Operation", "Work"]


class Operation(StrEnum):
    """The operations of the API, as faults and records name them."""

    SEND_SMS = "send_sms"
    SEND_EMAIL = "send_email"
    SEND_LETTER = "send_letter"
    SEND_UNKNOWN = "send_unknown"
    """A channel that Notify does not have."""
    GET_NOTIFICATION = "get_notification"
    LIST_NOTIFICATIONS = "list_notifications"
    GET_PDF = "get_pdf"
    GET_TEMPLATE = "get_template"
    GET_TEMPLATE_VERSION = "get_template_version"
    LIST_TEMPLATES = "list_templates"
    PREVIEW_TEMPLATE = "preview_template"
    LIST_RECEIVED_TEXTS = "list_received_texts"


# technical documentation, 'REST API'
ROUTES: Mapping[tuple[str, str], Operation] = {
    ("POST", "/v2/notifications/sms"): Operation.SEND_SMS,
    ("POST", "/v2/notifications/email"): Operation.SEND_EMAIL,
    ("POST", "/v2/notifications/letter"): Operation.SEND_LETTER,
    ("POST", "/v2/notifications/{channel}"): Operation.SEND_UNKNOWN,
    ("GET", "/v2/notifications/{notification_id}"): Operation.GET_NOTIFICATION,
    ("GET", "/v2/notifications/{notification_id}/pdf"): Operation.GET_PDF,
    ("GET", "/v2/notifications"): Operation.LIST_NOTIFICATIONS,
    ("GET", "/v2/template/{template_id}"): Operation.GET_TEMPLATE,
    ("GET", "/v2/template/{template_id}/version/{version:int}"): Operation.GET_TEMPLATE_VERSION,
    ("POST", "/v2/template/{template_id}/preview"): Operation.PREVIEW_TEMPLATE,
    ("GET", "/v2/templates"): Operation.LIST_TEMPLATES,
    ("GET", "/v2/received-text-messages"): Operation.LIST_RECEIVED_TEXTS,
}
"""Where each operation is found."""

NOT_BUILT: tuple[tuple[str, str], ...] = ()
"""Operations of the real API that this stand-in does not have: none."""

PAGE_SIZE = 250
"""How many messages a list holds (technical documentation, 'Get the status of multiple')."""


@dataclass(frozen=True, slots=True)
class Call:
    """A request to the API.

    Args:
        operation: what is asked for.
        authorization: the header of that name.
        body: the body as it came.
        base: the address of the API, for links.
        ids: what the path holds, by name.
        query: the parts of the query, in order.
    """

    operation: Operation
    authorization: str | None = field(repr=False)
    body: bytes = field(repr=False)
    base: str
    ids: Mapping[str, str] = field(repr=False)
    query: tuple[tuple[str, str], ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class Work:
    """A call with what is needed to answer it. Whoever holds one holds the office's lock.

    Args:
        call: the request.
        office: the state of the stand-in.
        desk: the service that asks.
        key: with which kind of key.
        now: the instant on the virtual clock.
    """

    call: Call
    office: Office
    desk: Desk
    key: KeyKind
    now: datetime

    @property
    def caller(self) -> Caller:
        """The service as a sender."""
        return Caller(self.desk, self.key, self.call.base)
