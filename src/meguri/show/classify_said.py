"""What a page of classes says in sentences: the share with its range, the residual, reasons, doubts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from meguri.base.terms import Lang
from meguri.show.classify_check import check_sentence
from meguri.show.classify_trades import Trade, of_trade
from meguri.show.classify_words import (
    VARIANTS,
    amount,
    class_name,
    class_word,
    code_name,
    fine,
    fine_range,
    printed_range,
    row_range,
    shown_code,
    variant_words,
)
from meguri.show.ink import clip
from meguri.show.spell import listing, missing

Tables = Mapping[str, pd.DataFrame]
NOT_PROCESS = ("GENERAL_PURPOSE", "FINISHED", "RAW", "OTHER", "RESIDUAL", "UNSPECIFIED")
NAMED = 3  # codes named in a sentence
LETTERS = 64  # of a good's name in a sentence


def lead(tables: Tables, trade: Trade, variant: str, lang: Lang) -> str:
    """The first sentence: which part of the trade is process-control goods, with P10–P90."""
    total = total_of(tables, trade, variant)
    return class_word(
        "lead", lang, share=row_range(total, lang),
        variant=variant_words(variant, lang),
    )  # fmt: skip


def total_of(tables: Tables, trade: Trade, variant: str) -> dict[Any, Any]:
    """Row of ``class_totals`` of one trade and variant."""
    rows = of_trade(tables["class_totals"], trade)
    found: dict[Any, Any] = rows[rows["variant"] == variant].iloc[0].to_dict()
    return found


def sentences(tables: Tables, trade: Trade, variant: str, lang: Lang) -> list[str]:
    """The findings below the first sentence, each only where the tables hold it."""
    other = "PC5" if variant == "PC4" else "PC4"
    found = [
        class_word(
            "said_other", lang, variant=variant_words(other, lang, first=True),
            share=row_range(total_of(tables, trade, other), lang),
        ),
        _outside(tables, trade, lang),
        _lines(tables, trade, variant, lang),
        _capital(tables, trade, variant, lang),
        _drivers(tables, trade, variant, lang),
        _change(tables, trade, variant, lang),
        _beside(tables, trade, variant, lang),
        check_sentence(tables.get("goods_check"), lang),
    ]  # fmt: skip
    return [sentence for sentence in found if sentence]


def _outside(tables: Tables, trade: Trade, lang: Lang) -> str:
    """What is no process-control good stands in the whole, class by class."""
    rows = of_trade(tables["class_shares"], trade).drop_duplicates("class").set_index("class")
    names = [
        f"{class_name(key, lang)} {fine(rows.at[key, 'share'])}" for key in NOT_PROCESS if key in rows.index
    ]
    return class_word("said_outside", lang, parts=listing(names, lang))


def _lines(tables: Tables, trade: Trade, variant: str, lang: Lang) -> str:
    rows = of_trade(tables["class_lines"], trade)
    rows = rows[rows["class"].isin(VARIANTS[variant])].nlargest(NAMED, "value")
    names = [f"{shown_code(row['code'])} {_short(row, lang)} {fine(row['share'])}".strip().replace("  ", " ")
             for row in rows.to_dict("records")]  # fmt: skip
    return class_word("said_lines", lang, names=listing(names, lang)) if names else ""


def _short(row: Mapping[Any, Any], lang: Lang) -> str:
    return clip(code_name(row, lang), LETTERS)


def _capital(tables: Tables, trade: Trade, variant: str, lang: Lang) -> str:
    """Capital goods of the classical view: the part that is process-control and the part that is not."""
    rows = tables.get("class_baseline")
    rows = None if rows is None else of_trade(rows, trade)
    if rows is None or not (rows["bec"] == "capital").any():
        return ""
    capital = rows[rows["bec"] == "capital"]
    whole = float(capital["value"].sum())
    own = float(capital.loc[capital["class"].isin(VARIANTS[variant]), "value"].sum())
    general = float(capital.loc[capital["class"] == "GENERAL_PURPOSE", "value"].sum())
    return class_word(
        "said_capital", lang, capital=fine(float(capital["share"].sum())), own=fine(own / whole),
        general=fine(general / whole),
    )  # fmt: skip


def _drivers(tables: Tables, trade: Trade, variant: str, lang: Lang) -> str:
    """The codes from which most of the spread comes."""
    rows = of_trade(tables["class_drivers"], trade)
    rows = rows[rows["variant"] == variant].dropna(subset=["share_of_variance"])
    rows = rows.nlargest(NAMED, "share_of_variance")
    if rows.empty:
        return ""
    names = [f"{shown_code(row['code'])} {_short(row, lang)}".strip() for row in rows.to_dict("records")]
    part = float(rows["share_of_variance"].sum())
    return class_word("said_drivers", lang, names=listing(names, lang), part=fine(part, 0))


def change_parts(tables: Tables, trade: Trade, variant: str) -> pd.DataFrame:
    """Rows of ``class_change`` on the share of a variant; none where two years were not compared."""
    rows = tables.get("class_change")
    if rows is None or rows.empty:
        return pd.DataFrame()
    rows = of_trade(rows, trade)
    return rows[(rows["method"] == "share") & (rows["class"] == variant)]


def _change(tables: Tables, trade: Trade, variant: str, lang: Lang) -> str:
    rows = change_parts(tables, trade, variant)
    if rows.empty:
        return ""
    parts = rows.groupby("part")["value"].sum()
    return class_word(
        "said_change", lang, first=int(rows["year_from"].iloc[0]), last=int(rows["year_to"].iloc[0]),
        change=points(float(parts.sum())), within=points(float(parts.get("within", 0.0))),
        between=points(float(parts.get("between", 0.0))),
    )  # fmt: skip


def points(change: float) -> str:
    """A change of a share in percentage points, with its sign and a true minus; nothing is a plain nought.

    Examples
    --------
    >>> points(-0.0123), points(0.004), points(1e-9)
    ('−1.23', '+0.40', '0.00')
    """
    text = f"{100 * change:+.2f}".replace("-", "−")
    return "0.00" if text in ("+0.00", "−0.00") else text


def beside_rows(tables: Tables, trade: Trade) -> pd.DataFrame:
    """Rows of ``class_beside``: printed ranges of the documents next to the computed shares."""
    rows = tables.get("class_beside")
    rows = pd.DataFrame() if rows is None or rows.empty else of_trade(rows, trade)
    return rows[rows["printed_low"].notna()] if len(rows) else rows


def _beside(tables: Tables, trade: Trade, variant: str, lang: Lang) -> str:
    rows = beside_rows(tables, trade)
    rows = rows[(rows["item"] == variant) & rows["printed_low"].notna()] if len(rows) else rows
    if rows.empty:
        return ""
    row = rows.iloc[-1]
    return class_word(
        "said_beside", lang, low_high=printed_range(row["printed_low"], row["printed_high"], lang),
        period=row["printed_period"], stands=class_word(f"stands.{row['stands']}", lang),
    )  # fmt: skip


def unsaid(tables: Tables, trade: Trade, lang: Lang) -> list[str]:
    """What this trade file cannot tell, from what it holds and lacks."""
    rows = of_trade(tables["class_lines"], trade)
    coarse = rows["code"].str.fullmatch("[0-9]{1,5}|.*[^0-9].*").astype(bool)
    found = [class_word("unsaid_process", lang), class_word("unsaid_map", lang)]
    if len(rows) and coarse.mean() > 0.5:
        found.append(class_word("unsaid_coarse", lang))
    basis = [
        str(cell) for cell in of_trade(tables["class_shares"], trade)["basis"].unique() if not missing(cell)
    ]
    key = f"unsaid_{basis[0]}" if len(basis) == 1 else "unsaid_basis"
    found.append(class_word(key, lang))
    if trade["partner"] not in ("", "WLD"):
        found.append(class_word("unsaid_pair", lang))
    found.append(class_word("unsaid_transit", lang))
    return found


def tiles(tables: Tables, trade: Trade, lang: Lang) -> list[tuple[str, str, str]]:
    """Name, figure and range of the four tiles: both variants, the residual, the money."""
    rows = of_trade(tables["class_shares"], trade).drop_duplicates("class").set_index("class")
    found = []
    for variant in VARIANTS:
        row = total_of(tables, trade, variant)
        band = fine_range(row["p10"], row["p90"], lang)
        found.append((class_word(f"tile.{variant}", lang), fine(row["share"]), _p(band, lang)))
    rest = rows.loc["RESIDUAL"] if "RESIDUAL" in rows.index else None
    if rest is not None:
        found.append(
            (
                class_word("tile.residual", lang),
                fine(rest["share"]),
                _p(fine_range(rest["p10"], rest["p90"], lang), lang),
            )
        )
    whole, unit = float(rows["value"].sum()), str(rows["unit"].iloc[0])
    hidden = float(rows.at["UNSPECIFIED", "share"]) if "UNSPECIFIED" in rows.index else 0.0
    found.append(
        (
            class_word("tile.money", lang),
            amount(whole, unit, lang),
            class_word("tile.hidden", lang, share=fine(hidden)),
        )
    )
    return found


def _p(band: str, lang: Lang) -> str:
    return class_word("p10_p90", lang, range=band) if band else ""
