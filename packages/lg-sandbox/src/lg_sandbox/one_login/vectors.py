# SPDX-License-Identifier: MIT
"""Read `vtr`: the vectors of trust that a service would take."""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import cast

from lg_sandbox.one_login.model import Level, Trust

__all__ = ["Vectors", "read_vtr"]

_TRUSTS: Mapping[tuple[str, ...], Trust] = {("Cl",): Trust.LOW, ("Cl", "Cm"): Trust.MEDIUM}


@dataclass(frozen=True, slots=True)
class Vectors:
    """What a service would take.

    Args:
        trust: the lowest sign-in that it would take.
        levels: the levels of confidence that it would take; empty when it asks for no identity.
    """

    trust: Trust
    levels: frozenset[Level]


_NOTHING_ASKED = Vectors(Trust.MEDIUM, frozenset())


def read_vtr(text: str | None, *, allowed: Collection[Level]) -> Vectors:
    """Read `vtr`.

    Args:
        text: a JSON array of vectors, such as `["Cl.Cm.P2"]`; None where the request has none.
        allowed: the levels that the service is registered for.

    Returns:
        What the service would take. Without any vector it is a sign-in with a second factor and
        no identity (tech-docs, 'vtr').

    Raises:
        ValueError: when One Login would call the request's vtr not valid. Sources: tech-docs,
            'vtr'; simulator, `vtr-validator`.
    """
    if not text:
        return _NOTHING_ASKED
    vectors = [_vector(each) for each in _texts(text)]
    if not vectors:
        return _NOTHING_ASKED
    levels = [level for _, level in vectors if level is not None and level is not Level.P0]
    if levels and len(levels) < len(vectors):
        raise ValueError("vtr mixes vectors with and without an identity")
    if not set(levels) <= set(allowed):
        raise ValueError("vtr asks for a level that this service is not registered for")
    return Vectors(min(trust for trust, _ in vectors), frozenset(levels))


def _texts(text: str) -> list[str]:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        raise ValueError("vtr is no JSON") from None
    if not isinstance(value, list):
        raise ValueError("vtr is no array of texts")  # noqa: TRY004 -- one kind of failure
    items = cast("list[object]", value)
    texts = [each for each in items if isinstance(each, str)]
    if len(texts) < len(items):
        raise ValueError("vtr is no array of texts")
    return texts


def _vector(text: str) -> tuple[Trust, Level | None]:
    parts = text.split(".")
    # simulator, `parseSingleVtr`: parts that begin with neither letter are passed over.
    trust = _TRUSTS.get(tuple(sorted(each for each in parts if each.startswith("C"))))
    levels = [each for each in parts if each.startswith("P")]
    if trust is None or len(levels) > 1:
        raise ValueError("a vector has one credential trust and at most one level")
    level = Level(levels[0]) if levels else None
    if level not in {None, Level.P0} and trust is not Trust.MEDIUM:
        raise ValueError("an identity needs Cl.Cm")
    return trust, level
