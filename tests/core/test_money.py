"""lg_core.money: whole pence, and never a penny lost."""

import copy
import json
import pickle
import subprocess
import sys
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Annotated, Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from pydantic import BaseModel, Field, ValidationError

import lg_core
from lg_core.errors import InvalidValueError
from lg_core.identifiers import Lgsl
from lg_core.money import (
    MoneyFault,
    Pence,
    VatRate,
    VatSplit,
    add_vat,
    allocate,
    format_pounds,
    parse_pounds,
    split_evenly,
    split_vat,
)

MESSAGES: dict[MoneyFault, str] = {}

LIMIT = 999_999_999_999
WHOLE = 10_000

pennies = st.integers(-LIMIT, LIMIT).map(Pence)
rates = st.integers(0, WHOLE).map(VatRate)
weighings = st.lists(st.integers(0, 10**9), min_size=1, max_size=40).filter(any)


def untyped(value: object) -> Any:
    """Hide a value's type, to give a function what a type checker would refuse."""
    return value


Operation = Callable[[Any, Any], object]


def add(one: Any, other: Any) -> object:
    """Add what a type checker would not let us add."""
    return one + other


def subtract(one: Any, other: Any) -> object:
    """Subtract what a type checker would not let us subtract."""
    return one - other


def multiply(one: Any, other: Any) -> object:
    """Multiply what a type checker would not let us multiply."""
    return one * other


def true_divide(one: Any, other: Any) -> object:
    """Divide with /."""
    return one / other


def floor_divide(one: Any, other: Any) -> object:
    """Divide with //."""
    return one // other


def remainder(one: Any, other: Any) -> object:
    """Take the remainder with %."""
    return one % other


def both_divide(one: Any, other: Any) -> object:
    """Divide with divmod."""
    return divmod(one, other)


def power(one: Any, other: Any) -> object:
    """Raise with **."""
    return one**other


class Line(BaseModel):
    """A model with an amount, as a platform's request has."""

    amount: Pence


# ------------------------------------------------------------------------------ Pence


@pytest.mark.parametrize(
    "value", [46.5, 46.0, "4650", True, None, Decimal(4650), Fraction(4650), Lgsl(58)]
)
def test_pence_is_made_from_int_and_pence_only(value: object) -> None:
    """A float, text, a bool or another kind of number is refused, with the way out."""
    with pytest.raises(InvalidValueError) as caught:
        Pence(untyped(value))

    assert caught.value.code == MoneyFault.WRONG_TYPE
    assert "parse_pounds" in caught.value.message
    assert "465" not in caught.value.message


def test_pence_of_pence_is_the_same_amount() -> None:
    """Making Pence of Pence changes nothing."""
    assert Pence(4650) == Pence(Pence(4650))


@given(pennies, pennies)
def test_plus_and_minus_stay_pence(one: Pence, other: Pence) -> None:
    """Sums and differences of Pence are Pence, and are those of the integers."""
    results: list[tuple[int, Pence]] = [
        (int(one) + int(other), one + other),
        (int(one) - int(other), one - other),
        (-int(one), -one),
        (int(one), +one),
        (abs(int(one)), abs(one)),
    ]

    assert [expected for expected, _ in results] == [result for _, result in results]
    assert [Pence] * 5 == [type(result) for _, result in results]


@given(pennies, st.integers(-1000, 1000))
def test_times_a_whole_number_stays_pence(amount: Pence, times: int) -> None:
    """A multiple of Pence is Pence from either side."""
    assert int(amount) * times == amount * times == times * amount
    assert Pence is type(amount * times)
    assert Pence is type(times * amount)


@given(st.lists(pennies, min_size=1))
def test_sum_gives_pence(amounts: list[Pence]) -> None:
    """`sum` works, because nought plus Pence does."""
    assert sum(int(amount) for amount in amounts) == sum(amounts)
    assert Pence is type(sum(amounts))


@pytest.mark.parametrize("other", [1, True, 1.0, Decimal(1), "1", None, False, 0], ids=repr)
@pytest.mark.parametrize("mix", [add, subtract])
def test_a_bare_number_cannot_be_added(mix: Operation, other: object) -> None:
    """A number without a unit is neither added to Pence nor taken from it, not even nought."""
    with pytest.raises(TypeError, match="parse_pounds"):
        mix(Pence(100), other)


