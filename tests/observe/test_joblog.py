"""Sheets as firms really keep them: each is read right, or the cell that could not be read is named."""

from __future__ import annotations

import io
import re
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from meguri.base.errors import DataError
from meguri.observe.joblog import Reading, read_shop

Rows = list[list[Any]]


def book(path: Path, **sheets: Rows) -> Path:
    made = Workbook()
    made.remove(made.active)
    for name, rows in sheets.items():
        sheet = made.create_sheet(name)
        for row in rows:
            sheet.append(row)
    made.save(path)
    return path


def keys(reading: Reading) -> list[str]:
    return [problem.key for problem in reading.problems]


DAILY: Rows = [
    ["熱処理作業日報", None, None, None, None],
    ["日付", "令和8年4月1日", None, "炉番号", "３号炉"],
    [],
    ["作業番号", "客先", "処理内容", "数量（㎏）", "停止時間（分）"],
    ["A-1", "甲社", "焼入れ", "１２", 0],
    ["A-2", "乙社", "浸炭", "1,200㎏", "30分"],
    ["合計", None, None, "1,212", None],
    ["※停止はヒータ交換", None, None, None, None],
]


def test_a_one_furnace_daily_sheet_gives_jobs_and_stops_under_its_own_head(tmp_path):
    shop = read_shop(book(tmp_path / "a.xlsx", 日報=DAILY)).shop
    assert shop.jobs[["job", "date", "asset", "quantity"]].to_numpy().tolist() == [
        ["A-1", "2026-04-01", "3号炉", 12.0],
        ["A-2", "2026-04-01", "3号炉", 1200.0],
    ]
    assert shop.stops[["asset", "start", "end"]].to_numpy().tolist() == [
        ["3号炉", "2026-04-01T00:00", "2026-04-01T00:30"],
    ]


def test_sums_notes_and_a_heading_written_again_are_no_records(tmp_path):
    again = [*DAILY[:5], DAILY[3], DAILY[5], *DAILY[6:], ["注：4月分"], ["計", None, None, 3, None]]
    assert len(read_shop(book(tmp_path / "a.xlsx", 日報=again)).shop.jobs) == 2


def test_merged_headings_of_two_rows_are_read_as_one(tmp_path):
    made = Workbook()
    sheet = made.active
    for row in (
        ["設備", "停止", None, "原因"],
        [None, "発生日時", "復旧日時", None],
        ["1号炉", "R8.4.2 8:30", "R8.4.2 11時", "断線"],
    ):
        sheet.append(row)
    for area in ("A1:A2", "B1:C1", "D1:D2"):
        sheet.merge_cells(area)
    made.save(tmp_path / "m.xlsx")
    stop = read_shop(tmp_path / "m.xlsx").shop.stops.iloc[0]
    assert (stop["asset"], stop["start"], stop["end"], stop["cause"]) == (
        "1号炉", "2026-04-02T08:30", "2026-04-02T11:00", "断線",
    )  # fmt: skip


def test_a_heading_that_stands_twice_is_taken_once_and_the_second_is_shown_as_unused(tmp_path):
    rows: Rows = [["日付", "工程", "工程", "手直し"], ["2026-04-01", "HIP", "別の工程", "○"]]
    reading = read_shop(book(tmp_path / "a.xlsx", s=rows))
    assert reading.shop.jobs["process"].tolist() == ["HIP"]
    told = reading.understood.set_index("cell")["field"]
    assert (told["B1"], told["C1"]) == ("process", "")


def test_a_hidden_sheet_is_not_read_and_is_named(tmp_path):
    path = book(
        tmp_path / "a.xlsx",
        s=[["日付", "工程"], ["2026-04-01", "HIP"]],
        old=[["日付", "工程"], ["2020-01-01", "x"]],
    )
    from openpyxl import load_workbook

    made = load_workbook(path)
    made["old"].sheet_state = "hidden"
    made.save(path)
    reading = read_shop(path)
    assert reading.shop.jobs["process"].tolist() == ["HIP"]
    assert keys(reading) == ["joblog_hidden"]


