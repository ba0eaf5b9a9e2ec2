"""Draw the records of an invented heat-treatment shop, grade assumed, for the packaged workbook.

    python tools/sme_example.py

Writes ``src/meguri/data/sme/example_<table>.csv`` for jobs, stops, scheduled hours, lives of parts and works
of two vacuum furnaces and a carburising furnace from April 2025 to March 2026. People, customers, furnaces
and items beside them are written by hand (user story U3). Everything is invented; nothing stands for a firm.
Numbers come from one seed, so a second run writes the same files.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import numpy as np
import pandas as pd

OUT = Path(__file__).resolve().parents[1] / "src" / "meguri" / "data" / "sme"
START, END = dt.date(2025, 4, 1), dt.date(2026, 3, 31)
HOLIDAYS = ((4, 29), (5, 5), (5, 6), (8, 13), (8, 14), (8, 15), (12, 30), (12, 31), (1, 1), (1, 2))
FURNACES = {  # hours a day, faults a year, median hours down
    "1号真空炉": (16.0, 9, 5.0), "2号真空炉": (16.0, 7, 4.0), "浸炭炉": (20.0, 12, 6.0),
}  # fmt: skip
PROCESSES = {"1号真空炉": "真空焼入れ", "2号真空炉": "真空熱処理（高融点金属）", "浸炭炉": "浸炭焼入れ"}
CAUSES = {
    "1号真空炉": ("ヒータ断線", "真空漏れ", "熱電対不良"),
    "2号真空炉": ("真空漏れ", "ヒータ断線", "冷却水停止"),
    "浸炭炉": ("雰囲気ファン軸受", "熱電対不良", "搬送不良"),
}  # fmt: skip


def days() -> list[dt.date]:
    """Working days of the year."""
    every = [START + dt.timedelta(days=n) for n in range((END - START).days + 1)]
    return [day for day in every if day.weekday() < 5 and (day.month, day.day) not in HOLIDAYS]


def schedule(working: list[dt.date]) -> pd.DataFrame:
    """Hours each furnace was meant to run."""
    rows = [{"asset": name, "date": day.isoformat(), "hours": hours} for day in working
            for name, (hours, _, _) in FURNACES.items()]  # fmt: skip
    return pd.DataFrame(rows)


def stops(working: list[dt.date], rng: np.random.Generator) -> pd.DataFrame:
    """Faults with log-normal times to recover, one still open, and planned inspections."""
    rows = []
    for name, (hours, faults, median) in FURNACES.items():
        for _ in range(faults):
            day = working[int(rng.integers(len(working)))]
            begin = dt.datetime.combine(day, dt.time(8))
            begin += dt.timedelta(minutes=int(rng.integers(int(hours * 30))))
            length = max(0.5, float(np.exp(np.log(median) + 0.7 * rng.standard_normal())))
            end = begin + dt.timedelta(minutes=5 * round(length * 12))
            rows.append((begin, end, name, str(rng.choice(CAUSES[name])), "×"))
        for month in (8, 12):
            day = next(one for one in working if one.month == month)
            begin = dt.datetime.combine(day, dt.time(8))
            rows.append((begin, begin + dt.timedelta(hours=8), name, "定期点検", "○"))
    rows.sort(key=lambda row: row[0])
    table = [
        {"stop": f"T{n:03d}", "asset": name, "start": begin.strftime("%Y-%m-%dT%H:%M"),
         "end": end.strftime("%Y-%m-%dT%H:%M"), "planned": planned, "cause": cause}
        for n, (begin, end, name, cause, planned) in enumerate(rows, start=1)
    ]  # fmt: skip
    still_open = {
        "asset": "1号真空炉",
        "start": "2026-03-31T14:00",
        "end": "",
        "planned": "×",
        "cause": "真空漏れ",
    }
    table.append({"stop": f"T{len(table) + 1:03d}", **still_open})
    return pd.DataFrame(table)


def jobs(working: list[dt.date], rng: np.random.Generator) -> pd.DataFrame:
    """One or two lots a week for each furnace; four in a hundred done again."""
    items = pd.read_csv(OUT / "example_items.csv", dtype=str)
    rows = []
    for asset, process in PROCESSES.items():
        made = items[items["process"] == process]
        for day in working[:: 2 if asset == "浸炭炉" else 3]:
            material, customer = made[["material", "customer"]].to_numpy()[int(rng.integers(len(made)))]
            again = rng.random() < (0.07 if material in ("W", "Ta") else 0.03)
            unpaid = round(float(rng.gamma(1.2, 1.5)), 1) if rng.random() < 0.15 else ""
            rows.append({
                "date": day.isoformat(), "process": process, "material": material, "customer": customer,
                "asset": asset, "quantity": int(rng.integers(4, 60)), "rework": "○" if again else "×",
                "rework_hours": round(float(rng.gamma(2.0, 2.0)), 1) if again else "", "unpaid_hours": unpaid,
            })  # fmt: skip
    table = pd.DataFrame(rows).sort_values(["date", "asset"], kind="stable").reset_index(drop=True)
    table.insert(0, "job", [f"J{n:04d}" for n in range(1, len(table) + 1)])
    return table


def lives(rng: np.random.Generator) -> pd.DataFrame:
    """Trays and fan bearings with and without the shop's care; some still in service."""
    rows = []
    for group, median, count in (("トレイ", 240, 20), ("ファン軸受", 330, 12)):
        for care, factor in (("○", 1.35), ("×", 1.0)):
            for n in range(count):
                begin = dt.date(2024, 4, 1) + dt.timedelta(days=int(rng.integers(300)))
                days = median * factor * float(np.exp(0.25 * rng.standard_normal()))
                end = begin + dt.timedelta(days=round(days))
                rows.append({
                    "part": f"{group}-{care}{n + 1:02d}", "group": group, "start": begin.isoformat(),
                    "end": end.isoformat() if end <= END else "", "care": care,
                })  # fmt: skip
    return pd.DataFrame(rows)


def works(rng: np.random.Generator) -> pd.DataFrame:
    """Work on the furnaces."""
    kinds = ["修理"] * 9 + ["改修"] * 5 + ["アップグレード"] * 3 + ["新規導入"] * 2
    cost = {"修理": 0.2, "改修": 1.5, "アップグレード": 3.0, "新規導入": 18.0}
    rows = [
        {"date": (START + dt.timedelta(days=int(rng.integers(360)))).isoformat(),
         "asset": str(rng.choice(list(FURNACES))), "kind": kind,
         "cost": int(round(cost[kind] * float(np.exp(0.3 * rng.standard_normal())) * 100) * 10_000)}
        for kind in kinds
    ]  # fmt: skip
    table = pd.DataFrame(rows).sort_values("date", kind="stable").reset_index(drop=True)
    table.insert(0, "work", [f"K{n:02d}" for n in range(1, len(table) + 1)])
    return table


def main() -> None:
    """Write every table."""
    rng = np.random.default_rng(2026)
    working = days()
    made = {
        "jobs": jobs(working, rng), "stops": stops(working, rng), "schedule": schedule(working),
        "lives": lives(rng), "works": works(rng),
    }  # fmt: skip
    for name, table in made.items():
        table.to_csv(OUT / f"example_{name}.csv", index=False, lineterminator="\n")


if __name__ == "__main__":
    main()
