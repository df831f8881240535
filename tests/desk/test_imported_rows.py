"""Who sees the remembered rows of leads that wait for their first stage change."""

import pytest
from django.contrib.admin import site
from django.test import RequestFactory

from crm.backoffice.admin.desk import ImportedRowAdmin
from crm.desk.models import ImportedRow
from crm.desk.services import import_history
from tests.desk.folders import HistoryFolder
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("role", "refs"),
    [
        ("manager", {"open", "confidential", "strict"}),
        ("staff", {"open", "confidential"}),
        ("administrator", {"open", "confidential"}),
    ],
)
def test_a_strict_lead_that_waits_is_read_by_managers_alone(tmp_path, administrator, now, role, refs):
    folder = HistoryFolder(tmp_path / "history")
    for level in ("open", "confidential", "strict"):
        folder.add("leads", ref=level, confidentiality=level, working_name=f"Kanarie {level}")
    import_history(folder=folder.write(), by=administrator, at=now)
    request = RequestFactory().get("/")
    request.user = UserFactory(**{role: True})
    shown = ImportedRowAdmin(ImportedRow, site).get_queryset(request)
    assert {row.key for row in shown} == refs
