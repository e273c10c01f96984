# SPDX-License-Identifier: MIT
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SETTINGS = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]
MODULES = sorted(
    folder.name for folder in ROOT.glob("packages/*/src/*") if (folder / "__init__.py").is_file()
)


def test_the_import_contracts_are_kept() -> None:
    """No package imports what stands above or beside it."""
    command = shutil.which("lint-imports", path=str(Path(sys.executable).parent))
    assert command is not None

    done = subprocess.run(  # noqa: S603 -- our own tool, found beside the interpreter
        [command, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False
    )

    assert not done.returncode, done.stdout


def test_every_package_stands_under_the_contracts() -> None:
    """A new package cannot be forgotten: the contracts and the coverage name each one."""
    assert sorted(SETTINGS["importlinter"]["root_packages"]) == MODULES
    assert sorted(SETTINGS["coverage"]["run"]["source"]) == MODULES


def test_every_package_can_be_a_source_of_another() -> None:
    """Inside the workspace a package is taken from its folder, never from an index."""
    members = sorted(path.parent.name for path in ROOT.glob("packages/*/pyproject.toml"))

    assert sorted(SETTINGS["uv"]["sources"]) == members
