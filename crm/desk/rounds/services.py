"""Verbs on contact rounds: start, change, add to, mark, hand over, close. Each locks the round and leaves a log row."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.roles import DESK_ROLES
from crm.common.errors import Fault, RuleError, StaleError, refuse
from crm.common.locks import lock_row
from crm.common.moments import spoken_moment
from crm.common.months import amsterdam_day
from crm.common.validation import field_faults
from crm.contacts.models import Organisation
from crm.desk.rounds.choices import MemberState, RoundAct
from crm.desk.rounds.models import ContactRound, RoundChange, RoundMember

MOST_MEMBERS = 1000
LONGEST = timedelta(days=731)


@transaction.atomic
def start_round(
    *,
    name: str,
    scope: str,
    starts_on: date,
    ends_on: date,
    participants: Sequence[User],
    organisations: Iterable[Organisation],
    by: User,
    at: datetime,
    goal: str = "",
) -> ContactRound:
    """Freeze the list and share it out: to who keeps the relation where they take part, else evenly by name."""
    found = ContactRound(
        name=name.strip(),
        scope=scope,
        starts_on=starts_on,
        ends_on=ends_on,
        goal=goal.strip(),
        created_by=by,
        created_at=at,
        changed_by=by,
        changed_at=at,
    )
    wanted = _standing(organisations)
    faults = [*field_faults(found), *_period_faults(starts_on, ends_on, at), *_people_faults(participants)]
    if not wanted:
        faults.append(Fault("nobody_to_call", _("There is nobody in this selection to call."), "scope"))
    refuse([*faults, *_size_faults(len(wanted))])
    found.save()
    found.participants.set(participants)
    _enrol(found, wanted, list(participants), {}, by, at, is_addition=False)
    _log(found, RoundAct.STARTED, by, at, count=len(wanted))
    return found


@transaction.atomic
def change_round(
    *,
    round: ContactRound,
    name: str,
    ends_on: date,
    goal: str,
    participants: Sequence[User],
    by: User,
    at: datetime,
    version: int | None = None,
) -> ContactRound:
    """Another name, end, goal or company. Calls of who no longer takes part are shared out among who does."""
    fresh = _lock(round, at, version)
    fresh.name, fresh.ends_on, fresh.goal = name.strip(), ends_on, goal.strip()
    refuse(
        [
            *field_faults(fresh),
            *_period_faults(fresh.starts_on, ends_on, at),
            *_people_faults(participants),
        ]
    )
    _save(fresh, by, at)
    fresh.participants.set(participants)
    staying = {user.pk for user in participants}
    members = list(fresh.members.select_related("organisation"))
    load = Counter(member.caller_id for member in members if member.caller_id in staying)
    for member in members:
        if member.caller_id not in staying:
            member.caller = _next_caller(participants, load)
            load[member.caller_id] += 1
            member.save(update_fields=["caller"])
    _log(fresh, RoundAct.CHANGED, by, at)
    return fresh


@transaction.atomic
def add_members(
    *,
    round: ContactRound,
    organisations: Iterable[Organisation],
    by: User,
    at: datetime,
) -> int:
    """Put more organisations on the list; says how many were not on it yet."""
    fresh = _lock(round, at)
    callers = dict(fresh.members.values_list("organisation", "caller"))
    wanted = [row for row in _standing(organisations) if row.pk not in callers]
    faults = _size_faults(len(callers) + len(wanted))
    if not wanted:
        faults.append(Fault("on_the_list", _("They are on the list of this round already."), "organisations"))
    refuse(faults)
    _enrol(fresh, wanted, list(fresh.participants.all()), callers, by, at, is_addition=True)
    _log(fresh, RoundAct.ADDED, by, at, count=len(wanted))
    return len(wanted)


@transaction.atomic
def mark_unreachable(*, member: RoundMember, reason: str, by: User, at: datetime) -> RoundMember:
    """They cannot be reached, and why. Contact that comes about all the same counts nevertheless."""
    _fresh_round, fresh = _lock_member(member, at)
    fresh.unreachable_reason = reason.strip()
    faults = field_faults(fresh)
    if not fresh.unreachable_reason:
        faults.append(Fault("no_reason", _("Say why they cannot be reached."), "reason"))
    refuse(faults)
    fresh.unreachable_at, fresh.unreachable_by = at, by
    fresh.save()
    _log(fresh.round, RoundAct.UNREACHABLE, by, at, fresh)
    return fresh


@transaction.atomic
def put_back(*, member: RoundMember, by: User, at: datetime) -> RoundMember:
    """They can be reached after all: to be called again."""
    _fresh_round, fresh = _lock_member(member, at)
    if fresh.unreachable_at is None:
        raise RuleError(Fault("not_marked", _("They stand among those to be called already.")))
    fresh.unreachable_at = fresh.unreachable_by = None
    fresh.unreachable_reason = ""
    fresh.save()
    _log(fresh.round, RoundAct.PUT_BACK, by, at, fresh)
    return fresh


@transaction.atomic
def hand_over_call(
    *, member: RoundMember, to: User, by: User, at: datetime, is_joining: bool = False
) -> RoundMember:
    """Another colleague of the round calls them; one who is joining takes part in it from now on."""
    fresh_round, fresh = _lock_member(member, at)
    if is_joining:
        refuse(_people_faults([to]))
        fresh_round.participants.add(to)
    if not fresh_round.participants.filter(pk=to.pk).exists():
        message = _("%(who)s does not take part in this round.") % {"who": to}
        raise RuleError(Fault("takes_no_part", message, "to"))
    fresh.caller = to
    fresh.save(update_fields=["caller"])
    _log(fresh.round, RoundAct.HANDED_OVER, by, at, fresh)
    return fresh


@transaction.atomic
def close_round(
    *,
    round: ContactRound,
    by: User,
    at: datetime,
    conclusion: str = "",
) -> ContactRound:
    """End the round: what the contact log says of each member now is kept, whatever is logged or changed later."""
    fresh = _lock(round, at)
    fresh.conclusion = conclusion.strip()
    refuse(field_faults(fresh))
    members = list(fresh.members.with_state())
    for member in members:
        member.result = member.state
        member.contacted_on = member.spoken_on if member.state == MemberState.DONE else None
    RoundMember.objects.bulk_update(members, ["result", "contacted_on"])
    fresh.closed_at, fresh.closed_by = at, by
    _save(fresh, by, at)
    _log(fresh, RoundAct.CLOSED, by, at, count=len(members))
    return fresh


# ── rules ───────────────────────────────────────────────────────────────────
def _period_faults(starts_on: date, ends_on: date, at: datetime) -> list[Fault]:
    if ends_on < starts_on:
        return [Fault("ends_too_soon", _("The last day lies before the first."), "ends_on")]
    faults = []
    if ends_on < amsterdam_day(at):
        faults.append(Fault("over_already", _("This day is over: choose today or later."), "ends_on"))
    if ends_on - starts_on > LONGEST:
        faults.append(Fault("too_long", _("A round lasts two years at most."), "ends_on"))
    return faults


def _people_faults(participants: Sequence[User]) -> list[Fault]:
    if not participants:
        return [Fault("nobody_calls", _("Choose who takes part."), "participants")]
    strangers = [str(user) for user in participants if not user.is_active or user.role not in DESK_ROLES]
    message = _("%(who)s does not work at the desk.")
    return [Fault("not_of_the_desk", message % {"who": name}, "participants") for name in strangers]


def _size_faults(count: int) -> list[Fault]:
    if count <= MOST_MEMBERS:
        return []
    message = _("A round has %(most)d organisations at most; these are %(count)d.")
    return [Fault("too_many", message % {"most": MOST_MEMBERS, "count": count}, "scope")]


def _standing(organisations: Iterable[Organisation]) -> list[Organisation]:
    keys = {row.pk for row in organisations}
    return list(Organisation.objects.standing().filter(pk__in=keys).order_by("name", "pk"))


def _enrol(
    found: ContactRound,
    organisations: Sequence[Organisation],
    participants: Sequence[User],
    callers: dict[int, int],
    by: User,
    at: datetime,
    *,
    is_addition: bool,
) -> None:
    people = {user.pk: user for user in participants}
    load = Counter(callers.values())
    # First what somebody keeps, so that the rest evens out.
    kept = {row.pk: people[row.keeper_id] for row in organisations if row.keeper_id in people}
    load.update(user.pk for user in kept.values())
    members = []
    for row in organisations:
        caller = kept.get(row.pk)
        if caller is None:
            caller = _next_caller(participants, load)
            load[caller.pk] += 1
        members.append(
            RoundMember(
                round=found,
                organisation=row,
                caller=caller,
                is_addition=is_addition,
                added_at=at,
                added_by=by,
            )
        )
    RoundMember.objects.bulk_create(members)


def _next_caller(participants: Sequence[User], load: "Counter[int]") -> User:
    return min(participants, key=lambda user: (load[user.pk], user.full_name, user.pk))


def _lock(found: ContactRound, at: datetime, version: int | None = None) -> ContactRound:
    """The running round, locked and fresh."""
    fresh = lock_row(ContactRound.objects.all(), found.pk)
    if fresh.closed_at is not None:
        raise RuleError(Fault("closed_already", _("This round is closed: its result stays as it is.")))
    if version is not None and version != fresh.version:
        values = {"who": fresh.changed_by, "when": spoken_moment(fresh.changed_at, amsterdam_day(at))}
        message = _("%(who)s changed this %(when)s. Nothing of yours was stored: look again.")
        raise StaleError(Fault("stale", message % values, "version"))
    return fresh


def _lock_member(member: RoundMember, at: datetime) -> tuple[ContactRound, RoundMember]:
    fresh_round = _lock(ContactRound(pk=member.round_id), at)
    fresh = lock_row(RoundMember.objects.all(), member.pk)
    fresh.round = fresh_round
    return fresh_round, fresh


def _save(row: ContactRound, by: User, at: datetime) -> None:
    row.changed_by, row.changed_at, row.version = by, at, row.version + 1
    row.save()


def _log(
    found: ContactRound,
    act: RoundAct,
    by: User,
    at: datetime,
    member: RoundMember | None = None,
    *,
    count: int = 1,
) -> None:
    subject = str(member.organisation_id) if member else ""
    RoundChange.objects.create(round=found, act=act, subject=subject, count=count, by=by, at=at)
