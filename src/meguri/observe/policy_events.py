"""Policy data sets of others in the columns of the chronicle: who, what, when, which material, where to read.

Rows are facts with an address. Descriptions and machine summaries of the sets are not read: titles, dates,
kinds and addresses are enough to find the page and read it there.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import re
from collections.abc import Iterable
from functools import cache
from io import StringIO
from pathlib import Path
from typing import Any

import pandas as pd

from meguri.base.errors import DataError, Problem
from meguri.base.tables import Schema
from meguri.base.terms import find_key
from meguri.base.words import read_words
from meguri.observe.dated import read_interval
from meguri.observe.mofcom_dates import start_of
from meguri.observe.packaged import facts
from meguri.observe.sets import checked_folder, data_folder

GTA, IEA, MOFCOM = "gta", "iea", "mofcom"
_MINERALS = "policy-gta-iea-icmm/raw"
_PORTAL_TITLE = "中国出口管制信息网"  # name of the portal, where the index caught no title


def policy_events(folder: Path | None = None) -> pd.DataFrame:
    """Events of the three policy sets under MEGURI_DATA, in the columns of ``chronicle``.

    Parameters
    ----------
    folder : Path, optional
        Folder of raw sets; the environment's when left out.

    Returns
    -------
    DataFrame
        ``chronicle``; ``record`` names the set (gta, iea, mofcom), ``document`` is ``public``.

    Raises
    ------
    DataError
        When no folder is known, or a file or a column is missing.
    """
    base = data_folder() if folder is None else checked_folder(folder)
    if base is None:
        raise DataError(Problem("folder", "MEGURI_DATA", ""))
    rows = [*gta_events(base), *iea_events(base), *mofcom_events(base)]
    return Schema.of("chronicle").check(pd.DataFrame(rows), "policy events")


def gta_events(folder: Path) -> list[dict[str, object]]:
    """Interventions of Global Trade Alert; the date of its index is the day in force.

    The day of announcement is taken from the table of subsidies where that lists the same intervention.
    Minerals of the index follow customs codes: a duty on neodymium is listed under lithium. A material named
    in the title therefore goes before the index.
    """
    file = "gta-interventions.json"
    listed = _json(_text(folder, f"{_MINERALS}/{file}"), file)
    _require([listed], ("interventions",), file)
    needed = ("id", "title", "interventionType", "minerals", "implementers", "dateISO", "link")
    _require(listed["interventions"], needed, file)
    subsidies = _table(folder, f"{_MINERALS}/gta-subsidies.csv.gz")
    _require(subsidies.head(1).to_dict("records"), ("Intervention ID", "Date Announced"), "gta-subsidies.csv")
    dated = dict(zip(subsidies["Intervention ID"], subsidies["Date Announced"], strict=True))
    return [_gta_row(item, dated) for item in listed["interventions"]]


def _gta_row(item: dict[str, Any], announced: dict[str, str]) -> dict[str, object]:
    named = materials_in(item["title"]) or materials_in(" ".join(item["minerals"]))
    return {
        **_row(GTA, f"gta-{item['id']}", item["title"], item["title"], item["link"]),
        "start": item["dateISO"],
        "end": item["dateISO"],
        "precision": "day",
        "actor": "/".join(_iso3(name) for name in item["implementers"]),
        "instrument": _kinds(GTA).get(item["interventionType"], ""),
        "elements": "|".join(named),
        "announced": announced.get(item["id"], ""),
        "effective": item["dateISO"],
        "source": "gta-interventions",
    }


def iea_events(folder: Path) -> list[dict[str, object]]:
    """Policies of the IEA's tracker; the set gives no key, so one is made of title, economy and year."""
    file = "IEA_CM_Policies.csv"
    policies = _table(folder, f"{_MINERALS}/{file}.gz").to_dict("records")
    needed = ("title", "year", "datePromulgated", "countries", "policyType", "learnMore")
    _require(policies[:1], needed, file)
    return [_iea_row(item, file) for item in policies]


def _iea_row(item: dict[Any, str], file: str) -> dict[str, object]:
    kinds = _kinds(IEA)
    by = [_iso3(place["iso3"]) for place in _json(item["countries"] or "[]", file)]
    named = [kind["name"] for kind in _json(item["policyType"] or "[]", file) if kind["name"] in kinds]
    first = min(named, key=list(kinds).index, default="")
    made = "|".join((item["title"], "/".join(by), item["year"], item["learnMore"]))
    key = hashlib.sha256(made.encode()).hexdigest()[:10]
    start, end, precision, announced = _iea_dates(item["datePromulgated"], item["year"])
    return {
        **_row(IEA, f"iea-{key}", item["title"], item["title"], item["learnMore"]),
        "start": start,
        "end": end,
        "precision": precision,
        "actor": "/".join(by),
        "instrument": kinds.get(first, ""),
        "elements": "|".join(materials_in(item["title"])),
        "announced": announced,
        "source": "iea-policies",
    }


def _iea_dates(promulgated: str, year: str) -> tuple[str, str, str, str]:
    """Start, end, precision and day of announcement: the day of promulgation unless its year is another.

    Where the two differ the policy is dated by both, from the earlier to the later.
    """
    written = re.sub(r"^(\d{2})-(\d{2})-(\d{4})$", r"\3-\2-\1", promulgated.strip())  # day first in this set
    if not written:
        return year, year, "year", ""
    if written[:4] == year:
        return written, written, read_interval(written, "datePromulgated").precision, written
    first, last = sorted((written, year), key=lambda text: read_interval(text).earliest)
    return first, last, "year range", ""


