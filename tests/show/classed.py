"""A small answer by hand: chip machines, parts and cars between two countries over three years."""

from types import SimpleNamespace

import pandas as pd

# class: value in the first year [USD], value in the last year, P10 and P90 of the last share
BY_CLASS = {
    "PC_EQUIP": (4.0e9, 6.0e9, 0.26, 0.33),
    "PC_PARTS": (2.0e9, 2.2e9, 0.08, 0.13),
    "PC_MATERIALS": (2.4e9, 2.6e9, 0.1, 0.15),
    "PC_METROLOGY": (1.0e9, 1.2e9, 0.05, 0.07),
    "PC_CONSUMABLE": (0.4e9, 0.5e9, 0.02, 0.03),
    "GENERAL_PURPOSE": (1.8e9, 1.7e9, 0.07, 0.11),
    "FINISHED": (2.6e9, 2.0e9, 0.09, 0.11),
    "RAW": (3.0e9, 2.2e9, 0.1, 0.13),
    "OTHER": (0.2e9, 0.2e9, 0.01, 0.01),
    "RESIDUAL": (1.6e9, 1.3e9, 0.05, 0.09),
    "UNSPECIFIED": (0.1e9, 0.1e9, 0.005, 0.005),
}
YEARS = (2018, 2019, 2020)
LINES = (
    # code, name_en, name_ja, class, weight, value, confidence, reason
    ("848620", "Machines to make chips", "半導体製造装置", "PC_EQUIP", 1.0, 3.8e9, "high"),
    ("848630", "Machines to make flat panels", "フラットパネル製造装置", "PC_EQUIP", 1.0, 1.6e9, "high"),
    ("847989", "Machines with functions of their own", "その他の機械", "PC_EQUIP", 0.3, 0.6e9, "low"),
    ("900190", "Optical elements", "光学素子", "PC_PARTS", 0.8, 1.2e9, "medium"),
    ("848180", "Valves", "弁", "PC_PARTS", 0.4, 0.4e9, "medium"),
    ("381800", "Doped wafers", "ウエハー", "PC_MATERIALS", 1.0, 0.9e9, "high"),
    ("370790", "Photoresist and developers", "フォトレジスト等", "PC_MATERIALS", 0.9, 0.5e9, "high"),
    ("903082", "Testers for chips", "半導体測定機器", "PC_METROLOGY", 1.0, 0.7e9, "high"),
    ("690919", "Technical ceramics", "ファインセラミックス", "PC_CONSUMABLE", 0.6, 0.3e9, "medium"),
    ("870323", "Cars", "乗用車", "FINISHED", 1.0, 1.1e9, "high"),
    ("720839", "Hot-rolled coils", "熱延コイル", "RAW", 1.0, 0.8e9, "high"),
    ("845710", "Machining centres", "マシニングセンタ", "GENERAL_PURPOSE", 0.9, 0.5e9, "medium"),
)


def shares(years=YEARS, reporter="KR", partner="JP", tilt=1.0):
    """Rows of ``class_shares``: values between the first and the last, shares of their sum."""
    rows = []
    for place, year in enumerate(years):
        part = place / max(len(years) - 1, 1)
        values = {
            key: (first + (last - first) * part) * (tilt if key.startswith("PC") else 1.0)
            for key, (first, last, _, _) in BY_CLASS.items()
        }
        whole, named = sum(values.values()), sum(values.values()) - values["UNSPECIFIED"]
        for key, value in values.items():
            share, (_, last, low, high) = value / whole, BY_CLASS[key]
            of = last / sum(row[1] for row in BY_CLASS.values())
            rows.append(
                {
                    "year": year, "reporter": reporter, "partner": partner, "flow": "import", "class": key,
                    "value": value, "share": share,
                    "share_ex": float("nan") if key == "UNSPECIFIED" else value / named,
                    "p10": share * low / of, "p90": share * high / of, "unit": "USD", "basis": "cif",
                }
            )  # fmt: skip
    return pd.DataFrame(rows)


