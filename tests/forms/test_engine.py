"""The engine, by itself: no page, no HTTP."""

from dataclasses import dataclass, field

from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from lg_forms.engine import Answers, Condition, Route, route


@dataclass(frozen=True)
class Ask:
    """A page of one field, named as the page."""

    name: str
    when: Condition | None = None
    fields: tuple[str, ...] = field(default=())

    def __post_init__(self) -> None:
        object.__setattr__(self, "fields", (self.name,))


def _is(name: str, value: str) -> Condition:
    return lambda answers: answers.get(name) == value


PAGES = (
    Ask("a"),
    Ask("b", _is("a", "yes")),
    Ask("c", _is("b", "yes")),
    Ask("d", lambda answers: "c" not in answers),
    Ask("e", _is("d", "no")),
    Ask("f"),
)
NAMES = st.sampled_from([page.name for page in PAGES])
VALUES = st.sampled_from(["yes", "no", None])


def _names(walked: Route[Ask]) -> list[str]:
    return [page.name for page in walked.pages]


def test_the_route_ends_at_the_first_open_page() -> None:
    """Without answers only the first page is on the route."""
    walked = route(PAGES, {})

    assert ["a"] == _names(walked)
    assert PAGES[0] == walked.open
    assert not walked.complete
    assert {} == walked.answers


def test_none_is_an_answer() -> None:
    """A field that was left empty counts as answered."""
    assert ["a", "d"] == _names(route(PAGES, {"a": None}))


def test_a_condition_does_not_see_answers_of_pages_that_do_not_apply() -> None:
    """An old answer to a page that no longer applies opens nothing."""
    walked = route(PAGES, {"a": "no", "b": "yes", "c": "yes", "d": "yes", "f": "yes"})

    assert ["a", "d", "f"] == _names(walked)
    assert {"a": "no", "d": "yes", "f": "yes"} == walked.answers
    assert walked.complete


def test_the_page_before_and_the_page_after() -> None:
    """Back and Continue follow the route, not the list of pages."""
    walked = route(PAGES, {"a": "no", "d": "yes", "f": "yes"})

    assert walked.before("a") is None
    assert PAGES[0] == walked.before("d")
    assert PAGES[3] == walked.following("a", changing=False)
    assert walked.following("f", changing=False) is None
    assert walked.reached("b") is None


def test_a_change_leads_to_the_questions_that_it_opened() -> None:
    """Who changes an answer is asked what is new, and then goes back to check."""
    opened = route(PAGES, {"a": "yes", "d": "yes", "f": "yes"})
    settled = route(PAGES, {"a": "yes", "b": "no", "d": "yes", "f": "yes"})

    assert PAGES[1] == opened.following("a", changing=True)
    assert settled.following("b", changing=True) is None
    assert PAGES[1] == opened.following("c", changing=False)


@given(st.dictionaries(NAMES, VALUES))
def test_answers_of_the_route_give_the_same_route(answers: dict[str, str | None]) -> None:
    """What is left out of the route's answers changes nothing on the route."""
    walked = route(PAGES, answers)

    again = route(PAGES, walked.answers)

    assert _names(walked) == _names(again)
    assert walked.answers == again.answers


class Resident(RuleBasedStateMachine):
    """Answers, changes and jumps about in any order, as the server lets her."""

    def __init__(self) -> None:
        super().__init__()
        self.kept: dict[str, str | None] = {}
        self.at: Ask | None = PAGES[0]
        self.changing = False

    @rule(value=VALUES)
    def answer(self, value: str | None) -> None:
        """Answer the page where she stands."""
        if self.at is not None:
            self.kept[self.at.name] = value
            walked = route(PAGES, self._seen())
            self.at = walked.following(self.at.name, changing=self.changing)

    @rule(name=NAMES, changing=st.booleans())
    def jump(self, name: str, changing: bool) -> None:  # noqa: FBT001 -- hypothesis fills it
        """Open any address, also one that she has not reached."""
        walked = route(PAGES, self._seen())
        page = walked.reached(name)
        self.changing = changing and page is not None
        self.at = page or walked.open

    @rule()
    def check(self) -> None:
        """Open the page on which answers are checked."""
        self.at = route(PAGES, self._seen()).open
        self.changing = False

    @invariant()
    def the_end_has_every_answer(self) -> None:
        """Where no page is left, every page that applies is answered, and no other is given."""
        walked = route(PAGES, self._seen())
        if self.at is None:
            assert walked.complete
        if walked.complete:
            assert set(_names(walked)) == set(walked.answers)
            for page in PAGES:
                earlier = {
                    name: value
                    for name, value in walked.answers.items()
                    if _place(name) < _place(page.name)
                }
                applies = page.when is None or page.when(earlier)
                assert applies == (page.name in walked.answers)

    def _seen(self) -> Answers:
        return dict(self.kept)


def _place(name: str) -> int:
    return [page.name for page in PAGES].index(name)


TestResident = Resident.TestCase
