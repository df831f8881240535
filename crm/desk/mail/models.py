"""Mail that came in to be put on a lead's record, and what became of it. Read them from `crm.desk.models`.

Who may read a mail: while it waits, its owner alone; once it stands on a lead, whoever may read that lead's name.
"""

from typing import Any
from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm.acquisition.models import Activity, Document, Lead
from crm.common.constraints import both_or_neither, not_empty, one_of
from crm.contacts.models import Person

USER = settings.AUTH_USER_MODEL


class Way(models.TextChoices):
    """How a mail came in."""

    PASTED = "pasted", _("pasted")
    FILE = "file", _("added as a file")
    ADDRESS = "address", _("sent to a drop address")
    LEAD_ADDRESS = "lead_address", _("sent to the lead’s address")


class MailState(models.TextChoices):
    WAITING = "waiting", _("To file")
    FILED = "filed", _("On the record")
    HELD = "held", _("Held: not from a colleague")
    THROWN_AWAY = "thrown_away", _("Thrown away")


class ParticipantRole(models.TextChoices):
    SENDER = "from", _("from")
    TO = "to", pgettext_lazy("of a mail", "to")
    CC = "cc", _("cc")
    QUOTED = "quoted", _("named in the forwarded text")


class IncomingMailQuerySet(models.QuerySet[Any]):
    def waiting_for(self, user: Any) -> "IncomingMailQuerySet":
        """What this person has to file."""
        return self.filter(owner=user, state=MailState.WAITING)

    def readable_by(self, user: Any) -> "IncomingMailQuerySet":
        """One's own that is not filed yet, and what stands on a lead whose name this person may read."""
        own = Q(owner=user, state__in=(MailState.WAITING, MailState.HELD))
        standing = MailFiling.objects.standing().on_readable_leads(user).filter(mail=OuterRef("pk"))
        return self.filter(own | (Q(state=MailState.FILED) & Exists(standing)))


class IncomingMail(models.Model):
    """A mail in somebody's own list, until it is filed or thrown away. `key` recognises it when it comes again."""

    owner = models.ForeignKey(USER, models.PROTECT, related_name="+", verbose_name=_("owner"))
    key = models.CharField(max_length=64, editable=False)
    message_id = models.CharField(_("Message-ID"), max_length=255, blank=True)
    thread = models.CharField(_("thread"), max_length=255, blank=True)
    way = models.CharField(_("how it came in"), max_length=12, choices=Way.choices)
    state = models.CharField(_("state"), max_length=12, choices=MailState.choices, default=MailState.WAITING)
    received_at = models.DateTimeField(_("came in at"))
    received_by = models.ForeignKey(USER, models.PROTECT, related_name="+", verbose_name=_("brought in by"))
    sender_name = models.CharField(_("sender"), max_length=120, blank=True)
    sender_email = models.CharField(_("address of the sender"), max_length=254, blank=True)
    sent_at = models.DateTimeField(_("sent at"), null=True, blank=True)
    subject = models.CharField(_("subject"), max_length=300, blank=True)
    text = models.TextField(_("text"), blank=True)
    flaws = models.CharField(max_length=200, blank=True, editable=False)
    meant_for = models.ForeignKey(
        Lead, models.PROTECT, related_name="+", null=True, blank=True, verbose_name=_("brought in at")
    )
    thrown_away_at = models.DateTimeField(_("thrown away at"), null=True, blank=True)
    thrown_away_by = models.ForeignKey(
        USER, models.PROTECT, related_name="+", null=True, blank=True, verbose_name=_("thrown away by")
    )

    objects = IncomingMailQuerySet.as_manager()

    class Meta:
        verbose_name = _("e-mail")
        verbose_name_plural = _("e-mails")
        ordering = ["-received_at", "-pk"]
        indexes = [
            models.Index(fields=["owner", "state"], name="incoming_mail_of_somebody"),
            models.Index(fields=["thread"], name="incoming_mail_by_thread"),
            models.Index(fields=["message_id"], name="incoming_mail_by_message_id"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["owner", "key"], name="a_person_has_a_mail_once"),
            one_of("way", Way, "a_mail_came_in_a_known_way"),
            one_of("state", MailState, "an_incoming_mail_has_a_known_state"),
            both_or_neither("thrown_away_at", "thrown_away_by", "a_mail_thrown_away_says_by_whom"),
            not_empty("key", "an_incoming_mail_has_a_key"),
        ]

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.pk}"

    @property
    def sender(self) -> str:
        return self.sender_name or self.sender_email


