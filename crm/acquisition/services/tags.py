"""Verbs on tags: make one, call it otherwise. Which leads carry it is a fact of the lead (`change_lead`)."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from crm.acquisition.models import LeadTag
from crm.common.errors import Fault, refuse
from crm.common.locks import lock_row
from crm.common.validation import field_faults


@transaction.atomic
def make_tag(*, name: str, by: User, at: datetime) -> LeadTag:
    """A new tag; its name is nobody else's, capitals aside."""
    tag = LeadTag(name=" ".join(name.split()), created_by=by, created_at=at)
    _check(tag)
    tag.save()
    return tag


@transaction.atomic
def rename_tag(*, tag: LeadTag, name: str, by: User, at: datetime) -> LeadTag:
    """Call a tag otherwise, on every lead that carries it."""
    fresh = lock_row(LeadTag.objects.all(), tag.pk)
    fresh.name = " ".join(name.split())
    _check(fresh)
    fresh.save(update_fields=["name"])
    return fresh


def _check(tag: LeadTag) -> None:
    faults = field_faults(tag)
    if not faults and LeadTag.objects.filter(name__iexact=tag.name).exclude(pk=tag.pk).exists():
        faults.append(
            Fault("tag_taken", _("There is a tag “%(name)s” already.") % {"name": tag.name}, "name")
        )
    refuse(faults)
