"""Who works at the desk. Apart from the admins, because the site that they register with asks it too."""

from typing import Any

from accounts.models import User
from accounts.roles import DESK_ROLES


def desk_users() -> Any:
    """People who can own work: active users of the desk."""
    return User.objects.filter(is_active=True, role__in=DESK_ROLES)
