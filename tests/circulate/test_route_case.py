"""Cases are read whole: every problem at once, no figure without evidence, gates heeded."""

from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from meguri.base.errors import DataError
from meguri.base.sources import cited
from meguri.base.terms import packaged
from meguri.circulate.figures import feeds_of, figures, plan_worth
from meguri.circulate.numbers import numbers
from meguri.circulate.route_case import (
    RouteCase,
    case_from_tables,
    case_names,
    chosen,
    load_case,
    missing_evidence,
    route_system,
    routing,
)
from meguri.circulate.routes import TABLES
from meguri.circulate.whatif import gate_levels, mixed


def raw(name: str = "dy-routes") -> tuple[dict[str, pd.DataFrame], dict[str, str]]:
    case = load_case(name)
    return {table: frame.astype(object) for table, frame in case.tables.items()}, dict(case.about)


def problems(tables: dict[str, pd.DataFrame], about: dict[str, str]) -> dict[str, str]:
    with pytest.raises(DataError) as caught:
        case_from_tables(tables, about)
    return {problem.key: problem.place for problem in caught.value.problems}


@pytest.mark.parametrize("name", case_names())
@pytest.mark.slow
def test_every_packaged_case_is_sound_once_its_unsourced_numbers_are_signed_for(name: str) -> None:
    case = load_case(name, "a tester")
    assert route_system(case).burden.shape == (len(case.routes),)
    bare = load_case(name)
    if missing_evidence(bare, bare.use, bare.metric):
        with pytest.raises(DataError, match="signed_off_by"):
            route_system(bare)


@pytest.mark.parametrize("name", case_names())
def test_every_source_of_a_packaged_case_is_known(name: str) -> None:
    frames = [frame for frame in load_case(name).tables.values() if "source" in frame]
    table = cited(key for frame in frames for key in frame["source"])
    assert table[table["producer"] == ""]["source"].tolist() == []


def test_the_cases_of_the_method_need_no_signature() -> None:
    for name in ("dy-routes", "dy-position"):
        assert len(route_system(load_case(name)).states)


def test_all_problems_are_named_at_once() -> None:
    tables, about = raw()
    routes, plans = tables["routes"], tables["plans"]
    routes.loc[len(routes)] = {**routes.loc[0], "to_state": "shredded", "share": 0.2, "share_low": 0.1}
    plans.loc[0, "share"], plans.loc[1, "route"] = 1.0, "sx"
    plans.loc[len(plans)] = {**plans.loc[0], "route": "hpms", "share": 0.5}
    tables["burdens"].loc[0, ["grade", "note"]] = ["assumed", ""]
    tables["feeds"].loc[1, "origin"] = "new"
    found = problems(tables, {**about, "direct": "Z"})
    assert found["two_origins"] == "feeds[ev].origin"
    assert found["key_of_table"] == "about.direct"
    assert found["yields_over_one"] == "routes[hpms].share"
    assert found["plan_over_one"] == "plans[A, used_intact].share"
    assert found["plan_wrong_start"] == "plans[2].route"
    assert found["assumed_bare"] == "burdens[1].value"


def test_an_unknown_state_is_answered_with_the_nearest() -> None:
    tables, about = raw()
    tables["feeds"].loc[0, "state"] = "used_intct"
    with pytest.raises(DataError, match=r"feeds\[1\].state: found 'used_intct'.*used_intact"):
        case_from_tables(tables, about)


def test_a_plan_without_a_way_out_is_named() -> None:
    tables, about = raw()
    routes, plans = tables["routes"], tables["plans"]
    blank = {"share_low": np.nan, "share_high": np.nan, "grade": "estimated"}
    routes.loc[len(routes)] = {
        **routes.loc[0],
        **blank,
        "route": "round",
        "to_state": "used_intact",
        "share": 1,
    }
    plans.loc[0, "route"] = "round"
    assert problems(tables, about)["endless_cycle"] == "plans[A]"


