"""Outbox mail and the event feed: rooms above put in, one worker sends."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MessagesConfig(AppConfig):
    name = "crm.messages"
    label = "crm_messages"
    verbose_name = _("Messages")
