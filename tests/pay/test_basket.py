"""lg_pay.basket: lines in, metadata out, the same lines back or a refusal."""

import json
import pickle
import subprocess
import sys
from collections.abc import Mapping
from importlib.resources import files
from typing import Any

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from lg_core.errors import InvalidValueError
from lg_core.money import Pence, VatRate
from lg_pay import NewPayment
from lg_pay._basket_fields import field_fault, personal_shape
from lg_pay._basket_text import RESERVED, checksum
from lg_pay._basket_vectors import text as vectors_text
from lg_pay.basket import (
    BasketError,
    BasketFault,
    Line,
    _line_text,
    _read_line,
    decode,
    encode,
    is_basket,
    total,
)

ALPHABET = "".join(chr(n) for n in (*range(0x20, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x180)))
BLOCKED = set('<>|"\\')
BIN = Line("GW", "10012345", Pence(4650), "SR", VatRate(2000), "BIN")


def allowed(text: str) -> bool:
    """Say whether a field may hold a text."""
    return field_fault(text) is None


texts = st.text(ALPHABET, max_size=12).filter(allowed)
codes = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9;!^<]{0,5}", fullmatch=True).filter(allowed)
lines = st.builds(
    Line,
    fund=codes,
    account=texts,
    amount=st.integers(-20_000, 400_000).map(Pence),
    vat_code=texts,
    vat_rate=st.none() | st.integers(0, 10_000).map(VatRate),
    narrative=texts,
)
baskets = st.lists(lines, min_size=1, max_size=12).filter(
    lambda basket: 0 <= total(basket) <= 10_000_000
)


def written(basket: list[Line]) -> dict[str, str]:
    """Write a basket, and pass over one that happens to be too large."""
    try:
        return encode(basket)
    except BasketError as error:
        assume(error.code != BasketFault.TOO_LARGE)
        raise


def untyped(value: object) -> Any:
    """Hide a value's type, to give a function what a type checker would refuse."""
    return value


# ------------------------------------------------------------------ there and back


@given(baskets, st.randoms(use_true_random=False))
def test_what_is_written_is_read(basket: list[Line], chance: Any) -> None:
    """Any lines come back as they were, in order, however the pairs are ordered and cased."""
    pairs = list(written(basket).items())
    chance.shuffle(pairs)
    metadata = {chance.choice((key, key.upper())): value for key, value in pairs}

    assert tuple(basket) == decode(metadata, amount=total(basket))


@given(baskets)
def test_the_pairs_keep_the_limits_of_gov_uk_pay(basket: list[Line]) -> None:
    """At most 15 pairs, keys of 30, values of 100, and no sign that the firewall refuses."""
    pairs = written(basket)

    assert len(pairs) <= 15
    assert all(1 <= len(key) <= 30 and RESERVED.fullmatch(key) for key in pairs)
    assert all(1 <= len(value) <= 100 for value in pairs.values())
    assert not BLOCKED & set("".join([*pairs, *pairs.values()]))
    assert not any(value.isdigit() for value in pairs.values())
    NewPayment(
        amount=total(basket),
        reference="GW-1",
        description="Garden waste",
        return_url="https://www.example.gov.uk/paid",
        metadata={**pairs},
    )


@given(baskets)
def test_the_same_lines_give_the_same_pairs(basket: list[Line]) -> None:
    """Writing is deterministic, and a pair's number follows its place."""
    pairs = written(basket)

    assert list(pairs.items()) == list(encode(tuple(basket)).items())
    assert ["lg_basket", *(f"lg_basket_{n}" for n in range(1, len(pairs)))] == list(pairs)


@given(baskets, st.dictionaries(st.sampled_from(["case", "uprn", "lg_basket_of"]), st.integers()))
def test_other_pairs_are_passed_over(basket: list[Line], own: dict[str, int]) -> None:
    """What stands beside a basket does not disturb it."""
    pairs = written(basket)
    assume(len(pairs) + len(own) <= 15)

    joined: dict[str, str | int] = {**encode(basket, beside=own), **own}

    assert pairs == encode(basket, beside=own)
    assert tuple(basket) == decode(joined)


