"""lg_core.models: what is sent is checked here, and what arrives is read generously."""

import enum
import pickle
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from typing import Annotated, Any, ClassVar

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import AfterValidator, Field, ValidationError

from lg_core.errors import InvalidValueError, ResponseShapeError
from lg_core.models import AnswerModel, RequestModel, WrongField, read_part


class Size(enum.StrEnum):
    """A closed vocabulary."""

    SMALL = "small"
    LARGE = "large"


def _even(number: int) -> int:
    if number % 2:
        raise InvalidValueError("must be even", code="odd")
    return number


def _never(number: int) -> int:
    raise ValueError(f"refused {number - number}")


class NewBin(RequestModel):
    """A bin to order."""

    shown: ClassVar[frozenset[str]] = frozenset({"size"})
    name: str = Field(min_length=2, max_length=5)
    size: Size = Size.SMALL
    litres: int = Field(default=100, ge=10, le=1000)
    pairs: Annotated[int, AfterValidator(_even)] = 2
    never: Annotated[int | None, AfterValidator(_never)] = Field(
        default=None, validate_default=False
    )
    lid: bool = Field(default=True, strict=True)
    weight: float = Field(default=1.0, allow_inf_nan=False)
    owner: str = Field(default="", alias="ownerName")

    def wrong_fields(self) -> Iterator[WrongField]:
        """A large bin has a lid, and is no toy."""
        if self.size is Size.LARGE and not self.lid:
            yield "lid", "needed", "is needed on a large bin."
        if self.size is Size.LARGE and self.litres < 50:
            yield "", "too_small", "A large bin holds 50 litres or more."


class Bin(AnswerModel):
    """A bin."""

    shown: ClassVar[frozenset[str]] = frozenset({"number"})
    number: int
    owner: str | None = None


def refusal(**values: object) -> InvalidValueError:
    """Build a request that is wrong, and return the error."""
    with pytest.raises(InvalidValueError) as caught:
        NewBin(**values)  # pyright: ignore[reportArgumentType] -- wrong on purpose
    return caught.value


@pytest.mark.parametrize(
    ("values", "field", "code", "said"),
    [
        ({}, "name", "missing", "name: is missing."),
        ({"name": 7}, "name", "string_type", "name: must be text."),
        ({"name": "a"}, "name", "string_too_short", "fewer than 2 characters"),
        ({"name": "abcdef"}, "name", "string_too_long", "more than 5 characters"),
        ({"name": "abc", "colour": "x"}, "colour", "unknown", "look for a slip of the pen"),
        ({"name": "abc", "size": "huge"}, "size", "enum", "must be 'small' or 'large'"),
        ({"name": "abc", "litres": 5}, "litres", "greater_than_equal", "must be 10 or more"),
        ({"name": "abc", "litres": 5000}, "litres", "less_than_equal", "must be 1000 or less"),
        ({"name": "abc", "pairs": 3}, "pairs", "odd", "pairs: must be even."),
        ({"name": "abc", "never": 3}, "never", "invalid", "never: refused 0."),
        ({"name": "abc", "lid": "perhaps"}, "lid", "bool_type", "must be True or False"),
        ({"name": "abc", "litres": []}, "litres", "int_type", "must be a whole number"),
        (
            {"name": "abc", "weight": "x"},
            "weight",
            "float_parsing",
            "cannot be used (float_parsing)",
        ),
    ],
)
def test_a_wrong_field_is_named_with_what_to_do(
    *, values: dict[str, object], field: str, code: str, said: str
) -> None:
    """The error gives the field, a stable code, and a sentence; it never repeats the value."""
    error = refusal(**values)

    assert (field, code) == (error.field, error.code)
    assert str(error).startswith(f"NewBin: {field}: ")
    assert said in str(error)


@given(secret=st.text(min_size=6, alphabet=st.characters(codec="utf-8")).map(lambda t: f"§{t}§"))
def test_a_refused_value_is_not_repeated(secret: str) -> None:
    """Neither the error, nor what it came from, holds a word of what was given."""
    error = refusal(name=secret, size=secret, litres=secret, lid=secret)

    assert secret not in f"{error!s}{error!r}"
    assert error.__cause__ is None
    assert error.__context__ is None


def test_every_wrong_field_is_named() -> None:
    """Several faults are told at once, the first of them by field and code."""
    error = refusal(size="huge", litres=5)

    assert ("name", "missing") == (error.field, error.code)
    assert "NewBin: name: is missing; size: must be 'small' or 'large'; litres: must be" in str(
        error
    )


def test_fields_that_do_not_fit_together_are_told() -> None:
    """wrong_fields() is asked once each field is right by itself."""
    both = refusal(name="abc", size=Size.LARGE, lid=False, litres=20)
    whole = refusal(name="abc", size="large", litres=20)

    assert ("lid", "needed") == (both.field, both.code)
    assert "NewBin: lid: is needed on a large bin; A large bin holds 50 litres or more." == str(
        both
    )
    assert (None, "too_small") == (whole.field, whole.code)


