"""Build the packaged facts tables from the fact files, the reference files and the raw sets.

    python tools/facts.py --facts DIR --reference DIR --data DIR

Writes ``src/meguri/data/facts/*`` and ``data/terms/glossary.csv``, and prints the checksum of what
was read and written. Quote columns are never copied: document, line and id stay, so that every
number can be looked up. Tables typed by hand (controls, ownership, firm_names, flags) are not
touched; their sources stand in their own rows.
"""

from __future__ import annotations

import argparse
import csv
import re
from pathlib import Path

import pandas as pd

import facts_ec
from facts_production import world_production
from facts_words import GLOSSARY_KEYS, SITE_WORDS
from meguri.base.sources import checksum
from meguri.base.tables import Schema

OUT = Path(__file__).resolve().parents[1] / "src" / "meguri" / "data"
CERTAINTY_GRADE = {"official": "reported", "company": "reported", "public": "reported"}
ISO3 = {
    "JPN": "JP", "CHN": "CN", "USA": "US", "DEU": "DE", "AUS": "AU", "SWE": "SE", "COD": "CD", "KOR": "KR",
    "NLD": "NL", "BRA": "BR", "VNM": "VN", "IND": "IN", "CAN": "CA",
}  # fmt: skip
FIRM_STAGE = {
    "recycle_refine": "recycling", "scrap": "recycling", "functional_material": "material",
    "precursor": "material", "target": "material", "mining": "ore", "user": "sector",
}  # fmt: skip
TYPICAL_STAGE = {"三徳": "recycling"}
# places of rows that name several: as the fact file codes them, in words
PLACES = {
    "CHN;Africa": ("China and Africa", "中国・アフリカ等"), "AUS;CHN": ("Australia and China", "豪州・中国"),
    "KOR;CHN": ("South Korea and China", "韓国・中国"), "East Asia": ("East Asia", "東アジア"),
}  # fmt: skip
PRICE_SOURCES = {
    "USGS MCS 2016": "usgs-mcs-2016", "USGS MCS 2019": "usgs-mcs-2019", "USGS MCS 2021": "usgs-mcs-2021",
    "infer-pub": "infer-pub", "Birmingham": "birmingham-2013", "japanmetalbulletin": "japan-metal-bulletin",
    "abrasivesunion": "abrasivesunion", "Statista": "statista-nd", "tradingeconomics": "tradingeconomics-nd",
    "uk.reuters.com": "reuters-2012", "agmetalminer": "agmetalminer-2013", "news.metal.com": "smm",
}  # fmt: skip


def rows(path: Path) -> list[dict[str, str]]:
    """Rows of a fact file with their line number; the quote column is dropped here and nowhere read."""
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        out = []
        for row in reader:
            row["_line"] = str(reader.line_num)
            row.pop("quote_ja", None)
            out.append(row)
    return out


def grade(certainty: str) -> str:
    """Grade of a certainty: claims, estimates and forecasts are estimates, the rest are reports."""
    return CERTAINTY_GRADE.get(certainty, "estimated")


def flags(note: str) -> str:
    """Numbers of the catalogue of inconsistencies named in a note."""
    return "|".join(dict.fromkeys(re.findall(r"\bN\d+b?\b", note)))


def elements(text: str) -> str:
    """'Nd/Dy' → 'Nd|Dy'; goods that are no element → ''."""
    parts = {"REE": "REO"}.get(text, text).split("/")
    return "|".join(parts) if all(re.fullmatch(r"[A-Z][a-z]?|REO", part) for part in parts) else ""


def price_quotes(facts: Path, data: Path) -> list[dict[str, str]]:
    """Quotes from the 2012 document as printed, from public points and from hand-typed reports."""
    out = [_seed_price(row) for row in rows(facts / "mizuho2012.csv") if row["topic"] == "import price"]
    for row in rows(facts / "public_reference_points_NOT_IN_SEED.csv"):
        if "metal price" in row["item"]:
            out += [_public_price(row, "pp", row["item"], row["period"], row[_last(row)])]
    for row in rows(facts / "material_facts_public_NOT_IN_SEED.csv"):
        if row["unit"] in ("USD/kg", "CNY/t"):
            out += [_public_price(row, "mf", row["parameter"], row["year"], row["source"])]
    for row in rows(data / "curated-monthly-points" / "price_points.csv"):
        if row["element"] in ("Dy", "Nd", "Pr", "Tb", "La", "Ce"):
            item = f"{row['element']} {row['form']}"
            out.append(_public_price(row, "cp", item, row["date"], row["source"]))
    first: dict[tuple[str, ...], dict[str, str]] = {}
    for quote in out:  # one quote typed in two files is one quote
        what = ("element", "form", "date", "price", "price_low", "unit", "source")
        first.setdefault(tuple(_plain(quote[k]) for k in what), quote)
    return list(first.values())