@pytest.mark.parametrize(("mix", "other"), [(add, 1), (add, -1), (subtract, 1), (subtract, 0)])
def test_pence_cannot_be_added_to_a_bare_number(mix: Operation, other: int) -> None:
    """On the left side only nought before a plus is taken, for the sake of `sum`."""
    with pytest.raises(TypeError, match="parse_pounds"):
        mix(other, Pence(100))


@pytest.mark.parametrize(
    "other", [0.5, Decimal("0.5"), Pence(2), True, "2", Fraction(1, 2)], ids=repr
)
def test_pence_times_anything_but_a_whole_number_raises(other: object) -> None:
    """A share of money is an allocation, and money times money is nothing."""
    with pytest.raises(TypeError, match="allocate"):
        multiply(Pence(100), other)


@pytest.mark.parametrize(
    "divide", [true_divide, floor_divide, remainder, both_divide, power], ids=lambda f: f.__name__
)
@pytest.mark.parametrize("other", [3, Pence(3)], ids=repr)
def test_division_raises_and_names_what_to_use(divide: Operation, other: int) -> None:
    """Whatever would lose pennies says which function does not."""
    with pytest.raises(TypeError, match=r"split_evenly.*allocate"):
        divide(Pence(100), other)
    with pytest.raises(TypeError, match=r"split_evenly.*allocate"):
        divide(other, Pence(100))


@pytest.mark.parametrize(
    ("left", "kind"), [(0.5, float), (Decimal("0.5"), Decimal), (True, int)], ids=repr
)
@pytest.mark.parametrize("mix", [add, subtract, multiply])
def test_what_python_does_not_let_us_refuse_is_no_pence(
    mix: Operation, left: object, kind: type
) -> None:
    """A float, a Decimal or a bool on the left decides alone, and what comes out is no Pence."""
    assert kind is type(mix(left, Pence(100)))


def test_a_power_with_a_modulus_raises_too() -> None:
    """The form of `pow` with three arguments is no way round."""
    with pytest.raises(TypeError, match="allocate"):
        pow(Pence(100), 2, 7)


def test_pence_is_shown_with_its_type_and_prints_its_digits() -> None:
    """`repr` says what it is; `str` and an f-string give the digits of the pence."""
    assert repr(Pence(4650)) == "Pence(4650)"
    assert (str(Pence(4650)), f"{Pence(4650)}", str(Pence(-5))) == ("4650", "4650", "-5")


def test_pence_compares_and_hashes_as_int() -> None:
    """An amount finds itself in a dictionary keyed by integers."""
    assert Pence(5) == 5
    assert Pence(4) < Pence(5) <= 5
    assert {5: "five"}[Pence(5)] == "five"


def test_pence_cannot_be_changed() -> None:
    """There is nowhere to put an attribute."""
    with pytest.raises(AttributeError):
        untyped(Pence(5)).note = "x"


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_pence_survives_pickle(protocol: int) -> None:
    """A task queue brings back the amount as Pence, whichever protocol it uses."""
    again = pickle.loads(pickle.dumps(Pence(-4650), protocol=protocol))

    assert (Pence, -4650) == (type(again), again)


def test_pence_survives_copies_and_json() -> None:
    """A copy is Pence, and JSON has a plain integer."""
    assert [Pence] * 2 == [type(copy.copy(Pence(5))), type(copy.deepcopy(Pence(5)))]
    assert json.dumps({"amount": Pence(4650)}) == '{"amount": 4650}'


# ------------------------------------------------------------------------------ pydantic


@pytest.mark.parametrize(
    "amount", ["4650", "4650.0", "46.5", '"4650"', "true", "null", "[]"], ids=repr
)
def test_a_model_reads_json_integers_only(amount: str) -> None:
    """In JSON an amount is an integer: no decimal, not even .0, no text and no truth value."""
    text = f'{{"amount": {amount}}}'
    if amount == "4650":
        assert Pence(4650) == Line.model_validate_json(text).amount
        return

    with pytest.raises(ValidationError):
        Line.model_validate_json(text)


@pytest.mark.parametrize("amount", [46.5, 46.0, "4650", True, Decimal(4650)], ids=repr)
def test_a_model_is_strict_in_python_too(amount: object) -> None:
    """A model does not turn anything into money by itself."""
    with pytest.raises(ValidationError):
        Line(amount=untyped(amount))


