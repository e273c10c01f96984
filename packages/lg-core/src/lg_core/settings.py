# SPDX-License-Identifier: MIT
"""Read settings from the environment, and refuse the ones that cannot be right.

One naming scheme: a prefix and the field's name in capitals, such as `LG_PAY_API_KEY`. An empty
variable counts as one that is not set. What is missing or wrong becomes a `ConfigError` that
names the variable and says what to do, and never repeats the value.
"""

import difflib
import ipaddress
import os
from collections.abc import Callable
from typing import TYPE_CHECKING, Final, TypeVar, cast
from urllib.parse import SplitResult, urlsplit

from pydantic import (
    BaseModel,
    SecretStr,
    ValidationError,
)

from lg_core.errors import ConfigError, LgError
from lg_core.redaction import leaves, without

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails
    from pydantic_settings import BaseSettings

__all__ = ["check_base_url", "check_secret", "is_loopback", "read_settings"]

S = TypeVar("S", bound=BaseModel)

_LOCALHOST: Final = "localhost"

_Fault = tuple[Callable[[str], bool], str]


def read_settings(model: type[S], *, prefix: str) -> S:
    """Read a model's fields from environment variables.

    The variable of a field is the prefix and the field's name; case does not matter. A field that
    is not a plain value (a list, a model) is read from JSON. Declare keys as `SecretStr`, and give
    each field a `description`: it is shown when the variable is missing or wrong.

    Args:
        model: a pydantic model whose fields have no aliases.
        prefix: what each variable's name begins with, such as `LG_PAY_`.

    Returns:
        The model, filled from the environment.

    Raises:
        ConfigError: a variable is missing or wrong. All of them are named in the text, and the
            first one is `setting`.
    """
    given, wrong = _from_environment(model, prefix)
    if not wrong:
        try:
            return model.model_validate(given)
        except ValidationError as invalid:
            faults = invalid.errors(include_url=False, include_input=False)
            wrong = _wrong_fields(model, prefix, faults, given=given)
    # Raised outside the handler: the validation error holds the values.
    raise ConfigError(" ".join(wrong.values()), setting=next(iter(wrong)))


def _from_environment(
    model: type[BaseModel], prefix: str
) -> tuple[dict[str, object], dict[str, str]]:
    # Settings are read when a client is built; importing this module stays cheap.
    from pydantic_settings import EnvSettingsSource

    source = EnvSettingsSource(
        # The source looks at the fields and the configuration, which every model has.
        cast("type[BaseSettings]", model),
        env_prefix=prefix,
        env_ignore_empty=True,
        case_sensitive=False,
    )
    given: dict[str, object] = {}
    wrong: dict[str, str] = {}
    for name, field in model.model_fields.items():
        raw, _, is_complex = source.get_field_value(field, name)
        try:
            value: object = source.prepare_field_value(name, field, raw, is_complex)
        except ValueError:  # not JSON: the text of this error may hold the value
            variable = _variable(prefix, name)
            wrong[variable] = _advice(model, name, f"{variable} is not JSON.")
        else:
            if value is not None:
                given[name] = value
    return given, wrong


def _wrong_fields(
    model: type[BaseModel],
    prefix: str,
    faults: "list[ErrorDetails]",
    *,
    given: dict[str, object],
) -> dict[str, str]:
    """Say what is wrong, one sentence a variable. Faults of the model as a whole have no field."""
    wrong: dict[str, str] = {}
    for fault in faults:
        name = str(fault["loc"][0]) if fault["loc"] else ""
        variable = _variable(prefix, name)
        if fault["type"] == "missing" and len(fault["loc"]) == 1:
            text = f"{variable} is not set.{_near_miss(variable, prefix)}"
        elif name:
            text = f"{variable} is not right: {_reason(fault, given)}"
        else:
            text = f"The {prefix}* variables do not fit together: {_reason(fault, given)}"
        wrong.setdefault(variable, _advice(model, name, text))
    return wrong


def _variable(prefix: str, name: str) -> str:
    return f"{prefix}{name}".upper() if name else f"{prefix}*"


def _advice(model: type[BaseModel], name: str, text: str) -> str:
    field = model.model_fields.get(name)
    described = field.description if field else None
    return f"{text} Set it to {described.rstrip('.')}." if described else text


def _reason(fault: "ErrorDetails", given: dict[str, object]) -> str:
    """Give pydantic's own text, cleaned. A validator's is dropped, unless the error is ours."""
    if fault["type"] in {"value_error", "assertion_error"}:
        error = fault.get("ctx", {}).get("error")
        return str(error) if isinstance(error, LgError) else "its check refused it."
    return without(f"{fault['msg'].rstrip('.')}.", leaves(given))


