import math

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from meguri.base.errors import DataError
from meguri.base.terms import keys
from meguri.observe.sectors import sectors
from meguri.structure.coverage import coverage
from meguri.structure.holders import stage_holders, worst_stage
from meguri.structure.sector_evidence import sector_evidence
from meguri.structure.sector_paths import sector_paths
from meguri.structure.sectors import client_table, sector_matrix

pytestmark = pytest.mark.slow  # all fields and metals are walked


@pytest.fixture(scope="module")
def matrix():
    return sector_matrix()


# --- the rule for the worst stage ---------------------------------------------------------------


def holders(*rows: tuple[str, str, str, float, str]) -> pd.DataFrame:
    """stage, source, holder, hhi, reason."""
    table = pd.DataFrame(rows, columns=["stage", "source", "holder", "hhi", "reason"])
    return table.assign(
        holder_kind="country", holder_share=table["hhi"] ** 0.5, hhi_low=table["hhi"], hhi_high=table["hhi"]
    )


def test_one_source_is_enough_to_raise_the_alarm_and_the_range_covers_all():
    row = worst_stage(
        holders(
            ("ore", "a", "CD", 0.5, ""), ("refining", "a", "CN", 0.36, ""), ("refining", "b", "CN", 0.64, "")
        )
    )
    assert (row["stage"], row["holder"], row["hhi"], row["hhi_low"], row["hhi_high"]) == (
        "refining",
        "CN",
        0.64,
        0.36,
        0.64,
    )
    assert (row["holder_share_low"], row["holder_share_high"]) == (0.6, 0.8)
    assert row["reason"] == "sources_disagree"  # source a finds ore more concentrated


def test_sources_that_name_another_holder_disagree():
    row = worst_stage(holders(("ore", "a", "CD", 0.5, ""), ("ore", "b", "AU", 0.4, "")))
    assert (row["holder"], row["reason"]) == ("CD", "sources_disagree")


def test_sources_that_agree_say_nothing():
    assert worst_stage(holders(("ore", "a", "CD", 0.5, ""), ("ore", "b", "CD", 0.4, "")))["reason"] == ""


def test_an_index_among_known_producers_speaks_only_where_its_stage_has_no_other():
    rows = holders(("ore", "a", "CN", 0.9, "known_only"), ("ore", "b", "CN", 0.7, ""))
    assert worst_stage(rows)["hhi"] == 0.7
    rows = holders(("ore", "a", "CN", 0.9, "known_only"), ("refining", "b", "CN", 0.7, ""))
    assert worst_stage(rows)["hhi"] == 0.9


def test_no_share_at_all_gives_no_stage():
    assert worst_stage(stage_holders("Te").iloc[:0]) is None


ROWS = st.lists(
    st.tuples(
        st.sampled_from(["ore", "refining", "metal"]), st.sampled_from("abc"), st.sampled_from(["CN", "CD"]),
        st.sampled_from([0.125, 0.25, 0.5, 0.75, 1.0]), st.sampled_from(["", "known_only"]),
    ),
    min_size=1, max_size=8,
)  # fmt: skip


@given(ROWS)
def test_the_shown_index_lies_in_its_range_and_the_order_of_rows_does_not_matter(rows):
    table = holders(*rows)
    row, turned = worst_stage(table), worst_stage(table.iloc[::-1].reset_index(drop=True))
    assert row["hhi_low"] <= row["hhi"] <= row["hhi_high"]
    assert row["hhi"] == turned["hhi"]
    complete = table[table["reason"] == ""]
    if len(complete):
        assert row["hhi"] >= complete["hhi"].max()


@given(ROWS, st.sampled_from(["ore", "refining"]))
def test_one_more_source_never_lowers_the_alarm(rows, stage):
    before = worst_stage(holders(*rows))["hhi"]
    complete = {row[0] for row in rows if row[4] == ""}
    if stage in complete:  # a first complete source replaces one among known producers only
        assert worst_stage(holders(*rows, (stage, "d", "CN", 0.375, "")))["hhi"] >= before


