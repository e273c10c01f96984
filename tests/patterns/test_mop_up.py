# SPDX-License-Identifier: MIT
"""A resident who pays and never comes back is served all the same, once."""

import json
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from types import ModuleType

import pytest
from patterns.resident import EMAIL, answer
from patterns.till import EXAMPLE, World
from typer.testing import CliRunner  # noqa: TID253 -- a test may load it

from lg_core import Pence
from lg_core.errors import ConfigError
from lg_core.telemetry import reports
from lg_core.testing import Browser, Page
from lg_notify.outbox import MessageState
from lg_patterns import _commands
from lg_patterns.demo.anytown import Anytown
from lg_patterns.demo.messages import ENGLISH
from lg_patterns.garden_waste import GardenWasteSettings, LedgerLine, MemoryLedger
from lg_patterns.garden_waste.case_book import StoredCase
from lg_patterns.garden_waste.cases import Case, CaseState, NotAllowedError
from lg_patterns.garden_waste.checkout import Go, See
from lg_patterns.garden_waste.ledger import LineKind
from lg_patterns.garden_waste.mop_up import ledger_of, mop_up, told, undone
from lg_patterns.garden_waste.standing import Standing
from lg_pay import NewPayment, PayClient, PaymentBook
from lg_pay.book import Change
from lg_pay.mop_up import MopUp
from lg_pay.mop_up import mop_up as look_at_payments
from lg_pay.payment import SettlementSummary
from lg_sandbox import Fault

LATER = timedelta(minutes=20)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """A till on the sandbox, in this process."""
    with World(tmp_path) as opened:
        yield opened


def paid_and_gone(town: Anytown) -> tuple[str, str]:
    """Let a resident pay and close the browser; return the payment and the case's address."""
    browser = Browser()
    browser.press(answer(town, browser), "Continue to payment")
    payment = town.sandbox.pay.payments[-1]
    town.sandbox.pay.pay(payment.id)
    town.sandbox.clock.advance(LATER)
    return payment.id, payment.return_url or ""


def test_a_resident_who_never_comes_back_is_served_once(town: Anytown) -> None:
    """Mop-up posts the line, writes to the resident, counts, and has nothing to do after it."""
    day = town.sandbox.clock.now().date()
    payment_id, url = paid_and_gone(town)
    first, second = town.service.mop_up(), town.service.mop_up()
    page = Browser().open(url)
    (message,) = town.sandbox.notify.messages
    (line,) = town.ledger.lines
    (report,) = reports(day=day)

    assert (1, 1, True) == (first.looked, first.paid, first.clean)
    assert (0, 0, True) == (second.looked, second.paid, second.clean)
    assert ("Payment received", EMAIL) == (page.heading, message.to)
    assert (payment_id, 4650) == (line.payment_id, line.gross)
    assert "lg-patterns.garden_waste.paid" in {use.capability for use in report.uses}
    assert "x-anytown" == report.council


def test_mop_up_and_the_resident_at_the_same_moment_serve_once(town: Anytown) -> None:
    """Four runs and four windows at once: one line, one e-mail, and everybody sees it paid."""
    _, url = paid_and_gone(town)
    ready = threading.Barrier(8)

    def look(_number: int) -> Page:
        ready.wait()
        return Browser().open(url)

    def run(_number: int) -> MopUp:
        ready.wait()
        return town.service.mop_up()

    with ThreadPoolExecutor(8) as threads:
        pages = [threads.submit(look, number) for number in range(4)]
        runs = [threads.submit(run, number) for number in range(4)]
        headings = {one.result().heading for one in pages}
        found = [one.result() for one in runs]

    assert {"Payment received"} == headings
    assert all(one.clean for one in found)
    assert sum(one.paid for one in found) <= 1
    assert 1 == len(town.ledger.lines)
    assert 1 == len(town.sandbox.notify.messages)
    assert town.service.mop_up().clean


def test_what_failed_is_tried_again_by_the_next_run(town: Anytown) -> None:
    """While Notify does not answer the confirmation waits in the outbox; then it is sent."""
    paid_and_gone(town)
    town.sandbox.notify.faults.add(Fault.RESET_BEFORE, operation="send_email", times=9)
    for _ in range(2):
        assert town.service.mop_up().clean
        assert not town.sandbox.notify.messages
        town.sandbox.clock.advance(LATER)
    town.sandbox.notify.faults.clear()
    for _ in range(2):
        assert town.service.mop_up().clean
        town.sandbox.clock.advance(LATER)

    assert (1, 1) == (len(town.sandbox.notify.messages), len(town.ledger.lines))


