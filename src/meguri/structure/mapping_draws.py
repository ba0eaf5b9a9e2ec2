"""Monte Carlo over the map: what the judgement behind the weights lets one say about a share.

Each weight of a code is drawn from its triangular range, and the weights of a code are scaled to add to
1. Judgements err together: one reader is strict or lenient throughout, and the codes of one heading are
judged with one idea. Independent errors would cancel out over hundreds of codes, and the band would look
better than the judgement is.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.sparse import csr_matrix
from scipy.special import gammaincinv, ndtr

from meguri.base.sampling import triangular
from meguri.observe.goods_classes import PC5
from meguri.structure.mapping import CLASSES, FORM_CLASS, VARIANTS, form_of

Array = npt.NDArray[np.float64]
DRAWS, SEED = 500, 1
# parts of the variance of a judgement's error that all codes share, and the codes of a heading: assumed
READER, HEADING = 0.3, 0.4
# share of a code's trade that may belong elsewhere when the map names one class without a range: assumed
WIDTH = {"high": 0.0, "medium": 0.05, "low": 0.15}
BLOCK = 256  # markets multiplied at once
QUANTILES = (0.1, 0.5, 0.9)


@dataclass(frozen=True, eq=False)
class Draws:
    """Drawn weights of the map.

    Attributes
    ----------
    fixed : array (code, class) [1]
        Weights of the codes without a range; 0 for the others.
    code : int array (entry,)
        Number of the code of a drawn entry; entries of a code stand together.
    place : int array (entry,)
        Number of its class in ``mapping.CLASSES``.
    weight : array (entry, draw) [1]
        The drawn weights; those of a code add to 1 in every draw.
    """

    fixed: Array
    code: npt.NDArray[np.int64]
    place: npt.NDArray[np.int64]
    weight: Array


def with_alternatives(weights: pd.DataFrame) -> pd.DataFrame:
    """The map with a second class for every code that has one class and is not beyond doubt.

    A weight of 0.85 to 1 says that up to 0.15 may belong elsewhere; it must have somewhere to go. A
    process-control good may be an ordinary good of its form, an ordinary machine or intermediate may be a
    process-control good of its form: judgement errs both ways. Where the map gives one class and no
    range, its confidence gives one (`WIDTH`, assumed). Unspecified trade has no range.

    Parameters
    ----------
    weights : DataFrame
        ``class_weights``.

    Returns
    -------
    DataFrame
        The same columns, the added rows with weight 0, low 0 and high = 1 − low of the code's class.

    Examples
    --------
    >>> table = pd.DataFrame({"code": ["848620"], "vintage": "", "class": ["PC_EQUIP"], "weight": [1.0],
    ...     "low": [0.75], "high": [1.0], "confidence": ["high"]})
    >>> with_alternatives(table)[["class", "weight", "high"]].values.tolist()
    [['PC_EQUIP', 1.0, 1.0], ['GENERAL_PURPOSE', 0.0, 0.25]]
    """
    alone = weights.groupby(["code", "vintage"], sort=False)["class"].transform("size") == 1
    alone &= weights["class"] != "UNSPECIFIED"
    bound = (1 - weights["confidence"].map(WIDTH)).where(alone & (weights["low"] == 1), weights["low"])
    weights = weights.assign(low=bound)
    open_ = weights[alone & (weights["low"] < 1)]
    other = [alternative(code, name) for code, name in zip(open_["code"], open_["class"], strict=True)]
    added = open_.assign(**{"class": other, "weight": 0.0, "low": 0.0, "high": 1 - open_["low"]})
    joined = pd.concat([weights, added]).sort_index(kind="stable")  # the index keeps the codes together
    return joined.reset_index(drop=True)


def alternative(code: str, name: str) -> str:
    """Class that a good is in when the one class it was given is wrong.

    Examples
    --------
    >>> alternative("848620", "PC_EQUIP"), alternative("845811", "GENERAL_PURPOSE")
    ('GENERAL_PURPOSE', 'PC_EQUIP')
    """
    form = form_of(code)
    if name in PC5:
        return "RESIDUAL" if form in ("material", "") else "GENERAL_PURPOSE"
    if name in ("GENERAL_PURPOSE", "RESIDUAL"):
        return FORM_CLASS.get(form, "OTHER")
    return "GENERAL_PURPOSE" if name == "FINISHED" else "RESIDUAL"


def draw_weights(
    weights: pd.DataFrame,
    draws: int = DRAWS,
    seed: int = SEED,
    shared: tuple[float, float] = (READER, HEADING),
) -> Draws:
    """Weights of all codes drawn from their ranges, correlated within a heading.

    Parameters
    ----------
    weights : DataFrame
        ``class_weights``, the rows of a code together.
    draws, seed : int
        Number of draws and their seed; same seed, same draws.
    shared : pair of float [1]
        Part of the variance of an error (on the normal scale) that the whole map shares, towards or away
        from process control, and that the codes of a heading share in the same class; together 0–1.

    Examples
    --------
    >>> table = pd.DataFrame({"code": ["848620"] * 2, "vintage": "", "weight": [0.8, 0.2],
    ...     "class": ["PC_EQUIP", "GENERAL_PURPOSE"], "low": [0.6, 0.1], "high": [1.0, 0.3], "mix": 1.0})
    >>> found = draw_weights(table, draws=4)
    >>> bool(np.allclose(found.weight.sum(axis=0), 1)), found.weight.shape
    (True, (2, 4))
    """
    code = weights.groupby(["code", "vintage"], sort=False).ngroup().to_numpy()
    place = weights["class"].map(CLASSES.index).to_numpy(dtype=np.int64)
    vague = (weights["low"] < weights["high"]).to_numpy()
    moves = np.isin(code, code[vague])
    fixed = np.zeros((int(code.max(initial=-1)) + 1, len(CLASSES)))
    fixed[code[~moves], place[~moves]] = weights["weight"].to_numpy(dtype=float)[~moves]
    moving = weights[moves]
    heading = moving.groupby([moving["code"].str[:4], "class"], sort=False).ngroup().to_numpy()
    towards = np.where(moving["class"].isin(list(PC5)), 1.0, -1.0)
    chance = chances(towards, heading, draws, seed, shared)
    return Draws(fixed, code[moves], place[moves], weights_from(chance, moving, code[moves]))


def chances(
    towards: Array, heading: npt.NDArray[np.int64], draws: int, seed: int, shared: tuple[float, float]
) -> Array:
    """Numbers in (0, 1), axes (entry, draw), correlated in the map and in a heading (Gaussian copula).

    Parameters
    ----------
    towards : array (entry,)
        1 for a process-control class, −1 for any other: how a lenient reader moves the entry.
    heading : int array (entry,)
        Number of the heading and class of the entry.
    draws, seed, shared
        As in `draw_weights`.
    """
    generator = np.random.default_rng(seed)
    reader = generator.standard_normal(draws)
    common = generator.standard_normal((int(heading.max(initial=-1)) + 1, draws))
    own = generator.standard_normal((heading.size, draws))
    of_map, of_heading = shared
    error = np.sqrt(max(0.0, 1 - of_map - of_heading)) * own
    error += np.sqrt(of_map) * towards[:, None] * reader + np.sqrt(of_heading) * common[heading]
    return np.asarray(ndtr(error))


def weights_from(chance: Array, weights: pd.DataFrame, code: npt.NDArray[np.int64]) -> Array:
    """Drawn weights from chances, scaled to 1 within each code.

    Triangular between low and high, the weight the mode. Where a code is a mix of n others that nobody
    knows, every mix is as likely as any other (Dirichlet with 1 for each of the n): the classes then
    follow a Dirichlet with n times their weights, drawn as gamma variates, and keep their mean.
    """
    low, mode, high = (weights[name].to_numpy(dtype=float)[:, None] for name in ("low", "weight", "high"))
    drawn = triangular(chance, low, mode, high)
    if not code.size:
        return drawn
    mix = weights["mix"].to_numpy(dtype=float)
    unknown = mix > 1
    shape = (mix[:, None] * mode)[unknown]
    drawn[unknown] = np.where(shape > 0, gammaincinv(np.maximum(shape, 1e-9), chance[unknown]), 0.0)
    starts = np.flatnonzero(np.r_[True, np.diff(code) != 0])
    whole = np.add.reduceat(drawn, starts, axis=0)
    return drawn / np.repeat(whole, np.diff(np.r_[starts, code.size]), axis=0)


def bands(amounts: csr_matrix, draws: Draws, groups: Sequence[tuple[str, ...]]) -> Array:
    """P10, median and P90 of the share of each group of classes.

    Parameters
    ----------
    amounts : sparse matrix (market, code)
        Share of each code in all trade of a market [1]; rows add to 1.
    draws : Draws
        Drawn weights of the same codes.
    groups : sequence of tuples of classes
        Whose shares are wanted: one class, or the classes of a variant.

    Returns
    -------
    array (market, group, quantile) [1]
    """
    found = np.full((amounts.shape[0], len(groups), len(QUANTILES)), np.nan)
    for number, group in enumerate(groups):
        drawn = part_of(draws, group)
        for rows, block in _blocks(amounts):
            found[rows, number] = np.quantile(block @ drawn, QUANTILES, axis=1).T
    return found


def _blocks(amounts: csr_matrix) -> Iterator[tuple[slice, Array]]:
    """Markets a few hundred at a time, as full arrays: multiplied much faster, and never all in memory."""
    for start in range(0, amounts.shape[0], BLOCK):
        rows = slice(start, start + BLOCK)
        yield rows, np.asarray(amounts[rows].toarray())


def part_of(draws: Draws, group: Sequence[str]) -> Array:
    """Drawn weight of each code in a group of classes, axes (code, draw)."""
    places = [CLASSES.index(name) for name in group]
    inside = np.isin(draws.place, places)
    gather = csr_matrix(
        (np.ones(int(inside.sum())), (draws.code[inside], np.flatnonzero(inside))),
        shape=(draws.fixed.shape[0], draws.code.size),
    )
    return np.asarray(draws.fixed[:, places].sum(axis=1, keepdims=True) + gather @ draws.weight)


def weight_ranges(weights: pd.DataFrame, group: Sequence[str]) -> pd.DataFrame:
    """Weight of each code in a group of classes with the range that its rows allow when they add to 1.

    low = max(Σ low inside, 1 − Σ high outside), high = min(Σ high inside, 1 − Σ low outside), as in
    ``observe.harmonise.group_range``.

    Returns
    -------
    DataFrame
        weight, low, high [1]; one row for each code in its order.

    Examples
    --------
    >>> table = pd.DataFrame({"code": ["a", "a"], "vintage": "", "class": ["PC_PARTS", "RESIDUAL"],
    ...     "weight": [0.6, 0.4], "low": [0.3, 0.2], "high": [0.9, 0.5]})
    >>> weight_ranges(table, ["PC_PARTS"]).values.tolist()
    [[0.6, 0.5, 0.8]]
    """
    inside = weights["class"].isin(list(group))
    keys = [weights["code"], weights["vintage"]]

    def total(name: str, rows: pd.Series[bool]) -> Array:
        return weights[name].where(rows, 0.0).groupby(keys, sort=False).sum().to_numpy(dtype=float)

    weight = total("weight", inside)
    low = np.maximum(total("low", inside), 1 - total("high", ~inside))
    high = np.minimum(total("high", inside), 1 - total("low", ~inside))
    return pd.DataFrame({
        "weight": weight, "low": np.clip(np.minimum(low, weight), 0, 1),
        "high": np.clip(np.maximum(high, weight), 0, 1),
    })  # fmt: skip


def drivers(amounts: csr_matrix, weights: pd.DataFrame, draws: Draws) -> pd.DataFrame:
    """Which codes the spread of PC(4) and PC(5) comes from, market by market.

    Returns
    -------
    DataFrame
        market, number (of the code), variant, part (of all trade of the market) [1], weight [1], swing
        [1]: what the share gains when the code's weight goes from its low to its high end, all else as
        judged; share_of_variance [1]: covariance of the code's part with the whole, over the variance of
        the whole, so that all codes add to 1 (one that errs the other way is negative). Largest swing first.
    """
    found = []
    for variant, group in VARIANTS.items():
        ranges = weight_ranges(weights, group)
        width = (ranges["high"] - ranges["low"]).to_numpy()
        drawn = part_of(draws, group)
        drawn -= drawn.mean(axis=1, keepdims=True)
        for rows, block in _blocks(amounts):
            whole = block @ drawn
            variance = np.einsum("md,md->m", whole, whole)[:, None]
            together = block * (whole @ drawn.T)
            shares = np.divide(together, variance, out=np.full(block.shape, np.nan), where=variance > 0)
            market, number = np.nonzero(block * width)
            found.append(pd.DataFrame({
                "market": market + rows.start, "number": number, "variant": variant,
                "part": block[market, number], "weight": ranges["weight"].to_numpy()[number],
                "swing": (block * width)[market, number], "share_of_variance": shares[market, number],
            }))  # fmt: skip
    table = pd.concat(found, ignore_index=True)
    return table.sort_values(["market", "swing"], ascending=[True, False], kind="stable", ignore_index=True)