def _plain(text: str) -> str:
    try:
        return f"{float(text):g}"
    except ValueError:
        return text


def _last(row: dict[str, str]) -> str:
    return next(name for name in row if name.startswith("source"))


def _seed_price(row: dict[str, str]) -> dict[str, str]:
    return {
        "fact": row["id"], "element": row["item"], "form": "metal", "place": "JP-import", "quote": "import",
        "date": row["period"], "price": row["value"], "price_low": row["low"], "price_high": row["high"],
        "unit": "USD/t", "source": "seed-002", "grade": grade(row["certainty"]), "document": row["seed"],
        "line": row["line"], "flag": flags(row["note"]),
    }  # fmt: skip


def _public_price(row: dict[str, str], kind: str, item: str, date: str, reference: str) -> dict[str, str]:
    form = "oxide" if "oxide" in item else "metal"
    quote = next((q for q in ("average", "year-end", "peak") if q[:3] in item or q in date), "spot")
    if "before crisis" in item:
        quote = "before-crisis"
    place = "CN" if "China" in item else "international"
    purity = re.search(r"\d\d(?:\.\d)?(?:-\d\d\.\d)?(?= ?%| China)", item)
    source = next((key for word, key in PRICE_SOURCES.items() if word in reference), "facts-public")
    return {
        "fact": f"{kind}-{row['_line']}", "element": item.split()[0], "form": form,
        "grade_of_goods": f"{purity[0]} %" if purity else "", "place": place, "quote": quote,
        "date": _date(date), "price": row["value"], "price_low": row.get("low", ""),
        "price_high": row.get("high", ""), "unit": row["unit"], "source": source,
        "grade": "estimated" if quote in ("peak", "before-crisis") or "about" in date else "reported",
        "reference": re.sub(r" \(.*", "", reference)[:200], "document": "public", "line": row["_line"],
    }  # fmt: skip


def _date(text: str) -> str:
    """'2012-Q1 (about)' → '2012', '2010-02 (about)' → '2010-02': precision is never invented."""
    found = re.match(r"\d{4}(-\d{2}(?!\d))?(-\d{2})?", text)
    return found[0] if found else ""


def firms(facts: Path) -> list[dict[str, str]]:
    """Firms by stage as the documents name them, placeholders and doubtful ones marked."""
    out = []
    for row in rows(facts / "company_map.csv"):
        placeholder = "not a firm" in row["note"]
        share = str(float(row["share_pct"]) / 100) if row["share_pct"] else ""
        out.append({
            "fact": row["id"], "elements": elements(row["metal"]), "goods": row["metal"],
            "stage": FIRM_STAGE.get(row["stage_std"], row["stage_std"]), "firm": row["firm_en"],
            "firm_ja": row["firm_ja"],
            "country": ISO3.get(row["country"].split(";")[0], ""), "share": share,
            "role_en": row["role_en"], "role_ja": row["role_ja"], "year": row["as_of"],
            "status": "placeholder" if placeholder else "listed", "certainty": row["certainty"],
            "source": f"seed-{row['seed']}", "grade": grade(row["certainty"]), "document": row["seed"],
            "line": row["line"], "flag": flags(row["note"]) or _more_flags(row),
            **dict(zip(("places_en", "places_ja"), PLACES.get(row["country"], ("", "")), strict=True)),
        })  # fmt: skip
    for row in rows(facts / "metals_controls.csv"):
        if row["firms_ja"]:
            out += [_typical_firm(row)]
    return out


def _more_flags(row: dict[str, str]) -> str:
    return "N41" if "typo" in row["note"] or "should be" in row["note"] else ""


def _typical_firm(row: dict[str, str]) -> dict[str, str]:
    doubt = "N25" in row["note"]
    return {
        "fact": row["id"], "elements": elements(row["metal"]), "goods": row["metal"],
        "stage": TYPICAL_STAGE.get(row["firms_ja"], "magnet" if row["metal"] == "Nd/Dy" else "material"),
        "firm": "", "firm_ja": row["firms_ja"], "country": "JP", "role_ja": row["firm_strength_ja"],
        "year": "2025", "status": "unverified" if doubt else "listed", "certainty": row["certainty"],
        "source": "seed-000", "grade": grade(row["certainty"]), "document": row["seed"], "line": row["line"],
        "flag": flags(row["note"]),
    }  # fmt: skip


