# SPDX-License-Identifier: MIT
"""Probes of the reconciliation: planted references, rules and pages, and a ledger that fails."""

import json
import tempfile
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from pay.leak_platforms import probe
from pay.leaks import PLANTED, Saw
from pay.reconciling import (
    DAY,
    FUNDS,
    NOON,
    a_coding,
    a_dispute,
    a_payment_row,
    a_refund,
    basket_row,
    line,
    page,
    read_dispute,
    read_payment,
    read_refund,
    record,
    run_day,
)

from lg_core.calls import Answer, Call
from lg_core.money import Pence
from lg_core.store import Store
from lg_pay.errors import PaymentNotFoundError
from lg_pay.reconcile import (
    BalanceError,
    CodingRules,
    Kind,
    Pages,
    PartRefunds,
    Plan,
    PostingBook,
    Recording,
    batches,
    check,
    coding,
    download,
    due,
    happenings,
    pages,
    postings,
    reconcile,
    window,
)

_RULE = '[[rules]]\nname = "one"\nfund = "GW"\n'


def _planted_row(payment_id: str, **changes: Any) -> dict[str, Any]:
    """Return a payment whose every text is planted."""
    texts: dict[str, Any] = {
        "reference": PLANTED["reference"],
        "description": PLANTED["description"],
        "email": PLANTED["e-mail"],
        "return_url": PLANTED["return address"],
        "metadata": {PLANTED["metadata key"]: PLANTED["metadata value"]},
        "card_details": {"cardholder_name": PLANTED["name"]},
    }
    return a_payment_row(payment_id, **{**texts, **changes})


def _basket(payment_id: str) -> dict[str, Any]:
    return basket_row(
        payment_id,
        [line(4000, account=PLANTED["reference"]), line(650, account="A2")],
        reference=PLANTED["reference"],
    )


@probe
def movements_and_their_lines(saw: Saw) -> None:
    """A movement, its coding and its lines show codes and sums, and no reference."""
    for row in (_planted_row("p1", fee=9), _basket("p2"), _planted_row("p3", waiting=True)):
        payment = read_payment(row)
        moves = list(happenings.of_payment(payment, account="main"))
        saw([*moves, happenings.amount_taken(payment), happenings.waits_for_capture(payment)])
        for policy in PartRefunds:
            known = a_coding(policy)
            paid = coding.code_payment(payment, account="main", coding=known)
            back = coding.code_refund(Pence(50), paid=paid, coding=known)
            recorded = coding.code_refund(Pence(9), paid=paid, recorded=[line(9)], coding=known)
            saw([*paid, *back, *recorded, known.fee(Pence(-9)), known])
            saw([each.part_back(Pence(1), rule="part") for each in paid if each.line.amount > 1])
            saw([each.back(rule="full").less(Pence(0), Pence(0)) for each in paid])
            saw([each.vat for each in paid])
            saw(known.suspense(Pence(1), "no rule", account=PLANTED["reference"]))
            if moves and moves[0].kind is Kind.PAYMENT:
                _lines_of(saw, moves[0], paid)
    saw(happenings.of_refund(read_refund(a_refund("r1", 5)), account="main"))
    saw(list(happenings.of_dispute(read_dispute(a_dispute("d1", 5)), account="main")))


def _lines_of(saw: Saw, one: happenings.Happening, paid: tuple[coding.Coded, ...]) -> None:
    origin = postings.Origin(PLANTED["reference"])
    posted = list(postings.post(one, paid, origin=origin, funds=FUNDS))
    saw.attempt(lambda: list(postings.post(one, paid[1:], origin=origin, funds=FUNDS)))
    saw([origin, *posted, *postings.reverse(posted), *postings.coded_again(posted)])
    saw([postings.fee_change(posted, told=Pence(9)), *(each.written()[:2] for each in posted)])
    saw([one.key, *(each.without(PLANTED["reference"]) for each in posted)])
    saw([postings.Posting.from_json(each.to_json()) for each in posted])
    saw([each.net for each in posted])
    totals, digest = batches.add_up(posted)
    tally = batches.Tally()
    for each in posted:
        tally.add(each)
    batch = batches.Batch("income", 1, DAY, tally.totals(), digest)
    saw([totals, batch, batch.name, totals.net, totals.gross, *totals.funds])
    saw([batches.digest_of([]), *(fund.net for fund in totals.funds)])


