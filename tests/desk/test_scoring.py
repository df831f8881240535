"""What makes two records look like the same one, and in which words."""

import pytest

from crm.desk.duplicates.scoring import Traits, block_keys, domain_of, likeness


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("Demcon B.V.", "demcon bv"),
        ("Crème Fotonica", "Creme Fotonica BV"),
        ("Twente Fotonica", "Fotonica Twente"),
        ("Nanosystemen", "Nanosysteme"),
    ],
)
def test_a_name_alone_is_likely_whatever_its_legal_form_accents_or_order(first, second):
    assert likeness(Traits(first), Traits(second)).is_likely
    assert block_keys(Traits(first)) & block_keys(Traits(second))


def test_other_names_are_not_likely():
    assert not likeness(Traits("Demcon"), Traits("Lionix")).is_likely


def test_a_shared_domain_alone_is_not_enough_and_with_a_name_it_says_why():
    assert not likeness(
        Traits("Alfa", domain="park.example"), Traits("Zulu", domain="park.example")
    ).is_likely
    found = likeness(
        Traits("Fotonica Groep", domain="fotonica.example"),
        Traits("Fotonica Groop", domain="fotonica.example"),
    )
    assert found.is_likely
    assert {reason.split()[0] for reason in found.reasons} <= {"same", "name", "zelfde", "naam"}


def test_the_same_kvk_number_is_nearly_certain_and_another_one_halves_the_score():
    same = likeness(Traits("Alfa", kvk="12345678"), Traits("Zulu", kvk="12345678"))
    other = likeness(Traits("Alfa", kvk="12345678"), Traits("Alfa", kvk="87654321"))
    assert same.score == 97
    assert not other.is_likely
    assert len(other.reasons) == 2


@pytest.mark.parametrize(
    ("website", "email", "domain"),
    [
        ("https://www.fotonica.example/nl", "", "fotonica.example"),
        ("fotonica.example", "", "fotonica.example"),
        ("", "info@Fotonica.example", "fotonica.example"),
        ("", "iemand@gmail.com", ""),
        ("https://[kapot", "", ""),
        ("", "", ""),
    ],
)
def test_a_domain_comes_from_the_website_or_else_the_address(website, email, domain):
    assert domain_of(website, email) == domain


@pytest.mark.parametrize(
    "name", ["", "x" * 500, "שלום עולם", "🙂", "<script>alert(1)</script>", "\0", "B.V."]
)
def test_no_name_is_too_strange_to_compare(name):
    likeness(Traits(name), Traits("Demcon"))
    block_keys(Traits(name))
