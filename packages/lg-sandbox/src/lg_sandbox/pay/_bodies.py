# SPDX-License-Identifier: MIT
"""Read the JSON object that a request brings."""

import json
from contextlib import suppress
from typing import Any, cast

from lg_sandbox.pay.errors import Code, Refusal

__all__ = ["read_object"]


def read_object(body: bytes, *, not_json: Code) -> dict[str, Any]:
    """Read a body as an object; what is no object has no attributes.

    Args:
        body: the body as it came.
        not_json: the error for a body that is no JSON.

    Returns:
        The attributes.

    Raises:
        Refusal: with that error, or with P0920 for an empty body (API reference: a firewall
            refuses it).
    """
    if not body:
        raise Refusal(Code.BLOCKED)
    # The parser's own error holds the whole body, so it is left behind.
    with suppress(ValueError, RecursionError):
        value: object = json.loads(body)
        return cast("dict[str, Any]", value) if isinstance(value, dict) else {}
    raise Refusal(not_json)
