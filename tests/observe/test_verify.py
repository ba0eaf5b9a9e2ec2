import os
from pathlib import Path

import pandas as pd
import pytest

from meguri.base.errors import DataError
from meguri.base.sources import sources
from meguri.base.tables import Schema
from meguri.base.terms import packaged
from meguri.observe import verify as module
from meguri.observe.verify import equal_as_printed, verify

DATA = os.environ.get("MEGURI_DATA", "")


@pytest.fixture
def no_raw_sets(monkeypatch):
    monkeypatch.delenv("MEGURI_DATA", raising=False)


def listed():
    with packaged("verify.csv").open(encoding="utf-8") as file:
        return pd.read_csv(file, dtype=str, keep_default_na=False)


def test_list_of_figures_passes_its_schema_and_cites_known_sources():
    table = Schema.of("verify").check(listed())
    assert set(table["source"]) <= set(sources()["source"])
    assert len(table) >= 60


def test_packaged_evidence_gives_every_printed_figure(no_raw_sets):
    table = verify()
    inside = table[(table["where"] == "packaged") & table["expected"].notna()]
    assert len(inside) == 28
    assert inside["equal"].all()


def test_absent_sets_are_named_not_counted_as_equal(no_raw_sets):
    table = verify(lang="ja")
    outside = table[table["where"] == "MEGURI_DATA"]
    assert outside["equal"].isna().all()
    assert outside["note"].str.contains("MEGURI_DATA").all()


def test_a_figure_that_does_not_reproduce_is_shown_unequal(no_raw_sets, monkeypatch):
    monkeypatch.setitem(module._CHECKS, "import_share", lambda evidence, row: 0.5)
    table = verify()
    assert (table["equal"] == False).sum() == 12  # noqa: E712 (nullable booleans)


def test_cerium_drives_the_fall_in_tonnes(no_raw_sets):
    table = verify().set_index("item")["computed"]
    fall = {
        code: table.filter(like=f"{code} ").filter(like="2010").iloc[0]
        - table.filter(like=f"{code} ").filter(like="2012").iloc[0]
        for code in ("280530", "284610", "284690")
    }
    assert max(fall, key=fall.get) == "284610"


def test_broken_raw_sets_end_in_a_note_never_a_traceback(tmp_path):
    broken = tmp_path / "wits-trade-summary" / "derived"
    broken.mkdir(parents=True)
    (broken / "wits_trade_summary_1988_2021.parquet").write_bytes(b"PAR1 not really")
    (tmp_path / "korea-2019-controls").mkdir()
    table = verify(tmp_path)
    notes = table.loc[table["where"] == "MEGURI_DATA", "note"]
    assert notes.str.contains("wits_trade_summary_1988_2021.parquet").sum() == 12
    assert notes.str.contains("korea_monthly_by_country_hs10.parquet").sum() == 9
    assert table.loc[table["where"] == "MEGURI_DATA", "equal"].isna().all()


def test_a_named_folder_must_exist(tmp_path):
    with pytest.raises(DataError):
        verify(tmp_path / "nowhere")


def test_half_a_printed_digit_is_the_limit():
    assert equal_as_printed(0.33, 0.334999, 2)
    assert not equal_as_printed(0.33, 0.3351, 2)
    assert equal_as_printed(29485, 29485.155, 0)


@pytest.mark.slow
@pytest.mark.data
@pytest.mark.skipif(not DATA, reason="MEGURI_DATA is not set: raw sets cannot be verified")
def test_raw_sets_give_every_printed_figure():
    table = verify(Path(DATA))
    compared = table[table["expected"].notna()]
    assert list(compared.loc[~compared["equal"].fillna(False), "item"]) == []
    assert (compared["where"] == "MEGURI_DATA").sum() == 32
