"""In which order rows are applied: groups before their members, a lead's changes as they link."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from itertools import groupby

from crm.desk.history.reading import Row

State = tuple[str, str]


def circles(parents: Mapping[str, str | None]) -> set[str]:
    """The refs that come back to themselves when one walks up."""
    inside: set[str] = set()
    done: set[str] = set()
    for start in parents:
        path: list[str] = []
        ref: str | None = start
        while ref is not None and ref in parents and ref not in done and ref not in path:
            path.append(ref)
            ref = parents[ref]
        if ref in path:
            inside.update(path[path.index(ref) :])
        done.update(path)
    return inside


def parents_first(rows: Sequence[Row]) -> Iterator[Row]:
    """Each organisation after its group; the rows hold no circle."""
    by_ref = {row["ref"]: row for row in rows}
    done: set[str] = set()
    for row in rows:
        path = []
        above: Row | None = row
        while above is not None and above["ref"] not in done:
            done.add(above["ref"])
            path.append(above)
            above = by_ref.get(above["group_ref"])
        yield from reversed(path)


def chain_of(rows: Sequence[Row], start: State) -> list[Row]:
    """A lead's rows by when they were recorded, then by when they happened; of equal moments, as they link."""
    chain: list[Row] = []
    for _moment, ties in groupby(sorted(rows, key=_when), key=lambda row: _when(row)[:2]):
        chain += _linked(list(ties), _to(chain[-1]) if chain else start)
    return chain


def _when(row: Row) -> tuple[datetime, date, int]:
    return row["recorded_at"] or datetime.min.replace(tzinfo=UTC), row["occurred_on"] or date.min, row.line


def _from(row: Row) -> State:
    return row["from_stage"] or "", row["from_status"] or ""


def _to(row: Row) -> State:
    return row["to_stage"] or "", row["to_status"] or ""


def _links(rows: Sequence[Row], start: State) -> bool:
    states = [start, *map(_to, rows)]
    return all(_from(row) == state for row, state in zip(rows, states, strict=False))


def _linked(ties: list[Row], start: State) -> list[Row]:
    """The ties as one path through their states (Hierholzer); in file order where that links, or where nothing does."""
    if _links(ties, start):
        return ties
    leaving: defaultdict[State, list[Row]] = defaultdict(list)
    for row in reversed(ties):
        leaving[_from(row)].append(row)
    walk: list[tuple[State, Row | None]] = [(start, None)]
    path: list[Row] = []
    while walk:
        state, arrived_by = walk[-1]
        if leaving[state]:
            row = leaving[state].pop()
            walk.append((_to(row), row))
        else:
            walk.pop()
            if arrived_by is not None:
                path.append(arrived_by)
    path.reverse()
    return path if len(path) == len(ties) and _links(path, start) else ties
