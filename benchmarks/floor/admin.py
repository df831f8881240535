"""A stock admin site on leads, with `list_select_related` and nothing else."""

from django.contrib.admin import AdminSite, ModelAdmin

from crm.acquisition.models import Lead


class BareLeadAdmin(ModelAdmin):
    list_display = ("code_name", "track", "stage", "status", "stage_since", "owner", "application_area")
    list_select_related = ("owner", "application_area")
    list_per_page = 50
    show_full_result_count = True
    autocomplete_fields = ()
    raw_id_fields = ("owner", "referred_by", "decision_maker", "application_area")
    filter_horizontal = ()
    fields = (
        "track",
        "confidentiality",
        "owner",
        "application_area",
        "referred_by",
        "decision_maker",
        "jobs_expected",
    )


site = AdminSite(name="floor")
site.register(Lead, BareLeadAdmin)
