# SPDX-License-Identifier: MIT
"""Fail a test run where an edit in GOV.UK Notify breaks the code: one test for each template.

    [tool.pytest.ini_options]
    lg_notify_manifest = "src/council/notify_templates.json"

The tests ask Notify with the key in `LG_NOTIFY_API_KEY`; with `--lg-notify-offline` they ask
nobody, and see that the module and the manifest agree. They run where pytest runs as a whole, and
where the manifest is named on the command line.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Final, cast

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lg_notify.templates import Finding, Manifest

__all__: list[str] = []  # nothing is for import: pytest finds the hooks by their names

_MANIFEST: Final = "lg_notify_manifest"
_MODULE: Final = "lg_notify_module"
_OFFLINE: Final = "lg_notify_offline"
_PIN: Final = "lg_notify_pin"
_SECTION: Final = "lg-notify"


class TemplatesChangedError(Exception):
    """What was found, one line each.

    Args:
        lines: what was found and what to do.
    """

    def __init__(self, lines: tuple[str, ...]) -> None:
        super().__init__("\n".join(lines))


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the settings.

    Args:
        parser: pytest's own.
    """
    parser.addini(_MANIFEST, "The manifest that lg-notify templates pull wrote.", type="paths")
    parser.addini(_MODULE, "The module; beside the manifest where it is left out.", type="paths")
    parser.addini(_OFFLINE, "Ask nobody.", type="bool", default=False)
    parser.addini(_PIN, "Find each new version of a template.", type="bool", default=False)
    group = parser.getgroup("lg-notify", "templates of GOV.UK Notify")
    group.addoption(
        "--lg-notify-offline",
        action="store_true",
        help="See that the module and the manifest of templates agree, and ask nobody.",
    )


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> "ManifestFile | None":
    """Collect the manifest where pytest comes by it.

    Args:
        file_path: a file that pytest found.
        parent: where it was found.

    Returns:
        The tests of the manifest; None for any other file.
    """
    if file_path in _paths(parent.config, _MANIFEST):
        return ManifestFile.at(file_path, parent=parent)
    return None


