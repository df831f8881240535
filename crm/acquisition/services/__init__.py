"""Everything that can be done with a lead."""

from crm.acquisition.services.contact import (
    add_task,
    finish_task,
    log_activity,
    record_proposal,
    reveal_name,
)
from crm.acquisition.services.documents import add_document, withdraw_document
from crm.acquisition.services.leads import change_lead, import_lead, record_lead
from crm.acquisition.services.moves import (
    close_lead,
    establish_lead,
    import_change,
    move_stage,
    move_stages,
    park_lead,
    reopen_lead,
    reverse_change,
)

__all__ = [
    "add_document",
    "add_task",
    "change_lead",
    "close_lead",
    "establish_lead",
    "finish_task",
    "import_change",
    "import_lead",
    "log_activity",
    "move_stage",
    "move_stages",
    "park_lead",
    "record_lead",
    "record_proposal",
    "reopen_lead",
    "reveal_name",
    "reverse_change",
    "withdraw_document",
]
