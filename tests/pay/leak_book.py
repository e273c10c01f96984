# SPDX-License-Identifier: MIT
"""Probes of the payment book, of mop-up and of the Django command: with planted data throughout."""

import io
import sqlite3
import tempfile
from collections.abc import Callable, Generator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any, cast

import anyio  # noqa: TID253 -- a test may load it
import django_project
from django.core import management
from django.test import utils
from pay.leak_platforms import planted_payment, probe
from pay.leaks import PLANTED, Saw, leaks_in
from pay.payments import a_payment

import lg_pay.django as django_app
from lg_core.errors import LgError
from lg_core.limits import Limiter
from lg_core.testing import Trouble, asgi, unreliable
from lg_pay import AsyncPayClient, PayClient
from lg_pay._async.book import AsyncPaymentBook
from lg_pay._sync.book import PaymentBook
from lg_pay.book import BOOK_SCHEMA, Change
from lg_pay.book._steps import Key
from lg_pay.django.apps import PayConfig
from lg_pay.django.management.commands.lg_pay_mop_up import Command
from lg_pay.django.settings import read_book, read_pay, read_tell
from lg_pay.mop_up import mop_up
from lg_sandbox import Sandbox

__all__ = ["tell"]

SERVICE, CASE = "garden-waste", PLANTED["metadata value"]
NOT_KEPT = {
    name: value
    for name, value in PLANTED.items()
    if name not in {"reference", "metadata value", "phone"}  # the caller's own names for it
}


def tell(change: Change) -> None:
    """Be named in a project's settings."""
    del change


@contextmanager
def _folder() -> Generator[Path]:
    with tempfile.TemporaryDirectory() as folder:
        yield Path(folder)


def _look_at_file(saw: Saw, folder: Path) -> None:
    """See that the database holds the reference and the caller's case, and nothing else planted."""
    kept = b"".join(file.read_bytes() for file in folder.iterdir()).decode("latin-1")
    saw.text("the book's file", ", ".join(PLANTED[name] for name in leaks_in(kept, NOT_KEPT)))


@probe
def the_book(saw: Saw) -> None:
    """Whatever becomes of a payment, entries, changes and errors show no reference and no case."""
    sandbox = Sandbox()
    sandbox.pay.account.rate_limited = False
    way = asgi(sandbox.pay.app)

    def client(*troubles: Trouble) -> PayClient:
        return PayClient(
            sandbox.pay.api_key,
            base_url="http://localhost",
            transport=unreliable(way, troubles),
            limiter=Limiter({}),
            attempts=1,
        )

    new, pay = planted_payment(), client()
    with (
        _folder() as folder,
        PaymentBook(folder / "b.db", now=sandbox.clock.now, patience=timedelta()) as book,
    ):
        saw([book, BOOK_SCHEMA, Key.of(new, service=SERVICE, case=CASE)])
        for trouble in (Trouble.REFUSED, Trouble.LOST_ANSWER, Trouble.STOPPED_AFTER):
            saw.attempt(book.begin, client(trouble), new, service=SERVICE, case=CASE)
        claim = book._steps.claim(Key.of(new, service=SERVICE, case=CASE))
        saw.attempt(book.begin, pay, new, service=SERVICE, case=CASE)
        book._steps.release(claim.entry)
        for service, case in (("", "x"), (PLANTED["name"] * 20, "x")):
            saw.attempt(book.begin, pay, new, service=service, case=case)
        begun = book.begin(pay, new, service=SERVICE, case=CASE)
        saw(begun)
        saw.planted["next_url"] = begun.next_url or ""
        payment_id = begun.entry.payment_id or ""
        other = a_payment(reference=PLANTED["reference"])
        mismatched = pay.get_payment(payment_id).model_copy(update={"reference": "x"})
        saw.attempt(book.note, mismatched)
        saw.attempt(book.submitted, PLANTED["name"])
        saw.attempt(book.erase, reference=PLANTED["reference"])
        saw.attempt(book.cancel, pay, payment_id)
        again = book.begin(pay, new, service=SERVICE, case=CASE).entry.payment_id or ""
        sandbox.pay.pay(again)
        saw.attempt(book.refresh, pay, again)
        lost = book.begin(pay, other, service=SERVICE, case=PLANTED["phone"]).entry.payment_id or ""
        sandbox.clock.advance(timedelta(hours=1))
        for troubles in ([Trouble.ERROR_BEFORE] * 9, [Trouble.HTML], []):
            saw.attempt(mop_up, book, client(*troubles), tell=_refuse)
            sandbox.clock.advance(timedelta(hours=1))
        saw.attempt(mop_up, book, client(), tell=tell)
        saw(book.entries(reference=PLANTED["reference"]))
        saw([book.unfinished(), book.unsubmitted(), book.find(lost)])
        saw([book.not_undone(), book.unheard()])
        saw.attempt(book.note, pay.get_payment(lost), connection=object())
        host = sqlite3.connect(folder / "b.db")
        saw.attempt(book.submitted, again, connection=host)
        host.commit()
        host.close()
        saw.attempt(book.purge)
        _look_at_file(saw, folder)
        saw.attempt(PaymentBook, folder)
        saw.attempt(PaymentBook, f"postgresql://a:{PLANTED['proxy password']}@localhost:1/x")
    way.close()


