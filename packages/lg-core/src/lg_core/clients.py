# SPDX-License-Identifier: MIT
"""The clients that a component's own clients are made from."""

from typing import TYPE_CHECKING

from lg_core.lazy import lazy_names

if TYPE_CHECKING:
    from lg_core._async.client import AsyncApiClient
    from lg_core._async.pages import AsyncPages, OverlappingReader, PageReader
    from lg_core._sync.client import ApiClient
    from lg_core._sync.pages import Pages

__all__ = ["ApiClient", "AsyncApiClient", "AsyncPages", "OverlappingReader", "PageReader", "Pages"]

if not TYPE_CHECKING:
    # Each when it is used: a synchronous service need not load the asynchronous client.
    __getattr__ = lazy_names(
        __name__,
        {
            "ApiClient": "lg_core._sync.client",
            "AsyncApiClient": "lg_core._async.client",
            "AsyncPages": "lg_core._async.pages",
            "OverlappingReader": "lg_core._async.pages",
            "PageReader": "lg_core._async.pages",
            "Pages": "lg_core._sync.pages",
        },
    )
