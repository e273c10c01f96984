# SPDX-License-Identifier: MIT
"""A question page that is sent with an error, against rendering the bare template alone.

A POST through lg-forms reads the session and the answers, checks the token, reads and checks the
fields, and renders the page with its error summary. Beside it stands jinja2 rendering the same
template with the same context.
"""

import gc
import statistics
import time
from collections.abc import Callable, Mapping
from urllib.parse import urlencode

from measure import Measured, as_table
from pydantic import BaseModel

from lg_core.endpoints import FORM_TYPE, Endpoint, Reply, Request
from lg_core.records import MemoryRecords
from lg_core.texts import Language, Text
from lg_forms import EmailAddress, FullName, Journey, TextField, TextPage
from lg_forms.testing import Walk
from lg_web.settings import SiteSettings
from lg_web.shell import Shell
from lg_web.site import Site

__all__ = ["one_page"]

ROUNDS, PAGES = 40, 20


class Contact(BaseModel):
    """What the journey fills."""

    full_name: str
    email: str


class Keeping(Shell):
    """Notes what the last page was rendered with."""

    last: Mapping[str, object] = {}

    def render(self, template: str, **options: object) -> str:
        """Render, and note."""
        self.last = {"template": template, **options}
        return super().render(template, **options)  # pyright: ignore[reportArgumentType] -- passed on


def one_page() -> list[Measured]:
    """Compare a POST through lg-forms with rendering the bare template."""
    settings = SiteSettings(
        url="http://127.0.0.1:8000", council=Text("Testham Council"), service=Text("Contact")
    )
    site = Site(settings, records=MemoryRecords(), templates=["lg_forms"])
    keeping = Keeping(settings, templates=["lg_forms"])
    inputs = [
        TextField("full_name", label=Text("Full name"), answer=FullName()),
        TextField("email", label=Text("Email address"), answer=EmailAddress()),
    ]
    journey = Journey(
        "contact",
        answers=Contact,
        pages=[TextPage("contact", heading=Text("Your contact details"), inputs=inputs)],
        on_finish=lambda visit, _: visit.redirect("/done"),
    )
    endpoints = journey.endpoints(site, at="/apply")
    walk = Walk(endpoints, site=site)
    walk.open("/apply")
    token = next(each.value for each in walk.page.controls if each.name == "csrf_token")
    fields = {"csrf_token": token, "full_name": "Ada Lovelace", "email": "ada"}
    request = Request(
        "POST",
        "/apply/contact",
        headers={"content-type": FORM_TYPE},
        cookies=dict(walk._cookies),  # noqa: SLF001 -- the benchmark is a browser too
        body=urlencode(fields).encode(),
    )
    post = next(
        each for each in endpoints if (each.method, each.path) == ("POST", "/apply/contact")
    )
    site.shell = keeping
    assert "Enter an email address in the correct format" in post.handle(request).body.decode()
    site.shell = Shell(settings, templates=["lg_forms"])
    bare = _bare(site.shell, keeping.last)
    assert "Enter an email address in the correct format" in bare()
    ours = _ours(post, request)
    return [_compared(ours, bare)]


def _bare(shell: Shell, last: Mapping[str, object]) -> Callable[[], str]:
    """Return what renders the compiled template with the context that the shell would give it."""
    seen: dict[str, object] = {}
    template = shell._environment.get_template(str(last["template"]))  # noqa: SLF001 -- jinja2 alone
    render = type(template).render

    def note(self: object, *args: object, **kwargs: object) -> str:
        del self  # the one template that is asked for
        seen.update(*args, **kwargs)
        return render(template, *args, **kwargs)

    type(template).render = note
    try:
        shell.render(**last)  # pyright: ignore[reportArgumentType] -- as it was called before
    finally:
        type(template).render = render
    assert seen["language"] == Language.ENGLISH
    return lambda: template.render(seen)


def _ours(post: Endpoint, request: Request) -> Callable[[], Reply]:
    return lambda: post.handle(request)


def _compared(ours: Callable[[], object], bare: Callable[[], object]) -> Measured:
    pairs = [(_seconds(ours), _seconds(bare)) for _ in range(ROUNDS)]
    return Measured(
        what="a question page, POST with an error",
        against="its template alone, in jinja2",
        ours=statistics.median(one for one, _ in pairs),
        other=statistics.median(two for _, two in pairs),
        ratio=statistics.median(one / two for one, two in pairs),
        goal=1.25,  # 0.8 of the bare template's rate
    )


def _seconds(work: Callable[[], object]) -> float:
    gc.collect()
    began = time.perf_counter()
    for _ in range(PAGES):
        work()
    return (time.perf_counter() - began) / PAGES


if __name__ == "__main__":
    print(as_table(one_page()))
