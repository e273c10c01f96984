# SPDX-License-Identifier: MIT
from collections.abc import Iterator
from pathlib import Path

import pytest
from made_once import with_keys

from lg_patterns.demo.anytown import Anytown


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Anytown]:
    """A council's garden waste service and the sandbox, on loopback, with a store of its own."""
    town = Anytown(store=tmp_path / "anytown.db")
    with_keys(town.sandbox)
    with town as served:
        yield served
