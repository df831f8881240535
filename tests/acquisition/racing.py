"""Runs calls at the same moment, each on a connection of its own."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

from django.db import DatabaseError, connection

from crm.common.errors import RuleError


def at_once(*calls: Callable[[], Any], deferred: bool = False) -> list[Any]:
    """What each call gave: its answer, or the `RuleError` it raised.

    `deferred`, for a control without locks: SQLite lets everybody read before anybody writes, and what the database
    itself refuses is an answer too.
    """
    start = Barrier(len(calls))

    def run(call: Callable[[], Any]) -> Any:
        try:
            if deferred:
                connection.ensure_connection()
                if connection.vendor == "sqlite":
                    connection.transaction_mode = None
            start.wait(timeout=10)
            return call()
        except RuleError as error:
            return error
        except DatabaseError as error:
            if not deferred:
                raise
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))
