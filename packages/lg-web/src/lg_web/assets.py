# SPDX-License-Identifier: MIT
"""The files of every page: stylesheet, script, the council's colours and icon.

Each file's name holds a digest of what is in it, so a browser may keep it for ever, and a new
version is a new name.
"""

import hashlib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

from lg_core.endpoints import Endpoint, Reply, Request
from lg_core.errors import ConfigError
from lg_web.settings import SiteSettings
from lg_web.theme import Colours

__all__ = ["ASSETS_PATH", "asset_endpoints", "asset_url"]

ASSETS_PATH: Final = "/assets"
"""Where the files stand, below the prefix."""
_BUILT: Final = {"lg-web.css": "text/css", "lg-web.js": "text/javascript"}
_MADE: Final = {"icon.svg": "image/svg+xml", "theme.css": "text/css"}
_DIGITS: Final = 16
_KEEP: Final = (
    ("cache-control", "public, max-age=31536000, immutable"),
    ("x-content-type-options", "nosniff"),
)


@dataclass(frozen=True, slots=True)
class _Asset:
    file: str
    body: bytes
    media_type: str


def asset_endpoints(settings: SiteSettings) -> list[Endpoint]:
    """Offer the files to a web framework.

    A name that is not one of them is answered 404, whatever it is: no path reaches the disk.

    Args:
        settings: what the pages have in common.

    Returns:
        An endpoint a file.

    Raises:
        ConfigError: the stylesheet and the script were not built.
    """
    known = {asset.file: asset for asset in _assets(settings.colours).values()}

    def serve(request: Request) -> Reply:
        asset = known.get(request.params["file"])
        if asset is None:
            return Reply.plain("There is no such file.", status=404).with_headers(
                ("cache-control", "no-store"), ("x-content-type-options", "nosniff")
            )
        return Reply(200, asset.body, f"{asset.media_type}; charset=utf-8", _KEEP)

    return [Endpoint("GET", f"{ASSETS_PATH}/{{file}}", serve, name="lg_web.assets")]


def asset_url(name: str, *, colours: Colours) -> str:
    """Return the path of a file below the prefix.

    Args:
        name: `lg-web.css`, `lg-web.js`, `theme.css` or `icon.svg`.
        colours: the council's colours, of which two of the files are made.

    Raises:
        ConfigError: the stylesheet and the script were not built.
        KeyError: there is no such file.
    """
    return f"{ASSETS_PATH}/{_assets(colours)[name].file}"


@cache
def _assets(colours: Colours) -> dict[str, _Asset]:
    bodies = {name: (_built(name), kind) for name, kind in _BUILT.items()}
    made = {"icon.svg": colours.icon(), "theme.css": colours.stylesheet()}
    bodies |= {name: (text.encode(), _MADE[name]) for name, text in made.items()}
    return {
        name: _Asset(_hashed(name, body), body, media_type)
        for name, (body, media_type) in bodies.items()
    }


@cache
def _built(name: str) -> bytes:
    try:
        return files("lg_web").joinpath("_assets", name).read_bytes()
    except FileNotFoundError:
        raise ConfigError(
            "lg-web was installed without its stylesheet and script. Install it from its wheel, "
            "or, in a copy of the repository, install the package again so that they are built.",
        ) from None


def _hashed(name: str, body: bytes) -> str:
    stem, _, ending = name.rpartition(".")
    return f"{stem}-{hashlib.sha256(body).hexdigest()[:_DIGITS]}.{ending}"
