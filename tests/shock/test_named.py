"""Which deliveries a control names: goods, firms and their owners, end uses, exemptions, indirect exports."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from meguri.base.errors import ModelError
from meguri.shock.arrays import lay_out
from meguri.shock.indirect import REST, indirect_exports
from meguri.shock.named import all_named
from meguri.structure.chain import Chain
from tests.small import scenario, tables

FORMS = {"oxide": "oxide", "metal": "metal", "magnet": "magnet", "motor": "part", "car": "part"}
CONTENTS = {("oxide", "Dy"): 0.5, ("metal", "Dy"): 0.6, ("magnet", "Dy"): 0.3}


def chain(**ownership: float) -> Chain:
    """Chinese and Australian oxide becomes metal in Japan and China, magnets in Japan, motors in the US.

    By hand, oxide from China in a tonne of: Japanese metal 1.5 × 2/3 = 1; Chinese metal 1.5; magnets
    (1 + 1.5) / 2 = 1.25; motors 0.1 × 1.25 = 0.125.
    """
    makers = {
        "cn-oxide": "oxide", "au-oxide": "oxide", "jp-metal": "metal", "cn-metal": "metal",
        "jp-magnet": "magnet", "us-motor": "motor", "jp-car": "car",
    }  # fmt: skip
    nodes: dict[str, dict[str, Any]] = {
        name: {
            "material": material,
            "country": name[:2].upper(),
            "output": 3000 if material == "oxide" else 1000,
            "firm": f"{name} Ltd",
        }
        for name, material in makers.items()
    }
    flows = {
        ("cn-oxide", "jp-metal"): {"amount": 1000}, ("au-oxide", "jp-metal"): {"amount": 500},
        ("cn-oxide", "cn-metal"): {"amount": 1500}, ("jp-metal", "jp-magnet"): {"amount": 500},
        ("cn-metal", "jp-magnet"): {"amount": 500}, ("jp-magnet", "us-motor"): {"amount": 100},
        ("us-motor", "jp-car"): {"amount": 50},
    }  # fmt: skip
    recipes = {
        (user, good): {"need": need, "stock": 30}
        for user, good, need in (
            ("jp-metal", "oxide", 1.5), ("cn-metal", "oxide", 1.5), ("jp-magnet", "metal", 1.0),
            ("us-motor", "magnet", 0.1), ("jp-car", "motor", 0.05),
        )
    }  # fmt: skip
    held = [
        {"owner": owner, "owned": "jp-magnet Ltd", "share": share, "start": "", "end": ""}
        for owner, share in ownership.items()
    ]
    return Chain.from_tables(
        **tables(nodes, flows, recipes, CONTENTS, FORMS), ownership=pd.DataFrame(held) if held else None
    )


def named(given: Chain, **control: Any) -> dict[str, float]:
    """Names of the links of one control, with the regulated share of each."""
    links = lay_out(given, np.zeros(120, dtype=np.int64)).links
    (item,) = all_named(given, links, scenario([{"kind": "ban", **control}]))
    names = links["supplier"] + " → " + links["customer"]
    return dict(zip(names[item.links], item.weight[item.links], strict=True))


OXIDE = {"element": [], "form": [], "goods": ["oxide"]}


def test_goods_are_named_by_their_keys_and_counted_as_what_they_are() -> None:
    assert named(chain(), **OXIDE) == {"cn-oxide → jp-metal": 1.0}
    assert named(chain(), goods=["metal"], form=["oxide"]) == {
        "cn-oxide → jp-metal": 0.5, "cn-metal → jp-magnet": 0.6,
    }  # fmt: skip


def test_goods_uses_and_nodes_the_chain_does_not_know_are_refused_together() -> None:
    loss = {"node": "jp-magnt", "start": "2025-02-01", "lost": 1, "source": "x"}
    given = scenario([{"kind": "ban", **OXIDE, "goods": ["oxid"], "uses": ["magnets"]}], disruptions=[loss])
    with pytest.raises(ModelError) as error:
        all_named(chain(), lay_out(chain(), np.zeros(120, dtype=np.int64)).links, given)
    assert [problem.key for problem in error.value.problems] == [
        "control_good",
        "control_use",
        "disruption_node",
    ]
    assert "oxide" in error.value.text("en") and "magnet" in error.value.text("ja")


def test_a_listed_firm_is_named_with_its_nodes_and_with_firms_it_holds() -> None:
    listed = {"entities": ["Parent", "Partner"], "form": ["metal"]}
    assert named(chain(), **listed) == {}
    assert named(chain(Parent=0.5), **listed) == {"cn-metal → jp-magnet": 0.6}
    assert named(chain(Parent=0.25, Partner=0.25), **listed) == {"cn-metal → jp-magnet": 0.6}
    assert named(chain(Parent=0.25, Other=0.5), **listed) == {}
    assert named(chain(Parent=0.25), **listed, owned_from="25 %") == {"cn-metal → jp-magnet": 0.6}
    for name in ("jp-magnet ltd", "jp-magnet"):
        assert named(chain(), entities=name, form=["metal"]) == {"cn-metal → jp-magnet": 0.6}


def test_an_end_use_is_what_the_customer_makes() -> None:
    assert set(named(chain(), uses=["motor"])) == set()
    assert set(named(chain(), uses=["magnet"])) == {"cn-metal → jp-magnet"}


def test_general_licences_exempt_destinations_and_holders_on_either_side() -> None:
    every = {"cn-oxide → jp-metal", "cn-metal → jp-magnet"}
    assert set(named(chain())) == every
    assert set(named(chain(), general_to=["JP"])) == set()
    assert set(named(chain(), general_holders=["cn-oxide Ltd"])) == {"cn-metal → jp-magnet"}
    assert set(named(chain(), general_holders=["jp-magnet"])) == {"cn-oxide → jp-metal"}


def test_the_control_follows_its_item_inside_goods_above_the_de_minimis_share() -> None:
    within = {**OXIDE, "third_countries": True}
    assert named(chain(), **within) == {"cn-oxide → jp-metal": 1.0}, "without a share only the item itself"
    found = named(chain(), **within, de_minimis="10 %")
    assert found == pytest.approx({
        "cn-oxide → jp-metal": 1.0, "cn-metal → jp-magnet": 1.5, "jp-magnet → us-motor": 1.25,
        "us-motor → jp-car": 0.125,
    })  # fmt: skip
    assert set(named(chain(), **within, de_minimis="13 %")) == set(found) - {"us-motor → jp-car"}
    at_home = named(chain(), **OXIDE, de_minimis="10 %")
    assert set(at_home) == {"cn-oxide → jp-metal", "cn-metal → jp-magnet"}, "only what leaves the authority"
    assert set(named(chain(), **within, de_minimis="10 %", to=["US"])) == {"jp-magnet → us-motor"}


def test_contents_by_path_add_up_as_by_hand() -> None:
    control = scenario([{"kind": "ban", **OXIDE}]).controls[0]
    table = indirect_exports(chain(), control).set_index(["node", "path"])["content"]
    assert table.to_dict() == pytest.approx({
        ("cn-metal", "cn-oxide → cn-metal"): 1.5,
        ("jp-magnet", "cn-oxide → cn-metal → jp-magnet"): 0.75,
        ("jp-magnet", "cn-oxide → jp-metal → jp-magnet"): 0.5,
        ("jp-metal", "cn-oxide → jp-metal"): 1.0,
        ("us-motor", "cn-oxide → cn-metal → jp-magnet → us-motor"): 0.075,
        ("us-motor", "cn-oxide → jp-metal → jp-magnet → us-motor"): 0.05,
        ("jp-car", "cn-oxide → cn-metal → jp-magnet → us-motor → jp-car"): 0.00375,
        ("jp-car", "cn-oxide → jp-metal → jp-magnet → us-motor → jp-car"): 0.0025,
    })  # fmt: skip


def test_stated_contents_are_shared_out_by_origin() -> None:
    """Japanese metal holds 0.6 of the 0.75 t Dy that went in, 2/3 of it Chinese: 0.4; magnets 0.3 of 0.6."""
    control = scenario([{"kind": "ban", "form": ["oxide", "metal"]}]).controls[0]
    table = indirect_exports(chain(), control).drop_duplicates("node").set_index("node")["product_content"]
    assert table.to_dict() == pytest.approx(
        {"jp-metal": 0.4, "jp-magnet": 0.25, "us-motor": 0.025, "jp-car": 0.00125}
    )


def test_paths_too_small_to_show_stand_together_and_nothing_is_lost() -> None:
    """A thousandth of a thousandth of the oxide is Chinese: its one path carries all, whatever its size."""
    nodes: dict[str, dict[str, Any]] = {
        name: {"material": name.split("-")[1], "country": name[:2].upper(), "output": 1e6}
        for name in ("cn-oxide", "cn-metal", "jp-magnet")
    }
    nodes["cn-oxide-b"] = {"material": "oxide", "country": "CN", "output": 1e6}
    flows = {
        ("cn-oxide", "cn-metal"): {"amount": 1e6}, ("cn-oxide-b", "cn-metal"): {"amount": 1},
        ("cn-metal", "jp-magnet"): {"amount": 1e6},
    }  # fmt: skip
    recipes = {
        ("cn-metal", "oxide"): {"need": 1, "stock": 1},
        ("jp-magnet", "metal"): {"need": 1, "stock": 1},
    }
    given = Chain.from_tables(**tables(nodes, flows, recipes, {}, FORMS))
    table = indirect_exports(given, scenario([{"kind": "ban", **OXIDE}]).controls[0])
    last = table[table["node"] == "jp-magnet"]
    assert list(last["path"]) == ["cn-oxide → cn-metal → jp-magnet", REST]
    assert last["content"].sum() == pytest.approx(1.0, rel=1e-12)
