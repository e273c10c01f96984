# SPDX-License-Identifier: MIT
"""AsyncPlacesClient against the sandbox, with all that it can answer."""

from collections.abc import AsyncIterator, Callable, Iterator

import pytest
import stamina  # noqa: TID253 -- a test may load it
from address.places import UNKNOWN, AnsweringTransport, PagedTransport

from lg_address import (
    AsyncPlacesClient,
    Dataset,
    InvalidKeyError,
    PlacesUnavailableError,
    TooManyRequestsError,
    UnknownPostcodeError,
)
from lg_core.errors import ConfigError, InvalidValueError, RequestNotSentError, ResponseShapeError
from lg_core.identifiers import Postcode
from lg_core.limits import Limiter
from lg_core.postal import NoUprn
from lg_core.testing import asgi
from lg_sandbox import Fault, Sandbox

pytestmark = pytest.mark.anyio

Connect = Callable[..., AsyncPlacesClient]


@pytest.fixture(autouse=True)
def _no_waits() -> Iterator[None]:
    """Attempts follow each other at once."""
    with stamina.set_testing(True, attempts=5, cap=True):
        yield


@pytest.fixture
def box() -> Sandbox:
    """A sandbox that is used in process."""
    return Sandbox()


@pytest.fixture
async def connect(box: Sandbox) -> AsyncIterator[Connect]:
    """Build clients of the sandbox, and close what they stand on after the test."""
    transport = asgi(box.places.app)

    def build(api_key: str | None = None, **options: object) -> AsyncPlacesClient:
        return AsyncPlacesClient(
            api_key or box.places.api_key,
            base_url="http://localhost",
            transport=transport,
            limiter=Limiter({}),
            **options,  # pyright: ignore[reportArgumentType]  # the options of the client
        )

    yield build
    await transport.aclose()


async def test_the_addresses_of_a_postcode_stand_in_order(connect: Connect) -> None:
    """Houses by number, then the flats of a building, each with its UPRN."""
    found = await connect().find_by_postcode("zz11aa")
    lines = [address.one_line() for address in found]

    assert "1 Market Street, Sandborough, ZZ1 1AA" == lines[0]
    assert [f"Flat {n}, Sandpiper House, 25 Market Street" for n in range(1, 13)] == [
        line.removesuffix(", Sandborough, ZZ1 1AA") for line in lines[-12:]
    ]
    assert all(address.uprn is not None for address in found)
    assert "Tideline Books" in {address.organisation for address in found}


async def test_what_is_typed_is_what_is_handed_on(connect: Connect) -> None:
    """postal_addresses gives the same addresses as components hand them to each other."""
    places = connect()
    found = await places.find_by_postcode(Postcode("ZZ1 1AB"))

    assert tuple(each.postal() for each in found) == await places.postal_addresses("ZZ1 1AB")


async def test_the_gazetteer_knows_more(connect: Connect) -> None:
    """The council's records have what has no letter box; no street and nothing that is gone."""
    places = connect()
    by_mail = await places.find_by_postcode("ZZ1 1AA")
    by_council = await places.find_by_postcode("ZZ1 1AA", dataset=Dataset.LPI)
    both = await places.find_by_postcode("ZZ1 1AA", dataset=Dataset.BOTH)

    assert {each.uprn for each in by_mail} <= {each.uprn for each in by_council}
    assert {each.uprn for each in both} == {each.uprn for each in by_council}
    assert len(both) == len({each.uprn for each in both})


async def test_northern_ireland_has_no_uprn(connect: Connect) -> None:
    """OS gives none there, and the address says so."""
    found = await connect().find_by_postcode("ZZ8 1NA")

    assert 6 == len(found)
    assert {NoUprn.NOT_GIVEN} == {address.no_uprn for address in found}


async def test_known_but_empty_is_no_error(connect: Connect) -> None:
    """A postcode that OS knows and has no address for gives nothing."""
    assert () == await connect().find_by_postcode("ZZ1 1ZZ")


async def test_an_unknown_postcode_is_for_the_person(connect: Connect) -> None:
    """400 from the service is its own error; what is no postcode is never sent."""
    places = AsyncPlacesClient("zqkey", transport=AnsweringTransport(400, UNKNOWN))
    with pytest.raises(UnknownPostcodeError) as unknown:
        await places.find_by_postcode("SW1A 1AA")
    with pytest.raises(InvalidValueError):
        await connect().find_by_postcode("SW1A")

    assert "SW1A" not in str(unknown.value)


async def test_every_page_is_read() -> None:
    """A postcode of 250 addresses is three requests, with the key in a header alone."""
    transport = PagedTransport(250)
    places = AsyncPlacesClient("zqkey", transport=transport)
    found = await places.find_by_postcode("LS1 4AP", timeout=30)

    assert [str(number) for number in range(1, 251)] == [str(each.uprn) for each in found]
    assert 3 == len(transport.requests)
    assert ["zqkey"] * 3 == [dict(each.headers)["key"] for each in transport.requests]
    assert not any("zqkey" in each.url for each in transport.requests)


async def test_the_timeout_is_for_all_pages() -> None:
    """Later pages have what the earlier ones left, and a timeout of nothing is a mistake."""
    transport = PagedTransport(101)
    await AsyncPlacesClient("zqkey", transport=transport).find_by_postcode("LS1 4AP", timeout=5)
    first, second = (each.total for each in transport.requests)

    assert second < first <= 5
    with pytest.raises(ConfigError):
        await AsyncPlacesClient("zqkey", transport=transport).find_by_postcode("LS1 4AP", timeout=0)


async def test_faults_are_no_unknown_postcodes(connect: Connect, box: Sandbox) -> None:
    """A wrong key, the rate limit, a server error and a web page are each their own error."""
    operation = "postcode"
    with pytest.raises(InvalidKeyError, match="InvalidApiKey"):
        await connect("nobodys").find_by_postcode("ZZ1 1AA")
    box.places.faults.add(Fault.RATE_LIMITED, operation=operation, times=2)
    with pytest.raises(TooManyRequestsError):
        await connect(attempts=2).find_by_postcode("ZZ1 1AA")
    box.places.faults.add(Fault.ERROR_BEFORE, operation=operation, status=503, times=2)
    with pytest.raises(PlacesUnavailableError):
        await connect(attempts=2).find_by_postcode("ZZ1 1AA")
    box.places.faults.add(Fault.HTML, operation=operation, status=200)
    with pytest.raises(ResponseShapeError):
        await connect().find_by_postcode("ZZ1 1AA")


async def test_a_client_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """LG_PLACES_API_KEY is enough; without it the error names it."""
    monkeypatch.delenv("LG_PLACES_API_KEY", raising=False)
    with pytest.raises(ConfigError, match="LG_PLACES_API_KEY"):
        AsyncPlacesClient.from_env()
    monkeypatch.setenv("LG_PLACES_API_KEY", "zqkey")

    assert "https://api.os.uk" == AsyncPlacesClient.from_env(app="Acme/1").base_url
    with pytest.raises(RequestNotSentError):
        await AsyncPlacesClient("k", base_url="http://localhost:9", attempts=1).find_by_postcode(
            "ZZ1 1AA"
        )
