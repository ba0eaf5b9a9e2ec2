"""The tables behind the cards: the user's own rows come first, problems are named, sums are the sources'."""

import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from meguri.base.errors import DataError, MeguriError
from meguri.base.sources import cited
from meguri.observe.trade import trade
from meguri.respond.leverage_data import Cell, leverage_data

RAW = Path(os.environ.get("MEGURI_DATA", ""))
GOODS = RAW / "japan-trade-by-goods/derived/japan_trade_area_goods_year.parquet"
MONTHS = RAW / "korea-2019-controls/derived/korea_monthly_by_country_hs10.parquet"
ROW = """\
costs:
  - {item: hf, holder: JP, partner: KR, parameter: sales, value: 70, value_low: 60, value_high: 80,
     unit: MUSD, year: 2018, source: meguri-assumption, grade: assumed}
"""


def written(folder: Path, text: str, name: str = "mine.yaml") -> Path:
    file = folder / name
    file.write_text(text, encoding="utf-8")
    return file


def test_a_row_of_the_users_takes_the_place_of_the_packaged_one(tmp_path):
    mine = leverage_data(written(tmp_path, ROW))
    assert mine.base("sales", "hf", "JP", "KR").value == 70.0
    assert mine.base("sales", "magnets", "CN", "JP") == leverage_data().base("sales", "magnets", "CN", "JP")


def test_a_folder_of_csv_files_is_read_like_a_yaml_file(tmp_path):
    rows = "item,parameter,tier,value,unit,source,grade\n,wage,,9000,JPY/h,meguri-assumption,assumed\n"
    written(tmp_path, rows, "costs.csv")
    assert leverage_data(tmp_path).base("wage", "hf", "JP", "KR").value == 9000.0


def test_the_row_that_says_most_is_taken():
    data = leverage_data()
    assert data.row("losses", "hf", "JP", "KR")["chain"] == "semiconductors-korea@2018"
    assert data.row("losses", "wfe", "US", "CN")["item"] == "wfe"
    assert data.row("losses", "nothing", "US", "CN")["item"] == ""
    assert not data.base("sales", "hf", "DE", "FR").known


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("cost:\n  - {item: hf}\n", "costs"),
        ("costs: 3\n", "list of rows"),
        ("- a\n", "Tables"),
        ("costs: [\n", "YAML"),
        ("costs:\n  - {parameter: sails, value: 1, unit: MUSD, source: a, grade: assumed}\n", "sales"),
        ("losses:\n  - {item: hf, loss: 1.4, source: a, grade: assumed}\n", "between 0 and 1"),
        ("losses:\n  - {item: hf, holder: Jpan, loss: 0.4, source: a, grade: assumed}\n", "JP"),
        (
            "losses:\n  - {item: hf, loss: 0.4, loss_low: 0.5, loss_high: 0.6, source: a, grade: assumed}\n",
            "0.5",
        ),
    ],
)
def test_what_is_wrong_with_a_users_file_is_named(tmp_path, text, says):
    with pytest.raises(MeguriError, match=says) as told:
        leverage_data(written(tmp_path, text))
    assert "mine.yaml" in str(told.value)


def test_an_empty_folder_names_the_files_it_could_hold(tmp_path):
    with pytest.raises(DataError, match=r"costs\.csv"):
        leverage_data(tmp_path)


def test_every_source_of_the_packaged_tables_is_listed():
    tables = leverage_data().tables
    names = ("start", "losses", "costs")
    keys = {key for name in names for cell in tables[name]["source"] for key in cell.split("|")}
    assert keys == set(cited(keys)["source"])


def test_narrowing_a_range_moves_no_other_draw():
    rng, other = np.random.default_rng(1), np.random.default_rng(1)
    Cell(1.0, 0.0, 2.0).drawn(rng, 5)
    Cell(1.0, 1.0, 1.0).drawn(other, 5)
    assert Cell(1.0, 0.0, 2.0).drawn(rng, 5).tolist() == Cell(1.0, 0.0, 2.0).drawn(other, 5).tolist()


def test_rare_earth_sales_are_halves_of_the_packaged_trade():
    seen = trade(["280530", "284690"], 2024, exporter="CN", importer="JP")["value_kusd"].sum() / 1e3
    base = leverage_data().base("sales", "heavy-rare-earths", "CN", "JP")
    assert base.value == pytest.approx(seen / 2, abs=0.001)
    assert base.low == pytest.approx(seen * 0.2, abs=0.001)
    assert base.high == pytest.approx(seen * 0.8, abs=0.001)


@pytest.mark.data
@pytest.mark.skipif(not (GOODS.is_file() and MONTHS.is_file()), reason="needs the sets under MEGURI_DATA")
def test_sales_are_those_of_the_raw_statistics():
    data = leverage_data()
    japan = pd.read_parquet(GOODS).query("ex_im == 'export' and goods == 'Semicon Machinery Etc'")
    japan = japan.set_index(["area", "year"])["value"]
    seen = data.tables["costs"].query("parameter == 'sales_seen'").set_index("year")["value"]
    for year, value in seen.items():
        assert value / 1e3 == pytest.approx(japan["China", year], abs=0.1)
    assert data.base("world_sales", "wfe", "JP", "CN").value / 1e3 == pytest.approx(
        japan["Grand Total", 2022], abs=0.1
    )
    korea = pd.read_parquet(MONTHS)
    korea = korea.query("country == 'Japan' and year == 2018").groupby("item_hs10")["import_usd"].sum() / 1e6
    for item, code in (("hf", "2811111000"), ("resist", "3707901010")):
        assert data.base("sales", item, "JP", "KR").value == pytest.approx(korea[code], abs=0.001)
