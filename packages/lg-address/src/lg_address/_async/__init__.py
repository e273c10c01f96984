# SPDX-License-Identifier: MIT
"""The client, written once: `_sync` is made from it by tools/sync.py."""
