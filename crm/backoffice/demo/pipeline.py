"""Tells each story through the services, as staff would have recorded it."""

from datetime import date, timedelta

from crm.acquisition.choices import ActivityKind, LeadStatus, Stage, Track
from crm.acquisition.models import Lead
from crm.acquisition.services import (
    add_task,
    change_lead,
    close_lead,
    log_activity,
    move_stage,
    park_lead,
    record_lead,
    reopen_lead,
)
from crm.backoffice.demo.clock import DEMO_DAY, LAST_MOMENT, moment, workday, written_down
from crm.backoffice.demo.park import Park
from crm.backoffice.demo.stories import Story
from crm.contacts.choices import SizeClass
from crm.contacts.services import record_organisation
from crm.targets.choices import Category, EvidenceKind, SpinOffOrigin
from crm.targets.services import confirm_event, record_arrival

CATEGORIES = {
    Track.RD_BRANCH: Category.RD_BRANCH,
    Track.KNOWLEDGE_INTENSIVE: Category.COMPANY,
    Track.STARTUP: Category.STARTUP,
}
ORIGINS = (
    SpinOffOrigin.ACADEMIC_IP,
    SpinOffOrigin.ACADEMIC_STAFF,
    SpinOffOrigin.STUDENT_RESEARCH,
    SpinOffOrigin.CORPORATE,
)
TALK = (
    "Kennisgemaakt; de UT en het netwerk zijn de reden om te kijken.",
    "Planning besproken, zij komen terug op de ruimtevraag.",
    "Vraagt naar netcapaciteit en naar de huur per m².",
    "Wil met de groep van de UT spreken over samenwerking.",
)
NEXT_STEPS = (
    "Terugbellen over de planning",
    "Voorstel sturen",
    "Bezoek plannen",
    "Cijfers over netcapaciteit opvragen",
)


