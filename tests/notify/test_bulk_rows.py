# SPDX-License-Identifier: MIT
"""Every row is checked: who, what, how long, what it costs, and whether it stood there before."""

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from notify.bulk_files import EMAIL, LETTER, RULES, SMS, a_file, a_template

from lg_core.csv_reading import CsvRow
from lg_core.errors import InvalidValueError
from lg_notify import Letter, Sms
from lg_notify.bulk import BulkRow, BulkRules
from lg_notify.bulk._columns import match_columns
from lg_notify.bulk._rows import checked_rows
from lg_notify.bulk._template import BulkTemplate
from lg_notify.recipients import Multipliers
from lg_notify.template import Template

HEADER = "phone number,name,day,garden"
LETTER_HEADER = "address line 1,address line 2,address line 3,postcode,name,amount,office"


def rows_of(
    folder: Path, *lines: str, template: Template = SMS, rules: BulkRules = RULES, **options: object
) -> list[BulkRow]:
    """Check a file of lines."""
    return list(a_file(folder, *lines, template=template, rules=rules, **options).rows())


def problems(row: BulkRow) -> list[tuple[str, str]]:
    """Return the code and the column of each problem."""
    return [(each.code, each.column) for each in row.problems]


def warnings(row: BulkRow) -> list[str]:
    """Return the code of each warning."""
    return [each.code for each in row.warnings]


def test_a_row_that_is_right_has_its_message_and_its_cost(tmp_path: Path) -> None:
    """It has the values that the template needs, and no others."""
    (row,) = rows_of(tmp_path, f"{HEADER},ward", " 07900 900123 , Ann,Monday,yes,East")

    assert isinstance(row.message, Sms)
    assert "07900 900123" == row.message.phone_number
    assert {"name": "Ann", "day": "Monday", "garden": "yes"} == row.message.personalisation
    assert row.cost is not None
    assert Decimal("0.024") == row.cost.pounds
    assert ((), ()) == (row.problems, row.warnings)


def test_all_problems_of_a_row_are_named(tmp_path: Path) -> None:
    """Each has its line, its column and what to do, and none repeats a value."""
    (row,) = rows_of(tmp_path, HEADER, f"0790 SECRET,,{'x' * 900},no")

    assert 2 == row.line
    assert [("blank", "name"), ("unknown_character", "phone number"), ("too_long", "")] == problems(
        row
    )
    assert row.message is None
    assert row.cost is None
    assert not any("SECRET" in each.text for each in row.problems)


def test_a_row_of_another_width_is_a_problem(tmp_path: Path) -> None:
    """A comma in a cell without quotation marks moves all that follows."""
    short, long, good = rows_of(
        tmp_path, HEADER, "07900900123,Ann,Monday", "07900900123,Ann,Monday,no,x",
        "07900900123,Ann,Monday,no",
    )  # fmt: skip

    assert [("width", "")] == problems(short) == problems(long)
    assert [] == problems(good)


def test_a_blank_cell_can_be_allowed(tmp_path: Path) -> None:
    """Notify's pages refuse one, and its API fills in nothing."""
    line = "07900900123,Ann,,no"

    (refused,) = rows_of(tmp_path, HEADER, line)
    (allowed,) = rows_of(tmp_path, HEADER, line, rules=replace(RULES, allow_blank=True))

    assert [("blank", "day")] == problems(refused)
    assert [] == problems(allowed)


def test_the_same_row_again_is_a_duplicate(tmp_path: Path) -> None:
    """It would be sent once, whatever the white space around its cells."""
    first, again, third = rows_of(
        tmp_path, HEADER, "07900900123,Ann,Monday,no", " 07900900123,Ann ,Monday,no",
        "07900900123,Ann,Monday,no",
    )  # fmt: skip

    assert first.problems == ()
    assert [("duplicate", "")] == problems(again) == problems(third)
    assert "line 2" in again.problems[0].text


