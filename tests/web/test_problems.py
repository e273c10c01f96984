# SPDX-License-Identifier: MIT
import re

import pytest
from web.sample_pages import NONCE, SETTINGS, SHELL

from lg_core.texts import Catalogue, Language, Text
from lg_web.problems import Problem, problem_page
from lg_web.shell import Shell

TITLES = {
    Problem.UNREADABLE: "We could not read what you sent",
    Problem.FORBIDDEN: "You need to start again",
    Problem.NOT_FOUND: "Page not found",
    Problem.METHOD: "Page not found",
    Problem.TOO_LARGE: "What you sent is too large",
    Problem.TOO_MANY: "You have tried too many times",
    Problem.FAULT: "Sorry, there is a problem with the service",
    Problem.UNAVAILABLE: "Sorry, the service is unavailable",
}


def _main(problem: Problem, *, language: Language = Language.ENGLISH) -> str:
    reply = problem_page(SHELL, problem, language=language, nonce=NONCE, path="/x")
    found = re.search(r"<main.*</main>", reply.body.decode(), re.DOTALL)
    assert found
    return found[0]


@pytest.mark.parametrize("problem", Problem)
def test_a_problem_has_its_status_and_heading(problem: Problem) -> None:
    """Each problem is a page with its status, and the heading is the title."""
    reply = problem_page(SHELL, problem, language=Language.ENGLISH, nonce=NONCE, path="/x")
    page = reply.body.decode()

    assert (problem.value, "text/html; charset=utf-8") == (reply.status, reply.media_type)
    assert f'<h1 class="govuk-heading-l">{TITLES[problem]}</h1>' in page
    assert f"<title>{TITLES[problem]} - Subscribe to garden waste - Riverside" in page


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("problem", Problem)
def test_a_problem_is_worded_as_the_design_system_asks(
    problem: Problem, language: Language
) -> None:
    """No page shows a status, the word error, technical words, red or breadcrumbs."""
    shown = _main(problem, language=language)

    assert str(problem.value) not in shown
    assert not re.search(r"error|gwall|oops|exception|bad request|breadcrumb", shown, re.IGNORECASE)
    assert 'class="govuk-body"' in shown


@pytest.mark.parametrize("problem", Problem)
def test_a_problem_is_said_in_welsh(problem: Problem) -> None:
    """Each problem has its own Welsh page."""
    shown = _main(problem, language=Language.WELSH)

    assert TITLES[problem] not in shown
    assert shown != _main(problem)


def test_who_is_lost_is_led_to_the_first_page() -> None:
    """A page that is not there, and a session that has ended, link to the first page."""
    link = f'href="{SETTINGS.prefix}/"'

    assert {Problem.FORBIDDEN, Problem.NOT_FOUND, Problem.METHOD} == {
        problem for problem in Problem if link in _main(problem)
    }


def test_a_council_may_word_it_otherwise() -> None:
    """A council's own text takes the place of ours."""
    own = Catalogue({"problem_fault_1": Text("Call 01632 960 001.", "Ffoniwch 01632 960 001.")})
    shell = Shell(SETTINGS, texts=own)
    page = problem_page(shell, Problem.FAULT, language=Language.ENGLISH, nonce=NONCE, path="/")

    assert "Call 01632 960 001." in page.body.decode()
    assert "Try again later." not in page.body.decode()
