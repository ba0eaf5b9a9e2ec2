"""The sheets of a small firm in, its card out; bad options are named, names go nowhere."""

from __future__ import annotations

import csv
import json
import sys
import zipfile
from pathlib import Path

import pytest

from meguri.app import cli

Capture = pytest.CaptureFixture[str]
Patch = pytest.MonkeyPatch
NAMES = ("佐藤一郎", "鈴木花子")


def run(capsys: Capture, monkeypatch: Patch, *words: str | Path) -> tuple[int, str, str]:
    """Exit status, standard output and standard error of a command."""
    monkeypatch.setattr(sys, "argv", ["meguri", *map(str, words)])
    with pytest.raises(SystemExit) as stop:
        cli.main()
    printed = capsys.readouterr()
    return int(stop.value.code or 0), printed.out, printed.err


def texts_of(path: Path) -> list[str]:
    """Text of a page, or of every part of a document or workbook."""
    if path.suffix == ".html":
        return [path.read_text(encoding="utf-8")]
    with zipfile.ZipFile(path) as file:
        return [file.read(name).decode("utf-8", errors="ignore") for name in file.namelist()]


@pytest.fixture
def log(tmp_path: Path) -> Path:
    """One furnace in a CSV of Shift_JIS with names of people, as shops keep it."""
    path = tmp_path / "日報.csv"
    with path.open("w", encoding="cp932", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["日付", "炉", "担当者", "工程", "得意先", "無償対応", "計画稼働時間"])
        for day in range(1, 21):
            who, minutes = NAMES[day % 2], "0.5" if day % 3 == 0 else ""
            writer.writerow([f"令和7年4月{day}日", "1号炉", who, "焼入れ", "甲社", minutes, "8"])
    return path


def test_one_furnace_sheet_is_enough_and_no_name_of_a_person_comes_out(
    capsys: Capture, monkeypatch: Patch, log: Path
) -> None:
    code, out, _ = run(capsys, monkeypatch, "safetynet", log, "--understood", "--lang", "ja")
    assert code == 0 and "停止の記録がありません" in out and "無償" in out
    assert not any(name in out for name in NAMES)


def test_no_paper_of_any_reader_holds_the_name_of_a_craftsman(
    capsys: Capture, monkeypatch: Patch, log: Path, tmp_path: Path
) -> None:
    for audience in ("internal", "ministry"):
        out = tmp_path / audience
        code, _, err = run(capsys, monkeypatch, "safetynet", log, "--for", audience, "--out", out)
        assert code == 0, err
        written = sorted(path.suffix for path in out.iterdir())
        assert written == [".docx", ".html", ".xlsx"]
        for path in out.iterdir():
            assert not any(name in text for name in NAMES for text in texts_of(path)), path


def test_bad_options_are_all_named_at_once_with_the_way_out(
    capsys: Capture, monkeypatch: Patch, log: Path
) -> None:
    words = ("--cost", "5,4,3", "--rate", "x", "--offer", "magic=1,2,3", "--as-of", "soon", "--out", "a.odt")
    code, _, err = run(capsys, monkeypatch, "safetynet", log, *words, "--lang", "en")
    assert code == 2 and "Traceback" not in err
    for place in ("--cost", "--rate", "--offer", "--as-of", "--out"):
        assert f"- {place}" in err
    assert "uptime_guarantee" in err and "30000,50000,90000" in err


def test_a_name_that_looks_like_a_style_is_printed_as_it_is(
    capsys: Capture, monkeypatch: Patch, log: Path
) -> None:
    text = log.read_text(encoding="cp932").replace("甲社", "[/b]甲社")
    log.write_text(text, encoding="cp932")
    code, out, err = run(capsys, monkeypatch, "safetynet", log, "--rate", "1,2,3")
    assert code == 0, err
    assert "[/b]甲社" in out


def test_a_day_before_all_records_refuses_every_figure(
    capsys: Capture, monkeypatch: Patch, log: Path
) -> None:
    code, out, err = run(capsys, monkeypatch, "safetynet", log, "--as-of", "2020-01-01", "--lang", "en")
    assert code == 0, err
    assert "cannot be said yet" in out


