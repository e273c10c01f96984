# SPDX-License-Identifier: MIT
import keyword

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lg_notify.templates._names import (
    class_name,
    constant_name,
    field_name,
    is_class_name,
    is_field_name,
)

TEXTS = st.text(max_size=60) | st.sampled_from([*keyword.kwlist, "Email", "about", "to", "self"])


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Bin day", "BinDay"),
        ("Bin day (Cymraeg)", "BinDayCymraeg"),
        ("tŷ haf", "TyHaf"),
        ("2nd reminder", "Template2NdReminder"),
        ("Email", "EmailTemplate"),
        ("Warning", "WarningTemplate"),
        ("True", "TrueTemplate"),
        ("???", "Template"),
        ("Reminder to pay your council tax by the end of May", "ReminderToPayYourCouncilTaxByThe"),
        ("x" * 60, "X" + "x" * 39),
    ],
)
def test_a_class_is_called_as_its_template(text: str, name: str) -> None:
    """Words become one, accents go, and what Python or the module has keeps its name."""
    assert name == class_name(text, taken=())


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("first name", "first_name"),
        ("firstName", "first_name"),
        ("NHSNumber", "nhs_number"),
        ("class", "class_"),
        ("to", "to_"),
        ("str", "str_"),
        ("1st line", "value_1_st_line"),
        ("ŵ", "w"),
        ("£", "value"),
    ],
)
def test_a_field_is_called_as_its_placeholder(text: str, name: str) -> None:
    """Words are joined, and no field is a keyword or one of the class's own names."""
    assert name == field_name(text, taken=())


def test_names_that_are_taken_get_a_number() -> None:
    """Of two alike the second one has a number."""
    assert "BinDay2" == class_name("Bin-day", taken={"BinDay"})
    assert "name_3" == field_name("name", taken={"name", "name_2"})
    assert "class_2" == field_name("class", taken={"class_"})
    assert "BIN_DAY_2" == constant_name("BinDay", taken={"BIN_DAY"})
    assert "A_PAIR" == constant_name("A", taken=())


@given(st.lists(TEXTS, max_size=12))
def test_every_name_can_be_used_and_none_is_there_twice(texts: list[str]) -> None:
    """Whatever templates and placeholders are called, the names are Python's and differ."""
    classes: list[str] = []
    fields: list[str] = []
    for text in texts:
        classes.append(class_name(text, taken=classes))
        fields.append(field_name(text, taken=fields))

    assert all(name.isidentifier() and is_class_name(name) for name in classes)
    assert all(name.isidentifier() and is_field_name(name) for name in fields)
    assert len(texts) == len(set(classes)) == len(set(fields))
