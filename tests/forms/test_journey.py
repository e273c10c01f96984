"""A journey from its first page to its end, through endpoints, as a browser walks it."""

import pickle
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Annotated, Any

import pytest
from forms.garden import NOW, Garden, GardenAnswers, Street, homes, pages
from pydantic import AfterValidator, BaseModel

from lg_core.endpoints import Reply
from lg_core.errors import ConfigError, InvalidValueError
from lg_core.identifiers import Postcode, Uprn
from lg_core.postal import NoUprn, PostalAddress
from lg_core.records import MemoryRecords, Record, RecordChangedError
from lg_core.texts import Catalogue, Language, Text
from lg_forms import (
    AddressAnswer,
    AddressPage,
    ChoicePage,
    FaultyAnswerError,
    Finished,
    FreeText,
    Journey,
    LookupUnavailableError,
    NameText,
    Option,
    Page,
    TextField,
    TextPage,
)
from lg_forms.engine import Answers, Condition
from lg_forms.faults import Fault
from lg_forms.testing import Walk
from lg_web.visits import Visit

CONTACT = {"full_name": "Ada Lovelace", "email": "ada@example.org", "phone": "01632 960 001"}


def _choose(walk: Walk, place: int = 0) -> None:
    marks = [each.value for each in walk.page.controls if each.kind == "radio"]
    walk.fill("choose", {"address": marks[place]})


def _to_check(walk: Walk, *, bins: str = "2", discount: str = "no") -> None:
    walk.open("/apply")
    walk.fill("address", {"address-postcode": "sw1a1aa"})
    _choose(walk)
    walk.fill("bins", {"bins": bins})
    walk.fill("start", {"start-day": "1", "start-month": "1", "start-year": "2027"})
    walk.fill("discount", {"discount": discount})
    walk.fill("contact", CONTACT)


def test_a_whole_journey() -> None:
    """The answers reach on_finish as the model, and the browser goes where it says."""
    garden = Garden()
    walk = garden.walk()
    _to_check(walk)

    assert "/apply/check" == walk.page.path
    assert {
        "Address": "1 Marlpit Orchard\nTestham\nSW1A 1AA",
        "How many bins do you want?": "2",
        "Start date": "1 January 2027",
        "Do you get council tax support?": "No",
        "Full name": "Ada Lovelace",
        "Email address": "ada@example.org",
        "Phone number": "01632 960 001",
        "Notes": "Not provided",
        "Price": "£92",
    } == walk.page.rows
    assert "By sending this you agree to pay." in walk.page.text
    walk.submit()

    assert "/garden/done" == walk.page.left_for
    answers = garden.finished[0].answers
    assert (2, False, None) == (answers.bins, answers.discount, answers.notes)
    assert homes(1)[0] == answers.address.postal()


def test_sending_twice_gives_the_same_key() -> None:
    """A double submit reaches on_finish with the same key, until the answers are forgotten."""
    garden = Garden()
    walk = garden.walk()
    _to_check(walk)
    check = walk.page
    walk.submit()
    walk.page = check
    walk.submit()

    assert 1 == len({finished.key for finished in garden.finished})
    assert 2 == len(garden.finished)
    assert "Finished()" == repr(garden.finished[0])


def test_errors_are_shown_as_the_design_system_has_them() -> None:
    """The title, the summary, its links and the message beside the field say the same."""
    walk = Garden().walk()
    walk.open("/apply")
    walk.submit()

    assert walk.page.title.startswith("Error: What is your address? - ")
    assert (("#address-postcode", "Enter postcode"),) == walk.page.errors
    assert "address-postcode-error" in walk.page.ids
    assert "There is a problem" in walk.page.text
    assert "Error: Enter postcode" in walk.page.text
    assert "novalidate" in walk.page.html
    assert "required" not in walk.page.html


