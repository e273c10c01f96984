# SPDX-License-Identifier: MIT
"""Make GOV.UK Frontend's stylesheet and script when lg-web is installed or its wheel is built."""

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class AssetsHook(BuildHookInterface):
    """Placeholder of the frame; replaced by the real hook."""
