"""`meguri classify`: a trade file in, shares with reasons out, in both languages and every form."""

import json
import os

import pandas as pd
import pytest
from typer.testing import CliRunner

from meguri.app.classify import Asked, answered, deliver_classes, narrowed
from meguri.app.classify_goods import compared
from meguri.app.cli import app
from meguri.base.errors import DataError
from meguri.observe.tradelines import trade_lines

RUN = CliRunner()
HOME = os.environ.get("MEGURI_DATA", "")
NEEDS_DATA = pytest.mark.skipif(not HOME, reason="MEGURI_DATA is not set")
HEAD = "Classification,Year,Trade Flow,Reporter,Partner,Commodity Code,Netweight (kg),Trade Value (US$)\n"
GOODS = {  # code: value in 2018 and 2019 [USD]
    "848620": (500, 700), "370790": (100, 100), "845710": (100, 100), "870323": (200, 100),
    "720839": (60, 60), "854231": (30, 30), "999999": (10, 10),
}  # fmt: skip


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    path = tmp_path_factory.mktemp("trade") / "imports.csv"
    rows = [
        f"H5,{year},Import,Rep. of Korea,Japan,{code},100,{values[place]}\n"
        for code, values in GOODS.items()
        for place, year in enumerate((2018, 2019))
    ]
    path.write_text(HEAD + "".join(rows), encoding="utf-8")
    return path


@pytest.fixture(autouse=True)
def packaged_only(monkeypatch):
    monkeypatch.delenv("MEGURI_DATA", raising=False)


def asked(trade, **more):
    told = {"year": None, "flow": None, "reporter": None, "partner": None, "variant": "PC4", "top": 5,
            "runs": 20, "seed": 1, "own": None, "check": False, "compare": None}  # fmt: skip
    return Asked(str(trade), **told | more)


@pytest.fixture(scope="module")
def answer(file):
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("MEGURI_DATA", raising=False)
        return answered(asked(file))


def run(*words):
    done = RUN.invoke(app, ["classify", *map(str, words)], catch_exceptions=False)
    return done.stdout


def test_all_money_of_the_file_is_allocated_with_residual_and_unspecified(answer):
    shares = answer.tables["class_shares"]
    for year, place in ((2018, 0), (2019, 1)):
        rows = shares[shares["year"] == year]
        assert rows["value"].sum() == pytest.approx(sum(values[place] for values in GOODS.values()))
        assert rows["share"].sum() == pytest.approx(1)
        assert rows.set_index("class").at["UNSPECIFIED", "value"] == 10


def test_the_band_holds_the_share_it_belongs_to(answer):
    totals = answer.tables["class_totals"]
    assert ((totals["p10"] <= totals["share"] + 0.05) & (totals["share"] - 0.05 <= totals["p90"])).all()
    assert (totals["p10"] < totals["p90"]).all()


def test_change_is_taken_apart_where_a_file_holds_two_years_and_adds_up(answer):
    change = answer.tables["class_change"]
    parts = change[(change["method"] == "share") & (change["class"] == "PC4")]
    totals = answer.tables["class_totals"].query("variant == 'PC4'").set_index("year")["share"]
    assert parts["value"].sum() == pytest.approx(totals[2019] - totals[2018])


@pytest.mark.slow
def test_one_year_asked_for_has_no_change(file):
    found = answered(asked(file, year=2018)).tables
    assert "class_change" not in found
    assert set(found["class_shares"]["year"]) == {2018}


def test_a_pair_of_economies_says_what_the_file_does_not_hold(answer):
    mutual = answer.tables["class_mutual"]
    assert set(mutual["a"]) | set(mutual["b"]) == {"KR", "JP"}
    assert mutual["share_a"].isna().all() and (mutual["missing_ja"] != "").all()


def test_printed_ranges_of_japans_exports_never_stand_beside_koreas_imports(answer):
    assert answer.tables["class_beside"].empty


def told(answer, capsys, form="table", lang="en", **more):
    """What is printed of an answer that is there already."""
    deliver_classes(answer, asked("imports.csv", **more), form, None, lang)
    return capsys.readouterr().out


@pytest.mark.parametrize(("lang", "words"), [("en", "process-control goods"), ("ja", "工程支配型")])
def test_the_terminal_tells_shares_reasons_and_what_cannot_be_said(answer, capsys, lang, words):
    said = told(answer, capsys, lang=lang)
    assert words in said and "848620" in said and "P10" in said
    assert ("言えないこと" if lang == "ja" else "What cannot be said") in said


def test_the_variant_asked_for_is_named_and_leads(answer, capsys):
    assert "5 classes, with consumables" in told(answer, capsys, variant="PC5").splitlines()[1]


def test_json_holds_every_table_and_how_it_was_made(answer, capsys):
    found = json.loads(told(answer, capsys, "json"))
    assert found["about"]["seed"] == 1 and found["about"]["draws"] == 20
    assert {"class_shares", "class_totals", "class_lines", "class_drivers", "class_change"} <= set(found)


def test_csv_is_the_shares(answer, capsys):
    assert told(answer, capsys, "csv").startswith("year,reporter,partner,flow,class,value,share")


@pytest.mark.parametrize("name", ["x.html", "x.xlsx", "folder"])
def test_page_workbook_and_folder_are_written_from_the_ending(answer, tmp_path, name):
    deliver_classes(answer, asked("imports.csv"), "table", tmp_path / name, "ja")
    place = tmp_path / name
    assert (place / "class_shares.parquet").is_file() if name == "folder" else place.stat().st_size > 5000


def test_an_unknown_ending_is_refused_with_the_known_ones(answer, tmp_path):
    with pytest.raises(DataError) as caught:
        deliver_classes(answer, asked("imports.csv"), "table", tmp_path / "x.docx", "en")
    assert ".html, .xlsx, folder" in caught.value.text("en")


