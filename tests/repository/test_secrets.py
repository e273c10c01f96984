# SPDX-License-Identifier: MIT
"""Nothing that a person typed, and no key, comes to light in a log, an error, a repr or a pickle.

The list of what must be reached is the public API itself: a public function, method or class that
no probe reaches, and that is not named in `NOTHING_TYPED` with the reason, fails the test.
"""

import base64
import contextlib
import importlib
import inspect
import json
import logging
import pkgutil
from collections.abc import Callable, Container, Iterator, Mapping
from enum import Enum
from types import FunctionType
from typing import cast
from urllib.parse import quote, quote_plus

import pytest
import stamina  # noqa: TID253 -- a test may load it
import structlog  # noqa: TID253 -- a test may load it
from examples import LONG
from pay.leak_platforms import PROBES, REPEATED
from pay.leaks import PLANTED, Log, Reached, Saw, leaks_in, structlog_said

from lg_core.errors import ConfigError, RequestNotSentError

PACKAGES = (
    "lg_address",
    "lg_core",
    "lg_forms",
    "lg_identity",
    "lg_notify",
    "lg_patterns",
    "lg_pay",
    "lg_sandbox",
    "lg_web",
)
for _probes in (
    "address.leak_address",
    "core.leak_telemetry",
    "core.leak_testing",
    "forms.leak_forms",
    "identity.leak_identity",
    "notify.leak_bulk",
    "notify.leak_callbacks",
    "notify.leak_chains",
    "notify.leak_notify_client",
    "notify.leak_outbox",
    "notify.leak_notify_operations",
    "notify.leak_notify_commands",
    "notify.leak_recipients",
    "notify.leak_render",
    "notify.leak_templates",
    "patterns.leak_patterns",
    "pay.leak_basket",
    "pay.leak_book",
    "pay.leak_calls",
    "pay.leak_commands",
    "pay.leak_money",
    "core.leak_store",
    "pay.leak_reconcile",
    "pay.leak_notify",
    "pay.leak_posting",
    "pay.leak_references",
    "pay.leak_values",
    "pay.leak_webhooks",
    "sandbox.leak_notify",
    "sandbox.leak_one_login",
    "sandbox.leak_pay",
    "sandbox.leak_pay_money",
    "sandbox.leak_places",
    "web.leak_pages",
    "web.leak_way_in",
):
    importlib.import_module(_probes)  # they add to PROBES

_PRINTS = "prints what it is given, which is its work; `run` shows the text of an LgError alone"
_NAMES = "takes names of our own code, written by us"
_TIME = "takes instants and spans of time"
_WALK = "types what is invented, and prints what it did, which is its work"

NOTHING_TYPED: Mapping[str, str] = {
    "lg_core.cli._exits.exit_for": "takes an error and returns a number",
    "lg_core.cli._run.run": _PRINTS,
    "lg_core.cli._shape.command_line": _NAMES,
    "lg_core.cli._shape.json_option": "takes nothing",
    "lg_core.cli._steps.Step": "keeps what a demonstration invented",
    "lg_core.cli._steps.Steps": "keeps what a demonstration invented",
    "lg_core.cli._steps.Steps.add": "keeps what a demonstration invented",
    "lg_core.cli._steps.print_step": _PRINTS,
    "lg_core.deprecation.LgDeprecationWarning": _NAMES,
    "lg_core.deprecation.warn_deprecated": _NAMES,
    "lg_core.lazy.lazy_names": _NAMES,
    "lg_patterns.demo.walk.Walk": _WALK,
    "lg_patterns.demo.walk.abandoned": _WALK,
    "lg_patterns.demo.walk.declined": _WALK,
    "lg_patterns.demo.walk.vanished": _WALK,
    "lg_patterns.demo.walk.paid": _WALK,
    "lg_sandbox.clock.Clock.resume": _TIME,
}
"""What no probe reaches, each with the reason why nothing that a person typed goes through it."""


def _public_modules() -> Iterator[str]:
    for package in PACKAGES:
        yield package
        for found in pkgutil.walk_packages(
            importlib.import_module(package).__path__, f"{package}."
        ):
            if not any(part.startswith("_") for part in found.name.split(".")):
                yield found.name


def _public() -> dict[str, object]:
    """Every public function, class and method of the packages, by the name of its home."""
    things: dict[str, object] = {}
    for module in map(importlib.import_module, _public_modules()):
        for name in module.__all__:
            thing = getattr(module, name)
            home = getattr(thing, "__module__", "")
            if home.partition(".")[0] not in PACKAGES:
                continue
            if inspect.isfunction(thing):
                things[f"{home}.{name}"] = thing
            elif inspect.isclass(thing) and not _says_nothing(thing):
                things[f"{home}.{name}"] = thing
                things |= {
                    f"{home}.{name}.{label}": function
                    for label, function in _functions(thing)
                    if not label.startswith("_")
                }
    return things


