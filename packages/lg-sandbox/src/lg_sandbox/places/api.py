# SPDX-License-Identifier: MIT
"""Answer a request to the API: the gateway's checks first, then the search."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import quote, urlencode

from lg_sandbox.answers import (
    Answer,
    NotBuiltError,
    html_answer,
    json_answer,
    not_built_answer,
)
from lg_sandbox.faults import Fault, PlannedFault
from lg_sandbox.places.errors import (
    INVALID_KEY,
    NO_KEY,
    TOO_MANY,
    UNAVAILABLE,
    Refusal,
    ServiceError,
    service_answer,
)
from lg_sandbox.places.model import Premises
from lg_sandbox.places.office import Office
from lg_sandbox.places.query import Operation, Search, read_search
from lg_sandbox.places.records import Record, records_of
from lg_sandbox.places.town import build_town

__all__ = ["NOT_BUILT", "PATH", "ROUTES", "Call", "answer", "fault_answer"]

PATH = "/search/places/v1"
"""Where the API begins."""

ROUTES: Mapping[tuple[str, str], Operation] = {
    ("GET", f"{PATH}/postcode"): Operation.POSTCODE,
    ("GET", f"{PATH}/uprn"): Operation.UPRN,
}
"""Where each operation is found."""

NOT_BUILT: tuple[tuple[str, str], ...] = (
    ("GET", f"{PATH}/find"),
    ("GET", f"{PATH}/nearest"),
    ("GET", f"{PATH}/radius"),
    ("GET", f"{PATH}/bbox"),
    ("POST", f"{PATH}/polygon"),
    ("POST", "/oauth2/token/v1"),
)
"""Operations of the real API that this stand-in does not have yet."""

_EPOCH = "122"


@dataclass(frozen=True, slots=True)
class Call:
    """A request to the API.

    Args:
        operation: what is asked for.
        query: the parts of the query, in order.
        key: the header `key`.
        authorization: the header of that name.
        base: the address of the API, for the header of the answer.
    """

    operation: Operation
    query: tuple[tuple[str, str], ...] = field(repr=False)
    key: str | None = field(repr=False)
    authorization: str | None = field(repr=False)
    base: str


def answer(call: Call, *, office: Office) -> tuple[Answer, str | None]:
    """Answer a call as OS Places does.

    Args:
        call: the request.
        office: the state of the stand-in.

    Returns:
        The answer, and the name of the project that asked, where its key was known.
    """
    with office.open() as now:
        stranger = _stranger(call, office)
        if stranger is not None:
            return stranger, None
        if not office.take(now=now):
            return TOO_MANY, office.project.name
        try:
            return _found(call, office=office, now=now), office.project.name
        except Refusal as refusal:
            return service_answer(refusal.error), office.project.name
        except NotBuiltError as missing:
            return not_built_answer(missing.part), office.project.name


def _stranger(call: Call, office: Office) -> Answer | None:
    """Answer whoever has no key of the project: in the query, or else in the header."""
    key = dict(call.query).get("key") or call.key
    if key is not None:
        return None if office.knows(key) else INVALID_KEY
    if call.authorization is not None:
        return not_built_answer("access by OAuth 2 token")
    return NO_KEY


def fault_answer(planned: PlannedFault, _operation: Operation, done: Answer) -> Answer:
    """Return what a fault puts on the wire.

    Args:
        planned: the fault.
        _operation: what was asked for; OS Places answers for all in one way.
        done: the answer to the work, where it was done; anything where it was not.

    Returns:
        The answer of the fault, or `done` for the faults that only spoil its way.
    """
    match planned.fault:
        case Fault.RATE_LIMITED:
            return TOO_MANY
        case Fault.ERROR_BEFORE | Fault.ERROR_AFTER if planned.status == 500:  # noqa: PLR2004 -- an HTTP status
            return service_answer(_FAILED)
        case Fault.ERROR_BEFORE | Fault.ERROR_AFTER if planned.status in UNAVAILABLE:
            return UNAVAILABLE[planned.status]
        case Fault.ERROR_BEFORE | Fault.ERROR_AFTER | Fault.HTML:
            return html_answer(planned.status, _PROXY_PAGE)
        case _:
            return done


# Recorded.
_FAILED = ServiceError(500, "The provided request resulted in an internal server error.")
_PROXY_PAGE = (
    "<!DOCTYPE html><html lang=en><head><title>Service unavailable</title></head>"
    "<body><h1>Service unavailable</h1></body></html>"
)


def _found(call: Call, *, office: Office, now: datetime) -> Answer:
    search = read_search(call.operation, call.query)
    found = [
        record
        for premises in build_town()
        if _fits(premises, call.operation, search)
        for record in _records(premises, office, search)
    ]
    page = found[search.offset : search.offset + search.most]
    body: dict[str, Any] = {"header": _header(call, search, total=len(found), now=now)}
    if page:
        # Where nothing is found, the member is not there at all.
        body["results"] = [{record.dataset: record.fields} for record in page]
    return json_answer(200, body)


def _fits(premises: Premises, operation: Operation, search: Search) -> bool:
    if operation is Operation.UPRN:
        return premises.uprn != "" and premises.uprn == search.wanted
    # A part of a postcode finds all that begin so.
    return premises.postcode.replace(" ", "").startswith(search.wanted)


def _records(premises: Premises, office: Office, search: Search) -> list[Record]:
    custodian = office.project.custodians[premises.side]
    return [
        record
        for record in records_of(premises, custodian=custodian, globe=search.srs.globe)
        if record.dataset in search.datasets and search.keeps(record.fields)
    ]


def _header(call: Call, search: Search, *, total: int, now: datetime) -> dict[str, Any]:
    asked = urlencode(call.query, quote_via=quote)
    wanted = next(value for name, value in call.query if name == call.operation.value)
    return {
        "uri": f"{call.base}{PATH}/{call.operation.value}?{asked}",
        "query": f"{call.operation.value}={wanted}",
        "offset": search.offset,
        "totalresults": total,
        "format": "JSON",
        "dataset": ",".join(search.datasets),
        "lr": ",".join(search.languages),
        "maxresults": search.most,
        "matchprecision": 1,
        "epoch": _EPOCH,
        "lastupdate": now.date().isoformat(),
        "output_srs": search.srs.value,
    }