def test_a_confirmation_that_cannot_be_sent_is_reported_until_it_is(world: World) -> None:
    """Each run names it; once the template is mended and staff put it back, it is sent."""
    template, (subject, body) = world.settings.messages.confirmation, ENGLISH
    world.sandbox.notify.templates.change(template, body="Dear ((title))", subject=subject)
    stored = world.a_case()
    world.till.checkout.begin(stored)
    world.sandbox.pay.pay(world.sandbox.pay.payments[-1].id)
    world.sandbox.clock.advance(LATER)
    found = [world.mop_up(), world.mop_up()]
    case = world.again(stored).case
    world.sandbox.notify.templates.change(template, body=body, subject=subject)
    assert world.till.outbox.put_back(case.confirmation or "")
    last = world.mop_up()

    assert case.done
    assert [(case.confirmation,)] * 2 == [each.not_written for each in found]
    assert [False, False, True] == [each.clean for each in (*found, last)]
    assert [case.confirmation] == told(found[1])["not_written"]
    assert [case.confirmation] == [one.reference for one in world.sandbox.notify.messages]


def test_a_confirmation_without_its_note_is_not_written_again(world: World) -> None:
    """A process may die between the outbox and the case: the outbox knows the message."""
    stored = world.a_case()
    world.till.checkout.begin(stored)
    world.sandbox.pay.pay(world.sandbox.pay.payments[-1].id)
    stored = world.till.completion.complete(world.till.checkout.settle(world.again(stored)))
    first = stored.case.confirmation
    forgotten = world.till.cases.save(stored, replace(stored.case, confirmation=None))

    again = world.till.completion.complete(forgotten)

    assert first is not None
    assert first == again.case.confirmation
    assert 1 == len(world.sandbox.notify.messages)


class _ShutLedger(MemoryLedger):
    """A council's own ledger that is down, until it is mended."""

    down = True

    def post(self, line: LedgerLine) -> None:
        """Take a line, or fail."""
        if self.down:
            raise ConnectionError("the ledger is down")
        super().post(line)


def test_a_line_that_was_not_posted_is_reported_until_it_is(world: World) -> None:
    """Money with nothing in the ledger is named by every run, and posted once."""
    world.ledger = ledger = _ShutLedger()
    world.till = replace(world.till, completion=world.completion(ledger))
    stored = world.a_case()
    world.till.checkout.begin(stored)
    (payment,) = world.sandbox.pay.payments
    world.sandbox.pay.pay(payment.id)
    world.sandbox.clock.advance(LATER)
    world.mop_up()
    world.sandbox.clock.advance(LATER)
    down = world.mop_up()
    ledger.down = False
    mended = [world.mop_up(), world.mop_up()]

    assert [payment.id] == [entry.payment_id for entry in down.unsubmitted]
    assert all(one.clean for one in mended)
    assert [payment.id] == [line.payment_id for line in ledger.lines]


def test_money_for_a_case_that_is_gone_is_reported(world: World) -> None:
    """A payment whose case nobody has any more completes nothing, and is named."""
    stored = world.a_case()
    world.till.checkout.begin(stored)
    (payment,) = world.sandbox.pay.payments
    world.sandbox.pay.pay(payment.id)
    world.sandbox.clock.advance(timedelta(days=121))
    world.mop_up()
    world.sandbox.clock.advance(LATER)
    found = world.mop_up()

    assert [payment.id] == [entry.payment_id for entry in found.unsubmitted]
    assert () == world.ledger.lines


def test_a_payment_that_cannot_be_read_for_its_day_waits(world: World) -> None:
    """The book learns that it was paid, the case does not yet; the next run completes it."""
    stored = world.a_case()
    world.till.checkout.begin(stored)
    (payment,) = world.sandbox.pay.payments
    world.sandbox.pay.pay(payment.id)
    world.sandbox.clock.advance(LATER)
    world.till.payments.refresh(world.pay, payment.id)
    world.sandbox.pay.faults.add(Fault.RESET_BEFORE, operation="get_payment")
    world.mop_up()
    assert CaseState.OPEN is world.again(stored).case.state

    assert world.mop_up().clean
    assert CaseState.PAID is world.again(stored).case.state


