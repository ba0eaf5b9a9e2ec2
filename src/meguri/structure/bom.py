"""A buyer's parts set into a base chain: one line per part, fed by the makers the buyer named."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from typing import Any, NamedTuple

import pandas as pd

from meguri.base.errors import DataError, ModelError, Problem
from meguri.base.tables import Schema
from meguri.base.terms import fold, label, read_words, suggest
from meguri.structure.parts import default

Tables = Mapping[str, pd.DataFrame]
OWN_PART = "own-part"
HEAVY = ("Dy", "Tb")
_MAX_ROUNDS = 1000


class Note(NamedTuple):
    """Something a buyer should know about how the parts were set into the chain."""

    key: str  # row of terms/parts.csv
    details: Mapping[str, str]


class Bom(NamedTuple):
    """The chain's tables with the buyer's lines, and how each row was read."""

    tables: dict[str, pd.DataFrame]
    matches: pd.DataFrame  # one row per part: line, node, made_in, firm, like, alternative_node
    notes: tuple[Note, ...]


def magnets(base: Tables) -> tuple[str, str]:
    """Products of the base chain that are magnets: with Dy or Tb, and without.

    Raises
    ------
    DataError
        When the base chain makes none.
    """
    made = base["nodes"][base["nodes"]["stage"] == "magnet"]
    size = made.groupby("material")["output"].sum().sort_values(ascending=False, kind="stable")
    contents = base["contents"]
    heavy = set(contents.loc[contents["element"].isin(HEAVY) & (contents["share"] > 0), "material"])
    with_heavy = [material for material in size.index if material in heavy]
    without = [material for material in size.index if material not in heavy]
    if not with_heavy:
        raise DataError(Problem("base_magnets", "nodes", ", ".join(size.index)))
    return with_heavy[0], without[0] if without else with_heavy[0]


def maker_name(supplier: str, firms: list[str]) -> str:
    """Firm meant by what a buyer wrote: an exact name or alias, else the longest one inside it.

    Nothing is guessed from likeness; a near name is only suggested.

    Examples
    --------
    >>> maker_name("旧日立金属（NEOMAX）", []), maker_name("TDK Meizhou", []), maker_name("Acme", ["Acme"])
    ('Proterial', 'TDK', 'Acme')
    """
    names: dict[str, str] = {}
    for row in read_words("magnet_makers"):
        for name in (row["key"], row["en"], row["ja"], *row["aliases"].split("|")):
            if name:
                names.setdefault(fold(name), row["key"])
    for firm in firms:
        names.setdefault(fold(firm), firm)
    text = fold(supplier)
    if text in names:
        return names[text]
    inside = [name for name in names if _names_inside(name, text)]
    return names[max(inside, key=len)] if inside else supplier.strip()


def _names_inside(name: str, text: str) -> bool:
    if name.isascii():
        return re.search(rf"(?<![a-z0-9]){re.escape(name)}(?![a-z0-9])", text) is not None
    return name in text


def owners(ownership: pd.DataFrame, as_of: str) -> dict[str, str]:
    """Firm → firm that holds most of it on the last day of a year; dated edges only count then.

    Examples
    --------
    >>> names = ["owner", "owned", "share", "start", "end"]
    >>> edges = pd.DataFrame([["Proterial", "Santoku", 1.0, "2018-04-02", ""]], columns=names)
    >>> owners(edges, "2024"), owners(edges, "2012")
    ({'Santoku': 'Proterial'}, {})
    """
    day = f"{as_of or '9999'}-12-31"[:10] if len(as_of) <= 4 else as_of
    held = ownership[
        (ownership["share"] > 0.5)
        & (ownership["start"].fillna("") <= day)
        & ((ownership["end"].fillna("") == "") | (ownership["end"].fillna("") >= day))
    ]
    return dict(zip(held["owned"], held["owner"], strict=True))


def group_of(firm: str, owner: Mapping[str, str]) -> str:
    """Firm at the top of a chain of majority holdings."""
    seen: set[str] = set()
    while firm in owner and firm not in seen:
        seen.add(firm)
        firm = owner[firm]
    return firm


def build(parts: pd.DataFrame, base: Tables, *, country: str = "JP", as_of: str = "") -> Bom:
    """Set a buyer's parts into a base chain.

    Each part (and, where one part uses several, each magnet grade and product) becomes a line: a
    node of stage *part* that needs one tonne of magnet per tonne. Suppliers named are the base
    chain's makers where it knows them, else a node of their own with the upstream of a like maker.
    Amounts come out of what a maker sells outside the chain; where that is too little, the maker
    and everything upstream of it grow by the difference, so that every balance still holds.

    Parameters
    ----------
    parts : DataFrame
        As :func:`meguri.structure.parts.complete` returns them.
    base : tables
        Checked tables of the base chain.
    country : str
        Where the buyer's lines stand.
    as_of : str
        Year in which ownership counts.

    Raises
    ------
    DataError
        When the base chain makes no magnets.
    """
    heavy, free = magnets(base)
    rows = parts.assign(product=parts["hree_free"].map({True: free, False: heavy}))
    rows = rows.assign(line=_line_names(rows, set(base["nodes"]["node"])))
    makers = _Makers(base, as_of)
    matches, notes = _match_all(rows, makers)
    rows = rows.join(matches)
    tables = {name: frame.copy() for name, frame in base.items()}
    free_output = _free_output(base)
    wanted = _add_makers(tables, rows[rows["like"] != ""])
    for node, amount in rows[rows["like"] == ""].groupby("node")["amount"].sum().items():
        wanted[str(node)] += float(amount)
    notes += _grow(tables, wanted, free_output)
    _add_lines(tables, rows, country)
    notes += _add_flows(tables, rows, country)
    return Bom(tables, matches.assign(line=rows["line"]), tuple(notes))


def _line_names(rows: pd.DataFrame, taken: set[str]) -> list[str]:
    """Part name; with grade, product or a counter where the name alone would be shared."""
    variants = rows.groupby("part")[["product", "magnet_grade"]].apply(
        lambda group: len(group.drop_duplicates())
    )
    names: dict[tuple[str, str, str], str] = {}
    for row in rows.itertuples(index=False):
        key = (row.part, row.product, row.magnet_grade)
        if key in names:
            continue
        name = row.part
        if variants[row.part] > 1:
            name = f"{row.part} / {row.magnet_grade or '-'}"
        while name in taken or name in names.values():
            name = f"{name} *" if name in taken else f"{name} / {row.product}"
        names[key] = name
    return [names[row.part, row.product, row.magnet_grade] for row in rows.itertuples(index=False)]


class _Makers:
    """Magnet makers of the base chain, found by firm, group and country."""

    def __init__(self, base: Tables, as_of: str) -> None:
        nodes = base["nodes"]
        made = nodes[(nodes["stage"] == "magnet") & (nodes["kind"] != "unknown")]
        self.nodes = made.sort_values(["output", "node"], ascending=[False, True])
        self.firms = [firm for firm in dict.fromkeys(nodes["firm"]) if firm]
        self.owner = owners(base["ownership"], as_of)
        self.known = {row["key"] for row in read_words("magnet_makers")} | set(self.firms)

    def of(self, product: str, country: str = "") -> pd.DataFrame:
        """Makers of a product, largest first; in one country, if named."""
        made = self.nodes[self.nodes["material"] == product]
        return made[made["country"] == country] if country else made

    def named(self, firm: str, product: str, country: str) -> str:
        """Node of a firm, or of a firm of its group; empty when the chain has none."""
        made = self.of(product, country)
        same = made[made["firm"] == firm]
        if same.empty:
            groups = made["firm"].map(lambda name: group_of(name, self.owner) if name else "")
            same = made[groups == group_of(firm, self.owner)]
        return "" if same.empty else str(same["node"].iloc[0])

    def like(self, product: str, country: str) -> str:
        """Node whose upstream stands for an unknown maker: the country's aggregate, else its largest."""
        made = self.of(product, country)
        if made.empty:
            made = self.of(product)
        general = made[made["kind"] == "aggregate"]
        return str((general if not general.empty else made)["node"].iloc[0])


