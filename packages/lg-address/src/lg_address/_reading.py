# SPDX-License-Identifier: MIT
"""From the records of OS Places to the addresses of a picker: which, once each, in order. Pure."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace

from lg_address._lines import Laid, lay_out_dpa, lay_out_lpi
from lg_address._records import DpaRecord, LpiRecord, PlacesResult
from lg_address.address import Address
from lg_address.titles import title_case
from lg_core.identifiers import Postcode, PostcodeKind
from lg_core.postal import NoUprn

__all__ = ["addresses_of"]

_APPROVED = frozenset({None, "1"})
_STREET_RECORD = "PS"
_WELSH = frozenset({"CY", "CYM"})


@dataclass(frozen=True, slots=True)
class _Found:
    record: DpaRecord | LpiRecord
    laid: Laid
    address: Address

    @property
    def key(self) -> str:
        """What makes two records one property: the UPRN, or the text where there is none."""
        return str(self.address.uprn or self.address.one_line())

    @property
    def rank(self) -> tuple[bool, bool]:
        """Prefer the form that people write (Royal Mail's), and English to Welsh."""
        return isinstance(self.record, LpiRecord), self.record.language in _WELSH


def addresses_of(results: Iterable[PlacesResult], *, postcode: Postcode) -> tuple[Address, ...]:
    """Make the addresses of a postcode: approved ones, each property once, in natural order.

    Args:
        results: the records of every page.
        postcode: what was asked for. Each record has it, so it is not read again.

    Returns:
        The addresses: by street, then number, with the flats of a building under it.
    """
    found = [
        _found(record, postcode)
        for result in results
        for record in (result.dpa, result.lpi)
        if record is not None and _wanted(record)
    ]
    once: dict[str, _Found] = {}
    for each in sorted(found, key=lambda each: each.rank):  # stable: else as OS sent them
        once.setdefault(each.key, each)
    alike = Counter(each.address.one_line() for each in once.values())
    told_apart = [
        _with_level(each) if alike[each.address.one_line()] > 1 else each for each in once.values()
    ]
    told_apart.sort(key=lambda each: (each.laid.place, str(each.address.uprn or "")))
    return tuple(each.address for each in told_apart)


def _wanted(record: DpaRecord | LpiRecord) -> bool:
    approved = record.logical_status_code in _APPROVED
    if isinstance(record, LpiRecord):
        approved = approved and record.lpi_logical_status_code in _APPROVED
    # A street is no place to live at; the gazetteers list each as a record of its own.
    return approved and not (record.classification_code or "").startswith(_STREET_RECORD)


def _found(record: DpaRecord | LpiRecord, postcode: Postcode) -> _Found:
    laid = lay_out_dpa(record) if isinstance(record, DpaRecord) else lay_out_lpi(record)
    lines = laid.lines
    if not lines and laid.town is None:
        lines = (title_case(record.address),)
    address = Address(
        lines=lines,
        post_town=laid.town,
        postcode=postcode,
        uprn=record.uprn,
        no_uprn=_reason(postcode) if record.uprn is None else None,
        organisation=laid.organisation,
        custodian_code=record.local_custodian_code,
        country=record.country_code,
        x=record.x_coordinate,
        y=record.y_coordinate,
        classification=record.classification_code,
    )
    return _Found(record, laid, address)


def _reason(postcode: Postcode) -> NoUprn:
    return NoUprn.FORCES if postcode.kind is PostcodeKind.FORCES else NoUprn.NOT_GIVEN


def _with_level(found: _Found) -> _Found:
    """Put the floor before what would otherwise read like another address."""
    level = found.laid.level
    if level is None:
        return found
    return replace(found, address=replace(found.address, lines=(level, *found.address.lines)))
