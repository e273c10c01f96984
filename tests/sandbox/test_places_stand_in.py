# SPDX-License-Identifier: MIT
"""lg_sandbox.places.stand_in: what a test sees of the stand-in for OS Places."""

import httpx  # noqa: TID251, TID253 -- the wire is looked at by a client that is not ours
import pytest
from starlette.testclient import TestClient

from lg_sandbox import Fault, NotRunningError, Sandbox
from lg_sandbox.places import Received

PATH = "/search/places/v1/postcode"


def test_requests_are_recorded_without_queries_and_keys(idle: Sandbox) -> None:
    """Method, path, operation, status, time and project: no more."""
    key = idle.places.api_key
    with TestClient(idle.places.app) as http:
        http.get(PATH, params={"postcode": "ZZ1 1AA", "key": key})
        http.get(PATH, params={"postcode": "ZZ1 1AA"})

    now = idle.clock.now()
    expected = (
        Received("GET", PATH, "postcode", 200, now, "sandbox"),
        Received("GET", PATH, "postcode", 401, now, None),
    )
    assert expected == idle.places.requests
    assert key not in repr(idle.places.requests)
    assert "ZZ1" not in repr(idle.places.requests)


def test_it_is_served_beside_the_others(sandbox: Sandbox) -> None:
    """The address of a running sandbox stands for the origin of the OS APIs."""
    answer = httpx.get(
        sandbox.places.url + PATH,
        params={"postcode": "ZZ1 1AA"},
        headers={"key": sandbox.places.api_key},
        trust_env=False,
    )

    assert 200 == answer.status_code
    assert len({sandbox.pay.url, sandbox.notify.url, sandbox.places.url}) == 3
    assert answer.json()["header"]["uri"].startswith(sandbox.places.url)


def test_there_is_no_address_while_it_does_not_run(idle: Sandbox) -> None:
    """The error says what to do."""
    with pytest.raises(NotRunningError, match=r"OS Places.*sandbox\.places\.app"):
        _ = idle.places.url


def test_the_start_page_lists_the_postcodes(idle: Sandbox) -> None:
    """Every postcode stands there, the one without properties too."""
    with TestClient(idle.places.app, base_url="http://places") as http:
        answer = http.get("/")

    assert 200 == answer.status_code
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert [] == [
        each.postcode for each in idle.places.addresses if each.postcode not in answer.text
    ]
    assert '<th scope="row">ZZ1 1ZZ</th><td>none</td><td>0</td>' in answer.text
    assert "invented" in answer.text


def test_a_key_that_is_not_there_cannot_be_revoked(idle: Sandbox) -> None:
    """The error does not repeat the key."""
    key = idle.places.new_api_key()
    idle.places.revoke(key)

    with pytest.raises(LookupError) as caught:
        idle.places.revoke(key)

    assert key not in str(caught.value)
    assert 32 == len(key)


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (Fault.TIMEOUT_BEFORE, httpx.ReadTimeout),
        (Fault.TIMEOUT_AFTER, httpx.ReadTimeout),
        (Fault.RESET_BEFORE, httpx.ReadError),
        (Fault.RESET_AFTER, httpx.ReadError),
        (Fault.TRUNCATED, httpx.RemoteProtocolError),
    ],
)
def test_faults_break_the_connection(
    sandbox: Sandbox, fault: Fault, error: type[httpx.TransportError]
) -> None:
    """The caller sees what a network does, and the next answer is whole again."""
    places = sandbox.places
    places.faults.add(fault, operation="postcode")
    with httpx.Client(base_url=places.url, timeout=0.2, trust_env=False) as http:
        with pytest.raises(error):
            http.get(PATH, params={"postcode": "ZZ1", "key": places.api_key})
        after = http.get(PATH, params={"postcode": "ZZ1 1AA", "key": places.api_key}, timeout=5)

    broken, whole = (each.status for each in places.requests)
    assert (200 if fault is Fault.TRUNCATED else None, 200) == (broken, whole)
    assert 200 == after.status_code
    assert () == places.faults.planned
