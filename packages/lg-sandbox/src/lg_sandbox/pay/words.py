# SPDX-License-Identifier: MIT
"""The words on the payer's pages, in English and Welsh, as whole sentences.

The Welsh is a draft: no Welsh speaker has reviewed it. These pages are for developers, and say so.
"""

from collections.abc import Mapping

__all__ = ["Words", "words"]

Words = Mapping[str, str]

_ENGLISH: Words = {
    "notice": "This is a sandbox. Nothing here is real: no card is charged and no money moves.",
    "details_title": "Enter card details",
    "confirm_title": "Confirm your payment",
    "declined_title": "Your payment has been declined",
    "declined_text": "No money has been taken from your account.",
    "error_title": "We’re experiencing technical problems",
    "error_text": "No money has been taken from your account. Try again later.",
    "cancelled_title": "Your payment has been cancelled",
    "cancelled_text": "No money has been taken from your account.",
    "expired_title": "Your payment session has expired",
    "expired_text": "No money has been taken from your account. Start your payment again.",
    "success_title": "Your payment was successful",
    "success_text": "You do not need to do anything else on this page.",
    "waiting_title": "Your payment is being checked",
    "waiting_text": "The service will take the money later.",
    "link_title": "This link cannot be used",
    "link_text": "It was used already, is too old, or is not one of ours. Go back to the service "
    "and start again.",
    "problem": "There is a problem",
    "error_prefix": "Error: ",
    "card_number": "Card number",
    "card_number_wrong": "Enter the number of a test card from this page, never a real one",
    "card_refused": "This type of card is not accepted",
    "expiry": "Expiry date",
    "expiry_hint": "For example, 10 30",
    "month": "Month",
    "year": "Year",
    "expiry_wrong": "Enter an expiry date in the future, with a month and a year",
    "name": "Name on card",
    "name_wrong": "Enter the name as it appears on the card",
    "cvc": "Card security code",
    "cvc_wrong": "Enter the security code: 3 digits, or 4 for American Express",
    "line1": "Address line 1",
    "line1_wrong": "Enter the first line of the billing address",
    "city": "Town or city",
    "city_wrong": "Enter a town or city",
    "postcode": "Postcode",
    "postcode_wrong": "Enter a postcode",
    "email": "Email address",
    "email_wrong": "Enter an email address, like name@example.com",
    "continue": "Continue",
    "confirm": "Confirm payment",
    "cancel": "Cancel payment",
    "back": "Go back to the service",
    "summary": "Payment summary",
    "amount": "Total amount",
    "card": "Card number ending in",
    "agreement_title": "Your agreement",
    "agreement_text": "Your card details will be saved for future payments.",
    "test_cards": "Test cards",
    "test_cards_text": "Use any expiry date in the future and any security code.",
}

_WELSH: Words = {
    "notice": "Blwch tywod yw hwn. Does dim byd yma’n real: ni chodir tâl ar unrhyw gerdyn ac nid "
    "oes arian yn symud.",
    "details_title": "Rhowch fanylion eich cerdyn",
    "confirm_title": "Cadarnhewch eich taliad",
    "declined_title": "Mae eich taliad wedi’i wrthod",
    "declined_text": "Nid oes arian wedi’i gymryd o’ch cyfrif.",
    "error_title": "Rydym yn cael problemau technegol",
    "error_text": "Nid oes arian wedi’i gymryd o’ch cyfrif. Rhowch gynnig arall arni nes ymlaen.",
    "cancelled_title": "Mae eich taliad wedi’i ganslo",
    "cancelled_text": "Nid oes arian wedi’i gymryd o’ch cyfrif.",
    "expired_title": "Mae eich sesiwn dalu wedi dod i ben",
    "expired_text": "Nid oes arian wedi’i gymryd o’ch cyfrif. Dechreuwch eich "
    "taliad eto.",  # codespell:ignore eto
    "success_title": "Roedd eich taliad yn llwyddiannus",
    "success_text": "Nid oes angen i chi wneud dim byd arall ar y dudalen hon.",
    "waiting_title": "Mae eich taliad yn cael ei wirio",
    "waiting_text": "Bydd y gwasanaeth yn cymryd yr arian yn nes ymlaen.",
    "link_title": "Ni ellir defnyddio’r ddolen hon",
    "link_text": "Mae wedi’i defnyddio eisoes, mae’n rhy hen, neu nid ein dolen ni yw hi. Ewch yn "
    "ôl i’r gwasanaeth a dechreuwch eto.",  # codespell:ignore eto
    "problem": "Mae problem",
    "error_prefix": "Gwall: ",
    "card_number": "Rhif y cerdyn",
    "card_number_wrong": "Rhowch rif cerdyn prawf o’r dudalen hon, byth un go iawn",
    "card_refused": "Ni dderbynnir y math hwn o gerdyn",
    "expiry": "Dyddiad dod i ben",
    "expiry_hint": "Er enghraifft, 10 30",
    "month": "Mis",  # codespell:ignore mis,Mis
    "year": "Blwyddyn",
    "expiry_wrong": "Rhowch ddyddiad dod i ben yn y dyfodol, gyda "
    "mis a blwyddyn",  # codespell:ignore mis,Mis
    "name": "Enw ar y cerdyn",
    "name_wrong": "Rhowch yr enw fel y mae’n ymddangos ar y cerdyn",
    "cvc": "Cod diogelwch y cerdyn",
    "cvc_wrong": "Rhowch y cod diogelwch: 3 digid, neu 4 ar gyfer American Express",
    "line1": "Llinell gyntaf y cyfeiriad",
    "line1_wrong": "Rhowch linell gyntaf y cyfeiriad bilio",
    "city": "Tref neu ddinas",
    "city_wrong": "Rhowch dref neu ddinas",
    "postcode": "Cod post",
    "postcode_wrong": "Rhowch god post",
    "email": "Cyfeiriad e-bost",
    "email_wrong": "Rhowch gyfeiriad e-bost, fel enw@enghraifft.com",
    "continue": "Parhau",
    "confirm": "Cadarnhau’r taliad",
    "cancel": "Canslo’r taliad",
    "back": "Ewch yn ôl i’r gwasanaeth",
    "summary": "Crynodeb o’r taliad",
    "amount": "Cyfanswm",
    "card": "Rhif cerdyn yn gorffen gyda",
    "agreement_title": "Eich cytundeb",
    "agreement_text": "Bydd manylion eich cerdyn yn cael eu cadw ar gyfer taliadau yn y dyfodol.",
    "test_cards": "Cardiau prawf",
    "test_cards_text": "Defnyddiwch unrhyw ddyddiad dod i ben yn y dyfodol ac unrhyw god "
    "diogelwch.",
}


def words(language: str) -> Words:
    """Return the words of a language.

    Args:
        language: `cy` for Welsh; anything else is English (spec, `language`).
    """
    return _WELSH if language == "cy" else _ENGLISH
