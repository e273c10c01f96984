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

import difflib
import re
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Final, Self, cast

from lg_core.errors import ConfigError
from lg_pay._toml_lines import TomlPath, fault_line, key_lines
from lg_pay.funds import Funds
from lg_pay.payment import Payment

__all__ = ["CodingRule", "CodingRules", "RulesError", "RulesFault"]

_PLACE: Final = re.compile(r"\{(reference|description|account|metadata\.[^{}]{1,30})\}")
_TEXTS: Final = (
    "name", "account", "description", "reference", "fund", "account_reference", "vat_code",
    "narrative",
)  # fmt: skip

_KEYS: Final = (*_TEXTS, "metadata", "moto")
_KNOWN: Final = frozenset({"rules", *_KEYS})
"""The keys that an error may repeat: another one can be anything that somebody wrote."""

MatchesProfile = Callable[[str, str], bool]
"""Says whether a text is a reference of the profile of a name."""


@dataclass(frozen=True, slots=True)
class RulesFault:
    """One thing that is wrong in a file of rules.

    Attributes:
        line: the line in the file, the first being 1.
        where: the rule and the key.
        what: what is wrong and what to do.
    """

    line: int
    where: str
    what: str


class RulesError(ConfigError):
    """A file of rules that cannot be used. Every fault is named, with its line.

    Args:
        name: the name of the file.
        faults: what is wrong.
    """

    def __init__(self, name: str, faults: Iterable[RulesFault]) -> None:
        self.faults = tuple(sorted(faults, key=lambda fault: fault.line))
        told = "\n".join(f"  line {one.line}: {one.where} {one.what}" for one in self.faults)
        super().__init__(f"{name} cannot be used. Correct and read it again:\n{told}", setting=name)


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
        self, payment: Payment, *, account: str, is_reference: MatchesProfile | None = None
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
        pairs = {key.lower(): str(value) for key, value in (payment.metadata or {}).items()}
        for key, pattern in self.metadata.items():
            value = pairs.get(key.lower())
            if value is None or not _like(value, pattern):
                return f"metadata.{key}"
        return None

    def _has_reference(self, payment: Payment, is_reference: MatchesProfile | None) -> bool:
        wanted = self.reference or ""
        if "*" in wanted or is_reference is None:
            return _like(payment.reference, wanted)
        return is_reference(wanted, payment.reference)

    def fill(self, text: str, payment: Payment, *, account: str) -> str:
        """Fill the places of a text from a payment. A pair that is not there leaves nothing.

        Args:
            text: the text of the rule.
            payment: the payment.
            account: the name of its GOV.UK Pay account.
        """
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
        file, problem, text = Path(path), "", ""
        try:
            text = file.read_text("utf-8-sig")
        except (OSError, UnicodeDecodeError) as error:
            problem = type(error).__name__
        if problem:  # raised outside the handler: the first error may hold the whole file
            raise ConfigError(
                f"The file of rules could not be read ({problem}). Check its path, who may read "
                "it, and that it is saved as UTF-8.",
                setting="path",
            )
        return cls.from_toml(text, funds=funds, profiles=profiles, name=file.name)

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
        line, tables = 0, {}
        try:
            tables = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            line = fault_line(error, text)
        if line:
            what = "is no TOML. Look for a quotation mark, a bracket or = that is missing."
            raise RulesError(name, [RulesFault(line, "", what)])
        reader = _Reader(key_lines(text), funds, frozenset(profiles))
        rules = tuple(reader.rules(tables))
        if reader.faults:
            raise RulesError(name, reader.faults)
        return cls(rules)


class _Reader:
    """Reads the tables, and notes every fault on the way."""

    def __init__(
        self, lines: Mapping[TomlPath, int], funds: Funds, profiles: frozenset[str]
    ) -> None:
        self.faults: list[RulesFault] = []
        self._lines = lines
        self._funds = funds
        self._profiles = profiles

    def rules(self, tables: Mapping[str, object]) -> Iterator[CodingRule]:
        for key in tables:
            if key != "rules":
                self._fault((key,), "is not known here. This file holds [[rules]] alone.")
        entries = tables.get("rules", [])
        if not isinstance(entries, list):
            self._fault(("rules",), "must be written [[rules]], once for each rule.")
            return
        names: set[str] = set()
        for at, entry in enumerate(cast("list[object]", entries)):
            if not isinstance(entry, dict):
                self._fault(("rules", at), "must be a table.")
                continue
            rule = self._rule(("rules", at), cast("dict[str, object]", entry))
            if rule is None:
                continue
            if rule.name in names:
                self._fault(("rules", at, "name"), "stands on another rule too. Rename one.")
            names.add(rule.name)
            yield rule

    def _rule(self, path: TomlPath, entry: Mapping[str, object]) -> CodingRule | None:
        before = len(self.faults)
        texts = {
            key: self._text((*path, key), value)
            for key, value in entry.items()
            if key in _TEXTS and value is not None
        }
        for key, value in entry.items():
            if key not in _KEYS:
                near = difflib.get_close_matches(key, _KEYS, n=1)
                advice = f"Did you mean {near[0]}?" if near else f"Known are {', '.join(_KEYS)}."
                self._fault((*path, key), f"is not a key of a rule. {advice}")
            elif key == "moto" and not isinstance(value, bool):
                self._fault((*path, key), "must be true or false.")
        metadata = self._pairs((*path, "metadata"), entry.get("metadata", {}))
        for key in ("name", "fund"):
            if key not in entry:
                self._fault((*path, key), "is missing.")
        self._known(path, texts)
        if len(self.faults) > before:
            return None
        moto = entry.get("moto")
        return CodingRule(
            **texts,
            metadata=metadata,
            moto=moto if isinstance(moto, bool) else None,
        )

    def _known(self, path: TomlPath, texts: Mapping[str, str]) -> None:
        if texts.get("fund") and texts["fund"] not in self._funds:
            self._fault((*path, "fund"), "names no fund of the file of funds.")
        if texts.get("vat_code") and texts["vat_code"] not in self._funds.treatments:
            self._fault((*path, "vat_code"), "names no VAT code of the file of funds.")
        reference = texts.get("reference", "")
        named = bool(reference) and "*" not in reference and bool(self._profiles)
        if named and reference not in self._profiles:
            self._fault(
                (*path, "reference"),
                "is neither the name of a reference profile nor a pattern with *.",
            )
        for key in ("account_reference", "narrative"):
            rest = _PLACE.sub("", texts.get(key, ""))
            if "{" in rest or "}" in rest:
                self._fault(
                    (*path, key),
                    "has a place that is not known. Use {reference}, {description}, {account} or "
                    "{metadata.KEY}.",
                )

    def _pairs(self, path: TomlPath, value: object) -> dict[str, str]:
        if not isinstance(value, dict):
            self._fault(path, 'must be pairs, such as { flow = "apply*" }.')
            return {}
        pairs = cast("dict[str, object]", value)
        return {key: self._text((*path, key), text) for key, text in pairs.items()}

    def _text(self, path: TomlPath, value: object) -> str:
        if isinstance(value, str) and value.strip():
            return value
        self._fault(path, "must be text in quotation marks, not blank.")
        return ""

    def _fault(self, path: TomlPath, what: str) -> None:
        place = next(
            path[:end] for end in range(len(path), -1, -1) if path[:end] in {(), *self._lines}
        )
        where = ".".join(
            str(step + 1) if isinstance(step, int) else step if step in _KNOWN else "(key)"
            for step in path
        )
        self.faults.append(RulesFault(self._lines.get(place, 1), where, what))
