# SPDX-License-Identifier: MIT
"""The questions of the garden waste service, and the answers that it works with."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, JsonValue

from lg_core.money import format_pounds
from lg_core.texts import Catalogue, Text
from lg_forms import (
    AddressAnswer,
    AddressLookup,
    AddressPage,
    CheckPage,
    ChoicePage,
    EmailAddress,
    FullName,
    Option,
    PhoneNumber,
    Row,
    TextField,
    TextPage,
)
from lg_patterns.garden_waste.prices import Kind, Quote, quote
from lg_patterns.garden_waste.settings import GardenWasteSettings

__all__ = ["GardenWasteAnswers", "check_page", "pages", "quote_for"]


def _whole(value: object) -> object:
    return int(value) if isinstance(value, str) and value.isdecimal() else value


class GardenWasteAnswers(BaseModel):
    """What a resident answered. Its `repr` shows nothing of it.

    Attributes:
        address: the property.
        bins: how many bins.
        subscription: a new one, or a renewal.
        full_name: the resident's name.
        email: where the confirmation goes.
        phone: how to reach the resident, where that was given.
    """

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

    address: AddressAnswer
    bins: Annotated[int, BeforeValidator(_whole)] = 1
    subscription: Literal["new", "renewal"]
    full_name: str
    email: str
    phone: str | None = None

    def __repr__(self) -> str:
        return "GardenWasteAnswers(...)"

    __str__ = __repr__


def pages(
    settings: GardenWasteSettings, texts: Catalogue, lookup: AddressLookup
) -> Sequence[AddressPage | ChoicePage | TextPage]:
    """Make the pages of the journey.

    Args:
        settings: the council's settings.
        texts: the service's texts.
        lookup: finds addresses by postcode.

    Returns:
        The pages, in the order of asking.
    """
    how_many: tuple[ChoicePage, ...] = ()
    if settings.subscription.most_bins > 1:  # else there is nothing to ask
        how_many = (
            ChoicePage(
                "bins",
                heading=_text(texts, "bins_heading"),
                field="bins",
                options=tuple(
                    Option(str(number), _bins(texts, number))
                    for number in range(1, settings.subscription.most_bins + 1)
                ),
                missing=_text(texts, "bins_missing"),
                label=_text(texts, "bins_label"),
            ),
        )
    return (
        AddressPage(
            "address",
            heading=_text(texts, "address_heading"),
            field="address",
            lookup=lookup,
            label=_text(texts, "address_label"),
        ),
        *how_many,
        ChoicePage(
            "subscription",
            heading=_text(texts, "subscription_heading"),
            field="subscription",
            options=(
                Option(Kind.NEW, _text(texts, "subscription_new")),
                Option(Kind.RENEWAL, _text(texts, "subscription_renewal")),
            ),
            missing=_text(texts, "subscription_missing"),
            label=_text(texts, "subscription_label"),
        ),
        TextPage(
            "contact",
            heading=_text(texts, "contact_heading"),
            hint=_text(texts, "contact_hint"),
            inputs=(
                TextField("full_name", label=_text(texts, "full_name"), answer=FullName(most=200)),
                TextField("email", label=_text(texts, "email"), answer=EmailAddress()),
                TextField(
                    "phone", label=_text(texts, "phone"), answer=PhoneNumber(), optional=True
                ),
            ),
        ),
    )


def check_page(
    settings: GardenWasteSettings, texts: Catalogue, *, today: Callable[[], date]
) -> CheckPage:
    """Make the page on which the answers are checked, with the price.

    Args:
        settings: the council's settings.
        texts: the service's texts.
        today: tells the day in Europe/London.

    Returns:
        The page.
    """

    def price(answers: Mapping[str, JsonValue]) -> Sequence[Row]:
        priced = quote_for(settings, answers, today=today())
        return (Row(_text(texts, "price_label"), (format_pounds(priced.amount),)),)

    return CheckPage(
        heading=_text(texts, "check_heading"),
        button=_text(texts, "check_button"),
        before_button=_text(texts, "check_terms"),
        more_rows=price,
    )


def quote_for(
    settings: GardenWasteSettings, answers: Mapping[str, JsonValue], *, today: date
) -> Quote:
    """Price the answers.

    Args:
        settings: the council's settings.
        answers: the answers, as they are kept.
        today: the day in Europe/London.

    Returns:
        What is bought, and its price.
    """
    return quote(
        settings.price_lists,
        kind=Kind(str(answers["subscription"])),
        bins=int(str(answers.get("bins", 1))),
        today=today,
        year_starts=settings.subscription.year_starts,
    )


def _text(texts: Catalogue, name: str) -> Text:
    text = texts[name]
    if not isinstance(text, Text):
        raise TypeError(f"The text {name!r} is about a number.")
    return text


def _bins(texts: Catalogue, number: int) -> Text:
    return Text(texts.say("bins_option", "en", n=number), texts.say("bins_option", "cy", n=number))
