import pytest

from meguri.base.errors import DataError
from meguri.base.tables import Schema
from meguri.base.terms import packaged
from meguri.observe.series import trade_series
from meguri.observe.sets import _catalogue, data_folder, data_list


def test_every_packaged_table_of_the_catalogue_is_there():
    table = data_list()
    inside = table[table["kept"] == "packaged"]
    assert inside["present"].all()
    assert inside["rows"].gt(0).all()


def test_catalogue_passes_its_schema():
    assert len(Schema.of("sets").check(_catalogue())) == len(_catalogue()) > 30


def test_raw_sets_are_absent_without_a_folder(monkeypatch):
    monkeypatch.delenv("MEGURI_DATA", raising=False)
    table = data_list()
    assert not table.loc[table["kept"] == "MEGURI_DATA", "present"].any()


def test_raw_sets_are_found_in_the_named_folder(tmp_path, monkeypatch):
    (tmp_path / "korea-2019-controls").mkdir()
    monkeypatch.setenv("MEGURI_DATA", str(tmp_path))
    table = data_list(lang="ja")
    found = table[(table["kept"] == "MEGURI_DATA") & table["present"]]
    assert list(found["name"]) == ["korea-2019-controls"]
    assert "韓国" in found["what"].iloc[0]


def test_a_named_folder_that_does_not_exist_is_an_error(tmp_path, monkeypatch):
    monkeypatch.setenv("MEGURI_DATA", str(tmp_path / "nowhere"))
    with pytest.raises(DataError, match="MEGURI_DATA"):
        data_folder()


def test_parquet_files_stay_small_enough_to_ship():
    folder = packaged("snapshots")
    sizes = [len(file.read_bytes()) for file in folder.iterdir() if file.name.endswith(".parquet")]
    assert len(sizes) >= 2
    assert sum(sizes) <= 12_000_000


def test_magnets_of_2024_come_with_tonnes_by_origin():
    origins = trade_series("850511", source="atlas-trade-2024")
    assert set(origins["year"]) == {2024}
    assert origins["quantity_t"].notna().mean() > 0.9
    assert origins["share"].sum() == pytest.approx(1)
    assert origins["exporter"].is_unique


def test_nowcast_years_of_the_atlas_are_left_out():
    for code in ("810411", "810194", "850511"):
        years = trade_series(code)["year"]
        assert (years.min(), years.max()) == (2002, 2024)
        world = trade_series(code, "WLD").set_index(["year", "exporter"])["value_kusd"]
        japan = trade_series(code).set_index(["year", "exporter"])["value_kusd"]
        assert (world.reindex(japan.index) - japan > -1e-2).all()