@given(pennies)
def test_a_model_brings_an_amount_back(amount: Pence) -> None:
    """What a model writes it reads, and the field is Pence again."""
    line = Line(amount=amount)
    again = Line.model_validate_json(line.model_dump_json())

    assert line == again
    assert Pence is type(again.amount)
    assert f'{{"amount":{int(amount)}}}' == line.model_dump_json()


def test_a_model_takes_a_plain_int_and_gives_pence() -> None:
    """A platform's answer has plain integers; the field is Pence."""
    assert Pence is type(Line.model_validate({"amount": 4650}).amount)


def test_a_model_dumps_pence_to_python_and_a_plain_int_for_json() -> None:
    """Code keeps the type, and what goes to a JSON library of another kind is plain."""
    line = Line(amount=Pence(5))

    assert Pence is type(line.model_dump()["amount"])
    assert int is type(line.model_dump(mode="json")["amount"])


def test_the_json_schema_is_an_integer() -> None:
    """A published schema shows an integer."""
    shown = Line.model_json_schema()["properties"]["amount"]

    assert shown == {"title": "Amount", "type": "integer"}


def test_a_field_may_limit_the_amount() -> None:
    """A limit on the field holds, and the field is still Pence."""

    class Limited(BaseModel):
        amount: Annotated[Pence, Field(ge=1, le=10_000_000)]

    assert Pence is type(Limited(amount=Pence(1)).amount)
    for outside in (Pence(0), Pence(10_000_001)):
        with pytest.raises(ValidationError):
            Limited(amount=outside)


def test_the_module_imports_without_pydantic() -> None:
    """Whoever counts money without models does not pay for loading pydantic."""
    code = (
        "import sys, types\n"
        "package = types.ModuleType('lg_core')\n"
        f"package.__path__ = {list(lg_core.__path__)!r}\n"
        "sys.modules['lg_core'] = package\n"
        "import lg_core.money\n"
        "sys.exit('pydantic' in sys.modules or 'pydantic_core' in sys.modules)\n"
    )

    done = subprocess.run([sys.executable, "-c", code], check=False, cwd=Path(__file__).parent)  # noqa: S603  # our own lines

    assert done.returncode == 0


# ------------------------------------------------------------------------------ reading


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1.15", 115),
        ("4.35", 435),
        ("64.10", 6410),
        ("£1,234.50", 123450),
        ("1234", 123400),
        ("-3.20", -320),
        ("-£3.20", -320),
        ("46.5", 4650),
        (".50", 50),
        ("£.5", 50),
        ("0", 0),
        ("-0", 0),
        ("007.50", 750),
        ("  £12 \n", 1200),
        ("\N{NO-BREAK SPACE}12", 1200),
        ("9,999,999,999.99", LIMIT),
        ("1,234,567", 123456700),
        ("0" * 20 + "1", 100),
    ],
)
def test_an_amount_in_pounds_is_read(text: str, expected: int) -> None:
    """What people and files write as pounds becomes the exact pence."""
    assert Pence(expected) == parse_pounds(text)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", MoneyFault.EMPTY),
        (" \t", MoneyFault.EMPTY),
        ("£ 12", MoneyFault.BLANK_INSIDE),
        ("1 234.50", MoneyFault.BLANK_INSIDE),
        ("- 3.20", MoneyFault.BLANK_INSIDE),
        ("1.15\n2.15", MoneyFault.BLANK_INSIDE),
        ("€12.00", MoneyFault.CURRENCY),
        ("$12.00", MoneyFault.CURRENCY),
        ("12.00GBP", MoneyFault.CURRENCY),
        ("50p", MoneyFault.CURRENCY),
        ("NaN", MoneyFault.CURRENCY),
        ("0x10", MoneyFault.CURRENCY),
        ("1e3", MoneyFault.EXPONENT),
        ("1.2E+3", MoneyFault.EXPONENT),
        ("\u0661\u0662", MoneyFault.NOT_ASCII),
        ("\uff11\uff12", MoneyFault.NOT_ASCII),
        ("\N{MINUS SIGN}3.20", MoneyFault.NOT_ASCII),
        ("1.155", MoneyFault.DECIMALS),
        ("1,234.567", MoneyFault.DECIMALS),
        ("1,23", MoneyFault.COMMAS),
        ("12,34.00", MoneyFault.COMMAS),
        ("1234,567", MoneyFault.COMMAS),
        (",123", MoneyFault.COMMAS),
        ("1.234,56", MoneyFault.COMMAS),
        ("5.", MoneyFault.UNREADABLE),
        (".", MoneyFault.UNREADABLE),
        ("£", MoneyFault.UNREADABLE),
        ("-", MoneyFault.UNREADABLE),
        ("--5", MoneyFault.UNREADABLE),
        ("+5", MoneyFault.UNREADABLE),
        ("5-", MoneyFault.UNREADABLE),
        ("£-5", MoneyFault.UNREADABLE),
        ("££5", MoneyFault.UNREADABLE),
        ("(3.20)", MoneyFault.UNREADABLE),
        ("1_000", MoneyFault.UNREADABLE),
        ("10000000000.00", MoneyFault.TOO_LARGE),
        ("-10,000,000,000", MoneyFault.TOO_LARGE),
        ("9" * 5000, MoneyFault.TOO_LARGE),
    ],
)
def test_what_is_no_amount_is_refused_by_name(text: str, fault: MoneyFault) -> None:
    """Each fault has its code, and the error does not repeat the text."""
    with pytest.raises(InvalidValueError) as caught:
        parse_pounds(text)

    assert fault == caught.value.code
    assert caught.value.field == "amount"


