"""Build the chip facts and the chain ``chip-equipment`` from the ETO data set.

    python tools/eto.py --data DIR

``DIR`` holds ``eto-chip-supply-chain``. Writes ``data/facts/eto_*.csv`` and
``data/chains/chip-equipment@2019``, and adds the Japanese of new notes to ``data/terms/remarks.csv``.

What ETO says and what it does not:

* *goes into* becomes an input of a recipe;
* *is a type of* becomes kinds of one product: their makers share its slot by market size, because a
  kind is one way to fill the input, not a further input;
* a country share becomes the output of a node, as an index with 100 = world use of the input;
* an input without country shares becomes one node of unknown country that names its providers.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import re
from collections import defaultdict
from pathlib import Path
from typing import Any

import pandas as pd

from eto_words import CHAIN_NOTE_EN, CHAIN_NOTE_JA, FORMS, INPUTS, MILLION, STAGES
from meguri.base.sources import checksum
from meguri.base.tables import Schema
from meguri.base.terms import find_key, label

OUT = Path(__file__).resolve().parents[1] / "src" / "meguri" / "data"
FOLDER = OUT / "chains" / "chip-equipment@2019"
SOURCE = "eto-chip-2022"
OWN = "meguri-assumption"
COUNTRY = {"MAL": "MY", "Various": "ROW"}  # ETO's own codes
KIND = {
    "process": "process", "tool_resource": "tool", "material_resource": "material",
    "ultimate_output": "product",
}  # fmt: skip
STAGE_OF = dict.fromkeys(["N25", "N35", "N46", "N57", "N59", "N60"], "S2") | {"N69": "S3", "N78": "S3"}
ENDS = ("N1", "N2", "N3", "N4", "N99")
BUNDLE = "litho-yield-bundle"
BUNDLED = ("N19", "N31", "N33", "N26")  # exposure, resist, mask, wafer: document 000, line 1752
BUNDLE_PART = 0.01  # of the world use of each of the four goes to the bundle, the rest to ETO's processes
ROUNDING = 0.5  # [points] to which ETO rounds shares
Rows = list[dict[str, Any]]
NOTES: dict[str, str] = {}  # English note → Japanese


def read(folder: Path, name: str) -> Rows:
    """Rows of one file of the set."""
    with (folder / f"{name}.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def note(en: str, ja: str) -> str:
    """An English note whose Japanese goes to the remarks."""
    NOTES[en] = ja
    return en


# --- facts --------------------------------------------------------------------------------------


def inputs(folder: Path) -> Rows:
    """79 inputs and the three stages, with names in both languages and the market size ETO prints."""
    stages = [
        {"input": key, "label_en": en, "label_ja": ja, "kind": "stage", "size": row}
        for row in read(folder, "stages")
        for key, (_, en, ja) in STAGES.items()
        if row["stage_id"] == key
    ]
    listed = [
        {
            "input": row["input_id"], "label_en": INPUTS[row["input_id"]][1],
            "label_ja": INPUTS[row["input_id"]][2], "kind": KIND[row["type"]],
            "stage": row["stage_id"], "size": row,
        }
        for row in read(folder, "inputs")
    ]  # fmt: skip
    out = []
    for row in [*stages, *listed]:
        text = row.pop("size")["market_share_chart_global_market_size_info"]
        size, year, of = market_size(text)
        out.append(
            row
            | {"market": size, "market_year": year, "market_of": of, "source": SOURCE, "grade": "reported"}
        )
    return out


def market_size(text: str) -> tuple[str, str, str]:
    """Millions of dollars, year and what is counted.

    >>> market_size("$56.2 billion (microprocessors) (2019)")
    ('56200', '2019', 'microprocessors')
    """
    found = re.search(r"\$([\d.]+) (million|billion)", text)
    if not found:
        return "", "", ""
    year = re.search(r"\((\d{4})\)", text)
    of = re.search(r"\(([^()]*[a-z][^()]*)\)", text)
    size = float(found[1]) * MILLION[found[2]]
    return f"{size:g}", year[1] if year else "", of[1] if of else ""


def relations(folder: Path) -> Rows:
    """62 goes-into and 31 is-a-type-of relations."""
    out = []
    for row in read(folder, "sequence"):
        goes = bool(row["goes_into_id"])
        out.append({
            "input": row["input_id"], "relation": "goes_into" if goes else "is_type_of",
            "target": row["goes_into_id"] if goes else row["is_type_of_id"], "source": SOURCE,
            "grade": "reported",
        })  # fmt: skip
    return out


def providers(folder: Path) -> Rows:
    """20 countries and 274 firms, by their names in this file: the file of provision misspells some."""
    out = []
    for row in read(folder, "providers"):
        nation = row["provider_type"] == "country"
        code = row["provider_name"] if nation else row["country"]
        out.append({
            "provider_id": row["provider_id"], "provider": row["provider_name"],
            "kind": "country" if nation else "firm",
            "country": COUNTRY.get(code) or find_key(code, "countries"), "source": SOURCE,
            "grade": "reported",
        })  # fmt: skip
    return out


def provision(folder: Path, known: Rows) -> Rows:
    """659 rows of who provides what, of which 206 carry a share; the set prints one row twice (Powertech)."""
    by_id = {row["provider_id"]: row for row in known}
    out = []
    distinct = {tuple(row.values()): row for row in read(folder, "provision")}
    for row in distinct.values():
        share = row["share_provided"].rstrip("%")
        out.append(by_id[row["provider_id"]] | {
            "input": row["provided_id"], "share": f"{float(share) / 100:g}" if share else "",
            "negligible": "yes" if row["negligible_market_share"] else "no",
        })  # fmt: skip
    return out


# --- the chain ----------------------------------------------------------------------------------


class Build:
    """The relations and shares, asked as the chain needs them."""

    def __init__(self, listed: Rows, related: Rows, provided: Rows) -> None:
        self.market = {row["input"]: float(row["market"] or 0) for row in listed}
        self.kind = {row["input"]: row["kind"] for row in listed}
        self.parent = {row["input"]: row["target"] for row in related if row["relation"] == "is_type_of"}
        self.feeds: dict[str, list[str]] = defaultdict(list)
        for row in related:
            if row["relation"] == "goes_into":
                self.feeds[row["target"]].append(row["input"])
        self.users = defaultdict(list)
        for target, fed in self.feeds.items():
            for one in fed:
                self.users[one].append(target)
        self.given: dict[str, Rows] = defaultdict(list)
        for row in provided:
            self.given[row["input"]].append(row)
        self.nodes: Rows = []

    def product(self, item: str) -> str:
        """Key of the product that a kind makes: that of the input at the top of its types."""
        while item in self.parent:
            item = self.parent[item]
        return INPUTS[item][0]

    def kinds(self, item: str) -> dict[str, float]:
        """Kinds of an input without kinds of their own, with their part of its market."""
        below = [child for child, parent in self.parent.items() if parent == item]
        if not below:
            return {item: 1.0}
        sizes = {leaf: self.size(leaf) for child in below for leaf in self.kinds(child)}
        whole = sum(sizes.values())
        return {leaf: size / whole if whole else 1 / len(sizes) for leaf, size in sizes.items()}

    def size(self, item: str) -> float:
        """Market size [million USD]."""
        return self.market[item]

    def shares(self, item: str) -> dict[str, float]:
        """Country shares as printed [points]."""
        rows = self.given[item]
        return {
            row["country"]: 100 * float(row["share"])
            for row in rows
            if row["kind"] == "country" and row["share"]
        }

    def add_makers(self, item: str) -> None:
        """Nodes that make an input: by country where shares are known, else one of unknown country."""
        for leaf, part in self.kinds(item).items():
            printed = self.shares(STAGE_OF.get(leaf, leaf))
            if printed:
                whole = sum(printed.values())
                self.nodes += [
                    self.maker(leaf, land, points, whole, part) for land, points in printed.items()
                ]
            else:
                self.nodes.append(self.unknown(item, leaf, part))

    def maker(self, item: str, land: str, points: float, whole: float, part: float) -> dict[str, Any]:
        """Makers of one country; shares that round to more or less than 100 are brought to 100."""
        scale = 100 / whole * part
        low, high = max(points - ROUNDING, 0.0) * scale, min(points + ROUNDING, 100.0) * scale
        firms = [row for row in self.given[item] if row["kind"] == "firm" and row["country"] == land]
        whole_country = [
            row["provider"] for row in firms if row["share"] and 100 * float(row["share"]) == points
        ]
        return self.node(
            item, land, "firm" if whole_country else "aggregate", points * scale, low, high,
            firm=whole_country[0] if whole_country else "",
            grade="estimated" if item in STAGE_OF else "derived",
            note=self.why(item, part, [row["provider"] for row in firms]),
        )  # fmt: skip

    def why(self, item: str, part: float, firms: list[str]) -> str:
        """What stands behind the output of a country."""
        en, ja = ["Index, 100 = world use of the input."], ["世界使用量を100とする指数。"]
        if item in STAGE_OF:
            en.append("Share of the whole stage, taken for each of its processes.")
            ja.append("段階全体のシェアを各工程に当てはめた。")
        if part < 1:
            en.append("Part of its kind by market size.")
            ja.append("種類間の配分は市場規模による。")
        if firms:
            en.append(f"Firms named: {', '.join(firms)}.")
            ja.append(f"ETOが挙げる企業：{'、'.join(firms)}。")
        return note(" ".join(en), "".join(ja))

    def unknown(self, item: str, leaf: str, part: float) -> dict[str, Any]:
        """One node for all makers of an input without country shares."""
        rows = self.given[leaf] or self.given[item]
        lands = [row["country"] for row in rows if row["kind"] == "country" and row["negligible"] == "no"]
        small = [row["country"] for row in rows if row["kind"] == "country" and row["negligible"] == "yes"]
        firms = [row["provider"] for row in rows if row["kind"] == "firm" and row["negligible"] == "no"]
        en, ja = ["ETO gives no share by country."], ["ETOに国別シェアの記載がない。"]
        if part < 1:
            en.append("Part of its kind by market size, or equal where that is unknown.")
            ja.append("種類間の配分は市場規模により、不明な場合は均等とした。")
        for words_en, words_ja, names in (
            ("Named", "挙げられた国", lands),
            ("Negligible", "僅少とされた国", small),
        ):
            if names:
                en.append(f"{words_en}: {', '.join(label(name, 'en', 'countries') for name in names)}.")
                ja.append(f"{words_ja}：{'、'.join(label(name, 'ja', 'countries') for name in names)}。")
        if firms:
            en.append(f"Firms named: {', '.join(firms)}.")
            ja.append(f"ETOが挙げる企業：{'、'.join(firms)}。")
        text = note(" ".join(en), "".join(ja))
        return self.node(
            leaf, "XX", "unknown", 100 * part, 100 * part, 100 * part, grade="assumed", note=text
        )

    def node(
        self, item: str, land: str, kind: str, amount: float, low: float, high: float, **more: Any
    ) -> dict[str, Any]:
        """One row of nodes."""
        slug, en, ja = INPUTS[item]
        stage = {"tool": "equipment", "material": "material", "process": "part", "product": "sector"}
        where_it_stands = "part" if item == "N85" else stage[self.kind[item]]  # IP is no material
        where = {"en": "makers unknown", "ja": "メーカー不明"} if land == "XX" else {
            lang: label(land, lang, "countries") for lang in ("en", "ja")
        }  # fmt: skip
        return {
            "node": slug if land == "WLD" else f"{land.lower()}-{slug}",
            "label_en": en if land == "WLD" else f"{en}, {where['en']}",
            "label_ja": ja if land == "WLD" else f"{ja}：{where['ja']}", "kind": kind,
            "stage": "sector" if item in ENDS else where_it_stands, "country": land,
            "material": self.product(item), "output": amount, "output_low": low, "output_high": high,
            "source": SOURCE, "_item": item, **more,
        }  # fmt: skip

    def need(self, item: str) -> float:
        """Part of the world use of an input that each process takes; split alike where several do."""
        part = 1.0 / len(self.users[item])
        return part * (1 - BUNDLE_PART) if item in BUNDLED else part

    def suppliers(self, item: str, customer: dict[str, Any]) -> Rows:
        """Makers of an input that serve a node: the world's, but its own from step to step in a fab."""
        made = [node for node in self.nodes if node["material"] == INPUTS[item][0]]
        stage = STAGE_OF.get(item)
        if stage and STAGE_OF.get(customer["_item"]) == stage:
            return [node for node in made if node["country"] == customer["country"]]
        return made