def test_error_links_lead_to_an_input() -> None:
    """Each line of a summary leads to an id that is there: of radios, to the first."""
    walk = Garden().walk()
    walk.open("/apply")
    walk.fill("address", {"address-postcode": "sw1a1aa"})
    walk.submit()
    assert (("#address", "Select an address"),) == walk.page.errors
    assert "address" in walk.page.ids
    _choose(walk)
    walk.submit()
    assert (("#bins", "Select how many bins you want"),) == walk.page.errors
    assert ["bins", "bins-2", "bins-3"] == [
        each.attributes["id"] for each in walk.page.controls if each.kind == "radio"
    ]
    walk.submit({"bins": "3"})
    walk.submit()
    assert (("#sizes", "Select which sizes you want"),) == walk.page.errors
    walk.fill("sizes", {"sizes": ["s", "l"]})
    walk.fill("start", {"start-day": "1", "start-year": "2027"})

    assert (("#start-month", "Start date must include a month"),) == walk.page.errors
    assert {"start-day": "1", "start-month": "", "start-year": "2027"} == walk.page.values
    marked = [
        each.name
        for each in walk.page.controls
        if "govuk-input--error" in each.attributes.get("class", "")
    ]
    assert ["start-month"] == marked


def test_what_was_typed_stands_there_again() -> None:
    """All faults of a page are shown at once, with the text as it was typed."""
    walk = Garden().walk()
    _to_check(walk)
    walk.follow("Change Full name")
    typed = {"full_name": "", "email": " <b>", "phone": "12", "notes": "one\ntwo"}
    walk.submit(typed)

    assert ["#full_name", "#email", "#phone"] == [target for target, _ in walk.page.errors]
    assert typed == walk.page.values


def test_inputs_say_what_they_are_for() -> None:
    """Inputs carry type, autocomplete and spellcheck, and optional ones say so."""
    walk = Garden().walk()
    _to_check(walk)
    walk.open("/apply/contact")
    said = {
        each.name: [each.attributes.get(name) for name in ("type", "autocomplete", "spellcheck")]
        for each in walk.page.controls
    }

    assert ["text", "name", "false"] == said["full_name"]
    assert ["email", "email", "false"] == said["email"]
    assert ["tel", "tel", None] == said["phone"]
    assert "Phone number (optional)" in walk.page.text


def test_a_deep_link_leads_to_the_first_open_page() -> None:
    """A page that is not reached, the check page too, sends to the first unanswered one."""
    garden = Garden()
    walk = garden.walk()

    assert "/apply/address" == walk.open("/apply/contact").path
    assert "/apply/address" == walk.open("/apply/check").path
    _to_check(walk)
    assert "/apply/check" == walk.open("/apply/reference").path


def test_a_form_of_a_page_that_is_not_reached_is_not_taken() -> None:
    """A form that was sent after the answers had gone leads to the first page."""
    garden = Garden()
    walk = garden.walk()
    _to_check(walk)
    check = walk.page
    (key,) = [key for kind, key in garden.records._kept if kind == "lg-forms.answers"]
    walk.open("/apply/contact")
    garden.records.remove("lg-forms.answers", key)
    walk.submit()
    assert "/apply/address" == walk.page.path
    walk.page = check
    walk.submit()

    assert "/apply/address" == walk.page.path
    assert [] == garden.finished


def test_a_change_returns_to_checking() -> None:
    """Changing an answer that opens nothing goes back to the check page, with back link there."""
    walk = Garden().walk()
    _to_check(walk)
    walk.follow("Change How many bins do you want?")
    assert {"bins": "2"} == walk.page.values
    assert ("Back", "/garden/apply/check") in walk.page.links
    walk.submit({"bins": "1"})

    assert "/apply/check" == walk.page.path
    assert "£46" == walk.page.rows["Price"]


