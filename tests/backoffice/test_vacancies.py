"""Staff judge what brokers offer: publish, ask, refuse, unpublish; the change log stands below."""

from decimal import Decimal

import pytest
from django.urls import reverse

from crm.estate.models import Vacancy
from crm.estate.services import change_vacancy
from tests.factories.estate import VacancyFactory

pytestmark = pytest.mark.django_db


def do(vacancy, name: str) -> str:
    return reverse("admin:estate_vacancy_do", args=[vacancy.pk, name])


def page(vacancy) -> str:
    return reverse("admin:estate_vacancy_change", args=[vacancy.pk])


def form(vacancy, **changes) -> dict:
    """What the change form posts for this row."""
    names = [field.name for field in Vacancy._meta.fields if field.editable]
    given = {name: getattr(vacancy, Vacancy._meta.get_field(name).attname) for name in names}
    given = {name: value for name, value in given.items() if value not in (None, False, [])}
    prefix = {"parts-TOTAL_FORMS": 0, "parts-INITIAL_FORMS": 0, "record_version": vacancy.version}
    return given | prefix | changes


def test_a_submitted_space_is_published_in_one_click(as_staff, staff):
    vacancy = VacancyFactory()
    assert do(vacancy, "publish") in as_staff.get(page(vacancy)).text
    as_staff.post(do(vacancy, "publish"))
    vacancy.refresh_from_db()
    assert vacancy.status == "published"
    assert vacancy.changes.filter(field="status", by=staff).exists()


@pytest.mark.parametrize(
    ("name", "field", "status"), [("ask", "question", "question"), ("refuse", "reason", "refused")]
)
def test_asking_and_refusing_take_a_text_that_the_broker_reads(as_staff, name, field, status):
    vacancy = VacancyFactory()
    empty = as_staff.post(do(vacancy, name), {field: ""})
    assert field in empty.context["form"].errors
    as_staff.post(do(vacancy, name), {field: "Hoeveel kVA is er?"})
    vacancy.refresh_from_db()
    assert (vacancy.status, vacancy.status_note) == (status, "Hoeveel kVA is er?")
    assert "Hoeveel kVA is er?" in as_staff.get(page(vacancy)).text


def test_a_published_space_is_unpublished_after_a_question(as_staff):
    vacancy = VacancyFactory(published=True)
    assert as_staff.get(do(vacancy, "unpublish")).status_code == 200
    vacancy.refresh_from_db()
    assert vacancy.status == "published"
    as_staff.post(do(vacancy, "unpublish"))
    vacancy.refresh_from_db()
    assert vacancy.status == "unpublished"


def test_what_the_status_does_not_allow_is_not_on_offer(as_staff):
    vacancy = VacancyFactory(published=True)
    offered = {drawn["url"] for drawn in as_staff.get(page(vacancy)).context["record_actions"]}
    assert do(vacancy, "publish") not in offered
    assert do(vacancy, "unpublish") in offered
    response = as_staff.post(do(vacancy, "refuse"), {"reason": "x"}, follow=True)
    vacancy.refresh_from_db()
    assert vacancy.status == "published"
    assert 'class="message error"' in response.text


def test_every_change_stands_in_the_log_with_old_and_new(as_staff, staff, now):
    vacancy = VacancyFactory(rent_per_m2_year=Decimal(145))
    change_vacancy(
        vacancy=vacancy, facts={"rent_per_m2_year": Decimal(150)}, by=staff, at=now, version=vacancy.version
    )
    text = as_staff.get(page(vacancy)).text
    assert "145" in text
    assert "150" in text
    assert staff.full_name in text


def test_staff_change_a_listing_and_its_parts(as_staff):
    vacancy = VacancyFactory()
    parts = {
        "parts-TOTAL_FORMS": 2,
        "parts-0-space_type": "office",
        "parts-0-area_m2": "120",
        "parts-1-space_type": "dry_lab",
        "parts-1-area_m2": "80",
    }
    response = as_staff.post(page(vacancy), form(vacancy, title_nl="Mooie ruimte", **parts))
    assert response.status_code == 302, response.context["errors"]
    vacancy.refresh_from_db()
    assert vacancy.title_nl == "Mooie ruimte"
    assert sorted(part.space_type for part in vacancy.parts.all()) == ["dry_lab", "office"]


def test_an_impossible_listing_is_refused_at_its_fields(as_staff):
    vacancy = VacancyFactory()
    response = as_staff.post(page(vacancy), form(vacancy, area_m2="-3", rent_per_m2_year="-1"))
    assert {"rent_per_m2_year", "area_m2"} <= set(response.context["adminform"].form.errors)
    vacancy.refresh_from_db()
    assert vacancy.version == 1


def test_staff_enter_a_space_without_an_office(as_staff):
    given = {
        "reference": "EIGEN-1",
        "title_nl": "Ruimte van de eigenaar",
        "space_type": "office",
        "area_m2": "90",
        "area_kind": "vvo",
        "vat_option": "unknown",
        "rent_per_m2_year": "150",
        "street": "Hengelosestraat",
        "house_number": "500",
        "postcode": "7521AN",
        "city": "Enschede",
        "parts-TOTAL_FORMS": 0,
        "parts-INITIAL_FORMS": 0,
    }
    response = as_staff.post(reverse("admin:estate_vacancy_add"), given)
    assert response.status_code == 302, response.context["errors"]
    vacancy = Vacancy.objects.get()
    assert (vacancy.office, vacancy.status, vacancy.postcode) == (None, "submitted", "7521 AN")
