"""`meguri leverage`: which cards were asked about, the tables that answer, and where they go."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from meguri.app.leverage_print import print_items, print_leverage
from meguri.app.printing import deliver, say
from meguri.base.errors import DataError, Problem
from meguri.base.records import records
from meguri.base.sampling import latin_shares, triangular
from meguri.base.terms import Lang, find_key, label, suggest, suggest_key
from meguri.base.version import __version__
from meguri.observe.leverage import leverage_frozen, leverage_observations, year_of
from meguri.respond.cards import Control, leverage
from meguri.respond.leverage_data import LeverageData, leverage_data
from meguri.respond.leverage_drivers import drivers

ENDINGS = (".html", ".xlsx", "")
FEW = 3  # cards up to which it is said what each hangs on: some twenty runs a card


class Asked(NamedTuple):
    """What the command line was asked."""

    items: tuple[str, ...]
    holder: str | None
    partner: str | None
    years: int
    lift: str | None
    compare: bool
    check: bool
    data: LeverageData
    runs: int
    seed: int


@dataclass(frozen=True)
class Answered:
    """Tables of all cards asked about, below each other, and how they were made."""

    tables: Mapping[str, pd.DataFrame]
    about: Mapping[str, Any]


def read_asked(
    items: str | None,
    holder: str | None,
    partner: str | None,
    years: int,
    lift: str | None,
    compare: bool,
    check: bool,
    own: Path | None,
    runs: int,
    seed: int,
) -> Asked:
    """What was asked, with names turned into keys.

    Raises
    ------
    DataError
        With every name and date that is none, all at once.
    """
    data = leverage_data(own)
    table = data.tables["items"]
    found: list[Problem] = []
    keys = [_item(name, table, found) for name in (items or "").replace("、", ",").split(",") if name.strip()]
    pair = [
        None if name is None else _economy(name, option, found)
        for name, option in ((holder, "--holder"), (partner, "--partner"))
    ]
    if pair[0] is not None and pair[0] == pair[1]:
        found.append(Problem("leverage_same", "--partner", str(partner)))
    if lift is not None:
        _check_lift(lift, table[table["item"].isin(keys)], found)
    if not keys and not check:  # without an item nothing could be done with them, and that must be said
        given = {
            "--holder": holder,
            "--partner": partner,
            "--lift": lift,
            "--compare": "yes" if compare else None,
        }
        found += [Problem("leverage_item_missing", name, text) for name, text in given.items() if text]
    if found:
        raise DataError(found)
    chosen = tuple(dict.fromkeys(key for key in keys if key))
    return Asked(chosen, pair[0], pair[1], years, lift, compare, check, data, runs, seed)


def _item(name: str, table: pd.DataFrame, found: list[Problem]) -> str:
    """Key of an item by key or label in either language."""
    asked = name.strip().casefold()
    named = table[["item", "label_en", "label_ja"]].apply(lambda cells: cells.str.casefold() == asked)
    rows = table[named.any(axis=1)]
    if len(rows):
        return str(rows["item"].iloc[0])
    known = list(table["item"])
    near = suggest(name.strip(), known) or ", ".join(known)
    found.append(Problem("leverage_item", "ITEM", name.strip()[:80], "", {"near": near}))
    return ""


def _economy(name: str, option: str, found: list[Problem]) -> str | None:
    key = find_key(name, "countries")
    if key is None:
        near = suggest_key(name, "countries") or "JP"
        found.append(Problem("term_countries", option, name[:80], "", {"near": near}))
    return key


def _check_lift(lift: str, items: pd.DataFrame, found: list[Problem]) -> None:
    """A date of lifting is a day, month or year, and lies after the control of every item began."""
    try:
        if not re.fullmatch(r"[0-9]{4}(-[0-9]{2}){0,2}", lift):  # 20230323 would read as a year
            raise ValueError(lift)
        dt.date.fromisoformat((lift + "-01-01")[:10])
        year = year_of(lift)
    except ValueError:
        found.append(Problem("leverage_date", "--lift", lift[:40]))
        return
    for row in items.to_dict("records"):
        if row["control_start"] and year <= year_of(str(row["control_start"])):
            details = {"item": str(row["item"]), "start": str(row["control_start"])}
            found.append(Problem("leverage_lift_early", "--lift", lift, "", details))


def check_alone(beside: Mapping[str, object]) -> None:
    """A rule on a stage is asked about by itself.

    Raises
    ------
    DataError
        When items, or options that only speak of items, stand beside it: they would be left unread.
    """
    found = [
        Problem("leverage_stage_alone", name, str(value)[:80]) for name, value in beside.items() if value
    ]
    if found:
        raise DataError(found)


def check_ending(out: Path | None, form: str) -> None:
    """A page, a workbook or a folder: said before anything is computed.

    Raises
    ------
    DataError
        When the name of the file says no form that is known.
    """
    if form == "table" and out is not None and out.suffix.lower() not in ENDINGS:
        choices = ", ".join(ending or "folder" for ending in ENDINGS)
        details = {"choices": choices, "near": "leverage.html"}
        raise DataError(Problem("choice", "--out", out.name, "", details))


def answered(asked: Asked) -> Answered:
    """Every card asked about, and with ``--compare`` each of them the other way round."""
    items = asked.data.tables["items"].set_index("item")
    parts: dict[str, list[pd.DataFrame]] = {}
    for item in asked.items:
        holder = asked.holder or _other(str(items.at[item, "holder"]), asked.partner, items.loc[item])
        partner = asked.partner or _other(str(items.at[item, "partner"]), asked.holder, items.loc[item])
        for pair in ((holder, partner), (partner, holder))[: 1 + asked.compare]:
            for name, table in _one(asked, item, *pair).items():
                parts.setdefault(name, []).append(table)
    tables = {name: pd.concat(found, ignore_index=True) for name, found in parts.items()}
    return Answered({**tables, **_behind(asked), **_checked(asked)}, _about(asked))


def _other(usual: str, taken: str | None, row: pd.Series[Any]) -> str:
    """The usual economy of a side, or the one of the other side where the usual one already stands there."""
    return usual if usual != taken else str(row["holder"] if usual == row["partner"] else row["partner"])


def _one(asked: Asked, item: str, holder: str, partner: str) -> dict[str, pd.DataFrame]:
    """Tables of one card; what it hangs on only where few are asked about."""
    control = _control(asked, item)
    pair = (item, holder, partner)
    told = leverage(*pair, asked.years, control, draws=asked.runs, seed=asked.seed, data=asked.data)
    found = dict(told.tables)
    if len(asked.items) * (1 + asked.compare) <= FEW:
        found["leverage_drivers"] = drivers(*pair, _control(asked, item, middle=True), asked.data)
    return found


def _control(asked: Asked, item: str, middle: bool = False) -> Control | None:
    """The item's own control, lifted on the day asked; none where no lifting was asked for."""
    if asked.lift is None:
        return None
    row = asked.data.tables["items"].set_index("item").loc[item]
    begin = float(row["start_at"])  # the first day of the card: when its shares hold
    ends = [float(row[name]) for name in ("pressure_low", "pressure", "pressure_high")]
    # the middle run needs no draws
    pressure = ends[1] if middle else triangular(next(latin_shares(asked.runs, asked.seed)), *ends)
    return Control(begin, year_of(asked.lift), pressure)


