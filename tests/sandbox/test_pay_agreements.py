"""lg_sandbox.pay.agreements*, .recurring, .idempotency, .card_api: payments without a payer."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.testclient import TestClient

from lg_sandbox import Sandbox
from lg_sandbox.pay import Account, State
from lg_sandbox.pay.agreements import Agreements, AgreementStatus, NewAgreement
from lg_sandbox.pay.agreements_reading import read_agreement_search
from lg_sandbox.pay.errors import Refusal
from lg_sandbox.pay.idempotency import KEPT_FOR, KeyReusedError, Keys, body_digest
from lg_sandbox.pay.model import CardDetails

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
AGREEMENT = {"reference": "CT-1", "description": "Council tax", "user_identifier": "user-1"}
NOBODYS = "a" * 26
CARD = {
    "card_number": "4444333322221111",
    "cvc": "123",
    "expiry_date": "12/39",
    "cardholder_name": "A Payer",
}


def new_agreement(http: TestClient, **changes: Any) -> str:
    """Create an agreement, and return its id."""
    answer = http.post("/v1/agreements", json=AGREEMENT | changes)
    assert 201 == answer.status_code
    return answer.json()["agreement_id"]


def set_up(idle: Sandbox, http: TestClient, *, card: str = "4000056655665556") -> str:
    """Create an agreement, pay its first payment, and return its id."""
    agreement_id = new_agreement(http)
    body = {
        "amount": 1000,
        "reference": "R",
        "description": "D",
        "return_url": "https://council.example/done",
        "set_up_agreement": agreement_id,
        "agreement_payment_type": "instalment",
    }
    payment = http.post("/v1/payments", json=body).json()
    assert agreement_id == payment["agreement_id"]
    idle.pay.pay(payment["payment_id"], card=card)
    return agreement_id


def charge(
    http: TestClient, agreement_id: str, *, key: str | None = None, **changes: Any
) -> tuple[int, dict[str, Any]]:
    """Take a payment under an agreement."""
    body = {
        "amount": 500,
        "reference": "R2",
        "description": "D",
        "authorisation_mode": "agreement",
        "agreement_id": agreement_id,
    }
    headers = {} if key is None else {"Idempotency-Key": key}
    answer = http.post("/v1/payments", json=body | changes, headers=headers)
    return answer.status_code, answer.json()


def test_an_agreement_is_created_and_read(idle: Sandbox, http: TestClient) -> None:
    """201 with everything that was sent; no card and no end yet."""
    agreement_id = new_agreement(http)

    body = http.get(f"/v1/agreements/{agreement_id}").json()

    created = body.pop("created_date")
    assert AGREEMENT | {"agreement_id": agreement_id, "status": "created"} == body
    assert created.endswith("Z")
    assert (agreement_id, "test") == (idle.pay.agreements[0].id, idle.pay.agreements[0].account)
    assert "CT-1" not in repr(idle.pay.agreements)


@pytest.mark.parametrize(
    ("body", "status", "code", "field"),
    [
        (b"", 400, "P0920", None),
        (b"{", 400, "P2197", None),
        (b"[]", 400, "P2101", "reference"),
        (b'{"reference": " "}', 400, "P2101", "reference"),
        (b'{"reference": 1}', 400, "P2102", "reference"),
        (b'{"reference": "R"}', 400, "P2101", "description"),
        (b'{"reference": "%s", "description": "D"}' % (b"R" * 256), 422, "P2102", "reference"),
        (
            b'{"reference": "R", "description": "D", "user_identifier": ""}',
            422,
            "P2102",
            "user_identifier",
        ),
    ],
)
def test_a_wrong_agreement_is_refused(
    *, http: TestClient, body: bytes, status: int, code: str, field: str | None
) -> None:
    """Each fault has Pay's status, code and field."""
    answer = http.post("/v1/agreements", content=body, headers={"Content-Type": "application/json"})

    assert (status, code, field) == (
        answer.status_code,
        answer.json()["code"],
        answer.json().get("field"),
    )


def test_an_account_without_recurring_payments_gets_none(idle: Sandbox, http: TestClient) -> None:
    """422 P0942, also where a payment would set one up."""
    idle.pay.account.recurring_enabled = False

    answer = http.post("/v1/agreements", json=AGREEMENT)

    assert (422, "P0942") == (answer.status_code, answer.json()["code"])


