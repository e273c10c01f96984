# SPDX-License-Identifier: MIT
"""A journey: pages in order, the model that they fill, and what happens with the answers."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final, Generic, TypeVar

from pydantic import BaseModel, JsonValue, ValidationError

from lg_core.endpoints import Endpoint, Reply
from lg_core.errors import ConfigError, InvalidValueError
from lg_core.texts import Catalogue
from lg_forms import _saved
from lg_forms._model import adapter_of, check_model
from lg_forms._serving import Serving
from lg_forms.check_page import CheckPage
from lg_forms.engine import Answers
from lg_forms.pages import Page
from lg_web.site import Site
from lg_web.visits import Visit

__all__ = ["Finished", "Journey"]

A = TypeVar("A", bound=BaseModel)

_NAME: Final = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_RESERVED: Final = frozenset({"change", "check"})


@dataclass(frozen=True, slots=True)
class Finished(Generic[A]):
    """The answers of a finished journey. Its `repr` shows nothing of them.

    Attributes:
        key: the name of the saved answers, the same each time the form is sent: do once for each
            key what must not be done twice. It is a secret of the resident's: never log it.
        answers: the answers, as the journey's model.
        data: the same as JSON values, those of the pages that applied and no others.
    """

    key: str = field(repr=False)
    answers: A = field(repr=False)
    data: Answers = field(repr=False)


class Journey(Generic[A]):
    """Questions, one a page, whose answers fill a model.

    It is checked when it is made, so that a wrong one stops the start of the program: every field
    is asked for once, every page's field is in the model, and a field that may be left out (its
    page has a condition, or it is optional) may be missing or None in the model.

    Args:
        name: such as `garden-waste`; it stands in the names of endpoints and in the session.
        answers: the model that a finished journey gives.
        pages: the pages in the order of asking.
        on_finish: what happens when the answers are sent; it returns the reply, often a redirect.
            A form that is sent twice calls it twice with the same `Finished.key`.
        check: the page on which the answers are checked.
        texts: the council's own texts in place of ours.
        keep: how long answers are kept after the last one.

    Raises:
        ConfigError: the journey is not whole.
    """

    def __init__(
        self,
        name: str,
        *,
        answers: type[A],
        pages: Sequence[Page],
        on_finish: Callable[[Visit, Finished[A]], Reply],
        check: CheckPage | None = None,
        texts: Catalogue | None = None,
        keep: timedelta = timedelta(hours=24),
    ) -> None:
        _check_names(name, pages)
        check_model(answers, pages)
        self.name = name
        self.pages = tuple(pages)
        self.check = check or CheckPage()
        self.keep = keep
        ours = Catalogue.of_package("lg_forms")
        self.texts = ours.override(texts) if texts else ours
        self._answers = answers
        self._on_finish = on_finish

    def endpoints(self, site: Site, *, at: str) -> list[Endpoint]:
        """Return the endpoints of every page.

        Args:
            site: the site that the pages belong to, made with `templates=["lg_forms"]`.
            at: the path below which they stand, such as `/apply`.
        """
        _check_at(at)
        return Serving(self, site, at, finish=self._finish).endpoints()

    def entry(self, *, at: str) -> str:
        """Return the path of the first page, for a link or a redirect.

        Args:
            at: the path below which the pages stand, as in `endpoints`.
        """
        _check_at(at)
        return f"{at}/{self.pages[0].name}"

    def prefill(self, visit: Visit, values: Mapping[str, JsonValue]) -> None:
        """Show values in fields that are not answered yet, such as the name of who signed in.

        The pages are still asked, and the person may change what stands there.

        Args:
            visit: the request.
            values: by field, as JSON values.

        Raises:
            ConfigError: there is no such field.
            InvalidValueError: a value is not one of its field's.
        """
        for name, value in values.items():
            if not any(name in page.fields for page in self.pages):
                raise ConfigError(
                    f"The journey {self.name!r} asks for no field {name!r}.", setting="values"
                )
            if not _fits(self._answers, name, value):
                raise InvalidValueError(
                    f"The value for the field {name!r} does not fit the journey's model.",
                    field=name,
                    code="does_not_fit",
                )

        def change(saved: _saved.Saved) -> None:
            saved.prefilled.update(values)

        _saved.save(visit, _saved.begin(visit, self.name), change, keep=self.keep)

    def forget(self, visit: Visit) -> None:
        """Remove the answers, once what follows has them. The next visit begins afresh.

        Args:
            visit: the request.
        """
        _saved.forget(visit, self.name)

    def model(self) -> type[A]:
        """Return the model that a finished journey gives."""
        return self._answers

    def _finish(self, visit: Visit, key: str, answers: Answers) -> Reply:
        model = self._answers.model_validate(dict(answers), by_name=True)
        return self._on_finish(visit, Finished(key, model, answers))


def _fits(model: type[BaseModel], name: str, value: JsonValue) -> bool:
    try:
        adapter_of(model, name).validate_python(value)
    except ValidationError:
        return False
    return True


def _check_at(at: str) -> None:
    if not re.fullmatch(r"(/[a-z0-9._~-]+)+", at):
        raise ConfigError(
            "A journey stands below a path such as /apply: a slash first, none last.", setting="at"
        )


def _check_names(journey: str, pages: Sequence[Page]) -> None:
    names = [page.name for page in pages]
    if not pages:
        raise ConfigError("A journey needs at least one page.", setting="pages")
    for name in (journey, *names):
        if not _NAME.fullmatch(name) or name in _RESERVED:
            raise ConfigError(
                f"The name {name!r} cannot stand in an address: use small letters, digits and "
                "single hyphens, and neither 'check' nor 'change'.",
                setting="name",
            )
    if len(set(names)) != len(names):
        raise ConfigError("Two pages of a journey have the same name.", setting="pages")
