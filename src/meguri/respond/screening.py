"""Which entries may concern a firm's items, on a day, for a destination: a draft for a person to judge.

A decision aid, never a ruling. What is unknown cannot be excluded; not being in this table clears nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import pandas as pd

from meguri.base.errors import Problem
from meguri.base.tables import Schema
from meguri.base.terms import label
from meguri.observe.control_entries import control_entries, iso_day, screening_table, standing
from meguri.observe.entities import entities
from meguri.observe.shop import Shop
from meguri.respond.name_match import THRESHOLD, Index, index_of, match_names
from meguri.respond.screening_own import OwnEntries
from meguri.respond.screening_questions import questions
from meguri.respond.screening_routes import country_of, ends, is_country, paths, route_of
from meguri.respond.screening_specs import Known, elements_in, read_specs
from meguri.respond.screening_verdicts import Finding, Need, compare, decide, elements_of

ORDER = ("candidate", "cannot-exclude", "excluded-by-spec", "not-in-list-on-that-date")


@dataclass(frozen=True)
class ScreenAnswer:
    """What the comparison found, and what is to be asked.

    Attributes
    ----------
    verdicts : DataFrame
        Columns of ``screen_verdicts``: a row for each item, entry, destination and way to it.
    questions : DataFrame
        Columns of ``screen_questions``.
    paths : DataFrame
        Columns of ``screen_paths``.
    entities : DataFrame
        Columns of ``name_matches``.
    notes : DataFrame
        Columns of ``screen_notes``; the first two say that this is a draft and no ruling.
    problems : tuple of Problem
        Specifications that could not be read; they count as unknown.
    """

    verdicts: pd.DataFrame
    questions: pd.DataFrame
    paths: pd.DataFrame
    entities: pd.DataFrame
    notes: pd.DataFrame
    problems: tuple[Problem, ...]

    @property
    def tables(self) -> dict[str, pd.DataFrame]:
        """All tables by their declared names."""
        return {
            "screen_verdicts": self.verdicts,
            "screen_questions": self.questions,
            "screen_paths": self.paths,
            "name_matches": self.entities,
            "screen_notes": self.notes,
        }


def screen(
    items: Shop | pd.DataFrame,
    on: str,
    destination: str = "",
    end_user: str = "",
    customers: pd.DataFrame | None = None,
    threshold: float = THRESHOLD,
    own: OwnEntries | None = None,
) -> ScreenAnswer:
    """Compare items with the packaged entries.

    Parameters
    ----------
    items : Shop or DataFrame
        A firm's records, or columns of ``shop_items``.
    on : str
        ISO day of the shipment: entries are taken as they stand on it.
    destination : str
        Country of a direct shipment; without it the ways through the customers decide.
    end_user : str
        Name of the receiver, compared with the entity lists.
    customers : DataFrame, optional
        Columns of ``shop_customers``, where no Shop is given.
    threshold : float
        Least nearness of names that is shown [0-100].
    own : OwnEntries, optional
        A list of one's own, compared beside the packaged entries.

    Raises
    ------
    DataError
        For a day or destination that cannot be read, or items that are not as declared.

    Examples
    --------
    >>> tool = pd.DataFrame({"item": ["T1"], "specs": ["品目区分 = ドライエッチング装置"]})
    >>> found = screen(tool, "2024-01-10", "中国").verdicts.set_index("entry")
    >>> found.loc["jp-23-etching", ["verdict", "missing", "route"]].tolist()
    ['cannot-exclude', 'advanced', 'individual']
    """
    iso_day(on)
    goods, buyers = _tables(items, customers)
    country = country_of(destination) if destination else ""
    way = paths(goods, buyers, country, end_user)
    entries, needs = _listed(own, on)
    verdicts, problems = _verdicts(goods, entries, needs, ends(way), _uses(buyers), on)
    matches = _matches(buyers, end_user, way, threshold)
    asked = questions(goods, verdicts, way, matches)
    return ScreenAnswer(
        verdicts, asked, way, matches, _notes(verdicts, entries, on, country), tuple(problems)
    )


def _tables(items: Shop | pd.DataFrame, customers: pd.DataFrame | None) -> tuple[pd.DataFrame, pd.DataFrame]:
    if isinstance(items, Shop):
        return items.items, items.customers
    goods, buyers = Schema.of("shop_items"), Schema.of("shop_customers")
    listed = goods.check(items.reindex(columns=goods.names), "items")
    if customers is None:
        return listed, buyers.empty()
    return listed, buyers.check(customers.reindex(columns=buyers.names), "customers")


def needs_of(entry: str) -> tuple[Need, ...]:
    """Specifications of an entry in their order; those of an unverified entry never exclude."""
    return _needs().get(entry, ())


@cache
def _needs() -> dict[str, tuple[Need, ...]]:
    return needs_in(screening_table("control_entries"), screening_table("entry_specs"))


def needs_in(entries: pd.DataFrame, specs: pd.DataFrame) -> dict[str, tuple[Need, ...]]:
    """Specifications by entry."""
    status = entries.set_index("entry")["status"]
    found: dict[str, list[Need]] = {}
    for row in specs.sort_values(["entry", "order"]).to_dict("records"):
        sure = bool(row["verified"]) and status[row["entry"]] == "verified"
        need = Need(row["spec"], row["operator"], row["threshold"], sure)
        found.setdefault(row["entry"], []).append(need)
    return {entry: tuple(needs) for entry, needs in found.items()}


def _listed(own: OwnEntries | None, on: str) -> tuple[pd.DataFrame, dict[str, tuple[Need, ...]]]:
    """Packaged entries and one's own, with how they stand on the day."""
    entries = control_entries(on)
    if own is None:
        return entries, _needs()
    more = own.entries.assign(standing=standing(own.entries, on))
    return pd.concat([entries, more], ignore_index=True), {**_needs(), **needs_in(own.entries, own.specs)}


