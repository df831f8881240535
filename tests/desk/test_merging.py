"""A merge moves everything that hangs on a record and leaves the ledger's figures; undone, every row is as before."""

from datetime import date, datetime, timedelta

import pytest
from django.apps import apps
from django.db import IntegrityError, transaction

from crm.acquisition.models import LeadIdentity, Task
from crm.common.errors import RuleError, StaleError
from crm.contacts.models import Affiliation, KvkNumber, Organisation, OrganisationKind, Person, Technology
from crm.contacts.services import change_organisation, record_affiliation
from crm.desk.merging.fields import field_choices
from crm.desk.merging.rows import STAYING, relations_of
from crm.desk.models import Merge, NotTheSame
from crm.desk.services import merge_organisations, merge_people, say_not_the_same, undo_merge
from crm.targets.progress import progress
from tests.backoffice.crowd import Crowd
from tests.common.test_append_only import tables_with_triggers
from tests.desk.dump import hashes
from tests.factories.acquisition import LeadFactory, TaskFactory
from tests.factories.contacts import OrganisationFactory, PersonFactory
from tests.factories.targets import EventFactory

pytestmark = pytest.mark.django_db
LATER = timedelta(days=1)


@pytest.fixture
def crowd():
    return Crowd(6)


@pytest.fixture
def pair(crowd):
    """Two organisations with a row in every table that points at organisations."""
    keep, drop = crowd.organisations[0], crowd.organisations[1]
    Organisation.objects.filter(pk__in=(keep.pk, drop.pk)).update(group=None)
    child = crowd.organisations[2]
    Organisation.objects.filter(pk=child.pk).update(group=drop)
    first, second = list(Technology.objects.order_by("pk")[:2])
    Organisation.objects.get(pk=keep.pk).technologies.set([first])
    Organisation.objects.get(pk=drop.pk).technologies.set([first, second])
    Affiliation.objects.create(person=crowd.people[0], organisation=drop, position="elders")
    TaskFactory(lead=None, organisation=drop, by=crowd.by)
    crowd.leads[3].referred_by = drop
    crowd.leads[3].save()
    return Organisation.objects.get(pk=keep.pk), Organisation.objects.get(pk=drop.pk)


def merged(keep, drop, by, at, **choices) -> Merge:
    return merge_organisations(keep=keep, drop=drop, choices=choices, by=by, at=at)


def codes(error) -> set[str]:
    return set(error.value.codes)


def test_all_that_hung_on_the_dropped_one_hangs_on_the_kept_one(pair, manager, now):
    keep, drop = pair
    merged(keep, drop, manager, now)
    left = {
        relation.label
        for relation in relations_of(Organisation)
        if relation.moves and relation.rows(drop.pk).exists()
    }
    assert left == set()
    drop.refresh_from_db()
    assert drop.merged_into == keep
    assert drop not in Organisation.objects.standing()
    assert OrganisationKind.objects.filter(organisation=keep).count() == 2
    assert keep.technologies.count() == 2


@pytest.mark.parametrize("kind", ["organisation", "person"])
def test_undone_every_table_hashes_as_before(crowd, pair, manager, now, kind):
    before = hashes()
    if kind == "organisation":
        merge = merged(*pair, manager, now)
    else:
        merge = merge_people(keep=crowd.people[0], drop=crowd.people[1], choices={}, by=manager, at=now)
    assert hashes() != before
    undo_merge(merge=merge, by=manager, at=now + LATER)
    assert hashes() == before
    merge.refresh_from_db()
    assert (merge.undone_by, merge.undone_at) == (manager, now + LATER)


def test_the_hash_sees_every_relation_that_the_models_have():
    tables = hashes().keys()
    for model in (Organisation, Person):
        for relation in relations_of(model):
            own = relation.model._meta.label_lower == "desk.merge"
            assert own or relation.model._meta.db_table in tables


def test_no_append_only_table_is_ever_moved():
    labels = {model._meta.label_lower: model._meta.db_table for model in apps.get_models()}
    guarded = tables_with_triggers()
    pointing = {
        relation.model._meta.label_lower
        for model in (Organisation, Person)
        for relation in relations_of(model)
        if not relation.model._meta.auto_created
    }
    assert {label for label in pointing if labels[label] in guarded} <= STAYING