def test_a_change_asks_what_it_opened() -> None:
    """New questions are asked before the check page; closed ones are gone from the answers."""
    garden = Garden()
    walk = garden.walk()
    _to_check(walk)
    walk.follow("Change Do you get council tax support?")
    walk.submit({"discount": "yes"})
    assert "/apply/change/reference" == walk.page.path
    assert 1 == walk.page.text.count("What is your reference?")
    walk.submit({"reference": "AB1"})
    assert "AB1" == walk.page.rows["What is your reference?"]
    walk.follow("Change Do you get council tax support?")
    walk.submit({"discount": "no"})
    assert "What is your reference?" not in walk.page.rows
    walk.submit()

    assert "reference" not in garden.finished[0].data
    assert garden.finished[0].answers.reference is None


def test_back_follows_the_route() -> None:
    """The first page leads back to the service's start, the others to the page before."""
    walk = Garden().walk()
    walk.open("/apply")
    assert ("Back", "/garden/") in walk.page.links
    walk.fill("address", {"address-postcode": "sw1a1aa"})
    assert ("Back", "/garden/apply/address") in walk.page.links
    _choose(walk)

    assert ("Back", "/garden/apply/address") in walk.page.links


def test_two_tabs_do_not_lose_each_others_answers() -> None:
    """An answer from a page that was opened before another answer was given is kept beside it."""
    garden = Garden()
    walk = garden.walk()
    _to_check(walk)
    first = walk.open("/apply/bins")
    walk.open("/apply/discount")
    walk.submit({"discount": "yes"})
    walk.page = first
    walk.submit({"bins": "1"})
    (key,) = [key for kind, key in garden.records._kept if kind == "lg-forms.answers"]
    record = garden.records.load("lg-forms.answers", key)

    assert record is not None
    assert ("1", "yes") == (record.data["answers"]["bins"], record.data["answers"]["discount"])


def test_welsh() -> None:
    """In Welsh the page, the errors and the labels are Welsh."""
    walk = Garden(languages=(Language.ENGLISH, Language.WELSH)).walk()
    walk.open("/apply/address?lang=cy")
    walk.submit()

    assert "cy" == walk.page.language
    assert walk.page.title.startswith("Gwall: Beth yw eich cyfeiriad? - Gwastraff gardd")
    assert (("#address-postcode", "Rhowch god post"),) == walk.page.errors
    assert "Gwall: Rhowch god post" in walk.page.text


# ------------------------------------------------------------------ addresses


def _by_hand(walk: Walk) -> None:
    walk.fill(
        "manual",
        {
            "address-line-1": "Flat 2",
            "address-line-2": "1 High Street",
            "address-town": "Testham",
            "address-county": "",
            "address-postcode": "sw1a 1ab",
        },
    )


def test_an_address_by_hand() -> None:
    """Who does not find her address types it, and finds it again when she changes it."""
    garden = Garden()
    walk = garden.walk()
    _to_check(walk)
    walk.follow("Change Address")
    assert {"address-postcode": "SW1A 1AA"} == walk.page.values
    walk.submit({"address-postcode": "SW1A1AA"})
    assert "/apply/change/address/choose" == walk.page.path
    walk.follow("I cannot find my address in the list")
    assert "SW1A 1AA" == walk.page.values["address-postcode"]
    _by_hand(walk)
    assert "Flat 2\n1 High Street\nTestham\nSW1A 1AB" == walk.page.rows["Address"]
    walk.open("/apply/change/address/manual")
    assert ("Flat 2", "1 High Street") == (
        walk.page.values["address-line-1"],
        walk.page.values["address-line-2"],
    )
    walk.open("/apply/check")
    walk.submit()

    address = garden.finished[0].answers.address
    assert NoUprn.TYPED_IN is address.no_uprn
    assert ("Flat 2", "1 High Street", "Testham") == address.postal().lines


