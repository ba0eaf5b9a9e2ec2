"""What is packaged: scenarios, chains, data sets and sources, from the files themselves."""

from __future__ import annotations

from pages import block, cell, code, table, word

from meguri.base.sources import sources as all_sources
from meguri.base.tables import Schema
from meguri.base.terms import Lang, label, packaged
from meguri.circulate.library import route_library
from meguri.observe.sets import data_list
from meguri.scenario.read import gallery, read_scenario
from meguri.scenario.schema import Scenario
from meguri.structure.chain import Chain
from meguri.structure.read import example_names
from reference import rows_of


def scenarios(lang: Lang) -> str:
    """The gallery: what each scenario controls, and its file as it is."""
    parts = []
    for name in gallery():
        found = read_scenario(name)
        text = packaged("gallery", f"{name}.yaml").read_text(encoding="utf-8")
        line = word("scenario_line", lang, chain=found.chain, start=found.start.isoformat(), days=found.days)
        title = found.label.ja if lang == "ja" else found.label.en
        parts.append(f"## {cell(name)}\n\n**{cell(title)}** — {line}\n\n{_controls(found, lang)}")
        parts.append(block(text, "yaml"))
    return "\n".join(parts)


def _controls(found: Scenario, lang: Lang) -> str:
    heads = [word(key, lang) for key in ("control", "kind", "by", "element", "form", "start", "end", "grade")]
    rows = [
        [
            code(control.id),
            code(control.kind),
            label(control.by, lang, "countries"),
            cell(", ".join([*control.element, *control.goods])),
            cell(", ".join(label(form, lang, "forms") for form in control.form)),
            control.start.isoformat(),
            control.end.isoformat() if control.end else word("open", lang),
            cell(label(control.grade, lang, "grades")),
        ]
        for control in found.controls
    ]
    return table(heads, rows)


def chains(lang: Lang) -> str:
    """The packaged chains and their nodes."""
    heads = [word(key, lang) for key in ("node", "stage", "country", "output", "grade", "source")]
    parts = []
    for name in example_names():
        chain = Chain.example(name)
        nodes, flows = chain.nodes, chain.flows
        keys = {key for cell_ in nodes["source"] for key in cell_.split("|")}
        line = word(
            "chain_line",
            lang,
            nodes=len(nodes),
            flows=len(flows),
            unqualified=int((~flows["qualified"]).sum()),
            sources=len(keys),
        )
        rows = [
            [
                cell(node[f"label_{lang}"]),
                label(node["stage"], lang, "stages"),
                label(node["country"], lang, "countries"),
                f"{node['output']:,.4g}" if node["output"] < 1000 else f"{node['output']:,.0f}",
                label(node["grade"], lang, "grades"),
                cell(node["source"].replace("|", ", ")),
            ]
            for node in nodes.to_dict("records")
        ]
        parts.append(f"## {cell(name)}\n\n**{cell(chain.label(lang))}** — {line}\n\n{table(heads, rows)}")
    return "\n".join(parts)


def sets(lang: Lang) -> str:
    """Data sets that are packaged, and those a reader may add."""
    heads = [word(key, lang) for key in ("set", "kept", "what", "years", "licence", "source")]
    rows = [
        [
            code(row["name"]),
            word(f"kept.{row['kept']}", lang),
            cell(row[f"what_{lang}"]),
            cell(row["years"]),
            cell(row["licence"]),
            cell(row["source"].replace("|", ", ")),
        ]
        for row in rows_of("sets.csv")
    ]
    assert len(rows) == len(data_list())  # the page shows what `meguri data list` shows
    return table(heads, rows)


def sources(lang: Lang) -> str:
    """Every source; addresses as plain text, so that no page of ours leads anywhere unasked."""
    heads = [word(key, lang) for key in ("source", "producer", "title", "published", "licence")]
    rows = [
        [code(row["source"]), *(cell(row[key]) for key in ("producer", "title", "published", "licence"))]
        for row in all_sources().sort_values("source").to_dict("records")
    ]
    return table(heads, rows)


def routes(lang: Lang) -> str:
    """The packaged cases of circulation, and how many of their numbers have a source."""
    shown = ("element", "routes", "plans", "reported", "derived", "estimated", "assumed", "unsigned")
    columns = [Schema.of("route_library").column(name) for name in ("case", *shown)]
    rows = [
        [
            f"{code(row['case'])} {cell(row[f'label_{lang}'])}",
            cell(label(row["element"], lang, "materials")),
            *(str(row[name]) for name in shown[1:]),
        ]
        for _, row in route_library().iterrows()
    ]
    return table([column.label(lang) for column in columns], rows)
