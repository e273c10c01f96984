# SPDX-License-Identifier: MIT
"""lg_sandbox.places.api: keys, limits, searches, errors and faults."""

from collections.abc import Iterator
from typing import Any

import pytest
from starlette.testclient import TestClient

from lg_sandbox import Fault, Sandbox
from lg_sandbox.places import EMPTY_POSTCODE, SPLIT_POSTCODE, Custodian, Side
from lg_sandbox.places.api import NOT_BUILT, PATH

POSTCODE = f"{PATH}/postcode"
UPRN = f"{PATH}/uprn"
REFUSED_POSTCODE = (
    "Requested postcode must contain a minimum of the sector plus 1 digit of the district "
    "e.g. SO1. Requested postcode was HP11 1BC"
)
REFUSED_PARAMETER = (
    "Parameter town is not a valid parameter for resource postcode. Valid parameters for "
    "requested resource are postcode, format, dataset, maxresults, offset, lr, fq, output_srs."
)


@pytest.fixture
def places(idle: Sandbox) -> Iterator[TestClient]:
    """Give a client with the key in the header."""
    key = {"key": idle.places.api_key}
    with TestClient(idle.places.app, base_url="http://places", headers=key) as client:
        yield client


def records(http: TestClient, path: str = POSTCODE, **query: Any) -> list[dict[str, Any]]:
    """Search, and return the records without their dataset."""
    answer = http.get(path, params=query)
    assert 200 == answer.status_code
    return [next(iter(each.values())) for each in answer.json().get("results", [])]


def message(http: TestClient, path: str = POSTCODE, **query: Any) -> str:
    """Search for what is refused with 400, and return the text."""
    answer = http.get(path, params=query)
    error = answer.json()["error"]
    assert (400, 400) == (answer.status_code, error["statuscode"])
    return error["message"]


# --------------------------------------------------------------------------------- who asks


def test_the_key_goes_in_the_header_or_in_the_query(idle: Sandbox) -> None:
    """Both ways lead to an answer; the query's echo stands in the header of the answer."""
    http = TestClient(idle.places.app)
    key = idle.places.api_key

    in_header = http.get(POSTCODE, params={"postcode": "ZZ1 1AA"}, headers={"key": key})
    in_query = http.get(POSTCODE, params={"postcode": "ZZ1 1AA", "key": key})

    assert in_header.json()["results"] == in_query.json()["results"]
    assert key not in in_header.text
    assert key in in_query.json()["header"]["uri"]
    assert "postcode=ZZ1 1AA" == in_query.json()["header"]["query"]


def test_no_key_and_a_wrong_key_are_refused_by_the_gateway(idle: Sandbox) -> None:
    """401 with a fault, not with the error of the service."""
    http = TestClient(idle.places.app)

    none = http.get(POSTCODE, params={"postcode": "ZZ1 1AA"})
    wrong = http.get(POSTCODE, params={"postcode": "ZZ1 1AA", "key": "x" * 32})

    codes = [each.json()["fault"]["detail"]["errorcode"] for each in (none, wrong)]
    assert [401, 401] == [none.status_code, wrong.status_code]
    assert ["steps.oauth.v2.FailedToResolveAPIKey", "oauth.v2.InvalidApiKey"] == codes


def test_an_oauth_token_is_not_built(idle: Sandbox) -> None:
    """A bearer token is answered with 501 in plain words."""
    http = TestClient(idle.places.app, headers={"Authorization": "Bearer x"})

    answer = http.get(POSTCODE, params={"postcode": "ZZ1 1AA"})

    assert (501, "lg-sandbox does not have access by OAuth 2 token yet.\n") == (
        answer.status_code,
        answer.text,
    )


def test_a_revoked_key_is_refused(idle: Sandbox, places: TestClient) -> None:
    """What was good is nobody's key afterwards, and other keys go on."""
    other = idle.places.new_api_key()
    idle.places.revoke(idle.places.api_key)

    assert 401 == places.get(POSTCODE, params={"postcode": "ZZ1"}).status_code
    assert 200 == places.get(POSTCODE, params={"postcode": "ZZ1", "key": other}).status_code


def test_more_than_the_rate_is_refused_until_it_falls(idle: Sandbox, places: TestClient) -> None:
    """429 without Retry-After; a minute later the project may go on."""
    idle.places.project.per_minute = 2
    wanted = {"postcode": EMPTY_POSTCODE}

    answers = [places.get(POSTCODE, params=wanted) for _ in range(3)]
    idle.clock.advance(seconds=60)
    answers.append(places.get(POSTCODE, params=wanted))

    assert [200, 200, 429, 200] == [each.status_code for each in answers]
    assert "policies.ratelimit.QuotaViolation" == answers[2].json()["fault"]["detail"]["errorcode"]
    assert "retry-after" not in answers[2].headers