@pytest.mark.parametrize(
    ("table", "row", "place"),
    [
        ("routes", 1, "routes[2].share"),
        ("burdens", 2, "burdens[3].value"),
        ("efficacy", 0, "efficacy[1].value"),
    ],
)
def test_function_is_refused_naming_the_cell_without_source_or_signature(
    table: str, row: int, place: str
) -> None:
    tables, about = raw()
    tables[table].loc[row, "source"] = ""
    case = case_from_tables(tables, about)
    with pytest.raises(DataError) as caught:
        route_system(case)
    assert [(problem.key, problem.place) for problem in caught.value.problems] == [("no_evidence", place)]
    signed = case_from_tables(tables, about, sign_off="A. Tester, 2026-11")
    assert signed.tables[table].at[row, "signed_off_by"] == "A. Tester, 2026-11"
    assert route_system(signed).yields.shape[0] == len(case.routes)


def test_a_burden_that_is_not_there_is_not_zero() -> None:
    case = load_case("dy-routes")
    with pytest.raises(DataError, match="a row for gbd, energy in burdens"):
        route_system(case, metric="energy")
    assert route_system(case, metric="none").burden.tolist() == [0] * 6


def test_use_and_metric_are_checked_and_read_in_either_language() -> None:
    case = load_case("dy-routes")
    assert chosen(case, metric="新規元素の質量") == ("ev-motor", "virgin-element")
    with pytest.raises(DataError) as caught:
        chosen(case, use="lamp", metric="money")
    assert [problem.place for problem in caught.value.problems] == ["use", "metric"]


