"""Tasks and what happened to them. Read them from `crm.acquisition.models`, where the room's tables stand together."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from crm.acquisition.choices import Repeat, TaskAct, TaskKind
from crm.acquisition.querysets import TaskQuerySet
from crm.acquisition.withdrawing import StandingManager, Withdrawable
from crm.common.constraints import both_or_neither, not_empty, one_of
from crm.common.models import Recorded
from crm.common.validators import validate_plain_text
from crm.contacts.models import Organisation

USER = settings.AUTH_USER_MODEL


class Task(Withdrawable, Recorded):
    """Something promised: by whom and until when, with an hour where there is an appointment.

    A repeated task is one row per turn. `series` is the first of them (empty on the first itself), `counted_from` the
    day from which the turns are reckoned. One that was recorded by mistake is taken back and read by `every` alone.
    """

    lead = models.ForeignKey(
        "acquisition.Lead",
        models.PROTECT,
        related_name="tasks",
        null=True,
        blank=True,
        verbose_name=_("lead"),
    )
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="+", null=True, blank=True, verbose_name=_("organisation")
    )
    title = models.CharField(_("what"), max_length=200, validators=[validate_plain_text])
    kind = models.CharField(_("kind"), max_length=10, choices=TaskKind.choices, default=TaskKind.TASK)
    due_on = models.DateField(_("due on"))
    start_time = models.TimeField(
        _("from"), null=True, blank=True, help_text=_("Empty: some time that day. Clock of Amsterdam.")
    )
    repeat = models.CharField(_("repeat"), max_length=12, choices=Repeat.choices, default=Repeat.NONE)
    series = models.ForeignKey(
        "self",
        models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        editable=False,
        verbose_name=_("series"),
    )
    counted_from = models.DateField(_("counted from"), null=True, blank=True, editable=False)
    owner = models.ForeignKey(USER, models.PROTECT, related_name="+", verbose_name=_("owner"))
    done_at = models.DateTimeField(_("done at"), null=True, blank=True, editable=False)
    done_by = models.ForeignKey(
        USER,
        models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        editable=False,
        verbose_name=_("done by"),
    )

    objects = StandingManager.from_queryset(TaskQuerySet)()
    every = TaskQuerySet.as_manager()

    class Meta:
        verbose_name = _("task")
        verbose_name_plural = _("tasks")
        ordering = ["due_on", "pk"]
        indexes = [
            models.Index(
                fields=["owner", "due_on"], condition=Q(done_at__isnull=True), name="task_open_by_owner"
            ),
            models.Index(fields=["owner", "due_on"], name="task_by_owner_and_day"),
        ]
        constraints = [
            both_or_neither("done_at", "done_by", "a_done_task_says_by_whom"),
            both_or_neither("withdrawn_at", "withdrawn_by", "a_task_taken_back_says_by_whom"),
            not_empty("title", "a_task_says_what"),
            one_of("kind", TaskKind, "a_task_is_of_a_known_kind"),
            one_of("repeat", Repeat, "a_task_repeats_in_a_known_way"),
            models.CheckConstraint(
                condition=Q(repeat="none") | Q(counted_from__isnull=False),
                name="a_repeated_task_is_counted_from_a_day",
            ),
            models.UniqueConstraint(
                fields=["series"],
                condition=Q(done_at__isnull=True, series__isnull=False, withdrawn_at__isnull=True),
                name="a_series_has_one_open_task",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class TaskChange(models.Model):
    """What became of a task: another day, another owner, done, or one of these taken back. Append-only.

    `old` and `new` are values as they are stored (a day with its hour, a user's number), so that no name stays behind.
    """

    task = models.ForeignKey(Task, models.PROTECT, related_name="changes", verbose_name=_("task"))
    act = models.CharField(_("what happened"), max_length=14, choices=TaskAct.choices)
    old = models.CharField(_("before"), max_length=40, blank=True)
    new = models.CharField(_("after"), max_length=40, blank=True)
    by = models.ForeignKey(USER, models.PROTECT, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("task change")
        verbose_name_plural = _("task changes")
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["-at", "-id"], name="task_change_at")]
        constraints = [one_of("act", TaskAct, "a_task_change_is_of_a_known_kind")]

    def __str__(self) -> str:
        return f"{self.get_act_display()} {self.at:%Y-%m-%d}"
