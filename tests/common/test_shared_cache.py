"""The file cache that all processes of a machine share loses no count."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from crm.common.shared_cache import SharedCounterCache


def make_cache(folder) -> SharedCounterCache:
    return SharedCounterCache(str(folder), {})


def test_counters_that_are_raised_at_once_lose_no_count(tmp_path):
    def count(_number: int) -> int:
        # One of its own per worker, as in processes: the lock is on the file, not on the object.
        cache = make_cache(tmp_path)
        return sum(1 for _time in range(25) if cache.add("key", 1) or cache.incr("key"))

    with ThreadPoolExecutor(4) as workers:
        assert sum(workers.map(count, range(4))) == 100
    assert make_cache(tmp_path).get("key") == 100


def test_only_one_of_many_adds_a_key_first(tmp_path):
    with ThreadPoolExecutor(4) as workers:
        added = list(workers.map(lambda number: make_cache(tmp_path).add("key", number), range(12)))
    assert added.count(True) == 1


def test_a_counter_that_is_not_there_cannot_be_raised(tmp_path):
    with pytest.raises(ValueError, match="not found"):
        make_cache(tmp_path).incr("key")


def test_what_is_kept_can_be_read_by_this_user_only(tmp_path):
    folder = tmp_path / "cache"
    make_cache(folder).set("key", 1)
    assert folder.stat().st_mode & 0o077 == 0