def test_a_folder_and_a_workbook_of_ones_own_read_like_the_packaged_case(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for item in packaged("circulation", "dy-routes").iterdir():
        (tmp_path / item.name).write_text(item.read_text(encoding="utf-8"), encoding="utf-8")
        sheet = book.create_sheet(item.name.removesuffix(".csv"))
        frame = pd.read_csv(tmp_path / item.name)
        sheet.append(list(frame.columns))
        for row in frame.astype(object).where(frame.notna(), None).to_numpy().tolist():
            sheet.append(row)
    book.save(tmp_path / "own.xlsx")
    for path in (tmp_path, tmp_path / "own.xlsx"):
        assert (
            route_system(load_case(path)).yields.tolist()
            == route_system(load_case("dy-routes")).yields.tolist()
        )
    with pytest.raises(DataError, match=r"Packaged cases: .*dy-routes"):
        load_case("dy-rotes")


# --- quality gates (AC4.3, AC4.5) ---------------------------------------------------------------


def lots() -> RouteCase:
    """Regenerated magnets in three lots, coercivity and efficacy falling with oxygen."""
    return case_of_lots(
        {"clean": (1600.0, 0.9, 10.0), "fair": (1300.0, 0.6, 10.0), "poor": (900.0, 0.3, 10.0)}
    )


def case_of_lots(kinds: dict[str, tuple[float, float, float]]) -> RouteCase:
    """One magnet for each lot: coercivity, efficacy and mass; yield 0.9, burden 0.1."""
    made = {"source": "meguri-worked-dy", "grade": "estimated"}
    states = [f"{end}_{kind}" for kind in kinds for end in ("used", "magnet")]
    tables = {
        "route_uses": [{"use": "ev-motor", "lifetime": 15.0}],
        "states": [{"state": s, "position": "unknown", "product": s.startswith("magnet")} for s in states],
        "efficacy": [
            {"state": f"magnet_{k}", "use": "ev-motor", "value": eta, **made}
            for k, (_, eta, _) in kinds.items()
        ],
        "routes": [
            {"route": f"make_{k}", "from_state": f"used_{k}", "to_state": f"magnet_{k}", "share": 0.9, **made}
            for k in kinds
        ],
        "burdens": [{"route": f"make_{k}", "metric": "energy", "value": 0.1, **made} for k in kinds],
        "feeds": [
            {"stock": "s", "state": f"used_{k}", "handling": "intact", "origin": "old", "mass": mass}
            for k, (_, _, mass) in kinds.items()
        ],
        "plans": [{"plan": "p", "state": f"used_{k}", "route": f"make_{k}", "share": 1.0} for k in kinds],
        "attributes": [
            {"state": f"magnet_{k}", "attribute": "hcj-hot", "value": hcj} for k, (hcj, _, _) in kinds.items()
        ],
    }
    frames = {name: pd.DataFrame(rows) for name, rows in tables.items()}
    return case_from_tables(frames, {"name": "lots", "metric": "energy"})


def test_raising_the_gate_lowers_the_volume_and_raises_function_per_kg() -> None:
    table = gate_levels(lots(), "s", "p", "use", "ev-motor", "hcj-hot", [0, 1000, 1500])
    assert table["volume"].tolist() == pytest.approx([27, 18, 9])
    assert table["function_per_mass"].tolist() == pytest.approx([0.6, 0.75, 0.9])


def test_an_attribute_that_nobody_knows_passes_no_gate() -> None:
    tables = dict(lots().tables)
    tables["attributes"] = tables["attributes"].iloc[1:]
    case = case_from_tables({name: frame.astype(object) for name, frame in tables.items()}, lots().about)
    table = gate_levels(case, "s", "p", "use", "ev-motor", "hcj-hot", [0])
    assert table["volume"].tolist() == pytest.approx([18])


def test_what_does_not_pass_the_gate_of_a_route_takes_the_plans_other_way() -> None:
    tables, about = raw("dy-position")
    tables["attributes"].loc[1, ["value", "value_low"]] = (
        0  # nobody knows where the diffused magnets come from
    )
    case = case_from_tables(tables, about)
    share = routing(case, "B")
    k = case.states.index("used_diffused")
    assert share[k, case.routes.index("hd_diffused")] == 0
    assert share[k, case.routes.index("leach_diffused")] == 1


def test_mixing_with_other_parts_drops_the_batch_to_element_separation() -> None:
    case = load_case("dy-position")

    def rate(one: RouteCase, name: str) -> float:
        modes = numbers(one)
        return float(figures(feeds_of(one)["diffused"], modes, plan_worth(routing(one, "B"), modes))[name])

    all_mixed = mixed(case, "diffused", 1.0)
    modes = numbers(all_mixed)
    assert modes.mass[3:].tolist() == [0, 85, 15]
    feed = feeds_of(all_mixed)["diffused"]
    through_separation = plan_worth(routing(all_mixed, "A"), modes)
    by_b = figures(feed, modes, plan_worth(routing(all_mixed, "B"), modes))
    assert by_b["mass_rate"] == pytest.approx(figures(feed, modes, through_separation)["mass_rate"])
    assert rate(all_mixed, "rfr") == 0 < rate(mixed(case, "diffused", 0.5), "rfr") < rate(case, "rfr")
    with pytest.raises(DataError, match="intact / mixed"):
        mixed(lots(), "s", 0.5)


def test_every_table_of_a_case_is_declared() -> None:
    assert set(load_case("dy-position").tables) == set(TABLES)


@given(
    st.lists(
        st.tuples(st.integers(0, 8), st.integers(1, 8)), min_size=2, max_size=4, unique_by=lambda lot: lot[0]
    )
)
@settings(max_examples=3, deadline=None)
def test_where_efficacy_grows_with_the_attribute_a_higher_gate_gives_less_and_better(
    found: list[tuple[int, int]],
) -> None:
    """Lots of coercivity h eighths with efficacy h/8 and their masses, in any order."""
    case = case_of_lots({f"lot{n}": (h / 8, h / 8, float(mass)) for n, (h, mass) in enumerate(found)})
    table = gate_levels(case, "s", "p", "use", "ev-motor", "hcj-hot", [0.0, 0.25, 0.5, 0.75])
    assert (table["volume"].diff().iloc[1:] <= 1e-12).all()
    better = table["function_per_mass"].dropna()
    assert (better.diff().iloc[1:] >= -1e-12).all()
