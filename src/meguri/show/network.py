"""A network of small firms in plain words: rows and sentences for a terminal, a page or a document alike."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from meguri.base.terms import Lang, keys, label
from meguri.show.spell import missing, percent
from meguri.structure.knowhow import Network

Tables = Mapping[str, pd.DataFrame]


def said(key: str, lang: Lang, **fill: object) -> str:
    """A phrase of ``data/terms/network_words.csv``."""
    return label(key, lang, "network_words", **fill)


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


def firm_names(network: Network, lang: Lang) -> dict[str, str]:
    """Shown name of each firm; its key where none is given."""
    return {row["firm"]: row[f"label_{lang}"] or row["firm"] for row in network.firms.to_dict("records")}


def sentences(firm: str, tables: Tables, lang: Lang) -> list[str]:
    """Position of a firm, and the functions it alone holds in its region."""
    place = tables["position"].set_index("firm")
    rank = int(place["betweenness"].rank(ascending=False, method="min")[firm])
    part = place.at[firm, "participation"]
    alone = tables["single_holders"]
    names = [
        said("alone_one", lang, function=label(row["function"], lang, "sme_functions"),
             work=shown(row["work"], lang))
        for row in alone[alone["firm"] == firm].to_dict("records")
    ]  # fmt: skip
    return [
        said("position", lang, rank=rank, firms=len(place), between=f"{place.at[firm, 'betweenness']:.2f}",
             part=said("unknown", lang) if missing(part) else f"{part:.2f}"),
        said("alone", lang, names=listed(names, lang)),
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
    names = firm_names(network, lang)
    rows = []
    for row in totals.to_dict("records"):
        ends = {name: f"{row[f'dropouts_{name}']:.1f}" for name in ("low", "high")}
        middle = said("unknown", lang) if missing(row["dropouts"]) else f"{row['dropouts']:.1f}"
        who = [[names[one] for one in row[column].split("|") if one] for column in ("who", "who_may")]
        rows.append([
            label(row["mode"], lang, "support_modes"), said("share", lang, middle=middle, **ends),
            *[listed(one, lang) for one in who],
        ])  # fmt: skip
    return rows


def position_rows(network: Network, table: pd.DataFrame, lang: Lang) -> list[list[str]]:
    """Firms by betweenness: key, name, figures."""
    names = firm_names(network, lang)
    return [
        [row["firm"], names[row["firm"]], f"{row['betweenness']:.2f}",
         said("unknown", lang) if missing(row["participation"]) else f"{row['participation']:.2f}",
         str(row["sectors"]), str(row["processes"]), str(row["single_holder_functions"])]
        for row in table.to_dict("records")
    ]  # fmt: skip
