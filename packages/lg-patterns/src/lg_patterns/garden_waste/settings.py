# SPDX-License-Identifier: MIT
"""The settings of a council's garden waste service: one TOML file, checked whole when it is read.

Keys of the platforms never stand in it: those come from the environment (`LG_PAY_API_KEY` and the
rest).
"""

import tomllib
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Self, cast
from uuid import UUID

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    model_validator,
)

from lg_core.councils import resolve
from lg_core.errors import ConfigError, InvalidValueError
from lg_core.money import Pence, VatRate, parse_pounds
from lg_core.texts import Catalogue, Language, Text
from lg_patterns.garden_waste.prices import MonthDay, PriceList
from lg_pay.basket import Line, encode
from lg_web.settings import Link, Phase, SiteSettings
from lg_web.theme import Colours

if TYPE_CHECKING:
    from lg_core.store import Store

__all__ = ["GardenWasteSettings"]

SERVICE = Text("Garden waste collection", "Casglu gwastraff gardd")


def _pounds(value: object) -> Pence:
    if not isinstance(value, str):
        raise ValueError('must be pounds in quotes, such as "46.50": a bare number loses pence')  # noqa: TRY004 -- pydantic reads a ValueError
    return parse_pounds(value)


def _month_day(value: object) -> MonthDay:
    month, _, day = str(value).partition("-")
    if not isinstance(value, str) or not (month.isdecimal() and day.isdecimal()):
        raise ValueError('must be a month and a day in quotes, such as "04-01"')
    return MonthDay(int(month), int(day))


def _council(code: str) -> str:
    return code if code.startswith("x-") else resolve(code).code


def _percent(value: object) -> VatRate | None:
    if value is None:
        return None
    if not isinstance(value, str) or not value.isdecimal():
        raise ValueError('must be a whole per cent in quotes, such as "20"')
    return VatRate(int(value) * 100)


def _own(package: str) -> Callable[[object], Catalogue]:
    def read(value: object) -> Catalogue:
        if not isinstance(value, dict):
            raise ValueError("must have a table for each text, with en and cy")  # noqa: TRY004 -- pydantic reads a ValueError
        own = Catalogue.from_tables(cast("dict[str, object]", value))
        Catalogue.of_package(package).override(own)  # refuses what does not fit
        return own

    return read


def _notify_id(text: str) -> str:
    try:
        return str(UUID(text))
    except ValueError:
        raise ValueError("must be an id of GOV.UK Notify, as its pages show it") from None


_NONE = Catalogue({})
NotifyId = Annotated[str, AfterValidator(_notify_id)]
Money = Annotated[Pence, BeforeValidator(_pounds), Field(ge=0)]


class _Part(BaseModel):
    model_config = ConfigDict(
        extra="forbid", frozen=True, hide_input_in_errors=True, arbitrary_types_allowed=True
    )


class CouncilPart(_Part):
    """Whose service it is.

    Attributes:
        code: the council's code, GSS code or name in the register; or an id of your own that
            begins with `x-`, for a council that is not in it.
        name: its name as residents know it.
        name_cy: the same in Welsh.
    """

    code: Annotated[str, AfterValidator(_council)]
    name: Annotated[str, Field(min_length=1)]
    name_cy: str = ""


class SitePart(_Part):
    """Where the service is and what it looks like.

    Attributes:
        url: its public address, without a slash at the end.
        welsh: whether the pages are offered in Welsh as well. The Welsh texts are drafts.
        phase: `alpha` or `beta` shows the banner.
        feedback_url: where the banner's link leads.
        privacy_url: the council's privacy notice for the service.
        accessibility_url: its accessibility statement.
        colours: hexadecimal values by name.
        form_targets: other origins that a form of the service leads to: the payment pages.
    """

    url: str
    welsh: bool = False
    phase: Phase | None = None
    feedback_url: str | None = None
    privacy_url: str | None = None
    accessibility_url: str | None = None
    colours: dict[str, str] = {}
    form_targets: tuple[str, ...] = (
        "https://www.payments.service.gov.uk",
        "https://card.payments.service.gov.uk",
    )


