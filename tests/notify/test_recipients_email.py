# SPDX-License-Identifier: MIT
"""E-mail addresses: what Notify takes, and which domains look misspelt."""

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from lg_core.errors import InvalidValueError
from lg_notify.recipients import CautionCode, ProblemCode, check_email
from lg_notify.recipients._hosts import likely_host

HOSTS = st.lists(
    st.text(alphabet="abcdefghijklmnopqrstuvwxyz0123456789-ä", min_size=1, max_size=8),
    min_size=1,
    max_size=4,
).map(".".join)
GOOD_HOSTS = st.builds(
    "{}.{}".format,
    st.text(alphabet="abcXYZ0189äöéßİ日本", min_size=1, max_size=8),
    st.sampled_from(["com", "co.uk", "GOV.UK", "xn--p1ai", "org"]),
)
LOCALS = st.text(alphabet="abcXYZ019.!#$%&'*+/=?^_`{|}~-’ \u200b", min_size=1, max_size=12)
ADDRESSES = st.builds("{}@{}".format, LOCALS, HOSTS)

# Domains that people really have, and which no warning may name.
REAL_ONES = """
    aber.ac.uk aol.com aol.co.uk bbc.co.uk belfastcity.gov.uk birmingham.gov.uk blueyonder.co.uk
    btconnect.com btinternet.com btopenworld.com bristol.gov.uk caerphilly.gov.uk cam.ac.uk
    cardiff.gov.uk ceredigion.gov.uk city.ac.uk cloud.com cornwall.gov.uk cwmtaf.wales.nhs.uk
    cymru.net digital.cabinet-office.gov.uk dur.ac.uk dwp.gov.uk ealing.gov.uk ed.ac.uk email.com
    email.cz emailservice.io example.com fastmail.com fife.gov.uk fmail.co.uk free.fr gallery.co.uk
    glasgow.gov.uk gmail.com gmx.co.uk gmx.com gmx.de gmx.net go.com googlemail.com gov.scot
    gov.wales gov.ie hackney.gov.uk hey.com hmrc.gov.uk hotmail.be hotmail.ca hotmail.co.uk
    hotmail.com hotmail.de hotmail.es hotmail.fr hotmail.it hull.gov.uk icloud.com inbox.com
    inbox.lv islington.gov.uk kent.gov.uk kent.police.uk kirklees.gov.uk lambeth.gov.uk laposte.net
    lineone.net live.be live.ca live.co.uk live.com live.fr live.ie live.nl lloyds.com love.com
    mac.com mail.com mail.ru mailbox.org manchester.gov.uk me.com met.police.uk mod.gov.uk msn.com
    my.gov.au naver.com newham.gov.uk nhs.net nhs.scot nhs.uk ntlworld.com ntlworld.co.uk o2.co.uk
    oal.co.uk ofgem.gov.uk onet.pl orange.fr orange.net outlook.com outlook.de outlook.fr
    outlook.ie ox.ac.uk parliament.uk plus.com plusnet.com pm.me post.com powys.gov.uk
    proton.me protonmail.ch protonmail.com qq.com rocketmail.com rogers.com royalmail.com
    school.sch.uk seznam.cz sfr.fr sheffield.gov.uk sky.com skynet.be slack.com state.gov
    stockport.gov.uk surrey.ac.uk sutton.gov.uk swansea.gov.uk t-online.de talk21.com talktalk.net
    tes.com tiscali.co.uk tiscali.it torfaen.gov.uk treasury.gov.lk trafford.gov.uk tutanota.com
    umail.com uwclub.net virgin.net virginmedia.com vodafone.co.uk voila.fr walla.co.il wanadoo.fr
    web.de westminster.gov.uk wp.pl yahoo.ca yahoo.co.id yahoo.co.in yahoo.co.jp yahoo.co.nz
    yahoo.co.uk yahoo.com yahoo.com.au yahoo.com.br yahoo.de yahoo.es yahoo.fr yahoo.ie yahoo.it
    yandex.com yandex.ru ymail.com york.gov.uk zoho.com a.gov.ua a.gov.us a.gov.ug a.gov.sk a.gov.hk
    a.gov.pk a.gov.mk a.gov.dk a.gov.au ministry.gov.za council.gov.im states.gov.je sarkgov.gg
    my.co.ug your.org.ua tenant.org.uk shop.co.uk business.co solicitors.law estate.agency
    bov.com glove.com dove.com move.com groove.uk gove.com outlookindia.com gmailer.example.com
    govt.nz data.govt.nz a.gouv.fr a.gob.es a.gob.mx a.gub.uy a.gv.at a.go.jp a.go.kr a.go.ke
"""


