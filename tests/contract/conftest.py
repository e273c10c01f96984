# SPDX-License-Identifier: MIT
"""The platforms' published specifications, which are not part of this project."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

DATA = Path(
    os.environ.get("LG_CONTRACT_DATA")
    or Path(__file__).resolve().parents[3].joinpath("shared", "data")
)


@pytest.fixture(scope="session")
def pay_specification() -> dict[str, Any]:
    """GOV.UK Pay's OpenAPI file."""
    path = DATA / "pay" / "publicapi_spec.json"
    if not path.is_file():
        pytest.skip(
            "GOV.UK Pay's published specification is not here: set LG_CONTRACT_DATA to a folder "
            "that holds pay/publicapi_spec.json."
        )
    return json.loads(path.read_text("utf-8"))
