# SPDX-License-Identifier: MIT
# Made by tools/sync.py from packages/lg-identity/src/lg_identity/_async/__init__.py: change that one.
"""The I/O layer, written once: `_sync` is made from it by tools/sync.py."""
