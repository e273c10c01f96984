# SPDX-License-Identifier: MIT
"""What the local government components share."""
