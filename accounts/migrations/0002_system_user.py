from django.db import migrations


def fill(apps, schema_editor):
    # "!" is no hash: nobody can log in.
    apps.get_model("accounts", "User").objects.get_or_create(
        email="system@crm.invalid",
        defaults={"full_name": "Systeem", "role": "staff", "language": "nl", "is_active": False, "password": "!"},
    )


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
