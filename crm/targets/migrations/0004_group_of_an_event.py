import django.db.models.deletion
from django.db import migrations, models

from crm.common.append_only import AppendOnly


class Migration(migrations.Migration):

    dependencies = [
        ('contacts', '0002_value_lists'),
        ('targets', '0003_targets'),
    ]

    operations = [
        migrations.AddField(
            model_name='countevent',
            name='group',
            field=models.ForeignKey(blank=True, editable=False, help_text='The group on the day of recording; a takeover later on changes no count.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='contacts.organisation', verbose_name='group'),
        ),
        # Anew, so that the triggers guard the new column too.
        AppendOnly("CountEvent", settable=("confirmed_at", "confirmed_by_id")),
    ]
