# SPDX-License-Identifier: MIT
from datetime import date
from importlib.resources import files
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lg_core import ConfigError, Pence
from lg_core.store import StoredRecords
from lg_core.texts import Language
from lg_patterns.garden_waste import GardenWasteSettings

EXAMPLE = files("lg_patterns.demo").joinpath("garden-waste.toml").read_text("utf-8")


def test_the_example_is_whole() -> None:
    """The file that councils copy can be used as it stands."""
    settings = GardenWasteSettings.from_toml(EXAMPLE)

    assert "Anytown Council" == settings.site_settings.council.en
    assert [date(2025, 4, 1), date(2026, 4, 1), date(2027, 4, 1)] == [
        one.starts for one in settings.price_lists
    ]
    assert Pence(4650) == settings.price_lists[2].renewal_first_bin
    assert Pence(3150) == settings.price_lists[2].renewal_other_bin
    assert settings.template_for(Language.WELSH) != settings.template_for(Language.ENGLISH)


@pytest.mark.parametrize(
    ("was", "now", "said"),
    [
        ('first_bin = "46.50"', "first_bin = 46.50", "prices.1.first_bin.*in quotes"),
        ('first_bin = "46.50"', 'first_bin = "46.505"', "prices.1.first_bin"),
        ("from = 2026-04-01", "from = 2025-04-01", "same `from`"),
        ("from = 2026-04-01", 'from = "today"', "prices.1.from"),
        ('year_starts = "04-01"', 'year_starts = "02-29"', "year_starts.*every year has"),
        ('year_starts = "04-01"', 'year_starts = "April"', "year_starts.*month and a day"),
        ('code = "x-anytown"', 'code = "Leds City"', "council.code"),
        ('fund = "GF"', "", "ledger.fund is missing"),
        ('fund = "GF"', 'fnud = "GF"', "ledger.fnud is not a setting"),
        ('fund = "GF"', 'fund = ";GF"', "ledger"),
        ('vat_code = "OS" ', 'vat_code = "SW1A 1AA" ', "ledger.*postcode"),
        ('vat_code = "OS" ', 'taken_by = "finance"\nvat_code = "OS" ', "ledger.taken_by"),
        ('url = "garden-waste.db"', 'url = ""', "store.url"),
        ('url = "garden-waste.db"', "", "store.url is missing"),
        ("most_bins = 4", "most_bins = 0", "subscription.most_bins"),
        ('vat_code = "OS" ', 'vat_percent = "x"\nvat_code = "OS" ', "vat_percent.*per cent"),
        ("https://forms.anytown", "http://forms.anytown", "url"),
        ('brand = "#00563f"', 'brand = "green"', "brand"),
        ('confirmation = "5d1f', 'confirmation = "x5d1f', "messages.confirmation must be an id"),
        ("[council]", "[council", "not valid TOML"),
        ("service.start_need", "service.start_nede", "start_nede"),
        ("card, and an", "card {number}, and an", "start_need.*slots"),
        ('brand = "#00563f"', 'brnad = "#00563f"', "brnad"),
    ],
)
def test_a_wrong_setting_is_named(was: str, now: str, said: str) -> None:
    """The error says which setting is wrong and what to do."""
    assert was in EXAMPLE

    with pytest.raises(ConfigError, match=said):
        GardenWasteSettings.from_toml(EXAMPLE.replace(was, now, 1))


def test_a_text_may_be_the_councils_own() -> None:
    """A text of the service, the forms or the pages is replaced by name."""
    own = EXAMPLE.replace("You need a debit", "Bring a debit") + (
        '\n[texts.forms.change]\nen = "Amend"\n[texts.pages.back]\nen = "Go back"\n'
    )
    texts = GardenWasteSettings.from_toml(own).texts

    assert texts.service.say("start_need").startswith("Bring a debit")
    assert "Amend" == texts.forms.say("change")
    assert "Go back" == texts.pages.say("back")


def test_a_council_is_found_in_the_register() -> None:
    """A GSS code or a name stands for the council's code."""
    named = EXAMPLE.replace('"x-anytown"', '"Leeds City Council"', 1)

    assert "LDS" == GardenWasteSettings.from_toml(named).council.code


@pytest.mark.parametrize(("percent", "points"), [("20", 2000), ("0", 0)])
def test_a_rate_of_vat_is_read(percent: str, points: int) -> None:
    """Per cent in quotes; left out, there is no VAT in the price."""
    text = EXAMPLE.replace('vat_code = "OS"', f'vat_percent = "{percent}"\nvat_code = "OS"')
    rate = GardenWasteSettings.from_toml(text).ledger.vat_percent

    assert rate is not None
    assert points == rate.basis_points
    assert GardenWasteSettings.from_toml(EXAMPLE).ledger.vat_percent is None


def test_a_store_is_opened_where_the_settings_say(tmp_path: Path) -> None:
    """A file by its path; without [store] the error says what to add."""
    there = tmp_path / "garden-waste.db"
    settings = GardenWasteSettings.from_toml(EXAMPLE.replace("garden-waste.db", str(there)))
    with settings.open_store() as store:
        StoredRecords(store)

    assert there.is_file()
    assert "garden-waste.db" not in repr(settings)
    with pytest.raises(ConfigError, match=r"\[store\] is missing"):
        settings.model_copy(update={"store": None}).open_store()


def test_a_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    """A wrong path is a wrong setting."""
    with pytest.raises(ConfigError, match="FileNotFoundError"):
        GardenWasteSettings.from_file(tmp_path / "none.toml")


@given(st.text())
def test_no_text_is_anything_but_settings_or_a_clear_error(text: str) -> None:
    """Whatever the file holds, it is read or refused."""
    with pytest.raises(ConfigError):
        GardenWasteSettings.from_toml(text)
