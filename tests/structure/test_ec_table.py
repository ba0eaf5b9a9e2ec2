"""The user's own table of indices and parameters: read in many spellings, refused with every problem."""

from pathlib import Path

import pandas as pd
import pytest

from meguri.base.errors import DataError
from meguri.structure.ec.scores import stage_scores
from meguri.structure.ec.table import ec_table, read_ec_table

WORKED = Path(__file__).parents[1] / "worked" / "ec_table.csv"
ROW = {
    "material": "Dy", "stage": "P", "hhi_wgi_t_gs": "5.679", "hhi_wgi_t_eu": "2", "ir_pct": "100",
    "eol_rir_pct": "1", "si_sr": "0.99", "supply_used": "GS",
}  # fmt: skip


def table(*rows):
    return pd.DataFrame([ROW | row for row in rows])


def problems(frame):
    with pytest.raises(DataError) as caught:
        ec_table(frame, "mine.csv")
    assert caught.value.file == "mine.csv"
    return [(p.key, p.place, p.found) for p in caught.value.problems]


def test_the_worked_table_gives_what_the_hand_gives():
    out = ec_table(read_ec_table(WORKED)).set_index(["material", "stage"])
    expected = {
        ("Dysprosium", "Processing"): 5.57, ("Tungsten", "P"): 1.20, ("Tungsten", "E"): 0.46,
        ("Zinc", "Refining"): 0.13, ("Xenon", "Processing"): 0.77, ("Beryllium", "Extraction"): 1.58,
    }  # fmt: skip
    assert out["sr"].dropna().round(2).to_dict() == expected
    reasons = out.loc[out["sr"].isna(), "sr_reason"].to_dict()
    assert reasons == {("Silica sand", "E"): "ec_no_si", ("Gallium", "Extraction"): "ec_not_assessed"}
    assert (out.loc[out["sr"].notna(), "sr_reason"] == "").all()


def test_the_users_columns_and_rows_are_kept_as_they_are():
    given = read_ec_table(WORKED)
    out = ec_table(given)
    pd.testing.assert_frame_equal(out[list(given.columns)], given)
    assert list(out.columns[-3:]) == ["sr", "sr_counts", "sr_reason"]


def test_the_worst_stage_of_a_material_counts_within_its_edition():
    rows = table(
        {"material": "W", "stage": "E", "hhi_wgi_t_gs": "1", "year": "2017"},
        {"material": "w ", "stage": "P", "hhi_wgi_t_gs": "2", "year": "2017"},
        {"material": "W", "stage": "E", "hhi_wgi_t_gs": "1.5", "year": "2020"},
    )
    assert ec_table(rows)["sr_counts"].tolist() == [False, True, True]


def test_a_printed_sr_of_the_user_never_mixes_with_the_computed_one():
    out = ec_table(table({"sr": "5.6"}))
    assert out["sr_given"].tolist() == ["5.6"] and out["sr"].round(2).tolist() == [5.57]


SPELLINGS = {
    5.0: ("GS", "GSonly", "GS only", "Global supply only", "global", "世界"),
    2.0: ("EU", "EUonly", "EU only", "EU sourcing", "EU28", "eu-27", "European sourcing"),
    3.5: ("GS+EU", "GS + EU", "EU+GS", "GSEU", "ＧＳ＋ＥＵ", "Global supply and EU sourcing", "both"),
}


@pytest.mark.parametrize(("spelling", "sr"), [(s, sr) for sr, listed in SPELLINGS.items() for s in listed])
def test_the_supply_used_is_read_as_the_studies_spell_it(spelling, sr):
    row = {"hhi_wgi_t_gs": "5", "eol_rir_pct": "0", "si_sr": "1", "supply_used": spelling}
    assert ec_table(table(row))["sr"].round(9).tolist() == [sr]


@pytest.mark.parametrize(
    "stage", ["Extraction", "E", "ore", "mining", "Processing", "p", "Refining", "採掘", ""]
)
def test_stages_are_read_in_many_words(stage):
    assert ec_table(table({"stage": stage}))["sr"].notna().all()


@pytest.mark.parametrize("percent", ["58", "58 %", "58%", "５８％", 58, 58.0])
def test_per_cent_may_be_written_with_its_sign(percent):
    row = {"supply_used": "GS+EU", "ir_pct": percent, "eol_rir_pct": "0", "si_sr": "1"}
    assert ec_table(table(row))["sr"].iloc[0] == pytest.approx(5.679 * 0.29 + 2 * 0.71)


