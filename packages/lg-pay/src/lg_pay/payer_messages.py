# SPDX-License-Identifier: MIT
"""What a payer may be told, in English and Welsh.

GOV.UK Pay's own texts are for developers, in English, and may name a field or an account. These say
what the payer needs: whether money was taken, and what to do now. The Welsh is a draft: have it
read by your council's translators before you show it.
"""

from lg_core.texts import Text

__all__ = ["message_for_state"]

DECLINED = Text(
    en="Your payment was declined. No money has been taken from your account. Try again with "
    "another card, or contact your bank.",
    cy="Gwrthodwyd eich taliad. Nid oes unrhyw arian wedi’i gymryd o’ch cyfrif. Rhowch gynnig "
    "arall arni gyda cherdyn arall, neu cysylltwch â’ch banc.",
)
EXPIRED = Text(
    en="You took too long to pay, so your payment was stopped. No money has been taken from your "
    "account. Start the payment again.",
    cy="Cymeroch chi ormod o amser i dalu, felly cafodd eich taliad ei atal. Nid oes unrhyw arian "
    "wedi’i gymryd o’ch cyfrif. Dechreuwch y taliad eto.",
)
CANCELLED_BY_PAYER = Text(
    en="You cancelled your payment. No money has been taken from your account.",
    cy="Rydych wedi canslo eich taliad. Nid oes unrhyw arian wedi’i gymryd o’ch cyfrif.",
)
CANCELLED_BY_SERVICE = Text(
    en="Your payment was cancelled. No money has been taken from your account.",
    cy="Cafodd eich taliad ei ganslo. Nid oes unrhyw arian wedi’i gymryd o’ch cyfrif.",
)
PROVIDER_ERROR = Text(
    en="Sorry, there was a problem with your payment. Contact us before you try again.",
    cy="Mae’n ddrwg gennym, roedd problem gyda’ch taliad. Cysylltwch â ni cyn rhoi cynnig arall "
    "arni.",
)
FAILED = Text(
    en="Your payment did not go through. Contact us before you try again.",
    cy="Nid aeth eich taliad drwodd. Cysylltwch â ni cyn rhoi cynnig arall arni.",
)
CANNOT_START = Text(
    en="Sorry, there is a problem with the payment service. You have not been charged. Try again "
    "later.",
    cy="Mae’n ddrwg gennym, mae problem gyda’r gwasanaeth talu. Nid ydych wedi talu dim. Rhowch "
    "gynnig arall arni yn nes ymlaen.",
)
CANNOT_TELL = Text(
    en="Sorry, there is a problem with the payment service. We cannot see your payment at the "
    "moment. Do not pay again. Come back to this page later.",
    cy="Mae’n ddrwg gennym, mae problem gyda’r gwasanaeth talu. Ni allwn weld eich taliad ar hyn o "
    "bryd. Peidiwch â thalu eto. Dewch yn ôl i’r dudalen hon yn nes ymlaen.",
)

_BY_CODE = {
    "P0010": DECLINED,
    "P0020": EXPIRED,
    "P0030": CANCELLED_BY_PAYER,
    "P0040": CANCELLED_BY_SERVICE,
    "P0050": PROVIDER_ERROR,
}
_ENDED_BADLY = {"failed": FAILED, "cancelled": CANCELLED_BY_SERVICE, "error": PROVIDER_ERROR}


def message_for_state(status: str, code: str | None) -> Text | None:
    """Say what to tell a payer whose payment ended without success.

    The code decides (API reference, 'Payment status meanings'); a code that is not known falls
    back to the status.

    Args:
        status: the payment's status.
        code: the code that explains it, where there is one.

    Returns:
        The text, or None for a payment that goes on or has succeeded.
    """
    if status not in _ENDED_BADLY:
        return None
    return _BY_CODE.get(code or "", _ENDED_BADLY[status])
