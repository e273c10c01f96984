# SPDX-License-Identifier: MIT
"""The probe of the stand-in for OS Places: asks with what is planted, and looks at its records."""

from urllib.parse import urlencode

from pay.leak_platforms import probe
from pay.leaks import PLANTED, Saw

from lg_core.errors import LgError
from lg_core.testing import asgi
from lg_core.transport import TransportFailure, WireRequest
from lg_sandbox import Fault, Sandbox
from lg_sandbox.places import Custodian, Operation, Side
from lg_sandbox.places.query import read_search

PATH = "/search/places/v1"
WRONG = (
    {"postcode": PLANTED["name"]},
    {"postcode": PLANTED["postcode"], PLANTED["metadata key"]: PLANTED["name"]},
    {"postcode": PLANTED["postcode"], "maxresults": PLANTED["phone"]},
    {"postcode": PLANTED["postcode"], "dataset": PLANTED["address"]},
    {"postcode": PLANTED["postcode"], "output_srs": PLANTED["town"]},
    {"postcode": PLANTED["postcode"], "fq": PLANTED["reference"]},
    {"postcode": PLANTED["postcode"], "fq": f"COUNTRY_CODE:{PLANTED['reference']}"},
    {"postcode": PLANTED["postcode"], "format": "XML"},
)


class _Asker:
    """Asks the stand-in, and shows what it answers to nobody."""

    def __init__(self, saw: Saw, sandbox: Sandbox) -> None:
        self._saw = saw
        self._way = asgi(sandbox.places.app)

    def __call__(self, path: str, query: dict[str, str], *, key: str | None = None) -> None:
        request = WireRequest(
            method="GET",
            url=f"http://localhost{path}?{urlencode(query)}",
            headers=() if key is None else (("key", key),),
            body=b"",
            connect=1,
            read=0.05,
            write=1,
            pool=1,
            total=1,
            max_answer=10_000_000,
        )
        try:
            answer = self._way.send(request)
        except (LgError, TransportFailure) as failure:
            self._saw(failure)
            return
        self._saw.text("repr of an answer", repr(answer))

    def close(self) -> None:
        self._way.close()


@probe
def the_stand_in_for_places(saw: Saw) -> None:
    """Its records and errors show nothing of what was asked."""
    sandbox = Sandbox()
    places = sandbox.places
    key, other = places.api_key, places.new_api_key()
    saw.planted["a sandbox key of Places"] = key
    saw.planted["another key of Places"] = other
    ask = _Asker(saw, sandbox)
    wanted = {"postcode": PLANTED["postcode"]}
    found = {"postcode": "ZZ1 1AA", "output_srs": "WGS84", "dataset": "DPA,LPI"}
    try:
        ask(f"{PATH}/postcode", wanted, key=key)
        ask(f"{PATH}/postcode", wanted | {"key": key})
        ask(f"{PATH}/postcode", found, key=key)
        for query in (*WRONG, {}):
            ask(f"{PATH}/postcode", query, key=key)
        ask(f"{PATH}/uprn", {"uprn": PLANTED["name"]}, key=key)
        ask(f"{PATH}/uprn", {"uprn": places.addresses[0].uprn}, key=key)
        ask(f"{PATH}/find", {"query": PLANTED["address"]}, key=key)
        ask(f"{PATH}/postcode", wanted)
        ask(f"{PATH}/postcode", wanted, key=PLANTED["api key"])
        ask("/", {})
        places.revoke(other)
        ask(f"{PATH}/postcode", wanted, key=other)
        for fault in Fault:
            if fault is not Fault.CONFLICT:
                places.faults.add(fault, operation="postcode", seconds=0.01)
                ask(f"{PATH}/postcode", wanted, key=key)
        saw.attempt(places.revoke, PLANTED["api key"])
        saw.attempt(lambda: places.url)
        for query in WRONG:
            saw.attempt(read_search, Operation.POSTCODE, tuple(query.items()))
    finally:
        ask.close()
    places.project.custodians[Side.HOME] = Custodian(1, "NOBODY")
    saw([places, places.project, *places.addresses, *places.requests])
