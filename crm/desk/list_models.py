"""What people keep of the lists: views under a name of their own, and the log of what left the house as a spreadsheet."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from crm.common.constraints import not_empty, one_of
from crm.common.validators import validate_plain_text

USER = settings.AUTH_USER_MODEL


class ExportFormat(models.TextChoices):
    CSV = "csv", "CSV"
    XLSX = "xlsx", "XLSX"


class SavedView(models.Model):
    """A list as somebody wants to see it again: its filters, search and order, as the list's own query string."""

    owner = models.ForeignKey(USER, models.CASCADE, related_name="+", verbose_name=_("owner"))
    list_name = models.CharField(_("list"), max_length=80)
    name = models.CharField(_("name"), max_length=60, validators=[validate_plain_text])
    query = models.CharField(_("query"), max_length=2000, blank=True)
    is_shared = models.BooleanField(_("for everyone at the desk"), default=False)
    saved_at = models.DateTimeField(_("saved at"))

    class Meta:
        verbose_name = _("saved view")
        verbose_name_plural = _("saved views")
        ordering = ["list_name", Lower("name"), "pk"]
        constraints = [
            models.UniqueConstraint(
                "owner", "list_name", Lower("name"), name="a_person_has_one_view_of_a_name_per_list"
            ),
            not_empty("name", "a_saved_view_has_a_name"),
        ]

    def __str__(self) -> str:
        return self.name


class DefaultView(models.Model):
    """The view that opens first for one person; without one, the whole list."""

    user = models.ForeignKey(USER, models.CASCADE, related_name="+", verbose_name=_("person"))
    list_name = models.CharField(_("list"), max_length=80)
    view = models.ForeignKey(SavedView, models.CASCADE, related_name="+", verbose_name=_("view"))

    class Meta:
        verbose_name = _("default view")
        verbose_name_plural = _("default views")
        constraints = [
            models.UniqueConstraint(fields=["user", "list_name"], name="a_person_has_one_default_per_list")
        ]

    def __str__(self) -> str:
        return f"{self.list_name} {self.view_id}"


class ListExport(models.Model):
    """One list that was taken along as a spreadsheet: whose hand, which list, how many rows. What was searched is not kept."""

    list_name = models.CharField(_("list"), max_length=80)
    filters = models.CharField(_("filters"), max_length=2000, blank=True)
    format = models.CharField(_("format"), max_length=4, choices=ExportFormat.choices)
    rows = models.PositiveIntegerField(_("rows"))
    at = models.DateTimeField(_("at"))
    by = models.ForeignKey(USER, models.PROTECT, related_name="+", verbose_name=_("by"))

    class Meta:
        verbose_name = _("export of a list")
        verbose_name_plural = _("exports of lists")
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["-at", "-id"], name="list_export_at")]
        constraints = [one_of("format", ExportFormat, "an_export_has_a_known_format")]

    def __str__(self) -> str:
        return f"{self.list_name} {self.at:%Y-%m-%d %H:%M}"
