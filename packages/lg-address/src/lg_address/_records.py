# SPDX-License-Identifier: MIT
"""What OS Places answers: a page of records, each from Royal Mail's file or from the councils'.

Source: OS Places API, 'Technical specification', DPA and LPI output; recorded answers, which
differ from it in places (a UPRN is text there, and empty for Northern Ireland).
"""

from typing import Annotated

from pydantic import BeforeValidator, ConfigDict, Field

from lg_core.identifiers import CustodianCode, Uprn
from lg_core.models import AnswerModel

__all__ = ["DpaRecord", "Header", "LpiRecord", "PlacesPage", "PlacesResult"]


def _text(value: object) -> object:
    """Take numbers for text, and blank text for nothing: OS sends both."""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return (value.strip() or None) if isinstance(value, str) else value


_Text = Annotated[str | None, BeforeValidator(_text)]
_Uprn = Annotated[Uprn | None, BeforeValidator(_text)]
_Custodian = Annotated[CustodianCode | None, BeforeValidator(_text)]


class _Record(AnswerModel):
    """What both kinds of record have."""

    model_config = ConfigDict(alias_generator=str.upper)

    uprn: _Uprn = None
    address: str
    x_coordinate: float | None = None
    y_coordinate: float | None = None
    logical_status_code: _Text = None
    classification_code: _Text = None
    local_custodian_code: _Custodian = None
    country_code: _Text = None
    language: _Text = None


class DpaRecord(_Record):
    """A delivery point of Royal Mail's Postcode Address File."""

    udprn: _Text = None
    organisation_name: _Text = None
    department_name: _Text = None
    sub_building_name: _Text = None
    building_name: _Text = None
    building_number: _Text = None
    po_box_number: _Text = None
    dependent_thoroughfare_name: _Text = None
    thoroughfare_name: _Text = None
    double_dependent_locality: _Text = None
    dependent_locality: _Text = None
    post_town: _Text = None


class LpiRecord(_Record):
    """A property of a council's gazetteer (BS 7666): a secondary and a primary object."""

    usrn: _Text = None
    lpi_key: _Text = None
    level: _Text = None
    organisation: _Text = None
    sao_text: _Text = None
    sao_start_number: _Text = None
    sao_start_suffix: _Text = None
    sao_end_number: _Text = None
    sao_end_suffix: _Text = None
    pao_text: _Text = None
    pao_start_number: _Text = None
    pao_start_suffix: _Text = None
    pao_end_number: _Text = None
    pao_end_suffix: _Text = None
    street_description: _Text = None
    locality_name: _Text = None
    town_name: _Text = None
    lpi_logical_status_code: _Text = None


class PlacesResult(AnswerModel):
    """One record: of one kind or of the other."""

    dpa: DpaRecord | None = Field(default=None, alias="DPA")
    lpi: LpiRecord | None = Field(default=None, alias="LPI")


class Header(AnswerModel):
    """How much there is. Its address repeats the question, and is not read."""

    totalresults: int
    offset: int = 0


class PlacesPage(AnswerModel):
    """A page of records; none where `results` is absent, null or empty."""

    header: Header
    results: tuple[PlacesResult, ...] | None = None
