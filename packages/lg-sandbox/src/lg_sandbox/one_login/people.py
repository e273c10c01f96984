# SPDX-License-Identifier: MIT
"""Ten invented people who can sign in, and what One Login would know of each.

None of them exists. Their post codes lie in no area, their telephone numbers are set aside for
drama, and their numbers of property, passport and licence belong to nobody.
"""

import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from lg_sandbox.one_login.model import Level

__all__ = ["PEOPLE", "Name", "People", "Person"]


@dataclass(frozen=True, slots=True)
class Name:
    """A name in parts, in the order in which they are said.

    Args:
        parts: each part as its type, GivenName or FamilyName, and its text.
        valid_from: the day from which it was used, such as 2020-03-01.
        valid_until: the day until which it was used; none for the present name.
    """

    parts: tuple[tuple[str, str], ...] = field(repr=False)
    valid_from: str | None = field(default=None, repr=False)
    valid_until: str | None = field(default=None, repr=False)

    @property
    def text(self) -> str:
        """The parts with spaces between them."""
        return " ".join(value for _, value in self.parts)


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with a GOV.UK One Login.

    Args:
        id: what tests call the person.
        about: what is special, for the tester's page.
        email: the email address, which is always verified.
        phone: the telephone number in E.164; None for a person whose second factor is an app.
        level: the highest level of confidence that the person can prove.
        names: all names, former ones too.
        birth_dates: the dates of birth, the most trusted first.
        addresses: the addresses, as One Login writes them.
        passport: passports used as evidence, as One Login writes them.
        driving_permit: driving licences used as evidence, as One Login writes them.
        return_codes: what a check of the identity brings up, as letters.
        account: which account this is: 2 after the first one was deleted and made again.
    """

    id: str
    about: str
    email: str = field(repr=False)
    phone: str | None = field(repr=False)
    level: Level
    names: tuple[Name, ...] = field(repr=False)
    birth_dates: tuple[str, ...] = field(repr=False)
    addresses: tuple[Mapping[str, Any], ...] = field(default=(), repr=False)
    passport: tuple[Mapping[str, Any], ...] = field(default=(), repr=False)
    driving_permit: tuple[Mapping[str, Any], ...] = field(default=(), repr=False)
    return_codes: tuple[str, ...] = field(default=(), repr=False)
    account: int = 1

    @property
    def name(self) -> str:
        """The present name: the one that no day has ended."""
        return next((each.text for each in self.names if each.valid_until is None), self.id)


class People:
    """The people of one stand-in. Safe between threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._people = {each.id: each for each in PEOPLE}

    def __iter__(self) -> Iterator[Person]:
        with self._lock:
            return iter(tuple(self._people.values()))

    def get(self, person_id: str) -> Person:
        """Return a person.

        Args:
            person_id: the person's id.

        Raises:
            LookupError: when there is no such person.
        """
        with self._lock:
            person = self._people.get(person_id)
        if person is None:
            raise LookupError(
                "There is no such person. Look at `sandbox.one_login.people`, or add one."
            )
        return person

    def add(self, person: Person) -> None:
        """Add a person, or put one in the place of another with the same id.

        Args:
            person: the person. Give nobody's real data.
        """
        with self._lock:
            self._people[person.id] = person

    def make_again(self, person_id: str) -> Person:
        """Let a person delete the account and make it again: every `sub` is new from then on.

        Args:
            person_id: the person's id.

        Returns:
            The person as they are then (tech-docs, 'sub').

        Raises:
            LookupError: when there is no such person.
        """
        person = self.get(person_id)
        again = replace(person, account=person.account + 1)
        self.add(again)
        return again


def _name(given: str, family: str, **days: str) -> Name:
    parts = [("GivenName", each) for each in given.split()]
    return Name((*parts, ("FamilyName", family)), **days)


def _home(where: str, town: str, postcode: str, **more: object) -> dict[str, Any]:
    number, _, street = where.partition(" ")
    return {
        "buildingNumber": number,
        "streetName": street,
        "addressLocality": town,
        "postalCode": postcode,
        "addressCountry": "GB",
        "validFrom": "2019-01-01",
        **more,
    }