STOCKS = {  # [d] low, mode, high; all assumed
    "tool": (90, 365, 1825), "process": (1, 3, 14), "material": (30, 60, 120), "licence": (30, 365, 1095),
}  # fmt: skip
STOCK_NOTES = {
    "tool": (
        "Installed tools run on; without parts and service they fail after months. Days assumed.",
        "設置済みの装置は稼働を続けるが、部品・保守がなければ数か月で故障する。日数は仮定。",
    ),
    "process": ("Lots between two steps; days assumed.", "工程間の仕掛品。日数は仮定。"),
    "material": (
        "Weeks to months of material, limited by shelf life; days assumed.",
        "数週間〜数か月分の材料在庫。保管期限による制約がある。日数は仮定。",
    ),
    "licence": ("Licences run for a year or more; days assumed.", "ライセンスは1年以上有効。日数は仮定。"),
}
SPLIT = (
    "Index points, 100 = world use; where several processes use one input it is split alike.",
    "世界使用量を100とする指数。複数の工程が使う投入物は均等に配分した。",
)
MIX = ("World mix of makers assumed for every buyer.", "どの買い手も世界平均の構成で調達すると仮定。")
LOCAL = ("Within one fab or packaging house.", "同一の工場内の受け渡し。")
AND_NOTE = (
    "All four must hold, none replaces another. Founding document 000, line 1752; need and stock assumed.",
    "四つすべてが必要で、互いに代替できない。文書000、1752行。原単位と在庫は仮定。",
)


