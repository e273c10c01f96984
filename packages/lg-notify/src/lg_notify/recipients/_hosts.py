# SPDX-License-Identifier: MIT
"""Tell a misspelt domain from a real one: a short table, and one slip of the hand.

A wrong warning costs more than a missed one, because people learn to pass over warnings. So a
domain is only compared with a few large providers and with gov.uk, a single slip is the most that
counts, and domains known to be real are left alone.
"""

from functools import lru_cache
from typing import Final

__all__ = ["likely_host"]

_PROVIDERS: Final = (
    "aol.com", "blueyonder.co.uk", "btinternet.com", "btopenworld.com", "gmail.com",
    "googlemail.com", "hotmail.co.uk", "hotmail.com", "icloud.com", "live.co.uk", "live.com",
    "msn.com", "ntlworld.com", "outlook.com", "protonmail.com", "sky.com", "talktalk.net",
    "tiscali.co.uk", "virginmedia.com", "yahoo.co.uk", "yahoo.com",
)  # fmt: skip
_SHORTEST: Final = 9
"""Shorter providers have too many real neighbours for one slip to mean anything."""
# Real domains within one slip of a provider.
_REAL: Final = frozenset(
    {
        "cloud.com",
        "email.com",
        "fmail.com",
        "gail.com",
        "hmail.com",
        "mail.com",
        "umail.com",
        "ymail.com",
    }
)
_TABLE: Final = {
    "aol.con": "aol.com",
    "aol.co": "aol.com",
    "gamil.co.uk": "gmail.com",
    "gmail.co.uk": "gmail.com",
    "gmail.uk": "gmail.com",
    "gmail.con": "gmail.com",
    "googlemail.co.uk": "googlemail.com",
    "hotmail.uk": "hotmail.co.uk",
    "icloud.co.uk": "icloud.com",
    "live.con": "live.com",
    "live.cm": "live.com",
    "msn.con": "msn.com",
    "sky.con": "sky.com",
    "yaho.com": "yahoo.com",
    "yaho.co.uk": "yahoo.co.uk",
    "yahoo.con": "yahoo.com",
    "yahoo.uk": "yahoo.co.uk",
    "yhoo.com": "yahoo.com",
}
# Endings that no registry has.
_ENDINGS: Final = {
    **dict.fromkeys(
        ("cim", "cmo", "cojm", "comm", "con", "coom", "cpm", "ocm", "vom", "xom"), "com"
    ),
    **dict.fromkeys(("cou", "couk"), "co.uk"),
    **dict.fromkeys(("ent", "ner", "nett", "ney"), "net"),
    **dict.fromkeys(("ogr", "orgg", "prg"), "org"),
    "govuk": "gov.uk",
}
# ISO 3166, the alphabetic codes, and ac, eu, su and uk: endings that countries have. A slip in
# .uk that gives one of these is not told from a domain of that country.
_COUNTRY_CODES: Final = (
    "ac ad ae af ag ai al am ao aq ar as at au aw ax az ba bb bd be bf bg bh bi bj bm bn bo bq br "
    "bs bt bv bw by bz ca cc cd cf cg ch ci ck cl cm cn co cr cu cv cw cx cy cz de dj dk dm do dz "
    "ec ee eg er es et eu fi fj fk fm fo fr "  # codespell:ignore
    "ga gb gd ge gf gg gh gi gl gm gn gp gq gr gs gt gu gw "
    "gy hk hm hn hr ht hu id ie il im in io iq ir is it je jm jo jp ke kg kh ki km kn kp kr kw ky "
    "kz la lb lc li lk lr ls lt lu lv ly ma mc md me mg mh mk ml mm mn mo mp mq mr ms mt mu mv mw "
    "mx my mz na nc ne nf ng ni nl no np nr nu nz om pa pe pf pg ph pk pl pm pn pr ps pt pw py qa "
    "re ro rs ru rw sa sb sc sd se sg sh si sj sk sl sm sn so sr ss st su sv sx sy sz tc td tf tg "
    "th tj tk tl tm tn to tr tt tv tw tz ua ug uk us uy uz va vc ve vg vi vn vu wf ws ye yt za zm "
    "zw"
)
_COUNTRIES: Final = frozenset(_COUNTRY_CODES.split())
_GOVERNMENT: Final = ("gov", "uk")
_UNDER_UK: Final = frozenset({"ac", "co", "gov", "nhs", "org", "police", "sch"})
_FEWEST: Final = 3


@lru_cache(maxsize=4096)
def likely_host(host: str) -> str | None:
    """Return the domain that was probably meant, or None where nothing looks misspelt.

    Args:
        host: a domain in small letters.
    """
    if host in _PROVIDERS or host in _REAL:
        return None
    if host in _TABLE:
        return _TABLE[host]
    for known in _PROVIDERS:
        if len(known) >= _SHORTEST and _one_slip(host, known):
            return known
    return _under_uk(host.split(".")) or _ending(host)


def _under_uk(labels: list[str]) -> str | None:
    """Look for gov.uk and its neighbours: a slip in one half, or a half too many."""
    if len(labels) > _FEWEST and labels[-3:] in (["gov", "co", "uk"], ["gov", "org", "uk"]):
        return ".".join((*labels[:-3], *_GOVERNMENT))
    if len(labels) < _FEWEST:
        return None
    second, top = labels[-2:]
    if top == "uk" and second not in _UNDER_UK and _one_slip(second, "gov"):
        return ".".join((*labels[:-2], *_GOVERNMENT))
    if second in _UNDER_UK and top not in _COUNTRIES and _one_slip(top, "uk"):
        return ".".join((*labels[:-1], "uk"))
    return None


def _ending(host: str) -> str | None:
    rest, _, top = host.rpartition(".")
    return f"{rest}.{_ENDINGS[top]}" if top in _ENDINGS else None


def _one_slip(typed: str, meant: str) -> bool:
    """Say whether one letter was left out, put in, changed, or two next to each other swapped."""
    if typed == meant or abs(len(typed) - len(meant)) > 1:
        return False
    start = 0
    while start < min(len(typed), len(meant)) and typed[start] == meant[start]:
        start += 1
    one, two = typed[start:], meant[start:]
    swapped = len(one) > 1 and len(two) > 1 and one[:2] == two[1::-1] and one[2:] == two[2:]
    return swapped or one[1:] == two[1:] or one[1:] == two or one == two[1:]
