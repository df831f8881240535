"""A broker's software offers, reads, changes and withdraws its listings."""

import json
from datetime import timedelta

import pytest

from crm.api.broker.vacancy_fields import VACANCY_FIELDS
from crm.api.schema import vacancy_example
from crm.estate.models import Vacancy, VacancyChange
from crm.estate.services import ask_broker, publish_vacancy
from tests.api.conftest import LISTING, faults
from tests.factories.estate import OFFERED_AT, VacancyFactory

pytestmark = pytest.mark.django_db
# What is answered in another form than it was sent.
ANSWERED = {
    "houseNumber": 500,
    "minimumTermMonths": 12,
    "noticeMonths": 6,
    "fumeHoods": 4,
    "parkingPlaces": 6,
}


def test_a_listing_is_made_seen_listed_changed_and_withdrawn(broker):
    made = broker.post("vacancies", LISTING)
    assert made.status_code == 201
    listing = made.json()
    address = f"http://testserver/api/v1/vacancies/{listing['id']}"
    assert made.headers["Location"] == address
    assert (listing["status"], listing["postcode"], listing["areaM2"]) == ("submitted", "7521 AN", "240.00")

    seen = broker.get(f"vacancies/{listing['id']}")
    assert seen.json() == listing
    assert seen.headers["ETag"] == made.headers["ETag"]
    assert broker.get("vacancies").json() == {"items": [listing], "next": None}

    changed = broker.patch(
        f"vacancies/{listing['id']}", {"rentPerM2Year": 150}, If_Match=seen.headers["ETag"]
    )
    assert changed.status_code == 200
    assert changed.json()["rentPerM2Year"] == "150.00"
    assert changed.json()["version"] == 2

    gone = broker.delete(f"vacancies/{listing['id']}", If_Match=changed.headers["ETag"])
    assert (gone.status_code, gone.content) == (204, b"")
    still = broker.get(f"vacancies/{listing['id']}").json()
    assert (still["status"], still["version"]) == ("withdrawn", 3)


def test_a_full_listing_comes_back_field_by_field(broker):
    sent = vacancy_example() | {
        "parts": [{"spaceType": "office", "areaM2": "40.00", "rentPerM2Year": "130.00"}],
        "coBrokers": [{"name": "Kantoor Twee", "email": "twee@kantoor.example", "phone": "+31534890002"}],
    }
    answer = broker.post("vacancies", sent)
    assert answer.status_code == 201, answer.content
    assert {key: answer.json()[key] for key in sent} == sent
    assert broker.get(f"vacancies/{answer.json()['id']}").json() == answer.json()


@pytest.mark.parametrize("field", VACANCY_FIELDS, ids=lambda field: field.key)
def test_each_field_can_be_sent_and_emptied(field, broker):
    listing = broker.offer()
    example = vacancy_example().get(field.key)
    if field.name == "parts":
        example = [{"spaceType": "office", "areaM2": "40.00", "rentPerM2Year": None}]
    if field.name == "co_brokers":
        example = [{"name": "Kantoor", "email": None, "phone": None}]
    extra = {
        "energyLabelExemption": {"energyLabelExemption": "Monument"},
        "temporaryUntil": {"temporaryUntil": "2027-06-30"},
        "cleanroomIsoClass": {"cleanroomIsoClass": 5},
        "titleNl": {"titleNl": "Titel", "titleEn": "Title"},
        "availableUntil": {"availableUntil": "2027-12-01"},
    }.get(field.key, {field.key: example})
    changed = broker.patch(f"vacancies/{listing['id']}", extra, If_Match='"1"')
    assert changed.status_code == 200, changed.content
    assert changed.json()[field.key] == extra[field.key]
    if field.required or field.key in ("street", "postcode", "houseNumber", "rentPerM2Year"):
        return
    emptied = broker.patch(f"vacancies/{listing['id']}", {field.key: None}, If_Match=changed.headers["ETag"])
    assert emptied.status_code == 200, emptied.content
    empty = {
        "vatOption": "unknown",
        "parts": [],
        "coBrokers": [],
        "rentOnRequest": False,
        "rentChecked": False,
    }
    assert emptied.json()[field.key] == empty.get(field.key)


