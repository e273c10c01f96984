# SPDX-License-Identifier: MIT
"""Test a service that uses these packages: without sockets, and when things go wrong.

For example:

    transport = asgi(sandbox.pay.app)                            # no sockets
    transport = unreliable(transport, [Trouble.LOST_ANSWER])     # the first answer is lost
    pay = PayClient(sandbox.pay.api_key, base_url="http://localhost", transport=transport)
"""

from lg_core.testing._asgi import AsgiTransport, asgi
from lg_core.testing._browser import Browser, Button, Form, Page, read_page
from lg_core.testing._observers import RecordingObserver
from lg_core.testing._unreliable import Trouble, UnreliableTransport, unreliable

__all__ = [
    "AsgiTransport",
    "Browser",
    "Button",
    "Form",
    "Page",
    "RecordingObserver",
    "Trouble",
    "UnreliableTransport",
    "asgi",
    "read_page",
    "unreliable",
]
