"""Lists open with the view somebody chose, keep what is filtered under a name, and leave as a spreadsheet."""

import csv
import io
from datetime import date

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from crm.backoffice import list_export
from crm.desk.list_models import ListExport, SavedView
from crm.desk.lists import open_first, save_view
from tests.backoffice.conftest import logged_in
from tests.backoffice.crowd import Crowd
from tests.backoffice.pages import list_urls
from tests.factories.accounts import UserFactory
from tests.factories.acquisition import LeadFactory
from tests.factories.contacts import OrganisationFactory
from tests.factories.targets import EventFactory

pytestmark = pytest.mark.django_db
LEADS = "/admin/acquisition/lead/"


def do(verb: str, list_name: str = "acquisition.lead") -> str:
    return reverse("admin:view_do", args=[list_name, verb])


def export(export_format: str, list_name: str = "acquisition.lead") -> str:
    return reverse("admin:list_export", args=[list_name, export_format])


def keep(by, at, query, name="Warm", *, is_shared=False):
    return save_view(list_name="acquisition.lead", name=name, query=query, is_shared=is_shared, by=by, at=at)


def by_name(client) -> str:
    """The query that orders the leads by name, wherever that column stands."""
    return f"o={client.get(LEADS).context['cl'].list_display.index('name')}"


def rows_of(response) -> list[list[str]]:
    return list(csv.reader(io.StringIO(response.content.decode("utf-8-sig")), delimiter=";"))


def test_a_view_is_kept_from_the_list_and_stands_above_it(as_staff):
    given = {"name": "Startups", "query": "track__exact=startup&p=2", "is_shared": "on"}
    response = as_staff.post(do("save"), given)
    assert response.url == f"{LEADS}?track__exact=startup"
    shown = [view for view in as_staff.get(response.url).context["saved_views"] if view["current"]]
    assert [(view["label"], view["is_shared"]) for view in shown] == [("Startups", True)]


def test_an_untouched_list_opens_with_the_first_view_and_all_stays_one_click_away(as_staff, staff, now):
    LeadFactory(startup=True)
    LeadFactory(rd_branch=True)
    view = keep(staff, now, "track__exact=startup")
    open_first(list_name="acquisition.lead", view=view, by=staff, at=now)
    response = as_staff.get(LEADS)
    assert response.url == f"{LEADS}?track__exact=startup"
    everything = as_staff.get(LEADS, {"view": "all"})
    assert everything.status_code == 200
    assert everything.context["cl"].result_count == 2


def test_each_count_beside_a_view_is_the_number_of_its_rows(as_staff, staff, now):
    for _number in range(3):
        LeadFactory(startup=True)
    LeadFactory(rd_branch=True)
    views = [
        keep(staff, now, query, name=query or "alles") for query in ("track__exact=startup", "", "q=niets")
    ]
    counts = as_staff.get(reverse("admin:view_counts", args=["acquisition.lead"])).json()["counts"]
    assert [counts[str(view.pk)] for view in views] == [3, 4, 0]
    for view in views:
        shown = as_staff.get(f"{LEADS}?{view.query or 'view=all'}")
        assert shown.context["cl"].result_count == counts[str(view.pk)]


def test_a_view_that_the_list_no_longer_understands_has_no_count_and_breaks_nothing(as_staff, staff, now):
    view = keep(staff, now, "nonsense__exact=3")
    answer = as_staff.get(reverse("admin:view_counts", args=["acquisition.lead"]))
    assert answer.json() == {"counts": {str(view.pk): None}}
    assert as_staff.get(LEADS).status_code == 200


def test_a_fault_in_a_views_name_is_said_on_the_list(as_staff):
    page = as_staff.post(do("save"), {"name": "x" * 61, "query": "track__exact=startup"}, follow=True)
    assert page.redirect_chain[-1][0] == f"{LEADS}?track__exact=startup"
    assert "60" in page.content.decode()
    assert not SavedView.objects.exists()


@pytest.mark.parametrize("number", ["", "x", "999999", "9" * 40, "٣"])
def test_a_view_that_is_not_there_is_not_found(as_staff, number):
    assert as_staff.post(do("drop"), {"id": number}).status_code == 404
    assert as_staff.post(do("first"), {"id": number}).status_code == 404


def test_lists_that_are_not_there_and_verbs_that_are_none_are_not_found(as_staff):
    assert as_staff.post(do("save", "no.list"), {"name": "x"}).status_code == 404
    assert as_staff.post(do("destroy"), {}).status_code == 404
    assert as_staff.get(do("save")).status_code == 405
    assert as_staff.get(export("pdf")).status_code == 404
    assert as_staff.get(export("csv", "no.list")).status_code == 404


