"""Archive of predictions with frozen parameters: written once, with a date, and scored when data land.

A period that ends on or before the day of the archive is a *hindcast*, whatever was known then; the
word *forecast* is kept for periods that begin after it. An archived file is never overwritten.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Mapping
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from meguri.base.errors import DataError, Problem
from meguri.base.files import write_atomically
from meguri.base.tables import Schema
from meguri.base.terms import LANGS, Lang, packaged, suggest
from meguri.base.version import __version__
from meguri.study.backtest import CaseResult
from meguri.study.backtest_case import Case, months_of
from meguri.study.backtest_observed import observed_series
from meguri.study.backtest_score import scores
from meguri.study.outcome import records, to_json

_PREDICTED = ["series", "period", "unit", "predicted", "low", "high"]


def kind_of(period: str, as_of: dt.date) -> str:
    """Whether a period is a hindcast, a forecast or running on the day of the archive.

    Examples
    --------
    >>> day = dt.date(2026, 11, 22)
    >>> kind_of("2026-10", day), kind_of("2026", day), kind_of("2026-12", day)
    ('hindcast', 'running', 'forecast')
    """
    today = as_of.isoformat()[:7]
    first, last = months_of(period)[0], months_of(period)[-1]
    return "forecast" if first > today else "hindcast" if last < today else "running"


def archive(result: CaseResult, as_of: dt.date, folder: str | Path) -> Path:
    """Write the predictions of a case with date, version and the hash of all that went in.

    Raises
    ------
    DataError
        When the same case was archived on the same day with other numbers.

    Returns
    -------
    Path
        ``folder/AS_OF-CASE.json``.
    """
    path = Path(folder) / f"{as_of.isoformat()}-{result.case.name}.json"
    text = to_json(_content(result, as_of))
    if path.exists() and path.read_text(encoding="utf-8") != text:
        raise DataError(Problem("archive_exists", path.name, result.case.name, str(path)))
    write_atomically(path, text.encode())
    return path


def _content(result: CaseResult, as_of: dt.date) -> dict[str, Any]:
    rows = records(result.scores[_PREDICTED])
    for row in rows:
        row["kind"] = kind_of(str(row["period"]), as_of)
    return {
        "as_of": as_of.isoformat(),
        "version": __version__,
        "hash": result.hash,
        "case": result.declared["case"],
        "runs": result.declared["runs"],
        "seed": result.declared["seed"],
        "studies": {
            name: {"scenario": study["scenario"]["name"], "chain": study["chain"]}
            for name, study in result.declared["studies"].items()
        },
        "predicted": rows,
    }


def archived(folder: str | Path | None = None) -> pd.DataFrame:
    """Every archived prediction, table ``backtest_archive``; the packaged ones when no folder is named."""
    rows = [row for content in _contents(folder) for row in _rows(content)]
    return Schema.of("backtest_archive").check(pd.DataFrame(rows))


def _contents(folder: str | Path | None) -> list[dict[str, Any]]:
    """What every file of an archive holds, the oldest first."""
    place: Traversable | Path = packaged("backtest", "archive") if folder is None else Path(folder)
    files = sorted((item for item in place.iterdir() if item.name.endswith(".json")), key=lambda i: i.name)
    return [_read(item) for item in files]


def _read(item: Traversable | Path) -> dict[str, Any]:
    try:
        content = json.loads(item.read_text(encoding="utf-8"))
        if {"as_of", "hash", "case", "predicted", "version"} <= set(content):
            return dict(content)
    except (ValueError, TypeError):
        pass
    raise DataError(Problem("outcome_broken", item.name, "", item.name))


def _rows(content: Mapping[str, Any]) -> Iterable[dict[str, Any]]:
    shared = {key: content[key] for key in ("as_of", "version", "hash")}
    for row in content["predicted"]:
        yield {"case": content["case"]["name"], **shared, **row}


def archive_scores(folder: str | Path | None = None) -> pd.DataFrame:
    """Archived predictions against what is known today: table ``backtest_scores`` with date and kind.

    The archived numbers are scored, not those of today's model; what is not yet observed is unknown.
    """
    table, parts = archived(folder), []
    for content in _contents(folder):
        case = Case.model_validate(content["case"])
        rows = table[(table["case"] == case.name) & (table["as_of"] == content["as_of"])]
        scored = scores(case, observed_series(case), rows)
        kinds = rows[["series", "period", "kind"]]
        parts.append(scored.merge(kinds, on=["series", "period"]).assign(as_of=content["as_of"]))
    return pd.concat(parts, ignore_index=True) if parts else Schema.of("backtest_scores").empty()


def archive_table(
    today: dt.date, folder: str | Path | None = None, cases: Iterable[str] | None = None
) -> pd.DataFrame:
    """Archived predictions, each scored, due or not yet due; table ``backtest_archived``.

    Parameters
    ----------
    today : date
        A period that ends after it is *not yet due*; one that is over and of which nothing is at hand
        is *open*.
    folder : path, optional
        The packaged archive when left out.
    cases : iterable of str, optional
        Cases asked for; all of the archive when left out.

    Raises
    ------
    DataError
        When a case is not in the archive.
    """
    scored = archive_scores(folder)
    if cases is not None:
        asked = list(cases)
        _check_archived(asked, sorted(set(scored["case"])))
        scored = scored[scored["case"].isin(asked)].reset_index(drop=True)
    due = [due_on(str(period)) for period in scored["period"]]
    seen = scored["observed"].notna()
    status = np.where(seen, "scored", np.where([day > today for day in due], "not_due", "open"))
    table = scored.assign(status=status, due=[day.isoformat() for day in due])
    labels = series_labels(folder)
    for lang in LANGS:
        names = zip(table["as_of"], table["case"], table["series"], strict=True)
        table[f"label_{lang}"] = [labels[key][lang] for key in names]
    schema = Schema.of("backtest_archived")
    return schema.check(table[schema.names])


def _check_archived(asked: Iterable[str], known: list[str]) -> None:
    """Every case that is not in the archive at once, each with the nearest one."""
    wrong = [
        Problem("choice", "--archive", name, "",
                {"choices": ", ".join(known), "near": suggest(name, known) or ", ".join(known[:1])})
        for name in asked
        if name not in known
    ]  # fmt: skip
    if wrong:
        raise DataError(wrong)


def due_on(period: str) -> dt.date:
    """First day on which all of a period is past.

    Examples
    --------
    >>> due_on("2026-12").isoformat(), due_on("2025-01/2025-11").isoformat(), due_on("2024").isoformat()
    ('2027-01-01', '2025-12-01', '2025-01-01')
    """
    year, month = (int(part) for part in months_of(period)[-1].split("-"))
    return dt.date(year + month // 12, month % 12 + 1, 1)


def series_labels(folder: str | Path | None = None) -> dict[tuple[str, str, str], dict[Lang, str]]:
    """Shown names of archived series, by date of the archive, case and series."""
    cases = [(content["as_of"], Case.model_validate(content["case"])) for content in _contents(folder)]
    return {
        (as_of, case.name, series.id): {lang: getattr(series.label, lang) for lang in LANGS}
        for as_of, case in cases
        for series in case.series
    }
