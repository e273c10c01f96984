# SPDX-License-Identifier: MIT
"""Say what to install where SQLAlchemy is missing, before anything else here is imported."""

import importlib.util
from typing import Final

from lg_core.errors import ConfigError

__all__ = ["AVAILABLE"]

AVAILABLE: Final = importlib.util.find_spec("sqlalchemy") is not None
"""Whether SQLAlchemy is installed; where it is not, importing this says what to install."""

if not AVAILABLE:
    raise ConfigError(
        "Keeping state needs SQLAlchemy, which is not installed. Install it with "
        '`pip install "lg-core[store]"`, or `pip install "lg-core[postgresql]"` for PostgreSQL. '
        "A component's own extra brings it too, such as lg-pay[book]."
    )
