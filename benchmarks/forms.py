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


def one_page() -> tuple[float, float]:
    """Return the pages a second of the bare template and of a POST through lg-forms."""
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
    return _rates(bare, ours)


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


def _rates(bare: Callable[[], object], ours: Callable[[], object]) -> tuple[float, float]:
    rates: tuple[list[float], list[float]] = ([], [])
    for _ in range(ROUNDS):
        for work, into in zip((bare, ours), rates, strict=True):
            gc.collect()
            began = time.perf_counter()
            for _ in range(PAGES):
                work()
            into.append(PAGES / (time.perf_counter() - began))
    return statistics.median(rates[0]), statistics.median(rates[1])


if __name__ == "__main__":
    bare_rate, our_rate = one_page()
    print(f"bare template   {bare_rate:7.0f} pages/s")
    print(f"through lg-forms{our_rate:7.0f} pages/s   {our_rate / bare_rate:.2f} of the bare rate")
