from datetime import UTC, date, datetime

from django.db import migrations

from crm.common.append_only import AppendOnly

SINCE = date(2024, 1, 1)
KNOWN_AT = datetime(2024, 1, 1, tzinfo=UTC)
REASON = "As delivered"
NORMS = {
    "stage_contacted": 90, "stage_qualified": 120, "stage_site_visit": 90, "stage_proposal": 120, "stage_decision": 90,
    "stage_committed": 270,
    "silence_contacted": 30, "silence_qualified": 30, "silence_site_visit": 14, "silence_proposal": 14,
    "silence_decision": 14, "silence_committed": 14,
    "wait_second_person": 2, "wait_answer": 10, "wait_broker": 5, "wait_need": 30, "notice_ahead": 6,
    "contact_owner": 180, "contact_broker": 90, "contact_tenant": 365, "contact_partner": 60,
    "weight_promise_due": 100, "weight_decision_passed": 90, "weight_arrival_not_recorded": 90,
    "weight_waiting_for_second": 85, "weight_stalled": 60, "weight_answer_due": 55, 
    "weight_silence": 50, "weight_no_next_step": 45, "weight_broker_silent": 40,
    "weight_need_without_candidates": 40, "weight_lease_ends": 40,
}


def fill(apps, schema_editor):
    NormChange = apps.get_model("rules", "NormChange")
    system = apps.get_model("accounts", "User").objects.get(email="system@crm.invalid")
    for code, value in NORMS.items():
        NormChange.objects.get_or_create(
            code=code, valid_from=SINCE, at=KNOWN_AT, defaults={"value": value, "reason": REASON, "by": system}
        )


class Migration(migrations.Migration):
    dependencies = [("rules", "0001_initial"), ("accounts", "0002_system_user")]
    operations = [
        migrations.RunPython(fill, migrations.RunPython.noop),
        AppendOnly("NormChange"),
        AppendOnly("ValueChange"),
    ]