def test_another_account_sees_no_agreement(idle: Sandbox, http: TestClient) -> None:
    """404 with the code of each operation, and an empty search."""
    agreement_id = set_up(idle, http)
    other = {"Authorization": f"Bearer {idle.pay.new_api_key(account=Account('other'))}"}

    answers = [
        http.get(f"/v1/agreements/{agreement_id}", headers=other),
        http.post(f"/v1/agreements/{agreement_id}/cancel", headers=other),
    ]

    assert [(404, "P2200"), (404, "P2500")] == [
        (each.status_code, each.json()["code"]) for each in answers
    ]
    assert 0 == http.get("/v1/agreements", headers=other).json()["total"]


def test_the_first_payment_stores_the_card(idle: Sandbox, http: TestClient) -> None:
    """The agreement is active, and shows what Pay keeps of the card."""
    agreement_id = set_up(idle, http)

    body = http.get(f"/v1/agreements/{agreement_id}").json()

    assert "active" == body["status"]
    assert "card" == body["payment_instrument"]["type"]
    assert "5556" == body["payment_instrument"]["card_details"]["last_digits_card_number"]


def test_a_first_payment_that_fails_stores_nothing(idle: Sandbox, http: TestClient) -> None:
    """The agreement waits for another try."""
    agreement_id = set_up(idle, http, card="4000000000000002")

    body = http.get(f"/v1/agreements/{agreement_id}").json()

    assert ("created", False) == (body["status"], "payment_instrument" in body)


def test_delayed_capture_stores_the_card_at_capture(idle: Sandbox, http: TestClient) -> None:
    """Until the payment is a success nothing is stored."""
    agreement_id = new_agreement(http)
    body = {
        "amount": 1000,
        "reference": "R",
        "description": "D",
        "return_url": "https://council.example/done",
        "set_up_agreement": agreement_id,
        "delayed_capture": True,
    }
    payment_id = http.post("/v1/payments", json=body).json()["payment_id"]
    idle.pay.pay(payment_id)
    before = idle.pay.agreements[0].status

    idle.pay.capture(payment_id)

    assert ("created", "active") == (before, idle.pay.agreements[0].status)


def test_setting_up_an_agreement_that_is_nobodys_is_refused(http: TestClient) -> None:
    """400 P0103."""
    body = {
        "amount": 1,
        "reference": "R",
        "description": "D",
        "return_url": "https://council.example",
    }

    answer = http.post("/v1/payments", json=body | {"set_up_agreement": NOBODYS})

    assert (400, "P0103", "set_up_agreement") == (
        answer.status_code,
        answer.json()["code"],
        answer.json()["field"],
    )


def test_a_payment_under_an_agreement_is_charged_at_once(idle: Sandbox, http: TestClient) -> None:
    """201 says `created`, as Pay does; the next look says success. Nobody has a link to it."""
    agreement_id = set_up(idle, http)

    status, first = charge(http, agreement_id)
    seen = http.get(f"/v1/payments/{first['payment_id']}").json()

    assert (201, "created") == (status, first["state"]["status"])
    assert ("success", "agreement") == (seen["state"]["status"], seen["authorisation_mode"])
    assert "can_retry" not in seen["state"]
    assert agreement_id == seen["agreement_id"]
    assert "next_url" not in first["_links"]
    assert first["_links"]["cancel"] is None
    assert [1000, 500] == [each.amount for each in idle.pay.charges]


@pytest.mark.parametrize(
    "changes",
    [
        {"return_url": "https://council.example"},
        {"email": "a@example.org"},
        {"prefilled_cardholder_details": {"cardholder_name": "A"}},
        {"set_up_agreement": NOBODYS},
    ],
)
def test_what_needs_a_payer_is_refused_under_an_agreement(
    idle: Sandbox, http: TestClient, changes: dict[str, Any]
) -> None:
    """400 P0104, and nothing is charged."""
    agreement_id = set_up(idle, http)

    status, error = charge(http, agreement_id, **changes)

    assert (400, "P0104", 1) == (status, error["code"], len(idle.pay.charges))


def test_an_agreement_without_a_card_takes_no_payment(idle: Sandbox, http: TestClient) -> None:
    """400 P0102, for an unknown one too."""
    agreement_id = new_agreement(http)

    refused = [charge(http, agreement_id), charge(http, NOBODYS)]

    assert [(400, "P0102")] * 2 == [(status, error["code"]) for status, error in refused]
    assert not idle.pay.payments


