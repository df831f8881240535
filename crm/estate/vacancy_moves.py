"""The legal moves of a vacancy's status, as a table that the services, the API's errors and the desk's buttons read."""

from dataclasses import dataclass

from crm.estate.choices import VacancyStatus as Status


@dataclass(frozen=True)
class Move:
    """From which statuses a move may be made, and where it leads; None: the status stays as it is."""

    starts: frozenset[Status]
    to: Status | None


OPEN = frozenset({Status.SUBMITTED, Status.QUESTION, Status.PUBLISHED, Status.UNPUBLISHED})

MOVES: dict[str, Move] = {
    "publish": Move(frozenset({Status.SUBMITTED, Status.QUESTION, Status.UNPUBLISHED}), Status.PUBLISHED),
    "ask": Move(frozenset({Status.SUBMITTED, Status.QUESTION}), Status.QUESTION),
    "refuse": Move(frozenset({Status.SUBMITTED, Status.QUESTION}), Status.REFUSED),
    "unpublish": Move(frozenset({Status.PUBLISHED}), Status.UNPUBLISHED),
    "confirm": Move(OPEN, None),
    "withdraw": Move(OPEN | {Status.REFUSED}, Status.WITHDRAWN),
    "let": Move(OPEN, Status.LET),
    # A broker's change to anything staff have not seen brings the listing before them again.
    "resubmit": Move(frozenset(Status) - {Status.LET}, Status.SUBMITTED),
}


def allowed_moves(status: str) -> list[str]:
    """The moves that may be made from this status."""
    return [name for name, move in MOVES.items() if status in move.starts]
