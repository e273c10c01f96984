# SPDX-License-Identifier: MIT
"""The pytest plugin, in a pytest of its own: one test a template, and plain lines."""

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from lg_notify import NotifyClient
from lg_notify._check import service_of
from lg_notify.templates import manifest_of, module_of
from lg_sandbox import Sandbox
from lg_sandbox.notify import BIN_DAY

NAMES = ["BinDay", "PaymentReceived", "Reminder", "SecurityCode", "manifest and module"]


@dataclass(frozen=True, slots=True)
class Project:
    """A council's program: its manifest and its module, and a test of its own."""

    folder: Path
    sandbox: Sandbox

    @property
    def manifest(self) -> Path:
        """Where the manifest is."""
        return self.folder / "src" / "notify_templates.json"

    def pull(self) -> None:
        """Write both files."""
        key = self.sandbox.notify.api_key
        with NotifyClient(key, base_url=self.sandbox.notify.url) as notify:
            made = manifest_of(notify.list_templates(), service=service_of(key))
        self.manifest.write_text(made.to_json(), "utf-8")
        self.manifest.with_suffix(".py").write_text(module_of(made), "utf-8")

    def run(self, *words: str, key: str | None = "", alone: bool = True) -> tuple[int, str]:
        """Run pytest in the project; return how it ended and what it said.

        Args:
            words: what stands on the command line.
            key: for GOV.UK Notify; the sandbox's where it is empty, none where it is None.
            alone: with no other plugin, which each take time to load.
        """
        plain = {name: value for name, value in os.environ.items() if "PYTEST" not in name}
        settings = {"LG_NOTIFY_BASE_URL": self.sandbox.notify.url}
        if alone:
            settings["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
        if key is not None:
            settings["LG_NOTIFY_API_KEY"] = key or self.sandbox.notify.api_key
        done = subprocess.run(  # noqa: S603 -- this interpreter, and options that stand here
            [
                sys.executable, "-m", "pytest", "-v",
                "-p", "no:lg_notify", "-p", "lg_notify.pytest_plugin",
                "-p", "no:cacheprovider", *words,
            ],
            cwd=self.folder,
            env=plain | settings,
            capture_output=True,
            text=True,
            check=False,
        )  # fmt: skip
        return done.returncode, done.stdout + done.stderr


@pytest.fixture
def project(tmp_path: Path, sandbox: Sandbox) -> Project:
    """Give a project whose templates were pulled, with the manifest outside its tests."""
    (tmp_path / "src").mkdir()
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "test_own.py").write_text("def test_own():\n    pass\n")
    (tmp_path / "pytest.ini").write_text(
        "[pytest]\ntestpaths = tests\nlg_notify_manifest = src/notify_templates.json\n"
    )
    made = Project(tmp_path, sandbox)
    made.pull()
    return made


@pytest.mark.slow
def test_each_template_is_a_test(project: Project) -> None:
    """A run of the whole asks Notify, and names each template, also outside `testpaths`.

    So it is beside all the plugins of this workspace.
    """
    code, said = project.run("-n", "0", "-p", "no:randomly", alone=False)

    assert 0 == code, said
    assert "6 passed" in said
    assert all(f"notify_templates.json::{name} PASSED" in said for name in NAMES)


@pytest.mark.slow
def test_an_edit_fails_the_test_of_its_template(project: Project) -> None:
    """In a plain line, with no traceback; a new name is told, and fails nothing."""
    project.sandbox.notify.templates.edit(BIN_DAY.id, body="((name)) ((street))")
    other = project.sandbox.notify.templates.all[0]
    project.sandbox.notify.templates.edit(other.id, name="Code")
    code, said = project.run()

    assert 1 == code
    assert '"Bin day" asks for ((street)) too' in said
    assert '"Security code" is called "Code" now' in said
    assert "1 failed, 5 passed" in said
    assert "Traceback" not in said
    assert "pytest_plugin.py" not in said


@pytest.mark.slow
def test_one_test_does_not_ask_notify(project: Project) -> None:
    """Who runs a test of their own does not wait for Notify; who names the manifest does."""
    assert "1 passed" in project.run("tests/test_own.py", key=None)[1]
    assert "5 passed" in project.run("src")[1]
    assert "1 passed" in project.run("src/notify_templates.json::BinDay")[1]
    assert "1 passed, 5 deselected" in project.run("-k", "BinDay")[1]


@pytest.mark.slow
def test_without_a_key_it_fails_and_offline_it_does_not(project: Project) -> None:
    """Nothing is left out in silence: the error says which variable to set."""
    code, said = project.run(key=None)
    assert 1 == code
    assert "LG_NOTIFY_API_KEY is not set" in said

    assert "6 passed" in project.run("--lg-notify-offline", key=None)[1]
    project.manifest.with_suffix(".py").write_text("x = 1\n")
    code, said = project.run("--lg-notify-offline", key=None)
    assert 1 == code
    assert "The module is not what the manifest makes" in said


@pytest.mark.slow
def test_a_manifest_that_is_missing_is_told(project: Project) -> None:
    """A path that names nothing is no run without tests."""
    project.manifest.unlink()
    code, said = project.run()

    assert 0 != code
    assert "The manifest of templates cannot be opened (FileNotFoundError)" in said
