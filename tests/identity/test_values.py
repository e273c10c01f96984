"""Settings, pending sign-ins, callbacks, addresses and refusals."""

import json
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from identity.tokens import NOW, pending, private_pem, settings

from lg_core.endpoints import Fields
from lg_core.errors import ApiError, ConfigError, InvalidValueError
from lg_core.identifiers import Postcode, Uprn
from lg_core.platforms import Refusal
from lg_core.postal import NoUprn
from lg_identity import (
    ClientNotAcceptedError,
    CodeNotAcceptedError,
    CoreIdentity,
    Level,
    Name,
    NamePart,
    NamePartType,
    OneLoginAddress,
    OneLoginClient,
    OneLoginEnvironment,
    OneLoginError,
    OneLoginSettings,
    OneLoginUnavailableError,
    PendingSignIn,
    Refused,
    Restart,
    RestartReason,
    SignInError,
    SignInFault,
    Unavailable,
    UnavailableReason,
)
from lg_identity._answers import DidDocument, KeySet, UserInfo
from lg_identity._callback import Code, read_callback
from lg_identity._documents import Budget, fresh_copy
from lg_identity._platform import read_refusal

STATE = "s" * 43


def test_an_environment_sets_all_addresses() -> None:
    """The four addresses belong together, and none comes from an answer."""
    live = settings(environment=OneLoginEnvironment.PRODUCTION)

    assert "https://oidc.account.gov.uk/" == live.issuer
    assert "did:web:identity.account.gov.uk" == live.did_id
    assert private_pem() not in repr(live)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("client_id", " "),
        ("redirect_uri", "http://zq.example/callback"),
        ("issuer", "zq"),
        ("private_key", " "),
        ("leeway", 61),
    ],
)
def test_a_setting_that_cannot_be_used_is_named(name: str, value: object) -> None:
    """The error names the setting and does not repeat it."""
    changes: dict[str, object] = {name: value}
    if name == "private_key":
        changes[name] = type(settings().private_key)(" ")
    with pytest.raises(ConfigError) as caught:
        settings(**changes)

    assert name == caught.value.setting
    assert "zq" not in str(caught.value)


