"""Bad input at every endpoint that takes a body: a clear problem, nothing stored, never a 5xx."""

import json
from io import BytesIO

import pytest

from crm.estate.models import Vacancy, VacancyChange
from tests.api.conftest import LISTING, faults

pytestmark = pytest.mark.django_db
MIB = 1024 * 1024
GOOD = json.dumps(LISTING)

BODIES = {
    "empty": (b"", 400, "empty_body"),
    "only spaces": (b"  \n ", 400, "empty_body"),
    "no JSON": (b"reference=A", 400, "not_json"),
    "cut off": (GOOD[:-30].encode(), 400, "not_json"),
    "a number with a comma": (GOOD.replace('"145.50"', "145,50").encode(), 400, "not_json"),
    "nested 100,000 deep": (b'{"a":' * 100_000, 400, "too_deep"),
    "arrays 100,000 deep": (b'{"a":' + b"[" * 100_000 + b"]" * 100_000 + b"}", 400, "too_deep"),
    "nested 21 deep": (b'{"a":' + b"[" * 20 + b"]" * 20 + b"}", 400, "too_deep"),
    "NUL in a text": (b'{"reference": "A\\u0000B"}', 400, "plain_text"),
    "NUL in a name": (b'{"refe\\u0000rence": "A"}', 400, "plain_text"),
    "a raw NUL": (b'{"reference": "A\x00B"}', 400, "not_json"),
    "a lone surrogate": (b'{"reference": "A", "titleNl": "\\ud800"}', 400, "plain_text"),
    "a lone surrogate, deep": (b'{"parts": [{"spaceType": "\\udfff"}]}', 400, "plain_text"),
    "a lone surrogate, twice": (b'{"\\ud800": 1, "\\ud800": 2}', 400, "duplicate_key"),
    "NaN": (b'{"areaM2": NaN}', 400, "not_json"),
    "Infinity": (b'{"areaM2": -Infinity}', 400, "not_json"),
    "a duplicate key": (b'{"reference": "A", "reference": "B"}', 400, "duplicate_key"),
    "a list": (b"[]", 400, "not_an_object"),
    "a text": (b'"text"', 400, "not_an_object"),
    "null": (b"null", 400, "not_an_object"),
    "not UTF-8": (b'{"reference": "\xe9"}', 400, "not_utf8"),
    "UTF-16": (GOOD.encode("utf-16"), 400, "not_utf8"),
    "a byte order mark": (b"\xef\xbb\xbf" + GOOD.encode(), 400, "not_json"),
    "a number of 5,000 digits": (b'{"areaM2": ' + b"9" * 5000 + b"}", 400, "not_json"),
    "an exponent of 20 digits": (b'{"areaM2": 1e99999999999999999999}', 400, None),
    "a huge exponent": (b'{"areaM2": 1e999999, "reason": 5}', 400, None),
    "an unknown field": (b'{"rentPerMonth": 12}', 400, "unknown_field"),
    "quotes without end": (b'{"a": ' + b'"\\"' * 200_000, 400, "not_json"),
    "over 1 MiB": (b'{"reference": "' + b"x" * MIB + b'"}', 413, None),
}
ENDPOINTS = {
    "POST /vacancies": lambda broker, body, **headers: broker.post("vacancies", body, **headers),
    "PUT /vacancies/{id}": lambda broker, body, **headers: broker.put(
        path_of(broker), body, If_Match="*", **headers
    ),
    "PATCH /vacancies/{id}": lambda broker, body, **headers: broker.patch(
        path_of(broker), body, If_Match="*", **headers
    ),
    "POST /vacancies/{id}/withdrawals": lambda broker, body, **headers: broker.post(
        f"{path_of(broker)}/withdrawals", body, **headers
    ),
}


def path_of(broker) -> str:
    return f"vacancies/{Vacancy.objects.get(office=broker.office).public_id}"


