"""From the magnets that leave use in Japan to the routes that may take them: stocks of a year as a case."""

from __future__ import annotations

import pandas as pd

from meguri.circulate.magnets import DyJapan
from meguri.circulate.route_case import RouteCase, case_from_tables, load_case

POSITIONS = "dy-position"  # the packaged case whose routes tell alloyed from diffused magnets
_OWNER = {"intact": "dismantler", "shredded": "dismantler", "uncollected": "collector"}


def magnet_feeds(case: DyJapan, year: int) -> pd.DataFrame:
    """Dysprosium of used magnets in a year as feeds of a route case: table ``feeds``.

    Two stocks, alloyed and diffused, each by handling; means over the runs, so that rows add up, with
    P10 and P90. Used goods that leave Japan are no feed of Japan's routes. New scrap is left out too: it
    is no used magnet, and has states of its own (case ``dy-hddr-swarf``).

    Examples
    --------
    >>> from meguri.circulate.magnets import dy_japan
    >>> feeds = magnet_feeds(dy_japan(runs=4), 2030)
    >>> feeds["state"].tolist()[:2], set(feeds["origin"])
    (['used_alloyed', 'used_diffused'], {'old'})
    """
    scrap = case.scrap_table(year)
    old = scrap[(scrap["origin"] == "old") & (scrap["handling"] != "exported")]
    held = old["type"].where(old["handling"] != "shredded", "shredded_" + old["type"])
    return pd.DataFrame(
        {
            "stock": old["type"],
            "state": held.where(held.str.startswith("shredded"), "used_" + old["type"]),
            "handling": old["handling"],
            "served_as": "new_" + old["type"],
            "origin": old["origin"],
            "mass": old["mean"],
            "mass_low": old[["low", "mean"]].min(axis=1),
            "mass_high": old[["high", "mean"]].max(axis=1),
            "loss_owner": old["handling"].map(_OWNER),
            "source": old["source"],
            "grade": old["grade"],
        }
    ).reset_index(drop=True)


def magnet_route_case(case: DyJapan, year: int, sign_off: str = "") -> RouteCase:
    """Routes of the packaged case for alloyed and diffused magnets, fed with what leaves use in Japan.

    Parameters
    ----------
    case : DyJapan
        As :func:`meguri.circulate.magnets.dy_japan` gives it.
    year : int
        Year in which the magnets leave use.
    sign_off : str
        Who takes responsibility for numbers without a source.

    Examples
    --------
    >>> from meguri.circulate.magnets import dy_japan
    >>> magnet_route_case(dy_japan(runs=4), 2030).plans
    ['A', 'B', 'C']
    """
    base = load_case(POSITIONS)
    words = {row["stock"]: (row["label_en"], row["label_ja"]) for _, row in base.tables["feeds"].iterrows()}
    feeds = magnet_feeds(case, year)
    for place, column in enumerate(("label_en", "label_ja")):
        feeds[column] = [words[stock][place] for stock in feeds["stock"]]
    about = {**base.about, "name": f"dy-japan-{year}", "companion": ""}
    return case_from_tables({**base.tables, "feeds": feeds}, about, file=about["name"], sign_off=sign_off)
