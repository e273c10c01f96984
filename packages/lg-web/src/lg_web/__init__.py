# SPDX-License-Identifier: MIT
"""Pages and the way into Flask, Django and Starlette for council services: shell, assets, sessions, safety headers."""

__all__: list[str] = []
