"""What keeps it running: plans on two axes for a budget, kept as an answer of `meguri respond`."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from meguri.app.chains import open_chain
from meguri.app.respond import money, strike_years
from meguri.app.web.desk import Desk
from meguri.app.web.kinds import Progress
from meguri.respond.portfolio import respond
from meguri.scenario.read import read_scenario


def run(params: Mapping[str, str], desk: Desk, folder: Path, progress: Progress) -> None:
    """Find the plans and save the answer; a cancelled search leaves nothing."""
    scenario = read_scenario(desk.path_of(params["scenario"]))
    chain = open_chain(desk.path_of(params.get("chain") or scenario.chain))
    rate = float(params["rate"]) if params.get("rate") else None
    years = int(params["years"])
    each = money(params["per_year"], "per_year", rate) if params.get("per_year") else None
    sheet = desk.path_of(params["measures"]) if params.get("measures") else None
    answer = respond(
        chain,
        scenario,
        budget=money(params["budget"], "budget", rate),
        years=years,
        per_year=None if each is None else [each] * years,
        strikes=strike_years(params.get("strikes") or None),
        after=float(params["after"]),
        measures=sheet,
        processes=names(params.get("processes", "")) or None,
        at=names(params.get("at", "")),
        runs=int(params["runs"]),
        seed=int(params["seed"]),
        alpha=float(params["alpha"]),
        rate=rate,
        progress=progress,
        time_limit=float(params["limit"]),
    )
    answer.save(folder / "answer")


def names(text: str) -> tuple[str, ...]:
    """Nodes named in a line of text, apart by commas of either language.

    Examples
    --------
    >>> names("line-a, line-b、line-c"), names("")
    (('line-a', 'line-b', 'line-c'), ())
    """
    parts = (part.strip() for part in text.replace("、", ",").replace("，", ",").split(","))
    return tuple(part for part in parts if part)
