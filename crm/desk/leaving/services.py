"""The verb by which somebody leaves: all of it or nothing, each row by the verb and with the log of a single change."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import SYSTEM_EMAIL, Act, User
from accounts.roles import DESK_ROLES
from accounts.second_factor import reset_second_factor
from accounts.services import deactivate_user, note
from crm.acquisition.models import Lead
from crm.acquisition.services import HandOver, carry_out, change_lead, hand_over_task
from crm.acquisition.services.tasks import new_owner_faults
from crm.common.errors import Fault, RuleError, StaleError, refuse
from crm.common.locks import lock_rows
from crm.common.validation import faults_of
from crm.contacts.models import Organisation
from crm.contacts.services import change_organisation
from crm.desk.bulk.services import stop_bulk
from crm.desk.calendar_services import revoke_calendar_address
from crm.desk.leaving.belongings import (
    Belongings,
    Kind,
    belongings,
    running_snoozes,
    shared_views,
    team_leads,
    unfinished_jobs,
)
from crm.desk.lists import hand_over_view
from crm.desk.mail.services import revoke_drop_address
from crm.desk.quiet.services import end_snooze
from crm.desk.rounds.models import RoundMember
from crm.desk.rounds.services import hand_over_call
from crm.desk.snoozes import Snooze
from crm.matching.models import HousingNeed
from crm.matching.services import change_need


@transaction.atomic
def let_leave(
    *,
    user: User,
    heirs: Mapping[str, User],
    by: User,
    at: datetime,
    seen: str = "",
    is_dry_run: bool = False,
) -> Belongings:
    """Hand everything over, end what runs, and close the account; what the person did stays in the log.

    `heirs` says per `Kind` who takes it over, `seen` is the fingerprint of the preview. Raises `StaleError` when
    something came or went since, and `RuleError` with every fault, each with its kind as field and the row's name. A
    dry run does all of it and takes it back.
    """
    people = lock_rows(User.objects.filter(pk__in={user.pk, *(heir.pk for heir in heirs.values())}))
    fresh = next(person for person in people if person.pk == user.pk)
    refuse(_may_leave(fresh, by))
    things = belongings(fresh, at)
    if seen and seen != things.fingerprint:
        message = _(
            "Something came, went or changed hands since this page was drawn. Nothing was done: look again."
        )
        raise StaleError(Fault("stale", message))
    leaving = _Leaving(user=fresh, heirs=heirs, by=by, at=at)
    leaving.check_heirs(things)
    refuse(leaving.faults)
    leaving.hand_over(things)
    refuse(leaving.faults)
    leaving.close(things)
    if is_dry_run:
        transaction.set_rollback(True)
    return things


def _may_leave(user: User, by: User) -> list[Fault]:
    if user.email == SYSTEM_EMAIL:
        return [Fault("system", _("Commands write in this user's name; nobody logs in as it."))]
    if user.pk == by.pk:
        return [Fault("oneself", _("Nobody closes their own account: let another administrator do it."))]
    if not user.is_active:
        return [Fault("left_already", _("This account is closed already."))]
    return []


@dataclass
class _Leaving:
    user: User
    heirs: Mapping[str, User]
    by: User
    at: datetime
    faults: list[Fault] = field(default_factory=list)

    def check_heirs(self, things: Belongings) -> None:
        for kind, rows in things.rows.items():
            heir = self.heirs.get(kind)
            if not rows:
                continue
            if heir is None:
                message = _("Say who takes over: %(what)s.") % {"what": Kind(kind).label}
                self.faults.append(Fault("heir_needed", message, kind))
            elif heir.pk == self.user.pk or not heir.is_active or heir.role not in DESK_ROLES:
                message = _("%(who)s does not work at the desk and cannot take this over.")
                self.faults.append(Fault("not_of_the_desk", message % {"who": heir}, kind))

    def hand_over(self, things: Belongings) -> None:
        """Leads first: whoever owns one may read its name, and then takes over what is about it."""
        strict = {lead.pk for lead in things.rows[Kind.STRICT_LEADS]}
        leads = [*things.rows[Kind.LEADS], *things.rows[Kind.STRICT_LEADS]]
        for lead in sorted(leads, key=lambda lead: lead.pk):
            kind = Kind.STRICT_LEADS if lead.pk in strict else Kind.LEADS
            self._try(kind, str(lead), partial(self._lead, lead, self.heirs[kind]))
        for task in things.rows[Kind.TASKS]:
            heir = self._heir(Kind.TASKS, task.lead_id, strict)
            self._try(Kind.TASKS, _about(task), partial(self._task, task, heir))
        for need in things.rows[Kind.NEEDS]:
            heir = self._heir(Kind.NEEDS, need.lead_id, strict)
            self._try(Kind.NEEDS, _about(need), partial(self._need, need, heir))
        for view in shared_views(self.user):
            hand_over_view(view=view, owner=self.heirs[Kind.VIEWS], by=self.by, at=self.at)
        for relation in things.rows[Kind.KEPT]:
            self._try(Kind.KEPT, str(relation), partial(self._relation, relation, self.heirs[Kind.KEPT]))
        for member in things.rows[Kind.CALLS]:
            self._try(
                Kind.CALLS, str(member.organisation), partial(self._call, member, self.heirs[Kind.CALLS])
            )

    def _heir(self, kind: str, lead_id: int | None, strict: set[int]) -> User:
        return self.heirs[Kind.STRICT_LEADS if lead_id in strict else kind]

    def _try(self, kind: str, name: str, change: Callable[[], Any]) -> None:
        """Do it, or note under the row's name why not, so that every fault is known at once."""
        try:
            with transaction.atomic():
                change()
        except RuleError as error:
            self.faults += [Fault(fault.code, f"{name}: {fault.message}", kind) for fault in error.faults]

    def _lead(self, lead: Lead, heir: User) -> None:
        deed = HandOver(owner=heir, with_tasks=False)
        carry_out(deed=deed, lead=lead, by=self.by, at=self.at, version=lead.version)

    def _task(self, task: Any, heir: User) -> None:
        hand_over_task(task=task, owner=heir, by=self.by, at=self.at, version=task.version)

    def _need(self, need: HousingNeed, heir: User) -> None:
        refuse(new_owner_faults(heir, need.owner_id, need.lead_id))
        change_need(need=need, owner=heir, by=self.by, at=self.at, version=need.version)

    def _relation(self, relation: Organisation, heir: User) -> None:
        change_organisation(
            organisation=relation, keeper=heir, by=self.by, at=self.at, version=relation.version
        )

    def _call(self, member: RoundMember, heir: User) -> None:
        """Whoever takes the call over takes part in the round from now on."""
        hand_over_call(member=member, to=heir, by=self.by, at=self.at, is_joining=True)

    def close(self, things: Belongings) -> None:
        """End what runs in this person's name, and every way in."""
        for lead in list(team_leads(self.user)):
            rest = [person for person in lead.team.all() if person.pk != self.user.pk]
            change_lead(lead=lead, team=rest, by=self.by, at=self.at, version=lead.version)
        for pk in list(running_snoozes(self.user, self.at).values_list("pk", flat=True)):
            snooze = Snooze.objects.get(pk=pk)
            if snooze.ended_at is None:  # an earlier one of the same subject ended it
                end_snooze(snooze=snooze, by=self.by, at=self.at)
        for job in list(unfinished_jobs(self.user)):
            stop_bulk(job=job, by=self.by, at=self.at)
        revoke_calendar_address(user=self.user, by=self.by, at=self.at)
        revoke_drop_address(user=self.user, by=self.by, at=self.at)
        if things.has_second_factor:
            reset_second_factor(user=self.user, by=self.by, at=self.at)
        try:
            deactivate_user(user=self.user, by=self.by, at=self.at)
        except ValidationError as error:
            raise RuleError([Fault(fault.code, fault.message) for fault in faults_of(error)]) from error
        counts: dict[str, Any] = {kind: len(rows) for kind, rows in things.rows.items() if rows}
        note(user=self.user, act=Act.LEFT, by=self.by, at=self.at, **counts)


def _about(row: Any) -> str:
    """A task or need without what somebody typed, which may be a name: its lead, or its number."""
    return str(row.lead) if row.lead is not None else f"{row._meta.verbose_name} {row.pk}"
