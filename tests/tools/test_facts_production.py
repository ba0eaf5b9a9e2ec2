import importlib.util
import os
from pathlib import Path

import pandas as pd
import pytest

from meguri.base.tables import Schema
from meguri.observe.ec_study import ec_materials, ec_shares, ec_stages, ec_uses
from meguri.observe.packaged import facts

ROOT = Path(__file__).parents[2]
DATA = os.environ.get("MEGURI_DATA", "")


def load(name):
    spec = importlib.util.spec_from_file_location(name, ROOT / "tools" / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    ("cell", "meaning"),
    [
        ("1,200", (1200.0, None, "")),
        ("W", (None, None, "withheld")),
        ("—", (0.0, None, "nil")),
        (">50", (None, 50.0, "not_available")),
        ("E", (None, None, "not_available")),
        ("s", (None, None, "below_unit")),
        ("", (None, None, "not_available")),
    ],
)
def test_a_cell_that_is_no_number_keeps_its_meaning(cell, meaning):
    assert load("facts_production").usgs_cell(cell) == meaning


def test_a_country_without_a_code_stops_the_build():
    with pytest.raises(SystemExit, match="Atlantis"):
        load("facts_production").country("Atlantis")


@pytest.mark.slow
@pytest.mark.data
@pytest.mark.skipif(not DATA, reason="MEGURI_DATA is not set: the raw sets are not at hand")
def test_the_packaged_production_table_is_what_the_raw_sets_give():
    built = load("facts_production").world_production(Path(DATA))
    packaged = facts("world_production", "world_production.parquet")
    pd.testing.assert_frame_equal(Schema.of("world_production").check(built), packaged)


@pytest.mark.data
@pytest.mark.skipif(not DATA, reason="MEGURI_DATA is not set: the raw sets are not at hand")
def test_the_packaged_uses_and_prices_are_what_the_raw_sets_give():
    reference = Path(DATA).parent / "reference"
    if not reference.is_dir():
        pytest.skip("no reference folder beside MEGURI_DATA")
    tool = load("facts_atlas")
    for built, table, name in (
        (tool.uses(reference, Path(DATA)), "uses", "uses_measured.csv"),
        (tool.prices(Path(DATA)), "price_quotes", "price_quotes_usgs.csv"),
    ):
        frame = built.reindex(columns=Schema.of(table).names).astype(object).fillna("")
        pd.testing.assert_frame_equal(Schema.of(table).check(frame), facts(table, name))


@pytest.mark.slow
@pytest.mark.data
@pytest.mark.skipif(not DATA, reason="MEGURI_DATA is not set: the raw sets are not at hand")
def test_the_packaged_minerals_are_what_the_raw_set_gives(monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT / "tools"))
    built = load("facts_minerals").world_minerals(Path(DATA) / "usgs-mcs-bgs-production")
    packaged = facts("world_production", "world_minerals.parquet")
    pd.testing.assert_frame_equal(Schema.of("world_production").check(built), packaged)


def test_sums_of_minerals_meet_the_totals_that_usgs_prints():
    rows = facts("world_production", "world_minerals.parquet")
    keys = ["element", "stage", "source", "year"]
    slip = ("kaolin", "ore", "usgs-mcs-2025", 2024)  # printed total a tenth of its rows
    sums = rows[rows["kind"] != "world"].groupby(keys)["amount"].sum()
    printed = rows[rows["kind"] == "world"].set_index(keys)["amount"].drop(slip)
    assert len(printed) > 100
    assert (abs(sums[printed.index] / printed - 1) < 0.05).all()  # totals are rounded to two digits


def test_no_series_of_production_stands_in_two_files():
    keys = ["element", "stage", "source", "basis"]
    metals, minerals = (
        set(facts("world_production", name)[keys].itertuples(index=False, name=None))
        for name in ("world_production.parquet", "world_minerals.parquet")
    )
    assert metals & minerals == set()


@pytest.mark.data
@pytest.mark.skipif(not DATA, reason="MEGURI_DATA is not set: the raw sets are not at hand")
def test_the_packaged_tables_of_the_study_of_2023_are_what_its_files_give(monkeypatch):
    folder = Path(DATA).parent / "reference" / "ec2023"
    if not folder.is_dir():
        pytest.skip("no reference folder beside MEGURI_DATA")
    monkeypatch.syspath_prepend(str(ROOT / "tools"))
    tool = load("facts_ec")
    pd.testing.assert_frame_equal(Schema.of("ec_shares").check(tool.shares(folder)), ec_shares())
    built = (("ec_materials", tool.materials, ec_materials), ("ec_stages", tool.stages, ec_stages),
             ("ec_uses", tool.uses, ec_uses))  # fmt: skip
    for name, build, packaged in built:
        rows = pd.DataFrame(build(folder)).reindex(columns=Schema.of(name).names)
        pd.testing.assert_frame_equal(Schema.of(name).check(rows), packaged())
