"""`manage.py progress [--as-of DATE] [--known-at MOMENT] [--json]`: every target's figures for a pair of days."""

import json
from argparse import ArgumentParser
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, connection
from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.common.errors import Fault, RuleError
from crm.common.moments import parse_day, parse_moment
from crm.common.months import AMSTERDAM, amsterdam_day
from crm.targets.choices import TargetCode
from crm.targets.progress import (
    CumulativeProgress,
    Progress,
    StockProgress,
    TargetProgress,
    YearlyProgress,
    progress,
)

BAD_INPUT = 2
Row = tuple[str, ...]


class Command(BaseCommand):
    help = gettext_lazy(  # type: ignore[assignment]  # a lazy text is a text
        "Progress toward the six targets: what had happened by a day, as known at a moment. Reads only. Exits with 2 "
        "and one sentence when a date or moment is wrong or the database cannot be read."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--as-of", metavar="DATE", help=_("the day, as in 2027-03-31; today by default"))
        parser.add_argument(
            "--known-at",
            metavar="MOMENT",
            help=_("what was known then, as in 2027-04-07T10:00:00+02:00; now by default"),
        )
        parser.add_argument("--json", action="store_true", help=_("answer with JSON"))

    def handle(self, *_args: Any, **options: Any) -> None:
        now = timezone.now()
        try:
            as_of = parse_day(options["as_of"]) if options["as_of"] is not None else amsterdam_day(now)
            known_at = parse_moment(options["known_at"]) if options["known_at"] is not None else now
            if known_at > now:
                message = _("“%(value)s” lies in the future: nobody knows what will be known then.")
                raise RuleError(Fault("in_the_future", message % {"value": options["known_at"]}))
            result = _read(as_of, known_at)
        except RuleError as error:
            raise CommandError(str(error), returncode=BAD_INPUT) from error
        if options["json"]:
            self.stdout.write(json.dumps(result.as_json(), indent=2))
        else:
            self.stdout.write("\n".join(_table(result)))


def _read(as_of: date, known_at: datetime) -> Progress:
    database = connection.settings_dict["NAME"]
    if connection.vendor == "sqlite" and "memory" not in str(database) and not Path(database).exists():
        # Connecting would leave an empty file behind.
        message = _("There is no database at %(path)s: set DATABASE_URL, or run “manage.py migrate”.")
        raise RuleError(Fault("no_database", message % {"path": database}))
    try:
        return progress(as_of, known_at)
    except DatabaseError as error:
        message = _("The database cannot be read (%(reason)s): is it there, and did “manage.py migrate” run?")
        reason = str(error).strip().partition("\n")[0]
        raise RuleError(Fault("unreadable_database", message % {"reason": reason})) from error


def _table(result: Progress) -> Iterator[str]:
    moment = result.known_at.astimezone(AMSTERDAM)
    yield _("Progress on %(day)s, as known on %(known_on)s at %(known_at)s (rules: version %(version)s)") % {
        "day": date_format(result.as_of, "j F Y"),
        "known_on": date_format(moment.date(), "j F Y"),
        "known_at": f"{moment:%H:%M %Z}",
        "version": result.rule_version,
    }
    rows = [_row(code, target) for code, target in result.targets.items()]
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    for name, count, goal, beside in rows:
        yield (
            f"{name.ljust(widths[0])}  {count.rjust(widths[1])} / {goal.ljust(widths[2])}  {beside}".rstrip()
        )


def _row(code: str, target: TargetProgress) -> Row:
    name = str(TargetCode(code).label)
    if isinstance(target, CumulativeProgress):
        return name, _number(target.counted), _number(target.goal), _cumulative(target)
    if isinstance(target, YearlyProgress):
        return name, _number(target.counted), _number(target.goal), _yearly(target)
    return name, _number(target.observed), _number(target.goal), _stock(target)


def _cumulative(target: CumulativeProgress) -> str:
    return _("by %(by)s; %(left)s years left; %(pending)s pending; %(takeovers)s by takeover") % {
        "by": date_format(target.by, "j F Y"),
        "left": _number(target.years_left),
        "pending": target.pending,
        "takeovers": target.by_takeover,
    }


def _yearly(target: YearlyProgress) -> str:
    return _(
        "in %(year)s; %(departed)s departed, net %(net)s; %(pending)s pending; %(to_date)s to date, on average "
        "%(average)s a year; %(required)s a year required"
    ) % {
        "year": target.year,
        "departed": target.departed,
        "net": target.net,
        "pending": target.pending,
        "to_date": target.to_date,
        "average": _number(target.average_per_year),
        "required": _number(target.required_per_year),
    }


def _stock(target: StockProgress) -> str:
    if target.observed_on is None:
        return _("not measured yet; plan %(plan)s") % {"plan": _number(target.plan)}
    return _("measured on %(day)s; plan %(plan)s; %(net)s in the ledger since") % {
        "day": date_format(target.observed_on, "j F Y"),
        "plan": _number(target.plan),
        "net": "–" if target.net_since is None else f"{target.net_since:+d}",
    }


def _number(value: int | Decimal | None) -> str:
    """A figure in the reader's language; a dash where there is none."""
    return "–" if value is None else number_format(value, use_l10n=True, force_grouping=True)
