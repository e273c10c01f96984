# SPDX-License-Identifier: MIT
"""AsyncOneLoginClient against the sandbox, in process, with what can go wrong on the way."""

from collections.abc import AsyncIterator, Callable, Iterator
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
import stamina  # noqa: TID253 -- a test may load it
from made_once import with_keys
from pydantic import SecretStr

from lg_core.endpoints import Fields, read_fields
from lg_core.errors import InvalidValueError, OutcomeUnknownError, RequestNotSentError
from lg_core.testing import asgi
from lg_core.transport import (
    AsyncTransport,
    FailureReason,
    TransportFailure,
    WireAnswer,
    WireRequest,
)
from lg_identity import (
    AsyncOneLoginClient,
    Claim,
    Level,
    NotProved,
    OneLoginSettings,
    PendingSignIn,
    Refused,
    Restart,
    RestartReason,
    Scope,
    SignedOut,
    SignIn,
    SignInError,
    SignInFault,
    Started,
    Unavailable,
    UnavailableReason,
)
from lg_sandbox import Sandbox
from lg_sandbox.one_login import Outcome

pytestmark = pytest.mark.anyio

Connect = Callable[..., AsyncOneLoginClient]


class Wire:
    """Carries requests, keeps them, and changes answers or fails on the way."""

    def __init__(self, inner: AsyncTransport) -> None:
        self.inner = inner
        self.requests: list[WireRequest] = []
        self.failures: list[TransportFailure] = []
        self.change: Callable[[WireRequest, WireAnswer], WireAnswer] = lambda _request, came: came

    async def asend(self, request: WireRequest) -> WireAnswer:
        """Send."""
        self.requests.append(request)
        if self.failures and request.method == "POST":
            raise self.failures.pop(0)
        return self.change(request, await self.inner.asend(request))

    async def aclose(self) -> None:
        """Do nothing: what carries the requests is closed by the test."""

    def sent(self, end: str) -> list[WireRequest]:
        """Return the requests whose path ends so."""
        return [each for each in self.requests if urlsplit(each.url).path.endswith(end)]


@pytest.fixture(autouse=True)
def _no_waits() -> Iterator[None]:
    """Attempts follow each other at once."""
    with stamina.set_testing(True, attempts=4, cap=True):
        yield


@pytest.fixture
async def wire(sandbox: Sandbox) -> AsyncIterator[Wire]:
    """Carry requests into the sandbox."""
    inner = asgi(sandbox.one_login.app)
    yield Wire(inner)
    await inner.aclose()


@pytest.fixture
async def connect(sandbox: Sandbox, wire: Wire) -> AsyncIterator[Connect]:
    """Build clients of the sandbox, and close them after the test."""
    one_login = with_keys(sandbox).one_login
    built: list[AsyncOneLoginClient] = []

    def build(**changes: object) -> AsyncOneLoginClient:
        values: dict[str, object] = {
            "client_id": one_login.client_id,
            "private_key": SecretStr(one_login.private_key),
            "key_id": "sandbox-service",
            "redirect_uri": one_login.redirect_uris[0],
            "issuer": one_login.url,
            "core_identity_issuer": one_login.core_identity_issuer,
            "did_url": one_login.did_url,
            "did_id": one_login.did_id,
        }
        settings = OneLoginSettings(**(values | changes))  # pyright: ignore[reportArgumentType]
        client = AsyncOneLoginClient(settings, transport=wire, clock=sandbox.clock.now)
        built.append(client)
        return client

    yield build
    for client in built:
        await client.aclose()


def came_back(
    sandbox: Sandbox, started: Started, *, person: str = "megan", outcome: Outcome | None = None
) -> Fields:
    """Do what the person does, and return the query of the callback."""
    back = sandbox.one_login.sign_in(started.url, person=person, outcome=outcome)
    return read_fields(urlsplit(back).query.encode())


@pytest.mark.parametrize("jar", [True, False])
async def test_a_person_signs_in(connect: Connect, sandbox: Sandbox, jar: bool) -> None:  # noqa: FBT001 -- the case
    """The subject and the address are there; an identity that nobody asked for is not."""
    one_login = connect(jar=jar)
    started = await one_login.start(scopes=(Scope.EMAIL, Scope.PHONE), language="cy")
    kept = PendingSignIn.from_data(started.pending.to_data())
    outcome = await one_login.finish(came_back(sandbox, started), kept)

    assert isinstance(outcome, SignIn)
    assert sandbox.one_login.subject_of("megan") == outcome.subject
    assert sandbox.one_login.people.get("megan").email == outcome.email
    assert (Level.SIGN_IN, None) == (outcome.level, outcome.identity)
    assert ("request" in parse_qs(urlsplit(started.url).query)) is jar
    assert outcome.subject not in repr(outcome)