def test_the_later_failure_card_fails_later(idle: Sandbox, http: TestClient) -> None:
    """The first payment succeeds, the next fails and may be tried again."""
    agreement_id = set_up(idle, http, card="5105105105105100")

    _, failed = charge(http, agreement_id)
    state = http.get(f"/v1/payments/{failed['payment_id']}").json()["state"]

    assert ("failed", "P0010", True) == (state["status"], state["code"], state["can_retry"])
    assert "active" == idle.pay.agreements[0].status


def test_a_card_refused_for_good_ends_the_agreement(idle: Sandbox, http: TestClient) -> None:
    """can_retry is false, the agreement inactive; a new first payment makes it active again."""
    agreement_id = set_up(idle, http)
    idle.pay.decline_next(agreement_id, can_retry=False)

    _, failed = charge(http, agreement_id)
    status, error = charge(http, agreement_id)

    assert idle.pay.payment(failed["payment_id"]).can_retry is False
    assert AgreementStatus.INACTIVE is idle.pay.agreements[0].status
    assert (400, "P0102") == (status, error["code"])
    body = {
        "amount": 1,
        "reference": "R",
        "description": "D",
        "return_url": "https://council.example",
    }
    again = http.post("/v1/payments", json=body | {"set_up_agreement": agreement_id}).json()
    idle.pay.pay(again["payment_id"])
    assert AgreementStatus.ACTIVE is idle.pay.agreements[0].status


def test_a_decline_that_may_be_tried_again_is_over_once(idle: Sandbox, http: TestClient) -> None:
    """The next payment succeeds."""
    agreement_id = set_up(idle, http)
    idle.pay.decline_next(agreement_id)

    ids = [charge(http, agreement_id)[1]["payment_id"] for _ in range(2)]

    assert [True, None] == [idle.pay.payment(each).can_retry for each in ids]
    assert State.CAPTURED is idle.pay.payment(ids[1]).state


def test_declining_for_an_unknown_agreement_is_a_mistake(idle: Sandbox) -> None:
    """The error says where to look."""
    with pytest.raises(LookupError, match=r"sandbox\.pay\.agreements"):
        idle.pay.decline_next(NOBODYS)


def test_only_an_active_agreement_is_cancelled(idle: Sandbox, http: TestClient) -> None:
    """204, then 400 P2501; a cancelled one takes no payment and no new card."""
    created, active = new_agreement(http), set_up(idle, http)

    answers = [
        http.post(f"/v1/agreements/{each}/cancel", content=b"")
        for each in (created, active, active)
    ]

    assert [400, 204, 400] == [each.status_code for each in answers]
    assert "P2501" == answers[2].json()["code"]
    body = http.get(f"/v1/agreements/{active}").json()
    assert ("cancelled", True) == (body["status"], "cancelled_date" in body)
    assert 400 == charge(http, active)[0]


def test_a_cancelled_agreement_stays_cancelled() -> None:
    """A card that comes too late is not stored."""
    agreements = Agreements()
    agreement = agreements.create(NewAgreement("R", "D"), account="test", now=NOON)
    agreements.store_card(agreement.id, CardDetails(), now=NOON)
    agreements.cancel(agreement.id, account="test", now=NOON)

    late = agreements.store_card(agreement.id, CardDetails(), now=NOON)

    assert (AgreementStatus.CANCELLED, AgreementStatus.CANCELLED) == (
        late.status,
        agreements.refused(agreement.id, can_retry=False).status,
    )


def test_a_search_finds_by_reference_and_status(idle: Sandbox, http: TestClient) -> None:
    """Newest first, whatever the case of the reference; both conditions hold."""
    first, second = new_agreement(http), new_agreement(http, reference="ct-1")
    active = set_up(idle, http)
    new_agreement(http, reference="other")

    def found(**query: str) -> list[str]:
        return [
            each["agreement_id"]
            for each in http.get("/v1/agreements", params=query).json()["results"]
        ]

    assert [active, second, first] == found(reference="CT-1")
    assert [active] == found(reference="CT-1", status="active")


