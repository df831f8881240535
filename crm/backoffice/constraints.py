"""Database constraints as sentences for a form. Those not named here are checked by the services with a field."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

CONSTRAINT_SENTENCES: Mapping[str, Promise] = {
    "an_email_address_belongs_to_one_user": _("Somebody else uses this e-mail address."),
    "an_organisation_is_not_its_own_group": _("An organisation cannot be its own group."),
    "a_current_kvk_number_is_held_once": _("Another organisation holds this KvK number now."),
    "a_kvk_number_ends_after_it_starts": _("A KvK number ends after it starts."),
    "an_affiliation_ends_after_it_starts": _("An affiliation ends after it starts."),
    "a_share_is_above_0_and_at_most_100": _("A share lies above 0 and is at most 100 %."),
    "an_ownership_ends_after_it_starts": _("A share ends after it starts."),
    "a_unit_has_its_own_name_in_the_building": _("This building has a unit of that name already."),
    "a_tenancy_ends_after_it_starts": _("A tenancy ends after it starts."),
    "notice_is_given_before_the_lease_ends": _("Notice is given before the lease ends."),
    "a_smallest_part_is_at_most_the_whole": _("The smallest part is at most the whole area."),
    "a_vacancy_ends_after_it_starts": _("A vacancy ends after it starts."),
    "a_sought_area_runs_from_small_to_large": _("The area sought runs from small to large."),
    "a_need_starts_before_its_latest_date": _("A need starts before its latest date."),
    "a_need_part_runs_from_small_to_large": _("The area of a part runs from small to large."),
    "a_should_has_a_weight_of_1_to_5": _("A must has no weight; a should has one of 1 to 5."),
    "a_spin_off_is_a_startup": _("A spin-off is a startup."),
}
