# SPDX-License-Identifier: MIT
"""Say how an answer differs from its model, in words that hold nothing of the answer. Pure."""

from functools import cache
from typing import cast

from pydantic import BaseModel, ValidationError

__all__ = ["shape_problems"]


def shape_problems(model: type[BaseModel], error: ValidationError) -> tuple[str, ...]:
    """Say where an answer was wrong and how, with no word of the answer itself.

    Args:
        model: what the answer should have been.
        error: what pydantic found.

    Returns:
        One text a fault: the path of known names, and the kind of fault.
    """
    known = _known(model)
    faults = error.errors(include_url=False, include_context=False, include_input=False)
    return tuple(
        f"{'.'.join(_step(step, known) for step in fault['loc']) or 'answer'}: {fault['type']}"
        for fault in faults
    )


@cache
def _known(model: type[BaseModel]) -> frozenset[str]:
    """Return the names of a model's fields, at every depth. Kept: to find them takes a while."""
    return _names(model.model_json_schema(mode="serialization")) | _names(
        model.model_json_schema(mode="validation")
    )


def _step(step: int | str, known: frozenset[str]) -> str:
    return str(step) if isinstance(step, int) or step in known else "*"


def _names(schema: object) -> frozenset[str]:
    """Return every property name that a JSON schema knows: the rest of a path is data."""
    if isinstance(schema, list):
        return frozenset[str]().union(*(_names(part) for part in cast("list[object]", schema)))
    if not isinstance(schema, dict):
        return frozenset()
    found = cast("dict[str, object]", schema)
    own = found.get("properties")
    names = frozenset(cast("dict[str, object]", own)) if isinstance(own, dict) else frozenset[str]()
    return names.union(*(_names(part) for part in found.values()))
