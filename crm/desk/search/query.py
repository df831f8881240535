"""What somebody typed, read as words, as a number and as a reference; and how well a text fits it. No database."""

import re
from dataclasses import dataclass

from rapidfuzz.distance import OSA

from crm.common.names import folded, normalised_name, words_of
from crm.desk.search.hits import Tier

LONGEST = 100  # characters of a question that are read
MOST_WORDS = 8
KVK_FROM, KVK_LENGTH = 4, 8  # digits
PHONE_FROM = 5  # digits without the zero or the country in front
SHORT = 3  # letters that make a trigram
FUZZY_FROM = 4  # letters
BIGGEST_KEY = 2**63 - 1
REFERENCE = re.compile(r"([lh])[ -]?0*(\d{1,19})", re.IGNORECASE)
PHONE = re.compile(r"[+0-9 ().\-/]+")


@dataclass(frozen=True)
class Query:
    """`words` are folded and without the legal form; `digits` is all there is when only a number was typed."""

    words: tuple[str, ...] = ()
    digits: str = ""
    phone: str = ""
    reference: tuple[str, int] | None = None
    as_typed: str = ""

    @property
    def phrase(self) -> str:
        return " ".join(self.words)

    @property
    def is_empty(self) -> bool:
        return not self.words

    @property
    def is_short(self) -> bool:
        """Nothing makes a trigram: letters inside a word would fit almost anything."""
        return all(len(word) < SHORT for word in self.words)

    @property
    def allows_typing_errors(self) -> bool:
        return len("".join(self.words)) >= FUZZY_FROM and not self.digits

    @property
    def is_kvk(self) -> bool:
        return KVK_FROM <= len(self.digits) <= KVK_LENGTH


def read_query(text: str) -> Query:
    """Read at most `LONGEST` characters; a text without letter or digit asks nothing."""
    text = text[:LONGEST].strip()
    words = normalised_name(text).split() or words_of(text)
    words = words[:MOST_WORDS]
    if not any(letter.isalnum() for word in words for letter in word):
        return Query()
    digits = re.sub(r"\D", "", text) if PHONE.fullmatch(text) and text.isascii() else ""
    phone = re.sub(r"^(?:00|\+)?(?:31)?0?", "", re.sub(r"\(0\)|[^\d+]", "", text)) if digits else ""
    match = REFERENCE.fullmatch(text)
    reference = (match[1].lower(), int(match[2])) if match and int(match[2]) <= BIGGEST_KEY else None
    return Query(
        words=tuple(words),
        digits=digits if digits == re.sub(r"[ .]", "", text) else "",
        phone=phone if len(phone) >= PHONE_FROM else "",
        reference=reference,
        as_typed=folded(text),
    )


def literal_tier(query: Query, text: str) -> Tier | None:
    """How the words of the question stand in a text; None where one of them does not."""
    stored = folded(text)
    if not all(word in stored for word in query.words):
        return None
    if query.as_typed == stored:
        return Tier.WHOLE
    words = words_of(text)
    if query.phrase in (" ".join(words), normalised_name(text)):
        return Tier.WHOLE
    if " ".join(words).startswith(query.phrase):
        return Tier.PREFIX
    if all(any(own.startswith(word) for own in words) for word in query.words):
        return Tier.WORDS
    return None if query.is_short else Tier.PARTS


def errors_allowed(word: str) -> int:
    """Typing errors that a word may hold: none in a short one or a number, one from four letters on, two from six."""
    if len(word) < FUZZY_FROM or word.isdigit():
        return 0
    return 1 if len(word) < 6 else 2


def typing_errors(query: Query, text: str) -> int | None:
    """Letters missing, added, changed or swapped between question and text; None where there are too many.

    Every word of the question is held against the beginning of every word of the text, and the question as a whole
    against the text without its spaces ("von der beek" is "Vonderbeek").
    """
    words = words_of(text)
    together, whole = "".join(query.words), "".join(words)
    total: int | None = 0
    for word in query.words:
        allowed = errors_allowed(word)
        found = min((_distance(word, own, allowed) for own in words), default=allowed + 1)
        if found > allowed:
            total = None
            break
        total = (total or 0) + found
    joined = _distance(together, whole, errors_allowed(together))
    if joined <= errors_allowed(together) and (total is None or joined < total):
        return joined
    return total


def _distance(word: str, own: str, allowed: int) -> int:
    """To the whole word, or to as long a beginning of it; the first letters may differ too."""
    if len(own) < len(word) - allowed:
        return allowed + 1
    beginning = own[: len(word)]
    found = OSA.distance(word, beginning, score_cutoff=allowed)
    if found and len(own) > len(word):
        found = min(found, OSA.distance(word, own[: len(word) + 1], score_cutoff=allowed))
    return int(found)