@pytest.mark.parametrize("host", REAL_ONES.split())
def test_a_real_domain_is_not_called_misspelt(host: str) -> None:
    """People pass over warnings that are wrong, so there are none on real domains."""
    checked = check_email(f"ann@{host}")

    assert checked.ok
    assert () == checked.warnings
    assert checked.likely_host is None


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("gmial.com", "gmail.com"),
        ("gmai.com", "gmail.com"),
        ("gmail.co", "gmail.com"),
        ("gmail.con", "gmail.com"),
        ("gmail.co.uk", "gmail.com"),
        ("gmaill.com", "gmail.com"),
        ("gnail.com", "gmail.com"),
        ("hotmial.com", "hotmail.com"),
        ("hotmail.con", "hotmail.com"),
        ("hotmal.co.uk", "hotmail.co.uk"),
        ("hotmail.co.ul", "hotmail.co.uk"),
        ("outlok.com", "outlook.com"),
        ("yaho.com", "yahoo.com"),
        ("yahooo.co.uk", "yahoo.co.uk"),
        ("iclould.com", "icloud.com"),
        ("btinernet.com", "btinternet.com"),
        ("live.con", "live.com"),
        ("shop.con", "shop.com"),
        ("shop.couk", "shop.co.uk"),
        ("shop.co.ku", "shop.co.uk"),
        ("testham.gov.ku", "testham.gov.uk"),
        ("testham.gov.ukk", "testham.gov.uk"),
        ("testham.gvo.uk", "testham.gov.uk"),
        ("testham.go.uk", "testham.gov.uk"),
        ("testham.gob.uk", "testham.gov.uk"),
        ("testham.gov.co.uk", "testham.gov.uk"),
        ("testham.govuk", "testham.gov.uk"),
        ("housing.testham.gov.ik", "housing.testham.gov.uk"),
    ],
)
def test_a_slip_of_the_hand_is_named(typed: str, meant: str) -> None:
    """The address is taken, as Notify takes it, with the domain that was probably meant."""
    checked = check_email(f"Ann@{typed}")

    assert checked.normalised == f"ann@{typed}"
    assert meant == checked.likely_host
    assert [CautionCode.HOST_TYPO] == [each.code for each in checked.warnings]
    assert meant in checked.warnings[0].text


@given(st.text(alphabet="abcgmilo.uk", max_size=14))
def test_what_is_suggested_is_not_misspelt_itself(host: str) -> None:
    """A suggestion leads to no further suggestion."""
    meant = likely_host(host)

    assert meant is None or (likely_host(meant) is None and meant != host)


@pytest.mark.parametrize(
    ("local", "codes"),
    [
        ("info", [CautionCode.ROLE]),
        ("customer.services", [CautionCode.ROLE]),
        ("Enquiries", [CautionCode.ROLE]),
        ("no-reply", [CautionCode.NO_REPLY]),
        ("DoNotReply", [CautionCode.NO_REPLY]),
        ("information.officer", []),
        ("ann.info", []),
    ],
)
def test_an_address_of_an_office_is_named(local: str, codes: list[CautionCode]) -> None:
    """A message to one person should not go to an office, or to nobody."""
    assert codes == [each.code for each in check_email(f"{local}@example.gov.uk").warnings]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", ProblemCode.EMAIL_EMPTY),
        (" \u200b ", ProblemCode.EMAIL_EMPTY),
        ("ann.example.com", ProblemCode.EMAIL_NO_AT),
        ("ann@@example.com", ProblemCode.EMAIL_NO_AT),
        ("@example.com", ProblemCode.EMAIL_NO_AT),
        ("ann@", ProblemCode.EMAIL_NO_AT),
        ("a" * 309 + "@example.com", ProblemCode.EMAIL_TOO_LONG),
        ("ann..b@example.com", ProblemCode.EMAIL_DOUBLE_DOT),
        ("ann@example..com", ProblemCode.EMAIL_DOUBLE_DOT),
        ("o’neil@example.com", ProblemCode.EMAIL_NAME),
        ("ann b@example.com", ProblemCode.EMAIL_NAME),
        ("siân@example.com", ProblemCode.EMAIL_NAME),
        ("ann@exa mple.com", ProblemCode.EMAIL_HOST),
        ("ann@.example.com", ProblemCode.EMAIL_HOST),
        ("ann@example_a.com", ProblemCode.EMAIL_HOST),
        ("ann@" + "b." * 130 + "com", ProblemCode.EMAIL_HOST),
        ("ann@\u0e00\ud800.com", ProblemCode.EMAIL_HOST),
        ("ann@example", ProblemCode.EMAIL_ENDING),
        ("ann@example.c", ProblemCode.EMAIL_ENDING),
        ("ann@example.c0m", ProblemCode.EMAIL_ENDING),
    ],
)
def test_why_notify_refuses(text: str, code: ProblemCode) -> None:
    """The first fault is named in plain words, with Notify's one sentence."""
    (problem,) = check_email(text).problems

    assert code == problem.code
    assert problem.notify_text == "Not a valid email address"


@given(st.one_of(st.text(max_size=40), ADDRESSES))
@example("a@" + "\u0130.com")
@example("a@\u2488com")
@example("a@xn--a.com")
def test_no_text_makes_it_raise(text: str) -> None:
    """It is either right and has its normal form, or wrong and says why."""
    checked = check_email(text)

    assert checked.ok == (not checked.problems) == (checked.normalised is not None)


@given(st.text(alphabet="abcXYZ019.'+_-", min_size=1, max_size=9), GOOD_HOSTS)
def test_the_normal_form_is_read_as_itself(local: str, host: str) -> None:
    """What Notify keeps gives itself again."""
    first = check_email(f" {local}@{host}")
    assume(first.ok)

    assert first == check_email(first.normalised or "")


def test_what_is_no_text_is_refused_by_its_type() -> None:
    """A missing value is the caller's to see."""
    with pytest.raises(InvalidValueError, match="must be text, not a NoneType"):
        check_email(None)  # pyright: ignore[reportArgumentType] -- the point of the test
