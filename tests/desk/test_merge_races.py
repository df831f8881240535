"""Two people merge, undo or edit the same records at the same moment: one wins, the other reads why not."""

import pytest

from crm.common.errors import RuleError
from crm.contacts.models import Organisation
from crm.contacts.services import change_organisation
from crm.desk.models import Merge
from crm.desk.services import merge_organisations, undo_merge
from tests.acquisition.racing import at_once
from tests.factories.accounts import UserFactory
from tests.factories.contacts import OrganisationFactory

pytestmark = pytest.mark.django_db(transaction=True)


def merger(keep, drop, by, at):
    return lambda: merge_organisations(
        keep=keep, drop=drop, choices={}, by=by, at=at, keep_version=1, drop_version=1
    )


def refusals(answers) -> list[list[str]]:
    return [answer.codes for answer in answers if isinstance(answer, RuleError)]


def test_two_into_each_other_end_as_one(now):
    first, second = OrganisationFactory(), OrganisationFactory()
    people = UserFactory(), UserFactory()
    answers = at_once(merger(first, second, people[0], now), merger(second, first, people[1], now))
    assert len(refusals(answers)) == 1
    assert "merged_already" in refusals(answers)[0]
    assert Organisation.objects.standing().count() == 1


def test_a_merge_and_an_edit_of_one_version_are_not_both_done(now):
    keep, drop = OrganisationFactory(), OrganisationFactory()
    by = UserFactory()
    answers = at_once(
        merger(keep, drop, by, now),
        lambda: change_organisation(organisation=keep, by=by, at=now, version=1, city="Borne"),
    )
    assert refusals(answers) == [["stale"]]


def test_one_merge_is_undone_once(now):
    keep, drop = OrganisationFactory(), OrganisationFactory()
    by = UserFactory()
    merge = merger(keep, drop, by, now)()
    answers = at_once(*(lambda: undo_merge(merge=merge, by=by, at=now) for _n in range(2)))
    assert refusals(answers) == [["undone_already"]]
    assert Merge.objects.get().undone_at == now
    assert Organisation.objects.standing().count() == 2
