"""What is kept beside a lead: each change of its facts, and the documents that were put with it.

Words that may name somebody stand in a row of their own (`EditedWords`), so that an erasure can blank them while the log
itself is never rewritten; people and users are held by their key.
"""

from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from crm.acquisition.choices import DocumentKind
from crm.common.constraints import above_zero, both_or_neither, not_empty, one_of
from crm.common.validators import validate_plain_text

USER = settings.AUTH_USER_MODEL


class EditedWords(models.Model):
    """The words before and after, beside the log so that an erasure can blank them."""

    old = models.TextField(_("before"), blank=True)
    new = models.TextField(_("after"), blank=True)

    class Meta:
        verbose_name = _("words of a changed fact")
        verbose_name_plural = _("words of changed facts")

    def __str__(self) -> str:
        return str(self.pk)


class LeadEdit(models.Model):
    """One fact of a lead that was changed, append-only.

    `old` and `new` hold codes, numbers, ISO days, or keys of people and users (several as `3,17`); for words they are
    empty and `words` holds both.
    """

    lead = models.ForeignKey("acquisition.Lead", models.PROTECT, related_name="edits", verbose_name=_("lead"))
    field = models.CharField(_("fact"), max_length=40)
    old = models.CharField(_("before"), max_length=2000, blank=True)
    new = models.CharField(_("after"), max_length=2000, blank=True)
    words = models.ForeignKey(
        EditedWords, models.PROTECT, related_name="+", null=True, blank=True, verbose_name=_("words")
    )
    by = models.ForeignKey(USER, models.PROTECT, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("changed fact")
        verbose_name_plural = _("changed facts")
        ordering = ["-at", "-pk"]
        indexes = [
            models.Index(fields=["-at", "-id"], name="lead_edit_at"),
            models.Index(fields=["lead", "-at"], name="lead_edit_of_lead"),
        ]
        constraints = [
            not_empty("field", "an_edit_says_which_fact"),
            models.CheckConstraint(
                condition=Q(words__isnull=True) | Q(old="", new=""),
                name="an_edit_holds_its_words_in_one_place",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.lead_id}: {self.field}"


def stored_under(document: "Document", name: str) -> str:
    """A random name: what people call a file tells tales, and could be guessed."""
    return f"documents/{document.created_at:%Y}/{uuid4().hex}.{document.kind}"


class Document(models.Model):
    """A file with a lead. Append-only but for its withdrawal, which keeps the row and says who and when."""

    lead = models.ForeignKey(
        "acquisition.Lead", models.PROTECT, related_name="documents", verbose_name=_("lead")
    )
    name = models.CharField(_("name"), max_length=120, validators=[validate_plain_text])
    note = models.CharField(_("what it is"), max_length=200, blank=True, validators=[validate_plain_text])
    kind = models.CharField(_("kind"), max_length=4, choices=DocumentKind.choices)
    size = models.PositiveIntegerField(_("size in bytes"))
    sha256 = models.CharField(_("SHA-256"), max_length=64)
    file = models.FileField(_("file"), upload_to=stored_under, max_length=120)
    created_at = models.DateTimeField(_("recorded at"))
    created_by = models.ForeignKey(USER, models.PROTECT, related_name="+", verbose_name=_("recorded by"))
    withdrawn_at = models.DateTimeField(_("withdrawn at"), null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        USER, models.PROTECT, related_name="+", null=True, blank=True, verbose_name=_("withdrawn by")
    )

    class Meta:
        verbose_name = _("document")
        verbose_name_plural = _("documents")
        ordering = ["-created_at", "-pk"]
        indexes = [models.Index(fields=["-created_at", "-id"], name="document_recorded")]
        constraints = [
            not_empty("name", "a_document_has_a_name"),
            one_of("kind", DocumentKind, "a_document_is_of_a_known_kind"),
            above_zero("size", "a_document_is_not_empty"),
            both_or_neither("withdrawn_at", "withdrawn_by", "a_withdrawn_document_says_by_whom"),
        ]

    def __str__(self) -> str:
        return self.name
