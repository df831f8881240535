"""A reason in a sentence, in the reader's language."""

from collections.abc import Callable, Mapping
from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crm.acquisition.choices import Stage
from crm.desk.quiet.reasons import Code, Reason


def sentence_of(reason: Reason) -> str:
    return SENTENCES[reason.code](reason)


def _day(day: date | None) -> str:
    return date_format(day, "j F Y") if day else ""


def _promise(reason: Reason) -> str:
    if not reason.late_days:
        words = _("Promised for today")
    elif not reason.days:
        words = _("Promised for %(day)s") % {"day": _day(reason.on)}
    else:
        words = ngettext(
            "Promise %(count)d working day late", "Promise %(count)d working days late", reason.days
        ) % {"count": reason.days}
    return f"{words}: {reason.title}" if reason.title else words


def _decision(reason: Reason) -> str:
    return _("The decision was expected on %(day)s") % {"day": _day(reason.on)}


def _arrival(reason: Reason) -> str:
    return _("Would settle on %(day)s, and no arrival is recorded") % {"day": _day(reason.on)}


def _second(reason: Reason) -> str:
    words = ngettext(
        "Waits %(count)d working day for a second person",
        "Waits %(count)d working days for a second person",
        reason.days,
    )
    return words % {"count": reason.days}


def _stalled(reason: Reason) -> str:
    values = {"stage": Stage(reason.stage).label, "count": reason.days, "norm": reason.limit}
    return _("%(count)d days in %(stage)s, where the norm is %(norm)d") % values


def _silence(reason: Reason) -> str:
    if reason.on is None:
        words = ngettext(
            "Nobody has spoken with them: %(count)d working day in this stage",
            "Nobody has spoken with them: %(count)d working days in this stage",
            reason.days,
        )
        return words % {"count": reason.days}
    return _("Nobody has spoken with them since %(day)s") % {"day": _day(reason.on)}


def _no_next_step(_reason: Reason) -> str:
    return _("No next step is agreed")


def _proposal(reason: Reason) -> str:
    return _("No answer to the space proposed on %(day)s") % {"day": _day(reason.on)}


def _viewing(reason: Reason) -> str:
    return _("No answer after the viewing on %(day)s") % {"day": _day(reason.on)}


def _unconfirmed(reason: Reason) -> str:
    return _("The broker should have confirmed it by %(day)s") % {"day": _day(reason.on)}


def _unanswered(reason: Reason) -> str:
    words = ngettext(
        "Our question waits %(count)d working day for the broker",
        "Our question waits %(count)d working days for the broker",
        reason.days,
    )
    return words % {"count": reason.days}


def _without_candidates(reason: Reason) -> str:
    words = ngettext(
        "No space proposed for %(count)d day", "No space proposed for %(count)d days", reason.days
    )
    return words % {"count": reason.days}


def _lease(reason: Reason) -> str:
    return _("Notice can be given until %(day)s") % {"day": _day(reason.on)}


SENTENCES: Mapping[Code, Callable[[Reason], str]] = {
    Code.PROMISE_DUE: _promise,
    Code.DECISION_PASSED: _decision,
    Code.ARRIVAL_NOT_RECORDED: _arrival,
    Code.WAITING_FOR_SECOND: _second,
    Code.STALLED: _stalled,
    Code.SILENCE: _silence,
    Code.NO_NEXT_STEP: _no_next_step,
    Code.ANSWER_DUE: _proposal,
    Code.VIEWING_ANSWER_DUE: _viewing,
    Code.BROKER_UNCONFIRMED: _unconfirmed,
    Code.BROKER_UNANSWERED: _unanswered,
    Code.NEED_WITHOUT_CANDIDATES: _without_candidates,
    Code.LEASE_ENDS: _lease,
}