class Teller:
    """Writes one story after the other into the park."""

    def __init__(self, park: Park) -> None:
        self.park, self.rng = park, park.rng

    def tell(self, story: Story, number: int) -> Lead:
        owner = self.park.team[number % len(self.park.team)]
        begun_at = written_down(self.rng, story.begun_on)
        referred = number % 5 == 0
        lead = record_lead(
            track=story.track,
            organisation=self._organisation(story, begun_at),
            owner=owner,
            confidentiality=story.confidentiality,
            application_area=self.park.application_areas[story.application_area],
            spin_off_expected=story.spin_off_expected,
            jobs_expected=story.jobs,
            referred_by=self.park.partners[3 + number % 3] if referred else None,
            referred_on=story.begun_on if referred else None,
            on=story.begun_on,
            by=owner,
            at=begun_at,
        )
        previous = begun_at
        for stage, day in story.steps[1:]:
            previous = max(previous, written_down(self.rng, day))
            lead = self._enter(lead, story, stage, day, previous)
        self._end(lead, story, previous)
        return lead

    def _organisation(self, story: Story, at):
        is_branch = story.track == Track.RD_BRANCH
        startup_age = timedelta(days=self.rng.randrange(60, 1400))
        return record_organisation(
            name=story.name,
            kvk=None if is_branch else self.park.next_kvk(),
            founded_on=story.begun_on - startup_age if story.track == Track.STARTUP else None,
            application_area=self.park.application_areas[story.application_area],
            size_class=SizeClass.LARGE if is_branch else SizeClass.SMALL,
            country=self.rng.choice(("DE", "SE", "FI", "US")) if is_branch else "NL",
            by=self.rng.choice(self.park.team),
            at=at,
        )

    def _facts(self, lead: Lead, story: Story, stage: str, day: date, at) -> dict:
        """Leave what the stage requires: contact and visits as activities, the rest as fields."""
        organisation = lead.identity.organisation
        if stage == Stage.CONTACTED:
            person = self.park.person_at(organisation, day, "Directeur")
            kind = self.rng.choice([ActivityKind.CALL, ActivityKind.MEETING, ActivityKind.EMAIL])
            log_activity(
                lead=lead,
                kind=kind,
                occurred_on=day,
                person=person,
                text=self.rng.choice(TALK),
                by=lead.owner,
                at=at,
            )
            return {}
        if stage == Stage.QUALIFIED:
            return {
                "develops_technology": True,
                "has_rd_in_operations": True,
                "seeks_space": True,
                "area_from_m2": story.area_m2 * 9 // 10,
                "area_to_m2": story.area_m2 * 12 // 10,
                "decision_expected_on": day + timedelta(days=self.rng.randrange(60, 400)),
                "decision_maker": self.park.person_at(organisation, day, "Beslisser"),
            }
        if stage == Stage.SITE_VISIT:
            log_activity(
                lead=lead,
                kind=ActivityKind.VISIT,
                occurred_on=day,
                text="Rondleiding over het park.",
                by=lead.owner,
                at=at,
            )
            return {}
        if stage == Stage.PROPOSAL:
            return {"offer_reference": f"Voorstel {lead.reference}, {day:%d-%m-%Y}"}
        if stage == Stage.DECISION:
            return {"settles_expected_on": day + timedelta(days=self.rng.randrange(60, 300))}
        return {
            "confirmation_on": day,
            "confirmation_reference": f"Huurovereenkomst {lead.reference}",
            "jobs_promised": story.jobs,
        }

    def _enter(self, lead: Lead, story: Story, stage: str, day: date, at) -> Lead:
        facts = self._facts(lead, story, stage, day, at)
        if facts:
            lead = change_lead(lead=lead, version=lead.version, by=lead.owner, at=at, **facts)
        move_stage(lead=lead, to_stage=stage, on=day, by=lead.owner, at=at)
        lead.refresh_from_db()
        return lead

    def _end(self, lead: Lead, story: Story, previous) -> None:
        by = lead.owner
        if story.settled_on:
            self._settle(lead, story)
        elif story.back_to:
            stage, day = story.back_to
            move_stage(
                lead=lead, to_stage=stage, on=day, by=by, at=moment(day, 15), note="Plannen zijn gewijzigd."
            )
        elif story.reopened_on and story.ended_on:
            park_lead(lead=lead, on=story.ended_on, by=by, at=max(previous, moment(story.ended_on, 15)))
            reopen_lead(lead=lead, on=story.reopened_on, by=by, at=moment(story.reopened_on, 11))
        elif story.ended_on:
            at = max(previous, written_down(self.rng, story.ended_on))
            if story.outcome == LeadStatus.PARKED:
                park_lead(lead=lead, on=story.ended_on, by=by, at=at)
            else:
                close_lead(
                    lead=lead, to_status=story.outcome, reason=story.reason, on=story.ended_on, by=by, at=at
                )
        lead.refresh_from_db()
        if lead.status == LeadStatus.OPEN and lead.pk % 6:
            due = workday(DEMO_DAY + timedelta(days=self.rng.randrange(6, 40)))
            add_task(
                title=self.rng.choice(NEXT_STEPS), due_on=due, owner=by, lead=lead, by=by, at=LAST_MOMENT
            )

    def _settle(self, lead: Lead, story: Story) -> None:
        """At work on site: recorded by the owner, confirmed by a second person."""
        recorded = min(moment(story.settled_on + timedelta(days=self.rng.randrange(0, 4)), 11), LAST_MOMENT)
        event = record_arrival(
            organisation=lead.identity.organisation,
            area=self.rng.choice(self.park.buildings).area,
            category=CATEGORIES[story.track],
            is_knowledge_intensive=True,
            spin_off_origin=self.rng.choice(ORIGINS) if story.is_spin_off else "",
            occurred_on=story.settled_on,
            evidence_kind=EvidenceKind.NOVELT_STATEMENT if story.is_spin_off else EvidenceKind.LEASE,
            evidence=f"Dossier {lead.reference}",
            lead=lead,
            by=lead.owner,
            at=recorded,
        )
        delay = 1 + self.rng.randrange(6)
        confirmed = LAST_MOMENT if story.confirm_later else min(recorded + timedelta(days=delay), LAST_MOMENT)
        confirm_event(event=event, by=self._second(lead.owner), at=confirmed)

    def _second(self, first):
        return next(manager for manager in self.park.managers if manager != first)
