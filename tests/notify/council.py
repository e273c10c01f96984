# SPDX-License-Identifier: MIT
"""A council's folder of settings, and its commands run in this process, for the tests of them."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result  # noqa: TID253 -- a test may load it

from lg_notify import Outbox, Sms, _commands
from lg_sandbox import Sandbox
from lg_sandbox.notify import BIN_DAY

__all__ = ["SETTINGS", "Council", "a_council", "a_text"]

SETTINGS = """
[store]
url = "notify.db"
[accounts.main]
key_env = "COUNCIL_NOTIFY_KEY"
base_url = "{url}"
"""


@dataclass(frozen=True, slots=True)
class Council:
    """A folder with the council's files, and its sandbox."""

    folder: Path
    sandbox: Sandbox

    @property
    def file(self) -> Path:
        """The settings file."""
        return self.folder / "lg-notify.toml"

    @property
    def store(self) -> Path:
        """The database."""
        return self.folder / "notify.db"

    def run(self, *words: str, given: str | None = None) -> Result:
        """Run a command with the council's settings file."""
        options = {"LG_NOTIFY_FILE": str(self.file)}
        return CliRunner().invoke(_commands.app, list(words), env=options, input=given)

    def json(self, *words: str) -> Any:
        """Run a command with `--json`, and read what it prints on stdout."""
        return json.loads(self.run(*words, "--json").stdout)

    def enqueue(self, *messages: Sms, case: str = "case-1") -> tuple[str, ...]:
        """Put texts into the outbox, and return their references."""
        with Outbox(self.store) as outbox:
            return tuple(
                outbox.enqueue(each, case=case, period=str(at), account="main").reference
                for at, each in enumerate(messages)
            )


def a_council(
    folder: Path, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, *, more: str = ""
) -> Council:
    """Write the council's files, and set its key."""
    monkeypatch.setenv("COUNCIL_NOTIFY_KEY", sandbox.notify.api_key)
    council = Council(folder, sandbox)
    council.file.write_text(SETTINGS.format(url=sandbox.notify.url) + more)
    return council


def a_text(**changes: Any) -> Sms:
    """Return a text of the sandbox's first templates."""
    values: dict[str, Any] = {
        "phone_number": "07700 900123",
        "template_id": BIN_DAY.id,
        "personalisation": {"name": "Sam", "day": "Monday", "garden": "yes"},
    }
    return Sms(**(values | changes))