def test_a_formula_that_was_never_calculated_is_named_by_its_cell(tmp_path):
    rows: Rows = [["設備", "発生日時", "停止時間"], ["F1", "2026-04-01 8:00", "=1+1"]]
    reading = read_shop(book(tmp_path / "a.xlsx", s=rows))
    assert [problem.place for problem in reading.problems] == ["a.xlsx/s!C2"]
    assert reading.shop.stops["end"].tolist() == [""]  # unknown, and not zero


def test_days_without_a_year_are_read_only_where_the_sheet_names_one_year(tmp_path):
    rows: Rows = [["日付", "工程"], ["4/1", "HIP"], ["4月2日", "HIP"]]
    with_year = read_shop(book(tmp_path / "y.xlsx", s=[["2026年度 記録"], *rows]))
    assert with_year.shop.jobs["date"].tolist() == ["2026-04-01", "2026-04-02"]
    for head in ([], [["2025年と2026年の記録"]]):
        reading = read_shop(book(tmp_path / "n.xlsx", s=[*head, *rows]))
        assert keys(reading) == ["joblog_year"] * 2
        assert reading.shop.jobs["date"].tolist() == ["", ""]


@pytest.mark.parametrize("encoding", ["shift_jis", "cp932", "utf-8", "utf-8-sig"])
def test_a_csv_of_an_old_office_computer_is_read(tmp_path, encoding):
    path = tmp_path / "日報.csv"
    path.write_bytes("日付,設備,停止時間(h),原因\r\n2026/4/1,１号炉,2.5,断線\r\n".encode(encoding))
    stop = read_shop(path).shop.stops.iloc[0]
    assert (stop["asset"], stop["end"], stop["cause"]) == ("1号炉", "2026-04-01T02:30", "断線")


def test_rows_of_different_length_in_a_csv_lose_nothing(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("日付,工程,材質\n2026-04-01,HIP\n2026-04-02,HIP,Ti,余り\n", encoding="utf-8")
    assert read_shop(path).shop.jobs["material"].tolist() == ["", "Ti"]


def test_a_workbook_with_macros_is_read_and_its_macros_are_not_touched(tmp_path):
    path = book(tmp_path / "a.xlsx", s=[["日付", "工程"], ["2026-04-01", "HIP"]])
    macro = tmp_path / "a.xlsm"
    macro.write_bytes(path.read_bytes())
    with zipfile.ZipFile(macro, "a") as archive:
        archive.writestr("xl/vbaProject.bin", b"\xd0\xcf\x11\xe0macro")
    assert len(read_shop(macro).shop.jobs) == 1


@pytest.mark.parametrize("name", ["locked.xlsx", "old.xls"])
def test_a_password_and_an_old_format_are_told_with_the_way_out(tmp_path, name):
    path = tmp_path / name
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 4096)
    with pytest.raises(DataError) as caught:
        read_shop(path)
    assert caught.value.problems[0].key == "joblog_locked"
    assert "パスワード" in caught.value.text("ja")


@pytest.mark.slow
def test_a_bomb_of_two_gigabytes_is_refused_before_it_unpacks(tmp_path):
    path = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(
            "xl/workbook.xml", '<workbook xmlns:r="r"><sheets><sheet name="s" r:id="1"/></sheets></workbook>'
        )
        archive.writestr("xl/_rels/workbook.xml.rels", '<r><R Id="1" Target="worksheets/s.xml"/></r>')
        with archive.open("xl/worksheets/s.xml", "w", force_zip64=True) as file:
            for _ in range(2048):
                file.write(b"\0" * (1 << 20))
    with pytest.raises(DataError) as caught:
        read_shop(path)
    assert caught.value.problems[0].key == "file_too_large"


