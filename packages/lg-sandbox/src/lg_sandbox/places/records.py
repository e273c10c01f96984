# SPDX-License-Identifier: MIT
"""Write a property as the records that OS Places gives: delivery point (DPA) and gazetteer (LPI).

Which fields there are, in which order and of which type, is the OS Places technical
specification's; what has no value is left out, as in recorded answers.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from lg_sandbox.places.grid import to_wgs84
from lg_sandbox.places.model import Custodian, Kind, Premises, Side
from lg_sandbox.places.town import TOWN, TOWN_CY

__all__ = ["Record", "records_of"]

_STATUS = {1: "APPROVED", 6: "PROVISIONAL", 8: "HISTORICAL"}
_STATE = {1: "Under construction", 2: "In use", 4: "No longer existing"}
_COUNTRY = {
    "E": "This record is within England",
    "N": "This record is within Northern Ireland",
    "S": "This record is within Scotland",
    "W": "This record is within Wales",
}
_POSTAL = {
    "C": "A record which is postal and has a parent record which is linked to PAF",
    "D": "A record which is linked to PAF",
    "N": "Not a postal address",
}
_NUMBER = re.compile(r"(\d+)([A-Z]?)")
_PLACE = (120_000, 20_000)
_ENTERED = date(2001, 3, 19)
_UPDATED = date(2024, 2, 5)


@dataclass(frozen=True, slots=True)
class Record:
    """One result.

    Args:
        dataset: DPA or LPI.
        fields: the fields, in order.
    """

    dataset: str
    fields: dict[str, Any]


def records_of(premises: Premises, *, custodian: Custodian, globe: bool) -> Iterator[Record]:
    """Write the records of a property, in English and, where it has a Welsh street, in Welsh.

    Args:
        premises: the property.
        custodian: who keeps its records.
        globe: whether longitude and latitude are asked for as well.

    Returns:
        Its records. Nothing but a delivery point is known of Northern Ireland.
    """
    for language in ("EN", "CY") if premises.street_cy else ("EN",):
        draft = _Draft(premises, custodian, language, globe)
        if premises.delivered:
            yield Record("DPA", _clean(_dpa(draft)))
        if premises.side is not Side.NORTHERN_IRELAND:
            yield Record("LPI", _clean(_lpi(draft)))


@dataclass(frozen=True, slots=True)
class _Draft:
    premises: Premises
    custodian: Custodian
    language: str
    globe: bool

    @property
    def street(self) -> str:
        return self.premises.street_cy if self.language == "CY" else self.premises.street

    @property
    def town(self) -> str:
        return TOWN_CY if self.language == "CY" else TOWN


def _clean(fields: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value != "" or name == "UPRN"}


def _line(*parts: str) -> str:
    return ", ".join(part for part in parts if part)


def _dpa(draft: _Draft) -> dict[str, Any]:
    it = draft.premises
    return {
        "UPRN": it.uprn,
        "UDPRN": str(99_000_000 + it.serial),
        "ADDRESS": _line(
            it.organisation,
            it.department,
            it.sub_building,
            it.building,
            it.number,
            it.dependent_street,
            draft.street,
            it.locality,
            draft.town,
            it.postcode,
        ),
        "ORGANISATION_NAME": it.organisation,
        "DEPARTMENT_NAME": it.department,
        "SUB_BUILDING_NAME": it.sub_building,
        "BUILDING_NAME": it.building,
        "BUILDING_NUMBER": it.number,
        "DEPENDENT_THOROUGHFARE_NAME": it.dependent_street,
        "THOROUGHFARE_NAME": draft.street,
        "DEPENDENT_LOCALITY": it.locality,
        "POST_TOWN": draft.town,
        "POSTCODE": it.postcode,
        **_place(draft),
        **_shared(draft),
        **_match(draft),
        "DELIVERY_POINT_SUFFIX": f"{1 + it.serial % 9}{'ABDEFGHJ'[it.serial % 8]}",
    }


def _lpi(draft: _Draft) -> dict[str, Any]:
    it = draft.premises
    letter = _NUMBER.fullmatch(it.building)
    number, suffix = letter.groups() if letter else (it.number, "")
    text = "STREET RECORD" if it.kind is Kind.STREET else "" if letter else it.building
    flat = _line(it.sub_building, it.department)
    area = draft.custodian.name
    street = it.dependent_street or draft.street
    return {
        "UPRN": it.uprn,
        "ADDRESS": _line(
            it.organisation,
            flat,
            text,
            number + suffix,
            street,
            it.locality,
            draft.town,
            area,
            it.postcode,
        ),
        "USRN": it.usrn,
        "LPI_KEY": f"{draft.custodian.code}L{_key(draft):09d}",
        "ORGANISATION": it.organisation,
        "SAO_TEXT": flat,
        "PAO_START_NUMBER": number,
        "PAO_START_SUFFIX": suffix,
        "PAO_TEXT": text,
        "STREET_DESCRIPTION": street,
        "LOCALITY_NAME": it.locality,
        "TOWN_NAME": draft.town,
        "ADMINISTRATIVE_AREA": area,
        "POSTCODE_LOCATOR": it.postcode,
        **_place(draft),
        **_shared(draft),
        "STREET_STATE_CODE": "2",
        "STREET_STATE_CODE_DESCRIPTION": "Open",
        "STREET_CLASSIFICATION_CODE": "8",
        "STREET_CLASSIFICATION_CODE_DESCRIPTION": "All vehicles",
        "LPI_LOGICAL_STATUS_CODE": str(it.status),
        "LPI_LOGICAL_STATUS_CODE_DESCRIPTION": _STATUS[it.status],
        **_match(draft),
    }


def _key(draft: _Draft) -> int:
    return 900_000_000 + 2 * draft.premises.serial + (draft.language == "CY")


def _place(draft: _Draft) -> dict[str, Any]:
    row, column = divmod(draft.premises.serial, 25)
    easting, northing = float(_PLACE[0] + column * 12), float(_PLACE[1] + row * 40)
    fields: dict[str, Any] = {"RPC": "1", "X_COORDINATE": easting, "Y_COORDINATE": northing}
    if draft.globe:
        lng, lat = to_wgs84(easting, northing)
        fields |= {"LNG": round(lng, 7), "LAT": round(lat, 7)}
    return fields


def _shared(draft: _Draft) -> dict[str, Any]:
    it, custodian = draft.premises, draft.custodian
    postal = "C" if it.parent else "D" if it.delivered else "N"
    day = timedelta(days=it.serial)
    return {
        "STATUS": _STATUS[it.status],
        "LOGICAL_STATUS_CODE": str(it.status),
        "CLASSIFICATION_CODE": it.kind.code,
        "CLASSIFICATION_CODE_DESCRIPTION": it.kind.description,
        "LOCAL_CUSTODIAN_CODE": custodian.code,
        "LOCAL_CUSTODIAN_CODE_DESCRIPTION": custodian.name,
        "COUNTRY_CODE": custodian.country,
        "COUNTRY_CODE_DESCRIPTION": _COUNTRY[custodian.country],
        "POSTAL_ADDRESS_CODE": postal,
        "POSTAL_ADDRESS_CODE_DESCRIPTION": _POSTAL[postal],
        "BLPU_STATE_CODE": str(it.state),
        "BLPU_STATE_CODE_DESCRIPTION": _STATE[it.state],
        "TOPOGRAPHY_LAYER_TOID": f"osgb9999{it.serial:012d}",
        "WARD_CODE": "" if custodian.country == "N" else f"{custodian.country}05999901",
        "PARISH_CODE": "" if custodian.country == "N" else f"{custodian.country}04999901",
        "PARENT_UPRN": it.parent,
        "LAST_UPDATE_DATE": f"{_UPDATED + day:%d/%m/%Y}",
        "ENTRY_DATE": f"{_ENTERED + day:%d/%m/%Y}",
        "BLPU_STATE_DATE": f"{_ENTERED + day:%d/%m/%Y}",
    }


def _match(draft: _Draft) -> dict[str, Any]:
    return {"LANGUAGE": draft.language, "MATCH": 1.0, "MATCH_DESCRIPTION": "EXACT"}
