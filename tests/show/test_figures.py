import datetime as dt

import pandas as pd
import pytest

from meguri import show
from meguri.show.figures.axes import month_place, month_starts, month_ticks
from meguri.show.figures.price import is_log, moved_most, price_bands
from meguri.show.figures.production import most_lost, production_bands
from meguri.show.figures.recovery import tts_against_ttr
from meguri.show.figures.stops import gantt, gantt_rows
from meguri.show.figures.structure import drawable, sankey, stage_flows, tightest
from meguri.show.headline import headline
from meguri.show.ink import stage_hue
from meguri.show.short import ends, in_order
from tests.show import told

START, HORIZON = told.START, told.HORIZON


def bars(chart):
    return {s["name"]: [d["value"] for d in s["data"]] for s in chart.option["series"] if s["type"] == "bar"}


def names(chart):
    return [str(name).replace("\n", " ") for name in chart.option["yAxis"][0]["data"]]


def test_gantt_has_one_row_for_each_process_that_may_fall_short():
    chart = gantt(told.survival_table(), start=START, horizon=HORIZON)
    assert len(names(chart)) == len(chart.table) == 9
    assert "Bayan Obo and Sichuan, China" not in names(chart)
    assert "5 further processes" in chart.subtitle


def test_gantt_rows_follow_the_stages_and_then_the_day():
    chart = gantt(told.survival_table(), start=START, horizon=HORIZON)
    assert list(chart.table["node"]) == [
        "jp-dymetal", "vn-metal", "jp-alloy", "jp-magnet-a", "jp-magnet-b", "jp-hotdeform",
        "jp-motor", "jp-auto", "jp-robot",
    ]  # fmt: skip


def test_gantt_bar_runs_from_the_median_day_of_falling_short_to_that_of_recovery():
    chart = gantt(told.survival_table(), start=START, horizon=HORIZON)
    before, early, short, late = (bars(chart)[key][0] for key in ("before", "early", "short", "late"))
    first = dt.date.fromisoformat(START)

    def place(days):
        return month_place(first + dt.timedelta(days=days), first)

    assert before == pytest.approx(place(22), abs=1e-3)
    assert before + early == pytest.approx(place(34), abs=1e-3)
    assert before + early + short == pytest.approx(place(163), abs=1e-3)
    assert before + early + short + late == pytest.approx(place(244), abs=1e-3)


def test_gantt_first_bar_is_unseen_and_the_range_is_paler_than_the_median():
    chart = gantt(told.survival_table(), start=START, horizon=HORIZON)
    series = {s["name"]: s for s in chart.option["series"]}
    opacity = {key: series[key]["data"][0]["itemStyle"]["opacity"] for key in bars(chart)}
    assert opacity["before"] == 0 and opacity["early"] == opacity["late"] < opacity["short"] == 1
    assert series["short"]["data"][0]["itemStyle"]["color"] == stage_hue("metal")


def test_gantt_bar_that_never_ends_reaches_the_horizon_and_says_so():
    chart = gantt(told.survival_table(), start=START, horizon=HORIZON)
    row = list(chart.table["node"]).index("jp-auto")
    first = dt.date.fromisoformat(START)
    end = month_place(first + dt.timedelta(days=HORIZON), first)
    assert sum(bars(chart)[key][row] for key in bars(chart)) == pytest.approx(end, abs=1e-3)
    assert chart.option["yAxis"][2]["data"][row] == "From day 187, not back"


def test_gantt_row_without_a_median_day_is_pale_only():
    chart = gantt(told.survival_table(), start=START, horizon=HORIZON)
    row = list(chart.table["node"]).index("jp-hotdeform")
    assert bars(chart)["short"][row] == 0 and bars(chart)["early"][row] > 0
    assert chart.option["yAxis"][2]["data"][row] == "38% of runs, day 70 on"


def test_gantt_bars_never_have_a_negative_length_whatever_the_percentiles():
    survival = told.survival_table()
    survival["ttr_d"] = 0.0  # never falls short in the median, though tts says otherwise
    rows = gantt_rows(survival, HORIZON)
    ends = rows[["pale_from", "solid_from", "solid_to", "pale_to"]]
    assert (ends.diff(axis=1).iloc[:, 1:] >= 0).all().all()


