"""Spreadsheets of leads. Another stage or status is a move: it asks what a move by hand asks, and leaves the same log."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.acquisition.checks import lead_faults, name_faults
from crm.acquisition.choices import Answer, Confidentiality, LeadStatus, Reason, Stage, Track
from crm.acquisition.facts import facts_of
from crm.acquisition.models import Lead, LeadIdentity, StageChange
from crm.acquisition.services import (
    change_lead,
    close_lead,
    move_stage,
    park_lead,
    record_lead,
    reopen_lead,
    reverse_change,
)
from crm.acquisition.stages import (
    ENDINGS,
    LeadFacts,
    Standing,
    Step,
    is_forward,
    requirement_faults,
    step_faults,
)
from crm.common.errors import Fault
from crm.common.months import amsterdam_day
from crm.contacts.models import Organisation
from crm.desk.sheets.kinds.base import OWN, OWN_REFERENCE, Field, Made, Planned, SheetKind, of
from crm.desk.sheets.lookups import COLLEAGUE, LEAD_REFERENCE, ORGANISATION, PERSON, value_list
from crm.desk.sheets.models import SheetKindCode
from crm.desk.sheets.values import DAY, KVK, TEXT, WHOLE, YES_NO, choice_of, plain_text, several

NAMES = ("organisation", "working_name")
KEYS = ("application_area", "owner", "referred_by", "decision_maker")
WORDS = ("offer_reference", "confirmation_reference")
PLAIN = (
    "track", "confidentiality", "spin_off_expected", "develops_technology", "has_rd_in_operations", "seeks_space",
    "area_from_m2", "area_to_m2", "decision_expected_on", "settles_expected_on", "confirmation_on", "jobs_expected",
    "jobs_promised", "referred_on",
)  # fmt: skip
MOVES = frozenset({"stage", "status"})
# What everybody at the desk reads of a lead whose name they may not read.
OPEN_TO_ALL = ("reference", "track", "stage", "status", "owner")
CHANGES = "acquisition.stagechange.lead"


class Leads(SheetKind):
    code = SheetKindCode.LEADS
    model = Lead
    name_fields = ("organisation", "working_name")
    own_rows = frozenset(
        {
            "acquisition.leadidentity.lead",
            "acquisition.leadedit.lead",
            "acquisition.lead_technologies.lead",
            "acquisition.lead_team.lead",
        }
    )
    fields = (
        Field("reference", gettext_lazy("reference"), LEAD_REFERENCE, ("id", "lead", "leadnummer", "lead nummer", "nummer"), is_key=True),
        OWN,
        Field("kvk", gettext_lazy("KvK number"), KVK, ("kvk", "kvknr", "kvk nr", "kvk nummer", "coc", "coc number"), is_key=True),
        of(LeadIdentity, "organisation", ORGANISATION, "bedrijf", "bedrijfsnaam", "company", "organisatie", "prospect"),
        of(LeadIdentity, "working_name", TEXT, "naam", "name", "projectnaam", "werknaam"),
        of(Lead, "track", choice_of(Track.choices), "spoor", "soort", "type", is_needed=True),
        of(Lead, "stage", choice_of(Stage.choices), "fase", "stadium"),
        of(Lead, "status", choice_of(LeadStatus.choices)),
        Field("moved_on", gettext_lazy("day of the move"), DAY, ("datum fase", "fase sinds", "stage date", "datum"), is_told=True),
        Field("reason", gettext_lazy("reason"), choice_of(Reason.choices), ("reden",), is_told=True),
        Field("known_since", gettext_lazy("known since"), DAY, ("bekend sinds", "sinds", "aangemaakt", "aangemaakt op", "since"), is_told=True),
        of(Lead, "confidentiality", choice_of(Confidentiality.choices), "vertrouwelijkheid"),
        of(Lead, "owner", COLLEAGUE, "eigenaar", "accountmanager", "behandelaar", "verantwoordelijke"),
        of(Lead, "application_area", value_list("application_areas"), "sector", "branche", "domein"),
        Field("technologies", gettext_lazy("technologies"), several(value_list("technologies")), ("technologie",)),
        of(Lead, "spin_off_expected", choice_of(Answer.choices), "spin off"),
        of(Lead, "develops_technology", YES_NO),
        of(Lead, "has_rd_in_operations", YES_NO),
        of(Lead, "seeks_space", YES_NO, "zoekt ruimte"),
        of(Lead, "area_from_m2", WHOLE, "m2 van", "m2 vanaf", "oppervlakte van", "van m2", "m2"),
        of(Lead, "area_to_m2", WHOLE, "m2 tot", "oppervlakte tot", "tot m2"),
        of(Lead, "decision_expected_on", DAY, "beslissing", "beslisdatum"),
        of(Lead, "decision_maker", PERSON, "beslisser", "contactpersoon"),
        of(Lead, "offer_reference", TEXT, "offerte"),
        of(Lead, "settles_expected_on", DAY, "vestigingsdatum", "verwachte vestiging"),
        of(Lead, "confirmation_on", DAY),
        of(Lead, "confirmation_reference", TEXT),
        of(Lead, "jobs_expected", WHOLE, "arbeidsplaatsen", "banen", "fte", "jobs"),
        of(Lead, "jobs_promised", WHOLE),
        of(Lead, "referred_by", ORGANISATION, "aangedragen door", "via", "referred by"),
        of(Lead, "referred_on", DAY, "aangedragen op"),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        readable = Lead.objects.with_readable_name(self.by).filter(is_name_readable=True)
        self.readable = set(readable.values_list("pk", flat=True))
        self.today = amsterdam_day(self.at)

    def current(self, pks: Sequence[int]) -> dict[int, dict[str, Any]]:
        technologies: defaultdict[int, list[int]] = defaultdict(list)
        through = Lead.technologies.through._base_manager.filter(lead__in=pks)
        for pk, technology in through.values_list("lead", "technology"):
            technologies[pk].append(technology)
        found: dict[int, dict[str, Any]] = {}
        for lead in Lead.objects.filter(pk__in=pks).select_related("identity"):
            values = {
                **{name: getattr(lead, name) for name in (*PLAIN, *MOVES)},
                **{name: getattr(lead, f"{name}_id") for name in KEYS},
                **{name: plain_text(getattr(lead, name)) for name in WORDS},
                "reference": lead.pk,
                OWN_REFERENCE: self.reference_of.get(lead.pk, ""),
                "kvk": "",
                "organisation": lead.identity.organisation_id,
                "working_name": plain_text(lead.identity.working_name),
                "technologies": tuple(sorted(technologies[lead.pk], key=str)),
                **dict.fromkeys(("moved_on", "reason", "known_since")),
            }
            if lead.pk not in self.readable:
                values = {name: value if name in OPEN_TO_ALL else None for name, value in values.items()}
            found[lead.pk] = values
        return found

    def find(self, row: Planned) -> int | None:
        found = self._found(row)
        row.is_closed = found is not None and found not in self.readable
        return found

    def _found(self, row: Planned) -> int | None:
        if pk := row.values.get("reference"):
            return self.must_exist(pk, self.lookups.leads, f"L-{pk:04d}")
        found = self.find_own(row)
        if found is not None and found in self.readable:
            return found
        number = row.values.get("kvk")
        if not number:
            return None
        organisation = self.lookups.kvk_holders.get(number)
        if organisation is None:
            row.add("kvk", _("No organisation has the KvK number %(number)s.") % {"number": number})
            return None
        if not row.values.get("working_name"):
            row.values.setdefault("organisation", organisation)
        # Only leads whose name this person may read: an answer about another would tell who stands behind it.
        of_it = Lead.objects.filter(identity__organisation=organisation, pk__in=self.readable).exclude(
            status__in=ENDINGS
        )
        leads = list(of_it.order_by("pk").values_list("pk", "track"))
        same = [pk for pk, track in leads if track == row.values.get("track", track)]
        if len(same) > 1:
            row.add(
                "kvk",
                _("This organisation has %(count)d leads: add a column with the reference.")
                % {"count": len(same)},
            )
        return same[0] if same else None

    def new_keys(self, row: Planned) -> list[tuple[str, str]]:
        keys = [(OWN_REFERENCE, row.values[OWN_REFERENCE])] if row.values.get(OWN_REFERENCE) else []
        if row.values.get("kvk"):
            keys.append(("kvk", f"{row.values['kvk']} {row.values.get('track', '')}"))
        return keys

    # ── what would go wrong ─────────────────────────────────────────────────
    def check(self, rows: Sequence[Planned]) -> None:
        stored = Lead.objects.select_related("identity").in_bulk([row.pk for row in rows if row.pk])
        facts = facts_of(stored.values())
        last: dict[int, StageChange] = {}
        standing = StageChange.objects.filter(
            lead__in=stored, reverses__isnull=True, reversed_by__isnull=True
        )
        for change in standing.order_by("pk"):
            last[change.lead_id] = change
        for row in rows:
            if row.is_closed:
                if row.changes:
                    row.add("reference", _("You may not change this lead: its name is not yours to read."))
                continue
            lead, identity = self._drafted(row, stored)
            row.blame(lead_faults(lead, self.at))
            row.blame(name_faults(identity))
            known = facts.get(row.pk or 0, LeadFacts())
            self._check_moves(row, replace(known, **self._known(lead)), last.get(row.pk or 0))
            self.check_reference(row)

    def _drafted(self, row: Planned, stored: dict[int, Lead]) -> tuple[Lead, LeadIdentity]:
        lead = stored[row.pk] if row.pk else Lead()
        identity = lead.identity if row.pk else LeadIdentity()
        for name in (*PLAIN, *WORDS):
            if name in row.changes:
                setattr(lead, name, row.changes[name])
        for name in KEYS:
            if name in row.changes:
                setattr(lead, f"{name}_id", row.changes[name])
        identity.working_name = row.changes.get("working_name", identity.working_name)
        if "organisation" in row.changes or not row.pk:
            pk = row.changes.get("organisation")
            identity.organisation = Organisation(pk=pk, name="-") if pk else None
        return lead, identity

    @staticmethod
    def _known(lead: Lead) -> dict[str, Any]:
        names = (
            "develops_technology", "has_rd_in_operations", "seeks_space", "area_from_m2", "area_to_m2",
            "decision_expected_on", "offer_reference", "settles_expected_on", "confirmation_on", "confirmation_reference",
            "jobs_promised",
        )  # fmt: skip
        known = {name: getattr(lead, name) for name in names}
        return known | {"has_name": True, "has_decision_maker": lead.decision_maker_id is not None}

    def _moved_on(self, values: dict[str, Any]) -> date:
        return values.get("moved_on") or self.today

    def _check_moves(self, row: Planned, facts: LeadFacts, last: StageChange | None) -> None:
        """Walk the moves as the verbs would make them; the first that is refused ends the walk."""
        on = self._moved_on(row.values)
        if last is not None:
            stands = Standing(row.current["stage"], row.current["status"], last.occurred_on)
        else:
            stands = Standing(Stage.IDENTIFIED, LeadStatus.OPEN, row.values.get("known_since") or self.today)
            if stands.changed_on > self.today:
                message = _("A change happens no later than the day it is recorded (%(day)s).")
                row.add("known_since", message % {"day": self.today.isoformat()})
                return
        reason = row.values.get("reason") or ""
        for stage, status in _steps(stands, row.changes):
            if stage == Stage.ESTABLISHED or status == LeadStatus.ESTABLISHED:
                message = _("A lead is established when a second person confirms its arrival in the ledger.")
                faults = [Fault("only_by_count", message, "stage")]
            else:
                step = Step(
                    from_stage=stands.stage,
                    to_stage=stage,
                    from_status=stands.status,
                    to_status=status,
                    occurred_on=on,
                    recorded_on=self.today,
                    reason=reason if status in ENDINGS else "",
                )
                faults = step_faults(step, stands)
                if is_forward(stands.stage, stage):
                    faults += requirement_faults(facts, stage, on)
            names = {
                "to_stage": "stage",
                "to_status": "status",
                "occurred_on": "moved_on",
                "activity": "stage",
            }
            row.blame(faults, names)
            if faults:
                return
            stands = Standing(stage, status, on)

    # ── writing ─────────────────────────────────────────────────────────────
    def _facts(self, values: dict[str, Any]) -> dict[str, Any]:
        names = {*PLAIN, *WORDS, *KEYS, *NAMES, "technologies"}
        facts = {name: value for name, value in values.items() if name in names}
        if "technologies" in facts:
            facts["technologies"] = [
                row for row in self.lookups.technologies if row.pk in facts["technologies"]
            ]
        for name in ({*KEYS, "organisation"}) & facts.keys():
            model: Any = (
                (LeadIdentity if name == "organisation" else Lead)._meta.get_field(name).related_model
            )
            facts[name] = model.objects.get(pk=facts[name]) if facts[name] else None
        return facts

    def _move(self, lead: Lead, values: dict[str, Any]) -> list[int]:
        on = self._moved_on(values)
        made = []
        stands = Standing(lead.stage, lead.status, on)
        for stage, status in _steps(stands, values):
            given: dict[str, Any] = {"lead": lead, "on": on, "by": self.by, "at": self.at}
            if stage != lead.stage:
                change = move_stage(to_stage=stage, **given)
            elif status == LeadStatus.PARKED:
                change = park_lead(**given)
            elif status == LeadStatus.OPEN:
                change = reopen_lead(**given)
            else:
                change = close_lead(to_status=status, reason=values.get("reason") or "", **given)
            made.append(change.pk)
        return made

    def create(self, values: dict[str, Any]) -> Made:
        facts = self._facts(values)
        on = values.get("known_since") or self.today
        lead = record_lead(by=self.by, at=self.at, on=on, **facts)
        first = list(lead.stage_changes.values_list("pk", flat=True))
        self.keep_reference(lead.pk, values.get(OWN_REFERENCE, ""))
        # The moves come first: each gives the lead its next version.
        moves = self._move(lead, values)
        return Made(lead.pk, lead.version, {CHANGES: [*first, *moves]})

    def change(self, pk: int, changes: dict[str, Any], planned: dict[str, Any]) -> Made:
        lead = Lead.objects.select_related("identity").get(pk=pk)
        facts = self._facts(changes)
        if facts:
            lead = change_lead(lead=lead, by=self.by, at=self.at, version=lead.version, **facts)
        told = {name: planned.get(name) for name in ("moved_on", "reason")}
        moves = self._move(lead, {**told, **{name: changes[name] for name in MOVES & changes.keys()}})
        if OWN_REFERENCE in changes:
            self.keep_reference(pk, changes[OWN_REFERENCE])
        return Made(pk, lead.version, {CHANGES: moves})

    # ── the way back ────────────────────────────────────────────────────────
    def _reverse(self, keys: Sequence[int]) -> Lead | None:
        lead = None
        for change in StageChange.objects.select_related("lead").filter(pk__in=keys).order_by("-pk"):
            if change.from_stage:
                reverse_change(change=change, by=self.by, at=self.at)
            lead = change.lead
        return lead

    def take_back_new(self, lines: Sequence[Any]) -> None:
        """The log keeps what happened: each lead is withdrawn as recorded by mistake, as by hand."""
        for line in lines:
            self._reverse(line.beside[CHANGES])
            close_lead(
                lead=Lead.objects.get(pk=line.record),
                to_status=LeadStatus.WITHDRAWN,
                reason=Reason.MISTAKE,
                on=self.today,
                by=self.by,
                at=self.at,
            )
            self.keep_reference(line.record, "")

    def take_back_change(self, line: Any, before: dict[str, Any]) -> None:
        self._reverse(line.beside.get(CHANGES, ()))
        facts = self._facts(before)
        if facts:
            lead = Lead.objects.select_related("identity").get(pk=line.record)
            change_lead(lead=lead, by=self.by, at=self.at, version=lead.version, **facts)
        if OWN_REFERENCE in before:
            self.keep_reference(line.record, before[OWN_REFERENCE])


def _steps(stands: Standing, values: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """The moves from where a lead stands to what is asked, in order: taken up again, moved, set aside or ended."""
    stage, status = stands.stage, stands.status
    to_stage, to_status = values.get("stage") or stage, values.get("status") or status
    if to_status == LeadStatus.OPEN != status:
        status = LeadStatus.OPEN
        yield stage, status
    if to_stage != stage:
        stage = to_stage
        yield stage, status
    if to_status != status:
        yield stage, to_status
