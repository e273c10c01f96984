# SPDX-License-Identifier: MIT
"""How OS Places says no: the service, the gateway before it, and what stands before that."""

import json

import pytest

from lg_address import PlacesClient, errors
from lg_address._platform import FIND_BY_POSTCODE, read_refusal
from lg_address.limits import PLACES, limiter
from lg_core.errors import ConfigError
from lg_core.platforms import Refusal

SERVICE = json.dumps({"error": {"statuscode": 400, "message": "zq postcode zq"}}).encode()
PAGE = b"<html>zq</html>"


def _gateway(code: object) -> bytes:
    return json.dumps({"fault": {"faultstring": "zq", "detail": {"errorcode": code}}}).encode()


@pytest.mark.parametrize(
    ("status", "body", "kind", "code"),
    [
        (400, SERVICE, errors.UnknownPostcodeError, None),
        (400, PAGE, errors.InvalidQueryError, None),
        (400, _gateway("a.b"), errors.InvalidQueryError, "a.b"),
        (401, _gateway("oauth.v2.InvalidApiKey"), errors.InvalidKeyError, "oauth.v2.InvalidApiKey"),
        (401, _gateway("zq zq"), errors.InvalidKeyError, None),
        (401, b'{"fault": {"detail": "zq"}}', errors.InvalidKeyError, None),
        (401, b'{"fault": "zq"}', errors.InvalidKeyError, None),
        (403, SERVICE, errors.NotEntitledError, None),
        (404, PAGE, errors.PlacesError, None),
        (418, PAGE, errors.PlacesError, None),
        (429, PAGE, errors.TooManyRequestsError, None),
        (
            500,
            _gateway("policies.ratelimit.SpikeArrestViolation"),
            errors.TooManyRequestsError,
            "policies.ratelimit.SpikeArrestViolation",
        ),
        (503, SERVICE, errors.PlacesUnavailableError, None),
    ],
)
def test_each_refusal_is_its_own_kind(
    *, status: int, body: bytes, kind: type[errors.PlacesError], code: str | None
) -> None:
    """The status comes first, then the form of the body; no text of OS's is repeated."""
    error = read_refusal(
        Refusal(
            platform="OS Places",
            capability=FIND_BY_POSTCODE,
            status=status,
            body=body,
            request_id=None,
            retryable=False,
            attempts=1,
            sent=frozenset(),
        )
    )

    assert (kind, code) == (type(error), error.code)
    assert "zq" not in str(error)


def test_a_damaged_key_is_refused_without_being_shown() -> None:
    """The setting is named, and the key is not."""
    for wrong in ("", " zqkey", "zqkey\n"):
        with pytest.raises(ConfigError) as refused:
            PlacesClient(wrong)

        assert "LG_PLACES_API_KEY" == refused.value.setting
        assert "zqkey" not in str(refused.value)


@pytest.mark.parametrize(
    ("share", "development", "calls"), [(1, False, 600), (4, False, 150), (1, True, 50)]
)
def test_workers_divide_the_rate(*, share: int, development: bool, calls: int) -> None:
    """600 a minute for a live project, 50 in development, divided by the workers."""
    buckets = limiter(share=share, development=development)
    waits = [buckets.reserve(PLACES, max_wait=60) for _ in range(calls + 1)]

    assert [0.0] * calls == waits[:-1]
    assert waits[-1]