# --- holders of real stages ---------------------------------------------------------------------


def test_tantalum_is_held_by_a_firm_whose_index_is_only_bounded():
    row = worst_stage(stage_holders("Ta"))
    assert (row["holder"], row["holder_kind"], row["holder_country"]) == ("JX Advanced Metals", "firm", "JP")
    assert (row["hhi_low"], row["hhi_high"], row["flag"]) == (0.36, pytest.approx(0.52), "N21")


def test_germanium_of_bgs_gives_no_holder_because_its_largest_producer_is_unknown():
    assert set(stage_holders("Ge")["source"]) == {"ec-crm-2023"}


def test_the_shares_the_commission_prints_speak_beside_production_figures():
    rows = stage_holders("Be")
    ore = rows[rows["stage"] == "ore"].set_index("source")["holder_share"]
    assert ore["ec-crm-2023"] == pytest.approx(0.673)
    assert len(ore) > 1
    assert (worst_stage(rows)["holder"], worst_stage(rows)["source"]) == ("US", "ec-crm-2023")


def test_looking_back_hides_later_sources():
    assert stage_holders("Ta", 2024)["year"].max() <= 2024
    assert stage_holders("Ta", 2019).empty


# --- the matrix ---------------------------------------------------------------------------------


def test_all_seventeen_fields_stand_in_the_matrix_in_their_order(matrix):
    assert list(dict.fromkeys(matrix["sector"])) == list(sectors()["sector"])


def test_metals_of_a_field_stand_with_the_most_concentrated_first(matrix):
    for _, rows in matrix.groupby("sector"):
        known = rows["hhi"].dropna()
        assert known.is_monotonic_decreasing
        assert rows["hhi"].isna().tolist() == sorted(rows["hhi"].isna())


def test_a_field_without_a_metal_stays_unknown_with_its_reason(matrix):
    unknown = matrix[matrix["holder_kind"] == "unknown"]
    assert set(unknown["element"]) == {""}
    assert unknown["reason"].eq("no_metal_known").all()
    assert unknown[["hhi", "holder_share", "rebuild_low"]].isna().all(axis=None)
    assert unknown["worst_stage"].eq("").all()


def test_a_metal_without_any_share_stays_unknown_with_its_reason():
    row = sector_matrix(["lamps"], fields=FIELDS, materials=links("Xe")).iloc[0]
    assert (row["holder_kind"], row["worst_stage"], row["reason"]) == ("unknown", "", "no_stage_share")
    assert math.isnan(row["hhi"])


def test_every_reason_of_the_matrix_has_words(matrix):
    given = {key for cell in matrix["reason"] for key in cell.split("|") if key}
    assert given <= set(keys("reasons"))
    assert {key for cell in matrix["reason_code"] for key in cell.split("|")} <= set(keys("location_reasons"))


FIELDS = pd.DataFrame({"sector": ["lamps"], "sector_en": ["Lamps"], "sector_ja": ["照明"]})


def links(element: str) -> pd.DataFrame:
    return pd.DataFrame({
        "sector": ["lamps"], "element": [element], "use_en": ["phosphors"], "use_ja": ["蛍光体"],
        "essentiality": ["essential"], "share": [math.nan], "listed": ["assumed"], "reason": [""],
        "source": ["mine"], "grade": ["assumed"], "flag": [""],
    })  # fmt: skip


def test_a_users_own_fields_and_links_are_used():
    row = sector_matrix(fields=FIELDS, materials=links("Y")).iloc[0]
    assert (row["element"], row["worst_stage"]) == ("Y", "separation")
    assert row["source"].startswith("mine|ec-crm-2023")
    bare = sector_matrix(fields=FIELDS, materials=links("Y").iloc[:0]).iloc[0]
    assert (bare["holder_kind"], bare["reason"]) == ("unknown", "no_metal_known")