def known_of(item: Mapping[str, Any]) -> tuple[dict[str, Known], list[Problem]]:
    """What is known of an item: its specifications, and the elements its material names.

    A material names what is there, never all of it: it can meet an entry and excludes none. So does the
    stated content of an element. Where they name more than a list that calls itself complete, it is not.
    """
    known, problems = read_specs(item["specs"], str(item["item"]))
    contents = [key for key in known if key.startswith("content:") and known[key].low > 0]
    named = elements_in(str(item["material"])) | {key.removeprefix("content:") for key in contents}
    named |= elements_of(known["category"]) if "category" in known else set()
    given = known.get("elements")
    if named and given is None:
        texts = [str(item["material"]), *contents]
        known["elements"] = Known(", ".join(filter(None, texts)), words=frozenset(named))
    elif given is not None and named - given.words:
        known["elements"] = Known(given.text, words=given.words | named)
        if given.complete:
            missing = ", ".join(sorted(named - given.words))
            problems.append(Problem("screen_spec_elements_more", str(item["item"]), missing))
    return known, problems


def _verdicts(
    goods: pd.DataFrame,
    entries: pd.DataFrame,
    asked: Mapping[str, tuple[Need, ...]],
    targets: Mapping[str, list[tuple[str, str]]],
    uses: Mapping[str, str],
    on: str,
) -> tuple[pd.DataFrame, list[Problem]]:
    rows: list[dict[str, Any]] = []
    problems: list[Problem] = []
    listed = entries.to_dict("records")
    for item in goods.to_dict("records"):
        known, unread = known_of(item)
        problems += unread
        for entry in listed:
            needs = asked.get(entry["entry"], ())
            found = decide(needs, known, entry["standing"])
            points = signals(item, entry, known, needs, uses.get(item["customer"], ""))
            for country, via in targets.get(item["item"], [("", "direct")]):
                rows.append(_row(item, entry, found, points, country, via, on))
    schema = Schema.of("screen_verdicts")
    table = pd.DataFrame(rows, columns=schema.names)
    order = pd.DataFrame({
        "item": table["item"].map({item: at for at, item in enumerate(goods["item"])}),
        "verdict": table["verdict"].map(ORDER.index),
        "quiet": table["signals"].eq(""),
    })  # fmt: skip
    place = order.sort_values(["item", "verdict", "quiet"], kind="stable").index
    return schema.check(table.loc[place].reset_index(drop=True), "screen_verdicts"), problems


def _uses(buyers: pd.DataFrame) -> dict[str, str]:
    """What each customer makes, as far as the records say."""
    return {row["customer"]: f"{row['industry']} {row['end_use']}" for row in buyers.to_dict("records")}


