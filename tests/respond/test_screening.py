"""Screening: nothing unknown is excluded, every row can be traced, and the way to the border is drawn."""

from functools import cache
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from meguri.base.errors import DataError
from meguri.base.sources import sources
from meguri.observe.control_entries import control_entries, screening_table
from meguri.observe.shop import Shop
from meguri.respond.screening import known_of, needs_of, screen
from meguri.respond.screening_changes import changes
from meguri.respond.screening_own import fits, is_spec, read_own
from meguri.respond.screening_specs import UNITS, Known, read_specs
from meguri.respond.screening_verdicts import Need, compare, decide

HERE = Path(__file__).parent
OPEN = ("candidate", "cannot-exclude")


def item(specs="", **more):
    return pd.DataFrame([{"item": "A", "name": "部品", "specs": specs, **more}])


def verdict(table, entry, on, destination="CN", **more):
    rows = screen(table, on, destination, **more).verdicts
    return rows[(rows["entry"] == entry) & (rows["via"] == "direct")].iloc[0]


@cache
def constructed():
    """Thirty constructed items, each with the verdict on the entry it was built for."""
    table = pd.read_csv(HERE / "screening_items.csv", dtype=str, keep_default_na=False)
    found = []
    for on, group in table.groupby("on", sort=False):
        rows = screen(group.drop(columns=["on", "entry", "truth", "why"]), on, "CN").verdicts
        found.append(group.merge(rows[["item", "entry", "verdict", "spec", "missing"]], on=["item", "entry"]))
    return pd.concat(found, ignore_index=True)


# --- thirty constructed items --------------------------------------------------------------------


def test_no_item_is_excluded_that_the_sources_do_not_exclude():
    found = constructed()
    assert len(found) == 30
    wrong = found[(found["truth"] != "excluded") & (found["verdict"] == "excluded-by-spec")]
    assert wrong["item"].tolist() == []


def test_most_items_that_are_truly_excluded_are_excluded_with_the_specification_named(capsys):
    found = constructed()
    true = found[found["truth"] == "excluded"]
    hit = true[true["verdict"] == "excluded-by-spec"]
    said = found[found["verdict"] == "excluded-by-spec"]
    with capsys.disabled():
        print(f"\n[screening] precision {len(hit)}/{len(said)}, recall {len(hit)}/{len(true)}")
    assert len(true) == 10
    assert len(hit) >= 8
    assert (hit["spec"] != "").all()
    assert len(hit) == len(said)


def test_a_figure_of_an_older_wording_never_excludes():
    found = constructed().set_index("item")
    assert found.at["X10", "verdict"] == "cannot-exclude"  # the price of not trusting a copy of 2013


@pytest.mark.parametrize(("name", "expected"), [("U07", "density"), ("U09", "advanced"), ("U14", "size")])
def test_what_is_missing_is_named(name, expected):
    assert expected in constructed().set_index("item").at[name, "missing"]


def test_an_item_that_meets_everything_is_a_candidate_in_any_unit():
    found = constructed().set_index("item")["verdict"]
    assert found["U08"] == found["U15"] == "candidate"


def test_every_row_carries_entry_dates_source_and_what_is_missing():
    rows = screen(item("品目区分 = 永久磁石", hs="850511", material="NdFeB"), "2026-11-23", "CN").verdicts
    known = set(sources()["source"])
    assert set(rows["entry"]) == set(control_entries()["entry"])
    assert all(set(cell.split("|")) <= known for cell in rows["source"])
    assert (rows["checked_on"].str.len() == 10).all()
    assert (rows.loc[rows["verdict"] == "cannot-exclude", "missing"] != "").all()
    assert (rows.loc[rows["verdict"] == "excluded-by-spec", "spec"] != "").all()
    dated = rows.loc[rows["verdict"] == "not-in-list-on-that-date", ["entry_start", "entry_end", "standing"]]
    assert (dated["standing"] != "in-force").all()


# --- acceptance ----------------------------------------------------------------------------------


def test_ac_9_1_the_magnet_of_2012_is_unverified_and_the_general_catch_all_came_before():
    magnet = item("品目区分 = 永久磁石", material="NdFeB", hs="850511")
    before = screen(magnet, "2012-07-31", "CN").verdicts.set_index("entry")
    after = screen(magnet, "2012-08-31", "CN").verdicts.set_index("entry")
    assert before.at["jp-ndfeb-2012", "verdict"] == "not-in-list-on-that-date"
    assert before.at["jp-catchall-wmd", "verdict"] == "cannot-exclude"
    assert after.at["jp-ndfeb-2012", "verdict"] in OPEN
    assert after.at["jp-ndfeb-2012", "status"] == "unverified"
    reason = control_entries().set_index("entry").loc["jp-ndfeb-2012"]
    assert "unverified until its text" in reason["reason_en"]
    assert "未確認" in reason["reason_ja"]


