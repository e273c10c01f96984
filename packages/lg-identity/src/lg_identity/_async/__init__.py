# SPDX-License-Identifier: MIT
"""The I/O layer, written once: `_sync` is made from it by tools/sync.py."""
