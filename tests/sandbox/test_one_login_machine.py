"""lg_sandbox.one_login.machine, .vectors, .claims, .people and .clients: the bare rules."""

import json
from base64 import urlsafe_b64encode
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lg_sandbox import Sandbox
from lg_sandbox.one_login import PEOPLE, Claim, Level, People, Scope
from lg_sandbox.one_login.claims import subject
from lg_sandbox.one_login.machine import (
    CODE_LIFE,
    SESSION_LIFE,
    Grant,
    Refused,
    identity_of,
    is_open,
    proves,
    redeem,
)
from lg_sandbox.one_login.model import Asked, Trust
from lg_sandbox.one_login.vectors import Vectors, read_vtr

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
BACK = "https://council.example/back"
LEVELS = frozenset(Level)
IDENTITY = frozenset({Level.P1, Level.P2})
VERIFIERS = st.text("abcXYZ019-._~", min_size=43, max_size=128)


def challenge_of(verifier: str) -> str:
    """Make a challenge as RFC 7636 says."""
    return urlsafe_b64encode(sha256(verifier.encode()).digest()).rstrip(b"=").decode()


def asked(challenge: str | None = None) -> Asked:
    """Make an accepted request."""
    return Asked(
        client_id="ours",
        redirect_uri=BACK,
        state="s",
        nonce="n",
        scopes=frozenset({Scope.OPENID}),
        claims=frozenset(),
        trust=Trust.MEDIUM,
        levels=frozenset(),
        language="en",
        challenge=challenge,
        fragment=False,
        again=None,
        at=NOW,
    )


def grant(challenge: str | None = None) -> Grant:
    """Make what a code stands for."""
    return Grant(asked(challenge), "megan", "sub", Level.P0, "session", NOW)


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["ours", "theirs"]),
            st.sampled_from([BACK, f"{BACK}/"]),
            st.sampled_from(["right" * 9, "wrong" * 9, None]),
            st.floats(0, 600),
        ),
        min_size=1,
        max_size=6,
    ),
    st.booleans(),
)
def test_a_code_is_exchanged_at_most_once(
    tries: list[tuple[str, str, str | None, float]],
    pkce: bool,  # noqa: FBT001 -- hypothesis passes it by position
) -> None:
    """Whoever shows it first uses it up; it buys tokens only in time, and only for its owner."""
    held = grant(challenge_of("right" * 9) if pkce else None)
    bought = 0
    for index, (client, address, verifier, seconds) in enumerate(tries):
        now = NOW + timedelta(seconds=seconds)
        spent = redeem(held, client_id=client, redirect_uri=address, verifier=verifier, now=now)
        held = spent.grant
        assert held.used
        fits = verifier == ("right" * 9 if pkce else None)
        good = client == "ours" and address == BACK and fits and now < NOW + CODE_LIFE
        assert (good and index == 0) is (spent.refused is None)
        bought += spent.refused is None

    assert bought <= 1


@given(st.integers(0, 10**7))
def test_an_expired_code_buys_nothing(late: int) -> None:
    """300 seconds after the sign-in it is as unknown as any other text."""
    now = NOW + CODE_LIFE + timedelta(seconds=late)
    spent = redeem(grant(), client_id="ours", redirect_uri=BACK, verifier=None, now=now)

    assert Refused.UNKNOWN is spent.refused


@given(VERIFIERS, VERIFIERS)
def test_only_the_right_verifier_fits(first: str, second: str) -> None:
    """Another verifier, or none, or one without a challenge, buys nothing."""
    held = grant(challenge_of(first))

    def shown(verifier: str | None, held: Grant = held) -> Refused | None:
        now = NOW + timedelta(seconds=1)
        found = redeem(held, client_id="ours", redirect_uri=BACK, verifier=verifier, now=now)
        return found.refused

    assert (None if first == second else Refused.WRONG_VERIFIER) is shown(second)
    assert shown(first) is None
    assert Refused.WRONG_VERIFIER is shown(None)
    assert Refused.WRONG_VERIFIER is shown(first, grant())


def test_a_person_has_an_hour() -> None:
    """After that the request is gone."""
    assert is_open(asked(), now=NOW + SESSION_LIFE - timedelta(seconds=1))
    assert not is_open(asked(), now=NOW + SESSION_LIFE)


@given(st.sampled_from(sorted(LEVELS)), st.frozensets(st.sampled_from(sorted(IDENTITY))))
def test_nobody_reaches_more_than_was_proved(proved: Level, levels: frozenset[Level]) -> None:
    """The level that comes back was asked for and can be proved; or it is P0, or a refusal."""
    request = replace(asked(), levels=levels)
    reached = proves(proved, request)

    if not levels:
        assert Level.P0 is reached
    elif reached is None:
        assert proved < min(levels)
    else:
        assert reached in levels
        assert reached <= proved
    with_codes = replace(request, claims=frozenset({Claim.RETURN_CODE}))
    assert (reached or Level.P0) is identity_of(with_codes, reached)
    assert reached is identity_of(request, reached)


