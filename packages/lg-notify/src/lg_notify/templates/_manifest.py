# SPDX-License-Identifier: MIT
"""The manifest: what the templates said when the code was written, in a file that is reviewed.

It is JSON, sorted, and the same bytes for the same templates, so that a change of it shows what
was changed in Notify. It holds texts of the council's own and nobody's data; who wrote a template
is left out.
"""

import json
import os
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, ClassVar, Final, cast

from pydantic import ConfigDict, TypeAdapter, ValidationError

from lg_core.errors import ConfigError, InvalidValueError
from lg_core.texts import Language
from lg_notify._personalisation import same_name
from lg_notify.message import TemplateType
from lg_notify.templates._names import is_class_name, is_field_name
from lg_notify.templates._placeholders import Kind, parts_of
from lg_notify.templates._welsh import WelshRule

__all__ = ["FORMAT", "Manifest", "ManifestPlaceholder", "ManifestTemplate", "read_manifest"]

FORMAT: Final = 1
_UUID: Final = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_SETTING: Final = "manifest"


@dataclass(frozen=True, slots=True, kw_only=True)
class ManifestPlaceholder:
    """A placeholder of a template.

    Attributes:
        name: as the template writes it.
        kind: what it is for. `text` and `list` are guesses: put one right here, and it stays.
        field: its name in the class. Change it here, and it stays.
    """

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")

    name: str
    kind: Kind
    field: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ManifestTemplate:
    """A template as it was.

    Attributes:
        id: Notify's id of it.
        name: its name on Notify's pages.
        type: `sms`, `email` or `letter`.
        version: which version of it.
        class_name: the name of its class. Change it here, and it stays.
        body: the text with its placeholders.
        placeholders: of the subject, the body and the contact block.
        language: its language.
        subject: of an e-mail, or the heading of a letter.
        contact_block: of a letter: the sender's address.
        postage: of a letter.
    """

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")

    id: str
    name: str
    type: TemplateType
    version: int
    class_name: str
    body: str
    placeholders: tuple[ManifestPlaceholder, ...]
    language: Language = Language.ENGLISH
    subject: str | None = None
    contact_block: str | None = None
    postage: str | None = None

    @property
    def parts(self) -> tuple[str, ...]:
        """The texts that hold placeholders."""
        return parts_of(self.contact_block, self.subject, self.body)


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """The templates of a service, as they were.

    Attributes:
        templates: the templates.
        service: Notify's id of the service that they are of; None where it is not known.
        welsh: how Welsh templates are known.
        format: which form of manifest this is.
    """

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")

    templates: tuple[ManifestTemplate, ...] = ()
    service: str | None = None
    welsh: WelshRule = field(default_factory=WelshRule)
    format: int = FORMAT

    def find(self, name_or_id: str, /) -> ManifestTemplate:
        """Return a template.

        Args:
            name_or_id: its id, or its name where no other has that.

        Raises:
            InvalidValueError: there is no such template, or there are several.
        """
        found = [each for each in self.templates if name_or_id in {each.id, each.name}]
        if len(found) == 1:
            return found[0]
        what = "Several templates have" if found else "No template of the manifest has"
        raise InvalidValueError(
            f"{what} this name or id. Give the id, from the template's page in GOV.UK Notify.",
            field="template",
            code="several" if found else "not_found",
        )

    def to_json(self) -> str:
        """Write it: the same text for the same templates."""
        plain: dict[str, Any] = asdict(self)
        plain["templates"] = [
            _as_plain(each) for each in sorted(self.templates, key=lambda each: each.class_name)
        ]
        return json.dumps(plain, indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def _as_plain(template: ManifestTemplate) -> dict[str, Any]:
    return {name: value for name, value in asdict(template).items() if value is not None}


def read_manifest(path: str | os.PathLike[str]) -> Manifest:
    """Read a manifest.

    Args:
        path: the file.

    Returns:
        The manifest.

    Raises:
        ConfigError: the file cannot be read, or is no manifest; the text says where and what to do.
    """
    file, problem = Path(path), ""
    text = ""
    try:
        text = file.read_text("utf-8")
    except OSError as error:
        problem = type(error).__name__
    except UnicodeDecodeError:
        problem = "not UTF-8"
    if problem:
        raise ConfigError(
            f"The manifest of templates cannot be opened ({problem}). Check its path, or make it "
            "with lg-notify templates pull.",
            setting=_SETTING,
        )
    return _manifest_in(text)


def _manifest_in(text: str) -> Manifest:
    wrong: list[str] = []
    manifest = Manifest()
    try:
        manifest = TypeAdapter(Manifest).validate_json(text)
    except ValidationError as error:
        faults = error.errors(include_url=False, include_context=False, include_input=False)
        wrong = [f"{_where(fault['loc'])} ({fault['type']})" for fault in faults]
    wrong = wrong or list(_faults(manifest))
    # Raised outside the handler: pydantic's error may hold what stands in the file.
    if wrong:
        raise ConfigError(
            f"The manifest of templates cannot be used: {', '.join(wrong[:10])}. Put it right, or "
            "take the last one that was good, and run lg-notify templates pull.",
            setting=_SETTING,
        )
    return manifest


_KNOWN: Final = frozenset(
    name
    for kind in (Manifest, ManifestTemplate, ManifestPlaceholder, WelshRule)
    for name in cast("dict[str, object]", kind.__dataclass_fields__)
)


def _where(path: tuple[int | str, ...]) -> str:
    steps = (
        str(step + 1) if isinstance(step, int) else step if step in _KNOWN else "*" for step in path
    )
    return ".".join(steps) or "the file"


def _faults(manifest: Manifest) -> Iterator[str]:
    if manifest.format != FORMAT:
        yield "format (another release of lg-notify wrote it)"
    ids = Counter(each.id for each in manifest.templates)
    classes = Counter(each.class_name for each in manifest.templates)
    for at, template in enumerate(manifest.templates, start=1):
        if not _UUID.fullmatch(template.id) or ids[template.id] > 1:
            yield f"templates.{at}.id (no id of GOV.UK Notify's, or there twice)"
        if not is_class_name(template.class_name) or classes[template.class_name] > 1:
            yield f"templates.{at}.class_name (cannot be a class, or is there twice)"
        fields = Counter(each.field for each in template.placeholders)
        keys = Counter(same_name(each.name) for each in template.placeholders)
        for number, each in enumerate(template.placeholders, start=1):
            if not is_field_name(each.field) or fields[each.field] > 1:
                yield f"templates.{at}.placeholders.{number}.field (cannot be one, or there twice)"
            if keys[same_name(each.name)] > 1:
                yield f"templates.{at}.placeholders.{number}.name (is there twice)"