def test_the_counting_ledger_keeps_its_figures_through_merge_and_undo(manager, now):
    keep, drop, parent = (OrganisationFactory(founded_on=date(2020, 1, 1)) for _n in range(3))
    child = OrganisationFactory(group=drop)
    EventFactory(startup=True, organisation=keep, on=date(2026, 3, 20))
    EventFactory(rd_branch=True, organisation=child, on=date(2026, 4, 20))
    EventFactory(rd_branch=True, organisation=OrganisationFactory(group=parent), on=date(2026, 5, 20))
    EventFactory(spin_off=True, organisation=drop, on=date(2026, 6, 20))
    EventFactory(departure=True, organisation=drop, on=date(2026, 7, 20))
    moments = [
        (date(2026, 12, 31), now + timedelta(days=400)),
        (date(2027, 12, 31), now + timedelta(days=800)),
    ]
    before = [progress(*moment).as_json() for moment in moments]
    merge = merged(keep, drop, manager, now)
    assert [progress(*moment).as_json() for moment in moments] == before
    undo_merge(merge=merge, by=manager, at=now)
    assert [progress(*moment).as_json() for moment in moments] == before


def test_who_stands_in_the_ledger_is_kept(manager, now):
    counted, other = OrganisationFactory(), OrganisationFactory()
    EventFactory(organisation=counted, on=date(2026, 3, 20))
    with pytest.raises(RuleError) as error:
        merged(other, counted, manager, now)
    assert codes(error) == {"ledger_keeps"}
    assert merged(counted, other, manager, now).kept == counted


def test_fields_are_the_filled_ones_else_the_older_ones_and_as_chosen(manager, now):
    keep = OrganisationFactory(name="Oud BV", city="Enschede", note="een")
    drop = OrganisationFactory(name="Nieuw BV", city="Hengelo", note="twee", website="https://nieuw.example")
    defaults = {choice.name: choice.default for choice in field_choices(keep, drop)}
    assert (defaults["name"], defaults["website"], defaults["note"]) == ("keep", "drop", "both")
    merged(keep, drop, manager, now, city="drop")
    keep.refresh_from_db()
    assert (keep.name, keep.city, keep.website) == ("Oud BV", "Hengelo", "https://nieuw.example")
    assert keep.note == "een\n\ntwee"


@pytest.mark.parametrize("whose", ["keep", "drop"])
def test_one_kvk_number_stays_the_present_one_and_the_other_is_history(manager, now, whose):
    keep, drop = OrganisationFactory(kvk="12345678"), OrganisationFactory(kvk="87654321")
    merge = merged(keep, drop, manager, now, kvk=whose)
    present = KvkNumber.objects.get(organisation=keep, valid_until__isnull=True)
    assert present.number == ("12345678" if whose == "keep" else "87654321")
    assert keep.kvk_numbers.count() == 2
    undo_merge(merge=merge, by=manager, at=now)
    assert KvkNumber.objects.filter(valid_until__isnull=True).count() == 2


def test_an_undo_names_everything_that_was_written_since(pair, manager, now):
    keep, drop = pair
    merge = merged(keep, drop, manager, now)
    keep.refresh_from_db()
    change_organisation(organisation=keep, by=manager, at=now, city="Borne")
    task = Task.objects.get(organisation=keep)
    task.title, task.version = "anders", task.version + 1
    task.save()
    record_affiliation(person=PersonFactory(), organisation=keep, by=manager, at=now)
    before = hashes()
    with pytest.raises(RuleError) as error:
        undo_merge(merge=merge, by=manager, at=now)
    assert error.value.codes == ["changed_since", "changed_since", "added_since"]
    assert hashes() == before
    merge.refresh_from_db()
    assert merge.undone_at is None


def test_a_number_taken_since_stands_in_the_way(manager, now):
    keep, drop = OrganisationFactory(kvk="12345678"), OrganisationFactory(kvk="87654321")
    merge = merged(keep, drop, manager, now, kvk="keep")
    OrganisationFactory(kvk="87654321")
    with pytest.raises(RuleError) as error:
        undo_merge(merge=merge, by=manager, at=now)
    assert codes(error) == {"taken_since"}
    assert Organisation.objects.get(pk=drop.pk).merged_into == keep


