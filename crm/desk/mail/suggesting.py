"""What a mail may belong to, with the reasons in words: suggestions, never more. A fixed number of queries for a page.

Only leads whose name the reader may read are suggested, and only they are looked at.
"""

import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.models import User
from crm.acquisition.choices import LeadStatus
from crm.acquisition.models import Activity, Lead
from crm.contacts.models import Affiliation, Organisation, Person
from crm.desk.duplicates.scoring import PUBLIC_MAIL, domain_of
from crm.desk.mail.addresses import colleagues, is_drop_address
from crm.desk.mail.models import IncomingMail, MailFiling, MailParticipant
from crm.desk.mail.services import people_by_address

MOST, MOST_LEADS = 4, 500
MOST_DOMAINS = 40
MEANT, THREAD, REFERENCE, PERSON, DOMAIN = 100, 90, 80, 60, 30
LEAD_REFERENCE = re.compile(r"\bL-0*(\d{1,9})\b")


@dataclass
class LeadSuggestion:
    """A lead, why it is suggested, the strongest reason first, and how strong that is."""

    lead: Any
    weight: int = 0
    reasons: list[str] = field(default_factory=list)

    @property
    def is_certain(self) -> bool:
        """It follows from what was said or from an address that is exactly known, not from a likeness."""
        return self.weight >= PERSON


@dataclass
class Suggestions:
    """What is known of one mail. `people` by address; `strangers` are addresses of nobody known."""

    leads: list[LeadSuggestion] = field(default_factory=list)
    people: list[Person] = field(default_factory=list)
    strangers: list[MailParticipant] = field(default_factory=list)
    stands: list[MailFiling] = field(default_factory=list)

    @property
    def person(self) -> Person | None:
        """The one person outside the park who takes part; None where there are several."""
        return self.people[0] if len(self.people) == 1 and not self.strangers else None


def suggest(mails: Sequence[IncomingMail], user: User) -> dict[int, Suggestions]:
    """For each mail; the same number of queries for one mail and for a page of them."""
    own = colleagues()
    outside = {mail.pk: _outside(mail, own) for mail in mails}
    emails = {row.email for rows in outside.values() for row in rows}
    known = people_by_address(emails)
    finder = _Finder(user, [person for people in known.values() for person in people], emails)
    finder.load(mails)
    found = {}
    for mail in mails:
        rows = outside[mail.pk]
        people = list(dict.fromkeys(person for row in rows for person in known.get(row.email, ())))
        found[mail.pk] = Suggestions(
            leads=finder.leads_for(mail, people, rows),
            people=people,
            strangers=[row for row in rows if row.email not in known],
            stands=[
                filing for filing in finder.filings if filing.key == mail.key and filing.mail_id != mail.pk
            ],
        )
    return found


def _outside(mail: IncomingMail, own: Collection[str]) -> list[MailParticipant]:
    """Who takes part and is neither a colleague nor one of our drop addresses."""
    return [
        row
        for row in mail.participants.all()
        if row.email and row.email not in own and not is_drop_address(row.email)
    ]