class MailParticipant(models.Model):
    """Somebody who sent or received it; `person` where, at filing, exactly this address was known."""

    mail = models.ForeignKey(
        IncomingMail, models.CASCADE, related_name="participants", verbose_name=_("e-mail")
    )
    role = models.CharField(_("role"), max_length=8, choices=ParticipantRole.choices)
    name = models.CharField(_("name"), max_length=120, blank=True)
    email = models.CharField(_("e-mail address"), max_length=254, blank=True)
    person = models.ForeignKey(
        Person, models.PROTECT, related_name="+", null=True, blank=True, verbose_name=_("person")
    )

    class Meta:
        verbose_name = _("participant of an e-mail")
        verbose_name_plural = _("participants of e-mails")
        ordering = ["pk"]
        constraints = [one_of("role", ParticipantRole, "a_participant_has_a_known_role")]

    def __str__(self) -> str:
        return self.name or self.email


def kept_under(attachment: "MailAttachment", name: str) -> str:
    """A random name, as documents have one."""
    return f"mail/{uuid4().hex}"


class MailAttachment(models.Model):
    """A file with a mail, kept by the rules of documents; one that they refuse is named, with the reason, and not stored.

    Its file goes to the lead's documents when the mail is filed.
    """

    mail = models.ForeignKey(
        IncomingMail, models.CASCADE, related_name="attachments", verbose_name=_("e-mail")
    )
    name = models.CharField(_("name"), max_length=200)
    size = models.PositiveBigIntegerField(_("size in bytes"))
    kind = models.CharField(_("kind"), max_length=4, blank=True)
    file = models.FileField(_("file"), upload_to=kept_under, max_length=120, blank=True)
    in_text = models.BooleanField(_("picture in the text"), default=False)
    refusal = models.CharField(_("why it is not kept"), max_length=20, blank=True)
    document = models.ForeignKey(
        Document, models.PROTECT, related_name="+", null=True, blank=True, verbose_name=_("document")
    )

    class Meta:
        verbose_name = _("attachment")
        verbose_name_plural = _("attachments")
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.name


class MailFilingQuerySet(models.QuerySet[Any]):
    def standing(self) -> "MailFilingQuerySet":
        return self.filter(taken_off_at__isnull=True)

    def on_readable_leads(self, user: Any) -> "MailFilingQuerySet":
        """On leads whose name this person may read: of the others not even that there is a mail."""
        readable = Lead.objects.with_readable_name(user).filter(is_name_readable=True)
        return self.filter(lead__in=readable.values("pk"))


