from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [("desk", "0080_incoming_mail")]

    operations = [
        migrations.AddIndex(
            model_name='listexport',
            index=models.Index(fields=['-at', '-id'], name='list_export_at'),
        ),
        migrations.AddIndex(
            model_name='snooze',
            index=models.Index(fields=['-at', '-id'], name='snooze_at'),
        ),
    ]