def test_the_same_person_with_other_values_is_a_warning(tmp_path: Path) -> None:
    """However the number is written."""
    first, again = rows_of(
        tmp_path, HEADER, "07900 900123,Ann,Monday,no", "+447900900123,Ann,Tuesday,no"
    )

    assert ([], ["repeated"]) == (warnings(first), warnings(again))
    assert "line 2" in again.warnings[0].text


def test_a_key_tells_rows_apart(tmp_path: Path) -> None:
    """With a key the same text may go to the same person twice, and the same key may not."""
    one, two, three, blank = rows_of(
        tmp_path, f"{HEADER},key", "07900900123,Ann,Monday,no,a", "07900900123,Ann,Monday,no,b",
        "07900900124,Bob,Monday,no,a", "07900900125,Cat,Monday,no,",
    )  # fmt: skip

    assert ([], []) == (problems(one), problems(two))
    assert [("duplicate", "")] == problems(three)
    assert [("key", "key")] == problems(blank)


def test_a_row_with_a_key_stays_the_same_when_it_is_put_right(tmp_path: Path) -> None:
    """The key alone says which row it is; without one all of its cells do."""
    line, other = "07900900123,Ann,Monday,no", "07900900123,Anne,Monday,no"

    keyed = [rows_of(tmp_path, f"{HEADER},key", f"{each},7")[0] for each in (line, other)]
    plain = [rows_of(tmp_path, HEADER, each)[0] for each in (line, other)]

    assert keyed[0].identity == keyed[1].identity
    assert plain[0].identity != plain[1].identity


def test_a_row_stays_the_same_when_columns_move_or_the_template_changes(tmp_path: Path) -> None:
    """An edit in Notify between two starts of a run makes no row another."""
    (row,) = rows_of(tmp_path, HEADER, "07900900123,Ann,Monday,no")
    (moved,) = rows_of(tmp_path, "Garden,day,name,Phone_number", "no,Monday,Ann,07900900123")
    (edited,) = rows_of(
        tmp_path, HEADER, "07900900123,Ann,Monday,no", template=a_template("Dear ((name))")
    )

    assert row.identity == moved.identity == edited.identity


def test_what_costs_money_is_warned_of(tmp_path: Path) -> None:
    """A digit too many, a Welsh letter, a character that a text cannot carry."""
    rules = replace(RULES, international=True, multipliers=Multipliers({"34": 3}))

    typo, welsh, smile, spain, unknown = rows_of(
        tmp_path, HEADER, "079009001234,Ann,Monday,no", f"07900900123,ŵ,{'x' * 60},no",
        "07900900124,😀,Monday,no", "+34 612 345 987,Ana,Monday,no",
        "+39 312 345 6789,Eva,Monday,no", rules=rules,
    )  # fmt: skip

    assert ["extra_digit", "costs_more"] == warnings(typo)
    assert typo.cost is not None
    assert Decimal("0.24") == typo.cost.pounds
    assert ["costs_as_unicode"] == warnings(welsh)
    assert "makes this 2 texts, and not 1." in welsh.warnings[0].text
    assert ["worn_down"] == warnings(smile)
    assert spain.cost is not None
    assert 3 == spain.cost.units
    assert unknown.cost is not None
    assert unknown.cost.multiplier is None


def test_an_email_is_checked(tmp_path: Path) -> None:
    """An address that is wrong is a problem, and a misspelt domain a warning."""
    bad, typo = rows_of(
        tmp_path, "email address,name,amount,payment reference", "ann@,Ann,£1,GW-1",
        "ann@gmial.com,Ann,£1,GW-2", template=EMAIL,
    )  # fmt: skip

    assert ("email address", []) == (bad.problems[0].column, warnings(bad))
    assert ["host_typo"] == warnings(typo)
    assert typo.cost is not None
    assert 0 == typo.cost.pounds