async def test_a_person_is_proved(connect: Connect, sandbox: Sandbox) -> None:
    """Names, birth dates and addresses come with an identity, and addresses become postal ones."""
    one_login = connect()
    started = await one_login.start(level=Level.IDENTITY, claims=(Claim.ADDRESS, Claim.RETURN_CODE))
    outcome = await one_login.finish(came_back(sandbox, started), started.pending)

    assert isinstance(outcome, SignIn)
    assert Level.IDENTITY == outcome.level
    assert outcome.identity is not None
    assert outcome.identity.current_name is not None
    assert sandbox.one_login.people.get("megan").name == outcome.identity.current_name.full
    assert outcome.identity.birth_date is not None
    assert all(address.postal() for address in outcome.addresses)


@pytest.mark.parametrize(
    ("level", "ending", "expected"),
    [
        (Level.SIGN_IN, Outcome.ACCESS_DENIED, Restart(RestartReason.SESSION_LOST)),
        (Level.IDENTITY, Outcome.ACCESS_DENIED, Refused()),
        (Level.SIGN_IN, Outcome.TEMPORARILY_UNAVAILABLE, Unavailable(UnavailableReason.BUSY)),
        (Level.SIGN_IN, Outcome.LOGIN_REQUIRED, SignedOut()),
    ],
)
async def test_each_ending_has_a_type(
    connect: Connect, sandbox: Sandbox, *, level: Level, ending: Outcome, expected: object
) -> None:
    """What One Login's documentation names is an outcome, and no exception."""
    one_login = connect()
    started = await one_login.start(level=level)
    query = came_back(sandbox, started, outcome=ending)

    assert expected == await one_login.finish(query, started.pending)


async def test_a_person_who_is_not_proved(connect: Connect, sandbox: Sandbox, wire: Wire) -> None:
    """A sign-in without the core identity that was asked for says so by its type."""

    def without(request: WireRequest, came: WireAnswer) -> WireAnswer:
        if not urlsplit(request.url).path.endswith("userinfo"):
            return came
        return WireAnswer(came.status, came.headers, came.body.replace(b"coreIdentityJWT", b"x"))

    wire.change = without
    one_login = connect()
    started = await one_login.start(level=Level.IDENTITY)
    outcome = await one_login.finish(came_back(sandbox, started), started.pending)

    assert isinstance(outcome, NotProved)
    assert Level.SIGN_IN == outcome.account.level


async def test_a_code_serves_once(connect: Connect, sandbox: Sandbox) -> None:
    """A callback that is loaded again restarts, since One Login does not take the code twice."""
    one_login = connect()
    started = await one_login.start()
    query = came_back(sandbox, started)
    await one_login.finish(query, started.pending)

    assert Restart(RestartReason.CODE_NOT_ACCEPTED) == await one_login.finish(
        query, started.pending
    )


async def test_a_claim_about_somebody_else_is_refused(
    connect: Connect, sandbox: Sandbox, wire: Wire
) -> None:
    """The claims must be about the person who signed in."""

    def another(request: WireRequest, came: WireAnswer) -> WireAnswer:
        if not urlsplit(request.url).path.endswith("userinfo"):
            return came
        return WireAnswer(came.status, came.headers, b'{"sub": "another"}')

    wire.change = another
    one_login = connect()
    started = await one_login.start()
    with pytest.raises(SignInError) as caught:
        await one_login.finish(came_back(sandbox, started), started.pending)

    assert SignInFault.SUBJECT == caught.value.fault


async def test_keys_that_change_are_read_once_more(
    connect: Connect, sandbox: Sandbox, wire: Wire
) -> None:
    """Documents are kept; a key that is not known yet makes the client look once more."""
    one_login = connect()
    for _ in range(2):
        started = await one_login.start(level=Level.IDENTITY)
        await one_login.finish(came_back(sandbox, started), started.pending)
    counts = [len(wire.sent(end)) for end in ("openid-configuration", "jwks.json", "did.json")]
    sandbox.one_login.rotate_keys()
    sandbox.one_login.rotate_identity_keys()
    started = await one_login.start(level=Level.IDENTITY)
    outcome = await one_login.finish(came_back(sandbox, started), started.pending)

    assert [1, 1, 1] == counts
    assert isinstance(outcome, SignIn)
    assert [1, 2, 2] == [
        len(wire.sent(end)) for end in ("openid-configuration", "jwks.json", "did.json")
    ]