@pytest.mark.parametrize("value", [145.5, "145.50", "145.5"])
def test_numbers_may_come_as_numbers_or_texts(value, broker):
    assert broker.offer(rentPerM2Year=value)["rentPerM2Year"] == "145.50"


@pytest.mark.parametrize("value", [12, "12", 12.0])
def test_whole_numbers_may_come_as_numbers_or_texts(value, broker):
    assert broker.offer(noticeMonths=value)["noticeMonths"] == 12


def test_needless_zeros_are_no_extra_decimals(broker):
    answer = broker.post("vacancies", json.dumps(LISTING).replace("240", "240.0000"))
    assert answer.json()["areaM2"] == "240.00"


def test_put_replaces_all_and_what_is_left_out_becomes_unknown(broker):
    listing = broker.offer(titleEn="Office", hasGases=True, parts=[{"spaceType": "office", "areaM2": 5}])
    path = f"vacancies/{listing['id']}"
    replaced = broker.put(path, LISTING | {"areaM2": 250}, If_Match='"1"')
    assert replaced.status_code == 200
    now = replaced.json()
    assert (now["titleEn"], now["hasGases"], now["parts"], now["areaM2"]) == (None, None, [], "250.00")
    assert broker.put(path, LISTING | {"areaM2": 250}, If_Match='"2"').json()["version"] == 2, "idempotent"
    broken = broker.put(path, {"titleNl": "Alleen een titel"}, If_Match='"2"')
    assert {"/reference", "/spaceType", "/areaM2", "/areaKind"} <= set(faults(broken))


def test_a_merge_patch_is_a_patch(broker):
    listing = broker.offer()
    answer = broker.patch(
        f"vacancies/{listing['id']}",
        {"noticeMonths": 3},
        If_Match='"1"',
        Content_Type="application/merge-patch+json",
    )
    assert answer.json()["noticeMonths"] == 3
    assert broker.post("vacancies", LISTING, Content_Type="application/merge-patch+json").status_code == 415


def test_every_change_leaves_the_same_log_as_by_hand_with_the_keys_prefix(broker):
    listing = broker.offer()
    broker.patch(f"vacancies/{listing['id']}", {"rentPerM2Year": 150}, If_Match='"1"')
    rows = VacancyChange.objects.filter(vacancy__public_id=listing["id"]).order_by("pk")
    assert [(row.field, row.old, row.new) for row in rows] == [
        ("status", None, "submitted"),
        ("rent_per_m2_year", "145.50", "150.00"),
    ]
    assert {row.actor for row in rows} == {broker.key.prefix}
    assert {row.by for row in rows} == {broker.user}


def test_a_withdrawal_takes_a_reason(broker):
    listing = broker.offer()
    answer = broker.post(f"vacancies/{listing['id']}/withdrawals", {"reason": "Zelf nodig"})
    assert answer.status_code == 201
    assert answer.headers["Location"].endswith(listing["id"])
    assert (answer.json()["status"], answer.json()["statusNote"]) == ("withdrawn", "Zelf nodig")
    again = broker.post(f"vacancies/{listing['id']}/withdrawals", {"reason": "Zelf nodig"})
    assert again.status_code == 409


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ({}, {"/reason": "required"}),
        ({"reason": ""}, {"/reason": "required"}),
        ({"reason": "   "}, {"/reason": "required"}),
        ({"reason": None}, {"/reason": "required"}),
        ({"reason": 5, "why": 1}, {"/reason": "wrong_type", "/why": "unknown_field"}),
        ({"reason": "x" * 501}, {"/reason": "max_length"}),
    ],
)
def test_a_withdrawal_without_a_reason_is_refused(body, found, broker):
    listing = broker.offer()
    answer = broker.post(f"vacancies/{listing['id']}/withdrawals", body)
    assert answer.status_code == 400
    assert faults(answer) == found
    assert broker.get(f"vacancies/{listing['id']}").json()["status"] == "submitted"


