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


def _modules(package: str) -> Iterator[ModuleType]:
    """Import the public modules of a package."""
    root = importlib.import_module(package)
    yield root
    for found in pkgutil.walk_packages(root.__path__, f"{package}."):
        if not any(part.startswith("_") for part in found.name.split(".")):
            yield importlib.import_module(found.name)


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


def _unlisted(module: ModuleType) -> Iterator[str]:
    if not module.__doc__:
        yield "no docstring"
    if len(module.__all__) != len(set(module.__all__)):
        yield "a name is listed twice"
    yield from (f"{name}: is not there" for name in module.__all__ if not hasattr(module, name))
    yield from (f"{name}: says nothing" for name in module.__all__ if name.endswith(BAD_NAMES))


def _undocumented(label: str, thing: object) -> Iterator[str]:
    text = inspect.getdoc(thing) or ""
    if inspect.isfunction(thing):
        gives = (
            _parameters(thing) and inspect.signature(thing).return_annotation not in GIVES_NOTHING
        )
        if not text or not _asks_for_arguments(text, thing):
            yield f"{label}: Args"
        if gives and not any(word in text for word in ("Return", "Yield", "Iterate")):
            yield f"{label}: Returns"
    elif inspect.isclass(thing):
        if not vars(thing).get("__doc__"):
            yield label
        for method, member in _methods(thing):
            if not inspect.getdoc(member):
                yield f"{label}.{method}"


@pytest.mark.parametrize("package", PACKAGES)
def test_the_public_names_are_listed(package: str) -> None:
    """Each public module has a docstring and lists its names once, and each name is there."""
    found = {module.__name__: list(_unlisted(module)) for module in _modules(package)}

    assert {} == {name: faults for name, faults in found.items() if faults}


@pytest.mark.parametrize("package", PACKAGES)
def test_the_public_names_are_documented(package: str) -> None:
    """Each public function and class has a docstring that names what it takes and gives."""
    found = {
        module.__name__: [
            fault for label, thing in _own(module) for fault in _undocumented(label, thing)
        ]
        for module in _modules(package)
    }

    assert {} == {name: faults for name, faults in found.items() if faults}
