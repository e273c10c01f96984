# SPDX-License-Identifier: MIT
"""The report: what finance reads after a run, on a page and in a terminal."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pay.posted import DAY, ID, a_posting, kept, numbered, some_postings

from lg_core.errors import ConfigError
from lg_core.money import Pence
from lg_pay.reconcile._charts import across, upright
from lg_pay.reconcile.happenings import Kind
from lg_pay.reconcile.posting_book import PostingBook
from lg_pay.reconcile.postings import Adjustment, Origin, Posting
from lg_pay.reconcile.report import report_html, summary, write_report
from lg_pay.reconcile.run import Outcome

if TYPE_CHECKING:
    from lg_pay.reconcile.batches import Batch

WAITING = (("w" * 26, datetime(2026, 4, 1, 11, 5, tzinfo=UTC)),)


class _Page(HTMLParser):
    """Reads a page: each section's text by its heading, every tag, and every open tag closed."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.sections: dict[str, str] = {}
        self._open: list[str] = []
        self._heading = ""
        self.feed(text)
        assert [] == self._open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a tag."""
        self.tags.append((tag, dict(attrs)))
        if tag not in {"meta", "link"}:
            self._open.append(tag)
        if tag == "h2":
            self._heading = ""

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a tag that is closed at once."""
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        """Check that what is closed was opened last."""
        assert tag == self._open.pop()

    def handle_data(self, data: str) -> None:
        """Keep the text."""
        if self._open and self._open[-1] == "h2":
            self._heading = data
        elif self._heading:
            said = self.sections.get(self._heading, "")
            self.sections[self._heading] = f"{said} {' '.join(data.split())}"


def a_page(
    folder: Path, postings: tuple[Posting, ...], **changes: object
) -> tuple[str, dict[str, str]]:
    """Return the report of a batch, and the text of its sections."""
    book, batch = kept(folder, postings)
    outcome = Outcome(batch, **changes)  # pyright: ignore[reportArgumentType]  # its own fields
    text = report_html(outcome, book=book, fund_names={"GW": "Garden waste"})
    book.close()
    return text, _Page(text).sections


def test_the_sections_of_a_report(tmp_path: Path) -> None:
    """Each section says what the batch holds."""
    text, said = a_page(tmp_path, some_postings(), not_captured=WAITING, notes=("Look at <it>.",))

    assert "<title>Posting report for 1 April 2026: Batch 1 of the ledger income</title>" in text
    assert "Income before fees £83.00 Fees -£21.20 Income after fees £61.80" in squeezed(
        said["The batch"]
    )
    assert "GW Garden waste SR 4 -£10.00" in squeezed(said["By fund"])
    assert "Payments 4 £130.50 Refunds 1 -£46.50 Lost disputes 1 -£1.00" in squeezed(
        said["By kind"]
    )
    assert "1 April 2026 1 8 £83.00 -£21.20" in squeezed(said["The last 30 days"])
    assert f"{'s' * 26} Payments £46.50 suspense: no rule what a payer typed" in squeezed(
        said["In suspense"]
    )
    assert "Became known late" in said["Adjustments"]
    assert "Taken back" in said["Adjustments"]
    assert f"{'w' * 26} 1 April 2026, 12:05" in squeezed(said["Not yet captured"])
    assert "Look at <it>." in said["Notes"]


def squeezed(text: str) -> str:
    """Return a text with single blanks."""
    return " ".join(text.split())


def test_a_quiet_day(tmp_path: Path) -> None:
    """A day on which nothing moved says so in each section."""
    _, said = a_page(tmp_path, ())

    assert "Nothing was posted." in said["By fund"]
    assert "Every line found its fund." in said["In suspense"]
    assert "Every line belongs to this day." in said["Adjustments"]
    assert "No payment waits for its money." in said["Not yet captured"]
    assert "told everything" in said["Notes"]


def test_a_repeated_run_does_not_say_that_nothing_waits(tmp_path: Path) -> None:
    """Where the batch was made before, what waits was not looked at, and the page says that."""
    _, said = a_page(tmp_path, some_postings(), repeated=True)

    assert "not looked at again" in said["Not yet captured"]
    assert "not looked at: the batch was made before" in said["The batch"]