@probe
def files_of_rules(saw: Saw) -> None:
    """A file that is wrong is described by its lines and its keys, and none of its values."""
    payment = read_payment(_planted_row("p1"))
    for value in PLANTED.values():
        text = json.dumps(value)
        for key in ("name", "fund", "vat_code", "moto", "metadata", "colour", json.dumps(value)):
            wrong = f"[[rules]]\n{key} = {text}\n"
            saw.attempt(CodingRules.from_toml, wrong, funds=FUNDS, profiles=["council-tax"])
        saw.attempt(CodingRules.from_toml, f"{_RULE}x = {value}", funds=FUNDS)
        saw.attempt(CodingRules.from_toml, f"{_RULE}narrative = '{{{value}'", funds=FUNDS)
        saw.attempt(CodingRules.from_toml, f"{_RULE}metadata = {{ {text} = 1 }}", funds=FUNDS)
        saw.attempt(CodingRules.from_toml, f"[{text}]", funds=FUNDS)
        good = CodingRules.from_toml(
            f"{_RULE}description = {text}\nmetadata = {{ {text} = {text} }}", funds=FUNDS
        )
        saw(good)
        for rule in good.rules:
            rule.misses(payment, account="main")
            rule.fill("{reference}", payment, account="main")
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "rules.toml")
        saw.attempt(CodingRules.read, file, funds=FUNDS)
        for raw in (PLANTED["name"].encode() + b"\xff", _RULE.encode()):
            file.write_bytes(raw)
            saw.attempt(CodingRules.read, file, funds=FUNDS)


@probe
def recorded_pages(saw: Saw) -> None:
    """A page that cannot be read is told without what stands on it."""
    with tempfile.TemporaryDirectory() as folder:
        recording = record(Path(folder, "pages"), [_planted_row("p1")], singles=[_basket("p2")])
        saw([recording, len(recording), *recording.records(), *recording.singles()])
        saw(recording.returned())
        saw.attempt(Recording, next(iter(recording.folder.iterdir())))
        saw(recording.whole())
        recording.finish(window=pages.Window(DAY, DAY))
        saw(recording.whole())
        (recording.folder / "end.json").write_text(PLANTED["name"], "utf-8")
        saw.attempt(recording.whole)
    bad = {name: value for name, value in PLANTED.items() if name != "metadata key"}
    raws = [json.dumps(bad).encode(), PLANTED["name"].encode(), page([bad]), b'{"results": 1}']
    for raw in raws:
        saw.attempt(_ids, raw)
        saw.attempt(pages.read_page, raw, Pages.PAYMENTS)
        saw.attempt(pages.read_listed, raw, Pages.PAYMENTS)
    saw(pages.read_listed(page([_planted_row("p1"), _basket("p2")]), Pages.PAYMENTS))
    for place, raw in enumerate(raws):
        for kind in Pages:
            with (
                tempfile.TemporaryDirectory() as folder,
                Store(Path(folder, f"{place}.db")) as store,
            ):
                recording = record(Path(folder, "pages"), [_planted_row("p1")])
                recording.add(raw, kind=kind, account="main")
                recording.finish()
                saw.attempt(run_day, PostingBook(store), recording)


