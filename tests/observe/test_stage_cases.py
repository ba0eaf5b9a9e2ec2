"""Cases of stage policy: packaged and the user's own go through one reader, problems are named together."""

from __future__ import annotations

import datetime as dt
from importlib import resources
from pathlib import Path

import pandas as pd
import pytest

from meguri.base.errors import DataError
from meguri.observe.stage_cases import NEEDED, stage_case, stage_case_names
from meguri.respond.stage_policy import stage_incentives


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
