# SPDX-License-Identifier: MIT
"""Write the module of a manifest: one class a template. Pure, and the same text each time.

The text is as `ruff format` leaves it, whatever the length of a line: what could be broken stands
on lines of its own, with a comma at each end.
"""

from collections.abc import Iterator
from typing import Final

from lg_core.texts import Language
from lg_notify._personalisation import same_name
from lg_notify.message import TemplateType
from lg_notify.templates._manifest import Manifest, ManifestPlaceholder, ManifestTemplate
from lg_notify.templates._names import constant_name
from lg_notify.templates._placeholders import Kind, kinds_of
from lg_notify.templates._welsh import paired

__all__ = ["module_of"]

_SAID: Final = {
    TemplateType.SMS: ("The text message", "Make the text message to a telephone number."),
    TemplateType.EMAIL: ("The e-mail", "Make the e-mail to an address."),
    TemplateType.LETTER: ("The letter", "Make the letter to an address of 3 to 7 lines."),
}
_MESSAGE: Final = {
    TemplateType.SMS: "Sms",
    TemplateType.EMAIL: "Email",
    TemplateType.LETTER: "Letter",
}
_TO: Final = {
    TemplateType.SMS: (("phone_number", "str"), ("sms_sender_id", "str | None = None")),
    TemplateType.EMAIL: (
        ("email_address", "str"),
        ("email_reply_to_id", "str | None = None"),
        ("one_click_unsubscribe_url", "str | None = None"),
        ("sanitise", "Sequence[str] = ()"),
    ),
    TemplateType.LETTER: (("address", "Sequence[str]"),),
}
_LONGEST_NAME: Final = 50


def module_of(manifest: Manifest) -> str:
    """Write the module.

    Args:
        manifest: the templates.

    Returns:
        The text of the module.
    """
    templates = sorted(manifest.templates, key=lambda each: each.class_name)
    pairs = list(_pairs(manifest))
    body = [*map(_class, templates)]
    if pairs:
        body.append("\n".join(text for _, text in pairs))
    names = sorted([*(each.class_name for each in templates), *(name for name, _ in pairs)])
    head = [
        "# Made by lg-notify from a manifest of templates. Change nothing here:",
        "# run lg-notify templates pull.",
        '"""The templates of GOV.UK Notify that this program sends, a class each."""',
        "",
        *(_imports(templates, has_pairs=bool(pairs)) if templates else ()),
        *_all(names),
    ]
    return "\n\n\n".join(["\n".join(head), *body]) + "\n"


def _imports(templates: list[ManifestTemplate], *, has_pairs: bool) -> Iterator[str]:
    types = {each.type for each in templates}
    kinds = {(each.type, one.kind) for each in templates for one in each.placeholders}
    shown = {kind for _, kind in kinds}
    if types != {TemplateType.SMS} or Kind.LIST in shown:
        yield "from collections.abc import Sequence"
    yield "from dataclasses import dataclass"
    yield f"from typing import ClassVar{', Final' if has_pairs else ''}"
    yield ""
    if any(each.language is Language.WELSH for each in templates):
        yield "from lg_core.texts import Language"
    ours = {_MESSAGE[each] for each in types}
    if (TemplateType.EMAIL, Kind.TEXT) in kinds:
        ours.add("File")
    yield from _from("lg_notify", sorted(ours))
    wanted = {
        "About": True,
        "Pair": has_pairs,
        "Scalar": bool(shown - {Kind.CONDITION}),
        "with_postcode": any(map(_shows_postcode, templates)),
        "yes_or_no": Kind.CONDITION in shown,
    }
    yield from _from("lg_notify.templates", [name for name, used in wanted.items() if used])
    yield ""


def _from(module: str, names: list[str]) -> Iterator[str]:
    yield f"from {module} import ("
    yield from (f"    {name}," for name in names)
    yield ")"


def _all(names: list[str]) -> Iterator[str]:
    if not names:
        yield "__all__: list[str] = []"
        return
    yield "__all__ = ["
    yield from (f"    {_literal(name)}," for name in names)
    yield "]"


def _class(template: ManifestTemplate) -> str:
    what, _ = _SAID[template.type]
    lines = [
        "@dataclass(",
        "    frozen=True,",
        "    kw_only=True,",
        "    repr=False,",  # the values are what people are told
        "    slots=True,",
        ")",
        f"class {template.class_name}:",
        f'    """{what}: {_in_docstring(template.name)}."""',
        "",
        *_about(template),
        "",
        *(f"    {each.field}: {_type(template, each)}" for each in template.placeholders),
        *([""] if template.placeholders else []),
        *_to(template),
    ]
    return "\n".join(lines)


