# SPDX-License-Identifier: MIT
"""A page that asks for an address (GOV.UK Design System, 'Addresses').

Three screens: the postcode, the list of its addresses, and the address typed by hand, which is
always on offer. The list that was shown is kept with the answers, and the form sends only a mark
of an entry, so an address cannot be put together in the browser, and a list that another tab has
changed is noticed.
"""

import dataclasses
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, cast

from pydantic import JsonValue

from lg_core.errors import LgError
from lg_core.identifiers import Postcode
from lg_core.postal import NoUprn, PostalAddress
from lg_core.texts import Text
from lg_forms._cleaning import tidy
from lg_forms._options import error_message, hint, radios
from lg_forms.address import AddressAnswer, AddressLookup
from lg_forms.answers import FreeText, FullPostcode
from lg_forms.engine import Answers, Condition
from lg_forms.faults import Fault, FaultyAnswerError, Words
from lg_forms.pages import Asking, Given, MoveTo, Outcome, Problem, Row, Shown

__all__ = ["AddressPage"]

_FIND: Final = ""
_CHOOSE: Final = "choose"
_MANUAL: Final = "manual"
_MOST_RADIOS: Final = 10
_MOST_FOUND: Final = 500
_LINE: Final = FreeText(most=100)

# Part, autocomplete, width, and the text for an empty one where it must not be empty (Design
# System, 'Addresses', 'Multiple text inputs').
_INPUTS: Final = (
    ("line-1", "address-line1", "", "address_line_1_missing"),
    ("line-2", "address-line2", "", None),
    ("town", "address-level2", "govuk-!-width-two-thirds", "address_town_missing"),
    ("county", None, "govuk-!-width-two-thirds", None),
    ("postcode", "postal-code", "govuk-input--width-10", "address_postcode_missing"),
)