def served(world: World) -> tuple[StoredCase, str]:
    """Serve a resident whose money is not taken yet; return the case and its payment."""
    world.sandbox.pay.account.captures_at_once = False
    stored = world.a_case()
    world.till.checkout.begin(stored)
    (payment,) = world.sandbox.pay.payments
    world.sandbox.pay.pay(payment.id)
    world.till.completion.complete(world.till.checkout.settle(stored))
    return stored, payment.id


def lost(world: World) -> tuple[StoredCase, str]:
    """Serve a resident whose money cannot be taken after all; nobody knows yet."""
    stored, payment_id = served(world)
    world.sandbox.pay.fail_capture(payment_id)
    world.sandbox.clock.advance(timedelta(hours=2))
    return stored, payment_id


def kinds(world: World) -> list[tuple[str, str, int]]:
    """Return the lines that finance has: of which payment, for what, and how many pence."""
    return [(line.payment_id, line.kind.value, int(line.gross)) for line in world.ledger.lines]


def test_money_that_cannot_be_taken_is_taken_back_once(world: World) -> None:
    """Its line is taken back, the case says so, and staff see it at every run until they act."""
    stored, payment_id = lost(world)
    first, second = world.mop_up(), world.mop_up()
    case = world.again(stored).case

    assert (1, 0) == (first.reversed, second.reversed)
    for found in (first, second):
        assert not found.clean
        assert [payment_id] == told(found)["not_undone"]
    assert [(payment_id, "payment", 4650), (payment_id, "reversal", -4650)] == kinds(world)
    assert (CaseState.REVERSED, Standing.REVERSED) == (
        case.state,
        world.till.checkout.stands(case).standing,
    )
    assert 1 == len(world.sandbox.notify.messages)
    assert [True, False] == [undone(payment_id, store=world.store) for _ in range(2)]
    assert world.mop_up().clean
    assert 2 == len(world.ledger.lines)


def test_no_confirmation_leaves_for_money_that_did_not_come(world: World) -> None:
    """It waited while Notify was away, and is called off with the line."""
    world.sandbox.notify.faults.add(Fault.RATE_LIMITED, operation="send_email", times=9)
    stored, _ = lost(world)
    reference = world.again(stored).case.confirmation or ""
    waited = world.till.outbox.get(reference)
    world.mop_up()
    world.sandbox.notify.faults.clear()
    world.sandbox.clock.advance(LATER)
    world.mop_up()
    ended = world.till.outbox.get(reference)

    assert waited is not None
    assert ended is not None
    assert (MessageState.WAITING, MessageState.CANCELLED) == (waited.state, ended.state)
    assert not world.sandbox.notify.messages


def test_the_resident_is_told_and_may_pay_again(world: World) -> None:
    """The next payment has a line and a confirmation of its own, and the old one stays reported."""
    stored, old = lost(world)
    world.mop_up()
    assert isinstance(world.till.checkout.begin(world.again(stored)), Go)
    new = world.sandbox.pay.payments[-1].id
    assert Standing.PAYING is world.till.checkout.stands(world.again(stored).case).standing
    world.sandbox.pay.decline(new)
    stored = world.till.checkout.settle(world.again(stored))
    assert Standing.UNPAID is world.till.checkout.stands(stored.case).standing
    assert isinstance(world.till.checkout.begin(stored), Go)
    last = world.sandbox.pay.payments[-1].id
    world.sandbox.pay.pay(last)
    world.sandbox.clock.advance(LATER)
    found = world.mop_up()
    case = world.again(stored).case

    assert (CaseState.PAID, last, (old,)) == (case.state, case.payment_id, case.reversals)
    assert case.done
    assert [(old, "payment", 4650), (old, "reversal", -4650), (last, "payment", 4650)] == (
        kinds(world)
    )
    written = [one.reference for one in world.till.outbox.for_case(case.reference)]
    assert 2 == len(written)
    assert case.confirmation == written[-1]
    assert written == [one.reference for one in world.sandbox.notify.messages]
    assert [old] == told(found)["not_undone"]


class _DyingLedger(MemoryLedger):
    """A ledger that has taken a line when the process dies, before anybody notes it."""

    dies = False

    def post(self, line: LedgerLine) -> None:
        """Take a line, and die where it is a reversal."""
        super().post(line)
        if self.dies and line.kind is LineKind.REVERSAL:
            raise KeyboardInterrupt