@given(total=st.integers(0, 12), size=st.integers(1, 5))
def test_the_pages_of_a_search_hold_everything_once(total: int, size: int) -> None:
    """Following page numbers to the last page gives each agreement once; the next is 404 P2402."""
    sandbox = Sandbox()
    sandbox.pay.account.rate_limited = False
    key = {"Authorization": f"Bearer {sandbox.pay.api_key}"}
    http = TestClient(sandbox.pay.app, base_url="http://pay", headers=key)
    made = [new_agreement(http) for _ in range(total)]

    found: list[str] = []
    page = 0
    links: dict[str, Any] = {"next_page": {}}
    while "next_page" in links:
        page += 1
        body = http.get("/v1/agreements", params={"page": page, "display_size": size}).json()
        links = body["_links"]
        found += [each["agreement_id"] for each in body["results"]]
        assert (len(body["results"]), total, page) == (body["count"], body["total"], body["page"])
    past = http.get("/v1/agreements", params={"page": page + 1, "display_size": size})

    assert made[::-1] == found
    assert (404, "P2402") == (past.status_code, past.json()["code"])


@pytest.mark.parametrize(
    ("query", "named"),
    [
        ((("page", "0"),), "page"),
        ((("page", "x"),), "page"),
        ((("display_size", "501"),), "display_size"),
        ((("display_size", "9" * 5000),), "display_size"),
        ((("status", "CREATED"),), "status"),
        ((("reference", "r" * 256),), "reference"),
        ((("page", "-1"), ("status", "gone")), "status, page"),
    ],
)
def test_wrong_parameters_are_named(query: tuple[tuple[str, str], ...], named: str) -> None:
    """422 P2401 names every parameter at fault."""
    with pytest.raises(Refusal) as caught:
        read_agreement_search(query)

    error = caught.value.error
    assert (422, "P2401") == (error.code.status, error.code.code)
    assert f"Invalid parameters: {named}." in error.description


def test_the_same_key_and_body_give_the_first_payment(idle: Sandbox, http: TestClient) -> None:
    """200 with its present state, and one charge, for 24 hours."""
    agreement_id = set_up(idle, http)
    first = charge(http, agreement_id, key="k-1")

    again = charge(http, agreement_id, key="k-1")
    other = charge(http, agreement_id, key="k-1", amount=501)
    idle.clock.advance(timedelta(hours=24))
    late = charge(http, agreement_id, key="k-1")

    assert (201, 200) == (first[0], again[0])
    assert (first[1]["payment_id"], "success") == (
        again[1]["payment_id"],
        again[1]["state"]["status"],
    )
    assert (409, "P0191") == (other[0], other[1]["code"])
    assert (201, False) == (late[0], late[1]["payment_id"] == first[1]["payment_id"])
    assert [1000, 500, 500] == [each.amount for each in idle.pay.charges]


def test_a_replay_outlives_the_agreement(idle: Sandbox, http: TestClient) -> None:
    """A repeat is answered although no new payment could be taken."""
    agreement_id = set_up(idle, http)
    first = charge(http, agreement_id, key="k-1")
    http.post(f"/v1/agreements/{agreement_id}/cancel", content=b"")

    assert (200, first[1]["payment_id"]) == (
        (again := charge(http, agreement_id, key="k-1"))[0],
        again[1]["payment_id"],
    )


def test_the_key_counts_for_nothing_with_a_payer(idle: Sandbox, http: TestClient) -> None:
    """In web mode Pay takes the header and ignores it."""
    body = {
        "amount": 1,
        "reference": "R",
        "description": "D",
        "return_url": "https://council.example",
    }

    for _ in range(2):
        http.post("/v1/payments", json=body, headers={"Idempotency-Key": "k-1"})

    assert 2 == len(idle.pay.payments)


@given(
    steps=st.lists(
        st.tuples(
            st.sampled_from(["a", "b"]),
            st.sampled_from(["one", "two"]),
            st.integers(0, 30),
        ),
        max_size=30,
    )
)
def test_a_key_makes_one_payment_in_24_hours(steps: list[tuple[str, str, int]]) -> None:
    """Against a model: a first use, a replay, or a conflict, and nothing else."""
    keys, model, now = Keys(), dict[str, tuple[str, str, datetime]](), NOON
    for number, (key, digest, hours) in enumerate(steps):
        now += timedelta(hours=hours)
        known = model.get(key)
        if known is not None and now - known[2] >= KEPT_FOR:
            known = None
        if known is not None and known[0] != digest:
            with pytest.raises(KeyReusedError):
                keys.first(key, account="test", digest=digest, now=now)
            continue
        first = keys.first(key, account="test", digest=digest, now=now)
        assert (None if known is None else known[1]) == first
        assert keys.first(key, account="other", digest=digest, now=now) is None
        if first is None:
            keys.note(key, account="test", digest=digest, payment_id=str(number), now=now)
            model[key] = (digest, str(number), now)


