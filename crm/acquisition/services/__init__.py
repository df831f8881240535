"""Everything that can be done with a lead."""

from crm.acquisition.services.contact import (
    add_task,
    finish_task,
    log_activity,
    record_proposal,
    reveal_name,
)
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
from crm.acquisition.services.task_changes import hand_over_task, reschedule_task

__all__ = [
    "add_task",
    "change_lead",
    "close_lead",
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
]
