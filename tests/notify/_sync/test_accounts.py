# SPDX-License-Identifier: MIT
# Made by tools/sync.py from tests/notify/_async/test_accounts.py: change that one.
"""NotifyAccounts: a client for each service, found by service or council."""

import pickle
from pathlib import Path

import pytest
from notify.canned import ID, KEY, SERVICE, Canned, refusal

from lg_core.errors import ConfigError
from lg_core.testing import RecordingObserver
from lg_notify import NotifyAccount, NotifyAccounts, NotifyClient

pytestmark = pytest.mark.anyio

OTHER = f"k-{ID}-{ID}"
NO_TEMPLATES: tuple[int, object] = (200, {"templates": []})


def test_each_service_has_its_own_client() -> None:
    """By service and by council, always the same client, with a key and a council of its own."""
    way = Canned(NO_TEMPLATES, NO_TEMPLATES)
    observer = RecordingObserver()
    with NotifyAccounts(
        {
            "bin-days": NotifyAccount(api_key=KEY, council="E08000035"),
            "council-tax": NotifyAccount(key=lambda: OTHER, council="E06000001"),
        },
        transport=way,
        observers=[observer],
        share=2,
    ) as accounts:
        bins = accounts.for_service("bin-days")
        bins.list_templates()
        accounts.for_council("Hartlepool").list_templates()
        tokens = [dict(each.headers)["authorization"] for each in way.asked]

        assert ("bin-days", "council-tax") == accounts.names
        assert bins is accounts.for_council("Leeds") is accounts.for_service("bin-days")
        assert isinstance(bins, NotifyClient)
        assert tokens[0] != tokens[1]
        assert {"E08000035", "E06000001"} == {each.council for each in observer.events}
        assert "<NotifyAccounts bin-days, council-tax>" == repr(accounts)
        with pytest.raises(ConfigError, match="No account is for this service"):
            accounts.for_service("x")
        with pytest.raises(TypeError, match="cannot be pickled"):
            pickle.dumps(accounts)
    with pytest.raises(ConfigError, match="were closed"):
        accounts.for_service("bin-days")


def test_several_services_of_a_council_are_not_guessed_between() -> None:
    """The error names them."""
    accounts = NotifyAccounts(
        {name: NotifyAccount(api_key=KEY, council="E08000035") for name in ("a", "b")}
    )
    with pytest.raises(ConfigError, match="Several accounts are for this council: a, b"):
        accounts.for_council("Leeds")


def test_a_key_is_replaced_without_a_restart(monkeypatch: pytest.MonkeyPatch) -> None:
    """The variable is read again when Notify refuses the key."""
    monkeypatch.setenv("NOTIFY_KEY", KEY)
    way = Canned(refusal(403, "AuthError", "Invalid token: API key not found"), NO_TEMPLATES)
    accounts = NotifyAccounts({"a": NotifyAccount(key_env="NOTIFY_KEY")}, transport=way)
    notify = accounts.for_service("a")
    monkeypatch.setenv("NOTIFY_KEY", f"k-{SERVICE}-{ID}")

    assert () == notify.list_templates()
    assert 2 == len(way.asked)


def test_a_key_that_is_missing_is_said_by_name(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A file holds names of variables; the service and the variable are named."""
    monkeypatch.delenv("NOTIFY_KEY", raising=False)
    file = tmp_path / "accounts.toml"
    file.write_text('[bin-days]\nkey_env = "NOTIFY_KEY"\ncouncil = "Leeds"\n', "utf-8")
    accounts = NotifyAccounts.from_toml(file)
    with pytest.raises(ConfigError, match="Account bin-days: NOTIFY_KEY is not set") as missing:
        accounts.for_council("Leeds")

    assert "GOV.UK Notify (API integration, API keys)" in missing.value.message
