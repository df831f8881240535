"""Who may use the system: people (by e-mail and password) and programs (by API key)."""

from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from accounts.roles import DESK_ROLES, Role, role_allows, role_enters


class Language(models.TextChoices):
    """Languages of the interface."""

    DUTCH = "nl", _("Dutch")
    ENGLISH = "en", _("English")


SYSTEM_EMAIL = "system@crm.invalid"


class UserManager(BaseUserManager["User"]):
    """Looks people up by e-mail address, whatever its capitals."""

    def get_by_natural_key(self, email: str | None) -> "User":
        return self.get(email__iexact=email or "")

    def system(self) -> "User":
        """The user in whose name commands and schedules write; nobody can log in as it."""
        return self.get(email=SYSTEM_EMAIL)

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """Make a user; without a password nobody can log in as this user until one is set."""
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """Make an administrator (used by `manage.py createsuperuser`)."""
        return self.create_user(email, password, role=Role.ADMINISTRATOR, **fields)


class User(AbstractBaseUser):
    """A person who logs in by e-mail address. Users are anonymised, never deleted: the log points at them."""

    email = models.EmailField(_("e-mail address"), unique=True)
    full_name = models.CharField(_("name"), max_length=120)
    role = models.CharField(_("role"), max_length=20, choices=Role.choices, default=Role.STAFF)
    language = models.CharField(_("language"), max_length=2, choices=Language.choices, default=Language.DUTCH)
    is_active = models.BooleanField(_("active"), default=True, help_text=_("Switch off instead of deleting."))
    joined_at = models.DateTimeField(_("joined at"), null=True, blank=True, editable=False)

    objects = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["full_name"]

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")
        ordering = ["full_name", "email"]
        constraints = [
            models.UniqueConstraint(Lower("email"), name="an_email_address_belongs_to_one_user"),
            models.CheckConstraint(condition=Q(role__in=Role.values), name="a_user_has_a_known_role"),
        ]

    def __str__(self) -> str:
        return self.full_name or self.email

    def get_full_name(self) -> str:
        return self.full_name

    def get_short_name(self) -> str:
        return self.full_name.split(" ")[0] if self.full_name else self.email

    @property
    def initials(self) -> str:
        """Two letters for a small round mark."""
        words = (self.full_name or self.email).split()
        return (words[0][0] + (words[-1][0] if len(words) > 1 else "")).upper()

    @property
    def is_staff(self) -> bool:
        """Whether this user may enter the backoffice."""
        return self.role in DESK_ROLES

    @property
    def is_superuser(self) -> bool:
        return self.role == Role.ADMINISTRATOR

    def has_perm(self, perm: str, obj: object | None = None) -> bool:
        return self.is_active and role_allows(self.role, perm)

    def has_perms(self, perm_list: list[str], obj: object | None = None) -> bool:
        return all(self.has_perm(perm, obj) for perm in perm_list)

    def has_module_perms(self, app_label: str) -> bool:
        return self.is_active and role_enters(self.role, app_label)


class Scope(models.TextChoices):
    """What a key may be used for."""

    VACANCIES_READ = "vacancies:read", _("Read own vacancies")
    VACANCIES_WRITE = "vacancies:write", _("Write own vacancies")
    PROGRESS_READ = "progress:read", _("Read progress")
    SANDBOX = "sandbox", _("Validate only, store nothing")


class ApiKey(models.Model):
    """A key for a program: 256 random bits, shown once; only its digest is kept."""

    user = models.ForeignKey(User, models.PROTECT, related_name="api_keys", verbose_name=_("user"))
    label = models.CharField(_("label"), max_length=80, help_text=_("Which program uses it."))
    prefix = models.CharField(_("prefix"), max_length=12, unique=True, editable=False)
    digest = models.CharField(max_length=64, editable=False)
    scopes = models.JSONField(_("scopes"), default=list)
    created_at = models.DateTimeField(_("made at"), editable=False)
    created_by = models.ForeignKey(
        User, models.PROTECT, related_name="+", editable=False, verbose_name=_("made by")
    )
    expires_at = models.DateTimeField(_("expires at"))
    last_used_at = models.DateTimeField(_("last used at"), null=True, blank=True, editable=False)
    revoked_at = models.DateTimeField(_("revoked at"), null=True, blank=True, editable=False)
    revoked_by = models.ForeignKey(
        User,
        models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        editable=False,
        verbose_name=_("revoked by"),
    )
    replaces = models.OneToOneField(
        "self",
        models.PROTECT,
        related_name="replaced_by",
        null=True,
        blank=True,
        editable=False,
        verbose_name=_("replaces"),
    )

    class Meta:
        verbose_name = _("API key")
        verbose_name_plural = _("API keys")
        ordering = ["-created_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(revoked_at__isnull=True, revoked_by__isnull=True)
                | Q(revoked_at__isnull=False, revoked_by__isnull=False),
                name="a_revoked_key_says_by_whom",
            ),
            models.CheckConstraint(
                condition=Q(expires_at__gt=models.F("created_at")), name="a_key_expires_after_it_is_made"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.label} ({self.prefix}…)"


