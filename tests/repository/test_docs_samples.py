# SPDX-License-Identifier: MIT
"""Run every Python sample of every page. A page is one program, read from top to bottom."""

from pathlib import Path

import pytest
from sybil import Document, Sybil
from sybil.parsers.markdown import PythonCodeBlockParser

ROOT = Path(__file__).resolve().parents[2]
SAMPLES = Sybil(parsers=[PythonCodeBlockParser()], path=str(ROOT))
PAGES = sorted(
    page
    for pattern in ("*.md", "docs/**/*.md", "packages/*/README.md")
    for page in ROOT.glob(pattern)
    if "```python" in page.read_text("utf-8")
)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_the_samples_of_a_page_run(page: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every Python sample of a page runs, in order, with the names that came before it."""
    for name in ("LG_PAY_API_KEY", "LG_PAY_BASE_URL"):
        monkeypatch.delenv(name, raising=False)
    document: Document = SAMPLES.parse(page)
    examples = list(document.examples())

    for example in examples:
        example.evaluate()

    blocks = page.read_text("utf-8").count("```python")
    assert blocks == len(examples), "A block is indented or marked so that it would not run."


def test_a_wrong_sample_is_found(tmp_path: Path) -> None:
    """The runner does run what it reads: a sample that fails raises."""
    page = tmp_path / "page.md"
    page.write_text("```python\nnumber = 1\n```\n\n```python\nassert number == 2\n```\n", "utf-8")
    document: Document = Sybil(parsers=[PythonCodeBlockParser()], path=str(tmp_path)).parse(page)
    first, second = document.examples()
    first.evaluate()

    with pytest.raises(AssertionError):
        second.evaluate()


def test_there_are_samples() -> None:
    """The search for pages finds the tutorial."""
    assert ROOT / "docs" / "tutorials" / "take-a-test-payment.md" in PAGES
