# SPDX-License-Identifier: MIT
# Made by tools/sync.py from packages/lg-notify/src/lg_notify/_async/__init__.py: change that one.
"""The client, written once: `_sync` is made from it by tools/sync.py."""