MINOR = {  # inputs that ETO draws and a logic chip can do without
    "N82": (
        "Tests linear and discrete devices; a logic chip is tested by SoC testers. "
        "Reading of ETO's descriptions.",
        "アナログ・ディスクリート用であり、ロジック半導体はSoCテスタで試験する。ETOの説明に基づく判断。",
    ),
    "N77": (
        "Joins packaging steps that also run on separate tools. Reading of ETO's descriptions.",
        "個別装置でも行える組立工程を一貫化する装置。ETOの説明に基づく判断。",
    ),
}


def stock_kind(build: Build, item: str) -> str:
    """Which of the stock assumptions holds for an input."""
    return "licence" if item in ("N84", "N85") else build.kind[item]


def recipe(build: Build, customer: dict[str, Any], item: str) -> dict[str, Any]:
    """What a node needs of one input."""
    bundle = customer["node"] == BUNDLE
    need, kind = 1.0 if bundle else build.need(item), stock_kind(build, item)
    low, mode, high = STOCKS[kind]
    texts = (AND_NOTE,) if bundle else (SPLIT, STOCK_NOTES[kind])
    texts += (MINOR[item],) if item in MINOR else ()
    return {
        "node": customer["node"], "input": INPUTS[item][0], "need": need, "need_low": need, "need_high": need,
        "essentiality": "minor" if item in MINOR else "essential", "stock": mode, "stock_low": low,
        "stock_high": high,
        "source": f"doc-000|{OWN}" if bundle else f"{SOURCE}|{OWN}", "grade": "assumed",
        "note": note(" ".join(en for en, _ in texts), "".join(ja for _, ja in texts)),
    }  # fmt: skip


