# SPDX-License-Identifier: MIT
"""The pages that say that something did not work.

They are worded as the GOV.UK Design System asks ('Page not found pages', 'There is a problem with
the service pages', 'Service unavailable pages'): plain words, what to do next, no number, no
technical term, nothing in red.
"""

from enum import Enum
from http import HTTPStatus
from typing import Final

from lg_core.endpoints import Reply
from lg_core.texts import Language
from lg_web.shell import Shell

__all__ = ["Problem", "problem_page"]


class Problem(Enum):
    """What did not work, by the HTTP status that goes with it."""

    UNREADABLE = 400
    """What was sent cannot be read."""
    FORBIDDEN = 403
    """A form came without the token of its session: the session has ended, or never began."""
    NOT_FOUND = 404
    """There is no such page."""
    METHOD = 405
    """The page is there, but not to be used in this way. Residents read that it is not there."""
    TOO_LARGE = 413
    """What was sent is larger than the page takes."""
    TOO_MANY = 429
    """Too many attempts in a short time."""
    FAULT = 500
    """Our own fault."""
    UNAVAILABLE = 503
    """The service is shut, or something that it needs cannot be reached."""

    @property
    def status(self) -> HTTPStatus:
        """The HTTP status (RFC 9110 section 15)."""
        return HTTPStatus(self.value)


_SAME_TEXTS: Final = {Problem.METHOD: Problem.NOT_FOUND}
_PARAGRAPHS: Final = {
    Problem.UNREADABLE: 1,
    Problem.FORBIDDEN: 2,
    Problem.NOT_FOUND: 2,
    Problem.TOO_LARGE: 1,
    Problem.TOO_MANY: 1,
    Problem.FAULT: 1,
    Problem.UNAVAILABLE: 1,
}
_LEADS_TO_START: Final = frozenset({Problem.FORBIDDEN, Problem.NOT_FOUND})


def problem_page(
    shell: Shell, problem: Problem, *, language: Language, nonce: str, path: str
) -> Reply:
    """Return the page for a problem, with its status and without the headers of a page.

    The texts are in the catalogue of lg-web under `problem_..._title` and `problem_..._1` and so
    on, where a council may override them.

    Args:
        shell: renders the page.
        problem: what did not work.
        language: the language of the page.
        nonce: what marks our scripts in the Content-Security-Policy.
        path: the path that was asked for, below the prefix.
    """
    shown = _SAME_TEXTS.get(problem, problem)
    name = f"problem_{shown.name.lower()}"
    html = shell.render(
        "lg_web/message.html",
        language=language,
        path=path,
        nonce=nonce,
        csrf_token=None,
        title=shell.say(f"{name}_title", language=language),
        context={
            "paragraphs": [
                shell.say(f"{name}_{number}", language=language)
                for number in range(1, _PARAGRAPHS[shown] + 1)
            ],
            "to_start": shown in _LEADS_TO_START,
        },
    )
    return Reply.html(html, status=problem.status)
