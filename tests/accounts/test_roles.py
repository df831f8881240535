"""The role table, cell by cell: what stands here was decided, so a change of the table must change this too."""

import pytest

from accounts.models import User
from accounts.roles import DESK_ROLES, EXTRA, NEVER, ROOM_ACTIONS, Role, role_allows, role_enters
from tests.factories.accounts import UserFactory

# Administrator, manager, staff, partner, broker: "x" may, "." may not.
MATRIX = {
    "acquisition.view_lead": "xxx..",
    "acquisition.add_lead": "xxx..",
    "acquisition.change_lead": "xxx..",
    "acquisition.delete_lead": "x....",
    "acquisition.view_namereveal": "x....",
    "desk.view_listexport": "xx...",
    "rules.view_normchange": "xxx..",
    "rules.change_normchange": "x....",
    "rules.view_audit": "xx...",
    "contacts.view_organisation": "xxx..",
    "contacts.add_organisation": "xxx..",
    "contacts.change_brokeraccess": "xxx..",
    "contacts.delete_person": "x....",
    "estate.view_vacancy": "xxx..",
    "estate.add_vacancy": "xxx..",
    "estate.change_vacancy": "xxx..",
    "estate.delete_vacancy": "x....",
    "matching.add_housingneed": "xxx..",
    "matching.change_match": "xxx..",
    "matching.delete_match": "x....",
    "targets.view_countevent": "xxx..",
    "targets.add_countevent": "xxx..",
    "targets.change_countevent": "xx...",
    "targets.confirm_countevent": "xx...",
    "targets.delete_countevent": "x....",
    "targets.view_target": "xxx..",
    "targets.change_target": "xx...",
    "targets.add_observation": "xx...",
    "programme.view_project": "xxx..",
    "programme.change_project": "xx...",
    "reports.view_reportedition": "xxx..",
    "reports.add_reportedition": "xx...",
    "reports.issue_reportedition": "xx...",
    "reports.send_reportedition": "xx...",
    "desk.view_importbatch": "xxx..",
    "desk.add_importbatch": "xx...",
    "desk.add_contactround": "xx...",
    "desk.change_contactround": "xx...",
    "desk.view_contactround": "xxx..",
    "desk.change_roundmember": "xxx..",
    "crm_messages.view_mail": "xx...",
    "crm_messages.change_mail": "x....",
    "accounts.view_user": "xx...",
    "accounts.add_user": "x....",
    "accounts.change_user": "x....",
    "accounts.delete_user": "x....",
    "accounts.view_accountevent": "x....",
    "accounts.view_apikey": "x....",
    "accounts.add_apikey": "x....",
    "accounts.change_apikey": "x....",
    "sessions.view_session": "x....",
    "nothing": "x....",
    "": "x....",
}
ORDER = (Role.ADMINISTRATOR, Role.MANAGER, Role.STAFF, Role.PARTNER, Role.BROKER)
CELLS = [
    (role, permission, marks[column] == "x")
    for permission, marks in MATRIX.items()
    for column, role in enumerate(ORDER)
]


@pytest.mark.parametrize(("role", "permission", "may"), CELLS)
def test_a_role_may_what_the_table_says(role, permission, may):
    assert role_allows(role, permission) is may
    assert User(role=role, is_active=True).has_perm(permission) is may


def test_every_room_of_the_table_is_in_the_matrix():
    rooms = {room for rows in ROOM_ACTIONS.values() for room in rows}
    assert {permission.partition(".")[0] for permission in MATRIX} >= rooms


def test_every_exception_of_the_table_is_in_the_matrix():
    assert set(MATRIX) >= {name for table in (EXTRA, NEVER) for names in table.values() for name in names}


@pytest.mark.parametrize("role", ["", "director", "Administrator"])
def test_an_unknown_role_may_nothing(role):
    assert not role_allows(role, "acquisition.view_lead")
    assert not role_enters(role, "acquisition")


@pytest.mark.parametrize("permission", MATRIX)
@pytest.mark.parametrize("role", ORDER)
def test_whoever_is_switched_off_may_nothing(role, permission):
    assert not User(role=role, is_active=False).has_perm(permission)


@pytest.mark.parametrize(
    ("room", "marks"),
    [("acquisition", "xxx.."), ("accounts", "xx..."), ("crm_messages", "xx..."), ("reports", "xxx..")],
)
def test_a_role_enters_the_rooms_it_sees_something_of(room, marks):
    for role, mark in zip(ORDER, marks, strict=True):
        assert role_enters(role, room) is (mark == "x"), role
        assert User(role=role, is_active=True).has_module_perms(room) is (mark == "x"), role
        assert not User(role=role, is_active=False).has_module_perms(room)


def test_the_desk_is_for_those_who_work_on_the_park():
    assert {role for role in Role if User(role=role).is_staff} == DESK_ROLES
    assert {role for role in Role if User(role=role).is_superuser} == {Role.ADMINISTRATOR}


def test_all_of_several_permissions_are_needed():
    manager = User(role=Role.MANAGER, is_active=True)
    assert manager.has_perms(["acquisition.view_lead", "targets.confirm_countevent"])
    assert not manager.has_perms(["acquisition.view_lead", "accounts.view_apikey"])


@pytest.mark.django_db
def test_a_user_is_found_whatever_the_capitals_of_the_address():
    user = UserFactory(email="Robin@Park.example")
    assert user.email == "robin@park.example"
    assert User.objects.get_by_natural_key("ROBIN@park.EXAMPLE") == user
    with pytest.raises(User.DoesNotExist):
        User.objects.get_by_natural_key(None)


def test_a_user_without_a_name_goes_by_the_address():
    user = User(email="robin@park.example")
    assert (str(user), user.get_short_name(), user.initials) == (
        "robin@park.example",
        "robin@park.example",
        "R",
    )
    named = User(email="robin@park.example", full_name="Robin van der Veen")
    assert (str(named), named.get_full_name(), named.get_short_name(), named.initials) == (
        "Robin van der Veen",
        "Robin van der Veen",
        "Robin",
        "RV",
    )


@pytest.mark.django_db
def test_createsuperuser_makes_an_administrator():
    user = User.objects.create_superuser("first@park.example", "a-long-test-password", full_name="First")
    assert user.role == Role.ADMINISTRATOR
    assert user.check_password("a-long-test-password")
