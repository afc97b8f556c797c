"""Entries of the cache directory: there as they were put, or not there at all."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest

from deployer.operations.validation.cache import Cache, key_of

if TYPE_CHECKING:
    from pathlib import Path

KEY = key_of("a")
FOUND = {
    "problems": [["a.yaml", 1, 2, "text \u00e9 \ud800", "rule", "error"]],
    "numbers": [1, 1.5, 2**64, None],
}


@pytest.fixture
def cache(tmp_path: Path) -> Cache:
    return Cache(directory=tmp_path / "cache")


def entry(cache: Cache) -> Path:
    """Return the file of the only entry."""
    (file,) = (path for path in cache.directory.rglob("*") if path.is_file())
    return file


def test_what_was_put_is_got(cache: Cache) -> None:
    assert cache.get(KEY) is None
    cache.put(KEY, FOUND)
    assert cache.get(KEY) == FOUND
    assert cache.get(key_of("b")) is None
    cache.put(KEY, [])
    assert cache.get(KEY) == []


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("a", "b"), ("ab",)),
        (("a", ["b"]), (["a"], "b")),
        ((1,), ("1",)),
        ((None,), ("None",)),
        (({"a": 1},), ({"a": 2},)),
    ],
)
def test_different_parts_have_different_keys(one: tuple[Any, ...], other: tuple[Any, ...]) -> None:
    assert key_of(*one) != key_of(*other)


def test_the_order_of_a_map_does_not_matter() -> None:
    assert key_of({"a": 1, "b": 2}) == key_of({"b": 2, "a": 1})


def test_any_damage_makes_an_entry_absent(cache: Cache) -> None:
    cache.put(KEY, FOUND)
    file = entry(cache)
    whole = file.read_bytes()
    for place in range(len(whole)):
        file.write_bytes(whole[:place])
        assert cache.get(KEY) is None
        file.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        # The header has bits that mean nothing; whatever is still read must be what was put.
        assert cache.get(KEY) in (None, FOUND)
    cache.put(KEY, FOUND)
    assert cache.get(KEY) == FOUND


def test_an_entry_in_the_place_of_another_is_absent(cache: Cache) -> None:
    cache.put(KEY, FOUND)
    file = entry(cache)
    other = key_of("b")
    place = cache.directory / other[:2] / other[2:]
    place.parent.mkdir(exist_ok=True)
    file.rename(place)
    assert cache.get(other) is None


@pytest.mark.parametrize("obstacle", ["file in place of the directory", "directory in place of the entry"])
def test_what_cannot_be_written_or_read_is_absent(cache: Cache, obstacle: str) -> None:
    if obstacle == "file in place of the directory":
        cache.directory.write_text("")
    else:
        (cache.directory / KEY[:2] / KEY[2:]).mkdir(parents=True)
    cache.put(KEY, FOUND)
    assert cache.get(KEY) is None
    cache.trim()


def test_a_write_that_fails_leaves_nothing_behind(cache: Cache, monkeypatch: pytest.MonkeyPatch) -> None:
    cache.put(KEY, "before")

    def full(descriptor: int, _mode: str) -> Any:
        os.close(descriptor)
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("deployer.operations.validation.cache.os.fdopen", full)
        cache.put(KEY, "after")
    assert entry(cache).parent.name == KEY[:2]
    assert cache.get(KEY) == "before"


def test_entries_are_for_their_owner_only(cache: Cache) -> None:
    """They hold what charts make of a fleet's values."""
    cache.put(KEY, FOUND)
    file = entry(cache)
    assert (file.stat().st_mode & 0o777, file.parent.stat().st_mode & 0o777) == (0o600, 0o700)


def test_what_lay_idle_longest_goes_first(cache: Cache) -> None:
    keys = [key_of(number) for number in range(8)]
    for age, key in enumerate(reversed(keys)):
        cache.put(key, "x")
        os.utime(cache.directory / key[:2] / key[2:], (age, age))
    size = max(path.stat().st_size for path in cache.directory.rglob("*") if path.is_file())
    assert cache.get(keys[-1]) == "x"  # which makes it the youngest
    Cache(directory=cache.directory, most_bytes=4 * size).trim()
    assert [key for key in keys if cache.get(key)] == [keys[0], keys[1], keys[-1]]
    Cache(directory=cache.directory, most_bytes=4 * size).trim()
    assert [key for key in keys if cache.get(key)] == [keys[0], keys[1], keys[-1]]


def test_what_a_killed_run_left_goes_too(cache: Cache) -> None:
    cache.put(KEY, FOUND)
    left = entry(cache).parent / ".new-left"
    left.write_bytes(b"x" * 10_000)
    os.utime(left, (1, 1))
    Cache(directory=cache.directory, most_bytes=5_000).trim()
    assert entry(cache).name == KEY[2:]


def test_nothing_is_torn_when_many_write_and_read_at_once(cache: Cache) -> None:
    small = Cache(directory=cache.directory, most_bytes=20_000)
    keys = [key_of(number) for number in range(6)]

    def work(number: int) -> set[Any]:
        key = keys[number % len(keys)]
        small.put(key, [key] * 500)
        found = small.get(key)
        small.trim()
        return {found is None or found == [key] * 500}

    with ThreadPoolExecutor(8) as pool:
        assert set().union(*pool.map(work, range(400))) == {True}