def test_the_same_json_has_the_same_digest() -> None:
    """Spaces and order do not count; values do."""
    assert body_digest(b'{"a": 1, "b": [2]}') == body_digest(b'{ "b":[2],"a":1}')
    assert body_digest(b'{"a": 1}') != body_digest(b'{"a": "1"}')


def moto(idle: Sandbox, http: TestClient) -> tuple[str, str]:
    """Create a payment whose card the service sends; return its id and token."""
    idle.pay.account.moto_api_enabled = True
    body = {
        "amount": 700,
        "reference": "R",
        "description": "D",
        "authorisation_mode": "moto_api",
    }
    payment = http.post("/v1/payments", json=body).json()
    token = payment["_links"]["auth_url_post"]["params"]["one_time_token"]
    return payment["payment_id"], token


def send_card(http: TestClient, token: str | None, **changes: str | None) -> tuple[int, Any]:
    """Send card details without a Bearer key."""
    body = {"one_time_token": token} | CARD | changes
    sent = {name: value for name, value in body.items() if value is not None}
    answer = TestClient(http.app, base_url="http://pay").post("/v1/auth", json=sent)
    return answer.status_code, answer.json() if answer.content else None


def test_a_card_sent_by_the_service_is_charged(idle: Sandbox, http: TestClient) -> None:
    """204, a success, and the token is used up."""
    payment_id, token = moto(idle, http)

    done, again = send_card(http, token), send_card(http, token)

    assert (204, None) == done
    assert (400, "P1212") == (again[0], again[1]["code"])
    paid = idle.pay.payment(payment_id)
    assert paid.card is not None
    assert ("success", "1111", 1) == (
        paid.status,
        paid.card.last_digits,
        len(idle.pay.charges),
    )


@pytest.mark.parametrize(
    ("card", "status", "code", "state"),
    [
        ("4000000000000002", 402, "P0010", State.REJECTED),
        ("4000000000000119", 500, "P0050", State.ERROR),
        ("4999999999999999", 402, "P0010", State.CREATED),
        ("6759649826438453", 402, "P0010", State.CREATED),
    ],
)
def test_a_card_that_does_not_work_says_so(
    *, idle: Sandbox, http: TestClient, card: str, status: int, code: str, state: State
) -> None:
    """A refused number leaves the token good for another card."""
    payment_id, token = moto(idle, http)

    answer = send_card(http, token, card_number=card)

    assert (status, code) == (answer[0], answer[1]["code"])
    assert state is idle.pay.payment(payment_id).state
    assert (204 if state is State.CREATED else 400) == send_card(http, token)[0]


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"card_number": None}, "P0101", "card_number"),
        ({"card_number": "4" * 11}, "P0102", "card_number"),
        ({"cvc": "12"}, "P0102", "cvc"),
        ({"expiry_date": "13/39"}, "P0102", "expiry_date"),
        ({"expiry_date": "01/20"}, "P0102", "expiry_date"),
        ({"cardholder_name": " "}, "P0101", "cardholder_name"),
        ({"cardholder_name": "n" * 256}, "P0102", "cardholder_name"),
    ],
)
def test_wrong_card_details_are_422(
    *, idle: Sandbox, http: TestClient, changes: dict[str, str | None], code: str, field: str
) -> None:
    """Code and field, and the token stays good."""
    _, token = moto(idle, http)

    status, error = send_card(http, token, **changes)

    assert (422, code, field) == (status, error["code"], error["field"])
    assert 204 == send_card(http, token)[0]


def test_a_token_that_is_none_is_refused(idle: Sandbox, http: TestClient) -> None:
    """Unknown, of a web payment, or of a payment that ended: P1211. Bad JSON and nothing too."""
    payment_id, token = moto(idle, http)
    idle.pay.expire(payment_id)
    web = http.post(
        "/v1/payments",
        json={
            "amount": 1,
            "reference": "R",
            "description": "D",
            "return_url": "https://council.example",
        },
    ).json()["_links"]["next_url_post"]["params"]["chargeTokenId"]

    answers = [send_card(http, each) for each in ("none", web, token)]

    assert [(400, "P1211")] * 3 == [(status, error["code"]) for status, error in answers]
    headers = {"Content-Type": "application/json"}
    codes = [
        http.post("/v1/auth", content=body, headers=headers).json()["code"] for body in (b"", b"{")
    ]
    assert ["P0920", "P0197"] == codes