def test_a_process_that_dies_takes_it_back_once(world: World) -> None:
    """Before the line, after it, or before the book knows: the next run goes on, and once."""
    ledger = _DyingLedger()
    world.ledger = ledger
    world.till = replace(world.till, completion=world.completion(ledger))
    stored, payment_id = lost(world)
    with pytest.raises(KeyboardInterrupt):  # the book has the news, the case does not
        look_at_payments(world.till.payments, world.pay, tell=_die)
    ledger.dies = True
    with pytest.raises(KeyboardInterrupt):  # the ledger has the line, the case does not
        world.mop_up()
    assert not world.again(stored).case.taken_back
    assert isinstance(world.till.checkout.begin(world.again(stored)), See)
    with pytest.raises(NotAllowedError):
        world.again(stored).case.pay("p2", amount=Pence(4650), on=date(2026, 11, 22))
    ledger.dies = False
    found = world.mop_up()
    world.mop_up()

    assert [payment_id] == told(found)["not_undone"]
    assert [(payment_id, "payment", 4650), (payment_id, "reversal", -4650)] == kinds(world)
    case = world.again(stored).case
    assert (True, True) == (case.taken_back, case.reported)


def _die(_change: Change) -> None:
    raise KeyboardInterrupt


def test_a_line_that_was_never_posted_is_not_only_taken_back(world: World) -> None:
    """A ledger that was down gets both lines: whether it has the first, nobody can say."""
    world.ledger = ledger = _ShutLedger()
    world.till = replace(world.till, completion=world.completion(ledger))
    _, payment_id = lost(world)
    down = world.mop_up()
    ledger.down = False
    world.mop_up()

    assert [payment_id] == told(down)["not_undone"]
    assert [(payment_id, "payment", 4650), (payment_id, "reversal", -4650)] == kinds(world)


def test_money_that_comes_after_all_is_posted_again(world: World) -> None:
    """The case is paid once more by the same payment, with a line of its own and nobody's help."""
    stored, payment_id = lost(world)
    world.mop_up()
    failed = world.pay.get_payment(payment_id)
    came = failed.model_copy(
        update={
            "state": replace(failed.state, status="success", code=None),
            "settlement_summary": SettlementSummary(captured_date=date(2026, 11, 25)),
        }
    )
    world.till.payments.note(came)
    found = world.mop_up()
    case = world.again(stored).case

    assert found.not_undone == ()
    assert (CaseState.PAID, True) == (case.state, case.paid_again)
    assert ["payment", "reversal", "paid_again"] == [kind for _, kind, _ in kinds(world)]
    assert 4650 == sum(pence for _, _, pence in kinds(world))


def test_a_reversal_of_what_nobody_did_needs_nobody(world: World) -> None:
    """Where the case was never paid by it, there is nothing to take back and nobody to tell."""
    world.sandbox.pay.account.captures_at_once = False
    stored = world.a_case()
    world.till.checkout.begin(stored)
    (payment,) = world.sandbox.pay.payments
    world.sandbox.pay.pay(payment.id)
    world.till.payments.refresh(world.pay, payment.id)  # told, and the server stops
    world.sandbox.pay.fail_capture(payment.id)
    world.sandbox.clock.advance(timedelta(hours=2))
    found = world.mop_up()

    assert ((), (), True) == (found.not_undone, world.ledger.lines, found.clean)
    assert Standing.UNPAID is world.till.checkout.stands(world.again(stored).case).standing


def test_a_reversal_of_a_case_that_is_gone_is_reported(world: World) -> None:
    """Staff see it; no line is made up for a case that nobody has."""
    world.sandbox.pay.account.captures_at_once = False
    stored = world.a_case()
    world.till.checkout.begin(stored)
    (payment,) = world.sandbox.pay.payments
    world.sandbox.pay.pay(payment.id)
    world.till.payments.refresh(world.pay, payment.id)
    world.sandbox.pay.fail_capture(payment.id)
    world.till.payments.refresh(world.pay, payment.id)
    world.sandbox.clock.advance(timedelta(days=121))

    assert [payment.id] == told(world.mop_up())["not_undone"]
    assert () == world.ledger.lines


