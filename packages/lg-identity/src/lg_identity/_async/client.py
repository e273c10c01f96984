# SPDX-License-Identifier: MIT
"""The client of GOV.UK One Login: it fetches, and leaves every decision to the pure modules."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Self

from pydantic import SecretStr

from lg_core.clients import AsyncApiClient
from lg_core.errors import RequestNotSentError
from lg_core.limits import Limiter
from lg_core.logs import get_logger
from lg_core.network import Network
from lg_core.observers import Observer
from lg_core.texts import Language
from lg_core.transport import AsyncTransport
from lg_identity import _calls, _requests
from lg_identity._answers import DidDocument, Discovery, KeySet, TokenAnswer, UserInfo
from lg_identity._async.kept import AsyncKept
from lg_identity._callback import Code, read_callback
from lg_identity._checks import IdToken, check_core_identity, check_id_token
from lg_identity._documents import Budget, Endpoints, origin_of, path_of
from lg_identity._jose import Signer
from lg_identity._people import identity_in, outcome, signed_in
from lg_identity._platform import ONE_LOGIN
from lg_identity._tokens import read_token, refused
from lg_identity.errors import CodeNotAcceptedError, SignInError, SignInFault, SignInStep
from lg_identity.identity import CoreIdentity
from lg_identity.levels import Claim, Level, Scope
from lg_identity.outcomes import Outcome, Restart, RestartReason
from lg_identity.pending import PendingSignIn, Started
from lg_identity.settings import OneLoginEnvironment, OneLoginSettings

__all__ = ["AsyncOneLoginClient"]


def _now() -> datetime:
    return datetime.now(UTC)


def _nothing() -> Mapping[str, str]:
    return {}


class AsyncOneLoginClient(AsyncApiClient):
    """Signs residents in with GOV.UK One Login. Build it once and keep it; tasks may share it.

        async with AsyncOneLoginClient(settings) as one_login:
            started = await one_login.start(level=Level.SIGN_IN)
            # keep started.pending in the session, and send the browser to started.url
            outcome = await one_login.finish(query, pending)

    It keeps One Login's keys for as long as One Login says, and goes on with the copy that it has
    where they cannot be read anew. Every method takes `timeout=`: seconds that it may take, all its
    calls, attempts and waits included. Every method may raise `RequestNotSentError`,
    `OutcomeUnknownError`, `OneLoginError` and `ResponseShapeError`: see `lg_core.errors` and
    `lg_identity.errors`.

    Args:
        settings: the service's registration.
        network: how One Login is reached: proxy, certificates, phases.
        transport: carries the requests instead of the network, for tests.
        observers: who is told of calls.
        limiter: the buckets of rate limits; One Login publishes none.
        timeout: seconds that a call may take, all attempts and waits included; 30 by default.
        attempts: how often a call is tried at the most; 4 by default.
        council: the council that the client works for, told to observers.
        clock: tells the time, aware; for tests.

    Raises:
        ConfigError: an argument cannot be used; the text says which and what to do.
    """

    def __init__(
        self,
        settings: OneLoginSettings,
        *,
        network: Network | None = None,
        transport: AsyncTransport | None = None,
        observers: Sequence[Observer] = (),
        limiter: Limiter | None = None,
        timeout: float | None = None,
        attempts: int | None = None,
        council: str | None = None,
        clock: Callable[[], datetime] = _now,
    ) -> None:
        live = settings.environment is OneLoginEnvironment.PRODUCTION
        super().__init__(
            ONE_LOGIN,
            base_url=origin_of(settings.issuer),
            authorise=_nothing,
            network=network,
            transport=transport,
            observers=observers,
            limiter=limiter,
            app=settings.user_agent,
            timeout=timeout,
            attempts=attempts,
            council=council,
            live=live,
        )
        # The keys of identities stand on another host, which no token may name.
        self._identities = AsyncApiClient(
            ONE_LOGIN,
            base_url=origin_of(settings.did_url),
            authorise=_nothing,
            network=network,
            transport=transport,
            observers=observers,
            limiter=limiter,
            app=settings.user_agent,
            timeout=timeout,
            attempts=attempts,
            council=council,
            live=live,
        )
        self._registration = settings
        self._signer = Signer(
            settings.private_key, key_id=settings.key_id, algorithm=settings.signing_algorithm
        )
        self._clock = clock
        self._log = get_logger("lg_identity")
        self._discovery = AsyncKept[Discovery]()
        self._keys = AsyncKept[KeySet]()
        self._did = AsyncKept[DidDocument]()

    @classmethod
    def from_env(
        cls,
        *,
        transport: AsyncTransport | None = None,
        observers: Sequence[Observer] = (),
        limiter: Limiter | None = None,
        council: str | None = None,
    ) -> Self:
        """Build a client from environment variables.

        Those of `OneLoginSettings.from_env`, and `LG_ONE_LOGIN_TIMEOUT` (seconds),
        `LG_ONE_LOGIN_ATTEMPTS`, `LG_ONE_LOGIN_PROXY` and `LG_ONE_LOGIN_CA_FILE`.

        Args:
            transport: carries the requests instead of the network, for tests.
            observers: who is told of calls.
            limiter: the buckets of rate limits; One Login publishes none.
            council: the council that the client works for, told to observers.

        Raises:
            ConfigError: a variable is missing or wrong; the text says which and what to do.
        """
        from lg_identity._environment import read_environment  # noqa: PLC0415 -- this way in alone

        variables = read_environment()
        return cls(
            OneLoginSettings(**variables.registration()),
            network=variables.network(),
            transport=transport,
            observers=observers,
            limiter=limiter,
            timeout=variables.timeout,
            attempts=variables.attempts,
            council=council,
        )

    def with_options(
        self,
        *,
        timeout: float | None = None,
        attempts: int | None = None,
        council: str | None = None,
    ) -> Self:
        """Return a copy with other options, which shares connections and the keys that were read.

        Args:
            timeout: seconds that a call may take, all attempts and waits included.
            attempts: how often a call is tried at the most.
            council: the council that the copy works for, told to observers.

        Returns:
            The copy. Closing it, or the client it came from, closes the connections of both.

        Raises:
            ConfigError: timeout or attempts is not more than 0.
        """
        copy = super().with_options(timeout=timeout, attempts=attempts, council=council)
        copy._identities = self._identities.with_options(  # noqa: SLF001 -- a copy of this client
            timeout=timeout, attempts=attempts, council=council
        )
        return copy

    async def aclose(self) -> None:
        """Close the connections. A client that was closed makes no more calls."""
        await super().aclose()
        await self._identities.aclose()

    async def start(
        self,
        *,
        level: Level = Level.SIGN_IN,
        scopes: Iterable[Scope] = (Scope.EMAIL,),
        claims: Iterable[Claim] = (),
        language: Language | str = Language.ENGLISH,
        max_age: int | None = None,
        timeout: float | None = None,
    ) -> Started:
        """Begin a sign-in (One Login, 'Make an authorisation request').

        Args:
            level: how sure the service needs to be.
            scopes: what to be told besides the subject.
            claims: what to be told of an identity; the core identity always is.
            language: the language of One Login's pages, `en` or `cy`.
            max_age: the longest time since the person signed in at One Login, counted when they
                are back, in seconds. Only by agreement with One Login.
            timeout: seconds that this may take.

        Returns:
            Where to send the browser, and what to keep in the session meanwhile.

        Raises:
            InvalidValueError: an argument cannot be used.
            SignInError: One Login's discovery document is not as it must be.
        """
        pending = _requests.new_pending(level, now=self._time(), max_age=max_age)
        endpoints = await self._endpoints(Budget(timeout))
        return _requests.authorise(
            endpoints.authorise,
            settings=self._registration,
            signer=self._signer,
            pending=pending,
            scopes=scopes,
            claims=claims,
            language=language,
        )

    async def finish(
        self,
        query: Mapping[str, str],
        pending: PendingSignIn,
        *,
        timeout: float | None = None,
    ) -> Outcome:
        """Finish a sign-in when the browser is back.

        Take the pending sign-in out of the session before you call this, whatever comes of it.

        Args:
            query: the parameters of the callback. Give `Fields` (`request.query` of an endpoint)
                where you have it: a parameter that came twice is then refused.
            pending: what `start` gave, from this browser's session and from nowhere else.
            timeout: seconds that this may take.

        Returns:
            What came of it: one of the classes of `lg_identity.outcomes`.

        Raises:
            SignInError: a check failed, so nobody is signed in.
            OutcomeUnknownError: no answer came: start the sign-in again.
            OneLoginError: One Login refused; the settings or the registration are wrong, or it is
                down.
        """
        try:
            return await self._finished(query, pending, Budget(timeout))
        except SignInError as error:
            self._log.warning(
                "sign_in_refused", reason=error.fault.value, operation=error.step.value
            )
            raise

    async def logout_url(
        self,
        id_token: SecretStr | str,
        *,
        return_to: str | None = None,
        state: str | None = None,
        timeout: float | None = None,
    ) -> str:
        """Return where to send the browser to end the session at One Login ('Log your user out').

        End your own session first. Without this, One Login signs the person back in without a
        question for an hour after they last used it.

        Args:
            id_token: the `id_token` of the sign-in; it may have expired.
            return_to: where One Login sends the browser afterwards, as registered.
            state: comes back with the browser; 1 to 200 letters, digits and `. _ ~ -`.
            timeout: seconds that this may take.

        Returns:
            The address, for a GET.

        Raises:
            InvalidValueError: an argument cannot be used.
            SignInError: One Login's discovery document is not as it must be.
        """
        endpoints = await self._endpoints(Budget(timeout))
        hint = id_token.get_secret_value() if isinstance(id_token, SecretStr) else id_token
        return _requests.sign_out(
            endpoints.end_session, id_token=hint, return_to=return_to, state=state
        )

    async def _finished(
        self, query: Mapping[str, str], pending: PendingSignIn, budget: Budget
    ) -> Outcome:
        came = read_callback(query, pending, now=self._time())
        if not isinstance(came, Code):
            return came
        endpoints = await self._endpoints(budget)
        try:
            tokens = await self._tokens(came, pending, endpoints, budget=budget)
        except CodeNotAcceptedError:
            return Restart(RestartReason.CODE_NOT_ACCEPTED)
        told = await self._id_token(tokens, pending, endpoints, budget=budget)
        info = await self._userinfo(tokens, endpoints, budget=budget)
        account = signed_in(told, info, id_token=tokens.id_token)
        identity = None
        if pending.level is Level.IDENTITY and info.core_identity is not None:
            identity = await self._identity(info.core_identity, told.subject, budget)
        return outcome(account, info, identity, level=pending.level)

    async def _tokens(
        self, came: Code, pending: PendingSignIn, endpoints: Endpoints, *, budget: Budget
    ) -> TokenAnswer:
        # stamina loads asyncio and structlog, which importing a component must not.
        from stamina import retry_context

        # One attempt a call: each has an assertion of its own, and a call that left is the last.
        once = self.with_options(attempts=1)
        async for attempt in retry_context(
            on=RequestNotSentError, attempts=ONE_LOGIN.attempts, timeout=budget.longest
        ):
            with attempt:
                call = _calls.exchange_code(
                    path_of(endpoints.token),
                    code=came.value,
                    redirect_uri=self._registration.redirect_uri,
                    assertion=_requests.assertion(
                        endpoints.token,
                        settings=self._registration,
                        signer=self._signer,
                        now=self._time(),
                    ),
                    code_verifier=pending.code_verifier,
                )
                return (await once.exchange(call, timeout=budget.left())).value
        raise AssertionError

    async def _id_token(
        self, tokens: TokenAnswer, pending: PendingSignIn, endpoints: Endpoints, *, budget: Budget
    ) -> IdToken:
        token = read_token(tokens.id_token, step=SignInStep.ID_TOKEN)
        call = _calls.read_keys(path_of(endpoints.keys))
        for anew in (False, True):
            keys = await self._keys.get(self, call, self._time(), anew=anew, budget=budget)
            key = keys.named(token.key_id)
            if key is not None:
                return check_id_token(
                    token,
                    key=key,
                    settings=self._registration,
                    pending=pending,
                    access_token=tokens.access_token,
                    now=self._time(),
                )
        raise refused(token.step, SignInFault.UNKNOWN_KEY)

    async def _userinfo(
        self, tokens: TokenAnswer, endpoints: Endpoints, *, budget: Budget
    ) -> UserInfo:
        call = _calls.read_userinfo(path_of(endpoints.userinfo), access_token=tokens.access_token)
        return await self._send(call, timeout=budget.left())

    async def _identity(self, text: str, subject: str, budget: Budget) -> CoreIdentity:
        settings = self._registration
        token = read_token(text, step=SignInStep.CORE_IDENTITY)
        call = _calls.read_did(path_of(settings.did_url))
        for anew in (False, True):
            document = await self._did.get(
                self._identities, call, self._time(), anew=anew, budget=budget
            )
            key = document.named(token.key_id, did_id=settings.did_id)
            if key is not None:
                check_core_identity(
                    token, key=key, settings=settings, subject=subject, now=self._time()
                )
                return identity_in(token)
        raise refused(token.step, SignInFault.UNKNOWN_KEY)

    async def _endpoints(self, budget: Budget) -> Endpoints:
        issuer = self._registration.issuer
        path = f"{path_of(issuer).removesuffix('/')}/.well-known/openid-configuration"
        discovery = await self._discovery.get(
            self,
            _calls.read_discovery(path),
            self._time(),
            anew=False,
            budget=budget,
            check=lambda found: Endpoints.read(found, issuer=issuer),
        )
        return Endpoints.read(discovery, issuer=issuer)

    def _time(self) -> datetime:
        return self._clock().astimezone(UTC)