def test_gantt_title_names_the_first_process_and_its_day_in_both_languages():
    en = gantt(told.survival_table(), start=START, horizon=HORIZON)
    ja = gantt(told.survival_table(), start=START, horizon=HORIZON, lang="ja")
    assert en.title == (
        "7 of 14 processes fall short; the first is Dysprosium metal and alloy makers, Japan, on 8 May 2025"
    )
    assert "ジスプロシウム金属・合金メーカー（日本）、2025年5月8日" in ja.title


def test_gantt_of_a_chain_that_holds_says_so_and_draws_nothing():
    survival = told.survival_table()
    survival[["tts_d", "tts_d_p10", "tts_d_p90"]] = float("nan")
    chart = gantt(survival, start=START, horizon=HORIZON)
    assert chart.title == "No process falls short within 18 months in the median run"
    assert len(chart.table) == 0 and bars(chart)["short"] == []


def many(n):
    survival = pd.concat([told.survival_table().query("node == 'jp-alloy'")] * n, ignore_index=True)
    return survival.assign(node=[f"n{i}" for i in range(n)], tts_d=[float(60 + i) for i in range(n)])


def test_a_gantt_of_many_rows_still_fits_on_a_sheet_and_says_what_it_leaves_out():
    chart = gantt(many(50), start=START, horizon=HORIZON)
    assert len(names(chart)) == 36 and len(chart.table) == 50
    assert "The 36 that fall short first are drawn" in chart.subtitle
    assert chart.height <= 880  # px of an A4 sheet below the heading
    assert max(gantt(many(n), start=START, horizon=HORIZON).height for n in range(1, 40)) <= 880


def test_equal_days_put_the_larger_plan_first_in_title_and_sentence_alike():
    survival = many(3).assign(tts_d=60.0, plan=[1.0, 9.0, 4.0], label_en=["a", "b", "c"])
    assert "the first is b," in gantt(survival, start=START, horizon=HORIZON).title
    assert "First to fall short: b," in headline(told.outcome(survival=survival), "en")[0]


def test_months_start_with_the_control_and_carry_the_year_where_it_changes():
    months = month_starts(dt.date(2025, 4, 4), dt.date(2026, 10, 4))
    labels, step = month_ticks(months, "ja")
    assert labels[0] == "2025年\n4月" and step == 3
    assert [label for label in labels if label][3] == "2026年\n1月"
    assert len(labels) == len(months) == 20


def test_production_shows_only_processes_that_lose_and_in_the_order_of_stages():
    survival = told.survival_table()
    shown = most_lost(told.production_table(), survival, [], 9)
    assert list(shown["stage"]) == sorted(
        shown["stage"], key=["metal", "alloy", "magnet", "part", "equipment"].index
    )
    assert "cn-ore" not in set(shown["node"]) and "jp-dymetal" in set(shown["node"])


def test_production_band_lies_between_p10_and_p90():
    production, survival = told.production_table(), told.survival_table()
    chart = production_bands(production, survival, start=START, horizon=HORIZON)
    floor, band, line = chart.option["series"][:3]
    points = production[production["node"] == "jp-dymetal"]
    assert [y for _, y in floor["data"]] == pytest.approx(list(100 * points["p10"]))
    assert [y for _, y in band["data"]] == pytest.approx(list(100 * (points["p90"] - points["p10"])))
    assert [y for _, y in line["data"]] == pytest.approx(list(100 * points["p50"]))
    assert floor["stack"] == band["stack"] and line["lineStyle"]["color"] == stage_hue("metal")


def test_production_axis_holds_output_above_plan():
    production = told.production_table().assign(p90=1.3)
    chart = production_bands(production, told.survival_table(), start=START, horizon=HORIZON)
    assert chart.option["yAxis"][0]["max"] == 150 and "cut" not in chart.subtitle


def test_production_axis_is_cut_where_makers_catch_up_and_says_so():
    production = told.production_table().assign(p90=3.1)
    chart = production_bands(production, told.survival_table(), start=START, horizon=HORIZON)
    assert {axis["max"] for axis in chart.option["yAxis"]} == {150}
    assert "The axis is cut at 150%." in chart.subtitle


