"""What every room's form shares: a service's faults at their fields, and the version that the person was looking at."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.forms.models import BaseInlineFormSet
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from crm.backoffice.constraints import CONSTRAINT_SENTENCES
from crm.common.errors import Fault, RuleError
from crm.common.validation import faults_of

VERSION_FIELD = "record_version"
# What a service raises when a rule refuses; accounts knows no class of the park and raises Django's own.
REFUSALS = (RuleError, ValidationError, IntegrityError)


def refused(error: Exception) -> list[Fault]:
    """Every reason of a refusal, whichever way it was said; the database's own comes as its constraint's sentence."""
    if isinstance(error, RuleError):
        return error.faults
    if isinstance(error, ValidationError):
        return faults_of(error)
    sentences = [sentence for name, sentence in CONSTRAINT_SENTENCES.items() if name in str(error)]
    if not sentences:
        sentences = [_("These facts contradict each other, or somebody recorded the same a moment ago.")]
    return [Fault("contradiction", sentence) for sentence in sentences]


class SentencesForm(forms.ModelForm):
    """Database constraints come out as sentences; those without one are left to the service, which names the field."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.instance.validate_constraints = self._constraints_in_sentences

    def _constraints_in_sentences(self, exclude: Any = None) -> None:
        errors = []
        for model_class, constraints in self.instance.get_constraints():
            for constraint in constraints:
                if constraint.name in CONSTRAINT_SENTENCES:
                    try:
                        constraint.validate(model_class, self.instance, exclude=exclude)
                    except ValidationError:
                        errors.append(ValidationError(CONSTRAINT_SENTENCES[constraint.name], constraint.name))
        if errors:
            raise ValidationError(errors)


class LogFormSet(BaseInlineFormSet):
    """Rows that are only read: nothing posted is looked at, and nothing about them can be wrong."""

    def is_valid(self) -> bool:
        return True


class RoomForm(SentencesForm):
    """A model's form that shows a service's faults, and carries the version that the person was looking at."""

    record_version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    rule_faults: Sequence[Fault] = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        version = getattr(self.instance, "version", None)
        if version is None or self.instance.pk is None:
            del self.fields[VERSION_FIELD]
        else:
            self.fields[VERSION_FIELD].initial = version

    def _post_clean(self) -> None:
        super()._post_clean()
        for fault in self.rule_faults:
            known = fault.field in self.fields
            label = "" if known or not fault.field else self._label(fault.field)
            self.add_error(fault.field if known else None, f"{label}{fault.message}")

    def _label(self, name: str) -> str:
        """A fault about a field that this form doesn't show names it in words; the version concerns the whole."""
        if name == "version":
            return ""
        names = {model_field.name for model_field in self._meta.model._meta.get_fields()}
        if name not in names:
            return ""
        verbose = getattr(self._meta.model._meta.get_field(name), "verbose_name", "")
        return f"{capfirst(verbose)}: " if verbose else ""


@dataclass(frozen=True)
class Typed:
    """What somebody typed and saved: whose hand, when, the values, which of them differ, and the rows beneath."""

    by: User
    at: datetime
    values: dict[str, Any]
    changed: dict[str, Any]
    version: int | None = None
    rows: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    changed_rows: frozenset[str] = frozenset()

    def only(self, *names: str) -> dict[str, Any]:
        return {name: self.values[name] for name in names if name in self.values}

    def other_than(self, *names: str) -> dict[str, Any]:
        return {name: value for name, value in self.values.items() if name not in names}
