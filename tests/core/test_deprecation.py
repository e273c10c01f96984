"""lg_core.deprecation: one message, at the line of whoever uses what will go."""

import inspect
import types
import warnings

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lg_core.deprecation import LgDeprecationWarning, warn_deprecated

names = st.text(min_size=1, max_size=30)


def _line() -> int:
    frame = inspect.currentframe()
    assert frame is not None
    assert frame.f_back is not None
    return frame.f_back.f_lineno


def _old() -> None:
    warn_deprecated("old()", since="lg-x 1.3", removal_in="lg-x 2.0", alternative="new()")


def _old_through_another() -> None:
    _shared()


def _shared() -> None:
    warn_deprecated("old()", since="lg-x 1.3", removal_in="lg-x 2.0", stacklevel=2)


async def _old_coroutine() -> None:
    warn_deprecated("old()", since="lg-x 1.3", removal_in="lg-x 2.0")


class _Client:
    def old(self) -> None:
        """Do what `new` does."""
        warn_deprecated("Client.old()", since="lg-x 1.3", removal_in="lg-x 2.0")

    @property
    def reference(self) -> str:
        """Return what `new_reference` returns."""
        warn_deprecated("Client.reference", since="lg-x 1.3", removal_in="lg-x 2.0")
        return "r"


def test_the_message_says_what_since_when_until_when_and_what_instead() -> None:
    """One sentence says what goes and when, and one what to use."""
    with pytest.warns(LgDeprecationWarning) as caught:
        _old()

    assert str(caught[0].message) == (
        "old() is deprecated since lg-x 1.3 and will be removed in lg-x 2.0. Use new() instead."
    )


def test_without_an_alternative_it_says_so() -> None:
    """Nobody looks for a replacement that is not there."""
    with pytest.warns(LgDeprecationWarning, match="Nothing takes its place") as caught:
        _shared()

    assert "instead" not in str(caught[0].message)


@given(name=names, since=names, removal_in=names, alternative=st.none() | names)
def test_every_part_stands_in_the_message(
    *, name: str, since: str, removal_in: str, alternative: str | None
) -> None:
    """Whatever the names are, each is in the text, and it ends as a sentence."""
    with pytest.warns(LgDeprecationWarning) as caught:
        warn_deprecated(name, since=since, removal_in=removal_in, alternative=alternative)
    text = str(caught[0].message)

    assert text.startswith(f"{name} is deprecated since {since} and ")
    assert f"removed in {removal_in}." in text
    assert text.endswith(f"Use {alternative} instead." if alternative else "its place.")


def test_the_line_of_the_caller_is_shown() -> None:
    """The file and line are those of the code that has to change."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        _old(); function = _line()  # fmt: skip  # noqa: E702  # the line of both calls
        _old_through_another(); shared = _line()  # fmt: skip  # noqa: E702  # as above
        _Client().old(); method = _line()  # fmt: skip  # noqa: E702  # as above
        _ = _Client().reference; attribute = _line()  # fmt: skip  # noqa: E702  # as above

    assert [function, shared, method, attribute] == [one.lineno for one in caught]
    assert {__file__} == {one.filename for one in caught}


def test_in_a_coroutine_the_line_that_awaits_is_shown() -> None:
    """An async method's warning points to the user's await, not into an event loop."""
    awaited: list[int] = []

    async def user() -> None:
        await _old_coroutine(); awaited.append(_line())  # fmt: skip  # noqa: E702  # the same line

    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        with pytest.raises(StopIteration):
            user().send(None)

    assert awaited == [one.lineno for one in caught]
    assert [__file__] == [one.filename for one in caught]


def test_a_module_attribute_warns_at_the_line_that_uses_it() -> None:
    """A name that moved warns from a module's `__getattr__` at the access."""
    module = types.ModuleType("lg_moved")

    def moved(name: str) -> str:
        warn_deprecated(f"lg_moved.{name}", since="lg-x 1.3", removal_in="lg-x 2.0")
        return name

    vars(module)["__getattr__"] = moved
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        value: str = module.thing; line = _line()  # fmt: skip  # noqa: E702  # the line of both

    assert (value, [line]) == ("thing", [one.lineno for one in caught])


def test_it_is_a_deprecation_warning_that_can_be_told_apart() -> None:
    """Filters on DeprecationWarning work, and ours alone can be filtered."""
    assert issubclass(LgDeprecationWarning, DeprecationWarning)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", LgDeprecationWarning)
        _old()
    with warnings.catch_warnings():
        warnings.simplefilter("error", DeprecationWarning)
        with pytest.raises(LgDeprecationWarning):
            _old()
