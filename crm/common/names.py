"""How a text is compared: without capitals, accents, punctuation and, for a company's name, its legal form."""

import re
import unicodedata

# Letters that do not fall apart into a base letter and an accent.
UNDECOMPOSED = {
    "ß": "ss",
    "æ": "ae",
    "œ": "oe",
    "ø": "o",
    "đ": "d",
    "ð": "d",
    "ł": "l",
    "ħ": "h",
    "ı": "i",
    "þ": "th",
}
_UNDECOMPOSED = str.maketrans(UNDECOMPOSED)
_NOT_A_WORD = re.compile(r"[^\w&+@]+|_+")
# With the dots already gone: "B.V." and "B V" both read "b v" or "bv". Longest first, so that "gmbh & co kg" goes whole.
_LEGAL_FORMS = sorted(
    (
        "bv", "b v", "nv", "n v", "vof", "v o f", "cv", "c v", "ua", "u a", "ba", "b a", "bvba", "srl", "sprl",
        "gmbh", "gmbh & co kg", "gmbh co kg", "mbh", "ag", "kg", "ohg", "ug", "e v", "se", "sa", "s a", "sas",
        "sarl", "spa", "s p a", "ab", "as", "oy", "oyj", "aps", "ltd", "limited", "llc", "llp", "plc", "inc",
        "incorporated", "corp", "corporation", "co ltd", "i o", "io", "in oprichting", "bv i o", "b v i o", "bv io",
    ),
    key=len,
    reverse=True,
)  # fmt: skip
_LEGAL_FORM = re.compile(r"(?<=\S)(?: (?:" + "|".join(map(re.escape, _LEGAL_FORMS)) + r"))+$")


def folded(text: str) -> str:
    """Small letters without accents, as the search index stores a text: "Crème" and "CREME" are both "creme"."""
    if text.isascii():
        return text.lower()
    decomposed = unicodedata.normalize("NFKD", text.casefold().translate(_UNDECOMPOSED))
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))


def words_of(text: str) -> list[str]:
    """The words of a text, folded; what joins them (commas, dots, dashes) is left out."""
    return [word for word in _NOT_A_WORD.split(folded(text.replace("\0", " "))) if word]


def normalised_name(text: str) -> str:
    """A company's name for comparing: folded, without punctuation, without the legal form at its end.

    A name that is nothing but a legal form keeps it, and a name in another script keeps its letters.
    """
    dotless = re.sub(r"(?<=\w)\.(?=\w\b)|(?<=\b\w)\.", "", text)  # "B.V." is one word, "Van.Dijk" stays two
    name = " ".join(words_of(dotless))
    return _LEGAL_FORM.sub("", name)
