"""What the model says of items it was not shown, beside what was seen and beside naive rivals.

An item of the fit is predicted with its own observations left out; an item that was never in the fit is
predicted with all of it. Rivals know the start and nothing of the item: *no change*, and *mean of others*,
which lets every item grow as the others did. Misses are printed like hits.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pandas as pd

from meguri.base.tables import Schema
from meguri.observe.leverage import leverage_observations
from meguri.respond.feedback import Array, rates_of, speed
from meguri.respond.feedback_calibrate import on_the_day, printed_band, told
from meguri.respond.feedback_fit import SEED, Drawn, draw, fitted, logit, predicted, weighted

ORDERS = {
    "processes": ("wfe-clean", "wfe-deposition-etch", "wfe-litho-duv", "wfe-litho-euv"),
    "korea": ("fpi", "hf", "resist-euv", "resist"),
}
EQUAL = 0.5  # pressure and push of every item in the variant that looks at the technical attributes alone


def blind(seed: int = SEED) -> pd.DataFrame:
    """Each observation, predicted without its item, with error and rivals.

    Returns
    -------
    DataFrame
        Columns of ``leverage_blind``. ``kind`` is *left-out* for an item of the fit and *never-fitted* else;
        ``verdict`` is *hit* when the 80 % band of the prediction meets the range of the observation;
        ``closest`` names the smallest error among the model and its rivals.

    Examples
    --------
    >>> table = blind().set_index("observation")
    >>> table.at["wfe-clean-cn-2024", "verdict"], table.at["fpi-kr-2021", "verdict"]
    ('miss', 'hit')
    """
    seen = leverage_observations()
    rows = [_compared(row, seen, seed) for _, row in seen[seen["use"].isin(["fit", "blind"])].iterrows()]
    return Schema.of("leverage_blind").check(pd.DataFrame(rows))


def _compared(row: pd.Series, seen: pd.DataFrame, seed: int) -> dict[str, object]:
    left_out = row["use"] == "fit"
    fitting = fitted(row["item"] if left_out else "", seed)
    low, middle, high = weighted(predicted(fitting, row), fitting.weights)
    others = _mean_of_others(row, seen)
    errors = {"model": middle, "no_change": row["start"], "mean_of_others": others}
    errors = {name: value - row["value"] for name, value in errors.items()}
    meets = low <= row["value_high"] and high >= row["value_low"]
    cells = {name: row[name] for name in ("observation", "item", "partner", "measure", "at", "start", "flag")}
    cells |= {f"observed{end}": row[f"value{end}"] for end in ("", "_low", "_high")}
    return cells | {
        "kind": "left-out" if left_out else "never-fitted",
        "predicted": middle,
        "predicted_low": low,
        "predicted_high": high,
        "error": errors["model"],
        "no_change": row["start"],
        "mean_of_others": others,
        "verdict": "hit" if meets else "miss",
        "closest": min(errors, key=lambda name: abs(errors[name])),
        "draws_worth": fitting.effective,
    }


def _mean_of_others(row: pd.Series, seen: pd.DataFrame) -> float:
    """Share if the item had grown, on the logit scale, as the other items of the fit did on average."""
    others = seen[(seen["use"] == "fit") & (seen["item"] != row["item"])]
    grown = (logit(others["value"].to_numpy()) - logit(others["start"].to_numpy())) / (
        others["at"] - others["start_at"]
    )
    pace = float(grown.groupby(others["item"]).mean().mean())
    odds = math.exp(float(logit(row["start"])) + pace * (row["at"] - row["start_at"]))
    return odds / (1 + odds)


def blind_scores(table: pd.DataFrame | None = None) -> pd.DataFrame:
    """Mean absolute error of the model and its rivals over items (an item counts once), and hits.

    Examples
    --------
    >>> blind_scores()["way"].unique().tolist()
    ['model', 'no_change', 'mean_of_others']
    """
    table = blind() if table is None else table
    predictions = {"model": "predicted", "no_change": "no_change", "mean_of_others": "mean_of_others"}
    rows = []
    for kind in ("left-out", "never-fitted"):
        part = table[table["kind"] == kind]
        for way, column in predictions.items():
            off = (part[column] - part["observed"]).abs().groupby(part["item"]).mean()
            hits = int(part["verdict"].eq("hit").groupby(part["item"]).all().sum())
            rows.append(
                {
                    "kind": kind,
                    "way": way,
                    "items": len(off),
                    "error": float(off.mean()),
                    "hits": hits if way == "model" else None,
                }
            )
    return Schema.of("leverage_blind_scores").check(pd.DataFrame(rows))


def bands(when: float = 2030.5, draws: int = 2000, seed: int = SEED) -> pd.DataFrame:
    """Fitted self-supply in a year beside each printed band: inside, above, below or unknown.

    Returns
    -------
    DataFrame
        Columns of ``leverage_bands``, one row for each item with a printed forecast of that year.

    Examples
    --------
    >>> table = bands(draws=500).set_index("item")
    >>> table.loc[["wfe", "wfe-clean", "wfe-deposition-etch"], "verdict"].tolist()
    ['inside', 'above', 'inside']
    """
    seen = leverage_observations(use="printed")
    asked = seen[(seen["measure"] == "forecast") & (seen["period_start"].str[:4] == str(int(when)))]
    rows = []
    for item in asked["item"]:
        low, high = printed_band(item, when)
        least, middle, most = on_the_day(item, when, draws, seed)
        cells = {"item": item, "year": when, "self_supply": middle, "self_supply_low": least}
        cells |= {"self_supply_high": most, "printed_low": low, "printed_high": high}
        rows.append(cells | {"verdict": told(middle, low, high)})
    return Schema.of("leverage_bands").check(pd.DataFrame(rows))


def order(
    items: Sequence[str], alike: bool = False, draws: int = 4000, seed: int = SEED
) -> tuple[pd.DataFrame, float]:
    """How fast items are learned, and how probable it is that they are so in the order given.

    Parameters
    ----------
    items : sequence of str
        Items, the fastest first.
    alike : bool
        True = the same pressure and state push for all, so that only what the items are speaks.

    Returns
    -------
    (DataFrame, float)
        Columns of ``leverage_order`` in the order given, and the part of the draws in which each item is
        at least as fast as the next.

    Examples
    --------
    >>> table, probability = order(("wfe-clean", "wfe-deposition-etch", "wfe-litho-duv"), draws=500)
    >>> table["rank"].tolist(), probability > 0.9
    ([1, 2, 3], True)
    """
    fast = np.array([_speed(draw(item, draws=draws, seed=seed), alike) for item in items])
    low, middle, high = np.quantile(fast, (0.1, 0.5, 0.9), axis=1)
    ranks = pd.Series(-middle).rank(method="min").astype(int)
    frame = pd.DataFrame({"item": list(items), "alike": alike, "speed": middle, "speed_low": low})
    frame = frame.assign(speed_high=high, rank=ranks.to_numpy())
    kept = (np.diff(fast, axis=0) <= 0).all(axis=0)
    return Schema.of("leverage_order").check(frame), float(kept.mean())


def _speed(drawn: Drawn, alike: bool) -> Array:
    if not alike:
        return np.asarray(speed(drawn.rates, drawn.pressure))
    level = {"state_push": np.full(drawn.start.shape, EQUAL)}
    return np.asarray(speed(rates_of({**drawn.ratings, **level}, drawn.coefficients), EQUAL))


def orders(draws: int = 4000, seed: int = SEED) -> pd.DataFrame:
    """The two orders the documents call for, as controlled and with pressure and push alike.

    Returns
    -------
    DataFrame
        Columns of ``leverage_orders``: ``probability`` of the order asked, and ``found``, the order of the
        medians.
    """
    rows = []
    for name, items in ORDERS.items():
        for alike in (False, True):
            table, probability = order(items, alike, draws, seed)
            found = table.sort_values("rank", kind="stable")["item"]
            cells = {"order": name, "alike": alike, "asked": " > ".join(items), "found": " > ".join(found)}
            rows.append(cells | {"probability": probability})
    return Schema.of("leverage_orders").check(pd.DataFrame(rows))