@dataclass(frozen=True, slots=True)
class AddressPage:
    """A page that asks for an address in the UK, by postcode or by hand.

    Args:
        name: the last part of its path.
        heading: the question; the heading of its first screen.
        field: the field of the journey's model that it fills, an `AddressAnswer`.
        lookup: finds the addresses of a postcode; None asks by hand at once.
        hint: help below the question.
        label: what the answer is called when it is checked; the heading where it is None.
        when: when the page applies; None for always.
    """

    name: str
    heading: Text
    field: str
    lookup: AddressLookup | None = dataclasses.field(default=None, repr=False)
    hint: Text | None = None
    label: Text | None = None
    when: Condition | None = None

    @property
    def fields(self) -> tuple[str, ...]:
        """The name of the field that it asks for."""
        return (self.field,)

    @property
    def optional(self) -> frozenset[str]:
        """None of them may be left empty."""
        return frozenset()

    @property
    def screens(self) -> tuple[str, ...]:
        """The postcode, the list, and the address by hand; without a lookup the last alone."""
        return (_FIND, _CHOOSE, _MANUAL) if self.lookup else (_FIND,)

    def show(self, asking: Asking) -> Shown | MoveTo:
        """Show a screen. The list is shown only where there is one."""
        screen = self._screen_of(asking)
        if screen == _CHOOSE:
            return self._choose(asking) if _found(asking) else MoveTo(_FIND)
        if screen == _MANUAL:
            return self._manual(asking, self._kept_parts(asking), {})
        answer = _kept(asking.values.get(self.field))
        postcode = asking.memory.get("postcode") or (answer.postcode if answer else None)
        return self._find(asking, str(postcode or ""), None)

    def take(self, asking: Asking) -> Outcome:
        """Look a postcode up, or keep the address that was chosen or typed."""
        screen = self._screen_of(asking)
        if screen == _CHOOSE:
            return self._take_choice(asking)
        if screen == _MANUAL:
            return self._take_manual(asking)
        return self._take_postcode(asking)

    def refuse(self, asking: Asking, field: str, message: str) -> Shown:
        """Show the form again, with an address that the journey's model refused."""
        del field
        if self._screen_of(asking) == _CHOOSE:
            return self._choose(asking, message)
        return self._manual(asking, self._typed(asking), {"line-1": message})

    def rows(self, answers: Answers, words: Words) -> tuple[Row, ...]:
        """Return one line: the address as it stands on an envelope."""
        del words
        answer = _kept(answers.get(self.field))
        lines = answer.shown() if answer else ()
        return (Row(self.label or self.heading, lines, self.field),)

    def _screen_of(self, asking: Asking) -> str:
        return asking.screen if self.lookup else _MANUAL

    # -------------------------------------------------------------- the postcode

    def _find(self, asking: Asking, typed: str, message: str | None) -> Shown:
        words = asking.words
        name = f"{self.field}-postcode"
        options = _postcode_input(words, name, typed=typed, message=message)
        return Shown(
            "lg_forms/address_find.html",
            words.of(self.heading),
            {
                "hint": words.of(self.hint) if self.hint else None,
                "options": {**options, "hint": {"text": words.say("address_uk_only")}},
                "manual": _MANUAL,
            },
            (Problem(name, message),) if message else (),
        )

    def _take_postcode(self, asking: Asking) -> Shown | MoveTo:
        typed = asking.form.get(f"{self.field}-postcode", "")
        try:
            postcode = Postcode(_postcode(typed))
        except FaultyAnswerError as error:
            return self._find(asking, typed, asking.words.fault(error.fault))
        found = self._looked_up(postcode)
        memory: dict[str, JsonValue] = {"postcode": str(postcode)}
        if not found:
            memory["why"] = "address_unavailable" if found is None else "address_none_found"
            return MoveTo(_MANUAL, memory)
        entries: list[JsonValue] = [
            AddressAnswer.of(each).model_dump(mode="json") for each in found[:_MOST_FOUND]
        ]
        return MoveTo(_CHOOSE, {**memory, "found": entries})

    def _looked_up(self, postcode: Postcode) -> Sequence[PostalAddress] | None:
        """Return the addresses, or None where they cannot be had at the moment."""
        try:
            return self.lookup.find(postcode) if self.lookup else None
        except LgError:  # a resident is never stopped by it: she types the address by hand
            return None

    # -------------------------------------------------------------- the list

    def _choose(self, asking: Asking, message: str | None = None) -> Shown:
        words = asking.words
        heading = words.say("address_choose_heading")
        found = _found(asking)
        chosen = asking.values.get(self.field)
        items: list[dict[str, object]] = [
            {
                "value": mark,
                "text": ", ".join(AddressAnswer.model_validate(entry).shown()),
                "checked": entry == chosen,
                "selected": entry == chosen,
            }
            for mark, entry in found.items()
        ]
        select = len(items) > _MOST_RADIOS
        if select:
            first = words.say("address_found", n=len(items))
            options: dict[str, object] = {
                "id": self.field,
                "name": self.field,
                "label": {
                    "text": heading,
                    "isPageHeading": True,
                    "classes": "govuk-label--l",
                },
                "errorMessage": error_message(words, message),
                "items": [{"value": "", "text": first}, *items],
            }
        else:
            options = radios(self.field, heading, items, words=words, message=message)
        return Shown(
            "lg_forms/address_choose.html",
            heading,
            {
                "options": options,
                "select": select,
                "postcode": asking.memory.get("postcode"),
                "find": _FIND,
                "manual": _MANUAL,
            },
            (Problem(self.field, message),) if message else (),
            back=_FIND,
        )

    def _take_choice(self, asking: Asking) -> Shown | MoveTo | Given:
        found = _found(asking)
        if not found:
            return MoveTo(_FIND)
        mark = asking.form.get(self.field, "")
        if mark not in found:
            name = "address_list_changed" if mark else "address_choose_missing"
            return self._choose(asking, asking.words.say(name))
        return Given({self.field: found[mark]})

    # -------------------------------------------------------------- by hand

    def _manual(self, asking: Asking, typed: Mapping[str, str], wrong: Mapping[str, str]) -> Shown:
        words = asking.words
        why = asking.memory.get("why")
        heading = words.say("address_manual_heading") if self.lookup else words.of(self.heading)
        inputs = [
            {
                "id": f"{self.field}-{part}",
                "name": f"{self.field}-{part}",
                "label": {"text": words.say(f"address_{part.replace('-', '_')}")},
                "autocomplete": autocomplete,
                "spellcheck": False,
                "classes": width,
                "value": typed[part],
                "errorMessage": error_message(words, wrong.get(part)),
            }
            for part, autocomplete, width, _ in _INPUTS
        ]
        return Shown(
            "lg_forms/address_manual.html",
            heading,
            {
                "hint": None if self.lookup else hint(words, self.hint),
                "why": words.say(str(why), **_postcode_slot(asking, str(why))) if why else None,
                "inputs": inputs,
            },
            tuple(
                Problem(f"{self.field}-{part}", wrong[part])
                for part, *_ in _INPUTS
                if part in wrong
            ),
            back=_back(asking) if self.lookup else None,
        )

    def _typed(self, asking: Asking) -> dict[str, str]:
        return {part: asking.form.get(f"{self.field}-{part}", "") for part, *_ in _INPUTS}

    def _kept_parts(self, asking: Asking) -> dict[str, str]:
        """Return what stands in the inputs at first: what was typed before, or the postcode."""
        parts = dict.fromkeys((part for part, *_ in _INPUTS), "")
        answer = _kept(asking.values.get(self.field))
        if answer is None or answer.no_uprn is not NoUprn.TYPED_IN:
            return parts | {"postcode": str(asking.memory.get("postcode") or "")}
        first, *others = answer.lines or ("",)
        return parts | {
            "line-1": first,
            "line-2": ", ".join(others),
            "town": answer.town,
            "county": answer.county or "",
            "postcode": answer.postcode or "",
        }

    def _take_manual(self, asking: Asking) -> Shown | Given:
        typed = self._typed(asking)
        read: dict[str, str] = {}
        wrong: dict[str, str] = {}
        for part, _, _, missing in _INPUTS:
            try:
                read[part] = _read_part(part, typed[part], missing)
            except FaultyAnswerError as error:
                label = asking.words.catalogue[f"address_{part.replace('-', '_')}"]
                wrong[part] = asking.words.fault(error.fault, label=cast("Text", label))
        if wrong:
            return self._manual(asking, typed, wrong)
        answer = AddressAnswer(
            lines=tuple(each for each in (read["line-1"], read["line-2"]) if each),
            town=read["town"],
            county=read["county"] or None,
            postcode=read["postcode"],
            no_uprn=NoUprn.TYPED_IN,
        )
        return Given({self.field: answer.model_dump(mode="json")})


