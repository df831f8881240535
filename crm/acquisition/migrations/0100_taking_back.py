import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from crm.common.append_only import AppendOnly


class Migration(migrations.Migration):

    dependencies = [
        ("acquisition", "0090_audit_indexes"),
        ('contacts', '0010_merged_into'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='task',
            name='a_series_has_one_open_task',
        ),
        migrations.RemoveConstraint(
            model_name='taskchange',
            name='a_task_change_is_of_a_known_kind',
        ),
        migrations.AddField(
            model_name='activity',
            name='withdrawn_at',
            field=models.DateTimeField(blank=True, editable=False, null=True, verbose_name='taken back at'),
        ),
        migrations.AddField(
            model_name='activity',
            name='withdrawn_by',
            field=models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='taken back by'),
        ),
        migrations.AddField(
            model_name='task',
            name='withdrawn_at',
            field=models.DateTimeField(blank=True, editable=False, null=True, verbose_name='taken back at'),
        ),
        migrations.AddField(
            model_name='task',
            name='withdrawn_by',
            field=models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='taken back by'),
        ),
        migrations.AlterField(
            model_name='taskchange',
            name='act',
            field=models.CharField(choices=[('rescheduled', 'Rescheduled'), ('handed_over', 'Handed over'), ('done', 'Done'), ('repeat_ended', 'No longer repeated'), ('taken_back', 'Taken back')], max_length=14, verbose_name='what happened'),
        ),
        migrations.AddConstraint(
            model_name='activity',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('withdrawn_at__isnull', True), ('withdrawn_by__isnull', True)), models.Q(('withdrawn_at__isnull', False), ('withdrawn_by__isnull', False)), _connector='OR'), name='an_activity_taken_back_says_by_whom'),
        ),
        migrations.AddConstraint(
            model_name='task',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('withdrawn_at__isnull', True), ('withdrawn_by__isnull', True)), models.Q(('withdrawn_at__isnull', False), ('withdrawn_by__isnull', False)), _connector='OR'), name='a_task_taken_back_says_by_whom'),
        ),
        migrations.AddConstraint(
            model_name='task',
            constraint=models.UniqueConstraint(condition=models.Q(('done_at__isnull', True), ('series__isnull', False), ('withdrawn_at__isnull', True)), fields=('series',), name='a_series_has_one_open_task'),
        ),
        migrations.AddConstraint(
            model_name='taskchange',
            constraint=models.CheckConstraint(condition=models.Q(('act__in', ['rescheduled', 'handed_over', 'done', 'repeat_ended', 'taken_back'])), name='a_task_change_is_of_a_known_kind'),
        ),
        AppendOnly("TaskChange"),
    ]
