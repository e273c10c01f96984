# SPDX-License-Identifier: MIT
"""Check a request to create a payment, in Pay's order and with Pay's codes.

Order (publicapi code, `RequestJsonParser`, then the bean validation of
`CreateCardPaymentRequest`, then connector code, `ChargeService`):

1. the body is JSON (400 P0197),
2. attributes are there and of the right type, one after the other (400 P0101, P0102, P0104),
3. sizes, and the Idempotency-Key header (422 P0102),
4. what the account may do (403, 422, 400).

Attributes that Pay does not know are ignored: its parser takes only the ones it looks for.
"""

import json
import re
from dataclasses import dataclass
from typing import Any, cast
from urllib.parse import urlsplit

from lg_sandbox.pay._metadata import Pairs, read_metadata
from lg_sandbox.pay.errors import Code, Refusal
from lg_sandbox.pay.model import Account, Address, AuthorisationMode, CardDetails

__all__ = ["NewPayment", "read_new_payment"]

_INT32 = range(-(2**31), 2**31)
# publicapi code, `RequestJsonParser.NAXSI_NOT_ALLOWED_CHARACTERS`
_FORBIDDEN = frozenset("<>|")
# spec, `createPayment` parameter; publicapi code for the length
_KEY_PATTERN = re.compile(r"[A-Za-z0-9-]*")
_KEY_LONGEST = 255
_AGREEMENT_ID_LENGTH = 26
_PAYMENT_TYPES = ("instalment", "recurring", "unscheduled")
_MODES = tuple(AuthorisationMode)
_TOO_LONG = "Must be less than or equal to {} characters length"


@dataclass(frozen=True, slots=True)
class NewPayment:
    """A request to create a payment that passed every check."""

    amount: int
    reference: str
    description: str
    return_url: str | None
    language: str
    delayed_capture: bool
    moto: bool
    authorisation_mode: AuthorisationMode
    email: str | None
    metadata: Pairs
    card: CardDetails | None
    set_up_agreement: str | None = None
    agreement_id: str | None = None


@dataclass(slots=True)
class _Body:
    """The JSON object, read attribute by attribute as Pay's parser does."""

    values: dict[str, Any]

    def has(self, name: str) -> bool:
        return name in self.values

    def text(self, name: str, *, wrong: str = "Field must be a string") -> str | None:
        """An optional string: null counts as absent (publicapi code, `validateSkipNull...`)."""
        value = self.values.get(name)
        if value is None:
            return None
        if not isinstance(value, str):
            raise Refusal(Code.INVALID_TYPE, name, wrong, field=name)
        return value

    def needed_text(self, name: str) -> str:
        """A string that must be there and not blank."""
        value = self.text(name, wrong="Must be a valid string format")
        if value is None or not value.strip():
            raise Refusal(Code.MISSING, name, field=name)
        return value

    def choice(self, name: str, wrong: str) -> str | None:
        """An optional word: null and blank are 400, an unknown word is for the caller to refuse."""
        if name not in self.values:
            return None
        value = self.text(name, wrong=wrong)
        if value is None or not value.strip():
            raise Refusal(Code.INVALID_TYPE, name, wrong, field=name)
        return value

    def flag(self, name: str) -> bool:
        """An optional boolean; null is refused."""
        value = self.values.get(name, False)
        if not isinstance(value, bool):
            raise Refusal(Code.INVALID_TYPE, name, "Must be true or false", field=name)
        return value

    def part(self, name: str) -> "_Body":
        """A nested object; anything else has no attributes (publicapi code, `JsonNode.has`)."""
        value = self.values.get(name)
        return _Body(cast("dict[str, Any]", value) if isinstance(value, dict) else {})


def read_new_payment(
    body: bytes,
    *,
    idempotency_key: str | None,
    account: Account,
) -> NewPayment:
    """Check a request and return what it asks for.

    Args:
        body: the body as it came.
        idempotency_key: the header `Idempotency-Key`, where it was sent.
        account: whose key was used.

    Returns:
        The payment to create.

    Raises:
        Refusal: with the error that Pay answers.
    """
    source = _parse(body)
    new = _read(source)
    _check_key(idempotency_key)
    _check_sizes(new, source)
    _check_account(new, source, account)
    return new


def _parse(body: bytes) -> _Body:
    if not body:
        # API reference: a firewall refuses an empty POST body.
        raise Refusal(Code.BLOCKED)
    try:
        value: object = json.loads(body)
    except (ValueError, RecursionError):
        raise Refusal(Code.NOT_JSON) from None
    return _Body(cast("dict[str, Any]", value) if isinstance(value, dict) else {})


