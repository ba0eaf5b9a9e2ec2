"""EC 2023: shares by country, parameters, published scores and end uses, for facts.py.

The four files disagree in the names of materials, five rows of the parameters are shifted by one cell
and one holds a cut cell. What was moved is marked with its reason, and the printed cell stands beside.
"""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd

from facts_production import country
from meguri.base.terms import find_key

EDITION = 2023
PERIOD = "2016/2020"
GROUPS = {
    "HREE": ("Dy", "Er", "Eu", "Gd", "Ho", "Lu", "Tb", "Tm", "Yb", "Y"),
    "LREE": ("Ce", "La", "Nd", "Pr", "Sm"),
    "PGM": ("Ir", "Pd", "Pt", "Rh", "Ru"),
}
GROUP_OF = {member: group for group, members in GROUPS.items() for member in members}
# Annex I of Regulation (EU) 2024/1252; its rare earths are those for permanent magnets
STRATEGIC = {
    "Al", "Bi", "B", "Co", "Cu", "Ga", "Ge", "Li", "Mg", "Mn", "C", "Ni", "PGM", *GROUPS["PGM"],
    "Nd", "Pr", "Tb", "Dy", "Gd", "Sm", "Ce", "Si", "titanium-metal", "W",
}  # fmt: skip
SUPPLY = {"GS+EU": "GS+EU", "GSonly": "GS", "EUonly": "EU", "EU": "EU"}


def material(name: str) -> str:
    """Key of a material as a file spells it; a name without a key stops the build."""
    key = find_key(name, "materials")
    if key is None:
        raise SystemExit(f"no material for {name!r}: add it to the aliases of terms/materials.csv")
    return key


def processed(key: str) -> str:
    """Stage that the study's processing (P) means for a material."""
    if key in ("HREE", "LREE") or GROUP_OF.get(key) in ("HREE", "LREE"):
        return "separation"
    return "metal" if key == "Mg" else "refining"


def shares(folder: Path) -> pd.DataFrame:
    """World supply and EU sourcing by country with the trade parameter t, as printed."""
    files = {"global": ("global_supply_shares", ""), "eu": ("eu_sourcing_shares", "-eu")}
    parts = []
    for scope, (name, suffix) in files.items():
        table = pd.read_csv(folder / f"ec_2023_{name}.csv")
        keys = table["material"].map(material)
        stages = ["ore" if s == "E" else processed(k) for k, s in zip(keys, table["stage"], strict=True)]
        parts.append(pd.DataFrame({
            "material": keys, "stage": stages, "scope": scope, "country": table["country"].map(country),
            "share": table["share"], "trade_parameter": table["t"], "edition": EDITION, "period": PERIOD,
            "printed_as": table["material"], "source": f"ec-crm-2023{suffix}", "grade": "reported",
        }))  # fmt: skip
    order = ["material", "stage", "scope", "country"]
    return pd.concat(parts).sort_values(order, kind="stable").reset_index(drop=True)


def materials(folder: Path) -> list[dict[str, str]]:
    """Substitution indices, recycling rate and published scores of each material."""
    out = []
    for row in _parameters(folder):
        key = material(row["material"])
        out.append({
            "material": key, "edition": str(EDITION), "group": GROUP_OF.get(key, ""),
            "worst_stage": "ore" if row["stage_used"] == "Extraction" else processed(key),
            "si_sr": row["si_sr"], "si_ei": row["si_ei"], "eol_rir": _percent(row["eol_rir_pct"]),
            "sr_published": row["sr_published"], "ei_published": row["ei_published"],
            "strategic": "yes" if key in STRATEGIC else "no", "printed_as": row["material"],
            "source": "ec-crm-2023-results" + ("|eu-crma-2024" if key in STRATEGIC else ""),
            "grade": "reported",
        })  # fmt: skip
    return out


def stages(folder: Path) -> list[dict[str, str]]:
    """Import reliance, supply used and published supply risk of each stage, shifted cells put right."""
    out = []
    for row in _parameters(folder):
        key = material(row["material"])
        shifted = bool(re.fullmatch(r"[\d.]+", row["use_refined"]))
        for stage, part in (("ore", "primary"), (processed(key), "refined")):
            supply, risk = row[f"use_{part}"], row[f"sr_{part}"]
            if shifted and part == "primary":  # its number stands one cell too far to the right
                risk = row["use_refined"]
            found = {
                "material": key, "stage": stage, "edition": str(EDITION),
                "import_reliance": _percent(row[f"ir_{part}_pct"]), "supply_used": SUPPLY.get(supply, ""),
                "sr_published": _risk(risk), "supply_printed": supply, "sr_printed": row[f"sr_{part}"],
                "reason": "ec_shifted" if shifted or supply == "EU" else "",
                "source": "ec-crm-2023-results", "grade": "reported",
            }  # fmt: skip
            if found["supply_used"] or found["sr_published"]:
                out.append(found)
    return out


def _parameters(folder: Path) -> list[dict[str, str]]:
    table = pd.read_csv(folder / "ec_2023_parameters.csv", dtype=str, keep_default_na=False)
    return [{str(name): str(cell) for name, cell in row.items()} for row in table.to_dict("records")]


def _percent(cell: str) -> str:
    return f"{float(cell) / 100:g}" if cell else ""


def _risk(cell: str) -> str:
    """'281%' is 2.81: one cell of the column is formatted as a percentage."""
    return f"{float(cell[:-1]) / 100:g}" if cell.endswith("%") else cell


def uses(folder: Path) -> list[dict[str, str]]:
    """End uses with their NACE sector and the value added printed beside them, shifted ones included."""
    table = pd.read_csv(folder / "ec_2023_use_shares.csv", dtype=str, keep_default_na=False)
    twice = set(table.index[table.duplicated(keep="last")])  # one use of magnesium is printed twice
    return [
        {
            "material": material(row.material), "application": " ".join(row.application.split()),
            "edition": str(EDITION), "share": _percent(row.share.strip(">%")), "sector": row.nace[:3],
            "value_added": row.va_meur_as_printed, "reason": "ec_row_twice" if row.Index in twice else "",
            "source": "ec-crm-2023-uses", "grade": "reported",
        }
        for row in table[~table.duplicated()].itertuples()
    ]  # fmt: skip
