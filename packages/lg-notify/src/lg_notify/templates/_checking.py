# SPDX-License-Identifier: MIT
"""Find what an edit in GOV.UK Notify breaks in code that was made from a manifest. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from lg_notify._personalisation import same_name
from lg_notify.message import TemplateType
from lg_notify.template import Template
from lg_notify.templates._generating import module_of
from lg_notify.templates._manifest import Manifest, ManifestTemplate
from lg_notify.templates._placeholders import Kind, is_address_line, kinds_of, parts_of
from lg_notify.templates._welsh import Named, paired

__all__ = ["Finding", "FindingKind", "Seen", "check_module", "check_templates"]

_PULL: Final = "Run lg-notify templates pull, and change the code."


class FindingKind(StrEnum):
    """What was found."""

    RENAMED = "renamed"
    TYPE = "type"
    ADDED = "placeholder-added"
    REMOVED = "placeholder-removed"
    KIND = "placeholder-kind"
    ARCHIVED = "archived"
    MISSING = "missing"
    OTHER_ACCOUNT = "other-account"
    VERSION = "version"
    PAIR = "pair"
    MODULE = "module"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that no longer fits.

    Attributes:
        kind: what.
        template_id: of which template; None where it is of all.
        text: what it is and what to do, in one line.
        is_error: False for a warning: the code still works.
    """

    kind: FindingKind
    template_id: str | None
    text: str
    is_error: bool = True


@dataclass(frozen=True, slots=True)
class Seen:
    """What Notify has now.

    Attributes:
        current: the templates that are not archived, by id.
        archived: ids of the manifest that are archived.
        elsewhere: the name of the account, by the id of a template that is another's.
        service: Notify's id of the service that was asked.
    """

    current: Mapping[str, Template]
    archived: frozenset[str] = frozenset()
    elsewhere: Mapping[str, str] = field(default_factory=dict[str, str])
    service: str | None = None


def check_templates(
    manifest: Manifest, seen: Seen | None = None, *, pin: bool = False
) -> tuple[Finding, ...]:
    """Compare a manifest with what Notify has now, or with itself.

    Args:
        manifest: what the code was made from.
        seen: what Notify has; None to look at the manifest alone.
        pin: whether a new version is found too, also where it changes words alone.

    Returns:
        What no longer fits.
    """
    if seen is None:
        own = (finding for each in manifest.templates for finding in _changed(each, each))
        return (*own, *_pairs(manifest, {}))
    if None not in (manifest.service, seen.service) and manifest.service != seen.service:
        return (
            Finding(
                FindingKind.OTHER_ACCOUNT,
                None,
                "The key is of another service of GOV.UK Notify than the manifest. Use a key of "
                "that service, or make a manifest for this one.",
            ),
        )
    found = [each for template in manifest.templates for each in _one(template, seen, pin=pin)]
    return (*found, *_pairs(manifest, seen.current))


def check_module(manifest: Manifest, source: str) -> tuple[Finding, ...]:
    """Compare a module with what the manifest makes.

    Args:
        manifest: the manifest.
        source: the text of the module.

    Returns:
        A finding where they differ, otherwise nothing.
    """
    if source.replace("\r\n", "\n") == module_of(manifest):
        return ()
    return (
        Finding(
            FindingKind.MODULE,
            None,
            "The module is not what the manifest makes. Run lg-notify templates pull, and keep "
            "both files together.",
        ),
    )


def _one(template: ManifestTemplate, seen: Seen, *, pin: bool) -> Iterator[Finding]:
    now = seen.current.get(template.id)
    if now is None:
        yield _gone(template, seen)
        return
    if now.name != template.name:
        yield _found(
            FindingKind.RENAMED,
            template,
            f"is called {_quoted(now.name)} now. The code still works: run lg-notify templates "
            "pull to note it.",
            is_error=False,
        )
    if now.type != template.type:
        yield _found(FindingKind.TYPE, template, f"is of the type {now.type} now. {_PULL}")
    yield from _changed(template, now)
    if pin and now.version != template.version:
        yield _found(
            FindingKind.VERSION,
            template,
            f"is in version {now.version}, and the manifest has {template.version}. Read what was "
            "changed, and run lg-notify templates pull.",
        )


