from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [('targets', '0004_group_of_an_event')]

    operations = [
        migrations.AddIndex(
            model_name='countevent',
            index=models.Index(fields=['-confirmed_at', '-id'], name='count_event_confirmed'),
        ),
        migrations.AddIndex(
            model_name='countevent',
            index=models.Index(fields=['-recorded_at', '-id'], name='count_event_recorded'),
        ),
    ]
