"""lg_core.errors: what every error promises."""

import pickle

import pytest

from lg_core import errors

EXAMPLES = [
    errors.ConfigError("Set LG_PAY_API_KEY.", setting="LG_PAY_API_KEY"),
    errors.InvalidValueError("amount is missing.", field="amount", code="missing"),
    errors.RequestNotSentError("No route.", reason="connect", capability="x.y", attempts=3),
    errors.OutcomeUnknownError("No answer.", reason="timeout", find_out="Look.", status=502),
    errors.ApiError("No.", status=422, code="P0102", field="amount", request_id="r-1"),
    errors.ResponseShapeError("Not JSON.", status=200, problems=("amount: missing",)),
]


@pytest.mark.parametrize("error", EXAMPLES, ids=lambda error: type(error).__name__)
def test_an_error_survives_pickling_with_its_fields_and_its_past(error: errors.LgError) -> None:
    """A task queue that sends an error to another process loses nothing."""
    error.after((errors.ApiError("Earlier.", status=503),))

    copy: errors.LgError = pickle.loads(pickle.dumps(error))

    assert type(error) is type(copy)
    assert str(error) == str(copy)
    assert [str(e) for e in error.previous] == [str(e) for e in copy.previous]
    assert _fields(error) == _fields(copy)


def _fields(error: errors.LgError) -> dict[str, object]:
    return {name: value for name, value in vars(error).items() if name != "previous"}


def test_every_public_error_is_one_of_ours() -> None:
    """One `except LgError` is enough for a caller who does not care which."""
    assert all(issubclass(getattr(errors, name), errors.LgError) for name in errors.__all__)


def test_an_invalid_value_is_also_a_value_error() -> None:
    """pydantic turns a ValueError of a field's type into a validation error."""
    assert issubclass(errors.InvalidValueError, ValueError)
