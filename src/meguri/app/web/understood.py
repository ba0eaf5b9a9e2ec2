"""What each kind of own file says, in words and counts: one reader for each kind, in a worker."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from meguri.app.web.found import Found, message, words
from meguri.base.errors import DataError, Problem
from meguri.base.files import read_workbook
from meguri.base.sheets import column_letters
from meguri.base.sources import GRADES
from meguri.base.tables import Column, Schema
from meguri.base.terms import LANGS, Lang, fold, keys, label
from meguri.observe import joblog
from meguri.observe.shop import TABLES as SHOP
from meguri.structure.read import TABLES as CHAIN

UNKNOWNS = 60  # listed; those that matter most come first


def read_chain(path: Path, found: Found) -> None:
    """A workbook of parts or of a whole chain: lines, groups of suppliers, cells not known."""
    from meguri.structure.chain import Chain
    from meguri.structure.filled import read_answer
    from meguri.structure.workbook import checked as understood

    sheets = {name: name for name in ("parts", *CHAIN)}
    _columns(path, sheets, found)
    answer = read_answer(path)
    Chain.from_tables(**answer.tables, about=answer.about, file=str(path))
    checked = understood(answer)
    found.fact("fact_name", checked.name)
    if checked.base:
        found.fact("fact_base", checked.base)
    document = {lang: checked.to_dict(lang) for lang in LANGS}
    if checked.parts is not None:
        found.fact("fact_parts", len(checked.parts))
        found.fact("fact_lines", document["en"]["lines"])
        _totals(document, found)
        found.facts.append(
            (words("fact_question"), {lang: str(document[lang]["question"]) for lang in LANGS})
        )
    held = {table: rows for table, rows in checked.rows.items() if rows}
    found.facts += [(_table_name(table), _rows(rows)) for table, rows in held.items()]
    for one, other in zip(document["en"]["notes"], document["ja"]["notes"], strict=True):
        found.messages.append(_note({"en": one["text"], "ja": other["text"]}))
    _unknown_cells({lang: document[lang]["unknowns"] for lang in LANGS}, found)


def _totals(document: Mapping[Lang, Mapping[str, Any]], found: Found) -> None:
    for one, other in zip(document["en"]["totals"], document["ja"]["totals"], strict=True):
        ends = " – ".join(dict.fromkeys(f"{one[name]:,.3g}" for name in ("value_low", "value_high")))
        shown = f"{one['value']:,.3g} t/a" + (f" ({ends})" if " – " in ends else "")
        found.facts.append(({"en": one["label"], "ja": other["label"]}, dict.fromkeys(LANGS, shown)))


def _unknown_cells(listed: Mapping[Lang, list[dict[str, Any]]], found: Found) -> None:
    """Cells that nobody filled, with what is used instead; what matters most first."""
    declared = {column.name: column for column in Schema.of("parts").columns}
    for one, other in zip(listed["en"][:UNKNOWNS], listed["ja"][:UNKNOWNS], strict=True):
        sheet, _, cell = str(one["place"]).partition("!")
        key = str(one["field"])
        column = declared.get(key)
        what = {
            lang: column.label(lang) if column else label(f"field_{key}", lang, "parts") for lang in LANGS
        }
        found.unknowns.append({
            "sheet": sheet, "cell": cell if any(map(str.isalpha, cell)) else "", "part": str(one["part"]),
            "weight": round(float(one["weight"]), 4),
            **{f"what_{lang}": what[lang] for lang in LANGS},
            "used_en": str(one["used"]), "used_ja": str(other["used"]),
        })  # fmt: skip


def _records_of(path: Path, found: Found) -> joblog.Reading:
    """A shop's own sheets of any layout: which heading was taken for what, and how many records."""
    reading = joblog.read_shop(path)
    for row in reading.understood.to_dict("records"):
        table, name = str(row["table"]), str(row["field"])
        taken = _column_name(f"shop_{table}", name) if name else words("not_used")
        found.columns.append({
            "sheet": str(row["sheet"]), "cell": str(row["cell"]), "heading": str(row["heading"]),
            "unit": str(row["unit"]), "used": bool(name),
            **{f"table_{lang}": label(f"shop_sheet_{table}", lang, "workbook") if table in SHOP else table
               for lang in LANGS},
            **{f"taken_{lang}": taken[lang] for lang in LANGS},
        })  # fmt: skip
    for table in SHOP:
        rows = len(getattr(reading.shop, table))
        if rows:
            sheet = {lang: label(f"shop_sheet_{table}", lang, "workbook") for lang in LANGS}
            found.facts.append((sheet, _rows(rows)))
    found.messages += [message(one, "warning") for one in reading.problems]
    if reading.dropped:
        found.messages.append(_note(words("dropped", n=reading.dropped)))
    return reading


def read_shop(path: Path, found: Found) -> None:
    """Records of a firm."""
    _records_of(path, found)


def read_items(path: Path, found: Found) -> None:
    """Items to be screened, with their specifications; without an item there is nothing to screen."""
    from meguri.respond.screening_specs import read_specs

    reading = _records_of(path, found)
    items = reading.shop.items
    if items.empty:
        raise DataError(Problem("web_no_items", path.name, "", path.name))
    for number, text in enumerate(items["specs"], start=1):
        _, problems = read_specs(str(text), f"items[{number}].specs")
        found.problems(problems, "warning")