def test_deleting_twice_is_harmless(broker):
    path = f"vacancies/{broker.offer()['id']}"
    first = broker.delete(path, If_Match='"1"')
    second = broker.delete(path, If_Match=first.headers["ETag"])
    assert (first.status_code, second.status_code) == (204, 204)
    assert broker.get(path).json()["version"] == 2


def test_a_listing_is_found_by_its_own_reference(broker, other_broker):
    listing = broker.offer(reference="A.1-b_2")
    answer = broker.get("vacancies/by-reference/A.1-b_2")
    assert (answer.json(), answer.headers["ETag"]) == (listing, '"1"')
    assert other_broker.get("vacancies/by-reference/A.1-b_2").status_code == 404
    assert broker.get("vacancies/by-reference/nothing").status_code == 404


def test_a_reference_in_use_is_a_conflict(broker):
    broker.offer()
    answer = broker.post("vacancies", LISTING)
    assert (answer.status_code, faults(answer)) == (409, {"/reference": "reference_taken"})
    answer = broker.post("vacancies", LISTING | {"areaM2": -1})
    assert answer.status_code == 400, "with other faults beside it, all are named as invalid input"
    assert faults(answer) == {"/areaM2": "above_zero", "/reference": "reference_taken"}


def test_a_question_of_staff_is_seen(broker, staff):
    listing = broker.offer()
    vacancy = Vacancy.objects.get(public_id=listing["id"])
    ask_broker(vacancy=vacancy, question="Hoeveel vermogen?", by=staff, at=OFFERED_AT)
    seen = broker.get(f"vacancies/{listing['id']}").json()
    assert (seen["status"], seen["statusNote"], seen["openQuestions"]) == ("question", "Hoeveel vermogen?", 1)


def test_what_is_let_cannot_be_changed(broker):
    listing = broker.offer()
    Vacancy.objects.filter(public_id=listing["id"]).update(status="let")
    answer = broker.patch(f"vacancies/{listing['id']}", {"rentPerM2Year": 150}, If_Match='"1"')
    assert (answer.status_code, faults(answer)) == (409, {"/status": "wrong_status"})
    assert broker.delete(f"vacancies/{listing['id']}", If_Match='"1"').status_code == 409


def test_staff_publish_what_a_broker_offered(broker, staff):
    listing = broker.offer()
    publish_vacancy(vacancy=Vacancy.objects.get(public_id=listing["id"]), by=staff, at=OFFERED_AT)
    seen = broker.get(f"vacancies/{listing['id']}").json()
    assert (seen["status"], seen["publishedAt"]) == ("published", "2026-09-01T07:00:00Z")


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["C", "B", "A"]),
        ("?status=published", ["B"]),
        ("?status=published,submitted", ["C", "B", "A"]),
        ("?spaceType=wet_lab", ["C"]),
        ("?reference=A", ["A"]),
        ("?sort=reference", ["A", "B", "C"]),
        ("?sort=-reference", ["C", "B", "A"]),
        ("?sort=submittedAt", ["A", "B", "C"]),
        ("?sort=-updatedAt", ["C", "B", "A"]),
        ("?updatedSince=2026-09-02T09:00:00%2B02:00", ["C", "B"]),
        ("?updatedSince=2026-09-02T09:00:00+02:00", ["C", "B"]),
        ("?updatedSince=2026-09-02T07:00:01z&sort=reference", ["C"]),
    ],
)
def test_the_list_is_filtered_and_sorted(query, found, broker):
    days = [OFFERED_AT + timedelta(days=number) for number in range(3)]
    VacancyFactory(office=broker.office, reference="A", at=days[0])
    VacancyFactory(office=broker.office, reference="B", at=days[1], published=True)
    VacancyFactory(office=broker.office, reference="C", at=days[2], lab=True)
    VacancyFactory(reference="D", at=days[2])
    assert [item["reference"] for item in broker.get(f"vacancies{query}").json()["items"]] == found
