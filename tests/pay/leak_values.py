# SPDX-License-Identifier: MIT
"""Probes of what is given and set: wrong values, keys, variables, logs, lists, the sandbox."""

import importlib
import json
import logging
from datetime import date
from itertools import product
from typing import Any

import anyio  # noqa: TID253 -- a test may load it
import pytest
from pay.leak_platforms import (
    BODIES,
    KEY,
    OPERATIONS,
    EchoTransport,
    client_of,
    look_at_sandbox,
    planted_payment,
    probe,
    socket_payment,
)
from pay.leaks import PLANTED, Saw
from pydantic import BaseModel, SecretStr

from lg_core import councils, identifiers, money, platforms, redaction, settings, signatures
from lg_core.calls import Call, Repeat
from lg_core.clients import ApiClient, AsyncApiClient, AsyncPages, Pages
from lg_core.logs import RedactingFilter, get_logger, redact_http_library
from lg_core.network import Network, Phases
from lg_pay import AsyncPayClient, PayClient, calls
from lg_sandbox import Fault, Sandbox
from lg_sandbox.pay import TEST_CARDS, Account


@probe
def values_that_are_wrong(saw: Saw) -> None:
    """Whatever is wrong with a field, the error names the field and never the value."""
    wrong: list[dict[str, object]] = [
        {"amount": PLANTED["card number"]},
        {"amount": int(PLANTED["card number"])},
        {"amount": float(PLANTED["card number"])},
        {"reference": PLANTED["reference"] * 30},
        {"reference": f"<{PLANTED['name']}>"},
        {"reference": f"https://{PLANTED['name']}"},
        {"description": [PLANTED["description"]]},
        {"return_url": PLANTED["name"]},
        {"return_url": f"http://[{PLANTED['name']}"},
        {"email": PLANTED["phone"]},
        {"email": PLANTED["e-mail"] * 20},
        {"language": PLANTED["name"]},
        {"delayed_capture": PLANTED["name"]},
        {"metadata": PLANTED["metadata value"]},
        {"metadata": {PLANTED["metadata key"] * 3: PLANTED["name"]}},
        {"metadata": {PLANTED["metadata key"]: PLANTED["name"] * 9}},
        {"metadata": {PLANTED["metadata key"]: [PLANTED["name"]]}},
        {"metadata": {PLANTED["metadata key"]: 1, PLANTED["metadata key"].upper(): 2}},
        {"metadata": {PLANTED["metadata key"]: float("nan")}},
        {"prefilled_cardholder_details": {"cardholder_name": PLANTED["name"] * 20}},
        {"prefilled_cardholder_details": {"billing_address": {"country": PLANTED["address"]}}},
        {
            "prefilled_cardholder_details": {
                "billing_address": {"postcode": PLANTED["postcode"] * 9}
            }
        },
        {"authorisation_mode": PLANTED["name"]},
        {"set_up_agreement": PLANTED["reference"]},
        {"agreement_id": PLANTED["reference"] + "zzzzzzzzzzzz"},
        {"agreement_payment_type": PLANTED["name"]},
    ]
    for changes in wrong:
        saw.attempt(planted_payment, **changes)
    saw(planted_payment())
    saw(calls.create_payment(planted_payment()))
    for operation in (calls.get_payment, calls.get_payment_events, calls.cancel_payment):
        saw.attempt(operation, PLANTED["e-mail"])
        saw(operation("0" * 26))


@probe
def what_is_set(saw: Saw) -> None:
    """Keys, addresses and variables that are wrong are never repeated."""
    keys = ["", f"{KEY}\n", f" {KEY}", f'"{KEY}"', f"{KEY}é", f"{KEY}\0x", KEY[:20], KEY[:-9]]
    saw.planted["half a key"] = KEY[:20]
    for key in keys:
        saw.attempt(PayClient, key)
        saw.attempt(AsyncPayClient, SecretStr(key))
        saw.attempt(settings.check_secret, key, setting="LG_PAY_API_KEY")
    live = KEY.replace("api_test_", "api_live_")
    saw.planted["a live key"] = live
    saw.attempt(PayClient, live, base_url="http://localhost")
    secret = PLANTED["proxy password"]
    for url in (
        f"https://user:{secret}@pay.example.gov.uk",
        f"http://{secret}.example",
        f"https://pay.example/?key={secret}",
        f"ftp://{secret}",
        secret,
    ):
        saw.attempt(PayClient, KEY, base_url=url)
        saw.attempt(settings.check_base_url, url, setting="base_url")
        saw.attempt(settings.is_loopback, url)
    saw.attempt(PayClient, KEY, app=f"{PLANTED['name']}\n")
    for proxy in (f"socks5://u:{secret}@h:1", f"{secret}@", f"http://u:{secret}@127.0.0.1:1"):
        network = saw.attempt(Network, proxy=proxy, phases=Phases())
        if isinstance(network, Network):
            saw.attempt(network.proxy_for, "https://pay.example.gov.uk")
            pay, watching = client_of(
                saw, None, base_url="https://pay.example.gov.uk", network=network, attempts=1
            )
            with pay:
                saw.attempt(OPERATIONS["create_payment"], pay, "")
            saw(watching.events)
    saw.attempt(Network().tls)