def test_the_rate_can_be_switched_off(idle: Sandbox, places: TestClient) -> None:
    """A test that is not about limits meets none."""
    idle.places.project.per_minute = 0
    idle.places.project.rate_limited = False

    assert 200 == places.get(POSTCODE, params={"postcode": "ZZ1"}).status_code


# ------------------------------------------------------------------------------- the search


def test_the_header_says_what_was_searched(idle: Sandbox, places: TestClient) -> None:
    """All members of the header are there, with their defaults and today's date."""
    answer = places.get(POSTCODE, params={"postcode": "zz11zz"})

    assert {
        "header": {
            "uri": "http://places/search/places/v1/postcode?postcode=zz11zz",
            "query": "postcode=zz11zz",
            "offset": 0,
            "totalresults": 0,
            "format": "JSON",
            "dataset": "DPA",
            "lr": "EN,CY",
            "maxresults": 100,
            "matchprecision": 1,
            "epoch": "122",
            "lastupdate": f"{idle.clock.now():%Y-%m-%d}",
            "output_srs": "EPSG:27700",
        }
    } == answer.json()


def test_a_delivery_point_says_where_the_house_is(places: TestClient) -> None:
    """A flat has its own name, the building's, and the number of the house."""
    flat = next(each for each in records(places, postcode="ZZ11AA") if "SUB_BUILDING_NAME" in each)

    assert "FLAT 1, SANDPIPER HOUSE, 25, MARKET STREET, SANDBOROUGH, ZZ1 1AA" == flat["ADDRESS"]
    assert ("FLAT 1", "SANDPIPER HOUSE", "25") == (
        flat["SUB_BUILDING_NAME"],
        flat["BUILDING_NAME"],
        flat["BUILDING_NUMBER"],
    )
    assert "RD06" == flat["CLASSIFICATION_CODE"]
    assert isinstance(flat["LOCAL_CUSTODIAN_CODE"], int)
    assert "LNG" not in flat


def test_the_gazetteer_knows_more_than_the_post(places: TestClient) -> None:
    """Shells, churches, plots, street records and what is gone stand in LPI alone."""
    seen = {each["CLASSIFICATION_CODE"] for each in records(places, postcode="ZZ1", dataset="LPI")}
    by_post = {each["CLASSIFICATION_CODE"] for each in records(places, postcode="ZZ1")}
    closes = records(places, postcode="ZZ2 1D", dataset="LPI")

    assert {"PP", "ZW99CH"} <= seen
    assert not {"PP", "ZW99CH", "PS", "RD"} & by_post
    assert {"1", "6", "8"} == {each["LPI_LOGICAL_STATUS_CODE"] for each in closes}


def test_both_datasets_give_a_property_twice(places: TestClient) -> None:
    """One result has one key, and the same UPRN comes once in each dataset."""
    answer = places.get(POSTCODE, params={"postcode": "ZZ1 1AD", "dataset": "LPI,DPA"}).json()

    assert all(1 == len(each) for each in answer["results"])
    assert ["DPA", "LPI"] * 3 == [next(iter(each)) for each in answer["results"]]
    assert "LPI,DPA" == answer["header"]["dataset"]
    assert 3 == len({next(iter(each.values()))["UPRN"] for each in answer["results"]})


def test_a_number_with_a_letter_is_written_in_two_ways(places: TestClient) -> None:
    """Royal Mail writes it as a name, the gazetteer as number and suffix."""
    twice = records(places, postcode="ZZ1 1AB", dataset="DPA,LPI")
    post = next(each for each in twice if each.get("BUILDING_NAME") == "12A")
    gazetteer = next(each for each in twice if "PAO_START_SUFFIX" in each)

    assert "BUILDING_NUMBER" not in post
    assert ("12", "A") == (gazetteer["PAO_START_NUMBER"], gazetteer["PAO_START_SUFFIX"])
    assert post["UPRN"] == gazetteer["UPRN"]


def test_a_split_postcode_has_two_custodians(idle: Sandbox, places: TestClient) -> None:
    """One postcode, two councils; a test may say which."""
    codes = {each["LOCAL_CUSTODIAN_CODE"] for each in records(places, postcode=SPLIT_POSTCODE)}
    idle.places.project.custodians[Side.NEIGHBOUR] = Custodian(9059, "SOMEWHERE", "S")
    changed = records(places, postcode="ZZ3 4QD")[0]

    assert {3935, 3940} == codes
    assert (9059, "SOMEWHERE", "S") == (
        changed["LOCAL_CUSTODIAN_CODE"],
        changed["LOCAL_CUSTODIAN_CODE_DESCRIPTION"],
        changed["COUNTRY_CODE"],
    )


