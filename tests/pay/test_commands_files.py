# SPDX-License-Identifier: MIT
"""The settings file `lg-pay.toml`: what it may hold, what is refused, and `lg-pay check` of it."""

from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pay.commanding import Council, a_council
from typer.testing import CliRunner  # noqa: TID253 -- a test may load it

from lg_core.errors import ConfigError, LgError
from lg_core.identifiers import Nation
from lg_pay import _commands
from lg_pay._commands._open import coding_of, open_accounts, open_store
from lg_pay._files import CouncilFile, ReconcileFile, read_council_file
from lg_pay.accounts import accounts_in
from lg_pay.reconcile import DayBasis, PartRefunds
from lg_sandbox import Sandbox

pytestmark = pytest.mark.usefixtures("own_process")

WHOLE = """
[store]
url = "sqlite:///state/pay.db"
[accounts.garden-waste]
key_env = "PAY_KEY"
council = "Leeds"
[reconcile]
ledger = "main"
day = "captured"
look_back = 20
part_refunds = "pro-rata"
surcharge_fund = "SC"
funds = "funds.toml"
rules = "/etc/rules.toml"
formats = ["csv", "columns"]
out = "posted"
[reconcile.layouts]
columns = "columns.toml"
[references]
file = "references.toml"
[settlement]
bank = "bank.toml"
[disputes]
nation = "scotland"
[work]
tell = "council.payments:act"
"""


def read(folder: Path, text: str) -> CouncilFile:
    """Write a settings file, and read it."""
    path = folder / "lg-pay.toml"
    path.write_text(text, "utf-8")
    return read_council_file(path)


def refused(folder: Path, text: str) -> str:
    """Return why a settings file is refused."""
    with pytest.raises(ConfigError) as caught:
        read(folder, text)
    return caught.value.message


def test_every_key_is_read_and_paths_are_of_the_files_folder(tmp_path: Path) -> None:
    """A relative path is one of the folder in which the settings file lies."""
    found = read(tmp_path, WHOLE)

    assert str(tmp_path / "state" / "pay.db") == found.store
    assert ["garden-waste"] == list(found.accounts)
    assert found.reconcile == ReconcileFile(
        ledger="main",
        basis=DayBasis.CAPTURED,
        look_back=20,
        part_refunds=PartRefunds.PRO_RATA,
        surcharge_fund="SC",
        funds=tmp_path / "funds.toml",
        rules=Path("/etc/rules.toml"),
        formats=("csv", "columns"),
        layouts={"columns": tmp_path / "columns.toml"},
        out=tmp_path / "posted",
    )
    assert (tmp_path / "references.toml", tmp_path / "bank.toml") == (found.references, found.bank)
    assert (Nation.SCOTLAND, "council.payments:act") == (found.nation, found.tell)


def test_an_empty_file_has_the_usual_values(tmp_path: Path) -> None:
    """Nothing is required: each command says what it misses."""
    assert CouncilFile(path=tmp_path / "lg-pay.toml") == read(tmp_path, "")


def test_an_address_with_a_password_is_kept_and_not_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The address of a database may come from a variable, and is never printed."""
    address = "postgresql://pay:hunter2@db.internal/pay"
    monkeypatch.setenv("PAY_STORE", address)

    found = read(tmp_path, '[store]\nurl_env = "PAY_STORE"\n')

    assert address == found.store
    assert "hunter2" not in repr(found)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[store\n", "line 1"),
        ("[stores]\n", "line 1: stores is not known here"),
        ('[store]\nurl = ""\n', "line 2: store.url is blank"),
        ('[store]\nurl = "a"\nurl_env = "PATH"\n', "stands beside url"),
        ('[store]\nurl_env = "not a name"\n', "name of a variable"),
        ('[store]\nurl_env = "LG_NO_SUCH_VARIABLE"\n', "is not set"),
        ('[accounts.main]\napi_key = "secret-zq"\n', "accounts.main cannot be used"),
        ("[reconcile]\nlook_back = true\n", "line 2: reconcile.look_back must be a whole number"),
        ('[reconcile]\nday = "friday"\n', "capture-submitted, captured, created"),
        ('[reconcile]\npart_refunds = "all"\n', "suspense, pro-rata"),
        ('[reconcile]\nformats = "csv"\n', "must be a list"),
        ("[reconcile]\nformats = []\n", "must be a list"),
        ("[reconcile]\nformats = [1]\n", "must be a list"),
        ('[reconcile]\nformats = ["pdf"]\n', "must be a list"),
        ('[reconcile.layouts]\npdf = "x"\n', "reconcile.layouts.pdf is not known"),
        ("[reconcile.layouts]\ncolumns = 1\n", "must be text"),
        ('[disputes]\nnation = "France"\n', "england"),
        ("reconcile = 1\n", "must be a table"),
    ],
)
def test_faults_are_named_with_their_line(tmp_path: Path, text: str, said: str) -> None:
    """The error says the file, the line, the key, and what to do; and no value."""
    told = refused(tmp_path, text)

    assert said in told
    assert told.startswith("lg-pay.toml cannot be used")
    assert "secret-zq" not in told
    assert "friday" not in told


def test_every_fault_is_told_at_once(tmp_path: Path) -> None:
    """Two faults are two lines."""
    told = refused(tmp_path, '[reconcile]\nday = "x"\nlook_back = "y"\n')

    assert "line 2" in told
    assert "line 3" in told


@pytest.mark.parametrize("raw", [None, b"\xff\xfe\x00"], ids=["not there", "not UTF-8"])
def test_a_file_that_cannot_be_read_is_refused(tmp_path: Path, raw: bytes | None) -> None:
    """The error says how the file was named, and nothing of what it holds."""
    path = tmp_path / "lg-pay.toml"
    if raw is not None:
        path.write_bytes(raw)

    with pytest.raises(ConfigError, match=r"LG_PAY_FILE|line 1: .*not UTF-8"):
        read_council_file(path)


@given(st.text(max_size=200))
def test_any_text_is_read_or_refused(text: str) -> None:
    """No text makes the reader fail in another way."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "lg-pay.toml"
        path.write_text(text, "utf-8", errors="replace")
        try:
            found = read_council_file(path)
        except ConfigError:
            return
    assert isinstance(found, CouncilFile)


