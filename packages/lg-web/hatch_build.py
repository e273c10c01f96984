# ruff: noqa: INP001 -- the build system's own place for it
# SPDX-License-Identifier: MIT
"""Make GOV.UK Frontend's stylesheet and script when lg-web is installed or its wheel is built."""

import importlib.util
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


def _assets(root: str) -> ModuleType:
    """Load the builder, which stands beside its inputs and needs nothing of hatchling's."""
    found = importlib.util.spec_from_file_location(
        "lg_web_build_assets", Path(root) / "web" / "build_assets.py"
    )
    if found is None or found.loader is None:
        raise ImportError("web/build_assets.py is missing from this copy of lg-web.")
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    return module


class AssetsHook(BuildHookInterface):
    """Makes the files before a wheel, an editable install or a source distribution is built."""

    def dependencies(self) -> list[str]:
        """Ask for Node.js from PyPI only where it is needed and the machine has none."""
        assets = _assets(self.root)
        if assets.has_node() or assets.is_current(*self._folders()):
            return []
        return [assets.NODE_WHEEL]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002 -- hatchling's signature
        """Make the files, unless they are there already."""
        assets = _assets(self.root)
        try:
            assets.build(*self._folders())
        except assets.AssetsError as error:
            sys.exit(str(error))

    def _folders(self) -> tuple[Path, Path]:
        root = Path(self.root)
        return root / "web", root / "src" / "lg_web" / "_assets"
