# SPDX-License-Identifier: MIT
"""AsyncPayAccounts: a client for each account, and a search over all of them."""

import pickle
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import stamina  # noqa: TID253 -- a test may load it
from pay.payments import a_payment

from lg_core.errors import ConfigError, InvalidValueError
from lg_core.testing import AsgiTransport, RecordingObserver, asgi
from lg_pay import AccountsFailedError, AsyncPayAccounts, AsyncPayClient, PayAccount
from lg_pay.errors import InvalidKeyError
from lg_sandbox import Sandbox
from lg_sandbox.pay import Account

pytestmark = pytest.mark.anyio

HERE = "http://localhost"


@pytest.fixture(autouse=True)
def _no_waits() -> Iterator[None]:
    """Attempts follow each other at once."""
    with stamina.set_testing(True, attempts=5, cap=True):
        yield


@pytest.fixture
async def beneath(sandbox: Sandbox) -> AsyncIterator[AsgiTransport]:
    """The sandbox in process."""
    transport = asgi(sandbox.pay.app)
    yield transport
    await transport.aclose()


def keys_of(sandbox: Sandbox, *names: str) -> dict[str, str]:
    """Make an account in the sandbox for each name, and return their keys."""
    return {name: sandbox.pay.new_api_key(account=Account(name)) for name in names}


async def test_each_service_has_its_own_account(sandbox: Sandbox, beneath: AsgiTransport) -> None:
    """By service, by fund and by council, and always the same client."""
    keys = keys_of(sandbox, "garden", "rent")
    observer = RecordingObserver()
    async with AsyncPayAccounts(
        {
            "garden-waste": PayAccount(
                api_key=keys["garden"], council="E08000035", funds=("GW", "GX"), base_url=HERE
            ),
            "rent": PayAccount(api_key=keys["rent"], council="Leeds", funds=["HR"], base_url=HERE),
            "other": PayAccount(api_key=keys["rent"], council="E06000001", base_url=HERE),
        },
        transport=beneath,
        observers=[observer],
    ) as accounts:
        garden = accounts.for_service("garden-waste")
        await garden.create_payment(a_payment())
        await accounts.for_fund("HR").create_payment(a_payment())

        assert garden is accounts.for_fund("GX")
        assert accounts.for_service("rent") is accounts.for_fund("HR")
        assert accounts.for_service("other") is accounts.for_council("Hartlepool")
        assert ("garden-waste", "rent", "other") == accounts.names
        with pytest.raises(ConfigError, match=r"Several accounts.*: garden-waste, rent"):
            accounts.for_council("Leeds")
    assert ["garden", "rent"] == [each.account for each in sandbox.pay.payments]
    with pytest.raises(ConfigError, match="closed"):
        accounts.for_service("rent")
    with pytest.raises(TypeError, match="cannot be pickled"):
        pickle.dumps(accounts)
    assert keys["rent"] not in repr(accounts)


async def test_an_account_that_is_not_there_is_said(sandbox: Sandbox) -> None:
    """With the names of those that are, and without what was asked for."""
    accounts = AsyncPayAccounts(
        {
            "garden-waste": PayAccount(api_key=sandbox.pay.api_key, funds=("GW",)),
            "bins": PayAccount(api_key=sandbox.pay.api_key, funds=("GW",), council="a place"),
        }
    )

    for find in (accounts.for_service, accounts.for_fund, accounts.for_council):
        with pytest.raises(ConfigError, match="There are: bins, garden-waste") as missing:
            find("nothing such")
        assert "nothing such" not in missing.value.message
    with pytest.raises(ConfigError, match="bins, garden-waste"):
        accounts.for_fund("GW")
    assert isinstance(accounts.for_council("a place"), AsyncPayClient)
    await accounts.aclose()


async def test_all_accounts_are_searched_at_once(sandbox: Sandbox, beneath: AsgiTransport) -> None:
    """Each payment comes with the name of its account."""
    keys = keys_of(sandbox, "garden", "rent", "none")
    async with AsyncPayAccounts(
        {name: PayAccount(api_key=key, base_url=HERE) for name, key in keys.items()},
        transport=beneath,
    ) as accounts:
        for name in ("garden", "rent", "rent"):
            await accounts.for_service(name).create_payment(a_payment())

        found = [
            (name, payment.payment_id)
            async for name, payment in accounts.search_payments(reference="GW-0001")
        ]

    assert sorted((each.account, each.id) for each in sandbox.pay.payments) == sorted(found)