def test_the_errors_of_an_address_by_hand() -> None:
    """Each empty or wrong part gets the Design System's wording."""
    walk = Garden().walk()
    walk.open("/apply/address/manual")
    walk.submit({"address-county": "x" * 101, "address-postcode": "SW1"})

    assert (
        ("#address-line-1", "Enter address line 1, typically the building and street"),
        ("#address-town", "Enter town or city"),
        ("#address-county", "County (optional) must be 100 characters or less"),
        ("#address-postcode", "Enter a full UK postcode"),
    ) == walk.page.errors
    assert ("Back", "/garden/apply/address") in walk.page.links


@pytest.mark.parametrize(
    ("street", "postcode", "says"),
    [
        (Street(), "sw1a 1ab", "We found no addresses for SW1A 1AB."),
        (Street(fault=LookupUnavailableError("down")), "sw1a1aa", "is not working at the moment"),
        (Street(fault=ConfigError("no key")), "sw1a1aa", "is not working at the moment"),
    ],
    ids=["none", "unavailable", "misconfigured"],
)
def test_without_addresses_they_are_typed(street: Street, postcode: str, says: str) -> None:
    """Where nothing is found or the search fails, the person types her address and is told why."""
    walk = Garden(street).walk()
    walk.open("/apply")
    walk.submit({"address-postcode": postcode})

    assert walk.page.path.endswith("/address/manual")
    assert says in walk.page.text
    _by_hand(walk)
    assert "/apply/bins" == walk.page.path


def test_many_addresses_are_a_list_to_open() -> None:
    """More than ten addresses are shown as a select, whose first line says how many there are."""
    walk = Garden(Street(homes(11))).walk()
    walk.open("/apply")
    walk.submit({"address-postcode": "sw1a1aa"})
    assert "11 addresses found" in walk.page.text
    walk.submit()
    assert (("#address", "Select an address"),) == walk.page.errors
    mark = walk.page.html.split('<option value="')[2].partition('"')[0]
    walk.fill("choose", {"address": mark})
    assert "/apply/bins" == walk.page.path
    walk.open("/apply/address/choose")

    assert {"address": mark} == walk.page.values


def test_an_address_that_is_not_in_the_list_is_not_taken() -> None:
    """A list that another tab has changed is noticed; nothing is taken from the form."""
    street = Street()
    walk = Garden(street).walk()
    walk.open("/apply")
    walk.submit({"address-postcode": "sw1a1aa"})
    choose = walk.page
    walk.open("/apply/address")
    street.found = [PostalAddress(("9 Other Road", "Testham"), Postcode("SW1A 1AA"), Uprn("99"))]
    walk.submit({"address-postcode": "sw1a1aa"})
    walk.page = choose
    _choose(walk)

    assert (("#address", "The list of addresses has changed. Select an address"),) == (
        walk.page.errors
    )
    assert "9 Other Road" in walk.page.text


def test_the_list_needs_a_postcode() -> None:
    """Without a list, its screen leads back to the postcode."""
    walk = Garden().walk()

    assert "/apply/address" == walk.open("/apply/address/choose").path
    walk.page = walk.open("/apply/address")
    token = next(each.value for each in walk.page.controls if each.name == "csrf_token")
    walk._request("POST", "/apply/address/choose", f"csrf_token={token}".encode())
    assert "/apply/address" == walk.page.path


def test_an_address_without_a_lookup() -> None:
    """Without a lookup the first screen asks for the address by hand, under the page's heading."""

    class Where(BaseModel):
        address: AddressAnswer

    garden = Garden()
    page = AddressPage("where", heading=Text("Where is it?"), field="address")
    journey = Journey(
        "where", answers=Where, pages=[page], on_finish=lambda visit, _: visit.redirect("/done")
    )
    walk = Walk(journey.endpoints(garden.site, at="/where"), site=garden.site)
    walk.open(journey.entry(at="/where"))

    assert "Where is it?" == walk.page.heading
    walk.submit(
        {"address-line-1": "1 High St", "address-town": "Testham", "address-postcode": "SW1A1AA"}
    )
    assert "/where/check" == walk.page.path
    walk.submit()
    assert "/garden/done" == walk.page.left_for