@pytest.mark.parametrize("endpoint", ENDPOINTS)
@pytest.mark.parametrize("name", BODIES)
def test_a_malformed_body_is_refused_everywhere_and_changes_nothing(name, endpoint, broker):
    broker.offer()
    before = (list(Vacancy.objects.values()), VacancyChange.objects.count())
    body, status, code = BODIES[name]
    for headers in ({}, {"Idempotency_Key": '"k"'}):
        answer = ENDPOINTS[endpoint](broker, body, **headers)
        assert answer.status_code == status, answer.content
        if code is not None:
            assert code in {error["code"] for error in answer.json()["errors"]}
    assert (list(Vacancy.objects.values()), VacancyChange.objects.count()) == before


@pytest.mark.parametrize("endpoint", ENDPOINTS)
@pytest.mark.parametrize(
    "headers",
    [
        {"Content_Type": "text/plain"},
        {"Content_Type": "application/x-www-form-urlencoded"},
        {"Content_Type": "multipart/form-data; boundary=x"},
        {"Content_Type": "application/xml"},
        {"Content_Type": ""},
        {"Content_Encoding": "gzip"},
    ],
)
def test_another_kind_of_body_is_415(headers, endpoint, broker):
    broker.offer()
    answer = ENDPOINTS[endpoint](broker, GOOD, **headers)
    assert (answer.status_code, answer.json()["type"][-22:]) == (415, "unsupported-media-type")


def test_what_is_just_within_the_bounds_is_read(broker):
    assert broker.post("vacancies", GOOD + " " * (MIB - len(GOOD))).status_code == 201
    twenty = b'{"a":' + b"[" * 19 + b"]" * 19 + b"}"
    assert faults(broker.post("vacancies", twenty))["/a"] == "unknown_field"
    brackets = json.dumps(LISTING | {"reference": "B", "descriptionNl": "[" * 4000 + '{"\\'})
    assert broker.post("vacancies", brackets).status_code == 201, "brackets in a text are no nesting"
    assert broker.post("vacancies", GOOD, Content_Type="application/json; charset=utf-8").status_code == 409


