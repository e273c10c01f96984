# SPDX-License-Identifier: MIT
"""Search disputes.

Source: API reference, 'Search disputes'; publicapi code, `DisputeSearchValidator`. It shares the
codes P0401, P0402 and P0498 with the search of payments.
"""

from lg_sandbox.answers import Answer, json_answer
from lg_sandbox.pay.calls import Operation, Rule, Work
from lg_sandbox.pay.errors import Code, Refusal
from lg_sandbox.pay.limits import Bucket
from lg_sandbox.pay.money import Dispute, DisputeStatus
from lg_sandbox.pay.money_wire import dispute_body
from lg_sandbox.pay.paging import envelope, skipped
from lg_sandbox.pay.query import DATES, PAGING, SETTLED, Query, read_query
from lg_sandbox.pay.search_api import view_of

__all__ = ["DISPUTE_RULES"]

_ALLOWED = (*DATES, *SETTLED, *PAGING, "status")
# publicapi code, `DisputeSearchValidator`: one more than can come back.
_STATUSES = ("created", *DisputeStatus)


def _search(work: Work) -> Answer:
    query, faults = read_query(work.call.query, allowed=_ALLOWED)
    status = query.words.get("status")
    if status is not None and status not in _STATUSES:
        # publicapi code names its own word for it, not the parameter.
        faults.append("state")
    if faults:
        raise Refusal(Code.SEARCH_INVALID, ", ".join(faults))

    def fits(dispute: Dispute) -> bool:
        return status in (None, dispute.status.value) and query.settles(dispute.settled_on)

    found = work.office.disputes.shelf.search(
        view_of(work, query),
        fits=fits,
        name=query.name,
        skip=skipped(query),
        most=query.display_size,
    )
    base = work.call.base
    body = envelope(
        found,
        query,
        address=f"{base}/v1/disputes",
        write=lambda dispute: dispute_body(dispute, base=base),
        past_the_end=Code.SEARCH_NO_PAGE,
        # spec, `DisputesSearchResults`: `links`, although the API reference says `_links`.
        links="links",
        next_words=_internal(query),
    )
    return json_answer(200, body)


def _internal(query: Query) -> dict[str, str]:
    """Name the status as the services behind the API do.

    publicapi code puts the public name back into every link but that to the next page, so whoever
    follows that one loses the filter.
    """
    return {"state" if name == "status" else name: word for name, word in query.words.items()}


# spec, `paths`
DISPUTE_RULES: tuple[Rule, ...] = (
    Rule(
        Operation.SEARCH_DISPUTES,
        "GET",
        "/v1/disputes",
        Bucket.GET,
        _search,
        failed=Code.SEARCH_FAILED,
    ),
)
