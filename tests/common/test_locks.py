"""There is one way to lock, in primary-key order, and it is in the SQL."""

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from crm.common.locks import lock_row, lock_rows
from crm.contacts.models import Organisation
from tests.architecture.rooms import ROOT, sources
from tests.factories.accounts import UserFactory
from tests.factories.contacts import OrganisationFactory

pytestmark = pytest.mark.django_db


def test_rows_are_locked_in_primary_key_order():
    users = [UserFactory() for _number in range(3)]
    with (
        CaptureQueriesContext(
            connection,
        ) as queries,
        transaction.atomic(),
    ):
        locked = lock_rows(User.objects.filter(pk__in=[user.pk for user in users]).order_by("-email"))
    assert [user.pk for user in locked] == sorted(user.pk for user in users)
    [select] = [query["sql"] for query in queries if query["sql"].startswith("SELECT")]
    assert 'ORDER BY "accounts_user"."id" ASC' in select
    if connection.vendor == "postgresql":
        assert 'FOR NO KEY UPDATE OF "accounts_user"' in select


def test_one_row_is_locked_and_read_afresh():
    user = UserFactory(full_name="Oud")
    User.objects.filter(pk=user.pk).update(full_name="Nieuw")
    with transaction.atomic():
        assert lock_row(User.objects.all(), user.pk).full_name == "Nieuw"


def test_a_locked_row_is_read_without_its_joins():
    organisation = OrganisationFactory()
    with CaptureQueriesContext(connection) as queries, transaction.atomic():
        lock_row(Organisation.objects.select_related("changed_by"), organisation.pk)
    [select] = [query["sql"] for query in queries if query["sql"].startswith("SELECT")]
    assert "JOIN" not in select


def test_nobody_in_the_park_locks_in_another_way():
    """`accounts` imports nothing of the park and locks one device of one user at a time."""
    others = [
        path
        for path in sources()
        if "select_for_update" in path.read_text()
        and path.name != "locks.py"
        and path.relative_to(ROOT).parts[0] == "crm"
    ]
    assert [str(path.relative_to(ROOT)) for path in others] == []
