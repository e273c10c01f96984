# SPDX-License-Identifier: MIT
"""A service that signs people in with the stand-in, written by hand for its tests."""

import uuid
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from joserfc import jwt
from made_once import key_of, with_keys

from lg_sandbox import Sandbox

__all__ = ["BASE", "CORE", "RETURN_CODE", "Service", "parts"]

BASE = "http://one-login.example"
CORE = "https://vocab.account.gov.uk/v1/coreIdentityJWT"
RETURN_CODE = "https://vocab.account.gov.uk/v1/returnCode"
ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


def parts(address: str) -> dict[str, str]:
    """Return what came back to the service in the query or the fragment."""
    split = urlsplit(address)
    return dict(parse_qsl(split.query or split.fragment, keep_blank_values=True))


class Service:
    """The service that is registered from the start, as a program that speaks the protocol.

    `http` is any client with `base_url`, `get` and `post`.
    """

    def __init__(self, sandbox: Sandbox, http: Any) -> None:
        self.sandbox = sandbox
        self.http = http
        self.base = str(http.base_url).rstrip("/")
        self.client_id = sandbox.one_login.client_id
        self.redirect_uri = sandbox.one_login.redirect_uris[0]
        self.key = key_of(with_keys(sandbox).one_login.private_key)

    @property
    def now(self) -> int:
        """The second on the sandbox's clock."""
        return int(self.sandbox.clock.now().timestamp())

    def asking(self, **changes: str | None) -> dict[str, str]:
        """Return the parameters of a good request; None takes one out."""
        good = {
            "response_type": "code",
            "client_id": self.client_id,
            "redirect_uri": self.redirect_uri,
            "scope": "openid email phone",
            "state": "a-state",
            "nonce": "a-nonce",
        }
        return {name: value for name, value in (good | changes).items() if value is not None}

    def link(self, **changes: str | None) -> str:
        """Return the link of a request in the query."""
        return f"{self.base}/authorize?{urlencode(self.asking(**changes))}"

    def claims(self, **changes: object) -> dict[str, Any]:
        """Return the claims of a good request object; None takes one out."""
        good = self.asking() | {
            "aud": f"{self.base}/authorize",
            "iss": self.client_id,
            "exp": self.now + 300,
        }
        return {name: value for name, value in (good | changes).items() if value is not None}

    def signed_link(
        self,
        *,
        query: Mapping[str, str] | None = None,
        token: str | None = None,
        algorithm: str = "RS256",
        **changes: object,
    ) -> str:
        """Return the link of a request in a signed object."""
        claims = self.claims(**changes)
        outside = {
            "response_type": "code",
            "scope": str(claims.get("scope", "openid")),
            "client_id": self.client_id,
            "request": self.sign(claims, algorithm) if token is None else token,
            **(query or {}),
        }
        return f"{self.base}/authorize?{urlencode(outside)}"

    def sign(self, claims: Mapping[str, Any], algorithm: str = "RS256", **header: str) -> str:
        """Sign claims with the service's key."""
        return jwt.encode(
            {"alg": algorithm, **header}, dict(claims), self.key, algorithms=[algorithm]
        )

    def assertion(self, *, algorithm: str = "RS256", **changes: object) -> str:
        """Return a good assertion of who the service is; None takes a claim out."""
        good: dict[str, object] = {
            "aud": f"{self.base}/token",
            "iss": self.client_id,
            "sub": self.client_id,
            "exp": self.now + 300,
            "iat": self.now,
            "jti": str(uuid.uuid4()),
        }
        claims = {name: value for name, value in (good | changes).items() if value is not None}
        return self.sign(claims, algorithm)

    def code(self, *, person: str = "megan", **changes: str | None) -> str:
        """Let somebody sign in, and return the code."""
        back = self.sandbox.one_login.sign_in(self.link(**changes), person=person)
        return parts(back)["code"]

    def form(self, code: str, **changes: str | None) -> dict[str, str]:
        """Return the form of a good token request; None takes a field out."""
        good = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self.redirect_uri,
            "client_assertion_type": ASSERTION,
        }
        if "client_assertion" not in changes:
            good["client_assertion"] = self.assertion()
        return {name: value for name, value in (good | changes).items() if value is not None}

    def redeem(self, code: str, **changes: str | None) -> Any:
        """Show a code."""
        return self.http.post("/token", data=self.form(code, **changes))

    def tokens(self, *, person: str = "megan", **changes: str | None) -> dict[str, Any]:
        """Let somebody sign in, and return the tokens."""
        answer = self.redeem(self.code(person=person, **changes))
        assert 200 == answer.status_code, answer.text
        return answer.json()

    def userinfo(self, access_token: str) -> Any:
        """Ask for what the access token gives to know."""
        return self.http.get("/userinfo", headers={"Authorization": f"Bearer {access_token}"})
