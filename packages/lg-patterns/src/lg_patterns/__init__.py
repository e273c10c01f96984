# SPDX-License-Identifier: MIT
"""Whole council services made of the local government components.

`lg_patterns.garden_waste` is the first: garden waste subscriptions, from the first page to the
line that finance posts. `lg-patterns demo` shows it against the sandbox.
"""

__all__: list[str] = []
