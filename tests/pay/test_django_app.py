# SPDX-License-Identifier: MIT
"""The Django command over mop-up: its settings, what it prints, how it ends."""

import io
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any, cast

import django_project
import pytest
from children import Child
from django.core import management
from django.core.management.base import CommandError
from django.test import utils
from pay.django_child import manage
from pay.payments import a_payment, full_answer

from lg_core.errors import ConfigError
from lg_pay import PayClient, Payment
from lg_pay._sync.book import PaymentBook
from lg_pay.book import Change
from lg_pay.book._schema import TABLE
from lg_pay.django.management.commands.lg_pay_mop_up import Command
from lg_pay.django.settings import read_book, read_pay, read_tell
from lg_sandbox import Sandbox
from lg_sandbox.pay import Account

call_command = cast("Callable[..., None]", cast("Any", management).call_command)
override = cast("Any", utils).override_settings
told: list[Change] = []


def tell(change: Change) -> None:
    """Keep what was told: named in a project's settings."""
    told.append(change)


@pytest.fixture(autouse=True)
def _project() -> Iterator[None]:
    """Stand in a Django project with no settings of ours."""
    django_project.set_up()
    told.clear()
    with override(LG_PAY=None):
        yield


@pytest.fixture
def values(sandbox: Sandbox, tmp_path: Path) -> dict[str, object]:
    """Give what a project sets."""
    return {
        "STORE": tmp_path / "pay.db",
        "API_KEY": sandbox.pay.api_key,
        "BASE_URL": sandbox.pay.url,
        "TELL": f"{__name__}.tell",
    }


def run(values: dict[str, object], *options: str) -> str:
    """Run the command, and return what it printed."""
    out = io.StringIO()
    with override(LG_PAY=values):
        call_command(Command(), *options, stdout=out)
    return out.getvalue()


def begin(sandbox: Sandbox, values: dict[str, object], *, paid: bool = False) -> str:
    """Begin a payment in a project's book, and return its id."""
    with (
        PaymentBook(cast("Path", values["STORE"])) as book,
        PayClient(sandbox.pay.api_key, base_url=sandbox.pay.url) as pay,
    ):
        begun = book.begin(pay, a_payment(), service="garden-waste", case="1")
    payment_id = begun.entry.payment_id or ""
    if paid:
        sandbox.pay.pay(payment_id)
    return payment_id


def test_a_quiet_run_says_so(values: dict[str, object]) -> None:
    """With nothing due, one line is printed and all is well."""
    assert "0 looked at, 0 paid" in run(values)


def refused(values: dict[str, object]) -> str:
    """Run the command over all payments, see it end with 1, and return what it printed."""
    with PaymentBook(cast("Path", values["STORE"])) as book, book.store.begin() as connection:
        hour_ago = book.store.now() - timedelta(hours=1)
        connection.execute(TABLE.update().values(due_at=hour_ago))
    out = io.StringIO()
    with override(LG_PAY=values), pytest.raises(CommandError) as caught:
        call_command(Command(), "--from-minutes", "0", stdout=out)
    assert 1 == caught.value.returncode
    assert "GW-0001" not in out.getvalue()
    return out.getvalue()


def test_news_is_told_and_money_without_an_owner_is_named(
    sandbox: Sandbox, values: dict[str, object]
) -> None:
    """A payment that was paid and not acted on is named by its id, and the command ends with 1."""
    payment_id = begin(sandbox, values, paid=True)

    printed = refused(values)

    assert f"{payment_id}: money taken, nothing submitted." in printed
    assert [payment_id] == [change.after and change.after.payment_id for change in told]


def test_a_reversal_is_printed(sandbox: Sandbox, values: dict[str, object]) -> None:
    """Money that will not come needs a person."""
    sandbox.pay.account.captures_at_once = False
    payment_id = begin(sandbox, values, paid=True)
    refused(values)
    sandbox.pay.fail_capture(payment_id)

    printed = refused(values)

    assert "1 paid, and the money could not be taken after all." in printed
    line = f"{payment_id}: paid, and the money could not be taken; nothing undone."
    assert line in printed
    assert line in refused(values)  # until somebody has undone it


