"""How durable a lead in a material is, on a terminal: tests, causes, switches, what to watch."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd

from meguri.app.printing import print_table, say, say_folded
from meguri.app.risk import Answer
from meguri.base.files import write_atomically
from meguri.base.terms import LANGS, Lang, label
from meguri.circulate.durability import Durability, durability_line
from meguri.circulate.durability_moves import durability_moves
from meguri.study.outcome import records


def _word(key: str, lang: Lang) -> str:
    return label(key, lang, "cli")


def line_answer() -> Answer:
    """All materials on the line from Ta to In."""
    return Answer({"durability_line": durability_line()})


def print_line(found: Answer, lang: Lang) -> None:
    """The line from Ta (0) to In (1), nearest to In first."""
    rows = [
        [
            row["material"],
            _span(row["position_low"], row["position_high"]),
            _span(row["causes"], row["causes_possible"]),
            str(row["unknown"]),
            label(f"path_{row['path']}", lang, "durability"),
        ]
        for row in found.tables["durability_line"].to_dict("records")
    ]
    heads = ("line_material", "line_position", "line_causes", "line_unknown", "line_path")
    print_table([_word(head, lang) for head in heads], rows, _word("line_title", lang))
    say_folded(label("method", lang, "durability"))


def _span(low: float, high: float) -> str:
    return f"{low:g}" if low == high else f"{low:g}–{high:g}"


def print_durability(found: Durability, lang: Lang) -> None:
    """Sentences, the five tests with their reasons, and the signals to watch."""
    for sentence in found.sentences(lang):
        say_folded(sentence)
    say()
    _print_rows(
        found.table,
        [("test", "test"), ("answer", "answer"), (f"text_{lang}", "reason")],
        {"test": "durability", "answer": "durability"},
        lang,
    )
    say()
    say(_word("signals_title", lang), "bold")
    _print_rows(found.signals, [(f"text_{lang}", "signal"), (f"watch_{lang}", "watch")], {}, lang)


def _print_rows(
    table: pd.DataFrame, columns: list[tuple[str, str]], words: dict[str, str], lang: Lang
) -> None:
    def shown(column: str, cell: Any) -> str:
        return label(cell, lang, words[column]) if column in words else str(cell)

    rows = [[shown(column, row[column]) for column, _ in columns] for row in table.to_dict("records")]
    print_table([_word(f"durability_{head}", lang) for _, head in columns], rows)


def plain(found: Durability) -> dict[str, Any]:
    """One JSON-ready document."""
    return {
        "material": found.material,
        "position": list(found.position),
        "before": list(found.before),
        "causes": list(found.causes),
        "path": found.path,
        "switches": list(found.switches),
        "decisive": list(found.decisive),
        "sentences": {lang: found.sentences(lang) for lang in LANGS},
        "tables": {"durability": records(found.table), "durability_signals": records(found.signals)},
    }


def save_picture(found: Durability, out: Path, lang: Lang) -> None:
    """The line of all materials, with the what-if moves of one, as a page."""
    from meguri.show.figures.durability import durability_picture

    chart = durability_picture(durability_line(), durability_moves(found.material), lang=lang)
    write_atomically(out, chart.to_html().encode("utf-8"))
    say(label("saved", lang, "cli", path=out))
