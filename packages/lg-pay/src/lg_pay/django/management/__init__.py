# SPDX-License-Identifier: MIT
"""Where Django looks for commands."""

__all__: list[str] = []