def _read(source: _Body) -> NewPayment:
    """Step 2, in the order of publicapi code, `parsePaymentRequest`."""
    amount = _amount(source)
    reference = _plain(source, "reference")
    description = _plain(source, "description")
    return_url = source.text("return_url", wrong="Must be a valid URL format")
    moto = source.flag("moto")
    mode = _mode(source)
    set_up, agreement_id = _agreement(source, mode)
    language = _language(source)
    delayed_capture = source.flag("delayed_capture")
    email = source.text("email")
    card = _prefilled(source)
    metadata = read_metadata(source.values["metadata"]) if source.has("metadata") else ()
    return NewPayment(
        amount=amount,
        reference=reference,
        description=description,
        return_url=return_url,
        language=language,
        delayed_capture=delayed_capture,
        moto=moto,
        authorisation_mode=mode,
        email=email,
        metadata=metadata,
        card=card,
        set_up_agreement=set_up,
        agreement_id=agreement_id,
    )


def _amount(source: _Body) -> int:
    value = source.values.get("amount")
    if value is None:
        raise Refusal(Code.MISSING, "amount", field="amount")
    # publicapi code: `JsonNode.isInt`, so a float, a string and more than 32 bits are refused.
    if not isinstance(value, int) or isinstance(value, bool) or value not in _INT32:
        raise Refusal(Code.INVALID_TYPE, "amount", "Must be a valid numeric format", field="amount")
    return value


def _plain(source: _Body, name: str) -> str:
    value = source.needed_text(name)
    if _FORBIDDEN.intersection(value):
        raise Refusal(Code.INVALID_TYPE, name, "Must be a valid string format", field=name)
    return value


def _mode(source: _Body) -> AuthorisationMode:
    name = "authorisation_mode"
    wrong = "Must be one of " + ", ".join(_MODES)
    word = source.choice(name, wrong)
    if word is None:
        return AuthorisationMode.WEB
    if word not in _MODES:
        raise Refusal(Code.INVALID_VALUE, name, wrong, field=name)
    return AuthorisationMode(word)


def _agreement(source: _Body, mode: AuthorisationMode) -> tuple[str | None, str | None]:
    """Read `set_up_agreement` and `agreement_id`, and check `agreement_payment_type`."""
    agreement_id = None
    if source.has("agreement_id"):
        if mode is not AuthorisationMode.AGREEMENT:
            raise Refusal(Code.UNEXPECTED, "agreement_id")
        agreement_id = source.needed_text("agreement_id")
    set_up = None
    if source.has("set_up_agreement"):
        # spec, `set_up_agreement`: only with a payer on our pages.
        if mode is not AuthorisationMode.WEB:
            raise Refusal(Code.UNEXPECTED, "set_up_agreement")
        set_up = source.text("set_up_agreement")
    name = "agreement_payment_type"
    wrong = "Must be one of " + ", ".join(_PAYMENT_TYPES)
    word = source.choice(name, wrong)
    if word is None:
        return set_up, agreement_id
    if not source.has("set_up_agreement") and mode is not AuthorisationMode.AGREEMENT:
        raise Refusal(Code.UNEXPECTED, name)
    if word not in _PAYMENT_TYPES:
        raise Refusal(Code.INVALID_VALUE, name, wrong, field=name)
    return set_up, agreement_id


def _language(source: _Body) -> str:
    wrong = 'Must be "en" or "cy"'
    word = source.choice("language", wrong)
    if word is None:
        return "en"
    if word not in {"en", "cy"}:
        raise Refusal(Code.INVALID_VALUE, "language", wrong, field="language")
    return word


def _prefilled(source: _Body) -> CardDetails | None:
    if not source.has("prefilled_cardholder_details"):
        return None
    details = source.part("prefilled_cardholder_details")
    name = details.text("cardholder_name")
    given = details.part("billing_address")
    address = Address(
        line1=given.text("line1"),
        line2=given.text("line2"),
        city=given.text("city"),
        postcode=given.text("postcode"),
        country=given.text("country"),
    )
    return CardDetails(
        cardholder_name=name,
        billing_address=address if address != Address() else None,
    )