@pytest.mark.parametrize("language", ["en", "cy"])
def test_the_page_says_so_in_plain_words(town: Anytown, language: str) -> None:
    """The resident is told that nobody was charged, in the resident's own language, and pays."""
    town.sandbox.pay.account.captures_at_once = False
    browser = Browser()
    browser.press(answer(town, browser), "Continue to payment")
    payment = town.sandbox.pay.payments[-1]
    town.sandbox.pay.pay(payment.id)
    url = payment.return_url or ""
    assert "Payment received" == browser.open(url).heading
    town.sandbox.pay.fail_capture(payment.id)
    town.sandbox.clock.advance(timedelta(hours=2))
    town.service.mop_up()
    page = browser.open(f"{url}?lang={language}")

    said = {
        "en": ("Your payment did not go through", "You have not been charged"),
        "cy": ("Nid aeth eich taliad drwodd", "Nid oes tâl wedi’i godi arnoch"),
    }
    heading, sentence = said[language]
    assert heading == page.heading
    assert sentence in page.text
    button = {"en": "Try the payment again", "cy": "Rhoi cynnig arall ar dalu"}[language]
    assert browser.press(page, button).url.startswith(town.sandbox.pay.url)
    assert [payment.id] == [entry.payment_id for entry in town.service.mop_up().not_undone]


def test_a_case_of_an_earlier_release_is_read(world: World) -> None:
    """What it does not have is as if nothing had been reversed."""
    case = world.a_case().case
    new = ("reversals", "reversed_on", "taken_back", "reported")
    old = {name: value for name, value in case.to_data().items() if name not in new}

    assert case == Case.from_data(case.id, old)


@pytest.mark.parametrize(
    ("message", "writes"), [("none", 1), ("sending", 0), ("sent", 0), ("refused", 0)]
)
def test_what_an_earlier_release_wrote_is_not_written_again(
    world: World, message: str, writes: int
) -> None:
    """Nor what it may have written: twice is worse than a confirmation that staff send by hand."""
    stored = world.a_case()
    world.till.checkout.begin(stored)
    world.sandbox.pay.pay(world.sandbox.pay.payments[-1].id)
    stored = world.till.checkout.settle(world.again(stored))
    old = stored.case.to_data() | {"message": message}
    del old["confirmation"]
    known = world.till.cases.save(stored, Case.from_data(stored.case.id, old))

    done = world.till.completion.complete(known).case

    assert done.done
    assert writes == len(world.sandbox.notify.messages)


def test_a_confirmation_that_no_case_knows_is_called_off_too(world: World) -> None:
    """A process may die after it wrote the message down, and before it noted it in the case."""
    world.sandbox.notify.faults.add(Fault.RATE_LIMITED, operation="send_email", times=9)
    stored, _ = lost(world)
    known = world.again(stored)
    world.till.cases.save(known, replace(known.case, confirmation=None))
    world.mop_up()
    world.sandbox.notify.faults.clear()
    world.sandbox.clock.advance(LATER)
    world.mop_up()

    (message,) = world.till.outbox.for_case(known.case.reference)
    assert MessageState.CANCELLED is message.state
    assert not world.sandbox.notify.messages


def test_anothers_payment_is_not_asked_for_with_this_key(world: World) -> None:
    """Where two services share a store, mop-up says so for each payment that is not its own."""
    new = NewPayment(
        amount=world.a_case().case.quote.amount,
        reference="BULKY-1",
        description="Bulky waste",
        return_url="https://www.example.gov.uk/return",
    )
    world.till.payments.begin(world.pay, new, service="bulky-waste", case="1")
    world.sandbox.clock.advance(LATER)
    (refused,) = world.mop_up().not_asked

    assert "bulky-waste" == refused.entry.service
    assert isinstance(refused.error, ConfigError)


# ------------------------------------------------------------------ without the pages

LINES = MemoryLedger()


