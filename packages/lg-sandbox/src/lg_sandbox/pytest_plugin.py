# SPDX-License-Identifier: MIT
"""The pytest fixture `sandbox`."""

from typing import TYPE_CHECKING

import pytest

import lg_sandbox

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["sandbox"]


@pytest.fixture
def sandbox() -> "Iterator[lg_sandbox.Sandbox]":
    """Give a fresh sandbox that serves on loopback, and stop it after the test."""
    with lg_sandbox.Sandbox() as running:
        yield running
