"""The outbox: which mail went out, which waits, which failed."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from crm.backoffice.admin.base import ReadOnlyAdmin
from crm.backoffice.admin.inlines import RoomInline
from crm.backoffice.templatetags.desk import badge, moment
from crm.messages.models import Mail, MailAttempt, MailState

STATE_MARKS = {
    MailState.WAITING: ("ring", ""),
    MailState.SENT: ("disc", "good"),
    MailState.FAILED: ("triangle", "bad"),
}


class AttemptInline(RoomInline):
    model = MailAttempt
    is_log = True
    fields = ("at", "error")


@admin.register(Mail)
class MailAdmin(ReadOnlyAdmin):
    list_display = ("subject", "to", "state_in_words", "attempts", "queued", "sent")
    list_filter = ("state",)
    search_fields = ("subject", "to")
    number_columns = ("attempts",)
    inlines = (AttemptInline,)
    fields = ("to", "subject", "body", "state", "attempts", "queued_at", "due_at", "sent_at")
    list_intro = _("Every mail goes out exactly as often as promised; a failed one stays visible here.")

    def list_views(self, request: HttpRequest) -> list[tuple[str, str]]:
        return [
            (gettext("Failed"), "state__exact=failed"),
            (gettext("Waiting"), "state__exact=waiting"),
            (gettext("All"), ""),
        ]

    @admin.display(description=_("state"), ordering="state")
    def state_in_words(self, row: Mail) -> SafeString:
        return badge(row.get_state_display(), *STATE_MARKS[MailState(row.state)])

    @admin.display(description=_("queued at"), ordering="queued_at")
    def queued(self, row: Mail) -> SafeString | str:
        return moment(row.queued_at)

    @admin.display(description=_("sent at"), ordering="sent_at")
    def sent(self, row: Mail) -> Any:
        return moment(row.sent_at)
