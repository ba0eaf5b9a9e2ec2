"""The independent check on a page: whether scores and map find goods that had no part in them."""

from __future__ import annotations

from typing import Any

import pandas as pd

from meguri.base.terms import Lang
from meguri.show.classify_words import class_word
from meguri.show.page import Small, table_html
from meguri.show.spell import listing, missing, signed, word

SHOWN = ("mean", "pc4")  # of the scores and of the map; the others stand in the workbook
AMONG = ("all", "chapters", "headings", "measured")
CHANCE = {"auc": 0.5, "spearman": 0.0}


def shown_rows(check: pd.DataFrame) -> pd.DataFrame:
    """Rows a page shows: for lists the chance of ranking first, for measures the rank correlation."""
    listing_ = check["n_listed"].notna() & (check["n_listed"] > 0)
    wanted = (check["statistic"] == "auc") | ~listing_ & (check["statistic"] == "spearman")
    measured = check["among"] == "measured"
    return check[check["score"].isin(SHOWN) & (wanted | measured)]


def check_table(check: pd.DataFrame | None, lang: Lang) -> str:
    """For each list left out: how well its goods are found among all goods, in their chapters, headings."""
    if check is None or check.empty:
        return ""
    rows = shown_rows(check)
    among = [key for key in AMONG if key in set(rows["among"])]
    found = [_row(part, among, lang) for _, part in rows.groupby(["against", "score"], sort=False)]
    titles = [class_word(f"col.{name}", lang) for name in ("against", "tested", "n_listed")]
    titles += [word(key, "goods_among", lang) for key in among]
    right = [False, False, True, *[True] * len(among)]
    return table_html(titles, found, right, "checks")


def _row(part: pd.DataFrame, among: list[str], lang: Lang) -> list[str]:
    cells = part.drop_duplicates("among").set_index("among")
    first = part.iloc[0]
    listed = first["n_listed"] if not missing(first["n_listed"]) and first["n_listed"] else first["n"]
    score = class_word(f"check.{first['score']}", lang)
    return [
        word(first["against"], "control_lists", lang), score, f"{int(listed)}",
        *(_cell(cells.loc[key].to_dict(), lang) if key in cells.index else "—" for key in among),
    ]  # fmt: skip


def _cell(row: dict[Any, Any], lang: Lang) -> str:
    """Statistic and interval, and below them the verdict."""
    told = word(row["verdict"], "goods_verdicts", lang)
    if missing(row["value"]):
        return Small("—", told)
    if row["statistic"] == "auc":
        value, ends = f"{row['value']:.2f}", (f"{row['low']:.2f}", f"{row['high']:.2f}")
    else:
        value, ends = signed(row["value"]), (signed(row["low"]), signed(row["high"]))
    return Small(value, f"{ends[0]}{'〜' if lang == 'ja' else ' to '}{ends[1]} · {told}")


def check_sentence(check: pd.DataFrame | None, lang: Lang) -> str:
    """How many lists the map finds, within chapters, said whatever it is."""
    if check is None or check.empty:
        return ""
    rows = check[(check["statistic"] == "auc") & (check["score"] == "pc4") & (check["among"] == "chapters")]
    counts = rows["verdict"].value_counts()
    parts = [
        f"{word(verdict, 'goods_verdicts', lang)} {int(counts[verdict])}"
        for verdict in ("supports", "weak", "none", "against", "too_few")
        if verdict in counts.index
    ]
    return class_word("said_check", lang, n=len(rows), parts=listing(parts, lang))


def frozen_sentence(frozen: pd.DataFrame | None, lang: Lang) -> str:
    """Which files are still those of the record made before the check was first run."""
    if frozen is None or frozen.empty:
        return ""
    groups = {key: [str(name) for name in rows["what"]] for key, rows in frozen.groupby("same", sort=False)}
    return " ".join(
        class_word(f"frozen.{key}", lang, names=listing(groups[key], lang))
        for key in ("same", "changed", "no_record")
        if key in groups
    )
