import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from meguri.observe.mining import production
from meguri.observe.profile import share_ranges
from meguri.structure.ranges import tightened

KEYS = {"element": "Nd", "stage": "magnet", "year": 2020, "basis": "japanese_firms", "source": "seed-000",
        "kind": "country", "grade": "estimated", "flag": ""}  # fmt: skip


def rows(**shares: float | tuple[float, float]) -> pd.DataFrame:
    out = []
    for country, cell in shares.items():
        low, high = cell if isinstance(cell, tuple) else (None, None)
        share = None if isinstance(cell, tuple) else cell
        out.append(KEYS | {"country": country, "share": share, "share_low": low, "share_high": high})
    table = pd.DataFrame(out)
    return table.dropna(axis=1, how="all")


def test_ranges_of_the_document_narrow_once_they_must_add_to_100():  # N8
    table = tightened(share_ranges("REO")).set_index(["year", "country"])
    printed = table.loc[(2000, "JP"), ["printed_low", "printed_high"]].tolist()
    narrow = table.loc[(2000, "JP"), ["low", "high"]].tolist()
    # Japan 80–90, China 5–10, others 0–5: Japan is no less than 100 − 10 − 5
    assert (printed, narrow) == ([0.8, 0.9], [0.85, 0.9])
    assert table.loc[(2025, "CN"), ["low", "high"]].tolist() == [0.6, 0.7], "100 − 25 − 5"
    assert table["flag"].str.contains("N8").all()


def test_a_printed_share_stands_for_all_that_round_to_it():
    table = tightened(rows(CN=0.69, JP=0.31)).set_index("country")
    assert table.loc["CN", ["printed_low", "printed_high"]].tolist() == [0.685, 0.695]
    fine = tightened(rows(CN=0.693, JP=0.307)).set_index("country")
    assert fine.loc["CN", ["printed_low", "printed_high"]].tolist() == [0.6925, 0.6935]


def test_less_than_a_tenth_of_a_per_cent_is_between_nothing_and_that():
    table = tightened(rows(CN=0.999, JP=0.0005)).set_index("country")
    assert table.loc["JP", ["printed_low", "printed_high"]].tolist() == [0.0, 0.001]


def test_shares_that_leave_a_rest_are_not_forced_to_100():
    table = tightened(rows(CN=0.60, JP=0.20))
    assert set(table["reason"]) == {"sum_open"}
    assert (table["low"] == table["printed_low"]).all() and (table["high"] == table["printed_high"]).all()


def test_a_single_producer_is_all_of_it():
    dysprosium = tightened(production("Dy", "separation")).iloc[0]
    assert [dysprosium[name] for name in ("share", "low", "high")] == [1.0, 1.0, 1.0]


def test_every_printed_group_of_ec_2023_keeps_its_printed_share_inside():
    table = tightened(production(source="ec-crm-2023"))
    closed = table[table["reason"] == ""]
    assert len(closed) > 300 and set(table["element"]) >= {"Hf", "Ru", "Dy", "Mg"}
    assert (closed["low"] >= closed["printed_low"] - 1e-9).all()
    assert (closed["high"] <= closed["printed_high"] + 1e-9).all()
    left = table[table["reason"] == "sum_open"].groupby(["element", "stage"])["share"].sum()
    assert {"Co", "Ni", "Te", "V"} <= set(left.index.get_level_values("element"))
    assert left.sub(1).abs().gt(0.004).all(), "these do not add to 100 % within rounding"


@given(st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)), min_size=2, max_size=5))
def test_the_truth_is_never_cut_away(parts):
    widths = [abs(a - b) for a, b in parts]
    true = [min(a, b) + width / 2 for (a, b), width in zip(parts, widths, strict=True)]
    whole = sum(true)
    if whole == 0:
        return
    scale = [(value / whole, width / (2 * whole)) for value, width in zip(true, widths, strict=True)]
    names = ["CN", "JP", "US", "AU", "DE"]
    spans = {n: (max(0.0, v - w), min(1.0, v + w)) for n, (v, w) in zip(names, scale, strict=False)}
    table = tightened(rows(**spans)).set_index("country")
    for name, (value, _) in zip(names, scale, strict=False):
        assert table.at[name, "low"] - 1e-6 <= value <= table.at[name, "high"] + 1e-6
