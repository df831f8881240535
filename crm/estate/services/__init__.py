"""The verbs of the estate room: on places and on vacancies."""

from crm.estate.services.moderation import (
    ask_broker,
    confirm_vacancy,
    let_vacancy,
    publish_vacancy,
    refuse_vacancy,
    unpublish_vacancy,
    withdraw_vacancy,
)
from crm.estate.services.places import (
    begin_tenancy,
    change_building,
    change_tenancy,
    change_unit,
    end_tenancy,
    record_building,
    record_ownership,
    record_unit,
    set_counts_from,
)
from crm.estate.services.vacancies import change_vacancy, offer_vacancy

__all__ = [
    "ask_broker",
    "begin_tenancy",
    "change_building",
    "change_tenancy",
    "change_unit",
    "change_vacancy",
    "confirm_vacancy",
    "end_tenancy",
    "let_vacancy",
    "offer_vacancy",
    "publish_vacancy",
    "record_building",
    "record_ownership",
    "record_unit",
    "refuse_vacancy",
    "set_counts_from",
    "unpublish_vacancy",
    "withdraw_vacancy",
]