def _near_miss(variable: str, prefix: str) -> str:
    known = [name for name in map(str.upper, os.environ) if name.startswith(prefix.upper())]
    close = difflib.get_close_matches(
        variable, (n for n in known if n != variable), n=1, cutoff=0.8
    )
    return f" {close[0]} is set: check the spelling." if close else ""


def check_secret(value: str | SecretStr, *, setting: str) -> SecretStr:
    """Return a key or secret, or refuse one that was damaged on its way into the settings.

    Args:
        value: the key.
        setting: where it came from, such as `LG_PAY_API_KEY`, for the error.

    Returns:
        The key, unchanged.

    Raises:
        ConfigError: it is blank, has white space, a new line or quotation marks around it, or
            holds control characters or characters outside ASCII. The text never repeats it.
    """
    text = value.get_secret_value() if isinstance(value, SecretStr) else value
    _refuse(text, _SECRET_FAULTS, setting=setting)
    return SecretStr(text)


def check_base_url(url: str, *, setting: str) -> str:
    """Return a platform's address without its last slash, or refuse one that is not safe to use.

    Args:
        url: the address, such as `https://publicapi.payments.service.gov.uk`.
        setting: where it came from, such as `LG_PAY_BASE_URL`, for the error.

    Returns:
        The address. One slash at its end is taken off.

    Raises:
        ConfigError: it is not https (http is allowed on loopback only), has no host, or holds a
            user name, a password, a query or a fragment. The text never repeats it.
    """
    _refuse(url, _URL_FAULTS, setting=setting)
    return url.removesuffix("/")


def is_loopback(url: str) -> bool:
    """Say whether an address points at this machine and nowhere else.

    Args:
        url: an http or https address.

    Returns:
        Whether its host is `localhost`, `::1` or in `127.0.0.0/8`. False for what is not a URL.
    """
    parts = _split(url)
    return parts is not None and _is_loopback_host(parts.hostname or "")


def _split(url: str) -> SplitResult | None:
    try:
        parts = urlsplit(url)
        _ = parts.port  # read for its check: a port that is not a number raises
    except ValueError:
        return None
    return parts


def _is_loopback_host(host: str) -> bool:
    if host == _LOCALHOST:
        return True
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    # Not IPv6Address.is_loopback: newer versions of Python also say yes to mapped addresses.
    if isinstance(address, ipaddress.IPv4Address):
        return address.is_loopback
    return address == ipaddress.IPv6Address("::1")


# ---------------------------------------------------------------- faults, the first that holds

_SECRET_FAULTS: Final[tuple[_Fault, ...]] = (
    (lambda text: not text.strip(), "is blank: set it to the key."),
    (lambda text: text.endswith(("\n", "\r")), "ends with a new line: remove it."),
    (lambda text: text != text.strip(), "has white space around it: remove it."),
    (
        lambda text: text[0] in "\"'" and text[-1] == text[0],
        "stands in quotation marks: remove them.",
    ),
    (
        lambda text: not text.isascii(),
        "holds characters outside ASCII: copy the key again from where it was made.",
    ),
    (
        lambda text: not text.isprintable(),
        "holds control characters: copy the key again from where it was made.",
    ),
)


def _hidden_character(url: str) -> bool:
    return not url.isascii() or not url.isprintable() or " " in url or "\\" in url


def _no_host(url: str) -> bool:
    parts = _split(url)
    return parts is None or not parts.hostname


_URL_FAULTS: Final[tuple[_Fault, ...]] = (
    # urlsplit drops white space and control characters without a word, so this stands first.
    (
        _hidden_character,
        "holds a character that no address has (such as white space or a backslash): remove it.",
    ),
    (_no_host, "is not an address: write it as https://host or https://host/path."),
    (
        lambda url: "@" in urlsplit(url).netloc,
        "holds a user name or a password: remove it, and give the key as a setting.",
    ),
    (
        lambda url: "?" in url or "#" in url,
        "holds a query or a fragment: remove everything from the ? or # on.",
    ),
    (
        lambda url: urlsplit(url).scheme not in {"http", "https"},
        "is not https: write it as https://host or https://host/path.",
    ),
    (
        lambda url: urlsplit(url).scheme == "http" and not is_loopback(url),
        "is not https: write https://. Only an address on this machine may use http.",
    ),
)


def _refuse(text: str, faults: tuple[_Fault, ...], *, setting: str) -> None:
    for holds, advice in faults:
        if holds(text):
            raise ConfigError(f"{setting} {advice}", setting=setting)
