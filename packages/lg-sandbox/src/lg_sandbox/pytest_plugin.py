# SPDX-License-Identifier: MIT
"""The pytest fixture `sandbox`."""
