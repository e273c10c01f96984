# SPDX-License-Identifier: MIT
"""Fallback chains: an e-mail, then a text, then a letter, until one of them has arrived.

    chains = Chains(outbox)
    chains.start("GW-0001", [Email(...), Sms(...), Letter(...)])
    chains.note(notification)      # what a receipt or a poller learnt
    chains.advance()               # from a timer: what ran out of time, and what was left behind

Needs the extra `lg-notify[outbox]`.
"""

from typing import TYPE_CHECKING

from lg_core.lazy import lazy_names

if TYPE_CHECKING:
    from lg_notify.chains._chains import Chains
    from lg_notify.chains._entries import (
        GO_ON,
        PATIENCE,
        Advanced,
        Chain,
        ChainState,
        ChainStep,
        Started,
        StopWhen,
        Way,
    )
    from lg_notify.chains._prices import Prices
    from lg_notify.chains._schema import CHAIN_SCHEMA

_HOMES = {
    "CHAIN_SCHEMA": "lg_notify.chains._schema",
    "Chains": "lg_notify.chains._chains",
    "Prices": "lg_notify.chains._prices",
    **dict.fromkeys(
        (
            "GO_ON",
            "PATIENCE",
            "Advanced",
            "Chain",
            "ChainState",
            "ChainStep",
            "Started",
            "StopWhen",
            "Way",
        ),
        "lg_notify.chains._entries",
    ),
}

__all__ = [
    "CHAIN_SCHEMA",
    "GO_ON",
    "PATIENCE",
    "Advanced",
    "Chain",
    "ChainState",
    "ChainStep",
    "Chains",
    "Prices",
    "Started",
    "StopWhen",
    "Way",
]

if not TYPE_CHECKING:
    __getattr__ = lazy_names(__name__, _HOMES)
