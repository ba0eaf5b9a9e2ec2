"""What could do harm is refused by name, within bounds, before anything is laid out."""

from __future__ import annotations

import resource
import tracemalloc
from pathlib import Path

import pytest

from meguri.app.web import door
from meguri.app.web.checks import check
from meguri.base.errors import DataError
from meguri.base.words import LANGS
from tests.app.web import hostile


@pytest.fixture(autouse=True)
def smaller_door(monkeypatch: pytest.MonkeyPatch):
    """The door and what stands before it, both 64 times smaller: the same refusals in less time."""
    monkeypatch.setattr(door, "MOST_UNPACKED", 128 * hostile.MEGABYTE)


@pytest.mark.parametrize(("name", "make", "key"), hostile.REFUSED, ids=[one[0] for one in hostile.REFUSED])
def test_a_harmful_file_is_refused_by_name(tmp_path: Path, name: str, make, key: str):
    path = hostile.write(tmp_path, name, make())
    assert door.knock(name, path.read_bytes()[: door.HEAD], path.stat().st_size) == name
    with pytest.raises(DataError) as error:
        refused_or_unusable(path)
    told = error.value.problems[0]
    assert told.key == key
    for lang in LANGS:
        assert name in told.text(lang) + error.value.text(lang) and str(tmp_path) not in error.value.text(
            lang
        )


def refused_or_unusable(path: Path) -> None:
    """A check whose messages count as a refusal too: what cannot be parsed is told like any problem."""
    told = check(path)
    raise AssertionError(told["messages"])


@pytest.mark.parametrize(
    ("name", "content", "key"), hostile.AT_THE_DOOR, ids=[one[2] for one in hostile.AT_THE_DOOR]
)
def test_at_the_door_name_and_first_bytes_are_enough(name: str, content: bytes, key: str):
    with pytest.raises(DataError) as error:
        door.knock(name, content[: door.HEAD], len(content))
    assert error.value.problems[0].key == key


def test_a_file_that_only_says_it_is_large_is_read(tmp_path: Path):
    path = hostile.write(tmp_path, "parts.xlsx", hostile.says_it_is_large())
    assert check(path, "chain")["usable"] is False  # it holds no part, which is another matter


@pytest.mark.parametrize("make", [hostile.zip_bomb, hostile.one_text_a_million_times, hostile.gzip_bomb])
def test_a_bomb_is_measured_without_being_laid_out(tmp_path: Path, make):
    path = hostile.write(tmp_path, "a.csv.gz" if make is hostile.gzip_bomb else "a.xlsx", make())
    tracemalloc.start()
    with pytest.raises(DataError):
        door.inspect(path)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 8 << 20


def test_a_scenario_may_not_name_a_place_on_this_machine(tmp_path: Path):
    for line in ("base: /etc/x.yaml", "base: ../other.yaml", "chain: /etc", "chain: ../../chain.xlsx"):
        with pytest.raises(DataError) as error:
            check(hostile.write(tmp_path, "s.yaml", f"name: s\n{line}\ncontrols: []\n".encode()), "scenario")
        assert error.value.problems[0].key == "web_scenario_place"


def test_memory_is_bounded_while_a_check_runs_and_free_again_after():
    before = resource.getrlimit(resource.RLIMIT_AS)
    with pytest.raises(MemoryError), door.bounded(64 << 20):
        bytearray(512 << 20)
    assert resource.getrlimit(resource.RLIMIT_AS) == before
    assert len(bytearray(80 << 20)) == 80 << 20
