from django.db import migrations

# Django's log of saved forms has no index on its moment; the audit view reads it by that.
MAKE = 'CREATE INDEX IF NOT EXISTS "form_log_at" ON "django_admin_log" ("action_time" DESC, "id" DESC)'
DROP = 'DROP INDEX IF EXISTS "form_log_at"'


class Migration(migrations.Migration):
    dependencies = [("rules", "0002_norms"), ("admin", "0003_logentry_add_action_flag_choices")]
    operations = [migrations.RunSQL(MAKE, DROP)]