def test_what_could_not_be_asked_for_is_named(sandbox: Sandbox, values: dict[str, object]) -> None:
    """A payment that the key does not see is named with the kind of failure."""
    payment_id = begin(sandbox, values)
    key = sandbox.pay.new_api_key(account=Account("other"))

    printed = refused(values | {"API_KEY": key})

    assert f"{payment_id}: could not be asked for (PaymentNotFoundError)." in printed


def test_an_unknown_end_is_named(sandbox: Sandbox, values: dict[str, object]) -> None:
    """A payment that ended with a new word is named."""
    payment_id = begin(sandbox, values)
    state = {"status": "written_off", "finished": True}
    answer = full_answer(payment_id=payment_id, reference="GW-0001", state=state)
    with PaymentBook(cast("Path", values["STORE"])) as book:
        book.note(Payment.model_validate(answer))
        with book.store.begin() as connection:
            connection.execute(TABLE.update().values(due_at=None))

    out = io.StringIO()
    with override(LG_PAY=values), pytest.raises(CommandError):
        call_command(Command(), stdout=out)

    assert f"{payment_id}: ended with a state that this version does not know." in out.getvalue()


def test_the_command_is_found_in_a_project(sandbox: Sandbox, tmp_path: Path) -> None:
    """With the app installed, `manage.py lg_pay_mop_up` works, also from the environment."""
    (tmp_path / "project.py").write_text(
        "INSTALLED_APPS = ['lg_pay.django']\n"
        "SECRET_KEY = 'x'\n"
        f"LG_PAY = {{'STORE': {str(tmp_path / 'pay.db')!r}}}\n",
        "utf-8",
    )
    environment = {
        "DJANGO_SETTINGS_MODULE": "project",
        "LG_PAY_API_KEY": sandbox.pay.api_key,
        "LG_PAY_BASE_URL": sandbox.pay.url,
    }
    work = partial(manage, project=tmp_path, environment=environment, command="lg_pay_mop_up")
    child = Child(work)

    assert 0 == child.ended()
    (printed,) = child.told
    assert printed.startswith("0 looked at")
    assert 1 == printed.count("\n")


def test_accounts_come_from_a_file(
    sandbox: Sandbox, values: dict[str, object], *, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Several services have their keys in one file of accounts."""
    monkeypatch.setenv("GARDEN_KEY", sandbox.pay.api_key)
    file = cast("Path", values["STORE"]).with_name("pay.toml")
    file.write_text(
        f'[garden-waste]\nkey_env = "GARDEN_KEY"\nbase_url = "{sandbox.pay.url}"\n',
        "utf-8",
    )

    assert "0 looked at" in run({"STORE": values["STORE"], "ACCOUNTS": file})


@pytest.mark.parametrize(
    ("given", "read"),
    [
        (None, read_book),
        ({}, read_book),
        ({"STORE": 7}, read_book),
        ({"STOER": "pay.db"}, read_book),
        ({"TELL": "nothing.here"}, read_tell),
    ],
)
def test_wrong_settings_are_named(given: object, read: Callable[[], object]) -> None:
    """A setting that is missing, misspelt or wrong is an error that says what to set."""
    with override(LG_PAY=given), pytest.raises(ConfigError) as caught:
        read()

    assert "LG_PAY" in str(caught.value)
    assert "STOER" not in str(caught.value)


def test_a_wrong_setting_ends_the_command() -> None:
    """Django prints the text of the error, and no traceback."""
    with pytest.raises(CommandError) as caught:
        run({"API_KEY": "short"})

    assert 'LG_PAY["STORE"]' in str(caught.value)


def test_without_a_listener_nothing_is_told() -> None:
    """TELL is optional."""
    with override(LG_PAY={}):
        assert read_tell() is None


def test_the_key_may_come_from_the_environment(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without a key in the settings, the environment's is used."""
    monkeypatch.setenv("LG_PAY_API_KEY", sandbox.pay.api_key)
    monkeypatch.setenv("LG_PAY_BASE_URL", sandbox.pay.url)
    with override(LG_PAY={}), read_pay() as pay:
        assert isinstance(pay, PayClient)
        assert sandbox.pay.url == pay.base_url
