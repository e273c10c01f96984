# SPDX-License-Identifier: MIT
"""Answers the requests of a journey: reads what is kept, asks the page, does what it says."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol, TypedDict

from markupsafe import Markup
from pydantic import BaseModel

from lg_core.endpoints import Endpoint, Fields, Reply
from lg_core.texts import Catalogue
from lg_forms import _saved
from lg_forms._model import refusals, refused_together
from lg_forms.check_page import CheckPage
from lg_forms.engine import Answers, Route, route
from lg_forms.faults import Words
from lg_forms.pages import Asking, Given, MoveTo, Outcome, Page, Problem, Row, Shown
from lg_web.site import Site
from lg_web.visits import Visit

__all__ = ["Serving"]


class _Journey(Protocol):
    """What is needed of a journey."""

    name: str
    pages: tuple[Page, ...]
    check: CheckPage
    texts: Catalogue
    keep: timedelta

    def model(self) -> type[BaseModel]: ...


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a visit stands: a screen of a page, and whether an answer is being changed."""

    page: Page
    screen: str
    changing: bool

    def path(self, at: str, screen: str | None = None) -> str:
        chosen = self.screen if screen is None else screen
        parts = (at, "change" if self.changing else "", self.page.name, chosen)
        return "/".join(part for part in parts if part)


@dataclass(frozen=True, slots=True)
class _Here:
    """A request, and what is known of the journey at that moment."""

    visit: Visit
    key: str
    saved: _saved.Saved
    walked: Route[Page]


class _Common(TypedDict):
    """What every template of ours is given."""

    texts: Catalogue
    problems: list[dict[str, str]]


