from django.db import migrations

from crm.common.append_only import AppendOnly


class Migration(migrations.Migration):
    dependencies = [('targets', '0001_initial')]
    operations = [
        AppendOnly("CountEvent", settable=("confirmed_at", "confirmed_by_id")),
        AppendOnly("Observation"),
    ]
