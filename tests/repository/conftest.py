# SPDX-License-Identifier: MIT
"""Let the tests of the repository import its tools."""

import sys
from pathlib import Path

ROOT = str(Path(__file__).resolve().parents[2])

if ROOT not in sys.path:
    sys.path.append(ROOT)
