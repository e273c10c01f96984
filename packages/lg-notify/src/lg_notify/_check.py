# SPDX-License-Identifier: MIT
"""What `lg-notify check` finds out: where the client goes, whether the key is taken, the clock."""

import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final

from pydantic import SecretStr

from lg_core.settings import is_loopback
from lg_notify import calls
from lg_notify._credentials import checked_key
from lg_notify._sync.client import NotifyClient

__all__ = ["Finding", "check_account", "kind_of_key", "service_of"]

_LEEWAY: Final = 30
"""Seconds that a clock may be off (docs, 'Errors': "system clock must be accurate")."""
_NEAR: Final = 10
"""From so many seconds on, a person should look at the clock."""
_WORDS: Final = {"live": "live", "team": "team", "test": "test", "sandbox": "test"}
_SERVICE_AND_SECRET: Final = 73


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the result."""

    what: str
    value: str
    good: bool = True


def check_account(
    notify: NotifyClient,
    *,
    key: str | SecretStr | None = None,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> list[Finding]:
    """Ask for the templates, which proves the key and tells Notify's time.

    Args:
        notify: the client to check.
        key: its key, where it is known, to say what kind its name names.
        now: tells the time.

    Returns:
        What was found, one line each.

    Raises:
        LgError: the platform could not be reached, or does not take the key.
    """
    place = " (a sandbox)" if is_loopback(notify.base_url) else ""
    findings = [Finding("Address", f"{notify.base_url}{place}")]
    if key is not None:
        findings.append(Finding("Kind of key", kind_of_key(key)))
    answer = notify.exchange(calls.list_templates())
    findings.append(Finding("Answer", "the key is accepted"))
    kinds = Counter(str(each.type) for each in answer.value.templates)
    told = ", ".join(f"{number} {kind}" for kind, number in sorted(kinds.items()))
    findings.append(Finding("Templates", told or "none"))
    findings.append(_clock(answer.headers, now()))
    return findings


def _clock(headers: Mapping[str, str], now: datetime) -> Finding:
    try:
        theirs = parsedate_to_datetime(headers.get("date", ""))
    except (ValueError, TypeError):
        return Finding("Clock", "good enough: GOV.UK Notify took the token")
    apart = abs(round((now - theirs).total_seconds()))
    text = f"within {apart + 1} seconds of GOV.UK Notify's"
    if apart < _NEAR:
        return Finding("Clock", text)
    return Finding("Clock", f"{text}; it refuses {_LEEWAY}. Set this machine's clock", good=False)


def kind_of_key(key: str | SecretStr) -> str:
    """Say what kind a key is, as far as its name tells: Notify does not say.

    Args:
        key: the key. Its name was chosen by who made it, and is not repeated.
    """
    text = key.get_secret_value() if isinstance(key, SecretStr) else key
    words = set(re.findall("[a-z]+", text.strip()[:-_SERVICE_AND_SECRET].lower()))
    kinds = {kind for word, kind in _WORDS.items() if word in words}
    if len(kinds) == 1:
        return f"{kinds.pop()}, by its name"
    return "not known: its name does not tell. See API integration in GOV.UK Notify"


def service_of(key: str | SecretStr) -> str:
    """Return Notify's id of the service that a key is of.

    Args:
        key: the key.

    Raises:
        ConfigError: it is no whole key.
    """
    return checked_key(key).service
