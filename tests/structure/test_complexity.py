import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from meguri.base.errors import ModelError
from meguri.structure.complexity import (
    advantage,
    complexity,
    complexity_scores,
    components,
    raw_material_exports,
)

# reference/eci_toy_reference.json: toy exports, their RCA, and what two public tools make of them
TOY = json.loads(
    (Path(__file__).parents[1] / "worked" / "eci_toy_reference.json").read_text(encoding="utf-8")
)


def toy_exports() -> pd.DataFrame:
    rows = [(c, p, v) for p, by in TOY["toy_exports"].items() for c, v in by.items()]
    return pd.DataFrame(rows, columns=["economy", "product", "value"])


def test_rca_of_the_toy_case_is_the_printed_one():
    table = advantage(toy_exports()).set_index(["economy", "product"])["rca"]
    printed = {(c, p): v for p, by in TOY["toy_rca"].items() for c, v in by.items()}
    for key, value in printed.items():
        assert table[key] == pytest.approx(value, abs=1e-9)


def test_the_toy_case_falls_apart_and_its_components_are_named():
    with pytest.raises(ModelError) as caught:
        complexity(advantage(toy_exports()))
    for lang in ("en", "ja"):
        assert "{A, B, C, E | p1, p2, p3}" in caught.value.text(lang)
        assert "{D | p4}" in caught.value.text(lang)


def test_public_tools_answer_the_toy_case_by_telling_the_components_apart():
    # why we refuse: "D against all others" is the component vector, the same for every other economy
    printed = TOY["ecomplexity 0.5.3"]["eci"]
    assert {round(v, 3) for c, v in printed.items() if c != "D"} == {0.5}
    assert sum(abs(e - 1) < 1e-6 for e in TOY["eigen"]["eigs"]) == 2


def matrix(*rows: str) -> pd.DataFrame:
    """Advantages from rows of 0 and 1, economies A, B …, products p, q …"""
    pairs = [
        (c, p, cell == "1")
        for c, row in zip("ABCDEFG", rows, strict=False)
        for p, cell in zip("pqrstuv", row, strict=False)
    ]
    table = pd.DataFrame(pairs, columns=["economy", "product", "advantage"])
    return table.assign(value=table["advantage"].astype(float), rca=table["advantage"] * 2.0)


def indices(table: pd.DataFrame) -> pd.Series:
    return complexity(table).set_index("name")["index"]


def test_a_nested_case_by_hand():
    # diversity 2, 1; ubiquity 1, 2. M̃ = D_c⁻¹ M D_p⁻¹ Mᵀ = [[3/4, 1/4], [1/2, 1/2]] with eigenvalues
    # 1 and 1/4; second vector (1, −2), z-scored (1, −1). PCI: q → mean (1, −2) = −1/2, p → 1: (1, −1).
    index = indices(matrix("11", "01"))
    assert index[["A", "B", "p", "q"]].tolist() == pytest.approx([1, -1, 1, -1])


def test_ddof_one_divides_by_n_minus_one():
    table = complexity(matrix("11", "01"), ddof=1).set_index("name")["index"]
    assert table["A"] == pytest.approx(1 / np.sqrt(2))


def test_an_economy_without_any_advantage_keeps_its_row_without_an_index():
    table = complexity(matrix("11", "01", "00")).set_index("name")
    assert table.at["C", "count"] == 0 and np.isnan(table.at["C", "index"])


def test_a_repeated_second_eigenvalue_is_refused():
    with pytest.raises(ModelError) as caught:  # three economies that only share one common product
        complexity(matrix("1100", "1010", "1001"))
    assert "arbitrary" in caught.value.text("en") and "順位" in caught.value.text("ja")


def test_economies_that_all_hold_the_same_are_refused():
    with pytest.raises(ModelError):
        complexity(matrix("11", "11"))


def test_a_single_economy_is_refused():
    with pytest.raises(ModelError):
        complexity(matrix("11"))


ROWS = st.lists(st.text("01", min_size=4, max_size=4), min_size=3, max_size=6)