def test_the_page_needs_nothing_else(tmp_path: Path) -> None:
    """There is no script, and no address that a browser would fetch."""
    text, _ = a_page(tmp_path, some_postings(), not_captured=WAITING)

    tags = _Page(text).tags
    fetched = {"src", "href", "srcset", "action", "data", "poster", "background"}
    assert not {"script", "link", "img", "iframe", "object", "form"} & {tag for tag, _ in tags}
    assert [] == [each for _, each in tags if fetched & each.keys()]
    assert not re.search(r"https?:|url\(|@import", text)
    assert [] == [each for _, each in tags if any(name.startswith("on") for name in each)]


def test_references_stand_in_the_list_of_suspense_alone(tmp_path: Path) -> None:
    """The reference of a line that was coded is nowhere, and nor are accounts and narratives."""
    postings = numbered(
        [
            a_posting(origin=Origin("SECRET-1"), account_reference="SECRET-2",
                      narrative="SECRET-3", adjustment=Adjustment.LATE),
            a_posting(id="s" * 26, origin=Origin("SHOWN"), account_reference="SECRET-4",
                      rule="suspense: no rule"),
        ]
    )  # fmt: skip

    text, said = a_page(tmp_path, postings)

    assert "SECRET" not in text
    assert "SHOWN" in said.pop("In suspense")
    assert "SHOWN" not in "".join(said.values())


@pytest.mark.parametrize(
    "typed",
    ["ann@example.org", "call 07700 900461", "at SW1A 1AA", "4539148803436467", "x" * 61, "@ann"],
)
def test_what_looks_personal_is_not_shown(tmp_path: Path, typed: str) -> None:
    """An e-mail address, a number or a postcode that a payer typed stays in GOV.UK Pay."""
    line = a_posting(origin=Origin(typed), rule="suspense: no rule")

    text, said = a_page(tmp_path, (line,))

    assert typed not in text
    assert "see GOV.UK Pay" in said["In suspense"]


@given(st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=40))
def test_whatever_stands_in_a_line_is_text(typed: str) -> None:
    """A reference or a rule never becomes markup."""
    import tempfile  # noqa: PLC0415 -- a folder for each example

    line = a_posting(origin=Origin(f"<b>{typed}</b>"), rule=f"suspense: <i>{typed}</i>")
    with tempfile.TemporaryDirectory() as folder:
        text, _ = a_page(Path(folder), (line,))

    tags = {tag for tag, _ in _Page(text).tags}
    assert not {"b", "i"} & tags


def test_long_lists_end(tmp_path: Path) -> None:
    """Of many lines in suspense 500 are listed, and the others are counted."""
    line = a_posting(rule="suspense: no rule", adjustment=Adjustment.LATE)
    postings = tuple(replace(line, key=f"payment:{at}") for at in range(502))
    waiting = WAITING * 503

    text, said = a_page(tmp_path, postings, not_captured=waiting)

    assert "And 2 more." in said["In suspense"]
    assert "And 2 more." in said["Adjustments"]
    assert "And 3 more." in said["Not yet captured"]
    assert 500 == text.count("suspense: no rule")


def test_the_last_thirty_days_have_their_bars(tmp_path: Path) -> None:
    """Each batch of the 30 days has a bar and a row; earlier and later ones have neither."""
    book = PostingBook(f"sqlite:///{tmp_path / 'pay.db'}")
    made: list[Batch] = []
    for back in (30, 29, 1, 0, -1):
        day = DAY - timedelta(days=back)
        with book.new_batch("income", day=day) as new:
            new.add(
                [a_posting(key=f"payment:{back}", day=day, gross=Pence(1000 - 1001 * (back == 1)))]
            )
            made.append(new.seal())

    text = report_html(Outcome(made[3]), book=book)

    said = _Page(text).sections["The last 30 days"]
    assert "3 of 30 days have a batch. The most was £10.00, the least -£0.01." in said
    chart = text[text.index('<svg class="upright"') : text.index("</svg>", text.index('upright"'))]
    assert 3 == chart.count("<rect")
    assert ["3 March 2026", "1 April 2026"] == re.findall(r"<span>([^<]*)</span>", text)
    book.close()


def test_the_report_is_written_whole(tmp_path: Path) -> None:
    """The file is there with the page, an earlier one is replaced, and no part is left."""
    book, batch = kept(tmp_path, some_postings())
    path = tmp_path / "out" / "report.html"
    path.parent.mkdir()
    path.write_text("older", "utf-8")

    assert path == write_report(path, outcome=Outcome(batch), book=book)

    assert report_html(Outcome(batch), book=book) == path.read_text("utf-8")
    assert [path] == list(path.parent.iterdir())
    with pytest.raises(ConfigError, match="cannot be written"):
        write_report(tmp_path / "none" / "report.html", outcome=Outcome(batch), book=book)
    book.close()


