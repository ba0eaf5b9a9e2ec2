"""What stands behind a card: ratings with their reasons, observations, cut points of the symbols, notes."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any

from meguri.base.terms import Lang
from meguri.show.leverage_tables import Tables, cost_text, with_card
from meguri.show.leverage_words import card_names, item_name, lever_word, range_text
from meguri.show.page import Small, fold, table_html
from meguri.show.spell import missing, percent, significant, unit_word, word


def attributes_table(tables: Tables, lang: Lang) -> str:
    """Ratings of every card's attributes with their reasons; a partner's own before those for any partner."""
    told = tables["leverage_summary"][["item", "partner"]].drop_duplicates().rename(columns={"partner": "of"})
    rated = told.merge(tables["leverage_attributes"], on="item")
    rated = rated[(rated["partner"] == "") | (rated["partner"] == rated["of"])]
    rated = rated.sort_values("partner", ascending=False, kind="stable")
    rated = rated.drop_duplicates(["item", "of", "attribute"]).sort_index()
    rated = rated.drop_duplicates(["item", "attribute", "partner"])
    rows = [
        [
            item_name(row["item"], lang, tables["leverage_items"]), _attribute(row, lang),
            Small(f"{row['value']:.2f}", f"{row['value_low']:.2f}–{row['value_high']:.2f}"),
            str(row[f"reason_{lang}"]), word(row["grade"], "grades", lang),
        ]
        for row in rated.to_dict("records")
    ]  # fmt: skip
    heads = ("item", "attribute", "rating", "reason", "grade")
    right = [False, False, True, False, False]
    return table_html([lever_word(f"col.{name}", lang) for name in heads], rows, right, "ratings")


def _attribute(row: Mapping[Any, Any], lang: Lang) -> str:
    """Name of an attribute, with the partner whose own rating it is."""
    name = lever_word(f"attribute.{row['attribute']}", lang)
    if missing(row["partner"]):
        return name
    return lever_word("ratings_for", lang, name=name, partner=word(row["partner"], "countries", lang))


def observations_table(tables: Tables, lang: Lang) -> str:
    """What was observed, and what the documents print, in columns of their own."""
    wanted = set(tables["leverage_summary"]["item"])
    rows = tables["leverage_observations"]
    rows = rows[rows["item"].isin(wanted)]
    cells = [_observation(row, lang, tables) for row in rows.to_dict("records")]
    heads = ("item", "measure", "period", "observed", "printed", "use", "reason")
    right = [False, False, False, True, True, False, False]
    if not cells:
        return ""
    summary = escape(lever_word("observed_all", lang, n=len(cells)))
    html = table_html([lever_word(f"col.{name}", lang) for name in heads], cells, right)
    return f"<details><summary>{summary}</summary>{html}</details>\n"


def _observation(row: Mapping[Any, Any], lang: Lang, tables: Tables) -> list[str]:
    items = tables["leverage_items"]
    name = str(items.loc[items["item"] == row["item"], f"label_{lang}"].iloc[0])
    shown = value_text(row, lang)
    printed = row["use"] == "printed"
    period = " – ".join(str(row[end]) for end in ("period_start", "period_end") if not missing(row[end]))
    return [
        name, lever_word(f"measure.{row['measure']}", lang), period or "—", "—" if printed else shown,
        shown if printed else "—", lever_word(f"use.{row['use']}", lang), fold(str(row[f"note_{lang}"]), 60),
    ]  # fmt: skip


def value_text(row: Mapping[Any, Any], lang: Lang) -> str:
    """An observed value in its own unit; a range alone where no value is known.

    Examples
    --------
    >>> cells = {"value": float("nan"), "value_low": 0.2, "value_high": 0.35, "unit": "1"}
    >>> value_text(cells, "en")
    '20–35%'
    """
    if row["unit"] == "1":
        below = range_text(row["value_low"], row["value_high"], lang)
        if missing(row["value"]):
            return below if below != "—" else lever_word("unknown", lang)
        shown = percent(float(row["value"])).replace("-", "−")
        return shown if below in ("—", shown) else Small(shown, below)
    if missing(row["value"]):
        return lever_word("unknown", lang)
    return f"{significant(float(row['value']))}{unit_word(str(row['unit']), lang)}"


def rules_table(tables: Tables, lang: Lang) -> str:
    """What each row of the card table scores, and where its symbols begin."""
    rules = tables.get("leverage_rules")
    if rules is None or rules.empty:
        return ""
    rows = [
        [
            lever_word(f"row.{row['row']}", lang), lever_word(f"polarity.{row['polarity']}", lang),
            str(row[f"score_{lang}"]),
            *(significant(float(row[cut])) for cut in ("strong", "middle", "weak")),
        ]
        for row in rules.to_dict("records")
    ]  # fmt: skip
    heads = ("row", "polarity", "score", "strong", "middle", "weak")
    return table_html([lever_word(f"col.{name}", lang) for name in heads], rows, [False] * 3 + [True] * 3)


def rebounds_table(tables: Tables, lang: Lang) -> str:
    """The patterns of table B-5 by which a control falls back on its own side, computed after ten years."""
    rebounds = tables.get("leverage_rebounds")
    if rebounds is None or rebounds.empty:
        return ""
    rows = with_card(rebounds)
    rows = rows[rows["horizon"] == "long"]
    names = card_names(rebounds, lang, tables["leverage_items"])
    cells = [
        [
            names[str(row["card"])], str(row[f"label_{lang}"]), str(row[f"bears_{lang}"]),
            str(row[f"measure_{lang}"]), cost_text(row, lang),
        ]
        for row in rows.to_dict("records")
    ]  # fmt: skip
    heads = [lever_word(f"col.{name}", lang) for name in ("card", "pattern", "bears", "score", "value")]
    title = f"<h3>{escape(lever_word('rebounds', lang))}</h3>\n"
    return title + table_html(heads, cells, [False] * 4 + [True])


def notes_list(tables: Tables, lang: Lang) -> str:
    """Doubts and remarks, each once."""
    rows = tables["leverage_notes"].drop_duplicates(f"text_{lang}")
    said = "".join(f"<li>{escape(str(text))}</li>\n" for text in rows[f"text_{lang}"])
    return f'<ul class="notes">\n{said}</ul>\n' if said else ""