def _about(template: ManifestTemplate) -> Iterator[str]:
    yield "    about: ClassVar[About] = About("
    yield f"        id={_literal(template.id)},"
    yield f"        name={_literal(template.name)},"
    yield f"        type={_literal(template.type)},"
    yield f"        version={template.version},"
    if template.language is Language.WELSH:
        yield "        language=Language.WELSH,"
    if template.placeholders:
        yield "        placeholders=["
        yield from (f"            {_literal(each.name)}," for each in template.placeholders)
        yield "        ],"
    yield "    )"


def _type(template: ManifestTemplate, placeholder: ManifestPlaceholder) -> str:
    if placeholder.kind is Kind.CONDITION:
        return "bool"
    if placeholder.kind is Kind.LIST:
        return "Sequence[Scalar]"
    return "Scalar | File" if template.type is TemplateType.EMAIL else "Scalar"


def _to(template: ManifestTemplate) -> Iterator[str]:
    (to, to_type), *options = _TO[template.type]
    named = _shows_postcode(template)
    yield "    def to("
    yield "        self,"
    yield f"        {to}: {to_type},"
    yield "        *,"
    yield "        reference: str | None = None,"
    yield from (f"        {name}: {kind}," for name, kind in options)
    yield f"    ) -> {_MESSAGE[template.type]}:"
    yield f'        """{_SAID[template.type][1]}"""'
    yield f"        return {_MESSAGE[template.type]}("
    if not named:
        yield f"            {to}={to},"
    yield "            template_id=self.about.id,"
    yield "            language=self.about.language,"
    if template.placeholders or named:
        yield "            personalisation={"
        for each in template.placeholders:
            yield from _pair(each)
        if named:
            yield "                **with_postcode(address),"
        yield "            },"
    yield "            reference=reference,"
    yield from (f"            {name}={name}," for name, _ in options)
    yield "        )"


def _pair(placeholder: ManifestPlaceholder) -> Iterator[str]:
    name, value = _literal(placeholder.name), f"self.{placeholder.field}"
    if placeholder.kind is not Kind.CONDITION:
        yield f"                {name}: {value},"
        return
    # A call could be broken where the name is long: so it always is.
    yield f"                {name}: yes_or_no("
    yield f"                    {value},"
    yield "                ),"


def _shows_postcode(template: ManifestTemplate) -> bool:
    return template.type is TemplateType.LETTER and any(
        same_name(name) == "postcode" for name in kinds_of(template.type, template.parts)
    )


def _pairs(manifest: Manifest) -> Iterator[tuple[str, str]]:
    """Write the pairs whose two templates fit; of the others the check tells."""
    by_id = {each.id: each for each in manifest.templates}
    taken = {each.class_name for each in manifest.templates}
    for english, welsh in sorted(
        paired(manifest.templates, manifest.welsh).pairs.items(),
        key=lambda each: by_id[each[0]].class_name,
    ):
        one, other = by_id[english], by_id[welsh]
        if one.type is other.type and _keys(one) == _keys(other):
            name = constant_name(one.class_name, taken=taken)
            taken.add(name)
            lines = (
                f"{name}: Final = Pair(",
                f"    en={one.class_name},",
                f"    cy={other.class_name},",
                ")",
            )
            yield name, "\n".join(lines)


def _keys(template: ManifestTemplate) -> set[str]:
    return {same_name(each.name) for each in template.placeholders}


def _in_docstring(text: str) -> str:
    plain = "".join(c if c.isprintable() and c not in '\\"' else " " for c in text)
    said = " ".join(plain.split())
    return (said if len(said) <= _LONGEST_NAME else f"{said[:_LONGEST_NAME].rstrip()}…").rstrip(".")


def _literal(text: str) -> str:
    """Write a text as ruff leaves it: in double quotes, unless that takes more escapes."""
    quote = "'" if text.count('"') > text.count("'") else '"'
    return quote + "".join(_escaped(c, quote) for c in text) + quote


def _escaped(char: str, quote: str) -> str:
    if char in {"\\", quote}:
        return f"\\{char}"
    if char.isprintable():
        return char
    number = ord(char)
    return f"\\u{number:04x}" if number <= 0xFFFF else f"\\U{number:08x}"  # noqa: PLR2004 -- the last number of 4 digits