def sites(facts: Path) -> list[dict[str, str]]:
    """Magnet sites with what they do, and the warnings the catalogue holds against them."""
    out = []
    for row in rows(facts / "magnet_sites.csv"):
        words = SITE_WORDS[row["id"]]
        out.append({
            "fact": row["id"], "firm": row["firm"], "site_en": words[0], "site_ja": row["site_ja"],
            "location_en": words[1], "location_ja": row["location_ja"], "process_en": row["process_en"],
            "process_ja": row["process_ja"], "product_en": row["product_en"], "product_ja": row["product_ja"],
            "country": ISO3[row["country"]], "stage": words[2],
            "status": "unverified" if "N23" in row["note"] else "listed",
            "capacity": "2000" if "2,000 t/yr" in row["note"] else "", "source": "seed-000",
            "grade": grade(row["certainty"]), "document": row["seed"], "line": row["line"],
            "flag": flags(row["note"]),
        })  # fmt: skip
    return out


RARE_EARTH_EVENTS = {
    *(f"ev-{n:03d}" for n in (1, 2, 3, 4, 5, 9, 19, 25, 26, 27, 28, 29, 30, *range(32, 44), 46, 47))
}
MAGNET_EVENTS = {"ev-010": "Nd", "ev-011": "Nd|Dy", "ev-031": "Nd", "ev-044": "Nd|Dy", "ev-045": "Nd|Dy"}
AGREES = {"no evidence found": "none-found", "not checked": "unchecked"}


def chronicle(facts: Path) -> list[dict[str, str]]:
    """Events of the documents with the precision of their dates and what the public record says."""
    out = []
    for row in rows(facts / "chronology.csv"):
        public = re.findall(r"\d{4}(?:-\d{2}){0,2}", row["public_date"])
        agrees = row["agrees_with_public"].split(" (")[0]
        event = row["id"]
        out.append({
            "event": event, "label_en": row["event_en"], "label_ja": row["label_ja"],
            "start": row["date_start"], "end": row["date_end"], "precision": row["precision"],
            "actor": row["actor"], "instrument": row["event_type"].replace(" ", "-").lower(),
            "stage": "magnet" if event in MAGNET_EVENTS else "",
            "elements": MAGNET_EVENTS.get(event, "REO" if event in RARE_EARTH_EVENTS else ""),
            "agrees": AGREES.get(agrees, agrees), "public_start": public[0] if public else "",
            "public_end": public[-1] if public else "", "reference": row["public_ref"][:200],
            "source": f"seed-{row['seed']}", "grade": grade(row["certainty"]), "document": row["seed"],
            "line": row["line"], "flag": flags(row["note"]),
        })  # fmt: skip
    return out


TOPICS = {
    "Japanese magnet-use demand", "requirement", "supply forecast", "demand", "production",
    "magnet production", "production share", "price ratio", "Dy intensity", "composition",
    "requirement share", "lead time",
}  # fmt: skip
ELEMENT_OF = {
    "NdFeB sintered magnet production": "", "metal Nd+Pr": "Nd", "metal Dy": "Dy", "metal Tb": "Tb",
    "Nd": "Nd",
    "Dy": "Dy", "Dy in NdFeB": "Dy", "REE": "REO", "NdFeB": "", "HREE mine": "Dy",
}  # fmt: skip


def statements(facts: Path) -> list[dict[str, str]]:
    """Figures of the documents on demand, need, supply and price ratios, as printed."""
    out = [_statement(row) for row in rows(facts / "mizuho2012.csv") if row["topic"] in TOPICS]
    for row in rows(facts / "relocation_timeline.csv"):
        if row["id"] == "tl-014":  # "several to nearly ten times": several is read as two or more
            row |= {"topic": "price ratio", "geo": "JPN", "low": "2", "high": "10", "unit": "x"}
            out += [_statement(row | {"id": f"{row['id']}-{e.lower()}", "item": e}) for e in ("Dy", "Nd")]
    return out


def _statement(row: dict[str, str]) -> dict[str, str]:
    change = re.search(r"printed change (-?\d+)%", row["note"])
    low, high, value, unit = row["low"], row["high"], row["value"], row["unit"]
    if unit.startswith("%"):
        low, high, value = (str(float(v) / 100) if v else "" for v in (low, high, value))
    flag = flags(row["note"])
    return {
        "fact": row["id"], "topic": row["topic"].replace(" ", "-").lower(), "item": row["item"],
        "element": ELEMENT_OF.get(row["item"], ""), "place": ISO3.get(row["geo"], row["geo"]),
        "period": row["period"].replace("現在", "current"),
        "year": (re.search(r"\d{4}", row["period"]) or [""])[0], "value": value, "value_low": low,
        "value_high": high, "unit": "1" if unit.startswith("%") else unit,
        "printed_change": str(int(change[1]) / 100) if change else "", "source": f"seed-{row['seed']}",
        "grade": grade(row["certainty"]), "document": row["seed"], "line": row["line"], "flag": flag,
    }  # fmt: skip


