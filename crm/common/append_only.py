"""Triggers that make a table append-only on PostgreSQL and SQLite: the log can be read, never rewritten.

SQLite drops a table's triggers when a later migration rebuilds the table, so a migration that alters an append-only
table ends with `AppendOnly` again; a test walks the tables for it.
"""

from typing import Any

from django.db.migrations.operations.base import Operation

PREFIX = "append_only"


def statements(vendor: str, table: str, columns: list[str], settable: tuple[str, ...]) -> list[str]:
    """SQL that refuses DELETE and refuses UPDATE, but for filling the empty `settable` columns once.

    Table and column names come from the models, never from input.
    """
    message = f"{table} is append-only: take a row back by a reversal"
    fixed = [column for column in columns if column not in settable]
    if vendor == "sqlite":
        changed = " OR ".join(f'OLD."{column}" IS NOT NEW."{column}"' for column in fixed)
        already_set = "".join(
            f' OR (OLD."{column}" IS NOT NULL AND OLD."{column}" IS NOT NEW."{column}")'
            for column in settable
        )
        return [
            f'CREATE TRIGGER "{PREFIX}_{table}_update" BEFORE UPDATE ON "{table}" WHEN {changed}{already_set} '
            f"BEGIN SELECT RAISE(ABORT, '{message}'); END",
            f'CREATE TRIGGER "{PREFIX}_{table}_delete" BEFORE DELETE ON "{table}" '
            f"BEGIN SELECT RAISE(ABORT, '{message}'); END",
        ]
    changed = " OR ".join(f'OLD."{column}" IS DISTINCT FROM NEW."{column}"' for column in fixed)
    already_set = "".join(
        f' OR (OLD."{column}" IS NOT NULL AND OLD."{column}" IS DISTINCT FROM NEW."{column}")'
        for column in settable
    )
    return [
        f'CREATE FUNCTION "{PREFIX}_{table}"() RETURNS trigger LANGUAGE plpgsql AS $body$ BEGIN '
        f"RAISE EXCEPTION '{message}' USING ERRCODE = 'integrity_constraint_violation'; END $body$",
        f'CREATE TRIGGER "{PREFIX}_{table}_update" BEFORE UPDATE ON "{table}" FOR EACH ROW '
        f'WHEN ({changed}{already_set}) EXECUTE FUNCTION "{PREFIX}_{table}"()',
        f'CREATE TRIGGER "{PREFIX}_{table}_delete" BEFORE DELETE ON "{table}" FOR EACH ROW '
        f'EXECUTE FUNCTION "{PREFIX}_{table}"()',
    ]


def removals(vendor: str, table: str) -> list[str]:
    """SQL that takes the triggers away again, whether they stand or not."""
    if vendor == "sqlite":
        return [f'DROP TRIGGER IF EXISTS "{PREFIX}_{table}_{event}"' for event in ("update", "delete")]
    return [f'DROP FUNCTION IF EXISTS "{PREFIX}_{table}"() CASCADE']


class AppendOnly(Operation):
    """Migration operation: put the triggers on a model's table."""

    reversible = True
    reduces_to_sql = True

    def __init__(self, model_name: str, settable: tuple[str, ...] = ()) -> None:
        self.model_name = model_name
        self.settable = settable

    def state_forwards(self, app_label: str, state: Any) -> None:
        """Triggers leave no trace in the models' state."""

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        meta = to_state.apps.get_model(app_label, self.model_name)._meta
        columns = [field.column for field in meta.local_fields]
        for sql in removals(schema_editor.connection.vendor, meta.db_table):
            schema_editor.execute(sql)
        for sql in statements(schema_editor.connection.vendor, meta.db_table, columns, self.settable):
            schema_editor.execute(sql, params=None)

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        meta = from_state.apps.get_model(app_label, self.model_name)._meta
        for sql in removals(schema_editor.connection.vendor, meta.db_table):
            schema_editor.execute(sql)

    def describe(self) -> str:
        return f"Make {self.model_name} append-only"
