"""Where Japanese firms make magnets: bands that add to 100 %, the two layers, sites and their owners.

The main document says "volume in China, quality in Japan". Its table A-2 splits the output of Japanese
firms, subsidiaries and joint ventures included, by place of process: a share of them, never of the world
(flag N51). Figures of others stand beside it in columns of their own.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from meguri.base.sources import GRADES
from meguri.base.tables import Schema
from meguri.base.terms import Lang, label
from meguri.observe.firms import sites
from meguri.observe.harmonise import require_same_basis
from meguri.observe.packaged import facts
from meguri.observe.profile import share_ranges
from meguri.observe.series import trade_series
from meguri.structure.bounds import share_range
from meguri.structure.ranges import tightened

Array = npt.NDArray[np.float64]
BASIS = "japanese_firms"
MAGNETS = "850511"  # permanent magnets of metal, all grades
NEAR = 2  # years between a band and an outside figure that still stands beside it
VOLUME_STEPS = ("powder", "sintering", "machining")
QUALITY_STEPS = ("microstructure", "variation", "warranty")
# what a site does, by layer; the document splits the six steps above and names no layer for the rest
LAYER_OF = dict.fromkeys(
    (*VOLUME_STEPS, "alloy", "assembly", "crushing", "recycling", "hot-deformation"), "quantity"
) | dict.fromkeys((*QUALITY_STEPS, "rnd", "evaluation", "prototyping", "redesign"), "quality")
HALF = 0.5


def same_place(low: Sequence[float], high: Sequence[float]) -> Array:
    """Shares that add to 1, each at the same place of its range.

    With t = (1 − Σlow)/(Σhigh − Σlow) every share is low + t·(high − low). Midpoints divided by their sum
    add to 1 too, but may leave their own range; these never do.

    Parameters
    ----------
    low, high : sequence of float (part,) [1]
        Ends of the ranges of one whole.

    Returns
    -------
    array (part,) [1]
        NaN everywhere when no choice within the ranges adds to 1.

    Examples
    --------
    >>> same_place([0.8, 0.05, 0.0], [0.9, 0.10, 0.05]).round(4).tolist()
    [0.875, 0.0875, 0.0375]
    """
    a, b = np.asarray(low, dtype=float), np.asarray(high, dtype=float)
    least, most = a.sum(), b.sum()
    if not least - 1e-9 <= 1 <= most + 1e-9:
        return np.full(a.shape, np.nan)
    step = (1 - least) / (most - least) if most > least else 0.0
    return np.asarray(a + min(1.0, max(0.0, step)) * (b - a))


def bands(printed: pd.DataFrame | None = None) -> pd.DataFrame:
    """Place of process of the magnets of Japanese firms by year: as printed, and normalised to 100 %.

    Two readings, both exact. ``low`` … ``high``: the shares lie in the printed ranges *and* add to 1.
    ``ratio_low`` … ``ratio_high``: the printed figures are amounts divided by their sum; wider, and it
    exists even where the ranges cannot add to 1.

    Parameters
    ----------
    printed : DataFrame, optional
        Columns of ``share_ranges``; the packaged table A-2 when left out.

    Returns
    -------
    DataFrame
        Columns of ``relocation_bands``.

    Raises
    ------
    DataError
        When the rows are shares of different things, or a place stands twice in a year.

    Examples
    --------
    >>> table = bands().set_index(["year", "country"])
    >>> [float(table.at[(2025, "CN"), name]) for name in ("printed_low", "printed_high", "low", "high")]
    [0.6, 0.75, 0.6, 0.7]
    >>> round(float(table.loc[2025, "middle"].sum()), 9), float(table.at[(2025, "CN"), "printed_sum"])
    (1.0, 1.05)
    """
    rows = _table_a2() if printed is None else printed
    require_same_basis(rows, ["element", "stage", "basis"])
    parts = [_band(group) for _, group in tightened(rows).groupby("year", sort=True)]
    if not parts:
        return Schema.of("relocation_bands").empty()
    joined = _beside(pd.concat(parts, ignore_index=True))
    return Schema.of("relocation_bands").check(joined)


def _table_a2() -> pd.DataFrame:
    rows = share_ranges("REO")
    return rows[(rows["basis"] == BASIS) & (rows["stage"] == "magnet")]


def _band(rows: pd.DataFrame) -> pd.DataFrame:
    low, high = rows["printed_low"].to_numpy(float), rows["printed_high"].to_numpy(float)
    middle = (low + high) / 2
    least, most = share_range(list(low), list(high))
    closed = rows["reason"].iloc[0] == ""  # else the ranges cannot add to 1 and nothing is narrowed
    return pd.DataFrame({
        "year": rows["year"].astype(int), "country": rows["country"],
        "printed_low": low, "printed_high": high, "printed_middle": middle.round(9),
        "printed_sum": round(float(middle.sum()), 9),
        "low": rows["low"] if closed else np.nan, "high": rows["high"] if closed else np.nan,
        "middle": same_place(list(low), list(high)),
        "ratio_low": np.minimum(least, 1.0), "ratio_high": np.minimum(most, 1.0),  # 1 + 2e-16 is 1
        "reason": rows["reason"], "source": rows["source"], "grade": rows["grade"], "flag": rows["flag"],
    })  # fmt: skip


def _beside(rows: pd.DataFrame) -> pd.DataFrame:
    """The bands with the nearest outside figures in columns of their own."""
    output, exports = facts("relocation_outside"), trade_series(MAGNETS, "WLD")
    found = [
        (_near(output, int(row.year), row.country), _near(exports, int(row.year), row.country, "exporter"))
        for row in rows.itertuples()
    ]
    made, sold = ([pair[n] for pair in found] for n in (0, 1))
    cited = ["|".join(str(one["source"]) for one in pair if one is not None) for pair in found]
    return rows.assign(
        outside_output=_cells(made, "share"), outside_output_year=_cells(made, "year"),
        outside_output_basis=["" if one is None else one["basis"] for one in made],
        outside_exports=_cells(sold, "share"), outside_exports_year=_cells(sold, "year"),
        outside_source=cited,
    )  # fmt: skip


def _near(table: pd.DataFrame, year: int, country: str, by: str = "country") -> pd.Series | None:
    """Row of a country whose year is near: of the basis that speaks of most countries, then the nearest."""
    near = table[(table["year"] - year).abs() <= NEAR]
    mine = near[near[by] == country]
    if mine.empty:
        return None
    told = near.groupby(["year", "basis"])[by].transform("nunique")[mine.index] if "basis" in near else 0
    ranked = mine.assign(told=-told, apart=(mine["year"] - year).abs()).sort_values(["told", "apart", "year"])
    return mine.loc[ranked.index[0]]


def _cells(found: list[pd.Series | None], name: str) -> list[float | None]:
    return [None if one is None else float(one[name]) for one in found]


def layers(axis: str | None = None) -> pd.DataFrame:
    """What the document says of each step, field, size, firm or product, and what the row really reads as.

    A cell that stands in the wrong column (flag N9) keeps its ``aspect``; ``reads_as`` says what it means.

    Parameters
    ----------
    axis : {"product", "step", "field", "size", "firm"}, optional

    Returns
    -------
    DataFrame
        Columns of ``relocation_layers``.

    Examples
    --------
    >>> wrong = layers("field").query("flag == 'N9'")
    >>> wrong[["item", "aspect", "reads_as"]].values.tolist()
    [['ev-volume', 'stay', 'leaves'], ['equipment', 'pressure', 'stays']]
    """
    table = facts("relocation_layers")
    return table if axis is None else table[table["axis"] == axis].reset_index(drop=True)


def two_layers(axis: str) -> pd.DataFrame:
    """Place of the volume layer and of the quality layer of each item, as said of the latest year.

    Parameters
    ----------
    axis : {"product", "step", "field", "size", "firm"}

    Returns
    -------
    DataFrame
        Columns of ``relocation_two_layers``: a layer the document does not place is empty, and
        ``fact`` names the rows behind each item.

    Examples
    --------
    >>> table = two_layers("field").set_index("item")
    >>> table.loc[["appliance", "ev-volume", "equipment"], ["quantity", "quality"]].values.tolist()
    [['CN', 'JP'], ['CN', ''], ['', 'JP']]
    """
    rows = layers(axis)
    out = []
    for item, mine in rows.groupby("item", sort=False):
        both = mine[mine["layer"] == "both"]
        out.append({
            "axis": axis, "item": item, "quantity": _place(mine, "quantity"),
            "quality": _place(mine, "quality"), "splits": bool((mine["reads_as"] == "splits").any()),
            "held_by_one": not both.empty, "fact": "|".join(dict.fromkeys(mine["fact"])),
            "flag": "|".join(dict.fromkeys(flag for flag in mine["flag"] if flag)),
            "source": "|".join(dict.fromkeys(mine["source"])), "grade": _weakest(mine["grade"]),
        })  # fmt: skip
    return Schema.of("relocation_two_layers").check(pd.DataFrame(out))


def _place(rows: pd.DataFrame, layer: str) -> str:
    said = rows[(rows["layer"] == layer) & (rows["place"] != "")]
    return "" if said.empty else str(said.sort_values("year", na_position="first")["place"].iloc[-1])


def _weakest(grades: pd.Series) -> str:
    return max(grades, key=GRADES.index)


def site_map() -> pd.DataFrame:
    """Twelve sites of four firms: where they stand, what they do, who holds them, what was verified.

    The point is the place a source outside the document gives, where one was found; ``printed_place_*``
    keeps what the document prints. A point of precision ``region`` stands for a whole region.

    Returns
    -------
    DataFrame
        Columns of ``relocation_map``.

    Examples
    --------
    >>> row = site_map().set_index("fact").loc["site-003"]
    >>> row["place_en"], row["printed_place_en"], row["process_country"], row["controlled_from"]
    ('Nantong, Jiangsu', 'Beijing, Baotou and other places in China', 'CN', 'JP')
    """
    both = sites().merge(facts("relocation_sites"), on="fact", validate="one_to_one")
    held = ownership_and_process().set_index("fact")
    table = pd.DataFrame({
        "fact": both["fact"], "firm": both["firm"], "site_en": both["site_en"], "site_ja": both["site_ja"],
        "place_en": both["place_en"], "place_ja": both["place_ja"],
        "printed_place_en": both["location_en"], "printed_place_ja": both["location_ja"],
        "lat": both["lat"], "lon": both["lon"], "precision": both["precision"],
        "steps": both["steps"], "layer": both["steps"].map(layer_of_steps),
        "process_country": both["country"], "controlled_from": both["fact"].map(held["controlled_from"]),
        "apart": both["fact"].map(held["apart"]), "status": both["status_y"],
        "place_differs": both["place_differs"], "note_en": both["status_note_en"],
        "note_ja": both["status_note_ja"],
        "source": both["source"] + "|" + both["status_source"] + "|" + both["coordinate_source"],
        "grade": both["coordinate_grade"], "flag": both["flag"],
    })  # fmt: skip
    return Schema.of("relocation_map").check(table)


def layer_of_steps(steps: str) -> str:
    """Layer a site works in, from its steps separated by ``|``.

    Examples
    --------
    >>> layer_of_steps("sintering|machining"), layer_of_steps("rnd"), layer_of_steps("rnd|sintering")
    ('quantity', 'quality', 'both')
    """
    found = {LAYER_OF[step] for step in steps.split("|")}
    return found.pop() if len(found) == 1 else "both"


def ownership_and_process() -> pd.DataFrame:
    """Place of ownership beside place of process for every site: two things, never one.

    ``controlled_from`` is the country whose holders have more than half. Where no part is in a source,
    the firm the document lists the site under is taken to hold it and the grade is ``estimated``;
    where several countries share an unknown split it stays empty with ``holder_unknown``.

    Returns
    -------
    DataFrame
        Columns of ``relocation_ownership``.

    Examples
    --------
    >>> row = ownership_and_process().set_index("fact").loc["site-006"]
    >>> row["process_country"], row["controlled_from"], round(float(row["held_from_process"]), 2)
    ('CN', 'JP', 0.37)
    """
    owners, places = facts("relocation_owners"), sites().set_index("fact")["country"]
    out = [_held(str(fact), mine, str(places[fact])) for fact, mine in owners.groupby("fact", sort=True)]
    return Schema.of("relocation_ownership").check(pd.DataFrame(out))


def _held(fact: str, owners: pd.DataFrame, process: str) -> dict[str, object]:
    direct = owners[owners["level"] == "direct"]
    known = bool(direct["share"].notna().all())
    parts = direct.groupby("owner_country")["share"].sum()
    sole = direct["owner_country"].iloc[0] if direct["owner_country"].nunique() == 1 else ""
    most = str(parts.idxmax()) if known and parts.max() > HALF else ("" if known else sole)
    above = owners[owners["level"] != "direct"]
    return {
        "fact": fact, "process_country": process, "controlled_from": most,
        "apart": most not in ("", process), "holders": "|".join(direct["owner"]),
        "share_controlling": float(parts[most]) if known and most else np.nan,
        "held_from_process": float(parts.get(process, 0.0)) if known else np.nan,
        "owners_above": "|".join(above["owner"]),
        "top_country": "" if above.empty else str(above["owner_country"].iloc[-1]),
        "reason": "" if known else "share_not_public",
        "source": "|".join(dict.fromkeys(owners["source"])), "grade": _weakest(owners["grade"]),
    }  # fmt: skip


def steps_and_sites() -> pd.DataFrame:
    """The document's layer of each step against its own list of sites: how many do the step where.

    A volume step said to lean to China with sites in Japan is no contradiction — "leans" is not "only" —
    but it shows how far the list carries the claim.

    Returns
    -------
    DataFrame
        Columns of ``relocation_steps``; sites_jp and sites_cn count all, verified_jp and verified_cn
        those a source outside the document confirms.

    Examples
    --------
    >>> table = steps_and_sites().set_index("item")
    >>> table.at["sintering", "said"], int(table.at["sintering", "sites_jp"])
    ('CN', 2)
    """
    said = two_layers("step").set_index("item")
    points = site_map()
    out = []
    for step in (*VOLUME_STEPS, *QUALITY_STEPS):
        doing = points[points["steps"].map(lambda cell, step=step: step in cell.split("|"))]
        sure = doing[doing["status"] == "verified"]
        layer = "quantity" if step in VOLUME_STEPS else "quality"
        out.append({
            "item": step, "layer": layer, "said": said.at[step, layer],
            "sites_jp": int((doing["process_country"] == "JP").sum()),
            "sites_cn": int((doing["process_country"] == "CN").sum()),
            "verified_jp": int((sure["process_country"] == "JP").sum()),
            "verified_cn": int((sure["process_country"] == "CN").sum()),
            "fact": "|".join(doing["fact"]),
        })  # fmt: skip
    return Schema.of("relocation_steps").check(pd.DataFrame(out))


def timeline() -> pd.DataFrame:
    """The document's six phases from 1995 to 2025 with their events, reasons, actions and results.

    Examples
    --------
    >>> timeline().query("kind == 'phase'")[["start", "end"]].values.tolist()[2]
    [2009, 2012]
    """
    return facts("relocation_timeline")


def item_label(item: str, lang: Lang = "en") -> str:
    """Shown name of a step, field, size, firm or layer.

    Examples
    --------
    >>> item_label("sintering", "ja"), item_label("quality", "en")
    ('焼結', 'Quality layer')
    """
    return label(item, lang, "relocation")