def test_northern_ireland_has_no_uprn(places: TestClient) -> None:
    """The member is there and empty, and nothing stands in the gazetteer."""
    found = records(places, postcode="ZZ8 1NA", dataset="DPA,LPI")

    assert [""] * 6 == [each["UPRN"] for each in found]
    assert {"N"} == {each["COUNTRY_CODE"] for each in found}
    assert [] == records(places, path=UPRN, uprn="0")


@pytest.mark.parametrize(
    ("language", "street"), [("CY", "FFORDD YR ORSAF"), ("EN", "STATION ROAD")]
)
def test_welsh_records_stand_beside_english_ones(
    places: TestClient, language: str, street: str
) -> None:
    """Without `lr` both come; with it the one that was asked for."""
    both = records(places, postcode="ZZ7 1WA")
    one = records(places, postcode="ZZ7 1WA", lr=language)

    assert (16, 8) == (len(both), len(one))
    assert {street} == {each["THOROUGHFARE_NAME"] for each in one}


def test_pages_join_to_the_whole(places: TestClient) -> None:
    """Offset and maxresults cut one list; the total is the same on each page."""
    whole = records(places, postcode="ZZ1 1A")
    pages = [records(places, postcode="ZZ1 1A", maxresults=20, offset=at) for at in (0, 20, 40)]
    past = places.get(POSTCODE, params={"postcode": "ZZ1 1A", "offset": 999}).json()

    assert whole == [*pages[0], *pages[1], *pages[2]]
    assert len(whole) == past["header"]["totalresults"]
    assert "results" not in past


@pytest.mark.parametrize("srs", ["WGS84", "epsg:4326"])
def test_longitude_and_latitude_come_when_asked_for(places: TestClient, srs: str) -> None:
    """The grid reference stays beside them; the place is in the sea."""
    first = records(places, postcode="ZZ1 1AA", output_srs=srs)[0]

    assert (-6 < first["LNG"] < -5.8, 49.9 < first["LAT"] < 50.1) == (True, True)
    assert isinstance(first["X_COORDINATE"], float)


def test_filters_keep_what_fits_one_of_their_values(places: TestClient) -> None:
    """A star stands for anything; several filters must all fit."""
    homes = records(places, postcode="ZZ1 1A", fq="CLASSIFICATION_CODE:RD*")
    some = records(places, postcode="ZZ1 1A", fq="CLASSIFICATION_CODE:RD06 CO01")
    none = records(places, postcode="ZZ1 1A", fq=["COUNTRY_CODE:W", "CLASSIFICATION_CODE:RD*"])
    approved = records(places, postcode="ZZ2", dataset="LPI", fq="LPI_LOGICAL_STATUS_CODE:1")

    assert {"RD04", "RD06"} == {each["CLASSIFICATION_CODE"] for each in homes}
    assert {"RD06", "CO01"} == {each["CLASSIFICATION_CODE"] for each in some}
    assert [] == none
    assert {"APPROVED"} == {each["LPI_LOGICAL_STATUS_CODE_DESCRIPTION"] for each in approved}


def test_a_uprn_finds_its_property_with_or_without_zeros(idle: Sandbox, places: TestClient) -> None:
    """One property, as post and gazetteer know it."""
    uprn = idle.places.addresses[0].uprn

    both = records(places, path=UPRN, uprn=uprn, dataset="DPA,LPI")

    assert [uprn, uprn] == [each["UPRN"] for each in both]
    assert "No uprn parameter provided." == message(places, path=UPRN)
    assert "12 digits" in message(places, path=UPRN, uprn="1234567890123")
    assert [] == records(places, path=UPRN, uprn="7")