def plain(m: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Eigenvalues and second vector of D_c⁻¹ M D_p⁻¹ Mᵀ as the formula is written."""
    walk = (m / m.sum(axis=1)[:, None]) @ (m / m.sum(axis=0)).T
    values, vectors = np.linalg.eig(walk)
    order = np.argsort(-values.real)
    return values.real[order], vectors[:, order[1]].real


@given(ROWS)
def test_the_index_is_that_of_the_plain_formula_up_to_scale_and_sign(rows):
    table = matrix(*rows)
    m = table.pivot_table(index="economy", columns="product", values="value", aggfunc="sum")
    m = m.loc[m.sum(axis=1) > 0, m.sum(axis=0) > 0]
    assume(len(m) > 1 and len(components(m)) == 1)
    values, vector = plain(m.to_numpy())
    assume(values[1] > 1e-6 and (len(values) < 3 or values[1] - values[2] > 1e-6))
    index = indices(table)[m.index]
    z = (vector - vector.mean()) / vector.std()
    assert np.abs(np.corrcoef(index, z)[0, 1]) == pytest.approx(1)
    assert index.std(ddof=0) == pytest.approx(1) and index.mean() == pytest.approx(0, abs=1e-9)
    diversity = m.sum(axis=1)
    if diversity.nunique() > 1:
        assert np.cov(index, diversity)[0, 1] >= -1e-9


@given(ROWS, st.permutations("ABCDEF"))
def test_relabelling_economies_relabels_the_index(rows, names):
    table = matrix(*rows)
    renamed = table.assign(economy=table["economy"].map(dict(zip("ABCDEF", names, strict=True))))
    try:
        before = complexity(table)
    except ModelError:
        with pytest.raises(ModelError):
            complexity(renamed)
        return
    before = before[before["kind"] == "economy"].set_index("name")["index"]
    after = indices(renamed)
    diversity = table.groupby("economy")["value"].sum()
    if diversity.nunique() > 1 and abs(np.cov(before.fillna(0), diversity)[0, 1]) > 1e-6:
        for old, new in zip("ABCDEF", names, strict=True):
            if old in before.index:
                assert after[new] == pytest.approx(before[old], nan_ok=True, abs=1e-6)


@given(ROWS)
def test_components_part_all_economies_and_share_no_product(rows):
    table = matrix(*rows)
    m = table.pivot_table(index="economy", columns="product", values="value", aggfunc="sum")
    m = m.loc[m.sum(axis=1) > 0, m.sum(axis=0) > 0]
    assume(len(m))
    parts = components(m)
    assert sorted(name for economies, _ in parts for name in economies) == sorted(m.index)
    assert sorted(name for _, products in parts for name in products) == sorted(m.columns)


@given(st.lists(st.integers(1, 50), min_size=6, max_size=6), st.sampled_from([0.5, 4.0]))
def test_the_unit_of_exports_changes_no_advantage(values, unit):
    table = pd.DataFrame(
        {"economy": list("AABBCC"), "product": list("pqpqpq"), "value": [float(v) for v in values]}
    )
    scaled = table.assign(value=table["value"] * unit)
    assert advantage(table)["rca"].tolist() == pytest.approx(advantage(scaled)["rca"].tolist())


def test_raw_materials_of_the_packaged_trade_form_one_network():
    table = complexity(advantage(raw_material_exports(2024)))
    products = table[table["kind"] == "product"].set_index("name")
    assert products["index"].idxmin() == "crude-oil/ore"
    assert "Ge/refining" not in products.index  # retired in 2007
    assert table["index"].notna().all()


def test_scores_say_which_measure_and_economy():
    rows = complexity_scores(2024, ["CL", "ZA"])
    assert set(rows["measure"]) == {"rca", "pci"}
    assert set(rows.loc[rows["measure"] == "pci", "economy"]) == {"WORLD"}
    best = rows[(rows["measure"] == "rca") & (rows["economy"] == "ZA")].set_index("material")["value"]
    assert best["Rh"].max() > 10
