"""What a trade file says when goods are classed by the process they can stop: shares, lines, spread.

Every line is allocated in full: the classes, the residual and the unspecified trade add to 100 %. PC(4)
and PC(5) are always named. The band is that of the judgement behind the map, not of the trade data.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.sparse import coo_matrix, csr_matrix

from meguri.base.errors import DataError, ModelError, Problem
from meguri.base.files import write_atomically
from meguri.base.note import note
from meguri.base.records import to_json
from meguri.base.tables import Schema
from meguri.base.version import __version__
from meguri.observe.goods_classes import finished_reading
from meguri.observe.tradelines import TradeLines
from meguri.structure.class_lines import driver_table, line_table
from meguri.structure.class_markets import MARKET, markets, refuse
from meguri.structure.kept import MANIFEST, kept_tables
from meguri.structure.mapping import (
    CLASSES,
    KEY,
    VARIANTS,
    ClassMap,
    class_weights,
    classical_weights,
    targets,
)
from meguri.structure.mapping_draws import DRAWS, SEED, Draws, bands, draw_weights, drivers, with_alternatives

TOP = 20
TABLES = (
    "class_shares", "class_totals", "class_readings", "class_lines", "class_drivers", "class_baseline",
    "class_notes",
)  # fmt: skip
OUTSIDE = ("GENERAL_PURPOSE", "RESIDUAL", "UNSPECIFIED")  # what no class of the documents holds
ROUNDING = 1e-9


@dataclass(frozen=True, eq=False)
class ClassAnswer:
    """Tables of one classified trade file, with what is needed to make them again.

    Attributes
    ----------
    tables : dict
        By name, each as declared in ``columns.csv``: class_shares, class_totals, class_readings,
        class_lines, class_drivers, class_baseline, class_notes.
    about : dict
        source, vintage, draws, seed, top, map (checksum of the weights), version.
    """

    tables: Mapping[str, pd.DataFrame]
    about: Mapping[str, Any]

    def save(self, folder: Path) -> None:
        """Write the tables as Parquet and the manifest last: without one the answer is not finished."""
        for name, frame in self.tables.items():
            write_atomically(folder / f"{name}.parquet", frame.to_parquet(index=False, compression="zstd"))
        write_atomically(folder / MANIFEST, to_json(dict(self.about)).encode())


def read_answer(folder: Path) -> ClassAnswer:
    """A saved answer, every table checked.

    Raises
    ------
    DataError
        With every table that is missing, broken or not as declared.
    """
    try:
        about = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise DataError(Problem("outcome_broken", MANIFEST, type(error).__name__, str(folder))) from None
    return ClassAnswer(kept_tables(folder, {name: name for name in TABLES}), about)


def classify(
    lines: TradeLines,
    mapping: ClassMap | pd.DataFrame,
    scores: pd.DataFrame | None = None,
    *,
    partners: bool | None = None,
    draws: int = DRAWS,
    seed: int = SEED,
    top: int = TOP,
) -> ClassAnswer:
    """Shares of the classes in trade, by year, reporter, partner and flow, with reasons and spread.

    Parameters
    ----------
    lines : TradeLines
        ``observe.tradefile.read_trade``.
    mapping : ClassMap or DataFrame
        The map with all that stands beside it, or ``goods_classes`` alone.
    scores : DataFrame, optional
        ``goods_scores``; those of the map when left out.
    partners : bool, optional
        Whether each partner is a market of its own. Left out: yes up to 400 markets.
    draws, seed : int
        Monte Carlo over the map; same seed, same band.
    top : int
        Largest lines shown for each class and market.

    Raises
    ------
    DataError
        When there is no line, currencies are mixed, or a heading and its own subheadings both stand in
        one market.

    Examples
    --------
    >>> from meguri.observe.tradelines import trade_lines
    >>> rows = pd.DataFrame({"code": ["848620", "870323"], "value": [3.0, 1.0], "currency": "USD"}).assign(
    ...     vintage="HS2017", year=2018, flow="import", reporter="KR", partner="JP")
    >>> goods = pd.DataFrame({"code": ["848620", "87"], "class": ["PC_EQUIP", "FINISHED"], "weight": 1.0,
    ...     "low": [0.9, 1.0], "high": 1.0, "confidence": "high", "reason_en": ["tool", "car"],
    ...     "reason_ja": ["装置", "車"], "curated": [True, False], "source": ""})
    >>> answer = classify(trade_lines(rows, "user"), goods)
    >>> answer.tables["class_totals"][["variant", "share", "share_ex"]].values.tolist()
    [['PC4', 0.75, 0.75], ['PC5', 0.75, 0.75]]
    """
    around = mapping if isinstance(mapping, ClassMap) else ClassMap(mapping)
    work = _Work(lines, around, around.scores if scores is None else scores, partners, (draws, seed))
    about = {
        "source": lines.source, "vintage": lines.vintage, "draws": draws, "seed": seed, "top": top,
        "map": digest(around.goods), "version": __version__,
    }  # fmt: skip
    return ClassAnswer(work.tables(top), about)


def digest(goods: pd.DataFrame) -> str:
    """Checksum of the numbers of a map: two answers with the same one rest on the same judgement."""
    columns = ["code", "class", "weight", "low", "high", "confidence"]
    return hashlib.sha256(goods[columns].to_csv(index=False).encode()).hexdigest()


class _Work:
    """One pass over a file: codes, markets, weights, draws; each table is made from them."""

    def __init__(
        self, lines: TradeLines, around: ClassMap, scores: pd.DataFrame | None, partners: bool | None,
        chance: tuple[int, int],
    ) -> None:  # fmt: skip
        self.lines, self.around, self.scores, self.chance = lines, around, scores, chance
        refuse(lines.table)
        self.rows, self.notes = markets(lines.table, partners)
        self.codes = self.rows[KEY].drop_duplicates().reset_index(drop=True)
        self.targets = targets(self.codes, set(around.goods["code"]))
        self.weights = class_weights(self.targets, around.goods)
        self.ranged = with_alternatives(self.weights)
        self.draws: Draws = draw_weights(self.ranged, *chance)
        self.markets = self.rows[MARKET].drop_duplicates().reset_index(drop=True)
        self.amounts = self._amounts()
        self.whole = np.asarray(self.amounts.sum(axis=1)).ravel()
        safe = np.where(self.whole > 0, self.whole, 1.0)
        self.parts: csr_matrix = csr_matrix(self.amounts.multiply(1 / safe[:, None]))
        self.labels = self._labels()
        self.allocated = np.asarray(self.amounts @ weight_matrix(self.weights, len(self.codes)))
        gap = np.abs(self.allocated.sum(axis=1) - self.whole) > ROUNDING * np.maximum(self.whole, 1)
        if gap.any():
            place = " ".join(map(str, self.markets.iloc[int(np.flatnonzero(gap)[0])]))
            raise ModelError(Problem("class_sum", place))

    def _amounts(self) -> csr_matrix:
        """Value of each code in each market, axes (market, code)."""
        market = self.rows.merge(self.markets.reset_index(names="_m"), on=MARKET)["_m"].to_numpy()
        code = self.rows.merge(self.codes.reset_index(names="_c"), on=KEY)["_c"].to_numpy()
        shape = (len(self.markets), len(self.codes))
        found = coo_matrix((self.rows["value"].to_numpy(dtype=float), (market, code)), shape).tocsr()
        found.eliminate_zeros()
        return csr_matrix(found)

    def _labels(self) -> pd.DataFrame:
        """Unit, basis, source and grade of each market."""
        group = self.rows.groupby(MARKET, sort=False)
        basis = group["basis"].agg(lambda cells: cells.iloc[0] if cells.nunique() == 1 else "")
        labels = pd.DataFrame({"unit": group["currency"].first(), "basis": basis})
        found = self.markets.merge(labels.reset_index(), on=MARKET, how="left")
        return found.assign(source=self.lines.source, grade="assumed")  # the map is judgement

    def tables(self, top: int) -> dict[str, pd.DataFrame]:
        """All tables by name, each checked."""
        shares = bands(self.parts, self.draws, [(name,) for name in CLASSES])
        found = {
            "class_shares": self._groups({name: (name,) for name in CLASSES}, "class", shares),
            "class_totals": self._totals(),
            "class_readings": self._readings(),
            "class_lines": line_table(self, top),
            "class_drivers": driver_table(self, drivers(self.parts, self.ranged, self.draws)),
            "class_baseline": self._baseline(),
            "class_notes": pd.concat([self.lines.notes, pd.DataFrame(self.notes + self._doubts())]),
        }
        return {
            name: Schema.of(name).check(frame.reindex(columns=Schema.of(name).names))
            for name, frame in found.items()
        }

    def _groups(
        self, groups: Mapping[str, tuple[str, ...]], column: str, band: npt.NDArray[np.float64] | None = None
    ) -> pd.DataFrame:
        """One row for each market and group of classes: value, share, share without unspecified, band."""
        band = bands(self.parts, self.draws, list(groups.values())) if band is None else band
        hidden = self.allocated[:, CLASSES.index("UNSPECIFIED")]
        rows = []
        for number, (name, group) in enumerate(groups.items()):
            value = self.allocated[:, [CLASSES.index(part) for part in group]].sum(axis=1)
            table = self.labels.assign(**{column: name}, value=value, share=_over(value, self.whole))
            outside = "UNSPECIFIED" in group
            table["share_ex"] = np.nan if outside else _over(value, self.whole - hidden)
            table[["p10", "p50", "p90"]] = np.where(self.whole[:, None] > 0, band[:, number], np.nan)
            rows.append(table.assign(_market=np.arange(len(table))))
        return pd.concat(rows).sort_values("_market", kind="stable").drop(columns="_market")

    def _totals(self) -> pd.DataFrame:
        table = self._groups(VARIANTS, "variant")
        outside = self.allocated[:, [CLASSES.index(name) for name in OUTSIDE]].sum(axis=1)
        residual = self.markets.assign(residual=_over(outside, self.whole))
        return table.merge(residual, on=MARKET, how="left")

    def _readings(self) -> pd.DataFrame:
        """Finished goods without and with general machinery: the two readings of the documents (N4)."""
        narrow = self._groups({"narrow": ("FINISHED",)}, "reading")
        if not self.around.goods.get("finished_wide", pd.Series(dtype=bool)).any():
            return pd.concat([narrow, narrow.assign(reading="wide")], ignore_index=True)  # nothing to move
        goods = finished_reading(self.around.goods, wide=True)
        weights = class_weights(self.targets, goods)
        drawn = draw_weights(with_alternatives(weights), *self.chance)
        value = self.amounts @ weight_matrix(weights, len(self.codes))[:, CLASSES.index("FINISHED")]
        wide = self.labels.assign(reading="wide", value=value, share=_over(value, self.whole))
        wide[["p10", "p50", "p90"]] = bands(self.parts, drawn, [("FINISHED",)])[:, 0]
        return pd.concat([narrow, wide], ignore_index=True)

    def _baseline(self) -> pd.DataFrame:
        """Cross-table of classical classes and classes; empty where no BEC table stands beside the map."""
        if self.around.bec is None:
            return Schema.of("class_baseline").empty()
        joint = classical_weights(self.targets, self.around.goods, self.around.bec)
        rows = self.rows[[*MARKET, *KEY, "value"]].merge(joint, on=KEY)
        rows["value"] *= rows["weight"]
        table = rows.groupby([*MARKET, "bec", "class"], sort=False)["value"].sum().reset_index()
        table["share_of_bec"] = _over(
            table["value"], table.groupby([*MARKET, "bec"])["value"].transform("sum")
        )
        table["share"] = _over(table["value"], table.groupby(MARKET)["value"].transform("sum"))
        return table.merge(self.labels, on=MARKET, how="left")

    def _doubts(self) -> list[dict[str, str]]:
        """What a reader should know: how the band is made, and headings or editions read through a mix."""
        found = [note("class_band", "info", "class_band", n=self.draws.weight.shape[1])]
        mixed = len(self.targets.loc[self.targets["part"] < 1, KEY].drop_duplicates())
        if mixed:
            found.append(note("class_mixed", "warning", "class_mixed", n=mixed))
        return found


def weight_matrix(weights: pd.DataFrame, codes: int) -> npt.NDArray[np.float64]:
    """Weights as judged, axes (code, class), the codes in the order of the rows."""
    code = weights.groupby(KEY, sort=False).ngroup().to_numpy()
    found = np.zeros((codes, len(CLASSES)))
    np.add.at(found, (code, weights["class"].map(CLASSES.index).to_numpy()), weights["weight"].to_numpy())
    return found


def _over(value: Any, whole: Any) -> npt.NDArray[np.float64]:
    """Share of a whole, unknown where there is no trade at all; sums of parts may pass 1 by rounding."""
    top, bottom = np.asarray(value, dtype=float), np.asarray(whole, dtype=float)
    return np.clip(np.divide(top, bottom, out=np.full(top.shape, np.nan), where=bottom > 0), 0.0, 1.0)