def deliveries(build: Build, customer: dict[str, Any], item: str, need: float) -> Rows:
    """What each maker of an input delivers to a node."""
    served = build.suppliers(item, customer)
    whole = sum(node["output"] for node in served)
    out = []
    for supplier in served:
        amount = customer["output"] * need * supplier["output"] / whole
        home = supplier["country"] == customer["country"]
        local = home and item in STAGE_OF
        scale = amount / supplier["output"]
        lead = (1, 3, 7) if home else (14, 30, 60)
        text = LOCAL if local else MIX
        out.append({
            "supplier": supplier["node"], "customer": customer["node"], "amount": amount,
            "amount_low": supplier["output_low"] * scale, "amount_high": supplier["output_high"] * scale,
            "lead": lead[1], "lead_low": lead[0], "lead_high": lead[2], "qualified": "yes",
            "source": f"{SOURCE}|{OWN}", "grade": "assumed", "note": note(*text),
        })  # fmt: skip
    return out


def chain(build: Build) -> dict[str, Rows]:
    """Tables of the chain."""
    for item in INPUTS:
        if item in build.parent or item in ENDS:
            continue
        build.add_makers(item)
    ends = [end_node(build, item) for item in ENDS]
    bundle = bundle_node(build)
    recipes, flows = [], []
    for customer in [*build.nodes, *ends]:
        for item in build.feeds[customer["_item"]]:
            recipes.append(recipe(build, customer, item))
            flows += deliveries(build, customer, item, build.need(item))
    for item in BUNDLED:
        recipes.append(recipe(build, bundle, item))
        flows += deliveries(build, bundle, item, 1.0)
    nodes = [*build.nodes, *ends, bundle]
    return {
        "nodes": nodes,
        "recipes": recipes,
        "flows": flows,
        "materials": products(build),
        "contents": contents(),
    }