def _behind(asked: Asked) -> dict[str, pd.DataFrame]:
    """Items, ratings, cut points and observations of the cards asked about."""
    held = asked.data.tables
    seen = leverage_observations()
    return {
        "leverage_items": held["items"][held["items"]["item"].isin(asked.items)].reset_index(drop=True),
        "leverage_attributes": held["attributes"][held["attributes"]["item"].isin(asked.items)],
        "leverage_rules": held["card_rules"],
        "leverage_observations": seen[seen["item"].isin(asked.items)].reset_index(drop=True),
    }


def _checked(asked: Asked) -> dict[str, pd.DataFrame]:
    """Fit and blind test, where they were asked for."""
    if not asked.check:
        return {}
    from meguri.respond import feedback_blind as blind_test
    from meguri.respond.feedback_calibrate import calibrate, returned
    from meguri.respond.feedback_fit import fitted

    told = blind_test.blind()
    return _detours(asked) | {
        "leverage_blind": told, "leverage_blind_scores": blind_test.blind_scores(told),
        "leverage_bands": blind_test.bands(), "leverage_extrapolation": calibrate(),
        "leverage_orders": blind_test.orders(), "leverage_returned": returned(),
        "leverage_fitted": fitted().table(), "leverage_frozen": leverage_frozen(),
    }  # fmt: skip


