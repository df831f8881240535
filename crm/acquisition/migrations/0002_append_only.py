from django.db import migrations

from crm.common.append_only import AppendOnly


class Migration(migrations.Migration):
    dependencies = [('acquisition', '0001_initial')]
    operations = [
        AppendOnly("StageChange"),
        AppendOnly("NameReveal"),
    ]