def mofcom_events(folder: Path) -> list[dict[str, object]]:
    """Index of the export-control portal of China's Ministry of Commerce, one event for each of its rows.

    The date of the index is the day of posting: a law of 1997 stands under 2021-12-30, notices appear days
    or weeks after their issue, measures of others are told later still (`mofcom_dates`).
    """
    name = "policy-events-china-mofcom/mofcom_export_control_docs.csv"
    index = _table(folder, name)
    _require(index.to_dict("records")[:1], ("date", "effective", "title", "url"), name.rsplit("/", 1)[1])
    titles = _titles(index)
    seen: dict[str, int] = {}
    rows = []
    for item in index[["date", "effective", "title", "url"]].to_dict("records"):
        number = item["url"].rsplit("/", 1)[-1].removesuffix(".html")
        seen[number] = seen.get(number, 0) + 1
        title = titles.get(item["url"], ("", "")) if item["title"] == _PORTAL_TITLE else _both(item["title"])
        rows.append(_mofcom_row(item, f"{number}-{seen[number]}", *title))
    return rows


def _mofcom_row(item: dict[Any, str], number: str, zh: str, en: str) -> dict[str, object]:
    spoken = f"{zh} {en}"
    posted = start_of(item["date"], item["effective"], item["url"])
    own = "/gjdt/" not in item["url"]
    return {
        **_row(MOFCOM, f"mofcom-{number}", en or zh or number, zh or en or number, item["url"]),
        "start": posted.start,
        "end": posted.end,
        "precision": posted.precision,
        "actor": "CHN" if own else "/".join(words_in(spoken, "actor", MOFCOM)),
        "instrument": next(iter(words_in(spoken, "instrument", MOFCOM)), ""),
        "elements": "|".join(materials_in(spoken)),
        "announced": posted.announced,
        "effective": posted.effective,
        "flag": posted.flag,
        "source": "mofcom-portal",
    }


def _titles(index: pd.DataFrame) -> dict[str, tuple[str, str]]:
    """Titles by page, for rows whose own title is lost."""
    named = index[index["title"].ne(_PORTAL_TITLE)].drop_duplicates("url")
    return {url: _both(title) for url, title in zip(named["url"], named["title"], strict=True)}


def _both(title: str) -> tuple[str, str]:
    """Chinese and English part of a title.

    Examples
    --------
    >>> _both("荷兰扩大半导体设备出口管制(Netherlands Expands Export Controls)")
    ('荷兰扩大半导体设备出口管制', 'Netherlands Expands Export Controls')
    """
    found = re.match(r"^(.*?)\s*[（(]([A-Za-z0-9][^一-龥]*)[)）]\s*$", title.strip())
    return (found[1], found[2]) if found else (title.strip(), "")


def materials_in(text: str) -> list[str]:
    """Elements named in a text, in Chinese or English.

    Examples
    --------
    >>> materials_in("对钨、碲、铋、钼、铟相关物项实施出口管制"), materials_in("Tin and rare earths, tinned")
    (['W', 'Te', 'Bi', 'Mo', 'In'], ['REO', 'Sn'])
    """
    return words_in(text, "material", "")


def words_in(text: str, kind: str, record: str) -> list[str]:
    """Keys of the words of one kind that stand in a text, in the order of the table."""
    found = {key: None for pattern, key in _patterns(kind, record) if pattern.search(text)}
    return list(found)


@cache
def _patterns(kind: str, record: str) -> tuple[tuple[re.Pattern[str], str], ...]:
    table = facts("policy_words")
    table = table[table["kind"].eq(kind) & table["record"].eq(record)]
    made = []
    for word, key in zip(table["word"], table["key"], strict=True):
        exact = word.isascii()
        made.append((re.compile(rf"\b{re.escape(word)}(?:s|es)?\b" if exact else re.escape(word), re.I), key))
    return tuple(made)


@cache
def _kinds(record: str) -> dict[str, str]:
    table = facts("policy_words")
    table = table[table["kind"].eq("instrument") & table["record"].eq(record)]
    return dict(zip(table["word"], table["key"], strict=True))


def _row(record: str, event: str, en: str, ja: str, url: str) -> dict[str, object]:
    return {
        "event": event, "label_en": en, "label_ja": ja, "stage": "", "agrees": "unchecked",
        "grade": "reported", "document": "public", "record": record, "url": url,
    }  # fmt: skip


@cache
def _iso3(name: str) -> str:
    """ISO code of an economy by name, as the chronicle writes actors; the name where it is none."""
    if name in ("EUR", "European Union"):
        return "EU"
    key = find_key(name, "countries")
    return name if key is None else _codes().get(key, name)


@cache
def _codes() -> dict[str, str]:
    return {row["key"]: row["iso3"] for row in read_words("countries")}


def _text(folder: Path, name: str) -> str:
    path = folder / name
    if not path.is_file():
        raise DataError(Problem("file_missing_plain", name, file=path.name))
    try:
        data = gzip.decompress(path.read_bytes()) if name.endswith(".gz") else path.read_bytes()
        return data.decode("utf-8-sig")
    except (OSError, EOFError, UnicodeDecodeError):
        raise DataError(Problem("csv_broken", name, file=path.name)) from None


def _json(text: str, file: str) -> Any:
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}"
        raise DataError(Problem("chronicle_json", place, text[error.pos : error.pos + 20], file)) from None


def _table(folder: Path, name: str) -> pd.DataFrame:
    return pd.read_csv(StringIO(_text(folder, name)), dtype=str, keep_default_na=False)


def _require(rows: Iterable[Any], names: tuple[str, ...], file: str) -> None:
    for row in rows:
        missing = [name for name in names if name not in row]
        if missing:
            raise DataError([Problem("column_missing", file, "", file, {"column": c}) for c in missing])
