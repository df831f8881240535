"""What was typed is read as words, as a number and as a reference, and a text is judged against it."""

import pytest

from crm.desk.search.hits import Tier
from crm.desk.search.query import LONGEST, literal_tier, read_query, typing_errors


@pytest.mark.parametrize("text", ["", "   ", "🙂", "%_'\"", "\0", "&", "--"])
def test_a_text_without_letter_or_digit_asks_nothing(text):
    assert read_query(text).is_empty


def test_a_question_is_words_without_accents_and_legal_form():
    assert read_query("  Crème  Vonderbeek B.V. ").words == ("creme", "vonderbeek")
    assert read_query("B.V.").words == ("bv",)


def test_a_long_question_is_read_as_far_as_is_said():
    assert len(read_query("x" * 500).phrase) == LONGEST


@pytest.mark.parametrize(
    ("text", "reference"),
    [("L-0042", ("l", 42)), ("l42", ("l", 42)), ("H 7", ("h", 7)), ("L-" + "9" * 19, None), ("Lab", None)],
)
def test_a_reference_is_recognised(text, reference):
    assert read_query(text).reference == reference


@pytest.mark.parametrize(
    ("text", "phone"),
    [
        ("053 489 1234", "534891234"),
        ("+31 (0)53-4891234", "534891234"),
        ("0031534891234", "534891234"),
        ("06-1234", "61234"),
        ("053", ""),
        ("lab 53489", ""),
    ],
)
def test_a_telephone_number_is_read_however_it_is_spaced(text, phone):
    assert read_query(text).phone == phone


def test_only_digits_may_be_a_kvk_number():
    assert read_query("1234 5678").is_kvk
    assert not read_query("123").is_kvk
    assert not read_query("053-4891234").is_kvk


def test_whole_comes_before_prefix_before_word_before_part():
    query = read_query("beek")
    texts = ["Beek B.V.", "Beekman", "Van Beek", "Vonderbeek", "Zwaan"]
    assert [literal_tier(query, text) for text in texts] == [
        Tier.WHOLE,
        Tier.PREFIX,
        Tier.WORDS,
        Tier.PARTS,
        None,
    ]


@pytest.mark.parametrize(
    ("typed", "stored", "errors"),
    [
        ("Vondrebeek", "Vonderbeek B.V.", 1),
        ("vonderbek", "Vonderbeek", 1),
        ("von der beek", "Vonderbeek", 0),
        ("Filips", "Philips", 2),
        ("Vonderbeek", "Zonnebloem", None),
        ("abc", "abd", None),
        ("jansen kim", "Kim Janssen", 1),
    ],
)
def test_typing_errors_are_counted_and_limited(typed, stored, errors):
    assert typing_errors(read_query(typed), stored) == errors
