"""One row for each metal: who holds ore and refining, where an importer buys, at what risk."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from meguri.base.sources import weakest
from meguri.base.tables import Schema
from meguri.observe.ec_study import ec_materials
from meguri.observe.sectors import specified_products
from meguri.observe.trade import LAST_YEAR, import_shares, read_country
from meguri.structure.coverage import METALS
from meguri.structure.ec.scores import ec_scores
from meguri.structure.geopolrisk.default import score_codes
from meguri.structure.geopolrisk.scores import geopolrisk
from meguri.structure.holders import stage_holders, worst_stage

SIDES = {"ore": ("ore",), "refined": ("separation", "refining", "metal")}


def overview(
    importer: str = "JP", year: int = LAST_YEAR, elements: Iterable[str] | None = None
) -> pd.DataFrame:
    """How exposed an importer is, metal by metal, and what nobody says.

    Of several sources of a stage the most concentrated figure stands, as in `holders.worst_stage`; its
    range covers all of them. The origin is that of the trade code of GeoPolRisk for the metal; codes
    that pool several metals are named in ``code``.

    Parameters
    ----------
    importer : str
        Country by key or name.
    year : int
        Latest year of shares; year of trade.
    elements : iterable of str, optional
        Element keys; the metals of the documents when left out.

    Returns
    -------
    DataFrame
        Columns of ``overview``: HHI [1] and largest country of ore and of refining with range, code,
        main origin and its share of imports by value [1], GeoPolRisk score with range, EC supply risk
        computed and published, designated, and the reasons of what is unknown.

    Raises
    ------
    DataError
        For a country that cannot be read.

    Examples
    --------
    >>> row = overview("JPN", 2024, ["Ge"]).iloc[0]
    >>> row["refined_top"], row["unknown"]
    ('CN', 'code_retired')
    """
    key = read_country(importer, "importer")
    listed = list(METALS if elements is None else elements)
    table = pd.DataFrame([_metal(element, year) for element in listed])
    parts = [_origins(listed, key, year), _geopolrisk(listed, key, year), _ec(listed)]
    for part in parts:
        table = table.merge(part, on="element", how="left")
    table["source"] = _cells(table, "source").agg(_joined, axis=1)
    table["grade"] = _cells(table, "grade").agg(lambda row: weakest(filter(None, row)), axis=1)
    shown = table.assign(importer=key, year=year).reindex(columns=Schema.of("overview").names)
    return Schema.of("overview").check(shown)


def _cells(table: pd.DataFrame, name: str) -> pd.DataFrame:
    """Sources or grades of the parts of each row."""
    return table[[column for column in table if column == name or column.startswith(f"{name}_")]].fillna("")


def _joined(cells: pd.Series[str]) -> str:
    return "|".join(dict.fromkeys(key for cell in cells for key in cell.split("|") if key))


def _metal(element: str, year: int) -> dict[str, object]:
    rows = stage_holders(element, year)
    row: dict[str, object] = {
        "element": element, "designated": "yes" if len(specified_products(element)) else "no"
    }  # fmt: skip
    cited, grades = [], []
    for side, stages in SIDES.items():
        held = worst_stage(rows[rows["stage"].isin(stages) & (rows["holder_kind"] == "country")])
        if held is not None:
            row |= {f"{side}_{name}": held[name] for name in ("hhi", "hhi_low", "hhi_high")}
            row |= {f"{side}_top": held["holder"], f"{side}_share": held["holder_share"],
                    f"{side}_disagree": "sources_disagree" in held["reason"]}  # fmt: skip
            cited.append(held["source"])
            grades.append(held["grade"])
    return row | {"source": "|".join(cited), "grade": weakest(grades) if grades else ""}


def _origins(elements: list[str], importer: str, year: int) -> pd.DataFrame:
    """Main origin of an importer's purchases, under the trade code of each metal it spends most on."""
    codes = score_codes()
    codes = codes.loc[codes["material"].isin(elements), ["material", "code"]]
    bought = import_shares(codes["code"].unique(), importer, year)
    bought = bought[bought["share"].notna()]
    spent = bought.groupby("code")["amount"].sum().rename("spent")
    main = bought.sort_values("share", ascending=False, kind="stable").drop_duplicates("code")
    table = codes.merge(main[["code", "exporter", "share", "source", "grade"]], on="code").merge(
        spent, on="code"
    )
    table = table.sort_values("spent", ascending=False, kind="stable").drop_duplicates("material")
    return table.drop(columns="spent").rename(
        columns={"material": "element", "exporter": "origin", "share": "origin_share",
                 "source": "source_trade", "grade": "grade_trade"}
    )  # fmt: skip


def _geopolrisk(elements: list[str], importer: str, year: int) -> pd.DataFrame:
    """Highest score over the stages; where none is known, why."""
    scores = geopolrisk(elements, [importer], [year]).query("measure == 'score'")
    scores = scores.sort_values("value", ascending=False, na_position="last", kind="stable")
    scores = scores.drop_duplicates("material")
    unknown = scores["reason"].fillna("").where(scores["value"].isna(), "")
    return pd.DataFrame({
        "element": scores["material"], "score": scores["value"], "score_low": scores["low"],
        "score_high": scores["high"], "unknown": unknown, "source_score": scores["source"],
        "grade_score": scores["grade"],
    })  # fmt: skip


def _ec(elements: list[str]) -> pd.DataFrame:
    """Supply risk of the EC's study of 2023, the worst stage of each material."""
    studied = set(ec_materials()["material"])
    scores = ec_scores([element for element in elements if element in studied])
    whole = scores[(scores["measure"] == "sr") & (scores["stage"].fillna("") == "")]
    return pd.DataFrame({
        "element": whole["material"], "sr": whole["value"], "sr_published": whole["published"],
        "source_sr": whole["source"], "grade_sr": whole["grade"],
    })  # fmt: skip
