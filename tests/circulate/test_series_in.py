"""A table of the user's own gives the same series however it is laid out, and every fault is named."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from meguri.base.errors import DataError, ModelError
from meguri.circulate.lifetimes import Lifetime
from meguri.circulate.series_in import read_series
from meguri.circulate.series_stocks import read_lifetime, stock_answer

LONG = "Time,Element,Good,value\n2000,Nd,car,1\n2001,Nd,car,2.5\n2000,Dy,car,3\n2001,Dy,car,4\n"


def write(folder: Path, text: str, name: str = "series.csv") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def keys(path: Path) -> list[str]:
    with pytest.raises(DataError) as refused:
        read_series(path)
    assert all(problem.file and problem.place for problem in refused.value.problems)
    assert "\n" in refused.value.text("ja")
    return [problem.key for problem in refused.value.problems]


def test_long_odym_and_wide_layouts_tell_the_same(tmp_path: Path) -> None:
    long = read_series(write(tmp_path, LONG))
    assert long.years == (2000, 2001) and long.labels == ("Nd / car", "Dy / car") and long.unit == ""
    assert long.values.tolist() == [[1, 3], [2.5, 4]]
    wide = read_series(write(tmp_path, "Element,Good,2000,2001\nNd,car,1,2.5\nDy,car,3,4\n", "wide.csv"))
    book = tmp_path / "odym.xlsx"
    rows = [("Nd", "car", 2000, 1), ("Nd", "car", 2001, 2.5), ("Dy", "car", 2000, 3), ("Dy", "car", 2001, 4)]
    frame = pd.DataFrame(rows, columns=["chemical elements", "vehicle types", "Historic Time", "Value"])
    with pd.ExcelWriter(book) as writer:
        pd.DataFrame({"Dataset_Name": ["F_inflow"]}).to_excel(writer, sheet_name="Cover", index=False)
        frame.assign(
            **{"Unit": "kt/yr", "stats_array string": "none", "Comment": ["a", "b", "", "c"]}
        ).to_excel(writer, sheet_name="Values_Master", index=False)
    odym = read_series(book)
    assert wide[:2] == odym[:2] == long[:2] and odym.unit == "t/a"
    np.testing.assert_array_equal(wide.values, long.values)
    np.testing.assert_array_equal(odym.values, 1000 * long.values)


def test_what_was_written_by_hand_is_read_back_whatever_the_order_of_rows(tmp_path: Path) -> None:
    """A table of random numbers, shuffled, comes back to the last bit: nothing is rounded or reordered."""
    rng = np.random.default_rng(1)
    amounts = rng.random((12, 3))
    frame = pd.DataFrame(
        amounts, index=pd.RangeIndex(1990, 2002, name="t"), columns=pd.Index(list("abc"), name="r")
    )
    tidy = frame.stack().rename("value").reset_index().sample(frac=1, random_state=1)
    path = tmp_path / "flodym.csv"
    tidy.to_csv(path, index=False)
    read = read_series(path)
    order = [read.labels.index(name) for name in "abc"]
    np.testing.assert_array_equal(read.values[:, order], amounts)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Time,amount\n2000,1\n", ["series_value"]),
        ("when,amount\n2000,1\n", ["series_value", "series_time"]),
        ("Time,Age-cohort,value\n2000,1999,1\n", ["series_time"]),
        ("Time,value\n2000,1\n2000,2\n", ["duplicate"]),
        ("Time,value\n2000,1\n2003,2\n", ["series_gap"]),
        ("Time,r,value\n2000,a,1\n2001,a,2\n2000,b,1\n", ["series_gap"]),
        ('Time,value\n2000,about 3\n2001,\n2002,"1,5"\n2003,-1\n20x4,5\n',
         ["series_number"] * 3 + ["amount_negative", "series_year"]),
        ("Time,unit,value\n2000,t,1\n2001,cars,2\n", ["series_units"]),
        ("Time,value\n", ["file_empty"]),
    ],
)  # fmt: skip
def test_every_fault_of_a_table_is_named_at_once(text: str, expected: list[str], tmp_path: Path) -> None:
    assert keys(write(tmp_path, text)) == expected


def test_places_are_rows_of_the_file_blank_ones_counted(tmp_path: Path) -> None:
    for name in ("gaps.csv", "gaps.xlsx"):
        path = tmp_path / name
        if name.endswith("csv"):
            path.write_text("\nTime,value\n2000,1\n\n2001,x\n", encoding="utf-8")
        else:
            rows = [[None, None], ["Time", "value"], [2000, 1], [None, None], [2001, "x"]]
            pd.DataFrame(rows).to_excel(path, index=False, header=False)
        with pytest.raises(DataError, match=f"{name}:5, value: found 'x'"):
            read_series(path)


def test_thirty_years_of_a_hundred_are_a_stock_of_three_thousand(tmp_path: Path) -> None:
    """By hand: goods of 1970.5, …, 1999.5 are all there at the end of 1999, and none leaves before 2000."""
    text = "time,unit,value\n" + "".join(f"{year},t/a,100\n" for year in range(1970, 2031))
    tables = stock_answer(write(tmp_path, text), Lifetime("fixed", mean=30), mode="inflow", when="middle")
    told = tables["cohort_stocks"].pivot(index="time", columns="what", values="value")
    assert told.at[1970, "stock"] == 100 and told.at[1998, "stock"] == 2900
    assert (told.loc[1999:, "stock"] == 3000).all()
    assert told.at[1999, "outflow"] == 0 and (told.loc[2000:, "outflow"] == 100).all()
    assert tables["cohort_ages"]["mass"].sum() == 3000


def test_the_stock_of_an_inflow_gives_the_inflow_back(tmp_path: Path) -> None:
    rng = np.random.default_rng(2)
    text = "t,unit,value\n" + "".join(f"{2000 + at},cars,{x}\n" for at, x in enumerate(rng.random(30)))
    source, lives = write(tmp_path, text), read_lifetime("weibull:shape=3,scale=15")
    first = stock_answer(source, lives, mode="inflow", when="quadrature")["cohort_stocks"]
    stock = first[first["what"] == "stock"][["time", "unit", "value"]]
    assert set(stock["unit"]) == {"cars"} and "cars/a" in set(first["unit"])
    stock.to_csv(tmp_path / "stock.csv", index=False)
    back = stock_answer(tmp_path / "stock.csv", lives, mode="stock", when="quadrature")["cohort_stocks"]
    inflow = [table.loc[table["what"] == "inflow", "value"].to_numpy() for table in (first, back)]
    np.testing.assert_allclose(inflow[1], inflow[0], rtol=0, atol=1e-12)


@pytest.mark.parametrize(
    "text", ["weibul:shape=3", "weibull:shape=3", "fixed:mean=long", "normal:mean=1,sd=9"]
)
def test_a_lifetime_that_is_none_is_refused_as_bad_input(text: str) -> None:
    with pytest.raises(DataError):
        read_lifetime(text)


def test_a_policy_is_refused_for_inflows_and_a_falling_stock_without_one(tmp_path: Path) -> None:
    path = write(tmp_path, "t,value\n2000,10\n2001,2\n")
    lives = Lifetime("fixed", mean=10)
    with pytest.raises(DataError, match="--mode stock"):
        stock_answer(path, lives, mode="inflow", when="middle", negative="retire")
    with pytest.raises(ModelError, match="2001"):
        stock_answer(path, lives, mode="stock", when="middle")
    yearly = write(tmp_path, "t,unit,value\n2000,kg/a,10\n", "yearly.csv")
    with pytest.raises(DataError, match="per year"):
        stock_answer(yearly, lives, mode="stock", when="middle")
