# SPDX-License-Identifier: MIT
"""Pages of a made-up council, as the browser and the tests of the shell see them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from lg_core.endpoints import Reply, Request
from lg_core.texts import Language, Text
from lg_web.assets import asset_endpoints
from lg_web.headers import page_headers
from lg_web.problems import Problem, problem_page
from lg_web.settings import Link, Phase, SiteSettings
from lg_web.shell import Shell
from lg_web.theme import Colours

__all__ = ["NONCE", "SAMPLES", "SETTINGS", "Sample", "answer"]

NONCE: Final = "c2FtcGxlIG5vbmNl"
SETTINGS: Final = SiteSettings(
    url="https://forms.example.gov.uk/garden-waste",
    council=Text("Riverside District Council", "Cyngor Dosbarth Glan yr Afon"),
    service=Text("Subscribe to garden waste", "Tanysgrifio i wastraff gardd"),
    languages=(Language.ENGLISH, Language.WELSH),
    phase=Phase.BETA,
    feedback_url="/feedback",
    footer_links=(
        Link(Text("Privacy", "Preifatrwydd"), "/privacy"),
        Link(Text("Accessibility", "Hygyrchedd"), "https://www.example.gov.uk/accessibility"),
    ),
    colours=Colours(brand="#003d5c", button="#005e30"),
)
SHELL: Final = Shell(SETTINGS, templates=("web",))


@dataclass(frozen=True, slots=True)
class Sample:
    """A page: a template with what it shows, or a problem."""

    path: str = f"{SETTINGS.prefix}/name"
    language: Language = Language.ENGLISH
    title: str = "What is your name?"
    problem: Problem | None = None
    context: Mapping[str, object] = field(default_factory=dict[str, object])

    def reply(self) -> Reply:
        """Return the page, with the headers of a page."""
        if self.problem is not None:
            page = problem_page(
                SHELL, self.problem, language=self.language, nonce=NONCE, path="/nowhere"
            )
        else:
            html = SHELL.render(
                "web/question.html",
                language=self.language,
                path="/name",
                nonce=NONCE,
                csrf_token="0" * 64,
                title=self.title,
                error=bool(self.context["error_text"]),
                back="/start",
                context=self.context,
            )
            page = Reply.html(html)
        return page.with_headers(*page_headers(nonce=NONCE))


_ENGLISH: Final = {"value": "", "error_text": "", "button": "Continue"}
_WELSH: Final = {"value": "Gwen", "error_text": "", "button": "Parhau"}
SAMPLES: Final[Mapping[str, Sample]] = {
    "question": Sample(context=_ENGLISH),
    "question with errors": Sample(context=_ENGLISH | {"error_text": "Enter your full name"}),
    "question in Welsh": Sample(language=Language.WELSH, title="Beth yw eich enw?", context=_WELSH),
    "question in Welsh with errors": Sample(
        language=Language.WELSH,
        title="Beth yw eich enw?",
        context=_WELSH | {"value": "", "error_text": "Rhowch eich enw llawn"},
    ),
    "page not found": Sample(problem=Problem.NOT_FOUND),
    "our own fault in Welsh": Sample(problem=Problem.FAULT, language=Language.WELSH),
}


def answer(sample: Sample, path: str) -> Reply:
    """Answer the browser: the page at its path, and the assets."""
    assets = f"{SETTINGS.prefix}/assets/"
    if path.startswith(assets):
        (endpoint,) = asset_endpoints(SETTINGS)
        file = path.removeprefix(assets)
        return endpoint.handle(Request("GET", f"/assets/{file}", params={"file": file}))
    return sample.reply()
