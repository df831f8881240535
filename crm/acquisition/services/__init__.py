"""Everything that can be done with a lead."""

from crm.acquisition.services.contact import (
    log_activity,
    record_proposal,
    reveal_name,
    take_back_activity,
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
from crm.acquisition.services.tasks import (
    add_task,
    end_repeat,
    finish_task,
    hand_over_task,
    reschedule_task,
)

__all__ = [
    "add_document",
    "add_task",
    "change_lead",
    "close_lead",
    "end_repeat",
    "establish_lead",
    "finish_task",
    "hand_over_task",
    "import_change",
    "import_lead",
    "log_activity",
    "move_stage",
    "move_stages",
    "park_lead",
    "record_lead",
    "record_proposal",
    "reopen_lead",
    "reschedule_task",
    "reveal_name",
    "reverse_change",
    "take_back_activity",
    "withdraw_document",
]
