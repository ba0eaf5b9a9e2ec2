"""Position, functions held alone and succession: small networks worked by hand, laws, and named errors."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from meguri.base.errors import DataError
from meguri.observe.shop import Shop
from meguri.structure.knowhow import (
    TABLES,
    Network,
    all_leave,
    glue,
    kept_after,
    levels,
    participation,
    position,
    single_holders,
    succession,
)
from meguri.structure.knowhow_read import example_network, network_of_shop, read_network


def network(roles: list[tuple[str, str, str]], sectors: dict[str, str], **more: pd.DataFrame) -> Network:
    """Firms of one region; ``sectors`` process → sector, every process of one kind of work."""
    return Network.of({
        "firms": pd.DataFrame({"firm": sorted({firm for firm, _, _ in roles}), "region": "r"}),
        "processes": pd.DataFrame({"process": list(sectors), "work": "HIP", "customer": "X",
                                   "sector": list(sectors.values())}),
        "roles": pd.DataFrame(roles, columns=["firm", "process", "function"]), **more,
    })  # fmt: skip


def people(*rows: tuple[str, float | None, float | None]) -> pd.DataFrame:
    return pd.DataFrame([
        {"person": f"p{n}", "firm": firm, "work": "HIP", "age_low": low, "age_high": high}
        for n, (firm, low, high) in enumerate(rows)
    ])  # fmt: skip


def test_a_firm_between_two_sectors_lies_on_every_way_between_them() -> None:
    """By hand: of the 4 points a-automotive-b-medical-c in a row (5 points), b lies on 4 of 6 pairs."""
    row = network(
        [("a", "p1", "trouble"), ("b", "p1", "trouble"), ("b", "p2", "trouble"), ("c", "p2", "trouble")],
        {"p1": "automotive", "p2": "medical"},
    )
    table = position(row).set_index("firm")
    assert table["betweenness"].round(4).to_dict() == {"b": 0.6667, "a": 0.0, "c": 0.0}
    assert table["participation"].to_dict() == {"b": 0.5, "a": 0.0, "c": 0.0}
    assert table["single_holder_functions"].sum() == 0, "three firms hold the one function"


def test_processes_of_no_known_sector_join_nothing() -> None:
    table = position(
        network([("a", "p1", "trouble"), ("a", "p2", "trouble")], {"p1": "other", "p2": "medical"})
    )
    assert table[["betweenness", "sectors", "processes"]].to_numpy().tolist() == [[0, 1, 2]]


@given(st.lists(st.integers(1, 9), min_size=1, max_size=8), st.integers(1, 5))
def test_participation_depends_on_shares_alone_and_never_reaches_one(counts: list[int], times: int) -> None:
    assert participation(counts) == pytest.approx(participation([times * one for one in counts]))
    assert 0 <= participation(counts) <= 1 - 1 / len(counts) + 1e-12


def test_a_function_stops_being_held_alone_when_a_second_firm_of_the_region_holds_it() -> None:
    sectors = {"p1": "automotive", "p2": "medical"}
    alone = network([("a", "p1", "trouble"), ("a", "p2", "conditions")], sectors)
    assert single_holders(alone)[["function", "level", "firm"]].to_numpy().tolist() == [
        ["trouble", "very_low", "a"], ["conditions", "low", "a"],
    ]  # fmt: skip
    joined = network([("a", "p1", "trouble"), ("a", "p2", "conditions"), ("b", "p2", "trouble")], sectors)
    assert single_holders(joined)["function"].tolist() == ["conditions"]


def test_improvement_proposals_keep_the_level_of_their_own_row() -> None:
    """N6: table 2-7 says low to very low for all, table 2-2 medium for this one."""
    assert dict(levels()) == {
        "conditions": "low", "grade_tuning": "low", "variation": "low", "trouble": "very_low",
        "improvement": "medium",
    }  # fmt: skip


def test_work_that_many_firms_do_for_many_sectors_is_the_glue() -> None:
    table = glue(example_network())
    assert table.loc[0, ["work", "sectors", "firms"]].tolist() == ["heat treatment", 3, 2]


# --- succession -----------------------------------------------------------------------------------


def test_knowhow_lost_equals_the_case_worked_by_hand() -> None:
    """Holders of 72 (gone within five years) and 40 (stays), a fifth written down: (1 − 0.2)·½ = 0.4."""
    assert kept_after([1.0, 0.0], 0.2) == pytest.approx(1 - 0.4)
    assert kept_after([1.0], 0.0, learning=0.02) == pytest.approx(0.0), "what is learnt goes with the holder"
    gain = kept_after([0.0], 0.0, learning=0.02, transfer=0.1)
    assert gain == pytest.approx(1 + 5 * 0.12), "nobody leaves: rates times years"


def test_knowhow_follows_the_equation_when_people_leave_at_an_even_rate() -> None:
    """A plain Euler twin of dU/dt = learning·1(anybody) − hazard·U with five thousand steps."""
    leave, learning, steps = 0.6, 0.03, 5000
    tacit, years = 0.7, 5.0
    for step in range(steps):
        gone = leave * step / steps
        hazard = leave / (1 - gone) / steps
        tacit += learning * (1 - gone) * years / steps - hazard * tacit
    assert kept_after([leave], 0.3, learning) == pytest.approx(0.3 + tacit, abs=2e-3)


shares = st.floats(0, 1)


@given(st.lists(shares, min_size=1, max_size=5), shares, st.floats(0, 0.05), st.floats(0, 0.2))
def test_a_second_holder_who_stays_as_long_as_the_others_never_raises_the_loss(
    leave: list[float], codified: float, learning: float, transfer: float
) -> None:
    more = [*leave, sum(leave) / len(leave)]
    before, after = (kept_after(one, codified, learning, transfer) for one in (leave, more))
    assert after >= before - 1e-9


@given(st.lists(shares, min_size=1, max_size=4), shares, shares)
def test_more_written_down_never_loses_more(leave: list[float], one: float, other: float) -> None:
    assert kept_after(leave, max(one, other)) >= kept_after(leave, min(one, other)) - 1e-12


def test_unknown_ages_stay_unknown_and_widen_the_range() -> None:
    one = network([("a", "p1", "trouble")], {"p1": "medical"}, people=people(("a", None, None)),
                  written=pd.DataFrame({"firm": ["a"], "work": ["HIP"], "codified": [0.25]}))  # fmt: skip
    row = succession(one).iloc[0]
    assert (row["reason"], pd.isna(row["expected_loss_5y"])) == ("no-ages", True)
    assert row["low"] == 0.0 and row["high"] == pytest.approx(0.75)
    assert all_leave(one)[["low", "high"]].to_numpy().tolist() == [[0.0, 1.0]]


def test_a_firm_without_people_on_record_is_unknown_and_not_safe() -> None:
    table = succession(network([("a", "p1", "trouble")], {"p1": "medical"}))
    assert table[["holders", "low", "high", "reason"]].to_numpy().tolist() == [[0, 0.0, 1.0, "no-holders"]]


def test_who_still_learns_is_no_holder() -> None:
    learner = people(("a", 72, 74), ("a", 20, 24)).assign(learning=[False, True], can_teach=[True, False])
    one = network([("a", "p1", "trouble")], {"p1": "medical"}, people=learner)
    assert succession(one)["holders"].tolist() == [1]
    assert all_leave(one)["chance"].tolist() == [1.0]


# --- reading --------------------------------------------------------------------------------------


def write(folder: Path, **tables: pd.DataFrame) -> Path:
    for name, frame in tables.items():
        frame.to_csv(folder / f"{name}.csv", index=False)
    return folder


def test_a_workbook_with_japanese_headings_is_the_same_network(tmp_path: Path) -> None:
    book = Workbook()
    sheets: dict[str, list[list[Any]]] = {
        "企業": [["企業（符号）", "地域"], ["a", "北"]],
        "工程": [["工程", "加工の種類", "取引先", "産業"], ["p1", "熱処理", "X社", "半導体"]],
        "役割": [[None, None, None], ["企業（符号）", "工程", "機能"], ["a", "p1", "不具合対応"]],
    }
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.save(tmp_path / "network.xlsx")
    read = read_network(tmp_path / "network.xlsx")
    assert read.processes["sector"].tolist() == ["semiconductor"]
    assert read.roles[["firm", "process", "function"]].to_numpy().tolist() == [["a", "p1", "trouble"]]


def test_an_age_band_that_falls_is_named() -> None:
    with pytest.raises(DataError, match=r"people\[2\].age_low: found '70 … 60'"):
        network([("a", "p1", "trouble")], {"p1": "medical"}, people=people(("a", 60, 70), ("a", 70, 60)))


def test_two_sheets_for_one_table_are_refused(tmp_path: Path) -> None:
    folder = write(tmp_path, firms=pd.DataFrame({"firm": ["a"]}), 企業=pd.DataFrame({"firm": ["b"]}))
    with pytest.raises(DataError, match="same table"):
        read_network(folder)


@settings(max_examples=8, deadline=None)
@given(st.data())
def test_any_mutation_of_the_tables_is_read_or_refused_by_cell(data: st.DataObject) -> None:
    """No traceback, whatever stands in a cell: a wrong value is named with table and column."""
    tables = {name: getattr(example_network(), name).astype(object) for name in TABLES}
    for _ in range(data.draw(st.integers(1, 4))):
        name = data.draw(st.sampled_from(TABLES))
        frame = tables[name]
        row, column = (data.draw(st.integers(0, size - 1)) for size in frame.shape)
        odd = st.one_of(
            st.text(max_size=8), st.floats(), st.none(), st.booleans(), st.integers(-(10**18), 10**18)
        )
        frame.iat[row, column] = data.draw(odd)
    try:
        made = Network.of(tables, "fuzzed.xlsx")
    except DataError as error:
        assert all(
            problem.place.split("[")[0].removeprefix("knowhow_") in TABLES for problem in error.problems
        )
        assert error.text("ja") and error.text("en")
        return
    assert position(made)["betweenness"].between(0, 1).all()
    table = succession(made)
    assert ((table["low"] >= 0) & (table["low"] <= table["high"]) & (table["high"] <= 1)).all()


def test_every_wrong_name_is_told_with_its_place(tmp_path: Path) -> None:
    folder = write(
        tmp_path,
        firms=pd.DataFrame({"firm": ["heat"]}),
        processes=pd.DataFrame(
            {"process": ["p1"], "work": ["HIP"], "customer": ["X"], "sector": ["medical"]}
        ),
        roles=pd.DataFrame({"firm": ["haet", "heat"], "process": ["p1", "p2"], "function": ["trouble"] * 2}),
        people=pd.DataFrame({"person": ["x"], "firm": ["none"], "work": ["HIP"]}),
    )
    with pytest.raises(DataError) as error:
        read_network(folder)
    told = {(problem.place, problem.found, problem.key) for problem in error.value.problems}
    assert told == {
        ("roles[1].firm", "haet", "knowhow_firm"), ("roles[2].process", "p2", "knowhow_process"),
        ("people[1].firm", "none", "knowhow_firm"),
    }  # fmt: skip
    assert "did you mean heat" in error.value.text()


@pytest.mark.parametrize(
    ("column", "value", "key"),
    [
        ("sector", "shipbuildng", "term_sme_industries"),
        ("yield_sd", "2", "out_of_range"),
        ("work", "", "cell_empty"),
    ],
)
def test_cells_that_are_not_as_declared_are_named(tmp_path: Path, column: str, value: str, key: str) -> None:
    processes = {"process": "p1", "work": "HIP", "customer": "X", "sector": "medical", "yield_sd": ""}
    folder = write(
        tmp_path,
        firms=pd.DataFrame({"firm": ["a"]}),
        processes=pd.DataFrame([processes | {column: value}]),
        roles=pd.DataFrame({"firm": ["a"], "process": ["p1"], "function": ["trouble"]}),
    )
    with pytest.raises(DataError) as error:
        read_network(folder)
    assert [(problem.key, problem.place) for problem in error.value.problems] == [
        (key, f"knowhow_processes[1].{column}")
    ]


@pytest.mark.parametrize("name", ["nothing.xlsx", "nothing", "text.txt"])
def test_what_is_no_network_is_refused_by_name(tmp_path: Path, name: str) -> None:
    (tmp_path / "text.txt").write_text("hello")
    with pytest.raises(DataError, match=name):
        read_network(tmp_path / name)


def test_missing_tables_are_all_named(tmp_path: Path) -> None:
    with pytest.raises(DataError) as error:
        read_network(write(tmp_path, firms=pd.DataFrame({"firm": ["a"]})))
    assert [problem.details["table"] for problem in error.value.problems] == ["processes", "roles"]


def test_the_records_of_a_shop_show_which_functions_left_a_trace() -> None:
    shop = Shop.of({
        "jobs": pd.DataFrame({
            "job": ["1", "2"], "process": ["HIP", "研磨"], "customer": ["X", "X"], "material": ["Ti", ""],
            "asset": ["F1", "G1"], "rework": ["no", "yes"],
        }),
        "stops": pd.DataFrame({"stop": ["s"], "asset": ["F1"], "start": ["2025-04-01"], "cause": ["heater"]}),
        "works": pd.DataFrame({"work": ["w"], "asset": ["G1"], "kind": ["upgrade"]}),
        "customers": pd.DataFrame({"customer": ["X"], "industry": ["航空"]}),
        "people": pd.DataFrame({"person": ["p"], "process": ["HIP"], "age_low": [60], "age_high": [64]}),
    })  # fmt: skip
    read = network_of_shop(shop)
    assert read.roles[["process", "function"]].to_numpy().tolist() == [
        ["HIP / X", "conditions"], ["HIP / X", "trouble"], ["研磨 / X", "variation"],
        ["研磨 / X", "improvement"],
    ]  # fmt: skip
    assert set(read.processes["sector"]) == {"aerospace"}
    assert succession(read).set_index("process")["holders"].to_dict() == {"HIP": 1, "研磨": 0}


def test_a_shop_without_processes_or_customers_is_told_what_is_missing() -> None:
    with pytest.raises(DataError, match="network of your own"):
        network_of_shop(Shop.of({"jobs": pd.DataFrame({"job": ["1"], "process": ["HIP"]})}))


def test_the_order_of_rows_changes_no_position() -> None:
    one = example_network()
    other = Network(one.firms, one.processes, one.roles.iloc[::-1], one.people, one.written)
    pd.testing.assert_frame_equal(position(other), position(one))
