# SPDX-License-Identifier: MIT
"""Probes of lg-forms: what residents type is in no error, log or repr of a journey."""

from datetime import date

from forms.garden import NOW, Garden, Street
from pay.leak_platforms import probe
from pay.leaks import PLANTED, Saw
from pydantic import BaseModel, JsonValue

from lg_core.endpoints import Fields, Reply
from lg_core.postal import NoUprn, PostalAddress
from lg_core.texts import Catalogue, Language, Text
from lg_forms import (
    AddressAnswer,
    AddressPage,
    CheckPage,
    ChoicePage,
    Code,
    DatePage,
    EmailAddress,
    FreeText,
    FullName,
    FullPostcode,
    Journey,
    LookupUnavailableError,
    NationalInsuranceNumber,
    Option,
    PhoneNumber,
    Row,
    TextField,
    TextPage,
    WholeNumber,
)
from lg_forms.days import read_date, today
from lg_forms.engine import route
from lg_forms.faults import Words
from lg_forms.pages import Asking
from lg_forms.testing import Walk
from lg_web.visits import Visit

CATALOGUE = Catalogue.of_package("lg_forms")


@probe
def forms_kinds_of_answer(saw: Saw) -> None:
    """Whatever is typed for whatever kind, the refusal does not repeat it."""
    kinds = (
        FreeText(most=3),
        FreeText(least=9_999, most=9_999),
        FullName(most=3),
        FullPostcode(),
        NationalInsuranceNumber(),
        WholeNumber(),
        WholeNumber(most=1),
        Code("[0-9]", "1"),
        EmailAddress(),
        PhoneNumber(),
        PhoneNumber(mobile=True),
    )
    for kind in kinds:
        saw(kind)
        saw(kind.look)
        for typed in PLANTED.values():
            saw.attempt(kind.read, typed)
            saw.attempt(kind.read, typed * 99)
    for typed in PLANTED.values():
        parts = dict.fromkeys(("day", "month", "year"), typed)
        saw.attempt(read_date, parts, missing=Text("Enter it"))
        saw.attempt(TextField("x", label=Text("x"), answer=FullPostcode()).read, typed)
    saw.attempt(today)


def _pages() -> tuple[TextPage, ChoicePage, DatePage, AddressPage]:
    return (
        TextPage(
            "name",
            heading=Text("Name"),
            inputs=[TextField("name", label=Text("Name"), answer=FullName())],
        ),
        ChoicePage(
            "pick",
            heading=Text("Pick"),
            field="pick",
            options=[Option("a", Text("A")), Option("b", Text("B"))],
            missing=Text("Select one"),
        ),
        DatePage(
            "day",
            heading=Text("Day"),
            field="day",
            label=Text("Day"),
            missing=Text("Enter it"),
            today=NOW.date,
        ),
        AddressPage("address", heading=Text("Address"), field="address", lookup=Street()),
    )


@probe
def forms_pages(saw: Saw) -> None:
    """What pages return of what was typed shows nothing of it in its repr."""
    name = PLANTED["name"]
    address = AddressAnswer.of(
        PostalAddress((PLANTED["address"], PLANTED["town"]), None, None, NoUprn.ABROAD)
    )
    kept: dict[str, JsonValue] = {
        "name": name,
        "pick": name,
        "day": date(2026, 1, 1).isoformat(),
        "address": address.model_dump(mode="json"),
    }
    words = Words(CATALOGUE, Language.WELSH)
    saw(words)
    saw(address)
    saw.attempt(address.postal)
    saw.attempt(lambda: AddressAnswer.model_validate({"lines": name, "town": name}))
    saw.attempt(lambda: AddressAnswer(lines=(), town=name, postcode=name, uprn=name).postal())
    saw.text("shown", str(len(address.shown())))
    pages = _pages()
    for page in pages:
        for screen in page.screens:
            form = Fields((f"{each}{part}", name) for each in kept for part in _PARTS)
            asking = Asking(
                words, screen, kept, {"postcode": name, "found": [kept["address"]]}, form
            )
            saw(asking)
            saw(page.show(asking))
            saw(page.take(asking))
            saw(page.refuse(asking, page.fields[0], "Wrong"))
        saw(page.rows(kept, words))
        saw(page)
    walked = route(pages, kept)
    saw(walked)
    saw((walked.before("pick"), walked.reached("pick"), walked.following("pick", changing=False)))
    check = CheckPage(more_rows=lambda _: [Row(Text("x"), (name,))])
    saw(check)
    saw.text("title", check.title(words) + check.button_text(words))


_PARTS = ("", "-day", "-month", "-year", "-line-1", "-line-2", "-town", "-county", "-postcode")


class Strict(BaseModel):
    """A model that refuses everything."""

    name: int = 0

    def model_post_init(self, _context: object) -> None:
        """Refuse."""
        raise ValueError(PLANTED["name"])


@probe
def forms_journey(saw: Saw) -> None:
    """A journey that is walked, fails, is prefilled and forgotten says nothing of its resident."""
    fault = LookupUnavailableError("the search is down")
    saw(fault)
    garden = Garden(Street(fault=fault))
    walk = garden.walk()
    for typed in (PLANTED["postcode"], "SW1A 1AA"):
        walk.open("/apply")
        saw(walk.submit({"address-postcode": typed}))
    parts = {"line-1": PLANTED["address"], "town": PLANTED["town"], "postcode": "SW1A 1AA"}
    saw(walk.submit({f"address-{part}": typed for part, typed in parts.items()}))
    walk.fill("bins", {"bins": "1"})
    walk.fill("start", {"start-day": "1", "start-month": "1", "start-year": "2027"})
    walk.fill("discount", {"discount": "no"})
    saw(walk.fill("contact", {"full_name": PLANTED["name"], "email": PLANTED["name"]}))
    saw(list(walk.page.controls))
    saw(walk.submit({"email": PLANTED["e-mail"]}))
    saw.attempt(walk.follow, "Nowhere")
    saw.attempt(walk.fill, "elsewhere", {"x": PLANTED["name"]})
    saw.attempt(walk.submit, {"strange": PLANTED["name"]})
    saw(walk.submit())
    for finished in garden.finished:
        saw(finished)
        saw(garden.journey)
    _strict(saw, garden)


def _strict(saw: Saw, garden: Garden) -> None:
    def finish(visit: Visit, _finished: object) -> Reply:
        return visit.redirect("/done")

    page = TextPage(
        "name", heading=Text("Name"), inputs=[TextField("name", label=Text("N"), answer=FullName())]
    )
    journey = Journey("strict", answers=Strict, pages=[page], on_finish=finish)
    saw.text("entry", f"{journey.entry(at='/s')} {journey.model()}")

    def prefill(visit: Visit) -> Reply:
        for values in ({"name": PLANTED["name"]}, {"other": PLANTED["name"]}, {"name": 5}):
            saw.attempt(journey.prefill, visit, values)
        return Reply.plain("in")

    def forget(visit: Visit) -> Reply:
        saw.attempt(journey.forget, visit)
        return Reply.plain("out")

    walk = Walk(
        [
            *journey.endpoints(garden.site, at="/s"),
            garden.site.page("GET", "/in", prefill, name="in"),
            garden.site.page("GET", "/out", forget, name="out"),
        ],
        site=garden.site,
    )
    walk.open("/in")
    walk.open("/s")
    saw(walk.submit({"name": PLANTED["name"]}))
    saw(walk.submit({"name": "5"}))
    saw(walk.open("/out"))
