# SPDX-License-Identifier: MIT
"""Which countries a letter can go to, in English and Welsh, and in which of two zones they lie.

The names are those of the Unicode CLDR, version 47 (Unicode License v3, unicode.org/copyright),
with a few more that people write. The zones are Royal Mail's: Europe, and the rest of the world.
GOV.UK Notify has a list of its own with more spellings (notifications-utils,
`countries/_data`), so this stand-in refuses some names that Notify knows.
"""

import re
import unicodedata
from enum import StrEnum
from functools import cache

__all__ = ["Zone", "country_of"]


class Zone(StrEnum):
    """Where a letter goes, as postage sees it."""

    UK = "united-kingdom"
    EUROPE = "europe"
    REST_OF_WORLD = "rest-of-world"


# Each country is its English name, then its Welsh name where it is another.
_EUROPE = """
Åland Islands=Ynysoedd Åland;
Albania; Andorra; Armenia; Austria=Awstria; Azerbaijan=Aserbaijan; Belarus=Belarws;
Belgium=Gwlad Belg; Bosnia and Herzegovina=Bosnia a Herzegovina; Bulgaria=Bwlgaria; Croatia;
Cyprus; Czechia=Tsiecia; Denmark=Denmarc; Estonia; Faroe Islands=Ynysoedd Ffaro;
Finland=Y Ffindir; France=Ffrainc; Georgia; Germany=Yr Almaen; Gibraltar; Greece=Gwlad Groeg;
Greenland=Yr Ynys Las; Hungary=Hwngari; Iceland=Gwlad yr Iâ; Ireland=Iwerddon; Italy=Yr Eidal;
Kazakhstan; Kosovo; Kyrgyzstan; Latvia=Latfia; Liechtenstein; Lithuania=Lithwania;
Luxembourg=Lwcsembwrg; Malta; Moldova=Moldofa; Monaco; Montenegro; Netherlands=Yr Iseldiroedd;
North Macedonia=Gogledd Macedonia; Norway=Norwy; Poland=Gwlad Pwyl; Portugal=Portiwgal;
Romania=Rwmania; Russia=Rwsia; San Marino; Serbia; Slovakia=Slofacia; Slovenia=Slofenia;
Spain=Sbaen; Sweden; Switzerland=Y Swistir; Tajikistan=Tajicistan; Turkmenistan=Tyrcmenistan;
Türkiye=Twrci; Ukraine=Wcráin; Uzbekistan; Vatican City=Y Fatican
"""
_REST = """
Afghanistan; Algeria; American Samoa=Samoa America; Angola; Anguilla;
Antigua and Barbuda=Antigua a Barbuda; Argentina=Yr Ariannin; Aruba; Australia=Awstralia;
Bahamas=Y Bahamas; Bahrain; Bangladesh; Barbados; Belize; Benin; Bermuda; Bhutan;
Bolivia=Bolifia; Botswana; Brazil=Brasil;
British Indian Ocean Territory=Tiriogaeth Brydeinig Cefnfor India;
British Virgin Islands=Ynysoedd Gwyryf Prydain; Brunei; Burkina Faso; Burundi; Cambodia;
Cameroon=Camerŵn; Canada; Cape Verde=Cabo Verde; Caribbean Netherlands=Antilles yr Iseldiroedd;
Cayman Islands=Ynysoedd Cayman; Central African Republic=Gweriniaeth Canolbarth Affrica;
Chad=Tsiad; Chile; China=Tsieina; Christmas Island=Ynys y Nadolig;
Cocos (Keeling) Islands=Ynysoedd Cocos; Colombia; Comoros;
Congo - Brazzaville=Y Congo - Brazzaville; Congo - Kinshasa=Y Congo - Kinshasa;
Cook Islands=Ynysoedd Cook; Costa Rica; Cuba=Ciwba; Curaçao; Côte d'Ivoire; Djibouti; Dominica;
Dominican Republic=Gweriniaeth Dominica; Ecuador; Egypt=Yr Aifft; El Salvador;
Equatorial Guinea=Gini Gyhydeddol; Eritrea; Eswatini; Ethiopia;
Falkland Islands=Ynysoedd y Falkland/Malvinas; Fiji; French Guiana=Guyane Ffrengig;
French Polynesia=Polynesia Ffrengig;
French Southern Territories=Tiroedd Deheuol ac Antarctig Ffrainc; Gabon; Gambia; Ghana; Grenada;
Guadeloupe; Guam; Guatemala; Guinea-Bissau=Guiné-Bissau; Guinea=Gini; Guyana; Haiti; Honduras;
Hong Kong; India; Indonesia; Iran; Iraq=Irac; Israel; Jamaica;
Japan; Jordan=Gwlad Iorddonen; Kenya; Kiribati; Kuwait; Laos; Lebanon=Libanus; Lesotho; Liberia;
Libya; Macao; Madagascar; Malawi; Malaysia; Maldives=Y Maldives;
Mali; Marshall Islands=Ynysoedd Marshall; Martinique; Mauritania; Mauritius; Mayotte;
Mexico=Mecsico; Micronesia; Mongolia; Montserrat; Morocco=Moroco; Mozambique; Myanmar; Namibia;
Nauru; Nepal; New Caledonia=Caledonia Newydd; New Zealand=Seland Newydd; Nicaragua; Niger;
Nigeria; Niue; Norfolk Island=Ynys Norfolk; North Korea=Gogledd Corea;
Northern Mariana Islands=Ynysoedd Gogledd Mariana; Oman; Pakistan; Palau;
Palestinian Territories=Tiriogaethau Palesteinaidd; Panama; Papua New Guinea=Papua Guinea Newydd;
Paraguay; Peru=Periw; Philippines=Y Philipinau; Pitcairn Islands=Ynysoedd Pitcairn; Puerto Rico;
Qatar; Rwanda; Réunion; Samoa; Saudi Arabia; Senegal; Seychelles; Sierra Leone; Singapore;
Sint Maarten; Solomon Islands=Ynysoedd Solomon; Somalia; South Africa=De Affrica;
South Georgia and South Sandwich Islands=De Georgia ac Ynysoedd Sandwich y De;
South Korea=De Corea; South Sudan=De Swdan; Sri Lanka; St Barthélemy=Saint Barthélemy;
St Helena=Saint Helena; St Kitts and Nevis=Saint Kitts a Nevis; St Lucia=Saint Lucia;
St Martin=Saint Martin; St Pierre and Miquelon=Saint-Pierre-et-Miquelon;
St Vincent and Grenadines=Saint Vincent a'r Grenadines; Sudan=Swdan; Suriname;
Svalbard and Jan Mayen=Svalbard a Jan Mayen; Syria; São Tomé and Príncipe=São Tomé a Príncipe;
Taiwan; Tanzania; Thailand=Gwlad Thai; Timor-Leste; Togo; Tokelau; Tonga;
Trinidad and Tobago=Trinidad a Tobago; Tunisia=Tiwnisia;
Turks and Caicos Islands=Ynysoedd Turks a Caicos; Tuvalu;
U.S. Virgin Islands=Ynysoedd Gwyryf yr Unol Daleithiau; Uganda;
United Arab Emirates=Emiradau Arabaidd Unedig; United States=Yr Unol Daleithiau; Uruguay;
Vanuatu; Venezuela; Vietnam=Fietnam; Wallis and Futuna=Wallis a Futuna;
Western Sahara=Gorllewin Sahara; Yemen; Zambia; Zimbabwe
"""
_OTHER_NAMES = {
    "america": "United States",
    "bosnia": "Bosnia and Herzegovina",
    "burma": "Myanmar",
    "czech republic": "Czechia",
    "deutschland": "Germany",
    "eire": "Ireland",
    "espana": "Spain",
    "holland": "Netherlands",
    "italia": "Italy",
    "ivory coast": "C\u00f4te d'Ivoire",
    "kingdom of spain": "Spain",
    "macau": "Macao",
    "macedonia": "North Macedonia",
    "republic of ireland": "Ireland",
    "swaziland": "Eswatini",
    "the gambia": "Gambia",
    "the netherlands": "Netherlands",
    "turkey": "T\u00fcrkiye",
    "uae": "United Arab Emirates",
    "united states of america": "United States",
    "us": "United States",
    "usa": "United States",
    "vatican": "Vatican City",
}
# notifications-utils, `UK_ISLANDS` and the names of the four nations: recorded outputs, 'postal'.
_UK = frozenset(
    {
        "alderney",
        "brechou",
        "britain",
        "cymru",
        "england",
        "gb",
        "great britain",
        "guernsey",
        "herm",
        "isle of man",
        "jersey",
        "jethou",
        "lloegr",
        "northern ireland",
        "gogledd iwerddon",
        "sark",
        "scotland",
        "uk",
        "united kingdom",
        "wales",
        "yr alban",
        "y deyrnas unedig",
    }
)


def country_of(text: str) -> tuple[str | None, Zone] | None:
    """Read a line of an address as a country.

    Args:
        text: the line.

    Returns:
        The name that is printed and the zone; no name for the United Kingdom and its islands,
        which Notify leaves out. None when it is no country.
    """
    plain = _plain(text)
    if plain in _UK:
        return None, Zone.UK
    return _known().get(plain)


@cache
def _known() -> dict[str, tuple[str, Zone]]:
    known: dict[str, tuple[str, Zone]] = {}
    for zone, table in ((Zone.EUROPE, _EUROPE), (Zone.REST_OF_WORLD, _REST)):
        for entry in table.replace("\n", " ").split(";"):
            english, _, welsh = entry.strip().partition("=")
            for name in (english, welsh or english):
                known[_plain(name)] = (english, zone)
    return known | {name: known[_plain(english)] for name, english in _OTHER_NAMES.items()}


def _plain(text: str) -> str:
    letters = unicodedata.normalize("NFD", text.casefold().replace("&", "and"))
    return " ".join(re.sub(r"[^a-z ]", "", letters.replace("-", " ")).split())
