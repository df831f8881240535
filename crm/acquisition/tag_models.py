"""Words of the desk's own on leads. Read them from `crm.acquisition.models`, where the room's tables stand together."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from crm.common.constraints import not_empty
from crm.common.validators import validate_plain_text


class LeadTag(models.Model):
    """A word that leads carry together, such as a fair or a campaign; capitals make no other one."""

    name = models.CharField(_("name"), max_length=40, validators=[validate_plain_text])
    created_at = models.DateTimeField(_("recorded at"), editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="+",
        editable=False,
        verbose_name=_("recorded by"),
    )

    class Meta:
        verbose_name = _("tag")
        verbose_name_plural = _("tags")
        ordering = [Lower("name"), "pk"]
        constraints = [
            models.UniqueConstraint(Lower("name"), name="a_tag_has_a_name_of_its_own"),
            not_empty("name", "a_tag_has_a_name"),
        ]

    def __str__(self) -> str:
        return self.name