def _functions(kind: type) -> Iterator[tuple[str, FunctionType]]:
    for label, member in list(vars(kind).items()):
        if isinstance(member, FunctionType | classmethod | staticmethod):
            function = cast("FunctionType", inspect.unwrap(cast("FunctionType", member)))
            if function.__module__ == kind.__module__:  # dataclasses share a function or two
                yield label, function


def _says_nothing(kind: type) -> bool:
    """Closed vocabularies hold no typed text, and protocols have no code."""
    return bool(getattr(kind, "_is_protocol", False)) or issubclass(kind, Enum)


def _was_reached(thing: object, *, code: Container[int], types: Container[type]) -> bool:
    # By identity: methods that dataclasses made for two classes may be equal.
    if isinstance(thing, type):
        return thing in types or any(id(each.__code__) in code for _, each in _functions(thing))
    return id(inspect.unwrap(cast("Callable[..., object]", thing)).__code__) in code


def _ran(name: str, capfd: pytest.CaptureFixture[str]) -> Saw:
    """Run a probe, and return all that it saw, with what was logged and printed meanwhile."""
    saw = Saw()
    with (
        stamina.set_testing(True, attempts=3, cap=True),
        structlog_said() as stream,
        Log() as log,
    ):
        PROBES[name](saw)
    printed = capfd.readouterr()
    for line in log.lines:
        saw.text("log", line)
    saw.text("structlog", stream.getvalue())
    saw.text("stdout", printed.out)
    saw.text("stderr", printed.err)
    assert saw.texts
    return saw


@pytest.mark.slow
@pytest.mark.timeout(400)  # every probe, with a look at each call that Python makes
def test_nothing_planted_comes_to_light_and_every_public_callable_is_reached(
    capfd: pytest.CaptureFixture[str],
) -> None:
    """No log line, error, repr, pickle, event or span holds what was planted, and all was tried.

    Each public function, class and method is called by a probe, or is listed with a reason. The
    probes that repeat the same calls are not watched in the ordinary run, unless what the others
    did not reach may be theirs.
    """
    reached, types = Reached(), set[type]()
    leaks: dict[str, list[str]] = {}

    def run(name: str, *, watched: bool) -> None:
        with reached if watched else contextlib.nullcontext():
            saw = _ran(name, capfd)
        types.update(saw.types)
        if found := saw.leaks():
            leaks[name] = found

    def missed() -> set[str]:
        return {
            name
            for name, thing in _public().items()
            if not _was_reached(thing, code=reached.code, types=types)
        }

    for name in PROBES:
        run(name, watched=LONG or name not in REPEATED)
    if missed() - NOTHING_TYPED.keys():
        for name in REPEATED:
            run(name, watched=True)

    # By the name of the probe.
    assert {} == leaks
    # Left: add a probe, or a reason to NOTHING_TYPED. Right: reached after all, or gone.
    assert ([], []) == (
        sorted(missed() - NOTHING_TYPED.keys()),
        sorted(NOTHING_TYPED.keys() - missed()),
    )


# ------------------------------------------------------------------ that the search finds


def _squeezed(value: str) -> str:
    return "".join(value.split())


def _encoded(value: str) -> str:
    return base64.b64encode(value.encode()).decode()


WAYS: tuple[Callable[[str], str], ...] = (
    str,
    str.upper,
    repr,
    quote,
    quote_plus,
    json.dumps,
    _squeezed,
    _encoded,
)


@pytest.mark.parametrize("name", PLANTED)
@pytest.mark.parametrize("shown", WAYS)
def test_the_search_finds_what_was_planted(name: str, shown: Callable[[str], str]) -> None:
    """A planted value is found as it is, in capitals, quoted, escaped, encoded and squeezed."""
    assert name in leaks_in(f"x{shown(PLANTED[name])}y")


def test_the_search_looks_everywhere_in_an_error() -> None:
    """Text, notes, variables and what hangs on an error are all searched, suppressed or not."""
    deep = KeyError(PLANTED["name"])
    middle = ConfigError("Set it.", setting=PLANTED["phone"])
    middle.__context__ = deep
    middle.__suppress_context__ = True
    outer = RequestNotSentError("No.", reason="connect", previous=(middle,))
    outer.add_note(PLANTED["postcode"])
    saw = Saw()

    saw(outer)

    found = " ".join(saw.leaks())
    assert all(name in found for name in ("name", "phone", "postcode"))


def test_the_search_looks_at_all_that_a_record_holds() -> None:
    """A value that no formatter prints is still on the record, and is found there."""
    with Log() as log:
        logging.getLogger("lg_zq").debug("plain", extra={"zq": PLANTED["address"]})

    assert any("address" in leaks_in(line) for line in log.lines)


def test_the_search_hears_structlog_with_and_without_a_configuration(
    capfd: pytest.CaptureFixture[str],
) -> None:
    """A line stands in the JSON of a host that configured it, and on the stdout of one that not."""
    with structlog_said() as stream:
        structlog.get_logger("stamina").warning("again", zq=PLANTED["name"])

    assert ["name"] == leaks_in(stream.getvalue()) == leaks_in(capfd.readouterr().out)