@pytest.mark.slow
def test_the_command_reads_a_file_and_answers(file):
    found = json.loads(run(file, "--format", "json", "--runs", 20, "--seed", 3, "--year", 2019))
    assert found["about"]["seed"] == 3 and {row["year"] for row in found["class_shares"]} == {2019}


@pytest.mark.slow
def test_rows_of_ones_own_replace_the_packaged_judgement(file, tmp_path):
    own = tmp_path / "own.csv"
    own.write_text(
        "code,class,weight,low,high,confidence,reason_en,reason_ja,source,ref,reviewer,curated,finished_wide,vintage\n"
        "848620,RAW,1,1,1,high,mine,自分の判断,,,me,yes,no,HS2017\n",
        encoding="utf-8",
    )
    shares = answered(asked(file, year=2018, own=own)).tables["class_shares"].set_index("class")["value"]
    assert shares["RAW"] >= 500 and shares["PC_EQUIP"] < 500


def test_own_rows_are_refused_where_they_would_reach_nothing(tmp_path, monkeypatch):
    row = {"code": "Ships", "year": 2019, "flow": "export", "reporter": "JP", "partner": "WLD", "value": 1.0}
    lines = trade_lines(pd.DataFrame([row | {"vintage": "", "currency": "JPY"}]), "user")
    monkeypatch.setattr("meguri.app.classify.opened", lambda asked: (lines, lines))
    with pytest.raises(DataError, match="--map"):
        answered(asked("japan-goods", own=tmp_path / "own.csv"))


def test_every_wrong_place_and_every_absent_one_is_named_at_once():
    row = {"code": "848620", "year": 2018, "flow": "import", "reporter": "KR", "partner": "JP", "value": 1.0}
    lines = trade_lines(pd.DataFrame([row | {"vintage": "HS2017", "currency": "USD"}]), "user")
    with pytest.raises(DataError) as caught:
        narrowed(lines, "export", "Jpan", "CN")
    assert len(caught.value.problems) == 3
    assert "did you mean jp" in caught.value.text("en").lower()


@pytest.mark.parametrize("lang", ["en", "ja"])
def test_seed_mode_prints_ranges_and_sums_in_columns_of_their_own(lang):
    said = run("seed", "--lang", lang)
    dash = "〜" if lang == "ja" else "–"
    for low, high in ((10, 14), (19, 23), (30, 37), (13, 30), (16, 31), (18, 32)):
        assert f"{low}{dash}{high}%" in said
    line = next(line for line in said.splitlines() if f"33{dash}41%" in line)
    assert f"33{dash}40%" in line and "N1" in line


@pytest.mark.slow
def test_a_large_file_is_summed_by_economy_and_its_matrix_knows_all_purchases(tmp_path, monkeypatch):
    numbers = {"JP": 392, "KR": 410, "US": 842}
    rows = ["t,i,j,k,v,q"]
    for place, (i, j) in enumerate((a, b) for a in numbers.values() for b in numbers.values() if a != b):
        rows += [f"2023,{i},{j},848620,{10 + place},1", f"2023,{i},{j},870323,{20 + place},1"]
    path = tmp_path / "BACI_HS17_Y2023_V202501.csv"
    path.write_text("\n".join(rows), encoding="utf-8")
    monkeypatch.setattr("meguri.app.classify.is_large_baci", lambda path: True)
    tables = answered(asked(path)).tables
    assert set(tables["class_shares"]["partner"]) == {"WLD"}
    pairs = tables["class_mutual"].query("`class` == 'PC_EQUIP'")
    assert len(pairs) == 3 and pairs[["share_a", "share_b", "loss_a", "loss_b"]].notna().all(axis=None)
    for country in numbers:
        mine = [pairs.loc[pairs[side] == country, f"share_{side}"].sum() for side in "ab"]
        assert sum(mine) == pytest.approx(1)


def test_seed_mode_as_json_has_no_computed_share():
    told = json.loads(run("seed", "--format", "json"))
    assert not [name for rows in told.values() for name in rows[0] if name in ("share", "p10", "p90")]


def test_without_a_name_the_sets_are_listed():
    said = run("--lang", "en")
    assert all(
        name in said for name in ("korea-from-japan", "wits-hs4", "japan-goods", "indonesia-hs6", "seed")
    )


@NEEDS_DATA
@pytest.mark.data
@pytest.mark.slow
def test_korea_2018_is_allocated_to_the_last_dollar(monkeypatch):
    monkeypatch.setenv("MEGURI_DATA", HOME)
    shares = answered(asked("korea-from-japan", year=2018)).tables["class_shares"]
    assert shares["value"].sum() == pytest.approx(54.60e9, rel=1e-3)
    assert shares["share"].sum() == pytest.approx(1)


def test_two_capital_goods_land_apart_with_reasons_and_what_the_scores_alone_would_say():  # AC1.3
    rows = json.loads(run("845710,848620", "--format", "json"))
    first = {row["code"]: row for row in reversed(rows)}
    assert {row["bec"] for row in first.values()} == {"capital"}
    assert first["845710"]["class"] == "GENERAL_PURPOSE"
    assert first["848620"]["class"] == "PC_EQUIP"
    assert "adjustment" in first["845710"]["reason_en"]
    told = run("845710,848620", "--lang", "ja")
    assert "汎用機械" in told
    assert "戦略装置" in told
    assert "調整期間" in told


def test_codes_that_hs_2017_does_not_have_are_all_named():
    with pytest.raises(DataError) as caught:
        compared(["999999", "848620", "123456"])
    assert [problem.found for problem in caught.value.problems] == ["999999", "123456"]
