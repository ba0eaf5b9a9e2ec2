"""The library of measures: each row says who, how soon, how sure; and it acts on what a chain holds."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from meguri.base.errors import DataError
from meguri.respond.measures import Library, available, load_measures, packaged_measures
from meguri.structure.chain import Chain


@cache
def library() -> Library:
    return load_measures(Chain.example("ndfeb-japan@2024"))


def test_every_measure_says_who_decides_how_soon_and_between_which_ends() -> None:
    measures = packaged_measures()["response_measures"]
    ranged = measures[~measures["whole"].astype(bool)]
    for name, rows in (("size_max", ranged), ("lead_d", measures)):
        low, value, high = (rows[f"{name}{end}"] for end in ("_low", "", "_high"))
        assert list(rows["measure"][(low > value) | (value > high) | low.isna() | high.isna()]) == []
    assert measures["owner"].isin(["firm", "joint", "nation"]).all()
    assert measures.loc[measures["grade"].eq("assumed"), "note"].ne("").all()


def test_a_measure_written_once_stands_for_each_imported_input() -> None:
    stocks = library().measures.query("kind == 'stockpile'")["measure"]
    assert "stock:metal-hree" in set(stocks)
    assert not any("{" in key for key in library().measures["measure"])
    assert not any("{" in text for text in library().measures["label_ja"])


def test_a_stock_costs_the_value_of_what_its_users_take_in_a_day() -> None:
    chain = Chain.example("ndfeb-japan@2024")
    makers = chain.recipes.query("input == 'oxide-hree' and node == 'jp-metal-hree'")["need"].iloc[0]
    output = chain.nodes.set_index("node").at["jp-metal-hree", "output"]
    price = library().values.set_index("product").at["oxide-hree", "value"]
    unit = library().rows("costs", "stock:oxide-hree").set_index("cost").at["unit", "amount"]
    assert unit == pytest.approx(makers * output / 365 * price)


def test_the_lead_of_a_second_source_is_the_qualification_its_links_state() -> None:
    flows = Chain.example("ndfeb-japan@2024").flows
    link = flows.query("supplier == 'my-sep-heavy' and customer == 'jp-metal-hree'").iloc[0]
    measure = library().measure("second-source:oxide-hree:my-sep-heavy")
    assert (measure["lead_d_low"], measure["lead_d"], measure["lead_d_high"]) == (
        link["qualification_low"], link["qualification"], link["qualification_high"]
    )  # fmt: skip


def test_an_unknown_measure_is_refused_with_those_that_exist() -> None:
    with pytest.raises(DataError, match="stock:metal-hree"):
        library().measure("stock:unobtainium")


def test_a_rate_of_the_user_scales_what_is_priced_in_dollars_and_nothing_else() -> None:
    dear = load_measures(Chain.example("ndfeb-japan@2024"), usd_jpy=2 * library().rates.per_unit["USD"])
    ratio = (dear.costs["amount"] / library().costs["amount"]).to_numpy()
    in_yen = library().costs["written"].str.contains("JPY").to_numpy()
    assert ratio[in_yen] == pytest.approx(1.0)
    assert ratio[~in_yen] == pytest.approx(2.0)
    assert (dear.rates.given, dear.rates.date) == (True, "")


def test_a_measure_works_from_its_lead_time_to_its_expiry_and_no_longer() -> None:
    days = np.arange(0, 2000)
    share = available(100.0, 60.0, 2.0, 1, days)
    assert share[:465].max() == 0.0
    assert share[525:1195].min() == 1.0
    assert share[1195:].max() == 0.0
    assert (np.diff(share[465:526]) > 0).all()
    late = available(100.0, 60.0, 2.0, 1, days, "saturating")
    assert late[465 + 60] == pytest.approx(1 - np.exp(-1))


def test_a_firm_pays_for_its_own_days_of_stock_and_the_firms_together_for_the_sum() -> None:
    chain = Chain.example("ndfeb-japan@2024")
    key = "stock:metal-hree"
    users = list(library().rows("effects", key)["node"])
    alone, rest = load_measures(chain, at=users[:1]), load_measures(chain, at=users[1:])
    parts = [part.rows("costs", key)["amount"].to_numpy() for part in (alone, rest)]
    assert np.sum(parts, axis=0) == pytest.approx(library().rows("costs", key)["amount"].to_numpy())
    assert list(alone.rows("effects", key)["node"]) == users[:1]
    assert "stock:oxide-ndpr" not in set(alone.measures["measure"])
    assert "reserve:oxide-ndpr" in set(alone.measures["measure"])  # the nation's measures stay


def test_a_node_that_does_not_exist_is_named() -> None:
    with pytest.raises(DataError, match="jp-motor-tractoin"):
        load_measures(Chain.example("ndfeb-japan@2024"), at=["jp-motor-tractoin"])
