"""A journey for the tests: bins, who pays, where, when, and how to reach the person."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from pydantic import BaseModel

from lg_core.endpoints import Reply
from lg_core.errors import LgError
from lg_core.identifiers import Postcode, Uprn
from lg_core.postal import PostalAddress
from lg_core.records import MemoryRecords
from lg_core.texts import Language, Text
from lg_forms import (
    AddressAnswer,
    AddressPage,
    CheckPage,
    ChoicePage,
    DatePage,
    DateRule,
    EmailAddress,
    EmailText,
    Finished,
    FreeText,
    FullName,
    Journey,
    NameText,
    Option,
    Page,
    PhoneNumber,
    Row,
    TextField,
    TextPage,
)
from lg_forms.testing import Walk
from lg_web.settings import SiteSettings
from lg_web.site import Site
from lg_web.visits import Visit

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
URL = "https://forms.example.gov.uk/garden"


class GardenAnswers(BaseModel):
    """What the journey fills."""

    address: AddressAnswer
    bins: int
    sizes: list[str] = []
    start: date
    discount: bool
    reference: str | None = None
    full_name: NameText
    email: EmailText
    phone: str | None
    notes: str | None


def homes(count: int) -> list[PostalAddress]:
    """Make addresses of one street."""
    return [
        PostalAddress((f"{n} Marlpit Orchard", "Testham"), Postcode("SW1A 1AA"), Uprn(str(n)))
        for n in range(1, count + 1)
    ]


@dataclass
class Street:
    """Finds the addresses of one postcode."""

    found: Sequence[PostalAddress] = field(default_factory=lambda: homes(3))
    fault: LgError | None = None

    def find(self, postcode: Postcode) -> Sequence[PostalAddress]:
        """Return the addresses, or fail."""
        if self.fault:
            raise self.fault
        return self.found if postcode == Postcode("SW1A 1AA") else []


def pages(street: Street) -> list[Page]:
    """The pages of the journey."""
    return [
        AddressPage(
            "address",
            heading=Text("What is your address?", "Beth yw eich cyfeiriad?"),
            field="address",
            lookup=street,
            label=Text("Address", "Cyfeiriad"),
        ),
        ChoicePage(
            "bins",
            heading=Text("How many bins do you want?", "Faint o finiau hoffech chi?"),
            field="bins",
            options=[Option(n, Text(n), hint=Text(f"{n} a fortnight")) for n in ("1", "2", "3")],
            missing=Text("Select how many bins you want", "Dewiswch faint o finiau hoffech chi"),
        ),
        ChoicePage(
            "sizes",
            heading=Text("Which sizes?"),
            field="sizes",
            options=[Option("s", Text("Small")), Option("l", Text("Large"))],
            missing=Text("Select which sizes you want"),
            several=True,
            when=lambda answers: answers["bins"] == "3",
        ),
        DatePage(
            "start",
            heading=Text("When should we start?"),
            field="start",
            label=Text("Start date"),
            missing=Text("Enter the start date"),
            rule=DateRule.FUTURE,
            today=NOW.date,
        ),
        ChoicePage(
            "discount",
            heading=Text("Do you get council tax support?"),
            field="discount",
            options=[Option("yes", Text("Yes", "Ydw")), Option("no", Text("No", "Nac ydw"))],
            missing=Text("Select yes if you get council tax support"),
        ),
        TextPage(
            "reference",
            heading=Text("What is your reference?"),
            inputs=[
                TextField(
                    "reference",
                    label=Text("What is your reference?"),
                    answer=FreeText(most=10),
                    missing=Text("Enter your reference"),
                    hint=Text("It is on your bill"),
                )
            ],
            when=lambda answers: answers["discount"] == "yes",
        ),
        TextPage(
            "contact",
            heading=Text("Your contact details", "Eich manylion cyswllt"),
            inputs=[
                TextField("full_name", label=Text("Full name", "Enw llawn"), answer=FullName()),
                TextField("email", label=Text("Email address"), answer=EmailAddress()),
                TextField("phone", label=Text("Phone number"), answer=PhoneNumber(), optional=True),
                TextField(
                    "notes", label=Text("Notes"), answer=FreeText(rows=5, most=50), optional=True
                ),
            ],
        ),
    ]


class Garden:
    """A site with the journey, what was finished, and a browser."""

    def __init__(
        self, street: Street | None = None, *, languages: tuple[Language, ...] = (Language.ENGLISH,)
    ) -> None:
        self.finished: list[Finished[GardenAnswers]] = []
        self.records = MemoryRecords(now=lambda: NOW)
        self.site = Site(
            SiteSettings(
                url=URL,
                council=Text("Testham Council", "Cyngor Testham"),
                service=Text("Garden waste", "Gwastraff gardd"),
                languages=languages,
            ),
            records=self.records,
            templates=["lg_forms"],
            on_error=self._failed,
            now=lambda: NOW,
        )
        self.errors: list[Exception] = []
        self.journey = Journey(
            "garden-waste",
            answers=GardenAnswers,
            pages=pages(street or Street()),
            on_finish=self._finish,
            check=CheckPage(
                before_button=Text("By sending this you agree to pay."),
                more_rows=lambda answers: [
                    Row(Text("Price"), (f"£{46 * int(str(answers['bins']))}",))
                ],
            ),
        )
        self.endpoints = self.journey.endpoints(self.site, at="/apply")

    def walk(self) -> Walk:
        """Start a browser."""
        return Walk(self.endpoints, site=self.site)

    def _finish(self, visit: Visit, finished: Finished[GardenAnswers]) -> Reply:
        self.finished.append(finished)
        return visit.redirect("/done")

    def _failed(self, error: Exception, _request: object) -> None:
        self.errors.append(error)
        raise error
