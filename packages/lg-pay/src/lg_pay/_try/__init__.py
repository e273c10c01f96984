# SPDX-License-Identifier: MIT
"""The command `lg-pay try`: the one place where a component uses the sandbox."""