class IdempotencyRecord(models.Model):
    """The answer given to an `Idempotency-Key`, kept for a day, so that a retry stores nothing twice."""

    api_key = models.ForeignKey(ApiKey, models.CASCADE, related_name="+")
    key = models.CharField(max_length=255)
    method_and_path = models.CharField(max_length=400)
    body_digest = models.CharField(max_length=64)
    started_at = models.DateTimeField()
    status = models.PositiveSmallIntegerField(null=True)
    headers = models.JSONField(default=dict)
    body = models.TextField(default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["api_key", "key"], name="an_idempotency_key_is_used_once_per_api_key"
            )
        ]

    def __str__(self) -> str:
        return self.key


class Act(models.TextChoices):
    """What was done to a user or to a user's key."""

    INVITED = "invited", _("Invited")
    CHANGED = "changed", _("Changed")
    PASSWORD_SET = "password_set", _("Password set")
    SECOND_FACTOR_SET_UP = "second_factor_set_up", _("Second factor set up")
    SECOND_FACTOR_RESET = "second_factor_reset", _("Second factor reset")
    CODES_RENEWED = "codes_renewed", _("Recovery codes renewed")
    SWITCHED_OFF = "switched_off", _("Switched off")
    SWITCHED_ON = "switched_on", _("Switched on")
    LEFT = "left", _("Has left")
    INVITATION_SENT = "invitation_sent", _("Invitation sent")
    KEY_MADE = "key_made", _("Key made")
    KEY_ROTATED = "key_rotated", _("Key rotated")
    KEY_REVOKED = "key_revoked", _("Key revoked")


class AccountEvent(models.Model):
    """One row per act on a user or key: who, to whom, when. Append-only, and without names, so an erasure leaves it be."""

    user = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("user"))
    act = models.CharField(_("act"), max_length=30, choices=Act.choices)
    api_key = models.ForeignKey(
        ApiKey, models.PROTECT, related_name="+", null=True, blank=True, verbose_name=_("API key")
    )
    detail = models.JSONField(_("detail"), default=dict, help_text=_("What changed, as [before, after]."))
    at = models.DateTimeField(_("at"))
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("by"))

    class Meta:
        verbose_name = _("account event")
        verbose_name_plural = _("account events")
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["-at", "-id"], name="account_event_at")]
        constraints = [
            models.CheckConstraint(condition=Q(act__in=Act.values), name="an_account_event_has_a_known_act")
        ]

    def __str__(self) -> str:
        return f"{self.get_act_display()}: {self.user}"


class TotpDevice(models.Model):
    """A user's authenticator app. Its secret is encrypted, and a code is accepted once.

    `last_step` is the number of the half minute (since 1970) of the last code that was accepted: only later ones count.
    """

    user = models.OneToOneField(User, models.PROTECT, related_name="totp_device", verbose_name=_("user"))
    secret = models.TextField(editable=False)
    made_at = models.DateTimeField(_("made at"), editable=False)
    confirmed_at = models.DateTimeField(_("confirmed at"), null=True, blank=True, editable=False)
    last_step = models.PositiveBigIntegerField(default=0, editable=False)
    wrong_codes = models.PositiveSmallIntegerField(default=0, editable=False)
    locked_until = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("authenticator app")
        verbose_name_plural = _("authenticator apps")
        constraints = [
            models.CheckConstraint(
                condition=Q(confirmed_at__isnull=True) | Q(last_step__gt=0),
                name="an_authenticator_is_confirmed_by_a_code",
            )
        ]

    def __str__(self) -> str:
        return f"{self.user}"


class RecoveryCode(models.Model):
    """A code that replaces the authenticator app once; only its digest is kept."""

    user = models.ForeignKey(User, models.PROTECT, related_name="recovery_codes", verbose_name=_("user"))
    digest = models.CharField(max_length=64, editable=False)
    made_at = models.DateTimeField(_("made at"), editable=False)
    used_at = models.DateTimeField(_("used at"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("recovery code")
        verbose_name_plural = _("recovery codes")
        constraints = [
            models.UniqueConstraint(fields=["user", "digest"], name="a_user_has_a_recovery_code_once")
        ]

    def __str__(self) -> str:
        return f"{self.user}"
