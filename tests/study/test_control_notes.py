"""What is unknown about a control is said, with what was taken in its place."""

from __future__ import annotations

from typing import Any

import numpy as np

from meguri.shock.arrays import lay_out
from meguri.study.control_notes import control_notes
from tests.shock.test_named import OXIDE, chain
from tests.shock.test_two_tiers import EUV, lines
from tests.small import scenario


def notes(given: Any, *controls: dict[str, Any]) -> dict[str, str]:
    links = lay_out(given, np.zeros(120, dtype=np.int64)).links
    rows = control_notes(given, links, scenario(list(controls)))
    assert all(row["text_en"] != row["text_ja"] and row["source"] for row in rows)
    return {row["key"]: row["text_en"] for row in rows}


def test_a_suspension_without_an_end_is_a_doubt() -> None:
    rests = [{"start": "2025-11-10", "end": None}, {"start": "2025-02-01", "end": "2025-02-03"}]
    found = notes(chain(), {"kind": "ban", "id": "a", "suspended": rests})
    assert list(found) == ["suspended-a-1"] and "2025-11-10" in found["suspended-a-1"]


def test_goods_whose_specification_nobody_stated_are_named() -> None:
    threshold = {"property": "overlay", "below": 2.4, "unit": "nm"}
    (text,) = notes(lines(), EUV | {"goods": ["euv", "immersion-new"], "threshold": threshold}).values()
    assert "not stated for euv;" in text


def test_listed_firms_that_stand_nowhere_in_the_chain_are_counted() -> None:
    listed = {"kind": "entity-list", "id": "a", "entities": ["Nobody", "Parent", "jp-magnet"]}
    assert (
        "3 firms, of which 1 stand nowhere in this chain: Nobody"
        in notes(chain(Parent=0.5), listed)["absent-a"]
    )


def test_the_way_of_an_item_into_the_goods_of_others_is_shown() -> None:
    follows = {"kind": "ban", "id": "a", **OXIDE, "third_countries": True, "de_minimis": 0.1}
    text = notes(chain(), follows)["indirect-a"]
    assert "2 deliveries" in text and "cn-oxide → cn-metal → jp-magnet: 75.00%" in text
    assert notes(chain(), follows | {"third_countries": False}) == {}
