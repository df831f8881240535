"""The admins of all rooms, one module per room."""

from crm.backoffice.admin import (
    accounts,
    acquisition,
    contacts,
    count_events,
    desk,
    editions,
    estate,
    leads,
    matching,
    messages,
    needs,
    reports,
    targets,
    vacancies,
)

__all__ = [
    "accounts",
    "acquisition",
    "contacts",
    "count_events",
    "desk",
    "editions",
    "estate",
    "leads",
    "matching",
    "messages",
    "needs",
    "reports",
    "targets",
    "vacancies",
]