def test_settings_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each argument has its variable; what is missing is named."""
    with pytest.raises(ConfigError, match="LG_ONE_LOGIN_CLIENT_ID is not set"):
        OneLoginSettings.from_env()
    for name, value in {
        "CLIENT_ID": "a-client",
        "PRIVATE_KEY": private_pem(),
        "KEY_ID": "ours",
        "REDIRECT_URI": "https://www.example.gov.uk/callback",
        "JAR": "false",
    }.items():
        monkeypatch.setenv(f"LG_ONE_LOGIN_{name}", value)

    assert settings(jar=False) == OneLoginSettings.from_env()
    with OneLoginClient.from_env() as one_login:
        assert "https://oidc.integration.account.gov.uk" == one_login.base_url


@given(
    level=st.sampled_from(Level),
    max_age=st.none() | st.integers(0, 10**6),
    ago=st.timedeltas(timedelta(0), timedelta(days=900)),
)
def test_a_pending_sign_in_survives_a_session(
    level: Level, max_age: int | None, ago: timedelta
) -> None:
    """What a session kept as JSON is what was given."""
    before = pending(level, max_age=max_age)
    before = PendingSignIn(
        before.state, before.nonce, before.code_verifier, level, NOW - ago, max_age
    )

    assert before == PendingSignIn.from_data(json.loads(json.dumps(before.to_data())))
    assert STATE not in repr(before)


@given(
    name=st.sampled_from(("state", "nonce", "code_verifier", "level", "started_at", "max_age")),
    value=st.one_of(st.text(max_size=30), st.booleans(), st.floats(), st.integers(max_value=-1)),
)
def test_a_session_that_was_changed_is_refused(name: str, value: object) -> None:
    """Whatever stands in the session instead, the error names the field alone."""
    with pytest.raises(InvalidValueError) as caught:
        PendingSignIn.from_data(pending().to_data() | {name: value})

    assert name == caught.value.field


def test_the_end_of_the_calendar_is_refused() -> None:
    """An instant that no clock can show is not the form that was written."""
    with pytest.raises(InvalidValueError):
        PendingSignIn.from_data(pending().to_data() | {"started_at": "0001-01-01T00:00+14:00"})


# ------------------------------------------------------------------ callback


def fault_of(query: Fields | dict[str, str]) -> SignInFault:
    """Read a callback that is wrong, and say how."""
    with pytest.raises(SignInError) as caught:
        read_callback(query, pending(), now=NOW)
    assert "zq" not in str(caught.value)
    return caught.value.fault


def test_a_code_with_the_right_state_is_taken() -> None:
    """A code that came in time is a code; one that came later restarts."""
    query = {"code": "abc", "state": STATE}

    assert Code("abc") == read_callback(query, pending(), now=NOW)
    assert Restart(RestartReason.TOO_OLD) == read_callback(
        query, pending(), now=NOW + timedelta(minutes=61)
    )
    assert "abc" not in repr(Code("abc"))


@pytest.mark.parametrize(
    ("query", "fault"),
    [
        ({}, SignInFault.STATE),
        ({"code": "zq"}, SignInFault.STATE),
        ({"code": "zq", "state": "t" * 43}, SignInFault.STATE),
        ({"code": "zq", "state": "é"}, SignInFault.STATE),
        ({"error": "access_denied"}, SignInFault.STATE),
        ({"error": "invalid_request"}, SignInFault.REQUEST_REFUSED),
        ({"error": "invalid_scope", "state": STATE}, SignInFault.REQUEST_REFUSED),
        ({"error": "zq", "state": STATE}, SignInFault.REQUEST_REFUSED),
        ({"error": "unauthorized_client", "state": STATE}, SignInFault.REQUEST_REFUSED),
        ({"state": STATE}, SignInFault.NO_CODE),
        ({"state": STATE, "code": ""}, SignInFault.NO_CODE),
        (Fields([("state", STATE), ("code", "a"), ("code", "b")]), SignInFault.REPEATED_PARAMETER),
    ],
)
def test_a_callback_that_is_not_ours_is_refused(
    query: Fields | dict[str, str], fault: SignInFault
) -> None:
    """Without the right state nothing of a callback counts, and nothing of it is repeated."""
    assert fault == fault_of(query)


def test_refusals_of_the_platform_are_outcomes() -> None:
    """No capacity, a refusal and a service that was switched off have types of their own."""

    def told(error: str, description: str = "", level: Level = Level.IDENTITY) -> object:
        query = {"error": error, "error_description": description, "state": STATE}
        return read_callback(query, pending(level), now=NOW)

    assert Refused() == told("access_denied")
    assert Unavailable(UnavailableReason.NO_IDENTITY_CAPACITY) == told("temporarily_unavailable")
    assert Unavailable(UnavailableReason.SWITCHED_OFF) == told(
        "unauthorized_client", "client deactivated"
    )


@given(st.dictionaries(st.sampled_from(("code", "state", "error", "error_description")), st.text()))
def test_no_invented_callback_gives_a_code(query: dict[str, str]) -> None:
    """Whatever comes without the state is refused."""
    assert fault_of({name: value.replace("zq", "") for name, value in query.items()}) in SignInFault


# ------------------------------------------------------------------ values


def test_an_address_becomes_postal() -> None:
    """Parts become lines as they stand on an envelope, with the UPRN or the reason for none."""
    home = OneLoginAddress(
        uprn=Uprn("10022812929"), sub_building="Flat 2", building_number="14",
        street="Tallow Row", locality="Ambling", postal_code="SW1A 1AA", country="GB",
    )  # fmt: skip
    mews = OneLoginAddress(
        building_number="3", dependent_street="Back Mews", street="High Street",
        postal_code="SW1A1AA", country="GB", valid_until=date(2020, 1, 1),
    )  # fmt: skip
    found, other = home.postal(), mews.postal()

    assert found is not None
    assert other is not None
    assert ("Flat 2", "14 Tallow Row", "Ambling") == found.lines
    assert (Postcode("SW1A 1AA"), None) == (found.postcode, found.no_uprn)
    assert ("3 Back Mews", "High Street") == other.lines
    assert NoUprn.TYPED_IN == other.no_uprn
    assert (True, False) == (home.current, mews.current)
    assert "Tallow" not in repr(home)


def test_an_address_that_is_not_postal() -> None:
    """Abroad there is no postcode to check; at home one without postcode or lines is None."""
    abroad = OneLoginAddress(street="Rue X", postal_code="75001", country="FR").postal()

    assert abroad is not None
    assert (("Rue X", "75001"), NoUprn.ABROAD) == (abroad.lines, abroad.no_uprn)
    assert OneLoginAddress(country="FR").postal() is None
    assert OneLoginAddress(country="GB", postal_code="SW1A 1AA").postal() is None
    assert OneLoginAddress(country="GB", street="X", postal_code="?").postal() is None


def test_claims_are_read_with_empty_parts() -> None:
    """Empty texts, numbers that are no UPRN and unknown claims do not stop a sign-in."""
    info = UserInfo.model_validate(
        {
            "sub": "a",
            "https://vocab.account.gov.uk/v1/address": [
                {"uprn": 0, "streetName": None, "validFrom": ""},
                {"uprn": 100, "streetName": " X "},
                {},
            ],
            "https://vocab.account.gov.uk/v1/returnCode": [{"code": "A"}],
        }
    )

    assert [None, Uprn("100"), None] == [each.uprn for each in info.addresses()]
    assert ["", "X", ""] == [each.street for each in info.addresses()]
    assert ("A",) == info.return_codes()


def test_a_name_may_have_one_part() -> None:
    """Parts keep their order; a former name is not the current one."""
    old = Name((NamePart(NamePartType.FAMILY, "Old"),), valid_until=date(2020, 1, 1))
    new = Name((NamePart(NamePartType.FAMILY, "Zq"), NamePart(NamePartType.GIVEN, "Ann")))
    identity = CoreIdentity((old, new), (date(1970, 1, 1),))

    assert new == identity.current_name
    assert ("Zq Ann", ("Ann",), ("Zq",)) == (new.full, new.given, new.family)
    assert (None, None) == (CoreIdentity((old,), ()).current_name, CoreIdentity((), ()).birth_date)
    assert "Zq" not in repr(identity)


def test_a_key_that_stands_twice_is_no_key() -> None:
    """Two keys of one name, another document and another DID name nothing."""
    twice = KeySet.model_validate({"keys": [{"kid": "a"}, {"kid": "a"}, {"kid": "b"}]})
    method = {"id": "did:web:x#a", "publicKeyJwk": {"kty": "EC"}}
    document = DidDocument.model_validate({"id": "did:web:x", "assertionMethod": [method]})

    assert (None, {"kid": "b"}) == (twice.named("a"), twice.named("b"))
    assert {"kty": "EC"} == document.named("did:web:x#a", did_id="did:web:x")
    assert document.named("did:web:x#a", did_id="did:web:y") is None
    assert document.named("did:web:y#a", did_id="did:web:x") is None
    assert document.named("did:web:x#b", did_id="did:web:x") is None


@pytest.mark.parametrize(
    ("said", "seconds"),
    [("", 0), ("max-age=60", 60), ("private, max-age=3600", 3600), ("max-age=60, no-store", 0),
     ("s-maxage=9", 0), ("max-age=99999999", 86400)],
)  # fmt: skip
def test_a_copy_serves_as_long_as_it_says(said: str, seconds: int) -> None:
    """Cache-Control decides, and a day is the most."""
    copy = fresh_copy("x", {"cache-control": said}, now=NOW)

    assert NOW + timedelta(seconds=seconds) == copy.fresh_until


def test_a_budget_is_shared() -> None:
    """Without a limit each call has its own; with one, each has what is left."""
    assert (None, 5) == (Budget(None).left(), Budget(None).left(at_most=5))
    left = Budget(9).left()
    assert left is not None
    assert 0 < left <= 9
    assert 2 == Budget(9).left(at_most=2)
    assert 0.001 == Budget(-1).left()


@pytest.mark.parametrize(
    ("status", "body", "kind", "code"),
    [
        (400, {"error": "invalid_grant"}, CodeNotAcceptedError, "invalid_grant"),
        (400, {"error": "invalid_client"}, ClientNotAcceptedError, "invalid_client"),
        (400, {"error": "zq", "error_description": "zq"}, OneLoginError, None),
        (401, None, ClientNotAcceptedError, None),
        (403, None, OneLoginError, None),
        (500, {"error": "server_error"}, OneLoginUnavailableError, "server_error"),
    ],
)
def test_a_refusal_has_a_class(
    *, status: int, body: object, kind: type[ApiError], code: str | None
) -> None:
    """The code decides where it is documented; nothing else of the answer is repeated."""
    error = read_refusal(
        Refusal(
            "One Login",
            "lg-identity.sign_in",
            status,
            json.dumps(body).encode(),
            None,
            False,
            1,
            frozenset(),
        )
    )

    assert kind is type(error)
    assert code == error.code
    assert "zq" not in str(error)
