"""What became of likely duplicates: merged, with all that is needed to undo it, or told apart for good."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from crm.common.constraints import both_or_neither
from crm.contacts.models import Organisation, Person

USER = settings.AUTH_USER_MODEL


class Merge(models.Model):
    """One record that went up in another. Append-only but for the undoing.

    `changed` holds every row that was moved or changed, with the touched columns before and after; `removed` whole rows
    that the kept record had already; `linked` which rows hung on either record afterwards.
    """

    kept_organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="+", null=True, verbose_name=_("kept organisation")
    )
    dropped_organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="+", null=True, verbose_name=_("merged organisation")
    )
    kept_person = models.ForeignKey(
        Person, models.PROTECT, related_name="+", null=True, verbose_name=_("kept person")
    )
    dropped_person = models.ForeignKey(
        Person, models.PROTECT, related_name="+", null=True, verbose_name=_("merged person")
    )
    choices = models.JSONField(_("choices"))
    changed = models.JSONField(_("changed rows"))
    removed = models.JSONField(_("removed rows"))
    linked = models.JSONField(_("linked rows"))
    merged_at = models.DateTimeField(_("merged at"))
    merged_by = models.ForeignKey(USER, models.PROTECT, related_name="+", verbose_name=_("merged by"))
    undone_at = models.DateTimeField(_("undone at"), null=True)
    undone_by = models.ForeignKey(
        USER, models.PROTECT, related_name="+", null=True, verbose_name=_("undone by")
    )

    class Meta:
        verbose_name = _("merge")
        verbose_name_plural = _("merges")
        ordering = ["-merged_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    kept_organisation__isnull=False,
                    dropped_organisation__isnull=False,
                    kept_person__isnull=True,
                    dropped_person__isnull=True,
                )
                | Q(
                    kept_organisation__isnull=True,
                    dropped_organisation__isnull=True,
                    kept_person__isnull=False,
                    dropped_person__isnull=False,
                ),
                name="a_merge_is_of_two_organisations_or_two_people",
            ),
            both_or_neither("undone_at", "undone_by", "an_undone_merge_says_by_whom"),
            models.UniqueConstraint(
                fields=["dropped_organisation"],
                condition=Q(undone_at__isnull=True),
                name="an_organisation_is_merged_away_once",
            ),
            models.UniqueConstraint(
                fields=["dropped_person"],
                condition=Q(undone_at__isnull=True),
                name="a_person_is_merged_away_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.dropped} → {self.kept}"

    @property
    def kept(self) -> Organisation | Person:
        return self.kept_organisation or self.kept_person  # type: ignore[return-value]

    @property
    def dropped(self) -> Organisation | Person:
        return self.dropped_organisation or self.dropped_person  # type: ignore[return-value]


class NotTheSame(models.Model):
    """Somebody looked at two likely duplicates and says they are two; the pair is unordered, so the lower number is first."""

    first_organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", null=True)
    second_organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", null=True)
    first_person = models.ForeignKey(Person, models.PROTECT, related_name="+", null=True)
    second_person = models.ForeignKey(Person, models.PROTECT, related_name="+", null=True)
    said_at = models.DateTimeField(_("said at"))
    said_by = models.ForeignKey(USER, models.PROTECT, related_name="+", verbose_name=_("said by"))

    class Meta:
        verbose_name = _("pair that is not the same")
        verbose_name_plural = _("pairs that are not the same")
        ordering = ["-said_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    first_organisation__lt=F("second_organisation"),
                    first_person__isnull=True,
                    second_person__isnull=True,
                )
                | Q(
                    first_person__lt=F("second_person"),
                    first_organisation__isnull=True,
                    second_organisation__isnull=True,
                ),
                name="a_told_apart_pair_is_two_of_one_kind_in_order",
            ),
            models.UniqueConstraint(
                fields=["first_organisation", "second_organisation"],
                name="two_organisations_are_told_apart_once",
            ),
            models.UniqueConstraint(
                fields=["first_person", "second_person"], name="two_people_are_told_apart_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.first_organisation or self.first_person} ≠ {self.second_organisation or self.second_person}"
