"""The figure of a whole chain: every node once, no name over another, unknown nodes hollow, at any size."""

import json
import re

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from meguri.base.terms import LANGS
from meguri.show.figures.network import (
    BOTTOM,
    HEIGHT,
    NAMED,
    SIDE,
    TEXT,
    TOP,
    WIDTH,
    height_of,
    is_named,
    network,
    room_of,
)
from meguri.show.figures.network_layout import places, stage_order
from meguri.show.ink import PAPER
from meguri.structure.chain import Chain
from meguri.structure.network import chain_links, chain_nodes

STAGES = ("ore", "separation", "metal", "magnet", "part", "sector")
EXAMPLES = ("ndfeb-japan@2024", "semiconductors-korea@2018", "copper-ore-japan@2011")


@st.composite
def chains(draw, most=40):
    """Nodes of some stages and links between any of them, loops and cycles included."""
    count = draw(st.integers(1, most))
    names = [f"n{place}" for place in range(count)]
    stage = draw(st.lists(st.sampled_from(STAGES), min_size=count, max_size=count))
    pairs = draw(st.lists(st.tuples(st.sampled_from(names), st.sampled_from(names)), max_size=3 * count))
    nodes = pd.DataFrame({"node": names, "stage": stage, "country": "JP"})
    return nodes, pd.DataFrame(pairs, columns=["supplier", "customer"])


def full(nodes, links):
    """The same with the further columns that a figure reads."""
    kinds = ["unknown" if place % 7 == 3 else "site" for place in range(len(nodes))]
    more = {"label_en": nodes["node"], "label_ja": "拠点" + nodes["node"], "kind": kinds, "share": 0.5}
    ends = {"input": "p", "share": 1.0, "only": False, "qualified": True}
    return nodes.assign(**more), links.assign(**ends)


@given(chains())
def test_every_node_stands_once_in_the_column_of_its_stage(chain):
    nodes, links = chain
    at = places(nodes, links)
    assert list(at["node"]) == list(nodes["node"])
    order = stage_order(nodes, links)
    assert sorted(order) == sorted(set(nodes["stage"]))
    assert [order[column] for column in at["column"]] == list(nodes["stage"])
    assert not at[["x", "y"]].round(9).duplicated().any()
    assert at["y"].between(0, 1, inclusive="neither").all()
    assert ((at["x"] - at["column"]).abs() < 0.5).all()  # a lane never reaches into the next stage


@given(chains(), st.randoms())
def test_the_order_in_which_a_chain_is_written_moves_no_node(chain, random):
    nodes, links = chain
    shuffled = nodes.sample(frac=1, random_state=random.randrange(1000))
    again = places(shuffled.reset_index(drop=True), links.iloc[::-1].reset_index(drop=True))
    both = places(nodes, links).merge(again, on="node", suffixes=("", "_again"))
    assert (both["column"] == both["column_again"]).all()
    assert ((both["x"] - both["x_again"]).abs() < 1e-9).all()
    assert ((both["y"] - both["y_again"]).abs() < 1e-9).all()


def test_a_stage_stands_left_of_the_stage_it_delivers_to():
    nodes = pd.DataFrame(
        {"node": ["a", "b", "c"], "stage": ["recycling", "metal", "sector"], "country": "JP"}
    )
    links = pd.DataFrame({"supplier": ["a", "b"], "customer": ["b", "c"]})
    assert stage_order(nodes, links) == ["recycling", "metal", "sector"]


def test_neighbours_of_a_plain_pair_of_lines_do_not_cross():
    nodes = pd.DataFrame(
        {"node": ["a", "b", "x", "y"], "stage": ["ore"] * 2 + ["metal"] * 2, "country": "JP"}
    )
    links = pd.DataFrame({"supplier": ["a", "b"], "customer": ["y", "x"]})
    y = places(nodes, links).set_index("node")["y"]
    assert (y["a"] < y["b"]) == (y["y"] < y["x"])


