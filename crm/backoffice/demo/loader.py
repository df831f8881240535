"""Builds the demo park through the services, all or nothing."""

import random
from collections.abc import Callable

from django.db import transaction
from django.utils import translation

from accounts.models import User
from accounts.roles import Role
from accounts.services import invite_user
from crm.backoffice.demo.counting import count_others, observe, write_for_partners
from crm.backoffice.demo.names import Namer
from crm.backoffice.demo.park import (
    BEGIN,
    DOMAIN,
    Park,
    build_places,
    invite_team,
    record_companies,
    record_relations,
    speak_with_owners,
)
from crm.backoffice.demo.pipeline import Teller
from crm.backoffice.demo.relations import keep_relations
from crm.backoffice.demo.space import offer_spaces, record_needs
from crm.backoffice.demo.stories import Storyteller
from crm.contacts.models import ApplicationArea, Organisation
from crm.estate.models import Area

ADMINISTRATOR = "beheer"


def is_loaded() -> bool:
    return User.objects.filter(email=f"{ADMINISTRATOR}@{DOMAIN}").exists() and Organisation.objects.exists()


def load_park(*, seed: int, say: Callable[[str], object]) -> bool:
    """Fill an empty database; False, and nothing done, where companies stand in it already."""
    if Organisation.objects.exists():
        return False
    rng = random.Random(seed)  # noqa: S311 a believable park, not a secret
    namer = Namer(rng)
    with translation.override("nl"), transaction.atomic():
        administrator = invite_user(
            email=f"{ADMINISTRATOR}@{DOMAIN}",
            full_name="Robin Beheer",
            role=Role.ADMINISTRATOR,
            language="nl",
            by=User.objects.system(),
            at=BEGIN,
        )
        park = Park(
            rng=rng,
            namer=namer,
            administrator=administrator,
            areas={area.code: area for area in Area.objects.all()},
            application_areas={area.code: area for area in ApplicationArea.objects.all()},
        )
        invite_team(park)
        say("Partners, owners, brokers and companies …")
        record_relations(park)
        record_companies(park)
        say("Buildings, units and tenancies …")
        build_places(park)
        speak_with_owners(park)
        say("Leads with two years of history …")
        teller = Teller(park)
        leads = [teller.tell(story, number) for number, story in enumerate(Storyteller(rng, namer).all())]
        say("Count events, vacancies, needs and what partners are asked …")
        count_others(park)
        observe(park)
        record_needs(park, offer_spaces(park))
        say("Relations and contact rounds …")
        keep_relations(park)
        write_for_partners(park, [lead for lead in leads if lead.status == "open"])
    return True
