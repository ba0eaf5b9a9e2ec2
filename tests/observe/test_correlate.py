"""Editions of HS: found from codes, and goods followed from one to another without loss."""

import os
from collections import defaultdict
from functools import cache
from itertools import pairwise
from pathlib import Path

import pandas as pd
import pytest

from meguri.base.errors import DataError
from meguri.observe.correlate import correlate, to_edition
from meguri.observe.hs import EDITIONS, codes_of, find_edition
from meguri.observe.packaged import facts
from meguri.observe.tradefile import read_trade

CODES = {edition: sorted(c for c in codes_of(edition) if len(c) == 6 and c.isdigit()) for edition in EDITIONS}
FOLDER = os.environ.get("MEGURI_DATA", "")


@cache
def plain_steps():
    """For each newer edition: code of the older one and the codes of the newer that share its goods."""
    steps = {}
    for older, newer in pairwise(EDITIONS):
        step = steps.setdefault(newer, defaultdict(set))
        taken = set()
        links = facts("hs_links", "hs_links.parquet")
        for row in links[links["edition"] == newer].itertuples():
            step[row.older].add(row.newer)
            taken.add(row.newer)
        for code in (codes_of(older) & codes_of(newer)) - set(step) - taken:
            step[code].add(code)
    return steps


def plain_ways(code, start, end):
    """Twin: codes that may hold the goods, walked link by link."""
    now = {code}
    for edition in EDITIONS[EDITIONS.index(start) + 1 : EDITIONS.index(end) + 1]:
        now = {to for one in now for to in plain_steps()[edition].get(one, set())}
    return now


@pytest.mark.parametrize("edition", EDITIONS)
def test_each_edition_is_found_from_its_own_codes(edition):
    found = find_edition(pd.Series(CODES[edition]), int(edition[2:]))
    assert (found.edition, found.sure, found.strange) == (edition, "certain", ())


def test_a_few_late_codes_make_it_likely_and_are_named():
    codes = pd.Series([*CODES["HS2017"][:400], "811230"])
    found = find_edition(codes, 2018)
    assert (found.edition, found.strange) == ("HS2017", ("811230",))
    assert found.sure in ("likely", "by_year")


def test_codes_of_two_editions_are_called_mixed():
    codes = pd.Series(["854140", "854141", "854143", "848620"])
    assert find_edition(codes, 2022).sure == "mixed"


def test_a_reporter_with_few_codes_is_told_by_the_rest_of_its_file(tmp_path):
    sure, few = CODES["HS1996"][:600], ["8456", "8504"]
    rows = [f"JPN,{code},1" for code in sure] + [f"TUV,{code},1" for code in few]
    head = "ReporterISO3,ProductCode,TradeValue in 1000 USD,PartnerISO3,Year,TradeFlowName\n"
    path = tmp_path / "wits.csv"
    path.write_text(head + "".join(f"{row},WLD,2019,Export\n" for row in rows))
    lines = read_trade(path)
    assert lines.vintage == "HS1996"
    assert "in which the rest of the file certainly is" in " ".join(lines.notes["text_en"])


def test_unspecified_codes_say_nothing_about_the_edition():
    assert find_edition(pd.Series(["999999", "9999AA", "980100"]), 2018).sure == "none"


@pytest.mark.parametrize("rule", ["keep", pytest.param("equal", marks=pytest.mark.slow)])
@pytest.mark.parametrize(("start", "end"), [("HS2022", "HS2017"), ("HS2017", "HS2022")])
def test_weights_of_a_code_sum_to_one_and_lie_in_their_range(start, end, rule):
    codes = CODES[start][::9]
    table = correlate(codes, start, end, rule)
    assert table.groupby("code")["weight"].sum().to_numpy() == pytest.approx(1.0)
    assert set(table["code"]) == set(codes)
    assert (table["low"] <= table["weight"] + 1e-12).all()
    assert (table["weight"] <= table["high"] + 1e-12).all()
    assert set(table["successor"]) - {""} <= codes_of(end)


