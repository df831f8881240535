"""Users and API keys. Users are switched off, never deleted; a key's text is shown once."""

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.invitations import (
    DAYS,
    Invitation,
    Standing,
    invitation_of,
    send_invitation,
    with_invitation,
)
from accounts.models import SYSTEM_EMAIL, AccountEvent, ApiKey, Language, Scope, User
from accounts.roles import Role
from accounts.second_factor import has_second_factor, reset_second_factor
from accounts.services import (
    activate_user,
    change_user,
    deactivate_user,
    invite_user,
    issue_key,
    revoke_key,
    rotate_key,
    set_password,
)
from crm.backoffice.admin.base import ReadOnlyAdmin, RoomAdmin
from crm.backoffice.forms import RoomForm, Typed
from crm.backoffice.record_actions import ActionForm, RecordAction
from crm.backoffice.templatetags.desk import badge, moment
from crm.desk.leaving.belongings import Kind

KEY_DAYS = 365
FIELD_WORDS = {
    "role": _("role"),
    "language": _("language"),
    "full_name": _("name"),
    "scopes": _("scopes"),
    **{kind.value: kind.label for kind in Kind},
}


INVITE_WORDS = _(
    "What happens next: this person gets a mail with a link by which they choose a password. The link works for seven days; until then you see here whether it was used, and can send it again."
)
INVITATION_MARKS = {
    Standing.SENT: (_("Sent"), "ring", ""),
    Standing.EXPIRED: (_("Expired"), "triangle", "warn"),
    Standing.ACCEPTED: (_("Accepted"), "disc", "good"),
    Standing.WITHDRAWN: (_("Withdrawn"), "triangle", ""),
}


def invitation_words(invitation: Invitation) -> str:
    """The state of somebody's invitation, under their name."""
    if invitation.standing is Standing.NONE:
        return gettext("No invitation was sent, and no password was chosen yet.")
    if invitation.sent_at is None:
        return gettext("Has a password.")
    local = timezone.localtime
    values = {"sent": date_format(local(invitation.sent_at), "j F Y H:i")}
    if invitation.expires_at is not None:
        values["until"] = date_format(local(invitation.expires_at), "j F Y H:i")
    return {
        Standing.SENT: gettext("Invited by mail on %(sent)s; the link works until %(until)s."),
        Standing.EXPIRED: gettext(
            "The invitation of %(sent)s expired on %(until)s without being used. Send it again."
        ),
        Standing.ACCEPTED: gettext("Invited on %(sent)s, and has chosen a password."),
        Standing.WITHDRAWN: gettext("The invitation of %(sent)s was withdrawn when the account was closed."),
    }[invitation.standing] % values


