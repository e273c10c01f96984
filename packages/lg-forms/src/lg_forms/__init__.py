# SPDX-License-Identifier: MIT
"""Form journeys for council services: one question a page, the Design System's wording.

In short:

    journey = Journey(
        "garden-waste", answers=GardenWaste, pages=[ChoicePage(...), TextPage(...)],
        on_finish=lambda visit, finished: visit.redirect("/done"),
    )
    endpoints = journey.endpoints(site, at="/apply")
"""

from typing import TYPE_CHECKING

from lg_core.lazy import lazy_names

if TYPE_CHECKING:
    from lg_forms.address import AddressAnswer, AddressLookup, LookupUnavailableError
    from lg_forms.address_page import AddressPage
    from lg_forms.answers import (
        AnswerKind,
        Code,
        FreeText,
        FullName,
        FullPostcode,
        NameText,
        NationalInsuranceNumber,
        NinoText,
        PostcodeText,
        WholeNumber,
    )
    from lg_forms.check_page import CheckPage
    from lg_forms.choice_page import ChoicePage, Option
    from lg_forms.contacts import EmailAddress, EmailText, PhoneNumber, PhoneText
    from lg_forms.date_page import DatePage
    from lg_forms.days import DateRule
    from lg_forms.faults import Fault, FaultyAnswerError
    from lg_forms.journey import Finished, Journey
    from lg_forms.pages import Page, Row
    from lg_forms.text_page import TextField, TextPage

_MODULES = {
    "address": ("AddressAnswer", "AddressLookup", "LookupUnavailableError"),
    "address_page": ("AddressPage",),
    "answers": (
        "AnswerKind",
        "Code",
        "FreeText",
        "FullName",
        "FullPostcode",
        "NameText",
        "NationalInsuranceNumber",
        "NinoText",
        "PostcodeText",
        "WholeNumber",
    ),
    "check_page": ("CheckPage",),
    "choice_page": ("ChoicePage", "Option"),
    "contacts": ("EmailAddress", "EmailText", "PhoneNumber", "PhoneText"),
    "date_page": ("DatePage",),
    "days": ("DateRule",),
    "faults": ("Fault", "FaultyAnswerError"),
    "journey": ("Finished", "Journey"),
    "pages": ("Page", "Row"),
    "text_page": ("TextField", "TextPage"),
}

__all__ = [
    "AddressAnswer",
    "AddressLookup",
    "AddressPage",
    "AnswerKind",
    "CheckPage",
    "ChoicePage",
    "Code",
    "DatePage",
    "DateRule",
    "EmailAddress",
    "EmailText",
    "Fault",
    "FaultyAnswerError",
    "Finished",
    "FreeText",
    "FullName",
    "FullPostcode",
    "Journey",
    "LookupUnavailableError",
    "NameText",
    "NationalInsuranceNumber",
    "NinoText",
    "Option",
    "Page",
    "PhoneNumber",
    "PhoneText",
    "PostcodeText",
    "Row",
    "TextField",
    "TextPage",
    "WholeNumber",
]

if not TYPE_CHECKING:
    __getattr__ = lazy_names(
        __name__,
        {name: f"{__name__}.{module}" for module, names in _MODULES.items() for name in names},
    )
