# SPDX-License-Identifier: MIT
"""Say for which council and service what follows is done."""

from contextlib import AbstractContextManager
from types import TracebackType
from typing import TYPE_CHECKING, Final

from lg_core.errors import ConfigError, InvalidValueError
from lg_core.telemetry import _counting
from lg_core.telemetry._settings import PREFIX, code_of

if TYPE_CHECKING:
    from contextvars import Token

    from lg_core.councils import Council
    from lg_core.telemetry._counting import Counter
    from lg_core.telemetry._tally import Who

__all__ = ["acting_for"]

_LARGEST: Final = 99_999


def acting_for(
    council: "Council | str", *, lgsl: int | None = None, lgil: int | None = None
) -> AbstractContextManager[None]:
    """Count what is done inside for a council, and for one of its services.

        with acting_for("E06000023", lgsl=530, lgil=8):
            pay.create_payment(new)

    A context variable holds it: it holds in tasks that are started inside, and in threads that are
    started in a copy of the context. It may be nested, and what held before holds again at the
    end. A client that says itself which council it works for counts for that one. Where counting
    is off, only the types are looked at.

    Args:
        council: an entry of the register, its code or GSS code, or an `x-` identifier from the
            settings.
        lgsl: the service, by its number in the Local Government Service List.
        lgil: the interaction, by its number in the Local Government Interaction List.

    Returns:
        A context manager.

    Raises:
        ConfigError: counting is on, and its settings do not name this council.
        InvalidValueError: an argument is of another type, or is not a number of a list.
    """
    numbers = (_number("lgsl", lgsl), _number("lgil", lgil))
    _check_type(council)
    counter = _counting.current()
    if counter is None:
        return _Acting(None)
    return _Acting((_accepted(council, counter), *numbers))


class _Acting(AbstractContextManager[None]):
    """Sets the variable while it is entered."""

    __slots__ = ("_tokens", "_who")

    def __init__(self, who: "Who | None") -> None:
        self._who = who
        self._tokens: list[Token[Who | None]] = []

    def __enter__(self) -> None:
        if self._who is not None:
            self._tokens.append(_counting.ACTING.set(self._who))

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._tokens:
            _counting.ACTING.reset(self._tokens.pop())


def _number(name: str, number: object) -> int | None:
    if number is None:
        return None
    if not isinstance(number, int) or isinstance(number, bool):
        raise InvalidValueError(
            f"{name} must be a whole number, not a {type(number).__name__}.",
            field=name,
            code="wrong_type",
        )
    if not 0 <= number <= _LARGEST:
        raise InvalidValueError(
            f"{name} must be a number of its list: 0 to {_LARGEST}.", field=name, code="range"
        )
    return int(number)


def _check_type(council: object) -> None:
    # Only what carries a GSS code is an entry of the register, and the register need not be loaded.
    if not isinstance(council, str) and not isinstance(getattr(council, "gss", None), str):
        raise InvalidValueError(
            "A council is given by its code or as an entry of the register, not by a "
            f"{type(council).__name__}.",
            field="council",
            code="wrong_type",
        )


def _accepted(council: "Council | str", counter: "Counter") -> str:
    accepted = counter.accepted(council)
    if accepted is not None:
        return accepted
    code = code_of(council)
    known = code is not None and not code.startswith("x-")
    raise ConfigError(
        f"{f'The council {code}' if known else 'A council that was named in acting_for'} is not "
        f"among those that this process counts for. Add its code to {PREFIX}_COUNCILS (divided by "
        f"commas){'' if known else ', or an identifier such as x-our-body for a body without one'}"
        f", or set {PREFIX}=off.",
        setting=f"{PREFIX}_COUNCILS",
    )
