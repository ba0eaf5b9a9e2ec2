"""A buyer's parts in a base chain: who delivers, and every balance still holds."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from meguri.base.errors import DataError
from meguri.structure.bom import Bom, build, group_of, maker_name, owners
from meguri.structure.check import check_tables
from meguri.structure.parts import complete
from tests.structure.bought import base_tables, part, parts_table


def built(*rows: dict[str, object]) -> Bom:
    bom = build(complete(parts_table(*rows)), base_tables(), as_of="2024")
    _, found = check_tables(bom.tables)
    assert not found, [item.text() for item in found]
    return bom


def output(bom: Bom, node: str) -> float:
    nodes = bom.tables["nodes"].set_index("node")
    return float(nodes.loc[node, "output"])


def test_a_known_maker_delivers_from_what_it_sold_elsewhere() -> None:
    bom = built(part(amount=300))
    assert list(bom.matches["node"]) == ["jp-proterial"]
    assert output(bom, "jp-proterial") == 800
    assert not bom.notes


def test_too_little_free_output_makes_the_maker_and_its_upstream_grow() -> None:
    bom = built(part(supplier="Daido", technology="hot-deformed", amount=60))
    assert output(bom, "jp-daido") == pytest.approx(60)
    flows = bom.tables["flows"].set_index(["supplier", "customer"])["amount"]
    assert flows["smelter", "jp-daido"] == pytest.approx(24)
    # the smelter sold 4 t outside the chain; the other 4 t it must make, from 8 t of ore
    assert output(bom, "smelter") == pytest.approx(504)
    assert output(bom, "mine") == pytest.approx(1008)
    assert [note.details["value"] for note in bom.notes] == ["jp-daido", "smelter", "mine"]


def test_a_maker_not_in_the_chain_gets_the_upstream_of_a_like_one() -> None:
    bom = built(part(supplier="Acme Magnetics", country="CN", amount=40))
    added = bom.matches.loc[0, "node"]
    assert bom.matches.loc[0, "like"] == "cn-tdk"
    recipes = bom.tables["recipes"].set_index("node")
    assert recipes.loc[added, "input"] == "metal"
    assert recipes.loc[added, "grade"] == "assumed"
    assert "note_supplier_new" in {note.key for note in bom.notes}


def test_a_near_name_is_suggested_and_never_taken() -> None:
    bom = built(part(supplier="Protereal"))
    assert bom.matches.loc[0, "firm"] == "Protereal"
    assert {note.details.get("near") for note in bom.notes} >= {"Proterial"}


def test_two_suppliers_of_one_part_are_one_line() -> None:
    bom = built(part(amount=30), part(amount=70, supplier="TDK", country="CN", stock=15))
    assert list(bom.matches["line"]) == ["motor", "motor"]
    line = bom.tables["recipes"].set_index("node").loc["motor"]
    assert line["stock"] == pytest.approx((30 * 45 + 70 * 15) / 100)
    assert output(bom, "motor") == pytest.approx(100)


def test_two_grades_of_one_part_are_two_lines_because_both_are_needed() -> None:
    bom = built(part(), part(magnet_grade="N42SH"))
    assert list(bom.matches["line"]) == ["motor / N38UH", "motor / N42SH"]


def test_free_of_heavy_rare_earths_uses_that_product() -> None:
    bom = built(
        part(technology="hot-deformed", supplier="ダイドー電子", amount=10), part(part="x", hree=0, amount=1)
    )
    inputs = bom.tables["recipes"].set_index("node")["input"]
    assert inputs["motor"] == inputs["x"] == "magnet-hree-free"


def test_a_part_named_like_a_node_stays_apart() -> None:
    bom = built(part(part="mine"))
    assert bom.tables["nodes"]["node"].is_unique
    assert list(bom.matches["line"]) == ["mine *"]


def test_an_alternative_is_a_flow_not_yet_qualified() -> None:
    bom = built(part(alternative="yes", alternative_supplier="TDK", qualification=200))
    flow = bom.tables["flows"].set_index(["supplier", "customer"]).loc[("cn-tdk", "motor")]
    assert not flow["qualified"]
    assert flow["qualification"] == flow["qualification_high"] == 200
    assert flow["first_yield_low"] < flow["first_yield_high"]


def test_an_alternative_nobody_named_is_the_largest_maker_elsewhere() -> None:
    bom = built(part(supplier="TDK", country="CN", alternative="yes"))
    assert list(bom.matches["alternative_node"]) == ["jp-proterial"]


def test_an_alternative_the_chain_does_not_know_is_not_counted_and_said() -> None:
    bom = built(part(alternative="yes", alternative_country="BR"))
    assert list(bom.matches["alternative_node"]) == [""]
    assert [note.key for note in bom.notes] == ["note_alternative_missing"]


def test_dollars_become_a_value_and_yen_stay_yen() -> None:
    bom = built(part(price=80, currency="USD"), part(part="x", price=12_000, currency="JPY"))
    value = bom.tables["flows"].set_index("customer")["value"]
    assert value["motor"] == pytest.approx(8_000_000)
    assert pd.isna(value["x"])
    assert "note_price_jpy" in {note.key for note in bom.notes}


def test_lead_time_is_that_of_the_makers_other_deliveries_when_known() -> None:
    bom = built(part())
    flow = bom.tables["flows"].set_index(["supplier", "customer"]).loc[("jp-proterial", "motor")]
    assert (flow["lead_low"], flow["lead"], flow["lead_high"]) == (7, 14, 45)


def test_unknown_supplier_and_country_fall_to_the_largest_maker() -> None:
    bom = built({"part": "x", "amount": 5})
    assert bom.matches.loc[0, "made_in"] == "JP"
    assert bom.matches.loc[0, "node"] == "jp-proterial"


@pytest.mark.parametrize(
    ("written", "firm"),
    [
        ("プロテリアル", "Proterial"),
        ("㈱プロテリアル 熊谷", "Proterial"),
        ("hitachi metals", "Proterial"),
        ("TDK（梅州）", "TDK"),
        ("STDKX", "STDKX"),
        ("信越化学工業（株）", "Shin-Etsu Chemical"),
    ],
)
def test_makers_are_known_by_their_names_in_both_languages(written: str, firm: str) -> None:
    assert maker_name(written, []) == firm


def test_groups_follow_dated_majority_holdings() -> None:
    ownership = base_tables()["ownership"]
    assert group_of("Santoku", owners(ownership, "2024")) == "Proterial"
    assert group_of("Santoku", owners(ownership, "2012")) == "Santoku"
    assert group_of("a", {"a": "b", "b": "a"}) in ("a", "b")


def test_a_base_without_magnets_is_refused() -> None:
    base = base_tables()
    base["nodes"]["stage"] = "ore"
    with pytest.raises(DataError) as refused:
        build(complete(parts_table(part())), base)
    assert [item.key for item in refused.value.problems] == ["base_magnets"]


ROWS = st.fixed_dictionaries(
    {
        "part": st.sampled_from(["a", "b", "mine", "smelter"]),
        "amount": st.floats(0.001, 50_000),
        "magnet_grade": st.sampled_from(["", "N42SH", "N38UH", "house 7"]),
        "technology": st.sampled_from(["", "sintered", "diffusion", "hot-deformed"]),
        "supplier": st.sampled_from(["", "Proterial", "TDK", "Daido", "Acme", "三徳"]),
        "country": st.sampled_from(["", "JP", "CN", "DE"]),
        "alternative": st.sampled_from([None, "yes", "no"]),
    }
)


@pytest.mark.slow
@settings(max_examples=15, deadline=None)
@given(
    st.lists(
        ROWS,
        min_size=1,
        max_size=6,
        unique_by=lambda row: tuple(str(row[k]) for k in ("part", "magnet_grade", "supplier", "country")),
    )
)
def test_whatever_a_buyer_buys_the_balances_hold(rows: list[dict[str, object]]) -> None:
    bom = built(*rows)
    lines = bom.tables["nodes"][bom.tables["nodes"]["material"] == "own-part"]
    assert lines["output"].sum() == pytest.approx(sum(float(str(row["amount"])) for row in rows))