def test_forty_two_short_lines_fit() -> None:
    """Many lines of usual length go into one payment."""
    basket = [Line("GW", f"100123{n:02}", Pence(4650), "SR", VatRate(2000), "B") for n in range(42)]

    assert tuple(basket) == decode(encode(basket))


def test_lines_beside_five_pairs_of_your_own() -> None:
    """With five pairs of the caller's, more than twenty lines still fit."""
    basket = [Line("GW", f"100123{n:02}", Pence(4650), "SR", VatRate(2000), "B") for n in range(27)]
    own = {f"own_{n}": "x" for n in range(5)}

    pairs: dict[str, str] = encode(basket, beside=own) | own

    assert 15 == len(pairs)
    assert tuple(basket) == decode(pairs)


def test_a_basket_reads_as_a_person_would_write_it() -> None:
    """The pairs can be read in the admin tool."""
    assert "GW;10012345;4650;SR;2000;BIN" == encode([BIN])["lg_basket_1"]
    assert "GW;10012345;4650" == encode([Line("GW", "10012345", Pence(4650))])["lg_basket_1"]
    assert encode([BIN])["lg_basket"].startswith("1;1;4650;")


# ------------------------------------------------------------------ a change is found


NAMES = ("lg_basket_99", "lg_basket_01", "lg_basket_0", "lg_basket_2", "Lg_Basket", "basket", "x")


@st.composite
def edits(draw: st.DrawFn, metadata: Mapping[str, str]) -> dict[str, Any]:
    """Make any kind of single edit of metadata."""
    edited: dict[str, Any] = dict(metadata)
    one, other = (draw(st.sampled_from(sorted(metadata))) for _ in range(2))
    name = draw(st.sampled_from(NAMES))
    match draw(st.sampled_from(["splice", "value", "number", "drop", "rename", "add", "swap"])):
        case "splice":
            at, gone = draw(st.integers(0, len(metadata[one]))), draw(st.integers(0, 3))
            new = draw(st.text(ALPHABET, max_size=3))
            edited[one] = metadata[one][:at] + new + metadata[one][at + gone :]
        case "value":
            edited[one] = draw(st.text(ALPHABET, max_size=20)) or metadata[other]
        case "number":
            edited[one] = draw(st.integers() | st.booleans() | st.floats(allow_nan=False))
        case "drop":
            del edited[one]
        case "rename":
            edited[name] = edited.pop(one)
        case "add":
            edited[name] = metadata[one]
        case _:
            edited[one], edited[other] = metadata[other], metadata[one]
    return edited


LOST = ("changed", "missing", "repeated", "unreadable", "version")


def read_or_refused(metadata: Mapping[str, Any]) -> object:
    """Return the lines, or the code with which they were refused."""
    try:
        return decode(metadata)
    except BasketError as error:
        return error.code


@given(st.data())
def test_any_single_edit_is_refused_or_changes_nothing(data: st.DataObject) -> None:
    """No edit of one pair makes other lines of a basket, or hides that there was one."""
    basket = data.draw(baskets)
    edited = data.draw(edits(written(basket)))

    assert is_basket(edited)
    assert read_or_refused(edited) in {tuple(basket), *LOST}


@given(
    st.dictionaries(st.sampled_from(["lg_basket", "lg_basket_1", "x"]), st.text() | st.integers())
)
@example({"lg_basket": "1;1;1;0000000000000000", "lg_basket_1": "GW;1;1"})
def test_whatever_stands_there_is_read_or_refused(metadata: dict[str, str | int]) -> None:
    """Reading raises nothing but a BasketError."""
    with pytest.raises(BasketError):
        decode(metadata)


def test_none_is_no_basket() -> None:
    """A payment without metadata holds no basket, and says so."""
    assert not is_basket(None)
    assert not is_basket({"case": "1"})
    with pytest.raises(BasketError) as caught:
        decode(None)

    assert BasketFault.NOT_A_BASKET == caught.value.code