@probe
def a_ledger(saw: Saw) -> None:
    """Batches, lines, what is wrong with a day, and what does not balance."""
    plan, now = Plan(a_coding()), NOON + timedelta(days=2)
    saw([plan, window(DAY, plan), window(DAY, plan).instants])
    saw.attempt(Plan, a_coding(), ledger=PLANTED["name"])
    with tempfile.TemporaryDirectory() as folder, Store(Path(folder, "pay.db")) as store:
        book = PostingBook(store)
        saw.attempt(run_day, book, Recording(Path(folder, "none")))
        book.record_refund("r1", [line(50, account=PLANTED["reference"])])
        saw.attempt(book.record_refund, "r1", [line(51, account=PLANTED["reference"])])
        rows = [_planted_row("p1"), _basket("p2"), _planted_row("p3", waiting=True)]
        recording = record(
            Path(folder, "pages"), rows, refunds=[a_refund("r1", 50, payment_id="p2")]
        )

        def spoil(_rows: int) -> None:
            for path in recording.folder.iterdir():
                changed = path.read_text("utf-8").replace('"amount": 4650', '"amount": 4651')
                path.write_text(changed, "utf-8")

        def spoilt(told: Any = spoil) -> object:
            return reconcile(DAY, recording=recording, book=book, plan=plan, now=now, told=told)

        def spoil_all(_rows: int) -> None:
            for path in recording.folder.iterdir():
                path.write_text(PLANTED["name"], "utf-8")

        saw.attempt(spoilt)
        saw(BalanceError([("payment:p1", 1, 2)]))
        saw.attempt(spoilt, spoil_all)
        again = record(Path(folder, "again"), rows)
        saw.attempt(run_day, book, again)
        saw.attempt(run_day, book, again, day=DAY + timedelta(days=3))
        saw.attempt(due, DAY, book=book, plan=plan, now=now)
        _a_book(saw, book)
        saw([book])


def _ids(raw: bytes) -> list[str]:
    return list(pages.payment_ids(raw))


def _a_book(saw: Saw, book: PostingBook) -> None:
    batch = book.batch("income", day=DAY)
    assert batch is not None
    saw([batch, *book.batches("income"), *book.lines(batch), book.holds("income", ["p1"])])
    with book.new_batch("income", day=DAY + timedelta(days=1)) as new:
        saw([new, new.earlier(), new.known(["payment:p1"]), new.standing(["p1", "p2"])])
        saw([*new.sums(since=DAY), new.recorded_lines(["r1"]), new.posted(["payment:p1"])])
        new.add([])
        new.look_again()
        saw(new.seal())
    lines = list(book.lines(batch))
    saw(book.history("income", "p2"))

    def overtaken() -> None:
        with book.new_batch("income", day=DAY + timedelta(days=2)) as late:
            late.standing(["p1", "p2"])
            late.seal()
            book.erase(reference=PLANTED["reference"])

    saw.attempt(overtaken)

    def post_again() -> None:
        with book.new_batch("income", day=DAY + timedelta(days=2)) as third:
            third.add(lines)
            third.seal()

    saw.attempt(post_again)
    saw(book.erase(reference=PLANTED["reference"]))
    saw(book.purge("income", before=date(2030, 1, 1)))
    book.close()


@probe
def the_second_sum(saw: Saw) -> None:
    """It holds names of movements, days and pence."""
    with check.Expected(basis="capture-submitted") as sums:
        sums.read([("main", "payments", page([_planted_row("p1")]))])
        saw([sums, *sums.differences([], first="2000-01-01", last="2100-01-01")])
        saw([sums.total(day="2026-06-01"), sums.given_back()])
        sums.close()


@probe
def a_download(saw: Saw) -> None:
    """What GOV.UK Pay answers goes to the folder, and nowhere else."""
    rows: dict[str, list[dict[str, Any]]] = {
        "/v1/payments": [_planted_row("p1")],
        "/v1/refunds": [a_refund("r1", 5, payment_id="0" * 26)],
        "/v1/disputes": [],
    }

    def exchange(call: Call[Any]) -> Answer[Any]:
        if call.path not in rows:
            raise PaymentNotFoundError("There is no such payment.", status=404)
        raw = page(rows[call.path])
        value = call.read.model_validate_json(raw)
        return Answer(
            value, status=200, headers={}, request_id=None, attempts=1, elapsed=0, raw=raw
        )

    with tempfile.TemporaryDirectory() as folder:
        recording = Recording(Path(folder, "pages"))
        plan = Plan(a_coding())
        saw.attempt(download, window(DAY, plan), accounts={"main": exchange}, recording=recording)
        saw([recording, *recording.records()])
