"""Takes an import back whole, as long as nothing was built on it; else it says what stands in the way and changes nothing."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import datetime

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from crm.common.errors import Fault, RuleError
from crm.common.months import AMSTERDAM
from crm.desk.sheets.kinds.base import SheetKind, thawed
from crm.desk.sheets.models import SheetImport, SheetLine, Verdict

MOST_OBSTACLES = 50
Versions = dict[int, tuple[int, str, datetime]]


def take_back(sheet: SheetImport, kind: SheetKind, progress: Callable[[int, int, int], None]) -> None:
    """Undo every written row, the last one first. Raises `RuleError` that names what was built on it."""
    lines = list(sheet.lines.filter(version__isnull=False).order_by("-line"))
    found = obstacles(lines, kind)
    if found:
        shown = [Fault("built_on", message) for message in found[:MOST_OBSTACLES]]
        if len(found) > MOST_OBSTACLES:
            more = _("And %(count)d more.") % {"count": len(found) - MOST_OBSTACLES}
            shown.append(Fault("built_on", more))
        raise RuleError(shown)
    kind.take_back_new([line for line in lines if line.verdict == Verdict.CREATE])
    changed = [line for line in lines if line.verdict == Verdict.UPDATE]
    for number, line in enumerate(changed, start=1):
        kind.take_back_change(line, {name: thawed(value) for name, value in line.before.items()})
        if number % 100 == 0:
            progress(sheet.pk, number, len(changed))


def obstacles(lines: Sequence[SheetLine], kind: SheetKind) -> list[str]:
    """What stands in the way of each row, in words."""
    versions = kind.versions([line.record for line in lines if line.record])
    made: defaultdict[str, set[int]] = defaultdict(set)
    for line in lines:
        for label, keys in line.beside.items():
            if isinstance(keys, list) and all(isinstance(key, int) for key in keys):
                made[label].update(keys)
    new = [line.record for line in lines if line.verdict == Verdict.CREATE and line.record]
    hanging = kind.hanging(new, made)
    found = []
    for line in sorted(lines, key=lambda line: line.line):
        for reason in _reasons(line, versions, hanging):
            values = {"line": line.line, "name": line.label, "reason": reason}
            found.append(_("Line %(line)d, %(name)s: %(reason)s") % values)
    return found


def _reasons(line: SheetLine, versions: Versions, hanging: dict[int, list[str]]) -> list[str]:
    standing = versions.get(line.record or 0)
    if standing is None:
        return [_("it is not there any more.")]
    version, who, when = standing
    reasons = []
    if version != line.version:
        day = date_format(when.astimezone(AMSTERDAM), "j F Y H:i")
        reasons.append(_("%(who)s changed it since, on %(when)s.") % {"who": who, "when": day})
    if hanging.get(line.record or 0):
        reasons.append(_("it is used by %(what)s.") % {"what": ", ".join(hanging[line.record or 0])})
    return reasons
