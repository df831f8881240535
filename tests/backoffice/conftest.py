"""Somebody logged in to the backoffice, by role."""

import pytest
from django.test import Client


def logged_in(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def as_staff(staff) -> Client:
    return logged_in(staff)


@pytest.fixture
def as_manager(manager) -> Client:
    return logged_in(manager)


@pytest.fixture
def as_administrator(administrator) -> Client:
    return logged_in(administrator)