# --------------------------------------------------------------------------- what is refused


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ({}, "No postcode parameter provided."),
        ({"postcode": " "}, "Parameter postcode cannot be empty."),
        (
            {"postcode": "HP11 1BC"},
            REFUSED_POSTCODE,
        ),
        (
            {"postcode": "ZZ1", "town": "x"},
            REFUSED_PARAMETER,
        ),
        ({"postcode": "ZZ1", "dataset": "ABP"}, "Parameter dataset must be one or more of"),
        ({"postcode": "ZZ1", "maxresults": "101"}, "from 1 to 100."),
        ({"postcode": "ZZ1", "maxresults": "0"}, "from 1 to 100."),
        ({"postcode": "ZZ1", "offset": "-1"}, "from 0 to"),
        ({"postcode": "ZZ1", "offset": "٣"}, "from 0 to"),
        ({"postcode": "ZZ1", "output_srs": "OSGB"}, "Parameter output_srs must be one of BNG"),
        ({"postcode": "ZZ1", "fq": "POSTCODE:ZZ1"}, "Parameter fq must be one of"),
        ({"postcode": "ZZ1", "fq": "COUNTRY_CODE"}, "Parameter fq must be one of"),
        ({"postcode": "ZZ1", "fq": "COUNTRY_CODE: "}, "Parameter fq must be one of"),
    ],
)
def test_a_bad_parameter_is_refused(places: TestClient, query: dict[str, str], said: str) -> None:
    """400 in the shape of the service, with its own text where one is known."""
    assert said in message(places, **query)


@pytest.mark.parametrize(
    ("query", "part"),
    [
        ({"format": "XML"}, "answers in XML"),
        ({"output_srs": "EPSG:3857"}, "output_srs=EPSG:3857"),
    ],
)
def test_what_it_cannot_do_is_not_built(
    places: TestClient, query: dict[str, str], part: str
) -> None:
    """501 in plain words, never a half-right answer."""
    answer = places.get(POSTCODE, params={"postcode": "ZZ1", **query})

    assert (501, f"lg-sandbox does not have {part} yet.\n") == (answer.status_code, answer.text)


@pytest.mark.parametrize("operation", NOT_BUILT, ids="_".join)
def test_operations_not_built_say_so(
    idle: Sandbox, places: TestClient, operation: tuple[str, str]
) -> None:
    """The rest of the API answers 501, and is recorded."""
    method, path = operation
    answer = places.request(method, path)

    assert (501, f"lg-sandbox does not have {method} {path} yet.\n") == (
        answer.status_code,
        answer.text,
    )
    assert [(None, 501)] == [(each.operation, each.status) for each in idle.places.requests]


# ------------------------------------------------------------------------------------ faults


@pytest.mark.parametrize(
    "expected",
    [
        (500, "error", "statuscode", 500),
        (503, "fault", "faultstring", "The Service is temporarily unavailable"),
        (504, "fault", "faultstring", "Gateway Timeout"),
    ],
    ids=lambda expected: str(expected[0]),
)
def test_an_error_has_the_shape_of_who_made_it(
    idle: Sandbox, places: TestClient, expected: tuple[int, str, str, object]
) -> None:
    """500 comes from the service, 503 and 504 from the gateway."""
    status, outer, inner, said = expected
    idle.places.faults.add(Fault.ERROR_BEFORE, operation="postcode", status=status)

    answer = places.get(POSTCODE, params={"postcode": "ZZ1"})

    assert (status, said) == (answer.status_code, answer.json()[outer][inner])


@pytest.mark.parametrize(
    "planned", [(Fault.ERROR_AFTER, 502), (Fault.HTML, 502), (Fault.HTML, 200)]
)
def test_a_proxy_answers_with_a_page(
    idle: Sandbox, places: TestClient, planned: tuple[Fault, int]
) -> None:
    """A web page comes where JSON was expected."""
    fault, status = planned
    idle.places.faults.add(fault, status=status)

    answer = places.get(POSTCODE, params={"postcode": "ZZ1"})

    assert (status, "text/html; charset=utf-8") == (
        answer.status_code,
        answer.headers["content-type"],
    )


def test_a_rate_limit_can_be_planned(idle: Sandbox, places: TestClient) -> None:
    """429 of the gateway, although nothing was counted."""
    idle.places.faults.add(Fault.RATE_LIMITED, operation="uprn")

    first = places.get(UPRN, params={"uprn": "7"}).status_code
    second = places.get(UPRN, params={"uprn": "7"}).status_code

    assert (429, 200) == (first, second)


def test_a_slow_answer_is_the_right_one(idle: Sandbox, places: TestClient) -> None:
    """Faults that spoil only the way leave the answer as it is."""
    right = records(places, postcode="ZZ1 1AA")
    idle.places.faults.add(Fault.SLOW, seconds=0)

    assert right == records(places, postcode="ZZ1 1AA")


def test_a_conflict_cannot_be_planned(idle: Sandbox) -> None:
    """OS Places has no such answer."""
    with pytest.raises(ValueError, match="has no conflict answer"):
        idle.places.faults.add(Fault.CONFLICT, operation="postcode")
