"""How each database is asked for texts that hold a word or resemble one.

PostgreSQL compares `crm_search_text(column)`, for which migration desk 0020 made trigram indexes. SQLite knows
neither accents nor likeness: its LIKE is asked for more than fits, and `query` judges what comes back.
"""

import re
from typing import Any

from django.db.models import BooleanField, F, FloatField, Func, Q, TextField, Value

from crm.desk.search.query import SHORT

_ACCENTED = re.compile(r"ss|ae|oe|th|[a-z]")


class SearchText(Func):
    """A column as it is compared: folded on PostgreSQL, as it stands on SQLite."""

    function = "crm_search_text"
    output_field = TextField()

    def as_sqlite(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        return super().as_sql(compiler, connection, template="%(expressions)s", **extra)


class Like(Func):
    """`text LIKE pattern`, for patterns that we wrote ourselves."""

    template = "%(expressions)s"
    arg_joiner = " LIKE "
    arity = 2
    output_field = BooleanField()


class Resembles(Func):
    """PostgreSQL: a part of the text is near the word, by `pg_trgm.word_similarity_threshold`."""

    template = "%(expressions)s"
    arg_joiner = " <%% "
    arity = 2
    output_field = BooleanField()


class Likeness(Func):
    function = "word_similarity"
    arity = 2
    output_field = FloatField()


def loosened(word: str) -> str:
    """A pattern for SQLite in which every letter may carry an accent: "creme" also lets "Crème" through."""
    return _ACCENTED.sub(lambda match: "%" if len(match[0]) > 1 else _one(match[0]), word)


def _one(letter: str) -> str:
    return "_" if letter in "aceginosuyz" else letter


def holds(field: str, words: tuple[str, ...], vendor: str) -> Q:
    """The text holds every word. Where all are too short for a trigram, each must begin a word, for the index's sake."""
    condition = Q()
    text = SearchText(F(field))
    all_short = all(len(word) < SHORT for word in words)
    for word in words:
        own = word if vendor == "postgresql" else loosened(word)
        if all_short and vendor == "postgresql":
            condition &= Q(Like(text, Value(f"{own}%"))) | Q(Like(text, Value(f"% {own}%")))
        else:
            condition &= Q(Like(text, Value(f"%{own}%")))
    return condition


def is_whole(field: str, phrase: str, vendor: str) -> Q:
    """The text is the phrase, or begins with it as a word."""
    text = SearchText(F(field))
    own = phrase if vendor == "postgresql" else loosened(phrase)
    return Q(Like(text, Value(own))) | Q(Like(text, Value(f"{own} %")))
