# SPDX-License-Identifier: MIT
"""The probe of lg_notify.render and lg_notify.letters: personal values in every preview."""

from pay.leak_platforms import probe
from pay.leaks import PLANTED, Saw

from lg_notify import letters, render

VALUES: dict[str, object] = {
    "name": PLANTED["name"],
    "items": [PLANTED["metadata value"], PLANTED["card number"]],
    "address_line_1": PLANTED["name"],
    "address_line_2": PLANTED["address"],
    "postcode": PLANTED["postcode"],
    PLANTED["metadata key"]: PLANTED["reference"],
}
TEMPLATE = (
    f"Dear ((name)), ((items)) ((missing)) {PLANTED['description']} "
    f"(({PLANTED['town']})) qr: {PLANTED['return address']}"
)


@probe
def previews_of_messages(saw: Saw) -> None:
    """A preview holds what is personal, and shows none of it to a log or a debugger."""
    text = render.SmsTemplate(TEMPLATE, prefix=PLANTED["town"])
    saw(text)
    saw.attempt(text.render, VALUES)
    saw.attempt(render.sms, TEMPLATE, VALUES, prefix=PLANTED["town"])
    mail = render.email(TEMPLATE, TEMPLATE, VALUES)
    saw(mail)
    saw.attempt(render.email_page, mail)
    letter = render.letter(
        TEMPLATE,
        f"{TEMPLATE}\n\nqr: {PLANTED['e-mail']} ((name))",
        VALUES,
        contact_block=PLANTED["phone"],
    )
    saw(letter)
    saw(letter.qr_codes)
    saw.attempt(render.fill, TEMPLATE, VALUES)
    saw.attempt(render.placeholders, TEMPLATE)
    saw.attempt(render.sanitise, PLANTED["return address"])


@probe
def times_of_letters(saw: Saw) -> None:
    """What is no instant and no postage is not repeated."""
    saw.attempt(letters.delivery, "2026-03-02T16:00:00Z", "first")
    saw.attempt(letters.delivery, PLANTED["name"], "first")
    saw.attempt(letters.delivery, "2026-03-02T16:00:00", "first")
    saw.attempt(letters.delivery, "2026-03-02T16:00:00Z", PLANTED["name"])