def test_the_summary_for_a_terminal(tmp_path: Path) -> None:
    """It has the sums, the funds, and what finance should look at."""
    book, batch = kept(tmp_path, some_postings())
    book.close()

    text = summary(Outcome(batch, not_captured=WAITING, earlier=3, notes=("Look at it.",)))

    lines = [squeezed(line) for line in text.splitlines()]
    assert "Batch income-2026-04-01-000001 was made." == lines[0]
    for line in (
        "Income after fees £61.80",
        "GW SR 4 -£10.00 -£8.33 -£1.67",
        "Lines in suspense: 1",
        "Payments not yet captured: 1",
        "Movements before the first batch, left out: 3",
        "Look at it.",
    ):
        assert line in lines
    assert "what a payer typed" not in text
    assert ID not in text


def test_each_adjustment_has_its_name(tmp_path: Path) -> None:
    """On the page and in the terminal, with what it comes to; what did not happen is not named."""
    postings = numbered(
        [
            a_posting(kind=Kind.FEE, gross=Pence(-7), adjustment=Adjustment.FEE_CHANGED),
            a_posting(kind=Kind.DISPUTE, id="d" * 26, gross=Pence(5000),
                      adjustment=Adjustment.DISPUTE_WON),
        ]
    )  # fmt: skip
    book, batch = kept(tmp_path, postings)

    text = squeezed(summary(Outcome(batch)))
    said = _Page(report_html(Outcome(batch), book=book)).sections
    book.close()

    for shown in (text, squeezed(said["The batch"])):
        assert "Of these: Fee changed -£0.07" in shown
        assert "Of these: Dispute won £50.00" in shown
        assert "late" not in shown
    assert "Fees of payments Fee changed 1 April 2026 GW -£0.07" in squeezed(said["Adjustments"])
    assert "Lost disputes Dispute won 1 April 2026 GW £50.00" in squeezed(said["Adjustments"])


def test_every_adjustment_has_its_words(tmp_path: Path) -> None:
    """No reason is left out of the table, so that a new one cannot stop a report."""
    postings = [
        a_posting(key=f"payment:{at}", adjustment=each, gross=Pence(1))
        for at, each in enumerate(Adjustment)
    ]

    _, said = a_page(tmp_path, tuple(postings))

    assert len(Adjustment) - 1 == squeezed(said["The batch"]).count("Of these: ")


def test_the_summary_of_a_repeated_run(tmp_path: Path) -> None:
    """It says that nothing was posted now."""
    book, batch = kept(tmp_path, some_postings())
    book.close()

    assert "nothing was posted now" in summary(Outcome(batch, repeated=True))


# ------------------------------------------------------------------ charts


@given(st.lists(st.none() | st.integers(-(10**12), 10**12), max_size=40))
def test_bars_stand_within_the_picture(values: list[int | None]) -> None:
    """Every bar lies in the picture, begins at nought, and is as high as its share."""
    drawn = upright(values, title="T", description="D", name="n")

    found = re.findall(
        r'class="(\w+)" x="([\d.]+)" y="([\d.]+)" width="0.80" height="([\d.]+)"', drawn
    )
    nought = float(re.findall(r'y1="([\d.]+)"', drawn)[0])
    shown = [value for value in values if value]
    assert len(shown) == len(found)
    for value, (colour, _, y, height) in zip(shown, found, strict=True):
        assert ("below" if value < 0 else "above") == colour
        assert -0.02 <= float(y) <= float(y) + float(height) <= 100.02
        edge = float(y) if value < 0 else float(y) + float(height)
        assert abs(edge - nought) < 0.02


@pytest.mark.parametrize(
    ("value", "largest", "colour", "width"),
    [(50, 100, "above", "50.00"), (-100, 100, "below", "100.00"), (0, 0, "above", "0.00")],
)
def test_a_bar_beside_its_number(*, value: int, largest: int, colour: str, width: str) -> None:
    """Its length is its share of the largest, and its colour shows the sign."""
    drawn = across(value, largest=largest)

    assert f'class="{colour}"' in drawn
    assert f'width="{width}"' in drawn


def test_every_kind_has_its_words(tmp_path: Path) -> None:
    """No kind of movement is left out of the table of kinds."""
    postings = numbered([a_posting(kind=kind, id=f"{kind}", gross=Pence(1)) for kind in Kind])

    _, said = a_page(tmp_path, postings)

    assert len(Kind) == squeezed(said["By kind"]).count(" 1 £0.01")
