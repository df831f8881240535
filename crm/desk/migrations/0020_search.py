"""Search on PostgreSQL: the function that folds a text, and trigram indexes on the columns that search asks.

They stand in this room, and not in the tables' own, because only this room asks that question. SQLite needs neither.
"""

from django.core.management.base import CommandError
from django.db import DatabaseError, migrations, transaction

# As in `crm.common.names.folded`; a fixed list of letters, so that the function is immutable and needs no `unaccent`.
LETTERS = {
    "a": "àáâãäåāăą", "c": "çćĉċč", "d": "ďđð", "e": "èéêëēĕėęě", "g": "ĝğġģ", "h": "ĥħ", "i": "ìíîïĩīĭįı",
    "j": "ĵ", "k": "ķ", "l": "ĺļľł", "n": "ñńņň", "o": "òóôõöøōŏő", "r": "ŕŗř", "s": "śŝşšș", "t": "ţťț",
    "u": "ùúûüũūŭůűų", "w": "ŵ", "y": "ýÿŷ", "z": "źżž",
}  # fmt: skip
COMBINING = "".join(map(chr, range(0x300, 0x310))) + "\u0323\u0327\u0328"
INDEXES = (
    ("contacts_organisation", "name"),
    ("contacts_organisation", "email"),
    ("contacts_person", "full_name"),
    ("contacts_person", "email"),
    ("acquisition_lead", "code_name"),
    ("acquisition_leadidentity", "working_name"),
    ("acquisition_activity", "text"),
    ("estate_vacancy", "title_nl"),
    ("estate_vacancy", "title_en"),
    ("estate_vacancy", "street"),
    ("estate_vacancy", "reference"),
    ("estate_building", "name"),
    ("estate_building", "street"),
    ("matching_housingneed", "title"),
)
PLAIN = (("contacts_organisation", "phone"), ("contacts_person", "phone"), ("contacts_kvknumber", "number"))
REFUSED = (
    "Search needs PostgreSQL's extension pg_trgm, and this role may not create it. Let a superuser run "
    "'CREATE EXTENSION pg_trgm;' in this database once (package postgresql-contrib), then migrate again. "
)


def function_sql():
    accented = "".join(LETTERS.values())
    plain = "".join(letter * len(variants) for letter, variants in LETTERS.items())
    # plpgsql, and a high cost: an SQL function would be inlined, and the planner would then take its letters for cheap
    # and walk whole tables instead of the index. Most texts are ASCII, whose octets are as many as its letters.
    return f"""
        CREATE OR REPLACE FUNCTION crm_search_text(value text) RETURNS text
        LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE COST 1000 AS $body$
        BEGIN
            IF octet_length(value) = length(value) THEN RETURN lower(value); END IF;
            RETURN translate(
                replace(replace(replace(replace(lower(value), 'ß', 'ss'), 'æ', 'ae'), 'œ', 'oe'), 'þ', 'th'),
                '{accented}{COMBINING}', '{plain}');
        END $body$"""


def build(apps, schema_editor):
    if schema_editor.connection.vendor != "postgresql":
        return
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_extension WHERE extname = 'pg_trgm'")
        if cursor.fetchone() is None:
            try:
                with transaction.atomic(using=schema_editor.connection.alias):
                    cursor.execute("CREATE EXTENSION pg_trgm")
            except DatabaseError as error:
                raise CommandError(f"{REFUSED}({error})".replace("\n", " ")) from error
        cursor.execute(function_sql())
        for table, column in INDEXES:
            cursor.execute(
                f'CREATE INDEX "search_{table}_{column}" ON "{table}" '
                f'USING gin (crm_search_text("{column}") gin_trgm_ops)'
            )
        for table, column in PLAIN:
            cursor.execute(
                f'CREATE INDEX "search_{table}_{column}" ON "{table}" USING gin (("{column}"::text) gin_trgm_ops)'
            )


def take_away(apps, schema_editor):
    """The extension stays: others may use it."""
    if schema_editor.connection.vendor != "postgresql":
        return
    for table, column in (*INDEXES, *PLAIN):
        schema_editor.execute(f'DROP INDEX IF EXISTS "search_{table}_{column}"')
    schema_editor.execute("DROP FUNCTION IF EXISTS crm_search_text(text)")


class Migration(migrations.Migration):
    dependencies = [
        ('desk', '0010_snooze'),
        ('contacts', '0002_value_lists'),
        ('acquisition', '0020_task_repeat'),
        ('estate', '0003_areas'),
        ('matching', '0002_match_lease_reference'),
    ]
    operations = [migrations.RunPython(build, take_away)]
