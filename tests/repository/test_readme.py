# SPDX-License-Identifier: MIT
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text("utf-8")
INSTALL = "python3 -m venv .uv && .uv/bin/pip install -q uv && .uv/bin/uv run "


def test_the_two_commands_stand_in_the_readme() -> None:
    """One command runs the main job and one the tests, each a line of its own."""
    lines = README.splitlines()

    assert lines.count(f"{INSTALL}lg-patterns demo") == 1
    assert lines.count(f"{INSTALL}pytest") == 1


def test_the_gate_runs_the_command_of_the_readme() -> None:
    """The gate reads its test command out of the README instead of keeping a copy."""
    gate = (ROOT / ".ci" / "run").read_text("utf-8")

    assert "'^python3 -m venv .*uv run pytest$' README.md" in gate
    assert 'eval "$command"' in gate


def test_the_readme_speaks_to_windows_and_to_inspecting_proxies() -> None:
    """Where the two commands do not fit, the README says what does."""
    assert ".uv\\Scripts\\uv run pytest" in README
    assert "UV_SYSTEM_CERTS" in README
    assert "uv run lg-patterns demo" in README.splitlines()