async def test_a_key_that_is_not_published_is_refused(
    connect: Connect, sandbox: Sandbox, wire: Wire
) -> None:
    """After one fresh look, a token whose key is unknown is not trusted."""

    def other_names(request: WireRequest, came: WireAnswer) -> WireAnswer:
        if not urlsplit(request.url).path.endswith("jwks.json"):
            return came
        return WireAnswer(came.status, came.headers, came.body.replace(b'"kid"', b'"dik"'))

    wire.change = other_names
    one_login = connect()
    started = await one_login.start()
    with pytest.raises(SignInError) as caught:
        await one_login.finish(came_back(sandbox, started), started.pending)

    assert SignInFault.UNKNOWN_KEY == caught.value.fault
    assert 2 == len(wire.sent("jwks.json"))


async def test_an_older_copy_serves_while_a_new_one_cannot_be_read(
    connect: Connect, sandbox: Sandbox, wire: Wire
) -> None:
    """Two days on, with discovery and keys out of reach, people still sign in."""
    one_login = connect()
    started = await one_login.start()
    await one_login.finish(came_back(sandbox, started), started.pending)
    sandbox.clock.advance(timedelta(days=2))

    def gone(request: WireRequest, came: WireAnswer) -> WireAnswer:
        return (
            WireAnswer(503, {}, b"")
            if request.method == "GET" and "userinfo" not in request.url
            else came
        )

    wire.change = gone
    started = await one_login.start()

    assert isinstance(await one_login.finish(came_back(sandbox, started), started.pending), SignIn)


async def test_an_endpoint_elsewhere_is_refused(connect: Connect, wire: Wire) -> None:
    """Discovery that sends codes to another host is not believed, and not kept."""
    wire.change = lambda _request, came: WireAnswer(
        came.status, came.headers, came.body.replace(b"/token", b"/token?x")
    )
    one_login = connect()
    for _ in range(2):
        with pytest.raises(SignInError) as caught:
            await one_login.start()
        assert SignInFault.ENDPOINTS == caught.value.fault

    assert 2 == len(wire.requests)


async def test_each_attempt_has_an_assertion_of_its_own(
    connect: Connect, sandbox: Sandbox, wire: Wire
) -> None:
    """A connection that was never made is tried again, with another assertion."""
    one_login = connect()
    started = await one_login.start()
    wire.failures = [TransportFailure(FailureReason.CONNECT, left=False)]
    outcome = await one_login.finish(came_back(sandbox, started), started.pending, timeout=20)
    forms = [parse_qs(each.body.decode()) for each in wire.sent("/token")]

    assert isinstance(outcome, SignIn)
    assert 2 == len({form["client_assertion"][0] for form in forms})
    assert forms[0]["code"] == forms[1]["code"]


async def test_a_code_that_left_is_not_sent_again(
    connect: Connect, sandbox: Sandbox, wire: Wire
) -> None:
    """An answer that was lost is an unknown outcome, and the code goes out once."""
    one_login = connect()
    started = await one_login.start()
    wire.failures = [TransportFailure(FailureReason.RESET, left=True)]
    with pytest.raises(OutcomeUnknownError, match="start the sign-in again"):
        await one_login.finish(came_back(sandbox, started), started.pending)

    assert 1 == len(wire.sent("/token"))


async def test_without_a_connection_nothing_is_sent(
    connect: Connect, sandbox: Sandbox, wire: Wire
) -> None:
    """The last attempt's error is what the caller gets."""
    one_login = connect()
    started = await one_login.start()
    wire.failures = [TransportFailure(FailureReason.CONNECT, left=False)] * 9
    with pytest.raises(RequestNotSentError):
        await one_login.finish(came_back(sandbox, started), started.pending)


async def test_the_way_out(connect: Connect) -> None:
    """The address ends the session at One Login, and one that is too long is refused."""
    one_login = connect().with_options(timeout=9)
    url = await one_login.logout_url("e.e.e", return_to="https://x.example/out", state="a1")

    assert {
        "id_token_hint": ["e.e.e"],
        "post_logout_redirect_uri": ["https://x.example/out"],
        "state": ["a1"],
    } == parse_qs(urlsplit(url).query)
    for return_to, state in (
        ("https://x.example/" + "a" * 2048, None),
        (None, "a1"),
        ("https://x.example", "a b"),
    ):
        with pytest.raises(InvalidValueError):
            await one_login.logout_url(SecretStr("e.e.e"), return_to=return_to, state=state)


async def test_what_cannot_be_asked_is_refused(connect: Connect) -> None:
    """Claims without an identity, another language and an address that is too long are refused."""
    one_login = connect()
    with pytest.raises(InvalidValueError, match="claims need"):
        await one_login.start(claims=(Claim.ADDRESS,))
    with pytest.raises(InvalidValueError, match="en or cy"):
        await one_login.start(language="fr")
    with pytest.raises(InvalidValueError, match="max_age"):
        await one_login.start(max_age=0)
    with pytest.raises(InvalidValueError, match="firewall"):
        await connect(redirect_uri="https://x.example/" + "a" * 4096).start()
