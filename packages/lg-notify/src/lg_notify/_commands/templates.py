# SPDX-License-Identifier: MIT
"""`lg-notify templates`: write the templates as code, and check that Notify still has them so."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Final

import typer  # noqa: TID253 -- loaded only when a command runs

from lg_core.cli import Exit, emit, note
from lg_core.errors import ConfigError
from lg_notify._check import service_of
from lg_notify._commands._open import account_named, accounts_of, key_of, open_accounts, read_file
from lg_notify._commands._options import Account, Json, SettingsFile
from lg_notify._files import CouncilFile
from lg_notify.templates import (
    Finding,
    Manifest,
    check_module,
    check_templates,
    look,
    manifest_of,
    module_of,
    read_manifest,
    read_welsh_rule,
)

__all__ = ["app", "module_beside", "module_findings"]

app = typer.Typer(help="Templates as code.", no_args_is_help=True)
_USUAL: Final = Path("notify_templates.json")
_MARK: Final = "# Made by lg-notify"
ManifestFile = Annotated[
    Path | None,
    typer.Option("--manifest", help="The manifest; the settings file's, or notify_templates.json."),
]
ModuleFile = Annotated[
    Path | None,
    typer.Option("--module", help="The module; beside the manifest and called alike, with .py."),
]


@dataclass(frozen=True, slots=True)
class _Pulled:
    """What was written."""

    manifest: str
    module: str
    templates: int
    changed: bool
    findings: tuple[Finding, ...] = field(default=())


@app.command()
def pull(
    *,
    manifest: ManifestFile = None,
    module: ModuleFile = None,
    pairs: Annotated[
        Path | None,
        typer.Option("--pairs", help="A TOML file that says which templates are Welsh ones."),
    ] = None,
    account: Account = None,
    file: SettingsFile = None,
    json: Json = False,
) -> None:
    """Write a manifest of the service's templates, and a module with a class for each.

    The same templates give the same bytes. Ends with 1 where a Welsh template does not fit its
    English one.
    """
    council = read_file(file)
    path, code = _paths(council, manifest, module)
    before = read_manifest(path) if path.exists() else None
    _check_ours(code)
    name, service = _meant(council, account)
    with open_accounts(council) as accounts:
        made = manifest_of(
            accounts.for_service(name).list_templates(),
            service=service,
            welsh=None if pairs is None else read_welsh_rule(pairs),
            before=before,
        )
    changed = _write(path, made.to_json()) | _write(code, module_of(made))
    findings = check_templates(made)
    done = _Pulled(str(path), str(code), len(made.templates), changed, findings)
    emit(done, json=json, human=_as_text)
    if findings:
        raise typer.Exit(Exit.FOUND)


@app.command()
def check(
    *,
    manifest: ManifestFile = None,
    module: ModuleFile = None,
    pin: Annotated[
        bool, typer.Option("--pin", help="Find each new version, also where only words changed.")
    ] = False,
    offline: Annotated[
        bool,
        typer.Option("--offline", help="Ask nobody: whether the module and the manifest agree."),
    ] = False,
    account: Account = None,
    file: SettingsFile = None,
    json: Json = False,
) -> None:
    """Find what an edit in GOV.UK Notify breaks in the code. Ends with 1 where there is something.

    A new name is told, and breaks nothing.
    """
    council = read_file(file)
    path, code = _paths(council, manifest, module)
    known = read_manifest(path)
    findings = [*module_findings(known, code)]
    findings += check_templates(known) if offline else _asked(council, known, account, pin=pin)
    emit(findings, json=json, human=_findings_text)
    if any(finding.is_error for finding in findings):
        raise typer.Exit(Exit.FOUND)


def _asked(
    council: CouncilFile, known: Manifest, account: str | None, *, pin: bool
) -> tuple[Finding, ...]:
    name, service = _meant(council, account)
    with open_accounts(council) as accounts:
        others = {each: accounts.for_service(each) for each in accounts.names if each != name}
        seen = look(accounts.for_service(name), known, service=service, elsewhere=others)
    return check_templates(known, seen, pin=pin)


def _meant(council: CouncilFile, account: str | None) -> tuple[str, str | None]:
    described = accounts_of(council)
    name = account_named(tuple(described), account)
    service = service_of(key_of(described[name])) if name in described else None
    return name, service


def module_beside(manifest: Path) -> Path:
    """Return where the module of a manifest is as a rule."""
    return manifest.with_suffix(".py")


def module_findings(manifest: Manifest, module: Path) -> tuple[Finding, ...]:
    """Compare a module on disk with its manifest; one that is missing is found too."""
    try:
        source = module.read_text("utf-8")
    except OSError:
        source = ""  # which no manifest makes
    return check_module(manifest, source)


def _paths(council: CouncilFile, manifest: Path | None, module: Path | None) -> tuple[Path, Path]:
    path = manifest or council.manifest or _USUAL
    return path, module or module_beside(path)


def _check_ours(module: Path) -> None:
    """Refuse to write over what a person wrote."""
    if module.exists() and not module.read_bytes().startswith(_MARK.encode()):
        raise ConfigError(
            "The module is there, and lg-notify did not make it. Give another path with --module, "
            "or move that file.",
            setting="--module",
        )


def _write(path: Path, text: str) -> bool:
    """Write a file where it would change; say whether it did."""
    content = text.encode()
    if path.exists() and path.read_bytes() == content:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return True


def _as_text(done: _Pulled) -> str:
    wrote = "Wrote" if done.changed else "Nothing changed in"
    lines = [f"{wrote} {done.manifest} and {done.module}: {done.templates} templates."]
    return "\n".join([*lines, *_lines(done.findings)])


def _findings_text(findings: Sequence[Finding]) -> str:
    if not findings:
        note("lg-notify: the code and GOV.UK Notify agree.")
    return "\n".join(_lines(findings))


def _lines(findings: Sequence[Finding]) -> list[str]:
    return [f"{'' if each.is_error else 'warning: '}{each.text}" for each in findings]