def _row(
    item: Mapping[str, Any],
    entry: Mapping[str, Any],
    found: Finding,
    points: str,
    country: str,
    via: str,
    on: str,
) -> dict[str, Any]:
    route = route_of(entry, country, on)
    by = {"shipper": "shop" if via == "direct" else "customer"}.get(route.filer, route.filer)
    return {
        "item": item["item"], "name": item["name"], "entry": entry["entry"], "list": entry["list"],
        "kind": entry["kind"], "verdict": found.verdict, "spec": found.spec, "need": found.need,
        "have": found.have, "missing": "|".join(found.missing), "signals": points,
        "source": entry["source"], "checked_on": entry["checked_on"], "status": entry["status"],
        "grain": entry["grain"], "standing": entry["standing"], "entry_start": entry["start"],
        "entry_end": entry["end"], "on": on, "destination": country, "via": via,
        "destination_group": "|".join(route.groups), "route": route.route, "route_status": route.status,
        "filer": by,
    }  # fmt: skip


def signals(
    item: Mapping[str, Any],
    entry: Mapping[str, Any],
    known: Mapping[str, Known],
    needs: tuple[Need, ...],
    use: str = "",
) -> str:
    """What points at an entry; nothing pointing at it excludes nothing.

    ``use`` is what the customer makes: a part of a listed tool is asked about with the tool. A figure that
    happens to meet an entry counts only beside another sign.
    """
    code = "".join(sign for sign in str(item["hs"]) if sign.isdigit())
    codes = [hint for hint in entry["hs"].split("|") if hint]
    text = " ".join(str(item[name]) for name in ("name", "material", "process", "specs")).casefold()
    elements = known["elements"].words if "elements" in known else elements_in(str(item["name"]))
    words = [word.casefold() for word in entry["keywords"].split("|") if word]
    met = {need.spec for need in needs if need.operator != "not" and compare(need, known) == "met"}
    found = {
        "hs": any(code[: len(hint)] == hint[: len(code)] for hint in codes) and len(code) >= 4,
        "elements": bool(elements & set(filter(None, entry["elements"].split("|")))),
        "keyword": any(word in text for word in words),
        "use": entry["kind"] != "hint" and any(word in use.casefold() for word in words),
        "category": "category" in met,
    }
    found["spec"] = any(found.values()) and bool(met - {"category", "elements"})
    return "|".join(name for name, there in found.items() if there)


@cache
def _index() -> tuple[pd.DataFrame, Index]:
    table = entities()
    return table, index_of(table)


def _matches(buyers: pd.DataFrame, end_user: str, way: pd.DataFrame, threshold: float) -> pd.DataFrame:
    """Near spellings on the entity lists of every receiver that is named."""
    names = [*buyers["name"], end_user, *way["to_name"]]
    asked = sorted(name for name in set(names) if len(name) > 2 and name != "shop" and not is_country(name))
    if not asked:
        return Schema.of("name_matches").empty()
    table, index = _index()
    return match_names(asked, table, threshold, index=index)


def _notes(verdicts: pd.DataFrame, entries: pd.DataFrame, on: str, country: str) -> pd.DataFrame:
    loose = entries.loc[entries["status"].eq("unverified"), "entry"]
    stopped = entries.loc[entries["standing"].isin(("suspended", "unclear")), "entry"]
    said: list[tuple[str, dict[str, object]]] = [
        ("draft", {}),
        ("no_ruling", {}),
        ("as_of", {"on": on, "checked": entries["checked_on"].max()}),
        ("not_complete", {}),
        ("unknown_specs", {"n": int(verdicts["verdict"].eq("cannot-exclude").sum())}),
        ("hs_hint", {}),
        ("parts_rule", {}),
        ("unverified", {"n": len(loose), "entries": ", ".join(loose)}),
    ]
    if len(stopped):
        said.append(("suspended", {"on": on, "entries": ", ".join(stopped)}))
    dates = sorted(set(entities()["list_date"]))
    said.append(("entities", {"dates": ", ".join(dates)}))
    if not country:
        said.append(("no_destination", {}))
    alone = verdicts.loc[verdicts["destination_group"].eq("other") & verdicts["destination"].ne("")]
    if len(alone):
        said.append(("no_group", {"country": ", ".join(sorted(set(alone["destination"])))}))
    rows = [
        {"note": key, **{f"text_{lang}": label(key, lang, "screen_notes", **fill) for lang in ("en", "ja")}}
        for key, fill in said
    ]
    return Schema.of("screen_notes").check(pd.DataFrame(rows), "screen_notes")
