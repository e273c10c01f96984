# SPDX-License-Identifier: MIT
"""What the tests of lg-core share: retries that cost no time, and certificates."""

from collections.abc import Iterator

import pytest


@pytest.fixture(scope="module")
def retries_without_waiting() -> Iterator[None]:
    """Make the waits between attempts last no time. The policy still decides each of them."""
    import stamina

    with stamina.set_testing(True, attempts=10, cap=True):
        yield