@pytest.mark.parametrize("value", [1.15, 115, Decimal("1.15"), True, None, b"1.15"], ids=repr)
def test_only_text_is_read(value: object) -> None:
    """A float is refused by type: it has lost the amount already."""
    with pytest.raises(InvalidValueError, match="must be text") as caught:
        parse_pounds(untyped(value))

    assert caught.value.code == MoneyFault.WRONG_TYPE


@given(st.text(st.sampled_from("0123456789.,£-+ eE٣$"), max_size=12))
def test_reading_agrees_with_decimal_or_refuses(text: str) -> None:
    """Whatever is accepted is exactly what Decimal makes of the same digits."""
    try:
        amount = parse_pounds(text)
    except InvalidValueError:
        return

    plain = text.strip().replace("£", "").replace(",", "")

    assert Decimal(plain) * 100 == int(amount)


@given(st.text(max_size=60) | st.text(st.sampled_from("0123456789.,£- €e"), max_size=12))
def test_reading_any_text_gives_pence_or_our_error(text: str) -> None:
    """No text makes it fail in another way, and what the error says does not depend on it."""
    try:
        outcome: object = parse_pounds(text)
    except InvalidValueError as error:
        outcome = MoneyFault(error.code)
        assert MESSAGES.setdefault(outcome, error.message) == error.message  # noqa: PT017  # one check of two

    assert isinstance(outcome, Pence | MoneyFault)


# ------------------------------------------------------------------------------ writing


@given(amount=pennies, symbol=st.booleans(), commas=st.booleans(), whole=st.booleans())
def test_what_is_written_is_read_back(
    amount: Pence,
    *,
    symbol: bool,
    commas: bool,
    whole: bool,
) -> None:
    """Reading what was written gives the same amount, however it was written."""
    written = format_pounds(amount, symbol=symbol, commas=commas, whole=whole)

    assert amount == parse_pounds(written)


@pytest.mark.parametrize(
    ("amount", "options", "expected"),
    [
        (4650, {}, "£46.50"),
        (5, {}, "£0.05"),
        (0, {}, "£0.00"),
        (-320, {}, "-£3.20"),
        (-5, {}, "-£0.05"),
        (123450, {}, "£1,234.50"),
        (123450, {"commas": False}, "£1234.50"),
        (123450, {"symbol": False}, "1,234.50"),
        (-123450, {"symbol": False, "commas": False}, "-1234.50"),
        (4600, {"whole": True}, "£46"),
        (4650, {"whole": True}, "£46.50"),
        (0, {"whole": True}, "£0"),
        (10**15, {}, "£10,000,000,000,000.00"),
    ],
)
def test_an_amount_is_written_in_pounds(
    amount: int, options: dict[str, bool], expected: str
) -> None:
    """Pounds are written as people in the United Kingdom read them."""
    assert expected == format_pounds(Pence(amount), **options)


def test_a_float_is_not_written() -> None:
    """Pounds in a float are not taken for pence."""
    with pytest.raises(InvalidValueError):
        format_pounds(untyped(46.5))