def test_an_address_answer_hides_itself() -> None:
    """An address is not in its repr, and keeps no postcode where there is none."""
    abroad = AddressAnswer.of(
        PostalAddress(("1 Rue", "Calais"), postcode=None, no_uprn=NoUprn.ABROAD)
    )

    assert "AddressAnswer(...)" == repr(abroad) == str(abroad)
    assert ("1 Rue", "Calais") == abroad.shown() == abroad.postal().lines


# ------------------------------------------------------------------ the model, prefilling


class Person(BaseModel):
    """A model that is stricter than its pages."""

    name: NameText
    nick: str | None = None

    def model_post_init(self, _context: object) -> None:
        """Refuse what does not go together."""
        if self.name == self.nick:
            raise FaultyAnswerError(Fault(Text("Enter a nickname that is not your name")))
        if self.nick == "Nix":
            raise ValueError


class Small(BaseModel):
    """A model with a rule that the page does not know."""

    count: int


def _person(finished: list[Finished[Person]]) -> Journey[Person]:
    def finish(_visit: Visit, answered: Finished[Person]) -> Reply:
        finished.append(answered)
        return Reply.plain("done")

    return Journey(
        "person",
        answers=Person,
        pages=[
            TextPage(
                "name",
                heading=Text("Your name"),
                inputs=[
                    TextField("name", label=Text("Name"), missing=Text("Enter your name")),
                    TextField("nick", label=Text("Nickname"), optional=True),
                ],
                hint=Text("As your friends say it"),
            )
        ],
        on_finish=finish,
        texts=Catalogue({"continue": Text("Go on", "Ymlaen")}),
        keep=timedelta(hours=1),
    )


def test_the_model_has_the_last_word_on_an_answer() -> None:
    """What the model's own type refuses is an error of the page, beside its field."""
    garden = Garden()
    journey = Journey(
        "small",
        answers=Small,
        pages=[
            TextPage(
                "count",
                heading=Text("How many?"),
                inputs=[
                    TextField(
                        "count", label=Text("Number"), answer=FreeText(), missing=Text("Enter it")
                    )
                ],
            )
        ],
        on_finish=lambda visit, _: visit.redirect("/done"),
    )
    walk = Walk(journey.endpoints(garden.site, at="/small"), site=garden.site)
    walk.open("/small")
    walk.submit({"count": "many"})

    assert (("#count", "Number: check your answer"),) == walk.page.errors
    assert {"count": "many"} == walk.page.values


def _never(value: object) -> object:
    del value
    raise FaultyAnswerError(Fault(Text("Enter something else")))


class Never(BaseModel):
    """A model that refuses whatever its pages took."""

    bins: Annotated[str | None, AfterValidator(_never)] = None
    start: Annotated[str | None, AfterValidator(_never)] = None
    address: Annotated[AddressAnswer | None, AfterValidator(_never)] = None


@pytest.mark.parametrize(
    ("place", "path", "form", "target"),
    [
        (1, "bins", {"bins": "2"}, "#bins"),
        (3, "start", {"start-day": "1", "start-month": "1", "start-year": "2027"}, "#start-day"),
        (0, "address/choose", None, "#address"),
        (
            0,
            "address/manual",
            {"line-1": "1 High St", "town": "Testham", "postcode": "SW1A 1AA"},
            "#address-line-1",
        ),
    ],
    ids=["choice", "date", "list", "hand"],
)
def test_the_model_has_the_last_word_on_every_kind_of_page(
    place: int, path: str, *, form: dict[str, str] | None, target: str
) -> None:
    """Each kind of page shows its form again with the model's error."""
    garden = Garden()
    journey = Journey(
        "never",
        answers=Never,
        pages=[pages(Street())[place]],
        on_finish=lambda visit, _: visit.redirect("/done"),
    )
    walk = Walk(journey.endpoints(garden.site, at="/n"), site=garden.site)
    walk.open("/n")
    if place == 0:
        walk.submit({"address-postcode": "SW1A 1AA"})
    walk.open(f"/n/{path}")
    if form is None:
        _choose(walk)
    else:
        prefix = "address-" if place == 0 else ""
        walk.submit({f"{prefix}{name}": typed for name, typed in form.items()})

    assert ((target, "Enter something else"),) == walk.page.errors