def read_measures(path: Path, found: Found) -> None:
    """Measures of the reader's own, with effects, costs and risks."""
    from meguri.respond.sheet import SHEETS, read_own_measures

    _columns(path, SHEETS, found)
    for table, frame in read_own_measures(path).items():
        if len(frame):
            found.facts.append((_table_name(table), _rows(len(frame))))


def read_scenario(path: Path, found: Found) -> None:
    """A scenario: its chain, its days, what it controls."""
    from meguri.scenario.read import read_scenario as read

    scenario = read(path)
    found.facts.append((words("fact_label"), {"en": scenario.label.en, "ja": scenario.label.ja}))
    found.fact("fact_chain", scenario.chain)
    found.fact("fact_start", scenario.start)
    found.facts.append((words("fact_days"), {"en": f"{scenario.days} days", "ja": f"{scenario.days}日"}))
    for name in ("controls", "disruptions", "reserves", "measures", "changes", "observed"):
        held = len(getattr(scenario, name))
        if held:
            found.fact(f"fact_{name}", held)


def read_cards(path: Path, found: Found) -> None:
    """Items and ratings of the leverage model."""
    from meguri.base.files import read_text
    from meguri.respond.leverage_data import leverage_data
    from meguri.scenario.read import read_yaml

    leverage_data(path)
    for name, rows in read_yaml(read_text(path), path.name).items():
        found.facts.append((dict.fromkeys(LANGS, str(name)), _rows(len(rows))))


def read_claim(path: Path, found: Found) -> None:
    """Claims that are held against what happened."""
    from meguri.structure.claims_read import read_claims

    claims = read_claims(path)
    found.fact("fact_claims", len(claims))
    for one in claims[:20]:
        found.facts.append((dict.fromkeys(LANGS, one.id), {"en": one.text.en, "ja": one.text.ja}))


def read_trade(path: Path, found: Found) -> None:
    """Trade lines in any of the known forms."""
    from meguri.observe.tradefile import read_trade as read

    lines = read(path)
    table = lines.table
    found.fact("fact_rows", f"{len(table):,}")
    years = sorted(int(year) for year in set(table["year"]))
    found.fact("fact_years", f"{years[0]}–{years[-1]}" if len(years) > 1 else str(years[0]))
    for name, column in (
        ("fact_reporters", "reporter"),
        ("fact_partners", "partner"),
        ("fact_codes", "code"),
    ):
        held = sorted(set(map(str, table[column])))
        found.fact(name, ", ".join(held[:12]) + (f" … ({len(held):,})" if len(held) > 12 else ""))
    if lines.vintage:
        found.fact("fact_vintage", lines.vintage)
    for row in lines.notes.to_dict("records"):
        found.messages.append(_note({"en": str(row["text_en"]), "ja": str(row["text_ja"])}))


def _columns(path: Path, sheets: Mapping[str, str], found: Found) -> None:
    """Headings of the sheets we know and what each is taken for; sheets we do not know are named."""
    from meguri.structure.filled import read_table_sheet

    tables = {fold(name): table for name, table in sheets.items()}
    for name, sheet in read_workbook(path, sheets).items():
        schema = Schema.of(tables[fold(name)])
        held = read_table_sheet(name, sheet, schema, path.name, [])
        if held is None:
            continue
        for column in schema.columns:
            if column.name in held.letters:
                first = held.letters[column.name]
                heading = _heading(sheet.rows, first)
                _offer(found, name, first, column)
                table = _table_name(schema.table)
                found.columns.append({
                    "sheet": name, "cell": f"{first}1", "heading": heading, "unit": column.unit, "used": True,
                    **{f"table_{lang}": table[lang] for lang in LANGS},
                    **{f"taken_{lang}": column.label(lang) for lang in LANGS},
                })  # fmt: skip


def _offer(found: Found, sheet: str, letters: str, column: Column) -> None:
    """Words that a column takes, in each language, for whoever corrects a cell of it."""
    if column.kind == "term":
        names = {
            lang: [label(key, lang, column.choices[0]) for key in keys(column.choices[0])] for lang in LANGS
        }
    elif column.kind == "bool":
        names = {lang: [label(key, lang, "workbook") for key in ("yes", "no")] for lang in LANGS}
    elif column.kind == "choice":
        listed = list(GRADES if column.choices == ("grades",) else column.choices)
        names = dict.fromkeys(LANGS, listed)
    else:
        return
    found.offers[sheet, letters] = names


def _heading(rows: list[list[object]], letters: str) -> str:
    """First text of a column, as its sheet has it."""
    for row in rows[:20]:
        for at, cell in enumerate(row):
            if column_letters(at + 1) == letters and isinstance(cell, str) and cell.strip():
                return cell.strip()[:80]
    return ""


def _column_name(table: str, name: str) -> Mapping[Lang, str]:
    """Declared label of a column; its own name where it has none."""
    known = {column.name: column for column in Schema.of(table).columns}
    column = known.get(name)
    return {lang: column.label(lang) if column else name for lang in LANGS}


def _table_name(table: str) -> Mapping[Lang, str]:
    return words(f"table_{table}")


def _rows(count: int) -> Mapping[Lang, str]:
    return words("rows", n=f"{count:,}")


def _note(text: Mapping[Lang, str]) -> dict[str, Any]:
    """A remark that names no cell."""
    blank = dict.fromkeys(("key", "file", "place", "sheet", "cell", "found"), "")
    told = {f"expected_{lang}": text[lang] for lang in LANGS} | {f"way_out_{lang}": "" for lang in LANGS}
    return {"severity": "note", **blank, **told}
