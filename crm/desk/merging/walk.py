"""From a name to its model."""

from typing import Any

from django.apps import apps

from crm.contacts.models import Organisation, Person
from crm.desk.merging.models import Merge


def model_of(what: Merge | str) -> Any:
    """The model that a merge is about, or the one of a label such as `estate.tenancy`."""
    if isinstance(what, Merge):
        return Organisation if what.kept_organisation_id else Person
    return apps.get_model(what)
