# SPDX-License-Identifier: MIT
import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from web.sample_pages import SETTINGS

from lg_core.endpoints import Reply, Request
from lg_core.errors import ConfigError
from lg_web import assets
from lg_web.assets import ASSETS_PATH, asset_endpoints, asset_url
from lg_web.theme import Colours

TYPES = {
    "icon.svg": "image/svg+xml; charset=utf-8",
    "lg-web.css": "text/css; charset=utf-8",
    "lg-web.js": "text/javascript; charset=utf-8",
    "theme.css": "text/css; charset=utf-8",
}


def _get(file: str) -> Reply:
    (endpoint,) = asset_endpoints(SETTINGS)
    return endpoint.handle(
        Request("GET", f"{ASSETS_PATH}/{file}", prefix=SETTINGS.prefix, params={"file": file})
    )


def _file(name: str) -> str:
    return asset_url(name, colours=SETTINGS.colours).removeprefix(f"{ASSETS_PATH}/")


@pytest.mark.parametrize("name", TYPES)
def test_a_file_is_kept_for_ever(name: str) -> None:
    """Each file comes with its type, may be kept for a year, and is never asked for again."""
    reply = _get(_file(name))

    assert (200, TYPES[name]) == (reply.status, reply.media_type)
    assert "public, max-age=31536000, immutable" == dict(reply.headers)["cache-control"]
    assert "nosniff" == dict(reply.headers)["x-content-type-options"]


@pytest.mark.parametrize("name", TYPES)
def test_a_files_name_holds_a_digest_of_it(name: str) -> None:
    """Another content is another name, so no browser shows an old file."""
    stem, _, ending = name.rpartition(".")
    digest = hashlib.sha256(_get(_file(name)).body).hexdigest()[:16]

    assert f"{stem}-{digest}.{ending}" == _file(name)


def test_other_colours_are_another_file() -> None:
    """Two councils on one host have a theme each."""
    ours = asset_url("theme.css", colours=Colours(brand="#003d5c"))

    assert ours != asset_url("theme.css", colours=Colours())
    assert "lg-web.css" not in ours


def test_the_theme_has_the_colours_of_the_settings() -> None:
    """The theme is made of the council's colours."""
    assert SETTINGS.colours.stylesheet().encode() == _get(_file("theme.css")).body


@given(st.text(max_size=40) | st.sampled_from(["../settings.py", "lg-web.css", "stamp", ""]))
def test_any_other_name_is_not_found(file: str) -> None:
    """No other name gives a file, whatever it is, and the answer does not repeat it."""
    reply = _get(file)

    assert 404 == reply.status
    assert b"There is no such file." == reply.body
    assert "no-store" == dict(reply.headers)["cache-control"]


def test_an_unknown_asset_of_a_template_is_an_error() -> None:
    """A misspelt name in a template stops the page."""
    with pytest.raises(KeyError):
        asset_url("lg-web.ccs", colours=Colours())


def test_an_installation_without_its_files_says_so() -> None:
    """Where the files were not built, the error says what to install."""
    with pytest.raises(ConfigError, match="Install it from its wheel"):
        assets._built("never-built.css")


def test_there_is_one_endpoint() -> None:
    """The files stand below /assets."""
    (endpoint,) = asset_endpoints(SETTINGS)

    assert ("GET", "/assets/{file}", "lg_web.assets") == (
        endpoint.method,
        endpoint.path,
        endpoint.name,
    )
