"""What domain functions raise; doors translate it (form error, problem+json, exit code 2)."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.functional import Promise


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong: a stable `code`, the `field` it concerns ("" for the whole) and a sentence for people."""

    code: str
    message: str | Promise
    field: str = ""


class RuleError(Exception):
    """A rule of the park does not allow this; `faults` names every reason at once and nothing was changed.

    `RuleError(Fault("too_early", _("…"), field="occurred_on"))` or `RuleError([fault, fault])`.
    """

    def __init__(self, faults: Fault | Iterable[Fault]) -> None:
        self.faults = [faults] if isinstance(faults, Fault) else list(faults)
        super().__init__(" ".join(str(fault.message) for fault in self.faults))

    @property
    def codes(self) -> list[str]:
        return [fault.code for fault in self.faults]


class StaleError(RuleError):
    """Somebody saved in between: the version given is not the version that stands."""


class FourEyesError(RuleError):
    """A second person must do this."""


def refuse(faults: Iterable[Fault]) -> None:
    """Raise a `RuleError` with all faults, or do nothing where there are none."""
    faults = list(faults)
    if faults:
        raise RuleError(faults)