# ------------------------------------------------------------------------------ VAT


@given(pennies, rates)
def test_net_and_vat_are_the_gross(gross: Pence, rate: VatRate) -> None:
    """Nothing is lost, and the VAT is the exact one rounded to the nearest penny."""
    split = split_vat(gross, rate=rate)
    exact = Fraction(int(gross) * rate.basis_points, WHOLE + rate.basis_points)

    assert gross == split.net + split.vat == split.gross
    assert abs(exact - int(split.vat)) <= Fraction(1, 2)
    assert [Pence, Pence] == [type(split.net), type(split.vat)]


@given(pennies, rates)
def test_a_refund_mirrors_the_charge(amount: Pence, rate: VatRate) -> None:
    """The VAT of a refund is exactly the negative of that of the charge."""
    out, on = split_vat(amount, rate=rate), add_vat(amount, rate=rate)

    assert VatSplit(-out.net, -out.vat) == split_vat(-amount, rate=rate)
    assert VatSplit(-on.net, -on.vat) == add_vat(-amount, rate=rate)


@given(pennies, rates)
def test_vat_that_was_added_is_taken_out_again(net: Pence, rate: VatRate) -> None:
    """Taking VAT out of a gross that was made by adding it gives the net back."""
    assume(rate.basis_points < WHOLE)
    added = add_vat(net, rate=rate)

    assert net == added.net
    assert abs(int(net) * rate.basis_points - int(added.vat) * WHOLE) * 2 <= WHOLE
    assert added == split_vat(added.gross, rate=rate)


@pytest.mark.parametrize(
    ("gross", "rate", "expected"),
    [
        (12000, 2000, (10000, 2000)),
        (100, 2000, (83, 17)),
        (3, 2000, (2, 1)),
        (9, 2000, (7, 2)),
        (-3, 2000, (-2, -1)),
        (2, 2000, (2, 0)),
        (10500, 500, (10000, 500)),
        (11750, 1750, (10000, 1750)),
        (4650, 0, (4650, 0)),
        (0, 2000, (0, 0)),
    ],
)
def test_vat_is_taken_out(gross: int, rate: int, expected: tuple[int, int]) -> None:
    """Half a penny is rounded away from nought; at nought per cent all of it is net."""
    split = split_vat(Pence(gross), rate=VatRate(rate))

    assert expected == (split.net, split.vat)


@pytest.mark.parametrize(
    ("net", "rate", "vat"), [(10000, 2000, 2000), (10, 500, 1), (-10, 500, -1), (9, 500, 0)]
)
def test_vat_is_added(net: int, rate: int, vat: int) -> None:
    """Half a penny is rounded away from nought here too."""
    assert VatSplit(Pence(net), Pence(vat)) == add_vat(Pence(net), rate=VatRate(rate))


@pytest.mark.parametrize("points", [-1, WHOLE + 1], ids=repr)
def test_a_rate_outside_its_range_is_refused(points: int) -> None:
    """A rate is 0% to 100%."""
    with pytest.raises(InvalidValueError) as caught:
        VatRate(points)

    assert caught.value.code == MoneyFault.OUT_OF_RANGE


@pytest.mark.parametrize("points", [20.0, "20%", True, None, Decimal(2000)], ids=repr)
def test_a_rate_is_a_whole_number(points: object) -> None:
    """A per cent as a float or text is refused, not read as hundredths."""
    with pytest.raises(InvalidValueError) as caught:
        VatRate(untyped(points))

    assert caught.value.code == MoneyFault.WRONG_TYPE


@pytest.mark.parametrize(
    ("points", "expected"),
    [
        (2000, "20%"),
        (1750, "17.5%"),
        (1, "0.01%"),
        (0, "0%"),
        (WHOLE, "100%"),
        (1000, "10%"),
        (1010, "10.1%"),
    ],
)
def test_a_rate_prints_as_a_per_cent(points: int, expected: str) -> None:
    """People read a per cent."""
    assert expected == str(VatRate(points))


# ------------------------------------------------------------------------------ sharing out


