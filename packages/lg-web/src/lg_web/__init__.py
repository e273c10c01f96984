# SPDX-License-Identifier: MIT
"""Pages and the way into Flask, Django and Starlette for council services.

In short:

    site = Site(SiteSettings(url=..., council=..., service=...), records=MemoryRecords())
    home = site.page("GET", "/", lambda visit: visit.render("my_service/home.html", title="Home"),
                     name="home")
    lg_web.flask.mount(app, [*site.endpoints(), home])
"""

from typing import TYPE_CHECKING

from lg_core.lazy import lazy_names

if TYPE_CHECKING:
    from lg_web.problems import Problem
    from lg_web.sessions import Session
    from lg_web.settings import Link, Phase, SiteSettings
    from lg_web.shell import Shell
    from lg_web.site import Site
    from lg_web.theme import Colours
    from lg_web.visits import Visit

_HOMES = {
    "Colours": "lg_web.theme",
    "Link": "lg_web.settings",
    "Phase": "lg_web.settings",
    "Problem": "lg_web.problems",
    "Session": "lg_web.sessions",
    "Shell": "lg_web.shell",
    "Site": "lg_web.site",
    "SiteSettings": "lg_web.settings",
    "Visit": "lg_web.visits",
}

__all__ = [
    "Colours",
    "Link",
    "Phase",
    "Problem",
    "Session",
    "Shell",
    "Site",
    "SiteSettings",
    "Visit",
]

if not TYPE_CHECKING:
    __getattr__ = lazy_names(__name__, _HOMES)
