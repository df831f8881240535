"""Tables keep to the arrows: foreign keys point down and no room grows names on another room's models."""

from types import SimpleNamespace

from django.apps import apps
from django.contrib.contenttypes.fields import GenericForeignKey
from django.db import models

from tests.architecture.rooms import level, room_of

# Reverse names across rooms that read well enough to keep; each needs a reason here.
REVERSE_NAMES_ACROSS_ROOMS: dict[str, str] = {}


def own_models() -> list[type[models.Model]]:
    return [model for model in apps.get_models() if model.__module__.split(".")[0] in {"crm", "accounts"}]


def own_relations():
    for model in own_models():
        for field in [*model._meta.local_fields, *model._meta.local_many_to_many]:
            target = field.remote_field.model if field.remote_field else None
            if target and target.__module__.split(".")[0] in {"crm", "accounts"}:
                yield model, field, target


def points_up(model, target) -> bool:
    here, there = room_of(model.__module__), room_of(target.__module__)
    return here != there and level(there) >= level(here)


def grows_a_name(model, field, target) -> bool:
    crosses = room_of(model.__module__) != room_of(target.__module__)
    return crosses and not field.remote_field.hidden and str(field) not in REVERSE_NAMES_ACROSS_ROOMS


def lonely_moments(model) -> list[str]:
    """`x_at` fields whose `x_by` exists must share one rule in the database: neither without the other."""
    names = {field.name for field in model._meta.local_fields}
    constraints = str(
        [constraint.condition for constraint in model._meta.constraints if hasattr(constraint, "condition")]
    )
    lonely = []
    for name in sorted(names):
        if not name.endswith("_at") or f"{name[:-3]}_by" not in names:
            continue
        moment, person = model._meta.get_field(name), model._meta.get_field(f"{name[:-3]}_by")
        if moment.null != person.null:
            lonely.append(f"{model.__name__}.{name}: one may be empty, the other not")
        elif moment.null and name not in constraints:
            lonely.append(f"{model.__name__}.{name}: no constraint keeps it with its person")
    return lonely


def test_foreign_keys_point_down():
    assert [str(field) for model, field, target in own_relations() if points_up(model, target)] == []


def test_no_room_grows_a_reverse_name_on_another_rooms_model():
    assert [
        str(field) for relation in own_relations() if grows_a_name(*relation) for field in [relation[1]]
    ] == []


def test_every_moment_stands_with_its_person():
    assert [offence for model in own_models() for offence in lonely_moments(model)] == []


def test_there_are_no_generic_foreign_keys():
    assert [
        model
        for model in own_models()
        for field in model._meta.private_fields
        if isinstance(field, GenericForeignKey)
    ] == []


def test_constraints_have_sentences_for_names():
    names = [constraint.name for model in own_models() for constraint in model._meta.constraints]
    assert [name for name in names if name.count("_") < 2 or name != name.lower()] == []
    assert len(names) == len(set(names))


def test_the_checks_bite_on_planted_models():
    estate, targets = (
        SimpleNamespace(__module__="crm.estate.models"),
        SimpleNamespace(__module__="crm.targets.models"),
    )
    matching = SimpleNamespace(__module__="crm.acquisition.models")
    assert points_up(estate, targets)
    assert points_up(estate, matching), "strangers of one layer may not know each other"
    assert not points_up(targets, estate)
    named = SimpleNamespace(remote_field=SimpleNamespace(hidden=False))
    assert grows_a_name(targets, named, estate)

    class Planted(models.Model):
        sent_at = models.DateTimeField(null=True)
        sent_by = models.IntegerField(null=True)

        class Meta:
            app_label = "planted"
            managed = False

    assert lonely_moments(Planted)
