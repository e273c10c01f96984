# SPDX-License-Identifier: MIT
"""OS Places as the client must know it: its address, and how it says no."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import version
from typing import cast

from lg_address import errors
from lg_address.limits import RATES
from lg_core.platforms import Platform, Refusal

__all__ = ["BASE_URL", "FIND_BY_POSTCODE", "PLACES", "read_refusal"]

BASE_URL = "https://api.os.uk"
"""Where OS's APIs are, for live projects and those in development mode alike."""

FIND_BY_POSTCODE = "lg-address.find_by_postcode"
"""The registered name of the look-up by postcode."""

DOC_URL = "https://docs.os.uk/os-apis/accessing-os-apis/os-places-api"

# The gateway's own codes, such as `oauth.v2.InvalidApiKey` and `policies.ratelimit.QuotaViolation`.
_CODE = re.compile(r"[A-Za-z0-9_.]{1,80}")
_LIMITED = "policies.ratelimit."


@dataclass(frozen=True, slots=True)
class _Kind:
    """What a status means for a developer."""

    error: type[errors.PlacesError]
    advice: str


_UNKNOWN_POSTCODE = _Kind(
    errors.UnknownPostcodeError,
    "OS does not know this postcode: let the person check it, or type the address.",
)
_TOO_MANY = _Kind(
    errors.TooManyRequestsError,
    "Make fewer calls at once; where several workers share the project, divide the limit with "
    "lg_address.limits.limiter(share=...). A project in development mode has 50 calls a minute.",
)
_BY_STATUS: Mapping[int, _Kind] = {
    400: _Kind(errors.InvalidQueryError, "Look for a newer lg-address, or report this."),
    401: _Kind(
        errors.InvalidKeyError,
        "Copy the key again from the project's page in the OS Data Hub (API projects).",
    ),
    403: _Kind(
        errors.NotEntitledError,
        "Add the OS Places API to the project in the OS Data Hub; it is free to public bodies "
        "under the Public Sector Geospatial Agreement.",
    ),
    404: _Kind(
        errors.PlacesError,
        "OS has nothing at this address: check that base_url ends with the host.",
    ),
    429: _TOO_MANY,
}
_UNAVAILABLE = _Kind(
    errors.PlacesUnavailableError, "Let the person type the address; try again later."
)
_OTHER = _Kind(errors.PlacesError, "Look the status up in OS's documentation.")
_BAD_REQUEST = 400
_FIRST_SERVER_ERROR = 500


def read_refusal(refusal: Refusal) -> errors.PlacesError:
    """Make the error for an answer of OS Places that means no.

    The status comes first, since the body has no fixed form: the service, the gateway before it
    and whatever stands before that each have their own. The texts repeat the question, so none of
    them is shown.

    Args:
        refusal: the answer.
    """
    body = refusal.json() or {}
    code = _gateway_code(body)
    kind = _kind(refusal, code, by_service="error" in body)
    message = f"OS Places refused {refusal.capability} with status {refusal.status}"
    message += f" ({code}). " if code else ". "
    error = refusal.error(kind.error, message + kind.advice, code=code, doc_url=DOC_URL)
    assert isinstance(error, errors.PlacesError)  # noqa: S101 -- every kind is one
    return error


def _kind(refusal: Refusal, code: str | None, *, by_service: bool) -> _Kind:
    if code is not None and code.startswith(_LIMITED):
        return _TOO_MANY  # the gateway has been seen to say so with a status of 500
    if refusal.status >= _FIRST_SERVER_ERROR:
        return _UNAVAILABLE
    if refusal.status == _BAD_REQUEST and by_service and refusal.capability == FIND_BY_POSTCODE:
        # The question is ours and right, and the postcode has the form of one: what is left is
        # that OS does not have it.
        return _UNKNOWN_POSTCODE
    return _BY_STATUS.get(refusal.status, _OTHER)


def _gateway_code(body: Mapping[str, object]) -> str | None:
    fault = body.get("fault")
    detail = cast("dict[str, object]", fault).get("detail") if isinstance(fault, dict) else None
    if not isinstance(detail, dict):
        return None
    code = cast("dict[str, object]", detail).get("errorcode")
    return code if isinstance(code, str) and _CODE.fullmatch(code) else None


PLACES = Platform(
    name="OS Places",
    component="lg-address",
    version=version("lg-address"),
    rates=RATES,
    read_refusal=read_refusal,
    capabilities=(FIND_BY_POSTCODE,),
)
