# SPDX-License-Identifier: MIT
"""From a call to bytes, and from bytes to a value. Pure."""

import json
import re
from types import NoneType
from typing import Any, TypeVar, cast
from urllib.parse import urlencode

from pydantic import BaseModel, ValidationError

from lg_core._shape import shape_problems
from lg_core.calls import Call
from lg_core.endpoints import FORM_TYPE
from lg_core.errors import ResponseShapeError
from lg_core.models import AnswerModel
from lg_core.network import Phases
from lg_core.platforms import Platform
from lg_core.redaction import leaves
from lg_core.transport import WireAnswer, WireRequest

__all__ = ["encode", "headers_of", "read_answer", "sent_values", "url_of", "wire_request"]

T = TypeVar("T")
_MEDIA_TYPE = re.compile(r"[a-z]+/[a-z0-9.+-]{1,40}")


def encode(call: Call[Any]) -> bytes:
    """Return the body of a call: a form's fields, or JSON without its None values."""
    if call.form is not None:
        return urlencode(call.form).encode()
    if call.body is None:
        return b""
    return call.body.model_dump_json(by_alias=True, exclude_none=True).encode()


def url_of(base_url: str, call: Call[Any]) -> str:
    """Return the whole address of a call."""
    pairs: list[tuple[str, str | int]] = []
    for name, value in call.query.items():
        if isinstance(value, tuple):
            pairs += [(name, each) for each in value]
        elif value is not None:
            pairs.append((name, value))
    return f"{base_url}{call.path}?{urlencode(pairs)}" if pairs else base_url + call.path


def headers_of(call: Call[Any], *, user_agent: str, body: bytes) -> list[tuple[str, str]]:
    """Return the headers of a call that do not depend on the credentials or the attempt."""
    headers = [
        ("user-agent", user_agent),
        ("accept", "*/*" if call.read is bytes else "application/json"),
        ("accept-encoding", "gzip"),
    ]
    if body:
        headers.append(("content-type", "application/json" if call.form is None else FORM_TYPE))
    headers += call.headers.items()
    return headers


def wire_request(
    call: Call[Any],
    *,
    url: str,
    headers: list[tuple[str, str]],
    body: bytes,
    phases: Phases,
    remaining: float,
) -> WireRequest:
    """Return one attempt of a call as it goes to the transport: no phase outlasts the deadline."""
    return WireRequest(
        method=call.method,
        url=url,
        headers=tuple(headers),
        body=body,
        connect=min(phases.connect, remaining),
        read=min(phases.read, remaining),
        write=min(phases.write, remaining),
        pool=min(phases.pool, remaining),
        total=remaining,
        max_answer=call.max_answer,
    )


def sent_values(call: Call[Any]) -> frozenset[str]:
    """Return every string and number that a call sends, to keep them out of error texts."""
    sent = set(leaves([dict(call.query), dict(call.form or {}), dict(call.headers)]))
    # An identifier holds a digit; the words of the path are the platform's own.
    sent.update(part for part in call.path.split("/") if re.search(r"\d.*\d", part))
    if call.body is not None:
        sent.update(leaves(json.loads(encode(call))))
    return frozenset(sent)


def read_answer(call: Call[T], platform: Platform, answer: WireAnswer) -> T:
    """Read an answer as the call says.

    Raises:
        ResponseShapeError: the answer is not JSON, or not of the expected shape.
    """
    read: type[Any] = call.read
    if read is NoneType:
        return cast("T", None)
    if read is bytes:
        return cast("T", answer.body)
    if not issubclass(read, BaseModel):
        raise TypeError("Call.read must be a pydantic model, bytes or type(None).")
    kind = answer.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/json" and not kind.endswith("+json"):
        shown = kind if _MEDIA_TYPE.fullmatch(kind) else "something without a media type"
        raise _misshapen(
            call,
            platform,
            answer,
            what=f"answered with {shown} where JSON was expected. Something between you and the "
            "platform may have answered instead: check base_url and your proxy",
        )
    try:
        value = read.model_validate_json(answer.body)
        if isinstance(value, AnswerModel):
            value.read_whole()
        return cast("T", value)
    except ValidationError as error:
        problems = shape_problems(read, error)
    except ResponseShapeError as error:  # of a part that is read by itself
        problems = error.problems
    # Raised outside the handler: pydantic's own error holds words of the answer.
    raise _misshapen(
        call,
        platform,
        answer,
        what="answered with JSON of another shape than its documentation says, or with half of "
        f"it. Look for a newer {platform.component}, or report this",
        problems=problems,
    )


def _misshapen(
    call: Call[Any],
    platform: Platform,
    answer: WireAnswer,
    *,
    what: str,
    problems: tuple[str, ...] = (),
) -> ResponseShapeError:
    listed = f" ({'; '.join(problems[:3])})" if problems else ""
    return ResponseShapeError(
        f"{platform.name} {what}: {call.capability}, status {answer.status}{listed}.",
        status=answer.status,
        problems=problems,
        request_id=answer.headers.get(platform.request_id_header),
        capability=call.capability,
    )
