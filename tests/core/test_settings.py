"""lg_core.settings: what is read from the environment, and what is refused."""

import os
import subprocess
import sys
from typing import Literal, Self

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, Field, SecretStr, field_validator, model_validator

from lg_core.errors import ConfigError, InvalidValueError
from lg_core.settings import check_base_url, check_secret, is_loopback, read_settings

PREFIX = "LG_TEST_"


class Example(BaseModel):
    """Settings such as a client has."""

    api_key: SecretStr = Field(description="the API key from the platform's admin tool.")
    attempts: int = 3
    mode: Literal["test", "live"] = "test"
    councils: list[int] = []
    checked: str = ""
    broken: str = ""

    @field_validator("checked")
    @classmethod
    def check(cls, value: str) -> str:
        """Refuse as a type of ours does."""
        if value:
            raise InvalidValueError("It has too many digits.", code="too_long")
        return value

    @field_validator("broken")
    @classmethod
    def repeat(cls, value: str) -> str:
        """Refuse as somebody else's type may: with the value in its text."""
        if value:
            raise ValueError(f"{value} is wrong")
        return value

    @model_validator(mode="after")
    def fit(self) -> Self:
        """Refuse two settings that do not fit."""
        if self.attempts > 9 and self.mode == "live":
            raise InvalidValueError("Ten attempts are for tests.")
        return self


@pytest.fixture(autouse=True)
def clean(monkeypatch: pytest.MonkeyPatch) -> None:
    """Start from an environment in which nothing of ours is set."""
    for name in [name for name in os.environ if name.upper().startswith(PREFIX)]:
        monkeypatch.delenv(name)


def set_all(monkeypatch: pytest.MonkeyPatch, **values: str) -> None:
    """Set variables by the names of their fields."""
    for name, value in values.items():
        monkeypatch.setenv(f"{PREFIX}{name.upper()}", value)


def refusal() -> ConfigError:
    """Read the settings, which must be refused."""
    with pytest.raises(ConfigError) as caught:
        read_settings(Example, prefix=PREFIX)
    return caught.value


def test_settings_come_from_variables_with_the_prefix(monkeypatch: pytest.MonkeyPatch) -> None:
    """LG_PAY_API_KEY fills api_key, and what is not set keeps its default."""
    set_all(monkeypatch, api_key="k", attempts="5", councils="[1, 2]")
    monkeypatch.setenv("lg_test_mode", "live")

    settings = read_settings(Example, prefix=PREFIX)

    assert Example is type(settings)
    assert (SecretStr("k"), 5, [1, 2]) == (settings.api_key, settings.attempts, settings.councils)
    assert settings.mode == "live"


def test_an_empty_variable_counts_as_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    """A template of a deployment often sets every variable, some to nothing."""
    set_all(monkeypatch, api_key="k", mode="", attempts="")

    settings = read_settings(Example, prefix=PREFIX)

    assert (settings.mode, settings.attempts) == ("test", 3)


def test_a_missing_variable_is_named_with_what_to_do() -> None:
    """The error says which variable to set, and to what."""
    error = refusal()

    expected = "LG_TEST_API_KEY is not set. Set it to the API key from the platform's admin tool."
    assert expected == str(error)
    assert error.setting == "LG_TEST_API_KEY"


def test_a_misspelt_variable_is_pointed_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """The usual reason why a variable is not set is that another one is."""
    set_all(monkeypatch, apikey="SECRET")

    assert "LG_TEST_APIKEY is set: check the spelling." in str(refusal())