def _match_all(rows: pd.DataFrame, makers: _Makers) -> tuple[pd.DataFrame, list[Note]]:
    notes: list[Note] = []
    found = []
    for row in rows.itertuples(index=False):
        match = _match(row, makers)
        if match["like"]:
            details = {"part": row.part, "value": row.supplier, "like": match["like"]}
            notes.append(Note("note_supplier_new", details))
            near = suggest(row.supplier, sorted(makers.known))
            if near and match["firm"] not in makers.known:
                notes.append(Note("note_supplier_near", {**details, "near": near}))
        match["alternative_node"], doubt = _alternative(row, match["made_in"], makers)
        notes += doubt
        found.append(match)
    return pd.DataFrame(found, index=rows.index), notes


def _match(row: Any, makers: _Makers) -> dict[str, str]:
    """Node that delivers a row's magnets; ``like`` is filled when it must be added first."""
    firm = maker_name(row.supplier, makers.firms) if row.supplier else ""
    country = row.country or _country_of(firm, row.product, makers)
    if not firm:
        return {"node": makers.like(row.product, country), "made_in": country, "firm": "", "like": ""}
    node = makers.named(firm, row.product, country)
    if node:
        return {"node": node, "made_in": country, "firm": firm, "like": ""}
    like = makers.like(row.product, country)
    added = f"{firm} ({country}, {row.product})"
    return {"node": added, "made_in": country, "firm": firm, "like": like}


