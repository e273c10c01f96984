# SPDX-License-Identifier: MIT
"""Stand-ins for the platforms that councils use, to develop and test against.

    with Sandbox() as sandbox:
        sandbox.pay.url, sandbox.pay.api_key    # GOV.UK Pay on loopback
        sandbox.pay.app                         # the same as an ASGI app, in process
        sandbox.notify.url, sandbox.notify.api_key, sandbox.notify.messages    # GOV.UK Notify
        sandbox.places.url, sandbox.places.api_key, sandbox.places.addresses    # OS Places
        sandbox.clock                           # the time that the stand-ins see

Nothing here talks to a real platform, and no money moves.
"""

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lg_sandbox.clock import Clock
    from lg_sandbox.faults import Fault, Faults
    from lg_sandbox.sandbox import Sandbox
    from lg_sandbox.server import NotRunningError

__all__ = ["Clock", "Fault", "Faults", "NotRunningError", "Sandbox"]

_HOMES = {
    "Clock": "lg_sandbox.clock",
    "Fault": "lg_sandbox.faults",
    "Faults": "lg_sandbox.faults",
    "NotRunningError": "lg_sandbox.server",
    "Sandbox": "lg_sandbox.sandbox",
}

if not TYPE_CHECKING:  # a type checker must not see this: it would accept misspelt names

    def __getattr__(name: str) -> object:
        # pytest loads the plugin in every run, so the web server waits until it is needed.
        try:
            home = _HOMES[name]
        except KeyError:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}") from None
        return getattr(importlib.import_module(home), name)
