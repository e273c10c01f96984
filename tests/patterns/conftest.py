# SPDX-License-Identifier: MIT
from collections.abc import Iterator
from pathlib import Path

import pytest
from patterns.towns import anytown

from lg_patterns.demo.anytown import Anytown


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Anytown]:
    """A council's garden waste service and the sandbox, on loopback, with a store of its own."""
    with anytown(store=tmp_path / "anytown.db") as served:
        yield served