@pytest.hookimpl(tryfirst=True)  # before -k and -m choose
def pytest_collection_modifyitems(
    session: pytest.Session, config: pytest.Config, items: list[pytest.Item]
) -> None:
    """Add the tests of the manifest where the whole was asked for, wherever the manifest is.

    Args:
        session: the run.
        config: its settings.
        items: the tests that were found; those of the manifest are added.
    """
    if config.args_source is pytest.Config.ArgsSource.ARGS:
        return
    found = {item.path for item in items if isinstance(item, TemplateItem)}
    for path in _paths(config, _MANIFEST):
        if path not in found:
            items.extend(ManifestFile.at(path, parent=session).collect())


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print what is worth knowing and fails nothing: it is no warning, which many make an error.

    Args:
        terminalreporter: pytest's own.
    """
    said = [
        text
        for reports in terminalreporter.stats.values()
        for report in reports
        for title, text in getattr(report, "sections", ())
        if title == f"Captured {_SECTION} call"
    ]
    if said:
        terminalreporter.section("templates of GOV.UK Notify")
        for text in said:
            terminalreporter.line(text)


class ManifestFile(pytest.File):
    """The tests of a manifest: one of the files, and one for each template."""

    _found: "tuple[Finding, ...] | None" = None

    @classmethod
    def at(cls, path: Path, *, parent: pytest.Collector) -> "ManifestFile":
        """Make the node of a manifest.

        Args:
            path: the manifest.
            parent: the node above it.

        Returns:
            The node.
        """
        made = cls.from_parent(parent, path=path)  # pyright: ignore[reportUnknownMemberType]  # pytest's
        return cast("ManifestFile", made)

    def collect(self) -> "Iterator[TemplateItem]":
        """Name the tests.

        Returns:
            A test of the files, and one for each template.

        Raises:
            ConfigError: the manifest cannot be read.
        """
        yield TemplateItem.of(None, name="manifest and module", file=self)
        for template in self.manifest().templates:
            yield TemplateItem.of(template.id, name=template.class_name, file=self)

    def manifest(self) -> "Manifest":
        """Read the manifest.

        Raises:
            ConfigError: it cannot be read.
        """
        from lg_notify.templates import read_manifest  # noqa: PLC0415 -- pytest starts without it

        return read_manifest(self.path)

    def findings(self) -> "tuple[Finding, ...]":
        """Compare, once in a run.

        Raises:
            LgError: GOV.UK Notify could not be asked.
        """
        if self._found is None:
            self._found = self._compared()
        return self._found

    def _compared(self) -> "tuple[Finding, ...]":
        from lg_notify.templates import check_module, check_templates  # noqa: PLC0415 -- as above

        manifest = self.manifest()
        modules = _paths(self.config, _MODULE) or [self.path.with_suffix(".py")]
        source = modules[0].read_text("utf-8") if modules[0].exists() else ""
        found = check_module(manifest, source)
        if self.config.getoption(_OFFLINE) or self.config.getini(_OFFLINE):
            return (*found, *check_templates(manifest))
        return (*found, *_asked(manifest, pin=bool(self.config.getini(_PIN))))


class TemplateItem(pytest.Item):
    """Whether one template is still as the code has it.

    Attributes:
        template_id: the template; None for what is of all of them.
        manifest_file: the node of the manifest.
    """

    template_id: str | None = None
    manifest_file: ManifestFile

    @classmethod
    def of(cls, template_id: str | None, *, name: str, file: ManifestFile) -> "TemplateItem":
        """Make the test of a template.

        Args:
            template_id: the template; None for what is of all of them.
            name: the name of the test.
            file: the manifest's node.

        Returns:
            The test.
        """
        made = cast("TemplateItem", cls.from_parent(file, name=name))  # pyright: ignore[reportUnknownMemberType]  # pytest's
        made.template_id = template_id
        made.manifest_file = file
        return made

    def runtest(self) -> None:
        """Fail where the template changed so that the code breaks; note a new name.

        Raises:
            TemplatesChangedError: it did.
            LgError: GOV.UK Notify could not be asked.
        """
        found = self.manifest_file.findings()
        mine = [each for each in found if each.template_id == self.template_id]
        for finding in mine:
            if not finding.is_error:
                self.add_report_section("call", _SECTION, finding.text)
        if wrong := tuple(finding.text for finding in mine if finding.is_error):
            raise TemplatesChangedError(wrong)

    def repr_failure(  # pyright: ignore[reportIncompatibleMethodOverride]  # pytest's own is wider
        self, excinfo: pytest.ExceptionInfo[BaseException]
    ) -> str:
        """Say what was found, and nothing of where in this module.

        Args:
            excinfo: what was raised.

        Returns:
            The lines.
        """
        from lg_core.errors import LgError  # noqa: PLC0415 -- as above

        if isinstance(excinfo.value, TemplatesChangedError | LgError):
            return str(excinfo.value)
        return str(super().repr_failure(excinfo))

    def reportinfo(self) -> tuple[Path, None, str]:
        """Name the test in the report.

        Returns:
            The manifest, and the name.
        """
        return self.path, None, f"templates: {self.name}"


def _paths(config: pytest.Config, name: str) -> list[Path]:
    found: list[Path] = config.getini(name)
    return found


def _asked(manifest: "Manifest", *, pin: bool) -> "tuple[Finding, ...]":
    from lg_notify import NotifyClient  # noqa: PLC0415 -- as above
    from lg_notify._check import service_of  # noqa: PLC0415 -- as above
    from lg_notify._settings import read_notify_settings  # noqa: PLC0415 -- as above
    from lg_notify.templates import check_templates, look  # noqa: PLC0415 -- as above

    service = service_of(read_notify_settings().api_key)
    with NotifyClient.from_env() as notify:
        return check_templates(manifest, look(notify, manifest, service=service), pin=pin)
