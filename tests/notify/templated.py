# SPDX-License-Identifier: MIT
"""Templates as Notify gives them, and modules that are made from them, for the tests of both."""

import sys
from datetime import UTC, datetime
from types import ModuleType
from typing import Any
from uuid import UUID

from lg_notify.template import Template
from lg_notify.templates import Manifest, manifest_of, module_of

__all__ = ["a_manifest", "a_module", "a_template", "an_id"]


def an_id(number: int) -> str:
    """Return an id of Notify's form."""
    return str(UUID(int=number))


def a_template(number: int = 1, body: str = "Hello ((name))", **changes: Any) -> Template:
    """Return a template as Notify gives it."""
    values: dict[str, Any] = {
        "id": an_id(number),
        "type": "sms",
        "name": "Bin day",
        "version": 1,
        "created_at": datetime(2026, 1, 1, tzinfo=UTC),
        "body": body,
    }
    return Template(**(values | changes))


def a_manifest(*templates: Template, **options: Any) -> Manifest:
    """Return the manifest of templates."""
    return manifest_of(templates, **options)


def a_module(manifest: Manifest) -> Any:
    """Run the module of a manifest, and return it."""
    module = ModuleType("made_of_templates")
    sys.modules[module.__name__] = module  # where dataclasses look for it
    exec(module_of(manifest), vars(module))  # noqa: S102 -- what is tested is what it does
    return module
