# SPDX-License-Identifier: MIT
"""Check the metadata of a payment: the service's own pairs."""

from collections.abc import Iterator
from typing import Any, cast

from lg_sandbox.pay.errors import Code, Refusal

__all__ = ["Pairs", "read_metadata"]

Pairs = tuple[tuple[str, str | int | float | bool], ...]

# API reference, 'metadata', and the code shared by both services, `ExternalMetadata`: the spec's
# own prose is older and names smaller numbers.
_MOST_PAIRS = 15
_LONGEST_KEY = 30
_LONGEST_VALUE = 100


def read_metadata(value: object) -> Pairs:
    """Check metadata and return its pairs.

    Args:
        value: what stood under `metadata`.

    Returns:
        The pairs in the order given; none for an empty object, which Pay drops.

    Raises:
        Refusal: 422 P0102 with every fault, joined as Pay joins them.
    """
    if value is None:
        _refuse("Value must not be null")
    if not isinstance(value, dict):
        _refuse("Must be an object of JSON key-value pairs")
    pairs = cast("dict[str, Any]", value)
    faults = list(_faults(pairs))
    if faults:
        _refuse(". ".join(faults))
    return tuple(pairs.items())


def _refuse(text: str) -> None:
    raise Refusal(Code.INVALID_VALUE, "metadata", text, field="metadata")


def _faults(pairs: dict[str, Any]) -> Iterator[str]:
    if len(pairs) > _MOST_PAIRS:
        yield f"Cannot have more than {_MOST_PAIRS} key-value pairs"
    if any(not 1 <= len(key) <= _LONGEST_KEY for key in pairs):
        yield f"Keys must be between 1 and {_LONGEST_KEY} characters long"
    if len({key.lower() for key in pairs}) < len(pairs):
        yield "Keys must be unique, whatever their case"
    values = list(pairs.values())
    if None in values:
        yield "Must not have null values"
    if any(value is not None and not isinstance(value, str | int | float) for value in values):
        yield "Values must be of type String, Boolean or Number"
    if any(isinstance(value, str) and len(value) > _LONGEST_VALUE for value in values):
        yield f"Values must be no greater than {_LONGEST_VALUE} characters long"