class _Finder:
    """The leads, threads and companies around a page of mails."""

    def __init__(self, user: User, people: Sequence[Person], emails: Collection[str]) -> None:
        self.user, self.people = user, people
        domains = {email.rpartition("@")[2] for email in emails} - PUBLIC_MAIL
        own = {email.rpartition("@")[2] for email in colleagues()}
        self.domains = sorted(domains - own)[:MOST_DOMAINS]
        self.works_at: dict[int, set[int]] = defaultdict(set)
        self.spoke_about: dict[int, set[int]] = defaultdict(set)
        self.companies: dict[str, list[Organisation]] = defaultdict(list)
        self.filings: list[MailFiling] = []
        self.leads: dict[int, Any] = {}

    def load(self, mails: Sequence[IncomingMail]) -> None:
        keys = [person.pk for person in self.people]
        places = Affiliation.objects.filter(person__in=keys, valid_until__isnull=True)
        for person, organisation in places.values_list("person", "organisation"):
            self.works_at[person].add(organisation)
        spoken = Activity.objects.filter(person__in=keys, lead__isnull=False)
        for person, lead in spoken.order_by().values_list("person", "lead").distinct():
            self.spoke_about[person].add(lead)
        self._load_companies()
        threads = {mail.thread for mail in mails if mail.thread}
        standing = (
            MailFiling.objects.standing()
            .on_readable_leads(self.user)
            .select_related("mail", "filed_by", "lead")
        )
        self.filings = list(
            standing.filter(Q(mail__thread__in=threads) | Q(key__in=[mail.key for mail in mails])).order_by(
                "pk"
            )
        )
        self._load_leads(mails)

    def _load_companies(self) -> None:
        if not self.domains:
            return
        close = Q()
        for domain in self.domains:
            close |= Q(website__icontains=domain) | Q(email__iendswith=f"@{domain}")
        for organisation in Organisation.objects.standing().filter(close).order_by("pk"):
            own = {domain_of(organisation.website), domain_of("", organisation.email)}
            for domain in own & set(self.domains):
                self.companies[domain].append(organisation)

    def _load_leads(self, mails: Sequence[IncomingMail]) -> None:
        organisations = {pk for places in self.works_at.values() for pk in places}
        organisations |= {company.pk for companies in self.companies.values() for company in companies}
        named = {int(number) for mail in mails for number in LEAD_REFERENCE.findall(mail.subject)}
        wanted = {pk for leads in self.spoke_about.values() for pk in leads} | named
        wanted |= {filing.lead_id for filing in self.filings} | {
            mail.meant_for_id for mail in mails if mail.meant_for_id
        }
        leads = Lead.objects.named_for(self.user).filter(is_name_readable=True).select_related("identity")
        close = Q(pk__in=wanted) | Q(identity__organisation__in=organisations)
        close |= Q(decision_maker__in=[person.pk for person in self.people])
        self.leads = {lead.pk: lead for lead in leads.filter(close).order_by("pk")[:MOST_LEADS]}
        for filing in self.filings:
            filing.lead = self.leads.get(filing.lead_id, filing.lead)  # by the name that this person reads

    def leads_for(
        self, mail: IncomingMail, people: Sequence[Person], rows: Sequence[MailParticipant]
    ) -> list[LeadSuggestion]:
        found: dict[int, LeadSuggestion] = {}
        for pk, weight, reason in self._reasons(mail, people, rows):
            if pk in self.leads:
                suggestion = found.setdefault(pk, LeadSuggestion(self.leads[pk]))
                suggestion.weight = max(suggestion.weight, weight)
                if reason not in suggestion.reasons:
                    suggestion.reasons.append(reason)
        order = sorted(
            found.values(),
            key=lambda one: (-one.weight, one.lead.status != LeadStatus.OPEN, -one.lead.pk),
        )
        return order[:MOST]

    def _reasons(
        self, mail: IncomingMail, people: Sequence[Person], rows: Sequence[MailParticipant]
    ) -> Iterator[tuple[int, int, str]]:
        """Leads by their keys, how strong the reason is, and the reason; the strongest first."""
        if mail.meant_for_id:
            yield mail.meant_for_id, MEANT, _("you brought it in there")
        for filing in self.filings:
            if mail.thread and filing.mail.thread == mail.thread:
                yield filing.lead_id, THREAD, _("an earlier mail of this thread stands there")
        for number in LEAD_REFERENCE.findall(mail.subject):
            yield int(number), REFERENCE, _("the subject names L-%(number)s") % {"number": number.zfill(4)}
        for person in people:
            for lead in self.leads.values():
                if lead.decision_maker_id == person.pk or lead.pk in self.spoke_about[person.pk]:
                    yield lead.pk, PERSON, _("%(who)s was spoken with about it") % {"who": person}
                elif lead.identity.organisation_id in self.works_at[person.pk]:
                    yield lead.pk, PERSON, _("%(who)s works there") % {"who": person}
        yield from self._by_domain(rows)

    def _by_domain(self, rows: Sequence[MailParticipant]) -> Iterator[tuple[int, int, str]]:
        for domain in dict.fromkeys(row.email.rpartition("@")[2] for row in rows):
            companies = {company.pk: company for company in self.companies.get(domain, ())}
            for lead in self.leads.values():
                company = companies.get(lead.identity.organisation_id)
                if company is not None:
                    words = {"domain": domain, "company": company}
                    yield lead.pk, DOMAIN, _("%(domain)s is the domain of %(company)s") % words