class MailFiling(models.Model):
    """A mail was put on a lead's timeline, by whom and when, and perhaps taken off again. The row stays."""

    mail = models.ForeignKey(IncomingMail, models.PROTECT, related_name="filings", verbose_name=_("e-mail"))
    key = models.CharField(max_length=64, editable=False)
    lead = models.ForeignKey(Lead, models.PROTECT, related_name="+", verbose_name=_("lead"))
    activity = models.OneToOneField(
        Activity, models.PROTECT, related_name="+", null=True, blank=True, verbose_name=_("activity")
    )
    by_address = models.BooleanField(_("by the lead’s address"), default=False)
    filed_at = models.DateTimeField(_("filed at"))
    filed_by = models.ForeignKey(USER, models.PROTECT, related_name="+", verbose_name=_("filed by"))
    taken_off_at = models.DateTimeField(_("taken off at"), null=True, blank=True)
    taken_off_by = models.ForeignKey(
        USER, models.PROTECT, related_name="+", null=True, blank=True, verbose_name=_("taken off by")
    )

    objects = MailFilingQuerySet.as_manager()

    class Meta:
        verbose_name = _("filed e-mail")
        verbose_name_plural = _("filed e-mails")
        ordering = ["-filed_at", "-pk"]
        indexes = [models.Index(fields=["lead", "filed_at"], name="mail_filing_of_lead")]
        constraints = [
            models.UniqueConstraint(
                fields=["lead", "key"],
                condition=Q(taken_off_at__isnull=True),
                name="a_mail_stands_on_a_lead_once",
            ),
            models.UniqueConstraint(
                fields=["mail"], condition=Q(taken_off_at__isnull=True), name="a_mail_stands_in_one_place"
            ),
            both_or_neither("taken_off_at", "taken_off_by", "a_mail_taken_off_says_by_whom"),
            models.CheckConstraint(
                condition=Q(taken_off_at__isnull=False) | Q(activity__isnull=False),
                name="a_standing_mail_has_its_activity",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.lead_id}: {self.mail_id}"


class DropAddress(models.Model):
    """The secret part of an address that mail is sent to: of one person's own list, or straight onto one lead."""

    token = models.CharField(max_length=40, unique=True, editable=False)
    user = models.ForeignKey(
        USER, models.PROTECT, related_name="+", null=True, blank=True, verbose_name=_("user")
    )
    lead = models.ForeignKey(
        Lead, models.PROTECT, related_name="+", null=True, blank=True, verbose_name=_("lead")
    )
    created_at = models.DateTimeField(_("made at"))
    created_by = models.ForeignKey(USER, models.PROTECT, related_name="+", verbose_name=_("made by"))
    revoked_at = models.DateTimeField(_("revoked at"), null=True, blank=True)
    revoked_by = models.ForeignKey(
        USER, models.PROTECT, related_name="+", null=True, blank=True, verbose_name=_("revoked by")
    )

    class Meta:
        verbose_name = _("drop address")
        verbose_name_plural = _("drop addresses")
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(user__isnull=True, lead__isnull=False) | Q(user__isnull=False, lead__isnull=True),
                name="a_drop_address_is_of_a_person_or_a_lead",
            ),
            both_or_neither("revoked_at", "revoked_by", "a_revoked_drop_address_says_by_whom"),
            models.UniqueConstraint(
                fields=["user"], condition=Q(revoked_at__isnull=True), name="a_person_has_one_drop_address"
            ),
            models.UniqueConstraint(
                fields=["lead"], condition=Q(revoked_at__isnull=True), name="a_lead_has_one_drop_address"
            ),
        ]

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.pk}"


class MailSource(models.Model):
    """The mailbox that is read: who reads it now, when it was read last, and what stood in the way."""

    name = models.CharField(_("mailbox"), max_length=300, unique=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    lease = models.CharField(max_length=32, blank=True)
    read_at = models.DateTimeField(_("read at"), null=True, blank=True)
    trouble = models.CharField(_("trouble"), max_length=300, blank=True)
    in_hand = models.CharField(max_length=300, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name = _("mailbox that is read")
        verbose_name_plural = _("mailboxes that are read")

    def __str__(self) -> str:
        return self.name


class AsideMail(models.Model):
    """A mail that was not taken in: it lies in the mailbox's own folder, with the reason here. `owner` where one is known."""

    source = models.ForeignKey(MailSource, models.PROTECT, related_name="aside", verbose_name=_("mailbox"))
    label = models.CharField(_("mark in the mailbox"), max_length=300)
    owner = models.ForeignKey(
        USER, models.PROTECT, related_name="+", null=True, blank=True, verbose_name=_("owner")
    )
    reason = models.CharField(_("reason"), max_length=20)
    at = models.DateTimeField(_("at"))
    seen_at = models.DateTimeField(_("seen at"), null=True, blank=True)

    class Meta:
        verbose_name = _("e-mail kept aside")
        verbose_name_plural = _("e-mails kept aside")
        ordering = ["-at", "-pk"]
        constraints = [models.UniqueConstraint(fields=["source", "label"], name="a_mail_is_kept_aside_once")]

    def __str__(self) -> str:
        return f"{self.reason} {self.at:%Y-%m-%d}"
