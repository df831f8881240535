"""Everything that can be done with a lead."""

from crm.acquisition.services.contact import (
    log_activity,
    record_proposal,
    reveal_name,
)
from crm.acquisition.services.deeds import (
    AddTag,
    Deed,
    HandOver,
    Judged,
    NextStep,
    Park,
    RemoveTag,
    carry_out,
    judge,
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
from crm.acquisition.services.tags import make_tag, rename_tag
from crm.acquisition.services.taking_back import take_back_task_change, withdraw_activity, withdraw_task
from crm.acquisition.services.tasks import (
    add_task,
    end_repeat,
    finish_task,
    hand_over_task,
    reschedule_task,
)

__all__ = [
    "AddTag",
    "Deed",
    "HandOver",
    "Judged",
    "NextStep",
    "Park",
    "RemoveTag",
    "add_document",
    "add_task",
    "carry_out",
    "change_lead",
    "close_lead",
    "end_repeat",
    "establish_lead",
    "finish_task",
    "hand_over_task",
    "import_change",
    "import_lead",
    "judge",
    "log_activity",
    "make_tag",
    "move_stage",
    "move_stages",
    "park_lead",
    "record_lead",
    "record_proposal",
    "rename_tag",
    "reopen_lead",
    "reschedule_task",
    "reveal_name",
    "reverse_change",
    "take_back_task_change",
    "withdraw_activity",
    "withdraw_document",
    "withdraw_task",
]