def test_production_leaves_out_makers_that_only_lose_orders():
    production = told.production_table()
    production.loc[production["node"] == "cn-ore", ["p10", "p50", "p90"]] = 0.1
    survival = told.survival_table()
    assert "cn-ore" not in set(most_lost(production, survival, ["JP"], 9)["node"])
    assert set(most_lost(production, survival, ["JP"], 3)["country"]) == {"JP"}
    assert survival["share_stopped"].between(0.01, 0.09).any()  # too seldom to be seen in a band
    assert (most_lost(production, survival, ["JP"], 99)["share_stopped"] >= 0.1).all()
    rare = survival.assign(share_stopped=survival["share_stopped"].clip(upper=0.05))
    assert len(most_lost(production, rare, ["JP"], 9)) == 3


def test_calm_production_says_so():
    calm = told.production_table().assign(p10=1.0, p50=1.0, p90=1.0)
    chart = production_bands(calm, told.survival_table(), start=START, horizon=HORIZON)
    assert chart.title.startswith("In the median run, no process that lacks inputs falls")


def test_price_axis_is_logarithmic_only_when_prices_rise_fivefold():
    price = told.price_table()
    low = price[price["element"] != "Y"].assign(p10=1.0, p50=1.5, p90=2.0)
    assert is_log(price) and price_bands(price).option["yAxis"][0]["type"] == "log"
    assert not is_log(low) and price_bands(low).option["yAxis"][0]["type"] == "value"


def test_price_draws_both_sides_of_the_border_and_the_movers_first():
    chart = price_bands(told.price_table())
    assert list(moved_most(told.price_table(), 1)["element"]) == ["Y"]
    lines = [s["name"] for s in chart.option["series"] if "-" not in s["name"]]
    assert lines == [f"{side} {n}" for n in range(4) for side in ("inside", "outside")]
    assert chart.title.startswith("Yttrium oxide or compound costs 11 times its former price outside")


def test_an_outcome_without_prices_gives_a_figure_that_says_so():
    chart = price_bands(told.price_table().head(0), lang="ja")
    assert chart.title == "価格は計算していない" and chart.option["series"] == []


def test_flows_are_summed_by_stage_and_country_in_contained_elements():
    chain = told.chain_tables()
    table = stage_flows(chain.nodes, chain.flows, chain.contents, ["Dy"])
    row = table[(table["from_country"] == "MM")].iloc[0]
    assert row["amount"] == pytest.approx(900 * 0.045) and bool(row["marked"])
    assert table.groupby("to_stage")["share"].sum().tolist() == pytest.approx(
        [1] * table["to_stage"].nunique()
    )


def test_suppliers_that_are_not_qualified_are_left_out_of_the_structure():
    chain = told.chain_tables()
    flows = chain.flows.assign(qualified=[False] + [True] * (len(chain.flows) - 1))
    assert "MM" not in set(stage_flows(chain.nodes, flows)["from_country"])
    flows["qualified"] = pd.array([pd.NA] * len(flows), dtype="boolean")  # not said counts as qualified
    assert "MM" in set(stage_flows(chain.nodes, flows)["from_country"])


def test_sankey_never_holds_a_cycle_even_with_scrap_returned():
    columns = ["from_stage", "from_country", "to_stage", "to_country"]
    rows = [
        ("magnet", "JP", "part", "JP"), ("part", "JP", "recycling", "JP"),
        ("recycling", "JP", "magnet", "JP"), ("magnet", "CN", "magnet", "JP"),
    ]  # fmt: skip
    table = pd.DataFrame(rows, columns=columns).assign(amount=1.0, share=0.5, marked=False)
    chart = sankey(table)
    series = chart.option["series"][0]
    depth = {block["name"]: block["depth"] for block in series["data"]}
    assert all(depth[link["source"]] < depth[link["target"]] for link in series["links"])
    assert len(drawable(table)) == 3 and "table only" in chart.subtitle
    assert min(depth.values()) == 0


def test_sankey_titles_who_holds_the_controlled_elements():
    chart = show.structure(told.outcome(), "ja")
    assert chart.title == "分離の段階ではジスプロシウム、テルビウムの99.8%を中国が握る"
    assert "ジスプロシウム" in chart.subtitle and "2024年" in chart.subtitle


def test_recovery_puts_ttr_across_and_tts_up_so_that_the_gap_lies_below_the_diagonal():
    chart = tts_against_ttr(told.survival_table(), start=START, horizon=HORIZON)
    points = {d["name"]: d for d in chart.option["series"][-1]["data"]}
    assert points["Strip-cast alloy for sintered magnets, Japan"]["value"] == [188.0, 58.0]
    assert all(x >= y for x, y in (d["value"] for d in points.values()))
    assert points["Electrified vehicles, Japan"]["value"][0] == HORIZON
    assert points["Electrified vehicles, Japan"]["symbol"] == "triangle"
    assert "Mount Weld, Australia" not in points