class Busy(MemoryRecords):
    """Records that another request always writes first, or a number of times."""

    left = 0

    def save(
        self,
        kind: str,
        key: str,
        *,
        data: Mapping[str, Any],
        expected: int | None,
        expires_at: datetime,
    ) -> Record:
        """Write, unless somebody else was quicker."""
        if kind == "lg-forms.answers" and self.left:
            self.left -= 1
            raise RecordChangedError(kind)
        return super().save(kind, key, data=data, expected=expected, expires_at=expires_at)


@pytest.mark.parametrize(("left", "status"), [(3, 200), (99, 500)])
def test_a_write_that_came_too_late_is_made_again(left: int, status: int) -> None:
    """An answer is written again on the later state; who never gets through is told."""
    records = Busy(now=lambda: NOW)
    garden = Garden()
    garden.site.records = records
    walk = garden.walk()
    walk.open("/apply/address/manual")
    records.left = left
    walk.submit(
        {"address-line-1": "1 High St", "address-town": "Testham", "address-postcode": "SW1A1AA"}
    )

    assert status == walk.page.status


def test_redirects_without_end_are_noticed() -> None:
    """The driver stops following redirects that go in a circle."""
    garden = Garden()
    circle = garden.site.page("GET", "/x", lambda visit: visit.redirect("/x"), name="x")

    with pytest.raises(LookupError, match="end"):
        Walk([circle], site=garden.site).open("/x")


@pytest.mark.parametrize(
    ("nick", "says"),
    [
        ("Ada", "Enter a nickname that is not your name"),
        ("Nix", "Check your answers: some of them do not go together"),
    ],
)
def test_the_model_has_the_last_word_on_all_answers(nick: str, says: str) -> None:
    """Answers that do not go together are refused where they are checked; nothing is finished."""
    garden = Garden()
    finished: list[Finished[Person]] = []
    walk = Walk(_person(finished).endpoints(garden.site, at="/p"), site=garden.site)
    walk.open("/p")
    assert "Go on" in walk.page.text
    walk.submit({"name": "Ada", "nick": nick})
    walk.submit()

    assert (("#main-content", says),) == walk.page.errors
    assert walk.page.title.startswith("Error: Check your answers before sending them")
    assert [] == finished


def test_prefill_and_forget() -> None:
    """A prefilled value stands in its field and is still asked; forget begins afresh."""
    garden = Garden()
    finished: list[Finished[Person]] = []
    journey = _person(finished)

    def sign_in(visit: Visit) -> Reply:
        journey.prefill(visit, {"name": "Ada"})
        return Reply.plain("in")

    def done(visit: Visit) -> Reply:
        journey.forget(visit)
        journey.forget(visit)
        return Reply.plain("out")

    walk = Walk(
        [
            *journey.endpoints(garden.site, at="/p"),
            garden.site.page("GET", "/in", sign_in, name="in"),
            garden.site.page("GET", "/out", done, name="out"),
        ],
        site=garden.site,
    )
    walk.open("/in")
    walk.open("/p/check")
    assert {"name": "Ada", "nick": ""} == walk.page.values
    walk.submit()
    walk.submit()
    assert "Ada" == finished[0].answers.name
    walk.open("/out")

    assert {"name": "", "nick": ""} == walk.open("/p").values