PEOPLE: tuple[Person, ...] = (
    Person(
        "megan",
        "Proved identity, text messages, an address with a UPRN",
        "megan.ashdown@example.org",
        "+447700900101",
        Level.P2,
        (_name("Megan", "Ashdown", valid_from="1984-05-17"),),
        ("1984-05-17",),
        (_home("14 Tallow Row", "Nether Ambling", "ZZ1 1AA", uprn=999000000014),),
        passport=({"documentNumber": "000000014", "icaoIssuerCode": "GBR"},),
    ),
    Person(
        "tomos",
        "Proved identity, two addresses, the former one first",
        "tomos.brynwen@example.org",
        "+447700900102",
        Level.P2,
        (_name("Tomos Rhun", "Brynwen"),),
        ("1971-11-02",),
        (
            _home("3 Heol y Felin", "Llanddychmyg", "ZZ2 4BB", validUntil="2022-01-01"),
            _home(" ", "Llanddychmyg", "ZZ2 9BB", buildingName="Ty Gwyn", subBuildingName=""),
        ),
        driving_permit=(
            {
                "expiryDate": "2033-01-18",
                "issueNumber": "5",
                "issuedBy": "DVLA",
                "personalNumber": "BRYNW711021TR9ZZ",
            },
        ),
    ),
    Person(
        "priya",
        "A name with an apostrophe and a hyphen, both lost in the identity",
        "priya@example.org",
        "+447700900103",
        Level.P2,
        (_name("Priya", "OLARKFIELD SHAH"),),
        ("1996-02-29",),
        (_home("22 Cinder Lane", "Marlowe Green", "ZZ1 2CC"),),
    ),
    Person(
        "wirandra",
        "One name alone",
        "wirandra@example.org",
        "+447700900104",
        Level.P2,
        (Name((("GivenName", "Wirandra"),)),),
        ("1990-08-30",),
        (_home("7 Sluice Street", "Nether Ambling", "ZZ1 7DD", uprn=999000000007),),
    ),
    Person(
        "callum",
        "Cannot prove an identity; a return code says so",
        "callum.drayhurst@example.org",
        "+447700900105",
        Level.P0,
        (_name("Callum", "Drayhurst"),),
        ("2001-01-09",),
        return_codes=("A",),
    ),
    Person(
        "yvonne",
        "Proved identity, and a return code all the same",
        "yvonne.castlemoor@example.org",
        "+447700900106",
        Level.P2,
        (_name("Yvonne", "Castlemoor"),),
        ("1962-12-24",),
        (_home("1 Beacon Rise", "Marlowe Green", "ZZ1 3EE"),),
        return_codes=("B", "D"),
    ),
    Person(
        "noor",
        "Deleted the account and made it again: a new sub",
        "noor.hallowfen@example.org",
        "+447700900107",
        Level.P2,
        (_name("Noor", "Hallowfen"),),
        ("1978-03-15",),
        (_home("56 Tallow Row", "Nether Ambling", "ZZ1 1AB"),),
        account=2,
    ),
    Person(
        "beth",
        "Changed her name",
        "beth.quillon@example.org",
        "+447700900108",
        Level.P2,
        (
            _name("Beth", "Marrowby", valid_until="2021-06-05"),
            _name("Beth", "Quillon", valid_from="2021-06-05"),
        ),
        ("1988-07-07",),
        (_home("9 Orchard Side", "Marlowe Green", "ZZ1 4FF"),),
    ),
    Person(
        "idris",
        "An app and no telephone number; an address abroad, a family name that comes first",
        "idris.fenwold@example.org",
        None,
        Level.P2,
        (Name((("FamilyName", "Fenwold"), ("GivenName", "Idris"))),),
        ("1955-10-10",),
        (
            {
                "streetName": "Via Inventada",
                "buildingNumber": "4",
                "addressLocality": "Villanada",
                "addressRegion": "Nadia",
                "postalCode": "00000",
                "addressCountry": "ES",
                "validFrom": "2020-01-01",
            },
        ),
    ),
    Person(
        "denzil",
        "Low confidence alone; a title as a given name, two dates of birth",
        "denzil@example.org",
        "+447700900110",
        Level.P1,
        (_name("DR D", "Ockenholt"),),
        ("1969-04-01", "1969-01-04"),
        (_home("2A Weir Cottages", "Nether Ambling", "ZZ1 5GG"),),
    ),
)
"""The people who are there from the start."""
