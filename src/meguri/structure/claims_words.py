"""The plain-language explanation of a verdict, composed from phrases in both languages.

Phrases come from ``data/terms/claim_phrases.csv``; none judges the author of a claim, and a test scans
them for words that would.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

import pandas as pd

from meguri.base.terms import LANGS, Lang, label
from meguri.structure.claims_model import Claim
from meguri.structure.claims_points import series_names

EXACT = (len("2010-07"), len("2010-07-01"))  # written lengths of a month and of a day
SHOWN = 3  # competing events named in the sentence; all of them stand in the table


def explain(claim: Claim, because: str, order: str, tables: Mapping[str, pd.DataFrame]) -> dict[Lang, str]:
    """Why the verdict is what it is, in both languages.

    Parameters
    ----------
    claim : Claim
        Its labels are put in quotation marks: they are its author's words.
    because, order : str
        Rule that decided, and order of the dates.
    tables : mapping of DataFrame
        Tables of the verdict.
    """
    return {lang: _joined(_sentences(claim, because, order, tables, lang), lang) for lang in LANGS}


def _joined(sentences: list[str], lang: Lang) -> str:
    return (" " if lang == "en" else "").join(sentence for sentence in sentences if sentence)


def claim_phrase(key: str, lang: Lang, **fill: object) -> str:
    """One phrase with its braces filled."""
    return label(key, lang, "claim_phrases", **fill)


def _sentences(
    claim: Claim, because: str, order: str, tables: Mapping[str, pd.DataFrame], lang: Lang
) -> list[str]:
    found = [claim_phrase(f"because_{because}", lang), _dates(claim, order, tables["readings"], lang)]
    found += [_disputed(part, tables["readings"], lang) for part in ("cause", "effect")]
    found += _series(tables, lang)
    found.append(_competing(tables["competing"], tables["readings"], because, lang))
    found.append(_evidence(tables["evidence"], lang))
    if len(tables["contradictions"]):
        found.append(claim_phrase("contradictions", lang, n=len(tables["contradictions"])))
    if len(tables["searches"]):
        row = tables["searches"].iloc[0]
        found.append(
            claim_phrase("searches", lang, n=row["count"], date=row["date"], where=row[f"where_{lang}"])
        )
    if len(tables["would_decide"]):
        stop = "; " if lang == "en" else "、"
        found.append(
            claim_phrase("would_decide", lang, what=stop.join(tables["would_decide"][f"text_{lang}"]))
        )
    return found


def _dates(claim: Claim, order: str, readings: pd.DataFrame, lang: Lang) -> str:
    if claim.cause is None or order == "unknown" or claim.kind == "norm":
        return ""
    cause, effect = (_span(readings, part, lang) for part in ("cause", "effect"))
    kind = f"_{claim.kind}" if claim.kind in ("order", "forecast") else ""
    return claim_phrase(f"order_{order}{kind}", lang, cause=cause, effect=effect)


def _span(readings: pd.DataFrame, part: str, lang: Lang) -> str:
    return claim_phrase("and", lang).join(_spans(readings, part, lang))


def _spans(readings: pd.DataFrame, part: str, lang: Lang) -> list[str]:
    """Readings of a part that differ, as written."""
    rows = readings[readings["part"] == part]
    return list(dict.fromkeys(written(row["earliest"], row["latest"], lang) for _, row in rows.iterrows()))


def written(earliest: str, latest: str, lang: Lang) -> str:
    """An interval as a reader writes it.

    Examples
    --------
    >>> written("2010-09-07", "2010-09-07", "en"), written("2010-07-01", "2010-07-31", "ja")
    ('2010-09-07', '2010-07')
    >>> written("2010-09-21", "2010-11-20", "en"), written("", "2017-12-31", "ja")
    ('2010-09-21 to 2010-11-20', '2017-12-31まで')
    """
    if earliest == latest:
        return earliest
    if not earliest:
        return claim_phrase("until", lang, date=latest)
    if not latest:
        return claim_phrase("since", lang, date=earliest)
    if earliest[5:] == "01-01" and latest == f"{earliest[:4]}-12-31":
        return earliest[:4]
    month = pd.Period(earliest, "M")
    if earliest.endswith("-01") and latest == month.end_time.date().isoformat():
        return earliest[:7]
    return claim_phrase("from_to", lang, first=earliest, last=latest)


def _disputed(part: str, readings: pd.DataFrame, lang: Lang) -> str:
    """Readings of a date that lie apart are told as such."""
    spans = _spans(readings, part, lang)
    if len(spans) < 2:
        return ""
    told = claim_phrase(f"disputed_{part}", lang, n=len(spans))
    rows = readings[readings["part"] == part]
    ruled_out, kept = (_spans(rows[(rows["alone"] == "after") == out], part, lang) for out in (True, False))
    if not (ruled_out and kept):
        return told
    stop = claim_phrase("and", lang)
    split = claim_phrase("split", lang, out=stop.join(ruled_out), kept=stop.join(kept))
    return _joined([told, split], lang)


def _competing(table: pd.DataFrame, readings: pd.DataFrame, because: str, lang: Lang) -> str:
    if because in ("order", "order_reversed", "norm", "no_dates") or not len(table):
        return ""
    near = _nearest(table, max(readings.loc[readings["part"] == "effect", "earliest"], default=""))
    quoted = [claim_phrase("quoted", lang, text=text) for text in near[f"label_{lang}"]]
    return claim_phrase("competing", lang, n=len(table), names=(", " if lang == "en" else "").join(quoted))


def _series(tables: Mapping[str, pd.DataFrame], lang: Lang) -> list[str]:
    """What each series shows, how the placebos fared, and whether third countries stepped in."""
    labels = series_names().set_index("series")[f"label_{lang}"]
    found = []
    for row in tables["series"].to_dict("records"):
        fill = {
            "series": labels.get(row["series"], row["series"]),
            "at": row["at"],
            "change": f"{row['change']:+.0%}",
            "p": f"{row['p']:.3f}",
            "first": row["first"],
            "last": row["last"],
            "coarser": row["coarser_at_hand"],
            "months": row["months_at_hand"],
        }
        found.append(claim_phrase(f"finding_{row['finding']}", lang, **fill))
    for row in tables["breaks"].to_dict("records"):
        if row["significant"]:
            fill = {"series": labels.get(row["series"], row["series"]), "at": row["at"], "low": row["low"]}
            fill |= {"high": row["high"], "change": f"{row['change']:+.0%}", "p": f"{row['p_adjusted']:.3f}"}
            found.append(claim_phrase("break", lang, **fill))
    placebos = tables["placebos"]
    if len(placebos):
        moved = int((placebos["finding"] == "supported").sum())
        found.append(claim_phrase("placebos", lang, n=len(placebos), moved=moved))
    for row in tables["detour"].to_dict("records"):
        third = [str(labels.get(name, name)) for name in str(row["third"]).split(" | ")]
        shown = {"third": ", ".join(third), "first": row["first_month"]}
        found.append(claim_phrase(f"detour_{row['verdict']}", lang, **shown))
    return found


def _evidence(table: pd.DataFrame, lang: Lang) -> str:
    pro, con = (int((table["side"] == side).sum()) for side in ("for", "against"))
    return claim_phrase("evidence", lang, pro=pro, con=con) if pro + con else ""


def _nearest(table: pd.DataFrame, effect: str) -> pd.DataFrame:
    """Competing events to name: those the claim lists, then those dated best and nearest to the effect."""
    days = [_day(start) for start in table["earliest"]]
    near = _day(effect) or max(days)
    rank = pd.DataFrame(
        {
            "listed": table["listed"] != "yes",
            "shared": table["shared"] == "parties",
            "vague": [len(written(*ends, "en")) not in EXACT for ends in _ends(table)],
            "late": [day > near for day in days],
            "far": [abs(day - near) for day in days],
        },
        index=table.index,
    )
    return table.loc[rank.sort_values(list(rank.columns), kind="stable").index[:SHOWN]]


def _day(written: str) -> int:
    """Day as a number; 0 where the date is open."""
    return dt.date.fromisoformat(written).toordinal() if written else 0


def _ends(table: pd.DataFrame) -> list[tuple[str, str]]:
    return list(zip(table["earliest"], table["latest"], strict=True))
