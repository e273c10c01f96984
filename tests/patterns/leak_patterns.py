# SPDX-License-Identifier: MIT
"""Probes of lg-patterns."""

__all__: list[str] = []
