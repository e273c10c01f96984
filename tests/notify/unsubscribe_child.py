# SPDX-License-Identifier: MIT
"""What a process of a council does until it is killed: it keeps the list of who wants no messages.

Each step that is told is a fact that stands: `on` or `off`, and whom it is about.
"""

import io
import itertools

from children import Tell

from lg_core.endpoints import Request
from lg_core.store import Store
from lg_notify.unsubscribe import Links, SuppressionList, endpoints

__all__ = ["SECRET", "keep_list"]

SECRET = "zebra-crossing-secret-of-32-characters"


def keep_list(tell: Tell, *, store: str, name: str) -> None:
    """Follow links, put people on the list, take some off and import files."""
    with Store(store) as opened:
        suppressions = SuppressionList(opened, secrets=[SECRET])
        links = Links([SECRET], base_url="https://www.example.gov.uk/unsubscribe")
        _, stop = endpoints(suppressions, links)
        for number in itertools.count():
            person = f"{name}-{number}@example.org"
            token = links.link_for("email", person).rpartition("/")[2]
            assert stop.handle(Request("POST", "/", params={"token": token})).status == 200
            tell(f"on {person}")
            back = f"back-{person}"
            suppressions.suppress("email", back)
            suppressions.allow_again("email", back)
            tell(f"off {back}")
            file = [f"{name}-{number}-{each}@example.org" for each in range(40)]
            rows = "\n".join(["email", *file])
            suppressions.import_csv(io.BytesIO(rows.encode()), channel="email", column="email")
            tell(f"on {' '.join(file)}")