class PasswordForm(ActionForm):
    password = forms.CharField(
        label=_("New password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("At least twelve characters. Give it to the user in person."),
    )


@admin.register(User)
class UserAdmin(RoomAdmin):
    list_display = ("full_name", "email", "role", "language", "state", "invitation", "last_seen")
    list_filter = ("role", "is_active", "language")
    search_fields = ("full_name", "email")
    ordering = ("full_name", "email")
    narrow_columns = ("language",)
    fieldsets = ((None, {"fields": ("email", "full_name", ("role", "language"))}),)
    record_actions = (
        RecordAction(
            name="invite",
            label=_("Send the invitation again"),
            done=_("A new invitation is under way; the link of the earlier one stopped working."),
            run=lambda user, values, by, at: send_invitation(user=user, by=by, at=at),
            applies=lambda user: (
                user.is_active and not user.has_usable_password() and user.email != SYSTEM_EMAIL
            ),
            icon="mail",
        ),
        RecordAction(
            name="password",
            label=_("Set a password"),
            done=_("The password is set; the user's sessions have ended."),
            run=lambda user, values, by, at: set_password(user=user, by=by, at=at, **values),
            applies=lambda user: user.is_active,
            form_class=PasswordForm,
            icon="key",
        ),
        RecordAction(
            name="second-factor",
            label=_("Reset the second factor"),
            done=_("Reset: sessions ended, and the next log-in asks to set it up again."),
            run=lambda user, values, by, at: reset_second_factor(user=user, by=by, at=at),
            applies=has_second_factor,
            question=_(
                "App and recovery codes stop working and sessions end. Make sure that it is the user who asks."
            ),
            icon="undo",
            tone="danger",
        ),
        RecordAction(
            name="deactivate",
            label=_("Switch off"),
            done=_("Switched off: sessions ended and keys revoked."),
            run=lambda user, values, by, at: deactivate_user(user=user, by=by, at=at),
            applies=lambda user: user.is_active,
            question=_(
                "This user cannot log in any more. Sessions end at once and keys are revoked; the log keeps what was done."
            ),
            icon="close",
            tone="danger",
        ),
        RecordAction(
            name="activate",
            label=_("Switch on"),
            done=_("Switched on: the user may log in again. Revoked keys stay revoked."),
            run=lambda user, values, by, at: activate_user(user=user, by=by, at=at),
            applies=lambda user: not user.is_active,
        ),
    )

    @property
    def add_label(self) -> str:
        return gettext("Invite a user")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return () if obj is None else ("email",)

    def get_queryset(self, request: HttpRequest) -> Any:
        return with_invitation(super().get_queryset(request))

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        fieldsets = super().get_fieldsets(request, obj)
        if obj is None:
            return [(name, {**options, "description": INVITE_WORDS}) for name, options in fieldsets]
        return fieldsets

    def record_context(self, request: HttpRequest, row: User) -> dict[str, Any]:
        return {"record_line": invitation_words(invitation_of(row, timezone.now()))}

    def record_tools(self, request: HttpRequest, row: User) -> list[dict[str, str]]:
        """Leaving has a page of its own: it closes an account and hands over what hangs on it."""
        may = self.has_change_permission(request, row)
        if not may or not row.is_active or row.email == SYSTEM_EMAIL or row.pk == request.user.pk:
            return []
        return [{"label": gettext("Leaves"), "url": reverse("admin:leave", args=[row.pk]), "icon": "logout"}]

    def response_add(self, request: HttpRequest, obj: Any, post_url_continue: Any = None) -> HttpResponse:
        """What happens next, in a sentence."""
        words = gettext(
            "%(name)s gets a mail at %(email)s now, with a link to choose a password. It works for %(days)d days."
        )
        messages.info(request, words % {"name": obj, "email": obj.email, "days": DAYS})
        return super().response_add(request, obj, post_url_continue)

    @admin.display(description=_("invitation"))
    def invitation(self, row: User) -> SafeString | str:
        standing = invitation_of(row, timezone.now())
        if standing.standing not in INVITATION_MARKS:
            return "–"
        label, shape, tone = INVITATION_MARKS[standing.standing]
        return badge(label, shape, tone)

    @admin.display(description=_("state"), ordering="is_active")
    def state(self, row: User) -> SafeString:
        return badge(_("Active"), "disc", "good") if row.is_active else badge(_("Switched off"), "ring")

    @admin.display(description=_("last log-in"), ordering="last_login")
    def last_seen(self, row: User) -> SafeString | str:
        return moment(row.last_login)

    def add_through(self, typed: Typed) -> User:
        user = invite_user(by=typed.by, at=typed.at, **typed.values)
        send_invitation(user=user, by=typed.by, at=typed.at)
        return user

    def change_through(self, row: User, typed: Typed) -> User:
        return change_user(user=row, by=typed.by, at=typed.at, **typed.only("full_name", "role", "language"))


class ApiKeyForm(RoomForm):
    scopes = forms.MultipleChoiceField(
        label=_("Scopes"),
        choices=Scope.choices,
        widget=forms.CheckboxSelectMultiple,
        initial=[Scope.VACANCIES_READ, Scope.VACANCIES_WRITE],
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "expires_at" in self.fields:
            self.fields["expires_at"].initial = timezone.now() + timedelta(days=KEY_DAYS)


class RotateForm(ActionForm):
    overlap = forms.IntegerField(
        label=_("The old key works on for so many days"), min_value=0, max_value=90, initial=7
    )


def _rotate(key: ApiKey, values: dict[str, Any], by: User, at: datetime) -> tuple[ApiKey, str]:
    return rotate_key(key=key, overlap=timedelta(days=values["overlap"]), by=by, at=at)


def stands(key: ApiKey) -> bool:
    return key.revoked_at is None and key.expires_at > timezone.now()


@admin.register(ApiKey)
class ApiKeyAdmin(RoomAdmin):
    form = ApiKeyForm
    list_display = ("label", "user", "prefix", "scopes_in_words", "state", "expires", "used")
    list_filter = ("user",)
    list_select_related = ("user",)
    search_fields = ("label", "prefix", "user__full_name", "user__email")
    narrow_columns = ("scopes_in_words",)
    autocomplete_fields = ("user",)
    fields = ("user", "label", "scopes", "expires_at")
    list_intro = _("A key's text is shown once, when it is made. Only its digest is kept.")
    record_actions = (
        RecordAction(
            name="rotate",
            label=_("Rotate"),
            done="",
            run=_rotate,
            applies=stands,
            form_class=RotateForm,
            icon="undo",
        ),
        RecordAction(
            name="revoke",
            label=_("Revoke"),
            done=_("The key stopped working."),
            run=lambda key, values, by, at: revoke_key(key=key, by=by, at=at),
            applies=lambda key: key.revoked_at is None,
            question=_("The program that uses this key stops working at once."),
            icon="close",
            tone="danger",
        ),
    )

    @property
    def add_label(self) -> str:
        return gettext("Make a key")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return () if obj is None else ("scopes_in_words",)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is None:
            return super().get_fieldsets(request, obj)
        names = (
            ("user", "label"),
            "scopes_in_words",
            ("created_at", "created_by"),
            ("expires_at", "last_used_at"),
            ("revoked_at", "revoked_by"),
        )
        return [(None, {"fields": names})]

    def add_through(self, typed: Typed) -> ApiKey:
        key, text = issue_key(by=typed.by, at=typed.at, **typed.values)
        key.shown_once = text
        return key

    def response_add(self, request: HttpRequest, obj: Any, post_url_continue: Any = None) -> HttpResponse:
        return self.show_once(request, obj, request.saved_row.shown_once)

    def after_action(self, request: HttpRequest, row: Any, action: Any, result: Any) -> HttpResponse:
        if action.name != "rotate":
            return super().after_action(request, row, action, result)
        key, text = result
        return self.show_once(request, key, text)

    def show_once(self, request: HttpRequest, key: ApiKey, text: str) -> HttpResponse:
        """The key's text on the answer itself: in no message, no session, no log and no URL."""
        request.desk_model = self.opts.label_lower
        context = {
            **self.admin_site.each_context(request),
            "title": gettext("The key of %(label)s") % {"label": key.label},
            "text": text,
            "record_url": self.record_url(key),
        }
        return TemplateResponse(request, "admin/accounts/apikey/shown_once.html", context)

    @admin.display(description=_("scopes"))
    def scopes_in_words(self, row: ApiKey) -> str:
        labels = dict(Scope.choices)
        return ", ".join(str(labels.get(scope, scope)) for scope in row.scopes)

    @admin.display(description=_("state"))
    def state(self, row: ApiKey) -> SafeString:
        if row.revoked_at:
            return badge(_("Revoked"), "triangle")
        if row.expires_at <= timezone.now():
            return badge(_("Expired"), "ring")
        return badge(_("Works"), "disc", "good")

    @admin.display(description=_("expires at"), ordering="expires_at")
    def expires(self, row: ApiKey) -> SafeString | str:
        return moment(row.expires_at)

    @admin.display(description=_("last used at"), ordering="last_used_at")
    def used(self, row: ApiKey) -> SafeString | str:
        return moment(row.last_used_at)


@admin.register(AccountEvent)
class AccountEventAdmin(ReadOnlyAdmin):
    list_display = ("happened", "act", "user", "by", "what")
    list_filter = ("act", "by")
    list_select_related = ("user", "by", "api_key")
    search_fields = ("user__full_name", "user__email", "api_key__prefix")
    date_hierarchy = "at"
    fields = ("at", "by", "act", "user", "api_key", "what")
    readonly_fields = ("what",)
    list_intro = _("Who did what to a user or key. Rows are added, never changed.")

    @admin.display(description=_("at"), ordering="at")
    def happened(self, row: AccountEvent) -> SafeString | str:
        return moment(row.at)

    @admin.display(description=_("detail"))
    def what(self, row: AccountEvent) -> str:
        """The detail in words: the key's prefix, or each changed field with its value before and after."""
        parts = [str(row.api_key)] if row.api_key else []
        words = {**dict(Role.choices), **dict(Language.choices), **dict(Scope.choices)}
        for name, value in row.detail.items():
            label = str(FIELD_WORDS[name])
            values = [str(words.get(item, item)) for item in value] if isinstance(value, list) else []
            if isinstance(value, int) and not isinstance(value, bool):
                values = [str(value)]
            if isinstance(value, str):
                values = [str(words.get(value, value))]
            between = ", " if name == "scopes" else " → "
            parts.append(f"{label}: {between.join(values)}" if values else label)
        return " · ".join(parts)