@pytest.mark.parametrize(
    ("fields", "found"),
    [
        ({"areaM2": -1}, {"/areaM2": "above_zero"}),
        ({"areaM2": "two hundred"}, {"/areaM2": "wrong_type"}),
        ({"areaM2": True}, {"/areaM2": "wrong_type"}),
        ({"areaM2": [240]}, {"/areaM2": "wrong_type"}),
        ({"areaM2": "1e3"}, {"/areaM2": "wrong_type"}),
        ({"areaM2": 10**40}, {"/areaM2": "out_of_range"}),
        ({"areaM2": "٣"}, {"/areaM2": "wrong_type"}),
        ({"areaM2": None}, {"/areaM2": "required"}),
        ({"areaM2": 1.005}, {"/areaM2": "max_decimal_places"}),
        ({"rentPerM2Year": "145,50"}, {"/rentPerM2Year": "decimal_comma"}),
        ({"rentPerM2Year": "1.145,50"}, {"/rentPerM2Year": "decimal_comma"}),
        ({"rentPerM2Year": "€ 145"}, {"/rentPerM2Year": "wrong_type"}),
        ({"rentPerM2Year": 12}, {"/rentPerM2Year": "rent_unusual"}),
        ({"fumeHoods": 1.5}, {"/fumeHoods": "wrong_type"}),
        ({"fumeHoods": "1,5"}, {"/fumeHoods": "wrong_type"}),
        ({"fumeHoods": 10**30}, {"/fumeHoods": "out_of_range"}),
        ({"fumeHoods": -1}, {"/fumeHoods": "min_value"}),
        ({"hasGases": "true"}, {"/hasGases": "wrong_type"}),
        ({"hasGases": 1}, {"/hasGases": "wrong_type"}),
        ({"availableFrom": "01-12-2026"}, {"/availableFrom": "date"}),
        ({"availableFrom": "2026-02-30"}, {"/availableFrom": "date"}),
        ({"availableFrom": "2026-12-01T00:00:00Z"}, {"/availableFrom": "date"}),
        ({"availableFrom": 20261201}, {"/availableFrom": "date"}),
        ({"availableFrom": "0001-01-01"}, {"/availableFrom": "out_of_range"}),
        ({"spaceType": ["office"]}, {"/spaceType": "wrong_type"}),
        ({"spaceType": "Office"}, {"/spaceType": "invalid_choice"}),
        ({"titleNl": 5}, {"/titleNl": "wrong_type"}),
        ({"titleNl": "x" * 121}, {"/titleNl": "max_length"}),
        ({"titleNl": "<script>alert(1)</script>"}, {"/titleNl": "markup"}),
        ({"titleNl": "bell \x07"}, {"/titleNl": "plain_text"}),
        ({"parts": {}}, {"/parts": "wrong_type"}),
        ({"parts": [5]}, {"/parts/0": "wrong_type"}),
        ({"parts": [{"spaceType": "office", "areaM2": 5}] * 21}, {"/parts": "too_many"}),
        (
            {"parts": [{"spaceType": "office", "areaM2": "1,5", "m2": 1}]},
            {"/parts/0/areaM2": "decimal_comma", "/parts/0/m2": "unknown_field"},
        ),
        ({"coBrokers": [{"name": "K"}] * 6}, {"/coBrokers": "too_many"}),
        ({"coBrokers": [{}]}, {"/coBrokers/0": "co_broker"}),
        ({"area_m2": 5}, {"/area_m2": "unknown_field"}),
        ({"a/b~c": 5}, {"/a~1b~0c": "unknown_field"}),
        ({"id": "x", "status": "published"}, {"/id": "read_only", "/status": "read_only"}),
        ({"areaCode": "Enschede"}, {"/areaCode": "unknown_area"}),
        ({"areaCode": "x" * 5000}, {"/areaCode": "unknown_area"}),
        ({"postcode": "x" * 5000}, {"/postcode": "postcode"}),
        ({"contactEmail": "a@" + "b" * 5000}, {"/contactEmail": "max_length"}),
        ({"contactPhone": "053-4890000"}, {"/contactPhone": "phone"}),
        ({"url": "javascript:alert(1)"}, {"/url": "invalid"}),
    ],
)
def test_each_fault_of_a_field_is_named_with_its_place(fields, found, broker):
    answer = broker.post("vacancies", LISTING | fields)
    assert answer.status_code == 400
    assert faults(answer) == found
    assert not Vacancy.objects.exists()


def test_all_faults_are_named_at_once(broker):
    answer = broker.post(
        "vacancies",
        {
            "reference": "a b",
            "spaceType": "office",
            "areaKind": "vvo",
            "areaM2": "12,5",
            "rentPerM2Year": 11,
            "availableFrom": "2027-01-02",
            "availableUntil": "2027-01-01",
            "colour": "red",
            "hasGases": "yes",
        },
    )
    assert faults(answer) == {
        "/colour": "unknown_field",
        "/areaM2": "decimal_comma",
        "/hasGases": "wrong_type",
        "/reference": "reference",
        "/titleNl": "title_required",
        "/street": "address_required",
        "/rentPerM2Year": "rent_unusual",
        "/availableUntil": "until_before_from",
    }


def test_a_name_nearly_right_is_put_right(broker):
    answer = broker.post("vacancies", LISTING | {"area_m2": 5, "rentPerM2year": 5, "zzz": 1})
    details = {error["pointer"]: error["detail"] for error in answer.json()["errors"]}
    assert "areaM2" in details["/area_m2"]
    assert "rentPerM2Year" in details["/rentPerM2year"]
    assert details["/zzz"] == "There is no such field."