class Serving:
    """The endpoints of a journey on a site, below a path."""

    def __init__(
        self,
        journey: _Journey,
        site: Site,
        at: str,
        *,
        finish: Callable[[Visit, str, Answers], Reply],
    ) -> None:
        self._journey = journey
        self._site = site
        self._at = at
        self._finish = finish

    def endpoints(self) -> list[Endpoint]:
        """Return an endpoint for each form that is shown and each that is sent."""
        found = [self._endpoint("GET", self._at, self._enter, name="entry")]
        for page in self._journey.pages:
            for screen in page.screens:
                for changing in (False, True):
                    place = _Place(page, screen, changing)
                    path = place.path(self._at)
                    name = f"{page.name}.{screen}" if screen else page.name
                    found += (
                        self._endpoint("GET", path, self._showing(place), name=name),
                        self._endpoint("POST", path, self._taking(place), name=name),
                    )
        check = f"{self._at}/check"
        found += (
            self._endpoint("GET", check, self._check, name="check"),
            self._endpoint("POST", check, self._send, name="check"),
        )
        return found

    def _endpoint(
        self, method: str, path: str, handle: Callable[[Visit], Reply], *, name: str
    ) -> Endpoint:
        return self._site.page(method, path, handle, name=f"{self._journey.name}.{name}")

    # -------------------------------------------------------------- pages

    def _enter(self, visit: Visit) -> Reply:
        return self._go(visit, self._journey.pages[0])

    def _showing(self, place: _Place) -> Callable[[Visit], Reply]:
        def show(visit: Visit) -> Reply:
            here = self._here(visit)
            if here.walked.reached(place.page.name) is None:
                return self._go(visit, here.walked.open)
            outcome = place.page.show(self._asking(here, place, Fields()))
            return self._do(here, place, outcome)

        return show

    def _taking(self, place: _Place) -> Callable[[Visit], Reply]:
        def take(visit: Visit) -> Reply:
            here = self._here(visit)
            if here.walked.reached(place.page.name) is None:
                return self._go(visit, here.walked.open)
            asking = self._asking(here, place, visit.request.form())
            outcome = self._checked(place, asking, place.page.take(asking))
            return self._do(here, place, outcome)

        return take

    def _checked(self, place: _Place, asking: Asking, outcome: Outcome) -> Outcome:
        """Let the journey's model refuse an answer that the page took."""
        if not isinstance(outcome, Given):
            return outcome
        journey = self._journey
        refused = refusals(
            journey.model(), outcome.answers, pages=journey.pages, words=asking.words
        )
        for name, message in refused.items():
            return place.page.refuse(asking, name, message)
        return outcome

    def _do(self, here: _Here, place: _Place, outcome: Outcome) -> Reply:
        match outcome:
            case Shown():
                return self._show(here, place, outcome)
            case MoveTo():
                if outcome.memory is not None:
                    memory = {place.page.name: dict(outcome.memory)}
                    self._save(here, lambda saved: saved.memory.update(memory))
                return here.visit.redirect(place.path(self._at, outcome.screen))
            case Given():
                answers = outcome.answers
                saved = self._save(here, lambda saved: saved.answers.update(answers))
                walked = route(self._journey.pages, saved.answers)
                following = walked.following(place.page.name, changing=place.changing)
                return self._go(here.visit, following, changing=place.changing)

    def _save(self, here: _Here, change: Callable[[_saved.Saved], None]) -> _saved.Saved:
        return _saved.save(here.visit, here.key, change, keep=self._journey.keep)

    def _show(self, here: _Here, place: _Place, shown: Shown) -> Reply:
        prefix = self._site.settings.prefix
        screens = {screen: prefix + place.path(self._at, screen) for screen in place.page.screens}
        return here.visit.render(
            shown.template,
            title=shown.heading,
            error=bool(shown.problems),
            back=self._back(here, place, shown),
            **self._common(shown.problems),
            page={**shown.context, "screens": screens},
        )

    def _back(self, here: _Here, place: _Place, shown: Shown) -> str:
        if shown.back is not None:
            return place.path(self._at, shown.back)
        if place.changing:
            return f"{self._at}/check"
        before = here.walked.before(place.page.name)
        if before is None:
            return self._site.settings.start
        return _Place(before, "", changing=False).path(self._at)

    # -------------------------------------------------------------- checking the answers

    def _check(self, visit: Visit) -> Reply:
        here = self._here(visit)
        if here.walked.open is not None:
            return self._go(visit, here.walked.open)
        return self._summary(here, {})

    def _send(self, visit: Visit) -> Reply:
        here = self._here(visit)
        if here.walked.open is not None:
            return self._go(visit, here.walked.open)
        journey = self._journey
        answers = here.walked.answers
        refused = refused_together(
            journey.model(), answers, pages=journey.pages, words=self._words(visit)
        )
        if refused:
            return self._summary(here, refused)
        return self._finish(visit, here.key, answers)

    def _summary(self, here: _Here, refused: Mapping[str, str]) -> Reply:
        words = self._words(here.visit)
        check = self._journey.check
        answers = here.walked.answers
        rows: list[dict[str, object]] = []
        for page in here.walked.pages:
            rows += (self._row(row, page, words) for row in page.rows(answers, words))
        if check.more_rows:
            rows += (self._row(row, None, words) for row in check.more_rows(answers))
        heading = check.title(words)
        problems = [Problem(_change_id(name), message) for name, message in refused.items()]
        return here.visit.render(
            "lg_forms/check.html",
            title=heading,
            error=bool(problems),
            back=_Place(here.walked.pages[-1], "", changing=False).path(self._at),
            **self._common(problems),
            page={
                "rows": rows,
                "before_button": words.of(check.before_button) if check.before_button else None,
                "button": check.button_text(words),
            },
        )

    def _row(self, row: Row, page: Page | None, words: Words) -> dict[str, object]:
        label = words.of(row.label)
        value = Markup("<br>").join(row.lines) if row.lines else words.say("not_provided")
        made: dict[str, object] = {"key": {"text": label}, "value": {"html": value}}
        if page is None:
            return made
        link = {
            "href": self._site.settings.prefix + _Place(page, "", changing=True).path(self._at),
            "text": words.say("change"),
            "visuallyHiddenText": label,
            "attributes": {"id": _change_id(row.field)},
        }
        return {**made, "actions": {"items": [link]}}

    # -------------------------------------------------------------- what all share

    def _here(self, visit: Visit) -> _Here:
        key = _saved.begin(visit, self._journey.name)
        saved = _saved.load(visit, key)
        return _Here(visit, key, saved, route(self._journey.pages, saved.answers))

    def _go(self, visit: Visit, page: Page | None, *, changing: bool = False) -> Reply:
        """Send the browser to a page, or to checking the answers where there is none."""
        if page is None:
            return visit.redirect(f"{self._at}/check")
        return visit.redirect(_Place(page, "", changing).path(self._at))

    def _words(self, visit: Visit) -> Words:
        return Words(self._journey.texts, visit.language)

    def _asking(self, here: _Here, place: _Place, form: Fields) -> Asking:
        known = {**here.saved.prefilled, **here.saved.answers}
        return Asking(
            self._words(here.visit),
            place.screen,
            {name: known[name] for name in place.page.fields if name in known},
            here.saved.memory.get(place.page.name, {}),
            form,
        )

    def _common(self, problems: Sequence[Problem]) -> _Common:
        return {
            "texts": self._journey.texts,
            "problems": [{"text": each.message, "href": f"#{each.target}"} for each in problems],
        }


def _change_id(name: str) -> str:
    return f"change-{name}" if name else "main-content"
