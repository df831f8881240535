from django.db import migrations

from crm.common.append_only import AppendOnly


class Migration(migrations.Migration):
    dependencies = [('crm_messages', '0001_initial')]
    operations = [
        AppendOnly("MailAttempt"),
        AppendOnly("FeedEvent"),
    ]
