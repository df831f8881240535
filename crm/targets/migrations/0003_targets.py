import datetime
from zoneinfo import ZoneInfo

from django.db import migrations

BASELINE_DAY = datetime.date(2024, 1, 1)
WINDOW = (datetime.date(2026, 1, 1), datetime.date(2035, 12, 31))
GOAL_DAY = datetime.date(2035, 1, 1)
KNOWN_AT = datetime.datetime(2024, 1, 1, tzinfo=ZoneInfo("Europe/Amsterdam"))
STRATEGY_NL = "Gebiedsstrategie Kennispark Twente 2026–2035"
STRATEGY_EN = "Area strategy Kennispark Twente 2026–2035"
BOUNDARY = "2024"

FLOWS = [
    (
        "rd_branches", "R&D-dependances", "R&D branches", "cumulative", 5,
        "Eerste R&D-medewerker van een groot concern (≥ 250 medewerkers, of > € 50 mln omzet en > € 43 mln balans) aan het "
        "werk op het park; R&D is de hoofdactiviteit, minstens 5 R&D-fte gepland binnen 24 maanden, op 31-12-2025 geen "
        "R&D van het concern op het park; één per concern. Overname van een gevestigd bedrijf telt niet.",
        "First R&D employee of a large group (≥ 250 staff, or > €50 m turnover and > €43 m balance) at work on the park; "
        "R&D is the main activity, at least 5 R&D FTE planned within 24 months, no R&D of the group on the park on "
        "31-12-2025; one per group. Takeover of a company already here does not count.",
    ),
    (
        "startups", "Startups", "Startups", "yearly", 20,
        "Onderneming van ten hoogste vijf jaar oud vestigt zich: profieltoets gehaald, adres op het park met iemand aan "
        "het werk, niet in handen van een groot bedrijf; één keer per onderneming. Verhuizing binnen het park, andere "
        "rechtsvorm, eigenaar of naam telt niet.",
        "A company at most five years old settles: profile test passed, an address on the park with someone at work, not "
        "controlled by a large company; once per enterprise. A move within the park, another legal form, owner or name "
        "does not count.",
    ),
    (
        "spin_offs", "Spin-offs", "Spin-offs", "yearly", 10,
        "Startup met een oorsprongsdocument: voortgekomen uit een bedrijf of uit onderzoek. Een bedrijf van een student "
        "dat niet op onderzoek rust, is een startup en geen spin-off.",
        "A startup with an origin document: out of a company or out of research. A student's company not built on "
        "research results is a startup, not a spin-off.",
    ),
]
STOCKS = [
    (
        "knowledge_intensive_companies", "Kennisintensieve bedrijven", "Knowledge-intensive companies", 180, 300,
        "Jaarlijkse meting van buiten; daarnaast het saldo van de eigen telling sindsdien.",
        "Yearly measurement from outside; beside it the ledger's own net change since.",
    ),
    (
        "companies", "Bedrijven", "Companies", 483, 700,
        "Jaarlijkse meting van buiten; daarnaast het saldo van de eigen telling sindsdien.",
        "Yearly measurement from outside; beside it the ledger's own net change since.",
    ),
    (
        "jobs", "Banen", "Jobs", 12_730, 16_500,
        "Jaarlijkse meting van buiten; tellingen dragen geen banen.",
        "Yearly measurement from outside; count events carry no jobs.",
    ),
]


def fill(apps, schema_editor):
    Target = apps.get_model("targets", "Target")
    system = apps.get_model("accounts", "User").objects.get(email="system@crm.invalid")
    Observation = apps.get_model("targets", "Observation")
    for position, (code, nl, en, kind, goal, definition_nl, definition_en) in enumerate(FLOWS, start=1):
        Target.objects.update_or_create(
            code=code,
            defaults={
                "position": position, "name_nl": nl, "name_en": en, "kind": kind, "goal": goal, "baseline": None,
                "window_from": WINDOW[0], "goal_on": WINDOW[1], "curve": "linear",
                "definition_nl": definition_nl, "definition_en": definition_en,
                "source_nl": STRATEGY_NL, "source_en": STRATEGY_EN,
            },
        )
    for position, (code, nl, en, baseline, goal, definition_nl, definition_en) in enumerate(STOCKS, start=4):
        target, _created = Target.objects.update_or_create(
            code=code,
            defaults={
                "position": position, "name_nl": nl, "name_en": en, "kind": "stock", "goal": goal,
                "baseline": baseline, "baseline_on": BASELINE_DAY, "window_from": None, "goal_on": GOAL_DAY,
                "curve": "geometric", "definition_nl": definition_nl, "definition_en": definition_en,
                "source_nl": STRATEGY_NL, "source_en": STRATEGY_EN,
            },
        )
        Observation.objects.get_or_create(
            target=target, reference_date=BASELINE_DAY, known_at=KNOWN_AT,
            defaults={"value": baseline, "source": STRATEGY_NL, "boundary_version": BOUNDARY, "recorded_by": system},
        )


class Migration(migrations.Migration):
    dependencies = [("targets", "0002_append_only"), ("accounts", "0002_system_user")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