def test_every_problem_of_a_table_is_named_at_once():
    rows = table(
        {"stage": "magnet", "ir_pct": "alot"},
        {"hhi_wgi_t_gs": "25", "eol_rir_pct": "120 %"},
        {"si_sr": "1.4", "supply_used": "neutral"},
        {"material": ""},
    )
    assert problems(rows) == [
        ("cell_empty", "ec_input[4].material", ""),
        ("term_ec_stages", "ec_input[1].stage", "magnet"),
        ("out_of_range", "ec_input[2].hhi_wgi_t_gs", "25"),
        ("number", "ec_input[1].ir_pct", "alot"),
        ("out_of_range", "ec_input[2].eol_rir_pct", "120 %"),
        ("out_of_range", "ec_input[3].si_sr", "1.4"),
        ("ec_supply", "ec_input[3].supply_used", "neutral"),
    ]


def test_a_missing_column_is_named_and_the_order_of_columns_is_free():
    assert problems(table({}).drop(columns=["si_sr", "stage"])) == [
        ("column_missing", "ec_input", ""), ("column_missing", "ec_input", ""),
    ]  # fmt: skip
    shuffled = table({})[list(ROW)[::-1]].rename(columns={"si_sr": " SI_SR"})
    assert ec_table(shuffled)["sr"].round(2).tolist() == [5.57]


def test_per_cent_written_as_shares_is_refused_and_small_per_cents_are_not():
    shares = [{"ir_pct": v, "supply_used": "GS+EU"} for v in ("0.58", "1", "0.2")]
    assert problems(table(*shares)) == [("ec_percent", "ec_input.ir_pct", "0.58, 1, 0.2")]
    assert ec_table(table(*shares, {"ir_pct": "58"}))["sr"].notna().all()  # half a per cent is possible
    assert ec_table(table(*[row | {"ir_pct": f"{row['ir_pct']} %"} for row in shares]))["sr"].notna().all()


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ({"hhi_wgi_t_gs": ""}, "ec_no_global"),
        ({"hhi_wgi_t_eu": "-", "supply_used": "EU"}, "ec_no_eu"),
        ({"ir_pct": "n/a", "supply_used": "GS+EU"}, "ec_no_ir"),
        ({"eol_rir_pct": ""}, "ec_no_rate"),
        ({"si_sr": "", "hhi_wgi_t_gs": "—"}, "ec_no_global|ec_no_si"),
        ({"supply_used": ""}, "ec_no_supply"),
        ({"supply_used": "n/a"}, "ec_not_assessed"),
    ],
)
def test_an_unknown_cell_gives_unknown_with_its_reason_and_leaves_the_other_rows_alone(row, reason):
    out = ec_table(table(row, {}))
    assert out["sr"].isna().tolist() == [True, False]
    assert out["sr_reason"].tolist() == [reason, ""]


def test_the_study_of_2023_put_through_the_table_gives_its_own_scores():
    cells = stage_scores()
    cells = cells[~cells["is_group"]]
    frame = pd.DataFrame({
        "material": cells["material"], "stage": cells["stage"].where(cells["stage"] == "ore", "Processing"),
        "hhi_wgi_t_gs": cells["gs_hhi"], "hhi_wgi_t_eu": cells["eu_hhi"],
        "ir_pct": 100 * cells["import_reliance"], "eol_rir_pct": 100 * cells["eol_rir"],
        "si_sr": cells["si_sr"], "supply_used": cells["supply"],
    })  # fmt: skip
    out = ec_table(frame)
    assert (out["sr"] - cells["sr"].reset_index(drop=True)).abs().max() < 1e-9
    assert out["sr"].isna().tolist() == cells["sr"].isna().tolist()


def test_a_file_that_is_missing_or_empty_is_refused(tmp_path):
    with pytest.raises(DataError, match=r"nowhere\.csv"):
        read_ec_table(tmp_path / "nowhere.csv")
    (tmp_path / "empty.csv").write_text("", encoding="utf-8")
    with pytest.raises(DataError):
        read_ec_table(tmp_path / "empty.csv")


def test_an_excel_file_is_read_like_the_same_csv(tmp_path):
    given = read_ec_table(WORKED)
    given.to_excel(tmp_path / "mine.xlsx", index=False)
    pd.testing.assert_series_equal(
        ec_table(read_ec_table(tmp_path / "mine.xlsx"))["sr"], ec_table(given)["sr"]
    )
