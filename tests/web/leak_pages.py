# SPDX-License-Identifier: MIT
"""The probe of lg-web's pages: asks for what is planted, and looks at what is said about it."""

from typing import Any

from pay.leak_platforms import probe
from pay.leaks import PLANTED, Saw

from lg_core.endpoints import Request
from lg_core.texts import Language, Text
from lg_web.assets import asset_endpoints, asset_url
from lg_web.problems import Problem, problem_page
from lg_web.settings import Link, SiteSettings
from lg_web.shell import Shell
from lg_web.theme import Colours, contrast

SETTINGS = SiteSettings(
    url="https://forms.example.gov.uk/x",
    council=Text("Riverside District Council"),
    service=Text("Garden waste"),
    languages=tuple(Language),
)
WRONG: tuple[dict[str, Any], ...] = (
    {"url": PLANTED["return address"] + "?" + PLANTED["name"]},
    {"url": f"http://{PLANTED['town']}"},
    {"start": PLANTED["address"]},
    {"feedback_url": PLANTED["e-mail"]},
    {"feedback_url": f"https://[{PLANTED['name']}"},
    {"form_targets": (PLANTED["return address"],)},
    {"form_targets": (PLANTED["proxy password"],)},
    {"council": Text(" ")},
    {"languages": ()},
)


@probe
def settings_that_are_wrong(saw: Saw) -> None:
    """Whatever is wrong with a setting, the error names the setting and never the value."""
    given: dict[str, Any] = {
        "url": SETTINGS.url,
        "council": SETTINGS.council,
        "service": SETTINGS.service,
    }
    for wrong in WRONG:
        saw.attempt(SiteSettings, **given | wrong)
    saw.attempt(Link, SETTINGS.council, PLANTED["name"])
    saw.attempt(Link, SETTINGS.council, "/privacy")
    saw.attempt(Colours, brand=PLANTED["reference"])
    saw.attempt(Colours, link="#fff")
    saw.attempt(contrast, "#000", "#fff")
    saw(SETTINGS)
    saw(Colours())
    Colours().stylesheet()
    Colours().icon()


@probe
def pages_of_what_was_typed(saw: Saw) -> None:
    """What a page shows a resident stands in the page alone: in no error, no log and no repr."""
    shell = Shell(SETTINGS)
    saw(shell)
    saw.text("a text", shell.say("back", language=Language.WELSH))
    for problem in Problem:
        saw(problem_page(shell, problem, language=Language.ENGLISH, nonce="n", path="/x"))
    asked: dict[str, Any] = {
        "language": Language.ENGLISH,
        "path": PLANTED["address"],
        "nonce": "n",
        "csrf_token": PLANTED["signing secret"],
        "title": PLANTED["name"],
        "context": {"value": PLANTED["e-mail"], "texts": PLANTED["postcode"]},
    }
    saw.attempt(_shown, shell, "lg_web/page.html", **asked)
    saw.attempt(_shown, shell, "lg_web/message.html", **asked)  # has no paragraphs to show
    saw.attempt(_shown, shell, "lg_web/nowhere.html", **asked)


@probe
def assets_of_any_name(saw: Saw) -> None:
    """A name that is no file's is not repeated."""
    (endpoint,) = asset_endpoints(SETTINGS)
    saw(endpoint)
    for file in (*PLANTED.values(), asset_url("lg-web.js", colours=Colours())[8:]):
        reply = endpoint.handle(Request("GET", f"/assets/{file}", params={"file": file}))
        saw(reply)
        if reply.status != 200:
            saw.text("the answer", f"{reply.body!r} {reply.headers}")


def _shown(shell: Shell, template: str, **asked: Any) -> None:
    """Render a page and throw it away: it is meant to hold what was typed."""
    shell.render(template, **asked)