def end_node(build: Build, item: str) -> dict[str, Any]:
    """The finished chip and the four designs: the world's, with the firms ETO names."""
    firms = [row["provider"] for row in build.given[item] if row["negligible"] == "no"]
    en, ja = ["Index, 100 = world output."], ["世界生産量を100とする指数。"]
    if firms:
        en.append(f"Firms named: {', '.join(firms)}.")
        ja.append(f"ETOが挙げる企業：{'、'.join(firms)}。")
    text = note(" ".join(en), "".join(ja))
    return build.node(item, "WLD", "aggregate", 100.0, 100.0, 100.0, grade="assumed", note=text)


def bundle_node(build: Build) -> dict[str, Any]:
    """Our own AND bundle of document 000 beside ETO's relations."""
    output = 100 * BUNDLE_PART
    row = build.node("N25", "WLD", "sector", output, output, output, grade="assumed", note=note(*AND_NOTE))
    return row | {
        "node": BUNDLE, "material": BUNDLE, "stage": "sector",
        "label_en": "Lithography yield bundle (document 000)",
        "label_ja": "露光＋レジスト＋マスク＋ウェハの束（文書000）", "source": f"doc-000|{OWN}",
    }  # fmt: skip


def products(build: Build) -> Rows:
    """One product for each input that is no kind of another, and the bundle."""
    form = {"tool": "equipment", "process": "part", "product": "part", "material": "part"}
    out = []
    for item, (slug, en, ja) in INPUTS.items():
        if item in build.parent:
            continue
        kinds = [leaf for leaf in build.kinds(item) if leaf != item]
        text = note(
            f"Kinds: {', '.join(INPUTS[leaf][1] for leaf in kinds)}.",
            f"種類：{'、'.join(INPUTS[leaf][2] for leaf in kinds)}。",
        ) if kinds else ""  # fmt: skip
        stage = next((node["stage"] for node in build.nodes if node["material"] == slug), "sector")
        out.append({
            "material": slug, "label_en": en, "label_ja": ja, "form": FORMS.get(item, form[build.kind[item]]),
            "stage": stage, "source": SOURCE, "grade": "reported", "note": text,
        })  # fmt: skip
    bundle = {
        "material": BUNDLE, "label_en": "Exposure, resist, mask and wafer together",
        "label_ja": "露光・レジスト・マスク・ウェハの束", "form": "part", "stage": "sector",
        "source": f"doc-000|{OWN}", "grade": "assumed", "note": note(*AND_NOTE),
    }  # fmt: skip
    return [*out, bundle]


