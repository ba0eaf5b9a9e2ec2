import pytest

from meguri.base.errors import DataError
from meguri.observe.mining import production
from meguri.structure.atlas import atlas
from meguri.structure.concentration import hhi
from meguri.structure.evidence import why


@pytest.fixture(scope="module")
def cobalt():
    return atlas("Co")


@pytest.fixture(scope="module")
def tantalum():
    return atlas("Ta")


@pytest.fixture(scope="module")
def dysprosium():
    return atlas("Dy")


def test_a_share_is_traced_from_tonnes_through_the_sum(cobalt):
    steps = why(cobalt, "stages/refining/China").query("source == 'bgs-wms'")
    amount, whole, share = steps["value"]
    made = production("Co", "refining", 2023, "bgs-wms").query("kind == 'country'")["amount"]
    assert whole == pytest.approx(made.sum()) and share == pytest.approx(amount / whole)
    assert share == pytest.approx(0.797, abs=5e-4), "as DATA.md prints"
    assert steps["transformation_en"].tolist()[0] == "" and "sum" in steps["transformation_en"].tolist()[1]
    assert list(steps["unit"]) == ["t", "t", "1"]


def test_every_source_speaks_and_the_spread_stands_last(cobalt):
    steps = why(cobalt, "stages/ore/CD")
    assert set(cobalt.stages.query("stage == 'ore'")["source"]) <= set("|".join(steps["source"]).split("|"))
    spread = steps[steps["name_en"] == "Spread between the sources"].iloc[0]
    shown = cobalt.stages.query("stage == 'ore' and country == 'CD'")["share"]
    assert (spread["low"], spread["high"]) == (shown.min(), shown.max())
    assert spread["value"] != spread["value"], "no value is preferred"


def test_the_chain_of_an_index_gives_the_index(tantalum):
    steps = why(tantalum, "concentration/鉱石・精鉱/hhi").query("source == 'usgs-mcs-2026'")
    shares = steps[steps["name_en"].str.startswith("Share of")]["value"]
    index = steps[steps["name_en"].str.startswith("HHI")].iloc[0]
    assert index["value"] == pytest.approx(hhi(shares)) and index["low"] <= index["value"] <= index["high"]


def test_the_scope_warning_stands_where_its_number_is_used(tantalum):  # N21
    steps = why(tantalum, "firms/co-010")
    assert steps.iloc[0]["value"] == 0.6 and steps.iloc[0]["transformation_en"] == "document 000, line 2199"
    assert "N21" in set(steps["flag"]) and steps["name_ja"].str.contains("既知の不整合 N21").any()
    assert "N21" not in set(why(tantalum, "firms/co-009")["flag"])


def test_an_undisclosed_share_is_traced_as_unknown():  # N40
    steps = why(atlas("Ru"), "firms/co-001")
    assert steps.iloc[0]["value"] != steps.iloc[0]["value"]
    assert "not disclosed" in steps.iloc[0]["name_en"] and "非公表" in steps.iloc[0]["name_ja"]


def test_the_owner_of_a_firm_is_named_with_his_share(dysprosium):  # N24
    steps = why(dysprosium, "firms/co-022")
    assert steps["name_ja"].tolist()[1] == "プロテリアルが三徳を保有" and steps["value"].tolist()[1] == 1.0


def test_a_rounded_share_shows_both_ranges(dysprosium):
    steps = why(dysprosium, "stages/separation/CN").query("source == 'ec-crm-2023'")
    assert [(row.low, row.high) for row in steps.tail(1).itertuples()] == [(1.0, 1.0)]
    place = dysprosium.ranges.query("stage == 'magnet' and year == 2025 and country == 'CN'").index[0] + 1
    printed, narrow, *doubts = why(dysprosium, f"ranges/{place}").to_dict("records")
    assert (printed["low"], printed["high"]) == (0.6, 0.75) and (narrow["low"], narrow["high"]) == (0.6, 0.7)
    assert [step["flag"] for step in doubts] == ["N8", "N51"]


def test_a_producer_without_a_figure_is_named_with_its_reason():
    steps = why(atlas("Te"), "stages/refining/CN").query("source == 'usgs-mcs-2026'")
    lost = steps[steps["name_en"].str.startswith("Producer without")]
    assert lost["name_en"].str.contains("United States").any()
    assert lost["transformation_ja"].str.contains("非公表").any()


@pytest.mark.parametrize(
    ("path", "source"),
    [("capability/1", "bgs-wms"), ("hosts/1", "cma-companionality"), ("reasons/1", "seed-001")],
)
def test_any_row_of_any_table_can_be_asked_for(path, source):
    steps = why(atlas("Mg"), path)
    assert steps.iloc[0]["source"] == source and steps.iloc[0]["name_ja"]


def test_every_row_of_a_sheet_answers(dysprosium):
    for name, table in dysprosium.tables.items():
        for number in {1, len(table)} - {0}:
            assert len(why(dysprosium, f"{name}/{number}")), name


@pytest.mark.parametrize(
    "path",
    ["", "stages", "stages/ore", "stages/ore/Atlantis", "stages/magnet/CN", "concentration/ore/gini",
     "firms/co-999", "capability/0", "capability/999", "nonsense/1", "hosts/x", "stages/ore/CN/extra"],
)  # fmt: skip
def test_a_path_that_names_nothing_is_refused_with_the_way_out(cobalt, path):
    with pytest.raises(DataError) as error:
        why(cobalt, path)
    assert "stages/separation/CN" in error.value.text("en") and "指定できる部分" in error.value.text("ja")
