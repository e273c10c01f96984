# SPDX-License-Identifier: MIT
"""Addresses for council services: OS Places look-up by postcode, with the UPRN."""

__all__: list[str] = []
