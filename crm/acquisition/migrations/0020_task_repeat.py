import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from crm.common.append_only import AppendOnly


class Migration(migrations.Migration):

    dependencies = [
        ('acquisition', '0011_documents'),
        ('contacts', '0002_value_lists'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='TaskChange',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('act', models.CharField(choices=[('rescheduled', 'Rescheduled'), ('handed_over', 'Handed over'), ('done', 'Done'), ('repeat_ended', 'No longer repeated')], max_length=14, verbose_name='what happened')),
                ('old', models.CharField(blank=True, max_length=40, verbose_name='before')),
                ('new', models.CharField(blank=True, max_length=40, verbose_name='after')),
                ('at', models.DateTimeField(verbose_name='at')),
            ],
            options={
                'verbose_name': 'task change',
                'verbose_name_plural': 'task changes',
                'ordering': ['-at', '-pk'],
            },
        ),
        migrations.AddField(
            model_name='task',
            name='counted_from',
            field=models.DateField(blank=True, editable=False, null=True, verbose_name='counted from'),
        ),
        migrations.AddField(
            model_name='task',
            name='kind',
            field=models.CharField(choices=[('task', 'Task'), ('call', 'Call'), ('visit', 'Visit')], default='task', max_length=10, verbose_name='kind'),
        ),
        migrations.AddField(
            model_name='task',
            name='repeat',
            field=models.CharField(choices=[('none', 'Once'), ('weekly', 'Every week'), ('fortnightly', 'Every two weeks'), ('monthly', 'Every month'), ('quarterly', 'Every three months'), ('half_yearly', 'Every half year'), ('yearly', 'Every year')], default='none', max_length=12, verbose_name='repeat'),
        ),
        migrations.AddField(
            model_name='task',
            name='series',
            field=models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='acquisition.task', verbose_name='series'),
        ),
        migrations.AddField(
            model_name='task',
            name='start_time',
            field=models.TimeField(blank=True, help_text='Empty: some time that day. Clock of Amsterdam.', null=True, verbose_name='from'),
        ),
        migrations.AddIndex(
            model_name='task',
            index=models.Index(fields=['owner', 'due_on'], name='task_by_owner_and_day'),
        ),
        migrations.AddConstraint(
            model_name='task',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['task', 'call', 'visit'])), name='a_task_is_of_a_known_kind'),
        ),
        migrations.AddConstraint(
            model_name='task',
            constraint=models.CheckConstraint(condition=models.Q(('repeat__in', ['none', 'weekly', 'fortnightly', 'monthly', 'quarterly', 'half_yearly', 'yearly'])), name='a_task_repeats_in_a_known_way'),
        ),
        migrations.AddConstraint(
            model_name='task',
            constraint=models.CheckConstraint(condition=models.Q(('repeat', 'none'), ('counted_from__isnull', False), _connector='OR'), name='a_repeated_task_is_counted_from_a_day'),
        ),
        migrations.AddConstraint(
            model_name='task',
            constraint=models.UniqueConstraint(condition=models.Q(('done_at__isnull', True), ('series__isnull', False)), fields=('series',), name='a_series_has_one_open_task'),
        ),
        migrations.AddField(
            model_name='taskchange',
            name='by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='by'),
        ),
        migrations.AddField(
            model_name='taskchange',
            name='task',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='changes', to='acquisition.task', verbose_name='task'),
        ),
        migrations.AddConstraint(
            model_name='taskchange',
            constraint=models.CheckConstraint(condition=models.Q(('act__in', ['rescheduled', 'handed_over', 'done', 'repeat_ended'])), name='a_task_change_is_of_a_known_kind'),
        ),
        AppendOnly("TaskChange"),
    ]