class NewRound(RequestModel):
    """A bin, and where it stands."""

    bin: NewBin
    place: str


def test_a_wrong_field_of_a_model_within_is_named_by_its_path() -> None:
    """A fault inside a part is told as one of the part, beside those of the whole."""
    with pytest.raises(InvalidValueError) as caught:
        NewRound(bin={"name": "a", "size": "huge"})  # pyright: ignore[reportCallIssue] -- wrong on purpose

    assert ("bin.name", "string_too_short") == (caught.value.field, caught.value.code)
    for told in ("bin.name: has fewer", "bin.size: must be", "place: is missing"):
        assert told in str(caught.value)


def test_a_request_is_frozen_and_takes_names_and_aliases() -> None:
    """A request can be kept and shared, and is built with our names or the platform's."""
    ours, theirs = NewBin(name="abc", owner="Bob"), NewBin(name="abc", ownerName="Bob")  # pyright: ignore[reportCallIssue] -- populate_by_name

    assert ours == theirs
    with pytest.raises(ValidationError):
        ours.name = "other"
    assert ours == pickle.loads(pickle.dumps(ours))


def test_a_model_without_rules_of_its_own_has_none() -> None:
    """A request model need not say anything of fields together."""

    class Plain(RequestModel):
        """A request."""

        name: str

    assert "abc" == Plain(name="abc").name


def test_only_the_listed_fields_are_printed() -> None:
    """What a person typed is not in a repr, an f-string or a log."""
    request, answer = NewBin(name="Evans", size=Size.LARGE), Bin(number=3, owner="Evans")

    assert "NewBin(size=<Size.LARGE: 'large'>)" == repr(request)
    assert "Bin(number=3)" == repr(answer)
    assert f"{request}{answer}" == f"{request!r}{answer!r}"


def test_an_answer_ignores_what_it_does_not_know() -> None:
    """A platform may add a field without notice."""
    answer = Bin.model_validate_json(b'{"number": 3, "owner": null, "colour": "green"}')

    assert Bin(number=3) == answer
    assert answer == pickle.loads(pickle.dumps(answer))
    with pytest.raises(ValidationError):
        answer.number = 4


def test_pydantics_own_error_of_an_answer_hides_the_input() -> None:
    """Where an answer is read without our client, the error still repeats nothing."""
    with pytest.raises(ValidationError) as caught:
        Bin.model_validate_json(b'{"number": "a secret"}')

    assert "a secret" not in str(caught.value)


def test_eight_threads_that_use_a_model_first_get_that_model() -> None:
    """A model is built once, whichever thread comes first, and each thread reads its fields."""
    every, switch = threading.Barrier(8), sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        for _ in range(30):

            class Lid(AnswerModel):
                colour: str

            class Caddy(AnswerModel):
                litres: int
                lid: Lid

            class NewCaddy(RequestModel):
                litres: int

            def use(_: int, *, read: type[Caddy] = Caddy, ask: type[NewCaddy] = NewCaddy) -> str:
                every.wait()
                found = read.model_validate_json('{"litres": 5, "lid": {"colour": "green"}}')
                return f"{ask(litres=found.litres).litres} {found.lid.colour}"

            with ThreadPoolExecutor(8) as threads:
                said = set(threads.map(use, range(8)))

            assert {"5 green"} == said
    finally:
        sys.setswitchinterval(switch)


class Lid(AnswerModel):
    """A part of a bin that few ask for."""

    colour: str


class LiddedBin(AnswerModel):
    """A bin that keeps its lid as it came."""

    number: int
    lid_given: dict[str, Any] = Field(alias="lid")

    later: ClassVar[tuple[str, ...]] = ("lid",)

    @cached_property
    def lid(self) -> Lid:
        """The lid."""
        return read_part(Lid, self.lid_given)


def test_a_part_is_read_when_it_is_asked_for() -> None:
    """Reading it twice gives the same object, and the bin stays equal to one that was not asked."""
    bins = [LiddedBin.model_validate_json('{"number": 1, "lid": {"colour": "zq-red"}}')] * 2
    other = LiddedBin.model_validate_json('{"number": 1, "lid": {"colour": "zq-red"}}')

    assert "zq-red" == bins[0].lid.colour
    assert bins[0].lid is bins[1].lid
    assert other == bins[0] == pickle.loads(pickle.dumps(bins[0]))
    assert {"number": 1, "lid": {"colour": "zq-red"}} == bins[0].model_dump(by_alias=True)
    assert "zq" not in repr(bins[0])


def test_a_part_of_another_shape_is_found_where_it_is_read() -> None:
    """The answer itself is read; whoever asks for the part, or for the whole, is told."""
    read = LiddedBin.model_validate_json('{"number": 1, "lid": {"zq": "zq"}}')

    for ask in (lambda: read.lid, read.read_whole):
        with pytest.raises(ResponseShapeError) as caught:
            ask()
        assert ("colour: missing",) == caught.value.problems
        assert "zq" not in str(caught.value)
        assert caught.value.__context__ is None
