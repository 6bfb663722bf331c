"""A cache keeps what was used last, as long as it may, whoever uses it at the same time."""

import threading

import pytest

from recordings_site.base import lru
from recordings_site.base.lru import Lru


def test_what_was_used_longest_ago_goes_first() -> None:
    cache = Lru[str, int](2)
    cache.put("a", 1)
    cache.put("b", 2)
    assert cache.get("a") == 1
    cache.put("c", 3)
    assert [cache.get(key) for key in "abc"] == [1, None, 3]
    cache.put("a", 4)
    cache.put("d", 5)
    assert [cache.get(key) for key in "acd"] == [4, None, 5]
    assert len(cache) == 2
    cache.clear()
    assert (cache.get("a"), len(cache)) == (None, 0)


def test_a_value_ends_so_long_after_it_was_put_however_often_it_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 100.0
    monkeypatch.setattr(lru.time, "monotonic", lambda: now)
    cache = Lru[str, int](2, seconds=10)
    cache.put("a", 1)
    now = 109.9
    assert cache.get("a") == 1
    now = 110.0
    assert cache.get("a") is None
    assert len(cache) == 0
    cache.put("a", 2)
    now = 115.0
    cache.put("a", 3)
    now = 124.9
    assert cache.get("a") == 3


def test_threads_share_it() -> None:
    cache = Lru[int, int](50)
    failed: list[BaseException] = []

    def use(seed: int) -> None:
        try:
            for step in range(2000):
                key = (seed + step * 7) % 100
                assert cache.get(key) in (None, key)
                cache.put(key, key)
        except BaseException as error:  # noqa: BLE001 - told to the test
            failed.append(error)

    threads = [threading.Thread(target=use, args=(seed,)) for seed in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert len(cache) == 50
