"""A scan and the loaded file say the same; BACI numbers of economies stand in the file."""

import numpy as np
import pandas as pd
import pytest

from meguri.base.errors import DataError
from meguri.observe.imports import country_numbers
from meguri.observe.tradefile import read_trade, scan_trade
from meguri.structure.class_scan import classify_scan
from meguri.structure.classify import classify
from meguri.structure.mutual import mutual, mutual_scan
from tests.structure.trade import SMALL

pytestmark = pytest.mark.slow
CODES = (848620, 848690, 845811, 870323, 720839, 381800)
ECONOMIES = ("JP", "KR", "US", "CN")


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    draw = np.random.default_rng(8)
    number = country_numbers().set_index("country")["number"]
    pairs = [(a, b) for a in ECONOMIES for b in ECONOMIES if a != b]
    rows = [
        (2020, int(number[a]), int(number[b]), code, draw.integers(1, 800) / 8, draw.integers(1, 9))
        for a, b in pairs
        for code in CODES
    ]
    file = tmp_path_factory.mktemp("scan") / "flows.parquet"
    pd.DataFrame(rows, columns=list("tijkvq")).to_parquet(file, index=False)
    return file


def test_shares_of_a_scan_are_those_of_the_loaded_file(path):
    loaded = classify(read_trade(path), SMALL, partners=False, draws=5).tables["class_shares"]
    with scan_trade(path) as scan:
        scanned = classify_scan(scan, SMALL, draws=5).tables["class_shares"]
    assert set(scanned["partner"]) == {"WLD"}
    keys = ["year", "reporter", "class"]
    both = [table.set_index(keys).sort_index()[["value", "share"]] for table in (loaded, scanned)]
    pd.testing.assert_frame_equal(*both)


def test_mutual_dependence_of_a_scan_is_that_of_the_loaded_file(path):
    loaded = mutual(read_trade(path), SMALL)
    with scan_trade(path) as scan:
        scanned = mutual_scan(scan, SMALL)
    columns = [
        "a",
        "b",
        "class",
        "a_from_b",
        "b_from_a",
        "share_a",
        "share_b",
        "loss_a",
        "loss_b",
        "missing_en",
    ]
    pd.testing.assert_frame_equal(loaded[columns], scanned[columns])


def test_a_scan_of_several_years_asks_for_one(path, tmp_path):
    table = pd.read_parquet(path)
    pd.concat([table, table.assign(t=2021)]).to_parquet(tmp_path / "two.parquet", index=False)
    with scan_trade(tmp_path / "two.parquet") as scan, pytest.raises(DataError, match="2020, 2021"):
        mutual_scan(scan, SMALL)
