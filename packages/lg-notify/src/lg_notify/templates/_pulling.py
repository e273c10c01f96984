# SPDX-License-Identifier: MIT
"""Make a manifest of what Notify has. Names that the last one gave stay. Pure."""

from collections.abc import Iterable

from lg_core.texts import Language
from lg_notify._personalisation import same_name
from lg_notify.message import TemplateType
from lg_notify.template import Template
from lg_notify.templates._manifest import Manifest, ManifestPlaceholder, ManifestTemplate
from lg_notify.templates._names import class_name, field_name
from lg_notify.templates._placeholders import Kind, is_address_line, kinds_of, parts_of
from lg_notify.templates._welsh import WelshRule, paired

__all__ = ["manifest_of"]


def manifest_of(
    templates: Iterable[Template],
    *,
    service: str | None = None,
    welsh: WelshRule | None = None,
    before: Manifest | None = None,
) -> Manifest:
    """Make a manifest.

    A template keeps the name of its class, and a placeholder that of its field, also where they
    are called otherwise in Notify by now: a new name there breaks no code.

    Args:
        templates: the templates of a service. Those of a type that is not known are left out.
        service: Notify's id of the service.
        welsh: how Welsh templates are known; as `before` has it where it is None.
        before: the last manifest, where there is one.

    Returns:
        The manifest.
    """
    last = before or Manifest()
    known = {each.id: each for each in last.templates}
    rule = welsh or last.welsh
    listed = sorted(
        (each for each in templates if each.type in set(TemplateType)),
        key=lambda each: (each.name.casefold(), each.name, each.id),
    )
    in_welsh = paired(listed, rule).welsh
    # A name that a template of the last manifest has is no other's, even where that is gone.
    taken = {each.class_name for each in last.templates}
    made: list[ManifestTemplate] = []
    for template in listed:
        was = known.get(template.id)
        name = was.class_name if was else class_name(template.name, taken=taken)
        taken.add(name)
        made.append(_template(template, name, was=was, is_welsh=template.id in in_welsh))
    return Manifest(
        templates=tuple(sorted(made, key=lambda each: each.class_name)),
        service=service or last.service,
        welsh=rule,
    )


def _template(
    template: Template, name: str, *, was: ManifestTemplate | None, is_welsh: bool
) -> ManifestTemplate:
    return ManifestTemplate(
        id=template.id,
        name=template.name,
        type=TemplateType(template.type),
        version=template.version,
        class_name=name,
        body=template.body,
        placeholders=_placeholders(template, was),
        language=Language.WELSH if is_welsh else Language.ENGLISH,
        subject=template.subject,
        contact_block=template.letter_contact_block,
        postage=template.postage,
    )


def _placeholders(
    template: Template, was: ManifestTemplate | None
) -> tuple[ManifestPlaceholder, ...]:
    parts = parts_of(template.letter_contact_block, template.subject, template.body)
    known = {same_name(each.name): each for each in was.placeholders} if was else {}
    taken = {each.field for each in known.values()}
    made: list[ManifestPlaceholder] = []
    for name, shown in kinds_of(template.type, parts).items():
        if template.type == TemplateType.LETTER and is_address_line(name):
            continue  # the address gives it
        before = known.get(same_name(name))
        field = before.field if before else field_name(name, taken=taken)
        taken.add(field)
        kind = before.kind if before and _is_a_guess(before.kind, shown) else shown
        made.append(ManifestPlaceholder(name=name, kind=kind, field=field))
    return tuple(sorted(made, key=lambda each: each.field))


def _is_a_guess(before: Kind, shown: Kind) -> bool:
    """Say whether a person may have put the kind right: the text only hints at lists."""
    return Kind.CONDITION not in {before, shown}
