# SPDX-License-Identifier: MIT
"""Install npm packages for the tests, pinned and checked by their digests, once.

A folder with `package.json` and `package-lock.json` is installed into the git-ignored `.cache/` at
the root, under a digest of the two. The runner is the one that builds lg-web's assets.
"""

import hashlib
import importlib.util
import shutil
import tempfile
from pathlib import Path
from types import ModuleType

__all__ = ["assets_builder", "installed"]

ROOT = Path(__file__).resolve().parent.parent
CACHE = ROOT / ".cache" / "npm"
BUILDER = ROOT / "packages" / "lg-web" / "web" / "build_assets.py"
_LOCKED = ("package.json", "package-lock.json")


def assets_builder() -> ModuleType:
    """Load the script that builds lg-web's assets, which is in no package."""
    found = importlib.util.spec_from_file_location("lg_web_build_assets", BUILDER)
    if found is None or found.loader is None:
        raise ImportError(f"{BUILDER.name} cannot be loaded.")
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    return module


def installed(folder: Path, *, cache: Path = CACHE) -> Path:
    """Return the `node_modules` of a folder's packages, installed on first use.

    Args:
        folder: holds `package.json` and `package-lock.json`.
        cache: where what was installed is kept.
    """
    digest = hashlib.sha256(b"\0".join((folder / name).read_bytes() for name in _LOCKED))
    home = cache / digest.hexdigest()[:16]
    if not (home / "node_modules").is_dir():
        cache.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=cache) as made:
            work = Path(made) / "work"
            work.mkdir()
            for name in _LOCKED:
                shutil.copyfile(folder / name, work / name)
            assets_builder().npm_install(work)
            if not home.exists():  # another process may have been quicker
                work.rename(home)
    return home / "node_modules"
