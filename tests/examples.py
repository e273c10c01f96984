# SPDX-License-Identifier: MIT
"""How many examples a test tries that needs more or fewer than the profile's (see conftest)."""

import os
from typing import Final

from hypothesis import settings

__all__ = ["LONG", "examples"]

LONG: Final = os.environ.get("HYPOTHESIS_PROFILE") == "long" or os.environ.get("LG_LONG") == "1"
"""Whether this is the long run, which goes on until it has seen thousands of stories."""

_ORDINARY: Final = 30
_MOST: Final = 10  # a test has five minutes


def examples(ordinary: int) -> int:
    """Return how many examples to try: a sixth in the brief profile, ten times in the long one.

    Args:
        ordinary: how many in an ordinary run.
    """
    times = min(settings().max_examples / _ORDINARY, _MOST)
    return max(1, int(ordinary * times))