class SubscriptionPart(_Part):
    """What is sold.

    Attributes:
        most_bins: the most bins that one property may have.
        year_starts: the first day of the subscription year, such as `04-01`; left out where a
            year runs from the day on which a resident subscribes.
    """

    most_bins: Annotated[int, Field(ge=1, le=10, strict=True)] = 4
    year_starts: Annotated[MonthDay | None, BeforeValidator(_month_day)] = None


class PricePart(_Part):
    """One dated price list.

    Attributes:
        starts: `from` in the file: the first day of subscriptions that it holds for.
        first_bin: pounds for the first bin.
        other_bin: pounds for each further one.
        renewal_first_bin: the same for a renewal; as for a new one where it is left out.
        renewal_other_bin: the same for a renewal; as for a new one where it is left out.
    """

    starts: Annotated[date, Field(alias="from", strict=True)]
    first_bin: Money
    other_bin: Money
    renewal_first_bin: Money | None = None
    renewal_other_bin: Money | None = None

    def as_list(self) -> PriceList:
        """Return the list as the pricing rules use it."""
        first, other = self.renewal_first_bin, self.renewal_other_bin
        return PriceList(
            self.starts,
            self.first_bin,
            self.other_bin,
            self.first_bin if first is None else first,
            self.other_bin if other is None else other,
        )


class LedgerPart(_Part):
    """Where finance posts the money.

    Attributes:
        fund: the fund.
        cost_centre: the cost centre.
        gl_code: the code of the general ledger.
        vat_code: finance's own code for the VAT treatment.
        vat_percent: the rate that the price includes; left out where the charge is outside the
            scope of VAT, or exempt.
        taken_by: for `lg-patterns mop-up`: your ledger, as `module:name`. The name is a `Ledger`,
            or a function or class that makes one.
    """

    fund: Annotated[str, Field(min_length=1)]
    cost_centre: Annotated[str, Field(min_length=1)]
    gl_code: Annotated[str, Field(min_length=1)]
    vat_code: Annotated[str, Field(min_length=1)]
    vat_percent: Annotated[VatRate | None, BeforeValidator(_percent)] = None
    taken_by: Annotated[str | None, Field(pattern=r"^[\w.]+:\w+$")] = None

    @model_validator(mode="after")
    def _goes_with_a_payment(self) -> Self:
        """Refuse now what no payment could carry to GOV.UK Pay."""
        fund, code, rate = self.fund, self.vat_code, self.vat_percent
        encode([Line(fund, "GW-2222-3333", Pence(1), code, rate, "1" * 12)])
        return self


class StorePart(_Part):
    """Where sessions, cases and payments are kept.

    Attributes:
        url: the path of a file, `sqlite:///file`, or `postgresql://user@host/database` where
            several machines serve. One store for one service of one council. Leave a password
            out, and set `PGPASSWORD`.
    """

    url: Annotated[str, Field(min_length=1, repr=False)]


class MessagesPart(_Part):
    """The templates of the council's GOV.UK Notify service.

    Attributes:
        confirmation: the id of the e-mail template in English.
        confirmation_cy: the same in Welsh; the English one where it is left out.
        reply_to: the id of the reply-to address.
    """

    confirmation: NotifyId
    confirmation_cy: NotifyId | None = None
    reply_to: NotifyId | None = None


class TextsPart(_Part):
    """The council's own texts in place of ours, by name: a table each, with `en` and `cy`.

    Attributes:
        service: texts of this service.
        forms: texts of lg-forms, such as an error message.
        pages: texts of lg-web, such as the phase banner.
    """

    service: Annotated[Catalogue, BeforeValidator(_own("lg_patterns.garden_waste"))] = _NONE
    forms: Annotated[Catalogue, BeforeValidator(_own("lg_forms"))] = _NONE
    pages: Annotated[Catalogue, BeforeValidator(_own("lg_web"))] = _NONE