def test_without_a_file_the_environment_describes_one_account(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is named default; the store may come from the environment too."""
    monkeypatch.setenv("LG_PAY_API_KEY", sandbox.pay.api_key)
    monkeypatch.setenv("LG_PAY_BASE_URL", sandbox.pay.url)
    monkeypatch.setenv("LG_PAY_STORE", "pay.db")

    found = read_council_file(None)

    assert "pay.db" == found.store
    with open_accounts(found) as accounts:
        assert ("default",) == accounts.names
        assert [] == list(accounts.search_payments())


def test_tables_of_accounts() -> None:
    """The tables of a bigger file are read as those of an accounts file are."""
    (found,) = accounts_in({"main": {"key_env": "PAY_KEY"}}).values()

    assert "PAY_KEY" == found.key_env
    with pytest.raises(ConfigError):
        accounts_in({"main": {}})


def test_what_a_command_needs_is_asked_for_by_its_key() -> None:
    """Without funds or a store the error names the table of the settings file."""
    with pytest.raises(ConfigError, match="reconcile"):
        coding_of(CouncilFile())
    with pytest.raises(ConfigError, match="store"):
        open_store(CouncilFile())


# ------------------------------------------------------------------ check


@pytest.fixture
def council(tmp_path: Path, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Council:
    """Give a council with profiles and a second account."""
    text = '[accounts.other]\nkey_env = "COUNCIL_PAY_KEY"\nbase_url = "{url}"\n'
    more = f'{text.format(url=sandbox.pay.url)}[references]\nfile = "references.toml"\n'
    made = a_council(tmp_path, sandbox, monkeypatch, more=more)
    made.pay.close()
    source = Path(__file__).parents[2] / "packages/lg-pay/src/lg_pay/reference_profiles.toml"
    (tmp_path / "references.toml").write_text(source.read_text("utf-8"), "utf-8")
    return made


def test_check_reads_every_file(council: Council) -> None:
    """Accounts, profiles, funds, rules and the tables of the store are in the result."""
    done = council.run("check")

    assert 0 == done.exit_code
    for what in ("Funds", "Rules", "Reference profiles", "lg-pay.book", "main: Key", "other: Key"):
        assert what in done.stdout


def test_rules_may_name_a_reference_profile(council: Council) -> None:
    """A rule's profile is looked up in the file of profiles; one that is none is refused."""
    rules = council.folder / "rules.toml"
    rule = '[[rules]]\nname = "x"\nfund = "CT"\nreference = "{name}"\n'
    rules.write_text(rule.format(name="council-tax"))
    coding = coding_of(read_council_file(council.file))
    assert coding.is_reference is not None
    assert not coding.is_reference("council-tax", "nonsense")
    assert not coding.is_reference("no-such-profile", "nonsense")

    rules.write_text(rule.format(name="no-such-profile"))
    done = council.run("check")

    assert isinstance(done.exception, ConfigError)
    assert "line 4" in done.exception.message


@pytest.mark.parametrize("name", ["funds.toml", "rules.toml", "references.toml"])
def test_check_finds_a_file_that_is_wrong(council: Council, name: str) -> None:
    """The error names the file that is wrong, before anything is sent."""
    (council.folder / name).write_text("[")

    done = council.run("check")

    assert isinstance(done.exception, LgError)
    assert name in done.exception.message


def test_a_surcharge_fund_that_is_none_is_refused(council: Council) -> None:
    """The fund of surcharges must be one of the file of funds."""
    text = council.file.read_text().replace("[reconcile]", '[reconcile]\nsurcharge_fund = "XX"')
    council.file.write_text(text)

    done = council.run("check")

    assert isinstance(done.exception, ConfigError)
    assert "surcharge_fund" in done.exception.message


def test_the_file_may_be_named_by_an_option(council: Council) -> None:
    """`--file` names the settings file as the variable does."""
    done = CliRunner().invoke(_commands.app, ["check", "--file", str(council.file)])

    assert 0 == done.exit_code
