import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import crm.acquisition.papers
import crm.common.validators
from crm.common.append_only import AppendOnly


class Migration(migrations.Migration):
    dependencies = [
        ("acquisition", "0010_lead_edits"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        migrations.CreateModel(
            name="Document",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "name",
                    models.CharField(
                        max_length=120,
                        validators=[crm.common.validators.validate_plain_text],
                        verbose_name="name",
                    ),
                ),
                (
                    "note",
                    models.CharField(
                        blank=True,
                        max_length=200,
                        validators=[crm.common.validators.validate_plain_text],
                        verbose_name="what it is",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("pdf", "PDF"),
                            ("png", "PNG picture"),
                            ("jpg", "JPEG picture"),
                            ("docx", "Word document"),
                            ("xlsx", "Excel workbook"),
                        ],
                        max_length=4,
                        verbose_name="kind",
                    ),
                ),
                ("size", models.PositiveIntegerField(verbose_name="size in bytes")),
                ("sha256", models.CharField(max_length=64, verbose_name="SHA-256")),
                (
                    "file",
                    models.FileField(
                        max_length=120, upload_to=crm.acquisition.papers.stored_under, verbose_name="file"
                    ),
                ),
                ("created_at", models.DateTimeField(verbose_name="recorded at")),
                ("withdrawn_at", models.DateTimeField(blank=True, null=True, verbose_name="withdrawn at")),
                (
                    "created_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="recorded by",
                    ),
                ),
                (
                    "lead",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="documents",
                        to="acquisition.lead",
                        verbose_name="lead",
                    ),
                ),
                (
                    "withdrawn_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="withdrawn by",
                    ),
                ),
            ],
            options={
                "verbose_name": "document",
                "verbose_name_plural": "documents",
                "ordering": ["-created_at", "-pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("name", ""), _negated=True), name="a_document_has_a_name"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["pdf", "png", "jpg", "docx", "xlsx"])),
                        name="a_document_is_of_a_known_kind",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("size__isnull", True), ("size__gt", 0), _connector="OR"),
                        name="a_document_is_not_empty",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("withdrawn_at__isnull", True), ("withdrawn_by__isnull", True)),
                            models.Q(("withdrawn_at__isnull", False), ("withdrawn_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="a_withdrawn_document_says_by_whom",
                    ),
                ],
            },
        ),
        AppendOnly("Document", settable=("withdrawn_at", "withdrawn_by_id")),
    ]