def totals(frame):
    """Rows of ``class_totals`` that belong to some shares."""
    rows = []
    for key, part in frame.groupby(["year", "reporter", "partner", "flow"], sort=False):
        for variant, most in (("PC4", 4), ("PC5", 5)):
            own = part[part["class"].isin(list(BY_CLASS)[:most])]
            share = float(own["share"].sum())
            rows.append(
                dict(zip(("year", "reporter", "partner", "flow"), key, strict=True))
                | {"variant": variant, "share": share, "p10": share - 0.03, "p90": share + 0.04}
            )
    return pd.DataFrame(rows)


def lines():
    """Rows of ``class_lines`` of the last year."""
    whole = sum(row[1] for row in BY_CLASS.values())
    rows = [
        {
            "code": code, "name_en": en, "name_ja": ja, "class": key, "weight": weight, "value": value,
            "share": value / whole, "confidence": sure, "reason_en": f"Made up for {code}.",
            "reason_ja": f"{code}についての作例です。", "curated": "yes", "substitution": 0.8,
            "dependence": 0.7, "impact": 0.9,
        }
        for code, en, ja, key, weight, value, sure in LINES
    ]  # fmt: skip
    frame = pd.DataFrame(rows)
    frame.insert(0, "rank", frame.groupby("class").cumcount() + 1)
    return frame


def baseline():
    """Rows of ``class_baseline``: the classical class of each class's money."""
    bec = {
        "PC_EQUIP": "capital", "GENERAL_PURPOSE": "capital", "FINISHED": "consumption",
        "UNSPECIFIED": "unclassified",
    }  # fmt: skip
    whole = sum(row[1] for row in BY_CLASS.values())
    return pd.DataFrame(
        [
            {"bec": bec.get(key, "intermediate"), "class": key, "value": row[1], "share": row[1] / whole}
            for key, row in BY_CLASS.items()
        ]
    )


def mutual(pairs=(("KR", "JP"),)):
    """Rows of ``class_mutual``: the first pair in full, of every later one a share is not known."""
    rows = []
    for place, (a, b) in enumerate(pairs):
        for n, key in enumerate(("PC_EQUIP", "PC_PARTS", "PC_MATERIALS", "PC4", "PC5")):
            known = float("nan") if place and n == 0 else 0.08 * (n + 1) / (place + 1)
            rows.append(
                {
                    "year": 2020, "a": a, "b": b, "class": key, "a_from_b": 2e9 * (n + 1),
                    "b_from_a": 1e9 * (n + 1), "share_a": known, "share_b": 0.03 * (n + 1),
                    "loss_a": 0.01 * (n + 1), "loss_b": float("nan"), "unit": "USD",
                    "missing_en": "x", "missing_ja": "不明",
                }
            )  # fmt: skip
    return pd.DataFrame(rows)


TRADE = {"year": 2020, "reporter": "KR", "partner": "JP", "flow": "import", "unit": "USD"}


def drivers():
    """Rows of ``class_drivers`` of the last year."""
    rows = [
        TRADE | {"variant": "PC4", "rank": place, "code": code, "name_en": en, "name_ja": ja,
                 "value": value, "weight": weight, "swing": 0.01 / place, "confidence": sure,
                 "share_of_variance": 0.3 / place}
        for place, (code, en, ja, _, weight, value, sure) in enumerate(LINES[:4], start=1)
    ]  # fmt: skip
    return pd.DataFrame(rows)


def answer():
    """What a page reads: the tables of a ``ClassAnswer``, and how they were made."""
    frame = shares()
    totals_ = totals(frame)
    values = frame.groupby("year")["value"].sum()
    note = {"key": "x", "level": "info", "text_en": "Made up.", "text_ja": "作例。", "source": ""}
    tables = {
        "class_shares": frame.assign(source="comtrade-kor-jpn", grade="assumed"),
        "class_totals": totals_.assign(
            value=totals_["share"] * totals_["year"].map(values), share_ex=totals_["share"], unit="USD"
        ),
        "class_lines": lines().assign(**TRADE, vote="", source="meguri-classes"), "class_drivers": drivers(),
        "class_baseline": baseline().assign(**TRADE), "class_mutual": mutual(),
        "class_notes": pd.DataFrame([note]),
    }  # fmt: skip
    about = {"source": "comtrade-kor-jpn", "vintage": "HS2017", "draws": 100, "seed": 1, "top": 20}
    return SimpleNamespace(tables=tables, about=about)
