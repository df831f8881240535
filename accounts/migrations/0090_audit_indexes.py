from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [("accounts", "0060_acts_of_leaving")]

    operations = [
        migrations.AddIndex(
            model_name='accountevent',
            index=models.Index(fields=['-at', '-id'], name='account_event_at'),
        ),
    ]
