# SPDX-License-Identifier: MIT
# Made by tools/sync.py from packages/lg-address/src/lg_address/_async/__init__.py: change that one.
"""The client, written once: `_sync` is made from it by tools/sync.py."""