def test_recovery_of_a_chain_that_holds_is_empty_and_says_so():
    survival = told.survival_table()
    survival[["tts_d", "ttr_d"]] = float("nan")
    chart = tts_against_ttr(survival, start=START, horizon=HORIZON, lang="ja")
    assert chart.title == "回復より先に枯渇する工程はない" and len(chart.table) == 0


def crossed():
    """Motors fall short in hardly more than half of the runs: their median days form no pair."""
    survival = told.survival_table()
    survival.loc[survival["node"] == "jp-motor", ["ttr_d", "ttr_d_p10", "share_stopped"]] = [120.0, 0.0, 0.52]
    return survival


def test_medians_that_form_no_pair_are_said_as_a_share_and_drawn_pale():
    chart = gantt(crossed(), start=START, horizon=HORIZON, lang="ja")
    row = list(chart.table["node"]).index("jp-motor")
    assert chart.option["yAxis"][2]["data"][row] == "試行の52%、96日目〜"
    assert bars(chart)["short"][row] == 0 and bars(chart)["early"][row] > 0


def test_recovery_leaves_out_medians_that_form_no_pair_and_counts_them():
    chart = tts_against_ttr(crossed(), start=START, horizon=HORIZON)
    assert "jp-motor" not in set(chart.table["node"]) and in_order(chart.table).all()
    assert "Left out: 4 processes" in chart.subtitle


def test_the_holder_of_a_stage_is_never_the_buyer_and_counts_what_it_takes_in():
    chain = told.chain_tables()
    table = stage_flows(chain.nodes, chain.flows, chain.contents, ["Nd"])
    top = tightest(chain.nodes, chain.contents, table, ["Nd"], ["JP"])
    assert (top.stage, top.country) == ("metal", "VN") and top.share == 1
    made, taken = 7600 * 0.85, 52000 * 0.09  # China's separation makes no Nd oxide here, but takes Nd in
    both = tightest(chain.nodes[chain.nodes["stage"] == "separation"], chain.contents, table, ["Nd"])
    assert both.country == "MY" and both.share == pytest.approx(made / (made + taken))
    assert tightest(chain.nodes, chain.contents, table.head(0), ["W"]) is None


def test_blocks_keep_one_order_of_countries_in_every_column():
    blocks = show.structure(told.outcome()).option["series"][0]
    assert blocks["layoutIterations"] == 0
    column = {}
    for block in blocks["data"]:
        column.setdefault(block["name"].split("|")[1], []).append(block["name"])
    assert [name.split("|")[1] for name in (b["name"] for b in blocks["data"])] == [
        country for country, names in column.items() for _ in names
    ]


def test_end_users_deliver_to_nobody_in_the_economy():
    chain = told.chain_tables()
    assert ends(chain.nodes, chain.flows, ["JP"]) == ["jp-auto", "jp-robot"]
    assert ends(chain.nodes, chain.flows, ["VN"]) == ["vn-metal"]  # its customers stand elsewhere


def test_stocks_are_drawn_from_the_start_to_the_worst_day():
    chart = show.stocks(told.outcome())
    start, worst = chart.option["series"][-2:]
    row = list(chart.table["node"]).index("jp-dymetal")
    assert start["data"][row]["value"] == [45.0, row] and worst["data"][row]["value"] == [0.9, row]
    assert set(chart.table["country"]) == {"JP"}
    assert chart.title.startswith("In Japan, no process runs out of stock in the median run; Dysprosium")


def test_stocks_that_run_out_are_counted_and_untouched_ones_left_out():
    survival = told.survival_table()
    survival.loc[survival["node"] == "jp-dymetal", "lowest_cover_d"] = 0.0
    survival.loc[survival["node"] == "jp-robot", "lowest_cover_d"] = 44.5
    chart = show.stocks(told.outcome(survival=survival), "ja")
    assert chart.title == "日本の8工程のうち1工程で、中央値の試行では在庫が尽きる"
    assert "1工程は除く" in chart.subtitle and "jp-robot" not in set(chart.table["node"])
    calm = survival.assign(lowest_cover_d=survival["cover_d"])
    assert show.stocks(told.outcome(survival=calm)).title == "In Japan, stocks are hardly drawn down"
