"""A hash per table of every row that hangs, near or far, on organisations and people: found by walking the models."""

import hashlib
import json

from django.apps import apps

from crm.desk.merging.rows import written


def hashes() -> dict[str, str]:
    """All tables of the park but that of the merges themselves."""
    return {
        model._meta.db_table: _hash(model)
        for model in apps.get_models(include_auto_created=True)
        if model.__module__.startswith(("crm.", "accounts")) and model._meta.label_lower != "desk.merge"
    }


def _hash(model) -> str:
    rows = [written(row) for row in model._base_manager.order_by("pk")]
    return hashlib.sha256(json.dumps(rows, sort_keys=True).encode()).hexdigest()
