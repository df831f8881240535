"""The admins of all rooms, one module per room."""

from crm.backoffice.admin import (
    acquisition,
    contacts,
    desk,
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
    "acquisition",
    "contacts",
    "desk",
    "estate",
    "leads",
    "matching",
    "messages",
    "needs",
    "reports",
    "targets",
    "vacancies",
]