def _country_of(firm: str, product: str, makers: _Makers) -> str:
    """Where a maker stands when the buyer does not say: its largest site, else the largest maker's."""
    node = makers.named(firm, product, "") if firm else ""
    made = makers.of(product)
    chosen = made[made["node"] == node] if node else made
    return str(chosen["country"].iloc[0])


def _alternative(row: Any, country: str, makers: _Makers) -> tuple[str, list[Note]]:
    if pd.isna(row.alternative) or not row.alternative:
        return "", []
    if row.alternative_supplier:
        firm = maker_name(row.alternative_supplier, makers.firms)
        node = makers.named(firm, row.product, row.alternative_country)
        if node:
            return node, []
    if row.alternative_country:
        made = makers.of(row.product, row.alternative_country)
    elif row.alternative_supplier:
        made = makers.of(row.product).head(0)
    else:
        made = makers.of(row.product)
        made = made[made["country"] != country]
    if made.empty:
        value = row.alternative_supplier or row.alternative_country or "—"
        return "", [Note("note_alternative_missing", {"part": row.part, "value": value})]
    return str(made["node"].iloc[0]), []


def _add_makers(tables: dict[str, pd.DataFrame], rows: pd.DataFrame) -> dict[str, float]:
    """Add makers the base chain does not know; returns what they ask of the base chain [t/a]."""
    wanted: dict[str, float] = defaultdict(float)
    nodes, flows, recipes = tables["nodes"], tables["flows"], tables["recipes"]
    new_nodes, new_flows, new_recipes = [], [], []
    for name, group in rows.groupby("node", sort=False):
        like_name, amount = group["like"].iloc[0], float(group["amount"].sum())
        like = nodes[nodes["node"] == like_name].iloc[0]
        new_nodes.append(_new_maker(str(name), group.iloc[0], amount))
        copied = recipes[recipes["node"] == like_name].assign(node=name, grade="assumed", source="")
        new_recipes.append(copied.assign(note=f"Copied from {like_name}."))
        inflow = flows[flows["customer"] == like_name].copy()
        scale = amount / like["output"] if like["output"] > 0 else 0.0
        inflow[["amount", "amount_low", "amount_high"]] *= scale
        inflow = inflow.assign(customer=name, value=float("nan"), grade="assumed", source="")
        new_flows.append(inflow.assign(note=f"Copied from {like_name}."))
        for flow in inflow[inflow["qualified"]].itertuples(index=False):
            wanted[flow.supplier] += flow.amount
    if new_nodes:
        tables["nodes"] = _append(nodes, "nodes", pd.DataFrame(new_nodes))
        tables["recipes"] = _append(recipes, "recipes", pd.concat(new_recipes))
        tables["flows"] = _append(flows, "flows", pd.concat(new_flows))
    return wanted


def _new_maker(name: str, row: Any, amount: float) -> dict[str, object]:
    return {
        "node": name,
        "label_en": f"{row['firm']} ({label(row['made_in'], 'en', 'countries')})",
        "label_ja": f"{row['firm']}（{label(row['made_in'], 'ja', 'countries')}）",
        "kind": "firm",
        "stage": "magnet",
        "country": row["made_in"],
        "firm": row["firm"],
        "material": row["product"],
        "output": amount,
        "capacity": amount,
        "source": "buyer-workbook",
        "grade": "assumed",
        "note": f"Not in the base chain; upstream as of {row['like']}.",
    }


