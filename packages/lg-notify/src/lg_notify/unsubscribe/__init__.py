# SPDX-License-Identifier: MIT
"""Let people stop messages: signed links, the pages behind them, and the list of who said no.

    links = Links([secret], base_url="https://www.example.gov.uk/messages/unsubscribe")
    suppressions = SuppressionList(store, secrets=[secret])
    lg_web.flask.mount(app, endpoints(suppressions, links), prefix="/messages")

    notify.send(Email(..., one_click_unsubscribe_url=links.link_for("email", address)))

The list needs the extra `lg-notify[outbox]`, which brings the database.
"""

from typing import TYPE_CHECKING

from lg_core.lazy import lazy_names

if TYPE_CHECKING:
    from lg_notify.unsubscribe._endpoints import KeepsSuppressions, endpoints
    from lg_notify.unsubscribe._links import LinkError, LinkFault, Links, Unsubscription
    from lg_notify.unsubscribe._list import SuppressionList
    from lg_notify.unsubscribe._one_list import ListSuppression
    from lg_notify.unsubscribe._page import PageState, UnsubscribePage, plain_page
    from lg_notify.unsubscribe._rows import (
        SUPPRESSION_SCHEMA,
        ImportedSuppressions,
        SuppressionCount,
    )

_HOMES = {
    **dict.fromkeys(("KeepsSuppressions", "endpoints"), "lg_notify.unsubscribe._endpoints"),
    "ListSuppression": "lg_notify.unsubscribe._one_list",
    "SuppressionList": "lg_notify.unsubscribe._list",
    **dict.fromkeys(
        ("LinkError", "LinkFault", "Links", "Unsubscription"), "lg_notify.unsubscribe._links"
    ),
    **dict.fromkeys(("PageState", "UnsubscribePage", "plain_page"), "lg_notify.unsubscribe._page"),
    **dict.fromkeys(
        ("SUPPRESSION_SCHEMA", "ImportedSuppressions", "SuppressionCount"),
        "lg_notify.unsubscribe._rows",
    ),
}

__all__ = [
    "SUPPRESSION_SCHEMA",
    "ImportedSuppressions",
    "KeepsSuppressions",
    "LinkError",
    "LinkFault",
    "Links",
    "ListSuppression",
    "PageState",
    "SuppressionCount",
    "SuppressionList",
    "UnsubscribePage",
    "Unsubscription",
    "endpoints",
    "plain_page",
]

if not TYPE_CHECKING:
    __getattr__ = lazy_names(__name__, _HOMES)
