"""What every key to a user means once that user leaves. A test walks the models: a relation that is missing here fails it."""

from enum import Enum

# Who wrote a row and who changed it last: what anybody did stays theirs.
WRITTEN_BY = frozenset({"created_by", "changed_by"})


class Fate(Enum):
    HANDED_OVER = "handed over"  # an open responsibility: it goes to a colleague
    REVOKED = "revoked"  # a way in, or something still running: it ends
    HISTORY = "history"  # what was done, or a choice of one's own: it stays


FATES: dict[str, Fate] = {
    "acquisition.lead.owner": Fate.HANDED_OVER,  # of leads that run or are parked; ended ones keep whose they were
    "acquisition.task.owner": Fate.HANDED_OVER,  # of open tasks
    "matching.housingneed.owner": Fate.HANDED_OVER,  # of needs that wait for space
    "desk.savedview.owner": Fate.HANDED_OVER,  # of shared views; one's own stay with the account
    "contacts.organisation.keeper": Fate.HANDED_OVER,
    "desk.roundmember.caller": Fate.HANDED_OVER,  # in rounds that run
    "acquisition.lead_team.user": Fate.REVOKED,  # of leads that run or are parked
    "accounts.apikey.user": Fate.REVOKED,
    "accounts.totpdevice.user": Fate.REVOKED,
    "accounts.recoverycode.user": Fate.REVOKED,
    "desk.calendaraddress.user": Fate.REVOKED,
    "desk.dropaddress.user": Fate.REVOKED,
    "desk.snooze.by": Fate.REVOKED,  # running ones: the subject returns, to whoever has it now
    "desk.bulkjob.by": Fate.REVOKED,  # unfinished work stops
    # Mail that was not filed is private: nobody else reads it, so nobody takes it over.
    "desk.asidemail.owner": Fate.HISTORY,
    "desk.incomingmail.owner": Fate.HISTORY,
    "acquisition.activity.withdrawn_by": Fate.HISTORY,
    "acquisition.task.withdrawn_by": Fate.HISTORY,
    "desk.contactround.closed_by": Fate.HISTORY,
    "desk.contactround_participants.user": Fate.HISTORY,
    "desk.dropaddress.revoked_by": Fate.HISTORY,
    "desk.incomingmail.received_by": Fate.HISTORY,
    "desk.incomingmail.thrown_away_by": Fate.HISTORY,
    "desk.mailfiling.filed_by": Fate.HISTORY,
    "desk.mailfiling.taken_off_by": Fate.HISTORY,
    "desk.roundchange.by": Fate.HISTORY,
    "desk.roundmember.added_by": Fate.HISTORY,
    "desk.roundmember.unreachable_by": Fate.HISTORY,
    "desk.sheetimport.applied_by": Fate.HISTORY,
    "desk.sheetimport.undone_by": Fate.HISTORY,
    "desk.sheetimport.uploaded_by": Fate.HISTORY,
    "desk.sheetmapping.used_by": Fate.HISTORY,
    "rules.normchange.by": Fate.HISTORY,
    "rules.valuechange.by": Fate.HISTORY,
    "accounts.accountevent.user": Fate.HISTORY,
    "accounts.accountevent.by": Fate.HISTORY,
    "accounts.apikey.revoked_by": Fate.HISTORY,
    "acquisition.document.withdrawn_by": Fate.HISTORY,
    "acquisition.leadedit.by": Fate.HISTORY,
    "acquisition.namereveal.by": Fate.HISTORY,
    "acquisition.stagechange.by": Fate.HISTORY,
    "acquisition.task.done_by": Fate.HISTORY,
    "acquisition.taskchange.by": Fate.HISTORY,
    "admin.logentry.user": Fate.HISTORY,
    "contacts.brokeraccess.user": Fate.HISTORY,  # which office; a closed account gives no access to it
    "desk.calendaraddress.revoked_by": Fate.HISTORY,
    "desk.defaultview.user": Fate.HISTORY,
    "desk.importbatch.imported_by": Fate.HISTORY,
    "desk.listexport.by": Fate.HISTORY,
    "desk.merge.merged_by": Fate.HISTORY,
    "desk.merge.undone_by": Fate.HISTORY,
    "desk.morningchoice.by": Fate.HISTORY,
    "desk.morningchoice.user": Fate.HISTORY,  # only who works at the desk is written
    "desk.morninground.user": Fate.HISTORY,
    "desk.notthesame.said_by": Fate.HISTORY,
    "desk.snooze.ended_by": Fate.HISTORY,
    "estate.vacancy.confirmed_by": Fate.HISTORY,
    "estate.vacancychange.by": Fate.HISTORY,
    "matching.match.decided_by": Fate.HISTORY,
    "reports.reportedition.approved_by": Fate.HISTORY,
    "reports.reportedition.issued_by": Fate.HISTORY,
    "targets.countevent.confirmed_by": Fate.HISTORY,
    "targets.countevent.recorded_by": Fate.HISTORY,
    "targets.observation.recorded_by": Fate.HISTORY,
}


def fate_of(label: str) -> Fate | None:
    """What becomes of a relation written as `app.model.field`; None where nobody decided."""
    if label.rpartition(".")[2] in WRITTEN_BY:
        return Fate.HISTORY
    return FATES.get(label)
