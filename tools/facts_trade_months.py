"""Writes data/facts/trade_months.csv from the raw set: python -m tools.facts_trade_months FOLDER.

Small aggregates of the Korea Customs Service's open statistics, by partner and month since 2015.
"""

import sys
from pathlib import Path

import pandas as pd

from meguri.observe.trade_months import ITEMS, WHOLE, raw_trade_months

TOTALS = "korea-2019-controls/derived/korea_monthly_hf_pr_chips_2017_2021.csv"


def totals(folder: Path) -> pd.DataFrame:
    """Imports from all partners together, as the same publisher's extract gives them."""
    rows = pd.read_csv(folder / TOTALS)
    parts = [
        pd.DataFrame(
            {
                "item": item,
                "code": code,
                "economy": "KR",
                "partner": WHOLE,
                "month": rows["MonthYear"].str.slice(0, 7),
                "value_kusd": (rows[f"KW_{short}_ImportDollar"] / 1000).round(3),
                "quantity_t": (rows[f"KW_{short}_ImportKg"] / 1000).round(5),
                "source": "kcs-monthly",
                "grade": "reported",
            }
        )
        for item, code, short in [("hf", "2811111000", "HF"), ("resist", "3707901010", "PR")]
    ]
    return pd.concat(parts)


if __name__ == "__main__":
    home = Path(sys.argv[1])
    known = raw_trade_months(home)
    known = known[known["code"].isin(ITEMS) & (known["month"] >= "2015-01")]
    every = pd.concat([known, totals(home)]).dropna(subset=["value_kusd"])
    every = every.sort_values(["item", "partner", "month"])
    every.to_csv(Path("src/meguri/data/facts/trade_months.csv"), index=False)
