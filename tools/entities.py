"""Tabulate the entity lists of the raw sets into the packaged table: names as listed, nothing reworded.

    python tools/entities.py --data DIR

Writes ``src/meguri/data/facts/entities.csv``. A row whose address ran into its name (China, METI list)
takes its name from there.
"""

from __future__ import annotations

import argparse
import json
import re
import unicodedata
from pathlib import Path
from typing import Any

import pandas as pd

from meguri.base.terms import find_key

OUT = Path(__file__).resolve().parents[1] / "src" / "meguri" / "data" / "facts" / "entities.csv"
LISTS = {
    "jp-end-user-list": ("2025-09-29", "meti-end-users-2025"),
    "cn-export-control-watchlist": ("2026-07-19", "mofcom-lists-2026"),
    "cn-attention-list": ("2026-07-19", "mofcom-lists-2026"),
    "cn-unreliable-entity-list": ("2026-07-19", "mofcom-lists-2026"),
}
CONCERNS = {"生物": "B", "化学": "C", "ミサイル": "M", "核": "N", "通常兵器": "CW"}
COUNTRIES = (
    "Islamic Republic of Iran", "North Korea", "Islamic Republic of Pakistan", "Russian Federation",
    "People's Republic of China", "United Arab Emirates", "Hong Kong", "Syrian Arab Republic",
    "Republic of Lebanon", "Taiwan", "Arab Republic of Egypt", "Islamic Republic of Afghanistan", "India",
    "Republic of Yemen", "State of Israel",
)  # fmt: skip
KEYS = {
    "Islamic Republic of Iran": "IR", "Russian Federation": "RU", "North Korea": "KP",
    "People's Republic of China": "CN", "Islamic Republic of Pakistan": "PK", "Syrian Arab Republic": "SY",
    "Republic of Lebanon": "LB", "Arab Republic of Egypt": "EG", "Islamic Republic of Afghanistan": "AF",
    "Republic of Yemen": "YE", "State of Israel": "IL",
}  # fmt: skip


def clean(text: str) -> str:
    """One spelling on one line: full-width signs made plain, invisible signs gone."""
    plain = unicodedata.normalize("NFKC", text)
    visible = "".join(c for c in plain if unicodedata.category(c) not in {"Cf", "Cc"})
    return re.sub(r"\s+", " ", visible).strip()


def row(record: dict[str, Any]) -> dict[str, str]:
    """One listed entity as a row of the packaged table."""
    where = clean(record["addresses"][0]) if record["list_id"].startswith("jp") else ""
    country = next((name for name in COUNTRIES if where.startswith(name)), "")
    rest = where.removeprefix(country).strip()
    spellings = [clean(text) for text in (record["entity_name"], rest, *record["aliases"])]
    name, *others = dict.fromkeys(text for text in spellings if text)
    listed, source = LISTS[record["list_id"]]
    reason = unicodedata.normalize("NFKC", record["reason"]) if source.startswith("meti") else ""
    return {
        "entity": record["id"], "list": record["list_id"], "list_date": listed, "name": name,
        "aliases": "|".join(others),
        "country": KEYS.get(country) or find_key(country, "countries") or "",
        "concerns": "|".join(code for word, code in CONCERNS.items() if word in reason),
        "added": record["date_added"] or "", "url": "" if reason else record["source_url"], "source": source,
        "grade": "reported",
    }  # fmt: skip


def main() -> None:
    """Read both files and write the table in the order of its keys."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    folder = parser.parse_args().data / "entity-lists-jp-cn" / "raw"
    files = (folder / "entities_jp.json", folder / "entities_cn.json")
    rows = [row(record) for file in files for record in json.loads(file.read_text(encoding="utf-8"))]
    table = pd.DataFrame(rows).sort_values(["list", "entity", "name"])
    again = table.groupby("entity").cumcount()  # two rows of the set share a number
    table["entity"] += again.map(lambda n: f"-{n + 1}" if n else "")
    table.to_csv(OUT, index=False, lineterminator="\n")


if __name__ == "__main__":
    main()
