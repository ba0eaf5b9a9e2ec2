"""Revealed comparative advantage and economic complexity (RCA, ECI, PCI) from exports by product."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt
import pandas as pd

from meguri.base.errors import DataError, ModelError, Problem
from meguri.base.tables import Schema
from meguri.observe.packaged import facts
from meguri.observe.trade import FIRST_YEAR, LAST_YEAR, SOURCE, trade, trade_codes

Array = npt.NDArray[np.float64]
TIE = 1e-9  # eigenvalues nearer than this are one: the vector between them is arbitrary
NAMED = 6  # members of a component written out in a message


def advantage(exports: pd.DataFrame) -> pd.DataFrame:
    """Revealed comparative advantage of each economy in each product.

    RCA = (x_cp/Σ_p x_cp)/(Σ_c x_cp/Σ_cp x_cp); an advantage is RCA >= 1. A pair without a row exports
    nothing.

    Parameters
    ----------
    exports : DataFrame
        economy, product, ``value`` >= 0 in one unit; several rows of a pair are added.

    Returns
    -------
    DataFrame
        Columns of ``comparative_advantage``, every economy with every product; RCA is NaN for an economy
        or a product without any exports.

    Notes
    -----
    Balassa 1965.

    Examples
    --------
    >>> rows = advantage(pd.DataFrame({"economy": ["A", "A", "B"], "product": ["p", "q", "q"],
    ...                                "value": [3.0, 1.0, 4.0]}))
    >>> rows.loc[rows["advantage"], ["economy", "product", "rca"]].values.tolist()
    [['A', 'p', 2.0], ['B', 'q', 1.6]]
    """
    x = exports.pivot_table(index="economy", columns="product", values="value", aggfunc="sum", fill_value=0.0)
    with np.errstate(invalid="ignore", divide="ignore"):
        own = x.div(x.sum(axis=1), axis=0)
        rca = own.div(x.sum(axis=0) / x.to_numpy().sum(), axis=1)
    table = x.stack().rename("value").to_frame().assign(rca=rca.stack()).reset_index()
    return Schema.of("comparative_advantage").check(table.assign(advantage=table["rca"].ge(1.0)))


def complexity(advantages: pd.DataFrame, ddof: int = 0) -> pd.DataFrame:
    """Economic complexity of economies (ECI) and products (PCI).

    ECI is the eigenvector to the second-largest eigenvalue of D_c⁻¹·M·D_p⁻¹·Mᵀ with M = (RCA >= 1) and
    the degrees D; PCI is the mean ECI of a product's exporters. Conventions: the sign makes ECI rise
    with diversity (where the two are uncorrelated, the largest entry is positive); both are z-scored by
    themselves, over economies and over products, with the standard deviation of ``ddof`` (0: divided by
    n; some tools use 1, some scale PCI by ECI's mean and deviation). Economies and products without any
    advantage have no index.

    Parameters
    ----------
    advantages : DataFrame
        Columns of ``comparative_advantage``.
    ddof : {0, 1}
        Of the standard deviation.

    Returns
    -------
    DataFrame
        Columns of ``economic_complexity``; ``count`` is the diversity of an economy (products with an
        advantage) or the ubiquity of a product.

    Raises
    ------
    ModelError
        When M falls into disconnected components: the largest eigenvalue then appears once for each, and
        the "second" vector only tells the components apart. They are named. Likewise when the second
        eigenvalue is 0 or itself repeated, or fewer than two economies are left.

    Notes
    -----
    Hidalgo & Hausmann 2009; as an eigenvector: Hausmann et al. 2014, Mealy et al. 2019.

    Examples
    --------
    >>> pairs = [("A", "p"), ("A", "q"), ("A", "r"), ("B", "q"), ("B", "r"), ("C", "r")]
    >>> rows = pd.DataFrame(pairs, columns=["economy", "product"]).assign(value=1.0, rca=2.0, advantage=True)
    >>> index = complexity(rows).set_index("name")["index"]
    >>> index.sort_values(ascending=False).index.drop(["p", "q", "r"]).tolist()
    ['A', 'B', 'C']
    """
    held = advantages[advantages["advantage"].fillna(False).astype(bool)]
    m = pd.crosstab(held["economy"], held["product"]).clip(upper=1).astype(float)
    groups = components(m)
    if len(groups) != 1:
        raise ModelError(_disconnected(groups))
    eci, pci = _second(m.to_numpy(), list(m.index))
    parts = [
        _rows("economy", advantages["economy"], m.sum(axis=1), pd.Series(_z(eci, ddof), index=m.index)),
        _rows("product", advantages["product"], m.sum(axis=0), pd.Series(_z(pci, ddof), index=m.columns)),
    ]
    return Schema.of("economic_complexity").check(pd.concat(parts, ignore_index=True))


def components(m: pd.DataFrame) -> list[tuple[list[str], list[str]]]:
    """Connected parts of the network of economies and products: members of each, the largest first.

    Parameters
    ----------
    m : DataFrame
        economy × product, not 0 where there is an advantage.

    Examples
    --------
    >>> components(pd.DataFrame([[1, 0], [0, 1]], index=["A", "D"], columns=["p", "q"]))
    [(['A'], ['p']), (['D'], ['q'])]
    """
    linked = m.to_numpy() > 0
    left = list(range(len(m)))
    found = []
    while left:
        rows = np.zeros(len(m), dtype=bool)
        rows[left[0]] = True
        while True:
            columns = linked[rows].any(axis=0)
            grown = linked[:, columns].any(axis=1) | rows
            if (grown == rows).all():
                break
            rows = grown
        found.append(([str(m.index[i]) for i in np.flatnonzero(rows)], [str(c) for c in m.columns[columns]]))
        left = [i for i in left if not rows[i]]
    return sorted(found, key=lambda part: -len(part[0]))


def _disconnected(groups: list[tuple[list[str], list[str]]]) -> Problem:
    def named(members: list[str]) -> str:
        return ", ".join(members[:NAMED]) + (" …" if len(members) > NAMED else "")

    listed = "; ".join(f"{{{named(economies)} | {named(products)}}}" for economies, products in groups)
    return Problem("eci_components", "complexity", str(len(groups)), details={"components": listed or "-"})


def _second(m: Array, economies: list[str]) -> tuple[Array, Array]:
    diversity, ubiquity = m.sum(axis=1), m.sum(axis=0)
    half = m / np.sqrt(diversity)[:, None]
    values, vectors = np.linalg.eigh((half / ubiquity) @ half.T)  # symmetric, same eigenvalues
    repeated = len(values) > 2 and values[-2] - values[-3] < TIE
    if len(values) < 2 or values[-2] < TIE or repeated:
        raise ModelError(Problem("eci_undefined", "complexity", ", ".join(economies[:NAMED])))
    eci = vectors[:, -2] / np.sqrt(diversity)
    slope = float(np.sum((eci - eci.mean()) * (diversity - diversity.mean())))
    pole = slope if abs(slope) > TIE else float(eci[np.argmax(np.abs(eci))])
    eci = eci * np.sign(pole)
    return eci, (m.T @ eci) / ubiquity


def _z(x: Array, ddof: int) -> Array:
    return (x - x.mean()) / x.std(ddof=ddof)


def _rows(
    kind: str, names: pd.Series[str], counts: pd.Series[float], index: pd.Series[float]
) -> pd.DataFrame:
    every = pd.Index(sorted(set(names)))
    count = counts.reindex(every).fillna(0).astype(int)
    return pd.DataFrame(
        {"kind": kind, "name": every, "count": count.to_numpy(), "index": index.reindex(every)}
    )


def raw_material_exports(year: int = LAST_YEAR) -> pd.DataFrame:
    """Exports of every economy by traded material and stage, kUSD, from the packaged codes.

    Parameters
    ----------
    year : int
        Year; codes that an HS revision has retired are left out.

    Returns
    -------
    DataFrame
        economy, product ("W/ore"), value [kUSD].

    Raises
    ------
    DataError
        For a year that the packaged trade does not cover.

    Examples
    --------
    >>> table = raw_material_exports(2024)
    >>> "W/ore" in set(table["product"]), "Ge/refining" in set(table["product"])
    (True, False)
    """
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise DataError(Problem("trade_packaged_year", "year", str(year)))
    goods = facts("score_codes")
    retired = trade_codes().set_index("code")["retired"].replace("", str(LAST_YEAR + 1)).astype(int)
    goods = goods[goods["code"].map(retired) > year]
    flows = trade(list(goods["code"]), year).merge(goods[["code", "material", "stage"]], on="code")
    flows = flows.assign(product=flows["material"] + "/" + flows["stage"], economy=flows["exporter"])
    return flows.groupby(["economy", "product"], as_index=False).agg(value=("value_kusd", "sum"))


def complexity_scores(year: int = LAST_YEAR, economies: Iterable[str] = ()) -> pd.DataFrame:
    """RCA of chosen economies and PCI of every raw material, as rows of ``risk_scores``.

    The world here is the trade in packaged raw materials alone: an economy is compared with others in
    what it earns from raw materials, and the PCI ranks raw materials among themselves. It says nothing of
    manufactures.

    Parameters
    ----------
    year : int
        Year.
    economies : iterable of str
        Country keys whose RCA is wanted.

    Returns
    -------
    DataFrame
        Columns of ``risk_scores`` with method ``complexity``, measures ``rca`` and ``pci`` (economy WORLD).

    Raises
    ------
    ModelError
        As :func:`complexity`.

    Examples
    --------
    >>> rows = complexity_scores(2024, ["CN"])
    >>> row = rows[(rows["measure"] == "rca") & (rows["material"] == "REO") & (rows["stage"] == "metal")]
    >>> bool(row["value"].iloc[0] > 1)
    True
    """
    advantages = advantage(raw_material_exports(year))
    wanted = advantages[advantages["economy"].isin(list(economies))]
    products = complexity(advantages)
    products = products[products["kind"] == "product"]
    rca = wanted.assign(measure="rca", score=wanted["rca"], place=wanted["economy"], good=wanted["product"])
    pci = products.assign(measure="pci", score=products["index"], place="WORLD", good=products["name"])
    table = pd.concat([rca, pci], ignore_index=True)
    parts = table["good"].str.split("/", expand=True)
    return Schema.of("risk_scores").check(pd.DataFrame({
        "method": "complexity", "material": parts[0], "stage": parts[1], "economy": table["place"],
        "year": year, "measure": table["measure"], "value": table["score"], "unit": "1",
        "basis": "value", "data_year": str(year), "source": SOURCE, "grade": "derived",
    }))  # fmt: skip
