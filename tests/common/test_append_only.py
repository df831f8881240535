"""The database refuses to rewrite a log, and a test with real transactions leaves it as it was."""

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, transaction

from crm.common.append_only import PREFIX
from crm.messages.models import FeedEvent
from crm.targets.models import Observation

APPEND_ONLY_TABLES = {
    "accounts_accountevent",
    "acquisition_namereveal",
    "acquisition_document",
    "acquisition_leadedit",
    "acquisition_stagechange",
    "acquisition_taskchange",
    "crm_messages_feedevent",
    "crm_messages_mailattempt",
    "desk_listexport",
    "desk_merge",
    "desk_morningchoice",
    "desk_morninground",
    "desk_roundchange",
    "desk_snooze",
    "estate_vacancychange",
    "rules_normchange",
    "rules_valuechange",
    "targets_countevent",
    "targets_observation",
}


def tables_with_triggers() -> set[str]:
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute(
                "SELECT tbl_name FROM sqlite_master WHERE type = 'trigger' AND name LIKE %s", [f"{PREFIX}%"]
            )
        else:
            cursor.execute(
                "SELECT c.relname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid WHERE t.tgname LIKE %s",
                [f"{PREFIX}%"],
            )
        return {row[0] for row in cursor.fetchall()}


@pytest.mark.django_db
def test_every_log_is_guarded_by_triggers():
    assert tables_with_triggers() == APPEND_ONLY_TABLES
    assert {model._meta.db_table for model in apps.get_models()} >= APPEND_ONLY_TABLES


@pytest.mark.django_db
@pytest.mark.parametrize(
    "statement",
    ["UPDATE crm_messages_feedevent SET kind = 'other'", "DELETE FROM crm_messages_feedevent"],
)
def test_a_log_row_is_neither_changed_nor_deleted_by_raw_sql(statement, now):
    FeedEvent.objects.create(audience="office:1", kind="submitted", subject="x", at=now)
    with (
        pytest.raises(IntegrityError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)
    assert FeedEvent.objects.get().kind == "submitted"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("attempt", [1, 2])
def test_reference_data_and_triggers_survive_a_test_with_real_transactions(attempt, now):
    assert Observation.objects.count() == 3
    assert tables_with_triggers() == APPEND_ONLY_TABLES
    FeedEvent.objects.create(audience="office:1", kind="submitted", subject=str(attempt), at=now)
    assert FeedEvent.objects.count() == 1
