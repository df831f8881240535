import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from crm.common.append_only import AppendOnly


class Migration(migrations.Migration):
    dependencies = [
        ("acquisition", "0002_append_only"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        migrations.CreateModel(
            name="EditedWords",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("old", models.TextField(blank=True, verbose_name="before")),
                ("new", models.TextField(blank=True, verbose_name="after")),
            ],
            options={
                "verbose_name": "words of a changed fact",
                "verbose_name_plural": "words of changed facts",
            },
        ),
        migrations.CreateModel(
            name="LeadEdit",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("field", models.CharField(max_length=40, verbose_name="fact")),
                ("old", models.CharField(blank=True, max_length=2000, verbose_name="before")),
                ("new", models.CharField(blank=True, max_length=2000, verbose_name="after")),
                ("at", models.DateTimeField(verbose_name="at")),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="by",
                    ),
                ),
                (
                    "lead",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="edits",
                        to="acquisition.lead",
                        verbose_name="lead",
                    ),
                ),
                (
                    "words",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="acquisition.editedwords",
                        verbose_name="words",
                    ),
                ),
            ],
            options={
                "verbose_name": "changed fact",
                "verbose_name_plural": "changed facts",
                "ordering": ["-at", "-pk"],
                "indexes": [models.Index(fields=["lead", "-at"], name="lead_edit_of_lead")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("field", ""), _negated=True), name="an_edit_says_which_fact"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("words__isnull", True), models.Q(("new", ""), ("old", "")), _connector="OR"
                        ),
                        name="an_edit_holds_its_words_in_one_place",
                    ),
                ],
            },
        ),
        AppendOnly("LeadEdit"),
    ]
