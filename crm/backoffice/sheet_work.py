"""Work on imports that is due, with how far it is told through the cache: the transaction itself shows nothing until it ends."""

from datetime import datetime

from django.core.cache import cache

from crm.desk.sheets.services import work_due

KEPT_SECONDS = 600


def progress_key(pk: int) -> str:
    return f"sheet-import-{pk}"


def tell(pk: int, done: int, _total: int) -> None:
    cache.set(progress_key(pk), done, KEPT_SECONDS)


def work_on_sheets(*, at: datetime) -> int:
    return work_due(at=at, progress=tell)
