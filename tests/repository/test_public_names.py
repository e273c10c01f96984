# SPDX-License-Identifier: MIT
import importlib
import inspect
import pkgutil
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Never, NoReturn

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = sorted(
    folder.name for folder in ROOT.glob("packages/*/src/*") if (folder / "__init__.py").is_file()
)
GIVES_NOTHING = (None, "None", NoReturn, "NoReturn", Never, "Never")
BAD_NAMES = ("Manager", "Helper", "Util", "Service", "Base")


def _modules() -> Iterator[str]:
    for package in PACKAGES:
        yield package
        for found in pkgutil.walk_packages(
            importlib.import_module(package).__path__, f"{package}."
        ):
            if not any(part.startswith("_") for part in found.name.split(".")):
                yield found.name


MODULES = sorted(_modules())


def _own(module: ModuleType) -> Iterator[tuple[str, object]]:
    """Yield the public names whose home is this package, with what they stand for."""
    package = module.__name__.partition(".")[0]
    for name in module.__all__:
        thing = getattr(module, name)
        if getattr(thing, "__module__", "").partition(".")[0] == package:
            yield name, thing


def _parameters(function: object) -> list[str]:
    assert callable(function)
    names = list(inspect.signature(function).parameters)
    return [name for name in names if name not in {"self", "cls"}]


def _methods(cls: type) -> Iterator[tuple[str, object]]:
    for name in vars(cls):
        member: object = getattr(cls, name)
        own = getattr(member, "__module__", None) == cls.__module__
        if own and not name.startswith("_") and inspect.isroutine(member):
            yield name, member


def _asks_for_arguments(text: str, function: object) -> bool:
    return not _parameters(function) or "Args:" in text


@pytest.mark.parametrize("name", MODULES)
def test_the_public_names_are_listed(name: str) -> None:
    """Each public module has a docstring and lists its names once, and each name is there."""
    module = importlib.import_module(name)

    assert module.__doc__
    assert len(module.__all__) == len(set(module.__all__))
    assert not [one for one in module.__all__ if not hasattr(module, one)]
    assert not [one for one in module.__all__ if one.endswith(BAD_NAMES)]


@pytest.mark.parametrize("name", MODULES)
def test_the_public_names_are_documented(name: str) -> None:
    """Each public function and class has a docstring that names what it takes and gives."""
    faults: list[str] = []
    for label, thing in _own(importlib.import_module(name)):
        text = inspect.getdoc(thing) or ""
        if inspect.isfunction(thing):
            gives = (
                _parameters(thing)
                and inspect.signature(thing).return_annotation not in GIVES_NOTHING
            )
            if not text or not _asks_for_arguments(text, thing):
                faults.append(f"{label}: Args")
            if gives and not any(word in text for word in ("Return", "Yield", "Iterate")):
                faults.append(f"{label}: Returns")
        elif inspect.isclass(thing):
            if not vars(thing).get("__doc__"):
                faults.append(label)
            faults += [
                f"{label}.{method}"
                for method, member in _methods(thing)
                if not inspect.getdoc(member)
            ]

    assert not faults