def test_a_card_changed_by_hand_is_refused_by_name(
    capsys: Capture, monkeypatch: Patch, log: Path, tmp_path: Path
) -> None:
    made = tmp_path / "card.json"
    run(capsys, monkeypatch, "safetynet", log, "--card", made)
    good = json.loads(made.read_text(encoding="utf-8"))
    for part, value in (("uptime", {}), ("functions", {"焼入れ": {"ages": 3}}), ("retrofit", {"kept": "x"})):
        made.write_text(json.dumps(good | {part: value}), encoding="utf-8")
        code, _, err = run(capsys, monkeypatch, "safetynet", "--merge", made, "--lang", "en")
        assert code == 2 and "card.json" in err and "internal" not in err, part


def test_a_customer_nobody_worked_for_is_named(capsys: Capture, monkeypatch: Patch, log: Path) -> None:
    code, _, err = run(capsys, monkeypatch, "safetynet", log, "--customer", "丙社", "--lang", "en")
    assert code == 2 and "甲社" in err


def test_cards_are_written_without_names_and_merge_with_logs(
    capsys: Capture, monkeypatch: Patch, log: Path, tmp_path: Path
) -> None:
    made = tmp_path / "card.json"
    code, _, err = run(capsys, monkeypatch, "safetynet", log, "--card", made)
    assert code == 0, err
    text = made.read_text(encoding="utf-8")
    assert not any(word in text for word in (*NAMES, "甲社", "日報"))
    other = json.loads(text) | {"label": "other"}
    (tmp_path / "other.json").write_text(json.dumps(other), encoding="utf-8")
    words = ("safetynet", "--merge", made, tmp_path / "other.json", "--format", "json")
    code, out, err = run(capsys, monkeypatch, *words)
    assert code == 0, err
    assert set(json.loads(out)) == {"net_kpis", "net_functions", "net_leaving"}


@pytest.mark.parametrize("content", ["[1]", "{", '{"form": "x"}', "[" * 100_000])
def test_what_is_no_card_is_refused_by_name(
    capsys: Capture, monkeypatch: Patch, tmp_path: Path, content: str
) -> None:
    path = tmp_path / "bad.json"
    path.write_text(content, encoding="utf-8")
    code, _, err = run(capsys, monkeypatch, "safetynet", "--merge", path, "--lang", "en")
    assert code == 2 and "bad.json" in err and "Traceback" not in err


@pytest.mark.slow
def test_the_template_of_a_shop_reads_back_says_it_is_invented_and_masks_its_json(
    capsys: Capture, monkeypatch: Patch, tmp_path: Path
) -> None:
    book = tmp_path / "shop.xlsx"
    code, _, err = run(capsys, monkeypatch, "template", book, "--for", "sme", "--lang", "ja")
    assert code == 0, err
    words = ("safetynet", book, "--for", "ministry", "--format", "json", "--rate", "4000,5000,8000")
    code, out, err = run(capsys, monkeypatch, *words)
    assert code == 0, err
    document = json.loads(out)
    assert document["facts"]["invented"] and document["facts"]["problems"] == 0
    assert document["tacit_items"] == [] and document["unpaid_service"] == []
    assert all(row["age_high"] is None for row in document["card_people"])
    assert document["card_withheld"] and "甲装置" not in out


@pytest.mark.slow
def test_the_demo_goes_from_the_workbook_to_the_card_for_the_bank_and_the_screening(
    capsys: Capture, monkeypatch: Patch, tmp_path: Path
) -> None:
    code, out, err = run(capsys, monkeypatch, "demo", "--sme", "--out", tmp_path, "--lang", "ja")
    assert code == 0, err
    assert {path.name for path in tmp_path.iterdir()} == {
        "shop.xlsx", "card.en.html", "card.ja.html", "card.en.docx", "card.ja.docx", "card.json",
        "screen.en.html", "screen.ja.html", "screen.en.docx", "screen.ja.docx",
    }  # fmt: skip
    assert "判定者による確認前の下書き" in out
    assert "架空の例" in out and "価格の余地なし" in out and "区間に0が含まれます" in out
    page = (tmp_path / "card.ja.html").read_text(encoding="utf-8")
    assert "金融機関提出用" in page and "架空の例" in page and "乙真空部品" not in page
