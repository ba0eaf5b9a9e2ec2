"""The three scores of goods: rules are monotone, missing evidence widens and is never zero."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from meguri.base.errors import DataError
from meguri.observe.goods_links import FILE, ISIC, read_correlation
from meguri.observe.goods_sets import (
    ATLAS,
    HEADINGS,
    INDONESIA,
    KOREA,
    RAUCH,
    SIGMA,
    WIOD,
    elasticities,
    specified_intermediates,
)
from meguri.observe.goods_tables import FILES, goods_table, hs2017_codes
from meguri.structure.goods_exports import exporters, holders
from meguri.structure.goods_measured import goods_measured
from meguri.structure.goods_parts import chips, controls, linked
from meguri.structure.goods_scores import evidence_points, goods_evidence, points, score_goods
from meguri.structure.goods_told import goods_told
from meguri.structure.goods_world import world_exports

HOME = os.environ.get("MEGURI_DATA", "")
needs_data = [pytest.mark.data, pytest.mark.skipif(not HOME, reason="MEGURI_DATA not set")]
SOME = ["010121", "281111", "370790", "845811", "848620", "850511", "854231", "870323", "901210"]
amounts = st.integers(-80, 80).map(lambda n: n / 8)


def plain_points(value, low, high):
    """The rule said in words: nothing at or before the first anchor, all at or after the second."""
    share = (value - low) / (high - low)
    return 0.0 if share <= 0 else 1.0 if share >= 1 else share


@given(amounts, amounts, amounts)
def test_points_run_from_the_first_anchor_to_the_second_whichever_is_larger(value, low, high):
    if low == high:
        return
    got = points(np.array([value]), np.array([low]), np.array([high]), np.array([False]))[0]
    assert got == pytest.approx(plain_points(value, low, high))


@given(st.lists(st.integers(0, 400).map(lambda n: n / 8), min_size=2, max_size=6))
def test_no_packaged_rule_gives_fewer_points_for_more_of_what_it_rewards(values):
    values = np.sort(np.array(values))
    for rule in goods_table("score_rules").itertuples():
        n = len(values)
        log = np.full(n, rule.scale == "log")
        got = points(values, np.full(n, rule.low), np.full(n, rule.high), log)
        steps = np.diff(got) if rule.high > rule.low else -np.diff(got)
        assert (steps >= 0).all(), rule.evidence


def evidence_of(cells, weights):
    """Rows of goods_evidence for one code and score; None is unknown."""
    return pd.DataFrame(
        {
            "code": "848620", "score": "impact", "evidence": [f"e{i}" for i in range(len(cells))],
            "value": np.nan, "points": [np.nan if c is None else c for c in cells],
            "points_low": [np.nan if c is None else c / 2 for c in cells],
            "points_high": [np.nan if c is None else c for c in cells],
            "weight": weights, "reason": "", "note": "", "source": ["" if c is None else "s" for c in cells],
            "grade": ["" if c is None else "derived" for c in cells],
        }
    )  # fmt: skip


def many(seed):
    """Sixty goods with one to five pieces of evidence each, in eighths, and weights of 1 to 4."""
    random = np.random.default_rng(seed)
    rows = []
    for n in range(60):
        size = random.integers(1, 6)
        part = evidence_of(list(random.integers(0, 9, size) / 8), list(random.integers(1, 5, size)))
        rows.append(part.assign(code=f"{n:06d}"))
    return pd.concat(rows, ignore_index=True)


def test_a_score_is_the_weighted_mean_and_its_interval_is_that_of_the_evidence_when_all_is_known():
    table = many(1)
    got = score_goods(table).set_index("code")
    for code, rows in table.groupby("code"):
        p, w = list(rows["points"]), list(rows["weight"])
        mean = sum(a * b for a, b in zip(p, w, strict=True)) / sum(w)
        assert got.at[code, "value"] == pytest.approx(mean)
        assert got.at[code, "high"] == pytest.approx(mean) and got.at[code, "low"] == pytest.approx(mean / 2)
        assert got.at[code, "known"] == 1 and got.at[code, "n_evidence"] == len(rows)


def test_taking_evidence_away_widens_the_interval_on_both_sides_and_keeps_the_score_inside():
    table = many(2)
    whole = score_goods(table)
    table.loc[table["evidence"] == "e0", ["points", "points_low", "points_high"]] = np.nan
    less = score_goods(table)
    assert (less["low"] <= whole["low"] + 1e-12).all() and (less["high"] >= whole["high"] - 1e-12).all()
    assert (whole["value"] >= less["low"] - 1e-12).all() and (whole["value"] <= less["high"] + 1e-12).all()
    assert (less["high"] - less["low"] > whole["high"] - whole["low"] + 1e-9).all()


def test_without_any_evidence_a_score_is_unknown_with_its_reason_and_never_zero():
    got = score_goods(evidence_of([None, None], [1, 2])).iloc[0]
    assert np.isnan(got["value"]) and got["reason"] == "no_evidence"
    assert (got["low"], got["high"], got["n_evidence"]) == (0.0, 1.0, 0)


def test_leaving_a_piece_of_evidence_out_is_the_same_as_not_having_it():
    table = evidence_of([0.25, 1.0, None], [1, 2, 1])
    got = score_goods(table, without=["e1"])
    assert got["value"].tolist() == [0.25] and got["known"].tolist() == [0.25]


@pytest.fixture(scope="module")
def packaged():
    """What is packaged says about a few goods."""
    return goods_evidence(codes=SOME)


def test_what_is_packaged_speaks_alone_and_the_rest_says_that_the_set_is_not_there(packaged):
    table = packaged
    absent = set(table.loc[table["reason"] == "set_absent", "evidence"])
    assert absent == {
        "bec_specified", "elasticity", "export_concentration", "isic_special", "largest_exporter", "rauch",
        "rca", "rca_kept", "relation_specific", "unit_value", "upstreamness",
    }  # fmt: skip
    assert table.loc[table["reason"] != "", "points"].isna().all()
    assert (table.loc[table["points"].notna(), "source"] != "").all()
    assert set(table["evidence"]) == set(goods_table("score_rules")["evidence"])


def test_every_unknown_value_has_a_reason_and_every_known_one_none(packaged):
    assert ((packaged["reason"] != "") == packaged["value"].isna()).all()
    assert sorted(set(packaged["code"])) == sorted(SOME)
    assert not packaged.duplicated(["code", "score", "evidence"]).any()


def test_the_packaged_tables_hold_codes_that_exist_and_each_once():
    known = set(hs2017_codes())
    for name in FILES[1:3]:
        assert set(goods_table(name)["code"]) <= known
    listed = goods_table("control_goods")
    shown = {c for cell in listed.loc[listed["list"] == "chpl", "listed"] for c in cell.split("|")}
    assert len(shown) == 50  # the list of 2024-02-23, as counted by its publisher


def test_a_list_left_out_no_longer_counts_and_a_good_no_list_names_is_unknown():
    both = controls(["848620", "010121"]).set_index("code")
    assert both.at["848620", "value"] == 2 and both.at["010121", "reason"] == "not_listed"
    one = controls(["848620"], without=["jp-23"]).iloc[0]
    assert one["value"] == 1 and "jp-23" not in one["note"]
    assert np.isnan(controls(["848620"], without=["jp-23", "chpl"])["value"].iloc[0])


def test_lists_kept_for_the_check_are_no_evidence():
    kept = goods_table("control_goods").query("use == 'check'")
    assert set(kept["list"]) == {"jp-advance-2024"}
    assert np.isnan(controls(["853224"], without=["chpl"])["value"].iloc[0])


def test_concentration_of_a_pooled_code_is_weighted_by_the_markets_of_its_inputs():
    # 9030.82 holds four testers with shares and markets; HHI as the shares of the set give it.
    table = chips(["903082"]).set_index("evidence")
    hhis = {"N80": 0.4932, "N81": 0.3478, "N82": 0.267131, "N83": 0.260861}
    markets = {"N80": 2700, "N81": 220, "N82": 96, "N83": 1800}
    mean = sum(hhis[k] * markets[k] for k in hhis) / sum(markets.values())
    assert table.at["eto_concentration", "value"] == pytest.approx(mean, abs=1e-4)
    assert table.at["eto_concentration", "value_high"] == pytest.approx(0.4932, abs=1e-4)


def test_a_tester_reaches_one_process_and_a_crystal_puller_reaches_those_behind_the_wafer():
    table = chips(["903082", "848610", "010121"]).query("evidence == 'eto_reach'").set_index("code")
    assert table.at["903082", "value"] == 1  # testing, then the finished chip
    assert table.at["848610", "value"] == 6  # deposition, exposure, etching, CMP, packaging, testing
    assert table.at["010121", "reason"] == "not_drawn"


def test_who_held_and_kept_an_advantage_is_counted_among_economies_that_report_in_all_years():
    rows = [(1997, "A", "p", 9.0), (1997, "A", "q", 1.0), (1997, "Z", "p", 1.0), (1997, "Z", "q", 9.0)]
    rows += [(1997, e, "p", 9.0) for e in ("B", "C")] + [(1997, e, "q", 1.0) for e in ("B", "C")]
    for year in (2017, 2018, 2019):  # Z reports no more: its absence loses nothing
        rows += [(year, "A", "p", 9.0), (year, "A", "q", 1.0), (year, "B", "p", 9.0), (year, "B", "q", 1.0)]
        rows += [(year, "C", "p", 1.0), (year, "C", "q", 9.0)]
    table = holders(pd.DataFrame(rows, columns=["year", "economy", "product", "value"])).set_index("product")
    assert table.at["p", "count"] == 3 and table.at["q", "count"] == 1
    assert table.at["p", "held"] == 3 and table.at["p", "kept"] == pytest.approx(2 / 3)


def test_concentration_of_exporters_is_unmoved_by_scale_and_by_names():
    rows = pd.DataFrame({"product": "p", "economy": list("ABC"), "value": [4.0, 2.0, 2.0]})
    other = rows.assign(economy=list("XYZ"), value=rows["value"] * 8)
    assert exporters(rows).values.tolist() == exporters(other).values.tolist() == [["p", 0.375, 0.5]]


def test_what_is_read_through_several_links_has_their_range():
    table = pd.DataFrame({"code": ["a", "b", "c"], "value": [1.0, 2.0, 6.0]})
    got = linked({"x": ("a", "b", "c"), "y": ("d",)}, table)
    assert got.values.tolist() == [["x", 3.0, 1.0, 6.0, "a|b|c"]]


def test_a_users_world_trade_replaces_the_headings_of_1997():
    trade = pd.DataFrame(
        {"code": ["848620"] * 2, "economy": ["JP", "NL"], "value": [1.0, 1.0], "weight": 1.0}
    )
    table = goods_measured(codes=["848620", "901210"], exports=trade).set_index(["code", "evidence"])
    assert table.at[("848620", "unit_value"), "reason"] == "no_weight"  # two prices are no spread
    assert table.at[("848620", "export_concentration"), "value"] == 0.5
    assert table.at[("901210", "export_concentration"), "reason"] == "not_covered"


def baci(n=20, **other):
    """Lines of n exporters of one code to two partners each, the first twice as large."""
    rows = [
        {"code": "848620", "vintage": "HS2017", "year": 2022, "flow": "export", "reporter": f"R{i}",
         "partner": partner, "value": 2.0 if i == 0 else 1.0, "weight": 1.0} | other
        for i in range(n) for partner in ("KR", "TW")
    ]  # fmt: skip
    return pd.DataFrame(rows)


def test_a_users_trade_lines_are_added_over_partners_and_a_line_to_the_world_is_not_counted_twice():
    world = pd.DataFrame([baci(1).iloc[0].to_dict() | {"partner": "WLD", "value": 99.0}])
    table = world_exports(pd.concat([baci(), world], ignore_index=True)).set_index("economy")
    assert table.at["R0", "value"] == 4 and table.at["R1", "value"] == 2 and len(table) == 20


def test_trade_of_few_reporters_is_refused_and_says_how_many_are_needed():
    with pytest.raises(DataError, match="19") as refused:
        world_exports(baci(19))
    assert refused.value.problems[0].key == "exports_few"


def test_a_code_renumbered_since_is_read_under_its_number_of_2017():
    table = world_exports(baci(code="880730", vintage="HS2022"))
    assert set(table["code"]) == {"880330"}


def test_the_users_workbook_of_bec_5_tells_specified_from_generic_intermediates(tmp_path):
    (tmp_path / "bec5").mkdir()
    heads = ["HS4", "HS6", "BEC5EndUse", "BEC5Specification"]
    rows = [(8112, 811292, "INT", "SPECIFIED"), (2711, 271111, "INT", "GENERIC"), (8703, 870323, "CONS", "")]
    with pd.ExcelWriter(tmp_path / "bec5" / "HS2012-17-BEC5 -- 08 Nov 2018.xlsx") as book:
        pd.DataFrame({"x": ["read me"]}).to_excel(book, sheet_name="Notes", index=False)
        pd.DataFrame(rows, columns=heads).to_excel(book, sheet_name="HS17BEC5", index=False)
    table = specified_intermediates(tmp_path)
    assert table.values.tolist() == [["811292", 1.0], ["271111", 0.0]]
    with pd.ExcelWriter(tmp_path / "bec5" / "HS2012-17-BEC5 -- 08 Nov 2018.xlsx") as book:
        pd.DataFrame(rows, columns=["HS4", "HS6", "use", "x"]).to_excel(
            book, sheet_name="HS17BEC5", index=False
        )
    with pytest.raises(DataError) as refused:
        specified_intermediates(tmp_path)
    assert [problem.key for problem in refused.value.problems] == ["column_missing"] * 2


@pytest.mark.slow
@pytest.mark.parametrize(
    "name", [SIGMA, RAUCH, WIOD, HEADINGS, KOREA, ATLAS, INDONESIA + "/comtrade_1.csv.gz", FILE, ISIC]
)
@pytest.mark.parametrize("content", [b"", b"\x00\xffno table"])
def test_a_broken_file_of_a_set_is_named_and_never_a_traceback(name, content, tmp_path):
    (tmp_path / name).parent.mkdir(parents=True)
    (tmp_path / name).write_bytes(content)
    with pytest.raises(DataError) as refused:
        goods_measured(tmp_path, codes=["848620"])
    assert all(problem.place for problem in refused.value.problems)
    assert Path(refused.value.file or refused.value.problems[0].place).name == Path(name).name


@pytest.mark.parametrize("lang", ["en", "ja"])
def test_every_piece_of_evidence_is_told_with_its_reason_what_is_known_first(packaged, lang):
    evidence = packaged[packaged["code"] == "848620"]
    told = goods_told(evidence, lang)
    assert len(told) == len(evidence) and (told["told"] != "").all()
    assert not set(told["evidence"]) & set(evidence["evidence"])  # names, not keys
    for _, rows in told.groupby("score", sort=False):
        known = rows["points"].notna().tolist()
        assert known == sorted(known, reverse=True)


def test_a_falling_rule_turns_the_range_of_the_evidence():
    row = {"code": "848620", "evidence": "elasticity", "value": 3.0, "value_low": 2.0, "value_high": 9.0}
    measured = pd.DataFrame([row | {"reason": "", "note": "", "source": "s", "grade": "derived"}])
    row = evidence_points(measured).set_index("evidence").loc["elasticity"]
    assert row["points_low"] < row["points"] < row["points_high"]


@pytest.fixture(scope="module")
def read():
    """Evidence about a few goods from the sets."""
    return goods_evidence(Path(HOME), codes=[*SOME, "381800", "750210"])


class TestWithTheSets:
    pytestmark = needs_data

    @pytest.mark.slow
    def test_the_film_deposition_tool_is_harder_to_replace_than_the_general_lathe(self, read):
        # AC1.3: the machine tool can be replaced after a period of adjustment, the tool of a chip line not.
        table = score_goods(read)
        table = table[table["score"] == "substitution"].set_index("code")["value"]
        assert table["848620"] > table["845811"]

    def test_links_give_the_published_elasticity_and_price_class(self, read):
        table = read.set_index(["code", "score", "evidence"]).sort_index()
        wafer = table.loc[("381800", "substitution", "elasticity")]
        published = elasticities(Path(HOME)).set_index("code")["value"]
        assert wafer["note"] == "59850" and wafer["value"] == pytest.approx(published["59850"])
        assert table.at[("750210", "substitution", "rauch"), "value"] == 0  # nickel has an exchange
        assert table.at[("845811", "substitution", "rauch"), "value"] == 1  # lathes are differentiated

    def test_hydrogen_fluoride_from_japan_costs_more_a_kilogram_than_from_elsewhere_or_is_unknown(self, read):
        row = read[(read["code"] == "281111") & (read["evidence"] == "unit_value")].iloc[0]
        assert row["value"] > 1 or row["reason"] == "no_weight"

    def test_the_largest_exporter_of_magnets_holds_the_published_share(self, read):
        row = read[(read["code"] == "850511") & (read["evidence"] == "largest_exporter")].iloc[0]
        assert row["value"] == pytest.approx(0.627, abs=0.001)  # China 62.7 % in 2024 (DATA.md)

    def test_photographic_chemicals_lead_to_their_own_heading_of_the_sitc_and_no_other(self):
        # The table of the SITC ties 3707.90 to 25 headings of chemicals; Rauch's 8821 is the printed one.
        assert read_correlation(Path(HOME)).sitc2(["370790"]) == {"370790": ("8821",)}