def _gone(template: ManifestTemplate, seen: Seen) -> Finding:
    if template.id in seen.archived:
        return _found(
            FindingKind.ARCHIVED,
            template,
            "was deleted in GOV.UK Notify, and nothing can be sent from it. Make it again there, "
            "and then run lg-notify templates pull, or take it out of the code.",
        )
    home = seen.elsewhere.get(template.id)
    if home is not None:
        return _found(
            FindingKind.OTHER_ACCOUNT,
            template,
            f"is a template of the account {home}. Send it with that account's key, or copy it to "
            "this service and run lg-notify templates pull.",
        )
    return _found(
        FindingKind.MISSING,
        template,
        "is no template of this key's service. Use a key of the service that has it, or run "
        "lg-notify templates pull.",
    )


def _changed(template: ManifestTemplate, now: Template | ManifestTemplate) -> Iterator[Finding]:
    """Compare the placeholders."""
    asked = {same_name(name): (name, kind) for name, kind in _kinds(now).items()}
    ours = {same_name(each.name): each for each in template.placeholders}
    for key, (name, kind) in asked.items():
        mine = ours.get(key)
        if mine is None:
            what = f"asks for {_mark(name)} too, and would not be sent without it. {_PULL}"
            yield _found(FindingKind.ADDED, template, what)
        elif Kind.CONDITION in {kind, mine.kind} and kind is not mine.kind:
            yield _found(FindingKind.KIND, template, _kind_said(name, kind))
    for key, mine in ours.items():
        if key not in asked:
            what = f"asks for {_mark(mine.name)} no more. {_PULL}"
            yield _found(FindingKind.REMOVED, template, what)


def _kind_said(name: str, kind: Kind) -> str:
    if kind is Kind.CONDITION:
        return f"takes {_mark(name)} for yes or no now, and does not print it. {_PULL}"
    return f"prints {_mark(name)} now, which was yes or no. {_PULL}"


def _kinds(template: Template | ManifestTemplate) -> dict[str, Kind]:
    if isinstance(template, ManifestTemplate):
        parts = template.parts
    else:
        parts = parts_of(template.letter_contact_block, template.subject, template.body)
    return {
        name: kind
        for name, kind in kinds_of(template.type, parts).items()
        if template.type != TemplateType.LETTER or not is_address_line(name)
    }


def _pairs(manifest: Manifest, current: Mapping[str, Template]) -> Iterator[Finding]:
    found = paired(manifest.templates, manifest.welsh)
    by_id = {each.id: each for each in manifest.templates}
    for english, welsh in found.pairs.items():
        one: Named = current.get(english, by_id[english])
        other: Named = current.get(welsh, by_id[welsh])
        if one.type != other.type:
            what = f"and its Welsh, {_quoted(other.name)}, are not of one type. Change one of them."
            yield _found(FindingKind.PAIR, by_id[english], what)
            continue
        asked, in_welsh = (_asked(current.get(each, by_id[each])) for each in (english, welsh))
        for key in asked.keys() ^ in_welsh.keys():
            has, lacks = (one, other) if key in asked else (other, one)
            name = asked.get(key) or in_welsh[key]
            yield _found(
                FindingKind.PAIR,
                by_id[english],
                f"is a pair, of which {_quoted(has.name)} asks for {_mark(name)} and "
                f"{_quoted(lacks.name)} does not. Change one of them in GOV.UK Notify.",
            )
    for name in found.unknown:
        text = (
            f"{_quoted(name)} is named by the rule of Welsh pairs, and no template has this name "
            "or id, or several have. Correct the file that --pairs names, and pull again."
        )
        yield Finding(FindingKind.PAIR, None, text)


def _asked(template: Template | ManifestTemplate) -> dict[str, str]:
    return {same_name(name): name for name in _kinds(template)}


def _found(
    kind: FindingKind, template: ManifestTemplate, what: str, *, is_error: bool = True
) -> Finding:
    return Finding(kind, template.id, f"{_quoted(template.name)} {what}", is_error)


def _quoted(name: str) -> str:
    return f'"{" ".join(name.split())}"'


def _mark(name: str) -> str:
    return f"(({' '.join(name.split())}))"
