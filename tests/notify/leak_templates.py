# SPDX-License-Identifier: MIT
"""Probes of templates as code: what residents are told, and whatever stands in the files."""

from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from notify.templated import a_manifest, a_module, a_template, an_id
from pay.leak_platforms import probe
from pay.leaks import PLANTED, Saw

from lg_notify import NotifyClient
from lg_notify.templates import (
    About,
    Finding,
    FindingKind,
    Pair,
    Seen,
    check_module,
    check_templates,
    look,
    module_of,
    read_manifest,
    read_welsh_rule,
    with_postcode,
    yes_or_no,
)
from lg_sandbox import Sandbox

__all__: list[str] = []

FILES = (
    "{0}",
    '{{"templates": [{{"id": "{0}", "{0}": 1}}]}}',
    '{{"service": ["{0}"]}}',
    '{{"{0}": {{}}}}',
)
RULES = ('suffixes = "{0}"', '[pairs]\n"a" = ["{0}"]', "{0}", '[pairs]\n"a" = "{0} "')
SAID = "((name)), ((street)) ((flag??x))"


@probe
def messages_from_templates(saw: Saw) -> None:
    """Nobody's values stand in the class that holds them, or in what it refuses."""
    manifest = a_manifest(
        a_template(1, SAID),
        a_template(2, SAID, name="Bin day (Cymraeg)"),
        a_template(3, SAID, name="Mail", type="email", subject="s"),
        a_template(4, f"{SAID} ((postcode))", name="Post", type="letter", subject="s"),
    )
    saw(manifest)
    module = a_module(manifest)
    words = {"name": PLANTED["name"], "street": PLANTED["address"]}
    lines = [PLANTED["name"], PLANTED["address"], PLANTED["postcode"]]
    for name, to in (
        ("BinDay", PLANTED["phone"]),
        ("BinDayCymraeg", PLANTED["name"]),
        ("Mail", PLANTED["e-mail"]),
        ("Mail", PLANTED["name"]),
        ("Post", lines),
        ("Post", lines[:1]),
    ):
        for flag in (True, PLANTED["metadata value"]):
            made: Any = saw.attempt(getattr(module, name), **words, flag=flag)
            saw.attempt(made.to, to, reference=PLANTED["reference"])
    pair: Any = saw.attempt(Pair, en=module.BinDay, cy=module.BinDayCymraeg)
    saw.attempt(Pair, en=module.BinDay, cy=module.Mail)
    saw.attempt(pair.choose, PLANTED["name"])
    saw.attempt(About, id="1", name="n", type="sms", version=1)
    for value in PLANTED.values():
        saw.attempt(yes_or_no, value)
        saw.attempt(with_postcode, [value])
        saw.attempt(manifest.find, value)


@probe
def files_of_templates(saw: Saw) -> None:
    """Whatever stands in a manifest or a file of pairs, no error repeats it."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "file"
        saw.attempt(read_manifest, Path(folder) / PLANTED["name"])
        for (text, read), value in product(
            [
                *((each, read_manifest) for each in FILES),
                *((each, read_welsh_rule) for each in RULES),
            ],
            PLANTED.values(),
        ):
            path.write_text(text.format(value), "utf-8")
            saw.attempt(read, path)


@probe
def a_check_of_templates(saw: Saw) -> None:
    """Who wrote a template is neither kept nor told."""
    written = a_template(created_by=PLANTED["e-mail"])
    manifest = a_manifest(written)
    saw.text("manifest", manifest.to_json())
    saw.text("module", module_of(manifest))
    saw(saw.attempt(check_templates, manifest, Seen({an_id(1): written})))
    saw(saw.attempt(check_module, manifest, PLANTED["name"]))
    saw(Finding(FindingKind.MODULE, None, "text"))
    with (
        Sandbox() as sandbox,
        NotifyClient(sandbox.notify.api_key, base_url=sandbox.notify.url) as notify,
    ):
        saw(saw.attempt(look, notify, manifest))
