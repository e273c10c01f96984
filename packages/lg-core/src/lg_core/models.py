# SPDX-License-Identifier: MIT
"""The two kinds of pydantic model that stand at the edges: what is sent, and what arrives.

A `RequestModel` forbids unknown fields and names each wrong one. An `AnswerModel` ignores fields
that it does not know, since platforms add them without notice. Neither prints a field in its
`repr` unless the class lists it in `shown`: most fields can hold something personal.
"""

import threading
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Final, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from lg_core._shape import shape_problems
from lg_core.errors import InvalidValueError, ResponseShapeError

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

__all__ = ["AnswerModel", "RequestModel", "WrongField", "read_part"]

WrongField = tuple[str, str, str]
"""A field's name, a stable name of what is wrong with it, and a sentence that says what to do."""


_BUILDING: Final = threading.RLock()


class _Shown(BaseModel):
    """Prints only the fields that a class lists, and is built once, whichever thread is first."""

    shown: ClassVar[frozenset[str]] = frozenset()
    """The fields that may be printed: identifiers and states, nothing that a person typed."""

    def __repr_args__(self) -> Iterator[tuple[str | None, Any]]:
        return (pair for pair in super().__repr_args__() if pair[0] in self.shown)

    def __str__(self) -> str:
        return repr(self)

    if (
        not TYPE_CHECKING
    ):  # the type checker reads pydantic's own signatures, which differ by version

        @classmethod
        def model_validate(cls, *given: Any, **options: Any) -> Any:  # noqa: ANN401 -- pydantic's own
            _build(cls)
            return super().model_validate(*given, **options)

        @classmethod
        def model_validate_json(cls, *given: Any, **options: Any) -> Any:  # noqa: ANN401 -- pydantic's own
            _build(cls)
            return super().model_validate_json(*given, **options)


def _build(model: type[BaseModel]) -> None:
    """Build a model before its first use, in one thread.

    Two threads that build one at once can get the fields of its parent (pydantic up to 2.11.4), or
    an AttributeError (later ones): seen when a service's first visitors came at the same time.
    """
    if not model.__pydantic_complete__:
        with _BUILDING:
            model.model_rebuild()


class RequestModel(_Shown):
    """What is sent to a platform: frozen, and refused here if the platform would refuse it.

    Raises:
        InvalidValueError: one or more fields are wrong. The text names each and says what to do;
            `field` and `code` are those of the first.
    """

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        hide_input_in_errors=True,
        populate_by_name=True,
        defer_build=True,
    )

    if not TYPE_CHECKING:  # the type checker reads the fields, which says more than **values

        def __init__(self, **values: Any) -> None:  # noqa: ANN401 -- pydantic checks them
            _build(type(self))
            try:
                super().__init__(**values)
            except ValidationError as error:
                faults = error.errors(include_url=False)
                wrong = [field for fault in faults for field in _wrong_fields(fault)]
            else:
                wrong = list(self.wrong_fields())
            # Raised outside the handler: pydantic's own error holds the values.
            if wrong:
                raise _invalid(type(self).__name__, wrong)

    def wrong_fields(self) -> Iterator[WrongField]:
        """Say what is wrong between fields that are each right by themselves."""
        yield from ()


class AnswerModel(_Shown):
    """What arrives from a platform: frozen, fields we do not know ignored, built at first use.

    A part that few callers look at may stay as it came until it is asked for: a field keeps the
    part, and a `functools.cached_property` gives `read_part(...)` of it. A page of 500 rows is then
    read in half the time. A single answer is read whole at once: see `read_whole`.
    """

    model_config = ConfigDict(
        extra="ignore", frozen=True, hide_input_in_errors=True, defer_build=True
    )

    later: ClassVar[tuple[str, ...]] = ()
    """The properties that are read when they are asked for."""

    def read_whole(self) -> None:
        """Read every part now, so that what is wrong in one is found where the answer arrived.

        Raises:
            ResponseShapeError: a part is not of the expected shape.
        """
        for name in self.later:
            getattr(self, name)


M = TypeVar("M", bound=AnswerModel)


def read_part(model: type[M], part: object) -> M:
    """Read a part of an answer that was kept as it came.

    Args:
        model: what the part is.
        part: the part, of whatever shape it came.

    Returns:
        The part.

    Raises:
        ResponseShapeError: it is not of the expected shape.
    """
    try:
        return model.model_validate(part)
    except ValidationError as error:
        problems = shape_problems(model, error)
    # Raised outside the handler: pydantic's own error holds words of the answer.
    raise ResponseShapeError(
        f"A part of an answer is of another shape than its documentation says "
        f"({'; '.join(problems[:3])}). Look for a newer version of this package, or report this.",
        problems=problems,
    )


_PLAIN_WORDS = {
    "missing": "is missing",
    # The name is the caller's own word; it is shown, since a slip of the pen is the usual case.
    "extra_forbidden": "is not a field of this model: look for a slip of the pen",
    "string_type": "must be text",
    "string_too_long": "has more than {max_length} characters, the most that is allowed",
    "string_too_short": "has fewer than {min_length} characters, the least that is allowed",
    "int_type": "must be a whole number",
    "bool_type": "must be True or False",
    "greater_than_equal": "must be {ge} or more",
    "less_than_equal": "must be {le} or less",
    "enum": "must be {expected}",
}


def _wrong_fields(fault: "ErrorDetails") -> Iterator[WrongField]:
    field = ".".join(str(step) for step in fault["loc"])
    context: Mapping[str, Any] = fault.get("ctx", {})
    if fault["type"] == "value_error":
        cause = context["error"]
        inner: tuple[WrongField, ...] = getattr(cause, "faults", ())
        for name, code, what in inner:  # a model within this one
            yield f"{field}.{name}", code, what
        if not inner:
            yield field, getattr(cause, "code", "invalid"), str(cause)
        return
    plain = _PLAIN_WORDS.get(fault["type"])
    what = plain.format(**context) if plain else f"cannot be used ({fault['type']})"
    code = {"extra_forbidden": "unknown"}.get(fault["type"], fault["type"])
    yield field, code, what


def _invalid(model: str, wrong: list[WrongField]) -> InvalidValueError:
    lines = [
        f"{field}: {what.rstrip('.')}" if field else what.rstrip(".") for field, _, what in wrong
    ]
    field, code, _ = wrong[0]
    return InvalidValueError(
        f"{model}: {'; '.join(lines)}.", field=field or None, code=code, faults=tuple(wrong)
    )
