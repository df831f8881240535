from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [("acquisition", "0060_lead_tags")]

    operations = [
        migrations.AddIndex(
            model_name='document',
            index=models.Index(fields=['-created_at', '-id'], name='document_recorded'),
        ),
        migrations.AddIndex(
            model_name='leadedit',
            index=models.Index(fields=['-at', '-id'], name='lead_edit_at'),
        ),
        migrations.AddIndex(
            model_name='namereveal',
            index=models.Index(fields=['-at', '-id'], name='name_reveal_at'),
        ),
        migrations.AddIndex(
            model_name='stagechange',
            index=models.Index(fields=['-recorded_at', '-id'], name='stage_change_recorded'),
        ),
        migrations.AddIndex(
            model_name='taskchange',
            index=models.Index(fields=['-at', '-id'], name='task_change_at'),
        ),
    ]
