"""What administrators decide about the desk's own rules: rows are added, never changed."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from crm.common.constraints import not_empty, one_of
from crm.common.validators import validate_plain_text
from crm.rules.norms import BY_CODE
from crm.rules.querysets import NormChangeQuerySet

USER = settings.AUTH_USER_MODEL


class ValueAct(models.TextChoices):
    """What was decided about a value of a list."""

    ADDED = "added", _("Added")
    RENAMED = "renamed", _("Renamed")
    MOVED = "moved", _("Moved")
    RETIRED = "retired", _("Retired")
    RESTORED = "restored", _("Taken into use again")
    MERGED = "merged", _("Merged")


class NormChange(models.Model):
    """From a day on a norm has this value, for a reason. A row that withdraws another has no value of its own."""

    code = models.CharField(_("norm"), max_length=40)
    value = models.PositiveIntegerField(_("value"), null=True)
    valid_from = models.DateField(_("valid from"))
    reason = models.CharField(_("reason"), max_length=300, validators=[validate_plain_text])
    at = models.DateTimeField(_("at"))
    by = models.ForeignKey(USER, models.PROTECT, related_name="+", verbose_name=_("by"))
    withdraws = models.OneToOneField(
        "self",
        models.PROTECT,
        related_name="withdrawn_by_row",
        null=True,
        blank=True,
        verbose_name=_("withdraws"),
    )

    objects: Any = NormChangeQuerySet.as_manager()

    class Meta:
        verbose_name = _("changed norm")
        verbose_name_plural = _("changed norms")
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["-at", "-id"], name="norm_change_at")]
        constraints = [
            not_empty("code", "a_norm_change_says_which_norm"),
            not_empty("reason", "a_norm_change_has_a_reason"),
            models.CheckConstraint(
                condition=Q(value__isnull=True, withdraws__isnull=False)
                | Q(value__isnull=False, withdraws__isnull=True),
                name="a_norm_change_has_a_value_or_withdraws_one",
            ),
        ]

    def __str__(self) -> str:
        label = str(BY_CODE[self.code].label) if self.code in BY_CODE else self.code
        return f"{label} {self.valid_from:%Y-%m-%d}"


class ValueChange(models.Model):
    """One decision about a value of a list, by the list's name and the value's code, which never change.

    For a closed list the last `renamed` row says what the value is called; two empty names give back those that the
    product came with. For a list that staff extend, the value's own row holds its names and this one the history.
    """

    list_name = models.CharField(_("list"), max_length=60)
    code = models.CharField(_("code"), max_length=40)
    act = models.CharField(_("what happened"), max_length=10, choices=ValueAct.choices)
    name_nl = models.CharField(_("Dutch name"), max_length=120, blank=True, validators=[validate_plain_text])
    name_en = models.CharField(
        _("English name"), max_length=120, blank=True, validators=[validate_plain_text]
    )
    detail = models.JSONField(_("detail"), default=dict)
    at = models.DateTimeField(_("at"))
    by = models.ForeignKey(USER, models.PROTECT, related_name="+", verbose_name=_("by"))

    class Meta:
        verbose_name = _("changed value")
        verbose_name_plural = _("changed values")
        ordering = ["-at", "-pk"]
        indexes = [
            models.Index(fields=["-at", "-id"], name="value_change_at"),
            models.Index(fields=["list_name", "code"], name="value_change_of_value"),
        ]
        constraints = [
            not_empty("list_name", "a_changed_value_is_of_a_list"),
            not_empty("code", "a_changed_value_has_a_code"),
            one_of("act", ValueAct, "a_changed_value_has_a_known_act"),
        ]

    def __str__(self) -> str:
        return f"{self.list_name} {self.code}"
