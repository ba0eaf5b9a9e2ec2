"""A knock-out in plain words: rows and sentences for a terminal, a page or a document alike."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from meguri.base.terms import Lang, keys, label
from meguri.respond.knockout import HORIZON, MEASURES, YEAR
from meguri.show.spell import missing, percent, significant
from meguri.structure.knowhow import Network

Tables = Mapping[str, pd.DataFrame]


def said(key: str, lang: Lang, **fill: object) -> str:
    """A phrase of ``data/terms/knockout_words.csv``."""
    return label(key, lang, "knockout_words", **fill)


def shown(text: str, lang: Lang) -> str:
    """A kind of work or a customer: the packaged ones in the reader's language, a user's own as written.

    Examples
    --------
    >>> shown("heat treatment", "ja"), shown("HIP", "ja")
    ('熱処理', 'HIP')
    """
    return label(text, lang, "knockout_example") if text in keys("knockout_example") else text


def listed(names: list[str], lang: Lang) -> str:
    """Names in a row, or a dash."""
    return said("comma", lang).join(names) or said("nobody", lang)


def labels_of(network: Network, table: str, lang: Lang) -> dict[str, str]:
    """Shown name of each firm or process; its key where none is given."""
    frame = getattr(network, table)
    key = table.removesuffix("es") if table == "processes" else table.removesuffix("s")
    return {row[key]: row[f"label_{lang}"] or row[key] for row in frame.to_dict("records")}


def lead_sentence(network: Network, firm: str, tables: Tables, lang: Lang) -> str:
    """What is lost, in one sentence."""
    back = tables["knockout_back"]
    served = network.processes[network.processes["process"].isin(back["process"])]
    return said(
        "lead", lang, firm=labels_of(network, "firms", lang)[firm], n=len(back),
        customers=served["customer"].nunique(),
        sectors=served.loc[served["sector"] != "other", "sector"].nunique(),
        alone=sum(len(_keys(cell)) for cell in back["nobody_else"]),
        functions=sum(len(_keys(cell)) for cell in back["functions"]),
    )  # fmt: skip


def _keys(cell: str) -> list[str]:
    return [key for key in cell.split("|") if key]


def strength_heads(lang: Lang) -> list[str]:
    """Headings of :func:`strength_rows`."""
    measures = [label(one, lang, "knockout_measures") for one in ("quantity", *MEASURES)]
    return [said("col.process", lang), *measures, said("col.back", lang), said("col.claim", lang)]


def strength_rows(network: Network, tables: Tables, lang: Lang) -> list[list[str]]:
    """One row for each process served: every measure with its range, days until back, the claim."""
    names = labels_of(network, "processes", lang)
    rows = []
    claim = tables["knockout_claim"].set_index("process")["holds"]
    back = tables["knockout_back"].set_index("process")
    for process, part in tables["knockout"].groupby("process", sort=False):
        cells = part.set_index("measure")
        customer = shown(cells["customer"].iat[0], lang)
        rows.append([
            said("of_customer", lang, process=names[str(process)], customer=customer),
            *[_measured(cells.loc[one], one, lang) for one in ("quantity", *MEASURES)],
            days_text(back.loc[process], lang), said(f"claim.{claim[process]}", lang),
        ])  # fmt: skip
    return rows


def _measured(row: pd.Series[Any], measure: str, lang: Lang) -> str:
    """A share for quantity, a factor where the level is unknown or means little, else both levels."""
    values = {name: float(row[name]) for name in ("after", "low", "high")}
    if measure == "quantity":
        ends = {name: percent(value) for name, value in values.items()}
        return said("share", lang, middle=ends["after"], low=ends["low"], high=ends["high"])
    if row["unit"] == "index" or measure == "yield_variance":
        ends = {name: significant(value / row["before"], 2) for name, value in values.items()}
        return said("times", lang, middle=ends["after"], low=ends["low"], high=ends["high"])
    ends = {name: significant(value, 2) for name, value in values.items()}
    return said("levels", lang, before=significant(float(row["before"]), 2), middle=ends["after"],
                low=ends["low"], high=ends["high"], unit=said(f"unit.{row['unit']}", lang))  # fmt: skip


def days_text(row: pd.Series[Any], lang: Lang) -> str:
    """Days until strength is back, with what does not come back within the horizon said in words.

    Examples
    --------
    >>> days_text(pd.Series({"back": 100.0, "back_low": 50.0, "back_high": float("nan")}), "en")
    'from 50 days'
    """
    low, middle, high = (row[name] for name in ("back_low", "back", "back_high"))
    if missing(low):
        return said("never", lang, years=HORIZON // YEAR)
    if missing(middle) or missing(high):
        return said("from", lang, low=f"{low:.0f}")
    return said("days", lang, middle=f"{middle:.0f}", low=f"{low:.0f}", high=f"{high:.0f}")


def sentences(firm: str, tables: Tables, lang: Lang) -> list[str]:
    """Rows of table 2-6 that worsen, functions held alone, and position."""
    effects = tables["knockout_effects"]
    worse = list(dict.fromkeys(effects.loc[effects["direction"] == "worse", "effect"]))
    rows = listed([label(one, lang, "knockout_effects") for one in worse], lang)
    alone = dict.fromkeys(key for cell in tables["knockout_back"]["nobody_else"] for key in _keys(cell))
    names = listed([label(one, lang, "sme_functions") for one in alone], lang)
    place = tables["position"].set_index("firm")
    rank = int(place["betweenness"].rank(ascending=False, method="min")[firm])
    part = place.at[firm, "participation"]
    return [
        said("table26", lang, rows=rows) if worse else said("none26", lang),
        said("alone", lang, names=names),
        said("position", lang, rank=rank, firms=len(place), between=f"{place.at[firm, 'betweenness']:.2f}",
             part=said("unknown", lang) if missing(part) else f"{part:.2f}"),
    ]  # fmt: skip


def succession_rows(firm: str, tables: Tables, lang: Lang) -> list[list[str]]:
    """Work of the firm, its holders, and the expected loss or why it is unknown."""
    table = tables["succession"]
    rows = []
    for row in table[table["firm"] == firm].to_dict("records"):
        ends = {"low": percent(row["low"]), "high": percent(row["high"])}
        if row["reason"]:
            loss = said("unknown_loss", lang, reason=label(row["reason"], lang, "knockout_reasons"), **ends)
        else:
            loss = said("share", lang, middle=percent(row["expected_loss_5y"]), **ends)
        rows.append([shown(row["process"], lang), str(row["holders"]), loss])
    return rows


def support_rows(network: Network, totals: pd.DataFrame, lang: Lang) -> list[list[str]]:
    """Each way to spend the budget, the drop-outs expected, and who."""
    names = labels_of(network, "firms", lang)
    rows = []
    for row in totals.to_dict("records"):
        ends = {name: f"{row[f'dropouts_{name}']:.1f}" for name in ("low", "high")}
        middle = said("unknown", lang) if missing(row["dropouts"]) else f"{row['dropouts']:.1f}"
        rows.append([
            label(row["mode"], lang, "support_modes"), said("share", lang, middle=middle, **ends),
            *[listed([names[one] for one in _keys(row[column])], lang) for column in ("who", "who_may")],
        ])  # fmt: skip
    return rows


def position_rows(network: Network, table: pd.DataFrame, lang: Lang) -> list[list[str]]:
    """Firms by betweenness: key, name, figures."""
    names = labels_of(network, "firms", lang)
    return [
        [row["firm"], names[row["firm"]], f"{row['betweenness']:.2f}",
         said("unknown", lang) if missing(row["participation"]) else f"{row['participation']:.2f}",
         str(row["sectors"]), str(row["processes"]), str(row["single_holder_functions"])]
        for row in table.to_dict("records")
    ]  # fmt: skip