def contents() -> Rows:
    """The one element that is certain: a silicon wafer is silicon."""
    text = note(
        "Silicon wafers; compound wafers are left aside.", "シリコンウェハを指し、化合物ウェハは含めない。"
    )
    return [{
        "material": "wafer", "element": "Si", "share": 1, "share_low": 0.99, "share_high": 1, "source": OWN,
        "grade": "assumed", "note": text,
    }]  # fmt: skip


# --- writing ------------------------------------------------------------------------------------


def write(path: Path, table: Rows, schema: str) -> None:
    """Check against the declared columns, then write; a row that does not fit stops the build."""
    declared = Schema.of(schema)
    frame = pd.DataFrame(table).reindex(columns=declared.names).astype(object)
    for column in declared.columns:
        if column.kind in ("number", "share"):
            frame[column.name] = frame[column.name].map(
                lambda cell: f"{cell:.10g}" if isinstance(cell, float) else cell
            )
    frame = frame.astype(object).where(frame.notna(), "").replace("nan", "")
    declared.check(frame, path.name)
    frame.to_csv(path, index=False, lineterminator="\n")
    print(f"wrote {path.name}: {len(frame)} rows, sha256 {checksum(path)}")


def add_remarks() -> None:
    """Append the Japanese of notes that are not rendered yet."""
    path = OUT / "terms" / "remarks.csv"
    with path.open(encoding="utf-8", newline="") as file:
        known = {row["en"] for row in csv.DictReader(file)}
    new = [(en, ja) for en, ja in sorted(NOTES.items()) if en not in known]
    with path.open("a", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerows((hashlib.sha256(en.encode()).hexdigest()[:10], en, ja) for en, ja in new)
    print(f"added {len(new)} remarks")


def main() -> None:
    """Read the set, write facts and chain."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, required=True)
    folder = parser.parse_args().data / "eto-chip-supply-chain"
    listed, related, known = inputs(folder), relations(folder), providers(folder)
    provided = provision(folder, known)
    facts = {"inputs": listed, "relations": related, "providers": known, "provision": provided}
    for name, table in ((f"eto_{name}", table) for name, table in facts.items()):
        write(OUT / "facts" / f"{name}.csv", table, name)
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, table in chain(Build(listed, related, provided)).items():
        write(FOLDER / f"{name}.csv", table, name)
    write(FOLDER / "ownership.csv", [], "ownership")
    about = [
        ("name", "chip-equipment@2019"), ("as_of", "2019"),
        ("label_en", "Chips and the tools and materials that make them, about 2019 (index points)"),
        ("label_ja", "半導体製造装置・材料とロジック半導体（2019年頃、数量は指数）"),
        ("note_en", CHAIN_NOTE_EN), ("note_ja", CHAIN_NOTE_JA),
    ]  # fmt: skip
    with (FOLDER / "chain.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([("key", "value"), *about])
    add_remarks()


if __name__ == "__main__":
    main()
