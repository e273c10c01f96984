# SPDX-License-Identifier: MIT
"""Probes of the commands: planted data in a settings file, in the outbox, and typed."""

import json
import os
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory

from notify.council import SETTINGS, a_text
from pay.leak_platforms import probe
from pay.leaks import PLANTED, Saw

from lg_core.cli import (
    StoreStatus,
    account_option,
    agreed,
    bar,
    day_of,
    file_option,
    imported,
    show_removed,
    show_status,
    yes_option,
)
from lg_core.settings_files import SettingsFile
from lg_notify import Outbox
from lg_notify._commands import outbox, store, templates
from lg_notify._commands.check import check
from lg_notify._commands.find import find
from lg_notify._commands.preview import preview
from lg_notify._commands.work import work
from lg_notify._files import KeyKind, read_council_file
from lg_notify.accounts import accounts_in
from lg_sandbox import Sandbox
from lg_sandbox.notify import BIN_DAY

__all__: list[str] = []

FILES = (
    '[store]\nurl = "postgresql://notify:{0}@db.internal/notify"\n',
    '[store]\nurl_env = "{0}"\n',
    '[accounts.main]\napi_key = "{0}"\n',
    '[accounts.main]\nkey_env = "{0}"\n',
    '[work]\ntell = "{0}"\nkey_kind = "{0}"\nthreads = "{0}"\n',
    '[hours.sms]\nfrom = "{0}"\n',
    '[costs]\nrates = ["{0}"]\n',
    "[work]\ntell = {0}\n",
)


@probe
def a_settings_file_of_notify(saw: Saw) -> None:
    """Whatever stands in a settings file, no error and no repr repeats it."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "lg-notify.toml"
        for text, value in product(FILES, PLANTED.values()):
            path.write_text(text.format(value), "utf-8")
            saw.attempt(read_council_file, path)
            file = SettingsFile(text.format(value), folder=Path(folder))
            saw(file.faults)
            file.section("work", ("tell",))  # what it gives is the file's
            file.store()
            file.accounts(accounts_in)
            saw.attempt(file.number, ("work", "threads"), value)
            saw.attempt(file.one_of, KeyKind, "work", {"key_kind": value}, key="key_kind")
            saw.attempt(file.path, "costs", {"rates": f"{value} "}, "rates")
            saw(file.faults)


@probe
def what_was_typed_into_a_tool(saw: Saw) -> None:
    """The options that the tools share repeat nothing of what was typed."""
    for value in PLANTED.values():
        saw.attempt(day_of, value, option="--before")
        saw.attempt(imported, value, setting="work.tell")
        saw.attempt(imported, f"{value}:{value}", setting="work.tell")
    for made in (yes_option(), account_option(), file_option("f.toml", variable="F")):
        saw(made)
    saw.attempt(agreed, "Go on?", yes=True)
    saw.attempt(show_status, StoreStatus({"outbox": "old"}, {"waiting": 1}), json=False)
    saw.attempt(show_removed, {"messages": 1}, json=True)
    with bar("Reading") as tell:
        tell(1, 2)


@probe
def commands_of_notify_print_nothing_personal(saw: Saw) -> None:
    """What the commands print about messages full of personal data, and what they refuse."""
    with TemporaryDirectory() as folder, Sandbox() as sandbox:
        file = _council(Path(folder), sandbox)
        saw.planted["a secret of Notify"] = sandbox.notify.api_key[-36:]
        references = _enqueued(Path(folder) / "notify.db")
        for as_json in (False, True):
            saw.attempt(check, file=file, json=as_json)
            saw.attempt(work, once=True, file=file, json=as_json)
            saw.attempt(outbox.status, file=file, json=as_json)
            saw.attempt(outbox.aside, file=file, json=as_json)
            saw.attempt(store.status, file=file, json=as_json)
            for reference in (*references, PLANTED["reference"], PLANTED["metadata value"]):
                saw.attempt(find, reference, file=file, json=as_json)
        for value in PLANTED.values():
            saw.attempt(outbox.put_back, value, yes=True, file=file)
            saw.attempt(outbox.cancel, value, yes=True, file=file)
            saw.attempt(outbox.cancel, None, case=value, yes=True, file=file)
            saw.attempt(store.erase, recipient=value, yes=True, file=file)
            saw.attempt(store.purge, before=value, yes=True, file=file)
            saw.attempt(preview, value, file=file)
            saw.attempt(preview, BIN_DAY.id, given=[value], file=file)
            saw.attempt(preview, BIN_DAY.id, values=Path(folder) / value[:8], file=file)
            _probe_values(saw, Path(folder), value, file=file)
        words = {"manifest": Path(folder) / "made.json", "file": file}
        saw.attempt(templates.pull, **words)
        saw.attempt(templates.check, **words)
        saw.attempt(store.upgrade, sql=True, file=file)


def _probe_values(saw: Saw, folder: Path, value: str, *, file: Path) -> None:
    path = folder / "values.json"
    for text in (value, json.dumps({"name": {value: value}}), json.dumps({"name": None, value: 1})):
        path.write_text(text, "utf-8")
        saw.attempt(preview, "No such", values=path, file=file)


def _council(folder: Path, sandbox: Sandbox) -> Path:
    os.environ["LEAK_NOTIFY_KEY"] = sandbox.notify.api_key
    file = folder / "lg-notify.toml"
    text = SETTINGS.format(url=sandbox.notify.url)
    file.write_text(text.replace("COUNCIL_NOTIFY_KEY", "LEAK_NOTIFY_KEY"))
    return file


def _enqueued(path: Path) -> list[str]:
    """Put a text in that is sent, and one that Notify refuses."""
    values = {"name": PLANTED["name"], "day": PLANTED["address"]}
    with Outbox(path) as kept:
        return [
            kept.enqueue(
                a_text(
                    phone_number=PLANTED["phone"],
                    reference=PLANTED["reference"],
                    personalisation=given,
                ),
                case=PLANTED["metadata value"],
                period=str(at),
                account="main",
            ).reference
            for at, given in enumerate((values | {"garden": "yes"}, values))
        ]