def test_a_letter_that_folds_to_another_is_not_ours() -> None:
    """Only plain letters make a key of a basket: the long s is none."""
    assert not is_basket({"lg_ba\u017fket": "x"})


def test_the_payment_must_be_of_the_same_amount() -> None:
    """Lines that do not add up to the payment are refused when the payment's amount is given."""
    with pytest.raises(BasketError) as caught:
        decode(encode([BIN]), amount=Pence(4651))

    assert BasketFault.WRONG_AMOUNT == caught.value.code


def test_what_was_paid_can_be_read_when_it_could_not_be_written() -> None:
    """A basket that another program wrote with a personal-looking code is read, to be posted."""
    held = "GW;ZZ1 1ZZ;1"
    pairs = {"lg_basket": f"1;1;1;{checksum('1;1;1', [held])}", "lg_basket_1": held}

    assert "ZZ1 1ZZ" == decode(pairs)[0].account


# ------------------------------------------------------------------ what is refused


@pytest.mark.parametrize(
    "text",
    [
        "someone@example.gov.uk",
        "x someone%40example.org",
        "07700 900461",
        "07700900461",
        "(020) 7946 0018",
        "020-7946-0018",
        "0113.496.0001",
        "01632 96000",
        "0800 100 200",
        "+44 7700 900461",
        "+44 (0)7700 900461",
        "0044 7700 900461",
        "ring 01632 960001, please",
        "+1 202 555 0143",
        "flat 3 07700900461",
        "12-34 (01632) 960001",
        "10 +44 7700 900461",
        "1 4444333322221111 2",
        "ZZ1 1ZZ",
        "zz11zz",
        "ZZ1A-1ZZ",
        "flat 2, ZZ99 9ZZ",
        "BFPO 57",
        "GIR 0AA",
        "STHL 1ZZ",
        "4444 3333 2222 1111",
        "4444333322221111",
        "371449635398431",
        "5555-5555-5555-4444",
    ],
)
def test_what_looks_personal_is_refused_in_every_field(text: str) -> None:
    """An e-mail address, telephone number, postcode or card number is refused, and not repeated."""
    for name in ("account", "vat_code", "narrative"):
        line = Line(**untyped({"fund": "GW", "account": "1", "amount": Pence(1)} | {name: text}))
        with pytest.raises(BasketError) as caught:
            encode([BIN, line])

        assert (f"lines[1].{name}", "personal") == (caught.value.field, caught.value.code)
        assert text not in caught.value.message


@pytest.mark.parametrize(
    "text",
    [
        "600123456",  # council tax, 9 digits
        "60012345678901",  # council tax, 14 digits
        "12345678901",  # housing rent
        "100012345678",  # a UPRN
        "010001234567",  # a UPRN with its noughts
        "10012345",
        "BJ1234567A",
        "SM31234567",
        "26/00123/FUL",
        "HR01632960001",
        "4444333322221112",  # no card: the check digit is wrong
        "GW-2026-0001",
        "2026-01-12345678",
        "26 000123",
        "0",
        "@",
        "",
    ],
)
def test_references_of_councils_are_taken(text: str) -> None:
    """The formats of councils' own references do not look personal."""
    assert "" == personal_shape(text)
    assert text == decode(encode([Line("GW", text, Pence(1))]))[0].account


def test_every_wrong_field_is_named_at_once() -> None:
    """Three faults in two lines are three faults of one error, and no value is repeated."""
    wrong = [
        Line("=GW", " 1", Pence(1)),
        Line("GW", "1", Pence(10**12), narrative="\u0391bc"),
    ]

    with pytest.raises(BasketError) as caught:
        encode(wrong)

    error = caught.value
    assert [
        ("lines[0].fund", "no_code"),
        ("lines[0].account", "blank_around"),
        ("lines[1].narrative", "alphabet"),
        ("lines[1].amount", "amount_range"),
    ] == [(where, code) for where, code, _ in error.faults]
    assert ("lines[0].fund", "no_code") == (error.field, error.code)
    assert "\u0391bc" not in error.message


