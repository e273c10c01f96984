# SPDX-License-Identifier: MIT
"""`lg-notify preview`: see a message before anybody gets it, with its length and its cost."""

import json as json_module
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Final, Protocol, cast

import typer  # noqa: TID253 -- loaded only when a command runs

from lg_core.cli import Exit, emit, note
from lg_core.days import london_day
from lg_core.errors import ConfigError, InvalidValueError
from lg_core.texts import Language
from lg_notify import render
from lg_notify._commands._open import one_account, open_accounts, rates_of, read_file
from lg_notify._commands._options import Account, Json, SettingsFile
from lg_notify._files import CouncilFile
from lg_notify._personalisation import checked_values
from lg_notify.costs import Rates, sms_price
from lg_notify.message import TemplateType
from lg_notify.template import Template
from lg_notify.templates import read_manifest

__all__ = ["preview"]

_UUID: Final = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


class _Texts(Protocol):
    """A template, from Notify or from a manifest."""

    @property
    def type(self) -> str: ...
    @property
    def body(self) -> str: ...
    @property
    def subject(self) -> str | None: ...


@dataclass(slots=True)
class _Preview:
    """How a message reads, and what it costs."""

    type: str
    subject: str | None = None
    text: str = ""
    missing: tuple[str, ...] = ()
    too_long: bool = False
    characters: int | None = None
    fragments: int | None = None
    unicode_because: tuple[str, ...] = ()
    replaced: tuple[tuple[str, str], ...] = ()
    pounds: Decimal | None = None
    address: tuple[str, ...] = ()
    contact_block: tuple[str, ...] = ()
    notes: list[str] = field(default_factory=list[str])
    page: str | None = field(default=None, repr=False)


def preview(
    template: Annotated[
        str, typer.Argument(metavar="TEMPLATE", help="The template's id, or its name.")
    ],
    *,
    given: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="NAME=VALUE", help="A value; several times for a list."),
    ] = None,
    values: Annotated[
        Path | None, typer.Option("--values", help="A JSON file of values by name.")
    ] = None,
    page: Annotated[
        Path | None, typer.Option("--page", help="Write an e-mail as a page for a browser.")
    ] = None,
    manifest: Annotated[
        Path | None,
        typer.Option("--manifest", help="Take the template from a manifest, and ask nobody."),
    ] = None,
    prefix: Annotated[
        str | None,
        typer.Option("--prefix", help="The service's name, where it stands before its texts."),
    ] = None,
    language: Annotated[
        Language, typer.Option("--language", help="The language of the template.")
    ] = Language.ENGLISH,
    account: Account = None,
    file: SettingsFile = None,
    json: Json = False,
) -> None:
    """Show a message with its values: its words, its length, its cost. Nothing is sent.

    Ends with 1 where GOV.UK Notify would refuse it: a value is missing, or it is too long.
    """
    council = read_file(file)
    filled = checked_values(_values(given or [], values), language)
    texts: _Texts = (
        _from_notify(council, template, account)
        if manifest is None
        else read_manifest(manifest).find(template)
    )
    if page is not None and texts.type != TemplateType.EMAIL:
        raise InvalidValueError("--page is for e-mails. Leave it out.", field="--page")
    found = _rendered(texts, filled, prefix=prefix, rates=rates_of(council), language=language)
    html, found.page = found.page, None if page is None else str(page)
    if page is not None:
        page.write_text(html or "", "utf-8")
    emit(found, json=json, human=_as_text)
    if found.missing or found.too_long:
        raise typer.Exit(Exit.FOUND)


def _from_notify(council: CouncilFile, wanted: str, account: str | None) -> Template:
    with open_accounts(council) as accounts:
        _, notify = one_account(accounts, account)
        if _UUID.fullmatch(wanted):
            return notify.get_template(wanted)
        found = [each for each in notify.list_templates() if each.name == wanted]
    if len(found) == 1:
        return found[0]
    what = "Several templates have" if found else "No template of the service has"
    raise InvalidValueError(
        f"{what} this name. Give the id, from the template's page in GOV.UK Notify.",
        field="TEMPLATE",
    )


def _values(given: list[str], path: Path | None) -> Mapping[str, Any]:
    values = {} if path is None else _values_in(path)
    listed: dict[str, list[str]] = {}
    for word in given:
        name, equals, value = word.partition("=")
        if not equals or not name.strip():
            raise InvalidValueError("--set must be NAME=VALUE, such as day=Monday.", field="--set")
        listed.setdefault(name.strip(), []).append(value)
    return {
        **values,
        **{name: each[0] if len(each) == 1 else each for name, each in listed.items()},
    }


