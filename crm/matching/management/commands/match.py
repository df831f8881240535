"""`manage.py match --case FILE [--json]`: judge a need against spaces from a file, without storing anything."""

import json
from argparse import ArgumentParser
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crm.common.errors import RuleError
from crm.estate.choices import SpaceType
from crm.estate.models import Area
from crm.matching.case_json import read_json_file
from crm.matching.cases import Case, case_as_json, judge_case, parse_case
from crm.matching.choices import (
    CRITERION_LABELS,
    OUTCOME_LABELS,
    STRICTNESS_LABELS,
    UNIT_LABELS,
    VERDICT_LABELS,
)
from crm.matching.criteria import Criterion, Strictness
from crm.matching.facts import Rules, Span, Value
from crm.matching.scoring import Difference, JudgedCriterion, Judgement

BAD_INPUT = 2


class Command(BaseCommand):
    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.description = _(
            "Judge a housing need against spaces, both read from a JSON file. Nothing is stored. Exits with 2 and "
            "names every fault where the file is not a valid case."
        )
        parser.add_argument("--case", required=True, metavar="FILE", help=_("the case, a JSON file in UTF-8"))
        parser.add_argument("--json", action="store_true", help=_("answer with JSON"))

    def handle(self, *_args: Any, **options: Any) -> None:
        path = options["case"]
        try:
            raw = read_json_file(path)
            case = parse_case(raw, Area.objects.values_list("code", flat=True))
            counting = frozenset(Area.objects.counting_on(case.on).values_list("code", flat=True))
        except RuleError as error:
            raise CommandError(_faults(path, error), returncode=BAD_INPUT) from error
        except DatabaseError as error:
            message = _(
                "The areas cannot be read from the database (%(reason)s). Is it there, and is it migrated?"
            )
            raise CommandError(message % {"reason": str(error).strip()}, returncode=BAD_INPUT) from error
        judgements = judge_case(case, Rules(counting_areas=counting))
        if options["json"]:
            self.stdout.write(json.dumps(case_as_json(case, judgements), indent=2))
        else:
            self.stdout.write("\n".join(_table(case, judgements)))


def _faults(path: str, error: RuleError) -> str:
    count = len(error.faults)
    head = ngettext("%(count)d fault in %(path)s:", "%(count)d faults in %(path)s:", count)
    lines = [
        f"{fault.field}: {fault.message}" if fault.field else str(fault.message) for fault in error.faults
    ]
    return "\n".join([head % {"count": count, "path": path}, *lines])


def _table(case: Case, judgements: list[Judgement]) -> Iterator[str]:
    count = len(judgements)
    head = ngettext(
        "Need %(need)s on %(on)s: %(count)d space", "Need %(need)s on %(on)s: %(count)d spaces", count
    )
    yield head % {"need": case.need.reference, "on": case.on.isoformat(), "count": count}
    for judgement in judgements:
        yield ""
        yield f"{judgement.vacancy_reference}  {_verdict(judgement)}"
        rows = [_row(judged) for judged in judgement.criteria]
        widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))] if rows else []
        for row in rows:
            yield (
                "    "
                + "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
            )
        if judgement.questions:
            asked = ", ".join(str(CRITERION_LABELS[criterion]) for criterion in judgement.questions)
            yield "    " + _("Ask the broker: %(asked)s") % {"asked": asked}


def _verdict(judgement: Judgement) -> str:
    low, high = number_format(judgement.low, 3), number_format(judgement.high, 3)
    texts = [str(VERDICT_LABELS[judgement.verdict]), low if low == high else f"{low}–{high}"]
    if judgement.unknown:
        count = len(judgement.unknown)
        texts.append(ngettext("%(count)d unknown", "%(count)d unknown", count) % {"count": count})
    return "; ".join(texts)


def _row(judged: JudgedCriterion) -> tuple[str, ...]:
    strictness = str(STRICTNESS_LABELS[judged.strictness])
    if judged.strictness is Strictness.SHOULD:
        strictness = f"{strictness} {judged.weight}"
    offered = _("unknown") if judged.offered is None else _words(judged.criterion, judged.offered)
    return (
        strictness,
        str(CRITERION_LABELS[judged.criterion]),
        str(OUTCOME_LABELS[judged.outcome]),
        _("asked %(value)s") % {"value": _words(judged.criterion, judged.asked)},
        _("offered %(value)s") % {"value": offered},
        _difference(judged.difference),
    )


def _words(criterion: Criterion, value: Value) -> str:
    """A value in the reader's language."""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, Span):
        return _span(value)
    if isinstance(value, tuple):
        return ", ".join(_words(criterion, item) for item in value)
    if criterion is Criterion.SPACE_TYPE:
        return str(SpaceType(str(value)).label)
    return value.isoformat() if isinstance(value, date) else _number(value)


def _span(span: Span) -> str:
    if span.low is None:
        return _("up to %(high)s") % {"high": _number(span.high)}
    if span.high is None:
        return _("from %(low)s") % {"low": _number(span.low)}
    return f"{_number(span.low)}–{_number(span.high)}"


def _number(value: Value) -> str:
    if isinstance(value, Decimal):
        # `f` keeps 1E+3 readable and drops no digit that was given.
        return number_format(format(value.normalize(), "f"))
    return str(value)


def _difference(difference: Difference | None) -> str:
    if difference is None:
        return ""
    sign = "+" if difference.amount > 0 else ""
    text = f"{sign}{_number(difference.amount)} {UNIT_LABELS[difference.unit]}".strip()
    return text if difference.share is None else f"{text} ({number_format(difference.share * 100, 1)} %)"
