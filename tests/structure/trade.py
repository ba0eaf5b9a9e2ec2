"""Small hand-made trade and maps, for the tests of classification."""

import pandas as pd

from meguri.observe.tradelines import TradeLines, trade_lines

HOME = {
    "vintage": "HS2017",
    "year": 2018,
    "flow": "import",
    "reporter": "KR",
    "partner": "JP",
    "currency": "USD",
}


def lines(*rows: dict, **shared) -> TradeLines:
    """Trade lines from rows that give what differs from Korea's imports from Japan in 2018."""
    return trade_lines(pd.DataFrame([HOME | {"weight": float("nan")} | shared | row for row in rows]), "user")


def goods(*rows: tuple) -> pd.DataFrame:
    """A map from (code, class, weight, low, high[, confidence])."""
    table = pd.DataFrame(
        [(*row, "high")[:6] for row in rows], columns=["code", "class", "weight", "low", "high", "confidence"]
    )
    said = {
        "reason_en": "said in English",
        "reason_ja": "日本語の理由",
        "curated": table["code"].str.len() == 6,
    }
    return table.assign(**said, source="", finished_wide=False)


# 8486 is mixed, 8458 a general machine tool, 87 cars, 72 steel, 38 chemicals; 99 no good at all
SMALL = goods(
    ("848620", "PC_EQUIP", 1.0, 0.9, 1.0),
    ("848690", "PC_PARTS", 0.625, 0.5, 0.75),
    ("848690", "PC_CONSUMABLE", 0.375, 0.25, 0.5),
    ("84", "GENERAL_PURPOSE", 1.0, 1.0, 1.0, "medium"),
    ("87", "FINISHED", 1.0, 1.0, 1.0),
    ("72", "RAW", 1.0, 1.0, 1.0),
    ("3818", "PC_MATERIALS", 0.75, 0.5, 1.0),
    ("3818", "RESIDUAL", 0.25, 0.0, 0.5),
    ("38", "RESIDUAL", 1.0, 1.0, 1.0, "low"),
    ("99", "UNSPECIFIED", 1.0, 1.0, 1.0),
)


def scores(**by_code: tuple[float, float, float]) -> pd.DataFrame:
    """Scores from c848620=(substitution, dependence, impact), each ± 0.1 with three pieces of evidence."""
    rows = [
        (code[1:], name, value, max(0.0, value - 0.1), min(1.0, value + 0.1), 3)
        for code, values in by_code.items()
        for name, value in zip(("substitution", "dependence", "impact"), values, strict=True)
    ]
    return pd.DataFrame(rows, columns=["code", "score", "value", "low", "high", "n_evidence"])