def boxes(chart, at):
    """Where each name stands [px] in a drawing as wide as the figure is made for."""
    columns = int(at["column"].max()) + 1
    high = chart.height - TOP - BOTTOM
    for point in chart.option["series"][0]["data"]:
        x, y = point["value"]
        lines = point["label"]["formatter"].split("\n")
        wide = max(sum(2 if ord(c) > 0x2E7F else 1 for c in line) for line in lines) * TEXT / 2 * 1.06
        left = WIDTH * SIDE + (x + 0.5) / columns * WIDTH * (1 - 2 * SIDE) - wide / 2
        top = TOP + y * high + point["symbolSize"] / 2 + 2
        yield left, top, left + wide, top + 12 * len(lines)


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("name", EXAMPLES)
def test_no_name_lies_on_another_where_names_are_shown(name, lang):
    chain = Chain.example(name)
    nodes, links = chain_nodes(chain), chain_links(chain)
    at = places(nodes, links)
    chart = network(nodes, links, lang=lang)
    assert is_named(at) and chart.height == height_of(at) and room_of(at) >= 10
    drawn = sorted(boxes(chart, at))
    over = [
        (a, b) for place, a in enumerate(drawn) for b in drawn[place + 1 :]
        if a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]
    ]  # fmt: skip
    assert over == []


@given(chains(most=30), st.sampled_from(LANGS))
def test_every_node_and_link_is_drawn_and_unknown_ones_are_hollow(chain, lang):
    nodes, links = full(*chain)
    option = network(nodes, links, lang=lang).option
    json.dumps(option, allow_nan=False)
    graph = option["series"][0]
    assert [point["id"] for point in graph["data"]] == [str(place) for place in range(len(nodes))]
    assert len(graph["links"]) == len(links)
    looks = [graph["categories"][point["category"]]["itemStyle"]["color"] for point in graph["data"]]
    assert [look == PAPER for look in looks] == list(nodes["kind"] == "unknown")


def test_thousands_of_nodes_are_drawn_without_names_and_without_dropping_any():
    count = 3000
    names = [f"n{place}" for place in range(count)]
    nodes = pd.DataFrame(
        {"node": names, "stage": [STAGES[place % 6] for place in range(count)], "country": "JP"}
    )
    links = pd.DataFrame({"supplier": names[:-1], "customer": names[1:]})
    chart = network(*full(nodes, links))
    series = chart.option["series"]
    points = [point for one in series if one["type"] == "scatter" for point in one["data"]]
    assert sorted(point["name"] for point in points) == sorted(names)
    assert sum(len(one["data"]) for one in series if one["type"] == "lines") == len(links)
    assert chart.height == HEIGHT and not any("label" in point for point in points)
    assert len(json.dumps(chart.option)) < 600_000
    hollow = [one for one in series if one["type"] == "scatter" and one["itemStyle"]["color"] == PAPER]
    assert sum(len(one["data"]) for one in hollow) == sum(place % 7 == 3 for place in range(count))


def test_names_are_dropped_where_there_is_no_room_and_the_page_says_how_to_read_them():
    names = [f"n{place}" for place in range(NAMED + 1)]
    nodes = pd.DataFrame({"node": names, "stage": "ore", "country": "JP"})
    chart = network(*full(nodes, pd.DataFrame({"supplier": [], "customer": []}, dtype=str)))
    assert "pointer" in chart.subtitle and not chart.option["series"][0]["label"]["show"]


def test_the_title_counts_inputs_with_a_single_supplier():
    nodes = pd.DataFrame({"node": ["a", "b", "c"], "stage": ["ore", "ore", "metal"], "country": "JP"})
    nodes, links = full(nodes, pd.DataFrame({"supplier": ["a", "b", "a"], "customer": ["c", "c", "b"]}))
    links = links.assign(only=[False, False, True])
    assert re.findall(r"\d+", network(nodes, links).title) == ["2", "1"]
