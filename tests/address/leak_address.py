# SPDX-License-Identifier: MIT
"""The probe of lg-address: looks up planted addresses, and looks at what comes to light."""

import json

import anyio  # noqa: TID253 -- a test may load it
from address.places import UNKNOWN, AnsweringTransport
from pay.leak_platforms import probe
from pay.leaks import PLANTED, Saw

from lg_address import AsyncPlacesClient, Dataset, PlacesClient
from lg_address.calls import PostcodeList
from lg_address.errors import PlacesError
from lg_address.limits import limiter
from lg_address.titles import title_case
from lg_core.identifiers import Postcode
from lg_core.testing import asgi
from lg_sandbox import Fault, Sandbox

KEY = PLANTED["signing secret"]
POSTCODE = "ZZ1 1AA"
_HEADER = {"totalresults": 3, "offset": 0}
_DPA = {
    "UPRN": PLANTED["card number"][:12],
    "ADDRESS": PLANTED["address"],
    "ORGANISATION_NAME": PLANTED["name"],
    "BUILDING_NUMBER": "14",
    "THOROUGHFARE_NAME": PLANTED["address"],
    "POST_TOWN": PLANTED["town"],
}
_LPI = {"ADDRESS": PLANTED["address"], "PAO_TEXT": PLANTED["name"], "LEVEL": PLANTED["town"]}
_BODIES = (
    json.dumps({"header": _HEADER, "results": [{"DPA": _DPA}, {"LPI": _LPI}]}).encode(),
    json.dumps({"header": _HEADER, "results": [{"DPA": {"UPRN": PLANTED["name"]}}]}).encode(),
    json.dumps({"fault": {"faultstring": KEY, "detail": {"errorcode": PLANTED["name"]}}}).encode(),
    json.dumps({"error": {"statuscode": 400, "message": PLANTED["postcode"]}}).encode(),
    f"<html>{PLANTED['address']} {KEY}</html>".encode(),
    UNKNOWN,
)


def _look_up(saw: Saw, places: PlacesClient) -> None:
    saw(places)
    for postcode in (POSTCODE, PLANTED["address"], PLANTED["postcode"]):
        found = saw.attempt(places.find_by_postcode, postcode, dataset=Dataset.BOTH)
        saw(found)
        saw.attempt(places.postal_addresses, postcode)


@probe
def the_client_of_os_places(saw: Saw) -> None:
    """Every answer, right and wrong, with planted addresses in it."""
    for status in (200, 302, 400, 401, 403, 404, 429, 500, 503):
        for body in _BODIES:
            way = AnsweringTransport(status, body)
            with PlacesClient(KEY, transport=way, attempts=1, limiter=limiter()) as places:
                _look_up(saw, places)
    for wrong in (f"{KEY}\n", f" {KEY}", f"{KEY}é"):
        saw.attempt(PlacesClient, wrong)


@probe
def the_client_of_os_places_against_the_sandbox(saw: Saw) -> None:
    """Both clients, over the stand-in and its faults."""
    sandbox = Sandbox()
    way = asgi(sandbox.places.app)
    saw.planted["a sandbox key of Places"] = sandbox.places.api_key
    options = {"base_url": "http://localhost", "transport": way, "attempts": 1}
    places = PlacesClient(sandbox.places.api_key, **options)  # pyright: ignore[reportArgumentType]  # its options
    _look_up(saw, places)
    for fault in Fault:
        if fault is not Fault.CONFLICT:
            sandbox.places.faults.add(fault, operation="postcode", seconds=0.01)
            saw.attempt(places.find_by_postcode, POSTCODE, timeout=0.2)
    way.close()

    async def ask() -> None:
        for status in (200, 400, 401, 429, 503):
            other = AnsweringTransport(status, _BODIES[0])
            async with AsyncPlacesClient(KEY, transport=other, attempts=1) as asking:
                saw(asking)
                try:
                    saw(await asking.find_by_postcode(POSTCODE))
                    saw(await asking.postal_addresses(POSTCODE))
                except PlacesError as error:
                    saw(error)

    anyio.run(ask)


@probe
def parts_of_an_address(saw: Saw) -> None:
    """What is made of a postcode and of a name shows neither."""
    saw(PostcodeList(Postcode("ZQ9 8XT")))
    saw(PostcodeList(Postcode("ZQ9 8XT")).call("100"))
    saw.attempt(title_case, PLANTED["name"])
    saw.attempt(AsyncPlacesClient.from_env)
    saw.attempt(PlacesClient.from_env)