@pytest.fixture
def finance(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """A module of the council's, with its ledger in several shapes."""
    module = ModuleType("anytown_finance")
    vars(module).update(
        ledger=LINES, make=lambda: LINES, kind=MemoryLedger, nothing=None, wrong=lambda: 5
    )
    monkeypatch.setitem(sys.modules, "anytown_finance", module)
    return module


def _settings(taken_by: str | None) -> GardenWasteSettings:
    line = "" if taken_by is None else f'taken_by = "{taken_by}"\n'
    return GardenWasteSettings.from_toml(EXAMPLE.replace("[ledger]\n", f"[ledger]\n{line}"))


@pytest.mark.usefixtures("finance")
@pytest.mark.parametrize("name", ["ledger", "make", "kind"])
def test_a_ledger_is_found_by_its_name(name: str) -> None:
    """A ledger, or what makes one."""
    assert isinstance(ledger_of(_settings(f"anytown_finance:{name}")), MemoryLedger)


@pytest.mark.usefixtures("finance")
@pytest.mark.parametrize(
    "named",
    [None, "anytown_finance:none", "anytown_finance:nothing", "anytown_finance:wrong", "nope:x"],
)
def test_a_name_that_is_no_ledger_is_said(named: str | None) -> None:
    """The error names the setting."""
    with pytest.raises(ConfigError, match="taken_by"):
        ledger_of(_settings(named))


def test_a_module_that_lacks_something_says_what(tmp_path: Path) -> None:
    """A fault inside the council's own module is not taken for a missing one."""
    (tmp_path / "lacking_finance.py").write_text("import nowhere_to_be_found\n", "utf-8")
    sys.path.insert(0, str(tmp_path))
    try:
        with pytest.raises(ModuleNotFoundError, match="nowhere_to_be_found"):
            ledger_of(_settings("lacking_finance:ledger"))
    finally:
        sys.path.remove(str(tmp_path))


def test_mop_up_needs_no_pages(world: World) -> None:
    """A function over the same store does what the service does."""
    stored = world.a_case()
    world.till.checkout.begin(stored)
    world.sandbox.pay.pay(world.sandbox.pay.payments[0].id)
    world.sandbox.clock.advance(LATER)
    found = mop_up(
        world.settings, store=world.store, ledger=world.ledger, pay=world.pay, notify=world.notify
    )

    assert (1, True) == (found.paid, found.clean)
    assert CaseState.PAID is world.again(stored).case.state


@pytest.fixture
def file(town: Anytown, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The settings of a service that is up, and its keys in the environment."""
    sandbox = town.sandbox
    for name, value in {
        "LG_PAY_API_KEY": sandbox.pay.api_key,
        "LG_PAY_BASE_URL": sandbox.pay.url,
        "LG_NOTIFY_API_KEY": sandbox.notify.api_key,
        "LG_NOTIFY_BASE_URL": sandbox.notify.url,
    }.items():
        monkeypatch.setenv(name, value)
    text = EXAMPLE.replace("[ledger]\n", '[ledger]\ntaken_by = "anytown_finance:kind"\n')
    made = tmp_path / "garden-waste.toml"
    made.write_text(text.replace("garden-waste.db", str(tmp_path / "anytown.db")), "utf-8")
    return made


@pytest.mark.usefixtures("finance")
def test_the_command_completes_cases(town: Anytown, file: Path) -> None:
    """It reads the file and the keys, completes what was paid for, and ends with 0."""
    browser = Browser()
    browser.press(answer(town, browser), "Continue to payment")
    payment_id = town.sandbox.pay.payments[-1].id
    town.sandbox.pay.pay(payment_id)
    with PayClient.from_env() as pay:
        PaymentBook(town.store).refresh(pay, payment_id)  # told, and the server stops
    done = CliRunner().invoke(_commands.app, ["mop-up", str(file)])

    assert 0 == done.exit_code, done.output
    assert "unsubmitted   none" in done.stdout
    assert 1 == len(town.sandbox.notify.messages)
    assert (
        "Payment received" == browser.open(town.sandbox.pay.payments[-1].return_url or "").heading
    )


@pytest.mark.usefixtures("finance")
@pytest.mark.parametrize("flags", [[], ["--json"]], ids=["text", "json"])
def test_the_command_says_what_needs_a_person(flags: list[str], town: Anytown, file: Path) -> None:
    """It ends with 1, and names the payment by GOV.UK Pay's id."""
    new = NewPayment(
        amount=Pence(100),
        reference="BULKY-1",
        description="Bulky waste",
        return_url="https://www.example.gov.uk/return",
    )
    book = PaymentBook(town.store, now=lambda: town.sandbox.clock.now() - timedelta(hours=1))
    with PayClient.from_env() as pay:
        begun = book.begin(pay, new, service="bulky-waste", case="1")
    done = CliRunner().invoke(_commands.app, ["mop-up", str(file), *flags])
    named = f"{begun.entry.payment_id} (ConfigError)"

    assert 1 == done.exit_code, done.output
    assert named in done.stdout
    assert "a person must look at some payments or confirmations" in done.stderr
    if flags:
        assert [named] == json.loads(done.stdout)["not_asked"]


def test_the_command_needs_a_ledger(file: Path) -> None:
    """A file that names none is refused before anybody is asked."""
    file.write_text(EXAMPLE, "utf-8")
    done = CliRunner().invoke(_commands.app, ["mop-up", str(file)])

    assert isinstance(done.exception, ConfigError)
    assert "taken_by" in str(done.exception)