@given(pennies, weighings)
def test_shares_add_up_and_are_fair(total: Pence, weights: list[int]) -> None:
    """Shares add up exactly, each is within a penny of the exact one, and nought gets nothing."""
    shares = allocate(total, weights)
    exact = [Fraction(int(total) * weight, sum(weights)) for weight in weights]

    assert total == sum(shares)
    assert len(weights) == len(shares)
    assert all(abs(e - int(share)) < 1 for e, share in zip(exact, shares, strict=True))
    assert all(share == 0 for share, w in zip(shares, weights, strict=True) if w == 0)
    assert {Pence} == {type(share) for share in shares}


@given(pennies, weighings)
def test_the_shares_of_a_refund_mirror_those_of_the_charge(
    total: Pence, weights: list[int]
) -> None:
    """Taking back what was shared out leaves nothing on any line."""
    assert tuple(-share for share in allocate(total, weights)) == allocate(-total, weights)


@given(pennies, weighings, st.integers(2, 1000))
def test_only_proportions_count(total: Pence, weights: list[int], times: int) -> None:
    """Weights in another unit give the same shares."""
    assert allocate(total, weights) == allocate(total, [weight * times for weight in weights])


@given(pennies, weighings)
def test_left_over_pennies_go_to_the_largest_remainders_the_first_of_equals(
    total: Pence, weights: list[int]
) -> None:
    """No line that was rounded up had a smaller remainder than one that was not."""
    amount, whole = abs(int(total)), sum(weights)
    shares = allocate(Pence(amount), weights)
    ranks = [(-(amount * weight % whole), i) for i, weight in enumerate(weights)]
    up = [amount * w // whole < s for w, s in zip(weights, shares, strict=True)]

    raised = [rank for rank, higher in zip(ranks, up, strict=True) if higher]
    others = [rank for rank, higher in zip(ranks, up, strict=True) if not higher]

    assert not raised or not others or max(raised) < min(others)


@pytest.mark.parametrize(
    ("total", "weights", "expected"),
    [
        (100, [1, 1, 1], (34, 33, 33)),
        (-100, [1, 1, 1], (-34, -33, -33)),
        (1, [0, 5, 5], (0, 1, 0)),
        (101, [3, 7], (30, 71)),
        (10, [1], (10,)),
        (0, [2, 3], (0, 0)),
        (5, [Pence(100), Pence(300)], (1, 4)),
    ],
)
def test_shares_by_example(total: int, weights: list[int], expected: tuple[int, ...]) -> None:
    """The largest remainder gets the penny, and the first of equal ones."""
    assert expected == allocate(Pence(total), weights)


@pytest.mark.parametrize("weights", [[], [0, 0], [1, -1], [-2]])
def test_weights_that_share_nothing_are_refused(weights: list[int]) -> None:
    """No weights, only noughts, or a negative one cannot share anything out."""
    with pytest.raises(InvalidValueError) as caught:
        allocate(Pence(100), weights)

    assert (caught.value.code, caught.value.field) == (MoneyFault.OUT_OF_RANGE, "weights")


@pytest.mark.parametrize("weight", [0.5, "1", True, None, Decimal(1)], ids=repr)
def test_weights_are_whole_numbers(weight: object) -> None:
    """A weight as a float is refused: its proportions are not exact."""
    with pytest.raises(InvalidValueError) as caught:
        allocate(Pence(100), [1, untyped(weight)])

    assert caught.value.code == MoneyFault.WRONG_TYPE


@given(pennies, st.integers(1, 60))
def test_even_parts_differ_by_a_penny_at_most(total: Pence, parts: int) -> None:
    """Instalments add up, differ by at most a penny, and the larger ones come first."""
    shares = split_evenly(total, parts)
    sizes = [abs(int(share)) for share in shares]

    assert (total, parts) == (sum(shares), len(shares))
    assert max(sizes) - min(sizes) <= 1
    assert sorted(sizes, reverse=True) == sizes


@pytest.mark.parametrize(
    ("parts", "fault"),
    [
        (0, MoneyFault.OUT_OF_RANGE),
        (-1, MoneyFault.OUT_OF_RANGE),
        (2.0, MoneyFault.WRONG_TYPE),
        (True, MoneyFault.WRONG_TYPE),
    ],
)
def test_parts_are_one_or_more(parts: object, fault: MoneyFault) -> None:
    """An amount cannot be split into no parts, or into half a part."""
    with pytest.raises(InvalidValueError) as caught:
        split_evenly(Pence(100), untyped(parts))

    assert (fault, "parts") == (caught.value.code, caught.value.field)