def test_a_line_that_is_too_long_says_by_how_much() -> None:
    """A line must fit into one pair."""
    with pytest.raises(BasketError) as caught:
        encode([BIN, Line("GW", "x" * 110, Pence(1))])

    assert (BasketFault.LINE_TOO_LONG, 15) == (caught.value.code, caught.value.characters_over)
    assert "15 too many" in caught.value.message


@given(st.integers(15, 60), st.integers(0, 14))
def test_a_basket_that_is_too_large_says_by_how_much(number: int, own: int) -> None:
    """Without as many pairs as it names, the basket fits."""
    basket = [Line("GW", "x" * 90, Pence(1000))] * number
    beside = {f"own_{n}": "" for n in range(own)}

    with pytest.raises(BasketError) as caught:
        encode(basket, beside=beside)

    over = caught.value.pairs_over
    assert (BasketFault.TOO_LARGE, number + 1 + own - 15) == (caught.value.code, over)
    assert len("GW;" + "x" * 90 + ";1000") * over == caught.value.characters_over
    if over < number:
        encode(basket[:-over], beside=beside)


@pytest.mark.parametrize("key", ["lg_basket", "LG_BASKET_3", "lg_basket_99"])
def test_a_key_of_the_basket_s_own_is_refused(key: str) -> None:
    """A pair beside may not take a basket's key, in whatever capitals."""
    with pytest.raises(BasketError) as caught:
        encode([BIN], beside={key: "x"})

    assert BasketFault.KEY_CLASH == caught.value.code


@pytest.mark.parametrize("amount", [-1, 10_000_001])
def test_the_total_is_one_that_a_payment_may_have(amount: int) -> None:
    """A total under nought or over 100,000 pounds is refused."""
    with pytest.raises(BasketError) as caught:
        encode([Line("GW", "1", Pence(amount))])

    assert BasketFault.TOTAL_RANGE == caught.value.code


def test_an_empty_basket_is_refused() -> None:
    """There is at least one line."""
    with pytest.raises(BasketError) as caught:
        encode([])

    assert BasketFault.EMPTY == caught.value.code
    assert Pence(0) == total([])


@pytest.mark.parametrize(
    ("name", "value"),
    [("fund", 7), ("account", 7), ("amount", 4650), ("amount", 46.5), ("vat_rate", 20)],
)
def test_a_field_of_another_type_is_refused(name: str, value: object) -> None:
    """A bare number is no amount, no account and no rate."""
    with pytest.raises(InvalidValueError, match=name) as caught:
        Line(**untyped({"fund": "GW", "account": "1", "amount": Pence(1)} | {name: value}))

    assert (name, BasketFault.WRONG_TYPE) == (caught.value.field, caught.value.code)


# ------------------------------------------------------------------ values


def test_printing_a_line_does_not_show_the_account() -> None:
    """The account and the narrative can point to a person."""
    shown = repr(BIN)

    assert "10012345" not in shown
    assert "'BIN'" not in shown
    assert "GW" in shown


def test_lines_and_errors_pickle() -> None:
    """A line and an error survive a way to another process."""
    error = BasketError("Too large.", code="too_large", pairs_over=2, characters_over=150)

    again = pickle.loads(pickle.dumps(error))

    assert BIN == pickle.loads(pickle.dumps(BIN))
    assert ("too_large", 2, 150) == (again.code, again.pairs_over, again.characters_over)


