"""Names are compared without what people leave out or write in another way."""

import pytest

from crm.common.names import folded, normalised_name, words_of


@pytest.mark.parametrize(
    ("written", "compared"),
    [
        ("Vonderbeek B.V.", "vonderbeek"),
        ("VONDERBEEK BV", "vonderbeek"),
        ("Vonderbeek b. v.", "vonderbeek"),
        ("Crème & Zonen N.V.", "creme & zonen"),
        ("Müller GmbH & Co. KG", "muller"),
        ("Straßen-Technik GmbH", "strassen technik"),
        ("Ørsted A/S", "orsted a s"),
        ("  Twee   spaties,  Ltd. ", "twee spaties"),
        ("B.V.", "bv"),
        ("Philips I.P. Ventures B.V.", "philips ip ventures"),
        ("Nieuwbouw B.V. i.o.", "nieuwbouw"),
        ("Van.Dijk Holding", "van dijk holding"),
        ("株式会社", "株式会社"),
        ("", ""),
        ("🙂", ""),
        ("a\0b", "a b"),
    ],
)
def test_a_name_is_compared_without_form_accent_and_punctuation(written, compared):
    assert normalised_name(written) == compared


def test_comparing_twice_changes_nothing():
    for name in ("Vonderbeek B.V.", "Müller GmbH & Co. KG", "B.V. Beheer", "SE AG"):
        assert normalised_name(normalised_name(name)) == normalised_name(name)


def test_folding_takes_accents_off_composed_and_decomposed():
    assert folded("Crème Brûlée") == folded("Cre\u0300me Bru\u0302le\u0301e") == "creme brulee"


def test_words_keep_addresses_together_and_drop_what_joins():
    assert words_of("J. de Vries-Jansen, <x>") == ["j", "de", "vries", "jansen", "x"]
    assert words_of("a%b_c'd") == ["a", "b", "c", "d"]
