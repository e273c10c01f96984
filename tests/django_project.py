# SPDX-License-Identifier: MIT
"""The Django project of the tests: a process can have one, so all of them share it.

The demonstration makes one too, where nobody has. Whoever needs the addresses of this one sets it
up when the tests are collected, which is before any demonstration.
"""

import functools
import sys
from types import ModuleType
from typing import Any, cast

import django
from django import conf

__all__ = ["URLS", "set_up"]

URLS = ModuleType("lg_tests_urls")
"""The addresses: a test fills `urlpatterns`."""
URLS.urlpatterns = []  # type: ignore[attr-defined]


@functools.cache
def set_up() -> None:
    """Set the project up, where this process has none."""
    if conf.settings.configured:
        return
    sys.modules[URLS.__name__] = URLS
    cast("Any", conf.settings).configure(  # Django ships no types
        ALLOWED_HOSTS=["*"],
        LOGGING_CONFIG=None,  # the log is pytest's
        MIDDLEWARE=["django.middleware.csrf.CsrfViewMiddleware"],
        ROOT_URLCONF=URLS.__name__,
        SECRET_KEY="nobody's",
    )
    django.setup()