@probe
def the_news_that_comes_back(saw: Saw) -> None:
    """What is reversed, what ended and what is given up are marked without a word of the payer."""
    sandbox = Sandbox()
    sandbox.pay.account.rate_limited = False
    sandbox.pay.account.captures_at_once = False
    way = asgi(sandbox.pay.app)
    new = planted_payment()
    pay = PayClient(
        sandbox.pay.api_key, base_url="http://localhost", transport=way, limiter=Limiter({})
    )
    with _folder() as folder, PaymentBook(folder / "b.db", now=sandbox.clock.now) as book:
        payment_id = book.begin(pay, new, service=SERVICE, case=CASE).entry.payment_id or ""
        sandbox.pay.pay(payment_id)
        saw(book.refresh(pay, payment_id))
        saw.attempt(book.give_up, payment_id, reason="x")
        saw([book.submitted(payment_id)])
        sandbox.pay.fail_capture(payment_id)
        sandbox.clock.advance(timedelta(hours=1))
        saw.attempt(mop_up, book, pay, tell=_refuse)
        saw.attempt(mop_up, book, pay)
        saw.attempt(book.erase, reference=PLANTED["reference"])
        saw([book.undone(payment_id, partly=True), book.undone(payment_id)])
        again = book.begin(pay, new, service=SERVICE, case=CASE).entry.payment_id or ""
        saw.attempt(book.give_up, again, reason=PLANTED["name"])
        saw(book.give_up(again, reason="account_closed"))
        saw.attempt(book.give_up, again, reason="account_closed")
        saw([book.unheard(), book.heard(again), book.entries()])
        for mark in (book.undone, book.heard):
            saw.attempt(mark, PLANTED["name"])
        saw.attempt(book.give_up, PLANTED["name"], reason="x")
        _look_at_file(saw, folder)
    way.close()


def _refuse(change: Change) -> None:
    raise LgError("Told, and could not.") from LookupError(repr(change))


@probe
def the_book_in_tasks(saw: Saw) -> None:
    """The same of the book for tasks."""
    sandbox = Sandbox()
    way = asgi(sandbox.pay.app)
    new = planted_payment()

    async def work(folder: Path) -> None:
        pay = AsyncPayClient(sandbox.pay.api_key, base_url="http://localhost", transport=way)
        async with AsyncPaymentBook(folder / "b.db", now=sandbox.clock.now) as book:
            begun = await book.begin(pay, new, service=SERVICE, case=CASE)
            payment_id = begun.entry.payment_id or ""
            saw([begun, book, book.store])
            sandbox.pay.pay(payment_id)
            saw(await book.refresh(pay, payment_id))
            saw(await book.note(await pay.get_payment(payment_id)))
            saw(await book.cancel(pay, payment_id))
            saw([await book.find(payment_id), await book.entries(), await book.unfinished()])
            saw(await book.unsubmitted())
            saw([await book.submitted(payment_id), await book.undone(payment_id)])
            saw([await book.not_undone(), await book.unheard(), await book.heard(payment_id)])
            try:
                await book.give_up(payment_id, reason=PLANTED["name"])
            except LgError as error:
                saw(error)
            saw([await book.purge(), await book.erase(reference=PLANTED["reference"])])
            try:
                await book.submitted(PLANTED["name"])
            except LgError as error:
                saw(error)

    with _folder() as folder:
        anyio.run(work, folder)


@probe
def the_django_command(saw: Saw) -> None:
    """What a project sets and what the command prints show no key, no password and no reference."""
    django_project.set_up()
    override = cast("Any", utils).override_settings
    call = cast("Callable[..., None]", cast("Any", management).call_command)
    with _folder() as folder, Sandbox() as sandbox:
        store = folder / "b.db"
        good = {"STORE": store, "API_KEY": sandbox.pay.api_key, "BASE_URL": sandbox.pay.url}
        with (
            PaymentBook(store, now=lambda: sandbox.clock.now() - timedelta(hours=1)) as book,
            PayClient(sandbox.pay.api_key, base_url=sandbox.pay.url) as pay,
        ):
            begun = book.begin(pay, planted_payment(), service=SERVICE, case=CASE)
            sandbox.pay.pay(begun.entry.payment_id or "")
        out = io.StringIO()
        wrong: list[object] = [
            None,
            {PLANTED["name"]: 1},
            {"STORE": f"postgresql://a:{PLANTED['proxy password']}@localhost:1/x"},
            good | {"API_KEY": PLANTED["signing secret"]},
            good | {"TELL": "nothing.here"},  # names code, which is no secret
            good | {"ACCOUNTS": folder / "nothing.toml"},
            good | {"TELL": f"{__name__}.tell"},
        ]
        for values in wrong:
            with override(LG_PAY=values):
                saw.attempt(call, Command(), "--from-minutes", "0", stdout=out)
                saw.attempt(read_tell)
                saw.attempt(lambda: read_pay().close())
                saw.attempt(lambda: read_book().close())
        saw.text("printed by the command", out.getvalue())
        saw(PayConfig("lg_pay.django", django_app))
