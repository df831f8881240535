import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

TABLE, PREFIX = "accounts_accountevent", "append_only_accounts_accountevent"
MESSAGE = f"{TABLE} is append-only"
SQLITE = [
    f"CREATE TRIGGER {PREFIX}_{event.lower()} BEFORE {event} ON {TABLE} BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END"
    for event in ("UPDATE", "DELETE")
]
POSTGRESQL = [
    f"CREATE FUNCTION {PREFIX}() RETURNS trigger LANGUAGE plpgsql AS $body$ BEGIN "
    f"RAISE EXCEPTION '{MESSAGE}' USING ERRCODE = 'integrity_constraint_violation'; END $body$",
    *(
        f"CREATE TRIGGER {PREFIX}_{event.lower()} BEFORE {event} ON {TABLE} "
        f"FOR EACH ROW EXECUTE FUNCTION {PREFIX}()"
        for event in ("UPDATE", "DELETE")
    ),
]


def guard(apps, schema_editor):
    """accounts imports nothing of crm, so it brings the triggers of an append-only log itself."""
    for sql in SQLITE if schema_editor.connection.vendor == "sqlite" else POSTGRESQL:
        schema_editor.execute(sql, params=None)


def unguard(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        for event in ("update", "delete"):
            schema_editor.execute(f"DROP TRIGGER IF EXISTS {PREFIX}_{event}")
    else:
        schema_editor.execute(f"DROP FUNCTION IF EXISTS {PREFIX}() CASCADE")


class Migration(migrations.Migration):
    dependencies = [("accounts", "0003_second_factor")]
    operations = [
        migrations.CreateModel(
            name='AccountEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('act', models.CharField(choices=[('invited', 'Invited'), ('changed', 'Changed'), ('password_set', 'Password set'), ('second_factor_set_up', 'Second factor set up'), ('second_factor_reset', 'Second factor reset'), ('codes_renewed', 'Recovery codes renewed'), ('switched_off', 'Switched off'), ('switched_on', 'Switched on'), ('key_made', 'Key made'), ('key_rotated', 'Key rotated'), ('key_revoked', 'Key revoked')], max_length=30, verbose_name='act')),
                ('detail', models.JSONField(default=dict, help_text='What changed, as [before, after].', verbose_name='detail')),
                ('at', models.DateTimeField(verbose_name='at')),
                ('api_key', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.apikey', verbose_name='API key')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='by')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='user')),
            ],
            options={
                'verbose_name': 'account event',
                'verbose_name_plural': 'account events',
                'ordering': ['-at', '-pk'],
                'constraints': [models.CheckConstraint(condition=models.Q(('act__in', ['invited', 'changed', 'password_set', 'second_factor_set_up', 'second_factor_reset', 'codes_renewed', 'switched_off', 'switched_on', 'key_made', 'key_rotated', 'key_revoked'])), name='an_account_event_has_a_known_act')],
            },
        ),
        migrations.RunPython(guard, unguard),
    ]