def test_a_chain_is_undone_from_its_end(manager, now):
    first, second, third = (OrganisationFactory() for _n in range(3))
    earlier = merged(second, first, manager, now)
    with pytest.raises(RuleError) as error:
        merged(third, first, manager, now)
    assert codes(error) == {"merged_already"}
    second.refresh_from_db()
    later = merged(third, second, manager, now)
    assert Organisation.objects.get(pk=first.pk).merged_into == third
    with pytest.raises(RuleError) as error:
        undo_merge(merge=earlier, by=manager, at=now)
    assert codes(error) == {"merged_later"}
    undo_merge(merge=later, by=manager, at=now)
    undo_merge(merge=earlier, by=manager, at=now)
    assert Organisation.objects.standing().filter(pk__in=(first.pk, second.pk, third.pk)).count() == 3
    with pytest.raises(RuleError) as error:
        undo_merge(merge=earlier, by=manager, at=now)
    assert codes(error) == {"undone_already"}


def test_who_edits_meanwhile_is_told_on_either_side(manager, now):
    keep, drop = OrganisationFactory(), OrganisationFactory()
    with pytest.raises(RuleError) as error:
        merge_organisations(
            keep=keep, drop=drop, choices={}, by=manager, at=now, keep_version=7, drop_version=drop.version
        )
    assert codes(error) == {"stale"}
    merged(keep, drop, manager, now)
    with pytest.raises(StaleError):
        change_organisation(organisation=keep, by=manager, at=now, version=1, city="Borne")
    with pytest.raises(RuleError) as error:
        change_organisation(organisation=drop, by=manager, at=now, city="Borne")
    assert codes(error) == {"merged_away"}


def test_what_makes_no_sense_is_refused_with_nothing_done(manager, now):
    parent = OrganisationFactory()
    child = OrganisationFactory(group=parent)
    before = hashes()
    for keep, drop, choices, code in [
        (parent, child, {}, "one_is_the_group"),
        (child, parent, {}, "one_is_the_group"),
        (parent, parent, {}, "not_two"),
        (parent, OrganisationFactory(), {"city": "x"}, "unknown_choice"),
        (parent, OrganisationFactory(), {"colour": "keep"}, "unknown_choice"),
    ]:
        with pytest.raises(RuleError) as error:
            merged(keep, drop, manager, now, **choices)
        assert code in codes(error)
    assert hashes()["desk_notthesame"] == before["desk_notthesame"]
    assert Merge.objects.count() == 0


def test_people_move_with_their_work_and_a_shared_place_stays_one(manager, now):
    office = OrganisationFactory()
    keep = PersonFactory(full_name="Kim de Vries", organisation=office)
    drop = PersonFactory(full_name="K. de Vries", organisation=office)
    lead = LeadFactory(decision_maker=drop)
    merge_people(keep=keep, drop=drop, choices={}, by=manager, at=now)
    lead.refresh_from_db()
    assert lead.decision_maker == keep
    assert office.affiliations.count() == 1


def test_the_lead_of_a_dropped_organisation_keeps_its_identity(manager, now):
    keep, drop = OrganisationFactory(), OrganisationFactory()
    lead = LeadFactory(organisation=drop)
    merged(keep, drop, manager, now)
    assert LeadIdentity.objects.get(lead=lead).organisation == keep


def test_not_the_same_is_remembered_once_in_whichever_order(manager, now):
    first, second = OrganisationFactory(), OrganisationFactory()
    said = say_not_the_same(first=second, second=first, by=manager, at=now)
    assert say_not_the_same(first=first, second=second, by=manager, at=now) == said
    assert (said.first_organisation, said.second_organisation) == (first, second)
    assert NotTheSame.objects.count() == 1


def test_a_merge_is_never_rewritten(manager, now):
    merge = merged(OrganisationFactory(), OrganisationFactory(), manager, now)
    with pytest.raises(IntegrityError), transaction.atomic():
        Merge.objects.filter(pk=merge.pk).update(choices={})


def test_nothing_is_merged_into_itself_by_raw_sql():
    firm = OrganisationFactory()
    with pytest.raises(IntegrityError), transaction.atomic():
        Organisation.objects.filter(pk=firm.pk).update(merged_into=firm)


def test_moments_keep_their_microseconds(manager):
    at = datetime.fromisoformat("2026-10-22T12:00:00.123457+02:00")
    keep, drop = OrganisationFactory(), OrganisationFactory(at=at)
    before = hashes()
    undo_merge(merge=merged(keep, drop, manager, at), by=manager, at=at)
    assert hashes() == before
