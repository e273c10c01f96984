# SPDX-License-Identifier: MIT
"""The demonstration: Anytown Council on this machine, and a resident who walks through it."""

__all__: list[str] = []