def test_a_users_own_field_has_its_path_and_its_evidence():
    path = sector_paths("照明", "Y", fields=FIELDS, materials=links("Y"))
    assert path["name_ja"].iloc[-1] == "蛍光体"
    rows = sector_evidence("lamps", "Y", fields=FIELDS, materials=links("Y"))
    assert rows["source"].iloc[0] == "mine"
    with pytest.raises(DataError) as caught:
        sector_paths("lamps", "W", fields=FIELDS, materials=links("Y"))
    assert "Y" in caught.value.text("en")


def test_metals_of_the_order_are_marked_and_copper_is_not(matrix):
    marks = matrix.groupby("element")["designated"].agg(set)
    assert marks["Cu"] == {"no"} and marks[""] == {"unknown"}
    assert set.union(*marks.drop(["Cu", ""])) == {"yes"}


def test_reasons_and_years_are_those_of_the_worst_stage(matrix):
    first = matrix.drop_duplicates("element").set_index("element")
    assert first.at["Mg", "reason_code"] == "energy_cost|offshoring"  # AC2.5
    assert first.at["Dy", "reason_code"].split("|")[0] == "environment"
    assert first.at["W", "reason_code"] == "unknown"
    assert first.loc["Mg", ["rebuild_low", "rebuild_high", "rebuild_grade"]].tolist() == [3, 8, "assumed"]
    assert math.isnan(first.at["W", "rebuild_low"]) and first.at["W", "rebuild_grade"] == ""


def test_years_of_plants_elsewhere_say_so():
    row = sector_matrix(["materials"], economy="DE").set_index("element").loc["Nd"]
    assert "rebuilt_elsewhere" in row["reason"].split("|")
    japan = sector_matrix(["materials"]).set_index("element").loc["Nd"]
    assert "rebuilt_elsewhere" not in japan["reason"].split("|")
    assert row["rebuild_low"] <= japan["rebuild_low"]


# --- AC2.7 --------------------------------------------------------------------------------------


def test_coverage_finds_what_n36_lists():
    table = coverage().set_index("element")
    for element in ("Ga", "Ge", "Zr", "Tb"):
        assert (table.at[element, "missing"], table.at[element, "flag"]) == ("D.1|D.2", "N36")
    assert table.loc[["Nb", "V"], ["in_c", "in_d2"]].to_numpy().sum() == 0
    assert table.loc[["Nb", "V"], "in_d1"].gt(0).all()
    assert table.loc[["W", "Ta", "Co", "Hf", "Ru", "Nd", "Dy"], "missing"].eq("").all()


def test_a_path_runs_from_ore_to_the_use_through_the_chains_nodes():
    path = sector_paths("materials", "W")
    assert path["step"].tolist() == list(range(1, len(path) + 1))
    assert (path["stage"].iloc[0], path["what"].iloc[-1]) == ("ore", "use")
    nodes = path[path["what"] == "node"]
    assert {"ore", "refining", "alloy", "part"} <= set(nodes["stage"])
    assert set(nodes["chain"]) == {"tungsten-tools-japan"}


def test_an_older_chain_serves_an_older_year():
    nodes = sector_paths("materials", "Dy", 2010).query("what == 'node'")
    assert set(nodes["year"]) == {2009}


def test_a_stage_that_nothing_covers_is_said_to_be_unknown():
    path = sector_paths("defence", "Sb", 1900)
    assert path.loc[path["what"] == "unknown", "stage"].tolist() == ["ore", "refining"]


def test_a_metal_that_the_field_is_not_linked_to_is_refused_with_those_that_are():
    with pytest.raises(DataError) as caught:
        sector_paths("fusion-energy", "Ga")
    assert "W" in caught.value.text("en") and "W" in caught.value.text("ja")


@pytest.mark.parametrize("lang", ["en", "ja"])
def test_the_clients_table_speaks_the_readers_language(matrix, lang):
    table = client_table(matrix, lang)
    assert len(table) == len(matrix)
    words = table[["sector", "material", "essentiality", "stage", "holder", "reason"]]
    assert words.ne("").all(axis=None)
    if lang == "ja":
        assert table["sector"].str.contains(r"[ぁ-んァ-ヶ一-龠]").all()
        assert not set(table["stage"]) & set(keys("stages"))
