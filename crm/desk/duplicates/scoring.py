"""How likely two records are the same one, and why, in words. Pure: no database, no clock.

Each thing they share closes part of the distance to certainty: the score is 100 × (1 − the product of what is left
open). Two different present KvK numbers halve it: those are two legal persons.
"""

from dataclasses import dataclass
from urllib.parse import urlsplit

from django.utils.translation import gettext as _
from rapidfuzz import fuzz

from crm.common.names import normalised_name

LIKELY = 60
# Addresses that anybody may have say nothing about a company.
PUBLIC_MAIL = frozenset(
    [
        "gmail.com",
        "googlemail.com",
        "outlook.com",
        "hotmail.com",
        "hotmail.nl",
        "live.nl",
        "live.com",
        "icloud.com",
        "me.com",
        "yahoo.com",
        "ziggo.nl",
        "kpnmail.nl",
        "kpnplanet.nl",
        "planet.nl",
        "home.nl",
        "hetnet.nl",
        "xs4all.nl",
        "upcmail.nl",
        "proton.me",
        "protonmail.com",
    ]
)
CLOSED_BY_NAME = ((97, 0.80), (90, 0.62), (80, 0.35))
CLOSED_BY = {"kvk": 0.97, "email": 0.90, "domain": 0.55, "phone": 0.55}


@dataclass(frozen=True)
class Traits:
    """What is compared of an organisation or a person. Empty texts are unknown and match nothing."""

    name: str
    domain: str = ""
    email: str = ""
    phone: str = ""
    kvk: str = ""

    @property
    def compared_name(self) -> str:
        return normalised_name(self.name)


@dataclass(frozen=True)
class Likeness:
    score: int
    reasons: tuple[str, ...]

    @property
    def is_likely(self) -> bool:
        return self.score >= LIKELY


def domain_of(website: str, email: str = "") -> str:
    """The domain of the website or, without one, of the e-mail address, unless anybody may have that."""
    text = website.strip().lower()
    try:
        host = urlsplit(text if "//" in text else f"//{text}").hostname or ""
    except ValueError:
        host = ""
    host = host or email.strip().lower().rpartition("@")[2]
    host = host.removeprefix("www.")
    return "" if host in PUBLIC_MAIL or "." not in host else host


def likeness(first: Traits, second: Traits) -> Likeness:
    """How alike the two are, with the reasons, the strongest first."""
    found: list[tuple[float, str]] = []
    sentences = {
        "kvk": _("same KvK number"),
        "email": _("same e-mail address"),
        "domain": _("same domain"),
        "phone": _("same phone number"),
    }
    for trait, sentence in sentences.items():
        value = getattr(first, trait)
        if value and value == getattr(second, trait):
            found.append((CLOSED_BY[trait], sentence))
    alike = name_likeness(first.compared_name, second.compared_name)
    closed = next((closed for least, closed in CLOSED_BY_NAME if alike >= least), 0.0)
    if closed:
        found.append((closed, _("name %(percent)d %%") % {"percent": alike}))
    left = 1.0
    for part, _sentence in found:
        left *= 1 - part
    certainty = 1 - left
    reasons = [sentence for _part, sentence in sorted(found, key=lambda pair: -pair[0])]
    if found and first.kvk and second.kvk and first.kvk != second.kvk:
        certainty /= 2
        reasons.append(_("but different KvK numbers"))
    return Likeness(round(100 * certainty), tuple(reasons))


def name_likeness(first: str, second: str) -> int:
    """0 to 100, whichever order the words are in; both names already normalised."""
    if not first or not second:
        return 0
    return int(max(fuzz.ratio(first, second), fuzz.token_sort_ratio(first, second)))


def block_keys(traits: Traits) -> set[tuple[str, str]]:
    """Two records are compared only when they share one of these: a trait, or a piece of the name."""
    keys = {
        (trait, getattr(traits, trait))
        for trait in ("kvk", "email", "domain", "phone")
        if getattr(traits, trait)
    }
    words = traits.compared_name.split()
    joined = "".join(words)
    if joined:
        keys |= {("start", joined[:5]), ("end", joined[-5:]), ("words", " ".join(sorted(words))[:6])}
    return keys
