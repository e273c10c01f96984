# SPDX-License-Identifier: MIT
"""Probes of the browser of the tests, and of days."""

__all__: list[str] = []
