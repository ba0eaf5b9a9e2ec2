"""A chain from a folder of CSV files, and every broken folder to a named file."""

from __future__ import annotations

from pathlib import Path

import pytest

from meguri.base.errors import DataError
from meguri.structure.chain import Chain
from meguri.structure.read import read_example
from tests.structure.bought import base_tables


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, table in base_tables().items():
        table.to_csv(tmp_path / f"{name}.csv", index=False)
    return tmp_path


def refused(folder: Path) -> list[tuple[str, str]]:
    with pytest.raises(DataError) as error:
        Chain.from_folder(folder)
    return [(item.key, item.place) for item in error.value.problems]


def test_a_folder_gives_the_chain_its_tables_say(folder: Path) -> None:
    assert Chain.from_folder(folder).hash == Chain.from_tables(**base_tables()).hash


def test_cp932_and_utf8_files_may_stand_side_by_side(folder: Path) -> None:
    text = (folder / "nodes.csv").read_text().replace("CN", "中国")
    (folder / "nodes.csv").write_bytes(text.encode("cp932"))
    assert Chain.from_folder(folder).hash == Chain.from_tables(**base_tables()).hash


def test_a_description_names_the_chain(folder: Path) -> None:
    (folder / "chain.csv").write_text("key,value\nname,mine\nas_of,2024\nlabel_ja,自社\n")
    chain = Chain.from_folder(folder)
    assert (chain.name, chain.as_of, chain.label("ja")) == ("mine", "2024", "自社")


def test_a_description_without_its_columns_is_refused(folder: Path) -> None:
    (folder / "chain.csv").write_text("name,year\nx,2024\n")
    assert refused(folder) == [("column_missing", "chain.csv"), ("column_missing", "chain.csv")]


def test_optional_tables_may_be_absent(folder: Path) -> None:
    (folder / "ownership.csv").unlink()
    assert Chain.from_folder(folder).ownership.empty


def test_specifications_of_products_may_be_given(folder: Path) -> None:
    assert Chain.from_folder(folder).specs.empty
    product = base_tables()["materials"]["material"].iloc[0]
    heads = "material,property,value,unit,source,grade,note\n"
    (folder / "specs.csv").write_text(f"{heads}{product},purity,0.999,1,meguri-assumption,assumed,test\n")
    assert Chain.from_folder(folder).specs["value"].tolist() == [0.999]
    (folder / "specs.csv").write_text(f"{heads}nothing,purity,0.999,1,meguri-assumption,assumed,test\n")
    assert refused(folder) == [("reference_materials", "specs[1].material")]


def test_every_missing_and_broken_file_is_told_at_once(folder: Path) -> None:
    (folder / "flows.csv").unlink()
    (folder / "nodes.csv").write_bytes(b"\x00\x00")
    (folder / "recipes.csv").write_text("")
    assert [key for key, _ in refused(folder)] == ["file_not_text", "table_missing", "file_empty"]


def test_no_folder_is_said(tmp_path: Path) -> None:
    assert refused(tmp_path / "none") == [("file_missing", str(tmp_path / "none"))]
    (tmp_path / "file").write_text("x")
    assert refused(tmp_path / "file") == [("file_missing", str(tmp_path / "file"))]


def test_a_folder_in_place_of_a_table_is_said(folder: Path) -> None:
    (folder / "nodes.csv").unlink()
    (folder / "nodes.csv").mkdir()
    assert refused(folder) == [("file_not_file", str(folder / "nodes.csv"))]


def test_an_unknown_example_names_those_that_exist() -> None:
    with pytest.raises(DataError) as error:
        read_example("ndfeb-mars")
    assert "ndfeb-japan@2024" in error.value.text()