@pytest.mark.parametrize(
    ("on", "where", "finding", "route"),
    [
        ("2023-07-22", "中国", "not-in-list-on-that-date", "not-open"),
        ("2023-07-23", "中国", "candidate", "individual"),
        ("2024-06-01", "アメリカ", "candidate", "simplified"),
        ("2024-06-01", "韓国", "candidate", "simplified"),
        ("2024-06-01", "ドイツ", "candidate", "simplified"),
        ("2024-06-01", "ベトナム", "candidate", "individual-unless-42"),
        ("2024-06-01", "日本", "candidate", "domestic"),
    ],
)
def test_ac_9_2_the_route_of_an_advanced_etching_tool_follows_day_and_destination(on, where, finding, route):
    tool = item("品目区分 = ドライエッチング装置 | 先端品 = はい", hs="848620")
    row = verdict(tool, "jp-23-etching", on, where)
    assert (row["verdict"], row["route"]) == (finding, route)


def shop():
    customers = [
        {"customer": "K1", "name": "東和", "country": "JP", "end_use": "成膜装置", "resells_to": "中国"},
        {"customer": "K2", "name": "北工機", "country": "JP", "end_use": "国内向け"},
        {"customer": "K3", "name": "台湾精機", "country": "TW", "resells_to": "中国"},
    ]  # fmt: skip
    goods = [
        {"item": "P1", "name": "溶射真空部品", "specs": "品目区分 = 真空部品", "customer": "K1"},
        {"item": "P2", "name": "治具", "specs": "品目区分 = 治具", "customer": "K2"},
        {"item": "P3", "name": "シャフト", "customer": "K3"},
        {"item": "P4", "name": "不明品", "customer": "K9"},
    ]
    return Shop.of({"customers": pd.DataFrame(customers), "items": pd.DataFrame(goods)})


@cache
def screened():
    return screen(shop(), "2026-03-01")


def test_ac_9_3_a_part_sold_at_home_is_drawn_to_the_fab_abroad_with_who_files():
    found = screened()
    way = found.paths[found.paths["item"] == "P1"]
    assert way["step_kind"].tolist() == ["home-sale", "onward-export"]
    assert way["filer"].tolist() == ["nobody", "customer"]
    assert way["to_country"].tolist() == ["JP", "CN"]
    rows = found.verdicts[(found.verdicts["item"] == "P1") & (found.verdicts["entry"] == "jp-23-deposition")]
    assert rows[["verdict", "destination", "via", "route", "filer"]].values.tolist() == [
        ["cannot-exclude", "CN", "indirect", "individual", "customer"]
    ]
    assert "use" in rows["signals"].iloc[0]  # the tool it goes into points at the entry
    asked = found.questions[found.questions["item"] == "P1"]
    assert {"onward", "maker-judgement", "end-use"} <= set(asked["question"])


def test_goods_sent_on_from_abroad_are_a_re_export_and_an_unknown_country_is_asked_for():
    way = screened().paths.set_index(["item", "step"])["step_kind"]
    assert way["P3", 1] == "export"
    assert way["P3", 2] == "re-export"
    assert way["P4", 1] == "unknown-border"
    assert way["P2", 1] == "home-sale"


def test_ac_9_4_an_item_without_specifications_is_never_called_excluded():
    rows = screen(item(), "2026-11-23", "CN").verdicts
    assert set(rows["verdict"]) == {"cannot-exclude", "not-in-list-on-that-date"}


def test_customs_codes_exclude_nothing():
    codes = [item(hs=code) for code in ("", "010121", "848620")]
    found = [screen(one, "2026-11-23", "CN").verdicts.set_index("entry")["verdict"] for one in codes]
    assert found[0].sort_index().equals(found[1].sort_index())
    assert found[0].sort_index().equals(found[2].sort_index())


def test_the_page_says_that_it_is_a_draft_and_no_ruling():
    notes = screen(item(), "2026-11-23", "CN").notes
    assert notes["text_ja"].iloc[0] == "判定者による確認前の下書き"
    assert "no ruling" in notes["text_en"].iloc[1]