def test_several_files_are_put_together_and_every_broken_one_is_named(tmp_path):
    one = book(tmp_path / "a.xlsx", 日報=DAILY)
    two = tmp_path / "b.csv"
    two.write_text("氏名,年齢,担当工程\n山田太郎,60代,焼入れ\n", encoding="utf-8")
    shop = read_shop([one, two]).shop
    assert (len(shop.jobs), len(shop.people)) == (2, 1)
    with pytest.raises(DataError) as caught:
        read_shop([one, tmp_path / "no.xlsx", tmp_path / "none.csv"])
    assert len(caught.value.problems) == 2


def test_a_name_is_a_number_from_the_first_cell_on(tmp_path):
    rows: Rows = [
        ["氏名", "年齢", "担当工程"],
        ["山田太郎", "68", "HIP"],
        ["山田太郎", "68", "浸炭"],
        ["鈴木", "?", "HIP"],
    ]
    reading = read_shop(book(tmp_path / "a.xlsx", s=rows))
    assert reading.shop.people["person"].tolist() == ["P1", "P1-2", "P2"]
    assert "山田" not in str(reading.shop) and "鈴木" not in str(reading.problems)
    assert keys(reading) == ["joblog_age"]


def test_unknown_headings_are_shown_and_a_sheet_without_any_is_told(tmp_path):
    reading = read_shop(book(tmp_path / "a.xlsx", s=[["日付", "工程", "天気"], ["2026-04-01", "HIP", "晴"]]))
    assert reading.understood.set_index("heading").at["天気", "field"] == ""
    with pytest.raises(DataError) as caught:
        read_shop(book(tmp_path / "b.xlsx", s=[["天気", "気温"], ["晴", 20]]))
    assert caught.value.problems[0].key == "joblog_no_table"


def test_a_stop_past_midnight_ends_on_the_next_day_and_one_that_runs_backwards_is_named(tmp_path):
    rows: Rows = [
        ["設備", "発生日", "発生時刻", "復旧時刻", "復旧日"],
        ["F1", "2026-04-01", "22:00", "1:30", None],
        ["F1", "2026-04-03", "22:00", "1:30", "2026-04-02"],
    ]
    reading = read_shop(book(tmp_path / "a.xlsx", s=rows))
    assert reading.shop.stops["end"].tolist() == ["2026-04-02T01:30"]
    assert keys(reading) == ["sme_backwards"]


def test_shifts_of_one_day_add_up_and_never_pass_a_day(tmp_path):
    rows: Rows = [
        ["日付", "炉", "計画稼働時間"],
        ["2026-04-01", "F1", 8],
        ["2026-04-01", "F1", "8時間"],
        ["2026-04-02", "F1", 23],
        ["2026-04-02", "F1", 9],
    ]
    assert read_shop(book(tmp_path / "a.xlsx", s=rows)).shop.schedule["hours"].tolist() == [16, 24]


@pytest.mark.slow
def test_a_sheet_longer_than_an_old_excel_is_read_whole(tmp_path):
    text = io.StringIO()
    text.write("日付,工程,材質\n")
    for n in range(70_000):
        text.write(f"2026-04-{n % 28 + 1:02d},HIP,Ti{n % 7}\n")
    path = tmp_path / "long.csv"
    path.write_text(text.getvalue(), encoding="utf-8")
    assert len(read_shop(path).shop.jobs) == 70_000


@pytest.mark.slow
def test_two_thousand_broken_sheets_give_a_reading_or_a_message_and_nothing_else():
    """Bounded by its number of runs; a process of its own, so that its peak of memory is its own."""
    asked = [sys.executable, "-m", "tests.observe.fuzz_joblog", "2000", "7"]
    done = subprocess.run(asked, capture_output=True, text=True, timeout=540, check=True)
    said = re.search(r"read (\d+) refused (\d+) other (\d+) longest ([\d.]+) s peak (\d+) MB", done.stdout)
    assert said is not None
    read, refused, other, longest, peak = (float(part) for part in said.groups())
    print(done.stdout)
    assert other == 0, done.stderr
    assert read + refused == 2000 and read > 500
    assert longest < 5 and peak < 1000
