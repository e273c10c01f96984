# SPDX-License-Identifier: MIT
# Made by tools/sync.py from tests/pay/_async/test_accounts.py: change that one.
"""PayAccounts: a client for each account, and a search over all of them."""

import pickle
from collections.abc import Iterator
from pathlib import Path

import pytest
import stamina  # noqa: TID253 -- a test may load it
from pay.payments import a_payment

from lg_core.errors import ConfigError, InvalidValueError
from lg_core.testing import AsgiTransport, RecordingObserver, asgi
from lg_pay import AccountsFailedError, PayAccount, PayAccounts, PayClient
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
def beneath(sandbox: Sandbox) -> Iterator[AsgiTransport]:
    """The sandbox in process."""
    transport = asgi(sandbox.pay.app)
    yield transport
    transport.close()


def keys_of(sandbox: Sandbox, *names: str) -> dict[str, str]:
    """Make an account in the sandbox for each name, and return their keys."""
    return {name: sandbox.pay.new_api_key(account=Account(name)) for name in names}


def test_each_service_has_its_own_account(sandbox: Sandbox, beneath: AsgiTransport) -> None:
    """By service, by fund and by council, and always the same client."""
    keys = keys_of(sandbox, "garden", "rent")
    observer = RecordingObserver()
    with PayAccounts(
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
        garden.create_payment(a_payment())
        accounts.for_fund("HR").create_payment(a_payment())

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


def test_an_account_that_is_not_there_is_said(sandbox: Sandbox) -> None:
    """With the names of those that are, and without what was asked for."""
    accounts = PayAccounts(
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
    assert isinstance(accounts.for_council("a place"), PayClient)
    accounts.close()


def test_all_accounts_are_searched_at_once(sandbox: Sandbox, beneath: AsgiTransport) -> None:
    """Each payment comes with the name of its account."""
    keys = keys_of(sandbox, "garden", "rent", "none")
    with PayAccounts(
        {name: PayAccount(api_key=key, base_url=HERE) for name, key in keys.items()},
        transport=beneath,
    ) as accounts:
        for name in ("garden", "rent", "rent"):
            accounts.for_service(name).create_payment(a_payment())

        found = [
            (name, payment.payment_id)
            for name, payment in accounts.search_payments(reference="GW-0001")
        ]

    assert sorted((each.account, each.id) for each in sandbox.pay.payments) == sorted(found)


def test_an_account_that_fails_does_not_hide_the_others(
    sandbox: Sandbox, beneath: AsgiTransport, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The others are given first, then the failures by name."""
    monkeypatch.delenv("NO_SUCH_KEY", raising=False)
    keys = keys_of(sandbox, "garden")
    with PayAccounts(
        {
            "revoked": PayAccount(api_key=Sandbox().pay.api_key, base_url=HERE),
            "unset": PayAccount(key_env="NO_SUCH_KEY", base_url=HERE),
            "garden": PayAccount(api_key=keys["garden"], base_url=HERE),
        },
        transport=beneath,
    ) as accounts:
        accounts.for_service("garden").create_payment(a_payment())
        found: list[str] = []

        def search() -> None:
            for name, _ in accounts.search_payments():
                found.append(name)

        with pytest.raises(AccountsFailedError, match="revoked, unset") as failed:
            search()

    assert ["garden"] == found
    assert {"revoked": InvalidKeyError, "unset": ConfigError} == {
        name: type(error) for name, error in failed.value.failures.items()
    }
    assert failed.value.failures.keys() == pickle.loads(pickle.dumps(failed.value)).failures.keys()


def test_a_search_that_cannot_be_made_is_refused_at_once(
    sandbox: Sandbox, beneath: AsgiTransport
) -> None:
    """A wrong argument is the caller's, and no account's failure."""
    account = PayAccount(api_key=sandbox.pay.api_key, base_url=HERE)
    accounts = PayAccounts({"garden": account}, transport=beneath)

    with pytest.raises(InvalidValueError):
        _ = [name for name, _ in accounts.search_payments(reference="")]

    accounts.close()


def test_a_key_is_replaced_without_a_restart(
    sandbox: Sandbox, beneath: AsgiTransport, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The variable is read again when GOV.UK Pay refuses the key."""
    monkeypatch.setenv("GARDEN_KEY", Sandbox().pay.api_key)
    account = PayAccount(key_env="GARDEN_KEY", base_url=HERE)
    with PayAccounts({"garden": account}, transport=beneath) as accounts:
        pay = accounts.for_service("garden")
        monkeypatch.setenv("GARDEN_KEY", sandbox.pay.api_key)

        made = pay.create_payment(a_payment())

    assert [made.payment_id] == [each.id for each in sandbox.pay.payments]


def test_a_key_of_another_kind_does_not_stand_in(sandbox: Sandbox, beneath: AsgiTransport) -> None:
    """A live key never takes the place of a test key by itself."""
    keys = [Sandbox().pay.api_key, sandbox.pay.live_api_key]
    pay = PayClient(lambda: keys.pop(0), base_url="https://pay.example.gov.uk", transport=beneath)

    with pytest.raises(ConfigError, match="another kind"):
        pay.create_payment(a_payment())


def test_a_wrong_key_is_said_with_its_account() -> None:
    """Which of forty accounts it is; and nothing of the key."""
    accounts = PayAccounts({"garden": PayAccount(api_key="not-a-key-at-all")})

    with pytest.raises(ConfigError, match=r"^Account garden: ") as wrong:
        accounts.for_service("garden")

    assert "not-a-key" not in wrong.value.message


def test_accounts_are_read_from_a_file(
    sandbox: Sandbox, beneath: AsgiTransport, *, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The file names the variables, and the variables hold the keys."""
    monkeypatch.setenv("GARDEN_KEY", sandbox.pay.api_key)
    file = tmp_path / "accounts.toml"
    file.write_text(
        f'[garden]\nkey_env = "GARDEN_KEY"\nfunds = ["GW"]\nbase_url = "{HERE}"\n', "utf-8"
    )
    with PayAccounts.from_toml(file, transport=beneath) as accounts:
        made = accounts.for_fund("GW").create_payment(a_payment())

    assert [made.payment_id] == [each.id for each in sandbox.pay.payments]