# --- dates ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("on", "group_a", "china"),
    [("2025-10-08", "not-for-group-a", "use-and-user"), ("2025-10-09", "if-notified", "use-and-user")],
)
def test_the_overhaul_of_2025_10_09_reaches_group_a_by_notice(on, group_a, china):
    routes = [verdict(item(), "jp-catchall-wmd", on, where)["route"] for where in ("ドイツ", "中国")]
    assert routes == [group_a, china]


@pytest.mark.parametrize(
    ("on", "standing", "finding"),
    [
        ("2025-10-08", "not-yet", "not-in-list-on-that-date"),
        ("2025-10-09", "in-force", "cannot-exclude"),
        ("2025-11-07", "suspended", "not-in-list-on-that-date"),
        ("2026-11-10", "suspended", "not-in-list-on-that-date"),
        ("2026-11-11", "unclear", "cannot-exclude"),
    ],
)
def test_a_suspension_that_has_run_out_leaves_the_entry_open(on, standing, finding):
    row = verdict(item(), "cn-ree-technology-2025", on)
    assert (row["standing"], row["verdict"]) == (standing, finding)


def test_a_ban_toward_one_country_is_no_route_of_another():
    wafer = item("含有元素 = Ga")
    assert verdict(wafer, "cn-us-ga-ge-sb-2024", "2025-01-10", "DE")["route"] == "not-this-destination"
    assert verdict(wafer, "cn-us-ga-ge-sb-2024", "2025-01-10", "US")["route"] == "own-law-abroad"


def test_alerts_between_two_days_name_the_day_and_leave_out_what_is_excluded():
    magnets = pd.DataFrame([
        {"item": "M1", "specs": "含有元素（すべて） = Nd, Fe, B"}, {"item": "M2", "material": "NdFeB"},
    ])  # fmt: skip
    found = changes(magnets, "2025-04-03", "2025-04-04")
    rows = found[found["entry"] == "cn-mh-ree-2025"]
    assert rows["item"].unique().tolist() == ["M2"]
    assert set(rows["change"]) == {"announced", "starts"}
    assert changes(magnets, "2025-04-04", "2025-04-04").empty


def test_an_alert_says_when_a_suspension_runs_out():
    found = changes(item(), "2026-11-01", "2026-11-23")
    over = found[found["change"] == "suspension-over"]
    assert "cn-ree-extraterritorial-2025" in set(over["entry"])
    assert set(over["before"]) == {"not-in-list-on-that-date"}
    assert set(over["after"]) == {"cannot-exclude"}


# --- names, questions, input ---------------------------------------------------------------------


def test_a_receiver_near_a_listed_name_is_shown_with_score_and_asked_about():
    found = screen(item(), "2026-11-23", "CN", end_user="Fara Sakht Industry")
    first = found.entities.iloc[0]
    assert first["listed"] == "Farasakht Industries"
    assert "entity" in set(found.questions["question"])


def test_a_home_receiver_is_asked_about_the_announcements_of_2026_only_once_they_hold():
    asked = [set(screen(item(), on, "JP").questions["question"]) for on in ("2026-01-05", "2026-01-06")]
    assert ["japan-2026" in found for found in asked] == [False, True]


def test_technology_is_asked_about_in_both_languages_with_a_reason():
    asked = screen(item("品目区分 = 真空部品"), "2026-11-23", "CN").questions
    assert {"drawings", "recipes", "training", "remote"} <= set(asked["question"])
    assert (asked[["text_ja", "text_en", "why_ja", "why_en"]] != "").all(axis=None)


def test_records_without_items_give_empty_tables_and_the_notes():
    found = screen(Shop.of({}), "2026-11-23", "CN")
    assert found.verdicts.empty
    assert found.questions.empty
    assert found.notes["note"].iloc[0] == "draft"


def test_specifications_that_cannot_be_read_are_named():
    found = screen(item("純度 = 99.5 | 色 = 青 | 内径 = 約30 mm | だけ"), "2026-11-23", "CN")
    assert [problem.key for problem in found.problems] == [
        "screen_spec_unit", "screen_spec_name", "screen_spec_about", "screen_spec_form",
    ]  # fmt: skip
    assert all(problem.text("ja") and problem.text("en") for problem in found.problems)