class _Wanted(BaseModel):
    key: SecretStr
    number: int
    names: list[str]


@probe
def the_environment(saw: Saw) -> None:
    """Variables that cannot be read are named, and their values are not repeated."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("LG_ZQ_KEY", "LG_ZQ_NUMBER", "LG_ZQ_NAMES"):
            patch.setenv(name, f"{PLANTED['name']} {KEY}")
        saw.attempt(settings.read_settings, _Wanted, prefix="LG_ZQ_")
        patch.setenv("LG_ZQ_NAMES", json.dumps([PLANTED["name"]]))
        saw.attempt(settings.read_settings, _Wanted, prefix="LG_ZQ_")
        patch.setenv("LG_PAY_API_KEY", f"{KEY}!")
        patch.setenv("LG_PAY_TIMEOUT", PLANTED["phone"])
        for build in (PayClient.from_env, AsyncPayClient.from_env):
            saw.attempt(build)
        patch.setenv("LG_PAY_TIMEOUT", "3")
        for build in (PayClient.from_env, AsyncPayClient.from_env):
            saw.attempt(build)
        patch.setenv("LG_PAY_API_KEY", KEY)
        patch.setenv("HTTPS_PROXY", f"socks5://u:{PLANTED['proxy password']}@h:1")
        saw.attempt(Network().proxy_for, "https://pay.example.gov.uk")
        with PayClient.from_env() as pay:
            saw.attempt(OPERATIONS["create_payment"], pay, "")


@probe
def identifiers_and_money(saw: Saw) -> None:
    """What a person typed into a form is refused without being repeated."""
    kinds = (
        identifiers.Postcode,
        identifiers.Uprn,
        identifiers.Usrn,
        identifiers.GssCode,
        identifiers.CustodianCode,
        identifiers.Lgsl,
    )
    for kind, value in product(kinds, PLANTED.values()):
        saw.attempt(kind, value)
        saw.attempt(kind.parse, value)
    saw.attempt(identifiers.Postcode.suggest, PLANTED["postcode"].replace("Q", "O"))
    uprn, usrn = identifiers.Uprn("100012345678"), identifiers.Usrn("33909869")
    saw.planted["uprn"] = uprn.padded()
    saw([uprn, usrn])
    saw.text("repr of a UPRN", f"{uprn!r} {usrn!r}")
    saw.text("repr of a postcode", repr(identifiers.Postcode(PLANTED["postcode"])))
    saw(money.split_vat(money.Pence(120), rate=money.VatRate(20)))
    for value in PLANTED.values():
        saw.attempt(money.parse_pounds, value)
        saw.attempt(money.Pence, value)
        saw.attempt(money.format_pounds, value)
        saw.attempt(money.allocate, value, weights=[1])
        saw.attempt(money.split_evenly, value, parts=2)
        saw.attempt(money.split_vat, value, rate=value)
        saw.attempt(money.add_vat, value, rate=value)
        saw.attempt(money.VatRate, value)


@probe
def councils_of_the_register(saw: Saw) -> None:
    """What a person typed for a council is looked up without being repeated."""
    saw([councils.resolve("Leeds"), councils.all_councils()[:3]])
    saw(councils.councils_on(date(2026, 11, 22))[:3])
    for value in PLANTED.values():
        saw.attempt(councils.resolve, value)
        saw.attempt(councils.suggest, value)
        saw.attempt(councils.councils_on, value)


@probe
def signatures_and_refusals(saw: Saw) -> None:
    """A signing secret is not repeated, and a plain refusal says nothing of the body."""
    secret, body = PLANTED["signing secret"], PLANTED["name"].encode()
    signatures.hmac_sha256_hex(body, secret)
    signatures.matches(body, "00", secrets=[secret])
    for wrong in (f"{secret}\n", f" {secret}", "", [secret], 7):
        saw.attempt(signatures.hmac_sha256_hex, body, wrong)
        saw.attempt(signatures.matches, body, PLANTED["name"], secrets=[wrong])
        saw.attempt(signatures.matches, body, None, secrets=wrong)
    saw.attempt(signatures.hmac_sha256_hex, PLANTED["name"], secret)
    refusal = platforms.Refusal(
        platform="GOV.UK Pay",
        capability="lg-pay.create_payment",
        status=422,
        body=json.dumps(PLANTED).encode(),
        request_id=None,
        retryable=False,
        attempts=1,
        sent=frozenset(PLANTED.values()),
    )
    saw(refusal)
    saw(platforms.plain_refusal(refusal))
    saw.text("Refusal.text", refusal.text(PLANTED["name"]) or "")
    saw.text("pay", str(refusal.json() is not None))


@probe
def redaction_itself(saw: Saw) -> None:
    """The allow-list replaces what has no safe name, and `without` takes out what was sent."""
    saw.text("redact_fields", repr(redaction.redact_fields(dict(PLANTED))))
    saw.text(
        "redact_fields",
        repr(redaction.redact_fields({name.replace(" ", "_"): v for name, v in PLANTED.items()})),
    )
    text = " and ".join(PLANTED.values())
    saw.text("without", redaction.without(text, redaction.leaves(dict(PLANTED))))


@probe
def our_own_logger(saw: Saw) -> None:
    """Each level, with personal fields and with an exception that holds personal text."""
    log = get_logger("lg_zq").bind(surname=PLANTED["name"])
    saw.text("LgLogger", f"{log!r} {log} {log.is_enabled_for(10)}")
    for write in (log.debug, log.info, log.warning, log.error):
        try:
            dict[str, str]()[PLANTED["name"]]
        except KeyError as error:
            write("lg-zq.failed", exc_info=error, email=PLANTED["e-mail"], status=PLANTED["e-mail"])
            log.exception("lg-zq.failed", postcode=PLANTED["postcode"])


@probe
def the_http_library_cleaned(saw: Saw) -> None:
    """The filter for a host that switches on the HTTP library's own lines."""
    loggers = [logging.getLogger(name) for name in ("httpx", "httpcore.http11", "hpack.hpack")]
    added = redact_http_library()
    alone = RedactingFilter("httpx")
    try:
        for logger in loggers:
            logger.debug("GET https://u:%s@h/x?e=%s", PLANTED["proxy password"], PLANTED["e-mail"])
            logger.debug("exception=%r", OSError(PLANTED["name"]))
        record = loggers[0].makeRecord(
            "httpx", 10, "f", 1, "https://h/?%s", (PLANTED["e-mail"],), None
        )
        alone.filter(record)
        saw.text("RedactingFilter", record.getMessage())
    finally:
        for name in importlib.import_module("lg_core.logs").HTTP_LOGGERS:
            logging.getLogger(name).removeFilter(added)


