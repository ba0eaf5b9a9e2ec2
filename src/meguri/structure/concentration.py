"""Shares, the Herfindahl–Hirschman index and the contrast of ore and refined metal."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from meguri.base.sources import weakest
from meguri.base.tables import Schema
from meguri.observe.firms import firm_label, group_of, held_on

GROUP = ["element", "stage", "year", "basis", "source"]
UNKNOWN = ("withheld", "not_available", "not_in_series", "below_unit")
WHOLE = 0.98  # printed shares are rounded
LARGE = 0.05  # a producer that ever held more than this cannot be left out of a sum
PROCESSED = ("separation", "refining", "metal")


def hhi(shares: Iterable[float]) -> float:
    """Herfindahl–Hirschman index (HHI) of shares or amounts, 0–1.

    HHI = Σp² / (Σp)², so amounts and shares give the same number and rounding of printed shares does
    not matter.

    Parameters
    ----------
    shares : iterable of float [1 or t]
        Non-negative shares or amounts.

    Returns
    -------
    float [1]
        1 for one supplier, 1/n for n equal ones, NaN when nothing is supplied.

    Notes
    -----
    Herfindahl (1950), Hirschman (1964).

    Examples
    --------
    >>> hhi([0.5, 0.5]), hhi([3, 1])
    (0.5, 0.625)
    """
    p = np.asarray(list(shares), dtype=float)
    whole = p.sum()
    return float((p**2).sum() / whole**2) if whole > 0 else float("nan")


def shares(table: pd.DataFrame, latest: bool = False) -> pd.DataFrame:
    """Share of each country in each element, stage, year, basis and source.

    Where a producer is unknown, no share is invented: if it ever held more than 5 % of the series,
    or is known to be missing from it, all shares of that year are unknown (reason
    ``producer_unknown``); if it is smaller or never known, the shares are upper bounds (reason
    ``upper_bound``: ``share`` empty, ``share_high`` given). Give whole series, so that the past is seen.

    Parameters
    ----------
    table : DataFrame
        Columns of ``world_production``; printed world totals are left aside.
    latest : bool
        Only the last year of each series that has a figure; its past is still looked at.

    Returns
    -------
    DataFrame
        Columns of ``stage_shares``, largest first within a group.

    Examples
    --------
    >>> from meguri.observe.mining import production
    >>> cobalt = shares(production("Co", year=2023, source="bgs-wms")).set_index(["stage", "country"])
    >>> [round(100 * float(cobalt.at[key, "share"]), 1) for key in (("ore", "CD"), ("refining", "CN"))]
    [69.0, 79.7]
    """
    rows = table[table["kind"] != "world"]
    if rows.empty:
        return Schema.of("stage_shares").empty()
    largest = _largest_known_share(rows)
    if latest:
        figured = rows["amount"].notna() | rows["share"].notna()
        series = [rows[name] for name in ("element", "stage", "basis", "source")]
        rows = rows[rows["year"] == rows["year"].where(figured).groupby(series).transform("max")]
    table = _known_shares(rows, largest)
    table = table.sort_values([*GROUP, "kind", "_rank"], kind="stable").drop(columns="_rank")
    return Schema.of("stage_shares").check(table)


def _largest_known_share(rows: pd.DataFrame) -> pd.Series[float]:
    """Largest share a country ever held in a series, by (element, stage, basis, source, country)."""
    series = ["element", "stage", "basis", "source"]
    amount = rows["amount"].fillna(rows["share"])
    part = amount / amount.groupby([rows[name] for name in GROUP]).transform("sum")
    return part.groupby([rows[name] for name in [*series, "country"]]).max()


def _known_shares(rows: pd.DataFrame, largest: pd.Series[float]) -> pd.DataFrame:
    """Shares of every group at once; a group is one element, stage, year, basis and source."""
    group = [rows[name] for name in GROUP]
    amount = rows["amount"].fillna(rows["share"])
    whole = amount.groupby(group).transform("sum")
    given = rows["share"].notna().groupby(group).transform("all")
    lost = amount.isna() & rows["reason"].isin(UNKNOWN)
    hidden = (lost & _large(rows, largest)).groupby(group).transform("any")
    part = (amount / whole.where(whole > 0)).mask(hidden)
    bound = lost.groupby(group).transform("any") & part.notna().groupby(group).transform("any") & ~given
    reason = pd.Series("", index=rows.index).mask(hidden, "producer_unknown").mask(bound, "upper_bound")
    reason = reason.mask(given & (whole < 0.98), "incomplete").mask(amount.isna(), rows["reason"])
    # printed shares are kept as printed; what they leave open widens the range upward
    return rows[[*GROUP, "country", "kind", "grade"]].assign(
        amount=rows["amount"], reason=reason, share=part.mask(bound).mask(given, rows["share"]),
        share_low=part.mask(bound).mask(given, np.minimum(rows["share"], part)),
        share_high=part.mask(given, np.maximum(rows["share"], part)), _rank=-amount.fillna(-1.0),
    )  # fmt: skip


def _large(rows: pd.DataFrame, largest: pd.Series[float]) -> pd.Series[bool]:
    """Producers that cannot be left out of a sum: known to be missing, or once above 5 %."""
    keys = pd.MultiIndex.from_frame(rows[["element", "stage", "basis", "source", "country"]])
    held = pd.Series(largest.reindex(keys).to_numpy(), index=rows.index)
    return rows["reason"].eq("not_in_series") | held.gt(LARGE)


def concentration(table: pd.DataFrame) -> pd.DataFrame:
    """HHI by element, stage, year, basis and source, with the range that unnamed producers leave open.

    "Other countries" and shares that do not add to 1 may be many small producers (``hhi`` and
    ``hhi_low``: they add nothing) or one (``hhi_high``). Where a producer is withheld, the index is
    that of the known ones, without a range (reason ``known_only``).

    Parameters
    ----------
    table : DataFrame
        Columns of ``stage_shares``.

    Returns
    -------
    DataFrame
        Columns of ``concentration``; unknown where a large producer is unknown.

    Examples
    --------
    >>> from meguri.observe.mining import production
    >>> row = concentration(shares(production("Dy", "separation"))).iloc[0]
    >>> float(row["hhi"]), row["top"], float(row["top_share"])
    (1.0, 'CN', 1.0)
    """
    if table.empty:
        return Schema.of("concentration").empty()
    number = table.groupby(GROUP, sort=False).ngroup().to_numpy()
    order = np.argsort(number, kind="stable")
    cells = {name: table[name].to_numpy() for name in table.columns}
    groups = np.split(order, np.flatnonzero(np.diff(number[order])) + 1)
    rows = [_group_hhi({name: column[places] for name, column in cells.items()}) for places in groups]
    return Schema.of("concentration").check(pd.DataFrame(rows))


def _group_hhi(group: Mapping[str, npt.NDArray[Any]]) -> dict[str, object]:
    """The row of one group from its columns as arrays: frames would take most of the time."""
    named = (group["kind"] == "country") & (group["share_high"] > 0)
    found: dict[str, object] = {name: group[name][0] for name in GROUP}
    found |= {"producers": int(named.sum()), "grade": weakest(group["grade"]), "reason": ""}
    if not named.any():
        reasons = [reason for reason in group["reason"] if reason]
        return found | {"reason": reasons[0] if reasons else "not_available"}
    share, most = group["share"][named], group["share_high"][named]
    p = np.where(np.isnan(share), most, share)
    rest = max(float(np.nansum(group["share_high"][group["kind"] == "rest"])), 1.0 - float(p.sum()))
    rest = 0.0 if rest < 0.005 else rest  # printed shares are rounded
    whole = p.sum() + rest
    low, high = float((p**2).sum() / whole**2), float(((p**2).sum() + rest**2) / whole**2)
    top = int(most.argmax())
    found |= {"hhi": low, "top": group["country"][named][top], "top_share": most[top]}
    if (group["reason"] == "upper_bound").any():
        return found | {"reason": "known_only"}
    return found | {"hhi_low": low, "hhi_high": high, "reason": "incomplete" if rest else ""}


def group_shares(firm_shares: pd.DataFrame, edges: pd.DataFrame, on: str) -> pd.DataFrame:
    """Shares of groups: firms merged through their majority owners as of a day.

    Parameters
    ----------
    firm_shares : DataFrame
        ``firm``, ``share`` [1] (may be unknown), and where given ``source``, ``grade``.
    edges : DataFrame
        Columns of ``ownership``.
    on : str
        ISO day.

    Returns
    -------
    DataFrame
        Columns of ``group_shares``: the share of a group is unknown when that of a member is;
        the reason says which holding merged them, in both languages.

    Examples
    --------
    >>> from meguri.observe.firms import ownership
    >>> firms = pd.DataFrame({"firm": ["Proterial", "TDK", "Santoku"], "share": [0.5, 0.3, 0.2]})
    >>> hhi(firms["share"]), round(hhi(group_shares(firms, ownership(), "2018-04-02")["share"]), 2)
    (0.38, 0.58)
    """
    held = held_on(edges, on)
    found: dict[str, list[int]] = {}
    reasons: dict[str, list[int]] = {}
    for place, firm in enumerate(firm_shares["firm"]):
        group, rows = group_of(firm, held)
        found.setdefault(group, []).append(place)
        reasons.setdefault(group, []).extend(r for r in rows if r not in reasons.get(group, []))
    out = [
        _one_group(group, firm_shares.iloc[places], held.loc[reasons[group]])
        for group, places in found.items()
    ]
    table = pd.DataFrame(out) if out else Schema.of("group_shares").empty()
    return Schema.of("group_shares").check(table)


def _one_group(group: str, members: pd.DataFrame, edges: pd.DataFrame) -> dict[str, object]:
    share = members["share"].sum(min_count=1) if members["share"].notna().all() else float("nan")
    english, japanese = [], []
    for edge in edges.itertuples():
        percent = f"{100 * edge.share:g}"
        english.append(
            f"{edge.owner} holds {percent} % of {edge.owned} since {edge.start or 'before all records'}"
        )
        since = f"{edge.start}から" if edge.start else "記録以前から"
        owner, owned = firm_label(edge.owner, "ja"), firm_label(edge.owned, "ja")
        japanese.append(f"{owner}が{since}{owned}の{percent}%を保有")
    cells = [cell for part in (members, edges) if "source" in part for cell in part["source"]]
    grades = [cell for part in (members, edges) if "grade" in part for cell in part["grade"] if cell]
    return {
        "group": group, "share": share, "firms": "|".join(dict.fromkeys(members["firm"])),
        "reason_en": "; ".join(english), "reason_ja": "、".join(japanese),
        "source": "|".join(sorted({key for cell in cells for key in cell.split("|") if key})),
        "grade": weakest(grades) if grades else "",
    }  # fmt: skip


def ore_against_refined(table: pd.DataFrame, element: str, year: int | None = None) -> pd.DataFrame:
    """Shares of ore and of refined metal by country, side by side, from one source at a time.

    Parameters
    ----------
    table : DataFrame
        Columns of ``stage_shares``.
    element : str
        Element key.
    year : int, optional
        Take the latest year up to this one; without it, the latest.

    Returns
    -------
    DataFrame
        Columns of ``ore_refined``. A source without both stages gives no row: ore of one source is
        never set against metal of another. A country that a source does not list is 0 where the listed
        shares add to 1, and unknown where they leave a rest.

    Examples
    --------
    >>> from meguri.observe.mining import production
    >>> rows = ore_against_refined(shares(production("Co")), "Co", 2023).set_index(["source", "country"])
    >>> round(float(rows.at[("bgs-wms", "CN"), "difference"]), 2)
    0.79
    """
    rows = table[(table["element"] == element) & (table["kind"] == "country")]
    if year is not None:
        rows = rows[rows["year"] <= year]
    parts = []
    for source, group in rows.groupby("source", sort=False):
        ore, refined = group[group["stage"] == "ore"], group[group["stage"].isin(PROCESSED)]
        ore, refined = (part[part["year"] == part["year"].max()] for part in (ore, refined))
        if not ore["share"].notna().any() or not refined["share"].notna().any():
            continue
        parts.append(_contrast(element, str(source), ore, refined))
    joined = pd.concat(parts, ignore_index=True) if parts else Schema.of("ore_refined").empty()
    return Schema.of("ore_refined").check(joined)


def _contrast(element: str, source: str, ore: pd.DataFrame, refined: pd.DataFrame) -> pd.DataFrame:
    parts = {"share_ore": ore, "share_refined": refined}
    sides = pd.DataFrame({name: part.set_index("country")["share"] for name, part in parts.items()})
    for name, part in parts.items():
        if part["share"].sum() >= WHOLE:  # who is not listed has nothing; otherwise it may be in the rest
            sides[name] = sides[name].fillna(0.0)
    grade = weakest([*ore["grade"], *refined["grade"]])
    sides = sides.assign(
        element=element, difference=sides["share_refined"] - sides["share_ore"], year_ore=ore["year"].iloc[0],
        year_refined=refined["year"].iloc[0], source=source, grade=grade,
    )  # fmt: skip
    return sides.rename_axis("country").sort_values("difference", ascending=False).reset_index()