@pytest.mark.parametrize(("on", "where"), [("2026/3/1", "CN"), ("2026-03-01", "Atlantis"), ("", "CN")])
def test_a_day_or_a_destination_that_cannot_be_read_is_refused(on, where):
    with pytest.raises(DataError):
        screen(item(), on, where)


# --- laws ----------------------------------------------------------------------------------------

SPECS = {
    "品目区分": ["永久磁石", "人造黒鉛", "ドライエッチング装置", "真空部品", "集積回路", "酸化物"],
    "含有元素（すべて）": ["Nd, Fe, B", "Nd, Fe, B, Dy", "W", "W, Ni, Fe", "Sb, O", "C"],
    "純度": ["99.5 %", "99.95 %", "4N", "99.999 % 以上"],
    "密度": ["1.6 g/cm3", "1.8 g/cm3", "18 g/cm3"],
    "曲げ強さ": ["20 MPa", "40〜50 MPa"],
    "引張強さ": ["900 MPa", "1300 MPa"],
    "動作温度": ["-270 ℃", "20 ℃"],
    "質量": ["0.5 kg", "30 kg"],
    "先端品": ["はい", "いいえ"],
    "技術提供": ["はい", "いいえ"],
}
DAYS = ["2012-09-01", "2023-07-23", "2024-09-20", "2025-04-04", "2025-10-20", "2026-01-01", "2026-11-23"]
written = st.fixed_dictionaries({}, optional={key: st.sampled_from(values) for key, values in SPECS.items()})


@cache
def stand(on):
    table = control_entries(on)
    return dict(zip(table["entry"], table["standing"], strict=True))


def findings(given_specs, on):
    known, _ = known_of({"item": "A", "material": "", "specs": said(given_specs)})
    return {entry: decide(needs_of(entry), known, how).verdict for entry, how in stand(on).items()}


def said(given_specs):
    return " | ".join(f"{key} = {value}" for key, value in given_specs.items())


@settings(max_examples=25, deadline=None)
@given(written, st.sampled_from(DAYS), st.sampled_from(sorted(SPECS)))
def test_forgetting_a_specification_excludes_nothing_and_learning_one_reopens_nothing(specs, on, key):
    stated = specs.get("含有元素（すべて）", "C")
    assume(specs.get("品目区分") != "人造黒鉛" or stated == "C")  # graphite without carbon contradicts itself
    full = findings(specs, on)
    less = findings({name: value for name, value in specs.items() if name != key}, on)
    assert all(full[entry] == "excluded-by-spec" for entry in full if less[entry] == "excluded-by-spec")
    assert all(less[entry] in (full[entry], "cannot-exclude") for entry in full if full[entry] in OPEN)


@settings(max_examples=12, deadline=None)
@given(written, st.sampled_from(DAYS), st.sampled_from(DAYS))
def test_a_later_day_never_brings_back_an_entry_that_ended(specs, one, other):
    early, late = sorted((one, other))
    ended = {entry for entry, how in stand(early).items() if how == "ended"}
    later = findings(specs, late)
    assert {later[entry] for entry in ended} <= {"not-in-list-on-that-date"}


def test_the_order_of_items_is_of_no_account():
    goods = shop().items
    key = ["item", "entry", "destination", "via"]
    plain, mixed = (
        screen(table, "2026-03-01", "CN").verdicts.sort_values(key, ignore_index=True)
        for table in (goods, goods.iloc[[2, 0, 3, 1]])
    )
    pd.testing.assert_frame_equal(plain, mixed)


finite = st.floats(0.1, 1e4, allow_nan=False)


@settings(max_examples=60, deadline=None)
@given(finite, finite, finite, st.sampled_from([">", ">=", "<", "<="]))
def test_a_range_is_met_only_when_each_of_its_points_is(low, width, limit, operator):
    have = Known("", low, low + width)
    state = compare(Need("mass", operator, f"{limit!r} kg", True), {"mass": have})
    points = [low + width * part / 8 for part in range(9)]
    true = [
        {">": point > limit, ">=": point >= limit, "<": point < limit, "<=": point <= limit}[operator]
        for point in points
    ]
    clear = min(abs(low - limit), abs(low + width - limit)) > 1e-6 * limit
    if clear and state == "met":
        assert all(true)
    if clear and state == "contradicted":
        assert not any(true)
    if clear and state == "unknown":
        assert (any(true) and not all(true)) or low <= limit <= low + width


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("30 mm", 0.03, 0.03),
        ("３０ｍｍ", 0.03, 0.03),
        ("1,200 µm", 0.0012, 0.0012),
        ("1~2 in", 0.0254, 0.0508),
        ("100±5 mm", 0.095, 0.105),
    ],
)
def test_lengths_are_read_in_any_unit_and_width(text, low, high):
    known, problems = read_specs(f"内径 = {text}")
    assert problems == []
    assert (known["inner_diameter"].low, known["inner_diameter"].high) == pytest.approx((low, high))


