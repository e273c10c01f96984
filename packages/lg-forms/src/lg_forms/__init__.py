# SPDX-License-Identifier: MIT
"""Form journeys for council services: one question a page, the Design System's wording, no JavaScript needed."""

__all__: list[str] = []
