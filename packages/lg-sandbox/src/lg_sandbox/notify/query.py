# SPDX-License-Identifier: MIT
"""Hold the queries and paths of what is read against Notify's schemas.

Source: notifications-api, the schemas `get_notifications_request`, `get_inbound_sms_request`,
`get_all_template_request` and `get_template_by_id_request`.
"""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from lg_sandbox.notify.errors import invalid
from lg_sandbox.notify.model import Channel
from lg_sandbox.notify.schema import is_uuid, unknown_in, without_quotes

__all__ = [
    "LIST_STATUSES",
    "Listing",
    "read_id",
    "read_listing",
    "read_older_than",
    "read_template_type",
]

LIST_STATUSES = (
    "cancelled",
    "created",
    "sending",
    "sent",
    "delivered",
    "pending",
    "failed",
    "technical-failure",
    "temporary-failure",
    "permanent-failure",
    "pending-virus-check",
    "validation-failed",
    "virus-scan-failed",
    "returned-letter",
    "accepted",
    "received",
)
"""What the query `status` may ask for (schema `get_notifications_request`)."""

_TYPES = ("sms", "email", "letter")
_ONCE = ("reference", "include_jobs", "older_than")


@dataclass(frozen=True, slots=True)
class Listing:
    """What a list of messages is asked for.

    Args:
        statuses: only these, where any are given; as the query names them.
        channels: only these, where any are given.
        reference: only this, where given.
        older_than: only messages before this one, where given.
        jobs: whether those sent from a spreadsheet on Notify's pages are listed too.
    """

    statuses: tuple[str, ...]
    channels: tuple[str, ...]
    reference: str | None = field(repr=False)
    older_than: str | None
    jobs: bool


def read_listing(query: Sequence[tuple[str, str]]) -> Listing:
    """Read the query of a request to list.

    Args:
        query: its parts, in order.

    Returns:
        What is asked for.

    Raises:
        Refusal: 400 `ValidationError`.
    """
    given = _by_name(query)
    faults: list[str] = []
    faults += _outside("status", given.get("status", []), LIST_STATUSES)
    faults += _outside("template_type", given.get("template_type", []), _TYPES)
    faults += _outside("include_jobs", given.get("include_jobs", [])[:1], ("true", "True"))
    older_than = given.get("older_than", [None])[0]
    if older_than is not None and not is_uuid(older_than):
        faults.append("older_than is not a valid UUID")
    faults += unknown_in(given, {"status", "template_type", *_ONCE})
    if faults:
        raise invalid(faults)
    return Listing(
        tuple(given.get("status", ())),
        tuple(given.get("template_type", ())),
        given.get("reference", [None])[0],
        None if older_than is None else str(uuid.UUID(older_than)),
        "include_jobs" in given,
    )


def read_older_than(query: Sequence[tuple[str, str]]) -> str | None:
    """Read the query of a request for received texts.

    Args:
        query: its parts, in order.

    Returns:
        The id of the text before which the page begins, where one is given.

    Raises:
        Refusal: 400 `ValidationError`.
    """
    given = _by_name(query)
    older_than = given.get("older_than", [None])[0]
    faults: list[str] = []
    if older_than is not None and not is_uuid(older_than):
        faults.append("older_than is not a valid UUID")
    faults += unknown_in(given, {"older_than"})
    if faults:
        raise invalid(faults)
    return None if older_than is None else str(uuid.UUID(older_than))


def read_template_type(query: Sequence[tuple[str, str]]) -> Channel | None:
    """Read the query of a request for all templates.

    Args:
        query: its parts, in order.

    Returns:
        The kind of template, where one is asked for.

    Raises:
        Refusal: 400 `ValidationError`.
    """
    given = _by_name(query)
    faults = _outside("type", given.get("type", [])[:1], _TYPES)
    faults += unknown_in(given, {"type"})
    if faults:
        raise invalid(faults)
    return Channel(given["type"][0]) if "type" in given else None


def read_id(text: str, *, name: str) -> str:
    """Read the id in a path.

    Args:
        text: the id.
        name: what the error calls it.

    Returns:
        The id in the usual form of a UUID.

    Raises:
        Refusal: 400 `ValidationError`.
    """
    if not is_uuid(text):
        raise invalid([f"{name} is not a valid UUID"])
    return str(uuid.UUID(text))


def _by_name(query: Sequence[tuple[str, str]]) -> Mapping[str, list[str]]:
    given: dict[str, list[str]] = {}
    for name, value in query:
        given.setdefault(name, []).append(value)
    return given


def _outside(name: str, values: Sequence[str], allowed: Sequence[str]) -> list[str]:
    listed = ", ".join(allowed)
    return [
        f"{name} {without_quotes(value)} is not one of [{listed}]"
        for value in values
        if value not in allowed
    ]
