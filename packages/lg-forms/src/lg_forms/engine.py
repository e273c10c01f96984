# SPDX-License-Identifier: MIT
"""Which pages a resident is asked, and which comes next: pure functions of the answers.

Theory of operation. A journey is a list of pages in the order of asking. A page applies where it
has no condition, or where its condition holds for the answers of the pages before it that apply. A
page is answered once each of its fields has an answer, be it None for 'left empty'. The route is
walked from the first page and ends at the first page that is not answered: what lies behind it
cannot be known yet. Two rules follow.

1. Nobody can reach the end with a page open, whatever the order of answering and changing.
2. Answers of pages that no longer apply are not in the route's answers. They are kept, so that a
   person who changes her mind twice finds them again.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Generic, Protocol, TypeVar

from pydantic import JsonValue

__all__ = ["Answers", "Condition", "Route", "Step", "route"]

Answers = Mapping[str, JsonValue]
"""Answers by the name of their field. None is an answer: the field was left empty."""

Condition = Callable[[Answers], bool]
"""Says whether a page applies, from the answers of the pages before it. Use `.get`: a page
before it may not apply."""


class Step(Protocol):
    """What the engine knows of a page."""

    @property
    def name(self) -> str:
        """The page's name, unique in its journey."""
        ...

    @property
    def fields(self) -> tuple[str, ...]:
        """The names of the fields that it asks for."""
        ...

    @property
    def when(self) -> Condition | None:
        """When it applies; None for always."""
        ...


S = TypeVar("S", bound=Step)


@dataclass(frozen=True, slots=True)
class Route(Generic[S]):
    """The pages that a resident is asked, as far as the answers say.

    Attributes:
        pages: the pages that apply, in order; the last one may be open.
        open: the first page that is not answered; None where all are.
        answers: the answers of these pages, and no others.
    """

    pages: tuple[S, ...]
    open: S | None
    answers: Answers = field(repr=False)

    @property
    def complete(self) -> bool:
        """Whether every page is answered."""
        return self.open is None

    def reached(self, name: str) -> S | None:
        """Return a page of the route, or None where it does not apply or is not reached yet.

        Args:
            name: the page's name.
        """
        return next((page for page in self.pages if page.name == name), None)

    def before(self, name: str) -> S | None:
        """Return the page before a page, for its back link; None at the first.

        Args:
            name: the page's name; it must be on the route.
        """
        place = self._place(name)
        return self.pages[place - 1] if place else None

    def following(self, name: str, *, changing: bool) -> S | None:
        """Return the page to ask after a page was answered; None means: check the answers.

        Args:
            name: the page that was answered.
            changing: whether the person came from checking the answers. She goes back there,
                unless her new answer opened questions, which are asked first.
        """
        if changing or self.reached(name) is None:
            return self.open
        place = self._place(name)
        return self.pages[place + 1] if place + 1 < len(self.pages) else None

    def _place(self, name: str) -> int:
        return [page.name for page in self.pages].index(name)


def route(pages: Sequence[S], answers: Answers) -> Route[S]:
    """Walk the pages that apply, up to the first that is not answered.

    Args:
        pages: all pages in the order of asking.
        answers: all answers that are kept.

    Returns:
        The route of these answers.
    """
    walked: list[S] = []
    given: dict[str, JsonValue] = {}
    for page in pages:
        if page.when is not None and not page.when(dict(given)):
            continue
        walked.append(page)
        if any(name not in answers for name in page.fields):
            return Route(tuple(walked), page, given)
        given.update((name, answers[name]) for name in page.fields)
    return Route(tuple(walked), None, given)