def test_an_export_has_the_rows_and_the_order_of_the_list(as_staff, staff):
    for name in ("Beta", "Alfa", "Gamma"):
        LeadFactory(startup=True, organisation=OrganisationFactory(name=name))
    LeadFactory(rd_branch=True, organisation=OrganisationFactory(name="Delta"))
    query = f"track__exact=startup&{by_name(as_staff)}"
    heads, *rows = rows_of(as_staff.get(f"{export('csv')}?{query}"))
    shown = as_staff.get(f"{LEADS}?{query}").context["cl"]
    assert (
        [row[0] for row in rows]
        == [lead.display_name for lead in shown.result_list]
        == ["Alfa", "Beta", "Gamma"]
    )
    # The list's own columns first, then what an import of leads reads besides.
    own = len(shown.list_display) - ("action_checkbox" in shown.list_display)
    assert len(heads) > own
    assert len(set(heads)) == len(heads)
    log = ListExport.objects.get()
    assert (log.rows, log.format, log.by, log.filters) == (3, "csv", staff, query)


def test_an_export_takes_every_page(as_staff, monkeypatch):
    monkeypatch.setattr(list_export, "ROWS_AT_ONCE", 3)
    names = [f"Bedrijf {number:02d}" for number in range(8)]
    for name in names:
        LeadFactory(organisation=OrganisationFactory(name=name))
    rows = rows_of(as_staff.get(f"{export('csv')}?{by_name(as_staff)}"))
    assert [row[0] for row in rows[1:]] == names


def test_a_list_that_is_too_long_for_a_spreadsheet_is_refused_with_a_sentence(as_staff, monkeypatch):
    monkeypatch.setattr(list_export, "MOST_ROWS", 1)
    LeadFactory()
    LeadFactory()
    response = as_staff.get(f"{export('csv')}?status__exact=open", follow=True)
    assert response.redirect_chain[-1][0] == f"{LEADS}?status__exact=open"
    assert "2" in str(next(iter(response.context["messages"])))
    assert not ListExport.objects.exists()


def test_names_that_a_spreadsheet_would_run_are_text(as_staff):
    OrganisationFactory(name="=HYPERLINK(1)")
    cells = [row[0] for row in rows_of(as_staff.get(export("csv", "contacts.organisation")))]
    assert "'=HYPERLINK(1)" in cells
    book = load_workbook(io.BytesIO(as_staff.get(export("xlsx", "contacts.organisation")).content))
    found = [cell for row in book.active.iter_rows() for cell in row if cell.value == "=HYPERLINK(1)"]
    assert [cell.data_type for cell in found] == ["s"]


def test_dates_and_numbers_stay_dates_and_numbers_in_a_workbook(as_staff):
    EventFactory(on=date(2026, 3, 2))
    sheet = load_workbook(io.BytesIO(as_staff.get(export("xlsx", "targets.countevent")).content)).active
    assert sheet.freeze_panes == "A2"
    assert any(cell.is_date for cell in sheet[2])


def test_a_strict_lead_leaves_the_house_under_its_code_name(as_staff):
    lead = LeadFactory(strict=True, organisation=OrganisationFactory(name="Zeer Geheim NV"))
    text = as_staff.get(export("csv")).content.decode()
    assert lead.code_name in text
    assert "Zeer Geheim" not in text


@pytest.mark.parametrize("role", ["partner", "broker"])
def test_who_does_not_work_at_the_desk_exports_and_keeps_nothing(role):
    client = logged_in(UserFactory(**{role: True}))
    for answer in (client.get(export("csv")), client.post(do("save"), {"name": "x"})):
        assert answer.status_code in (302, 403)
    assert not ListExport.objects.exists()
    assert not SavedView.objects.exists()


def test_a_list_somebody_may_not_see_is_not_exported(as_staff):
    assert as_staff.get(export("csv", "accounts.user")).status_code == 403
    assert as_staff.get(reverse("admin:view_counts", args=["accounts.user"])).status_code == 403


def test_every_list_can_be_exported(as_administrator, administrator):
    Crowd(3)
    for name, url in list_urls().items():
        listed = as_administrator.get(url).context["cl"]
        book = as_administrator.get(export("xlsx", listed.opts.label_lower))
        assert book.status_code == 200, name
        sheet = load_workbook(io.BytesIO(book.content)).active
        assert sheet.max_row == listed.result_count + 1, name
