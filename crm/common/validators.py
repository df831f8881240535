"""Field validators that several rooms share."""

import re

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator, URLValidator
from django.utils.translation import gettext_lazy as _
from stdnum.exceptions import ValidationError as NumberError
from stdnum.nl import postcode

# KvK numbers carry no check digit.
validate_kvk_number = RegexValidator(r"\A[0-9]{8}\Z", _("A KvK number has eight digits."), "kvk_number")
validate_bag_object = RegexValidator(
    r"\A[0-9]{4}01[0-9]{10}\Z",
    _("A BAG object has 16 digits, of which positions 5 and 6 are 01."),
    "bag_object",
)
validate_reference = RegexValidator(
    r"\A[A-Za-z0-9._-]{1,64}\Z",
    _("A reference has 1 to 64 letters, digits, dots, hyphens or underscores."),
    "reference",
)
validate_https_url = URLValidator(schemes=["https"], message=_("A web address starts with https://."))
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


def validate_plain_text(value: str) -> None:
    """Refuse control characters and lone surrogates, which PostgreSQL or a later reader cannot take."""
    if CONTROL.search(value):
        raise ValidationError(_("The text holds a character that cannot be stored."), "plain_text")


def normalise_postcode(value: str) -> str:
    """`7522nb` becomes `7522 NB`; raises ValidationError for what is no Dutch postcode."""
    try:
        return postcode.validate(value)
    except NumberError as error:
        raise ValidationError(_("A Dutch postcode looks like 7522 NB."), "postcode") from error


def validate_postcode(value: str) -> None:
    normalise_postcode(value)