def _check_key(key: str | None) -> None:
    if key is None:
        return
    if not 1 <= len(key) <= _KEY_LONGEST:
        text = "Header [Idempotency-Key] can have a size between 1 and 255"
    elif not _KEY_PATTERN.fullmatch(key):
        text = "Header [Idempotency-Key] can only contain alphanumeric characters and hyphens"
    else:
        return
    raise Refusal(Code.INVALID_HEADER, text, header="Idempotency-Key")


def _check_sizes(new: NewPayment, source: _Body) -> None:
    """Step 3 (spec and publicapi code, `CreateCardPaymentRequest`)."""
    if new.amount < 0:
        # publicapi code: the text says 1 although 0 is let through to the account's rules.
        _refuse("amount", "Must be greater than or equal to 1")
    if new.amount > 10_000_000:  # noqa: PLR2004 -- the spec's number, with its source above
        _refuse("amount", "Must be less than or equal to 10000000")
    address = (new.card and new.card.billing_address) or Address()
    sizes = (
        ("reference", new.reference, 255),
        ("description", new.description, 255),
        ("email", new.email, 254),
        ("return_url", new.return_url, 2000),
        ("cardholder_name", new.card.cardholder_name if new.card else None, 255),
        ("line1", address.line1, 255),
        ("line2", address.line2, 255),
        ("postcode", address.postcode, 25),
        ("city", address.city, 255),
    )
    for name, value, longest in sizes:
        if value is not None and len(value) > longest:
            _refuse(name, _TOO_LONG.format(longest))
    for name in ("set_up_agreement", "agreement_id"):
        value = source.values.get(name)
        if isinstance(value, str) and len(value) != _AGREEMENT_ID_LENGTH:
            _refuse(name, f"Field [{name}] length must be {_AGREEMENT_ID_LENGTH}")


def _refuse(name: str, text: str) -> None:
    raise Refusal(Code.INVALID_VALUE, name, text, field=name)


def _check_account(new: NewPayment, source: _Body, account: Account) -> None:
    """Step 4: what the services behind the API refuse."""
    if account.disabled:
        raise Refusal(Code.ACCOUNT_DISABLED)
    if new.amount < account.minimum:
        _refuse("amount", f"Must be greater than or equal to {max(account.minimum, 1)}")
    if new.amount > account.maximum:
        _refuse("amount", f"Must be less than or equal to {account.maximum}")
    if new.moto and not account.moto_enabled:
        raise Refusal(Code.MOTO_OFF)
    if new.authorisation_mode is AuthorisationMode.MOTO_API and not account.moto_api_enabled:
        raise Refusal(Code.MOTO_API_OFF)
    _check_agreement(new, source, account)
    _check_return_url(new, account)


def _check_agreement(new: NewPayment, source: _Body, account: Account) -> None:
    # spec, `authorisation_mode`: what must not come with `agreement`. Whether the agreement
    # exists is asked in `recurring`.
    if new.set_up_agreement is not None and not account.recurring_enabled:
        raise Refusal(Code.RECURRING_OFF)
    if new.authorisation_mode is not AuthorisationMode.AGREEMENT:
        return
    if not account.recurring_enabled:
        raise Refusal(Code.RECURRING_OFF)
    if not source.has("agreement_id"):
        raise Refusal(Code.MISSING, "agreement_id")
    unexpected = {
        "return_url": new.return_url is not None,
        "email": new.email is not None,
        "prefilled_cardholder_details": new.card is not None,
        "moto": new.moto,
    }
    for name, sent in unexpected.items():
        if sent:
            raise Refusal(Code.UNEXPECTED, name)


def _check_return_url(new: NewPayment, account: Account) -> None:
    if new.authorisation_mode is not AuthorisationMode.WEB:
        if new.return_url is not None:
            raise Refusal(Code.UNEXPECTED, "return_url")
        return
    if new.return_url is None:
        raise Refusal(Code.MISSING, "return_url")
    if not _is_url(new.return_url):
        raise Refusal(Code.INVALID_VALUE, "return_url", "Must be a valid URL format")
    # API reference, P0920: a live account's return_url must be https.
    if account.live and not new.return_url.lower().startswith("https://"):
        raise Refusal(Code.NOT_HTTPS, field="return_url")


def _is_url(value: str) -> bool:
    try:
        parts = urlsplit(value)
        _ = parts.port  # a port that is no number raises here
    except ValueError:
        return False
    return (
        parts.scheme.lower() in {"http", "https"}
        and bool(parts.hostname)
        and not any(character.isspace() or ord(character) < 0x20 for character in value)  # noqa: PLR2004 -- the first printable character
    )
