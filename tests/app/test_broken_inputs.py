"""Broken inputs end with exit status 2 within seconds, every problem named; nothing is written."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable
from importlib import resources
from pathlib import Path

import pandas as pd
import pytest

from meguri.app import cli
from meguri.structure.template import write_template

SCENARIO = "2025-medium-heavy-rare-earths"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(64)


def answer(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, *words: str
) -> tuple[int, str, str]:
    """Exit status, standard output and standard error of one command."""
    monkeypatch.setattr(sys, "argv", ["meguri", *words])
    with pytest.raises(SystemExit) as stop:
        cli.main()
    printed = capsys.readouterr()
    return int(stop.value.code or 0), printed.out, printed.err


def folder_with(tmp_path: Path, table: str, change: Callable[[pd.DataFrame], pd.DataFrame]) -> Path:
    """A copy of the packaged chain with one table changed."""
    folder = tmp_path / "chain"
    with resources.as_file(resources.files("meguri") / "data" / "chains" / "ndfeb-japan@2024") as packaged:
        shutil.copytree(packaged, folder)
    path = folder / f"{table}.csv"
    change(pd.read_csv(path, dtype=str, keep_default_na=False)).to_csv(path, index=False)
    return folder


def first_cell(column: str, value: str) -> Callable[[pd.DataFrame], pd.DataFrame]:
    def change(table: pd.DataFrame) -> pd.DataFrame:
        table.loc[0, column] = value
        return table

    return change


def doubled(table: pd.DataFrame) -> pd.DataFrame:
    return pd.concat([table, table.head(1)])


def circle(table: pd.DataFrame) -> pd.DataFrame:
    rows = [{"owner": "A", "owned": "B", "share": "0.6"}, {"owner": "B", "owned": "A", "share": "0.7"}]
    return pd.concat([table, pd.DataFrame(rows)]).fillna("")


BROKEN_TABLES = {
    "unknown country, with a suggestion": (
        "nodes",
        first_cell("country", "Chnia"),
        ["nodes[1].country", "Chnia", "CN"],
    ),
    "negative stock": ("recipes", first_cell("stock", "-5"), ["recipes[1].stock", "-5", "d"]),
    "circular ownership": ("ownership", circle, ["ownership", "A → B → A"]),
    "share above one": (
        "ownership",
        first_cell("share", "1.4"),
        ["ownership[1].share", "1.4", "between 0 and 1"],
    ),
    "a date that is none": (
        "ownership",
        first_cell("start", "2025-13-01"),
        ["ownership[1].start", "2025-13-01"],
    ),
    "t where t/a is meant": ("flows", first_cell("amount", "30 t"), ["flows[1].amount", "30 t", "t/a"]),
    "a node twice": ("nodes", doubled, ["nodes[", "one row for each node"]),
    "a recipe to a missing product": (
        "recipes",
        first_cell("input", "unobtainium"),
        ["recipes[1].input", "unobtainium"],
    ),
}


@pytest.mark.parametrize("name", BROKEN_TABLES)
def test_a_broken_table_is_named_with_place_value_and_way_out(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    table, change, wanted = BROKEN_TABLES[name]
    folder = folder_with(tmp_path, table, change)
    out = tmp_path / "outcome"
    status, printed, error = answer(
        capsys, monkeypatch, "stress", SCENARIO, "--chain", str(folder), "--out", str(out)
    )
    assert status == 2
    assert printed == ""
    assert str(folder) in error
    assert all(word in error for word in wanted), error
    assert "expected" in error and "Traceback" not in error
    assert not out.exists()


def broken_files(tmp_path: Path) -> dict[str, tuple[list[str], str]]:
    """Commands on files that are not what their names say, and a word of the answer."""
    empty, picture, large = tmp_path / "empty.xlsx", tmp_path / "picture.xlsx", tmp_path / "large"
    empty.write_bytes(b"")
    picture.write_bytes(PNG)
    large.mkdir()
    (large / "nodes.csv").write_bytes(b"node\n" + b"a\n" * 10_000_000)
    for table in ("materials", "flows", "recipes"):
        (large / f"{table}.csv").write_text("material\nx\n")
    without = tmp_path / "without"
    shutil.copytree(folder_with(tmp_path, "nodes", lambda table: table), without)
    (without / "recipes.csv").unlink()
    return {
        "empty file": (["check", str(empty)], "a file with content"),
        "a picture renamed": (["check", str(picture)], "an Excel workbook"),
        "ten million rows": (["stress", SCENARIO, "--chain", str(large)], "10,000,001"),
        "missing table": (["stress", SCENARIO, "--chain", str(without)], "a table recipes"),
        "missing file": (["check", str(tmp_path / "none.xlsx")], "a file at this path"),
        "a single table": (
            ["stress", SCENARIO, "--chain", str(large / "nodes.csv")],
            "a folder of CSV files",
        ),
    }


@pytest.mark.parametrize(
    "name",
    [
        "empty file",
        "a picture renamed",
        "ten million rows",
        "missing table",
        "missing file",
        "a single table",
    ],
)
def test_a_broken_file_is_named_and_nothing_is_written(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    words, wanted = broken_files(tmp_path)[name]
    before = sorted(tmp_path.rglob("*"))
    status, printed, error = answer(capsys, monkeypatch, *words)
    assert (status, printed) == (2, "")
    assert wanted in error, error
    assert sorted(tmp_path.rglob("*")) == before


def test_a_workbook_without_its_sheets_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from openpyxl import load_workbook

    path = tmp_path / "book.xlsx"
    write_template(path)
    book = load_workbook(path)
    del book["parts"]
    book.save(path)
    status, _, error = answer(capsys, monkeypatch, "check", str(path))
    assert status == 2
    assert "book.xlsx" in error


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        (["stress", "2025-medium-heavy-rare-earth"], "2025-medium-heavy-rare-earths"),
        (["stress", SCENARIO, "--chain", "ndfeb-jpan"], "ndfeb-japan@2024"),
        (["stress", SCENARIO, "--set", "controls.spill.share=0"], "spill-over"),
        (["stress", SCENARIO, "--set", "controls.spill-over.share=2"], "controls.1"),
        (["stress", SCENARIO, "--runs", "1", "--why", "jp-magnet-proteriel"], "jp-magnet-proterial"),
        (["stress", SCENARIO, "--runs", "1", "--format", "xlsx"], "--out"),
        (["atlas", "Dysprosum"], "Dy"),
        (["report", "nowhere"], "manifest.json"),
    ],
)
def test_a_mistyped_word_is_answered_with_the_nearest(
    words: list[str], wanted: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    status, printed, error = answer(capsys, monkeypatch, *words)
    assert (status, printed) == (2, "")
    assert wanted in error, error
