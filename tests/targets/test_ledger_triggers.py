"""After confirmation a row never changes and is never deleted, whatever SQL is sent."""

import pytest
from django.db import IntegrityError, connection, transaction

from crm.targets.models import CountEvent, Observation
from tests.factories.accounts import UserFactory
from tests.factories.targets import EventFactory

pytestmark = pytest.mark.django_db
SETTABLE = {"confirmed_at", "confirmed_by_id"}
COLUMNS = [field.column for field in CountEvent._meta.local_fields]


def refuses(sql: str, *params) -> bool:
    with transaction.atomic(), connection.cursor() as cursor:
        try:
            with transaction.atomic():
                cursor.execute(sql, params)
        except IntegrityError as error:
            return "append-only" in str(error)
    return False


def another_value(column: str):
    """SQL that differs from what the row holds."""
    if column.endswith("_id") or column in {"id", "rule_version"}:
        return f'COALESCE("{column}", 0) + 1000'
    if column == "is_knowledge_intensive":
        return "NOT is_knowledge_intensive"
    if column == "occurred_on":
        return "'2001-01-01'"
    if column.endswith("_at"):
        return "'2001-01-01 00:00:00'"
    return "'other'"


def change_of(column: str) -> str:
    assignment = f'"{column}" = {another_value(column)}'
    return f"UPDATE targets_countevent SET {assignment} WHERE id = %s"  # noqa: S608 columns of the model


@pytest.mark.parametrize("column", COLUMNS)
def test_no_column_of_a_confirmed_event_changes(column):
    event = EventFactory()
    assert refuses(change_of(column), event.pk)


@pytest.mark.parametrize("column", [column for column in COLUMNS if column not in SETTABLE])
def test_a_pending_event_only_takes_its_confirmation(column):
    event = EventFactory(pending=True)
    assert refuses(change_of(column), event.pk)


def test_a_confirmation_is_filled_in_once_and_never_taken_out():
    event, person = EventFactory(pending=True), UserFactory()
    confirm = "UPDATE targets_countevent SET confirmed_by_id = %s, confirmed_at = %s WHERE id = %s"
    assert not refuses(confirm, person.pk, "2027-04-01 10:00:00+00:00", event.pk)
    assert refuses(confirm, person.pk, "2027-04-02 10:00:00+00:00", event.pk)
    assert refuses(confirm, None, None, event.pk)


@pytest.mark.parametrize("pending", [True, False])
def test_no_event_is_deleted(pending):
    event = EventFactory(pending=pending)
    assert refuses("DELETE FROM targets_countevent WHERE id = %s", event.pk)
    assert refuses("DELETE FROM targets_countevent")
    assert CountEvent.objects.count() == 1


def test_an_update_through_the_models_is_refused_as_well():
    event = EventFactory()
    event.category = "rd_branch"
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        event.save()
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        event.delete()


def test_an_observation_is_never_rewritten():
    assert refuses("UPDATE targets_observation SET value = value + 1")
    assert refuses("DELETE FROM targets_observation")
    assert Observation.objects.count() == 3


def test_the_guard_leaves_other_tables_alone():
    event = EventFactory()
    assert not refuses(
        "UPDATE contacts_organisation SET name = 'New name' WHERE id = %s", event.organisation_id
    )