def test_a_composition_with_contents_a_rest_and_formulas_is_read():
    known, problems = read_specs("含有元素（すべて） = Nd 30 %, Fe 残部, B 1.0%, Dy <0.5 %")
    assert problems == []
    assert known["elements"].words == {"Nd", "Fe", "B", "Dy"}
    assert known["content:Nd"].low == pytest.approx(0.3)
    assert known["elements"].complete
    assert read_specs("成分 = Sb2O3")[0]["elements"].words == {"Sb", "O"}


def test_a_complete_list_with_a_name_that_is_not_understood_is_not_complete():
    known, problems = read_specs("含有元素（すべて） = Nd、Fe、B、バインダ")
    assert known["elements"].words == {"Nd", "Fe", "B"}
    assert not known["elements"].complete
    assert [problem.key for problem in problems] == ["screen_spec_elements"]


@settings(max_examples=40, deadline=None)
@given(st.text(alphabet="純度=含有元素（すべて）|<>≥%mkgφ±〜約NdFeB,、9.1 -以上e", max_size=50))
def test_no_text_breaks_the_reading_and_what_is_read_is_a_range(text):
    known, problems = read_specs(text)
    assert all(one.low <= one.high for one in known.values())
    assert all(problem.text("ja") for problem in problems)


def test_unknown_is_an_answer():
    assert read_specs("純度 = 不明 | 先端品 = 未確認 | 品目区分 = -") == ({}, [])


# --- the tables ----------------------------------------------------------------------------------


def test_every_packaged_threshold_fits_its_specification():
    for row in screening_table("entry_specs").to_dict("records"):
        assert is_spec(row["spec"]), row
        assert fits(row["spec"], row["operator"], row["threshold"]), row


OWN = (
    "entry,authority,kind,item_en,item_ja,basis_en,basis_ja,"
    "destination_group,grain,status,source,checked_on\n"
)
OWN_ROW = "{entry},JP,goods,Our list,自社の一覧,Rule,規程,world,text-copy,{status},user,2026-11-01\n"
NEEDS = "entry,order,spec,operator,threshold,source,verified\n"


def own_list(folder, entry="own-1", status="verified", need="purity,>,99.9 %"):
    (folder / "entries.csv").write_text(OWN + OWN_ROW.format(entry=entry, status=status), encoding="utf-8")
    (folder / "specs.csv").write_text(f"{NEEDS}own-1,1,{need},user,yes\n", encoding="utf-8")
    return read_own(folder / "entries.csv", folder / "specs.csv")


def test_a_list_of_ones_own_is_compared_beside_ours_and_excludes_only_when_verified(tmp_path):
    impure = item("純度 = 99.5 %")
    sure = screen(impure, "2026-11-23", "CN", own=own_list(tmp_path)).verdicts.set_index("entry")
    loose = screen(impure, "2026-11-23", "CN", own=own_list(tmp_path, status="unverified")).verdicts
    assert sure.at["own-1", "verdict"] == "excluded-by-spec"
    assert loose.set_index("entry").at["own-1", "verdict"] == "cannot-exclude"
    assert len(sure) == len(control_entries()) + 1


@pytest.mark.parametrize(
    ("more", "key"),
    [
        ({"need": "purity,>,99.9"}, "screen_entry_threshold"),
        ({"need": "colour,>,3 mm"}, "screen_entry_spec"),
        ({"entry": "own-2"}, "screen_entry_unknown"),
        ({"entry": "jp-23-etching"}, "duplicate"),
    ],
)
def test_a_list_of_ones_own_that_could_not_be_compared_is_refused_by_cell(tmp_path, more, key):
    with pytest.raises(DataError) as caught:
        own_list(tmp_path, **more)
    assert key in {problem.key for problem in caught.value.problems}


def test_units_of_one_dimension_convert_to_each_other():
    assert UNITS["MPa"][1] == UNITS["N/mm2"][1]
    assert {dimension for dimension, _ in UNITS.values()} >= {"length", "mass", "pressure", "share"}