class GardenWasteSettings(_Part):
    """A council's garden waste service.

    Attributes:
        council: whose service it is.
        site: where it is and what it looks like.
        subscription: what is sold.
        prices: the dated price lists.
        ledger: where finance posts the money.
        store: where the service keeps its state; None where the program says so itself.
        messages: the templates of GOV.UK Notify.
        texts: the council's own texts.
    """

    council: CouncilPart
    site: SitePart
    subscription: SubscriptionPart = SubscriptionPart()
    prices: Annotated[tuple[PricePart, ...], Field(min_length=1)]
    ledger: LedgerPart
    store: StorePart | None = None
    messages: MessagesPart
    texts: TextsPart = TextsPart()

    @classmethod
    def from_file(cls, path: str | Path) -> Self:
        """Read the settings of a file.

        Args:
            path: the TOML file.

        Raises:
            ConfigError: the file is not there, is not TOML, or a setting is missing or wrong; the
                text names each and says what to do.
        """
        text, wrong = "", ""
        try:
            text = Path(path).read_text("utf-8")
        except (OSError, UnicodeDecodeError) as error:
            wrong = type(error).__name__
        if wrong:  # outside the handler: the first error holds the path, or the whole file
            raise ConfigError(
                f"The settings could not be read ({wrong}). Give the path of a TOML file in UTF-8 "
                "that this process may read."
            )
        return cls.from_toml(text)

    @classmethod
    def from_toml(cls, text: str) -> Self:
        """Read the settings.

        Args:
            text: the text of the file.

        Raises:
            ConfigError: it is not TOML, or a setting is missing or wrong.
        """
        try:
            tables: dict[str, Any] = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            raise ConfigError(f"The settings are not valid TOML: {error}.") from None
        try:
            settings = cls.model_validate(tables)
            _ = settings.site_settings  # says now what the site would say later
        except ValidationError as error:
            raise ConfigError(_said(error)) from None
        except (InvalidValueError, TypeError) as error:
            raise ConfigError(f"[site]: {error}") from None
        starts = [prices.starts for prices in settings.prices]
        if len(set(starts)) < len(starts):
            raise ConfigError("Two of [[prices]] have the same `from`. Keep one of them.")
        return settings

    @property
    def price_lists(self) -> tuple[PriceList, ...]:
        """The price lists."""
        return tuple(prices.as_list() for prices in self.prices)

    @property
    def site_settings(self) -> SiteSettings:
        """The settings of the pages."""
        site = self.site
        links = (
            (Text("Privacy", "Preifatrwydd"), site.privacy_url),
            (Text("Accessibility", "Hygyrchedd"), site.accessibility_url),
        )
        return SiteSettings(
            url=site.url,
            council=Text(self.council.name, self.council.name_cy),
            service=SERVICE,
            languages=(Language.ENGLISH, Language.WELSH) if site.welsh else (Language.ENGLISH,),
            phase=site.phase,
            feedback_url=site.feedback_url,
            footer_links=tuple(Link(text, href) for text, href in links if href),
            colours=Colours(**site.colours),
            form_targets=site.form_targets,
        )

    def open_store(self) -> "Store":
        """Return the store of `[store]`; close it when you are done.

        Raises:
            ConfigError: `[store]` is missing, or its address cannot be used.
        """
        from lg_core.store import Store  # noqa: PLC0415 -- SQLAlchemy takes a while to load

        if self.store is None:
            raise ConfigError(
                "[store] is missing, so there is nowhere to keep cases and payments. Add "
                '[store] with url = "garden-waste.db", or a postgresql:// address.',
                setting="store.url",
            )
        return Store(self.store.url, upgrade_command="lg-pay store upgrade")

    def template_for(self, language: Language) -> str:
        """Return the id of the confirmation's template.

        Args:
            language: the resident's language.
        """
        welsh = self.messages.confirmation_cy
        return welsh if language is Language.WELSH and welsh else self.messages.confirmation


def _said(error: ValidationError) -> str:
    lines: list[str] = []
    for fault in error.errors(include_url=False, include_input=False):
        where = ".".join(str(step) for step in fault["loc"])
        plain = {
            "missing": "is missing",
            "extra_forbidden": "is not a setting: look for a slip of the pen",
        }.get(fault["type"])
        cause = fault.get("ctx", {}).get("error")
        lines.append(f"{where} {plain or (str(cause) if cause else fault['msg'])}".rstrip("."))
    return f"The settings of the garden waste service: {'; '.join(lines)}."
