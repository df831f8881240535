"""Users of each role."""

import factory

from accounts.models import User
from accounts.roles import Role

PASSWORD = "a-long-test-password"


class UserFactory(factory.django.DjangoModelFactory):
    """`UserFactory(manager=True)`; the password of every user is `PASSWORD`."""

    class Meta:
        model = User
        skip_postgeneration_save = True

    class Params:
        administrator = factory.Trait(role=Role.ADMINISTRATOR)
        manager = factory.Trait(role=Role.MANAGER)
        staff = factory.Trait(role=Role.STAFF)
        partner = factory.Trait(role=Role.PARTNER)
        broker = factory.Trait(role=Role.BROKER)

    email = factory.Sequence(lambda number: f"user{number}@park.example")
    full_name = factory.Sequence(lambda number: f"Robin Test{number}")
    role = Role.STAFF
    language = "nl"

    @classmethod
    def _create(cls, model_class, *args, **kwargs):
        return model_class.objects.create_user(*args, password=kwargs.pop("password", PASSWORD), **kwargs)