def printed_sums(facts: Path) -> list[dict[str, str]]:
    """Tables whose printed totals are compared with the sum of their rows."""
    out = []
    for row in rows(facts / "export_structure.csv"):
        table = {"1.2(unnumbered)": "000-1.2", "A1-4": "000-A1-4"}.get(row["table_no"])
        if table:
            role = {"TOTAL": "total", "PC_TOTAL": "subtotal"}.get(row["category_code"], "part")
            out.append(_sum_row(row, table, row["category_code"], role))
    for row in rows(facts / "sme_tables.csv"):
        if row["table_no"] == "2-1" or row["id"] == "sme-005":
            item = f"fields-{row['row_en'].split()[0].replace('>=2', '2-or-more')}"
            out.append(_sum_row(row, "000-2-1", item, "subtotal" if row["id"] == "sme-005" else "part"))
    return out


def _sum_row(row: dict[str, str], table: str, item: str, role: str) -> dict[str, str]:
    value, low, high = (
        str(round(float(row[k]) / 100, 6)) if row[k] else "" for k in ("value", "low", "high")
    )
    return {
        "fact": row["id"], "printed_table": table, "item": item, "period": row["period"].split(" ")[0],
        "role": role, "share": value, "share_low": low, "share_high": high, "source": f"seed-{row['seed']}",
        "grade": grade(row["certainty"]), "document": row["seed"], "line": row["line"],
        "flag": flags(row["note"]),
    }  # fmt: skip


def glossary(facts: Path) -> list[dict[str, str]]:
    """The documents' terms in both languages, with a key for each."""
    out = []
    for row in rows(facts / "glossary.csv"):
        english = row["term_en"]
        key = GLOSSARY_KEYS.get(english) or re.sub(r"[^a-z0-9]+", "-", english.lower()).strip("-")
        japanese = (
            "素部装（韓国の素材・部品・装置、소부장）" if english.startswith("Korean") else row["term_ja"]
        )
        out.append({"key": key, "en": english, "ja": japanese})
    return out


def aliases() -> dict[str, str]:
    """Names of firms as written → the name the tables use."""
    with (OUT / "facts" / "firm_names.csv").open(encoding="utf-8") as file:
        return {row["alias"]: row["firm"] for row in csv.DictReader(file)}


def write(name: str, table: list[dict[str, str]], schema: str) -> None:
    """Check against the declared columns, then write; a row that does not fit stops the build."""
    declared = Schema.of(schema)
    frame = pd.DataFrame(table).reindex(columns=declared.names).astype(object).fillna("")
    declared.check(frame, name)
    path = OUT / "facts" / f"{name}.csv"
    frame.to_csv(path, index=False, lineterminator="\n")
    print(f"wrote {path.name}: {len(frame)} rows, sha256 {checksum(path)}")


def write_parquet(name: str, table: pd.DataFrame) -> None:
    """Check against the declared columns, then write as parquet."""
    path = OUT / "facts" / f"{name}.parquet"
    Schema.of(name).check(table, name).to_parquet(path, index=False, compression="zstd")
    print(f"wrote {path.name}: {len(table)} rows, {path.stat().st_size} bytes, sha256 {checksum(path)}")


def main() -> None:
    """Read the three folders and write every built table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    for name in ("facts", "reference", "data"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    given = parser.parse_args()
    (OUT / "facts").mkdir(exist_ok=True)
    write("price_quotes", price_quotes(given.facts, given.data), "price_quotes")
    known = aliases()
    listed = firms(given.facts)
    for row in listed:
        row["firm"] = known.get(row["firm_ja"], known.get(row["firm"], row["firm"] or row["firm_ja"]))
    write("firms", listed, "firms")
    write("sites", sites(given.facts), "sites")
    write("chronicle", chronicle(given.facts), "chronicle")
    write("statements", statements(given.facts), "statements")
    write("printed_sums", printed_sums(given.facts), "printed_sums")
    ec2023 = given.reference / "ec2023"
    write("ec_materials", facts_ec.materials(ec2023), "ec_materials")
    write("ec_stages", facts_ec.stages(ec2023), "ec_stages")
    write("ec_uses", facts_ec.uses(ec2023), "ec_uses")
    write_parquet("ec_shares", facts_ec.shares(ec2023))
    words = pd.DataFrame(glossary(given.facts))
    words.to_csv(OUT / "terms" / "glossary.csv", index=False, lineterminator="\n")
    write_parquet("world_production", world_production(given.data))


if __name__ == "__main__":
    main()
