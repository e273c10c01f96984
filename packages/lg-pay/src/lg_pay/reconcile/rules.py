# SPDX-License-Identifier: MIT
"""Finance's rules for payments that carry no basket: payment links, other systems, older code.

    [[rules]]
    name = "Planning links"
    account = "planning"             # the name of the GOV.UK Pay account
    description = "Planning fee*"    # * stands for any text
    reference = "planning"           # a reference profile, or a pattern with *
    metadata = { flow = "apply*" }   # each pair must be there
    fund = "PL"
    account_reference = "{reference}"
    vat_code = "OS"
    narrative = "{metadata.uprn}"

The rules are tried in the order of the file, and the first whose conditions all hold decides. What
no rule decides goes to suspense, by name. Capitals do not count in patterns.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Final, Self, cast

from lg_core.toml_files import TomlFile, TomlFileError, TomlPath, read_text_file
from lg_pay.funds import Funds
from lg_pay.reconcile._listed import AnyPayment

__all__ = ["CodingRule", "CodingRules", "RulesError"]

_PLACE: Final = re.compile(r"\{(reference|description|account|metadata\.[^{}]{1,30})\}")
_TEXTS: Final = (
    "name", "account", "description", "reference", "fund", "account_reference", "vat_code",
    "narrative",
)  # fmt: skip

_KEYS: Final = (*_TEXTS, "metadata", "moto")

MatchesProfile = Callable[[str, str], bool]
"""Says whether a text is a reference of the profile of a name."""


class RulesError(TomlFileError):
    """A file of rules that cannot be used. Every fault is told with its line."""


@dataclass(frozen=True, slots=True)
class CodingRule:
    """One rule: what a payment must be like, and where its money then goes.

    Printing it does not show its patterns and texts, which can hold a reference.

    Attributes:
        name: what finance calls it; it stands on each line that it coded.
        fund: the code of the fund.
        account: the name of the GOV.UK Pay account, or a pattern; None for any.
        description: a pattern of the payment's description; None for any.
        reference: the name of a reference profile, or a pattern with `*`; None for any.
        metadata: a pattern for each key that must be there.
        moto: whether it is a payment by telephone or post; None for either.
        account_reference: the ledger's account reference: text, with places such as
            `{reference}` and `{metadata.KEY}`.
        vat_code: the council's VAT code; None for the fund's own.
        narrative: text with places, as for `account_reference`.
    """

    name: str
    fund: str
    account: str | None = None
    description: str | None = field(default=None, repr=False)
    reference: str | None = field(default=None, repr=False)
    metadata: Mapping[str, str] = field(default_factory=dict[str, str], repr=False)
    moto: bool | None = None
    account_reference: str = field(default="{reference}", repr=False)
    vat_code: str | None = None
    narrative: str = field(default="", repr=False)

    def misses(
        self, payment: AnyPayment, *, account: str, is_reference: MatchesProfile | None = None
    ) -> str | None:
        """Say why the rule does not hold for a payment.

        Args:
            payment: the payment.
            account: the name of its GOV.UK Pay account.
            is_reference: knows the reference profiles; None where there are none.

        Returns:
            The condition that fails, such as `description`; None where the rule holds.
        """
        if self.account is not None and not _like(account, self.account):
            return "account"
        if self.description is not None and not _like(payment.description, self.description):
            return "description"
        if self.reference is not None and not self._has_reference(payment, is_reference):
            return "reference"
        if self.moto is not None and bool(payment.moto) is not self.moto:
            return "moto"
        return self._pair_missed(payment) if self.metadata else None

    def _pair_missed(self, payment: AnyPayment) -> str | None:
        pairs = {key.lower(): str(value) for key, value in (payment.metadata or {}).items()}
        for key, pattern in self.metadata.items():
            value = pairs.get(key.lower())
            if value is None or not _like(value, pattern):
                return f"metadata.{key}"
        return None

    def _has_reference(self, payment: AnyPayment, is_reference: MatchesProfile | None) -> bool:
        wanted = self.reference or ""
        if "*" in wanted or is_reference is None:
            return _like(payment.reference, wanted)
        return is_reference(wanted, payment.reference)

    def fill(self, text: str, payment: AnyPayment, *, account: str) -> str:
        """Fill the places of a text from a payment. A pair that is not there leaves nothing.

        Args:
            text: the text of the rule.
            payment: the payment.
            account: the name of its GOV.UK Pay account.
        """
        if "{" not in text:
            return text
        if text == "{reference}":  # nearly every rule's
            return payment.reference
        pairs = {key.lower(): value for key, value in (payment.metadata or {}).items()}

        def value(place: re.Match[str]) -> str:
            name = place[1]
            if name.startswith("metadata."):
                return str(pairs.get(name.removeprefix("metadata.").lower(), ""))
            return account if name == "account" else str(getattr(payment, name))

        return _PLACE.sub(value, text)


def _like(text: str, pattern: str) -> bool:
    # `[` and `?` have a meaning to fnmatch, and none to finance.
    plain = pattern.casefold().replace("[", "[[]").replace("?", "[?]")
    return fnmatchcase(text.casefold(), plain)


@dataclass(frozen=True, slots=True)
class CodingRules:
    """The rules of a council, in the order in which they are tried.

    Attributes:
        rules: the rules.
    """

    rules: tuple[CodingRule, ...] = ()

    @classmethod
    def read(cls, path: str | Path, *, funds: Funds, profiles: Iterable[str] = ()) -> Self:
        """Read a file of rules.

        Args:
            path: the file, in UTF-8.
            funds: the council's funds, which the rules name.
            profiles: the names of the reference profiles.

        Raises:
            RulesError: something in the file is wrong; every fault is named with its line.
            ConfigError: it cannot be opened.
        """
        name, text = read_text_file(path, what="file of rules", error=RulesError)
        return cls.from_toml(text, funds=funds, profiles=profiles, name=name)

    @classmethod
    def from_toml(
        cls, text: str, *, funds: Funds, profiles: Iterable[str] = (), name: str = "rules.toml"
    ) -> Self:
        """Read rules from the text of a file.

        Args:
            text: TOML, as the top of this module shows it.
            funds: the council's funds, which the rules name.
            profiles: the names of the reference profiles.
            name: the name of the file, for errors.

        Raises:
            RulesError: something is wrong; every fault is named with its line.
        """
        file = _RulesFile(text, funds=funds, profiles=frozenset(profiles))
        rules = tuple(file.rules())
        if file.faults:
            raise RulesError(name, file.faults)
        return cls(rules)


class _RulesFile(TomlFile):
    """Takes the file apart, and notes every fault on the way."""

    said = frozenset({"rules", *_KEYS})

    def __init__(self, text: str, *, funds: Funds, profiles: frozenset[str]) -> None:
        super().__init__(text)
        self._funds = funds
        self._profiles = profiles

    def rules(self) -> Iterator[CodingRule]:
        self.known((), self.data, ("rules",))
        entries = self.data.get("rules", [])
        if not isinstance(entries, list):
            self.fault(("rules",), "must be written [[rules]], once for each rule.")
            return
        names: set[str] = set()
        for at, entry in enumerate(cast("list[object]", entries)):
            path = ("rules", at)
            if not isinstance(entry, dict):
                self.fault(path, "must be a table.")
                continue
            rule = self._rule(path, cast("dict[str, object]", entry))
            if rule is None:
                continue
            if rule.name in names:
                self.fault((*path, "name"), "stands on another rule too. Rename one.")
            names.add(rule.name)
            yield rule

    def _rule(self, path: TomlPath, entry: Mapping[str, object]) -> CodingRule | None:
        before = len(self.faults)
        self.known(path, entry, _KEYS)
        texts = {
            key: self._pattern((*path, key), value)
            for key, value in entry.items()
            if key in _TEXTS and value is not None
        }
        moto = entry.get("moto")
        if moto is not None and not isinstance(moto, bool):
            self.fault((*path, "moto"), "must be true or false.")
        metadata = self._pairs((*path, "metadata"), entry.get("metadata", {}))
        for key in ("name", "fund"):
            if key not in entry:
                self.fault((*path, key), "is missing.")
        self._named(path, texts)
        if len(self.faults) > before:
            return None
        return CodingRule(
            **texts,
            metadata=metadata,
            moto=moto if isinstance(moto, bool) else None,
        )

    def _named(self, path: TomlPath, texts: Mapping[str, str]) -> None:
        if texts.get("fund") and texts["fund"] not in self._funds:
            self.fault((*path, "fund"), "names no fund of the file of funds.")
        if texts.get("vat_code") and texts["vat_code"] not in self._funds.treatments:
            self.fault((*path, "vat_code"), "names no VAT code of the file of funds.")
        reference = texts.get("reference", "")
        named = bool(reference) and "*" not in reference and bool(self._profiles)
        if named and reference not in self._profiles:
            self.fault(
                (*path, "reference"),
                "is neither the name of a reference profile nor a pattern with *.",
            )
        for key in ("account_reference", "narrative"):
            rest = _PLACE.sub("", texts.get(key, ""))
            if "{" in rest or "}" in rest:
                self.fault(
                    (*path, key),
                    "has a place that is not known. Use {reference}, {description}, {account} or "
                    "{metadata.KEY}.",
                )

    def _pairs(self, path: TomlPath, value: object) -> dict[str, str]:
        if not isinstance(value, dict):
            self.fault(path, 'must be pairs, such as { flow = "apply*" }.')
            return {}
        pairs = cast("dict[str, object]", value)
        return {key: self._pattern((*path, key), text) for key, text in pairs.items()}

    def _pattern(self, path: TomlPath, value: object) -> str:
        if isinstance(value, str) and value.strip():
            return value
        self.fault(path, "must be text in quotation marks, not blank.")
        return ""
