# SPDX-License-Identifier: MIT
"""Importing lg-pay, against a script that imports pydantic and defines one model."""

import compileall
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

from measure import Measured

__all__ = ["imports"]

ROUNDS = 15
ONE_MODEL = "from pydantic import BaseModel\nclass One(BaseModel):\n    a: int\n"


def imports() -> list[Measured]:
    """Measure whole processes, from start to end, in turn."""
    for package in ("lg_core", "lg_pay"):
        found = __import__(package).__file__
        assert found is not None
        compileall.compile_dir(Path(found).parent, quiet=2)
    return [
        _compare("import lg_pay", goal=1.25),
        _compare("from lg_pay import NewPayment, PayClient", goal=1.5),
    ]


def _compare(script: str, *, goal: float) -> Measured:
    for warm_up in (script, ONE_MODEL):
        _run(warm_up)
    pairs = [(_run(script), _run(ONE_MODEL)) for _ in range(ROUNDS)]
    return Measured(
        what=f"`{script}`",
        against="pydantic and one model",
        ours=statistics.median(ours for ours, _ in pairs),
        other=statistics.median(other for _, other in pairs),
        ratio=statistics.median(ours / other for ours, other in pairs),
        goal=goal,
    )


def _run(script: str) -> float:
    started = time.perf_counter()
    subprocess.run([sys.executable, "-c", script], check=True, env=_compiled())  # noqa: S603 -- our own scripts
    return time.perf_counter() - started


def _compiled() -> dict[str, str]:
    """Return the environment, with compiled modules in use."""
    return {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
