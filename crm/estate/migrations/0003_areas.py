import datetime

from django.db import migrations

BASELINE_DAY = datetime.date(2024, 1, 1)
# The Vredestein site counts once an administrator gives the day of the zoning change; Technology Base never.
AREAS = [
    ("ut_campus", "UT Campus", "UT Campus", BASELINE_DAY),
    ("bs_park", "B&S-park", "B&S Park", BASELINE_DAY),
    ("twente_village", "Twente Village", "Twente Village", BASELINE_DAY),
    ("vredestein", "Vredestein-locatie", "Vredestein site", None),
    ("technology_base", "Technology Base", "Technology Base", None),
]


def fill(apps, schema_editor):
    manager = apps.get_model("estate", "Area").objects
    for position, (code, name_nl, name_en, counts_from) in enumerate(AREAS, start=1):
        manager.update_or_create(
            code=code,
            defaults={"name_nl": name_nl, "name_en": name_en, "position": position, "counts_from": counts_from},
        )


class Migration(migrations.Migration):
    dependencies = [("estate", "0002_append_only")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
