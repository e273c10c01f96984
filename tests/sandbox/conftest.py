"""A sandbox that serves nothing, and a client in process."""

from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from lg_sandbox import Sandbox


@pytest.fixture
def idle() -> Sandbox:
    """Give a sandbox that serves nothing, with a clock that stands."""
    idle = Sandbox()
    idle.clock.freeze()
    return idle


@pytest.fixture
def http(idle: Sandbox) -> Iterator[TestClient]:
    """Give a client with the test key."""
    key = {"Authorization": f"Bearer {idle.pay.api_key}"}
    with TestClient(idle.pay.app, base_url="http://pay", headers=key) as client:
        yield client