def test_a_letter_is_checked_and_costed(tmp_path: Path) -> None:
    """Its lines are cleaned, and it costs what its template's postage, or its country, costs."""
    home, abroad, refused = rows_of(
        tmp_path, LETTER_HEADER, '"Ann,",1 Road,,sw1a1aa,Ann,£1,Town Hall',
        "Ann,Rue 1,Paris,France,Ann,£1,Town Hall", "Ann,1 Road,,,Ann,£1,Town Hall",
        template=LETTER, rules=replace(RULES, international=True, sheets=2),
    )  # fmt: skip

    assert isinstance(home.message, Letter)
    assert ("Ann", "1 Road", "SW1A 1AA") == tuple(
        home.message.personalisation[f"address_line_{line}"] for line in (1, 2, 3)
    )
    assert home.cost is not None
    assert (Decimal("0.684"), "economy") == (home.cost.pounds, home.cost.postage)
    assert abroad.cost is not None
    assert (Decimal("1.84"), "europe") == (abroad.cost.pounds, abroad.cost.postage)
    assert {("too_few_lines", "address"), ("last_line", "address")} == set(problems(refused))


def test_what_the_message_itself_refuses_is_a_problem(tmp_path: Path) -> None:
    """Where our own check of a message is stricter, that is told before anything is sent."""
    (row,) = rows_of(
        tmp_path, "email address,name,amount,payment reference", "ann@exam’ple.org,Ann,£1,GW-1",
        template=EMAIL,
    )  # fmt: skip

    assert [("message", "")] == problems(row)
    assert "must be one e-mail address" in row.problems[0].text


def test_what_notify_refuses_for_its_length_is_a_problem(tmp_path: Path) -> None:
    """An e-mail of two megabytes, a text of nothing, and a QR code of 505 bytes."""
    blank = replace(RULES, allow_blank=True)
    code = a_template("qr: ((link))", type="letter", subject="Pay", postage="first")

    (email,) = rows_of(
        tmp_path, "email address,text", f"ann@example.org,{'é' * 100_000}",
        template=a_template("((text))" * 11, type="email", subject="Hello"),
    )  # fmt: skip
    (empty,) = rows_of(
        tmp_path, "phone number,name", "07900900123,", template=a_template("((name))"), rules=blank
    )
    (letter,) = rows_of(
        tmp_path, "address line 1,address line 2,postcode,link",
        f"Ann,1 Road,SW1A 1AA,{'a' * 505}", template=code,
    )  # fmt: skip

    assert [("too_long", "")] == problems(email)
    assert "2,000,000 bytes" in email.problems[0].text
    assert [("empty", "")] == problems(empty)
    assert [("long_code", "")] == problems(letter)


def test_quotation_marks_that_do_not_match_stop_the_reading(tmp_path: Path) -> None:
    """The line is named, and nothing of it."""
    with pytest.raises(InvalidValueError, match="cells of line 4"):
        rows_of(tmp_path, HEADER, "07900900123,Ann,Monday,no", '"07900900124,SECRET,Monday,no')


def test_a_row_shows_nothing_of_what_stood_in_it(tmp_path: Path) -> None:
    """Neither the person nor the values are in its `repr`."""
    (row,) = rows_of(tmp_path, HEADER, "07900900123,Gwenllian,Monday,no")

    assert not any(each in repr(row) for each in ("7900900123", "Gwenllian", row.identity))


CELLS = st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=30)


@given(st.lists(st.fixed_dictionaries(dict.fromkeys(HEADER.split(","), CELLS)), max_size=6))
def test_no_row_makes_the_check_fail(cells: list[dict[str, str]]) -> None:
    """Whatever stands in a row, it has a message or a problem, and never both."""
    template = BulkTemplate(SMS)
    columns = match_columns(HEADER.split(","), template=template, named={})
    read = (CsvRow(line, each) for line, each in enumerate(cells, start=2))

    checked = list(checked_rows(read, columns=columns, template=template, rules=RULES))

    assert len(cells) == len(checked)
    for row in checked:
        assert (row.message is None) == bool(row.problems) == (row.cost is None)
    sent = [row.identity for row in checked if row.message is not None]
    assert len(set(sent)) == len(sent)