@pytest.mark.slow
@pytest.mark.parametrize(("start", "end"), [("HS2002", "HS2012")])
def test_successors_are_those_of_a_plain_walk(start, end):
    table = correlate(CODES[start][::5], start, end)
    ended = set(table.loc[table["rule"].str.contains("too_wide|no_link"), "code"])
    found = table[~table["code"].isin(ended)].groupby("code")["successor"].agg(set)
    assert len(found) > 900
    assert found.to_dict() == {code: plain_ways(code, start, end) for code in found.index}


@pytest.mark.parametrize(
    ("code", "start", "end", "successors", "rule", "grade"),
    [
        ("850511", "HS2002", "HS2012", ["850511"], "same", "reported"),
        ("811230", "HS2002", "HS2007", ["811292", "811299"], "equal", "assumed"),
        ("854140", "HS2017", "HS2022", ["854141", "854142", "854143", "854149"], "equal", "assumed"),
        ("848620", "HS2017", "HS2022", ["848620"], "same_number", "assumed"),
        ("848620", "HS2022", "HS2017", ["848620"], "merged", "reported"),
        ("854143", "HS2022", "HS2017", ["854140"], "merged", "reported"),
        ("852491", "HS2022", "HS2017", [""], "too_wide", "assumed"),
    ],
)  # fmt: skip
def test_known_codes_go_where_the_tables_of_the_united_nations_send_them(
    code, start, end, successors, rule, grade
):
    table = correlate([code], start, end)
    table = table[table["weight"] > 0]
    assert table["successor"].tolist() == successors
    assert (set(table["rule"]), set(table["grade"])) == ({rule}, {grade})


def test_a_pure_split_follows_the_trade_that_came_after():
    links = facts("hs_links", "hs_links.parquet")
    step = links[links["edition"] == "HS2012"]
    fed = step.groupby("newer")["older"].nunique()
    pure = step.groupby("older")["newer"].agg(lambda codes: len(codes) > 1 and fed[codes].max() == 1)
    code = pure[pure].index[0]
    successors = sorted(step.loc[step["older"] == code, "newer"])
    trade = pd.Series([3.0, *[1.0] * (len(successors) - 1)], index=successors)
    table = correlate([code], "HS2007", "HS2012", trade=trade).set_index("successor")
    assert table["weight"].to_dict() == pytest.approx((trade / trade.sum()).to_dict())
    assert set(table["rule"]) == {"by_trade"}
    assert set(table["grade"]) == {"estimated"}


def test_no_value_is_lost_or_made_when_lines_change_their_edition():
    lines = pd.DataFrame({
        "code": [*CODES["HS2022"][::37], "999999", "8486", "848620000"], "vintage": "HS2022", "year": 2023
    })  # fmt: skip
    lines = lines.assign(value=range(1, len(lines) + 1), weight=1.0)
    told = to_edition(lines, "HS2017")
    assert told["value"].sum() == pytest.approx(lines["value"].sum())
    assert told["weight"].sum() == pytest.approx(lines["weight"].sum())
    stays = told[told["given"].isin(["8486", "848620000"])]
    assert stays["code"].tolist() == ["8486", "848620"]


def test_an_edition_that_does_not_exist_is_refused():
    with pytest.raises(DataError, match="HS2020"):
        correlate(["848620"], "HS2020", "HS2017")


@pytest.mark.data
@pytest.mark.skipif(not FOLDER, reason="MEGURI_DATA is not set")
def test_packaged_links_are_those_of_the_correlation_tables():
    path = Path(FOLDER, "hs-revisions-concordance/raw/HS_consolidated_comtrade_concordances.csv.gz")
    raw = pd.read_csv(path, dtype=str)
    raw = raw[raw["adjustment"] == "2017 to 2012"]
    pairs = set(zip(raw["code.before"].str.zfill(6), raw["code.after"].str.zfill(6), strict=True))
    links = facts("hs_links", "hs_links.parquet")
    held = links[links["edition"] == "HS2017"]
    found = set(zip(held["older"], held["newer"], strict=True))
    plain = pairs - found
    assert found <= pairs
    assert all(older == newer for older, newer in plain)
    # a pair left out shares goods with no other code, so that reading "no link" as "the same" is right
    assert all(sum(code in pair for pair in pairs) == 1 for code, _ in sorted(plain)[::400])
