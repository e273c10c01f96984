"""Probes of counting, texts, records, endpoints and addresses: nothing planted comes to light."""

import tempfile
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from core.telemetry_settings import BRISTOL, DONE, GARDEN, as_new, counting
from pay.leak_platforms import probe
from pay.leaks import PLANTED, Saw

from lg_core import Postcode, Uprn
from lg_core.endpoints import FORM_TYPE, Endpoint, Fields, Reply, Request, read_fields
from lg_core.errors import LgError
from lg_core.postal import NoUprn, PostalAddress
from lg_core.records import MemoryRecords, RecordChangedError
from lg_core.telemetry import (
    Component,
    Report,
    Sdk,
    TelemetrySettings,
    Use,
    acting_for,
    configure,
    flush,
    report,
    reports,
    status,
)
from lg_core.texts import Catalogue, Plural, Text

__all__: list[str] = []


def _empty(_request: Request) -> Reply:
    return Reply()


@probe
def counting_use(saw: Saw) -> None:
    """Whatever is given to counting, neither a report nor the spool nor a warning repeats it."""
    with tempfile.TemporaryDirectory() as folder, as_new():
        for value in PLANTED.values():
            for name in ("mode", "council", "councils", "supplier", "product", "environment"):
                saw(configure(counting(Path(folder), **{name: value})))
            saw(configure(counting(endpoint=value, spool=None)))
            saw(configure(counting(spool=None, endpoint=None, council=value)))
            saw.attempt(Component, value, version=value, capabilities=(value,))
            saw.attempt(Component, "lg-zq", version=f"1.0+{value}", capabilities=())
        saw(TelemetrySettings.from_env({"LG_TELEMETRY": PLANTED["name"]}))
        saw(configure(counting(Path(folder))))
        saw(status())
        for value in PLANTED.values():
            saw.attempt(acting_for, value, lgsl=530)
            saw.attempt(acting_for, BRISTOL, lgsl=value)
            saw.attempt(report, council=value)
            GARDEN.count(value)
            GARDEN.count(DONE, outcome=value)  # type: ignore[arg-type]
        with acting_for(BRISTOL, lgsl=530, lgil=8):
            GARDEN.count(DONE)
        flush()
        for path in Path(folder).iterdir():
            saw.text(path.name, path.read_text("utf-8"))
        for made in reports():
            saw(made)
            saw.text("report", made.to_bytes().decode())
            saw.text("report id", str(made.content_id()))
        content = report(day=date(2026, 1, 1)).model_dump(exclude={"schema_name", "report_id"})
        saw.attempt(Report.make, **content)
        saw(Sdk(lg_core="1.0", python="3.11"))
        saw(GARDEN)
        use = reports()[0].uses[0].model_dump()
        saw(Use(**use))


@probe
def texts_of_a_catalogue(saw: Saw) -> None:
    """A slot's value is a resident's: it stands in the text, and in no error."""
    catalogue = Catalogue.from_toml(
        '[hello]\nen = "Hello {person} {more}"\n[n.en]\none = "{n}"\nother = "{n}s"\n'
    )
    saw(catalogue)
    saw(catalogue.override(Catalogue({"hello": Text("Dear {person} {more}")})))
    saw(catalogue.drafts())
    saw.attempt(Catalogue.of_package, "lg_core", "no_texts.toml")
    for value in PLANTED.values():
        saw.attempt(catalogue.say, "hello", person=value)
        saw.attempt(Text("{person} {more}").text, value, person=value)
        saw.attempt(Plural({"one": "{a}", "other": "{a}"}, {}).text, n=2, b=value)


@probe
def records_of_a_session(saw: Saw) -> None:
    """A record shows neither its key nor what it holds, and a lost race says neither."""
    store = MemoryRecords()
    later = datetime.now(UTC) + timedelta(hours=1)
    for value in PLANTED.values():
        saved = store.save("zq", value, data={value: value}, expected=None, expires_at=later)
        saw.text("record", repr(saved))
        saw.attempt(store.save, "zq", value, data={}, expected=None, expires_at=later)
        saw.text("record", repr(store.load("zq", value)))
        store.remove("zq", value)
    saw(RecordChangedError("zq"))


@probe
def requests_of_a_browser(saw: Saw) -> None:
    """A request and a reply show nothing that a person sent or is sent."""
    for value in PLANTED.values():
        fields = Fields([("zq", value)])
        assert ((value,), (("zq", value),)) == (fields.all("zq"), fields.pairs())
        request = Request(
            "POST",
            f"/{value}",
            params={"zq": value},
            query=fields,
            headers={"content-type": FORM_TYPE, "cookie": value},
            cookies={"zq": value},
            body=f"zq={value}%ff".encode(),
        )
        saw.text("request", repr(request))
        saw.attempt(request.form)
        saw.attempt(read_fields, f"\xff{value}".encode("latin-1", "replace"))
        assert value in request.url(f"/{value}")
        for reply in (Reply.html(value), Reply.plain(value), Reply.see_other(value)):
            saw.text("reply", repr(reply.with_headers(("x-zq", value))))
        saw.attempt(Endpoint, "GET", f"/ {value}", _empty, name="zq")
    with suppress(LgError):
        saw.text("fields", repr(read_fields(f"zq={PLANTED['name']}".encode())))


@probe
def an_address(saw: Saw) -> None:
    """An address shows nothing of itself, right or wrong."""
    lines = (PLANTED["address"], PLANTED["town"])
    whole = PostalAddress(lines, Postcode("ZE1 0AA"), no_uprn=NoUprn.TYPED_IN)
    assert PLANTED["town"] in whole.one_line()
    assert PLANTED["town"] in whole.all_lines()
    saw.text("address", repr(whole))
    saw.attempt(PostalAddress, lines)
    saw.attempt(PostalAddress, (*lines, " "), no_uprn=NoUprn.ABROAD)
    saw.attempt(PostalAddress, lines, uprn=Uprn("1"), no_uprn=NoUprn.ABROAD)
