"""Workspaces and files: nothing is lost, nothing is half there, and nothing leads out of the root."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from meguri.app.web import disk
from meguri.app.web.desk import Desk
from meguri.app.web.shelf import Shelf
from meguri.app.web.store import Bounds, FullError, MissingError, StaleError, Store
from meguri.base.errors import DataError

CHECK = {"messages": [{"severity": "error"}], "usable": False}


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "root")


@pytest.fixture
def shelf(store: Store) -> Shelf:
    return Shelf(store, store.create("自社").id)


def put(shelf: Shelf, name: str, content: bytes, kind: str = "chain", key: str = "", tag: str = ""):
    path = shelf.incoming(name)
    path.write_bytes(content)
    return shelf.add_version(key, path, tag=tag) if key else shelf.add(path, kind)


def content(shelf: Shelf, key: str) -> bytes:
    return shelf.path(key).read_bytes()


def test_a_deleted_workspace_leaves_nothing_of_itself(store: Store, shelf: Shelf):
    put(shelf, "parts.xlsx", b"one")
    for name in ("answers/a/done.json", "jobs/j.json", "cache/c"):
        place = shelf.workspace.folder / name
        place.parent.mkdir(parents=True)
        place.write_text("{}")
    store.delete(shelf.workspace.id)
    assert list(store.root.iterdir()) == []


def test_the_second_page_that_deletes_a_workspace_is_told_that_it_is_gone(store: Store):
    made = store.create("a")
    told = []
    store.on_delete.append(told.append)
    store.delete(made.id)
    with pytest.raises(MissingError) as error:
        store.delete(made.id)
    assert error.value.problems[0].key == "web_no_workspace" and told == [made.id]


def test_a_worker_that_writes_after_the_deletion_does_not_bring_the_workspace_back(store: Store):
    made = store.create("a")
    store.delete(made.id)
    (made.folder / "cache").mkdir(parents=True)
    (made.folder / "cache" / "view.json").write_text("{}")
    assert store.workspaces() == [] and not made.folder.exists()


def test_a_renamed_workspace_keeps_its_address_and_a_name_is_given_once(store: Store):
    one, two = store.create("Ａ"), store.create("b")
    assert store.rename(one.id, "c").id == one.id
    with pytest.raises(DataError, match="no other workspace"):
        store.rename(two.id, "C")
    with pytest.raises(StaleError):
        store.rename(one.id, "d", tag=one.tag)  # the tag of before the first renaming


@pytest.mark.parametrize("key", ["..", "../..", "w000000000000", "", "/etc", "w00000000000\n", ".gone-1"])
def test_no_id_leads_out_of_the_root(store: Store, key: str):
    for asked in (store.workspace, store.delete):
        with pytest.raises(MissingError):
            asked(key)


def test_a_link_out_of_the_root_is_no_workspace_and_its_end_is_not_deleted(store: Store, tmp_path: Path):
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "workspace.json").write_text('{"name": "x"}')
    link = store.root / "w0123456789ab"
    link.symlink_to(outside)
    assert store.workspaces() == []
    with pytest.raises(MissingError):
        store.delete(link.name)
    assert (outside / "workspace.json").exists()


def test_a_file_that_leads_out_of_its_workspace_is_not_given_out(shelf: Shelf, tmp_path: Path):
    kept = put(shelf, "a.csv", b"x", "trade")
    (tmp_path / "secret").write_text("s")
    place = shelf.path(kept.id)
    place.unlink()
    place.symlink_to(tmp_path / "secret")
    with pytest.raises(MissingError):
        shelf.path(kept.id)
    desk = Desk(shelf.workspace.folder)
    assert desk.files("trade") == []
    meta = shelf.folder / kept.id / "meta.json"
    forged = json.loads(meta.read_text())
    forged["versions"][0] |= {"name": "../../../../secret", "file": "../../../../secret"}
    meta.write_text(json.dumps(forged))
    with pytest.raises(MissingError):
        shelf.file(kept.id)
    assert desk.files("trade") == []
    meta.write_text("{")
    assert desk.files("trade") == []


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("../../x.xlsx", "web_name_path"),
        ("..\\x.xlsx", "web_name_path"),
        ("C:x.xlsx", "web_name_path"),
        (".hidden", "web_name_path"),
        ("a\0b.xlsx", "web_name_unseen"),
        ("invoice\u202exslx.exe", "web_name_unseen"),
        ("a\nb.xlsx", "web_name_unseen"),
        ("a\u200bb.xlsx", "web_name_unseen"),
        ("NUL.xlsx", "web_name_reserved"),
        ("con", "web_name_reserved"),
        ("  ", "web_name_length"),
        ("a" * 130, "web_name_length"),
        ("部" * 80, "web_name_length"),
    ],
)
def test_a_name_that_could_do_harm_is_refused_by_name(name: str, key: str):
    with pytest.raises(DataError) as error:
        disk.checked_name(name)
    assert error.value.problems[0].key == key
    assert error.value.text("ja").isprintable() or "\n" in error.value.text("ja")


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=130))
def test_a_name_that_is_let_in_stays_in_its_folder(name: str):
    try:
        kept = disk.checked_name(name)
    except DataError:
        return
    folder = Path("/root/folder")
    assert (folder / kept).parent == folder and kept.isprintable() and disk.checked_name(kept) == kept


def test_the_same_name_again_is_a_new_version_and_undo_leads_back(shelf: Shelf):
    first = put(shelf, "parts.xlsx", b"one")
    second = put(shelf, "parts.xlsx", b"two")
    assert (first.id, second.current, second.before, second.after) == (second.id, 2, 1, 0)
    undone = shelf.show_version(second.id, second.before)
    assert content(shelf, first.id) == b"one" and (undone.before, undone.after) == (0, 2)
    redone = shelf.show_version(first.id, undone.after)
    assert content(shelf, first.id) == b"two" and redone.current == 2


def test_what_was_undone_is_kept_when_something_else_is_written(shelf: Shelf):
    key = put(shelf, "a.csv", b"one", "trade").id
    put(shelf, "a.csv", b"two", "trade")
    shelf.show_version(key, 1)
    third = put(shelf, "a.csv", b"three", "trade")
    assert (third.current, third.before, len(third.versions)) == (3, 1, 3)
    assert shelf.path(key, 2).read_bytes() == b"two"


def test_the_same_content_again_makes_no_version(shelf: Shelf):
    put(shelf, "a.csv", b"one", "trade")
    assert len(put(shelf, "a.csv", b"one", "trade").versions) == 1


@settings(max_examples=10, deadline=None)
@given(st.lists(st.one_of(st.sampled_from(["undo", "redo"]), st.binary(min_size=1, max_size=3)), max_size=8))
def test_any_order_of_writing_undo_and_redo_loses_no_version(moves):
    with tempfile.TemporaryDirectory() as folder:
        shelf = Shelf(store := Store(Path(folder)), store.create("a").id)
        kept = put(shelf, "a.csv", b"first", "trade")
        written, line, at = [b"first"], [1], 0  # plain twin: a list of steps and a place in it
        for move in moves:
            if move in ("undo", "redo"):
                target = kept.before if move == "undo" else kept.after
                if target:
                    kept = shelf.show_version(kept.id, target)
                    at += -1 if move == "undo" else 1
                else:
                    assert at == 0 if move == "undo" else at == len(line) - 1
            else:
                kept = put(shelf, "a.csv", move, "trade", key=kept.id)
                if move != written[line[at] - 1]:
                    written.append(move)
                    line = [*line[: at + 1], len(written)]
                    at += 1
            assert kept.current == line[at]
        assert [shelf.path(kept.id, n).read_bytes() for n in range(1, len(written) + 1)] == written


def test_of_two_pages_that_save_the_second_is_told_and_nothing_is_lost(shelf: Shelf):
    seen = put(shelf, "a.csv", b"one", "trade")
    put(shelf, "a.csv", b"mine", "trade", key=seen.id, tag=seen.tag)
    for late in (
        lambda: put(shelf, "a.csv", b"theirs", "trade", key=seen.id, tag=f'"{seen.tag}"'),
        lambda: shelf.delete(seen.id, seen.tag),
        lambda: shelf.show_version(seen.id, 1, seen.tag),
        lambda: shelf.change_kind(seen.id, "shop", seen.tag),
    ):
        with pytest.raises(StaleError):
            late()
    assert content(shelf, seen.id) == b"mine"


def test_a_deleted_file_is_gone_with_all_versions_and_its_check(shelf: Shelf):
    key = put(shelf, "a.csv", b"one", "trade").id
    shelf.keep_check(key, 1, CHECK)
    assert (
        shelf.check_of(key)["messages"] == CHECK["messages"] and shelf.brief_of(shelf.file(key))["bad"] == 1
    )
    assert shelf.check_of(put(shelf, "a.csv", b"two", "trade").id) is None  # that was the other version
    shelf.delete(key)
    assert list(shelf.folder.iterdir()) == []
    for late in (lambda: shelf.delete(key), lambda: shelf.keep_check(key, 1, CHECK), lambda: shelf.path(key)):
        with pytest.raises(MissingError):
            late()


def test_a_workspace_takes_no_more_than_its_bounds(tmp_path: Path):
    store = Store(tmp_path, Bounds(workspace=2000, workspaces=1, files=2, versions=2))
    shelf = Shelf(store, store.create("a").id)
    with pytest.raises(FullError):
        store.create("b")
    put(shelf, "a.csv", b"1", "trade")
    put(shelf, "a.csv", b"2", "trade")
    with pytest.raises(FullError, match="version"):
        put(shelf, "a.csv", b"3", "trade")
    put(shelf, "b.csv", b"1", "trade")
    with pytest.raises(FullError, match="files"):
        put(shelf, "c.csv", b"1", "trade")
    with pytest.raises(FullError, match="MB"):
        put(shelf, "b.csv", b"x" * 3000, "trade")


def test_what_a_killed_server_left_half_made_is_swept_and_the_rest_stays(store: Store, shelf: Shelf):
    kept = put(shelf, "a.csv", b"one", "trade")
    (shelf.folder / kept.id / "v0002").mkdir()  # killed after the move, before the description
    (shelf.folder / kept.id / "v0002" / "a.csv").write_bytes(b"tw")
    shelf.incoming("b.csv").write_bytes(b"half")
    (shelf.folder / ".new-f0123456789ab").mkdir()
    (store.root / ".new-w0123456789ab").mkdir()
    (store.root / ".gone-1").mkdir()
    again = Store(store.root)
    assert [item.name for item in again.root.iterdir()] == [shelf.workspace.id]
    assert not (shelf.workspace.folder / ".incoming").exists()
    shelf = Shelf(again, shelf.workspace.id)
    assert content(shelf, kept.id) == b"one"
    assert put(shelf, "a.csv", b"two", "trade").current == 2 and content(shelf, kept.id) == b"two"


def test_the_desk_reads_what_the_shelf_keeps(shelf: Shelf):
    kept = put(shelf, "部品.xlsx", b"one")
    put(shelf, "部品.xlsx", b"two")
    found = Desk(shelf.workspace.folder).files("chain")
    assert [(one.id, one.name, one.version, one.path.name) for one in found] == [
        (kept.id, "部品.xlsx", 2, "部品.xlsx")
    ]
    assert found[0].path.read_bytes() == b"two" and found[0].digest == shelf.file(kept.id).holds.digest


def test_keeping_files_needs_no_pandas():
    code = "import sys, meguri.app.web.shelf; print({'pandas', 'numpy', 'openpyxl'} & set(sys.modules))"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "set()"


def test_the_workspace_that_an_address_need_not_name_stays_the_same_one(store: Store):
    home = store.first("標準")
    store.create("a")
    store.rename(home.id, "z")
    assert store.first("標準").id == home.id
    store.delete(home.id)
    assert store.first("標準").name == "a"


def test_of_many_pages_that_save_at_once_every_version_is_kept(shelf: Shelf):
    key = put(shelf, "a.csv", b"0", "trade").id
    with ThreadPoolExecutor(8) as pages:
        list(pages.map(lambda n: put(shelf, "a.csv", str(n).encode(), key=key), range(1, 9)))
    versions = shelf.file(key).versions
    assert {shelf.path(key, one.number).read_bytes() for one in versions} == {
        str(n).encode() for n in range(9)
    }
    assert [one.parent for one in versions] == list(range(9))