@pytest.mark.parametrize(
    ("text", "trust", "levels"),
    [
        (None, "Cl.Cm", ""),
        ("[]", "Cl.Cm", ""),
        ('["Cl"]', "Cl", ""),
        ('["Cl","Cl.Cm"]', "Cl", ""),
        ('["Cm.Cl"]', "Cl.Cm", ""),
        ('["P0.Cl"]', "Cl", ""),
        ('["Cl.Cm.P2"]', "Cl.Cm", "P2"),
        ('["P2.Cl.Cm.x"]', "Cl.Cm", "P2"),
        ('["Cl.Cm.P1","Cl.Cm.P2"]', "Cl.Cm", "P1 P2"),
    ],
)
def test_vtr_is_read(text: str | None, trust: str, levels: str) -> None:
    """Absent or empty it is a sign-in with a second factor; the lowest one counts."""
    expected = Vectors(Trust(trust), frozenset(map(Level, levels.split())))

    assert expected == read_vtr(text, allowed=LEVELS)


@pytest.mark.parametrize(
    "text",
    [
        "Cl.Cm",
        "{}",
        "[1]",
        '[""]',
        '["Cm"]',
        '["P2"]',
        '["Cl.P2"]',
        '["Cl.Cm.P1.P2"]',
        '["Cl.Cm.P9"]',
        '["Cl.Cm","Cl.Cm.P2"]',
        '["Cl.Cm.P0","Cl.Cm.P2"]',
        "[" * 100_000,
    ],
)
def test_a_wrong_vtr_is_refused(text: str) -> None:
    """No JSON, no known vector, an identity without Cl.Cm, and a mixture."""
    with pytest.raises(ValueError, match=r"vtr|vector|identity|valid Level"):
        read_vtr(text, allowed=LEVELS)


def test_a_level_must_be_registered() -> None:
    """A service that may not check identities cannot ask for one."""
    with pytest.raises(ValueError, match="not registered"):
        read_vtr('["Cl.Cm.P2"]', allowed={Level.P0})


@given(st.text() | st.lists(st.text("ClmP012.x")).map(json.dumps))
def test_any_vtr_is_read_or_refused(text: str) -> None:
    """Nothing else happens, and an identity always comes with Cl.Cm."""
    try:
        read = read_vtr(text, allowed=LEVELS)
    except ValueError:
        return
    assert not read.levels or read.trust is Trust.MEDIUM


def test_there_are_ten_people() -> None:
    """Each has an id of its own; among them one without identity, and one with one name."""
    assert 10 == len({each.id for each in PEOPLE})
    assert {Level.P0, Level.P1, Level.P2} == {each.level for each in PEOPLE}
    assert ["wirandra"] == [each.id for each in PEOPLE if len(each.names[0].parts) == 1]
    assert "Beth Quillon" == People().get("beth").name
    assert "nobody" == replace(PEOPLE[0], id="nobody", names=()).name


@given(st.sampled_from(PEOPLE), st.text(), st.text())
def test_a_sub_belongs_to_a_sector_and_an_account(person: object, one: str, other: str) -> None:
    """It is the same for all services of a sector, and new after the account was made again."""
    assert isinstance(person, type(PEOPLE[0]))

    assert (one == other) is (subject(person, one) == subject(person, other))
    assert subject(person, one) != subject(person, one, account=person.account + 1)
    assert subject(person, one).startswith("urn:fdc:gov.uk:2022:")


def test_an_account_can_be_made_again() -> None:
    """The person is the same, and every `sub` is another; nobody unknown can do it."""
    people = People()
    before = people.get("megan")
    after = people.make_again("megan")

    assert after == people.get("megan")
    assert subject(before, "x") != subject(after, "x")
    assert subject(before, "x") == subject(after, "x", account=1)
    with pytest.raises(LookupError, match=r"one_login\.people"):
        people.get("nobody")


def test_a_service_is_registered(idle: Sandbox) -> None:
    """With one source of keys, whole addresses and an id of its own."""
    clients = idle.one_login.clients
    added = clients.add("other", redirect_uris=["https://a.example/b"], jwks={"keys": []})

    assert ["lg-sandbox-service", "other"] == [each.client_id for each in clients]
    assert ("a.example", added) == (added.sector, clients.get("other"))
    added.sector_host = "sector.example"
    assert "sector.example" == added.sector
    added.sector_host, added.redirect_uris = None, []
    assert "" == added.sector


@pytest.mark.parametrize(
    ("client_id", "options", "said"),
    [
        ("", {"jwks": {"keys": []}}, "id"),
        ("lg-sandbox-service", {"jwks": {"keys": []}}, "already"),
        ("x", {}, "one of"),
        ("x", {"jwks": {"keys": []}, "public_key": "x"}, "one of"),
        ("x", {"public_key": "x"}, "PEM"),
        ("x", {"jwks": {}}, "key set"),
        ("x", {"jwks": {"keys": [{"kty": "RSA", "use": "sig", "kid": "k"}]}}, "no RSA key"),
        ("x", {"jwks_url": "ftp://x"}, "http"),
        ("x", {"jwks": {"keys": []}, "redirect_uris": ["/back"]}, "redirect_uris"),
        ("x", {"jwks": {"keys": []}, "redirect_uris": []}, "redirect_uris"),
    ],
)
def test_a_wrong_registration_is_told(
    idle: Sandbox, *, client_id: str, options: dict[str, object], said: str
) -> None:
    """What is wrong, and what would be right."""
    given_options = {"redirect_uris": ["https://a.example/b"], **options}
    with pytest.raises(ValueError, match=said):
        idle.one_login.clients.add(client_id, **given_options)  # pyright: ignore[reportArgumentType] -- wrong on purpose
