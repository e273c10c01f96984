# SPDX-License-Identifier: MIT
from collections.abc import Iterator

import pytest

from lg_patterns.demo.anytown import Anytown


@pytest.fixture
def town() -> Iterator[Anytown]:
    """A council's garden waste service and the sandbox, on loopback."""
    with Anytown() as served:
        yield served