def _free_output(base: Tables) -> dict[str, float]:
    """What each node of a chain sells outside it [t/a]."""
    flows = base["flows"]
    sent = flows[flows["qualified"]].groupby("supplier")["amount"].sum()
    nodes = base["nodes"]
    return {
        node: max(0.0, output - sent.get(node, 0.0))
        for node, output in zip(nodes["node"], nodes["output"], strict=True)
    }


def _grow(
    tables: dict[str, pd.DataFrame], wanted: Mapping[str, float], free_output: Mapping[str, float]
) -> list[Note]:
    """Let makers deliver more: first from what they sell outside, then by growing with all upstream."""
    nodes, flows = tables["nodes"], tables["flows"].reset_index(drop=True)
    output = dict(zip(nodes["node"], nodes["output"], strict=True))
    free = dict(free_output)
    inflow: dict[str, list[tuple[int, str, float]]] = defaultdict(list)
    for flow in flows[flows["qualified"]].itertuples():
        inflow[flow.customer].append((flow.Index, flow.supplier, flow.amount))
    grown: dict[str, float] = defaultdict(float)
    more: dict[int, float] = defaultdict(float)
    pending = dict(wanted)
    for _ in range(_MAX_ROUNDS):
        asked_next: dict[str, float] = defaultdict(float)
        for node, amount in pending.items():
            taken = min(amount, free[node])
            free[node] -= taken
            short = amount - taken
            if short <= 1e-9 or output[node] <= 0:
                continue
            grown[node] += short
            for number, supplier, bought in inflow[node]:
                extra = bought / output[node] * short
                more[number] += extra
                asked_next[supplier] += extra
        pending = asked_next
        if not pending:
            break
    else:
        raise ModelError(Problem("growth_circle", "flows", ", ".join(sorted(pending)[:5])))
    return _apply_growth(tables, flows, grown, more)


def _apply_growth(
    tables: dict[str, pd.DataFrame],
    flows: pd.DataFrame,
    grown: Mapping[str, float],
    more: Mapping[int, float],
) -> list[Note]:
    nodes = tables["nodes"].reset_index(drop=True)
    extra = nodes["node"].map(dict(grown)).fillna(0.0)
    notes = []
    for node, amount in grown.items():
        before = float(nodes.loc[nodes["node"] == node, "output"].iloc[0])
        notes.append(
            Note(
                "note_grown",
                {"value": node, "amount": f"{amount:,.3g}", "share": f"{amount / before * 100:.2g} %"},
            )
        )
    for column in ("output", "output_low", "output_high", "capacity", "capacity_low", "capacity_high"):
        nodes[column] = nodes[column] + extra
    added = flows.index.to_series().map(dict(more)).fillna(0.0)
    for column in ("amount", "amount_low", "amount_high"):
        flows[column] = flows[column] + added
    tables["nodes"], tables["flows"] = nodes, flows
    return notes


def _add_lines(tables: dict[str, pd.DataFrame], rows: pd.DataFrame, country: str) -> None:
    """One node and one recipe for each line, and the product they all make."""
    lines = [group for _, group in rows.groupby("line", sort=False)]
    nodes = pd.DataFrame([_line_node(group, country) for group in lines])
    recipes = pd.DataFrame([_line_recipe(group) for group in lines])
    tables["materials"] = _append(tables["materials"], "materials", pd.DataFrame([_own_part()]))
    tables["nodes"] = _append(tables["nodes"], "nodes", nodes)
    tables["recipes"] = _append(tables["recipes"], "recipes", recipes)


def _own_part() -> dict[str, object]:
    return {
        "material": OWN_PART,
        "label_en": label("own_part", "en", "parts"),
        "label_ja": label("own_part", "ja", "parts"),
        "form": "part",
        "stage": "part",
        "source": "buyer-workbook",
        "grade": "assumed",
        "note": label("note_own_part", "en", "parts"),
    }


