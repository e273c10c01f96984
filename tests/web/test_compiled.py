# SPDX-License-Identifier: MIT
"""A template is compiled once in a process, and again where its source was edited."""

from pathlib import Path

from jinja2 import Environment, FileSystemLoader

from lg_web._compiled import CompiledTemplates


class _Counting(Environment):
    """Counts what it compiles."""

    compiled = 0

    def _generate(self, *given: object, **options: object) -> str:
        type(self).compiled += 1
        return super()._generate(*given, **options)  # pyright: ignore[reportArgumentType]


def _shown(folder: Path, cache: CompiledTemplates) -> str:
    environment = _Counting(loader=FileSystemLoader(folder), bytecode_cache=cache, autoescape=True)
    return environment.get_template("page.html").render()


def test_a_second_environment_compiles_nothing(tmp_path: Path) -> None:
    """As many shells as there are councils show what one of them compiled."""
    (tmp_path / "page.html").write_text("one & {{ 1 + 1 }}")
    cache = CompiledTemplates()
    _Counting.compiled = 0

    assert ["one & 2"] * 3 == [_shown(tmp_path, cache) for _ in range(3)]
    assert 1 == _Counting.compiled


def test_an_edited_template_is_shown_as_it_is_now(tmp_path: Path) -> None:
    """The source is part of how it is found; what it was is not kept beside it."""
    page, cache = tmp_path / "page.html", CompiledTemplates()
    page.write_text("before")
    before = _shown(tmp_path, cache)
    page.write_text("after")

    assert ("before", "after") == (before, _shown(tmp_path, cache))
    assert 1 == len(cache._kept)
