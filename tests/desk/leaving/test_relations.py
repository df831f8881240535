"""No relation to a user is forgotten when that user leaves."""

from accounts.models import User
from crm.desk.leaving.relations import FATES, Fate, fate_of
from crm.desk.merging.rows import relations_of


def test_every_key_to_a_user_is_handed_over_revoked_or_history():
    """A new relation fails here until somebody decides what it means once its user leaves."""
    undecided = [relation.label for relation in relations_of(User) if fate_of(relation.label) is None]
    assert undecided == []


def test_no_fate_is_of_a_relation_that_is_gone():
    there = {relation.label for relation in relations_of(User)}
    assert set(FATES) - there == set()


def test_an_owner_is_never_history():
    """Whatever calls itself an owner is an open responsibility, but for private mail, which nobody else may read."""
    private = {"desk.asidemail.owner", "desk.incomingmail.owner"}
    owners = [label for label in FATES if label.endswith(".owner") and label not in private]
    assert owners
    assert {FATES[label] for label in owners} == {Fate.HANDED_OVER}
