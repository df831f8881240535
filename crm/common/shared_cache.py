"""The default cache: files that all processes of one machine share, with counters that lose no count."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.cache.backends.filebased import FileBasedCache
from django.core.files import locks


class SharedCounterCache(FileBasedCache):
    """Django's file cache, with `add` and `incr` under one lock: two processes that count at once both count.

    Several machines need a cache that they share, such as Redis (`CACHE_URL`).
    """

    @contextmanager
    def _alone(self) -> Iterator[None]:
        self._createdir()  # type: ignore[attr-defined]  # not in the stubs
        path = os.path.join(self._dir, "counters.lock")  # type: ignore[attr-defined]  # not in the stubs
        with open(path, "ab") as guard:
            locks.lock(guard, locks.LOCK_EX)
            yield

    def add(self, *args: Any, **kwargs: Any) -> bool:
        with self._alone():
            return bool(super().add(*args, **kwargs))

    def incr(self, *args: Any, **kwargs: Any) -> int:
        with self._alone():
            return int(super().incr(*args, **kwargs))
