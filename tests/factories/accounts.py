"""Users of each role, and their API keys."""

from datetime import timedelta

import factory
from django.utils import timezone

from accounts.models import ApiKey, Scope, User
from accounts.roles import Role
from accounts.services import issue_key

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


class ApiKeyFactory(factory.Factory):
    """`ApiKeyFactory()` is a key as the service makes it; its text stands on `.secret`, which no row keeps."""

    class Meta:
        model = ApiKey

    class Params:
        days = 30

    user = factory.SubFactory(UserFactory, broker=True)
    label = factory.Sequence(lambda number: f"Program {number}")
    scopes = (Scope.VACANCIES_READ, Scope.VACANCIES_WRITE)
    at = factory.LazyFunction(timezone.now)
    by = factory.SelfAttribute("user")
    expires_at = factory.LazyAttribute(lambda key: key.at + timedelta(days=key.days))

    @classmethod
    def _create(cls, model_class, *args, **kwargs):
        key, key.secret = issue_key(**kwargs)
        return key
