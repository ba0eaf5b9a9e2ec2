"""Cases of stage policy: packaged and the user's own go through one reader, problems are named together."""

from __future__ import annotations

import datetime as dt
import os
from importlib import resources
from pathlib import Path

import pandas as pd
import pytest

from meguri.base.errors import DataError
from meguri.observe.stage_cases import NEEDED, stage_case, stage_case_names
from meguri.respond.stage_policy import stage_incentives
from meguri.show.stage_policy import stage_answer, stage_page


def folder(to: Path) -> Path:
    """The Indonesian case as a user's folder, needed tables only."""
    for table in NEEDED:
        name = f"stage_{table}.csv"
        with resources.files("meguri").joinpath("data", "leverage", name).open(encoding="utf-8") as file:
            rows = pd.read_csv(file, dtype=str, keep_default_na=False)
        rows[rows["case"] == "indonesia-nickel"].to_csv(to / name, index=False)
    return to


@pytest.mark.parametrize("name", stage_case_names())
def test_every_packaged_range_holds_its_figure(name):
    case = stage_case(name)
    for table, column in ((case.products, "price"), (case.inputs, "amount"), (case.rules, "rate")):
        known = table.dropna(subset=[column])
        assert (known[f"{column}_low"] <= known[column]).all()
        assert (known[column] <= known[f"{column}_high"]).all()
        assert not known[[f"{column}_low", f"{column}_high"]].isna().any().any()


def test_a_users_folder_gives_what_the_package_gives(tmp_path):
    day = dt.date(2014, 6, 1)
    own, ours = (
        stage_incentives(stage_case(name), day, 50) for name in (folder(tmp_path), "indonesia-nickel")
    )
    pd.testing.assert_frame_equal(own, ours)


def test_every_problem_of_a_folder_is_named_at_once(tmp_path):
    path = folder(tmp_path)
    rules = pd.read_csv(path / "stage_rules.csv", dtype=str, keep_default_na=False)
    rules.loc[0, "products"] = "nickel-oar"
    rules.loc[1, "end"] = "2015-01-01"
    rules.to_csv(path / "stage_rules.csv", index=False)
    with pytest.raises(DataError) as raised:
        stage_case(path)
    assert {problem.key for problem in raised.value.problems} == {"stagepolicy_product", "stagepolicy_dates"}


def test_an_input_after_its_product_is_refused(tmp_path):
    path = folder(tmp_path)
    products = pd.read_csv(path / "stage_products.csv", dtype=str)
    products.loc[products["product"] == "nickel-ore", "order"] = "3"
    products.to_csv(path / "stage_products.csv", index=False)
    with pytest.raises(DataError, match="lower order"):
        stage_case(path)


def test_a_folder_without_a_needed_table_says_which(tmp_path):
    (folder(tmp_path) / "stage_rules.csv").unlink()
    with pytest.raises(DataError, match="stage_rules"):
        stage_case(tmp_path)


def test_an_unknown_case_offers_the_near_one():
    with pytest.raises(DataError, match="china-rare-earths"):
        stage_case("china-rare-earth")


@pytest.mark.slow
def test_packaged_exports_are_those_of_the_trade_snapshot():
    with resources.files("meguri").joinpath("data", "snapshots", "baci.parquet").open("rb") as file:
        trade = pd.read_parquet(file)
    number = {"CN": 156, "ID": 360}
    trade = trade[trade["exporter"].isin(number.values())].astype({"code": str})
    for name in stage_case_names():
        rows = stage_case(name).exports
        rows = rows[rows["source"] == "baci-hs92"]
        assert len(rows)
        for (economy, code), mine in rows.groupby(["economy", "code"]):
            own = trade[(trade["exporter"] == number[economy]) & (trade["code"] == code)]
            value = own.groupby("year")["value_kusd"].sum()
            assert mine.set_index("year")["value_kusd"].to_dict() == pytest.approx(value.to_dict(), abs=0.01)


INDONESIA = Path(os.environ.get("MEGURI_DATA", "")) / "indonesia-hs6" / "raw"


@pytest.mark.data
@pytest.mark.slow
@pytest.mark.skipif(not INDONESIA.is_dir(), reason="needs indonesia-hs6 under MEGURI_DATA")
def test_ferro_nickel_of_indonesia_is_that_of_the_extract():
    parts = [pd.read_csv(path, dtype=str, index_col=False) for path in sorted(INDONESIA.glob("*.gz"))]
    rows = pd.concat(parts)[
        lambda table: (table["Commodity Code"] == "720260") & (table["Partner Code"] == "0")
    ]
    value = rows.drop_duplicates("Year").set_index("Year")["Trade Value (US$)"].astype(float) / 1000
    mine = stage_case("indonesia-nickel").exports.query("code == '720260'").set_index("year")["value_kusd"]
    assert {int(year): one for year, one in value.items()} == pytest.approx(mine.to_dict(), abs=0.01)


def test_a_case_of_three_rows_without_dates_of_relief_prices_or_exports_runs_to_the_page(tmp_path):
    (tmp_path / "stage_cases.csv").write_text(
        "case,label_en,label_ja,holder,partner,unit,request\nlime,Lime,石灰,DE,FR,t,2021-05-03\n", "utf-8"
    )
    (tmp_path / "stage_products.csv").write_text(
        "case,product,label_en,label_ja,stage,order,price,entry\n"
        "lime,stone,Stone,石,ore,1,10,open\nlime,lime,Lime,石灰,refining,2,80,open\n",
        "utf-8",
    )
    (tmp_path / "stage_inputs.csv").write_text("case,product,input,amount\nlime,lime,stone,2\n", "utf-8")
    (tmp_path / "stage_rules.csv").write_text(
        "case,rule,kind,authority,products,start,rate,disputed\nlime,tax,tax,DE,stone,2021-05,0.1,yes\n",
        "utf-8",
    )
    (tmp_path / "stage_relief.csv").write_text(
        "case,relief,kind,label_en,label_ja,date\nlime,ended,tax,Ended,終了,2021-05-20\n", "utf-8"
    )
    (tmp_path / "stage_exports.csv").write_text(
        "case,side,code,economy,year,value_kusd\nlime,upstream,252100,DE,2021,5\nlime,downstream,252200,FR,2021,5\n",
        "utf-8",
    )
    html = stage_page(stage_answer(tmp_path, draws=10), "en")
    assert "Lime" in html and "nan" not in html.split("<script")[0]