class _ListReader:
    """Two pages of personal items."""

    def call(self, cursor: str | None, /) -> Call[bytes]:
        """Return the call for a page."""
        return Call(
            "GET", f"/{cursor or 1}", capability="zq.list", read=bytes, repeat=Repeat.ALWAYS
        )

    def items(self, page: bytes, /) -> list[str]:
        """Return what the page lists."""
        return [page.decode(), PLANTED["name"]]

    def next_cursor(self, page: bytes, cursor: str | None, /) -> str | None:
        """Return the cursor of the next page."""
        return None if cursor or not page else "2"


@probe
def lists(saw: Saw) -> None:
    """A list shows where it stands, and not what it lists."""
    body, kind = BODIES["unknown names"]
    echo = EchoTransport(200, body, kind=kind)
    options: dict[str, Any] = {
        "base_url": "http://localhost",
        "authorise": lambda: {"authorization": KEY},
        "transport": echo,
    }
    platform = platforms.Platform(name="Zq", component="lg-pay", version="1")
    saw(platform)
    plain = ApiClient(platform, **options)

    def fetch(call: Call[Any], /) -> Any:
        return plain.exchange(call).value

    pages = Pages(_ListReader(), fetch)
    assert [PLANTED["name"]] == list(pages)[1::2][:1]
    saw(pages)
    saw(plain)
    saw(pages.from_cursor("2"))
    saw(list(map(len, Pages(_ListReader(), fetch).pages())))
    plain.close()
    waiting = AsyncApiClient(platform, **options)

    async def read() -> None:
        async def ask(call: Call[Any], /) -> Any:
            return (await waiting.exchange(call)).value

        listed = AsyncPages(_ListReader(), ask)
        assert 4 == len([item async for item in listed])
        assert 1 == len([page async for page in listed.from_cursor("2").pages()])
        saw(listed)
        await waiting.aclose()

    anyio.run(read)


@probe
def the_sandbox_itself(saw: Saw) -> None:
    """What a test does wrong with the sandbox is said without the card number or the name."""
    with Sandbox() as sandbox:
        payment_id = socket_payment(saw, sandbox)
        for name in PLANTED.values():
            saw.attempt(sandbox.pay.payment, name)
            saw.attempt(sandbox.pay.submit, payment_id, card=name)
            saw.attempt(sandbox.pay.pay, name, card=name)
            saw.attempt(sandbox.pay.faults.add, Fault.SLOW, operation=name)
        sandbox.pay.account.captures_at_once = False
        sandbox.pay.start(payment_id)
        sandbox.pay.submit(payment_id)
        sandbox.pay.pay(payment_id)
        saw.attempt(sandbox.pay.cancel, payment_id)
        saw.attempt(sandbox.pay.expire, payment_id)
        sandbox.pay.fail_capture(payment_id)
        saw.attempt(sandbox.pay.complete_capture, payment_id)
        saw.attempt(sandbox.pay.new_api_key, account=Account("test"))
        sandbox.pay.decline(socket_payment(saw, sandbox))
        saw(list(TEST_CARDS))
        look_at_sandbox(saw, sandbox)