def test_every_wrong_variable_is_named_and_no_value_is_shown(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """One run of a command shows all that is wrong, and nothing that was set."""
    set_all(
        monkeypatch,
        api_key="k",
        attempts="SECRET",
        mode="SECRET",
        councils='["SECRET"]',
        checked="SECRET",
        broken="SECRET",
    )

    error = refusal()

    assert "SECRET" not in str(error)
    assert error.__context__ is None
    assert error.__cause__ is None
    for name in ("ATTEMPTS", "MODE", "COUNCILS", "CHECKED", "BROKEN"):
        assert f"LG_TEST_{name} is not right: " in str(error)
    assert "It has too many digits." in str(error)
    assert "its check refused it." in str(error)
    assert error.setting == "LG_TEST_ATTEMPTS"


def test_a_list_that_is_not_json_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """A list or a model is read from JSON, and the error says so."""
    set_all(monkeypatch, api_key="k", councils="SECRET, SECRET")

    error = refusal()

    assert str(error) == "LG_TEST_COUNCILS is not JSON."
    assert (error.__context__, error.setting) == (None, "LG_TEST_COUNCILS")


def test_settings_that_do_not_fit_together_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """A fault of the whole has no variable of its own."""
    set_all(monkeypatch, api_key="k", attempts="10", mode="live")

    error = refusal()

    expected = "The LG_TEST_* variables do not fit together: Ten attempts are for tests."
    assert (expected, "LG_TEST_*") == (str(error), error.setting)


def test_importing_settings_does_not_load_pydantic_settings() -> None:
    """What reads the environment loads when it is read."""
    program = "import sys, lg_core.settings; print('pydantic_settings' in sys.modules)"

    done = subprocess.run(  # noqa: S603 -- our own program
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )

    assert done.stdout == "False\n"


# ---------------------------------------------------------------- check_secret


@pytest.mark.parametrize(
    ("text", "advice"),
    [
        ("", "is blank: set it to the key."),
        (" \n", "is blank: set it to the key."),
        ("k3y\n", "ends with a new line: remove it."),
        ("k3y\r\n", "ends with a new line: remove it."),
        (" k3y", "has white space around it: remove it."),
        ("k3y\t", "has white space around it: remove it."),
        ('"k3y"', "stands in quotation marks: remove them."),
        ("'k3y'", "stands in quotation marks: remove them."),
        ("k3ŷ", "holds characters outside ASCII: copy the key again from where it was made."),
        ("k3\u200by", "holds characters outside ASCII: copy the key again from where it was made."),
        ("k3\x00y", "holds control characters: copy the key again from where it was made."),
        ("k3\ny", "holds control characters: copy the key again from where it was made."),
    ],
)
@pytest.mark.parametrize("kind", [str, SecretStr])
def test_a_damaged_secret_is_refused_with_what_to_do(
    text: str, advice: str, kind: type[str] | type[SecretStr]
) -> None:
    """What a copy, a file or a shell adds to a key is found before it is sent."""
    with pytest.raises(ConfigError) as caught:
        check_secret(kind(text), setting="LG_PAY_API_KEY")

    assert f"LG_PAY_API_KEY {advice}" == str(caught.value)
    assert caught.value.setting == "LG_PAY_API_KEY"


@given(st.text(st.characters(min_codepoint=33, max_codepoint=126, exclude_characters="\"'")))
def test_a_whole_secret_is_returned_unchanged(text: str) -> None:
    """Any printable ASCII text can be a key."""
    key = f"k{text}"

    assert key == check_secret(key, setting="X").get_secret_value()


@given(st.text())
def test_a_secret_is_never_repeated(text: str) -> None:
    """Whatever is set, it is accepted or refused, and the refusal does not show it."""
    secret = f"\x00SECRET{text}"

    with pytest.raises(ConfigError) as caught:
        check_secret(secret, setting="X")

    assert "SECRET" not in str(caught.value)


# ---------------------------------------------------------------- check_base_url


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://publicapi.payments.service.gov.uk", None),
        ("https://publicapi.payments.service.gov.uk/", "https://publicapi.payments.service.gov.uk"),
        ("https://proxy.example.gov.uk:8443/pay/", "https://proxy.example.gov.uk:8443/pay"),
        ("HTTPS://host/a", None),
        ("https://host//", "https://host/"),
        ("http://localhost:8000", None),
        ("http://LOCALHOST/", "http://LOCALHOST"),
        ("http://127.0.0.1:8000/pay", None),
        ("http://127.8.9.10", None),
        ("http://[::1]:8000/", "http://[::1]:8000"),
        ("https://[2001:db8::1]", None),
    ],
)
def test_an_address_is_kept_without_its_last_slash(url: str, expected: str | None) -> None:
    """https anywhere, http on this machine, with a port and a path where there are."""
    assert (expected or url) == check_base_url(url, setting="LG_PAY_BASE_URL")


@pytest.mark.parametrize(
    ("url", "advice"),
    [
        ("http://publicapi.payments.service.gov.uk", "is not https"),
        ("http://localhost.example.com", "is not https"),
        ("http://127.0.0.1.example.com", "is not https"),
        ("http://[::ffff:127.0.0.1]", "is not https"),
        ("http://[::2]", "is not https"),
        ("http://0.0.0.0", "is not https"),
        ("ftp://localhost", "is not https"),
        ("https://SECRET:SECRET@host", "holds a user name or a password"),
        ("https://@host", "holds a user name or a password"),
        ("https://host/?SECRET=1", "holds a query or a fragment"),
        ("https://host?", "holds a query or a fragment"),
        ("https://host/#SECRET", "holds a query or a fragment"),
        ("https://", "is not an address"),
        ("https:///SECRET", "is not an address"),
        ("SECRET.example.com", "is not an address"),
        ("https://host:SECRET", "is not an address"),
        ("https://host:99999", "is not an address"),
        ("https://[SECRET", "is not an address"),
        ("", "is not an address"),
        ("https://host\n", "holds a character that no address has"),
        ("https://ho\tst", "holds a character that no address has"),
        (" https://host", "holds a character that no address has"),
        ("https://good\\@evil", "holds a character that no address has"),
        ("https://hôst", "holds a character that no address has"),
    ],
)
def test_an_address_that_is_not_safe_is_refused(url: str, advice: str) -> None:
    """The error names the setting, says what to change and does not repeat the address."""
    with pytest.raises(ConfigError) as caught:
        check_base_url(url, setting="LG_PAY_BASE_URL")

    assert str(caught.value).startswith(f"LG_PAY_BASE_URL {advice}")
    assert "SECRET" not in str(caught.value)
    assert caught.value.setting == "LG_PAY_BASE_URL"


@given(st.text() | st.text("htps:/@?#.[]1 a\\").map("http://{}".format))
def test_every_text_is_either_an_address_or_refused(text: str) -> None:
    """Nothing but a ConfigError comes out, and what is kept has no room for a secret."""
    try:
        kept = check_base_url(text, setting="X")
    except ConfigError:
        return
    assert kept.lower().startswith("https://") or is_loopback(kept)
    assert not set("@?#\\ \n") & set(kept.partition("://")[2].partition("/")[0])


@given(st.ip_addresses(v=4))
def test_only_127_is_loopback_among_the_addresses_of_version_4(address: object) -> None:
    """127.0.0.0/8 and nothing else."""
    assert str(address).startswith("127.") == is_loopback(f"http://{address}:80/")


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http://localhost", True),
        ("https://[::1]/x", True),
        ("http://[::ffff:127.0.0.1]", False),
        ("http://127.1", False),
        ("http://localhost.", False),
        ("http://[", False),
        ("localhost", False),
        ("", False),
    ],
)
def test_loopback_is_this_machine_and_nothing_else(url: str, *, expected: bool) -> None:
    """Spellings that some programs read as loopback do not count."""
    assert expected is is_loopback(url)
