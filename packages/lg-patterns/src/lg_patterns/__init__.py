# SPDX-License-Identifier: MIT
"""Whole council services made of the local government components: garden waste subscriptions first."""

__all__: list[str] = []
