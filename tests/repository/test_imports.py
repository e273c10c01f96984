# SPDX-License-Identifier: MIT
import json
import subprocess
import sys

import pytest

LATE = (
    "anyio", "asyncio", "httpcore", "httpcore2", "httpx", "httpx2", "opentelemetry",
    "phonenumbers", "pydantic_settings", "rich", "sqlalchemy", "stamina", "starlette",
    "structlog", "truststore", "typer", "uvicorn",
)  # fmt: skip
SHOW = "import json, sys; import {module}; print(json.dumps(sorted(sys.modules)))"


@pytest.mark.parametrize(
    "module",
    [
        "lg_core",
        "lg_core.errors",
        "lg_notify",
        "lg_notify.callbacks",
        "lg_notify.costs",
        "lg_notify.poller",
        "lg_notify.recipients",
        "lg_notify.render",
        "lg_pay",
    ],
)
def test_importing_a_component_is_cheap(module: str) -> None:
    """An import loads no HTTP library, log library, event loop or settings library."""
    done = subprocess.run(  # noqa: S603 -- this interpreter, and a program that stands above
        [sys.executable, "-I", "-c", SHOW.format(module=module)],
        capture_output=True,
        text=True,
        check=True,
    )
    loaded: list[str] = json.loads(done.stdout)

    assert module in loaded
    assert not [name for name in LATE if name in loaded]
