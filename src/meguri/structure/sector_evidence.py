"""What stands behind one cell of the sector matrix: uses, every source's figure, the choice, the reasons."""

from __future__ import annotations

import pandas as pd

from meguri.base.terms import LANGS, find_key, label
from meguri.observe.firms import firm_label
from meguri.observe.profile import capability, stage_reasons
from meguri.observe.sectors import sector_key, sector_materials, specified_products
from meguri.structure.holders import stage_holders, worst_stage
from meguri.structure.trade_evidence import Step, as_evidence, step


def sector_evidence(
    sector: str,
    element: str,
    year: int | None = None,
    economy: str = "JP",
    *,
    fields: pd.DataFrame | None = None,
    materials: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Every figure and statement behind one field and metal of the sector matrix.

    Parameters
    ----------
    sector, element : str
        Key or name.
    year, economy, fields, materials
        As for the matrix.

    Returns
    -------
    DataFrame
        Columns of ``evidence``: uses, then each source's largest holder and HHI by stage, then the
        worst stage, its reasons, years to rebuild and the product of the cabinet order.

    Raises
    ------
    DataError
        When the name means no field.

    Examples
    --------
    >>> rows = sector_evidence("AI・半導体", "Ta")
    >>> rows[rows["name_en"].str.startswith("Worst stage")][["name_ja", "flag"]].values.tolist()
    [['最も集中した工程：機能材料、JX Advanced Metals', 'N21']]
    """
    field, key = sector_key(sector, fields), find_key(element, "materials") or element
    links = sector_materials() if materials is None else materials
    links = links[(links["sector"] == field) & (links["element"] == key)]
    holders = stage_holders(key, year)
    steps = [*_uses(links), *(told for row in holders.itertuples() for told in _holder(row))]
    worst = worst_stage(holders)
    if worst is None:
        words = {lang: label("no_stage_share", lang, "reasons") for lang in LANGS}
        return as_evidence([*steps, step("note_row", reason=words)])
    told = step("worst", worst["hhi"], "worst_how", stage=worst["stage"], holder=_name(worst))
    told |= {"low": worst["hhi_low"], "high": worst["hhi_high"], "unit": "1", "year": str(worst["year"])}
    told |= {"source": worst["source"], "grade": worst["grade"], "flag": worst["flag"]}
    return as_evidence([*steps, told, *_context(key, worst["stage"], economy)])


def _name(row: pd.Series) -> dict[str, str]:
    if row["holder_kind"] == "country":
        return {lang: label(row["holder"], lang, "countries") for lang in LANGS}
    return {lang: firm_label(row["holder"], lang) for lang in LANGS}


def _uses(links: pd.DataFrame) -> list[Step]:
    return [
        step("use", row.share, use={"en": row.use_en, "ja": row.use_ja})
        | {"unit": "1", "source": row.source, "grade": row.grade, "flag": row.flag}
        for row in links.itertuples()
    ]


def _holder(row: object) -> list[Step]:
    cells = pd.Series(row._asdict())  # type: ignore[attr-defined]
    shared = {"unit": "1", "year": str(cells["year"]), "source": cells["source"], "grade": cells["grade"],
              "flag": cells["flag"]}  # fmt: skip
    held = step("holder", cells["holder_share"], "holder_how", stage=cells["stage"], holder=_name(cells))
    index = step("hhi_of", cells["hhi"], stage=cells["stage"])
    return [shared | held, shared | index | {"low": cells["hhi_low"], "high": cells["hhi_high"]}]


def _context(element: str, stage: str, economy: str) -> list[Step]:
    reasons = stage_reasons(element)
    steps = [
        step("reason_of", reason={"en": row.text_en, "ja": row.text_ja})
        | {"source": row.source, "grade": row.grade, "flag": row.flag}
        for row in reasons[reasons["stage"] == stage].itertuples()
    ]
    years = capability(element)
    years = years[(years["stage"] == stage) & years["rebuild_high"].notna()]
    own = years[years["economy"] == economy]
    for row in (years if own.empty else own).itertuples():
        words = {lang: label(row.economy, lang, "countries") for lang in LANGS}
        told = step("rebuild", economy=words) | {"low": row.rebuild_low, "high": row.rebuild_high}
        told |= {f"transformation_{lang}": getattr(row, f"text_{lang}") for lang in LANGS}
        steps.append(told | {"unit": "a", "source": row.source, "grade": row.grade, "flag": row.flag})
    steps += [
        step("product_of", product={"en": row.product_en, "ja": row.product_ja})
        | {"year": row.start, "source": row.source, "grade": row.grade}
        for row in specified_products(element).itertuples()
    ]
    return steps
