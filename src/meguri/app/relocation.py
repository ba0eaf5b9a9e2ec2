"""Volume gone and quality kept, on a terminal: bands by year, layers, sites with their owners."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from meguri.app.printing import deliver, print_table, say, say_folded
from meguri.base.errors import DataError, Problem
from meguri.base.terms import Lang, label
from meguri.observe.firms import firm_label
from meguri.show import spell
from meguri.show.relocation import relocation_tables, span, write_relocation
from meguri.structure.relocation import item_label
from meguri.study.outcome import records


def _word(key: str, lang: Lang) -> str:
    return label(key, lang, "cli")


def deliver_relocation(form: str, out: Path | None, lang: Lang) -> None:
    """The tracker on the terminal, as a page, or in the form asked for.

    Raises
    ------
    DataError
        When a name ends in neither .html nor .xlsx and no form is given.
    """
    if form == "table" and out is None:
        print_relocation(relocation_tables(), lang)
        return
    ending = "" if out is None else out.suffix.lower()
    if form == "table" and out is not None and ending == ".html":
        write_relocation(out, lang)
        say(_word("saved", lang).format(path=out))
        return
    if form == "table" and ending != ".xlsx":
        details = {"choices": ".html, .xlsx", "near": "relocation.html"}
        raise DataError(Problem("choice", "--out", str(out), "", details))
    tables = relocation_tables()
    content = {name: records(table) for name, table in tables.items()}
    chosen = "xlsx" if form == "table" else form
    deliver(content, tables["relocation_bands"], chosen, out, sheets=tables)


def print_relocation(tables: dict[str, pd.DataFrame], lang: Lang) -> None:
    """Bands as printed and with all places adding to 100 %, the layers, and the sites."""
    say_folded(_word("relocation_lead", lang))
    say()
    rows = [
        [
            str(row["year"]),
            spell.say("bands_other", lang) if row["country"] == "XX" else _place(row["country"], lang),
            span(row["printed_low"], row["printed_high"]),
            span(row["low"], row["high"]),
            _share(row["outside_output"]),
            _share(row["outside_exports"]),
        ]
        for row in tables["relocation_bands"].to_dict("records")
    ]
    names = ("year", "place", "printed", "normalised", "output", "exports")
    heads = [spell.say(f"reloc.col.{name}", lang) for name in names]
    _print(heads, rows, "bands", lang)
    rows = [
        [item_label(row["axis"], lang), item_label(row["item"], lang), _place(row["quantity"], lang),
         _place(row["quality"], lang)]
        for row in tables["relocation_two_layers"].to_dict("records")
    ]  # fmt: skip
    _print([_word(f"relocation_{name}", lang) for name in ("axis", "item", "quantity", "quality")], rows,
           "layers", lang)  # fmt: skip
    comma = "、" if lang == "ja" else ", "
    rows = [
        [firm_label(row["firm"], lang) + comma + str(row[f"site_{lang}"]), item_label(row["layer"], lang),
         _place(row["process_country"], lang), _place(row["controlled_from"], lang),
         spell.say(f"reloc.status.{row['status']}", lang)]
        for row in tables["relocation_map"].to_dict("records")
    ]  # fmt: skip
    own = _word("relocation_layer", lang)
    heads = [spell.say(f"reloc.col.{name}", lang) for name in ("site", "process", "owner", "status")]
    _print([heads[0], own, *heads[1:]], rows, "sites", lang)


def _print(heads: list[str], rows: list[list[str]], title: str, lang: Lang) -> None:
    print_table(heads, rows, spell.say(f"reloc.sec.{title}", lang))
    say()


def _share(share: object) -> str:
    return "—" if pd.isna(share) else f"{100 * float(str(share)):.0f}%"


def _place(country: object, lang: Lang) -> str:
    return label(str(country), lang, "countries") if country else "—"