def _detours(asked: Asked) -> dict[str, pd.DataFrame]:
    """Third countries' jumps of the items whose customs months are packaged, at the month of the control."""
    from meguri.observe.leverage import leverage_reroutes
    from meguri.observe.trade_months import WHOLE, month_series, trade_months
    from meguri.structure.detour import by_partner, detour

    items, parts = asked.data.tables["items"].set_index("item"), []
    for item in asked.items:
        economy = asked.partner or str(items.at[item, "partner"])
        months, holder = trade_months(item, economy=economy), asked.holder or str(items.at[item, "holder"])
        begun = str(items.at[item, "control_start"])[:7]
        if len(begun) < len("2019-07") or holder not in set(months["partner"]) - {WHOLE}:
            continue
        frame = by_partner(months, item, economy, without=[WHOLE])
        told = detour(frame, begun, holder=holder, whole=month_series(months, item, WHOLE, economy))
        verdict = {"item": item, "economy": economy, "verdict": told.verdict, "reason": told.reason}
        reported = leverage_reroutes(item, economy)
        reported["seen"] = [
            times_of(frame[row["partner"]], row["month"]) if row["partner"] in frame else float("nan")
            for row in reported.to_dict("records")
        ]
        partners = told.partners.assign(item=item, economy=economy)
        parts.append((told.summary.assign(**verdict), partners, reported))
    if not parts:
        return {}
    names = ("leverage_detours", "leverage_detour_partners", "leverage_reroutes")
    told_all = (pd.concat(tables, ignore_index=True) for tables in zip(*parts, strict=True))
    return dict(zip(names, told_all, strict=True))


def times_of(months: pd.Series[Any], month: str) -> float:
    """A month over the same month a year before; unknown where one is missing or the earlier one is 0.

    Examples
    --------
    >>> times_of(pd.Series({"2018-08": 215.0, "2019-08": 1320.0}), "2019-08")
    6.14
    """
    before = f"{int(month[:4]) - 1}{month[4:]}"
    known = {str(name): float(value) for name, value in months.dropna().items()}
    if len(month) < len("2019-08") or month not in known or not known.get(before):
        return float("nan")
    return round(known[month] / known[before], 2)


def _about(asked: Asked) -> dict[str, Any]:
    words = ["meguri leverage", ",".join(asked.items)]
    for name, value in (("--holder", asked.holder), ("--partner", asked.partner), ("--lift", asked.lift)):
        words += [f"{name} {value}"] if value else []
    words += [
        f"--years {asked.years}",
        "--compare" if asked.compare else "",
        "--check" if asked.check else "",
    ]
    command = " ".join(word for word in [*words, f"--runs {asked.runs} --seed {asked.seed}"] if word)
    told = {"command": command, "draws": asked.runs, "seed": asked.seed, "years": asked.years}
    return told | ({"lift": asked.lift} if asked.lift else {}) | {"version": __version__}


def deliver_items(asked: Asked, form: str, out: Path | None, lang: Lang) -> None:
    """The items that can be asked about, one line each."""
    table = asked.data.tables["items"]
    if form == "table" and out is None:
        print_items(table, lang)
        return
    deliver(records(table), table, "csv" if form == "table" else form, out, sheets={"leverage_items": table})


def deliver_leverage(answer: Answered, form: str, out: Path | None, lang: Lang) -> None:
    """The answer on the terminal, as page, workbook or folder, or in the form asked for.

    Raises
    ------
    DataError
        When the name of the file says no form that is known.
    """
    check_ending(out, form)
    if form != "table":
        content = {"about": dict(answer.about)} | {
            name: records(part) for name, part in answer.tables.items()
        }
        first = answer.tables["leverage_summary" if "leverage_summary" in answer.tables else "leverage_blind"]
        deliver(content, first, form, out, sheets=answer.tables)
        return
    if out is None:
        print_leverage(answer, lang)
        return
    writers = file_writers(answer, lang)
    writers[out.suffix.lower()](out)
    say(label("saved", lang, "cli", path=out))


def file_writers(answer: Answered, lang: Lang) -> dict[str, Callable[[Path], Any]]:
    """What a file of each ending is; a name without an ending is a folder of tables and the page."""
    from meguri.show.leverage import write_leverage
    from meguri.show.leverage_excel import write_leverage_excel

    return {
        ".html": lambda out: write_leverage(answer, out, lang),
        ".xlsx": lambda out: write_leverage_excel(answer, out, lang),
        "": lambda out: save_folder(answer, out, lang),
    }


def save_folder(answer: Answered, folder: Path, lang: Lang) -> Path:
    """Every table as CSV, the page and the workbook in one folder."""
    from meguri.app.printing import as_csv
    from meguri.base.files import write_atomically
    from meguri.show.leverage import write_leverage
    from meguri.show.leverage_excel import write_leverage_excel

    for name, table in answer.tables.items():
        write_atomically(folder / f"{name}.csv", as_csv(table).encode("utf-8-sig"))
    write_leverage(answer, folder / "leverage.html", lang)
    write_leverage_excel(answer, folder / "leverage.xlsx", lang)
    return folder