def _line_node(group: pd.DataFrame, country: str) -> dict[str, object]:
    line, amount = group["line"].iloc[0], float(group["amount"].sum())
    return {
        "node": line,
        "label_en": line,
        "label_ja": line,
        "kind": "site",
        "stage": "part",
        "country": country,
        "material": OWN_PART,
        "output": amount,
        "capacity": amount,
        "source": "buyer-workbook",
        "grade": "reported",
        "note": label("note_line", "en", "parts"),
    }


def _line_recipe(group: pd.DataFrame) -> dict[str, object]:
    """A tonne of magnet per tonne; stock is the mean of its rows, weighted by amount."""
    weight = group["amount"] / group["amount"].sum()
    days = {name: float((group[name] * weight).sum()) for name in ("stock", "stock_low", "stock_high")}
    return {
        "node": group["line"].iloc[0],
        "input": group["product"].iloc[0],
        "need": 1.0,
        "essentiality": "essential",
        **days,
        "source": "buyer-workbook",
        "grade": "reported" if group["stock_known"].all() else "assumed",
    }


def _add_flows(tables: dict[str, pd.DataFrame], rows: pd.DataFrame, country: str) -> list[Note]:
    notes: list[Note] = []
    flows: dict[tuple[str, str], dict[str, object]] = {}
    for row in rows.itertuples(index=False):
        flow = flows.setdefault(
            (row.node, row.line),
            {
                "supplier": row.node,
                "customer": row.line,
                "amount": 0.0,
                "value": 0.0,
                "qualified": True,
                "source": "buyer-workbook",
                "grade": "reported",
                "note": row.note,
                **_lead(tables, row.node, country),
            },
        )
        flow["amount"] = float(str(flow["amount"])) + row.amount
        dollars = row.price * row.amount * 1000 if row.currency == "USD" else float("nan")
        flow["value"] = float(str(flow["value"])) + dollars
        if row.currency == "JPY" and pd.notna(row.price):
            notes.append(Note("note_price_jpy", {"part": row.part, "value": f"{row.price:,.6g}"}))
    for row in rows[rows["alternative_node"] != ""].itertuples(index=False):
        if (row.alternative_node, row.line) in flows:
            notes.append(Note("note_alternative_same", {"part": row.part}))
            continue
        flows[row.alternative_node, row.line] = _alternative_flow(tables, row, country)
    tables["flows"] = _append(tables["flows"], "flows", pd.DataFrame(list(flows.values())))
    return notes


def _alternative_flow(tables: Tables, row: Any, country: str) -> dict[str, object]:
    usual = default("qualification")
    days = (usual.value, usual.low, usual.high)
    if pd.notna(row.qualification):
        days = (row.qualification,) * 3
    return {
        "supplier": row.alternative_node,
        "customer": row.line,
        "amount": row.amount,
        "value": float("nan"),
        "qualified": False,
        **_triple("qualification", days),
        **_triple("first_yield", default("first_yield")[:3]),
        **_triple("recovery", default("recovery")[:3]),
        "source": "buyer-workbook",
        "grade": "assumed",
        "note": "Alternative named by the buyer; yield after approval assumed.",
        **_lead(tables, row.alternative_node, country),
    }


def _lead(tables: Tables, node: str, country: str) -> dict[str, object]:
    """Lead time of a maker's other deliveries to the buyer's country, else the packaged range."""
    flows, nodes = tables["flows"], tables["nodes"]
    there = set(nodes.loc[nodes["country"] == country, "node"])
    seen = flows[(flows["supplier"] == node) & flows["customer"].isin(there) & flows["lead"].notna()]
    if seen.empty:
        return _triple("lead", default("lead")[:3])
    first = seen.iloc[0]
    return _triple("lead", (first["lead"], first["lead_low"], first["lead_high"]))


def _triple(name: str, values: tuple[float, ...]) -> dict[str, object]:
    return dict(zip((name, f"{name}_low", f"{name}_high"), values, strict=True))


def _append(frame: pd.DataFrame, table: str, rows: pd.DataFrame) -> pd.DataFrame:
    """Rows behind a table, all columns declared and typed."""
    typed, found = Schema.of(table).problems(rows)
    if found:  # only possible when this module writes what the columns do not allow
        raise DataError(found)
    return pd.concat([frame, typed], ignore_index=True)
