"""A base plus differences; one value set by path; differences of a chain's tables."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from meguri.base.errors import ScenarioError
from meguri.scenario.override import apply_changes, lay_over, set_value
from meguri.scenario.schema import Change

BASE = {"a": 1, "controls": [{"id": "x", "share": 1, "lasts": 2}, {"id": "y"}], "periods": [1, 2]}


def test_controls_merge_by_id_and_everything_else_replaces() -> None:
    found = lay_over(BASE, {"controls": [{"id": "y", "share": 3}, {"id": "z"}], "periods": [3]})
    assert found["controls"] == [{"id": "x", "share": 1, "lasts": 2}, {"id": "y", "share": 3}, {"id": "z"}]
    assert (found["a"], found["periods"]) == (1, [3])


def test_a_control_is_removed_by_name() -> None:
    assert lay_over(BASE, {"controls": [{"id": "x", "remove": True}]})["controls"] == [{"id": "y"}]


def test_differences_leave_the_base_as_it_was() -> None:
    lay_over(BASE, {"controls": [{"id": "x", "share": 9}]})
    set_value(BASE, "controls.x.share", 9)
    assert BASE["controls"][0] == {"id": "x", "share": 1, "lasts": 2}  # type: ignore[index]


@pytest.mark.parametrize("path", ["controls.x.share", "controls.0.share"])
def test_a_value_is_set_by_id_or_place(path: str) -> None:
    assert set_value(BASE, path, 0)["controls"][0] == {"id": "x", "share": 0, "lasts": 2}


@pytest.mark.parametrize(
    "path", ["controls.q.share", "controls.7.share", "controls.².share", "b.c", "a.b", "a.b.c"]
)
def test_a_path_that_leads_nowhere_is_named(path: str) -> None:
    with pytest.raises(ScenarioError) as error:
        set_value(BASE, path, 0)
    assert error.value.problems[0].key == "set_path"


NODES = pd.DataFrame(
    {"node": ["a", "b"], "output": [1.0, 2.0], "output_low": [0.5, 1.0], "output_high": [2.0, 3.0]}
)


def change(**cells: Any) -> Change:
    given = {"table": "nodes", "where": {"node": "a"}, "set": {"output": 5}, "source": "meguri-assumption"}
    return Change.model_validate(given | cells)


def test_a_difference_changes_its_rows_and_drops_the_range_that_no_longer_applies() -> None:
    found = apply_changes({"nodes": NODES}, [change()])["nodes"]
    assert found["output"].tolist() == [5, 2.0]
    assert found["output_low"].tolist() == [None, 1.0]
    assert NODES["output"].tolist() == [1.0, 2.0]


@pytest.mark.parametrize(
    ("cells", "key"),
    [
        ({"where": {"node": "c"}}, "change_no_row"),
        ({"where": {"nod": "a"}}, "column_unknown"),
        ({"set": {"outptu": 1}}, "column_unknown"),
    ],
)
def test_a_difference_that_chooses_nothing_is_named(cells: dict[str, Any], key: str) -> None:
    with pytest.raises(ScenarioError) as error:
        apply_changes({"nodes": NODES}, [change(**cells)])
    assert error.value.problems[0].key == key
