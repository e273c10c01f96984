"""lg_sandbox.notify.placeholders, .sms_text and .recipients: what is written, and to whom."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lg_sandbox.notify.placeholders import as_bullets, as_sentence, fill_in, missing_from, names_in
from lg_sandbox.notify.recipients import BadRecipientError, PhoneNumber, read_email, read_phone
from lg_sandbox.notify.sms_text import clean, fragments

PLAIN = st.text(alphabet=st.characters(exclude_characters="()?"), max_size=20)


@pytest.mark.parametrize(
    "yes", ["yes", "Y", "true", "t", "1", "include", "SHOW", True, 1], ids=repr
)
def test_a_conditional_shows_for_what_notify_takes_as_true(yes: object) -> None:
    """Any case; true and 1 too."""
    assert "shown" == fill_in("((a??shown))", {"a": yes}, listing=as_sentence)


@pytest.mark.parametrize("no", ["no", "on", "", "false", 0, 2, False, []], ids=repr)
def test_a_conditional_hides_for_everything_else(no: object) -> None:
    """Also for "on"."""
    assert "" == fill_in("((a??shown))", {"a": no}, listing=as_sentence)


@pytest.mark.parametrize(
    ("items", "sentence", "bullets"),
    [
        ([], "", ""),
        (["a"], "a", "\n\n* a"),
        (["a", None, " ", "b", 3], "a, b and 3", "\n\n* a\n* b\n* 3"),
    ],
)
def test_a_list_is_written_by_where_it_stands(
    items: list[object], sentence: str, bullets: str
) -> None:
    """In a sentence or as bullets, without what has nothing to show."""
    values = {"x": items}

    assert sentence == fill_in("((x))", values, listing=as_sentence)
    assert bullets == fill_in("((x))", values, listing=as_bullets)


def test_names_are_listed_once_in_order() -> None:
    """The subject first; other spellings of a name are the same name."""
    names = names_in("((Ref No))", "((name)) ((ref_no)) ((N-ame??x))")

    assert ["Ref No", "name"] == names
    assert ["name"] == missing_from({"REFNO": "", "name": None}, names=names)


@given(st.dictionaries(PLAIN.filter(str.strip), PLAIN, max_size=4), PLAIN)
def test_a_text_without_placeholders_stays(values: dict[str, str], text: str) -> None:
    """Whatever is given for it."""
    assert text == fill_in(text, values, listing=as_sentence)


@given(PLAIN.filter(str.strip), PLAIN)
def test_a_value_is_put_in_as_it_is(name: str, value: str) -> None:
    """No value is read as a template again."""
    assert f"<{value}>" == fill_in(f"<(({name}))>", {name: value}, listing=as_sentence)


@given(st.text(max_size=200))
def test_cleaning_a_clean_text_changes_nothing(text: str) -> None:
    """What was cleaned is clean, except that punctuation may have come up after an ellipsis."""
    once = clean(text)

    assert clean(once) in {once, once.replace(" ...", "...").replace(" ,", ",").replace(" .", ".")}
    assert 1 <= fragments(once)


@given(st.integers(1, 1000))
def test_fragments_by_alphabet(length: int) -> None:
    """160 then 153 in the basic alphabet; 70 then 67 with one Welsh letter beyond it."""
    assert (1 if length <= 160 else math.ceil(length / 153)) == fragments("a" * length)
    assert (1 if length <= 70 else math.ceil(length / 67)) == fragments("ŵ" * length)
    assert fragments("a" * 2 * length) == fragments("€" * length)


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("07900 900 123", PhoneNumber("447900900123", True, False, 1)),
        ("0+44(0)7900900123", PhoneNumber("447900900123", True, False, 1)),
        ("020 7946 0000", PhoneNumber("442079460000", False, False, 1)),
        ("+44 7797 123456", PhoneNumber("447797123456", True, False, 2)),
        ("07700 900000", PhoneNumber("447700900000", True, False, 1)),
        ("+1 202 555 0100", PhoneNumber("12025550100", True, True, 1)),
        ("+353 86 123 4567", PhoneNumber("353861234567", True, True, 2)),
        ("079009001234", PhoneNumber("79009001234", True, True, 10)),
    ],
)
def test_a_number_is_read(typed: str, expected: PhoneNumber) -> None:
    """As the recorded outputs say; a digit too many makes a Russian number."""
    assert expected == read_phone(typed)


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ("", "Not enough digits"),
        ("118118", "Not enough digits"),
        ("07900a00123", "Must not contain letters or symbols"),
        ("0790090٠123", "Must not contain letters or symbols"),  # noqa: RUF001 -- another zero
        ("0790090012", "Number is not valid"),
        ("+44 7900 900 1234", "Too many digits"),
        ("+44 7900 900 123 456 789", "Too many digits"),
        ("+86 150 1234 5678 90123", "Too many digits"),
        ("08081570000", "Number is not valid"),
        ("1" * 30, "Too many digits"),
        ("05601234567", "Number is not valid"),
        ("02101234567890", "Too many digits"),
        ("+999 1234 5678", "Not a valid country prefix"),
        ("+882 13123456", "Number is not valid"),
        ("+1 202 5550", "Number is not valid"),
    ],
)
def test_a_number_that_is_none_is_told(typed: str, message: str) -> None:
    """In Notify's words."""
    with pytest.raises(BadRecipientError, match=message):
        read_phone(typed)


@given(st.text(alphabet="0123456789 ()+-", max_size=25))
def test_a_number_that_was_read_reads_the_same_again(typed: str) -> None:
    """The normal form is a number itself, with a plus before it."""
    try:
        number = read_phone(typed)
    except BadRecipientError:
        return
    assert number == read_phone(f"+{number.normalised}")


@given(st.text(max_size=30))
def test_an_address_that_was_read_reads_the_same_again(typed: str) -> None:
    """Any text is an address or is refused."""
    try:
        address = read_email(typed)
    except BadRecipientError:
        return
    assert address == read_email(address)


@given(st.emails())
def test_an_address_is_in_lower_case(address: str) -> None:
    """Reading an address does not depend on its case, or is refused in both."""

    def read(text: str) -> str | None:
        try:
            return read_email(text)
        except BadRecipientError:
            return None

    assert read(address) == read(f" {address.upper()}\n")


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "a@b",
        "a@b.c",
        "a..b@b.co",
        "a b@b.co",
        "o’neil@b.co",
        "a@-b.co",
        "a@b.c0m",
        "@b.co",
        "a@b..co",
        f"{'a' * 315}@b.com",
        f"a@{'b.' * 130}com",
    ],
)
def test_an_address_that_is_none_is_told(typed: str) -> None:
    """In Notify's words."""
    with pytest.raises(BadRecipientError, match="Not a valid email address"):
        read_email(typed)