def test_importing_it_loads_no_pydantic() -> None:
    """Baskets, funds, part payments and invitations need neither pydantic nor an HTTP library."""
    code = (
        "import lg_pay.basket, lg_pay.funds, lg_pay.part_payments, lg_pay.invitations, sys;"
        "print({'pydantic', 'httpx', 'structlog', 'sqlalchemy'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)  # noqa: S603

    assert "set()" == done.stdout.strip()


# ------------------------------------------------------------------ the written format


VECTORS: dict[str, Any] = json.loads(files("lg_pay").joinpath("basket_vectors.json").read_bytes())


def _line(held: Mapping[str, Any]) -> Line:
    rate = held["vat_rate"]
    values: dict[str, Any] = {
        **held,
        "amount": Pence(held["amount"]),
        "vat_rate": None if rate is None else VatRate(rate),
    }
    return Line(**values)


def test_the_vectors_are_those_of_the_code() -> None:
    """The shipped file is what the module makes: `python -m lg_pay._basket_vectors`."""
    shipped = files("lg_pay").joinpath("basket_vectors.json").read_text("utf-8")

    assert vectors_text() == shipped


@pytest.mark.parametrize("vector", VECTORS["written"], ids=lambda vector: vector["name"])
def test_a_vector_is_written_and_read(vector: dict[str, Any]) -> None:
    """Lines of the shipped file give its pairs, and the pairs its lines."""
    basket = tuple(map(_line, vector["lines"]))

    assert vector["metadata"] == encode(basket)
    assert basket == decode(vector["metadata"])


@pytest.mark.parametrize("vector", VECTORS["refused"], ids=lambda vector: vector["name"])
def test_a_vector_is_refused(vector: dict[str, Any]) -> None:
    """Lines of the shipped file that cannot be written are refused with its code."""
    own = {f"own_{number}": "" for number in range(vector["own_pairs"])}
    with pytest.raises(BasketError) as caught:
        encode([*map(_line, vector["lines"])], beside=own)

    assert vector["code"] == caught.value.code


@pytest.mark.parametrize("vector", VECTORS["unreadable"], ids=lambda vector: vector["name"])
def test_a_vector_cannot_be_read(vector: dict[str, Any]) -> None:
    """Pairs of the shipped file that are damaged are refused with its code."""
    with pytest.raises(BasketError) as caught:
        decode(vector["metadata"])

    assert vector["code"] == caught.value.code


def test_a_second_reader_agrees() -> None:
    """A reader written from the page alone, without this code, reads what is written."""
    import hashlib  # noqa: PLC0415  # the second reader's own

    escapes = dict(zip("01234567", '^;!<>|"\\', strict=True))
    for vector in VECTORS["written"]:
        pairs = dict(vector["metadata"])
        head, _, check = pairs.pop("lg_basket").rpartition(";")
        pieces = [pairs[f"lg_basket_{n}"] for n in range(1, len(pairs) + 1)]
        digest = hashlib.sha256("\n".join([head, *pieces]).encode("utf-8")).hexdigest()
        rows: list[list[str]] = []
        for line in "!".join(pieces).split("!"):
            fields: list[str] = []
            for part in line.split(";"):
                out, signs = "", iter(part)
                for sign in signs:
                    out += escapes[next(signs)] if sign == "^" else sign
                fields.append(out)
            rows.append(fields + [""] * (6 - len(fields)))

        assert digest[:16] == check
        assert head == f"1;{len(rows)};{sum(int(row[2]) for row in rows)}"
        assert [_as_text(line) for line in vector["lines"]] == rows


def _as_text(line: Mapping[str, Any]) -> list[str]:
    names = ("fund", "account", "amount", "vat_code", "vat_rate", "narrative")
    return ["" if line[name] is None else str(line[name]) for name in names]


@given(st.lists(st.text(alphabet='AG01^<|"\\-2', max_size=5), min_size=1, max_size=7).map(";".join))
@example("GW;46;0046")
@example("GW;46;46;;0")
@example("GW;46;46;;00")
@example("GW;46;-0")
@example("GW;46;46;")
def test_a_line_that_is_plain_is_written_as_it_was_read(text: str) -> None:
    """The short way of seeing that nothing was changed never says so of a line that was."""
    try:
        line, is_plain = _read_line(text)
    except BasketError:
        return

    assert not is_plain or text == _line_text(line)