def _values_in(path: Path) -> dict[str, Any]:
    problem = ""
    found: object = None
    try:
        found = json_module.loads(path.read_text("utf-8"))
    except OSError as error:
        problem = f"cannot be opened ({type(error).__name__})"
    except ValueError:
        problem = "is not JSON"
    # Raised outside the handlers: those errors hold the path or what stands in the file.
    if problem or not isinstance(found, dict):
        raise ConfigError(
            f"The file of values {problem or 'holds no values by name'}. Write it as "
            '{"name": "Sam", "items": ["one", "two"]}.',
            setting="--values",
        )
    return cast("dict[str, Any]", found)


def _rendered(
    texts: _Texts,
    values: Mapping[str, object],
    *,
    prefix: str | None,
    rates: Rates | None,
    language: Language,
) -> _Preview:
    if texts.type == TemplateType.SMS:
        return _sms(texts, values, prefix=prefix, rates=rates)
    if texts.type == TemplateType.EMAIL:
        return _email(texts, values, language=language)
    if texts.type == TemplateType.LETTER:
        return _letter(texts, values)
    raise InvalidValueError(
        "The template is of a type that this release does not know. Upgrade lg-notify.",
        field="TEMPLATE",
    )


def _sms(
    texts: _Texts, values: Mapping[str, object], *, prefix: str | None, rates: Rates | None
) -> _Preview:
    made = render.sms(texts.body, values, prefix=prefix)
    pounds = sms_price(made.fragments, on=london_day(datetime.now(UTC)), rates=rates)
    return _Preview(
        "sms",
        text=made.text,
        missing=made.missing,
        too_long=made.too_long,
        characters=made.characters,
        fragments=made.fragments,
        unicode_because=made.unicode_because,
        replaced=made.replaced,
        pounds=pounds,
    )


def _email(texts: _Texts, values: Mapping[str, object], *, language: Language) -> _Preview:
    made = render.email(texts.subject or "", texts.body, values)
    return _Preview(
        "email",
        subject=made.subject,
        text=made.plain_text.rstrip("\n"),
        missing=made.missing,
        too_long=made.too_long,
        pounds=Decimal(0),
        page=render.email_page(made, language=language.value),
    )


def _letter(texts: _Texts, values: Mapping[str, object]) -> _Preview:
    block: object = getattr(texts, "letter_contact_block", getattr(texts, "contact_block", None))
    made = render.letter(
        texts.subject or "", texts.body, values, contact_block=cast("str | None", block)
    )
    found = _Preview(
        "letter",
        subject=made.subject,
        text="\n".join(made.lines),
        missing=made.missing,
        too_long=any(code.too_long for code in made.qr_codes),
        address=made.address,
        contact_block=made.contact_block,
    )
    found.notes.append("Its cost depends on its pages, which GOV.UK Notify counts.")
    return found


def _as_text(found: _Preview) -> str:
    parts: list[str] = []
    if found.contact_block:
        parts.append("\n".join(found.contact_block))
    if found.address:
        parts.append("\n".join(found.address))
    if found.subject is not None:
        parts.append(f"Subject: {found.subject}")
    parts.append(found.text)
    parts.append("\n".join(_facts(found)))
    if found.page is not None:
        note(f"lg-notify: wrote {found.page}.")
    return "\n\n".join(part for part in parts if part)


def _facts(found: _Preview) -> list[str]:
    facts: list[str] = []
    if found.fragments is not None:
        texts = "one text" if found.fragments == 1 else f"{found.fragments} texts"
        facts.append(f"{found.characters} characters, charged as {texts}.")
    if found.unicode_because:
        facts.append(
            f"A text holds 70 characters and not 160, because of {' '.join(found.unicode_because)}."
        )
    facts += [f"{was} is sent as {_shown(now)}." for was, now in found.replaced]
    if found.pounds is not None:
        facts.append(f"Cost: £{found.pounds} without VAT, before free texts.")
    facts += found.notes
    if found.missing:
        facts.append(f"GOV.UK Notify would refuse it: no value for {', '.join(found.missing)}.")
    if found.too_long:
        facts.append("GOV.UK Notify would refuse it: it is too long.")
    return facts


def _shown(text: str) -> str:
    return text or "nothing"