def _read_part(part: str, typed: str, missing: str | None) -> str:
    if missing and not tidy(typed):
        raise FaultyAnswerError(Fault(missing))
    return FullPostcode().read(typed) if part == "postcode" else _LINE.read(typed)


def _postcode(typed: str) -> str:
    return _read_part("postcode", typed, FullPostcode().missing)


def _postcode_input(
    words: Words, name: str, *, typed: str, message: str | None
) -> dict[str, object]:
    look = FullPostcode().look
    return {
        "id": name,
        "name": name,
        "label": {"text": words.say("address_postcode")},
        "value": typed,
        "autocomplete": look.autocomplete,
        "spellcheck": look.spellcheck,
        "classes": look.classes,
        "errorMessage": error_message(words, message),
    }


def _kept(value: JsonValue) -> AddressAnswer | None:
    return AddressAnswer.model_validate(value) if isinstance(value, dict) else None


def _found(asking: Asking) -> dict[str, JsonValue]:
    """Return the entries of the list that is kept, each under its mark."""
    entries = asking.memory.get("found")
    return {_mark(each): each for each in entries} if isinstance(entries, list) else {}


def _mark(entry: JsonValue) -> str:
    return hashlib.sha256(json.dumps(entry, sort_keys=True).encode()).hexdigest()[:16]


def _back(asking: Asking) -> str:
    return _CHOOSE if _found(asking) else _FIND


def _postcode_slot(asking: Asking, why: str) -> dict[str, object]:
    return {"postcode": asking.memory.get("postcode")} if why == "address_none_found" else {}
