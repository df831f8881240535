"""A stock admin on which staff could do the desk's everyday deeds: leads, contact and tasks, and nothing of ours."""

from typing import Any

from django.contrib.admin import AdminSite, ModelAdmin
from django.urls import path
from django.utils import timezone

from crm.acquisition.models import Activity, Lead, Task

# The product moves a stage by a verb alone; a plain admin would edit the columns, so here they may be edited.
for name in ("stage", "status", "stage_since"):
    Lead._meta.get_field(name).editable = True


class StampedAdmin(ModelAdmin):
    """The columns that say who and when are filled in, so that nobody counts them as work."""

    def save_model(self, request: Any, obj: Any, form: Any, change: Any) -> None:
        if not change:
            obj.created_by, obj.created_at = request.user, timezone.now()
        obj.changed_by, obj.changed_at = request.user, timezone.now()
        super().save_model(request, obj, form, change)


class StockLeadAdmin(StampedAdmin):
    search_fields = ("code_name", "identity__working_name")
    fields = ("track", "stage", "stage_since", "status", "confidentiality", "owner")


site = AdminSite(name="admin")
site.register(Lead, StockLeadAdmin)
site.register([Activity, Task], StampedAdmin)
urlpatterns = [path("admin/", site.urls)]
