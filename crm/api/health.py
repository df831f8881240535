"""For the machines that keep the service up: is the process there, and may it be sent requests. Open to all, says nothing else."""

from functools import cache

from django.db import Error, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe


class MigrationsPendingError(Exception):
    """The database is older than the program."""


@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers; the database is not asked."""
    return _answer("ok")


@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """200 when the database answers and every migration is applied, else 503."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        _check_migrated()
    except MigrationsPendingError:
        return _answer("migrations pending", status=503)
    except Error:
        return _answer("database unreachable", status=503)
    return _answer("ok")


@cache
def _check_migrated() -> None:
    """Only success is remembered: a process that once saw the migrations applied need not read them again."""
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        raise MigrationsPendingError


def _answer(state: str, status: int = 200) -> HttpResponse:
    return JsonResponse({"status": state}, status=status, headers={"Cache-Control": "no-store"})
