from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [('estate', '0003_areas')]

    operations = [
        migrations.AddIndex(
            model_name='vacancychange',
            index=models.Index(fields=['-at', '-id'], name='vacancy_change_at'),
        ),
    ]