def test_a_flood_of_unknown_names_is_answered_within_bounds(broker):
    answer = broker.post("vacancies", {f"unknown{number}" + "x" * 60: number for number in range(9000)})
    assert answer.status_code == 400
    assert len(answer.json()["errors"]) == 500


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("colour=red", {"?colour": "unknown_query_key"}),
        ("space_type=office", {"?space_type": "unknown_query_key"}),
        ("format=xml", {"?format": "unknown_query_key"}),
        ("limit=0", {"?limit": "out_of_range"}),
        ("limit=101", {"?limit": "out_of_range"}),
        ("limit=ten", {"?limit": "wrong_type"}),
        ("limit=1&limit=2", {"?limit": "repeated"}),
        ("limit=1" + "0" * 4000, {"?limit": "out_of_range"}),
        ("status=gone", {"?status": "invalid_choice"}),
        ("status=" + ",".join(["published"] * 101), {"?status": "too_many"}),
        ("spaceType=", {"?spaceType": "invalid_choice"}),
        ("updatedSince=yesterday", {"?updatedSince": "date_time"}),
        ("updatedSince=2026-09-01", {"?updatedSince": "date_time"}),
        ("updatedSince=2026-13-01T00:00:00Z", {"?updatedSince": "date_time"}),
        ("updatedSince=0001-01-01T00:00:00Z", {"?updatedSince": "out_of_range"}),
        ("updatedSince=9999-12-31T23:59:59Z", {"?updatedSince": "out_of_range"}),
        ("sort=areaM2", {"?sort": "invalid_choice"}),
        ("reference=" + "x" * 65, {"?reference": "max_length"}),
        ("reference=%00", {"?reference": "out_of_range"}),
        ("cursor=abc", {"?cursor": "cursor"}),
        ("cursor=%F0%9F%98%80", {"?cursor": "cursor"}),
        ("cursor=W10=", {"?cursor": "cursor"}),
        ("%00=1", {"?\x00": "unknown_query_key"}),
        ("%ff=1", {"?\ufffd": "unknown_query_key"}),
        ("a=1&limit=0", {"?a": "unknown_query_key", "?limit": "out_of_range"}),
    ],
)
def test_a_query_that_is_not_understood_is_refused(query, found, broker):
    answer = broker.get(f"vacancies?{query}")
    assert (answer.status_code, faults(answer)) == (400, found)


def test_a_query_on_a_write_is_refused(broker):
    assert faults(broker.post("vacancies?dryRun=true", LISTING)) == {"?dryRun": "unknown_query_key"}
    assert not Vacancy.objects.exists()


@pytest.mark.parametrize(
    "identity",
    ["0", "abc", "%00", "%ff", "' OR 1=1", "x" * 3000, "..", "%2e%2e%2fadmin", "😀", "by-reference"],
)
def test_a_malformed_id_is_as_absent_as_any_other(identity, broker):
    missing = broker.get("vacancies/00000000-0000-4000-8000-000000000000")
    answer = broker.get(f"vacancies/{identity}")
    assert answer.status_code == 404
    assert answer.content == missing.content


@pytest.mark.parametrize("reference", ["%00", "%ed%a0%80", "x" * 5000, "%2F"])
def test_a_malformed_reference_is_as_absent_as_any_other(reference, broker):
    assert broker.get(f"vacancies/by-reference/{reference}").status_code == 404


def send_in_chunks(broker, body: bytes):
    return broker.client.generic(
        "POST",
        "/api/v1/vacancies",
        headers={"Authorization": f"Bearer {broker.secret}", "Transfer-Encoding": "chunked"},
        **{"wsgi.input": BytesIO(body), "wsgi.input_terminated": True, "CONTENT_TYPE": "application/json"},
    )


def test_a_body_in_chunks_is_read_within_the_same_bounds(broker):
    assert send_in_chunks(broker, GOOD.encode()).status_code == 201
    assert send_in_chunks(broker, b" " * (MIB + 1)).status_code == 413
    assert send_in_chunks(broker, b"").status_code == 400
