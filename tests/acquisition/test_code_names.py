"""Code names: neutral, unique, and the same for a number for ever."""

from hashlib import sha256

import pytest

from crm.acquisition.code_names import WORDS, code_name
from crm.acquisition.models import Lead
from tests.factories.acquisition import LeadFactory


def test_there_are_enough_plain_words_each_once():
    assert len(WORDS) >= 400
    assert len({word.lower() for word in WORDS}) == len(WORDS)
    assert all(word.isalpha() and word.isascii() and word[0].isupper() for word in WORDS)


def test_the_order_of_the_words_never_changes():
    # Words may be added at the end: then add a line here for the new length, and leave the old ones.
    digests = {548: "e90877078312ccfe"}
    for length, digest in digests.items():
        assert sha256(" ".join(WORDS[:length]).encode()).hexdigest()[:16] == digest


def test_no_two_numbers_share_a_name_also_after_the_list_is_used_up():
    names = [code_name(number) for number in range(1, 3 * len(WORDS) + 1)]
    assert len({name.lower() for name in names}) == len(names)
    assert names[len(WORDS)] == f"{WORDS[0]} 2"
    assert names[2 * len(WORDS)] == f"{WORDS[0]} 3"


def test_a_name_fits_its_column():
    longest = max(len(code_name(number)) for number in range(10**6, 10**6 + len(WORDS)))
    assert longest <= Lead._meta.get_field("code_name").max_length


@pytest.mark.parametrize("number", [0, -1])
def test_a_number_below_one_is_refused(number):
    with pytest.raises(ValueError, match="1 or more"):
        code_name(number)


@pytest.mark.django_db
def test_a_lead_gets_the_name_of_its_number_and_its_neighbour_another():
    first, second = LeadFactory(), LeadFactory()
    assert first.code_name == code_name(first.pk)
    assert second.code_name == code_name(second.pk) != first.code_name