async def test_an_account_that_fails_does_not_hide_the_others(
    sandbox: Sandbox, beneath: AsgiTransport, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The others are given first, then the failures by name."""
    monkeypatch.delenv("NO_SUCH_KEY", raising=False)
    keys = keys_of(sandbox, "garden")
    async with AsyncPayAccounts(
        {
            "revoked": PayAccount(api_key=Sandbox().pay.api_key, base_url=HERE),
            "unset": PayAccount(key_env="NO_SUCH_KEY", base_url=HERE),
            "garden": PayAccount(api_key=keys["garden"], base_url=HERE),
        },
        transport=beneath,
    ) as accounts:
        await accounts.for_service("garden").create_payment(a_payment())
        found: list[str] = []

        async def search() -> None:
            async for name, _ in accounts.search_payments():
                found.append(name)

        with pytest.raises(AccountsFailedError, match="revoked, unset") as failed:
            await search()

    assert ["garden"] == found
    assert {"revoked": InvalidKeyError, "unset": ConfigError} == {
        name: type(error) for name, error in failed.value.failures.items()
    }
    assert failed.value.failures.keys() == pickle.loads(pickle.dumps(failed.value)).failures.keys()


async def test_a_search_that_cannot_be_made_is_refused_at_once(
    sandbox: Sandbox, beneath: AsgiTransport
) -> None:
    """A wrong argument is the caller's, and no account's failure."""
    account = PayAccount(api_key=sandbox.pay.api_key, base_url=HERE)
    accounts = AsyncPayAccounts({"garden": account}, transport=beneath)

    with pytest.raises(InvalidValueError):
        _ = [name async for name, _ in accounts.search_payments(reference="")]

    await accounts.aclose()


async def test_a_key_is_replaced_without_a_restart(
    sandbox: Sandbox, beneath: AsgiTransport, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The variable is read again when GOV.UK Pay refuses the key."""
    monkeypatch.setenv("GARDEN_KEY", Sandbox().pay.api_key)
    account = PayAccount(key_env="GARDEN_KEY", base_url=HERE)
    async with AsyncPayAccounts({"garden": account}, transport=beneath) as accounts:
        pay = accounts.for_service("garden")
        monkeypatch.setenv("GARDEN_KEY", sandbox.pay.api_key)

        made = await pay.create_payment(a_payment())

    assert [made.payment_id] == [each.id for each in sandbox.pay.payments]


async def test_a_key_of_another_kind_does_not_stand_in(
    sandbox: Sandbox, beneath: AsgiTransport
) -> None:
    """A live key never takes the place of a test key by itself."""
    keys = [Sandbox().pay.api_key, sandbox.pay.live_api_key]
    pay = AsyncPayClient(
        lambda: keys.pop(0), base_url="https://pay.example.gov.uk", transport=beneath
    )

    with pytest.raises(ConfigError, match="another kind"):
        await pay.create_payment(a_payment())


async def test_a_wrong_key_is_said_with_its_account() -> None:
    """Which of forty accounts it is; and nothing of the key."""
    accounts = AsyncPayAccounts({"garden": PayAccount(api_key="not-a-key-at-all")})

    with pytest.raises(ConfigError, match=r"^Account garden: ") as wrong:
        accounts.for_service("garden")

    assert "not-a-key" not in wrong.value.message


async def test_accounts_are_read_from_a_file(
    sandbox: Sandbox, beneath: AsgiTransport, *, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The file names the variables, and the variables hold the keys."""
    monkeypatch.setenv("GARDEN_KEY", sandbox.pay.api_key)
    file = tmp_path / "accounts.toml"
    file.write_text(
        f'[garden]\nkey_env = "GARDEN_KEY"\nfunds = ["GW"]\nbase_url = "{HERE}"\n', "utf-8"
    )
    async with AsyncPayAccounts.from_toml(file, transport=beneath) as accounts:
        made = await accounts.for_fund("GW").create_payment(a_payment())

    assert [made.payment_id] == [each.id for each in sandbox.pay.payments]
