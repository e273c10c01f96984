"""lg_core.texts: whole sentences in two languages, and catalogues that a council may override."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lg_core.errors import ConfigError, InvalidValueError
from lg_core.texts import Catalogue, Language, Plural, Review, Text

BINS = Plural(
    {"one": "{n} bin at {place}", "other": "{n} bins at {place}"},
    {
        "zero": "{n} bin zero",
        "one": "{n} bin one",
        "two": "{n} fin two",
        "few": "{n} bin few",
        "many": "{n} bin many",
        "other": "{n} bin other",
    },
)
TOML = """
[hello]
en = "Hello {name}"
cy = "Helo {name}"
welsh = "reviewed"

[bye]
en = "Goodbye"

[bins.en]
one = "{n} bin"
other = "{n} bins"
"""


def test_a_text_is_filled_in_either_language() -> None:
    """English is shown where there is no Welsh, and for a language that is not known."""
    both = Text("Pay {amount}", "Talu {amount}", Review.REVIEWED)

    assert "Pay £1" == both.text(amount="£1")
    assert "Talu £1" == both.text(Language.WELSH, amount="£1")
    assert "Pay £1" == both.text("fr", amount="£1")
    assert "Pay" == Text("Pay").text("cy")


def test_a_text_has_the_same_slots_in_both_languages() -> None:
    """The error names the slots of each, in order."""
    with pytest.raises(InvalidValueError, match=r"\{a\}, \{b\} and none") as caught:
        Text("{b} {a}", "dim")

    assert "slots" == caught.value.code


def test_a_slot_without_a_value_is_named() -> None:
    """The error names the slot and holds none of the values."""
    with pytest.raises(InvalidValueError, match=r"\{amount\}") as caught:
        Text("{name} pays {amount}").text(name="Gwenllian")

    assert "amount" == caught.value.field
    assert "Gwenllian" not in str(caught.value)


@given(st.text(), st.text())
def test_a_value_is_filled_in_as_it_is(name: str, other: str) -> None:
    """Braces in a value are no slots."""
    assert f"{name} and {other}" == Text("{a} and {b}").text(a=name, b=other)


@pytest.mark.parametrize(
    ("n", "form"),
    [(0, "zero"), (1, "one"), (2, "two"), (3, "few"), (4, "other"), (6, "many"), (7, "other")],
)
def test_welsh_has_six_forms(n: int, form: str) -> None:
    """The forms of CLDR: 3 is few, 6 is many, and the rest is other."""
    assert BINS.text("cy", n=n).endswith(form)


@given(st.integers(0, 10**6))
def test_english_has_two_forms(n: int) -> None:
    """One is one, all else is other."""
    expected = f"{n} bin at home" if n == 1 else f"{n} bins at home"

    assert expected == BINS.text(n=n, place="home")
    assert BINS.text("en", n=n, place="x") == BINS.text("de", n=n, place="x")


@pytest.mark.parametrize(
    ("en", "cy", "code"),
    [
        ({"one": "a"}, {}, "forms"),
        ({}, {}, "forms"),
        ({"one": "a", "other": "b"}, {"one": "a"}, "forms"),
        ({"one": "a", "other": "b"}, {**dict.fromkeys(BINS.cy, "{n}"), "few": "{place}"}, "slots"),
    ],
)
def test_a_text_about_a_number_has_every_form(
    en: dict[str, str], cy: dict[str, str], code: str
) -> None:
    """A missing form, or a slot of the Welsh alone, is found when the text is made."""
    with pytest.raises(InvalidValueError) as caught:
        Plural(en, cy)

    assert code == caught.value.code


def test_a_catalogue_is_read_from_toml() -> None:
    """Names give texts and plurals, and what no translator has read is listed."""
    catalogue = Catalogue.from_toml(TOML)

    assert ["hello", "bye", "bins"] == list(catalogue)
    assert 3 == len(catalogue)
    assert "Helo Ann" == catalogue.say("hello", "cy", name="Ann")
    assert "2 bins" == catalogue.say("bins", n=2)
    assert ("bins", "bye") == catalogue.drafts()
    assert "Catalogue of 3 texts" == repr(catalogue)
    with pytest.raises(KeyError):
        catalogue.say("none")


@pytest.mark.parametrize(
    "toml",
    [
        "not = [toml",
        'a = "text alone"',
        '[a]\ncy = "x"',
        '[a]\nen = "x"\nfr = "y"',
        '[a]\nen = "x"\nwelsh = "perhaps"',
        "[a]\nen = 7",
        '[a]\nen = "x"\ncy = 7',
        '[a]\nen = "x"\ncy = {one = "y"}',
        '[a]\nen = {one = "x", other = 7}',
        '[a]\nen = {one = "x", other = "y"}\ncy = "z"',
        '[a]\nen = {one = "x"}',
        '[a]\nen = "{x}"\ncy = "{y}"',
    ],
)
def test_a_catalogue_that_is_not_whole_is_refused(toml: str) -> None:
    """A fault in the file is a fault of the settings, found when it is read."""
    with pytest.raises(ConfigError):
        Catalogue.from_toml(toml)


def test_a_council_overrides_a_text() -> None:
    """The council's words stand in place of ours, and the others stay."""
    ours = Catalogue.from_toml(TOML)
    both = ours.override(
        Catalogue({"bye": Text("Cheerio"), "bins": Plural({"one": "a bin", "other": "{n}!"}, {})})
    )

    assert ("Cheerio", "2!") == (both.say("bye"), both.say("bins", n=2))
    assert "Hello Ann" == both.say("hello", name="Ann")
    assert "Goodbye" == ours.say("bye")


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("none", Text("x")),
        ("bye", Text("Goodbye {name}")),
        ("bins", Text("bins")),
        ("bins", Plural({"one": "{n} {place}", "other": "{n}"}, {})),
    ],
)
def test_an_override_that_does_not_fit_is_refused(name: str, text: Text | Plural) -> None:
    """An unknown name, a strange slot and another kind of text are found at once."""
    with pytest.raises(ConfigError):
        Catalogue.from_toml(TOML).override(Catalogue({name: text}))


def test_a_package_ships_its_catalogue() -> None:
    """A name that a package does not ship is an error of Python's own."""
    with pytest.raises(FileNotFoundError):
        Catalogue.of_package("lg_core", "no_texts.toml")