@pytest.mark.parametrize(
    ("values", "error"),
    [({"strange": "x"}, ConfigError), ({"name": 5}, InvalidValueError)],
    ids=["unknown", "wrong"],
)
def test_a_prefilled_value_must_fit(values: dict[str, object], error: type[Exception]) -> None:
    """A field that is not asked for, or a value that the model refuses, is an error."""
    garden = Garden()
    journey = _person([])

    def sign_in(visit: Visit) -> Reply:
        journey.prefill(visit, values)  # pyright: ignore[reportArgumentType] -- wrong on purpose
        return Reply.plain("in")

    walk = Walk([garden.site.page("GET", "/in", sign_in, name="in")], site=garden.site)

    assert 500 == walk.open("/in").status
    assert [error] == [type(each) for each in garden.errors]


# ------------------------------------------------------------------ what is refused at the start


def _always(_answers: Answers) -> bool:
    return True


def _text(name: str, field: str, *, when: Condition | None = None) -> Page:
    return TextPage(
        name,
        heading=Text("?"),
        inputs=[TextField(field, label=Text("x"), missing=Text("Enter x"))],
        when=when,
    )


@pytest.mark.parametrize(
    "wrong",
    [
        [],
        [_text("Bad Name", "name")],
        [_text("check", "name")],
        [_text("a", "name"), _text("a", "nick")],
        [_text("a", "name"), _text("b", "name")],
        [_text("a", "name"), _text("b", "other")],
        [_text("a", "nick")],
        [_text("a", "name", when=_always)],
        [
            TextPage(
                "a", heading=Text("?"), inputs=[TextField("name", label=Text("x"), optional=True)]
            )
        ],
    ],
    ids=["none", "name", "reserved", "twice", "field", "unknown", "never", "condition", "empty"],
)
def test_a_journey_that_is_not_whole_is_refused(wrong: list[Page]) -> None:
    """A journey that could not be finished, or not be addressed, stops the start."""
    with pytest.raises(ConfigError):
        Journey("x", answers=Person, pages=wrong, on_finish=lambda visit, _: visit.redirect("/"))


def test_radios_need_two_options() -> None:
    """A choice of one, or of the same value twice, is refused."""
    for options in ([Option("1", Text("1"))], [Option("1", Text("1")), Option("1", Text("2"))]):
        with pytest.raises(ConfigError):
            ChoicePage("x", heading=Text("?"), field="x", options=options, missing=Text("Select"))


def test_a_path_must_be_one() -> None:
    """A journey stands below a path without a slash at its end."""
    garden = Garden()

    with pytest.raises(ConfigError):
        garden.journey.endpoints(garden.site, at="/apply/")
    with pytest.raises(ConfigError):
        garden.journey.entry(at="apply")


def test_a_field_needs_a_sentence_for_nothing() -> None:
    """A field whose kind has no sentence for an empty answer must bring one."""
    with pytest.raises(ConfigError, match="missing"):
        TextField("x", label=Text("x"))


def test_a_refusal_can_be_pickled() -> None:
    """A refused answer carries its fault through a pickle."""
    error = FaultyAnswerError(Fault("too_long", {"n": 3}))

    assert error.fault == pickle.loads(pickle.dumps(error)).fault


def test_the_walk_says_where_it_stands() -> None:
    """The driver refuses a wrong page, a wrong input and a link that is not there."""
    walk = Garden().walk()
    walk.open("/apply")

    with pytest.raises(LookupError, match="not on 'bins'"):
        walk.fill("bins", {"bins": "1"})
    with pytest.raises(LookupError, match="bins"):
        walk.submit({"bins": "1"})
    with pytest.raises(LookupError, match="Nowhere"):
        walk.follow("Nowhere")


def test_pages_can_be_used_twice() -> None:
    """Pages keep nothing of a resident: one journey serves two browsers at once."""
    garden = Garden()
    one, two = garden.walk(), garden.walk()
    _to_check(one)
    two.open("/apply/contact")

    assert "/apply/address" == two.page.path
    assert GardenAnswers is garden.journey.model()
    assert len(pages(Street())) == len(garden.journey.pages)
